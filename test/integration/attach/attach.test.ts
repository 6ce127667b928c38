import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import http from 'node:http';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type AttachOptions, DEFAULT_ATTACH } from '../../../core/protocol/attach.ts';
import { RecordKind } from '../../../core/protocol/records.ts';
import type { SessionInfo } from '../../../core/protocol/session-types.ts';
import { attachable, attachableByName, attachPlan, attachTo } from '../../../main/services/attach/attach.ts';
import { listNodeProcesses } from '../../../main/services/attach/node-processes.ts';
import { decodeRecording } from '../../helpers/decoded-recording.ts';
import { recordedCalls } from '../../helpers/recorded-calls.ts';
import { CollectorFixture, readRecording } from '../collector/collector-fixture.ts';
import { nodeVersions } from '../tracer/node-matrix.ts';

const root = path.resolve(import.meta.dirname, '../../..');
const tracerFolder = path.join(root, 'dist/tracer');

let fixture: CollectorFixture;
let folder: string;
const children: ChildProcess[] = [];
let asked = 0;
beforeEach(() => {
  asked = 0;
  fixture = new CollectorFixture();
  folder = mkdtempSync(path.join(tmpdir(), 'attach-test-'));
});
afterEach(async () => {
  await fixture.dispose();
  for (const child of children.splice(0)) {
    const ended = new Promise((resolve) => child.once('close', resolve));
    if (child.exitCode === null && child.signalCode === null) {
      child.kill('SIGKILL');
      await ended;
    }
  }
  rmSync(folder, { recursive: true, force: true });
});

/** Writes down what it is made of into `state-<n>` as soon as a file `ask-<n>` is there; ends when `stop` is. */
const TARGET = `
const fs = require('node:fs');
const path = require('node:path');
const Module = require('node:module');
const child = require('node:child_process');
const threads = require('node:worker_threads');
const diagnostics = require('node:diagnostics_channel');
const before = { abort: process.abort, kill: process._kill, text: Function.prototype.toString, emit: process.emit, exit: process.reallyExit, find: Module._findPath, spawn: child.ChildProcess.prototype.spawn, sync: child.spawnSync, Worker: threads.Worker };
const file = (name) => path.join(__dirname, name);
function state() {
  return {
    same: [process.emit === before.emit, process.reallyExit === before.exit, Module._findPath === before.find,
      child.ChildProcess.prototype.spawn === before.spawn, child.spawnSync === before.sync, threads.Worker === before.Worker],
    own: Object.getOwnPropertyNames(process).sort(),
    listeners: process.eventNames().map((name) => [String(name), process.listenerCount(name)]),
    globals: [...Object.getOwnPropertyNames(globalThis), ...Object.getOwnPropertySymbols(globalThis).map(String)].sort(),
    cache: Object.keys(require.cache),
    env: Object.keys(process.env).sort(),
    handles: process.getActiveResourcesInfo().sort(),
    shared: threads.getEnvironmentData('trace-studio') === undefined,
    console: diagnostics.hasSubscribers('console.log'),
    stacks: String(Object.entries(Object.getOwnPropertyDescriptor(Error, 'prepareStackTrace') ?? {})),
    ends: [process.abort === before.abort, process._kill === before.kill, Function.prototype.toString === before.text],
    inspector: require('node:inspector').url() === undefined,
    options: [process.execArgv, process.argv, process.title],
  };
}
let asked = 0;
function look() {
  if (fs.existsSync(file('stop'))) process.exit(0);
  if (!fs.existsSync(file('ask-' + asked))) return;
  fs.writeFileSync(file('part'), JSON.stringify(state()));
  fs.renameSync(file('part'), file('state-' + asked++));
}
require('node:inspector');
setInterval(look, 10);
function spin(n = 25) { return n < 2 ? n : spin(n - 1) + spin(n - 2); }
`;

interface Started {
  readonly child: ChildProcess;
  readonly pid: number;
  readonly text: () => string;
  readonly ended: Promise<number | null>;
}

/** A program that nobody traces. Resolves when it has printed `ready`. */
async function start(code: string, { node = process.execPath, flags = [] as readonly string[] } = {}): Promise<Started> {
  const script = path.join(folder, 'program.cjs');
  writeFileSync(script, `${code}\nconsole.log('ready');`);
  const env = Object.fromEntries(Object.entries(process.env).filter(([name]) => !/^(?:NODE_|VITEST|TRACE_STUDIO_)/.test(name)));
  const child = spawn(node, [...flags, script], { env, cwd: folder });
  children.push(child);
  let text = '';
  child.stdout.on('data', (chunk) => (text += String(chunk)));
  child.stderr.on('data', (chunk) => (text += String(chunk)));
  const ended = new Promise<number | null>((resolve) => child.once('close', resolve));
  await expect.poll(() => text, { timeout: 20_000 }).toContain('ready');
  return { child, pid: child.pid as number, text: () => text, ended };
}

async function attachToPid(pid: number, options: Partial<AttachOptions> = {}, name = 'one'): Promise<SessionInfo> {
  const target = await attachable(pid);
  const plan = attachPlan(target, { ...DEFAULT_ATTACH, runtime: false, ...options }, tracerFolder);
  return attachTo(fixture.collector, {
    target,
    plan: { ...plan, cacheFolder: path.join(folder, 'cache') },
    tracerFolder,
    file: fixture.file(`${name}.tsr`),
    session: name,
    recording: name,
  });
}

async function stateNow(): Promise<unknown> {
  const number = asked++;
  writeFileSync(path.join(folder, `ask-${number}`), '');
  await expect.poll(() => existsSync(path.join(folder, `state-${number}`)), { timeout: 20_000 }).toBe(true);
  return JSON.parse(readFileSync(path.join(folder, `state-${number}`), 'utf8')) as unknown;
}

const samplesOf = (name = 'one'): number => fixture.collector.sessions().find((info) => info.id === name)?.sampling?.samples ?? 0;

describe.each(nodeVersions())('attached to a program in $title', ({ path: node }) => {
  it('sees what it does, and leaves it as it was', async () => {
    const { pid, child } = await start(`${TARGET} setInterval(() => spin(), 5);`, { node });
    const before = await stateNow();
    const info = await attachToPid(pid);
    expect(info).toMatchObject({ attached: true, pid, title: 'program.cjs' });
    await expect.poll(() => samplesOf(), { timeout: 20_000 }).toBeGreaterThan(100);
    const ended = await fixture.collector.stop('one', 5000);
    expect(ended).toMatchObject({ state: 'ended', end: { kind: 'detached', processEnded: false } });

    // Its inspector closes a moment after the tracer has come.
    await expect.poll(() => stateNow(), { timeout: 20_000 }).toEqual(before);
    const spun = recordedCalls(fixture.bytes()).filter((call) => call.function.name === 'spin');
    expect(spun.length).toBeGreaterThan(0);
    expect(spun[0]).toMatchObject({ stream: 'main (sampled)', function: { file: path.join(folder, 'program.cjs') } });
    expect(readRecording(fixture.bytes()).info.flatMap((line) => (line.kind === 'process-end' ? [line.orderly] : []))).toEqual([true]);
    expect(child.exitCode).toBeNull();

    // And again.
    await attachToPid(pid, {}, 'two');
    await expect.poll(() => samplesOf('two'), { timeout: 20_000 }).toBeGreaterThan(20);
    writeFileSync(path.join(folder, 'stop'), '');
    await expect(fixture.collector.whenEnded('two')).resolves.toMatchObject({ end: { kind: 'detached', processEnded: true } });
  });

  it('works while it is blocked, and takes files of it', async () => {
    const { pid, ended } = await start(`${TARGET} setTimeout(() => { while (!fs.existsSync(file('stop'))) spin(); process.exit(0); }, 50);`, {
      node,
      flags: ['--no-use-osr'],
    });
    await attachToPid(pid, { sampling: false });
    await fixture.until((info) => info.processes > 0);
    const profile = path.join(folder, 'a.cpuprofile');
    await fixture.collector.take('one', { what: 'cpu-profile', path: profile, overwrite: false, seconds: 0.4 });
    expect(readFileSync(profile, 'utf8')).toContain('"spin"');
    fixture.collector.sampling('one', true);
    await expect.poll(() => samplesOf(), { timeout: 20_000 }).toBeGreaterThan(50);
    writeFileSync(path.join(folder, 'stop'), '');
    expect(await ended).toBe(0);
    await fixture.collector.whenEnded('one');
    expect(recordedCalls(fixture.bytes()).some((call) => call.function.name === 'spin')).toBe(true);
  });

  it('records counters that are made from then on, in code that is loaded from then on, and in new workers', async () => {
    writeFileSync(
      path.join(folder, 'later.cjs'),
      `const { VizCounter, getTracer } = require('trace-studio');
      const { isMainThread, Worker } = require('node:worker_threads');
      const counter = new VizCounter(getTracer(), isMainThread ? 'in main' : 'in a worker');
      let n = 0;
      setInterval(() => { counter.value = n++; }, 5);
      if (isMainThread) new Worker(__filename);`,
    );
    const { pid } = await start(
      `${TARGET} const loading = setInterval(() => { if (!fs.existsSync(file('load'))) return; clearInterval(loading); require('./later.cjs'); }, 10);`,
      {
        node,
      },
    );
    await attachToPid(pid, { sampling: false });
    writeFileSync(path.join(folder, 'load'), '');
    const streams = (): number[] => {
      const recording = readRecording(fixture.bytes());
      return recording.info.flatMap((line) => (line.kind === 'thread' ? [recording.data(line.stream).length] : []));
    };
    await expect.poll(streams, { timeout: 20_000 }).toEqual([expect.any(Number), expect.any(Number)]);
    await expect.poll(() => Math.min(...streams()), { timeout: 20_000 }).toBeGreaterThan(100);
    await fixture.collector.stop('one', 5000);
    expect(new Set(counters())).toEqual(new Set(['in main', 'in a worker']));
  });

  it('records what Node tells, and takes back what it put in for that', async () => {
    const { pid } = await start(
      `${TARGET}
      console.error('opens stderr');
      let kept = [];
      setInterval(() => {
        console.log('a line');
        performance.mark('a mark');
        process.emitWarning('a warning');
        kept = [...kept.slice(-20), new Array(100_000).fill({}).map(() => ({}))];
        const until = Date.now() + 120;
        while (Date.now() < until);
      }, 300);`,
      { node },
    );
    const before = await stateNow();
    await attachToPid(pid, { sampling: false, runtime: true });
    // Some rounds of it: each has more than ten events.
    await fixture.until((info) => info.events > 60);
    await fixture.collector.stop('one', 5000);
    const told = decodeRecording(fixture.bytes()).events.map(({ category = '', name = '' }) => `${category}: ${name}`);
    const wanted = ['user timing: a mark', 'warning: Warning', 'event loop: blocked', ...(tellsOfConsole(node) ? ['console: console.log'] : [])];
    expect(told).toEqual(expect.arrayContaining(wanted));
    expect(told.some((each) => each.startsWith('gc: '))).toBe(true);
    await expect.poll(() => stateNow(), { timeout: 20_000 }).toEqual(before);
  });

  it('records all of it: counters, samples, what Node tells, every call of code that is loaded later; and leaves it', async () => {
    writeFileSync(path.join(folder, 'package.json'), '{}');
    writeFileSync(
      path.join(folder, 'later.cjs'),
      `const { VizCounter, getTracer } = require('trace-studio');
      const counter = new VizCounter(getTracer(), 'rounds');
      let rounds = 0;
      exports.doubled = (n) => n * 2;
      exports.round = async function round() {
        counter.value = ++rounds;
        performance.mark('round');
        await null;
        return exports.doubled(rounds);
      };`,
    );
    writeFileSync(path.join(folder, 'later.mjs'), `export function tripled(n) { return n * 3; }`);
    writeFileSync(path.join(folder, 'after.cjs'), `exports.halved = function halved(n) { return n / 2; };`);
    writeFileSync(path.join(folder, 'after.mjs'), `export function squared(n) { return n * n; }`);
    const { pid } = await start(
      `${TARGET} setInterval(() => spin(), 5);
      const step = (name, run) => { const timer = setInterval(async () => { if (!fs.existsSync(file(name))) return; clearInterval(timer);
        try { fs.writeFileSync(file(name + '-did'), String(await run())); } catch (error) { fs.writeFileSync(file(name + '-did'), error.stack); } }, 10); };
      step('go', async () => { const { round } = require('./later.cjs'); const { tripled } = await import('./later.mjs'); let sum = 0;
        for (let i = 0; i < 20; i++) sum += tripled(await round()); return sum + ' ' + round; });
      step('again', async () => (await require('./later.cjs').round()) + (await import('./later.mjs')).tripled(1));
      step('after', async () => require('./after.cjs').halved(4) + (await import('./after.mjs')).squared(3));
      step('resolve', async () => { try { return require.resolve('trace-studio'); } catch { return 'not found'; } });`,
      { node },
    );
    const does = async (name: string): Promise<string> => {
      writeFileSync(path.join(folder, name), '');
      const did = path.join(folder, `${name}-did`);
      await expect.poll(() => existsSync(did) && readFileSync(did, 'utf8'), { timeout: 20_000 }).toBeTruthy();
      return readFileSync(did, 'utf8');
    };
    await attachToPid(pid, { runtime: true });
    await expect.poll(() => samplesOf(), { timeout: 20_000 }).toBeGreaterThan(20);
    // What it prints of a function is what its author wrote.
    expect(await does('go')).toMatch(/^1260 async function round\(\) \{\n {8}counter\.value = \+\+rounds;/);
    // Node tells of marks in a later turn.
    await expect.poll(() => Buffer.from(fixture.bytes()).includes('user timing'), { timeout: 20_000 }).toBe(true);
    await fixture.collector.stop('one', 5000);
    const calls = recordedCalls(fixture.bytes());
    const names = (stream: string, of = calls): string[] => of.filter((call) => call.stream === stream).map((call) => call.function.name);
    expect(countsOf(names('main'))).toMatchObject({ doubled: 20, tripled: 20 });
    const runs = decodeRecording(fixture.bytes()).events.flatMap((event) => (event.kind === 'run' && event.name === 'round' ? [event.phase ?? 0] : []));
    expect(countsOf(runs)).toEqual({ [RecordKind.CALL_BEGIN]: 20, [RecordKind.CALL_SUSPEND]: 20, [RecordKind.CALL_RESUME]: 20, [RecordKind.CALL_END]: 20 });
    expect(calls.find((call) => call.function.name === 'tripled')?.function).toMatchObject({ file: path.join(folder, 'later.mjs'), line: 1, column: 8 });
    expect(names('main (sampled)')).toContain('spin');
    expect(counters()).toContain('rounds');

    // It goes on: what was changed does nothing any more, and nothing else is changed.
    expect(await does('resolve')).toBe('not found');
    expect(await does('after')).toBe('11');
    // The next who attaches has what the first had changed.
    await attachToPid(pid, { sampling: false }, 'two');
    await expect.poll(() => fixture.collector.sessions().find((info) => info.id === 'two')?.processes, { timeout: 20_000 }).toBe(1);
    expect(await does('again')).toBe('45');
    await fixture.collector.stop('two', 5000);
    const second = recordedCalls(readFileSync(fixture.file('two.tsr')));
    expect(names('main', second)).toEqual(expect.arrayContaining(['doubled', 'tripled']));
    expect(second.some((call) => /halved|squared/.test(call.function.name))).toBe(false);
  });

  it.each(['while it is attached', 'when it was left', 'when it was left twice'])(
    'an error that nobody handles is printed as it was written, %s',
    async (when) => {
      const written = '  const loss = [1, 2].map((n) => n * 2); throw new RangeError("lost " + loss);';
      for (const [name, text] of [
        ['first.cjs', `exports.fails = function fails() {\n${written}\n};`],
        ['second.cjs', 'exports.twice = (n) => n * 2;'],
      ] as const) {
        writeFileSync(path.join(folder, name), text);
      }
      const { pid, ended, text } = await start(
        `${TARGET} const once = (name, run) => { const timer = setInterval(() => { if (!fs.existsSync(file(name))) return; clearInterval(timer); run(); }, 10); };
        let fails;
        once('load-first', () => { ({ fails } = require('./first.cjs')); fs.writeFileSync(file('did-first'), ''); });
        once('load-second', () => { require('./second.cjs').twice(2); fs.writeFileSync(file('did-second'), ''); });
        once('fail', () => fails());`,
        { node },
      );
      const loads = async (name: string): Promise<void> => {
        writeFileSync(path.join(folder, `load-${name}`), '');
        await expect.poll(() => existsSync(path.join(folder, `did-${name}`)), { timeout: 20_000 }).toBe(true);
      };
      await attachToPid(pid, { sampling: false });
      await loads('first');
      if (when !== 'while it is attached') await fixture.collector.stop('one', 5000);
      if (when === 'when it was left twice') {
        await attachToPid(pid, { sampling: false }, 'two');
        await loads('second');
        await fixture.collector.stop('two', 5000);
      }
      writeFileSync(path.join(folder, 'fail'), '');
      expect(await ended).toBe(1);
      const printed = text().slice(text().indexOf(path.join(folder, 'first.cjs')));
      expect(printed).toMatch(/^.*first\.cjs:2\n/);
      expect(printed.split('\n')[1]).toBe(written);
      expect(printed.split('\n')[2]).toBe(`${' '.repeat(written.indexOf('throw'))}^`);
      expect(printed).toMatch(/RangeError: lost 2,4\n {4}at fails \(.*first\.cjs:2:\d+\)/);
    },
  );

  it('is left when nobody listens any more', async () => {
    const { pid } = await start(`${TARGET} setInterval(() => spin(), 5);`, { node });
    const before = await stateNow();
    await attachToPid(pid);
    await expect.poll(() => samplesOf(), { timeout: 20_000 }).toBeGreaterThan(20);
    // As a studio that died: its sockets are closed, and nobody has said a word.
    await fixture.collector.stop('one', 0);
    await expect.poll(() => stateNow(), { timeout: 20_000 }).toEqual(before);
  });
});

/** Later versions of Node 22 tell of calls of the console on channels, which can be left again. */
const tellsOfConsole = (node: string): boolean =>
  execFileSync(node, ['-p', "String(console.Console.prototype.log).includes('hasSubscribers')"], { encoding: 'utf8' }).trim() === 'true';

function countsOf(values: readonly (string | number)[]): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const value of values) counts[value] = (counts[value] ?? 0) + 1;
  return counts;
}

/** Names of the counters that were recorded. */
function counters(): string[] {
  return decodeRecording(fixture.bytes()).events.flatMap((event) => (event.kind === 'counter' && event.name !== undefined ? [event.name] : []));
}

describe('attaching', () => {
  it('leaves a debugger alone that was open before', async () => {
    const { pid } = await start(`${TARGET} setInterval(() => spin(), 5);`, { flags: ['--inspect=0'] });
    await attachToPid(pid);
    await expect.poll(() => samplesOf(), { timeout: 20_000 }).toBeGreaterThan(20);
    await fixture.collector.stop('one', 5000);
    expect(await stateNow()).toMatchObject({ inspector: false, same: [true, true, true, true, true, true] });
  });

  it('samples worker threads that were there before', async () => {
    const worker = `${'function inWorker(n = 25) { return n < 2 ? n : inWorker(n - 1) + inWorker(n - 2); }'} setInterval(() => inWorker(), 5);`;
    const { pid } = await start(
      `new (require('node:worker_threads').Worker)(${JSON.stringify(worker)}, { eval: true, name: 'older' }); setInterval(() => {}, 1000);`,
    );
    await attachToPid(pid);
    const seen = (): boolean => recordedCalls(fixture.bytes()).some((call) => call.stream === 'older (sampled)' && call.function.name === 'inWorker');
    await expect.poll(seen, { timeout: 20_000 }).toBe(true);
    await fixture.collector.stop('one', 5000);
  });

  it('says in a sentence what is in the way', async () => {
    const { pid } = await start(`process.on('SIGUSR1', () => console.log('mine')); setInterval(() => {}, 1000);`);
    await expect(attachToPid(pid)).rejects.toThrow(
      `program.cjs (process ${pid}) did not open its debugger within 5 s: it may handle the signal SIGUSR1 itself.`,
    );
    await fixture.collector.stop('one', 0);
    await expect(attachable(2 ** 22 - 1)).rejects.toThrow('There is no Node process 4194303.');
    await expect(attachableByName('no-such-program-of-this-name')).rejects.toThrow('No Node process is called no-such-program-of-this-name.');
  });

  it('refuses a process that is recorded already', async () => {
    const { pid } = await start(TARGET);
    await attachToPid(pid);
    await expect(attachToPid(pid, {}, 'two')).rejects.toThrow(`Process ${pid} is recorded already: program.cjs.`);
    const other = new CollectorFixture();
    try {
      const target = await attachable(pid);
      const plan = attachPlan(target, { ...DEFAULT_ATTACH, sampling: false, runtime: false }, tracerFolder);
      const attaching = attachTo(other.collector, { target, plan, tracerFolder, file: other.file(), session: 'x', recording: 'x' });
      await expect(attaching).rejects.toThrow(`program.cjs (process ${pid}) cannot be attached to: it is recorded already.`);
    } finally {
      await other.dispose();
    }
    await fixture.collector.stop('one', 5000);
    // What was asked for in vain has closed the debugger that it had opened.
    await expect.poll(async () => (await stateNow()) as object, { timeout: 20_000 }).toMatchObject({ inspector: true });
  });

  it.skipIf(process.platform !== 'linux')('names the holder of the port where its debugger would open', async () => {
    const holder = http.createServer((_, response) => response.end('something else'));
    await new Promise<void>((resolve) => holder.listen(0, '127.0.0.1', resolve));
    try {
      const { port } = holder.address() as { port: number };
      const { pid } = await start(TARGET, { flags: [`--inspect-port=${port}`] });
      await expect(attachToPid(pid)).rejects.toThrow(`program.cjs (process ${pid}) cannot open its debugger: port ${port} is used by another program.`);
    } finally {
      holder.close();
    }
  });
});

describe('the list of Node programs', () => {
  it('tells names, versions and what is in the way', async () => {
    const { pid } = await start(TARGET);
    const plain = (await listNodeProcesses()).find((each) => each.pid === pid);
    expect(plain).toMatchObject({ name: 'program.cjs', nodeVersion: process.version });
    expect(plain?.problem).toBeUndefined();
    await expect(attachableByName('program.cjs')).resolves.toMatchObject({ pid });
    await expect(attachableByName('program')).resolves.toMatchObject({ pid });

    await fixture.start({
      ...attachPlan(await attachable(pid), { ...DEFAULT_ATTACH, sampling: false, runtime: false }, tracerFolder),
      environment: { PATH: process.env.PATH ?? '' },
      args: ['-e', 'setInterval(() => {}, 1000)'],
    });
    const launched = await fixture.until((info) => info.processes > 0);
    const found = (await listNodeProcesses()).find((each) => each.pid === launched.pid);
    expect(found).toMatchObject({ name: '-e setInterval(() => {}, 1000)', problem: 'It is recorded already: it was started by a studio.' });
  });

  it.skipIf(process.platform !== 'linux')('does not signal a program that would end by it', async () => {
    const newest = nodeVersions().find(({ major }) => major >= 24);
    if (!newest) {
      console.warn('Not tested: no Node that knows --disable-sigusr1 is here.');
      return;
    }
    const { pid, child } = await start(TARGET, { node: newest.path, flags: ['--disable-sigusr1'] });
    await expect(attachable(pid)).rejects.toThrow('It was started so that no debugger can be opened in it (--disable-sigusr1).');
    expect(child.exitCode).toBeNull();
  });
});
