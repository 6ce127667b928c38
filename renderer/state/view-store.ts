/**
 * What a window looks at, per trace: range of time, selected object, hidden series. Two stores: choices change when the user
 * acts, the pointer changes with every mouse move and only drawing reads it.
 */
import { create } from 'zustand';
import { useShallow } from 'zustand/react/shallow';
import type { FieldPath, NameId, ObjectId, SliceRow, TraceId, TrackId } from '../trace/trace-worker-api.ts';
import { subscribeTraces, traceState } from './trace-store.ts';

/** `follow` ends at the newest event and moves with it; `fixed` stays while capture goes on ("paused" when the trace is live). */
export type TimeView =
  | { readonly mode: 'follow'; readonly spanNs: number | 'all' }
  | { readonly mode: 'fixed'; readonly fromNs: number; readonly toNs: number };

export interface TimeRange {
  readonly fromNs: number;
  readonly toNs: number;
}

/** A range of time that was picked, on all tracks or on some. What statistics, flame graph and searches are about. */
export interface RangeSelection extends TimeRange {
  /** Undefined: all. */
  readonly tracks: readonly TrackId[] | undefined;
}

/** The one thing that is picked. A picked object is `object` below, since its snapshot goes with it. */
export type Selection = { readonly kind: 'slice'; readonly slice: SliceRow } | { readonly kind: 'track'; readonly track: TrackId };

export type ObjectSide = 'value' | 'diff' | 'fields' | 'history';

export interface SnapshotPin {
  readonly index: number;
  readonly timeNs: number;
}

export interface SnapshotPins {
  readonly object: ObjectId;
  readonly a: SnapshotPin | undefined;
  /** Undefined: the one that is shown. */
  readonly b: SnapshotPin | undefined;
}

export interface ViewState {
  readonly time: TimeView;
  /** Span that `follow` goes back to. */
  readonly followSpanNs: number | 'all';
  /** Cross-hair that stays where it was put; undefined: only where the pointer is. */
  readonly cursorNs: number | undefined;
  readonly selection: Selection | undefined;
  readonly range: RangeSelection | undefined;
  /** Ranges that were zoomed to, each inside of the one before: the way back out. */
  readonly crumbs: readonly TimeRange[];
  /** The ruler counts from here; undefined: from the start of the recording. */
  readonly zeroNs: number | undefined;
  /** Text of a search: what it matches is outlined in the timeline. Empty: nothing is. */
  readonly highlight: string;
  /** What the search does not match is drawn pale. */
  readonly dimOthers: boolean;
  /** All slices of this name are underlined, besides those of the name that is selected: the row under the pointer of a table. */
  readonly sameName: NameId | undefined;
  readonly object: ObjectId | undefined;
  /** 0-based index, or the newest as it comes. */
  readonly snapshot: number | 'live';
  /** What lies in the object is chosen: its keys, the outermost first. */
  readonly field: FieldPath | undefined;
  /** Which side of the object is shown. */
  readonly objectView: ObjectSide;
  /** Two snapshots of an object, to be compared. */
  readonly pins: SnapshotPins | undefined;
  /** Keys of hidden series (`seriesKey`) by id of their graph. */
  readonly hidden: Readonly<Record<string, readonly string[]>>;
  /** Ids of graphs that are shown as a table. */
  readonly tables: readonly string[];
  /** Graph that was asked to come into sight; `turn` grows, so that asking twice works. */
  readonly reveal: { readonly key: string; readonly turn: number } | undefined;
  /** Row of the timeline that was asked to come into sight. */
  readonly revealRow: { readonly track: TrackId; readonly row: number; readonly turn: number } | undefined;
  /** Object whose track was asked to come into sight in the timeline. */
  readonly revealObject: { readonly object: ObjectId; readonly turn: number } | undefined;
}

export const LIVE_SPAN_NS = 30e9;
/** A call takes some ten nanoseconds at least. */
const LEAST_SPAN_NS = 100;
/** A live trace begins with a second of room: what is drawn would else run through the whole width in its first moments. */
const LEAST_LIVE_END_NS = 1e9;
const LEAST_END_NS = 1000;

const INITIAL: ViewState = {
  time: { mode: 'follow', spanNs: 'all' },
  followSpanNs: 'all',
  cursorNs: undefined,
  selection: undefined,
  range: undefined,
  crumbs: [],
  zeroNs: undefined,
  highlight: '',
  dimOthers: false,
  sameName: undefined,
  object: undefined,
  snapshot: 'live',
  field: undefined,
  objectView: 'value',
  pins: undefined,
  hidden: {},
  tables: [],
  reveal: undefined,
  revealRow: undefined,
  revealObject: undefined,
};
const LIVE: ViewState = { ...INITIAL, time: { mode: 'follow', spanNs: LIVE_SPAN_NS }, followSpanNs: LIVE_SPAN_NS };

const choices = create<{ readonly views: Readonly<Record<TraceId, ViewState>> }>(() => ({ views: {} }));

export interface Pointer {
  readonly ns: number;
  /** Id of the graph that the pointer is over. */
  readonly panel: string | undefined;
}
const pointers = create<{ readonly pointers: Readonly<Record<TraceId, Pointer | undefined>> }>(() => ({ pointers: {} }));

/** The snapshot that the inspector shows, for who steps on from it. Told with each answer, so it is no state either. */
interface ShownSnapshot {
  readonly object: ObjectId;
  readonly index: number;
  readonly count: number;
}
const shown = new Map<TraceId, ShownSnapshot>();

/** Range that was drawn last: what "pause" keeps. Written each frame, so it is no state that anyone is told of. */
const drawn = new Map<TraceId, TimeRange>();

// A trace gets its view when its phase is first known: a live one opens on its last seconds, a saved one whole.
subscribeTraces((state) => {
  const { views } = choices.getState();
  const open = new Set(state.open.map((each) => each.trace));
  let next: Record<TraceId, ViewState> | undefined;
  for (const trace of open) {
    const phase = state.summaries[trace]?.phase;
    if (views[trace] || phase === undefined || phase === 'loading' || phase === 'failed') continue;
    next ??= { ...views };
    next[trace] = phase === 'live' ? LIVE : INITIAL;
  }
  for (const trace of Object.keys(views)) {
    if (open.has(trace)) continue;
    next ??= { ...views };
    delete next[trace];
    drawn.delete(trace);
    shown.delete(trace);
  }
  if (next) choices.setState({ views: next });
});

export const subscribeViews = (listener: () => void): (() => void) => choices.subscribe(listener);
export const viewState = (trace: TraceId): ViewState => choices.getState().views[trace] ?? INITIAL;
export const pointerState = (trace: TraceId): Pointer | undefined => pointers.getState().pointers[trace];

/** Re-renders when what `pick` returns changes (compared one level deep). */
export const useView = <T>(trace: TraceId, pick: (view: ViewState) => T): T => choices(useShallow((state) => pick(state.views[trace] ?? INITIAL)));

/** The whole of a trace is at least this long. */
export function leastEndOf(trace: TraceId): number {
  const { phase, endNs = 0 } = traceState().summaries[trace] ?? {};
  // What a file is read from fills the width from its first event on.
  return phase === 'complete' || (phase === 'loading' && endNs > 0) ? LEAST_END_NS : LEAST_LIVE_END_NS;
}
/** Where it begins: 0, or before it where a trace has events before its time 0. */
export const startOf = (trace: TraceId): number => traceState().summaries[trace]?.startNs ?? 0;
const endOf = (trace: TraceId): number => Math.max(leastEndOf(trace), traceState().summaries[trace]?.endNs ?? 0);

/** The range that a view shows when the trace reaches from `startNs` to `endNs`. */
export function visibleRange(time: TimeView, endNs: number, leastEndNs = LEAST_LIVE_END_NS, startNs = 0): TimeRange {
  if (time.mode === 'fixed') return { fromNs: time.fromNs, toNs: time.toNs };
  const end = Math.max(leastEndNs, endNs);
  return { fromNs: time.spanNs === 'all' ? startNs : Math.max(startNs, end - time.spanNs), toNs: end };
}

/** The range in sight: as drawn last, or as it would be drawn. */
export function rangeInSight(trace: TraceId): TimeRange {
  const { time } = viewState(trace);
  if (time.mode === 'follow') {
    const range = drawn.get(trace);
    if (range) return range;
  }
  return visibleRange(time, endOf(trace), leastEndOf(trace), startOf(trace));
}

/** Drawing tells what it shows, once a frame. */
export function noteDrawn(trace: TraceId, range: TimeRange): void {
  const before = drawn.get(trace);
  drawn.set(trace, range);
  if (before?.fromNs === range.fromNs && before.toNs === range.toNs) return;
  for (const listener of drawnListeners.get(trace) ?? []) listener();
}

const drawnListeners = new Map<TraceId, Set<() => void>>();
/** Called when another range is drawn than before, in each frame of a live view: for what draws too, not for React. */
export function subscribeDrawn(trace: TraceId, listener: () => void): () => void {
  const listeners = drawnListeners.get(trace) ?? new Set();
  drawnListeners.set(trace, listeners.add(listener));
  return () => {
    listeners.delete(listener);
    if (listeners.size === 0) drawnListeners.delete(trace);
  };
}

/** For the modules of this folder that change a part of the view (`selection.ts`, …); features call those. */
export function changeView(trace: TraceId, update: (view: ViewState) => Partial<ViewState>): void {
  choices.setState(({ views }) => {
    const view = views[trace] ?? INITIAL;
    return { views: { ...views, [trace]: { ...view, ...update(view) } } };
  });
}

/** Keeps a range inside the trace: it is moved before it is made smaller. */
function clampRange(fromNs: number, toNs: number, { fromNs: startNs, toNs: endNs }: TimeRange): TimeRange {
  const span = Math.min(Math.max(LEAST_SPAN_NS, toNs - fromNs), endNs - startNs);
  const from = Math.min(Math.max(startNs, fromNs), endNs - span);
  return { fromNs: from, toNs: from + span };
}

/** The view stands still where it is; capture goes on. */
export function pauseView(trace: TraceId): void {
  const range = rangeInSight(trace);
  changeView(trace, () => ({ time: { mode: 'fixed', ...range } }));
}

/** Back to the newest. Without a span: the one that was followed before. */
export function followView(trace: TraceId, spanNs?: number | 'all'): void {
  changeView(trace, (view) => {
    const span = spanNs ?? view.followSpanNs;
    return { time: { mode: 'follow', spanNs: span }, followSpanNs: span };
  });
}

export function togglePause(trace: TraceId): void {
  if (viewState(trace).time.mode === 'fixed') followView(trace);
  else pauseView(trace);
}

export function setRange(trace: TraceId, fromNs: number, toNs: number): void {
  const range = clampRange(Math.min(fromNs, toNs), Math.max(fromNs, toNs), { fromNs: startOf(trace), toNs: endOf(trace) });
  changeView(trace, () => ({ time: { mode: 'fixed', ...range } }));
}

/** Everything: a live trace goes on growing in it. */
export function fitView(trace: TraceId): void {
  followView(trace, 'all');
}

/** Moves by a part of the range in sight; to the left is negative. Stops following. */
export function panView(trace: TraceId, part: number): void {
  const range = rangeInSight(trace);
  const by = (range.toNs - range.fromNs) * part;
  setRange(trace, range.fromNs + by, range.toNs + by);
}

/**
 * Makes the range `factor` times as long (below 1: zooms in) with the time at `aroundNs` staying in its place.
 * While a live trace is followed, the newest end stays in its place, and the view goes on following.
 */
export function zoomView(trace: TraceId, factor: number, aroundNs?: number): void {
  const { time } = viewState(trace);
  const range = rangeInSight(trace);
  const span = range.toNs - range.fromNs;
  const wanted = Math.max(LEAST_SPAN_NS, span * factor);
  if (time.mode === 'follow' && traceState().summaries[trace]?.phase === 'live') {
    followView(trace, wanted >= endOf(trace) ? 'all' : wanted);
    return;
  }
  const around = aroundNs ?? (range.fromNs + range.toNs) / 2;
  const part = (around - range.fromNs) / span;
  setRange(trace, around - wanted * part, around + wanted * (1 - part));
}

/** Puts the cross-hair on a moment and brings it into sight. */
export function goToMoment(trace: TraceId, ns: number): void {
  changeView(trace, () => ({ cursorNs: ns }));
  const range = rangeInSight(trace);
  if (ns >= range.fromNs && ns <= range.toNs) return;
  const half = (range.toNs - range.fromNs) / 2;
  setRange(trace, ns - half, ns + half);
}

export function clearCursor(trace: TraceId): void {
  if (viewState(trace).cursorNs !== undefined) changeView(trace, () => ({ cursorNs: undefined }));
}

/** Called when the pointer moved: for what is drawn over the picture. */
export const subscribePointers = (trace: TraceId, listener: () => void): (() => void) =>
  pointers.subscribe((state, before) => state.pointers[trace] !== before.pointers[trace] && listener());

export function pointAt(trace: TraceId, pointer: Pointer | undefined): void {
  pointers.setState((state) => ({ pointers: { ...state.pointers, [trace]: pointer } }));
}

export function selectObject(trace: TraceId, object: ObjectId | undefined, snapshot: number | 'live' = 'live'): void {
  changeView(trace, (view) => ({ object, snapshot, ...(view.object !== object && { field: undefined }) }));
}

/** Picks an object and brings its track into sight. */
export function showObject(trace: TraceId, object: ObjectId, snapshot: number | 'live' = 'live'): void {
  selectObject(trace, object, snapshot);
  changeView(trace, ({ revealObject }) => ({ revealObject: { object, turn: (revealObject?.turn ?? 0) + 1 } }));
}

export function selectSnapshot(trace: TraceId, snapshot: number | 'live'): void {
  changeView(trace, () => ({ snapshot }));
}

/** The inspector tells what it shows; undefined when it goes. */
export function noteSnapshot(trace: TraceId, snapshot: ShownSnapshot | undefined): void {
  if (snapshot) shown.set(trace, snapshot);
  else shown.delete(trace);
}

export const shownSnapshot = (trace: TraceId): ShownSnapshot | undefined => shown.get(trace);

/** One snapshot back or on, of the object that the inspector shows. False: it shows none. */
export function stepSnapshot(trace: TraceId, by: -1 | 1): boolean {
  const { object, snapshot } = viewState(trace);
  const now = shown.get(trace);
  if (!now || now.object !== object) return false;
  // From the one that was asked for, not the one that has arrived: quick presses add up.
  const from = snapshot === 'live' ? now.index : snapshot;
  selectSnapshot(trace, Math.max(0, Math.min(now.count - 1, from + by)));
  return true;
}

export function toggleSeries(trace: TraceId, graph: string, series: string): void {
  changeView(trace, ({ hidden }) => {
    const names = hidden[graph] ?? [];
    return { hidden: { ...hidden, [graph]: names.includes(series) ? names.filter((name) => name !== series) : [...names, series] } };
  });
}

/** Leaves one series alone; when it is alone already, shows all. */
export function soloSeries(trace: TraceId, graph: string, series: string, all: readonly string[]): void {
  changeView(trace, ({ hidden }) => {
    const others = all.filter((name) => name !== series);
    const names = hidden[graph] ?? [];
    const alone = !names.includes(series) && others.every((name) => names.includes(name));
    return { hidden: { ...hidden, [graph]: alone ? [] : others } };
  });
}

export function toggleTable(trace: TraceId, graph: string): void {
  changeView(trace, ({ tables }) => ({ tables: tables.includes(graph) ? tables.filter((key) => key !== graph) : [...tables, graph] }));
}

export function revealCounter(trace: TraceId, graph: string): void {
  changeView(trace, ({ reveal }) => ({ reveal: { key: graph, turn: (reveal?.turn ?? 0) + 1 } }));
}

/** For tests: forget everything. */
export function resetViews(): void {
  choices.setState({ views: {} });
  pointers.setState({ pointers: {} });
  drawn.clear();
  shown.clear();
}
