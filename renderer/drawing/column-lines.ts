/** Lines of series whose values lie in pixel columns: first, least, greatest and last of each. The cost is in pixels, not in samples. */
import type { PathSink } from './step-path.ts';

/** As the trace worker gives them; see CounterLines. */
export interface ColumnLines {
  readonly fromNs: number;
  readonly toNs: number;
  readonly columns: number;
  readonly y: Float64Array;
  readonly sampled: Uint8Array;
  readonly edges: Float64Array;
}

/** Where column 0 begins, and how wide a column is; pixels. `endX`: the newest value holds up to here. */
export interface ColumnPlace {
  readonly left: number;
  readonly columnPx: number;
  readonly endX: number;
}

/** Steps: a value holds until the next sample; a column with several is upright from its least to its greatest. */
export function stepColumns(sink: PathSink, lines: ColumnLines, series: number, { left, columnPx, endX }: ColumnPlace, yOf: (value: number) => number): void {
  const { y, columns } = lines;
  const at = series * columns * 4;
  let inRun = false;
  let runX = 0;
  let penX = 0;
  let penY = 0;
  let held = Number.NaN;
  // Hot: each column of each series in each frame; most of them hold what was before.
  for (let c = 0, p = at; c < columns; c++, p += 4) {
    const last = y[p + 3] as number;
    const least = y[p + 1] as number;
    if (last === held && least === held && y[p + 2] === held && y[p] === held) continue;
    const x = Math.round(left + c * columnPx);
    if (!Number.isNaN(least)) {
      const first = y[p] as number;
      const top = Math.round(yOf(y[p + 2] as number));
      const bottom = Math.round(yOf(least));
      if (inRun) sink.lineTo(x, penY);
      else {
        penY = Number.isNaN(first) ? bottom : Math.round(yOf(first));
        sink.moveTo(x, penY);
        runX = x;
        inRun = true;
      }
      if (bottom !== penY || top !== penY) {
        sink.lineTo(x, bottom);
        if (top !== bottom) sink.lineTo(x, top);
        penY = top;
      }
      penX = x;
    }
    held = last;
    if (Number.isNaN(last)) {
      if (inRun) sink.end(runX, Math.max(x, penX));
      inRun = false;
      continue;
    }
    const lastY = Math.round(yOf(last));
    if (lastY !== penY) sink.lineTo(penX, lastY);
    penY = lastY;
  }
  if (!inRun) return;
  const end = Math.max(penX, Math.round(endX));
  if (end > penX) sink.lineTo(end, penY);
  sink.end(runX, end);
}

/** Straight lines from sample to sample; towards those outside of the range too. */
export function straightColumns(
  sink: PathSink,
  lines: ColumnLines,
  series: number,
  { left, columnPx, endX }: ColumnPlace,
  yOf: (value: number) => number,
): void {
  const { y, sampled, edges, columns, fromNs, toNs } = lines;
  const pixelsPerNs = (columns * columnPx) / (toNs - fromNs);
  const xOfTime = (ns: number) => left + (ns - fromNs) * pixelsPerNs;
  let inRun = false;
  let runX = 0;
  let penX = 0;
  let penY = 0;
  const to = (x: number, value: number) => {
    if (Number.isNaN(value)) return;
    const lineY = yOf(value);
    if (inRun) sink.lineTo(x, lineY);
    else {
      sink.moveTo(x, lineY);
      runX = x;
      inRun = true;
    }
    penX = x;
    penY = lineY;
  };
  const before = edges[series * 4 + 1] as number;
  // Of changes no sample outside is known: what holds comes in level.
  if (!Number.isNaN(before)) to(xOfTime(edges[series * 4] as number), before);
  else if (sampled[series * columns] === 0) to(left, y[series * columns * 4] as number);
  for (let c = 0; c < columns; c++) {
    if (sampled[series * columns + c] === 0) continue;
    const p = (series * columns + c) * 4;
    const x = left + (c + 0.5) * columnPx;
    to(x, y[p] as number);
    if (y[p + 1] !== y[p]) to(x, y[p + 1] as number);
    if (y[p + 2] !== y[p + 1]) to(x, y[p + 2] as number);
    if (y[p + 3] !== y[p + 2]) to(x, y[p + 3] as number);
    if (Number.isNaN(y[p + 3]) && inRun) {
      sink.end(runX, penX);
      inRun = false;
    }
  }
  if (!inRun) return;
  const behind = edges[series * 4 + 3] as number;
  if (!Number.isNaN(behind)) to(xOfTime(edges[series * 4 + 2] as number), behind);
  else if (endX > penX) {
    sink.lineTo(endX, penY);
    penX = endX;
  }
  sink.end(runX, penX);
}

/** The value that holds at a time, as drawn: NaN in a gap, before the first, and behind the range. */
export function lineValueAt({ fromNs, toNs, columns, y }: ColumnLines, series: number, ns: number): number {
  const points = columns * 4;
  // The four points of a column lie evenly in it.
  const point = Math.floor(((ns - fromNs) / (toNs - fromNs)) * points - 0.5);
  if (point < 0) return Number.NaN;
  return y[series * points + Math.min(points - 1, point)] as number;
}

/** Of the series that `isShown`: least, greatest, and least above zero. */
export function extentOf(
  { y, columns }: ColumnLines,
  isShown: readonly boolean[],
): { readonly min: number; readonly max: number; readonly leastPositive: number } {
  let min = Number.POSITIVE_INFINITY;
  let max = Number.NEGATIVE_INFINITY;
  let leastPositive = Number.POSITIVE_INFINITY;
  for (let s = 0; s < isShown.length; s++) {
    if (!isShown[s]) continue;
    const end = (s + 1) * columns * 4;
    for (let p = s * columns * 4; p < end; p += 4) {
      const least = y[p + 1] as number;
      const greatest = y[p + 2] as number;
      if (least < min) min = least;
      if (greatest > max) max = greatest;
      if (least > 0) {
        if (least < leastPositive) leastPositive = least;
      } else if (greatest > 0 && greatest < leastPositive) leastPositive = greatest;
    }
  }
  return { min, max, leastPositive };
}
