/** What takes time beside the calls is an async slice, with an arrow from where it was started to what it resumed. */
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type CaptureOptions, DEFAULT_CAPTURE } from '../../../core/protocol/capture-options.ts';
import { AsyncFlag, AsyncScope, FlowPhase } from '../../../core/protocol/records.ts';
import type { TracedEvent } from './decode-stream.ts';
import { nodeVersions } from './node-matrix.ts';
import { type RunOptions, runTarget, type TargetRun, writeScript } from './run-target.ts';
import { TestCollector } from './test-collector.ts';

const ONLY: CaptureOptions = {
  ...DEFAULT_CAPTURE,
  calls: 'off',
  gc: false,
  eventLoop: false,
  consoleCalls: false,
  marks: false,
  warnings: false,
  modules: false,
};

let collector: TestCollector;
beforeEach(async () => {
  collector = new TestCollector();
  await collector.listen();
});
afterEach(() => collector.close());

async function trace(code: string, run: RunOptions & { readonly capture?: Partial<CaptureOptions>; readonly file?: string }): Promise<TargetRun> {
  const script = writeScript(collector, { [run.file ?? 'script.cjs']: code });
  const result = await runTarget(collector, script, { ...run, options: { capture: { ...ONLY, ...run.capture } } });
  expect(collector.targets.flatMap((target) => target.errors)).toEqual([]);
  expect(result).toMatchObject({ stderr: '', code: 0 });
  return result;
}

interface OperationSeen {
  readonly name: string;
  readonly category: string;
  readonly number: number;
  readonly parent: number;
  readonly args: unknown;
  readonly startNs: bigint;
  readonly endNs: bigint | undefined;
  readonly endArgs: unknown;
  /** An arrow begins, and leads to so many places. */
  readonly arrow: boolean;
  readonly resumed: readonly number[];
  readonly moments: readonly string[];
}

/** Of one thread of one process, or of all: by their numbers. */
function operations(wanted?: (event: Extract<TracedEvent, { kind: 'async-begin' }>) => boolean): OperationSeen[] {
  const { events } = collector;
  const of = (begin: Extract<TracedEvent, { kind: 'async-begin' }>): OperationSeen => {
    const same = events.filter((event) => 'number' in event && event.number === begin.number && event.scope === begin.scope && event.timeNs >= begin.timeNs);
    const end = same.find((event) => event.kind === 'async-end');
    return {
      name: begin.name,
      category: begin.category,
      number: begin.number,
      parent: begin.parent,
      args: begin.args,
      startNs: begin.timeNs,
      endNs: end?.timeNs,
      endArgs: end?.kind === 'async-end' ? end.args : undefined,
      arrow: (begin.flags & AsyncFlag.FLOW) !== 0,
      resumed: same.flatMap((event) => (event.kind === 'flow' ? [event.phase] : [])),
      moments: same.flatMap((event) => (event.kind === 'async-instant' ? [event.name] : [])),
    };
  };
  return events.flatMap((event) => (event.kind === 'async-begin' && (!wanted || wanted(event)) ? [of(event)] : []));
}
const named = (name: string): OperationSeen[] => operations((event) => event.name === name);
const one = (name: string): OperationSeen => {
  const found = named(name);
  expect(found.length, name).toBe(1);
  return found[0] as OperationSeen;
};
const RESUMED = { arrow: true, resumed: [FlowPhase.END] };

describe.each(nodeVersions())('$title', ({ path: node, major }) => {
  it('ends also while recording is off, and begins only while it is on', async () => {
    const code = `const tracer = require('trace-studio').getTracer(); tracer.start();
setTimeout(() => {}, 20); tracer.stop(); setTimeout(() => { tracer.start(); setTimeout(() => {}, 2); }, 60);`;
    await trace(code, { node });
    expect(operations().map(({ args, endNs }) => [args, endNs !== undefined])).toEqual([
      [{ ms: 20 }, true],
      [{ ms: 2 }, true],
    ]);
  });

  it('timers', async () => {
    const code = `setTimeout(() => {}, 15); setImmediate(() => {}); let turns = 0; const interval = setInterval(() => { if (++turns === 3) clearInterval(interval); }, 2);
      clearTimeout(setTimeout(() => {}, 1000)); setTimeout(() => {}, 1000).close(); const { setTimeout: later } = require('node:timers/promises'); later(3).then(() => {});
      setTimeout(() => {}, '4'); setTimeout(() => {}, 5n < 6n ? 5 : 0, 'argument');`;
    await trace(code, { node });
    const timeouts = named('setTimeout');
    expect(timeouts.map(({ args, endArgs, ...seen }) => [args, endArgs, seen.resumed])).toEqual([
      [{ ms: 15 }, undefined, [FlowPhase.END]],
      [{ ms: 1000 }, { cleared: true }, []],
      // Node's own clearTimeout clears it, which is not seen.
      [{ ms: 1000 }, undefined, []],
      [undefined, undefined, [FlowPhase.END]],
      [{ ms: 5 }, undefined, [FlowPhase.END]],
    ]);
    expect(timeouts[0]).toMatchObject({ category: 'timer', ...RESUMED });
    expect(one('setImmediate')).toMatchObject({ category: 'timer', ...RESUMED });
    expect(one('setInterval')).toMatchObject({ args: { ms: 2 }, endArgs: { cleared: true }, resumed: [FlowPhase.STEP, FlowPhase.STEP, FlowPhase.STEP] });
    expect(one('timers.promises.setTimeout')).toMatchObject({ category: 'timer', args: { ms: 3 }, ...RESUMED });
  });

  it('files by callbacks, by promises and by streams', async () => {
    const code = `const fs = require('node:fs'), { pathToFileURL } = require('node:url'); const steps = [
        () => fs.readFile(__filename, next), () => fs.stat(pathToFileURL(__filename), next), () => fs.access(Buffer.from('/nope'), () => next()), () => fs.open(__filename, (error, fd) => fs.fstat(fd, () => fs.close(fd, next))),
        () => fs.promises.readFile(__filename, 'utf8').then(() => next()), () => fs.promises.stat('/nope').catch(() => next()),
        () => fs.promises.open(__filename).then(async (handle) => { await handle.read(Buffer.alloc(10)); await handle.close(); next(); }),
        () => fs.createReadStream(__filename).resume().on('close', next), () => fs.createWriteStream(__filename + '.out').end('four').on('close', next),
      ]; const next = () => steps.shift()?.(); next(); try { fs.readFile(5.5, () => {}); } catch {}`;
    await trace(code, { node });
    const path = expect.stringMatching(/script\.cjs$/);
    expect(named('fs.readFile')).toMatchObject([
      { category: 'fs', args: { path }, ...RESUMED },
      { args: { fd: 5.5 }, endArgs: { error: 'refused' }, resumed: [] },
    ]);
    expect(one('fs.stat')).toMatchObject({ args: { path: expect.stringMatching(/^file:.*script\.cjs$/) }, ...RESUMED });
    expect(one('fs.access')).toMatchObject({ args: { path: '/nope' }, ...RESUMED });
    expect(one('fs.fstat')).toMatchObject({ args: { fd: expect.any(Number) }, ...RESUMED });
    expect(one('fs.close')).toMatchObject(RESUMED);
    expect(one('fs.promises.readFile')).toMatchObject({ args: { path }, endArgs: { length: expect.any(Number) }, ...RESUMED });
    expect(one('fs.promises.stat')).toMatchObject({ endArgs: { error: 'ENOENT' }, ...RESUMED });
    expect(one('fs.promises.open')).toMatchObject(RESUMED);
    expect(one('FileHandle.read')).toMatchObject({ args: { path }, ...RESUMED });
    expect(one('fs.createReadStream')).toMatchObject({ category: 'stream', args: { path }, arrow: false, resumed: [] });
    expect((one('fs.createReadStream').endArgs as { bytes: number }).bytes).toBeGreaterThan(500);
    expect(one('fs.createWriteStream')).toMatchObject({ category: 'stream', endArgs: { bytes: 4 } });
    // Reads and writes of streams are not told one by one.
    expect(named('fs.read')).toEqual([]);
    expect(named('fs.write')).toEqual([]);
    expect(operations().filter(({ endNs }) => endNs === undefined)).toEqual([]);
  });

  it('requests of both ends, and the sockets below', async () => {
    const code = `const http = require('node:http'); const server = http.createServer((request, response) => { setTimeout(() => response.end('body'), 3); }).listen(0, () => { const { port } = server.address();
        http.get({ port, path: '/a?token=hunter2&page=2', agent: false }, (response) => response.resume().on('close', () => {
          http.get({ port: 1, agent: false }).on('error', () => fetch('http://127.0.0.1:' + port + '/b').then((response) => response.text()).then(() => { server.close(); server.closeAllConnections(); }));
        })); });`;
    await trace(code, { node });
    const client = operations((event) => event.category === 'http' && event.name.startsWith('GET localhost'));
    expect(client).toMatchObject([
      { args: { url: expect.stringMatching(/^http:\/\/localhost:\d+\/a\?token=\*\*\*&page=2$/) }, endArgs: { status: 200 }, ...RESUMED, moments: ['response'] },
      { endArgs: { error: expect.stringMatching(/ECONNREFUSED|AggregateError/) }, ...RESUMED, moments: [] },
    ]);
    const [a, b] = [one('GET /a'), one('GET /b')];
    expect(a).toMatchObject({ category: 'http', args: { url: '/a?token=***&page=2' }, endArgs: { status: 200 }, arrow: false });
    const fetched = operations((event) => event.category === 'fetch');
    expect(fetched).toMatchObject([{ args: { url: expect.stringMatching(/\/b$/) }, moments: ['response'], ...RESUMED }]);
    expect(fetched[0]?.endNs).toBeDefined();
    // What a request has started belongs to it, where that costs little.
    const timers = named('setTimeout').filter(({ args }) => (args as { ms: number }).ms === 3);
    expect(timers.map(({ parent }) => parent)).toEqual(major >= 24 ? [a.number, b.number] : [0, 0]);
    expect(named('accepted socket').length).toBe(2);
    expect(named('accepted socket')[0]).toMatchObject({ category: 'net', endArgs: { bytesRead: expect.any(Number), bytesWritten: expect.any(Number) } });
    expect(named('socket').length).toBeGreaterThanOrEqual(3);
    expect(named('dns.lookup').length).toBeGreaterThanOrEqual(2);
    expect(named('dns.lookup')[0]).toMatchObject({ category: 'dns', args: { host: 'localhost' } });
    // Timers of Node's own: the server looks for connections that are too slow.
    expect(named('setInterval')).toEqual([]);
  });

  it('child processes', async () => {
    const code = `const { spawn, execSync, exec } = require('node:child_process'); spawn(process.execPath, ['-e', 'process.exit(3)']); spawn('/nope/nothing').on('error', () => {}); execSync('exit 0'); exec('exit 2', () => {});
      spawn(process.execPath, ['-e', 'setInterval(() => {}, 1000)']).on('spawn', function () { this.kill('SIGKILL'); });`;
    await trace(code, { node });
    const children = operations((event) => event.category === 'child process');
    expect(children.map(({ name, endArgs }) => [name, endArgs]).sort()).toEqual([
      ['spawn node', { code: 3 }],
      ['spawn node', { signal: 'SIGKILL' }],
      ['spawn nothing', { error: 'ENOENT' }],
      ['spawn sh', { code: 2 }],
    ]);
    for (const child of children.filter(({ name }) => name !== 'spawn nothing')) expect(child).toMatchObject({ args: { pid: expect.any(Number) }, ...RESUMED });
    expect(collector.events.filter((event) => event.kind === 'slice')).toMatchObject([
      { name: 'execSync', category: 'child process', args: { command: 'exit 0' } },
    ]);
  });

  it('messages between a worker thread and the one that made it', async () => {
    const code = `const { Worker, isMainThread, parentPort } = require('node:worker_threads');
      if (isMainThread) { const worker = new Worker(__filename); worker.on('message', () => {}); worker.postMessage(1); try { worker.postMessage(() => {}); } catch {} worker.postMessage(2); worker.postMessage('end'); }
      else parentPort.on('message', (message) => { if (message === 'end') parentPort.close(); else parentPort.postMessage(message); });`;
    await trace(code, { node });
    const begins = collector.events.filter((event) => event.kind === 'async-begin' && event.name === 'message') as Extract<
      TracedEvent,
      { kind: 'async-begin' }
    >[];
    expect(begins.every(({ scope }) => scope === AsyncScope.PROCESS)).toBe(true);
    const threads = [...(collector.targets[0]?.threads.values() ?? [])].map((thread) => ({
      sent: new Set(thread.stream.events.flatMap((event) => (event.kind === 'async-begin' && event.name === 'message' ? [event.number] : []))),
      got: thread.stream.events.flatMap((event) => (event.kind === 'async-end' ? [event.number] : [])),
      resumed: thread.stream.events.flatMap((event) => (event.kind === 'flow' ? [event.number] : [])),
    }));
    const [main, worker] = threads;
    // The message that could not be copied has a number that the next one uses.
    expect(main?.sent.size).toBe(3);
    expect(worker?.got).toEqual([...(main?.sent ?? [])]);
    expect(main?.got).toEqual([...(worker?.sent ?? [])]);
    expect(main?.got.length).toBe(2);
    expect(worker?.resumed).toEqual(worker?.got);
    expect(main?.resumed).toEqual(main?.got);
  });

  it('every promise, if that is asked for', async () => {
    const code = 'async function work() { await null; return 1; } work().then(() => {});';
    await trace(code, { node, capture: { asyncHooks: true, asyncOperations: false } });
    const promises = operations((event) => event.category === 'promise');
    expect(promises.length).toBeGreaterThanOrEqual(3);
    expect(promises.filter(({ endNs }) => endNs === undefined)).toEqual([]);
    expect(promises.filter(({ resumed }) => resumed.length > 0).length).toBeGreaterThanOrEqual(2);
    expect(promises.some(({ parent }) => promises.some(({ number }) => number === parent))).toBe(true);
  });

  it('in an ES module', async () => {
    const code = `import { readFile } from 'node:fs'; import { readFile as read } from 'node:fs/promises'; import { setTimeout as later } from 'node:timers/promises'; import { setImmediate } from 'node:timers';
      readFile(import.meta.url.slice(7), () => {}); await read(new URL(import.meta.url)); await later(1); setImmediate(() => {});`;
    await trace(code, { node, file: 'script.mjs' });
    for (const name of ['fs.readFile', 'fs.promises.readFile', 'timers.promises.setTimeout', 'setImmediate']) expect(one(name), name).toMatchObject(RESUMED);
  });

  it('nothing while recording is switched off, and nothing that would be an end without a beginning', async () => {
    const code = `const { recorder } = globalThis[Symbol.for('trace-studio.runtime')]; const when = (recording, then) => { if (recorder.recording === recording) then(); else setTimeout(() => when(recording, then), 1); };
      setTimeout(() => {}, 300); console.log('begun');
      when(false, () => { setTimeout(() => {}, 50); console.log('stopped'); when(true, () => setTimeout(() => {}, 7)); });`;
    const script = writeScript(collector, { 'script.cjs': code });
    const { startTarget, takeAll } = await import('./run-target.ts');
    const target = startTarget(collector, script, { node, options: { capture: ONLY } });
    await collector.until(() => collector.events.some((event) => event.kind === 'async-begin'));
    collector.control({ command: 'stop' });
    await target.printed('stopped');
    collector.control({ command: 'start' });
    await target.ended;
    await takeAll(collector);
    expect(
      named('setTimeout')
        .map(({ args }) => (args as { ms: number }).ms)
        .filter((ms) => ms > 1),
    ).toEqual([300, 7]);
    const begun = new Set(operations().map(({ number }) => number));
    expect(collector.events.filter((event) => event.kind === 'async-end' && !begun.has(event.number))).toEqual([]);
  });
});
