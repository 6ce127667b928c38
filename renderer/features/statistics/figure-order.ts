/** The order of the counters of a range: as they came, by name, or by one of their figures. */
import type { CounterRangeStats } from '../../trace/trace-worker-api.ts';

export type FigureColumn = 'samples' | 'last' | 'min' | 'max' | 'mean' | 'delta' | 'rate';

export interface FigureOrder {
  readonly sort: 'name' | FigureColumn;
  readonly descending: boolean;
}

/** An order by figures needs those of all rows: of more they are not asked for. */
export const MOST_SORTED = 5000;

/** A second choice of the same column turns the order round, a third one gives that in which they came. Numbers begin with the greatest, names with A. */
export function nextFigureOrder(now: FigureOrder | undefined, sort: FigureOrder['sort']): FigureOrder | undefined {
  const first = sort !== 'name';
  if (now?.sort !== sort) return { sort, descending: first };
  return now.descending === first ? { sort, descending: !first } : undefined;
}

export const figureOf = (stats: CounterRangeStats, column: FigureColumn): number | null => (column === 'rate' ? stats.ratePerSecond : stats[column]);

/** What has no value in the range comes last, in either direction; what is equal stays as it came. */
export function inOrder<Row extends { readonly id: number; readonly label: string }>(
  rows: readonly Row[],
  figures: ReadonlyMap<number, CounterRangeStats>,
  order: FigureOrder | undefined,
): readonly Row[] {
  if (!order) return rows;
  const sign = order.descending ? -1 : 1;
  const { sort } = order;
  if (sort === 'name') {
    const { compare } = new Intl.Collator(undefined, { numeric: true });
    return [...rows].sort((a, b) => sign * compare(a.label.slice(0, 1000), b.label.slice(0, 1000)));
  }
  const valueFor = (row: Row): number | null => {
    const stats = figures.get(row.id);
    return stats ? figureOf(stats, sort) : null;
  };
  return rows
    .map((row) => ({ row, value: valueFor(row) }))
    .sort((a, b) => (a.value === null ? (b.value === null ? 0 : 1) : b.value === null ? -1 : sign * (a.value - b.value)))
    .map(({ row }) => row);
}
