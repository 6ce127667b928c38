/** How the graphs of each open trace are arranged. Kept in the user's settings by script (of a trace that tells of none, by its file). */
import { create } from 'zustand';
import type { CounterInfo, TraceId } from '../trace/trace-worker-api.ts';
import {
  type Arrangement,
  AS_THEY_COME,
  addSeries,
  arrangementOf,
  changeGraph,
  closeGraph,
  type GraphOptions,
  type GraphSide,
  type GraphSpec,
  graphsOf,
  moveGraph,
  newGraph,
  openGraph,
  removeSeries,
  renamed,
  type SeriesName,
  setOptions,
  withThresholds,
} from './graph-arrangement.ts';
import { changeSettings, settingsState } from './settings-store.ts';
import { subscribeTraces } from './trace-store.ts';
import { revealCounter } from './view-store.ts';

/** Arrangements are kept for this many scripts; the oldest are forgotten. */
const MOST_PLACES = 50;
const MOST_TEXT = 200_000;

interface Kept {
  readonly of: string;
  readonly graphs: Arrangement;
}

const store = create<{ readonly arrangements: Readonly<Record<TraceId, Arrangement>> }>(() => ({ arrangements: {} }));
/** What each trace's arrangement is kept under. */
const places = new Map<TraceId, string>();

subscribeTraces(({ open }) => {
  const gone = [...places.keys()].filter((trace) => !open.some((each) => each.trace === trace));
  for (const trace of gone) forget(trace);
});

function forget(trace: TraceId): void {
  places.delete(trace);
  store.setState(({ arrangements: { [trace]: _gone, ...arrangements } }) => ({ arrangements }));
}

/** The script of the trace is known now: its graphs are arranged as they were the last time, unless the user has begun anew. */
export function placeGraphs(trace: TraceId, place: string): void {
  if (places.get(trace) === place) return;
  places.set(trace, place);
  if (store.getState().arrangements[trace]) return;
  const kept = keptIn(settingsState().graphs).find((each) => each.of === place);
  if (kept) set(trace, kept.graphs);
}

function keptIn(text: string): readonly Kept[] {
  if (text === '') return [];
  try {
    const list: unknown = JSON.parse(text);
    return Array.isArray(list) ? list.slice(-MOST_PLACES).flatMap(keptFrom) : [];
  } catch {
    // No JSON: as if nothing had been arranged.
    return [];
  }
}

function keptFrom(value: unknown): readonly Kept[] {
  if (typeof value !== 'object' || value === null) return [];
  const { of, graphs } = value as Record<string, unknown>;
  return typeof of === 'string' ? [{ of, graphs: arrangementOf(graphs) }] : [];
}

const set = (trace: TraceId, arrangement: Arrangement): void =>
  store.setState(({ arrangements }) => ({ arrangements: { ...arrangements, [trace]: arrangement } }));

function change(trace: TraceId, update: (arrangement: Arrangement) => Arrangement): void {
  const arrangement = update(graphArrangement(trace));
  set(trace, arrangement);
  const place = places.get(trace);
  if (place === undefined) return;
  let kept = keptIn(settingsState().graphs).filter((each) => each.of !== place);
  const isFirst = arrangement.own.length + arrangement.changed.length + arrangement.closed.length + arrangement.order.length === 0;
  if (!isFirst) kept = [...kept, { of: place, graphs: arrangement }].slice(-MOST_PLACES);
  let text = kept.length === 0 ? '' : JSON.stringify(kept);
  while (text.length >= MOST_TEXT && kept.length > 1) {
    kept = kept.slice(1);
    text = JSON.stringify(kept);
  }
  // Too long for the host's file: it holds for this window.
  if (text.length < MOST_TEXT && text !== settingsState().graphs) changeSettings({ graphs: text });
}

export const graphArrangement = (trace: TraceId): Arrangement => store.getState().arrangements[trace] ?? AS_THEY_COME;
export const useGraphArrangement = (trace: TraceId): Arrangement => store((state) => state.arrangements[trace] ?? AS_THEY_COME);

/** Puts series into a graph, and brings it into sight. */
export function putIntoGraph(trace: TraceId, id: string, series: readonly SeriesName[]): void {
  change(trace, (arrangement) => changeGraph(arrangement, id, (graph) => addSeries(graph, series)));
}

/** Makes a graph with these series, and brings it into sight. */
export function makeGraph(trace: TraceId, series: readonly SeriesName[]): void {
  const { arrangement, id } = newGraph(graphArrangement(trace), series);
  change(trace, () => arrangement);
  revealCounter(trace, id);
}

export function takeFromGraph(trace: TraceId, id: string, series: SeriesName): void {
  change(trace, (arrangement) => changeGraph(arrangement, id, (graph) => removeSeries(graph, series)));
}

export function changeGraphOptions(trace: TraceId, id: string, options: Partial<GraphOptions>): void {
  change(trace, (arrangement) => changeGraph(arrangement, id, (graph) => setOptions(graph, options)));
}

/** `update` gets the lines that are there, and tells those that are to be there. */
export function changeThresholds(trace: TraceId, id: string, update: (thresholds: readonly number[]) => readonly number[]): void {
  change(trace, (arrangement) => changeGraph(arrangement, id, (graph) => withThresholds(graph, update(graph.options.thresholds))));
}

/** Empty: its name as it comes. */
export function renameGraph(trace: TraceId, id: string, title: string): void {
  change(trace, (arrangement) => changeGraph(arrangement, id, (graph) => renamed(graph, title)));
}

/** Puts a graph in front of another, or behind it. */
export function placeGraph(trace: TraceId, counters: readonly CounterInfo[], id: string, side: GraphSide, of: string): void {
  change(trace, (arrangement) => moveGraph(arrangement, graphsOf(arrangement, counters), id, side, of));
}

/** Moves a graph by a number of places, to the front where `by` is negative, and brings it into sight. Its place then, from 0; undefined: it stays. */
export function stepGraph(trace: TraceId, counters: readonly CounterInfo[], id: string, by: number): number | undefined {
  const graphs = graphsOf(graphArrangement(trace), counters);
  const from = graphs.findIndex((graph) => graph.id === id);
  const to = Math.min(graphs.length - 1, Math.max(0, from + by));
  if (from < 0 || to === from) return undefined;
  placeGraph(trace, counters, id, to > from ? 'behind' : 'before', graphs[to]?.id ?? id);
  revealCounter(trace, id);
  return to;
}

export function dropGraph(trace: TraceId, id: string): void {
  change(trace, (arrangement) => closeGraph(arrangement, id));
}

/** Brings the graph of a counter into sight; one that was closed comes back. */
export function showCounterGraph(trace: TraceId, counter: string): void {
  if (graphArrangement(trace).closed.includes(counter)) change(trace, (arrangement) => openGraph(arrangement, counter));
  revealCounter(trace, counter);
}

/** One graph for each counter again. */
export function resetGraphs(trace: TraceId): void {
  change(trace, () => AS_THEY_COME);
}

/** All series of a counter, by name. */
export const allOf = (info: CounterInfo): readonly SeriesName[] => info.series.map((series) => ({ counter: info.key, series: series.name }));

export type { GraphSpec };

/** For tests: forget everything. */
export function forgetGraphs(): void {
  places.clear();
  store.setState({ arrangements: {} });
}
