/** What is drawn in the rows of a timeline, sorted so that each colour is set once a frame. Nothing is allocated per item. */

/** Parallel arrays of `count` items, by row and then time: the answer of the trace worker. */
export interface Items {
  readonly count: number;
  readonly row: Uint32Array;
  /** Pixels of the answer; see `Placement`. */
  readonly x0: Float32Array;
  readonly x1: Float32Array;
  readonly name: Uint32Array;
  readonly merged: Uint32Array;
  readonly busy: Float32Array;
  readonly flags: Uint8Array;
  readonly ref: Float64Array;
}

/** Bits of `flags`; the same as ItemFlag of the trace model. */
export const Flag = { OPEN: 1, ERROR: 2, ASYNC: 4, RUN: 8, INSTANT: 16, HIT: 32, TORN: 64 } as const;

/** How a row is drawn. */
export const RowKind = {
  /** Not at all. */
  NONE: 0,
  /** Calls and slices, one below the other by depth. */
  SLICES: 1,
  /** Pills: what overlaps without nesting. */
  LANE: 2,
  /** Marks of moments. */
  INSTANTS: 3,
  /** Garbage collections: a hatched bar over a thread. */
  GC: 4,
  /** A blocked event loop: a bar over a thread. */
  LOOP: 5,
  /** The life of an object and its snapshots. */
  OBJECT: 6,
  /** A folded track: its outermost row, low and without words. */
  FOLDED: 7,
} as const;
const KINDS = 8;

/** Where the rows of the answer lie, by row. */
export interface RowPlaces {
  readonly kind: Uint8Array;
  /** Upper side of the row, in pixels of the canvas. */
  readonly y: Float32Array;
  /** 1 … 9 where a row has one colour for all its items; 0: by name. */
  readonly colour: Uint8Array;
}

/** From pixels of the answer to pixels of the canvas: x · scale + shift. The view may have moved since the answer was asked for. */
export interface Placement {
  readonly scale: number;
  readonly shift: number;
  /** The plot's left and right side. */
  readonly left: number;
  readonly right: number;
}

const COLOURS = 10;

/** Items in the order of drawing: by kind of row, and slices by colour. Those outside the plot are left out. */
export class ItemOrder {
  private order = new Uint32Array(0);
  private bucket = new Uint8Array(0);
  private readonly starts = new Uint32Array(KINDS * COLOURS + 1);

  sort(items: Items, rows: RowPlaces, placement: Placement, colourOf: Uint8Array): void {
    const { count, row, x0, x1, name } = items;
    if (this.order.length < count) {
      this.order = new Uint32Array(Math.max(count, this.order.length * 2));
      this.bucket = new Uint8Array(this.order.length);
    }
    const { order, bucket, starts } = this;
    const { scale, shift, left, right } = placement;
    const kinds = rows.kind;
    const colours = rows.colour;
    starts.fill(0);
    for (let k = 0; k < count; k++) {
      const r = row[k] as number;
      const kind = kinds[r] as number;
      const from = (x0[k] as number) * scale + shift;
      const to = (x1[k] as number) * scale + shift;
      if (kind === RowKind.NONE || to < left - 8 || from > right + 8) {
        bucket[k] = 255;
        continue;
      }
      const own = colours[r] as number;
      const b = kind * COLOURS + (own !== 0 ? own : (colourOf[name[k] as number] ?? 9) || 9);
      bucket[k] = b;
      starts[b + 1] = (starts[b + 1] as number) + 1;
    }
    for (let b = 0; b < KINDS * COLOURS; b++) starts[b + 1] = (starts[b + 1] as number) + (starts[b] as number);
    const at = this.places;
    at.set(starts.subarray(0, KINDS * COLOURS));
    for (let k = 0; k < count; k++) {
      const b = bucket[k] as number;
      if (b === 255) continue;
      order[at[b] as number] = k;
      at[b] = (at[b] as number) + 1;
    }
  }
  private readonly places = new Uint32Array(KINDS * COLOURS);

  /** Items of a kind and colour are `at(first)` … `at(behind - 1)`. */
  first(kind: number, colour: number): number {
    return this.starts[kind * COLOURS + colour] as number;
  }
  behind(kind: number, colour: number): number {
    return this.starts[kind * COLOURS + colour + 1] as number;
  }
  at(place: number): number {
    return this.order[place] as number;
  }
}
