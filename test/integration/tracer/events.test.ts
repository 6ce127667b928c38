/** What a script records arrives as it was recorded: every kind of event, both kinds of module, TypeScript, every Node. */
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { TracedEvent } from './decode-stream.ts';
import { nodeVersions } from './node-matrix.ts';
import { installPackage, runTarget, writeScript } from './run-target.ts';
import { TestCollector } from './test-collector.ts';

let collector: TestCollector;
beforeEach(async () => {
  collector = new TestCollector();
  await collector.listen();
});
afterEach(() => collector.close());

const BODY = `
const tracer = getTracer();
const counter = new VizCounter(tracer, 'queue');
counter.waiting = 3;
counter.running = 1;
counter.waiting = Number.NaN;
class Cart extends VizObject {
  #secret = 1;
  items = [];
  get size() { return this.items.length + this.#secret - 1; }
}
const cart = new Cart(tracer);
cart.items = [{ name: 'lamp' }];
cart.extra = new Map([['a', 1n]]);
delete cart.extra;
cart.log();
cart.dispose();
tracer.logInstant('cache miss', { key: 'EUR' }, 'process');
const event = tracer.logEvent('load rules', { n: 1 });
event.end();
event.end();
tracer.counter('short', { value: 7 });
tracer.snapshot('thing', { a: 1, b: 'two' });
tracer.snapshot('thing', { a: 1, b: 'three' });
console.log('done');
`;
const IMPORT = `import { getTracer, VizCounter, VizObject } from 'trace-studio';`;

/** What BODY records, in its order, without times and ids. */
const EXPECTED = [
  ['counter', 'queue', { waiting: 3 }],
  ['counter', 'queue', { waiting: 3, running: 1 }],
  ['counter', 'queue', { waiting: Number.NaN, running: 1 }],
  ['created', 'Cart', 'Cart'],
  ['snapshot', 'Cart', { items: [], size: 0 }],
  ['snapshot', 'Cart', { items: [{ name: 'lamp' }], size: 1 }],
  ['snapshot', 'Cart', { items: [{ name: 'lamp' }], size: 1, extra: { $ts: 'map', size: 1, entries: [['a', { $ts: 'bigint', text: '1' }]] } }],
  ['snapshot', 'Cart', { items: [{ name: 'lamp' }], size: 1 }],
  ['deleted', 'Cart', 'Cart'],
  ['instant', 'cache miss', { key: 'EUR' }],
  ['slice', 'load rules', { n: 1 }],
  ['counter', 'short', { value: 7 }],
  ['created', 'thing', 'Object'],
  ['snapshot', 'thing', { a: 1, b: 'two' }],
  ['snapshot', 'thing', { a: 1, b: 'three' }],
];

function brief(event: TracedEvent): unknown[] {
  if (event.kind === 'counter') return [event.kind, event.name, event.values];
  if (event.kind === 'snapshot') return [event.kind, event.name, event.state];
  if (event.kind === 'created' || event.kind === 'deleted') return [event.kind, event.name, event.className];
  if (event.kind === 'instant' || event.kind === 'slice') return [event.kind, event.name, event.args];
  return [event.kind];
}

describe.each(nodeVersions())('$title', ({ path: node }) => {
  it.each([
    ['CommonJS', 'script.cjs', `const { getTracer, VizCounter, VizObject } = require('trace-studio');${BODY}`],
    ['an ES module', 'script.mjs', IMPORT + BODY],
    ['a dynamic import', 'script.cjs', `import('trace-studio').then(({ getTracer, VizCounter, VizObject }) => {${BODY}})`],
    ['TypeScript', 'script.ts', `${IMPORT}const text: string = 'typed';${BODY}`],
    ['CommonJS in TypeScript', 'script.cts', `const { getTracer, VizCounter, VizObject }: any = require('trace-studio');${BODY}`],
  ])('records every kind of event from %s', async (_, name, code) => {
    const run = await runTarget(collector, writeScript(collector, { [name]: code }), { node });
    expect(run).toEqual({ stdout: 'done\n', stderr: '', code: 0, signal: null });
    expect(collector.events.map(brief)).toEqual(EXPECTED);
    expect(collector.targets).toHaveLength(1);
    expect(collector.targets[0]).toMatchObject({ bye: true, errors: [] });
  });

  it.each([
    ['script.mjs', `import { getTracer, VizCounter } from 'trace-studio';`],
    ['script.cjs', `const { getTracer, VizCounter } = require('trace-studio');`],
  ])('hands out the classes of the tracer in %s of a project that has a copy installed', async (name, head) => {
    const runtime = `globalThis[Symbol.for('trace-studio.runtime')]`;
    const code = `${head} new VizCounter(getTracer(), 'c').a = 1; console.log(${runtime}.loadApi().VizCounter === VizCounter);`;
    const script = writeScript(collector, { [name]: code });
    installPackage(collector, script);
    expect(await runTarget(collector, script, { node })).toEqual({ stdout: 'true\n', stderr: '', code: 0, signal: null });
    expect(collector.events.map(brief)).toEqual([['counter', 'c', { a: 1 }]]);
  });

  it('sends nothing from a script that plain node has started, and records only where it has a tracer of its own', async () => {
    const code = `import { getTracer, VizCounter, VizObject, VizTracer } from 'trace-studio';
      const before = getTracer();
      const counter = new VizCounter(before, 'c'); counter.a = 1; counter.log();
      const object = new VizObject(null, 'o'); object.a = 1; object.dispose();
      const tracer = new VizTracer(); tracer.start(); tracer.logInstant('x'); tracer.logEvent('y').end();
      new VizCounter(tracer).b = 2; tracer.stop();
      console.log(before, getTracer() === tracer, JSON.stringify(counter), JSON.stringify(object));`;
    const script = writeScript(collector, { 'script.mjs': code });
    installPackage(collector, script);
    const run = await runTarget(collector, script, { node, traced: false });
    expect(run).toEqual({ stdout: 'undefined true {"a":1} {"a":1}\n', stderr: '', code: 0, signal: null });
    expect(collector.targets).toEqual([]);
  });
});

it('carries names of any length and content', async () => {
  const names = ['quote " and \\\\ back', '<b onclick="x">&amp;</b>', 'emoji 🚀 and half \\ud83d', 'new\\nline', 'x'.repeat(10_000), ''];
  const code = `const { getTracer, VizCounter } = require('trace-studio');
    const names = ${JSON.stringify(names)}.map((name) => JSON.parse('"' + name.replaceAll('"', '\\\\"') + '"'));
    for (const name of names) { new VizCounter(getTracer(), name)['attribute ' + name] = 1; getTracer().logInstant(name, { [name]: name }); }`;
  const run = await runTarget(collector, writeScript(collector, { 'script.cjs': code }));
  expect(run.stderr).toBe('');
  // Half a character is no text: UTF-8 has the replacement character for it.
  const expected = names.map((name) => (JSON.parse(`"${name.replaceAll('"', '\\"')}"`) as string).replace(/\ud83d$/u, '\ufffd'));
  const counters = collector.events.filter((event) => event.kind === 'counter');
  expect(counters.map((event) => event.name)).toEqual(expected);
  expect(counters.map((event) => Object.keys(event.values))).toEqual(expected.map((name) => [`attribute ${name}`]));
  expect(collector.events.filter((event) => event.kind === 'instant').map((event) => event.name)).toEqual(expected);
});

it('sends what has changed of an object, and all of it every 64 snapshots', async () => {
  const code = `const { getTracer, VizObject } = require('trace-studio');
    const object = new VizObject(getTracer(), 'big');
    object.large = Array.from({ length: 100 }, (_, i) => i);
    for (let i = 0; i < 200; i++) object.step = i;`;
  await runTarget(collector, writeScript(collector, { 'script.cjs': code }));
  const snapshots = collector.events.filter((event) => event.kind === 'snapshot');
  expect(snapshots).toHaveLength(201);
  const whole = snapshots.flatMap((event, i) => ('large' in event.changes ? [i] : []));
  expect(whole).toEqual([0, 64, 128, 192]);
  expect(snapshots.at(-1)?.state).toEqual({ large: Array.from({ length: 100 }, (_, i) => i), step: 199 });
});
