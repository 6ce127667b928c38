import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type FigureOrder, inOrder, nextFigureOrder } from '../../../../../renderer/features/statistics/figure-order.ts';
import type { CounterRangeStats } from '../../../../../renderer/trace/trace-worker-api.ts';

const stats = (series: number, mean: number | null, delta: number | null = mean): CounterRangeStats => ({
  series,
  samples: 1,
  first: 0,
  last: mean,
  min: mean,
  max: mean,
  mean,
  delta,
  ratePerSecond: delta === null ? null : delta / 2,
  isCoarse: false,
});
const ROWS = ['load 10', 'load 9', 'Queue', 'empty'].map((label, id) => ({ id, label }));
const FIGURES = new Map([stats(0, 5, -3), stats(1, 7, 2), stats(2, 5, 8), stats(3, null)].map((each) => [each.series, each]));
const labels = (order: FigureOrder | undefined) => inOrder(ROWS, FIGURES, order).map((row) => row.label);

describe('the order of counters', () => {
  it('is that in which they came, by name with its numbers, or by a figure; what has none comes last', () => {
    expect(labels(undefined)).toEqual(['load 10', 'load 9', 'Queue', 'empty']);
    expect(labels({ sort: 'name', descending: false })).toEqual(['empty', 'load 9', 'load 10', 'Queue']);
    expect(labels({ sort: 'mean', descending: true })).toEqual(['load 9', 'load 10', 'Queue', 'empty']);
    expect(labels({ sort: 'mean', descending: false })).toEqual(['load 10', 'Queue', 'load 9', 'empty']);
    expect(labels({ sort: 'rate', descending: true })).toEqual(['Queue', 'load 9', 'load 10', 'empty']);
  });

  it('turns round at a second choice of a column, and is as they came at a third', () => {
    const first = nextFigureOrder(undefined, 'max');
    const second = nextFigureOrder(first, 'max');
    expect([first, second, nextFigureOrder(second, 'max')]).toEqual([{ sort: 'max', descending: true }, { sort: 'max', descending: false }, undefined]);
    expect(nextFigureOrder(second, 'name')).toEqual({ sort: 'name', descending: false });
  });

  it('loses no row and adds none, whatever the figures are', () => {
    const value = fc.oneof(fc.double(), fc.constant(null));
    fc.assert(
      fc.property(fc.array(value), fc.constantFrom('mean', 'delta', 'rate', 'name' as const), fc.boolean(), (values, sort, descending) => {
        const rows = values.map((_, id) => ({ id, label: `c${id}` }));
        const figures = new Map(values.map((each, id) => [id, stats(id, each)]));
        const ids = inOrder(rows, figures, { sort: sort as FigureOrder['sort'], descending }).map((row) => row.id);
        expect([...ids].sort((a, b) => a - b)).toEqual(rows.map((row) => row.id));
      }),
    );
  });
});
