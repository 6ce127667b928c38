/** A counter as one value a column, 0 … 1 between its least (or zero) and its greatest: for strips and thumbnails. */

export interface LineRange {
  readonly fromNs: number;
  readonly toNs: number;
  readonly columns: number;
}

/** `x` in seconds. NaN: nothing was written yet. */
export function counterLine(x: ArrayLike<number>, y: readonly (number | null)[], { fromNs, toNs, columns }: LineRange): Float32Array {
  const line = new Float32Array(columns).fill(Number.NaN);
  let least = 0;
  let greatest = Number.NEGATIVE_INFINITY;
  for (const value of y) {
    if (value === null || !Number.isFinite(value)) continue;
    if (value < least) least = value;
    if (value > greatest) greatest = value;
  }
  if (greatest <= least) return line;
  for (let k = 0; k < x.length; k++) {
    const value = y[k];
    if (value === null || value === undefined || !Number.isFinite(value)) continue;
    const column = Math.floor((((x[k] as number) * 1e9 - fromNs) / (toNs - fromNs)) * columns);
    line[Math.min(columns - 1, Math.max(0, column))] = (value - least) / (greatest - least);
  }
  // A value holds until the next.
  for (let k = 1; k < columns; k++) if (Number.isNaN(line[k] as number)) line[k] = line[k - 1] as number;
  return line;
}
