import { partitionPoint } from './column.ts';
import { lastTwoBefore } from './counter-samples.ts';
import { type Chunk, type CounterTrack, MICRO_ROWS, MINI_ROWS, Mini, miniSize, Summary } from './counter-track.ts';

export interface GridQuery {
  readonly fromNs: number;
  readonly toNs: number;
  readonly columns: number;
  /** Values hold up to here: the end of the trace, or now. Behind it there is nothing yet. */
  readonly endNs: number;
  /** Minis that are no wider than so many columns are shared out across a border though their rows are there: much quicker, and wrong by a pixel at most. Default: none. */
  readonly shareColumns?: number;
}

export interface SeriesStats {
  readonly now: number | null;
  readonly min: number | null;
  readonly max: number | null;
  readonly mean: number | null;
  readonly samples: number;
}

/** Part of a series: series number `series` of a track. Several threads may feed one series. */
export interface SeriesSource {
  readonly track: CounterTrack;
  readonly series: number;
}

/**
 * Gathers one series into pixel columns. Parts may be given in any order: each column keeps the earliest and the latest
 * sample by time, so that several threads (and chunks out of order) lie over each other as one series.
 *
 * A chunk or mini that lies within one column is taken by its summary; only minis across a border need rows. Where those are
 * dropped and the mini is no wider than a column, its summary is shared out instead, wrong by a pixel at most; where it is
 * wider, and at the two ends of the range (for the statistics), the chunk is named in `missing`.
 */
export class SeriesGrid {
  readonly missing = new Set<Chunk>();
  /** Closed chunks whose rows were read. */
  readonly used = new Set<Chunk>();
  readonly #query: GridQuery;
  readonly #scale: number;
  readonly #sources: SeriesSource[] = [];
  readonly #firstTime: Float64Array;
  readonly #first: Float64Array;
  readonly #lastTime: Float64Array;
  readonly #last: Float64Array;
  readonly #min: Float64Array;
  readonly #max: Float64Array;
  #heldTime = Number.NEGATIVE_INFINITY;
  #held = Number.NaN;
  #nextTime = Number.POSITIVE_INFINITY;
  #next = Number.NaN;
  #newest = Number.NaN;
  #least = Number.POSITIVE_INFINITY;
  #greatest = Number.NEGATIVE_INFINITY;
  #sum = 0;
  #samples = 0;

  /** `room`: at least ROOM numbers a column that nobody else uses while this grid does, so that hundreds of series take the memory of one. */
  constructor(query: GridQuery, room = new Float64Array(query.columns * SeriesGrid.ROOM)) {
    this.#query = query;
    this.#scale = query.columns / (query.toNs - query.fromNs);
    const column = (place: number, start: number) => room.subarray(place * query.columns, (place + 1) * query.columns).fill(start);
    this.#firstTime = column(0, Number.POSITIVE_INFINITY);
    this.#lastTime = column(1, Number.NEGATIVE_INFINITY);
    this.#first = column(2, Number.NaN);
    this.#last = column(3, Number.NaN);
    this.#min = column(4, Number.POSITIVE_INFINITY);
    this.#max = column(5, Number.NEGATIVE_INFINITY);
  }

  static readonly ROOM = 6;

  add(source: SeriesSource): void {
    const { track, series } = source;
    this.#sources.push(source);
    const { fromNs, toNs } = this.#query;
    const { chunks } = track;
    const ordered = track.refresh();
    // The chunk before the first in range holds the value at the start of the range.
    const start = ordered ? Math.max(0, partitionPoint(chunks.length, (c) => (chunks[c] as Chunk).t1 >= fromNs) - 1) : 0;
    for (let c = start; c < chunks.length; c++) {
      const chunk = chunks[c] as Chunk;
      if (chunk.t0 > toNs) {
        this.#comes(chunk.t0, chunk.summary[series * Summary.SIZE + Summary.FIRST] as number);
        if (ordered) break;
        continue;
      }
      if (chunk.t1 < fromNs) this.#hold(chunk.t1, chunk.summary[series * Summary.SIZE + Summary.LAST] as number);
      else this.#addChunk(chunk, series);
    }
  }

  #column(timeNs: number): number {
    return Math.min(this.#query.columns - 1, Math.floor((timeNs - this.#query.fromNs) * this.#scale));
  }

  #hold(timeNs: number, value: number): void {
    if (timeNs < this.#heldTime) return;
    this.#heldTime = timeNs;
    this.#held = value;
  }

  /** A sample behind the range: the nearest one is where a straight line leads to. */
  #comes(timeNs: number, value: number): void {
    if (timeNs >= this.#nextTime) return;
    this.#nextTime = timeNs;
    this.#next = value;
  }

  #addChunk(chunk: Chunk, series: number): void {
    const { fromNs, toNs } = this.#query;
    const { summary } = chunk;
    const s = series * Summary.SIZE;
    const inside = chunk.t0 >= fromNs && chunk.t1 <= toNs;
    if (inside) {
      this.#sum += summary[s + Summary.SUM] as number;
      this.#samples += summary[s + Summary.SAMPLES] as number;
      const column = this.#column(chunk.t0);
      if (column === this.#column(chunk.t1)) {
        this.#put(column, chunk.t0, chunk.t1, summary, s);
        return;
      }
    }
    if (chunk.data && chunk.closed && !chunk.pinned) this.used.add(chunk);
    const { minis } = chunk;
    const size = miniSize(chunk.track.width);
    const count = Math.ceil(chunk.rows / MINI_ROWS);
    for (let m = 0; m < count; m++) {
      const at = m * size;
      const t0 = minis[at + Mini.T0] as number;
      const t1 = minis[at + Mini.T1] as number;
      const values = at + Mini.SERIES + series * Mini.SIZE;
      if (t0 > toNs) {
        this.#comes(t0, minis[values + Summary.FIRST] as number);
        break;
      }
      if (t1 < fromNs) this.#hold(t1, minis[values + Summary.LAST] as number);
      else if (inside && this.#column(t0) === this.#column(t1)) this.#put(this.#column(t0), t0, t1, minis, values);
      else if (chunk.data && !(inside && (m + 1) * MINI_ROWS <= chunk.rows && (t1 - t0) * this.#scale <= (this.#query.shareColumns ?? 0)))
        this.#addRows(chunk, chunk.data, series, m * MINI_ROWS, Math.min(chunk.rows, (m + 1) * MINI_ROWS), !inside);
      else this.#shareOut(chunk, t0, t1, values, inside, summary[s + Summary.SUM] as number, summary[s + Summary.SAMPLES] as number);
    }
  }

  /** Hot: the rows of up to one mini a column. Rows are in the order of time, so those of one column lie together. */
  #addRows(chunk: Chunk, data: Float64Array, series: number, from: number, to: number, count: boolean): void {
    const { fromNs, toNs } = this.#query;
    const values = chunk.capacity * (series + 1);
    const micros = chunk.closed && !count ? chunk.micros(series, data) : undefined;
    let row = from;
    if ((data[row] as number) < fromNs) {
      row = this.#firstBehind(data, row, to, fromNs, false);
      this.#hold(data[row - 1] as number, data[values + row - 1] as number);
    }
    while (row < to) {
      const time = data[row] as number;
      if (time > toNs) {
        this.#comes(time, data[values + row] as number);
        break;
      }
      const column = this.#column(time);
      const end = this.#firstBehind(data, row, to, column, true);
      let min = this.#min[column] as number;
      let max = this.#max[column] as number;
      let sum = 0;
      let samples = 0;
      for (let i = row; i < end; ) {
        if (micros && i % MICRO_ROWS === 0 && i + MICRO_ROWS <= end) {
          const micro = (i / MICRO_ROWS) * 2;
          if ((micros[micro] as number) < min) min = micros[micro] as number;
          if ((micros[micro + 1] as number) > max) max = micros[micro + 1] as number;
          i += MICRO_ROWS;
          continue;
        }
        const value = data[values + i] as number;
        if (value < min) min = value;
        if (value > max) max = value;
        if (count && !Number.isNaN(value)) {
          sum += value;
          samples++;
        }
        i++;
      }
      this.#min[column] = min;
      this.#max[column] = max;
      this.#sum += sum;
      this.#samples += samples;
      if (time < (this.#firstTime[column] as number)) {
        this.#firstTime[column] = time;
        this.#first[column] = data[values + row] as number;
      }
      const lastTime = data[end - 1] as number;
      if (lastTime >= (this.#lastTime[column] as number)) {
        this.#lastTime[column] = lastTime;
        this.#last[column] = data[values + end - 1] as number;
      }
      row = end;
    }
  }

  /**
   * First of the rows `from` … `to` behind a border: behind column `border` (or behind the end of the range), or, with `inColumns`
   * false, at or behind time `border`. In growing steps, since the rows of a column may be one or hundreds.
   */
  #firstBehind(data: Float64Array, from: number, to: number, border: number, inColumns: boolean): number {
    const { toNs } = this.#query;
    const isBehind = (row: number) => {
      const time = data[row] as number;
      return inColumns ? time > toNs || this.#column(time) > border : time >= border;
    };
    let step = 1;
    let low = from;
    while (low + step < to && !isBehind(low + step)) {
      low += step;
      step *= 2;
    }
    const start = low + 1;
    return start + partitionPoint(Math.min(to, low + step) - start, (i) => isBehind(start + i));
  }

  #put(column: number, t0: number, t1: number, numbers: Float64Array, at: number): void {
    if (t0 < (this.#firstTime[column] as number)) {
      this.#firstTime[column] = t0;
      this.#first[column] = numbers[at + Summary.FIRST] as number;
    }
    if (t1 >= (this.#lastTime[column] as number)) {
      this.#lastTime[column] = t1;
      this.#last[column] = numbers[at + Summary.LAST] as number;
    }
    if ((numbers[at + Summary.MIN] as number) < (this.#min[column] as number)) this.#min[column] = numbers[at + Summary.MIN] as number;
    if ((numbers[at + Summary.MAX] as number) > (this.#max[column] as number)) this.#max[column] = numbers[at + Summary.MAX] as number;
  }

  /** A mini whose rows are dropped, across a border of columns or an end of the range. */
  #shareOut(chunk: Chunk, t0: number, t1: number, at: number, inside: boolean, sum: number, samples: number): void {
    const { fromNs, toNs } = this.#query;
    if (!chunk.unreadable && (!inside || (t1 - t0) * this.#scale > 1)) this.missing.add(chunk);
    const { minis } = chunk;
    if (t0 < fromNs) this.#hold(t0, minis[at + Summary.FIRST] as number);
    else this.#putOne(t0, minis[at + Summary.FIRST] as number);
    if (t1 <= toNs) this.#putOne(t1, minis[at + Summary.LAST] as number);
    const middle = this.#column((Math.max(t0, fromNs) + Math.min(t1, toNs)) / 2);
    this.#min[middle] = Math.min(this.#min[middle] as number, minis[at + Summary.MIN] as number);
    this.#max[middle] = Math.max(this.#max[middle] as number, minis[at + Summary.MAX] as number);
    if (!inside && samples > 0) {
      const share = samples * Math.min(1, MINI_ROWS / chunk.rows);
      this.#samples += Math.round(share);
      this.#sum += (share * sum) / samples;
    }
  }

  #putOne(timeNs: number, value: number): void {
    const gap = Number.isNaN(value);
    const numbers = Float64Array.of(value, value, gap ? Number.POSITIVE_INFINITY : value, gap ? Number.NEGATIVE_INFINITY : value);
    this.#put(this.#column(timeNs), timeNs, timeNs, numbers, 0);
  }

  /** Four points a column (first, least, greatest, last), null where there is nothing. */
  points(): (number | null)[] {
    const y = new Float64Array(this.#query.columns * 4);
    this.fill(y, 0);
    return Array.from(y, (value) => (Number.isNaN(value) ? null : value));
  }

  /** The same as numbers, into `y` from `at` on; NaN where there is nothing. */
  fill(y: Float64Array, at: number): void {
    const { columns, fromNs, endNs } = this.#query;
    let held = finite(this.#held);
    this.#newest = this.#held;
    for (let c = 0, p = at; c < columns; c++, p += 4) {
      if (this.#lastTime[c] !== Number.NEGATIVE_INFINITY) {
        const min = finite(this.#min[c] as number);
        const max = finite(this.#max[c] as number);
        y[p] = finite(this.#first[c] as number);
        y[p + 1] = min;
        y[p + 2] = max;
        held = finite(this.#last[c] as number);
        y[p + 3] = held;
        this.#newest = this.#last[c] as number;
        if (min < this.#least) this.#least = min;
        if (max > this.#greatest) this.#greatest = max;
      } else if (this.#min[c] !== Number.POSITIVE_INFINITY) {
        // Only the middle of a mini that was shared out lies here.
        y[p] = y[p + 3] = held;
        y[p + 1] = finite(this.#min[c] as number);
        y[p + 2] = finite(this.#max[c] as number);
      } else y.fill(fromNs + c / this.#scale <= endNs ? held : Number.NaN, p, p + 4);
    }
  }

  /** 1 for each column in which samples are, into `sampled` from `at` on. */
  fillSampled(sampled: Uint8Array, at: number): void {
    for (let c = 0; c < this.#query.columns; c++) {
      sampled[at + c] = this.#lastTime[c] !== Number.NEGATIVE_INFINITY || this.#min[c] !== Number.POSITIVE_INFINITY ? 1 : 0;
    }
  }

  /** Time and value of the nearest sample before the range and behind it; NaN where there is none. */
  edges(): readonly [beforeNs: number, before: number, behindNs: number, behind: number] {
    return [finite(this.#heldTime), finite(this.#held), finite(this.#nextTime), finite(this.#next)];
  }

  /**
   * How the series changes, in place of its values: in each column with samples the change of its last sample since the last one of
   * the column with samples before it, or that over the time between the two, per second. So it is the change from sample to sample
   * where a column has one at most, and that of the column where it has more. It holds until the next column with samples.
   */
  fillChanges(kind: 'delta' | 'rate', y: Float64Array, at: number): SeriesStats {
    const { columns, fromNs, endNs } = this.#query;
    const [earlier, before] = lastTwoBefore(this.#sources, fromNs, this.missing, this.used);
    let time = before.time;
    let value = before.value;
    let held = kind === 'delta' ? value - earlier.value : ((value - earlier.value) * 1e9) / (time - earlier.time);
    let least = Number.POSITIVE_INFINITY;
    let greatest = Number.NEGATIVE_INFINITY;
    let total = 0;
    let divisor = 0;
    let samples = 0;
    for (let c = 0, p = at; c < columns; c++, p += 4) {
      const lastTime = this.#lastTime[c] as number;
      if (lastTime !== Number.NEGATIVE_INFINITY) {
        const change = (this.#last[c] as number) - value;
        const seconds = (lastTime - time) / 1e9;
        held = kind === 'delta' ? change : change / seconds;
        if (Number.isFinite(held)) {
          total += change;
          divisor += kind === 'delta' ? 1 : seconds;
          samples++;
        }
        time = lastTime;
        value = this.#last[c] as number;
      }
      const shown = fromNs + c / this.#scale <= endNs ? finite(held) : Number.NaN;
      y.fill(shown, p, p + 4);
      if (shown < least) least = shown;
      if (shown > greatest) greatest = shown;
    }
    const now = orNull(held);
    return { now, min: orNull(least), max: orNull(greatest), mean: divisor > 0 ? total / divisor : now, samples };
  }

  /** Call after `points` or `fill`. */
  stats(): SeriesStats {
    const held = orNull(this.#held);
    const least = Math.min(this.#least, held ?? Number.POSITIVE_INFINITY);
    const greatest = Math.max(this.#greatest, held ?? Number.NEGATIVE_INFINITY);
    return {
      now: orNull(this.#newest),
      min: orNull(least),
      max: orNull(greatest),
      mean: this.#samples > 0 ? orNull(this.#sum / this.#samples) : held,
      samples: this.#samples,
    };
  }
}

/** NaN is a gap; an infinite value has no place on a scale either. */
const finite = (value: number): number => (Number.isFinite(value) ? value : Number.NaN);
const orNull = (value: number): number | null => (Number.isFinite(value) ? value : null);

/** Times of the points in seconds: four a column, evenly. */
export function gridTimes(query: GridQuery): Float64Array {
  const x = new Float64Array(query.columns * 4);
  const step = (query.toNs - query.fromNs) / x.length / 1e9;
  for (let i = 0; i < x.length; i++) x[i] = query.fromNs / 1e9 + (i + 0.5) * step;
  return x;
}
