/** Columns of the table, its order, and what part of the time a row is. */
import { formatCount, formatDuration } from '../../drawing/format.ts';
import type { Spread, TablePage, TableRow, TableSort } from '../../trace/trace-worker-api.ts';
import type { ColumnOver } from '../../widgets/row-list.tsx';

export interface Order {
  readonly sort: TableSort;
  readonly descending: boolean;
}

export const FIRST_ORDER: Order = { sort: 'self', descending: true };

/** A second choice of the same column turns the order round. Numbers begin with the greatest, names with A. */
export const nextOrder = (now: Order, sort: TableSort): Order =>
  now.sort === sort ? { sort, descending: !now.descending } : { sort, descending: sort !== 'label' };

export type ColumnId = 'count' | 'total' | 'self' | 'mean' | 'min' | 'max' | 'p50' | 'p99';

export interface Column {
  readonly id: ColumnId;
  /** Width of the table below which it is left out. */
  readonly over?: ColumnOver;
  /** Undefined: percentiles are worked out for the rows in sight alone, so there is no order by them. */
  readonly sort?: TableSort;
  /** Empty: not known yet. */
  readonly text: (row: TableRow, spread: Spread | undefined) => string;
}

export const COLUMNS: readonly Column[] = [
  { id: 'count', sort: 'count', text: (row) => formatCount(row.count) },
  { id: 'total', sort: 'total', over: 340, text: (row) => formatDuration(row.totalNs) },
  { id: 'self', sort: 'self', text: (row) => formatDuration(row.selfNs) },
  { id: 'mean', sort: 'mean', over: 640, text: (row) => formatDuration(row.meanNs) },
  { id: 'min', sort: 'min', over: 780, text: (row) => formatDuration(row.minNs) },
  { id: 'max', sort: 'max', over: 780, text: (row) => formatDuration(row.maxNs) },
  { id: 'p50', over: 640, text: (_row, spread) => (spread ? formatDuration(spread.p50Ns) : '') },
  { id: 'p99', over: 520, text: (_row, spread) => (spread ? formatDuration(spread.p99Ns) : '') },
];

/** What the bars are a share of: the table's order by total shows totals, every other one what rows took themselves. */
export const sharedBy = ({ sort }: Order): 'total' | 'self' => (sort === 'total' ? 'total' : 'self');

/** 0 … 1, of what all rows took themselves: threads that ran side by side count each. */
export function shareOf(row: TableRow, page: Pick<TablePage, 'selfNs'>, by: 'total' | 'self'): number {
  const part = by === 'total' ? row.totalNs : row.selfNs;
  return page.selfNs > 0 ? Math.min(1, Math.max(0, part / page.selfNs)) : 0;
}
