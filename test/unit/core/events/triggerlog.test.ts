import { runInNewContext } from 'node:vm';
import { beforeEach, describe, expect, it } from 'vitest';
import { triggerlog } from '../../../../core/events/triggerlog.ts';
import { VizCounter } from '../../../../core/events/viz-counter.ts';
import { ArrayRecorder } from './array-recorder.ts';

let recorder: ArrayRecorder;
beforeEach(() => {
  recorder = new ArrayRecorder();
});

type When = 'after' | 'before' | 'both';
const context = { kind: 'method', name: 'add' };

/** The ways to decorate a method `add`, each with a `when`. */
const FORMS: readonly [string, (method: (this: Adder, by: number) => number, when: When) => (by: number) => number][] = [
  ['triggerlog(fn, { when })', (method, when) => triggerlog(method, { when })],
  ['triggerlog(fn, when)', (method, when) => triggerlog(method, when)],
  ['@triggerlog({ when }) of the language', (method, when) => triggerlog({ when })(method, context)],
  ['@triggerlog(when) of the language', (method, when) => triggerlog(when)(method, context)],
  ['@triggerlog({ when }) of TypeScript', (method, when) => triggerlog({ when })({}, 'add', { value: method }).value],
  ['the static of the class', (method, when) => VizCounter.triggerlog({ when })(method, context)],
];
class Adder extends VizCounter {
  declare n: number;
}

function adder(method: (by: number) => number): Adder & { add: (by: number) => number } {
  class Adding extends Adder {}
  Object.defineProperty(Adding.prototype, 'add', { value: method });
  const made = new Adding({ enabled: true, recorder }, 'c', { triggerOnChange: false });
  made.n = 0;
  return made as Adder & { add: (by: number) => number };
}
function add(this: Adder, by: number): number {
  this.n += by;
  return this.n;
}

describe.each(FORMS)('%s', (_, decorated) => {
  it.each<[When, number[]]>([
    ['after', [2]],
    ['before', [0]],
    ['both', [0, 2]],
  ])('logs %s', (when, expected) => {
    expect(adder(decorated(add, when)).add(2)).toBe(2);
    expect(recorder.take()).toEqual(expected.map((n) => ({ n })));
  });
});

describe('triggerlog', () => {
  it('logs after the method by default', () => {
    for (const method of [
      triggerlog(add as never, context),
      triggerlog()(add as never, context),
      triggerlog({}, 'add', { value: add }).value,
      triggerlog(add as never),
    ]) {
      adder(method as (by: number) => number).add(1);
      expect(recorder.take()).toEqual([{ n: 1 }]);
    }
  });

  it('keeps name and length', () => {
    const method = triggerlog(add as never) as unknown as typeof add;
    expect([method.name, method.length]).toEqual(['add', 1]);
  });

  it('has no "after" for a method that throws', () => {
    const failing = adder(
      triggerlog(function fail(this: Adder): number {
        throw new Error('no');
      }, 'both') as never,
    );
    expect(() => failing.add(1)).toThrow('no');
    expect(recorder.take()).toEqual([{ n: 0 }]);
  });

  it('logs when the promise of an async method is fulfilled, and not when it is rejected', async () => {
    const counter = adder(
      triggerlog(async function later(this: Adder, by: number): Promise<number> {
        await null;
        if (by < 0) throw new Error('no');
        this.n += by;
        return this.n;
      } as never),
    );
    const promise = counter.add(3);
    expect(recorder.take()).toEqual([]);
    expect(await promise).toBe(3);
    expect(recorder.take()).toEqual([{ n: 3 }]);
    await expect(counter.add(-1)).rejects.toThrow('no');
    expect(recorder.take()).toEqual([]);
  });

  it('waits for a promise of another realm', async () => {
    const made = runInNewContext('({ promise: new Promise((ok) => { globalThis.resolve = ok; }), resolve: (value) => globalThis.resolve(value) })');
    const { promise, resolve } = made as { promise: Promise<number>; resolve: (value: number) => void };
    expect(promise).not.toBeInstanceOf(Promise);
    const counter = adder(triggerlog(() => promise) as never);
    const given = counter.add(1);
    expect(recorder.take()).toEqual([]);
    resolve(7);
    expect([await given, recorder.take()]).toEqual([7, [{ n: 0 }]]);
  });

  it('gives what merely has a then as it is, and begins nothing', () => {
    let begun = 0;
    // biome-ignore lint/suspicious/noThenProperty: what libraries for databases give.
    const query = { then: () => begun++, where: () => query };
    const counter = adder(triggerlog(() => query) as never);
    expect(counter.add(1)).toBe(query);
    expect([begun, recorder.take()]).toEqual([0, [{ n: 0 }]]);
  });

  it('logs an async generator when it is made', () => {
    const counter = adder(
      triggerlog(async function* (this: Adder): AsyncGenerator<number> {
        this.n = 9;
        yield this.n;
      }) as never,
    );
    counter.add(1);
    expect(recorder.take()).toEqual([{ n: 0 }]);
  });

  it.each([['sideways'], [null], [3]])('refuses %s as when, at once', (when) => {
    const message = `when has to be one of 'after', 'before' or 'both', not ${when}`;
    expect(() => triggerlog({ when } as never)).toThrow(message);
    if (typeof when === 'string') expect(() => triggerlog(when as never)).toThrow(message);
  });

  it('refuses what is no method', () => {
    expect(() => triggerlog(undefined as never, { kind: 'field', name: 'a' })).toThrow('triggerlog decorates methods, and not a field');
    expect(() => triggerlog({}, 'a', { get: () => 1 })).toThrow('triggerlog decorates methods; a is none');
  });
});
