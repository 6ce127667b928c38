import { counted } from '../base/counted.ts';
import { type Problem, ProblemError } from '../base/result.ts';
import { type MonotonicTime, splitMonotonic } from '../base/time.ts';
import { Notes, type RecordingNote } from '../protocol/notes.ts';
import {
  type BlockHeader,
  BlockType,
  type LaunchRecord,
  type RecordingFooter,
  type RecordingHead,
  type RecordingInfo,
  type SessionEnd,
} from '../protocol/recording-format.ts';
import { decodeFooter, decodeInfo } from '../protocol/recording-reader.ts';
import type { Inflate } from '../protocol/sources.ts';
import { Attachments } from './attachments.ts';
import { BlockStore, type RandomAccess } from './block-store.ts';
import { ConsoleCalls, type LinePlace } from './console-calls.ts';
import { type ConsoleLine, ConsoleLines, type ConsolePage } from './console-lines.ts';
import { rangeStatsOf } from './counter-range.ts';
import { type CounterShow, Counters, type CounterView, type GridView, type LinesView } from './counters.ts';
import { Definitions } from './definitions.ts';
import { DetailBudget } from './detail-budget.ts';
import { EventList, type EventPage, type EventQuery } from './event-list.ts';
import { EVENT_KINDS } from './event-rows.ts';
import type { FieldHistory, FieldPath } from './field-history.ts';
import { type OpeningPlan, planOpening, readRows } from './indexed-opening.ts';
import { Intake } from './intake.ts';
import { launchRecordOf } from './launch-record.ts';
import type { ObjectChanges } from './object-changes.ts';
import { type ObjectSnapshot, Objects, type ObjectView } from './objects.ts';
import { PluginStates, type PluginView } from './plugin-states.ts';
import { Processes, type ProcessView } from './processes.ts';
import { decodeRecords } from './record-decoder.ts';
import type { FoundIndex } from './recording-index.ts';
import { Sources } from './sources.ts';
import { Analysis } from './timeline/analysis.ts';
import { Explorer } from './timeline/explorer.ts';
import { issuesOf } from './timeline/issues.ts';
import { SEGMENT_SIZES, type SegmentSizes, Timeline } from './timeline/timeline.ts';
import type { CounterRangeStats, IssueInfo, SliceRef, SliceRow } from './timeline-types.ts';

export const DEFAULT_DETAIL_BYTES = 256 * 1024 * 1024;
/** With less, what a view needs would push itself out. */
const MIN_DETAIL_BYTES = 32 * 1024 * 1024;

export interface TraceOptions {
  /** Bytes of decoded detail kept in memory; default 256 MB. */
  readonly detailBytes?: number;
  /** Awaited between pieces of background work, so that the embedder can answer questions in between. */
  readonly pause?: () => Promise<void>;
  /** How large the segments are in which slices are decoded; default SEGMENT_SIZES. */
  readonly segments?: SegmentSizes;
  /** Data that was read again has arrived: answers change. */
  readonly onLoaded?: () => void;
}

/** Totals of a trace so far. Counters, instants, slices, snapshots count records. */
export interface TraceTotals {
  /** 0: not known (an imported trace). */
  readonly startEpochMs: number;
  /** Time of the earliest event where it lies before time 0, as in an imported trace; else 0. */
  readonly startNs: number;
  /** Time of the newest event. */
  readonly endNs: number;
  readonly events: number;
  readonly counterSamples: number;
  readonly instants: number;
  readonly slices: number;
  readonly snapshots: number;
  readonly dropped: number;
  readonly stallNs: number;
  readonly consoleChunks: number;
  readonly end: SessionEnd | undefined;
  readonly notices: readonly Problem[];
}

/** One trace, live or saved: fed with the blocks of a recording in their order, asked for pictures and pages at any time. */
export class Trace {
  readonly #blocks: BlockStore;
  readonly #budget: DetailBudget;
  readonly #definitions = new Map<number, Definitions>();
  readonly #processes = new Processes();
  readonly #plugins = new PluginStates();
  readonly #notes = new Notes();
  /** What plugins left of its processes' events, as far as it has come by. */
  readonly attachments = new Attachments();
  /** Texts of files that the recording carries, as far as they have come by. */
  readonly sources = new Sources();
  readonly #counters: Counters;
  readonly #objects: Objects;
  readonly #events: EventList;
  readonly #console: ConsoleLines;
  readonly #consoleCalls = new ConsoleCalls();
  readonly #intake: Intake;
  /** What is drawn over time; single slices of it; sums over many. */
  readonly timeline: Timeline;
  readonly explorer: Explorer;
  readonly analysis: Analysis;
  #start: MonotonicTime = { high: 0, low: 0 };
  #startEpochNs = '0';
  #launch: LaunchRecord | undefined;
  #startNs = 0;
  #endNs = 0;
  #recorded = 0;
  /** Blocks before this place were counted by the index. */
  #countedBefore = 0;
  #damagedRecords = 0;
  #damagedBlocks = 0;
  readonly #source: RandomAccess;
  #reloadProblem: Problem | undefined;
  footer: RecordingFooter | undefined;

  /** `source` gives the same file that the blocks come from: dropped detail is read from it again. */
  constructor(source: RandomAccess, options: TraceOptions = {}) {
    const pause = options.pause ?? (() => Promise.resolve());
    this.#source = source;
    this.#blocks = new BlockStore(source);
    const budget = new DetailBudget(options.detailBytes ?? DEFAULT_DETAIL_BYTES);
    this.#budget = budget;
    const blocks = this.#blocks;
    const start = () => this.#start;
    const onLoaded = (problem?: unknown) => {
      if (problem !== undefined) this.#reloadProblem = problemOf(problem);
      options.onLoaded?.();
    };
    this.#counters = new Counters({ blocks, budget, start, pause, isLoading: () => this.timeline.isLoading, onLoaded });
    this.#objects = new Objects(blocks, start, { pause, onProgress: onLoaded });
    this.#events = new EventList({ blocks, start, pause, onScanned: onLoaded, facts: (stream) => this.#factsOf(stream) });
    this.#console = new ConsoleLines(blocks);
    this.timeline = new Timeline({
      blocks,
      budget,
      start,
      pause,
      onLoaded,
      segments: options.segments ?? SEGMENT_SIZES,
      counters: (most) => this.#counters.list(most),
      objects: this.#objects,
      facts: (stream) => {
        const { process, thread, name } = this.#processes.thread(stream);
        return { process, thread, threadName: name };
      },
      processName: (process) => this.#processes.processName(process),
    });
    this.explorer = new Explorer(this.timeline, blocks);
    this.analysis = new Analysis({ timeline: this.timeline, explorer: this.explorer, pause, onProgress: onLoaded });
    this.#intake = new Intake(this.#counters, this.#objects, this.#processes, this.timeline, this.#consoleCalls);
  }

  setHead(head: RecordingHead): void {
    this.#start = splitMonotonic(BigInt(head.startMonotonicNs));
    this.#startEpochNs = head.startEpochNs;
    this.#launch = launchRecordOf(head.launch);
  }

  /** What was run. Undefined before the head, and for an imported trace. */
  get launch(): LaunchRecord | undefined {
    return this.#launch;
  }

  /**
   * Takes in what the index of a recording tells, in place of the blocks up to its end: names at once, calls by their summaries. Resolves when the
   * timeline can be looked at; `readRest` then reads what else there is, piece by piece. False: it has no summaries, or they do not fit together;
   * begin again with another Trace then, and all blocks.
   */
  async openByIndex(index: FoundIndex): Promise<boolean> {
    const plan = planOpening(index.rows);
    if (!plan) return false;
    this.footer = index.footer;
    this.#countedBefore = Math.max(0, ...index.rows.slice(-1).map(({ offset }) => offset + 1));
    for await (const { row, payload } of readRows(this.#source, plan.first)) {
      if (payload) this.addBlock(row.header, payload, row.offset);
      else this.#damagedBlocks++;
    }
    for (const row of plan.attachments) this.attachments.block(row.header, row.offset);
    for (const { header } of index.rows) {
      if (header.type !== BlockType.DATA && header.type !== BlockType.CONSOLE) continue;
      this.#noteSpan(header);
      if (header.type === BlockType.DATA) this.#recorded += header.count;
    }
    for (const { stream, blocks, nodes } of plan.streams) {
      const thread = this.#processes.thread(stream);
      for (const { header } of blocks) thread.droppedByHeaders = Math.max(thread.droppedByHeaders, header.droppedBefore);
      const numbers = blocks.map((row) => this.#blocks.addUnread(row.header, row.offset));
      if (!(await this.timeline.adopt(stream, this.definitionsOf(stream), nodes, numbers))) return false;
    }
    this.#rest = plan.then;
    return true;
  }

  #rest: OpeningPlan['then'] = [];

  /** Reads what `openByIndex` left for later; gives how much of it is done, 0 … 1. */
  async *readRest(): AsyncGenerator<number, void, undefined> {
    const rest = this.#rest.map(({ row, isSide }) => ({ ...row, isSide }));
    this.#rest = [];
    let done = 0;
    for await (const { row, payload } of readRows(this.#source, rest)) {
      if (!payload) this.#damagedBlocks++;
      else if (row.isSide) this.#addSide(row.header, payload, row.offset);
      else this.addBlock(row.header, payload, row.offset);
      yield ++done / rest.length;
    }
  }

  /** Records of a segment whose calls are known already. */
  #addSide(header: BlockHeader, payload: Uint8Array, offset: number): void {
    const block = this.#blocks.add(header, payload, offset);
    const definitions = this.definitionsOf(header.stream);
    const records = this.#blocks.recordsIn(block, payload);
    this.#intake.enter(header.stream, definitions, block, offset, records);
    this.timeline.enter(header.stream, definitions, block, this.#blocks.firstWord(block));
    this.#damagedRecords += decodeRecords(records, header.clockHigh, this.#start, this.#intake);
    this.#events.add(block, this.#intake.counts);
  }

  /** Takes in a whole block with a good checksum; `offset` is that of its header in the file. Blocks come in the order of the file. */
  addBlock(header: BlockHeader, payload: Uint8Array, offset: number): void {
    switch (header.type) {
      case BlockType.INFO:
        for (const line of decodeInfo(payload)) this.#addInfo(line);
        break;
      case BlockType.ATTACHMENT:
        this.attachments.block(header, offset);
        return;
      case BlockType.SOURCE:
        this.sources.block(payload, offset);
        return;
      case BlockType.DEFS:
        this.#damagedRecords += this.definitionsOf(header.stream).add(payload);
        break;
      case BlockType.DATA:
        if (offset >= this.#countedBefore) this.#recorded += header.count;
        this.#addData(header, payload, offset);
        break;
      case BlockType.CONSOLE:
        this.#console.add(this.#blocks.add(header, payload, offset), payload);
        break;
      case BlockType.SUMMARY:
      case BlockType.STATISTICS:
        this.timeline.summary(header, offset);
        return;
      case BlockType.FOOTER:
        this.footer = decodeFooter(payload);
        return;
      default:
        return;
    }
    this.#noteSpan(header);
  }

  /** Text of a file that the recording carries; undefined: it has none of it. Rejects where it is damaged. */
  sourceText(file: string, inflate: Inflate): Promise<string | undefined> {
    return this.sources.text(file, this.#source, inflate);
  }

  #noteSpan({ firstNs, lastNs }: BlockHeader): void {
    if (Number.isFinite(lastNs) && lastNs > this.#endNs) this.#endNs = lastNs;
    if (Number.isFinite(firstNs) && firstNs < this.#startNs) this.#startNs = firstNs;
  }

  #addInfo(line: RecordingInfo): void {
    if (line.kind === 'plugin') this.#plugins.add(line);
    else if (line.kind === 'note') this.#notes.line(line);
    else this.#processes.add(line);
    this.attachments.info(line);
  }

  #addData(header: BlockHeader, payload: Uint8Array, offset: number): void {
    const thread = this.#processes.thread(header.stream);
    if (header.droppedBefore > thread.droppedByHeaders) thread.droppedByHeaders = header.droppedBefore;
    const block = this.#blocks.add(header, payload, offset);
    const definitions = this.definitionsOf(header.stream);
    const records = this.#blocks.recordsIn(block, payload);
    this.#intake.enter(header.stream, definitions, block, offset, records);
    this.timeline.enter(header.stream, definitions, block, this.#blocks.firstWord(block));
    this.#damagedRecords += decodeRecords(records, header.clockHigh, this.#start, this.#intake);
    if (this.#intake.hasCalls || this.timeline.hasCalls) this.timeline.calls(header, payload);
    this.#events.add(block, this.#intake.counts);
  }

  #factsOf(stream: number) {
    const { process, thread } = this.#processes.thread(stream);
    return { definitions: this.definitionsOf(stream), process, thread, objectId: (definition: number) => this.#objects.idOf(stream, definition) };
  }

  definitionsOf(stream: number): Definitions {
    let definitions = this.#definitions.get(stream);
    if (!definitions) {
      definitions = new Definitions();
      this.#definitions.set(stream, definitions);
    }
    return definitions;
  }

  /** Time of the newest event. */
  get endNs(): number {
    return this.#endNs;
  }

  /** Bytes of decoded detail in memory. */
  get detailBytes(): number {
    return this.#budget.bytes;
  }

  /** What they may be. */
  get budgetBytes(): number {
    return this.#budget.maxBytes;
  }
  set budgetBytes(bytes: number) {
    this.#budget.setMax(Math.max(MIN_DETAIL_BYTES, bytes));
  }

  /** Everything that was recorded and counts as an event (`isEvent`): a call is two, its begin and its end. */
  get eventCount(): number {
    return this.#recorded;
  }

  /** Those that the list of events has, which has no calls. */
  get listedCount(): number {
    return this.#intake.totals.reduce((sum, count) => sum + count, 0);
  }

  totals(): TraceTotals {
    const { totals } = this.#intake;
    const of = (kind: (typeof EVENT_KINDS)[number]) => totals[EVENT_KINDS.indexOf(kind)] as number;
    return {
      startEpochMs: Number(BigInt(this.#processes.startEpochNs ?? this.#startEpochNs) / 1000n) / 1000,
      startNs: this.#startNs,
      endNs: this.#endNs,
      events: this.eventCount,
      counterSamples: of('counter'),
      instants: of('instant'),
      slices: of('slice'),
      snapshots: of('snapshot'),
      consoleChunks: this.#console.chunks,
      dropped: this.#processes.dropped,
      stallNs: this.#processes.stallNs,
      end: this.#processes.end,
      notices: this.#notices(),
    };
  }

  #notices(): Problem[] {
    const notices = [...this.#processes.notices];
    if (this.#damagedRecords > 0) {
      notices.push({
        code: 'damaged-records',
        message: counted('# {record|records} of the recording could not be understood and {was|were} left out.', this.#damagedRecords),
      });
    }
    if (this.#damagedBlocks > 0) {
      notices.push({
        code: 'recording-damaged',
        message: counted('The recording is damaged: # of its blocks {is|are} not what its index says, and {was|were} left out.', this.#damagedBlocks),
      });
    }
    const { leftOut } = this.#objects;
    if (leftOut > 0)
      notices.push({
        code: 'many-objects',
        message: counted('# {object is|objects are} not listed: there are more than the studio keeps an index of.', leftOut),
      });
    if (this.#counters.leftOut > 0) {
      notices.push({
        code: 'many-counters',
        message: counted('# {counter is|counters are} not shown: there are more than the studio keeps an index of.', this.#counters.leftOut),
        remedy:
          'Their events are in the list of events and in exports. Where a script makes a counter for each request, give one counter a series for each kind.',
      });
    }
    if (this.#reloadProblem) notices.push(this.#reloadProblem);
    return notices;
  }

  /** What is not as it should be. While the trace grows, what is open is no issue. */
  issues(isComplete: boolean): IssueInfo[] {
    const { dropped, imported, muted, firstMuted } = this.#processes;
    return issuesOf(this.timeline, { damagedRecords: this.#damagedRecords, dropped, imported, muted, firstMuted, isComplete });
  }

  /** Grows when an issue is new or larger. */
  get issueCount(): number {
    const { timeline } = this;
    return (
      this.#damagedRecords +
      this.#processes.imported.length +
      this.#processes.muted +
      timeline.gaps.gaps +
      timeline.async.unmatched +
      timeline.flows.unbound +
      timeline.problemCount
    );
  }

  /** Of the range of each series: see CounterRangeStats. */
  counterStats(series: readonly number[], fromNs: number, toNs: number): CounterRangeStats[] {
    const grid = this.grid({ series, fromNs, toNs, columns: 1 });
    return series.map((id, s) => rangeStatsOf(id, grid, s));
  }

  get notesRevision(): number {
    return this.#notes.revision;
  }

  /** Notes that the recording holds, in the order of time. */
  notes(): RecordingNote[] {
    return this.#notes.list();
  }

  get processesRevision(): number {
    return this.#processes.revision;
  }

  processes(): ProcessView[] {
    return this.#processes.list();
  }

  get pluginsRevision(): number {
    return this.#plugins.revision;
  }

  /** How the plugins of each process fare. */
  plugins(): PluginView[] {
    return this.#plugins.list();
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

  /** See LinesView. `endNs` as in `grid`. */
  lines(query: {
    readonly series: readonly number[];
    readonly fromNs: number;
    readonly toNs: number;
    readonly columns: number;
    readonly show: CounterShow;
    readonly endNs?: number;
  }): LinesView {
    return this.#counters.lines({ ...query, endNs: query.endNs ?? this.#endNs });
  }

  newestValues(series: readonly number[]): Float64Array {
    return this.#counters.newest(series);
  }

  /** Grows when there are new objects. */
  get objectsSize(): number {
    return this.#objects.size;
  }

  objects(): ObjectView[] {
    return this.#objects.list();
  }

  /** Times of an object's snapshots, thinned evenly to at most `limit`. */
  objectTimes(object: number, limit: number): Float64Array {
    return this.#objects.times(object, limit);
  }

  /** A snapshot with its changes against the one before, or against another. `index` -1: the newest; `atNs`: the newest at or before. Undefined: there is none. */
  snapshot(object: number, at: { readonly index?: number; readonly atNs?: number; readonly against?: number }): Promise<ObjectSnapshot | undefined> {
    return this.#objects.snapshot(object, at, (stream) => this.definitionsOf(stream));
  }

  /** What a snapshot holds at a path, as it was recorded. Undefined: no such value. */
  snapshotValue(object: number, index: number, path: FieldPath): Promise<{ readonly value: unknown } | undefined> {
    return this.#objects.value(object, index, path, (stream) => this.definitionsOf(stream));
  }

  /** When which field of an object changed. Undefined: there is no such object. */
  objectChanges(object: number): ObjectChanges | undefined {
    return this.#objects.changes(object, (stream) => this.definitionsOf(stream));
  }

  /** The values of one field of an object, or of what lies in it, through time. */
  fieldHistory(object: number, path: FieldPath): FieldHistory | undefined {
    return this.#objects.history(object, path, (stream) => this.definitionsOf(stream));
  }

  /** Rows `from` … `from + count` of the events that pass. A search for names goes on in the background; `onLoaded` tells its progress. */
  events(query: EventQuery, from: number, count: number): Promise<EventPage> {
    return this.#events.page(query, from, count);
  }

  /** Lines `from` … `from + count` of the console; `from` -1: the last `count`. */
  console(from: number, count: number): Promise<ConsolePage> {
    return this.#console.page(from, count);
  }

  /** The call of `console` that printed a line. Undefined: none did, or it was not recorded. */
  async consoleCall(line: LinePlace, endNs: number): Promise<SliceRow | undefined> {
    const call = this.#consoleCalls.callOf(line, (stream) => this.#processes.thread(stream).process === 0);
    const track = call && this.timeline.trackOf('instants', call.stream);
    const placed = track && (await this.explorer.hit(track, 0, call.timeNs, 0));
    return placed && this.explorer.rowOf(placed, endNs);
  }

  /** The line that a call of `console` printed first. Undefined: it is no such call, or printed nothing that was read. */
  async consoleLineOf(ref: SliceRef): Promise<ConsoleLine | undefined> {
    const placed = await this.explorer.find(ref);
    if (placed?.track.kind !== 'instants' || placed.track.stream === undefined) return undefined;
    const { stream } = placed.track;
    const call = this.#consoleCalls.at(stream, placed.slice.startNs);
    if (!call) return undefined;
    if (call.offset !== undefined && this.#processes.thread(stream).process === 0) return this.#console.lineAt(call.source, call.offset);
    return this.#console.lineNear(call.timeNs, (line) => line.source === call.source && call.isText(line.text));
  }

  /** Resolves when nothing is being read again and no search is under way. */
  async settled(): Promise<void> {
    await this.#counters.settled();
    await this.#events.settled();
    await this.timeline.settled();
    await this.analysis.settled();
  }
}

function problemOf(error: unknown): Problem {
  if (error instanceof ProblemError) return { code: error.code, message: error.message, ...(error.remedy !== undefined && { remedy: error.remedy }) };
  return {
    code: 'reading-again-failed',
    message: `A part of the recording could not be read again: ${error instanceof Error ? error.message : String(error)}`,
  };
}
