/**
 * Page to trace worker. The worker owns all bulk data: it follows a recording, decodes blocks into columns and answers
 * questions; the page holds ids, choices and the answers that it draws.
 */
import type { Problem } from '../../core/base/result.ts';
import type { RecordingNote } from '../../core/protocol/notes.ts';
import type { PluginState } from '../../core/protocol/plugins.ts';
import type { LaunchRecord, SessionEnd } from '../../core/protocol/recording-format.ts';
import type { LinesAround } from '../../core/protocol/source-excerpt.ts';
import type { TraceView } from '../../core/protocol/studio-api.ts';
import type { CallCapture, LeftAlone } from '../../core/protocol/target-wire.ts';
import type { ObjectRequests } from './objects-api.ts';
import type { SliceRef, SliceRow, TimelineRequests, TimelineSummary } from './timeline-api.ts';

export type * from './objects-api.ts';
export type * from './timeline-api.ts';
/** The timeline and its analysis. */
export { ItemFlag } from './timeline-api.ts';

/** One open trace in this window. Minted by the page. */
export type TraceId = string;
/** Index of a counter series in its trace; stable while the trace is open. */
export type SeriesId = number;
/** Index of an object in its trace; stable while the trace is open. */
export type ObjectId = number;

export type TraceInput =
  /** A recording (or any trace file) that the collector holds, over the worker's data channel. */
  | { readonly kind: 'collector'; readonly recording: string }
  /** A file dropped into the browser: read where it is, never uploaded. */
  | { readonly kind: 'file'; readonly file: unknown };

/** How the worker reaches the collector: once, before the first `open` of kind `collector`. */
export type DataChannel = { readonly kind: 'websocket'; readonly url: string } | { readonly kind: 'port' };

/** Pushed when anything changed, at most once a frame (16 ms). Small; lists travel only when their revision moved. */
export interface TraceSummary extends TimelineSummary {
  readonly trace: TraceId;
  /** Grows whenever data changed: what React watches. */
  readonly revision: number;
  readonly phase: 'loading' | 'live' | 'complete' | 'failed';
  readonly loadedBytes: number;
  readonly totalBytes?: number;
  readonly problem?: Problem;
  /** The file was cut or damaged: what is still whole, in words. */
  readonly notices: readonly Problem[];
  readonly startEpochMs: number;
  /** Time of the earliest event where it lies before time 0, which the first events of an imported trace decide; else 0. */
  readonly startNs: number;
  /** Time of the newest event; while live also grows with the clock of the recording. */
  readonly endNs: number;
  /** As `run` and `info` count them: records of the trace, so a call is two, its begin and its end. */
  readonly events: number;
  readonly counterSamples: number;
  readonly instants: number;
  readonly slices: number;
  readonly snapshots: number;
  readonly dropped: number;
  readonly stallNs: number;
  readonly consoleChunks: number;
  readonly countersRevision: number;
  readonly objectsRevision: number;
  readonly processesRevision: number;
  readonly pluginsRevision: number;
  readonly notesRevision: number;
  /** Which of the two this is; undefined where plugins changed nothing, so that there is only one. */
  readonly view?: TraceView;
  readonly end?: SessionEnd;
}

/** Counts and newest values are those of the moment of the answer; `counters.newest` has them as they change. */
export interface CounterInfo {
  /** Stable key for panels and settings: process and name. */
  readonly key: string;
  readonly name: string;
  readonly process: number;
  readonly series: readonly {
    readonly id: SeriesId;
    readonly name: string;
    readonly samples: number;
    readonly last: number;
    readonly min: number;
    readonly max: number;
  }[];
}

export interface ObjectInfo {
  readonly id: ObjectId;
  readonly name: string;
  readonly className: string;
  readonly process: number;
  readonly createdNs?: number;
  readonly deletedNs?: number;
  readonly snapshots: number;
  readonly lastNs: number;
}

export interface ProcessInfo {
  readonly process: number;
  readonly pid: number;
  readonly name: string;
  readonly nodeVersion: string;
  readonly ended: boolean;
  /** How the recording of its calls goes; absent: none is recorded. */
  readonly capture?: CallCapture;
  /** Files and functions whose calls are not recorded, and why. */
  readonly leftAlone?: readonly LeftAlone[];
  readonly threads: readonly { readonly stream: number; readonly thread: number; readonly name: string; readonly dropped: number }[];
}

/**
 * Series on one grid: `x` in seconds since the start, `y[s]` one column per series. Each pixel column has four
 * points: first, least, greatest and last value of the column; where a column has no sample the value of before holds.
 * null is a gap (NaN sample, or before the first sample).
 */
export interface CounterGrid {
  readonly fromNs: number;
  readonly toNs: number;
  readonly x: Float64Array;
  readonly y: readonly (number | null)[][];
  /** Per series, over the samples inside the range (and the value that holds at its start): null when there is none. */
  readonly stats: readonly {
    readonly now: number | null;
    readonly min: number | null;
    readonly max: number | null;
    readonly mean: number | null;
    readonly samples: number;
  }[];
  /** Finer data is being read again from the file; ask again at the next revision. */
  readonly coarse: boolean;
}

/**
 * What of a series is shown: its values; the change of each sample since the one before it (where a pixel column has several, that
 * of the last one since the last one of the column before); or that change over the time between the two, per second.
 */
export type CounterShow = 'value' | 'delta' | 'rate';

/**
 * Series on one grid as numbers, series after series: column `c` of series `s` is number `s * columns + c`. NaN is a gap. There may be
 * fewer columns than were asked for where there are many series.
 */
export interface CounterLines {
  readonly fromNs: number;
  readonly toNs: number;
  readonly columns: number;
  /** Four a column, as in CounterGrid: first, least, greatest and last value, or four times the value that holds. */
  readonly y: Float64Array;
  /** 1 where the column has samples. */
  readonly sampled: Uint8Array;
  /** Four a series: time and value of the nearest sample before the range, and of the nearest one behind it. Of values only. */
  readonly edges: Float64Array;
  /** As in CounterGrid. Of a rate, the mean is all change over all time; of a delta, over all changes. */
  readonly stats: CounterGrid['stats'];
  readonly coarse: boolean;
}

/** A value of a snapshot as a tree that the inspector draws: markers resolved, children in order. */
export interface ValueNode {
  readonly key: string;
  /** JSON text of a leaf, or a preview of a branch, cut to some 200 characters. */
  readonly text: string;
  readonly type:
    | 'string'
    | 'number'
    | 'boolean'
    | 'null'
    | 'undefined'
    | 'array'
    | 'object'
    | 'map'
    | 'set'
    | 'bytes'
    | 'date'
    | 'error'
    | 'function'
    | 'bigint'
    | 'symbol'
    | 'regexp'
    | 'cycle'
    | 'cut'
    | 'masked'
    | 'threw'
    | 'other';
  readonly className?: string;
  readonly children?: readonly ValueNode[];
  /** Entries that were not recorded. */
  readonly cut?: number;
  /** A branch of a tree that is too large: `cut` entries of it are not shown, recorded or not. */
  readonly full?: boolean;
  /** Against the snapshot that it is compared with. A branch with `inside` holds a change deeper down. What moved within a list may hold one too. */
  readonly change?: 'added' | 'removed' | 'changed' | 'moved' | 'inside';
  /** Leaf text of before, where it changed. */
  readonly before?: string;
  /** Key of before, where it moved. */
  readonly from?: string;
}

export interface SnapshotView {
  readonly object: ObjectId;
  /** 0-based. */
  readonly index: number;
  readonly count: number;
  readonly timeNs: number;
  readonly fields: readonly ValueNode[];
  readonly added: number;
  readonly removed: number;
  readonly changed: number;
  /** Entries that stand elsewhere in their list. */
  readonly moved: number;
}

export type EventKind = 'counter' | 'instant' | 'slice' | 'object-created' | 'snapshot' | 'object-deleted' | 'gap' | 'stall';
export interface EventRow {
  readonly index: number;
  readonly kind: EventKind;
  readonly timeNs: number;
  readonly durationNs?: number;
  readonly name: string;
  readonly category?: string;
  readonly process: number;
  readonly thread: number;
  /** One line: series and values, args, changed attributes. Cut to some 300 characters. */
  readonly detail: string;
  readonly object?: ObjectId;
}

export interface EventFilter {
  readonly kinds?: readonly EventKind[];
  /** Case-insensitive part of the name. */
  readonly text?: string;
  /** Only of these streams: see `ProcessInfo`. */
  readonly streams?: readonly number[];
}

export interface ConsoleLine {
  readonly index: number;
  readonly timeNs: number;
  readonly source: 'stdout' | 'stderr' | 'stdin' | 'studio';
  /** One line without its end, from its last return of the carriage on; ANSI codes are still in it. */
  readonly text: string;
  /** ANSI codes that an earlier line, or what the line was written over, has left on. */
  readonly style?: string;
  /** The line was longer than is shown. */
  readonly cut: boolean;
  /** Bytes of its source before it. */
  readonly offset: number;
}

/** Files with their text, the bytes of these, and files whose text was left out. */
export interface SourceTotals {
  readonly files: number;
  readonly bytes: number;
  readonly leftOut: number;
}

/** No lines, and `leftOut`: why the recording has no text of the file. `sum`: CRC-32 of the text. */
export interface RecordedExcerpt extends LinesAround {
  readonly sum: number;
  readonly leftOut?: string;
}

export interface TraceRequests extends TimelineRequests, ObjectRequests {
  'data.connect': (argument: DataChannel) => null;
  /** `detailBytes`: as in `trace.budget`. */
  'trace.open': (argument: { readonly trace: TraceId; readonly input: TraceInput; readonly view?: TraceView; readonly detailBytes?: number }) => null;
  'trace.close': (argument: { readonly trace: TraceId }) => null;
  /** What was run. null before the head has been read, and for a trace that does not say. */
  'trace.launch': (argument: { readonly trace: TraceId }) => LaunchRecord | null;
  /** Notes that the recording holds. */
  'notes.list': (argument: { readonly trace: TraceId }) => readonly RecordingNote[];
  /** Texts of files that the recording carries, as far as it has been read. */
  'sources.totals': (argument: { readonly trace: TraceId }) => SourceTotals;
  /** Lines of such a text around one of them. null: the recording does not name that file. Fails where its text is damaged. */
  'sources.excerpt': (argument: {
    readonly trace: TraceId;
    readonly file: string;
    readonly line: number;
    readonly before: number;
    readonly after: number;
  }) => RecordedExcerpt | null;
  'counters.list': (argument: { readonly trace: TraceId }) => readonly CounterInfo[];
  /** Newest value of each series, in their order; NaN where there is none. */
  'counters.newest': (argument: { readonly trace: TraceId; readonly series: readonly SeriesId[] }) => Float64Array;
  'counters.grid': (argument: {
    readonly trace: TraceId;
    readonly series: readonly SeriesId[];
    readonly fromNs: number;
    readonly toNs: number;
    readonly columns: number;
  }) => CounterGrid;
  /** As `counters.grid`, for hundreds of series, and for how they change. */
  'counters.lines': (argument: {
    readonly trace: TraceId;
    readonly series: readonly SeriesId[];
    readonly fromNs: number;
    readonly toNs: number;
    readonly columns: number;
    readonly show: CounterShow;
  }) => CounterLines;
  'processes.list': (argument: { readonly trace: TraceId }) => readonly ProcessInfo[];
  /** How the plugins of each process fare, by process and place in the launch's list. */
  'plugins.list': (argument: { readonly trace: TraceId }) => readonly { readonly process: number; readonly state: PluginState }[];
  /** Rows `from` … `from + count` of the events that pass the filter, oldest first; `total` of them so far, `complete` when all have been looked at. */
  'events.page': (argument: { readonly trace: TraceId; readonly filter: EventFilter; readonly from: number; readonly count: number }) => {
    readonly rows: readonly EventRow[];
    readonly total: number;
    readonly complete: boolean;
  };
  /** Lines `from` … `from + count`; `from` -1: the last `count`. `first`: older lines are no longer held in memory but in the file. */
  'console.page': (argument: { readonly trace: TraceId; readonly from: number; readonly count: number }) => {
    readonly lines: readonly ConsoleLine[];
    readonly total: number;
    readonly first: number;
  };
  /** The call of `console` that printed a line, as an instant of the timeline. Null: none did, or it was not recorded. */
  'console.call': (argument: { readonly trace: TraceId; readonly line: Pick<ConsoleLine, 'source' | 'offset' | 'timeNs' | 'text'> }) => SliceRow | null;
  /** The line that a call of `console` printed first. Null: it is no such call, or its output was not read. */
  'console.lineOf': (argument: { readonly trace: TraceId; readonly ref: SliceRef }) => ConsoleLine | null;
}

export interface TracePushes {
  summary: TraceSummary;
  /** The data channel was lost; the worker connects again by itself (web), or asks for a port (Electron). */
  'data-lost': { readonly reason: string };
}

/** The page's view of the worker. `TraceClient` in renderer/bridge implements it. */
export interface TraceClient {
  request<K extends keyof TraceRequests>(
    method: K,
    argument: Parameters<TraceRequests[K]>[0],
    transfer?: readonly unknown[],
  ): Promise<ReturnType<TraceRequests[K]>>;
  on<K extends keyof TracePushes>(event: K, listener: (payload: TracePushes[K]) => void): () => void;
}

/** What the page posts to the worker. The MessagePort of `data.connect` with `{ kind: 'port' }` is `event.ports[0]`. */
export interface PageMessage {
  readonly id: number;
  readonly method: keyof TraceRequests;
  readonly argument: unknown;
}

/** What the worker posts to the page: an answer, a failure in words, or a push. Buffers may be in the transfer list. */
export type WorkerMessage =
  | { readonly id: number; readonly value: unknown }
  | { readonly id: number; readonly problem: Problem }
  | { readonly event: keyof TracePushes; readonly payload: unknown };
