import { LOOSE } from './loose-slices.ts';

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
