/**
 * The step lines of many series, written straight into pixels: what `stepColumns` and `lineRects` draw piece by piece, without a call for
 * each of them. Two hundred series have a hundred thousand pieces in a picture.
 */
import type { ColumnLines, ColumnPlace } from './column-lines.ts';
import type { PixelInk } from './pixel-ink.ts';

/** From values to pixels of the screen: `top + (high - value) * scale`, or any other way. */
export type ValuePlace = { readonly top: number; readonly high: number; readonly scale: number } | ((value: number) => number);

export interface StepLook {
  /** Pixels of the screen. */
  readonly thickness: number;
  /** Lengths of a piece and of the gap behind it, in pixels of the screen. What is upright is whole: no value is lost in a gap. */
  readonly dash: readonly [on: number, off: number] | undefined;
}

/** Where there is no value. */
const NONE = -0x40000000;
/** Far outside of any picture, and far from the end of whole numbers. */
const FARTHEST = 1e6;
/** Rows of pixels: least, greatest and last value of each column. Kept from series to series. */
let rows = new Int32Array(0);

/** In the ink's colour, without its opacity. `place`: in pixels of the screen. */
export function rasterSteps(ink: PixelInk, lines: ColumnLines, series: number, place: ColumnPlace, value: ValuePlace, look: StepLook): void {
  const { columns } = lines;
  if (rows.length < columns * 3) rows = new Int32Array(columns * 3);
  if (typeof value === 'function') rowsBy(lines, series, ink.top, value);
  else rowsOf(lines, series, value.top - ink.top, value.high, value.scale);
  fillRows(ink, columns, place.left - ink.left, place.columnPx, place.endX - ink.left, look);
}

/** Hot: every column of every series. */
function rowsOf({ y, columns }: ColumnLines, series: number, top: number, high: number, scale: number): void {
  for (let p = series * columns * 4 + 1, end = p + columns * 4, r = 0; p < end; p += 4, r += 3) {
    rows[r] = rowOf(top + (high - (y[p] as number)) * scale);
    rows[r + 1] = rowOf(top + (high - (y[p + 1] as number)) * scale);
    rows[r + 2] = rowOf(top + (high - (y[p + 2] as number)) * scale);
  }
}

function rowsBy({ y, columns }: ColumnLines, series: number, top: number, rowAt: (value: number) => number): void {
  for (let p = series * columns * 4 + 1, end = p + columns * 4, r = 0; p < end; p += 4, r += 3) {
    for (let k = 0; k < 3; k++) {
      const value = y[p + k] as number;
      rows[r + k] = Number.isNaN(value) ? NONE : rowOf(rowAt(value) - top);
    }
  }
}

const rowOf = (row: number): number => (row > FARTHEST ? FARTHEST : row >= -FARTHEST ? Math.round(row) : row < 0 ? -FARTHEST : NONE);

function fillRows(ink: PixelInk, columns: number, left: number, columnPx: number, endX: number, { thickness, dash }: StepLook): void {
  let isDrawn = false;
  let penX = 0;
  let penY = 0;
  for (let c = 0, r = 0; c < columns; c++, r += 3) {
    const least = rows[r] as number;
    const greatest = rows[r + 1] as number;
    const last = rows[r + 2] as number;
    if (isDrawn && least === penY && greatest === penY && last === penY) continue;
    if (!isDrawn && least === NONE) continue;
    const x = Math.round(left + c * columnPx);
    if (least !== NONE) {
      // Rows grow downwards: the least value lies lowest.
      let low = Math.max(least, greatest);
      let high = Math.min(least, greatest);
      if (last !== NONE) {
        if (last > low) low = last;
        if (last < high) high = last;
      }
      if (isDrawn) {
        if (x > penX) level(ink, penX, x, penY, thickness, dash);
        if (penY > low) low = penY;
        if (penY < high) high = penY;
      }
      upright(ink, x, high, low, thickness);
      penX = x;
    } else level(ink, penX, x, penY, thickness, dash);
    isDrawn = last !== NONE;
    penY = last;
  }
  if (isDrawn) level(ink, penX, Math.round(endX), penY, thickness, dash);
}

/** From before column `from` to before column `to`. */
function level(ink: PixelInk, from: number, to: number, row: number, thickness: number, dash: StepLook['dash']): void {
  const { pixels, width, solid } = ink;
  const x0 = Math.max(0, from);
  const x1 = Math.min(width, to);
  const y0 = Math.max(0, row - (thickness >> 1));
  const y1 = Math.min(ink.height, row + ((thickness + 1) >> 1));
  const period = dash ? dash[0] + dash[1] : 0;
  for (let y = y0; y < y1; y++) {
    const start = y * width;
    for (let x = x0; x < x1; x++) if (!dash || (x + ink.left) % period < dash[0]) pixels[start + x] = solid;
  }
}

/** From row `high` to row `low`, both included. */
function upright(ink: PixelInk, x: number, high: number, low: number, thickness: number): void {
  const { pixels, width, solid } = ink;
  const half = thickness >> 1;
  const y0 = Math.max(0, high - half);
  const y1 = Math.min(ink.height, low + ((thickness + 1) >> 1));
  const x1 = Math.min(width, x + ((thickness + 1) >> 1));
  for (let column = Math.max(0, x - half); column < x1; column++) {
    for (let y = y0, at = y0 * width + column; y < y1; y++, at += width) pixels[at] = solid;
  }
}
