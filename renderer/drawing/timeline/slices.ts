/**
 * Calls and slices: a quiet body with a strong leading edge, the exact start. Everything that is one colour is drawn in a row, since
 * a change of colour costs more than a rectangle. Names are written by `slice-labels.ts`.
 */
import { type Palette, withAlpha } from '../palette.ts';
import type { RectInk } from '../pixel-ink.ts';
import { Flag, type ItemOrder, type Items, type Placement, RowKind, type RowPlaces } from './items.ts';

export type SliceInk = Pick<
  CanvasRenderingContext2D,
  'fillStyle' | 'strokeStyle' | 'lineWidth' | 'fillRect' | 'strokeRect' | 'beginPath' | 'moveTo' | 'lineTo' | 'closePath' | 'fill'
>;

export interface SliceLook {
  readonly palette: Palette;
  /** Height of a row; a slice leaves one pixel of it free. */
  readonly rowPx: number;
  /** Columns of one pixel, every second one free, in a colour: a pattern. */
  readonly stripes: (colour: string) => CanvasPattern | string;
  /** Draw what carries no HIT flag pale. */
  readonly dimOthers: boolean;
}

const EDGE_PX = 2;
const FADE_PX = 28;
const CORNER_PX = 10;
/** From here on a slice has rounded corners, and a body of its own. */
const ROUND_FROM_PX = 6;
const FOLDED_PX = 9;

/** Merged runs, bodies and edges, colour by colour. */
export function drawSlices(ink: RectInk, items: Items, order: ItemOrder, rows: RowPlaces, placement: Placement, look: SliceLook): void {
  drawKind(ink, items, order, rows, placement, look, RowKind.SLICES, look.rowPx - 1, 0);
  drawKind(ink, items, order, rows, placement, look, RowKind.FOLDED, FOLDED_PX, (look.rowPx - FOLDED_PX) / 2);
}

function drawKind(
  ink: RectInk,
  items: Items,
  order: ItemOrder,
  rows: RowPlaces,
  placement: Placement,
  look: SliceLook,
  kind: number,
  height: number,
  inset: number,
): void {
  for (let colour = 1; colour <= 9; colour++) {
    const first = order.first(kind, colour);
    const behind = order.behind(kind, colour);
    if (first === behind) continue;
    if (!look.dimOthers) {
      drawColour(ink, items, order, rows, placement, look, colour, first, behind, height, inset, 0, 0);
      continue;
    }
    ink.globalAlpha = look.palette.dim;
    drawColour(ink, items, order, rows, placement, look, colour, first, behind, height, inset, Flag.HIT, 0);
    ink.globalAlpha = 1;
    drawColour(ink, items, order, rows, placement, look, colour, first, behind, height, inset, Flag.HIT, Flag.HIT);
  }
}

/** Items whose flags under `mask` are `wanted`. Four passes, each of one colour: tint of runs, columns of runs, bodies, edges. */
function drawColour(
  ink: RectInk,
  items: Items,
  order: ItemOrder,
  rows: RowPlaces,
  placement: Placement,
  look: SliceLook,
  colour: number,
  first: number,
  behind: number,
  height: number,
  inset: number,
  mask: number,
  wanted: number,
): void {
  const { row, x0, x1, merged, busy, flags } = items;
  const { scale, shift, left, right } = placement;
  const strong = look.palette.data[colour] as string;
  const body = look.palette.fill[colour] as string;
  let runs = 0;
  ink.fillStyle = withAlpha(strong, 0.2);
  for (let place = first; place < behind; place++) {
    const k = order.at(place);
    if ((merged[k] as number) === 1 || ((flags[k] as number) & mask) !== wanted) continue;
    runs += 1;
    const from = Math.max(left, (x0[k] as number) * scale + shift);
    const to = Math.min(right, (x1[k] as number) * scale + shift);
    ink.fillRect(from, (rows.y[row[k] as number] as number) + inset, Math.max(1, to - from), height);
  }
  if (runs > 0) {
    ink.fillStyle = look.stripes(strong);
    for (let place = first; place < behind; place++) {
      const k = order.at(place);
      if ((merged[k] as number) === 1 || ((flags[k] as number) & mask) !== wanted) continue;
      const from = Math.max(left, (x0[k] as number) * scale + shift);
      const to = Math.min(right, (x1[k] as number) * scale + shift);
      const high = Math.max(2, Math.round(height * (busy[k] as number)));
      ink.fillRect(from, (rows.y[row[k] as number] as number) + inset + height - high, Math.max(1, to - from), high);
    }
  }
  ink.fillStyle = body;
  for (let place = first; place < behind; place++) {
    const k = order.at(place);
    if ((merged[k] as number) !== 1 || ((flags[k] as number) & mask) !== wanted) continue;
    const from = Math.max(left, (x0[k] as number) * scale + shift);
    const to = Math.min(right, (x1[k] as number) * scale + shift);
    const width = to - from;
    if (width < 2) continue;
    const y = (rows.y[row[k] as number] as number) + inset;
    const wide = width - 1;
    if (((flags[k] as number) & Flag.OPEN) !== 0) {
      // The last pixels fade, since it goes on: drawn with the edges below.
      const solid = wide - Math.min(FADE_PX, wide);
      if (solid > 0) ink.fillRect(from, y, solid, height);
      continue;
    }
    if (wide < ROUND_FROM_PX) ink.fillRect(from, y, wide, height);
    else {
      ink.fillRect(from, y + 1, wide, height - 2);
      ink.fillRect(from, y, wide - 1, 1);
      ink.fillRect(from, y + height - 1, wide - 1, 1);
    }
  }
  ink.fillStyle = strong;
  for (let place = first; place < behind; place++) {
    const k = order.at(place);
    if ((merged[k] as number) !== 1 || ((flags[k] as number) & mask) !== wanted) continue;
    const start = (x0[k] as number) * scale + shift;
    const to = Math.min(right, (x1[k] as number) * scale + shift);
    const y = (rows.y[row[k] as number] as number) + inset;
    const width = to - Math.max(left, start);
    if (((flags[k] as number) & Flag.OPEN) !== 0 && width >= 2) drawFade(ink, Math.max(left, start), to, y, height, body, strong);
    // Cut by the left side: where it began cannot be seen, so it has no edge.
    if (start < left - 0.5) {
      if (width < 2) ink.fillRect(left, y, Math.max(1, width), height);
      continue;
    }
    ink.fillRect(start, y, width < 1 ? 1 : Math.min(EDGE_PX, width), height);
  }
}

/** The end of what has not ended: it fades, and the edge at now is dotted. Few at a time, so each may cost a gradient. */
function drawFade(ink: RectInk, from: number, to: number, y: number, height: number, body: string, strong: string): void {
  const wide = to - from - 1;
  const fade = Math.min(FADE_PX, wide);
  const gradient = ink.createLinearGradient(to - 1 - fade, 0, to - 1, 0);
  gradient.addColorStop(0, body);
  gradient.addColorStop(1, withAlpha(strong, 0.28));
  ink.fillStyle = gradient;
  ink.fillRect(to - 1 - fade, y, fade, height);
  ink.fillStyle = strong;
  for (let dot = 0; dot < height; dot += 4) ink.fillRect(to - 2.5, y + dot, 1.5, 2);
}

/** Corners of what threw, over the bodies: one path. Of a run too, so that an exception is seen from afar. */
export function drawErrors(ink: SliceInk, items: Items, order: ItemOrder, rows: RowPlaces, placement: Placement, look: SliceLook): void {
  const { row, x0, x1, flags } = items;
  const { scale, shift, left, right } = placement;
  ink.fillStyle = look.palette.error;
  ink.beginPath();
  let any = false;
  for (const kind of [RowKind.SLICES, RowKind.FOLDED, RowKind.LANE]) {
    for (let place = order.first(kind, 1); place < order.behind(kind, 9); place++) {
      const k = order.at(place);
      if (((flags[k] as number) & Flag.ERROR) === 0) continue;
      any = true;
      const from = Math.max(left, (x0[k] as number) * scale + shift);
      const to = Math.min(right, (x1[k] as number) * scale + shift);
      const y = rows.y[row[k] as number] as number;
      const width = to - from - 1;
      if (width < 6) {
        // Too narrow for a corner: a mark that sticks out a little, so that it can be found.
        ink.fillRect(from - 1, y - 1, 3, 5);
        continue;
      }
      const corner = Math.min(CORNER_PX, width, look.rowPx - 1);
      ink.moveTo(to - 1 - corner, y);
      ink.lineTo(to - 1, y);
      ink.lineTo(to - 1, y + corner);
      ink.closePath();
    }
  }
  if (any) ink.fill();
}

/** A blocked loop is a bar with its words: all of its strip. */
const LOOP_RING_PX = 13;

/** Outlines: hits of a search, slices of the same name (a line below), and the ring of the selected one. */
export function drawOutlines(
  ink: SliceInk,
  items: Items,
  order: ItemOrder,
  rows: RowPlaces,
  placement: Placement,
  look: SliceLook,
  chosen: { readonly hits: boolean; readonly name: number; readonly otherName: number; readonly ref: number },
): void {
  const { row, x0, x1, name, flags, ref, merged } = items;
  const { scale, shift, left, right } = placement;
  const { palette, rowPx } = look;
  let ringX = Number.NaN;
  let ringY = 0;
  let ringWidth = 0;
  let ringHigh = 0;
  for (const kind of [RowKind.SLICES, RowKind.LANE, RowKind.LOOP]) {
    const high = kind === RowKind.LOOP ? LOOP_RING_PX : rowPx - 1;
    for (let place = order.first(kind, 1); place < order.behind(kind, 9); place++) {
      const k = order.at(place);
      const isHit = chosen.hits && ((flags[k] as number) & Flag.HIT) !== 0;
      const isSame = kind !== RowKind.LOOP && (merged[k] as number) === 1 && name[k] !== 0 && (name[k] === chosen.name || name[k] === chosen.otherName);
      const isChosen = chosen.ref !== 0 && ref[k] === chosen.ref;
      if (!isHit && !isSame && !isChosen) continue;
      const from = Math.max(left, (x0[k] as number) * scale + shift);
      const width = Math.max(1, Math.min(right, (x1[k] as number) * scale + shift) - from - 1);
      const y = rows.y[row[k] as number] as number;
      if (isSame) {
        ink.fillStyle = palette.accent;
        ink.fillRect(from, y + high - 1.5, width, 1.5);
      }
      if (isHit) {
        ink.strokeStyle = palette.searchHit;
        ink.lineWidth = 2;
        if (width > 3) ink.strokeRect(from + 1, y + 1, width - 2, high - 2);
        else {
          ink.fillStyle = palette.searchHit;
          ink.fillRect(from - 0.5, y, Math.max(2, width + 1), high);
        }
      }
      if (isChosen) {
        ringX = from;
        ringY = y;
        ringWidth = width + 1;
        ringHigh = high;
      }
    }
  }
  if (!Number.isNaN(ringX)) drawRing(ink, palette, ringX, ringY, ringWidth, ringHigh);
}

/** A seam in the colour of the ground, and the ring of what is selected. */
export function drawRing(ink: SliceInk, palette: Palette, x: number, y: number, width: number, height: number): void {
  ink.strokeStyle = palette.seam;
  ink.lineWidth = 3.5;
  ink.strokeRect(x - 0.5, y - 0.5, width, height + 1);
  ink.strokeStyle = palette.accent;
  ink.lineWidth = 1.75;
  ink.strokeRect(x - 0.5, y - 0.5, width, height + 1);
}
