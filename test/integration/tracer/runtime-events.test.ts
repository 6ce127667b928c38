/** What the runtime does is in the recording: collections, blocked turns, console calls, marks, warnings, loads of modules. */
import { readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { constants } from 'node:perf_hooks';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type CaptureOptions, DEFAULT_CAPTURE } from '../../../core/protocol/capture-options.ts';
import type { TracedEvent } from './decode-stream.ts';
import { nodeVersions } from './node-matrix.ts';
import { type RunOptions, runTarget, startTarget, type TargetRun, takeAll, writeScript } from './run-target.ts';
import { TestCollector } from './test-collector.ts';

type Of<Kind extends TracedEvent['kind']> = Extract<TracedEvent, { kind: Kind }>;

const NOTHING: CaptureOptions = {
  ...DEFAULT_CAPTURE,
  calls: 'off',
  ...{ asyncOperations: false, asyncHooks: false, gc: false, eventLoop: false, consoleCalls: false, marks: false, warnings: false, modules: false },
};

let collector: TestCollector;
beforeEach(async () => {
  collector = new TestCollector();
  await collector.listen();
});
afterEach(() => collector.close());

async function trace(files: Readonly<Record<string, string>> | string, capture: Partial<CaptureOptions>, run: RunOptions): Promise<TargetRun> {
  const script = writeScript(collector, typeof files === 'string' ? { 'script.cjs': files } : files);
  const result = await runTarget(collector, script, { ...run, options: { capture: { ...NOTHING, ...capture } } });
  expect(collector.targets.flatMap((target) => target.errors)).toEqual([]);
  return result;
}
const instants = (): Of<'instant'>[] => collector.events.filter((event) => event.kind === 'instant');
const slices = (track?: string): Of<'slice'>[] => collector.events.filter((event) => event.kind === 'slice').filter((slice) => slice.track === track);

describe.each(nodeVersions())('$title', ({ path: node }) => {
  it('tells of each collection with its kind and its pause, also of those in the middle of a call', async () => {
    const code = `let kept = []; gc(); for (let i = 0; i < 3e5; i++) kept.push({ i }); gc({ type: 'minor' }); kept = []; gc(); setTimeout(() => {}, 5);`;
    await trace(code, { gc: true }, { node, flags: ['--expose-gc'] });
    const pauses = slices('GC');
    expect(pauses.map((pause) => pause.name)).toEqual(expect.arrayContaining(['Major GC', 'Minor GC']));
    expect(pauses.filter((pause) => pause.name === 'Major GC').map((pause) => (pause.args as { kind: number }).kind)).toContain(
      constants.NODE_PERFORMANCE_GC_MAJOR,
    );
    expect(pauses.filter((pause) => (pause.args as { forced?: boolean }).forced).length).toBeGreaterThanOrEqual(2);
    for (const pause of pauses) expect(pause).toMatchObject({ category: 'gc' });
    // Pauses do not overlap, and are in the past of the process, not before its beginning.
    const sorted = pauses.map((pause) => [Number(pause.timeNs) - pause.durationNs, Number(pause.timeNs)] as const).sort((a, b) => a[0] - b[0]);
    for (let i = 1; i < sorted.length; i++) expect(sorted[i]?.[0]).toBeGreaterThanOrEqual((sorted[i - 1]?.[1] ?? 0) - 1000);
    const start = Number(collector.targets[0]?.hello?.monotonicNs);
    expect(sorted[0]?.[0]).toBeGreaterThan(start - 5e9);
    expect(sorted.at(-1)?.[1]).toBeLessThan(Number(process.hrtime.bigint()));
  });

  it('tells how late the event loop is, and what blocked it', async () => {
    const code = `const wait = (ms) => Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, ms);
      setTimeout(() => { wait(150); console.log(String(process.hrtime.bigint())); }, 100); setTimeout(() => {}, 1300);`;
    const run = await trace(code, { eventLoop: true }, { node });
    const block = slices('Event loop').find((slice) => Math.abs(Number(slice.timeNs - BigInt(run.stdout))) < 50e6);
    expect(block).toMatchObject({ name: 'blocked', category: 'event loop' });
    expect(block?.durationNs).toBeGreaterThan(149e6);
    const samples = collector.events.filter((event) => event.kind === 'counter');
    expect(samples[0]).toMatchObject({ name: 'event loop delay (ms)' });
    expect(samples[0]?.values.max).toBeGreaterThan(100);
    expect(samples[0]?.values.p50).toBeLessThan(samples[0]?.values.max as number);
  });

  it.each([
    ['that lasts to the end', 'wait(120);'],
    ['that ends the process', 'wait(120); process.exit();'],
  ])('tells of a first turn %s', async (_, end) => {
    await trace(`const wait = (ms) => Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, ms); ${end}`, { eventLoop: true }, { node });
    expect(slices('Event loop')).toMatchObject([{ name: 'blocked' }]);
    expect(slices('Event loop')[0]?.durationNs).toBeGreaterThan(119e6);
    // It was over within a second: no graph of one point.
    expect(collector.events.filter((event) => event.kind === 'counter')).toEqual([]);
  });

  it('tells of calls of the console where what they print begins', async () => {
    const code = `console.log('one', 1, { a: [1, 2] }); process.stdout.write('between\\n'); console.info('two'); console.error('ä problem'); console.warn(new TypeError('bad'));
      console.debug({ get a() { throw new Error('no getter'); }, password: 'hunter2' }, new Proxy({}, { get() { throw new Error('no trap'); } }), { toString() { throw new Error('no toString'); } });
      console.log('x'.repeat(5000)); console.log(Symbol('s'), 5n, undefined, null, () => {}, new Map([[1, 2]]), new (class Cart { items = ['lamp']; })());`;
    const run = await trace(code, { consoleCalls: true }, { node });
    const said = instants().map(({ name, category, args }) => ({
      name,
      category,
      ...(args as { level: string; text: string; stream: 'stdout' | 'stderr'; offset: number }),
    }));
    expect(said.map(({ name, category }) => [name, category])).toEqual(
      ['log', 'info', 'error', 'warn', 'debug', 'log', 'log'].map((level) => [`console.${level}`, 'console']),
    );
    for (const { stream, offset, text } of said.slice(0, 4)) {
      const line = Buffer.from(run[stream]).subarray(offset).toString().split('\n', 1)[0] as string;
      expect(line.startsWith(text.slice(0, 3))).toBe(true);
    }
    expect(said.map(({ text }) => text)).toEqual([
      'one 1 {a: [1, 2]}',
      'two',
      'ä problem',
      'TypeError: bad',
      '{a: [Getter], password: ***} [Proxy] {toString: [Function: toString]}',
      `${'x'.repeat(999)}…`,
      `Symbol(s) 5n undefined null [Function: ${''}] Map(1) Cart {items: ['lamp']}`,
    ]);
  });

  it('tells of marks and measures at their own times', async () => {
    const code = `performance.mark('a', { detail: { user: 'noor', token: 't', list: [1] } }); performance.mark('b', { startTime: 1 }); performance.measure('a to end', { start: 'a', detail: 'text' }); performance.measure('b to a', 'b', 'a');
      process.on('beforeExit', () => performance.mark('late')); process.on('exit', () => performance.mark('last'));`;
    await trace(code, { marks: true }, { node });
    expect(
      instants()
        .map(({ name, category, args }) => [name, category, args])
        .sort(),
    ).toEqual([
      ['a', 'user timing', { user: 'noor', token: { $ts: 'masked' }, list: [1] }],
      ['b', 'user timing', undefined],
      ['last', 'user timing', undefined],
      ['late', 'user timing', undefined],
    ]);
    const mark = (name: string): bigint => instants().find((event) => event.name === name)?.timeNs ?? 0n;
    const begins = collector.events.filter((event) => event.kind === 'async-begin');
    expect(begins).toMatchObject([
      { name: 'b to a', category: 'user timing' },
      { name: 'a to end', args: { value: 'text' } },
    ]);
    const ends = collector.events.flatMap((event) => (event.kind === 'async-end' ? [event.number] : []));
    expect(ends.sort()).toEqual(begins.map((begin) => begin.number).sort());
    expect(Math.abs(Number((begins[0]?.timeNs ?? 0n) - mark('b')))).toBeLessThan(1000);
    expect(Math.abs(Number((begins[1]?.timeNs ?? 0n) - mark('a')))).toBeLessThan(1000);
  });

  it('puts a mark where the tracer puts what happens at the same time', async () => {
    const code = `const { getTracer } = require('trace-studio'); for (let i = 0; i < 20; i++) { getTracer().instant('before'); performance.mark('mark'); getTracer().instant('after'); }`;
    await trace(code, { marks: true }, { node });
    const names = instants().map(({ name }) => name);
    expect(names).toEqual(Array.from({ length: 20 }, () => ['before', 'mark', 'after']).flat());
  });

  it('tells of warnings, of rejections that nobody handles and of uncaught exceptions', async () => {
    const code = `process.emitWarning('careful', { type: 'Odd', code: 'X1' }); process.on('uncaughtException', () => {}); process.on('unhandledRejection', () => {});
      Promise.reject(new TypeError('rejected')); Promise.reject('only a text'); setTimeout(() => { throw new RangeError('thrown'); }, 5);`;
    await trace(code, { warnings: true }, { node });
    expect(instants().map(({ name, category, args }) => [name, category, (args as { message: string }).message])).toEqual([
      ['Odd', 'warning', 'careful'],
      ['Unhandled rejection', 'exception', 'rejected'],
      ['Unhandled rejection', 'exception', 'only a text'],
      ['Uncaught exception', 'exception', 'thrown'],
    ]);
    expect(instants().at(-1)?.args).toMatchObject({ name: 'RangeError', stack: expect.stringContaining('script.cjs:2') });
    expect(instants()[0]?.args).toMatchObject({ code: 'X1' });
  });

  it.each(['throw', 'strict', 'warn', 'none'])('tells once of a rejection that nobody handles, and leaves what is printed of it: %s', async (mode) => {
    const flags = [`--unhandled-rejections=${mode}`];
    const code = "async function fails() { await null; throw new Error('nobody'); }\nfails(); setTimeout(() => {}, 20);";
    const plain = await runTarget(collector, writeScript(collector, { 'script.cjs': code }), { node, flags, traced: false });
    const run = await trace(code, { warnings: true, asyncOperations: true }, { node, flags });
    const masked = (text: string): string => text.replaceAll(/scripts-\d+|\(node:\d+\)/g, '');
    expect(run).toMatchObject({ code: plain.code, stdout: plain.stdout });
    expect(masked(run.stderr)).toBe(masked(plain.stderr));
    const told = instants().filter(({ category }) => category === 'exception');
    expect(told).toMatchObject([{ name: 'Unhandled rejection', args: { message: 'nobody', stack: expect.stringContaining('script.cjs:1:44') } }]);
  });

  it('tells how long modules take to load, one inside of the other, and which failed', async () => {
    const files = {
      'script.cjs': "require('./a.cjs'); try { require('./fails.cjs'); } catch {} require('./a.cjs'); console.log(module); import('./m.mjs');",
      'a.cjs': "Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 20); require('./b.json');",
      'b.json': '{}',
      'fails.cjs': "require('./c.cjs'); throw new Error('no');",
      'c.cjs': '',
      'm.mjs': 'export default 1;',
    };
    const run = await trace(files, { modules: true }, { node });
    expect(run.stdout).toContain('loaded: false');
    const loads = slices('Modules').map((slice) => ({
      ...slice,
      file: (slice.args as { file: string }).file.split('/').at(-1),
      startNs: Number(slice.timeNs) - slice.durationNs,
    }));
    const load = (file: string) => loads.find((one) => one.file === file) as (typeof loads)[number];
    expect(loads.map(({ file }) => file).sort()).toEqual(['a.cjs', 'b.json', 'c.cjs', 'fails.cjs', 'm.mjs', 'script.cjs']);
    expect(load('a.cjs').durationNs).toBeGreaterThan(20e6);
    for (const [inner, outer] of [
      ['a.cjs', 'script.cjs'],
      ['b.json', 'a.cjs'],
      ['fails.cjs', 'script.cjs'],
      ['c.cjs', 'fails.cjs'],
    ] as const) {
      expect(load(inner).startNs, inner).toBeGreaterThanOrEqual(load(outer).startNs);
      expect(load(inner).timeNs, inner).toBeLessThanOrEqual(load(outer).timeNs + 1n);
    }
    expect(loads.filter(({ args }) => (args as { failed?: boolean }).failed).map(({ file }) => file)).toEqual(['fails.cjs']);
    expect(load('a.cjs').category).toBe('module');
  });

  it('tells how long the sources of ES modules take, also of a script that is over at once', async () => {
    const files = { 'script.mjs': "import './a.mjs'; import './c.cjs'; await import('./b.mjs'); process.exit();", 'a.mjs': '', 'b.mjs': '', 'c.cjs': '' };
    await trace(files, { modules: true }, { node });
    const names = slices('Modules').map((slice) => (slice.args as { file: string }).file.split('/').at(-1));
    expect(names.sort()).toEqual(['a.mjs', 'b.mjs', 'c.cjs', 'script.mjs']);
    expect(slices('Modules').every(({ durationNs }) => durationNs > 0)).toBe(true);
  });

  it('is live while the event loop is blocked', async () => {
    const code = `const fs = require('node:fs'); const path = require('node:path'); console.log('before'); const word = new Int32Array(new SharedArrayBuffer(4));
      while (!fs.existsSync(path.join(__dirname, 'seen'))) Atomics.wait(word, 0, 0, 1); console.log('after');`;
    const script = writeScript(collector, { 'script.cjs': code });
    const target = startTarget(collector, script, { node, options: { capture: { ...NOTHING, consoleCalls: true } } });
    await collector.until(() => instants().length === 1);
    writeFileSync(path.join(path.dirname(script), 'seen'), '');
    expect(await target.ended).toMatchObject({ stdout: 'before\nafter\n', code: 0 });
    await takeAll(collector);
    expect(instants()).toHaveLength(2);
  });

  it('records what the manual says of its example', async () => {
    const page = readFileSync(new URL('../../../docs/async-and-runtime.md', import.meta.url), 'utf8');
    const [, code] = /```js\n\/\/ runtime\.mjs\n(.*?)```/s.exec(page) as unknown as [string, string];
    const run = await trace({ 'runtime.mjs': code }, { ...DEFAULT_CAPTURE, calls: 'off' }, { node });
    expect(run.stdout).toMatch(/^\d+ letters\n$/);
    expect(slices('Event loop').some(({ durationNs }) => durationNs > 99e6)).toBe(true);
    expect(instants().map(({ name }) => name)).toEqual(expect.arrayContaining(['begin', 'console.log']));
    const begun = collector.events.flatMap((event) => (event.kind === 'async-begin' ? [event.name] : []));
    expect(begun).toEqual(expect.arrayContaining(['fs.promises.readFile', 'timers.promises.setTimeout', 'all of it']));
  });

  it('records none of it where it is not asked for', async () => {
    const code = `gc(); console.log('x'); performance.mark('m'); process.emitWarning('w'); setTimeout(() => {}, 1); require('fs').readFile(__filename, () => {});
      const { recorder } = globalThis[Symbol.for('trace-studio.runtime')]; console.log(Object.getOwnPropertyDescriptor(module, 'loaded').value, String(setTimeout).includes('trap'));`;
    const run = await trace(code, {}, { node, flags: ['--expose-gc'] });
    expect(run.stdout).toBe('x\nfalse false\n');
    expect(collector.events).toEqual([]);
  });
});
