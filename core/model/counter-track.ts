import type { Detail } from './detail-budget.ts';

/**
 * The samples of one counter definition of one stream, in chunks of rows. Of a chunk, the summary stays in memory and the
 * rows (detail) may be dropped and read again from its blocks.
 *
 *     chunk    up to 8192 rows   summary a series: first last min max sum samples
 *       mini   512 rows          t0 t1, and a series: first last min max
 *         row                    time, and a value a series
 *
 * The sizes are a balance for 30 minutes at 100,000 samples a second (180 M): 22,000 chunks with some 27 MB of summaries, few
 * enough to walk in a frame; and a picture of 1600 columns needs rows only where a mini is wider than a column, which is at
 * most 820,000 rows, 13 MB, a series.
 */
const MAX_ROWS = 8192;
const FIRST_ROWS = 8;
export const MINI_ROWS = 512;
/** Least and greatest of so many rows are kept beside the rows, so that a column's border costs some 100 steps and not 512. */
export const MICRO_ROWS = 64;
/** A counter with many series gets shorter chunks, so that one never holds more than this. */
const MAX_CHUNK_BYTES = 512 * 1024;
/** A slow counter's chunk ends early, lest reading it again reads hundreds of megabytes: from this span of the file on … */
const LONG_SPAN_BYTES = 8 * 1024 * 1024;
/** … but not with fewer rows. One that is so thin that it spans more than twice LONG_SPAN_BYTES stays in memory: it costs next to nothing there. */
const MIN_ROWS = 256;

/** Places in a series' part of a chunk summary. */
export const Summary = { FIRST: 0, LAST: 1, MIN: 2, MAX: 3, SUM: 4, SAMPLES: 5, SIZE: 6 } as const;
/** Places in a mini: T0 and T1, then MINI_SIZE numbers a series, in the order of Summary. */
export const Mini = { T0: 0, T1: 1, SERIES: 2, SIZE: 4 } as const;

export class Chunk implements Detail {
  readonly track: CounterTrack;
  /** Block of the first row, and how many rows of this counter come before it in that block. */
  readonly firstBlock: number;
  readonly skip: number;
  lastBlock: number;
  /** Bytes of the file from the first block to the last. */
  spanBytes = 0;
  rows = 0;
  capacity: number;
  /** Times, then a column of `capacity` for each series. Undefined: dropped. */
  data: Float64Array | undefined;
  readonly summary: Float64Array;
  minis: Float64Array;
  t0 = Number.POSITIVE_INFINITY;
  t1 = Number.NEGATIVE_INFINITY;
  closed = false;
  /** Rows came out of order of time and were sorted; reading them again must do the same. */
  resorted = false;
  /** The file does not give the rows any more. */
  unreadable = false;
  #summarized = 0;
  #micros: (Float64Array | undefined)[] = [];

  constructor(track: CounterTrack, firstBlock: number, skip: number) {
    this.track = track;
    this.firstBlock = firstBlock;
    this.lastBlock = firstBlock;
    this.skip = skip;
    this.data = track.freshRows();
    this.capacity = this.data.length / (1 + track.width);
    this.summary = new Float64Array(track.width * Summary.SIZE);
    this.minis = new Float64Array(miniSize(track.width));
  }

  get detailBytes(): number {
    return this.data?.byteLength ?? 0;
  }

  get pinned(): boolean {
    return this.spanBytes > 2 * LONG_SPAN_BYTES;
  }

  dropDetail(): void {
    if (this.data) this.track.recycle(this.data);
    this.data = undefined;
    this.#micros = [];
  }

  /** Least and greatest value of each MICRO_ROWS rows of a series, two numbers each, of a closed chunk; made when first asked for. */
  micros(series: number, data: Float64Array): Float64Array {
    let micros = this.#micros[series];
    if (!micros) {
      micros = new Float64Array(Math.ceil(this.rows / MICRO_ROWS) * 2);
      const column = this.capacity * (series + 1);
      for (let m = 0; m * MICRO_ROWS < this.rows; m++) {
        let min = Number.POSITIVE_INFINITY;
        let max = Number.NEGATIVE_INFINITY;
        for (let row = m * MICRO_ROWS; row < Math.min(this.rows, (m + 1) * MICRO_ROWS); row++) {
          const value = data[column + row] as number;
          if (value < min) min = value;
          if (value > max) max = value;
        }
        micros[m * 2] = min;
        micros[m * 2 + 1] = max;
      }
      this.#micros[series] = micros;
    }
    return micros;
  }

  grow(): void {
    const { data, capacity } = this;
    if (!data) return;
    this.data = resized(data, capacity, Math.min(capacity * 2, this.track.maxRows), this.rows, this.track.width);
    this.capacity = this.data.length / (1 + this.track.width);
  }

  /** Brings summary and minis up to the rows: done when they are asked for, so that taking in a sample only stores it. */
  summarize(): void {
    const { data, rows, capacity } = this;
    if (this.#summarized === rows || !data) return;
    if (!isSorted(data, Math.max(0, this.#summarized - 1), rows)) {
      sortRows(data, rows, capacity, this.track.width);
      this.resorted = true;
      this.#summarized = 0;
    }
    this.t0 = data[0] as number;
    this.t1 = data[rows - 1] as number;
    const size = miniSize(this.track.width);
    const firstMini = Math.floor(this.#summarized / MINI_ROWS);
    const miniCount = Math.ceil(rows / MINI_ROWS);
    if (this.minis.length < miniCount * size) {
      const minis = new Float64Array(Math.ceil(capacity / MINI_ROWS) * size);
      minis.set(this.minis);
      this.minis = minis;
    }
    for (let m = firstMini; m < miniCount; m++) {
      this.minis[m * size + Mini.T0] = data[m * MINI_ROWS] as number;
      this.minis[m * size + Mini.T1] = data[Math.min(rows, (m + 1) * MINI_ROWS) - 1] as number;
    }
    for (let s = 0; s < this.track.width; s++) this.#summarizeSeries(data, s, this.#summarized, rows);
    this.#summarized = rows;
  }

  #summarizeSeries(data: Float64Array, series: number, from: number, to: number): void {
    // Hot: every sample passes here once.
    const { minis, summary } = this;
    const size = miniSize(this.track.width);
    const column = this.capacity * (series + 1);
    const s = series * Summary.SIZE;
    let sum = from === 0 ? 0 : (summary[s + Summary.SUM] as number);
    let samples = from === 0 ? 0 : (summary[s + Summary.SAMPLES] as number);
    let least = from === 0 ? Number.POSITIVE_INFINITY : (summary[s + Summary.MIN] as number);
    let greatest = from === 0 ? Number.NEGATIVE_INFINITY : (summary[s + Summary.MAX] as number);
    let row = from;
    while (row < to) {
      const mini = Math.floor(row / MINI_ROWS);
      const end = Math.min(to, (mini + 1) * MINI_ROWS);
      const at = mini * size + Mini.SERIES + series * Mini.SIZE;
      const starts = row === mini * MINI_ROWS;
      let min = starts ? Number.POSITIVE_INFINITY : (minis[at + Summary.MIN] as number);
      let max = starts ? Number.NEGATIVE_INFINITY : (minis[at + Summary.MAX] as number);
      if (starts) minis[at + Summary.FIRST] = data[column + row] as number;
      for (; row < end; row++) {
        const value = data[column + row] as number;
        if (value < min) min = value;
        if (value > max) max = value;
        // NaN is a gap and no sample.
        if (!Number.isNaN(value)) {
          sum += value;
          samples++;
        }
      }
      minis[at + Summary.LAST] = data[column + end - 1] as number;
      minis[at + Summary.MIN] = min;
      minis[at + Summary.MAX] = max;
      if (min < least) least = min;
      if (max > greatest) greatest = max;
    }
    summary[s + Summary.FIRST] = data[column] as number;
    summary[s + Summary.LAST] = data[column + to - 1] as number;
    summary[s + Summary.MIN] = least;
    summary[s + Summary.MAX] = greatest;
    summary[s + Summary.SUM] = sum;
    summary[s + Summary.SAMPLES] = samples;
  }

  close(): void {
    this.summarize();
    this.closed = true;
    const { data, rows } = this;
    if (data && this.capacity > rows) {
      this.data = resized(data, this.capacity, rows, rows, this.track.width);
      this.capacity = rows;
    }
    this.minis = this.track.keep(this.minis.subarray(0, miniSize(this.track.width) * Math.ceil(rows / MINI_ROWS)));
  }

  /** Puts back the rows that were read again, in the order of the file. */
  restore(data: Float64Array): void {
    if (this.resorted) sortRows(data, this.rows, this.rows, this.track.width);
    this.data = data;
    this.capacity = this.rows;
  }
}

/**
 * Small things that stay lie together: each in a buffer of its own, between rows that come and go, would hold the rows' freed
 * memory apart, and a long recording would take ever more of it.
 */
const PAGE_NUMBERS = 8192;
const NO_PAGE = new Float64Array(0);
const MAX_SPARE = 4;

export class CounterTrack {
  readonly stream: number;
  readonly definition: number;
  /** Number of series. */
  readonly width: number;
  readonly maxRows: number;
  readonly chunks: Chunk[] = [];
  /** Every chunk starts no earlier than the one before it ended. */
  ordered = true;
  readonly #onClosed: (chunk: Chunk) => void;
  #open: Chunk | undefined;
  #block = -1;
  #rowsInBlock = 0;
  /** Totals of the closed chunks: a series' samples, min, max. */
  readonly #totals: Float64Array;

  constructor(stream: number, definition: number, width: number, onClosed: (chunk: Chunk) => void) {
    this.stream = stream;
    this.definition = definition;
    this.width = width;
    this.maxRows = Math.max(1, Math.min(MAX_ROWS, Math.floor(MAX_CHUNK_BYTES / 8 / (1 + width))));
    this.#onClosed = onClosed;
    this.#totals = new Float64Array(width * 3);
    for (let s = 0; s < width; s++) this.#totals.set([0, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY], s * 3);
  }

  /** Takes in one record of `block`, whose payload is at byte `offset`. Values beyond the definition are left out, missing ones are gaps. */
  push(timeNs: number, values: Float64Array, first: number, count: number, block: number, offset: number): void {
    // Without series there is nothing to keep.
    if (this.width === 0) return;
    if (block !== this.#block) this.#enter(block, offset);
    let chunk = this.#open;
    if (chunk === undefined) {
      chunk = new Chunk(this, block, this.#rowsInBlock);
      this.#open = chunk;
      this.#openOffset = offset;
      this.chunks.push(chunk);
    } else if (chunk.rows === chunk.capacity) chunk.grow();
    const data = chunk.data as Float64Array;
    const row = chunk.rows++;
    data[row] = timeNs;
    for (let s = 0, at = chunk.capacity + row; s < this.width; s++, at += chunk.capacity) data[at] = s < count ? (values[first + s] as number) : Number.NaN;
    this.#rowsInBlock++;
    if (chunk.rows === this.maxRows) this.#close(chunk);
  }

  #openOffset = 0;

  #enter(block: number, offset: number): void {
    this.#block = block;
    this.#rowsInBlock = 0;
    const open = this.#open;
    if (!open) return;
    const span = offset - this.#openOffset;
    if (span > LONG_SPAN_BYTES && open.rows >= MIN_ROWS) this.#close(open);
    else {
      open.lastBlock = block;
      open.spanBytes = span;
    }
  }

  #close(chunk: Chunk): void {
    chunk.close();
    this.#full = chunk.rows === this.maxRows;
    this.#open = undefined;
    const before = this.chunks[this.chunks.length - 2];
    if (before && before.t1 > chunk.t0) this.ordered = false;
    for (let s = 0; s < this.width; s++) addTotals(this.#totals, s * 3, chunk.summary, s * Summary.SIZE);
    this.#onClosed(chunk);
  }

  #full = false;
  readonly #spare: Float64Array[] = [];

  /**
   * Room for the rows of a new chunk. A counter that has filled a chunk will fill the next one: it gets all the room at once,
   * where it can that of rows that were dropped, so that a long recording goes round in the same memory.
   */
  freshRows(): Float64Array {
    const rows = this.#full ? this.maxRows : Math.min(FIRST_ROWS, this.maxRows);
    return (this.#full ? this.#spare.pop() : undefined) ?? new Float64Array(rows * (1 + this.width));
  }

  /** Rows that nobody looks at any more. */
  recycle(data: Float64Array): void {
    if (data.length === this.maxRows * (1 + this.width) && this.#spare.length < MAX_SPARE) this.#spare.push(data);
  }

  #page = NO_PAGE;
  #pageUsed = 0;

  /** A copy of `numbers` for as long as the track lives. */
  keep(numbers: Float64Array): Float64Array {
    if (this.#pageUsed + numbers.length > this.#page.length) {
      this.#page = new Float64Array(Math.max(PAGE_NUMBERS, numbers.length));
      this.#pageUsed = 0;
    }
    const kept = this.#page.subarray(this.#pageUsed, this.#pageUsed + numbers.length);
    kept.set(numbers);
    this.#pageUsed += numbers.length;
    return kept;
  }

  /** Brings the summary of the open chunk up to date, and tells whether the chunks are in the order of time. */
  refresh(): boolean {
    const open = this.#open;
    if (!open) return this.ordered;
    open.summarize();
    const before = this.chunks[this.chunks.length - 2];
    return this.ordered && !(before && before.t1 > open.t0);
  }

  /** Of all rows of a series: samples, min, max (infinite when there is none), and its newest row. */
  totals(series: number): { samples: number; min: number; max: number; last: number; lastNs: number } {
    this.refresh();
    const totals = this.#totals.slice(series * 3, series * 3 + 3);
    if (this.#open) addTotals(totals, 0, this.#open.summary, series * Summary.SIZE);
    const [samples, min, max] = totals as unknown as [number, number, number];
    const newest = this.chunks[this.chunks.length - 1];
    const last = newest ? (newest.summary[series * Summary.SIZE + Summary.LAST] as number) : Number.NaN;
    return { samples, min, max, last, lastNs: newest?.t1 ?? Number.NEGATIVE_INFINITY };
  }
}

export const miniSize = (width: number): number => Mini.SERIES + width * Mini.SIZE;

function addTotals(totals: Float64Array, at: number, summary: Float64Array, s: number): void {
  totals[at] = (totals[at] as number) + (summary[s + Summary.SAMPLES] as number);
  totals[at + 1] = Math.min(totals[at + 1] as number, summary[s + Summary.MIN] as number);
  totals[at + 2] = Math.max(totals[at + 2] as number, summary[s + Summary.MAX] as number);
}

function resized(data: Float64Array, capacity: number, newCapacity: number, rows: number, width: number): Float64Array {
  const result = new Float64Array(newCapacity * (1 + width));
  for (let c = 0; c <= width; c++) result.set(data.subarray(c * capacity, c * capacity + rows), c * newCapacity);
  return result;
}

function isSorted(times: Float64Array, from: number, to: number): boolean {
  for (let i = from + 1; i < to; i++) if ((times[i] as number) < (times[i - 1] as number)) return false;
  return true;
}

/** By time; rows of one time keep their order. Rare: threads write in order, only an imported trace may not. */
function sortRows(data: Float64Array, rows: number, capacity: number, width: number): void {
  const order = Array.from({ length: rows }, (_, row) => row).sort((a, b) => (data[a] as number) - (data[b] as number));
  const column = new Float64Array(rows);
  for (let c = 0; c <= width; c++) {
    for (let row = 0; row < rows; row++) column[row] = data[c * capacity + (order[row] as number)] as number;
    data.set(column, c * capacity);
  }
}
