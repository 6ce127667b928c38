import { END, FLAGS_SHIFT, FLOATS, NAME, NO_PARENT, PARENT, SELF, SHAPE, SliceFlag, SliceTable, START, WORDS } from '../../protocol/summary/slice-table.ts';

/** Numbers of a slice that has no place among the others yet: start, end, name, what tells it from all others. */
export const LOOSE = 4;
/** Fewer are sorted by comparison. */
const MIN_RADIX = 4096;

/**
 * Slices in any order, four numbers each, by start; of those that begin together the longest first, and of equal ones the first to come.
 * Returns the order as indices. A radix sort: millions of doubles would take seconds by comparison.
 */
export function orderOf(loose: Float64Array, count: number): Uint32Array {
  let order = new Uint32Array(count);
  for (let i = 0; i < count; i++) order[i] = i;
  let isSorted = true;
  let least = Number.POSITIVE_INFINITY;
  let greatest = Number.NEGATIVE_INFINITY;
  for (let i = 0, before = Number.NEGATIVE_INFINITY; i < count; i++) {
    const start = loose[i * LOOSE] as number;
    if (start < before) isSorted = false;
    before = start;
    if (start < least) least = start;
    if (start > greatest) greatest = start;
  }
  const byComparison = (): Uint32Array => order.sort((a, b) => compare(loose, a, b));
  if (!isSorted) {
    if (count < MIN_RADIX || !(greatest - least <= MAX_SPAN_NS)) return byComparison();
    order = radixSorted(loose, count, least, greatest);
  }
  return putLongestFirst(loose, order) ? order : byComparison();
}

function compare(loose: Float64Array, a: number, b: number): number {
  const starts = (loose[a * LOOSE] as number) - (loose[b * LOOSE] as number);
  return starts || (loose[b * LOOSE + 1] as number) - (loose[a * LOOSE + 1] as number) || a - b;
}

const DIGIT_BITS = 11;
const DIGITS = 2 ** DIGIT_BITS;
const KEY_BITS = 32;
/** Times of more than eighty hours are not told apart well enough by 32 bits. */
const MAX_SPAN_NS = 2 ** 48;

/** By the first 32 bits of the time since the least; what these do not tell apart is put in order afterwards. Keys go along, so that nothing is looked up in a random order. */
function radixSorted(loose: Float64Array, count: number, least: number, greatest: number): Uint32Array<ArrayBuffer> {
  const scale = Math.min(1, 2 ** KEY_BITS / (greatest - least + 1));
  let order = new Uint32Array(count);
  let keys = new Uint32Array(count);
  for (let i = 0, at = 0; i < count; i++, at += LOOSE) {
    order[i] = i;
    keys[i] = ((loose[at] as number) - least) * scale;
  }
  let nextOrder = new Uint32Array(count);
  let nextKeys = new Uint32Array(count);
  const counts = new Uint32Array(DIGITS);
  for (let shift = 0; shift < KEY_BITS; shift += DIGIT_BITS) {
    counts.fill(0);
    for (let i = 0; i < count; i++) {
      const digit = ((keys[i] as number) >>> shift) & (DIGITS - 1);
      counts[digit] = (counts[digit] as number) + 1;
    }
    for (let digit = 0, before = 0; digit < DIGITS; digit++) {
      const own = counts[digit] as number;
      counts[digit] = before;
      before += own;
    }
    for (let i = 0; i < count; i++) {
      const key = keys[i] as number;
      const digit = (key >>> shift) & (DIGITS - 1);
      const at = counts[digit] as number;
      counts[digit] = at + 1;
      nextOrder[at] = order[i] as number;
      nextKeys[at] = key;
    }
    [order, nextOrder] = [nextOrder, order];
    [keys, nextKeys] = [nextKeys, keys];
  }
  return order;
}

/** Places that slices move on the average, above which theirs is no nearly sorted order: thousands of them may begin at once. */
const MAX_MOVES = 32;

/** An insertion sort of what is nearly sorted; false, and not done, where it is not. */
function putLongestFirst(loose: Float64Array, order: Uint32Array): boolean {
  let moves = order.length * MAX_MOVES;
  for (let at = 1; at < order.length; at++) {
    const i = order[at] as number;
    const start = loose[i * LOOSE] as number;
    const end = loose[i * LOOSE + 1] as number;
    let to = at;
    while (to > 0) {
      const j = order[to - 1] as number;
      const other = loose[j * LOOSE] as number;
      if (other < start || (other === start && (loose[j * LOOSE + 1] as number) >= end)) break;
      order[to] = j;
      to--;
    }
    order[to] = i;
    moves -= at - to;
    if (moves < 0) return false;
  }
  return true;
}

/** Times that were computed from fractions may be off by one: that is no overlap. */
export const ROUNDING_NS = 1;

/**
 * Puts slices that come by start (see `orderOf`) into tables of nested ones, with depth, parent and self time. A slice that goes on when the one it began in
 * has ended is handed back: it does not nest.
 */
export class Nesting {
  table: SliceTable;
  refs: Float64Array;
  /** Of the open slices, from the outermost: index in the table, and end. */
  #open: number[] = [];
  #ends: number[] = [];
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

  /** False: it does not nest. Slices that ended before it are closed. */
  add(startNs: number, endNs: number, name: number, ref: number): boolean {
    this.close(startNs);
    const depth = this.#open.length;
    const until = depth === 0 ? Number.POSITIVE_INFINITY : (this.#ends[depth - 1] as number);
    if (endNs > until + ROUNDING_NS) return false;
    const { table } = this;
    const i = table.count;
    if (i === table.capacity) this.#grow();
    table.count = i + 1;
    const { floats, words } = table;
    floats[i * FLOATS + START] = startNs;
    floats[i * FLOATS + END] = endNs;
    floats[i * FLOATS + SELF] = 0;
    const u = i * WORDS;
    words[u + NAME] = name;
    words[u + PARENT] = depth === 0 ? NO_PARENT : (this.#open[depth - 1] as number);
    if (name >= this.#openCounts.length) this.#growCounts(name);
    const opened = this.#openCounts[name] as number;
    this.#openCounts[name] = opened + 1;
    words[u + SHAPE] = Math.min(depth, 0xffff) | ((SliceFlag.LEFT | (opened > 0 ? SliceFlag.RECURSIVE : 0)) << FLAGS_SHIFT);
    this.refs[i] = ref;
    this.#open.push(i);
    this.#ends.push(Math.min(endNs, until));
    return true;
  }

  /** Closes what ends at or before a time. */
  close(timeNs: number): void {
    const { floats, words } = this.table;
    for (let at = this.#open.length - 1; at >= 0 && (this.#ends[at] as number) <= timeNs; at--) {
      const i = this.#open.pop() as number;
      this.#ends.pop();
      const f = i * FLOATS;
      const u = i * WORDS;
      const duration = (floats[f + END] as number) - (floats[f + START] as number);
      floats[f + SELF] = duration - (floats[f + SELF] as number);
      words[u + SHAPE] = (words[u + SHAPE] as number) & ~(SliceFlag.LEFT << FLAGS_SHIFT);
      const parent = words[u + PARENT] as number;
      if (parent !== NO_PARENT) floats[parent * FLOATS + SELF] = (floats[parent * FLOATS + SELF] as number) + duration;
      const name = words[u + NAME] as number;
      this.#openCounts[name] = (this.#openCounts[name] as number) - 1;
    }
  }

  /** What is open goes on in the next table; in this one it has no end. */
  carried(): Carried {
    const { table } = this;
    const carried = new SliceTable(this.#open.length);
    carried.count = this.#open.length;
    carried.entryBegin = Float64Array.from(this.#open, (i) => this.refs[i] as number);
    this.#open.forEach((i, at) => {
      carried.floats.set(table.floats.subarray(i * FLOATS, (i + 1) * FLOATS), at * FLOATS);
      carried.words[at * WORDS + PARENT] = at === 0 ? NO_PARENT : at - 1;
      carried.words[at * WORDS + SHAPE] = at | ((table.flagsOf(i) | SliceFlag.CAME) << FLAGS_SHIFT);
      table.floats[i * FLOATS + END] = Number.POSITIVE_INFINITY;
    });
    return { table: carried, ends: this.#ends };
  }

  #enter({ table: carried, ends }: Carried): void {
    const { table } = this;
    while (table.capacity < carried.count) this.#grow();
    table.floats.set(carried.floats.subarray(0, carried.count * FLOATS));
    table.count = carried.count;
    table.entries = carried.count;
    table.entryBegin = carried.entryBegin;
    this.refs.set(carried.entryBegin);
    for (let i = 0; i < carried.count; i++) {
      this.#open.push(i);
      const name = carried.nameOf(i);
      if (name >= this.#openCounts.length) this.#growCounts(name);
      this.#openCounts[name] = (this.#openCounts[name] as number) + 1;
    }
    this.#ends = [...ends];
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

  /** Gives back what is not used. */
  trim(): void {
    this.table.trim();
    this.refs = this.refs.slice(0, this.table.count);
  }
}

/** Slices that are open between two tables. */
export interface Carried {
  readonly table: SliceTable;
  /** Where they make room: an end beyond that of the slice around is not waited for. */
  readonly ends: readonly number[];
}
