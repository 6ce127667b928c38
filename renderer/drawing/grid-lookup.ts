/** Questions about a CounterGrid that drawing asks each frame. */

/** Index of the last x at or before `at`, or -1. `x` ascends. */
export function lastAtOrBefore(x: Float64Array, at: number): number {
  let low = 0;
  let high = x.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((x[middle] as number) <= at) low = middle + 1;
    else high = middle;
  }
  return low - 1;
}

/** Value that holds at `at` (a counter holds until its next sample), or null in a gap or before the first. */
export function valueAt(x: Float64Array, y: readonly (number | null)[], at: number): number | null {
  const index = lastAtOrBefore(x, at);
  return index < 0 ? null : (y[index] ?? null);
}

export interface GridQuery {
  readonly fromNs: number;
  readonly toNs: number;
  readonly columns: number;
  readonly columnNs: number;
}

/**
 * Range to ask the worker for: whole pixel columns around from…to, one more at each side. Columns that lie on multiples of
 * their own width keep their samples while the view scrolls, so the line moves instead of shimmering.
 */
export function gridQuery(fromNs: number, toNs: number, widthPx: number): GridQuery {
  const column = Math.max(1, (toNs - fromNs) / Math.max(1, widthPx));
  // Nothing lies before time 0, but in a trace whose earliest events were found late.
  const first = Math.max(fromNs < 0 ? Number.NEGATIVE_INFINITY : 0, Math.floor(fromNs / column) - 1);
  const last = Math.max(first + 1, Math.ceil(toNs / column) + 1);
  return { fromNs: first * column, toNs: last * column, columns: last - first, columnNs: column };
}
