/** `new VizTracer()` under a session: the session records all, and what the tracer saves is its own part of it. */
import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { gunzipSync } from 'node:zlib';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { nodeVersions } from './node-matrix.ts';
import { runTarget, startTarget, takeAll, writeScript } from './run-target.ts';
import { TestCollector } from './test-collector.ts';

let collector: TestCollector;
beforeEach(async () => {
  collector = new TestCollector();
  await collector.listen();
});
afterEach(() => collector.close());

interface Report {
  readonly traceEvents: readonly {
    readonly ph: string;
    readonly name: string;
    readonly ts: number;
    readonly tid: number;
    readonly args?: Record<string, unknown>;
  }[];
  readonly viztracer_metadata: { readonly overflow: boolean };
}

const read = (script: string, name: string): Report => {
  const bytes = readFileSync(path.join(path.dirname(script), name));
  return JSON.parse((name.endsWith('.gz') ? gunzipSync(bytes) : bytes).toString('utf8')) as Report;
};
const names = (report: Report): string[] => report.traceEvents.filter(({ ph }) => ph !== 'M').map(({ name }) => name);

const HEAD = "const { getTracer, VizCounter, VizObject, VizTracer } = require('trace-studio');\nconst quiet = { verbose: 0 };\n";

describe.each(nodeVersions())('$title', ({ path: node }) => {
  it.each([
    ['at once', (body: string) => body],
    ['long after the start', (body: string) => `setTimeout(() => { ${body} }, 100);`],
    ['in an exit listener', (body: string) => `process.on('exit', () => { ${body} });`],
  ])('saves what was recorded between start and stop, %s', async (_, wrap) => {
    const body = `
      const tracer = new VizTracer(quiet);
      tracer.instant('before');
      tracer.start(); tracer.instant('one'); tracer.stop();
      tracer.instant('between');
      tracer.start(); tracer.instant('two');
      tracer.save('report.json');
      tracer.instant('after');
      tracer.save('again.json.gz');`;
    const script = writeScript(collector, { 'script.cjs': HEAD + wrap(body) });
    expect(await runTarget(collector, script, { node })).toEqual({ stdout: '', stderr: '', code: 0, signal: null });
    expect(names(read(script, 'report.json'))).toEqual(['one', 'two']);
    expect(names(read(script, 'again.json.gz'))).toEqual(['one', 'two']);
    expect(collector.events.map((event) => 'name' in event && event.name)).toEqual(['one', 'two']);
    // What was kept for the process is gone with it.
    expect(readdirSync(collector.spillFolder)).toEqual([]);
  });

  it('knows names and objects that were recorded before the tracer was made', async () => {
    const code = `${HEAD}
      class Cart extends VizObject { items = 1; owner = 'me'; }
      const session = getTracer();
      session.counter('queue', { waiting: 1 });
      session.instant('a name');
      setTimeout(() => {
        const tracer = new VizTracer(quiet);
        const cart = new Cart(session, 'cart');
        cart.items = 2;
        tracer.start();
        session.counter('queue', { waiting: 2 });
        session.instant('a name');
        cart.items = 3;
        tracer.save('report.json');
      }, 100);`;
    const script = writeScript(collector, { 'script.cjs': code });
    expect(await runTarget(collector, script, { node })).toMatchObject({ stderr: '', code: 0 });
    const events = read(script, 'report.json').traceEvents.filter(({ ph }) => ph !== 'M');
    expect(events.map(({ ph, name, args }) => [ph, name, args])).toEqual([
      ['C', 'queue', { waiting: 2 }],
      ['i', 'a name', undefined],
      ['O', 'cart', { snapshot: { items: 3, owner: 'me' } }],
    ]);
  });
});

it('holds more than a ring does, in order', async () => {
  const code = `${HEAD} const tracer = new VizTracer(quiet); tracer.start();
    process.stdin.once('data', () => {
      const counter = new VizCounter(tracer, 'c');
      for (let i = 0; i < 20000; i++) counter.i = i;
      tracer.save('report.json');
    });`;
  const script = writeScript(collector, { 'script.cjs': code });
  // On a busy machine the drain may take longer to find the collector than a full ring waits for that.
  const target = startTarget(collector, script, { options: { ringBytes: 64 * 1024 }, holdInput: true });
  await collector.until(() => collector.targets[0]?.hello !== undefined);
  target.child.stdin?.end('go');
  expect(await target.ended).toMatchObject({ stderr: '', code: 0 });
  await takeAll(collector);
  const events = read(script, 'report.json').traceEvents.filter(({ ph }) => ph === 'C');
  expect(events.map(({ args }) => args?.i)).toEqual(Array.from({ length: 20_000 }, (_, i) => i));
  expect(events.every(({ ts }, i) => i === 0 || ts >= (events[i - 1]?.ts ?? 0))).toBe(true);
  expect(collector.counters).toBe(20_000);
});

it('saves the events of its worker threads, too', async () => {
  const code = `${HEAD} const { Worker, isMainThread, threadId } = require('node:worker_threads');
    if (isMainThread) {
      const tracer = new VizTracer(quiet); tracer.start();
      tracer.instant('main');
      new Worker(__filename).on('exit', () => tracer.save('report.json'));
    } else getTracer().instant('worker');`;
  const script = writeScript(collector, { 'script.cjs': code });
  expect(await runTarget(collector, script)).toMatchObject({ stderr: '', code: 0 });
  const report = read(script, 'report.json');
  expect(names(report).sort()).toEqual(['main', 'worker']);
  expect(new Set(report.traceEvents.map(({ tid }) => tid)).size).toBe(2);
});

it('saves in a worker thread what that thread has recorded', async () => {
  const code = `${HEAD} const { Worker, isMainThread } = require('node:worker_threads');
    if (isMainThread) new Worker(__filename);
    else { const tracer = new VizTracer(quiet); tracer.start(); tracer.instant('worker'); tracer.save('report.json'); }`;
  const script = writeScript(collector, { 'script.cjs': code });
  expect(await runTarget(collector, script)).toMatchObject({ stderr: '', code: 0 });
  expect(names(read(script, 'report.json'))).toEqual(['worker']);
});

it('does not wait for a collector that reads nothing', async () => {
  collector.onConnect = (socket) => socket.pause();
  const code = `${HEAD} const tracer = new VizTracer(quiet); tracer.start(); tracer.instant('one');
    setTimeout(() => { tracer.instant('two'); tracer.save('report.json'); console.log('saved'); }, 50);`;
  const script = writeScript(collector, { 'script.cjs': code });
  const target = startTarget(collector, script);
  await target.printed('saved');
  expect(names(read(script, 'report.json'))).toEqual(['one', 'two']);
  collector.resume();
  expect(await target.ended).toMatchObject({ stderr: '', code: 0 });
  await takeAll(collector);
});

it('parses, clears, pauses and lets plugins handle the data as without the studio', async () => {
  const code = `const { VizPluginBase, VizTracer, VizObject, ignoreFunction } = require('trace-studio');
    class Mine extends VizPluginBase {
      supportVersion() { return '0.0.1'; }
      message(type, { when, cmd_type }) {
        console.log(when ?? cmd_type);
        return when === 'pre-save' ? { action: 'handle_data', handler: (data) => { data.mine = data.traceEvents.length; } } : { success: true };
      }
    }
    const tracer = new VizTracer({ verbose: 0, plugins: [new Mine()], pidSuffix: true, processName: 'named' });
    tracer.start();
    const cart = new VizObject(tracer, 'cart'); cart.a = 1; cart.b = 2;
    tracer.clear();
    cart.a = 3;
    tracer.pause(); tracer.instant('no'); tracer.resume();
    ignoreFunction(() => tracer.instant('no'))();
    console.log(tracer.parse());
    tracer.save('report.json'); tracer.terminate();
    tracer.start(); tracer.instant('anew'); tracer.save('anew.json');
    console.log(process.pid);`;
  const script = writeScript(collector, { 'script.cjs': code });
  const { stdout, stderr, code: exit } = await runTarget(collector, script);
  expect({ stderr, exit }).toEqual({ stderr: '', exit: 0 });
  const lines = stdout.trim().split('\n');
  expect(lines.slice(0, -1)).toEqual(['initialize', 'pre-start', 'post-stop', '1', 'pre-save', 'terminate']);
  const report = read(script, `report_${lines.at(-1)}.json`);
  expect(report).toMatchObject({ mine: 3 });
  expect(report.traceEvents.at(-1)).toMatchObject({ ph: 'O', args: { snapshot: { a: 3, b: 2 } } });
  expect(report.traceEvents[0]?.args).toEqual({ name: 'named' });
  expect(names(read(script, `anew_${lines.at(-1)}.json`))).toEqual(['anew']);
});

it('says that the tracer of the session has nothing to save', async () => {
  const code = `${HEAD} const own = getTracer(); try { own.save('report.json'); } catch (error) { console.log(error.message); } own[Symbol.dispose]();`;
  const script = writeScript(collector, { 'script.cjs': code });
  const { stdout, stderr } = await runTarget(collector, script);
  expect(stderr).toBe('');
  expect(stdout).toMatch(/new VizTracer\(\)/);
  expect(readdirSync(path.dirname(script))).toEqual(['script.cjs']);
});
