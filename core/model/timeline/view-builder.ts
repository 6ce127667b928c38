import { BUSY_UNIT, type Cells } from '../../protocol/summary/picture.ts';
import { ItemFlag, type TimelineView } from '../timeline-types.ts';
import { ViewItems } from './view-items.ts';

/** Two runs that touch become one if they cover their time about equally. */
const SIMILAR_BUSY = 1 / 8;
const NOTHING: ItemSource = { nameOf: () => 0, refOf: () => 0 };

/** Whose slices are told: a token stands for a slice until an item is made of it. */
export interface ItemSource {
  nameOf(token: number): number;
  /** 0: it has none. */
  refOf(token: number): number;
}

/** What is narrower than a pixel is gathered so many pixels at a time: columns of a run that touched each other could not be told apart. */
const GATHERED_PIXELS = 2;

/**
 * Items of a view. Give what lies in a row in the order of time: slices, and cells (slices of which only number and time are known). What is narrower than a
 * pixel is gathered pixel by pixel, so that there are never more items than pixels.
 */
export class ViewBuilder {
  readonly fromNs: number;
  readonly toNs: number;
  readonly columns: number;
  /** Width of a pixel. */
  readonly pixelNs: number;
  isCoarse = false;
  readonly #perNs: number;
  #count = 0;
  #rowStart = 0;
  #given = 0;
  #kept = -1;
  #row = 0;
  readonly #items = ViewItems.take();
  // What was gathered in the current pixel.
  #pixel = Number.NaN;
  #gathered = 0;
  #gatheredX0 = 0;
  #gatheredX1 = 0;
  #gatheredBusy = 0;
  #gatheredLongest = 0;
  #gatheredName = 0;
  #gatheredToken = 0;
  #gatheredFlags = 0;
  #gatheredRef = 0;
  #isResolved = true;
  #source: ItemSource = NOTHING;

  constructor(fromNs: number, toNs: number, columns: number) {
    this.fromNs = fromNs;
    this.toNs = toNs;
    this.columns = columns;
    this.#perNs = columns / (toNs - fromNs);
    this.pixelNs = (toNs - fromNs) / columns;
  }

  /** Flags that every item gets, and those that none keeps, from here on. */
  setTrack(given: number, taken: number): void {
    this.#given = given;
    this.#kept = ~taken;
  }

  /** Single slices of the row under way that are so wide. */
  wideItems(pixels: number): { readonly ref: number; readonly name: number }[] {
    const { merged, x0, x1, ref, name } = this.#items;
    const items: { readonly ref: number; readonly name: number }[] = [];
    for (let at = this.#rowStart; at < this.#count; at++) {
      if (merged[at] !== 1 || (x1[at] as number) - (x0[at] as number) < pixels) continue;
      items.push({ ref: ref[at] as number, name: name[at] as number });
    }
    return items;
  }

  /** What follows is told by another source. */
  setSource(source: ItemSource): void {
    if (this.#gathered > 0) this.#resolve();
    this.#source = source;
  }

  #resolve(): void {
    if (this.#isResolved) return;
    this.#gatheredRef = this.#source.refOf(this.#gatheredToken);
    this.#gatheredName = this.#source.nameOf(this.#gatheredToken);
    this.#isResolved = true;
  }

  beginRow(row: number): void {
    this.#row = row;
    this.#rowStart = this.#count;
  }

  endRow(): void {
    this.#flush();
  }

  /** `flags`: see ItemFlag. */
  slice(startNs: number, endNs: number, flags: number, token: number): void {
    if (endNs < this.fromNs || startNs > this.toNs) return;
    const x0 = (startNs - this.fromNs) * this.#perNs;
    const x1 = (endNs - this.fromNs) * this.#perNs;
    const width = (endNs - startNs) * this.#perNs;
    if (width < 1) {
      this.#gather(x0, x1, 1, width, flags, token);
      return;
    }
    this.#flush();
    this.#put(Math.max(x0, -1), Math.min(x1, this.columns + 1), this.#source.nameOf(token), 1, 1, flags, this.#source.refOf(token));
  }

  /**
   * Slices of a row that follow each other, from `at` up to `behind` or the end of the view; tokens are their places. As `slice` for each, with all that changes in locals: this is
   * where a close look at millions of slices spends its time. Returns where it stopped: at the first that is a pixel wide, or is asked to be looked at one by one.
   */
  narrow(start: Float64Array, end: Float64Array, flags: Uint8Array, flagsOf: Uint8Array, from: number, behind: number): number {
    const scale = this.#perNs;
    const { fromNs, toNs } = this;
    let at = from;
    while (at < behind) {
      const startNs = start[at] as number;
      if (startNs > toNs) return behind;
      const first = (startNs - fromNs) * scale;
      let x1 = ((end[at] as number) - fromNs) * scale;
      if (((end[at] as number) - startNs) * scale >= 1) return at;
      const pixel = Math.floor(first / GATHERED_PIXELS);
      const pixelEnd = fromNs + ((pixel + 1) * GATHERED_PIXELS) / scale;
      let count = 0;
      let busyNs = 0;
      let longestNs = -1;
      let token = at;
      let both = 0;
      for (; at < behind; at++) {
        const from = start[at] as number;
        const to = end[at] as number;
        const duration = to - from;
        if (from >= pixelEnd || from > toNs || duration * scale >= 1) break;
        count++;
        busyNs += duration;
        both |= flags[at] as number;
        x1 = to;
        if (duration > longestNs) {
          longestNs = duration;
          token = at;
        }
      }
      if (count === 0) return at;
      this.#gatherMany(pixel, first, (x1 - fromNs) * scale, count, busyNs * scale, longestNs * scale, flagsOf[both & 127] as number, token);
    }
    return at;
  }

  /** Cells of a picture that follow each other: `widthNs` wide, from `firstNs` to `endNs`. As `cell` for each that is narrower than a pixel, with all that changes in locals. */
  cells(cells: Pick<Cells, 'bucket' | 'count' | 'busy'>, from: number, behind: number, firstNs: number, widthNs: number, endNs: number): void {
    const scale = this.#perNs;
    const width = widthNs * scale;
    const offset = (firstNs - this.fromNs) * scale;
    const end = (endNs - this.fromNs) * scale;
    const unit = width / BUSY_UNIT;
    const { bucket, count: counts, busy: busies } = cells;
    let at = from;
    while (at < behind) {
      const first = offset + (bucket[at] as number) * width;
      const pixel = Math.floor(first / GATHERED_PIXELS);
      const pixelEnd = (pixel + 1) * GATHERED_PIXELS;
      let count = 0;
      let busy = 0;
      let longest = -1;
      let token = at;
      let x = first;
      for (; at < behind; at++) {
        const start = offset + (bucket[at] as number) * width;
        if (start >= pixelEnd) break;
        x = start;
        const taken = busies[at] as number;
        count += counts[at] as number;
        busy += taken;
        if (taken > longest) {
          longest = taken;
          token = at;
        }
      }
      this.#gatherMany(pixel, first, Math.min(x + width, end), count, busy * unit, longest * unit, 0, token);
    }
  }

  /** What was gathered of one pixel elsewhere. */
  #gatherMany(pixel: number, x0: number, x1: number, count: number, busy: number, longest: number, flags: number, token: number): void {
    if (pixel !== this.#pixel) {
      this.#flush();
      this.#pixel = pixel;
      this.#gatheredX0 = x0;
      this.#gatheredX1 = x1;
      this.#gatheredLongest = -1;
    }
    this.#gathered += count;
    this.#gatheredBusy += busy;
    this.#gatheredFlags |= flags;
    if (x1 > this.#gatheredX1) this.#gatheredX1 = x1;
    if (longest <= this.#gatheredLongest) return;
    this.#gatheredLongest = longest;
    this.#gatheredToken = token;
    this.#isResolved = false;
  }

  /** `count` slices that begin from `fromNs` to `toNs` and take `busyNs` together. */
  cell(fromNs: number, toNs: number, count: number, busyNs: number, flags: number, token: number): void {
    if (toNs < this.fromNs || fromNs > this.toNs) return;
    const x0 = (fromNs - this.fromNs) * this.#perNs;
    const x1 = (toNs - this.fromNs) * this.#perNs;
    if (x1 - x0 <= 1) {
      this.#gather(x0, x1, count, busyNs * this.#perNs, flags, token);
      return;
    }
    this.#flush();
    const busy = Math.min(1, (busyNs * this.#perNs) / (x1 - x0));
    this.#put(Math.max(x0, -1), Math.min(x1, this.columns + 1), this.#source.nameOf(token), count, busy, flags, 0);
  }

  #gather(x0: number, x1: number, count: number, busy: number, flags: number, token: number): void {
    this.#gatherMany(Math.floor(x0 / GATHERED_PIXELS), x0, x1, count, busy, busy, flags, token);
  }

  #flush(): void {
    const count = this.#gathered;
    if (count === 0) return;
    this.#resolve();
    const x0 = this.#gatheredX0;
    const x1 = this.#gatheredX1;
    const width = x1 - x0;
    const name = this.#gatheredName;
    const flags = this.#gatheredFlags;
    if (count === 1 && this.#gatheredRef !== 0) this.#put(x0, x1, name, 1, 1, flags, this.#gatheredRef);
    else {
      const busy = width > 0 ? Math.min(1, this.#gatheredBusy / width) : 1;
      if (!this.#extend(x0, x1, name, count, busy, flags)) this.#put(x0, x1, name, count, busy, flags, 0);
    }
    this.#gathered = 0;
    this.#gatheredBusy = 0;
    this.#gatheredFlags = 0;
    this.#pixel = Number.NaN;
  }

  /** A run that looks like the one in front of it makes that longer. */
  #extend(x0: number, x1: number, name: number, count: number, busy: number, flags: number): boolean {
    const items = this.#items;
    const at = this.#count - 1;
    if (at < this.#rowStart || items.ref[at] !== 0 || items.name[at] !== name) return false;
    const busyBefore = items.busy[at] as number;
    const x1Before = items.x1[at] as number;
    if (x0 - x1Before >= 1 || Math.abs(busy - busyBefore) > SIMILAR_BUSY) return false;
    const flagsBefore = items.flags[at] as number;
    if ((flagsBefore ^ flags) & ItemFlag.HIT) return false;
    const first = items.x0[at] as number;
    const before = x1Before - first;
    const width = x1 - first;
    if (width > 0) items.busy[at] = Math.min(1, (before * busyBefore + (x1 - x0) * busy) / width);
    items.x1[at] = x1;
    items.merged[at] = (items.merged[at] as number) + count;
    items.flags[at] = flagsBefore | flags;
    return true;
  }

  #put(x0: number, x1: number, name: number, merged: number, busy: number, flags: number, ref: number): void {
    const at = this.#count++;
    const items = this.#items;
    if (at === items.capacity) items.grow();
    items.row[at] = this.#row;
    items.x0[at] = x0;
    items.x1[at] = x1;
    items.name[at] = name;
    items.merged[at] = merged;
    items.busy[at] = busy;
    items.flags[at] = (flags & this.#kept) | this.#given;
    items.ref[at] = ref;
  }

  /** Once: nothing can be told behind it. */
  view(): TimelineView {
    const count = this.#count;
    const { fromNs, toNs, columns, isCoarse } = this;
    const columnsOfItems = this.#items.first(count);
    this.#items.giveBack();
    return { fromNs, toNs, columns, count, ...columnsOfItems, isCoarse };
  }
}
