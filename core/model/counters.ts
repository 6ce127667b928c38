import type { MonotonicTime } from '../base/time.ts';
import { isRuntimeCounter } from '../protocol/runtime-counters.ts';
import type { BlockStore } from './block-store.ts';
import { type GridQuery as GridRange, gridTimes, SeriesGrid, type SeriesSource, type SeriesStats } from './counter-grid.ts';
import { type Chunk, CounterTrack } from './counter-track.ts';
import type { CounterDefinition } from './definitions.ts';
import type { DetailBudget } from './detail-budget.ts';
import { decodeRecords, IgnoringVisitor } from './record-decoder.ts';

export interface CounterView {
  readonly key: string;
  readonly name: string;
  readonly process: number;
  readonly series: readonly {
    readonly id: number;
    readonly name: string;
    readonly samples: number;
    readonly last: number;
    readonly min: number;
    readonly max: number;
  }[];
}

export interface GridView {
  readonly fromNs: number;
  readonly toNs: number;
  readonly x: Float64Array;
  readonly y: (number | null)[][];
  readonly stats: readonly SeriesStats[];
  /** Rows that the picture needs are being read again: ask once more after the next change. */
  readonly coarse: boolean;
}

/** What of a series is shown: its values, how they change from sample to sample, or how fast. */
export type CounterShow = 'value' | 'delta' | 'rate';

/** Series on one grid, series after series. Column `c` of series `s` is number `s * columns + c`. */
export interface LinesView {
  readonly fromNs: number;
  readonly toNs: number;
  readonly columns: number;
  /** First, least, greatest and last value of each column; the value that holds where there is no sample; NaN where there is none. */
  readonly y: Float64Array;
  /** 1 where the column has samples. */
  readonly sampled: Uint8Array;
  /** Of each series the samples next to the range: time and value of the one before, time and value of the one behind; NaN where there is none. */
  readonly edges: Float64Array;
  readonly stats: readonly SeriesStats[];
  /** As in GridView. */
  readonly coarse: boolean;
}

interface LinesQuery {
  readonly series: readonly number[];
  readonly fromNs: number;
  readonly toNs: number;
  readonly columns: number;
  readonly endNs: number;
}

interface Series {
  readonly id: number;
  readonly name: string;
  readonly sources: SeriesSource[];
}

interface Counter {
  readonly key: string;
  readonly name: string;
  readonly process: number;
  readonly series: Map<string, Series>;
}

/** Of the budget, what the rows of one picture may take: more would push each other out, or those of the next panel, in turns without end. */
const PICTURE_SHARE = 1 / 2;
/** A definition is untrusted: more series than a chart could show are left out. */
const MAX_SERIES = 1024;
/**
 * A program that makes a counter for each request: those beyond are left out of lists and graphs, and counted. Their events stay in the list of events and
 * in exports. Nobody reads more graphs, and a list of as many still comes to the page within a tenth of a second or two. A list by index would lift the limit
 * of the page and not that of memory: each counter keeps its summaries here, a kilobyte or two, so that a million would take what the samples of all others do.
 */
const MAX_TRACKS = 20_000;
const MAX_COLUMNS = 16_384;
/** In a picture of so many series a pixel to the side is not seen, and their rows would take seconds. */
const ROUGH_FROM = 32;
/** Columns of all series of one picture together. */
const MAX_POINTS = 2_000_000;

/** All counters of a trace. Those of one name in one process are one counter, wherever they were defined; so are series. */
export class Counters {
  readonly #blocks: BlockStore;
  readonly #budget: DetailBudget;
  readonly #start: () => MonotonicTime;
  readonly #pause: () => Promise<void>;
  readonly #isLoading: () => boolean;
  readonly #onLoaded: (problem?: unknown) => void;
  readonly #counters = new Map<string, Counter>();
  readonly #series: Series[] = [];
  #trackCount = 0;
  /** Takes in what is left out. */
  readonly #none = new CounterTrack(0, 0, 0, () => {});
  /** Definitions that came when there were too many. */
  leftOut = 0;
  readonly #tracks = new Map<number, Map<number, CounterTrack>>();
  readonly #wanted = new Set<Chunk>();
  #loading: Promise<void> | undefined;

  constructor(options: {
    readonly blocks: BlockStore;
    readonly budget: DetailBudget;
    readonly start: () => MonotonicTime;
    readonly pause: () => Promise<void>;
    /** The recording is being read for the first time: what was dropped is read again once that is done. */
    readonly isLoading: () => boolean;
    /** Rows arrived, or the reason why they cannot be read. */
    readonly onLoaded: (problem?: unknown) => void;
  }) {
    const { blocks, budget, start, pause, isLoading, onLoaded } = options;
    this.#blocks = blocks;
    this.#pause = pause;
    this.#isLoading = isLoading;
    this.#budget = budget;
    this.#start = start;
    this.#onLoaded = onLoaded;
  }

  /** Number of counters and series: grows when there are new ones. */
  get size(): number {
    return this.#counters.size + this.#series.length;
  }

  tracksOf(stream: number): Map<number, CounterTrack> {
    let tracks = this.#tracks.get(stream);
    if (!tracks) {
      tracks = new Map();
      this.#tracks.set(stream, tracks);
    }
    return tracks;
  }

  /** The first record of a definition came. `definition` undefined: it is missing in the file (damaged). */
  addTrack(stream: number, process: number, id: number, count: number, definition: CounterDefinition | undefined): CounterTrack {
    if (this.#trackCount >= MAX_TRACKS) {
      this.leftOut++;
      this.tracksOf(stream).set(id, this.#none);
      return this.#none;
    }
    this.#trackCount++;
    const name = definition?.name ?? `(undefined counter ${id})`;
    const names = definition?.series ?? Array.from({ length: count }, (_, s) => String(s));
    const track = new CounterTrack(stream, id, Math.min(names.length, MAX_SERIES), (chunk) => {
      if (!chunk.pinned) this.#budget.use(chunk);
    });
    this.tracksOf(stream).set(id, track);
    const key = `${process}/${name}`;
    let counter = this.#counters.get(key);
    if (!counter) {
      counter = { key, name, process, series: new Map() };
      this.#counters.set(key, counter);
    }
    for (let s = 0; s < track.width; s++) {
      const seriesName = names[s] as string;
      let series = counter.series.get(seriesName);
      if (!series) {
        series = { id: this.#series.length, name: seriesName, sources: [] };
        this.#series.push(series);
        counter.series.set(seriesName, series);
      }
      series.sources.push({ track, series: s });
    }
    return track;
  }

  /** The script's own first, in the order in which they came; `most` of them. */
  list(most = MAX_TRACKS): CounterView[] {
    const own: CounterView[] = [];
    const runtime: CounterView[] = [];
    for (const { key, name, process, series } of this.#counters.values()) {
      if (own.length + runtime.length >= most) break;
      (isRuntimeCounter(name) ? runtime : own).push({ key, name, process, series: Array.from(series.values(), seriesView) });
    }
    return own.concat(runtime);
  }

  /** `series` that do not exist are empty. Answers at once with what is in memory, and reads again what is missing. */
  grid(query: LinesQuery): GridView {
    const range = gridRange(query);
    const stats: SeriesStats[] = [];
    const y: (number | null)[][] = [];
    const coarse = this.#gather(query.series, range, (grid) => {
      y.push(grid.points());
      stats.push(grid.stats());
    });
    return { fromNs: range.fromNs, toNs: range.toNs, x: gridTimes(range), y, stats, coarse };
  }

  /** As `grid`, for as many series as wanted: numbers that can be handed over, not copied. */
  lines({ show, ...query }: LinesQuery & { readonly show: CounterShow }): LinesView {
    const series = query.series.slice(0, MAX_SERIES);
    const range = gridRange(query);
    // A question is untrusted too: many series have fewer columns.
    const columns = Math.max(1, Math.min(range.columns, Math.floor(MAX_POINTS / Math.max(1, series.length))));
    const y = new Float64Array(series.length * columns * 4);
    const sampled = new Uint8Array(series.length * columns);
    const edges = new Float64Array(series.length * 4).fill(Number.NaN);
    const stats: SeriesStats[] = [];
    const coarse = this.#gather(series, { ...range, columns, shareColumns: series.length >= ROUGH_FROM ? 1 : 0.5 }, (grid) => {
      const at = stats.length * columns;
      grid.fillSampled(sampled, at);
      if (show === 'value') {
        grid.fill(y, at * 4);
        edges.set(grid.edges(), stats.length * 4);
        stats.push(grid.stats());
      } else stats.push(grid.fillChanges(show, y, at * 4));
    });
    return { fromNs: range.fromNs, toNs: range.toNs, columns, y, sampled, edges, stats, coarse };
  }

  /** Newest value of each series; NaN where there is none. */
  newest(series: readonly number[]): Float64Array {
    return Float64Array.from(series.slice(0, MAX_TRACKS), (id) => {
      const found = this.#series[id];
      return found ? seriesView(found).last : Number.NaN;
    });
  }

  /** Series after series on one grid. Whether something that it needs is being read again. */
  #gather(series: readonly number[], range: GridRange, take: (grid: SeriesGrid) => void): boolean {
    const room = new Float64Array(range.columns * SeriesGrid.ROOM);
    const missing = new Set<Chunk>();
    let used = 0;
    for (const id of series) {
      const grid = new SeriesGrid(range, room);
      for (const source of this.#series[id]?.sources ?? []) grid.add(source);
      take(grid);
      for (const chunk of grid.missing) missing.add(chunk);
      for (const chunk of grid.used) {
        this.#budget.use(chunk);
        used += chunk.detailBytes;
      }
    }
    return this.#want(missing, used);
  }

  /** Resolves when nothing is being read again. */
  async settled(): Promise<void> {
    while (this.#loading) await this.#loading;
  }

  /** Whether it will be read: beyond the budget the summaries are all there is. */
  #want(chunks: ReadonlySet<Chunk>, usedBytes: number): boolean {
    let bytes = usedBytes;
    for (const chunk of chunks) bytes += chunk.rows * (1 + chunk.track.width) * 8;
    if (chunks.size === 0 || bytes > this.#budget.maxBytes * PICTURE_SHARE) return false;
    // Pictures of what grows would push each other's rows out, and reading them again would take the time to read on.
    if (this.#isLoading()) return true;
    for (const chunk of chunks) this.#wanted.add(chunk);
    this.#loading ??= this.#load().finally(() => {
      this.#loading = undefined;
    });
    return true;
  }

  async #load(): Promise<void> {
    while (this.#wanted.size > 0) {
      const chunks = [...this.#wanted].filter((chunk) => chunk.data === undefined);
      this.#wanted.clear();
      try {
        await this.#reload(chunks);
        this.#onLoaded();
      } catch (error) {
        // The summaries still answer; trying again with each picture would only fail as often.
        for (const chunk of chunks) chunk.unreadable = true;
        this.#onLoaded(error);
      }
    }
  }

  async #reload(chunks: readonly Chunk[]): Promise<void> {
    const byStream = new Map<number, Chunk[]>();
    for (const chunk of chunks) {
      const list = byStream.get(chunk.track.stream);
      if (list) list.push(chunk);
      else byStream.set(chunk.track.stream, [chunk]);
    }
    for (const [stream, list] of byStream) {
      const wanted = new Set<number>();
      for (const chunk of list) {
        for (let block = chunk.firstBlock; block <= chunk.lastBlock; block++) if (this.#blocks.streamOf(block) === stream) wanted.add(block);
      }
      const reader = new RowReader(list);
      for (const block of [...wanted].sort((a, b) => a - b)) {
        const records = await this.#blocks.records(block);
        await this.#pause();
        reader.enter(block);
        decodeRecords(records, this.#blocks.clockHigh(block), this.#start(), reader);
      }
      for (const chunk of list) {
        const rows = reader.rowsOf(chunk);
        if (rows) {
          chunk.restore(rows);
          this.#budget.use(chunk);
        } else chunk.unreadable = true;
      }
    }
  }
}

function gridRange({ fromNs: from, toNs: to, columns, endNs }: LinesQuery): GridRange {
  const fromNs = Number.isFinite(from) ? from : 0;
  const toNs = to > fromNs ? to : fromNs + 1;
  return { fromNs, toNs, columns: Math.min(MAX_COLUMNS, Math.max(1, Math.floor(columns) || 1)), endNs };
}

function seriesView({ id, name, sources }: Series) {
  let samples = 0;
  let min = Number.POSITIVE_INFINITY;
  let max = Number.NEGATIVE_INFINITY;
  let last = Number.NaN;
  let lastNs = Number.NEGATIVE_INFINITY;
  for (const { track, series } of sources) {
    const totals = track.totals(series);
    samples += totals.samples;
    min = Math.min(min, totals.min);
    max = Math.max(max, totals.max);
    if (totals.lastNs >= lastNs) {
      last = totals.last;
      lastNs = totals.lastNs;
    }
  }
  return { id, name, samples, last, min: samples > 0 ? min : Number.NaN, max: samples > 0 ? max : Number.NaN };
}

/** Chunks of one definition that want rows, in the order of the file; rows come in that order too. */
interface Filling {
  readonly chunks: Chunk[];
  readonly rows: Map<Chunk, Float64Array>;
  current: number;
  filled: number;
  rowsInBlock: number;
}

/** Decodes blocks of one stream again, in their order, into the chunks that want rows of them. */
class RowReader extends IgnoringVisitor {
  readonly #fillings = new Map<number, Filling>();
  #block = -1;

  constructor(chunks: readonly Chunk[]) {
    super();
    for (const chunk of chunks) {
      const { definition } = chunk.track;
      let filling = this.#fillings.get(definition);
      if (!filling) {
        filling = { chunks: [], rows: new Map(), current: 0, filled: 0, rowsInBlock: 0 };
        this.#fillings.set(definition, filling);
      }
      filling.chunks.push(chunk);
    }
    for (const { chunks } of this.#fillings.values()) chunks.sort((a, b) => a.firstBlock - b.firstBlock || a.skip - b.skip);
  }

  enter(block: number): void {
    this.#block = block;
    for (const filling of this.#fillings.values()) filling.rowsInBlock = 0;
  }

  override counter(timeNs: number, counter: number, values: Float64Array, first: number, count: number): void {
    const filling = this.#fillings.get(counter);
    if (!filling) return;
    const row = filling.rowsInBlock++;
    let chunk = filling.chunks[filling.current];
    // A chunk that the file did not fill (damage) must not hold back those behind it.
    while (chunk && (filling.filled === chunk.rows || this.#block > chunk.lastBlock)) {
      filling.current++;
      filling.filled = 0;
      chunk = filling.chunks[filling.current];
    }
    if (!chunk || this.#block < chunk.firstBlock || (this.#block === chunk.firstBlock && row < chunk.skip)) return;
    let data = filling.rows.get(chunk);
    if (!data) {
      data = new Float64Array(chunk.rows * (1 + chunk.track.width));
      filling.rows.set(chunk, data);
    }
    data[filling.filled] = timeNs;
    for (let s = 0; s < chunk.track.width; s++) data[(s + 1) * chunk.rows + filling.filled] = s < count ? (values[first + s] as number) : Number.NaN;
    filling.filled++;
  }

  rowsOf(chunk: Chunk): Float64Array | undefined {
    return this.#fillings.get(chunk.track.definition)?.rows.get(chunk);
  }
}
