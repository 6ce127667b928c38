import { runInNewContext } from 'node:vm';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { SnapshotText } from '../../../../core/events/snapshot-text.ts';
import { DEFAULT_SNAPSHOT_LIMITS, type SnapshotLimits } from '../../../../core/protocol/snapshot-value.ts';

const copy = (value: unknown, limits: Partial<SnapshotLimits> = {}, mask = true): unknown =>
  JSON.parse(new SnapshotText({ ...DEFAULT_SNAPSHOT_LIMITS, ...limits }, mask).attribute('value', value));

const elsewhere = (code: string): unknown => runInNewContext(code);

class Decimal {
  readonly units: number;
  readonly #digits: string;
  constructor(units: number, rest: number) {
    this.units = units;
    this.#digits = `${units}.${rest}`;
  }
  toJSON(): string {
    return this.#digits;
  }
}
class Model {
  readonly known = true;
  readonly #fields: unknown;
  constructor(fields?: unknown) {
    this.#fields = fields;
  }
  toJSON(): unknown {
    if (this.#fields === 'throw') throw new Error('no JSON');
    return this.#fields ?? this;
  }
}
class Endless {
  toJSON(): unknown {
    return new Endless();
  }
}
class Named {
  readonly #name = 'named';
  toString(): string {
    return this.#name;
  }
}
class Pretender {
  a = 1;
  readonly [Symbol.toStringTag] = 'Map';
}

describe('a snapshot', () => {
  it('keeps what JSON can hold', () => {
    fc.assert(
      fc.property(fc.jsonValue({ maxDepth: 5 }), (value) => {
        const text = JSON.stringify(value);
        // Negative zero has no place in JSON, and keys of ours are wrapped; both have tests of their own.
        fc.pre(!text.includes('$ts') && !fc.stringify(value).includes('-0'));
        const limits = { maxDepth: 100, maxEntries: 1000, maxStringLength: 10_000, maxBytes: 1_000_000 };
        expect(copy(value, limits, false)).toEqual(JSON.parse(text));
      }),
    );
  });

  it('is JSON, bounded, and throws nothing, whatever it is given', () => {
    const limits = { maxDepth: 3, maxEntries: 5, maxStringLength: 20, maxBytes: 500 };
    fc.assert(
      fc.property(
        fc.anything({
          withBigInt: true,
          withDate: true,
          withMap: true,
          withSet: true,
          withTypedArray: true,
          withNullPrototype: true,
          withSparseArray: true,
          withBoxedValues: true,
        }),
        (value) => {
          const text = new SnapshotText(limits, true).attribute('value', value);
          JSON.parse(text);
          expect(text.length).toBeLessThan(2000);
        },
      ),
    );
  });

  it.each<[string, unknown, unknown]>([
    ['undefined', undefined, { $ts: 'undefined' }],
    ['NaN', Number.NaN, { $ts: 'number', text: 'NaN' }],
    ['-Infinity', Number.NEGATIVE_INFINITY, { $ts: 'number', text: '-Infinity' }],
    ['-0', -0, { $ts: 'number', text: '-0' }],
    ['a bigint', 2n ** 70n, { $ts: 'bigint', text: '1180591620717411303424' }],
    ['a symbol', Symbol('s'), { $ts: 'symbol', text: 'Symbol(s)' }],
    ['a function', function named() {}, { $ts: 'function', name: 'named' }],
    ['a date', new Date(0), { $ts: 'date', text: '1970-01-01T00:00:00.000Z' }],
    ['a date that is none', new Date(Number.NaN), { $ts: 'date', text: 'Invalid Date' }],
    ['a regular expression', /a"b/g, { $ts: 'regexp', text: '/a"b/g' }],
    ['an error', new RangeError('too far'), { $ts: 'error', name: 'RangeError', message: 'too far' }],
    ['a set', new Set([1, 'a']), { $ts: 'set', size: 2, values: [1, 'a'] }],
    ['a map', new Map([[{ a: 1 }, new Map()]]), { $ts: 'map', size: 1, entries: [[{ a: 1 }, { $ts: 'map', size: 0, entries: [] }]] }],
    ['a typed array', new Float32Array([0.5, Number.NaN]), { $ts: 'bytes', type: 'Float32Array', length: 2, values: [0.5, 'NaN'] }],
    ['big integers', new BigInt64Array([5n]), { $ts: 'bytes', type: 'BigInt64Array', length: 1, values: ['5'] }],
    ['a buffer', new Uint8Array([1, 2]).buffer, { $ts: 'bytes', type: 'ArrayBuffer', length: 2, values: [1, 2] }],
    ['a promise', Promise.resolve(), { $ts: 'promise' }],
    ['a weak map', new WeakMap(), { $ts: 'weak' }],
    [
      'an instance',
      new (class Point {
        x = 1;
      })(),
      { $ts: 'instance', class: 'Point', value: { x: 1 } },
    ],
    [
      'an error with a cause',
      Object.assign(new Error('no', { cause: new TypeError('why') }), { code: 'E_NO', path: '/a' }),
      {
        $ts: 'error',
        name: 'Error',
        message: 'no',
        value: { code: 'E_NO', cause: { $ts: 'error', name: 'TypeError', message: 'why' }, path: '/a' },
      },
    ],
    [
      'many errors',
      new AggregateError([new Error('a'), 1], 'all'),
      {
        $ts: 'error',
        name: 'AggregateError',
        message: 'all',
        value: { errors: [{ $ts: 'error', name: 'Error', message: 'a' }, 1] },
      },
    ],
    ['a URL', new URL('https://example.org/a?b=1'), { $ts: 'text', class: 'URL', text: 'https://example.org/a?b=1' }],
    [
      'parameters of a URL',
      new URLSearchParams('a=1&b=2'),
      {
        $ts: 'map',
        class: 'URLSearchParams',
        size: 2,
        entries: [
          ['a', '1'],
          ['b', '2'],
        ],
      },
    ],
    [
      'headers, whose secrets are hidden',
      new Headers({ Accept: 'text/html', Authorization: 'Basic abc' }),
      {
        $ts: 'map',
        class: 'Headers',
        size: 2,
        entries: [
          ['accept', 'text/html'],
          ['authorization', { $ts: 'masked' }],
        ],
      },
    ],
    ['a blob', new Blob(['abc'], { type: 'text/plain' }), { $ts: 'instance', class: 'Blob', value: { size: 3, type: 'text/plain' } }],
    ['an event', new Event('open'), { $ts: 'instance', class: 'Event', value: expect.objectContaining({ type: 'open' }) }],
    [
      'a format',
      new Intl.NumberFormat('en', { style: 'percent' }),
      { $ts: 'instance', class: 'Intl.NumberFormat', value: expect.objectContaining({ locale: 'en', style: 'percent' }) },
    ],
    ['what a toJSON says in a text', new Decimal(1, 5), { $ts: 'text', class: 'Decimal', text: '1.5' }],
    ['what a toJSON says in fields', new Model({ id: 7, password: 'p' }), { $ts: 'instance', class: 'Model', value: { id: 7, password: { $ts: 'masked' } } }],
    ['what a toJSON says of itself', new Model(), { $ts: 'instance', class: 'Model', value: { known: true } }],
    ['a toJSON that throws', new Model('throw'), { $ts: 'threw', message: 'no JSON' }],
    ['a toJSON without end', new Endless(), { $ts: 'instance', class: 'Endless', value: {} }],
    ['an instance without fields by its text', new Named(), { $ts: 'text', class: 'Named', text: 'named' }],
    ['an instance that has nothing to say', new (class Empty {})(), { $ts: 'instance', class: 'Empty', value: {} }],
    ['a class of maps', new (class Index extends Map<string, number> {})([['a', 1]]), { $ts: 'map', class: 'Index', size: 1, entries: [['a', 1]] }],
    ['what only says that it is a map', new Pretender(), { $ts: 'instance', class: 'Pretender', value: { a: 1 } }],
    [
      'a tag that throws',
      new (class Tagged {
        a = 1;
        get [Symbol.toStringTag](): string {
          throw new Error('no');
        }
      })(),
      { $ts: 'instance', class: 'Tagged', value: { a: 1 } },
    ],
    ['an object of another realm', elsewhere('({ a: [1] })'), { a: [1] }],
    ['a map of another realm', elsewhere('new Map([[1, { b: 2 }]])'), { $ts: 'map', size: 1, entries: [[1, { b: 2 }]] }],
    ['a set of another realm', elsewhere('new Set([1])'), { $ts: 'set', size: 1, values: [1] }],
    ['a date of another realm', elsewhere('new Date(0)'), { $ts: 'date', text: '1970-01-01T00:00:00.000Z' }],
    ['an error of another realm', elsewhere("new RangeError('far')"), { $ts: 'error', name: 'RangeError', message: 'far' }],
    ['an expression of another realm', elsewhere('/a/g'), { $ts: 'regexp', text: '/a/g' }],
    ['a buffer of another realm', elsewhere('new Uint8Array([1]).buffer'), { $ts: 'bytes', type: 'ArrayBuffer', length: 1, values: [1] }],
    ['a promise of another realm', elsewhere('Promise.resolve()'), { $ts: 'promise' }],
    ['a weak map of another realm', elsewhere('new WeakMap()'), { $ts: 'weak' }],
    ['an object with our key', { $ts: 'map', b: 1 }, { $ts: 'object', value: { $ts: 'map', b: 1 } }],
    ['an object without a prototype', Object.assign(Object.create(null), { a: 1 }), { a: 1 }],
    ['a hole', Object.assign(new Array(3), { 0: 1, 2: 2 }), [1, { $ts: 'undefined' }, 2]],
    [
      'a getter that throws',
      {
        get a() {
          throw new Error('no');
        },
        b: 1,
      },
      { a: { $ts: 'threw', message: 'no' }, b: 1 },
    ],
    [
      'a revoked proxy',
      (() => {
        const { proxy, revoke } = Proxy.revocable({}, {});
        revoke();
        return { proxy };
      })(),
      { proxy: { $ts: 'threw', message: expect.any(String) } },
    ],
  ])('shows %s', (_, value, expected) => expect(copy(value)).toEqual(expected));

  it('says where it goes round in a circle', () => {
    const parent: Record<string, unknown> = { name: 'p' };
    parent.children = [{ parent }];
    parent.self = parent;
    expect(copy(parent)).toEqual({ name: 'p', children: [{ parent: { $ts: 'cycle', up: 3 } }], self: { $ts: 'cycle', up: 1 } });
  });

  it('says where it was cut', () => {
    const limits = { maxDepth: 2, maxEntries: 2, maxStringLength: 4 };
    expect(copy([1, 2, 3], limits)).toEqual({ $ts: 'array', value: [1, 2], length: 3, cut: 1 });
    expect(copy({ a: 1, b: 2, c: 3 }, limits)).toEqual({ $ts: 'object', value: { a: 1, b: 2 }, cut: 1 });
    expect(copy(new Set([1, 2, 3]), limits)).toEqual({ $ts: 'set', size: 3, values: [1, 2], cut: 1 });
    expect(copy('abc🚀', limits)).toEqual({ $ts: 'string', text: 'abc', length: 5 });
    expect(copy({ a: { b: { c: 1 } } }, limits)).toEqual({ a: { b: { $ts: 'deep', type: 'Object', size: 1 } } });
    expect(copy(new Error('12345', { cause: 1 }), limits)).toEqual({ $ts: 'error', name: 'Error', message: '1234…', value: { cause: 1 } });
    const chain = new Error('a', { cause: new Error('b', { cause: new Error('c', { cause: new Error('d') }) }) });
    expect(copy(chain, limits)).toMatchObject({ value: { cause: { value: { cause: { $ts: 'error', message: 'c' } } } } });
    expect(JSON.stringify(copy(chain, limits))).not.toContain('"d"');
    expect(copy(new Headers({ a: '1', b: '2', c: '3' }), limits)).toMatchObject({ size: 3, cut: 1 });
    expect(copy(new Decimal(12, 345), limits)).toEqual({ $ts: 'text', class: 'Decimal', text: '12.3…' });
    expect(copy(new Uint8Array(9), limits)).toEqual({ $ts: 'bytes', type: 'Uint8Array', length: 9, values: [0, 0], cut: 7 });
  });

  it('shares its limit of bytes among its attributes', () => {
    const text = new SnapshotText({ ...DEFAULT_SNAPSHOT_LIMITS, maxBytes: 50 }, true);
    expect(JSON.parse(text.attribute('a', 'x'.repeat(60)))).toHaveLength(60);
    expect(JSON.parse(text.attribute('b', 1))).toEqual({ $ts: 'budget' });
    expect(text.cut).toBe(true);
  });

  it('masks what looks secret, at any depth, but not whether there is one', () => {
    const value = {
      user: 'noor',
      'API-Key': 'k',
      nested: [{ access_token: { a: 1 }, hasPassword: true, password: undefined }],
      map: new Map([['cookie', 'c']]),
      login: { pwd: 'p', auth: { user: 'noor' }, jwt: 'e', pin: 1234 },
      limits: { maxTokens: 512, tokens: ['a'], tokenCount: 7n, author: 'noor' },
    };
    expect(copy(value)).toEqual({
      user: 'noor',
      'API-Key': { $ts: 'masked' },
      nested: [{ access_token: { $ts: 'masked' }, hasPassword: true, password: { $ts: 'undefined' } }],
      map: { $ts: 'map', size: 1, entries: [['cookie', { $ts: 'masked' }]] },
      login: { pwd: { $ts: 'masked' }, auth: { $ts: 'masked' }, jwt: { $ts: 'masked' }, pin: { $ts: 'masked' } },
      limits: { maxTokens: 512, tokens: { $ts: 'masked' }, tokenCount: { $ts: 'bigint', text: '7' }, author: 'noor' },
    });
    expect(copy({ token: 't' }, {}, false)).toEqual({ token: 't' });
  });
});
