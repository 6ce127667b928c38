import type { MonotonicTime } from '../base/time.ts';
import type { BlockStore } from './block-store.ts';
import { gridTimes, SeriesGrid, type SeriesSource, type SeriesStats } from './counter-grid.ts';
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
/** A program that makes a counter for each request: those beyond are left out, and counted. */
const MAX_TRACKS = 20_000;
const MAX_COLUMNS = 16_384;

/** All counters of a trace. Those of one name in one process are one counter, wherever they were defined; so are series. */
export class Counters {
  readonly #blocks: BlockStore;
  readonly #budget: DetailBudget;
  readonly #start: () => MonotonicTime;
  readonly #pause: () => Promise<void>;
  readonly #onLoaded: (problem?: unknown) => void;
  readonly #counters = new Map<string, Counter>();
  readonly #series: Series[] = [];
  #trackCount = 0;
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
    /** Rows arrived, or the reason why they cannot be read. */
    readonly onLoaded: (problem?: unknown) => void;
  }) {
    const { blocks, budget, start, pause, onLoaded } = options;
    this.#blocks = blocks;
    this.#pause = pause;
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
      const none = new CounterTrack(stream, id, 0, () => {});
      this.tracksOf(stream).set(id, none);
      return none;
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

  list(): CounterView[] {
    return [...this.#counters.values()].map(({ key, name, process, series }) => ({ key, name, process, series: [...series.values()].map(seriesView) }));
  }

  /** `series` that do not exist are empty. Answers at once with what is in memory, and reads again what is missing. */
  grid(query: {
    readonly series: readonly number[];
    readonly fromNs: number;
    readonly toNs: number;
    readonly columns: number;
    readonly endNs: number;
  }): GridView {
    const fromNs = Number.isFinite(query.fromNs) ? query.fromNs : 0;
    const toNs = query.toNs > fromNs ? query.toNs : fromNs + 1;
    const columns = Math.min(MAX_COLUMNS, Math.max(1, Math.floor(query.columns) || 1));
    const range = { fromNs, toNs, columns, endNs: query.endNs };
    let used = 0;
    const stats: SeriesStats[] = [];
    const missing = new Set<Chunk>();
    const y = query.series.map((id) => {
      const grid = new SeriesGrid(range);
      for (const source of this.#series[id]?.sources ?? []) grid.add(source);
      for (const chunk of grid.missing) missing.add(chunk);
      for (const chunk of grid.used) {
        this.#budget.use(chunk);
        used += chunk.detailBytes;
      }
      const points = grid.points();
      stats.push(grid.stats());
      return points;
    });
    return { fromNs, toNs, x: gridTimes(range), y, stats, coarse: this.#want(missing, used) };
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
