import { LOOSE } from './loose-slices.ts';

/** Fewer are sorted by comparison. */
const MIN_RADIX = 4096;

/**
 * Slices in any order, LOOSE numbers each, by start; of those that begin together the longest first, and of equal ones the first to come. Returns the order as indices.
 * What comes by its end, as a tracer writes it, needs no sorting; else a radix sort: millions of doubles would take seconds by comparison.
 */
export function orderOf(loose: Float64Array, count: number): Uint32Array {
  let isByStart = true;
  let isByEnd = true;
  let least = Number.POSITIVE_INFINITY;
  let greatest = Number.NEGATIVE_INFINITY;
  let startBefore = Number.NEGATIVE_INFINITY;
  let endBefore = Number.NEGATIVE_INFINITY;
  for (let at = 0; at < count * LOOSE; at += LOOSE) {
    const start = loose[at] as number;
    const end = loose[at + 1] as number;
    if (start < startBefore) isByStart = false;
    if (end < endBefore) isByEnd = false;
    startBefore = start;
    endBefore = end;
    if (start < least) least = start;
    if (start > greatest) greatest = start;
  }
  const byComparison = (): Uint32Array => asTheyCame(count).sort((a, b) => compare(loose, a, b));
  let order: Uint32Array;
  if (isByStart) order = asTheyCame(count);
  else if (isByEnd) order = outermostFirst(loose, count);
  else if (count < MIN_RADIX || !(greatest - least <= MAX_SPAN_NS)) return byComparison();
  else order = radixSorted(loose, count, least, greatest);
  return putLongestFirst(loose, order) ? order : byComparison();
}

function asTheyCame(count: number): Uint32Array {
  const order = new Uint32Array(count);
  for (let i = 0; i < count; i++) order[i] = i;
  return order;
}

/**
 * Slices in the order of their ends, each behind those that it encloses, put in front of these. Where all of them nest, that is the order of their starts; where some overlap, nearly.
 */
function outermostFirst(loose: Float64Array, count: number): Uint32Array<ArrayBuffer> {
  if (count > firsts.length) {
    firsts = new Uint32Array(count);
    stack = new Uint32Array(count);
  }
  let open = 0;
  for (let i = 0, at = 0; i < count; i++, at += LOOSE) {
    const start = loose[at] as number;
    const end = loose[at + 1] as number;
    let first = i;
    for (; open > 0; open--) {
      const inner = stack[open - 1] as number;
      const innerStart = loose[inner * LOOSE] as number;
      // Of equal ones the first to come stays in front.
      if (innerStart < start || (innerStart === start && (loose[inner * LOOSE + 1] as number) === end)) break;
      first = firsts[inner] as number;
    }
    firsts[i] = first;
    stack[open++] = i;
  }
  const order = new Uint32Array(count);
  // From the last one on: in front of each lie those that ended before it began, and those that enclose it.
  let depth = 0;
  let firstAround = count;
  for (let i = count - 1; i >= 0; i--) {
    while (i < firstAround && depth > 0) firstAround = --depth === 0 ? 0 : (firsts[stack[depth - 1] as number] as number);
    const first = firsts[i] as number;
    order[first + depth] = i;
    if (first === i) continue;
    stack[depth++] = i;
    firstAround = first;
  }
  return order;
}

// Used again for each chunk. By slice: the first one that it encloses, or itself.
let firsts = new Uint32Array(0);
let stack = new Uint32Array(0);

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
