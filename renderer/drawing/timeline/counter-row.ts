/** A counter among the tracks: its series as step lines, an area under the first, the greatest value of what is seen. */
import { keepRange, niceRange, type ValueRange } from '../axis-range.ts';
import { type ColumnLines, stepColumns } from '../column-lines.ts';
import { formatAxisValue } from '../format.ts';
import { type Palette, withAlpha } from '../palette.ts';
import { PixelInk } from '../pixel-ink.ts';
import { rasterSteps } from '../step-raster.ts';
import { areaRects, lineRects } from '../step-rects.ts';

export type CounterInk = Pick<CanvasRenderingContext2D, 'fillStyle' | 'font' | 'textAlign' | 'textBaseline' | 'fillRect' | 'fillText' | 'measureText'>;

/** The part of an answer that belongs to one counter: `count` of its series, from `first` on. */
export interface RowLines {
  readonly grid: ColumnLines;
  readonly first: number;
  readonly count: number;
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
export const rowRange = (before: ValueRange | undefined, min: number, max: number, settled: boolean): ValueRange =>
  keepRange(before, niceRange(min, max), settled);

export const valueY = (value: number, range: ValueRange, box: CounterRowBox): number => {
  const top = box.top + TOP_PX;
  const base = box.top + box.height - BOTTOM_PX;
  return base - ((value - range.low) / (range.high - range.low)) * (base - top);
};

/** Its lines; what lies outside of the box is cut off by whom they go to. Into pixels they are written column by column. */
export function drawCounterLines(
  rects: Pick<CounterInk, 'fillStyle' | 'fillRect'> | PixelInk,
  { grid, first, count }: RowLines,
  range: ValueRange,
  box: CounterRowBox,
  colours: readonly string[],
  palette: Palette,
): void {
  const base = box.top + box.height - BOTTOM_PX;
  rects.fillStyle = palette.grid;
  rects.fillRect(box.left, base, box.right - box.left, 1);
  const scale = (box.right - box.left) / (box.toNs - box.fromNs);
  const place = {
    left: box.left + (grid.fromNs - box.fromNs) * scale,
    columnPx: ((grid.toNs - grid.fromNs) / grid.columns) * scale,
    // A value holds until now.
    endX: box.left + (Math.min(box.toNs, box.endNs) - box.fromNs) * scale,
  };
  const y = (value: number) => valueY(value, range, box);
  const pixels = rects instanceof PixelInk ? rects : undefined;
  const ratio = pixels?.ratio ?? 1;
  const inPixels = { left: place.left * ratio, columnPx: place.columnPx * ratio, endX: place.endX * ratio };
  const top = (box.top + TOP_PX) * ratio;
  const rows = { top, high: range.high, scale: (base * ratio - top) / (range.high - range.low) };
  const look = { thickness: Math.max(1, Math.round(ratio)), dash: undefined };
  for (let series = 0; series < count; series++) {
    const colour = colours[series] ?? (palette.data[1] as string);
    if (series === 0) {
      rects.fillStyle = withAlpha(colour, palette.area);
      stepColumns(areaRects(rects, Math.round(base)), grid, first, place, y);
    }
    rects.fillStyle = colour;
    if (pixels) rasterSteps(pixels, grid, first + series, inPixels, rows, look);
    else stepColumns(lineRects(rects, LINE_PX), grid, first + series, place, y);
  }
}

/** The greatest value of its range. */
export function drawCounterLabel(ink: CounterInk, range: ValueRange, box: CounterRowBox, palette: Palette, font: string): void {
  const text = formatAxisValue(range.high);
  ink.font = font;
  ink.textAlign = 'left';
  ink.textBaseline = 'middle';
  ink.fillStyle = withAlpha(palette.well, 0.7);
  ink.fillRect(box.left + 4, box.top + 2, ink.measureText(text).width + 8, 12);
  ink.fillStyle = palette.text3;
  ink.fillText(text, box.left + 8, box.top + 8.5);
}
