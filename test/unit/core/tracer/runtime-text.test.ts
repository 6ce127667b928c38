import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { PathNames, withoutSecrets } from '../../../../core/tracer/runtime/http.ts';
import { cutText, jsonArgs } from '../../../../core/tracer/runtime/json-args.ts';
import { dataOf, plainText } from '../../../../core/tracer/runtime/plain-text.ts';

describe('the text of what was given to the console', () => {
  const said = (...values: unknown[]): string => plainText(values, true);

  it.each([
    [['a', 1, true, null, undefined, 10n, Symbol('s')], 'a 1 true null undefined 10n Symbol(s)'],
    [[{ a: { b: { c: 1 } }, d: [1, [2, [3]]] }], '{a: {b: [Object]}, d: [1, [Array]]}'],
    [
      [new Date(0), /x/g, new Map([[1, 2]]), new Set([1]), new Uint8Array(3), Promise.resolve()],
      '1970-01-01T00:00:00.000Z /x/ Map(1) Set(1) Uint8Array(3) [Promise]',
    ],
    [[new Date(Number.NaN)], 'Invalid Date'],
    [[new RangeError('far')], 'RangeError: far'],
    [[Object.assign(new Array(2), { 1: 1 })], '[<empty>, 1]'],
    [[Object.assign(Object.create(null), { token: 'hunter2' })], '{token: ***}'],
    [[Array.from({ length: 25 }, (_, i) => i)], '[0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, … 5 more]'],
  ])('%#', (values, text) => expect(said(...(values as unknown[]))).toBe(text));

  it('runs no code of the script, never throws, and has a bound', () => {
    const trap = new Proxy(
      {},
      {
        get: () => expect.unreachable('a trap'),
        ownKeys: () => expect.unreachable('a trap'),
        getPrototypeOf: () => expect.unreachable('a trap'),
        getOwnPropertyDescriptor: () => expect.unreachable('a trap'),
      },
    );
    const hostile = {
      get a() {
        return expect.unreachable('a getter');
      },
      toString: () => expect.unreachable('toString'),
      toJSON: () => expect.unreachable('toJSON'),
      [Symbol.toPrimitive]: () => expect.unreachable('toPrimitive'),
      trap,
    };
    const Named = Object.defineProperty(class {}, 'name', { get: () => expect.unreachable('a name') });
    expect(said(hostile, trap, [hostile], new Named())).toContain('[Getter]');
    fc.assert(
      fc.property(
        fc.array(fc.anything({ withBigInt: true, withDate: true, withMap: true, withSet: true, withTypedArray: true, withNullPrototype: true })),
        (values) => {
          expect(said(...values).length).toBeLessThanOrEqual(1000);
        },
      ),
    );
  });

  it('reads data, inherited too, and no accessors', () => {
    class Base {
      get computed() {
        return expect.unreachable('a getter');
      }
    }
    expect(dataOf(new Base(), 'constructor')).toBe(Base);
    expect(dataOf(new Base(), 'computed')).toBeUndefined();
    expect(dataOf(null, 'a')).toBeUndefined();
  });
});

describe('args', () => {
  it('are JSON of what is there, with bounded texts', () => {
    expect(jsonArgs({})).toBe('');
    expect(jsonArgs({ a: undefined })).toBe('');
    expect(JSON.parse(jsonArgs({ a: 'x"\n', b: 1.5, c: true, d: Number.NaN, e: undefined }))).toEqual({ a: 'x"\n', b: 1.5, c: true, d: null });
    expect(JSON.parse(jsonArgs({ a: 'x'.repeat(9999) })).a).toHaveLength(500);
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), fc.integer({ min: 2, max: 50 }), (text, letters) => {
        const cut = cutText(text, letters);
        expect(cut.length).toBeLessThanOrEqual(letters);
        if (text.length <= letters) expect(cut).toBe(text);
        else expect(/[\ud800-\udbff]…$/.test(cut)).toBe(false);
      }),
    );
  });
});

describe('requests', () => {
  it('are called by their path, as long as there are not too many', () => {
    const names = new PathNames();
    expect(names.of('GET', '/users?page=2#x')).toBe('GET /users');
    for (let i = 0; i < 2000; i++) names.of('GET', `/users/${i}`);
    expect(names.of('GET', '/users')).toBe('GET /users');
    expect(names.of('POST', '/orders/77')).toBe('POST …');
  });

  it('tell no secrets of their query', () => {
    expect(withoutSecrets('/a')).toBe('/a');
    expect(withoutSecrets('/a?page=2&api_key=k&access-token=t&flag')).toBe('/a?page=2&api_key=***&access-token=***&flag');
  });
});
