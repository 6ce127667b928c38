/** Calls in blocks that dispose of what they use, where this Node has the syntax. */
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { DEFAULT_CAPTURE } from '../../../core/protocol/capture-options.ts';
import { callLines } from './call-lines.ts';
import { nodeVersions } from './node-matrix.ts';
import { runTarget, writeScript } from './run-target.ts';
import { TestCollector } from './test-collector.ts';

let collector: TestCollector;
beforeEach(async () => {
  collector = new TestCollector();
  await collector.listen();
});
afterEach(() => collector.close());

const options = { capture: { ...DEFAULT_CAPTURE, calls: 'exact' as const } };

const CODE = `
class Lamp {
  constructor(name) { this.name = name; }
  [Symbol.dispose]() { console.log('off', this.name); }
}
class Door {
  async [Symbol.asyncDispose]() { await null; close(this); }
}
function close(door) { console.log('closed', door instanceof Door); }
function enter() { using lamp = new Lamp('hall'); return look(lamp); }
function look({ name }) { return name; }
async function leave() {
  { await using door = new Door(); look({ name: 'door' }); }
  for (using lamp of [new Lamp('a'), new Lamp('b')]) look(lamp);
  for await (await using door of [new Door()]) look(door);
  await using last = new Door();
  return after();
}
function after() { return 'left'; }
console.log(enter());
leave().then((text) => console.log(text));
`;

const WAITS = `
const door = (name, wait) => ({ [Symbol.asyncDispose]: async () => { if (wait) await null; shut(name); } });
function shut(name) { console.log('shut', name); }
function inside() {}
async function twice() { await using a = door('a', true); inside(); await using b = door('b', false), c = null; inside() }
async function returns() { { await using a = door('r', true); if (a) return inside(); } }
async function fails() { try { await using a = door('f', true)
  throw new Error('no'); } catch { inside(); } }
async function none() { await using a = null; inside(); }
async function rounds() { outer: for (await using a of [door('1', true), door('2', true), null]) { if (a === null) continue outer; inside(); } inside(); }
async function leaves() { for (await using a of [door('l', true), null]) return inside(); }
(async () => {
  let ticks = 0;
  const tick = async () => { for (;;) { await null; if (++ticks > 300) return; } };
  tick();
  for (const f of [twice, returns, fails, none, rounds, leaves]) { await f(); console.log(f.name, ticks); }
  console.log(String(twice) === twice.toString(), String(rounds), new Error('x').stack.split('\\n')[1].replace(/.*\\//, ''));
})();
`;

/** Of the body of an ES module, and of the head of a `for`: docs/function-tracing.md says that these waits are not shown. */
const UNSEEN = `
const door = (name) => ({ [Symbol.asyncDispose]: async () => { await null; shut(name); } });
function shut(name) { console.log('shut', name); }
function inside() {}
async function head() { for (await using a = door('head'); ; ) { inside(); break; } inside(); }
await using first = door('module');
await head();
inside();
`;

describe.each(nodeVersions().filter(({ major }) => major >= 24))('$title', ({ path: node }) => {
  it('of a module’s own body and of the head of a `for` are disposed of as without, and their waits are no gap of their function', async () => {
    const script = writeScript(collector, { 'main.mjs': UNSEEN });
    const plain = await runTarget(collector, script, { node, traced: false });
    const traced = await runTarget(collector, script, { node, options });
    expect(traced).toEqual(plain);
    expect(plain).toMatchObject({ code: 0, stdout: 'shut head\nshut module\n', stderr: '' });
    const lines = callLines(collector.targets.at(-1)?.threads.get(0)?.stream.calls ?? []).map((line) => line.trim().replaceAll(/#\d+/g, ''));
    // What runs while `head` disposes of its door stands in `head`; what the file disposes of comes when its body is over.
    expect(lines.join(' ')).toBe(
      'main.mjs door head door inside [Symbol.asyncDispose]… …[Symbol.asyncDispose] shut inside inside [Symbol.asyncDispose]… …[Symbol.asyncDispose] shut',
    );
  });

  it('wait where something is awaited at the end of their blocks, and in as many turns as without', async () => {
    const script = writeScript(collector, { 'main.cjs': WAITS });
    const plain = await runTarget(collector, script, { node, traced: false });
    const traced = await runTarget(collector, script, { node, options });
    expect(traced).toEqual(plain);
    expect(plain).toMatchObject({ code: 0, stderr: '' });
    const lines = callLines(collector.targets.at(-1)?.threads.get(0)?.stream.calls ?? []).map((line) => line.trim().replaceAll(/#\d+/g, ''));
    const kept = lines.filter((line) => /^…?(?:twice|returns|fails|none|rounds|leaves|inside|shut|\[Symbol)/.test(line)).join(' ');
    const disposed = '[Symbol.asyncDispose]… …[Symbol.asyncDispose] shut';
    expect(kept.split(/ (?=(?:returns|fails|none|rounds|leaves)…)/)).toEqual([
      `twice… inside inside [Symbol.asyncDispose] shut ${disposed} …twice`,
      `returns… inside ${disposed} …returns`,
      `fails… ${disposed} …fails inside`,
      'none… inside …none',
      `rounds… inside ${disposed} …rounds… inside ${disposed} …rounds… …rounds inside`,
      `leaves… inside ${disposed} leaves ends while it waits`,
    ]);
  });
});

describe.each(nodeVersions())('$title', ({ path: node, major }) => {
  it('are recorded, and what is printed is the same', async () => {
    const script = writeScript(collector, { 'main.cjs': CODE });
    const plain = await runTarget(collector, script, { node, traced: false });
    const traced = await runTarget(collector, script, { node, options });
    expect(traced).toEqual(plain);
    if (major < 24) {
      // A syntax error there, as it is alone.
      expect(plain).toMatchObject({ code: 1, stdout: '' });
      return;
    }
    expect(plain).toMatchObject({ code: 0, stdout: 'off hall\nhall\nclosed true\noff a\noff b\nclosed true\nclosed true\nleft\n' });
    const lines = callLines(collector.targets.at(-1)?.threads.get(0)?.stream.calls ?? []).map((line) => line.trim().replace(/^…|…$/g, ''));
    const counted = (name: string): number => lines.filter((line) => line === name || line.startsWith(`${name} `)).length;
    expect(['new Lamp', 'enter', 'close', 'after', 'Lamp.[Symbol.dispose]'].map((name) => [name, counted(name)])).toEqual([
      ['new Lamp', 3],
      ['enter', 1],
      ['close', 3],
      ['after', 1],
      ['Lamp.[Symbol.dispose]', 3],
    ]);
    expect(counted('look')).toBe(5);
  });
});
