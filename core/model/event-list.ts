import type { MonotonicTime } from '../base/time.ts';
import type { BlockStore } from './block-store.ts';
import { float64Column, partitionPoint, uint32Column } from './column.ts';
import type { Definitions } from './definitions.ts';
import { EVENT_KINDS, type EventKind, type EventRow, NameFilter, RowCounter, type RowFilter, RowMaker } from './event-rows.ts';
import { decodeRecords } from './record-decoder.ts';

export interface EventQuery {
  readonly kinds?: readonly EventKind[];
  /** Case-insensitive part of the name. */
  readonly text?: string;
  /** Only of these streams; without: of all. */
  readonly streams?: readonly number[];
}

export interface EventPage {
  readonly rows: EventRow[];
  /** Events that pass, so far. */
  readonly total: number;
  /** All blocks have been looked at. */
  readonly complete: boolean;
}

/** What a list must know of a stream to make rows. */
export interface StreamFacts {
  readonly definitions: Definitions;
  readonly process: number;
  readonly thread: number;
  readonly objectId: (definition: number) => number | undefined;
}

const MAX_PAGE = 5000;
/** Filters whose counts are kept: the list, and the one typed before. */
const MAX_FILTERS = 4;
const MAX_STREAMS = 1000;
const KINDS = EVENT_KINDS.length;

/**
 * All events in the order of the file: blocks in their order, records in theirs. Within a thread that is the order of time;
 * threads lie beside each other block by block. Only counts per block stay in memory; a page is decoded when it is asked for.
 */
export class EventList {
  readonly #blocks: BlockStore;
  readonly #start: () => MonotonicTime;
  readonly #facts: (stream: number) => StreamFacts;
  readonly #pause: () => Promise<void>;
  readonly #onScanned: (problem?: unknown) => void;
  /** Number in the block store of each DATA block, and its counts, KINDS numbers a block. */
  readonly #block = uint32Column();
  readonly #counts = uint32Column();
  readonly #filters = new Map<string, FilteredCounts>();

  constructor(options: {
    readonly blocks: BlockStore;
    readonly start: () => MonotonicTime;
    readonly facts: (stream: number) => StreamFacts;
    readonly pause: () => Promise<void>;
    /** A search got on, or ended at a block that cannot be read. */
    readonly onScanned: (problem?: unknown) => void;
  }) {
    this.#blocks = options.blocks;
    this.#start = options.start;
    this.#facts = options.facts;
    this.#pause = options.pause;
    this.#onScanned = options.onScanned;
  }

  /** `counts`: events of the block by kind, in the order of EVENT_KINDS. */
  add(block: number, counts: Uint32Array): void {
    this.#block.push(block);
    for (let kind = 0; kind < KINDS; kind++) this.#counts.push(counts[kind] as number);
  }

  async page(query: EventQuery, from: number, count: number): Promise<EventPage> {
    const counts = this.#filtered(query);
    counts.catchUp();
    const total = counts.total;
    const complete = counts.scanned === this.#block.length;
    const first = Math.max(0, Math.floor(from) || 0);
    const end = Math.min(total, first + Math.min(MAX_PAGE, Math.max(0, Math.floor(count) || 0)));
    const rows: EventRow[] = [];
    for (let at = first, b = counts.blockOf(first); at < end && b < this.#block.length; b++) {
      const base = counts.before(b);
      const inBlock = counts.before(b + 1) - base;
      if (inBlock === 0) continue;
      const block = this.#block.get(b);
      const payload = await this.#blocks.records(block);
      const facts = this.#facts(this.#blocks.streamOf(block));
      const maker = new RowMaker({ payload, filter: counts.filter, from: at - base, count: end - at, base, ...facts });
      decodeRecords(payload, this.#blocks.clockHigh(block), this.#start(), maker);
      rows.push(...maker.rows);
      at = base + inBlock;
    }
    return { rows, total, complete };
  }

  #filtered(query: EventQuery): FilteredCounts {
    const text = query.text ? query.text.slice(0, 1000) : '';
    const kinds = EVENT_KINDS.map((kind) => query.kinds === undefined || query.kinds.includes(kind));
    const streams = query.streams && new Set(query.streams.slice(0, MAX_STREAMS));
    const key = `${kinds.map(Number).join('')}${streams ? [...streams].join(' ') : '*'} ${text}`;
    let counts = this.#filters.get(key);
    if (counts) this.#filters.delete(key);
    else {
      const filter = { kinds, text: text === '' ? undefined : new NameFilter(text) };
      const isWanted = (b: number): boolean => !streams || streams.has(this.#blocks.streamOf(this.#block.get(b)));
      counts = new FilteredCounts(filter, isWanted, this.#block, this.#counts, (from) => this.#scan(key, from).catch(this.#onScanned));
    }
    this.#filters.set(key, counts);
    for (const oldest of this.#filters.keys()) {
      if (this.#filters.size <= MAX_FILTERS) break;
      this.#filters.delete(oldest);
    }
    return counts;
  }

  /** Resolves when no search is under way. */
  async settled(): Promise<void> {
    for (const counts of this.#filters.values()) await counts.scanning;
  }

  /** Looks through the blocks for names, one after the other, as long as the filter is wanted. */
  async #scan(key: string, from: number): Promise<void> {
    for (let b = from; b < this.#block.length; b++) {
      const counts = this.#filters.get(key);
      if (!counts) return;
      counts.put(counts.isWanted(b) ? await this.#countIn(counts.filter, b) : 0);
      if (b % 64 === 63) this.#onScanned();
    }
    this.#onScanned();
  }

  async #countIn(filter: RowFilter, b: number): Promise<number> {
    let candidates = 0;
    for (let kind = 0; kind < KINDS; kind++) if (filter.kinds[kind]) candidates += this.#counts.get(b * KINDS + kind);
    const block = this.#block.get(b);
    const { definitions } = this.#facts(this.#blocks.streamOf(block));
    if (candidates === 0 || !filter.text?.canMatch(definitions)) return 0;
    const payload = await this.#blocks.records(block);
    await this.#pause();
    const counter = new RowCounter(definitions, filter);
    decodeRecords(payload, this.#blocks.clockHigh(block), this.#start(), counter);
    return counter.count;
  }
}

/** For one filter: how many events pass before each block. */
class FilteredCounts {
  readonly filter: RowFilter;
  /** The block is of a stream that is looked at. */
  readonly isWanted: (b: number) => boolean;
  scanning: Promise<void> | undefined;
  readonly #block: { readonly length: number };
  readonly #counts: { get(index: number): number };
  readonly #scan: (from: number) => Promise<void>;
  readonly #before = float64Column();

  constructor(
    filter: RowFilter,
    isWanted: (b: number) => boolean,
    block: { readonly length: number },
    counts: { get(index: number): number },
    scan: (from: number) => Promise<void>,
  ) {
    this.filter = filter;
    this.isWanted = isWanted;
    this.#block = block;
    this.#counts = counts;
    this.#scan = scan;
    this.#before.push(0);
  }

  get scanned(): number {
    return this.#before.length - 1;
  }

  get total(): number {
    return this.#before.get(this.#before.length - 1);
  }

  /** Events that pass before block `b`. Blocks that were not looked at yet count nothing. */
  before(b: number): number {
    return this.#before.get(Math.min(b, this.scanned));
  }

  /** The block in which row `index` lies. */
  blockOf(index: number): number {
    return partitionPoint(this.scanned, (b) => this.#before.get(b + 1) > index);
  }

  put(passing: number): void {
    this.#before.push(this.total + passing);
  }

  /** By kinds at once, from the counts; by names in the background. */
  catchUp(): void {
    if (!this.filter.text) {
      for (let b = this.scanned; b < this.#block.length; b++) {
        let passing = 0;
        if (this.isWanted(b)) for (let kind = 0; kind < KINDS; kind++) if (this.filter.kinds[kind]) passing += this.#counts.get(b * KINDS + kind);
        this.put(passing);
      }
    } else if (this.scanned < this.#block.length) {
      this.scanning ??= this.#scan(this.scanned).finally(() => {
        this.scanning = undefined;
      });
    }
  }
}
