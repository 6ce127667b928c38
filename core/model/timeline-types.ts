/**
 * What the timeline and its analysis answer: one vocabulary for the window's worker, the command line and tests. Times are
 * nanoseconds since the start of the recording. Ids are small numbers that stay while the trace is open and mean nothing in another one.
 */
import type { ValueTree } from './value-tree.ts';

/** Index of a track. */
export type TrackId = number;
/** What slices, instants and async slices are called: text, category and place in the source, interned for the whole trace. 0: none. */
export type NameId = number;
/** One slice, instant or async slice. Opaque: compare with ===, hand it back. 0: none. */
export type SliceRef = number;

export type TrackKind =
  /** Calls of a JS thread; also those that a sampler saw (`isSampled`). */
  | 'calls'
  /** Slices that were logged: a thread of an imported trace, durations of a thread that also has calls, garbage collections … */
  | 'slices'
  /** What takes time beside the calls, packed into lanes: one track a process. */
  | 'async'
  /** Moments: one track a thread. */
  | 'instants'
  /** A counter; draw it with `counters.lines` of `series`. One row without slices. */
  | 'counter'
  /** An object: its life as a slice, each snapshot as an instant. One row. */
  | 'object';

export interface TrackInfo {
  readonly id: TrackId;
  readonly kind: TrackKind;
  readonly process: number;
  /** Stream of the thread; undefined for tracks of a process. */
  readonly stream?: number;
  /** Of the thread, process, counter or object; empty where the trace has none. */
  readonly name: string;
  /** Of slices beside a thread's own: what they are, "garbage collection" for example. Empty: the thread's own. */
  readonly beside: string;
  /** Rows that it has so far: greatest depth + 1, or lanes. Grows. */
  readonly rows: number;
  /** From this row on lie slices that overlap others without nesting; = `rows` where there are none. */
  readonly overflowRow: number;
  /** Slices, instants, samples or snapshots so far. */
  readonly items: number;
  readonly firstNs: number;
  readonly lastNs: number;
  /** Calls between samples: times are as exact as the sampling. */
  readonly isSampled: boolean;
  /** Of a counter: its series, as in `counters.list`. */
  readonly series?: readonly number[];
  /** Of an object: its number in `objects.list`. */
  readonly object?: number;
}

export interface NameInfo {
  readonly id: NameId;
  readonly text: string;
  readonly category: string;
  /** Path or URL; empty: not known. */
  readonly file: string;
  /** From 1; 0: not known. */
  readonly line: number;
  readonly column: number;
  /** See FunctionFlag of `core/protocol/records.ts`; 0 for what is no function. */
  readonly functionFlags: number;
  /** Same for same category (its name where there is none), in every run: FNV-1a, for a palette index. */
  readonly categoryHash: number;
  /** Same for same text, in every run. */
  readonly nameHash: number;
}

/** Rows `from` … `from + count - 1` of a track. */
export interface RowRange {
  readonly track: TrackId;
  readonly from: number;
  readonly count: number;
}

export interface ViewQuery {
  readonly rows: readonly RowRange[];
  readonly fromNs: number;
  readonly toNs: number;
  /** Pixels. */
  readonly columns: number;
  /** Up to where open slices are drawn; default: the newest event. */
  readonly endNs?: number;
  /** Text of a search (see `SearchQuery`): what it matches carries `ItemFlag.HIT`. */
  readonly highlight?: string;
}

export const ItemFlag = {
  /** Not ended: `x1` is at the end of the trace, or now. Of a run: one of it. */
  OPEN: 1,
  /** It threw, or it is an exception. Of a run: one of it. */
  ERROR: 2,
  /** An async slice. */
  ASYNC: 4,
  /** A stretch in which an async function ran: on its thread a call, in an async track a part that lies over the slice, in the same row. */
  RUN: 8,
  /** No length: `x1` = `x0`. */
  INSTANT: 16,
  /** The highlighted search matches it. Of a run: one of it. */
  HIT: 32,
  /** Seen through the call's end in a gap: what was lost between is not known. */
  TORN: 64,
} as const;

/**
 * What lies in the asked rows, in parallel arrays of `count` items, by row and then time. Slices below one pixel that follow each other
 * are one item, a *run*; every slice of a pixel or more is an item of its own once `isCoarse` is false.
 */
export interface TimelineView {
  readonly fromNs: number;
  readonly toNs: number;
  readonly columns: number;
  readonly count: number;
  /** Row, counted over all ranges of the query. */
  readonly row: Uint32Array;
  /** In pixels from `fromNs`; below 0: began before (at least -1), above `columns`: goes on (at most `columns` + 1). */
  readonly x0: Float32Array;
  readonly x1: Float32Array;
  /** Of a run: what took most of its time, as far as that is known. */
  readonly name: Uint32Array;
  /** 1: one slice. More: a run of so many. */
  readonly merged: Uint32Array;
  /** Part of `x0` … `x1` that slices cover, 0 … 1. */
  readonly busy: Float32Array;
  /** See ItemFlag. */
  readonly flags: Uint8Array;
  /** Of a run: 0. Use `hit` for what lies under the pointer. */
  readonly ref: Float64Array;
  /** Finer data is on its way: ask again at the next revision. Runs may be wider than they need to be until then. */
  readonly isCoarse: boolean;
}

/** Busy share of a track's outermost rows over time, for a minimap: `busy[t * columns + c]` of the t-th asked track. */
export interface Density {
  readonly columns: number;
  readonly busy: Float32Array;
  readonly isCoarse: boolean;
}

/** A slice in a list. */
export interface SliceRow {
  readonly ref: SliceRef;
  readonly track: TrackId;
  readonly row: number;
  readonly name: NameId;
  readonly startNs: number;
  /** Until now, if it is open. */
  readonly durationNs: number;
  /** Without its direct children. */
  readonly selfNs: number;
  /** See ItemFlag. */
  readonly flags: number;
}

export interface LinkedSlice {
  readonly direction: 'in' | 'out';
  readonly name: string;
  readonly category: string;
  readonly timeNs: number;
  /** Undefined: the arrow's other end was not recorded. */
  readonly other?: SliceRow;
  readonly otherNs?: number;
}

export interface SliceDetails extends SliceRow {
  readonly kind: 'call' | 'slice' | 'async' | 'instant' | 'object';
  readonly about: NameInfo;
  readonly process: number;
  readonly stream: number;
  readonly thread: number;
  /** Number of slices that enclose it on its track. */
  readonly depth: number;
  readonly isOpen: boolean;
  /** As they were recorded: JSON, at most some 64 KB of it; undefined: none were. */
  readonly args?: { readonly json: string; readonly isCut: boolean; readonly fields: readonly ValueTree[] };
  readonly result?: { readonly json: string; readonly isCut: boolean; readonly value: ValueTree };
  /** What it threw, or what was thrown while it was the innermost call. */
  readonly exception?: { readonly text: string; readonly timeNs: number };
  /** From the outermost. */
  readonly ancestors: readonly SliceRow[];
  /** Direct children so far, and the first of them in order of time. More: `slices.children`. */
  readonly childCount: number;
  readonly children: readonly SliceRow[];
  readonly links: readonly LinkedSlice[];
  /** Of an async slice: what it belongs to, what belongs to it, when it ran on its thread. */
  readonly async?: {
    readonly number: number;
    readonly parent?: SliceRow;
    readonly children: readonly SliceRow[];
    readonly runs: readonly SliceRow[];
    readonly runningNs: number;
    readonly waitingNs: number;
  };
  /** In the same row. */
  readonly previous?: SliceRow;
  readonly next?: SliceRow;
}

/** What an analysis looks at. Without `tracks`: all calls and slices of threads, not async slices. */
export interface Scope {
  readonly fromNs?: number;
  readonly toNs?: number;
  readonly tracks?: readonly TrackId[];
  /** Text of a search (see `SearchQuery`): only what it matches. */
  readonly search?: string;
}

/** How far a background analysis is. An answer is of the part looked at so far, never scaled up. */
export interface Progress {
  /** 0 … 1. Below 1: ask again at the next revision. */
  readonly done: number;
}

export type GroupBy = 'name' | 'file' | 'category' | 'thread';
export type TableSort = 'label' | 'count' | 'total' | 'self' | 'mean' | 'min' | 'max';

/**
 * Totals of a group of slices. `totalNs` and `selfNs` are the time within the range; a recursive call counts once in the total, which for files, categories
 * and threads is the time in which any of them ran. `count`, `meanNs`, `minNs`, `maxNs` are of the slices that overlap the range, with their whole durations.
 */
export interface TableRow {
  /** By name: a NameId. By thread: a TrackId. Else the id of a file or category, for `spread`, `histogram` and `slices`. */
  readonly key: number;
  readonly label: string;
  readonly count: number;
  readonly totalNs: number;
  readonly selfNs: number;
  readonly meanNs: number;
  readonly minNs: number;
  readonly maxNs: number;
}

export interface TableQuery {
  readonly scope: Scope;
  readonly by: GroupBy;
  readonly sort: TableSort;
  readonly descending: boolean;
  /** Case-insensitive part of the label. */
  readonly text?: string;
  readonly from: number;
  readonly count: number;
}
export interface TablePage extends Progress {
  readonly rows: readonly TableRow[];
  /** Rows that pass `text`. */
  readonly total: number;
  /** Of all rows. */
  readonly slices: number;
  readonly selfNs: number;
}

/** Spread of durations of a group. Exact, or within 3 % (`isExact` false) where the durations are too many to be held. */
export interface Spread extends Progress {
  readonly key: number;
  readonly isExact: boolean;
  readonly count: number;
  readonly meanNs: number;
  readonly deviationNs: number;
  readonly minNs: number;
  readonly p50Ns: number;
  readonly p90Ns: number;
  readonly p99Ns: number;
  readonly p999Ns: number;
  readonly maxNs: number;
}

/** `counts[i]` durations from `edgesNs[i]` up to, not including, `edgesNs[i + 1]`; edges grow by a constant factor. */
export interface DurationHistogram extends Progress {
  readonly edgesNs: Float64Array;
  readonly counts: Float64Array;
  readonly isExact: boolean;
}

export interface SlicesQuery {
  readonly scope: Scope;
  /** Which of the scope; without: all. */
  readonly group?: { readonly by: GroupBy; readonly key: number };
  readonly minNs?: number;
  readonly maxNs?: number;
  readonly sort: 'time' | 'duration' | 'self';
  readonly descending: boolean;
  readonly from: number;
  readonly count: number;
}
export interface SlicesPage extends Progress {
  readonly rows: readonly SliceRow[];
  readonly total: number;
  /** There are more than can be sorted: `rows` reaches only so far. */
  readonly listed: number;
}

/** Changes of a call tree, applied one after the other. */
export type TreeTransform =
  /** The function is taken out; its callees are its caller's. */
  | { readonly kind: 'merge'; readonly name: NameId }
  /** Only calls inside the function; it is the root. */
  | { readonly kind: 'focus'; readonly name: NameId }
  /** Only what lies under this path. */
  | { readonly kind: 'focus-path'; readonly path: readonly NameId[] }
  /** The function has no callees: their time is its own. */
  | { readonly kind: 'collapse'; readonly name: NameId }
  /** Calls of itself, direct or not, are one. */
  | { readonly kind: 'collapse-recursion'; readonly name: NameId }
  /** The function is left out with all that it calls. */
  | { readonly kind: 'drop'; readonly name: NameId }
  /** All functions of the file of this one are one. */
  | { readonly kind: 'merge-file'; readonly name: NameId };

export interface TreeQuery {
  readonly scope: Scope;
  /** `callees`: from the outermost call inwards. `callers`: from where the time was spent outwards. */
  readonly direction: 'callees' | 'callers';
  /** Only calls of this function: its callees, or its callers (the two halves of a sandwich). */
  readonly of?: NameId;
  readonly transforms: readonly TreeTransform[];
  /** Names from the root: whose children are asked for, of at most 1000 nodes at once. Empty: the roots. */
  readonly paths: readonly (readonly NameId[])[];
}
export interface TreeFindQuery extends Omit<TreeQuery, 'paths'> {
  /** Part of a name, in any case. */
  readonly text: string;
  /** Path of the node behind which is looked on; without: from the top. */
  readonly from?: readonly NameId[];
  readonly backwards?: boolean;
}
/** `position` among `total`, from 1, in the order of the open tree. */
export interface TreeFound extends Progress {
  /** Names from the root to it; null: there is none. */
  readonly path: readonly NameId[] | null;
  readonly position: number;
  readonly total: number;
}
export interface TreeRow {
  readonly name: NameId;
  readonly count: number;
  /** Time within the range; in `callers` that of the function at the root, as called from here. */
  readonly totalNs: number;
  readonly selfNs: number;
  readonly hasChildren: boolean;
}
export interface TreeLevels extends Progress {
  /** Of each asked path: its children by total, descending. None: it is not there. */
  readonly levels: readonly (readonly TreeRow[])[];
  /** Of the whole tree: what a share is a share of. */
  readonly totalNs: number;
}

export interface FlameQuery extends Omit<TreeQuery, 'paths'> {
  /** Path of the box that fills the width; empty: all. */
  readonly path: readonly NameId[];
  /** Boxes below this share of the width are left out. */
  readonly minShare: number;
}
/** A call tree as boxes, heaviest first from the left (for boxes in order of time, draw the tracks). Row 0 holds the roots. */
export interface FlameLayout extends Progress {
  readonly count: number;
  readonly rows: number;
  readonly row: Uint16Array;
  /** 0 … 1. */
  readonly x0: Float64Array;
  readonly x1: Float64Array;
  readonly name: Uint32Array;
  readonly calls: Float64Array;
  readonly totalNs: Float64Array;
  readonly selfNs: Float64Array;
  /** Item of the box below; -1 at the roots. */
  readonly parent: Int32Array;
  readonly totalOfAllNs: number;
}

export interface CounterRangeStats {
  readonly series: number;
  readonly samples: number;
  readonly first: number | null;
  readonly last: number | null;
  readonly min: number | null;
  readonly max: number | null;
  readonly mean: number | null;
  /** last - first. */
  readonly delta: number | null;
  readonly ratePerSecond: number | null;
  readonly isCoarse: boolean;
}

/**
 * Words that all must match, separated by spaces: part of a name (any case) · `"two words"` · `/regex/` or `/regex/i` ·
 * `dur>1ms` `dur<=20us` `self>…` · `cat:text` `file:text` `thread:text` · `args:text`, `args.key:text` (part of the recorded arguments) · `is:open` `is:error` `is:async` ·
 * a minus in front turns a word round. A comma between words means "or".
 */
export type SearchQuery = string;
export interface SearchState extends Progress {
  /** The query cannot be understood: what, and at which letter. */
  readonly problem?: { readonly message: string; readonly at: number };
  /** Names that match. */
  readonly names: number;
  /** Slices that match, so far. */
  readonly hits: number;
}

export type IssueKind =
  /** A begin without an end, or the other way round, in an imported trace. */
  | 'unmatched'
  | 'open-slices'
  | 'negative-durations'
  | 'clock-jumps'
  | 'gaps'
  | 'overlaps'
  | 'damaged-records'
  | 'undefined-names'
  | 'unbound-flows'
  | 'left-out'
  /** Calls of some functions or files were not recorded for a while, because the user wanted so. */
  | 'muted'
  | 'imported';

export interface IssueInfo {
  readonly kind: IssueKind;
  readonly count: number;
  /** One sentence: what it is and what it means for what is shown. */
  readonly text: string;
  readonly example?: { readonly timeNs: number; readonly track?: TrackId; readonly ref?: SliceRef; readonly text: string };
}

/** Arrows of a part of the timeline, in parallel arrays. */
export interface FlowArrows {
  readonly count: number;
  readonly fromTrack: Uint32Array;
  readonly fromRow: Uint32Array;
  readonly fromNs: Float64Array;
  readonly fromRef: Float64Array;
  readonly toTrack: Uint32Array;
  readonly toRow: Uint32Array;
  readonly toNs: Float64Array;
  readonly toRef: Float64Array;
  readonly name: Uint32Array;
  /** There are more than were asked for. */
  readonly isCut: boolean;
  readonly isCoarse: boolean;
}
