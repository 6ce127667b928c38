/** Round ranges for axes, chosen so that a live graph does not jump. */

export interface ValueRange {
  readonly low: number;
  readonly high: number;
  /** Between two grid lines. */
  readonly step: number;
}

// Between two neighbours lies at most a third: little of the plot stays empty, and half of each is a number one can read.
const NICE = [1, 1.2, 1.5, 2, 2.5, 3, 4, 5, 6, 8, 10];

export function niceStep(least: number): number {
  if (!(least > 0) || !Number.isFinite(least)) return 1;
  const power = 10 ** Math.floor(Math.log10(least));
  for (const nice of NICE) if (nice * power >= least * (1 - 1e-9)) return Number((nice * power).toPrecision(6));
  return 10 * power;
}

/**
 * Two or three intervals around the values. Starts at zero unless the values vary by less than a tenth of their size,
 * where zero would leave a flat line.
 */
export function niceRange(min: number, max: number): ValueRange {
  if (!Number.isFinite(min) || !Number.isFinite(max) || min > max) return { low: 0, high: 1, step: 0.5 };
  const spread = max - min;
  const size = Math.max(Math.abs(min), Math.abs(max));
  // Below the smallest normal doubles powers of ten have no digits left.
  if (size < 1e-290) return { low: 0, high: 1, step: 0.5 };
  // Closer together than a double can tell on an axis: as if they were equal.
  const flat = spread > size * 1e-9 && spread < size * 0.1 && (min > 0 || max < 0);
  const from = flat ? min : Math.min(0, min);
  const to = flat ? max : Math.max(0, max);
  let step = niceStep((to - from) / (from < 0 && to > 0 ? 3 : 2));
  for (let tries = 0; tries < 12; tries++) {
    const low = clean(Math.floor(from / step + 1e-9) * step);
    const high = clean(Math.ceil(to / step - 1e-9) * step);
    const intervals = Math.round((high - low) / step);
    if (intervals <= (from < 0 ? 3 : 2)) return intervals < 2 ? { low, high, step: (high - low) / 2 } : { low, high, step };
    step = niceStep(step * 1.01);
  }
  return { low: from, high: to, step: (to - from) / 2 };
}

const clean = (value: number): number => Number(value.toPrecision(12));

/**
 * The range to draw next: grows at once, shrinks only when the values need less than half of it, so that a value that
 * wanders about a border does not make the axis flicker. `settled` false (the user moved the view) takes the new one.
 */
export function keepRange(current: ValueRange | undefined, wanted: ValueRange, settled: boolean): ValueRange {
  if (!current || !settled) return wanted;
  const grows = wanted.high > current.high || wanted.low < current.low;
  const shrinks = wanted.high - wanted.low <= (current.high - current.low) * 0.5;
  if (grows || shrinks) return wanted;
  return current;
}

/** Grid lines of a range, from low to high. */
export function gridValues(range: ValueRange): number[] {
  const lines: number[] = [];
  for (let k = 0; k <= 4; k++) {
    const value = clean(range.low + k * range.step);
    if (value > range.high + range.step * 1e-6) break;
    lines.push(value);
  }
  return lines;
}

const TIME_STEPS = [1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1800, 3600, 7200, 14_400, 21_600, 43_200, 86_400];

/** Step of the time axis in ns: 1, 2 or 5 of a decade below a second, clock-like above. */
export function timeStep(spanNs: number, marks: number): number {
  const least = spanNs / Math.max(1, marks);
  if (least <= 1e9) {
    const power = 10 ** Math.floor(Math.log10(Math.max(1, least)));
    for (const nice of [1, 2, 5, 10]) if (nice * power >= least) return nice * power;
  }
  for (const seconds of TIME_STEPS) if (seconds * 1e9 >= least) return seconds * 1e9;
  return Math.ceil(least / 86_400e9) * 86_400e9;
}

/** Marks on whole steps between two times. */
export function timeMarks(fromNs: number, toNs: number, stepNs: number): number[] {
  const marks: number[] = [];
  for (let k = Math.ceil(fromNs / stepNs); k * stepNs <= toNs && marks.length < 200; k++) marks.push(k * stepNs);
  return marks;
}
