/** The slices of one lane as columns: taken in as they end, and put in the order in which they begin, each inside of what encloses it. */
import { ProblemError } from '../base/result.ts';

const ROWS = 65_536;
/** Of a track: most have few slices, and there may be thousands. */
const FIRST_ROWS = 64;
const RADIX_BITS = 16;
const RADIX = 1 << RADIX_BITS;
/** 20 bytes each, and as many again while they are put in order. */
export const MAX_SLICES = 64_000_000;

/** Slices in the order of their begin, outer ones first. `depth` 0 is outermost; `parent` is a row, -1: none. Times in ns. */
export interface NestedSlices {
  readonly count: number;
  readonly starts: Float64Array;
  readonly durations: Float64Array;
  readonly names: Int32Array;
  readonly parents: Int32Array;
  /** 0: nests in the others. Those that overlap others without nesting have a lane of their own, with its own outermost slices. */
  readonly lanes: Uint16Array;
  /** Rows that do not nest. */
  readonly overlapping: number;
  /** The first of them; -1: none. */
  readonly firstOverlapping: number;
}

export class SliceColumns {
  #starts: Float64Array[] = [];
  #durations: Float64Array[] = [];
  #names: Int32Array[] = [];
  count = 0;

  /** `isCall`: those end from the inside to the outside; other slices of the same begin and end are taken for nested in the order in which they come. */
  add(startNs: number, durationNs: number, name: number, isCall = false): void {
    const row = this.count % ROWS;
    if (row === 0) this.#grow(this.#starts.length, this.count === 0 ? FIRST_ROWS : ROWS);
    else if (this.count === this.#starts[0]?.length) this.#grow(0, Math.min(ROWS, this.count * 4));
    const block = this.#starts.length - 1;
    (this.#starts[block] as Float64Array)[row] = startNs;
    (this.#durations[block] as Float64Array)[row] = durationNs;
    (this.#names[block] as Int32Array)[row] = isCall ? ~name : name;
    this.count++;
  }

  #grow(block: number, rows: number): void {
    const [starts, durations, names] = [new Float64Array(rows), new Float64Array(rows), new Int32Array(rows)];
    starts.set(this.#starts[block] ?? []);
    durations.set(this.#durations[block] ?? []);
    names.set(this.#names[block] ?? []);
    this.#starts[block] = starts;
    this.#durations[block] = durations;
    this.#names[block] = names;
  }

  /** What was taken in is gone then: the result holds it. */
  nest(): NestedSlices {
    const { count } = this;
    const starts = joinedDoubles(this.#starts, count);
    const durations = joinedDoubles(this.#durations, count);
    const names = new Int32Array(count);
    for (let block = 0; block < this.#names.length; block++) {
      names.set((this.#names[block] as Int32Array).subarray(0, Math.min(ROWS, count - block * ROWS)), block * ROWS);
    }
    const order = orderOf(starts, durations, names);
    for (let i = 0; i < count; i++) names[i] = Math.max(names[i] as number, ~(names[i] as number));
    this.#starts = [];
    this.#durations = [];
    this.#names = [];
    this.count = 0;
    return nested(count, permuted(starts, order), permuted(durations, order), permutedInts(names, order));
  }
}

export const tooManySlices = (): ProblemError =>
  new ProblemError({
    code: 'too-many-slices',
    message: `There are more than ${MAX_SLICES.toLocaleString('en-US')} slices, more than are put in order at once.`,
    remedy: 'Choose a part of the trace: --from and --to.',
  });

function joinedDoubles(blocks: readonly Float64Array[], count: number): Float64Array {
  const out = new Float64Array(count);
  for (let block = 0; block < blocks.length; block++) out.set((blocks[block] as Float64Array).subarray(0, Math.min(ROWS, count - block * ROWS)), block * ROWS);
  return out;
}

function permuted(values: Float64Array, order: Uint32Array): Float64Array {
  const out = new Float64Array(values.length);
  for (let i = 0; i < out.length; i++) out[i] = values[order[i] as number] as number;
  return out;
}

function permutedInts(values: Int32Array, order: Uint32Array): Int32Array {
  const out = new Int32Array(values.length);
  for (let i = 0; i < out.length; i++) out[i] = values[order[i] as number] as number;
  return out;
}

/**
 * By start; of those that start together the longer one first; of equal ones the first to come, as the file has them, but of calls (`names` below 0) the last,
 * since inner ones end before outer ones. Sorting by a comparison takes ten times as long: digits of 16 bits it is.
 */
function orderOf(starts: Float64Array, durations: Float64Array, names: Int32Array): Uint32Array {
  const count = starts.length;
  let order = new Uint32Array(count);
  for (let i = 0; i < count; i++) order[i] = i;
  let least = Number.POSITIVE_INFINITY;
  let greatest = Number.NEGATIVE_INFINITY;
  for (let i = 0; i < count; i++) {
    const start = starts[i] as number;
    if (start < least) least = start;
    if (start > greatest) greatest = start;
  }
  let other = new Uint32Array(count);
  const places = new Uint32Array(RADIX);
  for (let unit = 1; unit <= greatest - least; unit *= RADIX) {
    places.fill(0);
    for (let i = 0; i < count; i++) places[digit(starts[i] as number, least, unit)] = (places[digit(starts[i] as number, least, unit)] as number) + 1;
    let at = 0;
    for (let d = 0; d < RADIX; d++) {
      const size = places[d] as number;
      places[d] = at;
      at += size;
    }
    for (let i = 0; i < count; i++) {
      const row = order[i] as number;
      const d = digit(starts[row] as number, least, unit);
      const place = places[d] as number;
      other[place] = row;
      places[d] = place + 1;
    }
    [order, other] = [other, order];
  }
  for (let from = 0; from < count; ) {
    let to = from + 1;
    while (to < count && starts[order[to] as number] === starts[order[from] as number]) to++;
    if (to - from > 1) outerFirst(order.subarray(from, to), durations, names);
    from = to;
  }
  return order;
}

const digit = (start: number, least: number, unit: number): number => Math.floor((start - least) / unit) % RADIX;

/** Of rows that start together. */
function outerFirst(rows: Uint32Array, durations: Float64Array, names: Int32Array): void {
  const compare = (a: number, b: number): number => {
    const lengths = (durations[b] as number) - (durations[a] as number);
    if (lengths !== 0) return lengths;
    const isCall = (names[a] as number) < 0;
    if (isCall !== (names[b] as number) < 0) return isCall ? -1 : 1;
    return isCall ? b - a : a - b;
  };
  let inOrder = true;
  for (let i = 1; i < rows.length && inOrder; i++) inOrder = compare(rows[i - 1] as number, rows[i] as number) < 0;
  if (!inOrder) rows.sort(compare);
}

interface Lane {
  /** Rows that are open, from the outermost, and when they end. */
  readonly rows: number[];
  readonly ends: number[];
}

const MAX_LANES = 1000;
/** Times of other tools are rounded one by one: the end of a slice may lie a nanosecond behind that of what encloses it. */
const ROUNDING_NS = 1;

function nested(count: number, starts: Float64Array, durations: Float64Array, names: Int32Array): NestedSlices {
  const parents = new Int32Array(count);
  const lanes = new Uint16Array(count);
  const open: Lane[] = [{ rows: [], ends: [] }];
  let overlapping = 0;
  let firstOverlapping = -1;
  for (let row = 0; row < count; row++) {
    const start = starts[row] as number;
    const end = start + (durations[row] as number);
    let index = 0;
    while (!fits(open[index] as Lane, start, end) && index < MAX_LANES) {
      index++;
      if (index === open.length) open.push({ rows: [], ends: [] });
    }
    if (index > 0) {
      if (overlapping === 0) firstOverlapping = row;
      overlapping++;
    }
    const { rows, ends } = open[index] as Lane;
    // In the last lane lie all that have none: each by itself.
    if (index === MAX_LANES) rows.length = ends.length = 0;
    parents[row] = rows.length === 0 ? -1 : (rows[rows.length - 1] as number);
    lanes[row] = index;
    rows.push(row);
    ends.push(rows.length === 1 ? end : Math.min(end, ends[ends.length - 1] as number));
  }
  return { count, starts, durations, names, parents, lanes, overlapping, firstOverlapping };
}

/** Ends what is over before `start`, and says whether a slice up to `end` nests in what is left. */
function fits({ rows, ends }: Lane, start: number, end: number): boolean {
  while (ends.length > 0 && (ends[ends.length - 1] as number) <= start) {
    rows.pop();
    ends.pop();
  }
  return ends.length === 0 || end <= (ends[ends.length - 1] as number) + ROUNDING_NS;
}
