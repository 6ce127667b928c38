import { types } from 'node:util';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { UntouchedCopy } from '../../../../core/events/untouched-copy.ts';

const LIMITS = { maxDepth: 3, maxEntries: 5, maxStringLength: 20, maxBytes: 2000 };
const copy = (value: unknown, mask = true): unknown => JSON.parse(new UntouchedCopy(LIMITS, mask, types).of(value));

describe('a copy that runs nothing', () => {
  it('takes plain values as they are, and what JSON has not as markers', () => {
    class Shop {
      name = 'lamps';
    }
    expect(copy({ a: 1, b: 'two', c: [true, null], d: { e: -1.5 } })).toEqual({ a: 1, b: 'two', c: [true, null], d: { e: -1.5 } });
    expect(
      [undefined, Number.NaN, -0, 10n, Symbol('s'), function named() {}, new Date(0), new Date(Number.NaN), /x/g, new TypeError('no')].map((value) =>
        copy(value),
      ),
    ).toEqual([
      { $ts: 'undefined' },
      { $ts: 'number', text: 'NaN' },
      { $ts: 'number', text: '-0' },
      { $ts: 'bigint', text: '10' },
      { $ts: 'symbol', text: 'Symbol(s)' },
      { $ts: 'function', name: 'named' },
      { $ts: 'date', text: '1970-01-01T00:00:00.000Z' },
      { $ts: 'date', text: 'Invalid Date' },
      { $ts: 'regexp', text: '/x/g' },
      { $ts: 'error', name: 'TypeError', message: 'no' },
    ]);
    expect(copy([new Map([['k', 1]]), new Set([2]), new Shop(), Promise.resolve(1), new Uint8Array(3), Object.create(null), { $ts: 'own' }])).toEqual({
      $ts: 'array',
      value: [
        { $ts: 'map', size: 1, entries: [['k', 1]] },
        { $ts: 'set', size: 1, values: [2] },
        { $ts: 'instance', class: 'Shop', value: { name: 'lamps' } },
        { $ts: 'promise' },
        { $ts: 'bytes', type: 'Uint8Array', length: 3, values: [], cut: 3 },
      ],
      length: 7,
      cut: 2,
    });
    expect(copy([Object.create(null), { $ts: 'own' }])).toEqual([{}, { $ts: 'object', value: { $ts: 'own' } }]);
  });

  it('is bounded in depth, length, letters and bytes, and knows its own circles', () => {
    expect(copy([[[[1]]]])).toEqual([[[{ $ts: 'deep', type: 'Array', size: 1 }]]]);
    expect(copy('x'.repeat(30))).toEqual({ $ts: 'string', text: 'x'.repeat(20), length: 30 });
    expect(copy({ a: 1, b: 2, c: 3, d: 4, e: 5, f: 6 })).toEqual({ $ts: 'object', value: { a: 1, b: 2, c: 3, d: 4, e: 5 }, cut: 1 });
    const circle: { self?: unknown } = {};
    circle.self = { circle };
    expect(copy(circle)).toEqual({ self: { circle: { $ts: 'cycle', up: 2 } } });
    const tree = (depth: number): unknown => (depth === 0 ? 'y'.repeat(20) : Array.from({ length: 5 }, () => tree(depth - 1)));
    const text = new UntouchedCopy({ ...LIMITS, maxDepth: 9 }, true, types).of(tree(6));
    expect(text.length).toBeLessThan(6000);
    expect(JSON.parse(text)).toMatchObject({ $ts: 'array', length: 5, cut: 4 });
  });

  it('masks what looks secret, in objects and maps', () => {
    expect(copy({ password: 'p', token: null, inner: new Map([['apiKey', 1]]) })).toEqual({
      password: { $ts: 'masked' },
      token: null,
      inner: { $ts: 'map', size: 1, entries: [['apiKey', { $ts: 'masked' }]] },
    });
    expect(copy({ password: 'p' }, false)).toEqual({ password: 'p' });
  });

  it('runs no getter, no Proxy and no method, whatever it is given', () => {
    let ran = 0;
    const touch = (): never => {
      ran++;
      throw new Error('touched');
    };
    const traps = Object.fromEntries(['get', 'has', 'ownKeys', 'getPrototypeOf', 'getOwnPropertyDescriptor', 'apply'].map((name) => [name, touch]));
    // fast-check itself looks at what it makes: it makes numbers, and each stands for one of these.
    const leaves: (() => unknown)[] = [
      () => new Proxy({}, traps),
      () => new Proxy(touch, traps),
      () => Object.create(new Proxy({}, traps)),
      () => Object.defineProperty({}, 'x', { get: touch, enumerable: true }),
      () => ({
        toString: touch,
        valueOf: touch,
        toJSON: touch,
        [Symbol.toPrimitive]: touch,
        [Symbol.iterator]: touch,
        get constructor() {
          return touch();
        },
      }),
      () => Object.defineProperty([1], 0, { get: touch, enumerable: true }),
      () => Object.defineProperty(new Error('e'), 'message', { get: touch }),
      () => Object.defineProperty(new Map([[1, 2]]), Symbol.iterator, { get: touch }),
      () => Object.defineProperty(new Set([1]), 'size', { get: touch }),
      () => Object.defineProperty(new Date(0), 'toISOString', { get: touch }),
      () => Object.defineProperty(/x/, 'flags', { get: touch }),
      () => Object.defineProperty(() => 1, 'name', { get: touch }),
      () => 1,
    ];
    const tree = fc.letrec<{ value: unknown }>((tie) => ({
      value: fc.oneof(
        { maxDepth: 3 },
        fc.nat(leaves.length - 1),
        fc.array(tie('value'), { maxLength: 4 }),
        fc.dictionary(fc.string(), tie('value'), { maxKeys: 4 }),
      ),
    })).value;
    const build = (one: unknown): unknown => {
      if (typeof one === 'number') return leaves[one]?.();
      if (Array.isArray(one)) return one.map(build);
      return Object.fromEntries(Object.entries(one as object).map(([key, value]) => [key, build(value)]));
    };
    fc.assert(
      fc.property(tree, (one) => {
        copy(build(one));
        expect(ran).toBe(0);
      }),
    );
  });
});
