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
