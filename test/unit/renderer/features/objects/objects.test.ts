import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { fieldLine, heatPaths } from '../../../../../renderer/features/objects/field-line.ts';
import { barPaths, barValues } from '../../../../../renderer/features/objects/number-bars.tsx';
import { groupByClass, lifeShare, objectRows } from '../../../../../renderer/features/objects/object-groups.ts';
import { snapshotNear } from '../../../../../renderer/features/objects/snapshot-strip.tsx';
import { cutWords, markerWords, pathOf, plainPath, valueRows } from '../../../../../renderer/features/objects/value-rows.ts';
import { searchValue } from '../../../../../renderer/features/objects/value-search.ts';
import type { FieldGraph, ObjectInfo, ValueNode } from '../../../../../renderer/trace/trace-worker-api.ts';

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

describe('searchValue', () => {
  const found = (text: string, fields: readonly ValueNode[] = CART) => searchValue(fields, text).map((hit) => hit.path);

  it('finds keys and values, also in what is folded, with what has to be opened', () => {
    expect(found('qty')).toEqual(['items[0].qty', 'items[1].qty']);
    expect(found('0.19')).toEqual(['tax.rate']);
    expect(searchValue(CART, 'RATE')).toEqual([{ path: 'tax.rate', parents: ['tax'] }]);
    expect(found(' ')).toEqual([]);
    expect(found('nowhere')).toEqual([]);
  });

  it('finds a part of a path at the key that completes it, and not again in what lies there', () => {
    expect(found('items')).toEqual(['items']);
    expect(found('items[1]')).toEqual(['items[1]']);
    expect(found('items[1].q')).toEqual(['items[1].qty']);
  });

  it('finds every leaf by its own text, whatever the value', () => {
    const tree = fc.letrec<{ node: ValueNode; leaf: ValueNode }>((tie) => ({
      leaf: fc.record({ key: fc.string({ maxLength: 3 }), text: fc.string({ minLength: 1, maxLength: 4 }), type: fc.constant('other' as const) }),
      node: fc.oneof(
        { maxDepth: 4 },
        tie('leaf'),
        fc.record({
          key: fc.string({ maxLength: 3 }),
          text: fc.constant('{…}'),
          type: fc.constant('object' as const),
          children: fc.array(tie('node'), { maxLength: 4 }),
        }),
      ),
    })).node;
    fc.assert(
      fc.property(fc.array(tree, { maxLength: 4 }), (fields) => {
        const opened = new Map<string, boolean>();
        const openAll = () => {
          const before = opened.size;
          for (const row of valueRows(fields, opened)) if (row.branch) opened.set(row.path, true);
          if (opened.size > before) openAll();
        };
        openAll();
        for (const row of valueRows(fields, opened)) {
          if (row.branch || row.kind === 'rest' || row.node.text.trim() === '') continue;
          if (row.node.children) continue;
          expect(searchValue(fields, row.node.text).some((hit) => hit.path === row.path)).toBe(true);
        }
      }),
    );
  });
});

describe('rows of a comparison', () => {
  const DIFF = [
    leaf('id', '7'),
    branch('list', [leaf('0', '1', 'number', { change: 'removed' }), leaf('0', '2', 'number', { change: 'moved', from: '1' }), leaf('1', '3')], {
      type: 'array',
      change: 'inside',
    }),
    branch('same', [leaf('a', '1')]),
    branch('new', [leaf('a', '1')], { change: 'added' }),
  ];

  it('tell what is gone from what took its place', () => {
    const rows = valueRows(DIFF, new Map());
    expect(new Set(rows.map((row) => row.path)).size).toBe(rows.length);
    const gone = rows.find((row) => row.node.change === 'removed');
    expect(gone?.keys).toEqual(['list', '0']);
    expect(plainPath(gone?.path ?? '')).toBe('list[0]');
  });

  it('leave out what did not change, where that is asked for, and all of what is new stays', () => {
    const open = new Map([['new', true]]);
    expect(valueRows(DIFF, open, true).map((row) => plainPath(row.path))).toEqual(['list', 'list[0]', 'list[0]', 'new', 'new.a']);
  });

  it('say that a value is too large, and not that it was not recorded', () => {
    const rows = valueRows([branch('big', [], { cut: 7, full: true })], new Map([['big', true]]));
    expect(rows.at(-1)?.node.text).toMatch(/^7 entries: .*too large/);
  });
});

describe('fieldLine', () => {
  const graph = (x: readonly number[], y: readonly number[], lastNs = 100): FieldGraph => ({
    values: y.length,
    numbers: y.filter((value) => !Number.isNaN(value)).length,
    done: 1,
    full: false,
    firstNs: 0,
    lastNs,
    ticks: Float64Array.from(x),
    x: Float64Array.from(x),
    y: Float64Array.from(y),
  });
  it('holds each value until the next, the last one until the end, and breaks where there is none', () => {
    expect(fieldLine(graph([0, 50], [0, 10]), 100, 10)).toMatchObject({ path: 'M0 10L50 10L50 0L100 0', least: 0, greatest: 10 });
    expect(fieldLine(graph([0, 20, 60], [10, Number.NaN, 10]), 100, 10)?.path).toBe('M0 0L20 0M60 0L100 0');
    expect(fieldLine(graph([0], [Number.NaN]), 100, 10)).toBeUndefined();
  });
});

describe('heatPaths', () => {
  it('draws columns by how much changed in them', () => {
    expect(heatPaths(Uint32Array.of(0, 1, 0, 100), 100, 5)).toEqual(['M1 0h1v5h-1z', '', 'M3 0h1v5h-1z']);
    expect(heatPaths(Uint32Array.of(1, 0), 1, 5)).toEqual(['', '', 'M0 0h1v5h-1z']);
  });
});

describe('the list of objects', () => {
  const info = (more: Partial<ObjectInfo>): ObjectInfo => ({ id: 0, name: 'o', className: 'C', process: 0, snapshots: 1, lastNs: 0, ...more });
  it('has a row for each class and for each of its objects that is not folded', () => {
    const groups = groupByClass([info({ id: 1 }), info({ id: 2, className: 'D' }), info({ id: 3 })]);
    const told = (folded: readonly string[]) => objectRows(groups, new Set(folded)).map((row) => (row.kind === 'class' ? row.className : row.info.id));
    expect(told([])).toEqual(['C', 1, 3, 'D', 2]);
    expect(told(['C'])).toEqual(['C', 'D', 2]);
  });
  it('draws lives as shares of the recording', () => {
    expect(lifeShare(info({ createdNs: 50, deletedNs: 75 }), 0, 100)).toEqual({ from: 0.5, to: 0.75 });
    expect(lifeShare(info({ createdNs: 150 }), 100, 200)).toEqual({ from: 0.5, to: 1 });
    expect(lifeShare(info({ createdNs: 500 }), 0, 100)).toEqual({ from: 1, to: 1 });
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
