import { ItemFlag, type TimelineView } from '../timeline-types.ts';

/** Two runs that touch become one if they cover their time about equally. */
const SIMILAR_BUSY = 1 / 8;
const FIRST_ITEMS = 1024;

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
  #rows = new Uint32Array(FIRST_ITEMS);
  #x0 = new Float32Array(FIRST_ITEMS);
  #x1 = new Float32Array(FIRST_ITEMS);
  #name = new Uint32Array(FIRST_ITEMS);
  #merged = new Uint32Array(FIRST_ITEMS);
  #busy = new Float32Array(FIRST_ITEMS);
  #flags = new Uint8Array(FIRST_ITEMS);
  #ref = new Float64Array(FIRST_ITEMS);

  // What was gathered in the current pixel.
  #pixel = Number.NaN;
  #gathered = 0;
  #gatheredX0 = 0;
  #gatheredX1 = 0;
  #gatheredBusy = 0;
  #gatheredLongest = 0;
  #gatheredName = 0;
  #gatheredFlags = 0;
  #gatheredRef = 0;

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
    const items: { readonly ref: number; readonly name: number }[] = [];
    for (let at = this.#rowStart; at < this.#count; at++) {
      if (this.#merged[at] !== 1 || (this.#x1[at] as number) - (this.#x0[at] as number) < pixels) continue;
      items.push({ ref: this.#ref[at] as number, name: this.#name[at] as number });
    }
    return items;
  }

  beginRow(row: number): void {
    this.#row = row;
    this.#rowStart = this.#count;
  }

  endRow(): void {
    this.#flush();
  }

  /** `flags`: see ItemFlag. */
  slice(startNs: number, endNs: number, name: number, flags: number, ref: number): void {
    if (endNs < this.fromNs || startNs > this.toNs) return;
    const x0 = (startNs - this.fromNs) * this.#perNs;
    const x1 = (endNs - this.fromNs) * this.#perNs;
    if (x1 - x0 < 1) {
      this.#gather(x0, x1, 1, x1 - x0, name, flags, ref);
      return;
    }
    this.#flush();
    this.#put(Math.max(x0, -1), Math.min(x1, this.columns + 1), name, 1, 1, flags, ref);
  }

  /** `count` slices that begin from `fromNs` to `toNs` and take `busyNs` together. */
  cell(fromNs: number, toNs: number, count: number, busyNs: number, name: number, flags: number): void {
    if (toNs < this.fromNs || fromNs > this.toNs) return;
    const x0 = (fromNs - this.fromNs) * this.#perNs;
    const x1 = (toNs - this.fromNs) * this.#perNs;
    if (x1 - x0 <= 1) {
      this.#gather(x0, x1, count, busyNs * this.#perNs, name, flags, 0);
      return;
    }
    this.#flush();
    const busy = Math.min(1, (busyNs * this.#perNs) / (x1 - x0));
    this.#put(Math.max(x0, -1), Math.min(x1, this.columns + 1), name, count, busy, flags, 0);
  }

  #gather(x0: number, x1: number, count: number, busy: number, name: number, flags: number, ref: number): void {
    const pixel = Math.floor(x0);
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
    if (busy > this.#gatheredLongest) {
      this.#gatheredLongest = busy;
      this.#gatheredName = name;
      this.#gatheredRef = ref;
    }
  }

  #flush(): void {
    const count = this.#gathered;
    if (count === 0) return;
    const x0 = this.#gatheredX0;
    const x1 = this.#gatheredX1;
    const width = x1 - x0;
    if (count === 1 && this.#gatheredRef !== 0) {
      this.#put(x0, x1, this.#gatheredName, 1, 1, this.#gatheredFlags, this.#gatheredRef);
    } else {
      const busy = width > 0 ? Math.min(1, this.#gatheredBusy / width) : 1;
      if (!this.#extend(x0, x1, this.#gatheredName, count, busy, this.#gatheredFlags))
        this.#put(x0, x1, this.#gatheredName, count, busy, this.#gatheredFlags, 0);
    }
    this.#gathered = 0;
    this.#gatheredBusy = 0;
    this.#gatheredFlags = 0;
    this.#pixel = Number.NaN;
  }

  /** A run that looks like the one in front of it makes that longer. */
  #extend(x0: number, x1: number, name: number, count: number, busy: number, flags: number): boolean {
    const at = this.#count - 1;
    if (at < this.#rowStart || this.#ref[at] !== 0 || this.#name[at] !== name) return false;
    if (x0 - (this.#x1[at] as number) >= 1 || Math.abs(busy - (this.#busy[at] as number)) > SIMILAR_BUSY) return false;
    if (((this.#flags[at] as number) ^ flags) & ItemFlag.HIT) return false;
    const before = (this.#x1[at] as number) - (this.#x0[at] as number);
    const width = x1 - (this.#x0[at] as number);
    if (width > 0) this.#busy[at] = Math.min(1, (before * (this.#busy[at] as number) + (x1 - x0) * busy) / width);
    this.#x1[at] = x1;
    this.#merged[at] = (this.#merged[at] as number) + count;
    this.#flags[at] = (this.#flags[at] as number) | flags;
    return true;
  }

  #put(x0: number, x1: number, name: number, merged: number, busy: number, flags: number, ref: number): void {
    const at = this.#count++;
    if (at === this.#rows.length) this.#grow();
    this.#rows[at] = this.#row;
    this.#x0[at] = x0;
    this.#x1[at] = x1;
    this.#name[at] = name;
    this.#merged[at] = merged;
    this.#busy[at] = busy;
    this.#flags[at] = (flags & this.#kept) | this.#given;
    this.#ref[at] = ref;
  }

  #grow(): void {
    const size = this.#rows.length * 2;
    const grown = <A extends Uint32Array | Float32Array | Float64Array | Uint8Array>(from: A, to: A): A => {
      to.set(from as never);
      return to;
    };
    this.#rows = grown(this.#rows, new Uint32Array(size));
    this.#x0 = grown(this.#x0, new Float32Array(size));
    this.#x1 = grown(this.#x1, new Float32Array(size));
    this.#name = grown(this.#name, new Uint32Array(size));
    this.#merged = grown(this.#merged, new Uint32Array(size));
    this.#busy = grown(this.#busy, new Float32Array(size));
    this.#flags = grown(this.#flags, new Uint8Array(size));
    this.#ref = grown(this.#ref, new Float64Array(size));
  }

  view(): TimelineView {
    const count = this.#count;
    return {
      fromNs: this.fromNs,
      toNs: this.toNs,
      columns: this.columns,
      count,
      row: this.#rows.slice(0, count),
      x0: this.#x0.slice(0, count),
      x1: this.#x1.slice(0, count),
      name: this.#name.slice(0, count),
      merged: this.#merged.slice(0, count),
      busy: this.#busy.slice(0, count),
      flags: this.#flags.slice(0, count),
      ref: this.#ref.slice(0, count),
      isCoarse: this.isCoarse,
    };
  }
}
