import { END, FLAGS_SHIFT, FLOATS, NAME, NO_PARENT, PARENT, SELF, SHAPE, SliceFlag, SliceTable, START, WORDS } from '../../protocol/summary/slice-table.ts';

/** Times that were computed from fractions may be off by one: that is no overlap. */
export const ROUNDING_NS = 1;

const RECURSIVE = SliceFlag.RECURSIVE << FLAGS_SHIFT;
const LEFT = SliceFlag.LEFT << FLAGS_SHIFT;
const FIRST_DEPTH = 64;

/**
 * Puts slices that come by start (see `LooseSlices`) into tables of nested ones, with depth, parent and self time. A slice that goes on when the one it began in
 * has ended is handed back: it does not nest.
 */
export class Nesting {
  table: SliceTable;
  refs: Float64Array;
  /** How many are open; of those, from the outermost, index in the table, and end. */
  #depth = 0;
  #open = new Uint32Array(FIRST_DEPTH);
  #ends = new Float64Array(FIRST_DEPTH);
  /** By name: slices that are open. */
  #openCounts = new Uint32Array(256);

  /** `entries`: slices that are open at the start, as `carried` gave them. `capacity`: how many there will be about. */
  constructor(entries?: Carried, capacity?: number) {
    this.table = new SliceTable(capacity);
    this.refs = new Float64Array(this.table.capacity);
    if (entries) this.#enter(entries);
  }

  get count(): number {
    return this.table.count - this.table.entries;
  }

  /**
   * LOOSE numbers of a slice, from `at` on. False: it does not nest. Slices that ended before it are closed. Hot: all that is imported passes here; numbers are not handed on one by
   * one, since a number that is no small integer would be put on the heap for that.
   */
  add(numbers: Float64Array, at: number): boolean {
    const startNs = numbers[at] as number;
    const endNs = numbers[at + 1] as number;
    const name = numbers[at + 2] as number;
    if (this.#depth > 0 && (this.#ends[this.#depth - 1] as number) <= startNs) this.close(startNs);
    const depth = this.#depth;
    const until = depth === 0 ? Number.POSITIVE_INFINITY : (this.#ends[depth - 1] as number);
    if (endNs > until + ROUNDING_NS) return false;
    const { table } = this;
    const i = table.count;
    if (i === table.capacity) this.#grow();
    if (depth === this.#ends.length) this.#growDepth();
    if (name >= this.#openCounts.length) this.#growCounts(name);
    table.count = i + 1;
    const { floats, words } = table;
    const f = i * FLOATS;
    floats[f + START] = startNs;
    floats[f + END] = endNs;
    floats[f + SELF] = 0;
    const u = i * WORDS;
    words[u + NAME] = name;
    words[u + PARENT] = depth === 0 ? NO_PARENT : (this.#open[depth - 1] as number);
    const opened = this.#openCounts[name] as number;
    this.#openCounts[name] = opened + 1;
    words[u + SHAPE] = Math.min(depth, 0xffff) | (opened > 0 ? RECURSIVE : 0);
    this.refs[i] = numbers[at + 3] as number;
    this.#open[depth] = i;
    this.#ends[depth] = Math.min(endNs, until);
    this.#depth = depth + 1;
    return true;
  }

  /** Closes what ends at or before a time. */
  close(timeNs: number): void {
    const { floats, words } = this.table;
    const open = this.#open;
    const ends = this.#ends;
    const openCounts = this.#openCounts;
    let depth = this.#depth;
    for (; depth > 0 && (ends[depth - 1] as number) <= timeNs; depth--) {
      const i = open[depth - 1] as number;
      const f = i * FLOATS;
      const u = i * WORDS;
      const duration = (floats[f + END] as number) - (floats[f + START] as number);
      floats[f + SELF] = duration - (floats[f + SELF] as number);
      const parent = words[u + PARENT] as number;
      if (parent !== NO_PARENT) floats[parent * FLOATS + SELF] = (floats[parent * FLOATS + SELF] as number) + duration;
      const name = words[u + NAME] as number;
      openCounts[name] = (openCounts[name] as number) - 1;
    }
    this.#depth = depth;
  }

  /** What is open goes on in the next table; in this one it has no end. */
  carried(): Carried {
    const { table } = this;
    const open = this.#open.slice(0, this.#depth);
    const carried = new SliceTable(open.length);
    carried.count = open.length;
    carried.entryBegin = Float64Array.from(open, (i) => this.refs[i] as number);
    open.forEach((i, at) => {
      carried.floats.set(table.floats.subarray(i * FLOATS, (i + 1) * FLOATS), at * FLOATS);
      carried.words[at * WORDS + PARENT] = at === 0 ? NO_PARENT : at - 1;
      carried.words[at * WORDS + SHAPE] = at | ((table.flagsOf(i) | SliceFlag.CAME) << FLAGS_SHIFT);
      table.floats[i * FLOATS + END] = Number.POSITIVE_INFINITY;
      table.words[i * WORDS + SHAPE] = (table.words[i * WORDS + SHAPE] as number) | LEFT;
    });
    return { table: carried, ends: this.#ends.slice(0, this.#depth) };
  }

  #enter({ table: carried, ends }: Carried): void {
    const { table } = this;
    while (table.capacity < carried.count) this.#grow();
    table.floats.set(carried.floats.subarray(0, carried.count * FLOATS));
    table.count = carried.count;
    table.entries = carried.count;
    table.entryBegin = carried.entryBegin;
    this.refs.set(carried.entryBegin);
    while (this.#ends.length < carried.count) this.#growDepth();
    this.#ends.set(ends);
    this.#depth = carried.count;
    for (let i = 0; i < carried.count; i++) {
      this.#open[i] = i;
      const name = carried.nameOf(i);
      if (name >= this.#openCounts.length) this.#growCounts(name);
      this.#openCounts[name] = (this.#openCounts[name] as number) + 1;
    }
  }

  /** Names are numbers from 1 without gaps. */
  #growCounts(name: number): void {
    const counts = new Uint32Array(Math.max(name + 1, this.#openCounts.length * 2));
    counts.set(this.#openCounts);
    this.#openCounts = counts;
  }

  #grow(): void {
    this.table.grow();
    const refs = new Float64Array(this.table.capacity);
    refs.set(this.refs);
    this.refs = refs;
  }

  #growDepth(): void {
    const open = new Uint32Array(this.#open.length * 2);
    open.set(this.#open);
    this.#open = open;
    const ends = new Float64Array(open.length);
    ends.set(this.#ends);
    this.#ends = ends;
  }

  /** Gives back what is not used, where it is worth a copy. */
  trim(): void {
    this.table.trim();
    if (this.refs.length > this.table.capacity) this.refs = this.refs.slice(0, this.table.capacity);
  }
}

/** Slices that are open between two tables. */
export interface Carried {
  readonly table: SliceTable;
  /** Where they make room: an end beyond that of the slice around is not waited for. */
  readonly ends: Float64Array;
}
