/** A counter among the tracks: its series as step lines, an area under the first, the greatest value of what is seen. */
import { keepRange, niceRange, type ValueRange } from '../axis-range.ts';
import { type ColumnLines, type ColumnPlace, stepColumns } from '../column-lines.ts';
import { formatAxisValue } from '../format.ts';
import { drawTails, type LinesInPixels, layerColumns } from '../line-layer.ts';
import { type Palette, withAlpha } from '../palette.ts';
import type { PixelInk } from '../pixel-ink.ts';
import type { PixelBox } from '../pixel-layer.ts';
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

const columnsOf = ({ grid }: RowLines, box: CounterRowBox, ratio: number): ColumnPlace => {
  const scale = ((box.right - box.left) / (box.toNs - box.fromNs)) * ratio;
  return {
    left: box.left * ratio + (grid.fromNs - box.fromNs) * scale,
    columnPx: ((grid.toNs - grid.fromNs) / grid.columns) * scale,
    // A value holds until now.
    endX: box.left * ratio + (Math.min(box.toNs, box.endNs) - box.fromNs) * scale,
  };
};

function drawBase(rects: Pick<CounterInk, 'fillStyle' | 'fillRect'>, box: CounterRowBox, palette: Palette): void {
  rects.fillStyle = palette.grid;
  rects.fillRect(box.left, box.top + box.height - BOTTOM_PX, box.right - box.left, 1);
}

/** Its lines; what lies outside of the box is cut off by whom the rectangles go to. */
export function drawCounterLines(
  rects: Pick<CounterInk, 'fillStyle' | 'fillRect'>,
  lines: RowLines,
  range: ValueRange,
  box: CounterRowBox,
  colours: readonly string[],
  palette: Palette,
): void {
  const { grid, first, count } = lines;
  drawBase(rects, box, palette);
  const place = columnsOf(lines, box, 1);
  const y = (value: number) => valueY(value, range, box);
  for (let series = 0; series < count; series++) {
    const colour = colours[series] ?? (palette.data[1] as string);
    if (series === 0) {
      rects.fillStyle = withAlpha(colour, palette.area);
      stepColumns(areaRects(rects, Math.round(box.top + box.height - BOTTOM_PX)), grid, first, place, y);
    }
    rects.fillStyle = colour;
    stepColumns(lineRects(rects, LINE_PX), grid, first + series, place, y);
  }
}

/** The same as pixels that stay while the view moves: of many series, lines take longer than all else (`LineLayer`). */
export function drawCounterLayer(
  ink: Pick<CounterInk, 'fillStyle' | 'fillRect'>,
  layer: (place: PixelBox, of: LinesInPixels, paint: (ink: PixelInk) => void) => void,
  lines: RowLines,
  range: ValueRange,
  box: CounterRowBox,
  colours: readonly string[],
  palette: Palette,
  ratio: number,
): void {
  const { grid, first, count } = lines;
  drawBase(ink, box, palette);
  const at = columnsOf(lines, box, ratio);
  const { columnPx, width, left, right } = layerColumns(at, grid.columns, ratio);
  const height = Math.max(1, Math.round(box.height * ratio));
  const colourOf = (series: number) => colours[series - first] ?? (palette.data[1] as string);
  const look = `${first} ${count} ${range.low} ${range.high} ${palette.well} ${colours.join()}`;
  layer({ left, top: box.top, right, bottom: box.top + height / ratio }, { lines: grid, width, height, look }, (pixels) => {
    const inRow = { ...box, top: 0 };
    const rows = { top: TOP_PX * ratio, high: range.high, scale: ((box.height - TOP_PX - BOTTOM_PX) * ratio) / (range.high - range.low) };
    const inLayer = { left: 0, columnPx, endX: width };
    for (let series = first; series < first + count; series++) {
      if (series === first) {
        pixels.fillStyle = withAlpha(colourOf(series), palette.area);
        stepColumns(areaRects(pixels, Math.round((box.height - BOTTOM_PX) * ratio)), grid, series, inLayer, (value) => valueY(value, range, inRow) * ratio);
      }
      pixels.fillStyle = colourOf(series);
      rasterSteps(pixels, grid, series, inLayer, rows, { thickness: columnPx, dash: undefined });
    }
  });
  drawTails(ink, grid, [first, first + count], at, ratio, (value) => valueY(value, range, box) * ratio, colourOf);
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
