/** Recording on and off, and all objects at once: from the collector, from the script, in every thread and child, on every Node. */
import { writeFileSync } from 'node:fs';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { nodeVersions } from './node-matrix.ts';
import { type RunOptions, runTarget, startTarget, takeAll, writeScript } from './run-target.ts';
import { TestCollector } from './test-collector.ts';

let collector: TestCollector;
beforeEach(async () => {
  collector = new TestCollector();
  await collector.listen();
});
afterEach(() => collector.close());

/** Runs one line for each line of its input, and says `did` after it. */
const HEAD = `const { getTracer, VizCounter, VizObject } = require('trace-studio');
const tracer = getTracer();
const lines = require('node:readline').createInterface({ input: process.stdin });
const steps = [];
lines.on('line', (line) => { steps[Number(line)](); console.log('did ' + line + ', ' + ++done); });
let done = 0;
const say = (name) => tracer.instant(name);
`;
const names = () => collector.events.flatMap((event) => (event.kind === 'instant' ? [event.name] : []));

function startSteps(steps: readonly string[], run: RunOptions = {}) {
  const script = writeScript(collector, { 'script.cjs': `${HEAD}${steps.map((step) => `steps.push(() => { ${step} });`).join('\n')} console.log('ready');` });
  const target = startTarget(collector, script, { ...run, holdInput: true });
  let done = 0;
  const step = async (index: number) => {
    target.child.stdin?.write(`${index}\n`);
    await target.printed(`did ${index}, ${++done}`);
  };
  const end = async () => {
    target.child.stdin?.end();
    const result = await target.ended;
    await takeAll(collector);
    return result;
  };
  return { target, step, end };
}

describe.each(nodeVersions())('on $title', ({ path: node }) => {
  it("the script's own switch is the gate of all of its threads, and is told with its time", async () => {
    const { target, step, end } = startSteps(
      [
        `say('before'); tracer.stop(); say('hidden'); console.log(tracer.enabled, getTracer() === tracer);`,
        `tracer.start(); say('after'); console.log(tracer.enabled);`,
      ],
      { node },
    );
    await target.printed('ready');
    await step(0);
    await collector.until(() => collector.targets[0]?.gates.length === 1);
    await step(1);
    const { stdout } = await end();
    expect(stdout).toBe('ready\nfalse true\ndid 0, 1\ntrue\ndid 1, 2\n');
    expect(names()).toEqual(['before', 'after']);
    const gates = collector.targets[0]?.gates ?? [];
    expect(gates.map(({ on }) => on)).toEqual([false, true]);
    const [before, after] = collector.events.map((event) => event.timeNs);
    const [off, on] = gates.map(({ time }) => BigInt(time));
    expect([before, off, on, after].every((time, i, all) => i === 0 || (all[i - 1] as bigint) < (time as bigint))).toBe(true);
  });

  it('what the script has closed the collector opens again, for its counters and objects, too', async () => {
    const { target, step, end } = startSteps(
      [`globalThis.counter = new VizCounter(tracer, 'c'); counter.n = 1; tracer.stop(); counter.n = 2;`, `counter.n = 3; console.log(tracer.enabled);`],
      { node },
    );
    await target.printed('ready');
    await step(0);
    await collector.until(() => collector.targets[0]?.gates.length === 1);
    collector.control({ command: 'start' });
    // It is open at a turn of the thread; each step is one.
    while (collector.counters < 2) await step(1);
    await end();
    const values = collector.events.flatMap((event) => (event.kind === 'counter' ? [event.values.n] : []));
    expect(values.slice(0, 2)).toEqual([1, 3]);
  });

  it('begins closed where it is told to, in its children, too, until the script opens it', async () => {
    const code = `${HEAD.split('\n').slice(0, 2).join('\n')}
      if (process.argv[2] === 'child') { tracer.instant('child closed'); process.exit(0); }
      tracer.instant('closed');
      require('node:child_process').spawnSync(process.execPath, [__filename, 'child']);
      tracer.start();
      tracer.instant('open');`;
    const run = await runTarget(collector, writeScript(collector, { 'script.cjs': code }), { node, options: { paused: true } });
    expect(run).toMatchObject({ code: 0, stderr: '' });
    expect(names()).toEqual(['open']);
    expect(collector.targets.map(({ hello }) => hello?.paused)).toEqual([true, true]);
    expect(collector.targets.flatMap(({ gates }) => gates.map(({ on }) => on))).toEqual([true]);
  });

  it('snapshots of all objects come at the next turn of each thread, and wait for nobody', async () => {
    const { target, step, end } = startSteps(
      [
        `globalThis.quiet = new VizObject(tracer, 'quiet', { triggerOnChange: false }); quiet.a = 1; quiet.a = 2; globalThis.gone = new VizObject(tracer, 'gone'); gone.dispose();
         new (require('node:worker_threads').Worker)(\`
           const { getTracer, VizObject } = require('trace-studio'); globalThis.there = new VizObject(getTracer(), 'there', { triggerOnChange: false }); there.b = 3;
           require('node:worker_threads').parentPort.once('message', () => {});
         \`, { eval: true }).unref();`,
        '',
      ],
      { node },
    );
    await target.printed('ready');
    await step(0);
    await collector.until(() => collector.events.filter((event) => event.kind === 'created').length === 3);
    expect(collector.events.filter((event) => event.kind === 'snapshot')).toEqual([]);
    collector.control({ command: 'snapshot' });
    await collector.until(() => collector.events.filter((event) => event.kind === 'snapshot').length === 2);
    collector.control({ command: 'snapshot' });
    await collector.until(() => collector.events.filter((event) => event.kind === 'snapshot').length === 4);
    expect(await end()).toMatchObject({ code: 0, stderr: '' });
    const states = collector.events.flatMap((event) => (event.kind === 'snapshot' ? [`${event.name} ${JSON.stringify(event.state)}`] : []));
    expect(states.sort()).toEqual(['quiet {"a":2}', 'quiet {"a":2}', 'there {"b":3}', 'there {"b":3}']);
  });
});

it('the collector closes and opens the gate of a blocked thread, which cannot give a snapshot until it is free', async () => {
  const { target, end } = startSteps([
    `globalThis.object = new VizObject(tracer, 'o', { triggerOnChange: false }); object.a = 1;
     const fs = require('node:fs'); const path = require('node:path'); const word = new Int32Array(new SharedArrayBuffer(4));
     for (let n = 0; !fs.existsSync(path.join(__dirname, 'free')); n++) {
       tracer.counter('n', { n });
       fs.writeSync(1, 'at ' + n + '\\n');
       Atomics.wait(word, 0, 0, 1);
     }`,
  ]);
  await target.printed('ready');
  target.child.stdin?.write('0\n');
  const seen = () => collector.targets[0]?.threads.get(0)?.stream.lastCounter?.values.n ?? 0;
  await collector.until(() => seen() > 10);
  collector.control({ command: 'stop' });
  collector.control({ command: 'snapshot' });
  // It goes on for half a second, and nothing of it arrives: the gate is closed, and a snapshot would be lost.
  let before: number;
  do {
    before = seen();
    await target.printed(`at ${before + 500}\n`);
  } while (seen() > before);
  collector.control({ command: 'start' });
  await collector.until(() => seen() > before);
  expect(collector.targets[0]?.gates, 'what the collector did is not told to it').toEqual([]);
  expect(collector.events.filter((event) => event.kind === 'snapshot')).toEqual([]);
  const script = target.child.spawnargs.find((word) => word.endsWith('script.cjs')) as string;
  writeFileSync(path.join(path.dirname(script), 'free'), '');
  await target.printed('did 0');
  await collector.until(() => collector.events.some((event) => event.kind === 'snapshot'));
  await end();
});

it('a script that is over before anybody listened tells what it did with the gate all the same', async () => {
  const code = `const tracer = require('trace-studio').getTracer(); tracer.instant('a'); tracer.stop(); tracer.instant('b'); process.exit(0);`;
  await runTarget(collector, writeScript(collector, { 'script.cjs': code }));
  expect(names()).toEqual(['a']);
  expect(collector.targets[0]?.gates).toMatchObject([{ on: false, obeyed: 0 }]);
});

it("a tracer of the script's own opens the gate when it starts, and leaves it open when it stops", async () => {
  const code = `const { VizTracer, VizCounter, getTracer } = require('trace-studio');
    const own = new VizTracer({ outputFile: 'x.json', verbose: 0 });
    own.instant('too early'); own.start(); own.instant('own'); own.stop(); own.instant('stopped');
    console.log(getTracer() === own);`;
  const run = await runTarget(collector, writeScript(collector, { 'script.cjs': code }), { options: { paused: true } });
  expect(run).toMatchObject({ code: 0, stderr: '', stdout: 'true\n' });
  expect(names()).toEqual(['own']);
  expect(collector.targets[0]?.gates.map(({ on }) => on)).toEqual([true]);
});

it("the session's own tracer refuses to save before it stops anything", async () => {
  const code = `const tracer = require('trace-studio').getTracer();
    try { tracer.save('x.json'); } catch (error) { console.log(error.message); }
    tracer.instant('goes on');`;
  const run = await runTarget(collector, writeScript(collector, { 'script.cjs': code }));
  expect(run.stdout).toContain("This tracer is the session's own");
  expect(names()).toEqual(['goes on']);
});

it('says how full its rings are while nobody reads', async () => {
  const { target, step, end } = startSteps([`for (let i = 0; i < 2000; i++) tracer.counter('n', { i });`], {
    options: { ringBytes: 64 * 1024, whenFull: 'live' },
  });
  await target.printed('ready');
  await collector.until(() => collector.targets.length === 1);
  collector.targets[0]?.socket?.pause();
  // More than the socket holds by itself.
  for (let i = 0; i < 12; i++) await step(0);
  collector.resume();
  await collector.until(() => (collector.targets[0]?.load ?? 0) > 0.5);
  await end();
});
