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
const lost = (): number => collector.events.reduce((sum, event) => sum + (event.kind === 'gap' ? event.lost : 0), 0);
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
    ['aborts', 'write(5000); process.abort();', { signal: 'SIGABRT' }, 5000],
    ['aborts later', 'setTimeout(() => { write(5000); process.abort(); }, 30);', { signal: 'SIGABRT' }, 5000],
    ['kills itself', "write(5000); process.kill(process.pid, 'SIGKILL');", { signal: 'SIGKILL' }, 5000],
    ['kills itself later', "setTimeout(() => { write(5000); process.kill(process.pid, 'SIGKILL'); }, 30);", { signal: 'SIGKILL' }, 5000],
    ['ends itself by a signal', 'setTimeout(() => { write(5000); process.kill(process.pid); }, 30); setTimeout(() => {}, 9000);', { signal: 'SIGTERM' }, 5000],
    [
      'ends its process group by a signal',
      "setTimeout(() => { write(5000); process.kill(0, 'SIGINT'); }, 30); setTimeout(() => {}, 9000);",
      { signal: 'SIGINT' },
      5000,
    ],
    [
      'gives itself a signal that it listens for',
      "process.once('SIGTERM', () => { write(10); process.exit(5); }); setTimeout(() => { write(5000); process.kill(process.pid); }, 30); setTimeout(() => {}, 9000);",
      { code: 5 },
      5010,
    ],
    ['looks whether it is alive', 'process.kill(process.pid, 0); write(5000); setTimeout(() => write(10), 30);', { code: 0 }, 5010],
  ])('loses nothing when the script %s', async (_, code, end, count) => {
    const run = await runTarget(collector, writeScript(collector, { 'script.cjs': HEAD + code }), { node, ownGroup: true });
    expect(run).toMatchObject({ stdout: '', code: null, signal: null, ...end });
    expect(collector.counters).toBe(count);
    expect(lost()).toBe(0);
    // One that was killed, if by itself, says no goodbye: whoever is to be told of killed scripts is.
    expect(collector.targets).toMatchObject([{ bye: !('signal' in end) }]);
  });

  it('loses nothing of any thread when a worker kills the process', async () => {
    const code = `const { Worker, isMainThread, threadId } = require('node:worker_threads'); ${HEAD}
      if (isMainThread) { write(5000); new Worker(__filename); } else setTimeout(() => { write(3000); process.kill(process.pid, 'SIGKILL'); }, 50);`;
    const run = await runTarget(collector, writeScript(collector, { 'script.cjs': code }), { node });
    expect(run).toMatchObject({ code: null, signal: 'SIGKILL' });
    expect(collector.counters).toBe(8000);
  });

  it('loses nothing when memory runs out', async () => {
    const code = `${HEAD} const fs = require('node:fs'); const keep = []; let i = 0;
      setInterval(() => { counter.n = ++i; keep.push(new Array(30_000).fill(i)); fs.writeSync(1, i + '\\n'); }, 2);`;
    const run = await runTarget(collector, writeScript(collector, { 'script.cjs': code }), { node, flags: ['--max-old-space-size=40'] });
    expect(run).toMatchObject({ code: null, signal: 'SIGABRT' });
    // The last turn wrote its event, and may not have come to print.
    const printed = Number(run.stdout.trim().split('\n').at(-1));
    expect(printed).toBeGreaterThan(10);
    expect(collector.counters - printed).toBeGreaterThanOrEqual(0);
    expect(collector.counters - printed).toBeLessThanOrEqual(1);
    expect(lost()).toBe(0);
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

describe('a collector that', () => {
  it('dies while the script runs is told of in one line, and the script goes on', async () => {
    const code = `${HEAD} const { execFile } = require('node:child_process'); write(10); process.stdin.resume(); process.stdin.on('end', () => { write(10); console.log('done'); });
      execFile(process.execPath, ['-e', 'setTimeout(() => {}, 1000)'], (error, out, err) => console.log(JSON.stringify([error, out, err])));`;
    const target = startTarget(collector, writeScript(collector, { 'script.cjs': code }), { holdInput: true });
    await collector.until(() => collector.counters === 10 && collector.targets.length === 2);
    for (const { socket } of collector.targets) socket?.destroy();
    await target.printed('[');
    target.child.stdin?.end();
    const { stdout, stderr, code: exit } = await target.ended;
    expect(stdout).toBe('[null,"",""]\ndone\n');
    expect(stderr).toBe('trace-studio: The studio is gone. The script goes on, and is not recorded any more.\n');
    expect(exit).toBe(0);
  });

  it('has switched recording off and then goes is not spoken of', async () => {
    const code = `${HEAD} write(10); process.stdin.resume(); process.stdin.on('end', () => console.log('done'));`;
    const target = startTarget(collector, writeScript(collector, { 'script.cjs': code }), { holdInput: true });
    await collector.until(() => collector.counters === 10);
    collector.control({ command: 'stop' });
    for (const { socket } of collector.targets) socket?.end();
    await collector.until(() => collector.targets.every(({ closed }) => closed));
    target.child.stdin?.end();
    expect(await target.ended).toMatchObject({ stdout: 'done\n', stderr: '', code: 0 });
  });

  it.each(['exact', 'live'] as const)('stalls for 5 s is told of in one line, and what is lost is counted (%s)', async (whenFull) => {
    collector.onConnect = (socket) => socket.pause();
    const code = `${HEAD} write(10); setTimeout(() => { write(2_000_000); console.log('written'); process.stdin.resume(); process.stdin.on('end', () => write(5)); }, 50);`;
    const target = startTarget(collector, writeScript(collector, { 'script.cjs': code }), { holdInput: true, options: { whenFull, ringBytes: 64 * 1024 } });
    await target.printed('written');
    await target.complained('\n');
    collector.resume();
    await collector.until(() => (collector.targets[0]?.threads.get(0)?.stats?.dropped ?? 0) > 0);
    target.child.stdin?.end();
    const { stderr, code: exit } = await target.ended;
    await takeAll(collector);
    expect(stderr).toBe('trace-studio: The studio has taken nothing for 5 s. The script goes on; what does not fit into the buffer is dropped, and counted.\n');
    expect(exit).toBe(0);
    expect(collector.counters + lost()).toBe(2_000_015);
    expect(collector.targets[0]?.threads.get(0)?.stats?.dropped).toBe(lost());
  });
});
