/** However a target ends, what it recorded is there, and it ends as it would without the tracer. */
import { existsSync, readdirSync } from 'node:fs';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { nodeVersions } from './node-matrix.ts';
import { runTarget, startTarget, takeAll, writeScript } from './run-target.ts';
import { TestCollector } from './test-collector.ts';

let collector: TestCollector;
beforeEach(async () => {
  collector = new TestCollector({ keepCounters: false });
  await collector.listen();
});
afterEach(() => collector.close());

const HEAD = `const { getTracer, VizCounter } = require('trace-studio');
const counter = new VizCounter(getTracer(), 'c');
const write = (n) => { for (let i = 0; i < n; i++) counter.n = i; };
`;
const last = (): number | undefined => collector.targets[0]?.threads.get(0)?.stream.lastCounter?.values.n;

describe.each(nodeVersions())('$title', ({ path: node }) => {
  it.each([
    ['comes to its end', 'write(5000);', { code: 0 }, 5000],
    ['comes to its end later', 'write(5000); setTimeout(() => write(10), 30);', { code: 0 }, 5010],
    ['calls process.exit', 'write(5000); process.exit(3);', { code: 3 }, 5000],
    ['calls process.exit later', 'setTimeout(() => { write(5000); process.exit(3); }, 30);', { code: 3 }, 5000],
    ['sets process.exitCode', 'write(10); process.exitCode = 9;', { code: 9 }, 10],
    ['writes in an exit listener', "process.on('exit', () => write(20)); write(10);", { code: 0 }, 30],
    ['exits inside an exit listener', "process.on('exit', () => { write(20); process.exit(4); }); write(10);", { code: 4 }, 30],
    ['removes all exit listeners', "process.on('exit', () => {}); process.removeAllListeners(); write(10);", { code: 0 }, 10],
    ['emits exit by hand and goes on', "process.emit('exit', 0); setTimeout(() => write(10), 20);", { code: 0 }, 10],
    ['replaces its clocks', 'performance.now = () => 0; process.hrtime.bigint = () => 0n; Date.now = () => 0; write(5000);', { code: 0 }, 5000],
    ['throws', "write(5000); throw new Error('boom');", { code: 1 }, 5000],
    ['leaves a rejection unhandled', "write(5000); Promise.reject(new Error('boom'));", { code: 1 }, 5000],
    ['goes past the end by reallyExit', 'write(5000); process.reallyExit(6);', { code: 6 }, 5000],
  ])('loses nothing when the script %s', async (_, code, end, count) => {
    const run = await runTarget(collector, writeScript(collector, { 'script.cjs': HEAD + code }), { node });
    expect(run).toMatchObject({ stdout: '', ...end, signal: null });
    expect(collector.counters).toBe(count);
    expect(collector.targets).toMatchObject([{ bye: true }]);
  });

  it.each(['SIGKILL', 'SIGTERM', 'SIGINT'] as const)('loses at most the last moments at %s', async (signal) => {
    const code = `${HEAD} let i = 0; setInterval(() => { counter.n = i++; if (i === 50) console.log('fifty'); }, 1);`;
    const target = startTarget(collector, writeScript(collector, { 'script.cjs': code }), { node });
    await target.printed('fifty');
    // What was written long enough before the signal for one wake of the drain has arrived.
    await collector.until(() => (last() ?? 0) >= 49);
    target.child.kill(signal);
    expect(await target.ended).toMatchObject({ code: null, signal });
    await takeAll(collector);
    expect(collector.targets).toMatchObject([{ bye: false, complaint: undefined }]);
  });
});

it('shows an uncaught exception as plain node does', async () => {
  const script = writeScript(collector, { 'script.cjs': "function fail() { throw new Error('boom'); }\nfail();" });
  const plain = await runTarget(collector, script, { traced: false });
  expect(await runTarget(collector, script)).toEqual(plain);
});

it('writes what a collector that has stopped reading does not take into the spill file', async () => {
  collector.onConnect = (socket) => socket.pause();
  const script = writeScript(collector, { 'script.cjs': `${HEAD} write(200_000);` });
  const target = startTarget(collector, script);
  expect(await target.ended).toMatchObject({ stdout: '', stderr: '', code: 0 });
  expect(readdirSync(collector.spillFolder)).toEqual([`${target.child.pid}.spill`]);
  collector.resume();
  await takeAll(collector);
  expect(collector.counters).toBe(200_000);
});

it('goes on without a word where no collector is', async () => {
  await collector.close();
  const alone = new TestCollector();
  const script = writeScript(alone, { 'script.cjs': `${HEAD} write(100_000); console.log('done'); setTimeout(() => {}, 100);` });
  const run = await startTarget(alone, script).ended;
  expect(run).toEqual({ stdout: 'done\n', stderr: '', code: 0, signal: null });
  alone.mergeSpills();
  expect(alone.targets).toMatchObject([{ bye: true, complaint: undefined }]);
  await alone.close();
  expect(existsSync(alone.folder)).toBe(false);
});

it('finds a collector that comes later', async () => {
  await collector.close();
  const late = new TestCollector();
  const script = writeScript(late, {
    'script.cjs': `${HEAD} write(100); console.log('written'); process.stdin.resume(); process.stdin.on('end', () => write(1));`,
  });
  const target = startTarget(late, script, { holdInput: true });
  await target.printed('written');
  await late.listen();
  await late.until(() => late.counters === 100);
  target.child.stdin?.end();
  expect(await target.ended).toMatchObject({ code: 0 });
  await takeAll(late);
  expect(late.counters).toBe(101);
  await late.close();
});
