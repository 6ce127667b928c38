import type { GridView } from './counters.ts';
import type { CounterRangeStats } from './timeline-types.ts';

/** Statistics of series `s` of a grid of one column. */
export function rangeStatsOf(series: number, grid: GridView, s: number): CounterRangeStats {
  const stats = grid.stats[s];
  const points = grid.y[s] ?? [];
  const first = points[0] ?? null;
  const last = points.at(-1) ?? null;
  const delta = first === null || last === null ? null : last - first;
  return {
    series,
    samples: stats?.samples ?? 0,
    first,
    last,
    min: stats?.min ?? null,
    max: stats?.max ?? null,
    mean: stats?.mean ?? null,
    delta,
    ratePerSecond: delta === null ? null : delta / ((grid.toNs - grid.fromNs) / 1e9),
    isCoarse: grid.coarse,
  };
}
