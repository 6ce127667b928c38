import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { countChanges, diffValues, type ValueDiff } from '../../../../core/model/value-diff.ts';
import { shapeOf } from '../../../../core/model/value-shape.ts';

/** A value with everything that a reader sees of it. Fields of objects have no order. */
interface Opened {
  readonly head: string;
  readonly isList: boolean;
  readonly children?: readonly (readonly [key: string, value: Opened])[];
}

function headOf(value: unknown): Omit<Opened, 'children'> {
  const { type, className, text, whole, cut, size, children } = shapeOf(value);
  return {
    head: JSON.stringify([type, className, children ? '' : (whole ?? text), cut, size]),
    isList: type === 'array' || type === 'set' || type === 'map',
  };
}

function opened(value: unknown): Opened {
  const { children } = shapeOf(value);
  return { ...headOf(value), ...(children && { children: children.map(([key, inner]) => [key, opened(inner)] as const) }) };
}

/** B, made of A and what has to be done to it. */
function applied(a: Opened, diff: ValueDiff): Opened {
  if (diff.kind === 'same') return a;
  if (diff.kind === 'replaced') return opened(diff.by);
  const { type, className, cut, size } = diff.shape;
  const children = diff.entries.map(({ key, old, diff: inner }) => {
    if (old !== undefined) return [key, applied(a.children?.[old]?.[1] as Opened, inner)] as const;
    if (inner.kind !== 'replaced') throw new Error('what is new replaces nothing');
    return [key, opened(inner.by)] as const;
  });
  return { head: JSON.stringify([type, className, '', cut, size]), isList: type === 'array' || type === 'set' || type === 'map', children };
}

function sorted(value: Opened): unknown {
  if (!value.children) return value.head;
  const children = value.children.map(([key, inner]) => [key, sorted(inner)] as const);
  return [value.head, value.isList ? children : children.sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0))];
}

const json = fc.letrec((tie) => ({
  any: fc.oneof({ maxDepth: 4 }, tie('leaf'), tie('list'), tie('record'), tie('marker')),
  leaf: fc.oneof(fc.integer({ min: 0, max: 3 }), fc.constantFrom('a', 'b', ''), fc.boolean(), fc.constant(null)),
  list: fc.array(tie('any'), { maxLength: 6 }),
  record: fc.dictionary(fc.constantFrom('id', 'name', 'x', '__proto__', 'constructor'), tie('any'), { maxKeys: 4, noNullPrototype: true }),
  marker: fc.oneof(
    fc.record({ $ts: fc.constant('set'), size: fc.nat(4), values: tie('list') }),
    fc.record({ $ts: fc.constant('map'), size: fc.nat(4), entries: fc.array(fc.tuple(tie('leaf'), tie('any')), { maxLength: 4 }) }),
    fc.record({ $ts: fc.constant('instance'), class: fc.constantFrom('A', 'B'), value: tie('record'), cut: fc.nat(2) }),
    fc.record({ $ts: fc.constant('array'), value: tie('list'), length: fc.nat(9), cut: fc.nat(3) }),
    fc.record({ $ts: fc.constantFrom('undefined', 'masked', 'budget') }),
  ),
})).any;

/** What became of the entries of a list, in one line: `name`, `+name`, `name<old place`, `name~`; then what is gone. */
function told(a: readonly unknown[], b: readonly unknown[]): string {
  const diff = diffValues(a, b);
  if (diff.kind !== 'inside') return diff.kind;
  const text = (value: unknown) => (typeof value === 'object' ? JSON.stringify(value) : String(value));
  const entries = diff.entries.map(({ old, moved, diff: inner }, at) => {
    if (old === undefined) return `+${text(b[at])}`;
    return `${text(b[at])}${moved ? `<${old}` : ''}${inner.kind === 'same' ? '' : '~'}`;
  });
  return [...entries, ...diff.removed.map((place) => `-${text(a[place])}`)].join(' ');
}

describe('the difference of two values', () => {
  test('makes the second of the first, whatever they are', () => {
    fc.assert(
      fc.property(json, json, (a, b) => {
        expect(sorted(applied(opened(a), diffValues(a, b)))).toEqual(sorted(opened(b)));
      }),
      { numRuns: 1000 },
    );
  });

  test('of a value to itself is nothing', () => {
    fc.assert(
      fc.property(json, (a) => {
        expect(diffValues(a, JSON.parse(JSON.stringify(a)))).toEqual({ kind: 'same' });
      }),
    );
  });

  test('takes each entry of the first once, or counts it as removed', () => {
    fc.assert(
      fc.property(fc.array(fc.nat(6), { maxLength: 30 }), fc.array(fc.nat(6), { maxLength: 30 }), (a, b) => {
        const diff = diffValues(a, b);
        if (diff.kind !== 'inside') return;
        const places = [...diff.entries.flatMap(({ old }) => (old === undefined ? [] : [old])), ...diff.removed];
        expect(places.sort((x, y) => x - y)).toEqual(a.map((_, place) => place));
        // What stayed stands in the order it had.
        const stayed = diff.entries.flatMap(({ old, moved }) => (old === undefined || moved ? [] : [old]));
        expect(stayed).toEqual([...stayed].sort((x, y) => x - y));
      }),
    );
  });

  test('of a list that was only put into another order has moves and nothing else', () => {
    const lists = fc
      .uniqueArray(fc.nat(), { minLength: 2, maxLength: 40 })
      .chain((list) => fc.tuple(fc.constant(list), fc.shuffledSubarray(list, { minLength: list.length })));
    fc.assert(
      fc.property(lists, ([a, b]) => {
        const diff = diffValues(a, b);
        if (diff.kind !== 'inside') return;
        expect(diff.removed).toEqual([]);
        expect(diff.entries.every(({ old, diff: inner }) => old !== undefined && inner.kind === 'same')).toBe(true);
        expect(diff.entries.some(({ moved }) => moved)).toBe(true);
      }),
    );
  });

  test.each([
    ['one in front', [1, 2, 3], [0, 1, 2, 3], '+0 1 2 3'],
    ['one taken from the front, one put to the end', [5, 3, 8], [3, 8, 7], '3 8 +7 -5'],
    ['one changed in its place', [1, 2, 3], [1, 9, 3], '1 9~ 3'],
    ['the first put last', ['a', 'b', 'c'], ['b', 'c', 'a'], 'b c a<0'],
    ['two swapped', [1, 2, 3, 4, 5], [1, 4, 3, 2, 5], '1 4<3 3<2 2 5'],
    [
      'moved and changed, found by its name',
      [{ id: 1, n: 1 }, { id: 2 }, { id: 3 }],
      [{ id: 2 }, { id: 3 }, { id: 1, n: 2 }],
      '{"id":2} {"id":3} {"id":1,"n":2}<0~',
    ],
    ['no name tells them apart', [{ n: 1 }, { n: 2 }], [{ n: 3 }, { n: 4 }], '{"n":3}~ {"n":4}~'],
    ['all gone', [1, 2], [], '-1 -2'],
  ])('of lists: %s', (_, a, b, expected) => {
    const moves = (line: string) => line.split(' ').filter((word) => word.includes('<')).length;
    const line = told(a, b);
    // Of two that were swapped either has moved: how many is what counts.
    if (_ === 'two swapped') expect(moves(line)).toBe(moves(expected));
    else expect(line).toBe(expected);
  });

  test('is counted where it stands', () => {
    const a = { kept: 1, gone: [1, 2], list: [{ id: 1, n: 1 }, { id: 2, n: 1 }, 'x'] };
    const b = { kept: 1, fresh: { a: 1, b: 2 }, list: [{ id: 2, n: 1 }, { id: 1, n: 2 }, 'x', 'y'] };
    expect(countChanges(diffValues(a, b))).toEqual({ added: 2, removed: 1, changed: 1, moved: 1 });
    expect(countChanges(diffValues(1, 2))).toEqual({ added: 0, removed: 0, changed: 1, moved: 0 });
  });

  test('of values that nest deeper than the stack reaches is told all the same', () => {
    const deep = (inner: string) => JSON.parse(`${'['.repeat(20_000)}${inner}${']'.repeat(20_000)}`);
    expect(diffValues(deep('1'), deep('1'))).toEqual({ kind: 'same' });
    let diff = diffValues(deep('1'), deep('2'));
    let depth = 0;
    for (; diff.kind === 'inside'; depth++) diff = diff.entries[0]?.diff as ValueDiff;
    expect(diff.kind).toBe('replaced');
    expect(depth).toBeGreaterThanOrEqual(500);
  });

  test('of two lists of a thousand entries in reverse order takes no time that one would notice', () => {
    const list = Array.from({ length: 1000 }, (_, id) => ({ id, tags: ['a', 'b'] }));
    const diff = diffValues(list, [...list].reverse());
    expect(diff.kind === 'inside' && diff.entries.filter(({ moved }) => moved).length).toBe(999);
  });
});
