/** What lies beside calls: pills of async slices, moments, lives of objects, and what happened to a thread as a whole. */
import { formatDuration } from '../format.ts';
import { type Palette, withAlpha } from '../palette.ts';
import type { RectInk } from '../pixel-ink.ts';
import { Flag, type ItemOrder, type Items, type Placement, RowKind, type RowPlaces } from './items.ts';

export type MarkInk = Pick<
  CanvasRenderingContext2D,
  | 'fillStyle'
  | 'strokeStyle'
  | 'lineWidth'
  | 'font'
  | 'textAlign'
  | 'textBaseline'
  | 'fillRect'
  | 'fillText'
  | 'measureText'
  | 'beginPath'
  | 'moveTo'
  | 'lineTo'
  | 'closePath'
  | 'arc'
  | 'roundRect'
  | 'setLineDash'
  | 'fill'
  | 'stroke'
>;

/** Wider pills have round ends; narrower ones are marks. */
const PILL_FROM_PX = 6;
/** So many a colour are drawn as pills: a path of thousands takes longer than a frame. */
const MOST_PILLS = 400;

/** Async slices that are rectangles: merged runs, those too narrow for a pill or too many for one each, and where they ran. */
export function drawLaneRects(ink: RectInk, items: Items, order: ItemOrder, rows: RowPlaces, placement: Placement, palette: Palette, rowPx: number): void {
  const { row, merged, busy, flags } = items;
  const high = rowPx - 3;
  for (let colour = 1; colour <= 9; colour++) {
    const strong = palette.data[colour] as string;
    const ran = withAlpha(strong, 0.5);
    const line = withAlpha(strong, 0.8);
    const tints = Array.from({ length: BUSY_STEPS + 1 }, (_, step) => withAlpha(strong, 0.15 + 0.5 * (step / BUSY_STEPS)));
    eachOfLane(items, order, placement, rowPx, colour, (k, _start, from, width, isPill) => {
      if (isPill) return;
      const y = (rows.y[row[k] as number] as number) + 0.5;
      if (((flags[k] as number) & Flag.RUN) !== 0) {
        ink.fillStyle = ran;
        ink.fillRect(from, y + high - 4, Math.max(1, width), 3);
      } else if ((merged[k] as number) > 1) {
        ink.fillStyle = tints[Math.round(Math.min(1, busy[k] as number) * BUSY_STEPS)] as string;
        ink.fillRect(from, y + 2, Math.max(1, width + 1), high - 4);
      } else {
        ink.fillStyle = line;
        ink.fillRect(from, y + 2, Math.max(1, width), high - 4);
      }
    });
  }
}
const BUSY_STEPS = 16;

/** The other async slices: tint and outline in their colour, a dot at the start, dashed while pending. Over the rectangles. */
export function drawPills(ink: MarkInk, items: Items, order: ItemOrder, rows: RowPlaces, placement: Placement, palette: Palette, rowPx: number): void {
  const { row, flags } = items;
  const high = rowPx - 3;
  for (let colour = 1; colour <= 9; colour++) {
    const strong = palette.data[colour] as string;
    const tint = withAlpha(strong, 0.13);
    const line = withAlpha(strong, 0.8);
    eachOfLane(items, order, placement, rowPx, colour, (k, start, from, width, isPill) => {
      if (!isPill) return;
      const y = (rows.y[row[k] as number] as number) + 0.5;
      ink.beginPath();
      ink.roundRect(from + 0.5, y, width - 1, high - 1, Math.min(high / 2, width / 2));
      ink.fillStyle = tint;
      ink.fill();
      ink.strokeStyle = line;
      ink.lineWidth = 1;
      const isOpen = ((flags[k] as number) & Flag.OPEN) !== 0;
      if (isOpen) ink.setLineDash(DASH);
      ink.stroke();
      if (isOpen) ink.setLineDash(NO_DASH);
      if (start >= placement.left && width > high) {
        ink.fillStyle = strong;
        ink.beginPath();
        ink.arc(from + high / 2, y + high / 2 - 0.5, 2.5, 0, Math.PI * 2);
        ink.fill();
      }
    });
  }
}

function eachOfLane(
  items: Items,
  order: ItemOrder,
  placement: Placement,
  rowPx: number,
  colour: number,
  visit: (item: number, start: number, from: number, width: number, isPill: boolean) => void,
): void {
  const { x0, x1, merged, flags } = items;
  const { scale, shift, left, right } = placement;
  let pills = 0;
  for (let place = order.first(RowKind.LANE, colour); place < order.behind(RowKind.LANE, colour); place++) {
    const k = order.at(place);
    const start = (x0[k] as number) * scale + shift;
    const from = Math.max(left - rowPx, start);
    const width = Math.min(right + rowPx, (x1[k] as number) * scale + shift) - from - 1;
    const isPill = ((flags[k] as number) & Flag.RUN) === 0 && merged[k] === 1 && width >= PILL_FROM_PX && pills < MOST_PILLS;
    if (isPill) pills += 1;
    visit(k, start, from, width, isPill);
  }
}
const DASH = [3, 2];
const NO_DASH: number[] = [];

/** Moments: a disc each, a bar where several share a pixel, a diamond in the colour of errors where one is an exception. */
export function drawInstants(ink: MarkInk, items: Items, order: ItemOrder, rows: RowPlaces, placement: Placement, palette: Palette, trackPx: number): void {
  const { row, x0, merged, flags } = items;
  const { scale, shift } = placement;
  const middle = trackPx / 2;
  for (let colour = 1; colour <= 9; colour++) {
    ink.fillStyle = palette.data[colour] as string;
    for (let place = order.first(RowKind.INSTANTS, colour); place < order.behind(RowKind.INSTANTS, colour); place++) {
      const k = order.at(place);
      if (((flags[k] as number) & Flag.ERROR) !== 0) continue;
      const x = (x0[k] as number) * scale + shift;
      const y = (rows.y[row[k] as number] as number) + middle;
      const many = Math.min(5, 2 + Math.log2(merged[k] as number));
      if ((merged[k] as number) > 1) ink.fillRect(x - 1, y - many, 2, many * 2);
      else ink.fillRect(x - 1.5, y - 4, 3, 8);
    }
  }
  ink.fillStyle = palette.error;
  ink.beginPath();
  let any = false;
  for (let place = order.first(RowKind.INSTANTS, 1); place < order.behind(RowKind.INSTANTS, 9); place++) {
    const k = order.at(place);
    if (((flags[k] as number) & Flag.ERROR) === 0) continue;
    any = true;
    diamond(ink, (x0[k] as number) * scale + shift, (rows.y[row[k] as number] as number) + middle, 5);
  }
  if (any) ink.fill();
}

function diamond(ink: MarkInk, x: number, y: number, size: number): void {
  ink.moveTo(x, y - size);
  ink.lineTo(x + size, y);
  ink.lineTo(x, y + size);
  ink.lineTo(x - size, y);
  ink.closePath();
}

/**
 * Lives of objects: a bar from birth to end, an upright at birth, a cross at the end, a diamond for each snapshot. Items of an object's
 * row are its life (a slice) and its snapshots (moments). `chosen` has a plate.
 */
export function drawObjects(ink: MarkInk, items: Items, order: ItemOrder, rows: RowPlaces, placement: Placement, palette: Palette, trackPx: number): void {
  const { row, x0, x1, merged, flags } = items;
  const { scale, shift, left, right } = placement;
  for (let colour = 1; colour <= 9; colour++) {
    const first = order.first(RowKind.OBJECT, colour);
    const behind = order.behind(RowKind.OBJECT, colour);
    if (first === behind) continue;
    const strong = palette.data[colour] as string;
    for (let place = first; place < behind; place++) {
      const k = order.at(place);
      if (((flags[k] as number) & Flag.INSTANT) !== 0) continue;
      const start = (x0[k] as number) * scale + shift;
      const end = (x1[k] as number) * scale + shift;
      const from = Math.max(left, start);
      const to = Math.min(right, end);
      const y = (rows.y[row[k] as number] as number) + trackPx / 2;
      ink.fillStyle = withAlpha(strong, 0.2);
      ink.fillRect(from, y - 3, Math.max(1, to - from), 6);
      ink.fillStyle = withAlpha(strong, 0.75);
      ink.fillRect(from, y - 0.5, Math.max(1, to - from), 1);
      ink.fillStyle = strong;
      if (start >= left) ink.fillRect(start, y - 6, 2, 12);
      if (((flags[k] as number) & Flag.OPEN) === 0 && end <= right) {
        ink.strokeStyle = strong;
        ink.lineWidth = 1.5;
        ink.beginPath();
        ink.moveTo(end - 3.5, y - 3.5);
        ink.lineTo(end + 3.5, y + 3.5);
        ink.moveTo(end + 3.5, y - 3.5);
        ink.lineTo(end - 3.5, y + 3.5);
        ink.stroke();
      }
    }
    // Halos, then diamonds: neighbours do not eat each other. Many in a pixel are one upright.
    ink.fillStyle = palette.well;
    ink.beginPath();
    for (let place = first; place < behind; place++) {
      const k = order.at(place);
      if (((flags[k] as number) & Flag.INSTANT) !== 0 && merged[k] === 1)
        diamond(ink, (x0[k] as number) * scale + shift, (rows.y[row[k] as number] as number) + trackPx / 2, 5.5);
    }
    ink.fill();
    ink.fillStyle = strong;
    ink.beginPath();
    for (let place = first; place < behind; place++) {
      const k = order.at(place);
      if (((flags[k] as number) & Flag.INSTANT) === 0) continue;
      const x = (x0[k] as number) * scale + shift;
      const y = (rows.y[row[k] as number] as number) + trackPx / 2;
      if (merged[k] === 1) diamond(ink, x, y, 3.7);
      else ink.fillRect(x, y - 4, Math.max(1.5, ((x1[k] as number) - (x0[k] as number)) * scale), 8);
    }
    ink.fill();
  }
}

/** Extent of a thread below its strip: what befell the whole thread is tinted through it. By row of the strip. */
export interface ThreadExtent {
  readonly top: number;
  readonly height: number;
}

const LOOP_BAR_PX = 3.5;
const WORDS_FROM_PX = 70;
/** A blocked loop is tinted through the thread, a collection a little stronger. */
const LOOP_TINT = 0.05;
const GC_TINT = 0.09;

/** Blocked event loops: a bar in the strip over a thread, its length in words, a tint through the thread. Call it before slices are drawn. */
export function drawBlocked(
  ink: MarkInk,
  items: Items,
  order: ItemOrder,
  rows: RowPlaces,
  placement: Placement,
  palette: Palette,
  extentOf: (row: number) => ThreadExtent | undefined,
): void {
  eachSpan(items, order, placement, RowKind.LOOP, (k, from, width) => {
    const extent = extentOf(items.row[k] as number);
    ink.fillStyle = withAlpha(palette.blocked, LOOP_TINT);
    if (extent) ink.fillRect(from, extent.top, width, extent.height);
    ink.fillStyle = palette.blocked;
    ink.fillRect(from, (rows.y[items.row[k] as number] as number) + 3, width, LOOP_BAR_PX);
  });
}

/** Collections: hatched in the strip over a thread, tinted through it. Call it before slices are drawn. */
export function drawCollections(
  ink: MarkInk,
  items: Items,
  order: ItemOrder,
  rows: RowPlaces,
  placement: Placement,
  palette: Palette,
  hatch: CanvasPattern | string,
  extentOf: (row: number) => ThreadExtent | undefined,
): void {
  eachSpan(items, order, placement, RowKind.GC, (k, from, width) => {
    const extent = extentOf(items.row[k] as number);
    ink.fillStyle = withAlpha(palette.gc, GC_TINT);
    if (extent) ink.fillRect(from, extent.top, width, extent.height);
    const y = rows.y[items.row[k] as number] as number;
    ink.fillStyle = withAlpha(palette.gc, 0.25);
    ink.fillRect(from, y, width, GC_PX);
    ink.fillStyle = width > 3 ? hatch : palette.gc;
    ink.fillRect(from, y, width, GC_PX);
  });
}
export const GC_PX = 8;

function eachSpan(items: Items, order: ItemOrder, placement: Placement, kind: number, draw: (item: number, from: number, width: number) => void): void {
  const { scale, shift, left, right } = placement;
  for (let place = order.first(kind, 1); place < order.behind(kind, 9); place++) {
    const k = order.at(place);
    const from = Math.max(left, (items.x0[k] as number) * scale + shift);
    const to = Math.min(right, (items.x1[k] as number) * scale + shift);
    draw(k, from, Math.max(1, to - from));
  }
}

/** "loop blocked 194 ms", where there is room for it. */
export function drawBlockedWords(
  ink: MarkInk,
  items: Items,
  order: ItemOrder,
  rows: RowPlaces,
  placement: Placement,
  palette: Palette,
  font: string,
  pixelNs: number,
): void {
  ink.font = font;
  ink.textAlign = 'left';
  ink.textBaseline = 'middle';
  eachSpan(items, order, placement, RowKind.LOOP, (k, from, width) => {
    if (width < WORDS_FROM_PX || items.merged[k] !== 1) return;
    const whole = (items.x0[k] as number) >= 0;
    const text = whole ? `loop blocked ${formatDuration(((items.x1[k] as number) - (items.x0[k] as number)) * pixelNs)}` : 'loop blocked';
    const wide = ink.measureText(text).width + 8;
    if (wide > width - 8) return;
    const y = (rows.y[items.row[k] as number] as number) + 7;
    ink.fillStyle = palette.well;
    ink.fillRect(from + 6, y - 6, wide, 13);
    ink.fillStyle = palette.blocked;
    ink.fillText(text, from + 10, y);
  });
}
