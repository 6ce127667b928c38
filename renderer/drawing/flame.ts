/** A flame graph: bodies with a strong leading edge, as on the timeline, colour by colour, then names. */
import type { FlameBoxes } from './flame-boxes.ts';
import type { Palette } from './palette.ts';
import type { LabelCache } from './timeline/label-cache.ts';

export type FlameInk = Pick<
  CanvasRenderingContext2D,
  'fillStyle' | 'strokeStyle' | 'lineWidth' | 'globalAlpha' | 'font' | 'textAlign' | 'textBaseline' | 'fillRect' | 'strokeRect' | 'fillText'
>;

export interface FlameLook {
  readonly palette: Palette;
  readonly rowPx: number;
  readonly nameFont: string;
  readonly smallFont: string;
  readonly labels: LabelCache;
  readonly smallWidth: (text: string) => number;
  /** 1 … 9 by name id. */
  readonly colourOf: (name: number) => number;
  /** "42.4 %"; empty: none is written. */
  readonly shareOf: (box: number) => string;
}

export interface FlamePlace {
  readonly width: number;
  readonly height: number;
  readonly scrollTop: number;
}

export interface FlameChosen {
  /** Box with the ring; -1: none. */
  readonly active: number;
  /** All boxes of this name are underlined; 0: none. */
  readonly name: number;
  /** What is looked for; undefined: nothing, and nothing is pale. */
  readonly matches: ReadonlySet<number> | undefined;
}

const EDGE_PX = 2;
const LABEL_FROM_PX = 24;
const PADDING_PX = 6;
const SHARE_GAP_PX = 7;
const COLOURS = 9;

/** Boxes by colour, so that each colour is set once. Made once for an answer. */
export interface FlameOrder {
  readonly order: Uint32Array;
  /** Where colour c begins in `order`; [10] is the end. */
  readonly first: Uint32Array;
}

export function flameOrder({ count, name }: FlameBoxes, colourOf: (name: number) => number): FlameOrder {
  const first = new Uint32Array(COLOURS + 2);
  const colours = new Uint8Array(count);
  for (let k = 0; k < count; k++) {
    const colour = Math.min(COLOURS, Math.max(1, colourOf(name[k] as number)));
    colours[k] = colour;
    first[colour + 1] = (first[colour + 1] as number) + 1;
  }
  for (let colour = 1; colour < first.length; colour++) first[colour] = (first[colour] as number) + (first[colour - 1] as number);
  const next = first.slice();
  const order = new Uint32Array(count);
  for (let k = 0; k < count; k++) {
    const colour = colours[k] as number;
    order[next[colour] as number] = k;
    next[colour] = (next[colour] as number) + 1;
  }
  return { order, first };
}

export function drawFlame(ink: FlameInk, boxes: FlameBoxes, { order, first }: FlameOrder, place: FlamePlace, look: FlameLook, chosen: FlameChosen): void {
  const { palette, rowPx } = look;
  ink.fillStyle = palette.well;
  ink.fillRect(0, 0, place.width, place.height);
  const topRow = Math.floor(place.scrollTop / rowPx);
  const endRow = Math.ceil((place.scrollTop + place.height) / rowPx);
  const { matches } = chosen;
  for (const pale of matches ? [true, false] : [false]) {
    ink.globalAlpha = pale ? palette.dim : 1;
    for (let colour = 1; colour <= COLOURS; colour++) {
      const from = first[colour] as number;
      const to = first[colour + 1] as number;
      if (from === to) continue;
      for (const edge of [false, true]) {
        ink.fillStyle = (edge ? palette.data : palette.fill)[colour] as string;
        for (let at = from; at < to; at++) {
          const k = order[at] as number;
          const row = boxes.row[k] as number;
          if (row < topRow || row >= endRow) continue;
          if (matches && matches.has(boxes.name[k] as number) === pale) continue;
          const x = (boxes.x0[k] as number) * place.width;
          const width = (boxes.x1[k] as number) * place.width - x;
          const y = row * rowPx - place.scrollTop;
          if (edge) ink.fillRect(x, y, Math.max(0.5, Math.min(EDGE_PX, width)), rowPx - 1);
          else if (width > EDGE_PX) ink.fillRect(x, y, width - 1, rowPx - 1);
        }
      }
    }
  }
  ink.globalAlpha = 1;
  drawNames(ink, boxes, place, look, topRow, endRow);
  drawChosen(ink, boxes, place, look, chosen, topRow, endRow);
}

/** Names, then what part each is: two changes of font. */
function drawNames(ink: FlameInk, boxes: FlameBoxes, place: FlamePlace, look: FlameLook, topRow: number, endRow: number): void {
  const { labels, rowPx } = look;
  const shares: { readonly text: string; readonly x: number; readonly y: number }[] = [];
  ink.fillStyle = look.palette.ink;
  ink.font = look.nameFont;
  ink.textAlign = 'left';
  ink.textBaseline = 'middle';
  for (let k = 0; k < boxes.count; k++) {
    const row = boxes.row[k] as number;
    if (row < topRow || row >= endRow) continue;
    const from = Math.max(0, (boxes.x0[k] as number) * place.width);
    const width = Math.min(place.width, (boxes.x1[k] as number) * place.width) - from;
    if (width < LABEL_FROM_PX) continue;
    const room = width - PADDING_PX - 5;
    const name = boxes.name[k] as number;
    const text = labels.fit(name, room);
    if (text === '') continue;
    const y = row * rowPx - place.scrollTop + rowPx / 2;
    ink.fillText(text, from + PADDING_PX, y);
    const used = (labels.width(name) as number) + SHARE_GAP_PX;
    if (used + 26 >= room) continue;
    const share = look.shareOf(k);
    if (share !== '' && look.smallWidth(share) <= room - used) shares.push({ text: share, x: from + PADDING_PX + used, y });
  }
  ink.font = look.smallFont;
  ink.globalAlpha = 0.86;
  for (const { text, x, y } of shares) ink.fillText(text, x, y);
  ink.globalAlpha = 1;
}

function drawChosen(ink: FlameInk, boxes: FlameBoxes, place: FlamePlace, look: FlameLook, chosen: FlameChosen, topRow: number, endRow: number): void {
  const { palette, rowPx } = look;
  const { matches, name, active } = chosen;
  if (matches || name !== 0) {
    for (let k = 0; k < boxes.count; k++) {
      const row = boxes.row[k] as number;
      if (row < topRow || row >= endRow) continue;
      const id = boxes.name[k] as number;
      const isMatch = matches?.has(id) ?? false;
      if (!isMatch && id !== name) continue;
      const x = (boxes.x0[k] as number) * place.width;
      const width = Math.max(1, (boxes.x1[k] as number) * place.width - x - 1);
      const y = row * rowPx - place.scrollTop;
      if (id === name) {
        ink.fillStyle = palette.accent;
        ink.fillRect(x, y + rowPx - 2.5, width, 1.5);
      }
      if (!isMatch) continue;
      ink.strokeStyle = palette.searchHit;
      ink.lineWidth = 2;
      if (width > 3) ink.strokeRect(x + 1, y + 1, width - 2, rowPx - 3);
    }
  }
  if (active < 0 || active >= boxes.count) return;
  const x = (boxes.x0[active] as number) * place.width;
  const width = Math.max(2, (boxes.x1[active] as number) * place.width - x);
  const y = (boxes.row[active] as number) * rowPx - place.scrollTop;
  ink.strokeStyle = palette.seam;
  ink.lineWidth = 3.5;
  ink.strokeRect(x + 0.5, y + 0.5, width - 2, rowPx - 2);
  ink.strokeStyle = palette.accent;
  ink.lineWidth = 1.75;
  ink.strokeRect(x + 0.5, y + 0.5, width - 2, rowPx - 2);
}
