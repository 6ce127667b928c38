import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { barPaths, barValues } from '../../../../../renderer/features/objects/number-bars.tsx';
import { groupByClass } from '../../../../../renderer/features/objects/object-groups.ts';
import { snapshotNear } from '../../../../../renderer/features/objects/snapshot-strip.tsx';
import { cutWords, markerWords, pathOf, toJson, valueRows } from '../../../../../renderer/features/objects/value-rows.ts';
import type { ObjectInfo, ValueNode } from '../../../../../renderer/trace/trace-worker-api.ts';

const leaf = (key: string, text: string, type: ValueNode['type'] = 'number', more: Partial<ValueNode> = {}): ValueNode => ({ key, text, type, ...more });
const branch = (key: string, children: readonly ValueNode[], more: Partial<ValueNode> = {}): ValueNode => ({
  key,
  text: '{…}',
  type: 'object',
  children,
  ...more,
});

/** The rows as one sees them: folds as ▸ and ▾, marks as in the window. */
const picture = (fields: readonly ValueNode[], folds: ReadonlyMap<string, boolean> = new Map()) =>
  valueRows(fields, folds).map((row) => `${'  '.repeat(row.depth)}${row.branch ? (row.open ? '▾' : '▸') : ' '}${row.node.key || row.node.text}`);

const CART = [
  leaf('id', '"c_9"', 'string'),
  branch('items', [branch('0', [leaf('qty', '1')]), branch('1', [leaf('qty', '2', 'number', { change: 'changed', before: '1' })], { change: 'inside' })], {
    type: 'array',
    change: 'inside',
  }),
  branch('tax', [leaf('rate', '0.19')]),
];

describe('valueRows', () => {
  it('opens what holds a change, and nothing else', () => {
    expect(picture(CART)).toEqual([' id', '▾items', '  ▸0', '  ▾1', '     qty', '▸tax']);
  });

  it('does what the user did, by path, whatever changes', () => {
    const folds = new Map([
      ['items', false],
      ['tax', true],
    ]);
    expect(picture(CART, folds)).toEqual([' id', '▸items', '▾tax', '   rate']);
    const next = [leaf('new', '1'), ...CART];
    expect(picture(next, folds)).toEqual([' new', ' id', '▸items', '▾tax', '   rate']);
  });

  it('says how many entries were not recorded', () => {
    const rows = picture([branch('big', [leaf('0', '1')], { type: 'array', cut: 9900 })], new Map([['big', true]]));
    expect(rows.at(-1)).toContain('9,900 more entries, not recorded');
  });

  it('tells each row its place among its siblings', () => {
    const rows = valueRows(CART, new Map());
    expect(rows.find((row) => row.path === 'items[1]')).toMatchObject({ place: 2, siblings: 2, parent: 'items' });
  });

  it('gives every row a path of its own, for any keys', () => {
    fc.assert(
      fc.property(fc.uniqueArray(fc.string(), { maxLength: 20 }), (keys) => {
        const rows = valueRows(
          keys.map((key) => branch(key, [leaf('a', '1')])),
          new Map(keys.map((key) => [pathOf('', key, false), true])),
        );
        expect(rows).toHaveLength(keys.length * 2);
        expect(new Set(rows.map((row) => row.path)).size).toBe(rows.length);
      }),
    );
  });
});

describe('pathOf', () => {
  it('is written as in code', () => {
    expect(pathOf(pathOf(pathOf('', 'items', false), '1', true), 'price', false)).toBe('items[1].price');
    expect(pathOf('headers', 'content-type', false)).toBe('headers["content-type"]');
    expect(pathOf('', '0', false)).toBe('["0"]');
  });
});

describe('markers', () => {
  it('are told in words', () => {
    expect(markerWords(leaf('token', 'masked: the key looks secret', 'masked'))).toBe('masked: the key looks secret');
    expect(markerWords(leaf('self', 'the value 2 levels up', 'cycle'))).toBe('refers to the value 2 levels up');
    expect(markerWords(leaf('deep', '', 'cut'))).toMatch(/not recorded/);
    expect(markerWords(leaf('x', 'threw: no', 'threw'))).toBe('threw: no');
    expect(markerWords(leaf('n', '1'))).toBeUndefined();
  });
});

describe('a leaf that was cut', () => {
  it('says how much is missing, and cannot be opened', () => {
    const text = leaf('text', '"abc…', 'string', { cut: 8000 });
    expect(cutWords(text)).toBe('8,000 more characters, not recorded');
    expect(valueRows([text], new Map([['text', true]]))).toMatchObject([{ branch: false, open: false }]);
    expect(cutWords(leaf('n', '1'))).toBeUndefined();
  });
});

describe('toJson', () => {
  it('writes what was recorded, without what was removed', () => {
    const fields = [...CART, leaf('coupon', '"W"', 'string', { change: 'removed' }), leaf('token', '', 'masked'), leaf('__proto__', '1')];
    const value = JSON.parse(toJson(fields));
    expect(value.items).toEqual([{ qty: 1 }, { qty: 2 }]);
    expect('coupon' in value).toBe(false);
    expect(value.token).toMatch(/^<masked/);
    expect(Object.keys(value)).toContain('__proto__');
  });
});

describe('number bars', () => {
  const list = (texts: readonly string[], changed = -1): ValueNode =>
    branch(
      'values',
      texts.map((text, k) => leaf(String(k), text, 'number', k === changed ? { change: 'changed' } : {})),
      { type: 'array' },
    );
  it('are shown for lists of numbers only', () => {
    expect(barValues(list(['1', '2', '3', '4'], 2))?.map((bar) => bar.changed)).toEqual([false, false, true, false]);
    expect(barValues(list(['1', 'NaN', '3', '4']))).toBeUndefined();
    expect(barValues(branch('o', [leaf('a', '1')]))).toBeUndefined();
  });
  it('stand on zero, downwards for what is less', () => {
    const { bars, changed } = barPaths(
      [
        { value: 10, changed: false },
        { value: -10, changed: true },
      ],
      20,
      16,
    );
    expect(bars).toBe('M0.00 0.00h9.20v8.00h-9.20z');
    expect(changed).toBe('M10.00 8.00h9.20v8.00h-9.20z');
  });
});

describe('snapshotNear', () => {
  const times = Float64Array.of(10, 20, 40);
  it('picks the nearest one', () => {
    expect([0, 14, 16, 29, 31, 99].map((ns) => snapshotNear(times, 3, ns))).toEqual([0, 0, 1, 1, 2, 2]);
  });
  it('stays inside where the times were thinned', () => {
    fc.assert(
      fc.property(fc.integer({ min: 3, max: 100_000 }), fc.double({ min: -100, max: 200, noNaN: true }), (count, ns) => {
        const index = snapshotNear(times, count, ns);
        expect(index).toBeGreaterThanOrEqual(0);
        expect(index).toBeLessThan(count);
      }),
    );
    expect(snapshotNear(times, 1001, 40)).toBe(1000);
  });
});

describe('groupByClass', () => {
  it('puts those that live before those that were deleted', () => {
    const object = (id: number, className: string, deletedNs?: number): ObjectInfo => ({
      id,
      name: `o${id}`,
      className,
      process: 0,
      snapshots: 0,
      lastNs: 0,
      ...(deletedNs !== undefined && { deletedNs }),
    });
    const groups = groupByClass([object(0, 'Cart', 5), object(1, 'Pool'), object(2, 'Cart')]);
    expect(groups.map((group) => [group.className, group.members.map((member) => member.id)])).toEqual([
      ['Cart', [2, 0]],
      ['Pool', [1]],
    ]);
  });
});
