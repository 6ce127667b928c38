/**
 * Slices in the order in which they began: what a segment of a thread's calls decodes into. Times are ns since the recording's start. Ids of names are
 * those of whoever fills the table (functions of a stream, names of a trace).
 *
 * A slice is 48 bytes that lie together, read through two views of one buffer. Whatever is done to a slice touches most of its fields, so one line of the
 * cache is twice as fast as a column for each field (measured on decoding, statistics, and scans of a row).
 *
 *     floats   start end self                           at index * FLOATS
 *     words    name place call parent shape result      at index * WORDS, behind the floats
 */
export const FLOATS = 6;
export const WORDS = 12;

/** Of `floats`, from `index * FLOATS`. */
export const START = 0;
/** Infinity: not ended. */
export const END = 1;
/** Duration less that of direct children. While the slice is open: what the children took. NaN: not known, it began before what was decoded. */
export const SELF = 2;

/** Of `words`, from `index * WORDS`. */
export const NAME = 6;
/** Where the record that begins it lies: block of the segment × PLACE_WORDS + word of the payload. */
export const PLACE = 7;
/** Of a run: number of the activation. */
export const CALL = 8;
/** Index of the slice that encloses it, or NO_PARENT. */
export const PARENT = 9;
/** depth + flags × 65536. */
export const SHAPE = 10;
/** As PLACE: where the record of what it returned lies, and 1; 0: there is none. */
export const RESULT = 11;

export const NO_PARENT = 0xffffffff;
export const FLAGS_SHIFT = 16;
export const DEPTH_MASK = 0xffff;

export const SliceFlag = {
  /** Began before the segment. Such slices come first, from the outermost. */
  CAME: 1,
  /** Did not end in the segment: END is infinite. */
  LEFT: 2,
  /** A run of an async function or generator; CALL numbers its activation. */
  RUN: 4,
  /** It began or ended somewhere in a gap: the time is that of the gap. */
  TORN: 8,
  /** A slice of the same name encloses it. */
  RECURSIVE: 16,
  /** An exception came up in it. */
  ERROR: 32,
  /** The run ended at an `await` or `yield`. */
  SUSPENDED: 64,
} as const;

export const BYTES_PER_SLICE = WORDS * 4;
const FIRST_CAPACITY = 16;
const MAX_WASTE = 1.15;

/** A place inside a segment: number of the block there, and word of the block's payload. */
export const PLACE_WORDS = 2 ** 18;
/** Blocks of a segment: a place is 32 bits. */
export const MAX_SEGMENT_BLOCKS = 2 ** 13;

export class SliceTable {
  count = 0;
  /** How many of them began before the segment. */
  entries = 0;
  floats: Float64Array<ArrayBuffer>;
  words: Uint32Array<ArrayBuffer>;
  /** Of the entries: block of the stream × PLACE_WORDS + word, where they really began. NaN: not known. */
  entryBegin = new Float64Array(0);

  constructor(capacity = FIRST_CAPACITY) {
    this.floats = new Float64Array(capacity * FLOATS);
    this.words = new Uint32Array(this.floats.buffer);
  }

  get capacity(): number {
    return this.floats.length / FLOATS;
  }

  get bytes(): number {
    return this.floats.byteLength + this.entryBegin.byteLength;
  }

  clear(): void {
    this.count = 0;
    this.entries = 0;
    this.entryBegin = new Float64Array(0);
  }

  /** Room for one more, by doubling: a segment is small, and a table may be used again. */
  grow(): void {
    this.#resize(Math.max(FIRST_CAPACITY, this.capacity * 2));
  }

  /** Room for so many: where the number is known about, growing step by step would copy all of them a few times. */
  reserve(capacity: number): void {
    if (capacity > this.capacity) this.#resize(capacity);
  }

  /** Gives back what is not used, if it is worth a copy. */
  trim(): void {
    if (this.capacity > this.count * MAX_WASTE) this.#resize(this.count);
  }

  #resize(capacity: number): void {
    const floats = new Float64Array(capacity * FLOATS);
    floats.set(this.floats.subarray(0, Math.min(this.count, capacity) * FLOATS));
    this.floats = floats;
    this.words = new Uint32Array(floats.buffer);
  }

  /** Fills in slice `i`, for which there is room, without a parent. */
  put(i: number, startNs: number, endNs: number, selfNs: number, name: number, depth: number, flags: number): void {
    this.floats[i * FLOATS + START] = startNs;
    this.floats[i * FLOATS + END] = endNs;
    this.floats[i * FLOATS + SELF] = selfNs;
    this.words[i * WORDS + NAME] = name;
    this.words[i * WORDS + PARENT] = NO_PARENT;
    this.words[i * WORDS + SHAPE] = depth | (flags << FLAGS_SHIFT);
    this.words[i * WORDS + RESULT] = 0;
  }

  startOf(i: number): number {
    return this.floats[i * FLOATS + START] as number;
  }
  endOf(i: number): number {
    return this.floats[i * FLOATS + END] as number;
  }
  selfOf(i: number): number {
    return this.floats[i * FLOATS + SELF] as number;
  }
  nameOf(i: number): number {
    return this.words[i * WORDS + NAME] as number;
  }
  placeOf(i: number): number {
    return this.words[i * WORDS + PLACE] as number;
  }
  callOf(i: number): number {
    return this.words[i * WORDS + CALL] as number;
  }
  /** Place of what it returned; -1: it was not recorded. */
  resultOf(i: number): number {
    return (this.words[i * WORDS + RESULT] as number) - 1;
  }
  /** -1: none. */
  parentOf(i: number): number {
    const parent = this.words[i * WORDS + PARENT] as number;
    return parent === NO_PARENT ? -1 : parent;
  }
  depthOf(i: number): number {
    return (this.words[i * WORDS + SHAPE] as number) & DEPTH_MASK;
  }
  flagsOf(i: number): number {
    return (this.words[i * WORDS + SHAPE] as number) >>> FLAGS_SHIFT;
  }
}
