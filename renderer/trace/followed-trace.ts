import { type Problem, ProblemError } from '../../core/base/result.ts';
import type { ByteSource } from '../../core/formats/byte-source.ts';
import { KeptRecording } from '../../core/formats/kept-recording.ts';
import { openTrace } from '../../core/formats/open-trace.ts';
import { findAttachments, processedRecording, usableParts } from '../../core/formats/processed-view.ts';
import type { Attachments } from '../../core/model/attachments.ts';
import { INDEXED_FROM_BYTES, openIndexed } from '../../core/model/open-recording.ts';
import { DEFAULT_DETAIL_BYTES, Trace, type TraceOptions } from '../../core/model/trace.ts';
import { BlockReader, type RecordingItem } from '../../core/protocol/recording-reader.ts';
import type { TraceView } from '../../core/protocol/studio-api.ts';
import { BlobStore } from './blob-store.ts';
import { gunzip, inflate } from './gunzip.ts';
import { LiveClock } from './live-clock.ts';
import type { TraceId, TraceSummary } from './trace-worker-api.ts';

/** Decoding goes on for at most this long before questions of the page are answered. */
const SLICE_MS = 8;
const LONGEST_SLICE_MS = 32;
/** Bytes between two looks at the clock: some 2 ms of work. */
const PIECE_BYTES = 128 * 1024;
/** Lists are asked for again when their revision moves, so changes of their numbers are told less often than data. */
const LIST_CHANGE_MS = 250;
const MAX_NOTICES = 50;
/** Before, a pace is chance. */
const PACE_FROM_MS = 200;

export interface Surroundings {
  readonly wallMs: () => number;
  readonly steadyMs: () => number;
  /** Resolves in a later task, so that messages in between are handled. */
  readonly nextTask: () => Promise<void>;
  /** Of decoded detail that a trace keeps in memory; undefined: the model's default. */
  readonly detailBytes?: number;
  /** From this size on a recording is opened by its index; undefined: INDEXED_FROM_BYTES. */
  readonly indexedFromBytes?: number;
  /** In a thread of its own, where there are some. */
  readonly gunzip?: typeof gunzip;
}

/** What is known of a source before it is read. */
export interface Opened {
  readonly source: ByteSource;
  /** It still grows: a recording that is being made. */
  readonly live: boolean;
  readonly totalBytes: number | undefined;
  readonly title: string;
}

/** One open trace of the window: feeds the model from a source, and tells how far it is. */
export class FollowedTrace {
  #trace: Trace;
  readonly #id: TraceId;
  readonly #wanted: TraceView;
  readonly #surroundings: Surroundings;
  readonly #onChange: () => void;
  #view: TraceView | undefined;
  #clock: LiveClock | undefined;
  #phase: TraceSummary['phase'] = 'loading';
  #problem: Problem | undefined;
  readonly #notices: Problem[] = [];
  #live = false;
  /** Another format: what is decoded is not what the file holds, so progress is counted where the file is read. */
  #converts = false;
  #decodedBytes = 0;
  #followedBytes = 0;
  #liveFrom = 0;
  #totalBytes: number | undefined;
  #revision = 0;
  #listsChangedMs = Number.NEGATIVE_INFINITY;
  #listsRevision = 0;
  #listsEvents = -1;
  #detailBytes: number | undefined;
  /** What the revisions of an earlier view had grown to: those of the next go on from there. */
  #processesBefore = 0;
  #pluginsBefore = 0;
  #notesBefore = 0;
  #closed = false;
  /** What was read before is gone from the recording, too: the model begins anew. */
  #fellBehind = false;
  #cancelled = false;
  readonly #openedMs: number;

  /**
   * `view`: what plugins left of their processes' events, or all as it was recorded. While a recording grows, and where only its
   * end tells that plugins left anything, the recorded one is shown first, and the other takes its place once it is whole.
   */
  constructor(id: TraceId, view: TraceView, surroundings: Surroundings, onChange: () => void) {
    this.#id = id;
    this.#wanted = view;
    this.#surroundings = surroundings;
    this.#onChange = onChange;
    this.#openedMs = surroundings.steadyMs();
    this.#trace = new Trace({ read: () => Promise.reject(new Error('read before the source was opened')) });
  }

  #traceOf(source: ByteSource): Trace {
    const trace = new Trace({ read: (offset, length) => source.read(offset, length) }, this.#traceOptions());
    trace.timeline.isLoading = true;
    return trace;
  }

  #traceOptions(): TraceOptions {
    const detailBytes = this.#detailBytes ?? this.#surroundings.detailBytes;
    return { pause: this.#surroundings.nextTask, onLoaded: () => this.#changed(), ...(detailBytes !== undefined && { detailBytes }) };
  }

  /** Of decoded detail in memory; undefined: what the machine allows. */
  set detailBytes(bytes: number | undefined) {
    this.#detailBytes = bytes;
    this.#trace.budgetBytes = bytes ?? this.#surroundings.detailBytes ?? DEFAULT_DETAIL_BYTES;
    this.#changed();
  }

  get trace(): Trace {
    return this.#trace;
  }

  get live(): boolean {
    return this.#phase === 'live';
  }

  /** Reads until the source ends. Never rejects: what goes wrong is in the summary. */
  async run(open: () => Promise<Opened>): Promise<void> {
    while (await this.#read(open)) this.#notice(FELL_BEHIND);
  }

  /** True: it has fallen behind a recording of which only the newest is kept, and begins anew with what is there. */
  async #read(open: () => Promise<Opened>): Promise<boolean> {
    try {
      const { source, live, totalBytes, title } = await open();
      this.#live = live;
      this.#totalBytes = totalBytes;
      this.#liveFrom = totalBytes ?? 0;
      // A recording that is being made may not even have its head yet; whatever still grows is one.
      const counted: ByteSource = {
        size: () => source.size(),
        read: (offset, length) => source.read(offset, length),
        follow: (offset) => this.#inSlices(this.#counted(source.follow(offset))),
      };
      const opened = live ? undefined : await openTrace(counted, { gunzip: (bytes) => this.#inSlices(this.#gunzip(bytes)), inflate }, { title });
      this.#converts = opened?.kind === 'converted';
      const recording = opened?.kind === 'converted' ? new KeptRecording(opened.recording, undefined, new BlobStore()) : source;
      const isShown = opened?.kind === 'recording' && this.#wanted === 'processed' && (await this.#showProcessed(counted, await findAttachments(source)));
      if (!isShown) {
        if (!(await this.#openIndexed(recording))) {
          this.#begin(this.#traceOf(recording));
          await this.#feed(recording, this.#trace);
        }
        if (this.#live && this.#phase === 'live') this.#phase = 'complete';
        this.#changed();
        await this.#switch(recording);
      }
      if (this.#phase !== 'failed') this.#phase = 'complete';
    } catch (error) {
      const problem = problemOf(error);
      if (problem.code === 'no-longer-kept' && this.#live && !this.#closed) {
        this.#fellBehind = true;
        this.#phase = 'loading';
        this.#decodedBytes = 0;
        return true;
      }
      // What was read before stays good.
      if (this.trace.eventCount > 0) {
        this.#notice(problem);
        this.#phase = 'complete';
      } else this.#fail(problem);
    }
    this.#changed();
    return false;
  }

  #gunzip(bytes: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array, void, undefined> {
    return (this.#surroundings.gunzip ?? gunzip)(bytes);
  }

  async *#counted(chunks: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array, void, undefined> {
    for await (const chunk of chunks) {
      // What becomes a recording only when all of it is there has nothing to show yet, and need not be read to its end.
      if (this.#cancelled && this.#trace.eventCount === 0) throw new ProblemError(cancelledProblem(this.#followedBytes, this.#totalBytes));
      this.#followedBytes += chunk.length;
      yield chunk;
    }
  }

  /** Reads no further; what has been read stays. */
  cancel(): void {
    if (this.#phase !== 'loading') return;
    this.#cancelled = true;
  }

  /** More of it may come. */
  get isGrowing(): boolean {
    return this.#phase === 'loading' || this.#phase === 'live';
  }

  close(): void {
    this.#closed = true;
    // A quiet live source is waited for until its next bytes; what it would keep in memory goes now.
    this.#trace = new Trace({ read: () => Promise.reject(new Error('the trace was closed')) });
  }

  /** All of a recording has been read: now it is known what plugins left. */
  async #switch(recording: ByteSource): Promise<void> {
    if (this.#closed || this.#phase === 'failed') return;
    const { attachments } = this.#trace;
    for (const problem of attachments.problems()) this.#notice(problem);
    if (attachments.some) this.#view = 'raw';
    if (this.#view === undefined || this.#wanted === 'raw') return;
    this.#changed();
    await this.#showProcessed(recording, attachments);
  }

  /** False: there is nothing of plugins that could be shown. Until it is whole, the view from before answers. */
  async #showProcessed(recording: ByteSource, attachments: Attachments | undefined): Promise<boolean> {
    if (!attachments?.some) return false;
    const { parts, problems } = await usableParts(recording, attachments.parts());
    for (const problem of problems) this.#notice(problem);
    if (parts.length === 0) return false;
    const pieces = processedRecording(recording, parts, { onProblem: (problem) => this.#notice(problem) });
    const source = new KeptRecording(pieces, recording, new BlobStore());
    const trace = this.#traceOf(source);
    const isFirst = this.#view === undefined;
    // Nothing is shown yet: then it may grow before the user's eyes.
    if (isFirst) {
      this.#replace(trace);
      this.#view = 'processed';
      this.#converts = true;
    }
    await this.#feed(source, trace);
    if (this.#closed) return true;
    if (isFirst) for (const problem of attachments.problems()) this.#notice(problem);
    else this.#replace(trace);
    this.#view = 'processed';
    this.#changed();
    return true;
  }

  #begin(trace: Trace): void {
    if (this.#fellBehind) this.#replace(trace);
    else this.#trace = trace;
  }

  /** Numbers of counters and objects mean others from here on: every revision moves. */
  #replace(trace: Trace): void {
    const before = this.#trace;
    this.#listsRevision += before.countersSize + before.objectsSize + before.timeline.size + 1;
    this.#processesBefore += before.processesRevision;
    this.#pluginsBefore += before.pluginsRevision;
    this.#notesBefore += before.notesRevision;
    this.#listsEvents = -1;
    this.#trace = trace;
  }

  /** A large recording is there as soon as its index was read; what else is in it comes afterwards. False: it has to be read from its start. */
  async #openIndexed(source: ByteSource): Promise<boolean> {
    const size = this.#converts ? undefined : await source.size();
    if (size === undefined || size < (this.#surroundings.indexedFromBytes ?? INDEXED_FROM_BYTES)) return false;
    const opened = await openIndexed(source, size, this.#traceOptions());
    if (!opened || this.#closed) return false;
    const { trace, endOffset } = opened;
    this.#begin(trace);
    trace.timeline.isLoading = true;
    this.#clock = new LiveClock(trace.totals().startEpochMs, this.#surroundings);
    const slices = new WorkSlices(this.#surroundings);
    for await (const done of trace.readRest()) {
      if (this.#closed || this.#cancelled) break;
      this.#decodedBytes = Math.floor(done * endOffset);
      if (!slices.isOver) continue;
      this.#changed();
      await slices.rest();
    }
    if (this.#cancelled) {
      this.#notice(cancelledProblem(this.#decodedBytes, this.#totalBytes));
      trace.timeline.isLoading = false;
      return true;
    }
    this.#decodedBytes = endOffset;
    this.#noteLive(trace);
    await this.#feed(source, trace, endOffset);
    return true;
  }

  /** All that was there when the trace was opened has been read: what comes now is recorded now. */
  #noteLive(trace: Trace): void {
    if (!this.#live || this.#phase !== 'loading' || this.#decodedBytes < this.#liveFrom) return;
    this.#phase = 'live';
    trace.timeline.isLoading = false;
    this.#changed();
  }

  async #feed(source: ByteSource, trace: Trace, offset = 0): Promise<void> {
    const reader = new BlockReader({ offset });
    // A whole recording ends with its footer, which an index has told of.
    const isWhole = trace.footer !== undefined && offset > 0;
    for await (const piece of this.#inSlices(source.follow(offset))) {
      if (this.#closed) return;
      if (this.#cancelled) {
        this.#notice(cancelledProblem(this.#loadedBytes, this.#totalBytes));
        trace.timeline.isLoading = false;
        return;
      }
      // What was there when the trace was opened may be old; what comes behind it was recorded just now.
      const fresh = this.#phase === 'live';
      for (const item of reader.push(piece)) this.#take(item, trace);
      this.#decodedBytes += piece.length;
      this.#noteLive(trace);
      this.#clock?.note(trace.endNs, fresh);
      this.#changed();
    }
    if (!isWhole) for (const item of reader.end()) this.#take(item, trace);
    trace.timeline.isLoading = false;
  }

  /** The same bytes in small pieces, with a break for the page's questions whenever the work on them took a slice of time. */
  async *#inSlices(chunks: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array, void, undefined> {
    const slices = new WorkSlices(this.#surroundings);
    for await (const chunk of chunks) {
      for (let at = 0; at < chunk.length; at += PIECE_BYTES) {
        yield chunk.subarray(at, at + PIECE_BYTES);
        if (slices.isOver) await slices.rest();
      }
    }
  }

  #take(item: RecordingItem, trace: Trace): void {
    switch (item.kind) {
      case 'head':
        trace.setHead(item.head);
        this.#clock = new LiveClock(trace.totals().startEpochMs, this.#surroundings);
        return;
      case 'block':
        trace.addBlock(item.header, item.payload, item.offset);
        return;
      case 'refused':
        this.#fail(item.problem);
        return;
      default:
        this.#notice(item.problem);
    }
  }

  #fail(problem: Problem): void {
    this.#phase = 'failed';
    this.#problem = problem;
  }

  #notice(problem: Problem): void {
    const isKnown = this.#notices.some((notice) => notice.message === problem.message);
    if (!isKnown && this.#notices.length < MAX_NOTICES) this.#notices.push(problem);
  }

  #changed(): void {
    this.#revision++;
    if (!this.#closed) this.#onChange();
  }

  /** Up to where the newest values hold: while live, the recording's clock. */
  get endNs(): number {
    return this.live && this.#clock ? this.#clock.nowNs() : this.trace.endNs;
  }

  /** While it grows: plugins of some process have left something already, and what is shown is what was recorded. */
  get view(): TraceView | undefined {
    return this.#view ?? (this.trace.attachments.some ? 'raw' : undefined);
  }

  summary(): TraceSummary {
    const totals = this.trace.totals();
    const listed = this.trace.listedCount;
    const nowMs = this.#surroundings.steadyMs();
    if (listed !== this.#listsEvents && (nowMs - this.#listsChangedMs >= LIST_CHANGE_MS || this.#phase === 'complete')) {
      this.#listsEvents = listed;
      this.#listsChangedMs = nowMs;
      this.#listsRevision++;
    }
    const loadedBytes = this.#loadedBytes;
    const remainingMs = this.#remainingMs(loadedBytes, nowMs);
    return {
      trace: this.#id,
      revision: this.#revision,
      phase: this.#phase,
      loadedBytes,
      ...(this.#totalBytes !== undefined && { totalBytes: Math.max(this.#totalBytes, loadedBytes) }),
      ...(this.#problem && { problem: this.#problem }),
      notices: [...this.#notices, ...totals.notices],
      startEpochMs: totals.startEpochMs,
      startNs: totals.startNs,
      endNs: this.endNs,
      events: totals.events,
      counterSamples: totals.counterSamples,
      instants: totals.instants,
      slices: totals.slices,
      snapshots: totals.snapshots,
      dropped: totals.dropped,
      stallNs: totals.stallNs,
      consoleChunks: totals.consoleChunks,
      countersRevision: this.#revisionOf(this.trace.countersSize),
      objectsRevision: this.#revisionOf(this.trace.objectsSize),
      processesRevision: this.#processesBefore + this.trace.processesRevision,
      pluginsRevision: this.#pluginsBefore + this.trace.pluginsRevision,
      notesRevision: this.#notesBefore + this.trace.notesRevision,
      tracksRevision: this.#revisionOf(this.trace.timeline.size),
      issuesRevision: this.#revisionOf(this.trace.issueCount),
      timelineSlices: this.trace.timeline.slices,
      memory: { usedBytes: this.trace.detailBytes, budgetBytes: this.trace.budgetBytes },
      ...(this.view !== undefined && { view: this.view }),
      ...(totals.end && { end: totals.end }),
      ...(remainingMs !== undefined && { remainingMs }),
    };
  }

  /** Another format: what is decoded is not what the file holds. */
  get #loadedBytes(): number {
    return this.#converts ? this.#followedBytes : this.#decodedBytes;
  }

  /** At the pace so far; undefined before there is one. */
  #remainingMs(loadedBytes: number, nowMs: number): number | undefined {
    const total = this.#totalBytes;
    const elapsedMs = nowMs - this.#openedMs;
    if (this.#phase !== 'loading' || total === undefined || loadedBytes === 0 || elapsedMs < PACE_FROM_MS) return undefined;
    return Math.max(0, Math.round((elapsedMs / loadedBytes) * (total - loadedBytes)));
  }

  /** Of a list with `size` entries: 0 as long as it is empty. */
  #revisionOf(size: number): number {
    return size === 0 ? 0 : size + this.#listsRevision;
  }

  /** Numbers of the lists moved since the last summary, and no data may come to tell it. */
  get listsBehind(): boolean {
    return this.trace.listedCount !== this.#listsEvents;
  }
}

const FELL_BEHIND: Problem = {
  code: 'fell-behind',
  message: 'The run was faster than this window for so long that what it had not read is no longer kept. It goes on with what is.',
};
function cancelledProblem(loadedBytes: number, totalBytes: number | undefined): Problem {
  const megabytes = (bytes: number): string => (bytes / 1e6).toFixed(1);
  const of = totalBytes === undefined ? '' : ` of ${megabytes(totalBytes)}`;
  return {
    code: 'loading-cancelled',
    message: `Reading was stopped after ${megabytes(loadedBytes)}${of} MB: what lies behind is not shown.`,
    remedy: 'Close the trace and open it again to read all of it.',
  };
}

export function problemOf(error: unknown): Problem {
  if (error instanceof ProblemError) return { code: error.code, message: error.message, ...(error.remedy !== undefined && { remedy: error.remedy }) };
  return { code: 'failed', message: error instanceof Error ? error.message : String(error) };
}

/**
 * Work in slices of time, with rests between them for the page's questions. Where answers take long (hundreds of series in sight), a slice takes as long
 * as they did, within bounds: else pictures of what has been read would leave no time to read on.
 */
class WorkSlices {
  readonly #surroundings: Pick<Surroundings, 'steadyMs' | 'nextTask'>;
  #endMs: number;

  constructor(surroundings: Pick<Surroundings, 'steadyMs' | 'nextTask'>) {
    this.#surroundings = surroundings;
    this.#endMs = surroundings.steadyMs() + SLICE_MS;
  }

  get isOver(): boolean {
    return this.#surroundings.steadyMs() >= this.#endMs;
  }

  async rest(): Promise<void> {
    const { steadyMs, nextTask } = this.#surroundings;
    const began = steadyMs();
    await nextTask();
    const now = steadyMs();
    this.#endMs = now + Math.min(LONGEST_SLICE_MS, Math.max(SLICE_MS, now - began));
  }
}
