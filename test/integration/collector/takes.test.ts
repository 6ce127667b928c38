import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { TakeOrder, TakeProgress } from '../../../core/protocol/sampling.ts';
import { nodeVersions } from '../tracer/node-matrix.ts';
import { CollectorFixture, readRecording, recordedText, spawnPlan } from './collector-fixture.ts';

const root = path.resolve(import.meta.dirname, '../../..');
const preload = path.join(root, 'dist/tracer/preload.cjs');

let fixture: CollectorFixture;
let folder: string;
beforeEach(() => {
  fixture = new CollectorFixture();
  folder = mkdtempSync(path.join(tmpdir(), 'takes-test-'));
});
afterEach(async () => {
  await fixture.dispose();
  rmSync(folder, { recursive: true, force: true });
});

/** Busy until a file `stop` is in its folder; the event loop does not turn. */
const BUSY = `const fs = require('node:fs');
const isStopped = () => fs.existsSync(require('node:path').join(__dirname, 'stop'));
function busy() { let sum = 0; while (!isStopped()) for (let i = 0; i < 1e6; i++) sum += Math.sqrt(i); return sum; }
class Marked {}
globalThis.kept = Array.from({ length: 1000 }, () => new Marked());
`;

const stop = (): void => writeFileSync(path.join(folder, 'stop'), '');

/** Starts a script; resolves when its tracer has connected. */
async function start(code: string, node = process.execPath, calls: 'off' | 'sampling' = 'off'): Promise<void> {
  writeFileSync(path.join(folder, 'script.cjs'), BUSY + code);
  await fixture.start(spawnPlan({ file: node, args: [path.join(folder, 'script.cjs')], preload, capture: { calls }, cwd: folder }));
  await fixture.until((info) => info.processes > 0);
}

const order = (what: TakeOrder['what'], name: string, more: Partial<TakeOrder> = {}): TakeOrder => ({
  what,
  path: path.join(folder, name),
  overwrite: false,
  seconds: 0.5,
  ...more,
});
const take = (...given: Parameters<typeof order>): Promise<TakeProgress> => fixture.collector.take('one', order(...given));
const json = (name: string): unknown => JSON.parse(readFileSync(path.join(folder, name), 'utf8'));
const names = (): string[] => readdirSync(folder).sort();

interface Profile {
  readonly nodes: readonly { readonly id: number; readonly callFrame: { readonly functionName: string; readonly url: string } }[];
  readonly samples: readonly number[];
  readonly startTime: number;
  readonly endTime: number;
}
const profile = (name: string): Profile => json(name) as Profile;
/** Samples in functions of the script itself. */
function shareOfScript(name: string): number {
  const { nodes, samples } = profile(name);
  const own = new Set(nodes.filter(({ callFrame }) => callFrame.url.endsWith('script.cjs')).map(({ id }) => id));
  return samples.filter((id) => own.has(id)).length / samples.length;
}
/** A loop that was optimised before the profile began is told as its caller's where V8 does not compile it anew in time: so it is from Node 24 on, now and then. */
function expectBusy(name: string, title: string): void {
  if (/v2[02]/.test(title)) expect(functionsOf(name)).toContain('busy');
  expect(shareOfScript(name)).toBeGreaterThan(0.5);
}
const functionsOf = (name: string): string[] => profile(name).nodes.map((node) => node.callFrame.functionName);

describe.each(nodeVersions())('files on demand in $title', ({ path: node, title }) => {
  it('are written while the thread is blocked, and it goes on as if nothing had been', async () => {
    await start(`setTimeout(() => { busy(); console.log('done'); }, 100);`, node);
    const told: TakeProgress[] = [];
    fixture.collector.onTake = (_, progress) => told.push(progress);
    const done = await take('cpu-profile', 'a.cpuprofile');
    expect(done).toMatchObject({ state: 'done', bytes: readFileSync(path.join(folder, 'a.cpuprofile')).length });
    expect(done.message).toMatch(/^A CPU profile of [\d.]+ s with \d+ samples, one every 1000 µs\.$/);
    expectBusy('a.cpuprofile', title);
    expect(profile('a.cpuprofile').endTime - profile('a.cpuprofile').startTime).toBeGreaterThan(450_000);
    expect(told.length).toBeGreaterThan(0);
    expect(told.every(({ state, done }) => state === 'running' && done >= 0 && done <= 1)).toBe(true);

    const snapshot = await take('heap-snapshot', 'b.heapsnapshot');
    expect(snapshot.message).toMatch(/^A heap snapshot of [\d.]+ MB\.$/);
    const { strings, snapshot: head } = json('b.heapsnapshot') as { strings: readonly string[]; snapshot: { node_count: number } };
    expect(head.node_count).toBeGreaterThan(1000);
    expect(strings).toContain('Marked');
    expect(statSync(path.join(folder, 'b.heapsnapshot')).mode & 0o777).toBe(0o600);

    stop();
    await fixture.collector.whenEnded('one');
    const recording = readRecording(fixture.bytes());
    expect([recording.console(0), recording.console(1)]).toEqual(['done\n', '']);
    expect(names()).toEqual(['a.cpuprofile', 'b.heapsnapshot', 'script.cjs', 'stop']);
  });

  it('are written beside sampling, which goes on', async () => {
    await start(`setTimeout(() => busy(), 100);`, node, 'sampling');
    await fixture.until((info) => info.sampling?.state === 'on');
    await take('cpu-profile', 'a.cpuprofile', { seconds: 2.5 });
    expectBusy('a.cpuprofile', title);
    const { samples = 0 } = fixture.collector.sessions()[0]?.sampling ?? {};
    await fixture.until((info) => (info.sampling?.samples ?? 0) > samples);
    stop();
    await fixture.collector.whenEnded('one');
    expect(readRecording(fixture.bytes()).console(1)).toBe('');
  });

  it('are of a worker thread, too', async () => {
    await start(
      `const { Worker, isMainThread } = require('node:worker_threads');
      if (isMainThread) { const worker = new Worker(__filename); worker.on('message', () => console.log('thread ' + worker.threadId + '.')); }
      else { function inWorker() { busy(); } require('node:worker_threads').parentPort.postMessage(1); inWorker(); }`,
      node,
    );
    const printed = await recordedText(fixture.window(), 'one', '.');
    await take('cpu-profile', 'a.cpuprofile', { thread: Number(/thread (\d+)/.exec(printed)?.[1]) });
    expect(functionsOf('a.cpuprofile')).toContain('inWorker');
    await expect(take('cpu-profile', 'b.cpuprofile', { thread: 77 })).rejects.toThrow('There is no thread 77 any more.');
    stop();
  });
});

describe('files on demand', () => {
  it('are as long as the script lasted, where it ends sooner', async () => {
    await start(`setTimeout(() => busy(), 100);`);
    const taking = take('cpu-profile', 'a.cpuprofile', { seconds: 60 });
    await new Promise<void>((resolve) => {
      fixture.collector.onTake = (_, { done }) => done > 0 && resolve();
    });
    stop();
    await expect(taking).resolves.toMatchObject({ state: 'done' });
    await fixture.collector.whenEnded('one');
    expectBusy('a.cpuprofile', process.version);
    expect(names()).toEqual(['a.cpuprofile', 'script.cjs', 'stop']);
  });

  it('say in a sentence why they are not there', async () => {
    await start(`setInterval(() => isStopped() && process.exit(), 10);`);
    writeFileSync(path.join(folder, 'there.heapsnapshot'), 'mine');
    await expect(take('heap-snapshot', 'there.heapsnapshot')).rejects.toThrow(/^The heap snapshot was not saved: .*there\.heapsnapshot is there already\.$/);
    expect(readFileSync(path.join(folder, 'there.heapsnapshot'), 'utf8')).toBe('mine');
    await expect(take('heap-snapshot', 'no/such/folder.heapsnapshot')).rejects.toThrow(/the folder of .* is not there for the script\.$/);
    await expect(take('cpu-profile', 'a.cpuprofile', { pid: 1 })).rejects.toThrow('Process 1 is not connected.');
    const first = take('cpu-profile', 'a.cpuprofile', { seconds: 1 });
    await expect(take('cpu-profile', 'b.cpuprofile')).rejects.toThrow('A CPU profile of this thread is being taken already.');
    await first;
    await expect(take('heap-snapshot', 'there.heapsnapshot', { overwrite: true })).resolves.toMatchObject({ state: 'done' });
    stop();
    await fixture.collector.whenEnded('one');
    await expect(take('cpu-profile', 'c.cpuprofile')).rejects.toThrow('No process of this run is connected.');
    expect(names()).toEqual(['a.cpuprofile', 'script.cjs', 'stop', 'there.heapsnapshot']);
  });

  it('are not there in part when the script is killed', async () => {
    await start(`setTimeout(() => busy(), 100);`);
    const taking = take('cpu-profile', 'a.cpuprofile', { seconds: 60 });
    const failed = expect(taking).rejects.toThrow('The CPU profile was not taken: the process has ended.');
    await new Promise<void>((resolve) => {
      fixture.collector.onTake = (_, { done }) => done > 0 && resolve();
    });
    process.kill(fixture.collector.sessions()[0]?.pid as number, 'SIGKILL');
    await failed;
    expect(names()).toEqual(['script.cjs']);
  });
});
