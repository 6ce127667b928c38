/** The built-in plugins in real targets: what they record, while the script's thread is blocked too, and what the script notices: nothing. */
import { cpSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { PluginLaunch } from '../../../core/protocol/plugins.ts';
import { nodeVersions } from '../tracer/node-matrix.ts';
import { installPackage, type RunOptions, runTarget, startTarget, type TargetRun, takeAll, writeScript } from '../tracer/run-target.ts';
import { TestCollector } from '../tracer/test-collector.ts';

const NAMES = ['cpu_usage', 'memory_usage', 'event_loop', 'gc', 'active_handles'];
const COUNTERS = new Set(['cpu_usage', 'memory_usage', 'event_loop_delay', 'event_loop_utilisation', 'gc', 'active_handles']);

let collector: TestCollector;
beforeEach(async () => {
  collector = new TestCollector();
  await collector.listen();
});
afterEach(() => collector.close());

interface Sample {
  readonly name: string;
  readonly values: Readonly<Record<string, number>>;
  readonly thread: string;
  readonly timeNs: bigint;
}

/** In the order of time. */
function samples(counter?: string): Sample[] {
  const threads = collector.targets.flatMap((target) => [...target.threads.values()]);
  return threads
    .flatMap(({ hello, stream }) => stream.events.flatMap((event) => (event.kind === 'counter' ? [{ ...event, thread: hello.name }] : [])))
    .filter(({ name }) => counter === undefined || name === counter)
    .sort((a, b) => (a.timeNs < b.timeNs ? -1 : 1));
}
const ranges = (of: readonly Sample[], series: string): [number, number] => {
  const values = of.map(({ values }) => values[series] as number);
  return [Math.min(...values), Math.max(...values)];
};

const gapsMs = (counter: string): readonly number[] => {
  const times = samples(counter).map(({ timeNs }) => Number(timeNs) / 1e6);
  return times.slice(1).map((time, k) => time - (times[k] as number));
};

const launches = (...specs: string[]): PluginLaunch[] => specs.map((spec) => ({ spec }));
const run = (script: string, specs: readonly string[], options: RunOptions = {}): Promise<TargetRun> =>
  runTarget(collector, writeScript(collector, { 'script.cjs': script }), { ...options, options: { plugins: launches(...specs), ...options.options } });

describe.each(nodeVersions())('$title', ({ path: node }) => {
  it('a script with all five sees the process that it would have alone', async () => {
    const script = writeScript(collector, {
      'script.cjs': `process.on('worker', () => console.log('a worker was made'));
        const look = () => console.log(JSON.stringify({
          env: process.env, execArgv: process.execArgv, own: Object.keys(process).sort(), globals: Object.getOwnPropertyNames(globalThis).sort(),
          listeners: process.eventNames().map((name) => [String(name), process.listenerCount(name)]),
          handles: process._getActiveHandles().length, requests: process._getActiveRequests().length, resources: process.getActiveResourcesInfo(),
          modules: [require.main.children.length, Object.keys(require.extensions)],
          entries: performance.getEntries().filter(({ entryType }) => entryType !== 'node').length,
          names: [process.emit.name, process.exit.name, process.reallyExit.name, Error.stackTraceLimit],
        }, null, 1));
        look(); setTimeout(look, 150); setTimeout(() => console.log('never'), 1e6).unref();
        process.on('beforeExit', () => console.log('before exit')); process.on('exit', (code) => console.log('exit', code));`,
    });
    const plugins = launches(...NAMES.map((name) => `vizplugins.${name}`));
    const plain = await runTarget(collector, script, { node, traced: false });
    const traced = await runTarget(collector, script, { node, options: { plugins } });
    expect(traced).toEqual(plain);
    expect(samples().length).toBeGreaterThan(0);
  });

  it('all five record, end with the script, and leave it alone', async () => {
    const result = await run(
      `process.on('worker', () => console.log('a worker'));
       console.log(process.getActiveResourcesInfo().length, process.listenerCount('exit'), typeof global.gc);
       const kept = []; const timer = setInterval(() => { for (let i = 0; i < 2e5; i++) kept.push({}); }, 5);
       setTimeout(() => { clearInterval(timer); console.log(kept.length > 0); process.exitCode = 3; }, 400);`,
      NAMES.map((name) => `vizplugins.${name} -f 100`),
      { node },
    );
    expect(result).toEqual({ stdout: '0 0 undefined\ntrue\n', stderr: '', code: 3, signal: null });
    expect(new Set(samples().map(({ name }) => name))).toEqual(COUNTERS);
    expect(ranges(samples('gc'), 'minor')[1]).toBeGreaterThan(0);
    expect(ranges(samples('active_handles'), 'timers')).toEqual([0, 2]);
  });
});

describe('while the main thread is blocked', () => {
  it('cpu_usage, memory_usage and event_loop go on, from a thread of their own', async () => {
    const script = writeScript(collector, { 'script.cjs': `const fs = require('node:fs'); while (!fs.existsSync('enough')) {}` });
    const target = startTarget(collector, script, {
      options: { plugins: launches('vizplugins.cpu_usage', 'vizplugins.memory_usage', 'vizplugins.event_loop') },
    });
    const own = (counter: string): readonly Sample[] => samples(counter).filter(({ thread }) => thread.startsWith('trace-studio '));
    const counters = ['cpu_usage', 'memory_usage', 'event_loop_delay', 'event_loop_utilisation'];
    await collector.until(() => counters.every((counter) => own(counter).length >= 20));
    writeFileSync(path.join(path.dirname(script), 'enough'), '');
    expect(await target.ended).toEqual({ stdout: '', stderr: '', code: 0, signal: null });
    await takeAll(collector);
    expect(ranges(own('cpu_usage'), 'user')[1]).toBeGreaterThan(0);
    expect(ranges(own('memory_usage'), 'rss')[0]).toBeGreaterThan(1e7);
    expect(ranges(own('memory_usage'), 'heapUsed')[0]).toBeGreaterThan(1e6);
    const delays = own('event_loop_delay').map(({ values }) => values.max as number);
    expect(delays).toEqual([...delays].sort((a, b) => a - b));
    expect(delays.at(-1)).toBeGreaterThan(200);
    expect(own('event_loop_utilisation').at(-1)?.values.utilisation).toBe(100);
  });
});

describe('each plugin', () => {
  it('has a sample of a script that ends at once', async () => {
    await run(
      '',
      NAMES.map((name) => `vizplugins.${name}`),
    );
    expect(new Set(samples().map(({ name }) => name))).toEqual(COUNTERS);
  });

  it('is found by its name with a slash, and samples as often as it is told', async () => {
    const code = `const fs = require('node:fs'); const look = () => fs.existsSync('enough') || setTimeout(look, 10); look();`;
    const script = writeScript(collector, { 'script.cjs': code });
    const began = performance.now();
    const target = startTarget(collector, script, { options: { plugins: launches('vizplugins/memory_usage -f 2', 'vizplugins.event_loop --frequency=200') } });
    // However slow the machine is: a timer runs no more often than there was time for, and two samples near each other come at some time.
    await collector.until(() => samples('memory_usage').length >= 4 && Math.min(...gapsMs('event_loop_delay')) < 100);
    writeFileSync(path.join(path.dirname(script), 'enough'), '');
    expect(await target.ended).toMatchObject({ stdout: '', code: 0 });
    // One more when the plugin begins, and one when it ends.
    expect(samples('memory_usage').length).toBeLessThanOrEqual((performance.now() - began) / 500 + 2);
  });

  it('counts what keeps the script alive', async () => {
    await run(
      `const net = require('node:net'), fs = require('node:fs'), zlib = require('node:zlib');
       const server = net.createServer().listen(0, () => { const timer = setInterval(() => fs.readFile(__filename, () => {}), 1);
         const watcher = fs.watch(__dirname, () => {});
         setTimeout(() => { clearInterval(timer); watcher.close(); server.close(); }, 300); });`,
      ['vizplugins.active_handles -f 100'],
    );
    const all = samples('active_handles');
    expect(ranges(all, 'sockets')[1]).toBeGreaterThanOrEqual(1);
    expect(ranges(all, 'timers')[1]).toBe(2);
    expect(ranges(all, 'files')[1]).toBeGreaterThanOrEqual(1);
  });

  it('tells of bad arguments in one message, and the script runs', async () => {
    const result = await run(`console.log('ran')`, ['vizplugins.cpu_usage --freq 5', 'vizplugins.gc -f 0']);
    expect(result).toMatchObject({ stdout: 'ran\n', code: 0 });
    expect(result.stderr.trim().split('\n')).toEqual([
      expect.stringContaining('There is no option --freq. Did you mean --frequency?'),
      expect.stringContaining('-f has to be between 0.1 and 1000 Hz, not 0.'),
    ]);
  });

  it('ends with process.exit as it ends by itself', async () => {
    const result = await run(`setTimeout(() => process.exit(7), 200)`, ['vizplugins.cpu_usage', 'vizplugins.event_loop']);
    expect(result).toMatchObject({ stdout: '', stderr: '', code: 7 });
    expect(samples('cpu_usage').length).toBeGreaterThan(1);
  });

  it('does not hold the script back that shows an uncaught error', async () => {
    const result = await run(`setTimeout(() => { throw new Error('mine'); }, 50)`, ['vizplugins.memory_usage']);
    expect(result.code).toBe(1);
    expect(result.stderr).toContain('Error: mine');
  });
});

describe('where no thread may be started', () => {
  it('the script runs, and the plugin fails at nothing', async () => {
    const flag = process.allowedNodeEnvironmentFlags.has('--permission') ? '--permission' : '--experimental-permission';
    const flags = [flag, '--allow-fs-read=*', '--allow-fs-write=*', '--no-warnings'];
    const result = await run(`setTimeout(() => console.log('ran'), 100)`, ['vizplugins.cpu_usage', 'vizplugins.gc'], { flags });
    expect(result).toEqual({ stdout: 'ran\n', stderr: '', code: 0, signal: null });
    const states = collector.targets.flatMap(({ plugins }) => [...plugins.values()]);
    expect(states.map(({ failures }) => failures)).toEqual([[], []]);
  });
});

describe("a tracer of the script's own, without the studio", () => {
  it('has samples of all five, and starts no thread', async () => {
    const file = writeScript(collector, {
      'script.mjs': `import { VizTracer } from 'trace-studio';
        process.on('worker', () => console.log('a worker'));
        const plugins = ${JSON.stringify(NAMES.map((name) => `vizplugins.${name} -f 100`))};
        const tracer = new VizTracer({ plugins, outputFile: 'out.json', verbose: 0 });
        tracer.start();
        await new Promise((resolve) => setTimeout(resolve, 300));
        tracer.stop();
        await tracer.save();`,
    });
    cpSync(collector.tracerFolder, path.join(path.dirname(file), 'node_modules/trace-studio'), { recursive: true });
    installPackage(collector, file);
    const result = await startTarget(collector, file, { traced: false }).ended;
    expect(result).toEqual({ stdout: '', stderr: '', code: 0, signal: null });
    const { traceEvents } = JSON.parse(readFileSync(path.join(path.dirname(file), 'out.json'), 'utf8')) as { traceEvents: { ph: string; name: string }[] };
    expect(new Set(traceEvents.filter(({ ph }) => ph === 'C').map(({ name }) => name))).toEqual(COUNTERS);
  });
});
