import type { Problem } from '../base/result.ts';
import { type MonotonicTime, splitMonotonic } from '../base/time.ts';
import { type BlockHeader, BlockType, type RecordingFooter, type RecordingHead, type SessionEnd } from '../protocol/recording-format.ts';
import { decodeFooter, decodeInfo } from '../protocol/recording-reader.ts';
import { BlockStore, type RandomAccess } from './block-store.ts';
import type { CounterTrack } from './counter-track.ts';
import { Counters, type CounterView, type GridView } from './counters.ts';
import { Definitions } from './definitions.ts';
import { DetailBudget } from './detail-budget.ts';
import { Processes, type ProcessView } from './processes.ts';
import { decodeRecords, IgnoringVisitor } from './record-decoder.ts';

const DEFAULT_DETAIL_BYTES = 256 * 1024 * 1024;

export interface TraceOptions {
  /** Bytes of decoded detail kept in memory; default 256 MB. */
  readonly detailBytes?: number;
  /** Awaited between pieces of background work, so that the embedder can answer questions in between. */
  readonly pause?: () => Promise<void>;
  /** Data that was read again has arrived: answers change. */
  readonly onLoaded?: () => void;
}

/** Totals of a trace so far. Counters, instants, slices, snapshots count records. */
export interface TraceTotals {
  readonly startEpochMs: number;
  /** Time of the newest event. */
  readonly endNs: number;
  readonly events: number;
  readonly counterSamples: number;
  readonly instants: number;
  readonly slices: number;
  readonly snapshots: number;
  readonly dropped: number;
  readonly stallNs: number;
  readonly end: SessionEnd | undefined;
  readonly notices: readonly Problem[];
}

/** One trace, live or saved: fed with the blocks of a recording in their order, asked for pictures and pages at any time. */
export class Trace {
  readonly #blocks: BlockStore;
  readonly #definitions = new Map<number, Definitions>();
  readonly #processes = new Processes();
  readonly #counters: Counters;
  readonly #intake: Intake;
  #start: MonotonicTime = { high: 0, low: 0 };
  #startEpochMs = 0;
  #endNs = 0;
  #damagedRecords = 0;
  #reloadProblem: Problem | undefined;
  footer: RecordingFooter | undefined;

  /** `source` gives the same file that the blocks come from: dropped detail is read from it again. */
  constructor(source: RandomAccess, options: TraceOptions = {}) {
    const pause = options.pause ?? (() => Promise.resolve());
    this.#blocks = new BlockStore(source);
    const budget = new DetailBudget(options.detailBytes ?? DEFAULT_DETAIL_BYTES);
    const onLoaded = () => options.onLoaded?.();
    this.#counters = new Counters({ blocks: this.#blocks, budget, start: () => this.#start, pause, onLoaded });
    this.#intake = new Intake(this.#counters, this.#processes);
  }

  setHead(head: RecordingHead): void {
    this.#start = splitMonotonic(BigInt(head.startMonotonicNs));
    this.#startEpochMs = Number(BigInt(head.startEpochNs) / 1000n) / 1000;
  }

  /** Takes in a whole block with a good checksum; `offset` is that of its header in the file. Blocks come in the order of the file. */
  addBlock(header: BlockHeader, payload: Uint8Array, offset: number): void {
    switch (header.type) {
      case BlockType.INFO:
        for (const line of decodeInfo(payload)) this.#processes.add(line);
        break;
      case BlockType.DEFS:
        this.#damagedRecords += this.definitionsOf(header.stream).add(payload);
        break;
      case BlockType.DATA:
        this.#addData(header, payload, offset);
        break;
      case BlockType.FOOTER:
        this.footer = decodeFooter(payload);
        return;
      default:
        return;
    }
    if (Number.isFinite(header.lastNs) && header.lastNs > this.#endNs) this.#endNs = header.lastNs;
  }

  #addData(header: BlockHeader, payload: Uint8Array, offset: number): void {
    const thread = this.#processes.thread(header.stream);
    if (header.droppedBefore > thread.droppedByHeaders) thread.droppedByHeaders = header.droppedBefore;
    const block = this.#blocks.add(header, payload, offset);
    this.#intake.enter(header.stream, this.definitionsOf(header.stream), block, offset);
    this.#damagedRecords += decodeRecords(this.#blocks.recordsIn(block, payload), header.clockHigh, this.#start, this.#intake);
  }

  definitionsOf(stream: number): Definitions {
    let definitions = this.#definitions.get(stream);
    if (!definitions) {
      definitions = new Definitions();
      this.#definitions.set(stream, definitions);
    }
    return definitions;
  }

  totals(): TraceTotals {
    const { counterSamples, instants, slices, snapshots, others } = this.#intake;
    return {
      startEpochMs: this.#startEpochMs,
      endNs: this.#endNs,
      events: counterSamples + instants + slices + snapshots + others,
      counterSamples,
      instants,
      slices,
      snapshots,
      dropped: this.#processes.dropped,
      stallNs: this.#processes.stallNs,
      end: this.#processes.end,
      notices: this.#notices(),
    };
  }

  #notices(): Problem[] {
    const notices = [...this.#processes.notices];
    if (this.#damagedRecords > 0) {
      notices.push({ code: 'damaged-records', message: `${this.#damagedRecords} records of the recording could not be understood and were left out.` });
    }
    if (this.#reloadProblem) notices.push(this.#reloadProblem);
    return notices;
  }

  get processesRevision(): number {
    return this.#processes.revision;
  }

  processes(): ProcessView[] {
    return this.#processes.list();
  }

  /** Grows when there are new counters or series. */
  get countersSize(): number {
    return this.#counters.size;
  }

  counters(): CounterView[] {
    return this.#counters.list();
  }

  /** See GridView. `endNs`: up to where the newest value holds; default: the newest event. */
  grid(query: {
    readonly series: readonly number[];
    readonly fromNs: number;
    readonly toNs: number;
    readonly columns: number;
    readonly endNs?: number;
  }): GridView {
    return this.#counters.grid({ ...query, endNs: query.endNs ?? this.#endNs });
  }

  /** Resolves when nothing is being read again in the background. */
  async settled(): Promise<void> {
    await this.#counters.settled();
  }
}

/** Takes the records of blocks into the tables. Hot: `counter` runs for each of millions of events a second. */
class Intake extends IgnoringVisitor {
  counterSamples = 0;
  instants = 0;
  slices = 0;
  snapshots = 0;
  others = 0;
  readonly #counters: Counters;
  readonly #processes: Processes;
  #tracks = new Map<number, CounterTrack>();
  #definitions = new Definitions();
  #stream = 0;
  #block = 0;
  #offset = 0;

  constructor(counters: Counters, processes: Processes) {
    super();
    this.#counters = counters;
    this.#processes = processes;
  }

  enter(stream: number, definitions: Definitions, block: number, offset: number): void {
    this.#stream = stream;
    this.#definitions = definitions;
    this.#tracks = this.#counters.tracksOf(stream);
    this.#block = block;
    this.#offset = offset;
  }

  override counter(timeNs: number, counter: number, values: Float64Array, first: number, count: number): void {
    let track = this.#tracks.get(counter);
    if (track === undefined) {
      const { process } = this.#processes.thread(this.#stream);
      track = this.#counters.addTrack(this.#stream, process, counter, count, this.#definitions.counters.get(counter));
    }
    track.push(timeNs, values, first, count, this.#block, this.#offset);
    this.counterSamples++;
  }

  override instant(): void {
    this.instants++;
  }

  override slice(): void {
    this.slices++;
  }

  override objectSnapshot(): void {
    this.snapshots++;
  }

  override objectCreated(): void {
    this.others++;
  }

  override objectDeleted(): void {
    this.others++;
  }

  override gap(_timeNs: number, lost: number): void {
    this.others++;
    const thread = this.#processes.thread(this.#stream);
    if (lost > 0) thread.droppedByGaps += lost;
  }

  override stall(_timeNs: number, waitedNs: number): void {
    this.others++;
    const thread = this.#processes.thread(this.#stream);
    if (waitedNs > 0) thread.stallByRecords += waitedNs;
  }
}
