/**
 * Calls and slices: a quiet body with a strong leading edge, the exact start. Everything that is one colour is drawn in a row, since
 * a change of colour costs more than a rectangle. Names are written by `slice-labels.ts`.
 */
import { type Palette, withAlpha } from '../palette.ts';
import { Flag, type ItemOrder, type Items, type Placement, RowKind, type RowPlaces } from './items.ts';

export type SliceInk = Pick<
  CanvasRenderingContext2D,
  | 'fillStyle'
  | 'strokeStyle'
  | 'lineWidth'
  | 'globalAlpha'
  | 'fillRect'
  | 'strokeRect'
  | 'beginPath'
  | 'moveTo'
  | 'lineTo'
  | 'closePath'
  | 'fill'
  | 'createLinearGradient'
>;

export interface SliceLook {
  readonly palette: Palette;
  /** Height of a row; a slice leaves one pixel of it free. */
  readonly rowPx: number;
  /** Every second column of pixels, nearly in the colour of the ground: a pattern. */
  readonly seams: CanvasPattern | string;
  /** Draw what carries no HIT flag pale. */
  readonly dimOthers: boolean;
}

const EDGE_PX = 2;
const FADE_PX = 28;
const CORNER_PX = 10;
/** From here on a slice has rounded corners, and a body of its own. */
const ROUND_FROM_PX = 6;
const FOLDED_PX = 9;
/** Of runs: their ground, and their columns. The seams take a part of both. */
const TINT = 0.3;
const COLUMNS = 0.85;
/** More grounds of runs that differ in colour are one in grey: among so many columns their colours are not seen, and frames would take twice as long. */
const MOST_TINTS = 2500;
/** A narrower run has no columns that could be told apart. */
const SEAMS_FROM_PX = 4;

/** What is drawn of each colour: of runs of many slices, and of single ones. */
type Draw = (this: void, shared: Shared, colour: number, first: number, behind: number, mask: number, wanted: number) => void;

interface Shared {
  readonly ink: SliceInk;
  readonly items: Items;
  readonly order: ItemOrder;
  readonly rows: RowPlaces;
  readonly placement: Placement;
  readonly look: SliceLook;
  readonly height: number;
  readonly inset: number;
}

/** Merged runs, bodies and edges, colour by colour. */
export function drawSlices(ink: SliceInk, items: Items, order: ItemOrder, rows: RowPlaces, placement: Placement, look: SliceLook): void {
  const shared = { ink, items, order, rows, placement, look };
  const slices = { ...shared, height: look.rowPx - 1, inset: 0 };
  const folded = { ...shared, height: FOLDED_PX, inset: (look.rowPx - FOLDED_PX) / 2 };
  // One pattern for all runs that touch: a rectangle with a pattern costs as much as seven of one colour, and there may be thousands of runs.
  const { all, byColour } = spansOfRuns(items, order, rows, placement);
  const tint = look.dimOthers ? TINT * look.palette.dim : TINT;
  const isCrowded = byColour.reduce((sum, spans) => sum + spans.count, 0) > MOST_TINTS;
  for (const [colour, spans] of isCrowded ? [[9, all] as const] : byColour.entries()) {
    if (spans.count === 0) continue;
    ink.fillStyle = withAlpha(look.palette.data[colour] as string, tint);
    spans.fill(ink, rows, look.rowPx, 0);
  }
  drawKind(slices, RowKind.SLICES, drawRuns);
  drawKind(folded, RowKind.FOLDED, drawRuns);
  ink.fillStyle = look.seams;
  all.fill(ink, rows, look.rowPx, SEAMS_FROM_PX);
  drawKind(slices, RowKind.SLICES, drawSingles);
  drawKind(folded, RowKind.FOLDED, drawSingles);
}

function drawKind(shared: Shared, kind: number, draw: Draw): void {
  const { ink, order, look } = shared;
  for (let colour = 1; colour <= 9; colour++) {
    const first = order.first(kind, colour);
    const behind = order.behind(kind, colour);
    if (first === behind) continue;
    if (!look.dimOthers) {
      draw(shared, colour, first, behind, 0, 0);
      continue;
    }
    ink.globalAlpha = look.palette.dim;
    draw(shared, colour, first, behind, Flag.HIT, 0);
    ink.globalAlpha = 1;
    draw(shared, colour, first, behind, Flag.HIT, Flag.HIT);
  }
}

/** Runs whose flags under `mask` are `wanted`: as high as their share of time, what will be columns. */
function drawRuns(shared: Shared, colour: number, first: number, behind: number, mask: number, wanted: number): void {
  const { ink, items, order, rows, placement, look, height, inset } = shared;
  const { row, x0, x1, merged, busy, flags } = items;
  const { scale, shift, left, right } = placement;
  ink.fillStyle = withAlpha(look.palette.data[colour] as string, COLUMNS);
  for (let place = first; place < behind; place++) {
    const k = order.at(place);
    if ((merged[k] as number) === 1 || ((flags[k] as number) & mask) !== wanted) continue;
    const from = Math.max(left, (x0[k] as number) * scale + shift);
    const to = Math.min(right, (x1[k] as number) * scale + shift);
    const high = columnsPx(height, busy[k] as number);
    ink.fillRect(from, (rows.y[row[k] as number] as number) + inset + height - high, Math.max(1, to - from), high);
  }
}

const columnsPx = (height: number, busy: number): number => Math.min(height, Math.max(2, Math.round(height * busy)));

/** Stretches of rows, three numbers each: row, from and to. */
class Spans {
  readonly #numbers: number[] = [];

  get count(): number {
    return this.#numbers.length / 3;
  }

  /** Stretches that touch the one before are one with it. */
  add(row: number, from: number, to: number, touches: boolean): void {
    const numbers = this.#numbers;
    const last = numbers.length - 1;
    if (touches && numbers[last - 2] === row && from <= (numbers[last] as number) + 0.5) numbers[last] = Math.max(numbers[last] as number, to);
    else numbers.push(row, from, to);
  }

  fill(ink: SliceInk, rows: RowPlaces, rowPx: number, leastPx: number): void {
    const numbers = this.#numbers;
    for (let at = 0; at < numbers.length; at += 3) {
      const [r, from, to] = [numbers[at] as number, numbers[at + 1] as number, numbers[at + 2] as number];
      if (to - from < leastPx) continue;
      const isFolded = rows.kind[r] === RowKind.FOLDED;
      const inset = isFolded ? (rowPx - FOLDED_PX) / 2 : 0;
      ink.fillRect(from, (rows.y[r] as number) + inset, Math.max(1, to - from), isFolded ? FOLDED_PX : rowPx - 1);
    }
  }
}

/** Where runs of a row touch each other: whatever their colours, and by colour. */
function spansOfRuns({ count, row, x0, x1, merged }: Items, order: ItemOrder, rows: RowPlaces, { scale, shift, left, right }: Placement) {
  const all = new Spans();
  const byColour = Array.from({ length: 10 }, () => new Spans());
  let before = 0;
  for (let k = 0; k < count; k++) {
    const r = row[k] as number;
    const kind = rows.kind[r];
    if ((merged[k] as number) === 1 || (kind !== RowKind.SLICES && kind !== RowKind.FOLDED)) continue;
    const from = Math.max(left, (x0[k] as number) * scale + shift);
    const to = Math.min(right, (x1[k] as number) * scale + shift);
    if (to <= left || from >= right) continue;
    const colour = order.colourOf(k);
    all.add(r, from, to, true);
    byColour[colour]?.add(r, from, to, colour === before);
    before = colour;
  }
  return { all, byColour };
}

/** Bodies, then edges, of the slices whose flags under `mask` are `wanted`. */
function drawSingles(shared: Shared, colour: number, first: number, behind: number, mask: number, wanted: number): void {
  const { ink, items, order, rows, placement, look, height, inset } = shared;
  const { row, x0, x1, merged, flags } = items;
  const { scale, shift, left, right } = placement;
  const strong = look.palette.data[colour] as string;
  const body = look.palette.fill[colour] as string;
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
function drawFade(ink: SliceInk, from: number, to: number, y: number, height: number, body: string, strong: string): void {
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
  const high = rowPx - 1;
  let ringX = Number.NaN;
  let ringY = 0;
  let ringWidth = 0;
  for (const kind of [RowKind.SLICES, RowKind.LANE]) {
    for (let place = order.first(kind, 1); place < order.behind(kind, 9); place++) {
      const k = order.at(place);
      const isHit = chosen.hits && ((flags[k] as number) & Flag.HIT) !== 0;
      const isSame = (merged[k] as number) === 1 && name[k] !== 0 && (name[k] === chosen.name || name[k] === chosen.otherName);
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
      }
    }
  }
  if (!Number.isNaN(ringX)) drawRing(ink, palette, ringX, ringY, ringWidth, high);
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
