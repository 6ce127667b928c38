/** A counter among the tracks: its series as step lines, an area under the first, the greatest value of what is seen. */
import { keepRange, niceRange, type ValueRange } from '../axis-range.ts';
import { formatAxisValue } from '../format.ts';
import { lastAtOrBefore } from '../grid-lookup.ts';
import { type Palette, withAlpha } from '../palette.ts';
import { stepPath } from '../step-path.ts';
import { areaRects, lineRects } from '../step-rects.ts';

export type CounterInk = Pick<
  CanvasRenderingContext2D,
  'fillStyle' | 'font' | 'textAlign' | 'textBaseline' | 'fillRect' | 'fillText' | 'measureText' | 'beginPath' | 'arc' | 'fill'
>;

/** The part of a CounterGrid that belongs to this counter. `x` in seconds. */
export interface CounterLines {
  readonly x: Float64Array;
  readonly y: readonly (readonly (number | null)[])[];
  readonly min: number;
  readonly max: number;
}

export interface CounterRowBox {
  readonly left: number;
  readonly right: number;
  readonly top: number;
  readonly height: number;
  readonly fromNs: number;
  readonly toNs: number;
  /** A value holds up to here. */
  readonly endNs: number;
}

const TOP_PX = 8;
const BOTTOM_PX = 6;
const LINE_PX = 1.4;

/** The value range to draw: grows at once, shrinks late, as in the graphs. */
export const rowRange = (before: ValueRange | undefined, lines: CounterLines, settled: boolean): ValueRange =>
  keepRange(before, niceRange(lines.min, lines.max), settled);

export const valueY = (value: number, range: ValueRange, box: CounterRowBox): number => {
  const top = box.top + TOP_PX;
  const base = box.top + box.height - BOTTOM_PX;
  return base - ((value - range.low) / (range.high - range.low)) * (base - top);
};

export function drawCounterRow(
  ink: CounterInk,
  lines: CounterLines,
  range: ValueRange,
  box: CounterRowBox,
  colours: readonly string[],
  palette: Palette,
  font: string,
): void {
  const base = box.top + box.height - BOTTOM_PX;
  ink.fillStyle = palette.grid;
  ink.fillRect(box.left, base, box.right - box.left, 1);
  const scale = (box.right - box.left) / (box.toNs - box.fromNs);
  const x = (seconds: number) => Math.min(box.right, Math.max(box.left, box.left + (seconds * 1e9 - box.fromNs) * scale));
  const y = (value: number) => valueY(value, range, box);
  const count = lines.x.length;
  const first = Math.max(0, lastAtOrBefore(lines.x, box.fromNs / 1e9));
  const last = Math.min(count - 1, lastAtOrBefore(lines.x, box.toNs / 1e9) + 1);
  if (count === 0 || last < first) return;
  const end = box.left + (Math.min(box.toNs, box.endNs) - box.fromNs) * scale;
  lines.y.forEach((values, series) => {
    const colour = colours[series] ?? (palette.data[1] as string);
    if (series === 0) {
      ink.fillStyle = withAlpha(colour, palette.area);
      stepPath(areaRects(ink, base), lines.x, values, first, last, x, y);
    }
    ink.fillStyle = colour;
    stepPath(lineRects(ink, LINE_PX), lines.x, values, first, last, x, y);
    // The newest value holds until now.
    const value = values[last];
    const lastX = x(lines.x[last] as number);
    if (value !== null && value !== undefined && end > lastX) {
      ink.fillRect(lastX, y(value) - LINE_PX / 2, end - lastX, LINE_PX);
      if (series === 0) {
        ink.fillStyle = withAlpha(colour, palette.area);
        ink.fillRect(lastX, Math.min(y(value), base), end - lastX, Math.abs(base - y(value)));
        ink.fillStyle = colour;
      }
    }
  });
  const text = formatAxisValue(range.high);
  ink.font = font;
  ink.textAlign = 'left';
  ink.textBaseline = 'middle';
  ink.fillStyle = withAlpha(palette.well, 0.7);
  ink.fillRect(box.left + 4, box.top + 2, ink.measureText(text).width + 8, 12);
  ink.fillStyle = palette.text3;
  ink.fillText(text, box.left + 8, box.top + 8.5);
}
