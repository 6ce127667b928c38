/** Words on slices: names that stay in sight at the left side, durations where there is room, and how many a run holds. */
import { formatCount } from '../format.ts';
import { type Palette, withAlpha } from '../palette.ts';
import { Flag, type ItemOrder, type Items, type Placement, RowKind, type RowPlaces } from './items.ts';
import type { LabelCache } from './label-cache.ts';

export type LabelInk = Pick<
  CanvasRenderingContext2D,
  'fillStyle' | 'font' | 'globalAlpha' | 'textAlign' | 'textBaseline' | 'fillText' | 'fillRect' | 'measureText'
>;

export interface LabelLook {
  readonly palette: Palette;
  readonly rowPx: number;
  /** Fonts of names, and of durations and plates. */
  readonly nameFont: string;
  readonly smallFont: string;
  readonly labels: LabelCache;
  /** "194 ms" of a slice that is seen whole; empty: it is not known. Kept by the caller. */
  readonly durationOf: (item: number) => string;
  /** Width of a duration or count in `smallFont`. Kept by the caller. */
  readonly smallWidth: (text: string) => number;
}

const LABEL_FROM_PX = 24;
const PADDING_PX = 6;
const DURATION_GAP_PX = 7;

/** Names in one colour and font, then durations: two changes of font a frame. */
export function drawLabels(
  ink: LabelInk,
  items: Items,
  order: ItemOrder,
  rows: RowPlaces,
  placement: Placement,
  look: LabelLook,
  withDurations: Durations,
): void {
  const { row, x0, x1, name, merged } = items;
  const { scale, shift, left, right } = placement;
  const { labels, rowPx } = look;
  ink.textAlign = 'left';
  ink.textBaseline = 'middle';
  ink.font = look.nameFont;
  ink.fillStyle = look.palette.ink;
  withDurations.count = 0;
  for (let place = order.first(RowKind.SLICES, 1); place < order.behind(RowKind.SLICES, 9); place++) {
    const k = order.at(place);
    if (merged[k] !== 1) continue;
    const from = (x0[k] as number) * scale + shift;
    const to = Math.min(right, (x1[k] as number) * scale + shift);
    const seen = Math.max(left, from);
    if (to - seen < LABEL_FROM_PX) continue;
    const x = seen + PADDING_PX;
    const room = to - 1 - x - 4;
    const id = name[k] as number;
    const text = labels.fit(id, room);
    if (text === '') continue;
    const y = (rows.y[row[k] as number] as number) + rowPx / 2;
    ink.fillText(text, x, y);
    const width = labels.width(id) as number;
    if (width + DURATION_GAP_PX + 26 < room) withDurations.add(k, x + width + DURATION_GAP_PX, y, room - width - DURATION_GAP_PX);
  }
  ink.font = look.smallFont;
  ink.globalAlpha = 0.86;
  for (let d = 0; d < withDurations.count; d++) {
    const text = look.durationOf(withDurations.item[d] as number);
    if (text !== '' && look.smallWidth(text) <= (withDurations.room[d] as number))
      ink.fillText(text, withDurations.x[d] as number, withDurations.y[d] as number);
  }
  ink.globalAlpha = 1;
}

/** Where durations go, gathered while names are written. Kept from frame to frame. */
export class Durations {
  count = 0;
  item = new Uint32Array(1024);
  x = new Float32Array(1024);
  y = new Float32Array(1024);
  room = new Float32Array(1024);

  add(item: number, x: number, y: number, room: number): void {
    if (this.count === this.item.length) return;
    this.item[this.count] = item;
    this.x[this.count] = x;
    this.y[this.count] = y;
    this.room[this.count] = room;
    this.count += 1;
  }
}

const PLATE_FROM_PX = 40;

/**
 * What runs hold: "148 × matchRule", on a plate. Items of a run lie side by side in a row; one plate stands for all that touch each
 * other. `items` are by row and time, so this goes through them in their own order.
 */
export function drawPlates(ink: LabelInk, items: Items, rows: RowPlaces, placement: Placement, look: LabelLook, nameOf: (id: number) => string): void {
  const { count, row, x0, x1, name, merged, busy } = items;
  const { scale, shift, left, right } = placement;
  const high = look.rowPx - 1;
  ink.font = look.smallFont;
  ink.textAlign = 'left';
  ink.textBaseline = 'middle';
  let k = 0;
  while (k < count) {
    const r = row[k] as number;
    if (merged[k] === 1 || rows.kind[r] !== RowKind.SLICES) {
      k += 1;
      continue;
    }
    const from = (x0[k] as number) * scale + shift;
    let to = (x1[k] as number) * scale + shift;
    let total = merged[k] as number;
    // What takes most of the run's time gives it its name.
    let most = (busy[k] as number) * (to - from);
    let id = name[k] as number;
    k += 1;
    while (k < count && row[k] === r && merged[k] !== 1) {
      const next = (x0[k] as number) * scale + shift;
      if (next - to > 1.5) break;
      const end = (x1[k] as number) * scale + shift;
      total += merged[k] as number;
      const share = (busy[k] as number) * (end - next);
      if (share > most) {
        most = share;
        id = name[k] as number;
      }
      to = end;
      k += 1;
    }
    const seen = Math.max(left, from);
    const room = Math.min(right, to) - seen - 14;
    if (room < PLATE_FROM_PX) continue;
    const known = nameOf(id);
    const whole = known === '' ? `${formatCount(total)} ×` : `${formatCount(total)} × ${known}`;
    const counted = `${formatCount(total)} ×`;
    const text = look.smallWidth(whole) <= room ? whole : counted;
    const width = look.smallWidth(text);
    if (width > room) continue;
    const y = rows.y[r] as number;
    ink.fillStyle = withAlpha(look.palette.well, 0.82);
    ink.fillRect(seen + 3, y + 2, width + 8, high - 4);
    ink.fillStyle = look.palette.text1;
    ink.fillText(text, seen + 7, y + look.rowPx / 2);
  }
}

/** Words on pills. */
export function drawLaneLabels(ink: LabelInk, items: Items, order: ItemOrder, rows: RowPlaces, placement: Placement, look: LabelLook): void {
  const { row, x0, x1, name, merged, flags } = items;
  const { scale, shift, left, right } = placement;
  ink.textAlign = 'left';
  ink.textBaseline = 'middle';
  ink.font = look.nameFont;
  ink.fillStyle = look.palette.text1;
  for (let place = order.first(RowKind.LANE, 1); place < order.behind(RowKind.LANE, 9); place++) {
    const k = order.at(place);
    if (merged[k] !== 1 || ((flags[k] as number) & Flag.RUN) !== 0) continue;
    const from = (x0[k] as number) * scale + shift;
    const to = Math.min(right, (x1[k] as number) * scale + shift);
    const isCut = from < left;
    const x = isCut ? left + PADDING_PX : from + look.rowPx / 2 + 5;
    const room = to - 8 - x;
    if (room < 16) continue;
    const id = name[k] as number;
    const text = look.labels.fit(id, room);
    if (text === '') continue;
    const y = (rows.y[row[k] as number] as number) + look.rowPx / 2 - 0.5;
    ink.fillText(text, x, y);
    const width = look.labels.width(id) as number;
    if (width + DURATION_GAP_PX + 26 >= room) continue;
    const duration = ((flags[k] as number) & Flag.OPEN) !== 0 ? 'pending' : look.durationOf(k);
    ink.font = look.smallFont;
    if (duration !== '' && look.smallWidth(duration) <= room - width - DURATION_GAP_PX) {
      ink.fillStyle = look.palette.text3;
      ink.fillText(duration, x + width + DURATION_GAP_PX, y);
      ink.fillStyle = look.palette.text1;
    }
    ink.font = look.nameFont;
  }
}
