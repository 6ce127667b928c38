import { HISTOGRAM_LEVEL } from './segment-rule.ts';
import { END, FLAGS_SHIFT, FLOATS, NAME, NO_PARENT, PARENT, SHAPE, SliceFlag, type SliceTable, START, WORDS } from './slice-table.ts';

/**
 * What the slices of a stretch of a track took, by name, one row a name. Rows of stretches that follow each other add up, since time counts where
 * it passed and a slice where it ended.
 */
export interface Statistics {
  readonly level: number;
  readonly name: Uint32Array;
  /** Slices that ended in the stretch, and of their whole durations the sum, the sum of squares, the least and the greatest. */
  readonly count: Float64Array;
  readonly sum: Float64Array;
  readonly squares: Float64Array;
  readonly min: Float64Array;
  readonly max: Float64Array;
  /** Time in the stretch during which one of them was open (recursive ones once), and during which one was the innermost. */
  readonly total: Float64Array;
  readonly self: Float64Array;
  /** Their durations; undefined where they were left out to save room. */
  readonly histogram: Histogram | undefined;
}

/**
 * Of row `r`: `count[i]` durations in `bin[i]` (see `binOf`) for `i` from `from[r]` to `from[r + 1]`, by bin. Below HISTOGRAM_LEVEL `count` is undefined: one each, in any order. A segment has
 * a dozen slices of a name, which lie in as many bins: to count them there is dear, and to keep the counts takes more room than to keep the bins.
 */
export interface Histogram {
  readonly from: Uint32Array;
  readonly bin: Uint16Array;
  readonly count: Uint32Array | undefined;
}

/** Sixteen bins for each doubling of the duration, so a bin's middle is within 3 % of all that is in it. Bin 0: less than 1 ns. */
export const BINS = 1 + 53 * 16;
const DOUBLE = new Float64Array(1);
const DOUBLE_WORDS = new Uint32Array(DOUBLE.buffer);
/** Sign, exponent and the first four bits of the mantissa of 1. */
const BIN_OF_ONE = 1023 << 4;

export function binOf(durationNs: number): number {
  if (!(durationNs >= 1)) return 0;
  DOUBLE[0] = durationNs;
  return Math.min(BINS - 1, ((DOUBLE_WORDS[1] as number) >>> 16) - BIN_OF_ONE + 1);
}

/** Least duration of a bin; that of bin + 1 is where it ends. */
export function binStart(bin: number): number {
  if (bin <= 0) return 0;
  DOUBLE_WORDS[1] = (bin - 1 + BIN_OF_ONE) << 16;
  DOUBLE_WORDS[0] = 0;
  return DOUBLE[0] as number;
}

/** Numbers of one name while they are counted, beside each other. */
const COUNT = 0;
const SUM = 1;
const SQUARES = 2;
const MIN = 3;
const MAX = 4;
const TOTAL = 5;
const SELF = 6;
const NUMBERS = 8;
const RECURSIVE = SliceFlag.RECURSIVE << FLAGS_SHIFT;

/**
 * Of the part of a segment between two times: all of it, or what a range cuts off. A slice has ended in it if it did in `(fromNs, toNs]`, and in the first
 * part of a segment (`isFirst`) also at `fromNs` itself.
 */
export function statisticsOf(table: SliceTable, fromNs: number, toNs: number, isFirst: boolean): Statistics {
  const { count, floats, words } = table;
  const slots = SLOTS.emptied();
  if (count > slotOf.length) {
    slotOf = new Uint32Array(count * 2);
    binOfSlice = new Uint16Array(count * 2);
  }
  const afterNs = isFirst ? Number.NEGATIVE_INFINITY : fromNs;
  let numbers = emptyNumbers(0);
  let known = 0;
  // Hot: all that is recorded passes here once.
  for (let i = 0, u = 0, f = 0; i < count; i++, u += WORDS, f += FLOATS) {
    const slot = slots.of(words[u + NAME] as number);
    slotOf[i] = slot;
    const n = slot * NUMBERS;
    if (slot === known) {
      known++;
      if (n >= numbers.length) numbers = withRoom(numbers);
    }
    const start = floats[f + START] as number;
    const end = floats[f + END] as number;
    if (end <= toNs && end > afterNs) {
      const duration = end - start;
      numbers[n] = (numbers[n] as number) + 1;
      numbers[n + SUM] = (numbers[n + SUM] as number) + duration;
      numbers[n + SQUARES] = (numbers[n + SQUARES] as number) + duration * duration;
      if (duration < (numbers[n + MIN] as number)) numbers[n + MIN] = duration;
      if (duration > (numbers[n + MAX] as number)) numbers[n + MAX] = duration;
      binOfSlice[i] = binOf(duration);
    } else binOfSlice[i] = NOT_ENDED;
    const inside = Math.min(end, toNs) - Math.max(start, fromNs);
    if (inside <= 0) continue;
    numbers[n + SELF] = (numbers[n + SELF] as number) + inside;
    if (((words[u + SHAPE] as number) & RECURSIVE) === 0) numbers[n + TOTAL] = (numbers[n + TOTAL] as number) + inside;
    const parent = words[u + PARENT] as number;
    if (parent === NO_PARENT) continue;
    const above = (slotOf[parent] as number) * NUMBERS + SELF;
    numbers[above] = (numbers[above] as number) - inside;
  }
  const column = (which: number): Float64Array => {
    const values = new Float64Array(slots.count);
    for (let slot = 0, n = which; slot < values.length; slot++, n += NUMBERS) values[slot] = numbers[n] as number;
    return values;
  };
  const ended = column(COUNT);
  return {
    level: 0,
    name: slots.names(),
    count: ended,
    sum: column(SUM),
    squares: column(SQUARES),
    min: column(MIN),
    max: column(MAX),
    total: column(TOTAL),
    self: column(SELF),
    histogram: looseHistogram(count, ended),
  };
}

// Used again for each stretch: memory that is fresh costs more than what is done with it.
let slotOf = new Uint32Array(0);
/** By slice. */
let binOfSlice = new Uint16Array(0);
const NOT_ENDED = 0xffff;

let allNumbers = new Float64Array(0);
const FIRST_NAMES = 64;

/** Numbers of the names from `from` on, as they are before anything was counted. */
function emptyNumbers(from: number): Float64Array<ArrayBuffer> {
  const numbers = allNumbers;
  numbers.fill(0, from);
  for (let n = from; n < numbers.length; n += NUMBERS) {
    numbers[n + MIN] = Number.POSITIVE_INFINITY;
    numbers[n + MAX] = Number.NEGATIVE_INFINITY;
  }
  return numbers;
}

function withRoom(numbers: Float64Array): Float64Array<ArrayBuffer> {
  allNumbers = new Float64Array(Math.max(FIRST_NAMES * NUMBERS, numbers.length * 2));
  allNumbers.set(numbers);
  return emptyNumbers(numbers.length);
}

/** Bins of the slices that were looked at last, brought together by name. */
function looseHistogram(slices: number, ended: Float64Array): Histogram {
  const from = new Uint32Array(ended.length + 1);
  for (let slot = 0; slot < ended.length; slot++) from[slot + 1] = (from[slot] as number) + (ended[slot] as number);
  const next = from.slice();
  const bin = new Uint16Array(from[ended.length] as number);
  for (let i = 0; i < slices; i++) {
    const one = binOfSlice[i] as number;
    if (one === NOT_ENDED) continue;
    const slot = slotOf[i] as number;
    const at = next[slot] as number;
    next[slot] = at + 1;
    bin[at] = one;
  }
  return { from, bin, count: undefined };
}

/** Statistics of parts that follow each other on a track. Histograms are there if all parts have theirs. */
export function mergedStatistics(parts: readonly Statistics[]): Statistics {
  const slots = SLOTS.emptied();
  /** By part: slots of its rows. */
  const slotsOf = parts.map(({ name }) => {
    const own = new Uint32Array(name.length);
    for (let row = 0; row < own.length; row++) own[row] = slots.of(name[row] as number);
    return own;
  });
  const names = slots.count;
  const merged = {
    count: new Float64Array(names),
    sum: new Float64Array(names),
    squares: new Float64Array(names),
    min: new Float64Array(names).fill(Number.POSITIVE_INFINITY),
    max: new Float64Array(names).fill(Number.NEGATIVE_INFINITY),
    total: new Float64Array(names),
    self: new Float64Array(names),
  };
  parts.forEach((part, p) => {
    addRows(part, slotsOf[p] as Uint32Array, merged);
  });
  const level = (parts[0] as Statistics).level + 1;
  return { level, name: slots.names(), ...merged, histogram: mergedHistogram(parts, slotsOf, names, level) };
}

type Sums = Pick<Statistics, 'count' | 'sum' | 'squares' | 'min' | 'max' | 'total' | 'self'>;

function addRows(part: Statistics, slotOfRow: Uint32Array, { count, sum, squares, min, max, total, self }: Sums): void {
  for (let row = 0; row < slotOfRow.length; row++) {
    const slot = slotOfRow[row] as number;
    count[slot] = (count[slot] as number) + (part.count[row] as number);
    sum[slot] = (sum[slot] as number) + (part.sum[row] as number);
    squares[slot] = (squares[slot] as number) + (part.squares[row] as number);
    total[slot] = (total[slot] as number) + (part.total[row] as number);
    self[slot] = (self[slot] as number) + (part.self[row] as number);
    min[slot] = Math.min(min[slot] as number, part.min[row] as number);
    max[slot] = Math.max(max[slot] as number, part.max[row] as number);
  }
}

/** `slotsOf`: of the rows of each part. */
function mergedHistogram(parts: readonly Statistics[], slotsOf: readonly Uint32Array[], names: number, level: number): Histogram | undefined {
  const histograms: Histogram[] = [];
  for (const { histogram } of parts) {
    if (!histogram) return undefined;
    histograms.push(histogram);
  }
  if (level < HISTOGRAM_LEVEL && histograms.every(({ count }) => count === undefined)) return joinedHistogram(histograms, slotsOf, names);
  const rowsOf = slotsOf.map((own) => {
    const rows = new Int32Array(names).fill(-1);
    for (let row = 0; row < own.length; row++) rows[own[row] as number] = row;
    return rows;
  });
  const maker = new HistogramMaker(names);
  for (let slot = 0; slot < names; slot++) {
    for (let p = 0; p < histograms.length; p++) {
      const row = (rowsOf[p] as Int32Array)[slot] as number;
      if (row >= 0) maker.addRow(histograms[p] as Histogram, row);
    }
    maker.endRow();
  }
  return maker.made();
}

/** The bins of a name behind each other. */
function joinedHistogram(histograms: readonly Histogram[], slotsOf: readonly Uint32Array[], names: number): Histogram {
  const from = new Uint32Array(names + 1);
  histograms.forEach((histogram, p) => {
    const own = slotsOf[p] as Uint32Array;
    for (let row = 0; row < own.length; row++) {
      const behind = (own[row] as number) + 1;
      from[behind] = (from[behind] as number) + (histogram.from[row + 1] as number) - (histogram.from[row] as number);
    }
  });
  for (let slot = 0; slot < names; slot++) from[slot + 1] = (from[slot + 1] as number) + (from[slot] as number);
  const next = from.slice();
  const bin = new Uint16Array(from[names] as number);
  histograms.forEach((histogram, p) => {
    const own = slotsOf[p] as Uint32Array;
    for (let row = 0; row < own.length; row++) {
      let at = next[own[row] as number] as number;
      for (let i = histogram.from[row] as number; i < (histogram.from[row + 1] as number); i++) bin[at++] = histogram.bin[i] as number;
      next[own[row] as number] = at;
    }
  });
  return { from, bin, count: undefined };
}

/** A number for each name, in the order in which they come. */
class Slots {
  #names: number[] = [];
  #slots = new Int32Array(1024).fill(-1);
  readonly #others = new Map<number, number>();

  /** Itself, without names. */
  emptied(): this {
    for (const name of this.#names) if (name < this.#slots.length) this.#slots[name] = -1;
    this.#names = [];
    this.#others.clear();
    return this;
  }

  get count(): number {
    return this.#names.length;
  }

  of(name: number): number {
    if (name >= this.#slots.length && !this.#grow(name)) {
      const known = this.#others.get(name);
      if (known !== undefined) return known;
      this.#others.set(name, this.#names.length);
      return this.#names.push(name) - 1;
    }
    const slot = this.#slots[name] as number;
    if (slot >= 0) return slot;
    this.#slots[name] = this.#names.length;
    return this.#names.push(name) - 1;
  }

  names(): Uint32Array {
    return Uint32Array.from(this.#names);
  }

  /** False: the number is so high that it is kept aside. */
  #grow(name: number): boolean {
    if (name >= 2 ** 20) return false;
    const slots = new Int32Array(Math.min(2 ** 20, Math.max(name + 1, this.#slots.length * 2))).fill(-1);
    slots.set(this.#slots);
    this.#slots = slots;
    return true;
  }
}

/** Used again for each stretch, one after the other. */
const SLOTS = new Slots();

const FEW_BINS = 16;

function sortFew(values: Uint16Array, count: number): void {
  for (let i = 1; i < count; i++) {
    const value = values[i] as number;
    let to = i;
    for (; to > 0 && (values[to - 1] as number) > value; to--) values[to] = values[to - 1] as number;
    values[to] = value;
  }
}

/** Rows of bins, one after the other. */
class HistogramMaker {
  readonly #from: Uint32Array;
  /** Of the row under way, by bin. */
  readonly #counts = new Float64Array(BINS);
  #bins = new Uint16Array(1024);
  #made = new Uint32Array(1024);
  #length = 0;
  #row = 0;
  #least = BINS;
  #greatest = -1;
  /** Bins of the row that are not empty. */
  readonly #touched = new Uint16Array(BINS);
  #touches = 0;

  constructor(rows: number) {
    this.#from = new Uint32Array(rows + 1);
  }

  addRow({ from, bin, count: countOf }: Histogram, row: number): void {
    const counts = this.#counts;
    const touched = this.#touched;
    let touches = this.#touches;
    let least = this.#least;
    let greatest = this.#greatest;
    const behind = from[row + 1] as number;
    for (let i = from[row] as number; i < behind; i++) {
      const one = bin[i] as number;
      const before = counts[one] as number;
      if (before === 0) touched[touches++] = one;
      counts[one] = before + (countOf === undefined ? 1 : (countOf[i] as number));
      if (one < least) least = one;
      if (one > greatest) greatest = one;
    }
    this.#touches = touches;
    this.#least = least;
    this.#greatest = greatest;
  }

  endRow(): void {
    const counts = this.#counts;
    if (this.#length + BINS > this.#bins.length) this.#grow();
    const bins = this.#bins;
    const made = this.#made;
    const touched = this.#touched;
    const touches = this.#touches;
    let at = this.#length;
    // Most rows have a few bins far from each other.
    if (touches > FEW_BINS) {
      let i = 0;
      for (let bin = this.#least; bin <= this.#greatest; bin++) if (counts[bin] !== 0) touched[i++] = bin;
    } else sortFew(touched, touches);
    for (let i = 0; i < touches; i++) {
      const bin = touched[i] as number;
      bins[at] = bin;
      made[at++] = counts[bin] as number;
      counts[bin] = 0;
    }
    this.#touches = 0;
    this.#length = at;
    this.#least = BINS;
    this.#greatest = -1;
    this.#from[++this.#row] = at;
  }

  #grow(): void {
    const size = this.#bins.length * 2 + BINS;
    const bins = new Uint16Array(size);
    bins.set(this.#bins);
    this.#bins = bins;
    const made = new Uint32Array(size);
    made.set(this.#made);
    this.#made = made;
  }

  made(): Histogram {
    return { from: this.#from, bin: this.#bins.slice(0, this.#length), count: this.#made.slice(0, this.#length) };
  }
}
