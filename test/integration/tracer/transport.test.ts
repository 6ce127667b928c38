/** The way from the ring to the collector: speed, order, a full ring, the gate. */
import { readFileSync, writeFileSync } from 'node:fs';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { GapReason } from '../../../core/protocol/records.ts';
import { runTarget, startTarget, takeAll, writeScript } from './run-target.ts';
import { TestCollector } from './test-collector.ts';

let collector: TestCollector;
beforeEach(async () => {
  collector = new TestCollector({ keepCounters: false });
  await collector.listen();
});
afterEach(() => collector.close());

const HEAD = `const { getTracer, VizCounter, VizObject } = require('trace-studio');
const counter = new VizCounter(getTracer(), 'c');
const write = (from, to) => { for (let i = from; i < to; i++) counter.n = i; };
const blockUntil = (done) => { const word = new Int32Array(new SharedArrayBuffer(4)); while (!done()) Atomics.wait(word, 0, 0, 1); };
`;
const mainThread = () => collector.targets[0]?.threads.get(0);
const gaps = () => collector.events.filter((event) => event.kind === 'gap');

it('carries a million counter writes, each one', async () => {
  const run = await runTarget(collector, writeScript(collector, { 'script.cjs': `${HEAD} write(0, 1_000_000);` }));
  expect(run).toMatchObject({ stderr: '', code: 0 });
  expect(collector.counters).toBe(1_000_000);
  expect(mainThread()?.stream.lastCounter?.values).toEqual({ n: 999_999 });
  expect(mainThread()?.stats?.dropped ?? 0).toBe(0);
});

it('is live while the event loop is blocked', async () => {
  // The script goes on only when the test has seen what it wrote before, and never returns to its event loop.
  const code = `${HEAD} const fs = require('node:fs'); const path = require('node:path');
    for (let step = 0; step < 3; step++) {
      counter.n = step;
      blockUntil(() => fs.existsSync(path.join(__dirname, 'seen-' + step)));
      getTracer().instant('awake');
    }
    console.log('done');`;
  const script = writeScript(collector, { 'script.cjs': code });
  const target = startTarget(collector, script);
  for (let step = 0; step < 3; step++) {
    await collector.until(() => mainThread()?.stream.lastCounter?.values.n === step);
    writeFileSync(script.replace(/script\.cjs$/, `seen-${step}`), '');
  }
  expect(await target.ended).toMatchObject({ stdout: 'done\n', code: 0 });
  await takeAll(collector);
  expect(collector.counters).toBe(3);
});

it('makes the target wait in exact mode, and loses nothing', async () => {
  const code = `${HEAD} write(0, 10); setTimeout(() => { console.log('begins'); write(10, 100_000); console.log('over'); }, 50);`;
  collector.onConnect = (socket) => socket.pause();
  const target = startTarget(collector, writeScript(collector, { 'script.cjs': code }), { options: { whenFull: 'exact', ringBytes: 64 * 1024 } });
  await target.printed('begins');
  collector.resume();
  expect(await target.ended).toMatchObject({ stderr: '', code: 0 });
  await takeAll(collector);
  expect(collector.counters).toBe(100_000);
  expect(gaps()).toEqual([]);
  const stats = mainThread()?.stats;
  expect(stats).toMatchObject({ dropped: 0 });
  expect(collector.events.filter((event) => event.kind === 'stall')).toHaveLength(stats?.stalls ?? -1);
});

it('drops and counts in live mode, and says where', async () => {
  collector.onConnect = (socket) => socket.pause();
  const code = `${HEAD} write(0, 10);
    setTimeout(() => { write(10, 200_000); console.log('written'); process.stdin.resume(); process.stdin.on('end', () => counter.n = 7); }, 50);`;
  const target = startTarget(collector, writeScript(collector, { 'script.cjs': code }), {
    options: { whenFull: 'live', ringBytes: 64 * 1024 },
    holdInput: true,
  });
  await target.printed('written');
  collector.resume();
  // The drain reports its losses once it gets on: then there is room for the rest.
  await collector.until(() => (mainThread()?.stats?.dropped ?? 0) > 0);
  target.child.stdin?.end();
  await target.ended;
  await takeAll(collector);
  const lost = gaps().reduce((sum, gap) => sum + gap.lost, 0);
  expect(lost).toBeGreaterThan(0);
  expect(collector.counters + lost).toBe(200_001);
  expect(mainThread()?.stats).toMatchObject({ dropped: lost, stalls: 0 });
  expect(mainThread()?.stream.lastCounter?.values).toEqual({ n: 7 });
  for (const gap of gaps()) expect(gap).toMatchObject({ reason: GapReason.RING_FULL, clock: gap.timeNs });
});

it('starts objects anew after a gap', async () => {
  collector.onConnect = (socket) => socket.pause();
  const code = `${HEAD} const object = new VizObject(getTracer(), 'o'); object.a = 1; object.b = 0;
    setTimeout(() => { write(10, 200_000); console.log('written'); process.stdin.resume(); process.stdin.on('end', () => { object.b = 2; object.b = 3; }); }, 50);`;
  const target = startTarget(collector, writeScript(collector, { 'script.cjs': code }), {
    options: { whenFull: 'live', ringBytes: 64 * 1024 },
    holdInput: true,
  });
  await target.printed('written');
  collector.resume();
  await collector.until(() => (mainThread()?.stats?.dropped ?? 0) > 0);
  target.child.stdin?.end();
  await target.ended;
  await takeAll(collector);
  const changes = collector.events.filter((event) => event.kind === 'snapshot').map((event) => event.changes);
  expect(changes).toEqual([{ a: 1 }, { b: 0 }, { a: 1, b: 2 }, { b: 3 }]);
});

it('refuses a record that is larger than a quarter of the ring, and says so', async () => {
  const code = `${HEAD} getTracer().instant('small', 1);
    for (let i = 0; i < 2100; i++) counter['attribute ' + i] = i;
    getTracer().instant('after', 2);`;
  await runTarget(collector, writeScript(collector, { 'script.cjs': code }), { options: { ringBytes: 64 * 1024 } });
  expect(collector.events.filter((event) => event.kind === 'instant').map((event) => event.name)).toEqual(['small', 'after']);
  expect(gaps().length).toBeGreaterThan(0);
  expect(new Set(gaps().map((gap) => gap.reason))).toEqual(new Set([GapReason.RECORD_TOO_LARGE]));
  expect(gaps().reduce((sum, gap) => sum + gap.lost, 0) + collector.counters).toBe(2100);
});

it('records only between start and stop of the collector', async () => {
  const code = `${HEAD} const { recorder } = globalThis[Symbol.for('trace-studio.runtime')];
    const when = (recording, then) => { const timer = setInterval(() => { if (recorder.recording === recording) { clearInterval(timer); then(); } }, 1); };
    const object = new VizObject(getTracer(), 'o'); object.a = 1;
    write(0, 10);
    when(false, () => {
      write(10, 1000); object.b = 2; getTracer().instant('unseen'); new VizObject(getTracer(), 'later').dispose();
      console.log('stopped');
      when(true, () => { write(2000, 2005); object.c = 3; });
    });`;
  const target = startTarget(collector, writeScript(collector, { 'script.cjs': code }));
  await collector.until(() => collector.counters === 10);
  collector.control({ command: 'stop' });
  await target.printed('stopped');
  collector.control({ command: 'start' });
  expect(await target.ended).toMatchObject({ code: 0 });
  await takeAll(collector);
  expect(collector.counters).toBe(15);
  expect(collector.events.map((event) => (event.kind === 'snapshot' ? event.changes : event.kind))).toEqual(['created', { a: 1 }, { a: 1, b: 2, c: 3 }]);
});

it('tells who it is', async () => {
  const script = writeScript(collector, { 'script.cjs': '' });
  await runTarget(collector, script, { args: ['one', 'two'], flags: ['--no-warnings'], env: { FOO: 'a value of the surroundings' } });
  const hello = collector.targets[0]?.hello;
  expect(hello).toMatchObject({
    secret: 'a secret of the test',
    execArgv: ['--no-warnings'],
    argv: [process.execPath, script, 'one', 'two'],
    nodeVersion: process.version,
  });
  expect(JSON.stringify(hello)).not.toContain('a value of the surroundings');
  expect(hello?.tracer).toBe(JSON.parse(readFileSync(new URL('../../../package.json', import.meta.url), 'utf8')).version);
});

describe('secrets', () => {
  const code = `${HEAD} const object = new VizObject(getTracer(), 'o'); object.login = { user: 'noor', password: 'hunter2', hasPassword: true }; getTracer().instant('i', { apiKey: 'k' });`;
  it('are masked', async () => {
    await runTarget(collector, writeScript(collector, { 'script.cjs': code }));
    const snapshot = collector.events.find((event) => event.kind === 'snapshot');
    expect(snapshot?.state).toEqual({ login: { user: 'noor', password: { $ts: 'masked' }, hasPassword: true } });
    expect(collector.events.find((event) => event.kind === 'instant')?.args).toEqual({ apiKey: { $ts: 'masked' } });
  });
  it('are recorded if that was chosen', async () => {
    await runTarget(collector, writeScript(collector, { 'script.cjs': code }), { options: { maskSecrets: false } });
    expect(collector.events.find((event) => event.kind === 'instant')?.args).toEqual({ apiKey: 'k' });
  });
});
