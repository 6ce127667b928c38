/**
 * Which graphs there are, which series each holds and how it shows them. Pure. At first there is one graph for each counter; the user puts
 * series together, takes them apart, closes graphs and makes new ones. Counters and series are known by their names, so that an
 * arrangement holds for the next run of the same script.
 */
import type { CounterInfo, CounterShow } from '../trace/trace-worker-api.ts';

export interface SeriesName {
  /** Key of the counter: process and name. */
  readonly counter: string;
  readonly series: string;
}

export interface GraphOptions {
  readonly show: CounterShow;
  readonly scale: 'linear' | 'log';
  readonly range: 'auto' | 'zero' | 'fit' | 'own';
  /** Of an own range. */
  readonly low: number;
  readonly high: number;
  /** Undefined: told by the names. Empty: none. */
  readonly unit: string | undefined;
  readonly shape: 'step' | 'line';
  readonly thresholds: readonly number[];
}

export interface GraphSpec {
  /** The key of its counter, or of a graph that the user made `own` and a number. */
  readonly id: string;
  /** All series of this counter are in it, those that come later too. */
  readonly counter: string | undefined;
  /** As the user calls it. Undefined: by what is in it. */
  readonly title: string | undefined;
  readonly added: readonly SeriesName[];
  readonly options: GraphOptions;
}

export type GraphSide = 'before' | 'behind';

export interface Arrangement {
  /** Made by the user; they stand first. */
  readonly own: readonly GraphSpec[];
  /** Graphs of counters that differ from how they came. */
  readonly changed: readonly GraphSpec[];
  /** Keys of counters whose graph was closed. */
  readonly closed: readonly string[];
  /** Ids of the graphs that stand first, as the user has put them; of graphs that are not there now too. The others follow as they come. */
  readonly order: readonly string[];
}

export const FIRST_OPTIONS: GraphOptions = { show: 'value', scale: 'linear', range: 'auto', low: 0, high: 100, unit: undefined, shape: 'step', thresholds: [] };
export const AS_THEY_COME: Arrangement = { own: [], changed: [], closed: [], order: [] };
export const MOST_SERIES = 500;
export const MOST_THRESHOLDS = 20;
const MOST_GRAPHS = 500;
const MOST_ORDERED = 5000;
const MOST_NAME = 2000;
export const MOST_TITLE = 200;

export const seriesKey = ({ counter, series }: SeriesName): string => `${counter}\n${series}`;
const sameSeries = (a: SeriesName, b: SeriesName): boolean => a.counter === b.counter && a.series === b.series;

/** A graph of a counter as it comes stays the same object as long as its counter does. */
const asTheyCome = new WeakMap<CounterInfo, GraphSpec>();
function graphOf(info: CounterInfo): GraphSpec {
  let graph = asTheyCome.get(info);
  if (!graph) {
    graph = firstGraph(info.key);
    asTheyCome.set(info, graph);
  }
  return graph;
}
const firstGraph = (counter: string): GraphSpec => ({ id: counter, counter, title: undefined, added: [], options: FIRST_OPTIONS });

/** All graphs in their order: those that the user has put in one, then the user's own, then one for each counter that was not closed. */
export function graphsOf({ own, changed, closed, order }: Arrangement, counters: readonly CounterInfo[]): readonly GraphSpec[] {
  const differs = new Map(changed.map((graph) => [graph.id, graph]));
  const gone = new Set(closed);
  const graphs = [...own, ...counters.filter((info) => !gone.has(info.key)).map((info) => differs.get(info.key) ?? graphOf(info))];
  if (order.length === 0) return graphs;
  const isOrdered = new Set(order);
  const ordered = new Map(graphs.filter(({ id }) => isOrdered.has(id)).map((graph) => [graph.id, graph]));
  return [...order.flatMap((id) => ordered.get(id) ?? []), ...graphs.filter(({ id }) => !isOrdered.has(id))];
}

/** Puts a graph in front of another, or behind it: `graphs` are those that there are, in their order. */
export function moveGraph(arrangement: Arrangement, graphs: readonly GraphSpec[], id: string, side: GraphSide, of: string): Arrangement {
  if (id === of || !graphs.some((graph) => graph.id === id)) return arrangement;
  const isOrdered = new Set(arrangement.order);
  const ordered = arrangement.order.filter((each) => each !== id);
  const all = [...ordered, ...graphs.flatMap((graph) => (isOrdered.has(graph.id) || graph.id === id ? [] : [graph.id]))];
  const found = all.indexOf(of);
  if (found < 0) return arrangement;
  const place = side === 'before' ? found : found + 1;
  all.splice(place, 0, id);
  // Those behind it that nobody has moved stand as they come.
  return { ...arrangement, order: all.slice(0, Math.min(MOST_ORDERED, Math.max(place, ordered.length) + 1)) };
}

/** Empty: by what is in it again. */
export function renamed(graph: GraphSpec, title: string): GraphSpec {
  const text = title.trim().slice(0, MOST_TITLE);
  return { ...graph, title: text === '' ? undefined : text };
}

/** Changes one graph, whether the user made it or it came by itself. */
export function changeGraph(arrangement: Arrangement, id: string, change: (graph: GraphSpec) => GraphSpec): Arrangement {
  const { own, changed } = arrangement;
  if (own.some((graph) => graph.id === id)) return { ...arrangement, own: own.map((graph) => (graph.id === id ? change(graph) : graph)) };
  const before = changed.find((graph) => graph.id === id) ?? firstGraph(id);
  return { ...arrangement, changed: [...changed.filter((graph) => graph.id !== id), change(before)].slice(-MOST_GRAPHS) };
}

export function addSeries(graph: GraphSpec, series: readonly SeriesName[]): GraphSpec {
  const fresh = series.filter((each, k) => each.counter !== graph.counter && series.findIndex((other) => sameSeries(each, other)) === k);
  const added = [...graph.added, ...fresh.filter((each) => !graph.added.some((there) => sameSeries(there, each)))];
  return { ...graph, added: added.slice(0, MOST_SERIES) };
}

export const removeSeries = (graph: GraphSpec, series: SeriesName): GraphSpec => ({ ...graph, added: graph.added.filter((each) => !sameSeries(each, series)) });

export const setOptions = (graph: GraphSpec, options: Partial<GraphOptions>): GraphSpec => ({ ...graph, options: { ...graph.options, ...options } });

export const withThresholds = (graph: GraphSpec, thresholds: readonly number[]): GraphSpec =>
  setOptions(graph, { thresholds: [...new Set(thresholds.filter(Number.isFinite))].slice(-MOST_THRESHOLDS).sort((a, b) => b - a) });

/** A new graph with these series, at the beginning. */
export function newGraph(arrangement: Arrangement, series: readonly SeriesName[]): { readonly arrangement: Arrangement; readonly id: string } {
  const numbers = arrangement.own.map((graph) => Number(/^own (\d+)$/.exec(graph.id)?.[1] ?? 0));
  const id = `own ${Math.max(0, ...numbers) + 1}`;
  const graph = addSeries({ id, counter: undefined, title: undefined, added: [], options: FIRST_OPTIONS }, series);
  const order = arrangement.order.length === 0 ? [] : [id, ...arrangement.order].slice(0, MOST_ORDERED);
  return { arrangement: { ...arrangement, own: [graph, ...arrangement.own].slice(0, MOST_GRAPHS), order }, id };
}

export function closeGraph(arrangement: Arrangement, id: string): Arrangement {
  const { own, closed, order } = arrangement;
  if (own.some((graph) => graph.id === id)) return { ...arrangement, own: own.filter((graph) => graph.id !== id), order: order.filter((each) => each !== id) };
  return { ...arrangement, closed: [...closed.filter((key) => key !== id), id] };
}

export const openGraph = (arrangement: Arrangement, counter: string): Arrangement => ({
  ...arrangement,
  closed: arrangement.closed.filter((key) => key !== counter),
});

/** What of a kept value is an arrangement. */
export function arrangementOf(value: unknown): Arrangement {
  const given = fieldsOf(value);
  const graphs = (list: unknown, isOwn: boolean) => listOf(list, MOST_GRAPHS).flatMap((each) => graphFrom(each, isOwn));
  return {
    own: graphs(given.own, true),
    changed: graphs(given.changed, false),
    closed: listOf(given.closed, 100_000).filter(isName),
    order: [...new Set(listOf(given.order, MOST_ORDERED).filter(isName))],
  };
}

function graphFrom(value: unknown, isOwn: boolean): readonly GraphSpec[] {
  const { id, title, added, options } = fieldsOf(value);
  if (!isName(id) || isOwn !== /^own \d{1,9}$/.test(id)) return [];
  const names = listOf(added, MOST_SERIES).flatMap(seriesNameOf);
  const graph: GraphSpec = { id, counter: isOwn ? undefined : id, title: undefined, added: [], options: optionsFrom(options) };
  return [addSeries(typeof title === 'string' ? renamed(graph, title) : graph, names)];
}

/** A series' name out of outside data: of a file, or of what was dropped. */
export function seriesNameOf(value: unknown): readonly SeriesName[] {
  const { counter, series } = fieldsOf(value);
  return isName(counter) && isName(series) ? [{ counter, series }] : [];
}

function optionsFrom(value: unknown): GraphOptions {
  const given = fieldsOf(value);
  const oneOf = <T extends string>(wanted: unknown, choices: readonly T[], otherwise: T): T => choices.find((each) => each === wanted) ?? otherwise;
  const number = (wanted: unknown, otherwise: number) => (typeof wanted === 'number' && Number.isFinite(wanted) ? wanted : otherwise);
  const low = number(given.low, FIRST_OPTIONS.low);
  const high = number(given.high, FIRST_OPTIONS.high);
  return {
    show: oneOf(given.show, ['value', 'delta', 'rate'], 'value'),
    scale: oneOf(given.scale, ['linear', 'log'], 'linear'),
    range: oneOf(given.range, ['auto', 'zero', 'fit', 'own'], 'auto'),
    ...(low < high ? { low, high } : { low: FIRST_OPTIONS.low, high: FIRST_OPTIONS.high }),
    unit: typeof given.unit === 'string' ? given.unit.slice(0, 20) : undefined,
    shape: oneOf(given.shape, ['step', 'line'], 'step'),
    thresholds: listOf(given.thresholds, MOST_THRESHOLDS).filter((each): each is number => typeof each === 'number' && Number.isFinite(each)),
  };
}

const fieldsOf = (value: unknown): Readonly<Record<string, unknown>> => (typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : {});
const listOf = (value: unknown, most: number): readonly unknown[] => (Array.isArray(value) ? value.slice(0, most) : []);
const isName = (value: unknown): value is string => typeof value === 'string' && value.length > 0 && value.length <= MOST_NAME;
