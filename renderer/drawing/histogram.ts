/** A histogram of durations: buckets that grow by a constant factor, drawn equally wide. Numbers in, calls on a context out. */
import { formatCount, formatDuration } from './format.ts';
import { type Palette, withAlpha } from './palette.ts';

export type HistogramInk = Pick<
  CanvasRenderingContext2D,
  'fillStyle' | 'font' | 'textAlign' | 'textBaseline' | 'fillRect' | 'fillText' | 'measureText' | 'globalAlpha'
>;

export interface Histogram {
  /** One more than counts. */
  readonly edgesNs: ArrayLike<number>;
  readonly counts: ArrayLike<number>;
}

export interface HistogramPlace {
  readonly width: number;
  readonly height: number;
}

/** Buckets `from` … `to`, both included. */
export interface BucketRange {
  readonly from: number;
  readonly to: number;
}

export const PLOT = { left: 44, right: 10, top: 18, bottom: 20 } as const;

export interface HistogramLook {
  readonly palette: Palette;
  readonly isLog: boolean;
  /** 1 … 9 */
  readonly colour: number;
  readonly brush: BucketRange | undefined;
  /** "P50" and where. */
  readonly marks: readonly { readonly text: string; readonly ns: number }[];
}

const plotWidth = (width: number): number => Math.max(1, width - PLOT.left - PLOT.right);

/** Left edge of bucket `index`; of the count of buckets the right side of the last. */
export const bucketX = (index: number, buckets: number, width: number): number => PLOT.left + (index / Math.max(1, buckets)) * plotWidth(width);

/** The bucket at a pixel, the first or last where it lies outside. */
export const bucketAt = (x: number, buckets: number, width: number): number =>
  Math.min(buckets - 1, Math.max(0, Math.floor(((x - PLOT.left) / plotWidth(width)) * buckets)));

/** Where a duration lies: within its bucket evenly by its logarithm. */
export function durationX(ns: number, { edgesNs, counts }: Histogram, width: number): number {
  const buckets = counts.length;
  for (let k = 0; k < buckets; k++) {
    const [from, to] = [edgesNs[k] as number, edgesNs[k + 1] as number];
    if (ns >= to && k < buckets - 1) continue;
    const part = Math.log(Math.max(1, ns) / Math.max(1, from)) / Math.log(Math.max(1, to) / Math.max(1, from));
    return bucketX(k + Math.min(1, Math.max(0, Number.isFinite(part) ? part : 0)), buckets, width);
  }
  return PLOT.left;
}

/** The buckets that durations between two lie in; undefined: none of them. */
export function bucketsBetween({ edgesNs, counts }: Histogram, fromNs: number, toNs: number): BucketRange | undefined {
  let [from, to] = [-1, -1];
  for (let k = 0; k < counts.length; k++) {
    const middle = ((edgesNs[k] as number) + (edgesNs[k + 1] as number)) / 2;
    if (middle < fromNs || middle >= toNs) continue;
    if (from < 0) from = k;
    to = k;
  }
  return from < 0 ? undefined : { from, to };
}

export const countIn = ({ counts }: Histogram, range: BucketRange): number => {
  let sum = 0;
  for (let k = range.from; k <= range.to; k++) sum += counts[k] ?? 0;
  return sum;
};

/** Heights at which lines are drawn. Of a logarithmic axis powers of ten. */
export function countMarks(greatest: number, isLog: boolean): number[] {
  if (greatest <= 0) return [];
  if (isLog) {
    const marks = [1];
    while ((marks.at(-1) as number) * 10 <= greatest) marks.push((marks.at(-1) as number) * 10);
    return marks;
  }
  const rough = greatest / 3;
  const size = 10 ** Math.floor(Math.log10(Math.max(1, rough)));
  const step = Math.max(1, [1, 2, 5, 10].map((factor) => factor * size).find((each) => each >= rough) ?? size);
  return Array.from({ length: Math.floor(greatest / step) }, (_, k) => (k + 1) * step);
}

const greatestOf = (counts: ArrayLike<number>): number => {
  let greatest = 0;
  for (let k = 0; k < counts.length; k++) greatest = Math.max(greatest, counts[k] as number);
  return greatest;
};

/** A single one is still seen on a logarithmic axis. */
const partOf = (count: number, greatest: number, isLog: boolean): number =>
  count <= 0 ? 0 : isLog ? (Math.log10(count) + 0.3) / (Math.log10(greatest) + 0.3) : count / greatest;

export function drawHistogram(ink: HistogramInk, histogram: Histogram, { width, height }: HistogramPlace, look: HistogramLook): void {
  const { palette, isLog, brush } = look;
  const { counts } = histogram;
  const buckets = counts.length;
  const bottom = height - PLOT.bottom;
  const high = Math.max(1, bottom - PLOT.top);
  const greatest = greatestOf(counts);
  ink.fillStyle = palette.well;
  ink.fillRect(0, 0, width, height);
  ink.font = `420 10.5px ${palette.uiFont}`;
  ink.textBaseline = 'middle';
  ink.textAlign = 'right';
  for (const mark of countMarks(greatest, isLog)) {
    const y = Math.round(bottom - partOf(mark, greatest, isLog) * high);
    ink.fillStyle = palette.grid;
    ink.fillRect(PLOT.left, y, plotWidth(width), 1);
    ink.fillStyle = palette.text3;
    ink.fillText(formatCount(mark), PLOT.left - 6, y);
  }
  if (brush) {
    ink.fillStyle = palette.selectRange;
    const x = bucketX(brush.from, buckets, width);
    ink.fillRect(x, PLOT.top, bucketX(brush.to + 1, buckets, width) - x, high);
  }
  for (const inside of [true, false]) {
    ink.globalAlpha = inside || !brush ? 1 : palette.dim;
    for (const edge of [false, true]) {
      ink.fillStyle = (edge ? palette.data : palette.fill)[look.colour] as string;
      for (let k = 0; k < buckets; k++) {
        const count = counts[k] as number;
        if (count <= 0 || (!brush || (k >= brush.from && k <= brush.to)) !== inside) continue;
        const x = bucketX(k, buckets, width);
        const wide = Math.max(1, bucketX(k + 1, buckets, width) - x - 1);
        const tall = Math.max(2, partOf(count, greatest, isLog) * high);
        if (edge) ink.fillRect(x, bottom - tall, wide, 2);
        else ink.fillRect(x, bottom - tall, wide, tall);
      }
    }
  }
  ink.globalAlpha = 1;
  ink.fillStyle = palette.line3;
  ink.fillRect(PLOT.left, bottom, plotWidth(width), 1);
  drawDurations(ink, histogram, width, bottom, palette);
  drawMarks(ink, histogram, width, bottom, look);
}

/** Durations below: 1, 2 and 5 of each power of ten, where there is room. */
function drawDurations(ink: HistogramInk, histogram: Histogram, width: number, bottom: number, palette: Palette): void {
  const { edgesNs, counts } = histogram;
  const [least, most] = [Math.max(1, edgesNs[0] ?? 1), edgesNs[counts.length] ?? 1];
  ink.textAlign = 'center';
  ink.fillStyle = palette.text3;
  let taken = Number.NEGATIVE_INFINITY;
  for (let power = 10 ** Math.floor(Math.log10(least)); power <= most; power *= 10) {
    for (const factor of [1, 2, 5]) {
      const ns = power * factor;
      if (ns < least || ns > most) continue;
      const text = shortDuration(ns);
      const half = ink.measureText(text).width / 2;
      const x = durationX(ns, histogram, width);
      if (x - half < Math.max(taken + 8, 2) || x + half > width - 2) continue;
      ink.fillRect(Math.round(x), bottom, 1, 4);
      ink.fillText(text, x, bottom + 12);
      taken = x + half;
    }
  }
}

/** "50 ms" rather than "50.0 ms". */
const shortDuration = (ns: number): string => formatDuration(ns).replace(/\.0+(?= )/, '');

function drawMarks(ink: HistogramInk, histogram: Histogram, width: number, bottom: number, { palette, marks }: HistogramLook): void {
  ink.textAlign = 'center';
  let taken = Number.NEGATIVE_INFINITY;
  for (const { text, ns } of marks) {
    const x = Math.round(durationX(ns, histogram, width));
    ink.fillStyle = withAlpha(palette.text2, 0.7);
    ink.fillRect(x, PLOT.top - 2, 1, bottom - PLOT.top + 2);
    const half = ink.measureText(text).width / 2;
    const at = Math.min(width - half - 2, Math.max(x, PLOT.left + half));
    if (at - half < taken + 4) continue;
    ink.fillStyle = palette.text2;
    ink.fillText(text, at, PLOT.top - 9);
    taken = at + half;
  }
}
