/**
 * The timeline's part of the contract between page and trace worker. The shapes of the answers are those of the model
 * (`core/model/timeline-types.ts`, with what each field means); here is what can be asked.
 *
 * How a page uses it: `tracks.list` when `tracksRevision` of the summary moved; for each frame in which the viewport or `revision` moved one
 * `timeline.view` of the rows on screen; `names.get` for name ids not seen before. An answer is at once what is in memory; while `isCoarse` is true or
 * `done` below 1, the worker is reading and computing, moves `revision`, and the same question gives a better answer.
 */
import type {
  CounterRangeStats,
  Density,
  DurationHistogram,
  FlameLayout,
  FlameQuery,
  FlowArrows,
  GroupBy,
  IssueInfo,
  NameId,
  NameInfo,
  RowRange,
  Scope,
  SearchQuery,
  SearchState,
  SliceDetails,
  SliceRef,
  SliceRow,
  SlicesPage,
  SlicesQuery,
  Spread,
  TablePage,
  TableQuery,
  TimelineView,
  TrackId,
  TrackInfo,
  TreeFindQuery,
  TreeFound,
  TreeLevels,
  TreeQuery,
  ViewQuery,
} from '../../core/model/timeline-types.ts';

export type * from '../../core/model/timeline-types.ts';
export { ItemFlag } from '../../core/model/timeline-types.ts';

/** Which trace a question is about. */
interface OfTrace {
  /** As minted for `trace.open`. */
  readonly trace: string;
}

export interface TimelineRequests {
  /** All tracks, those of a process together, threads in the order in which they began. */
  'tracks.list': (argument: OfTrace) => readonly TrackInfo[];
  /** In the order asked; ids that do not exist are left out. At most 10,000 at once. */
  'names.get': (argument: OfTrace & { readonly names: readonly NameId[] }) => readonly NameInfo[];

  /** What to draw. Costs some 2 ms, whatever the trace's size. */
  'timeline.view': (argument: OfTrace & ViewQuery) => TimelineView;
  /** For a minimap. */
  'timeline.density': (
    argument: OfTrace & { readonly tracks: readonly TrackId[]; readonly fromNs: number; readonly toNs: number; readonly columns: number },
  ) => Density;
  /**
   * What lies at a time in a row: the slice there, or the nearest within `withinNs` (half a pixel or two); inside a run the longest of those.
   * Null: nothing does. May have to read the file.
   */
  'timeline.hit': (argument: OfTrace & { readonly track: TrackId; readonly row: number; readonly atNs: number; readonly withinNs: number }) => SliceRow | null;
  /** The start or end of a slice nearest to a time, in these rows; null: none within `withinNs`. From what is in memory. */
  'timeline.snap': (argument: OfTrace & { readonly rows: readonly RowRange[]; readonly atNs: number; readonly withinNs: number }) => number | null;
  /** Arrows with at least one end in the range and on one of the tracks. */
  'timeline.flows': (
    argument: OfTrace & { readonly tracks: readonly TrackId[]; readonly fromNs: number; readonly toNs: number; readonly limit: number },
  ) => FlowArrows;
  /** Where records were lost or the target waited for the tracer, on the threads of these tracks: four numbers each, track, from, to, lost records (0: it waited). */
  'timeline.gaps': (argument: OfTrace & { readonly tracks: readonly TrackId[]; readonly fromNs: number; readonly toNs: number }) => Float64Array;

  /** Everything about one slice. Null: it is not there (any more). Reads the file for arguments and results. */
  'slices.get': (argument: OfTrace & { readonly ref: SliceRef }) => SliceDetails | null;
  /** Direct children in order of time. */
  'slices.children': (argument: OfTrace & { readonly ref: SliceRef; readonly from: number; readonly count: number }) => {
    readonly rows: readonly SliceRow[];
    readonly total: number;
  };
  /** The next or previous slice in the same row, or the next one of the same name on the same track. Null: there is none. */
  'slices.neighbour': (
    argument: OfTrace & { readonly ref: SliceRef; readonly step: 'next' | 'previous' | 'next-same-name' | 'previous-same-name' },
  ) => SliceRow | null;
  /** Slices of a group in a scope, sorted, by page. */
  'slices.page': (argument: OfTrace & SlicesQuery) => SlicesPage;

  'analysis.table': (argument: OfTrace & TableQuery) => TablePage;
  /** Percentiles and deviation of the asked rows of a table: at most 200 at once. */
  'analysis.spread': (argument: OfTrace & { readonly scope: Scope; readonly by: GroupBy; readonly keys: readonly number[] }) => readonly Spread[];
  'analysis.histogram': (
    argument: OfTrace & { readonly scope: Scope; readonly by: GroupBy; readonly key: number; readonly buckets: number },
  ) => DurationHistogram;
  /** Levels of the call tree: those of all nodes that are open, in one question. */
  'analysis.tree': (argument: OfTrace & TreeQuery) => TreeLevels;
  /** The next node of the call tree whose function is called so, open or not. */
  'analysis.find': (argument: OfTrace & TreeFindQuery) => TreeFound;
  /** Left heavy, and the halves of a sandwich (`of`). */
  'analysis.flame': (argument: OfTrace & FlameQuery) => FlameLayout;
  'analysis.counters': (
    argument: OfTrace & { readonly series: readonly number[]; readonly fromNs: number; readonly toNs: number },
  ) => readonly CounterRangeStats[];

  /** Starts the search, or tells how far it is. The last few are kept. */
  'search.state': (argument: OfTrace & { readonly query: SearchQuery; readonly scope: Scope }) => SearchState;
  /** The next match after (before) a slice, or after (before) a time; null: none. */
  'search.step': (
    argument: OfTrace & {
      readonly query: SearchQuery;
      readonly scope: Scope;
      readonly after: { readonly ref: SliceRef } | { readonly timeNs: number };
      readonly backwards: boolean;
    },
  ) => SliceRow | null;

  'issues.list': (argument: OfTrace) => readonly IssueInfo[];

  /** Bytes of decoded detail that this trace may keep in memory; absent: what the machine allows. */
  'trace.budget': (argument: OfTrace & { readonly detailBytes?: number }) => null;
  /** Reads no further: what has been read stays, and a notice says how much that is. */
  'trace.cancel': (argument: OfTrace) => null;
}

/** What the summary of a trace tells of the timeline. */
export interface TimelineSummary {
  /** Grows when there are new tracks or rows, or their numbers changed; 0: none yet. */
  readonly tracksRevision: number;
  /** Grows when the list of issues changed; 0: none. */
  readonly issuesRevision: number;
  /** Slices of all tracks, open ones too. */
  readonly timelineSlices: number;
  /** Decoded detail in memory, and what it may be. */
  readonly memory: { readonly usedBytes: number; readonly budgetBytes: number };
  /** While loading: an estimate from the pace so far. */
  readonly remainingMs?: number;
}
