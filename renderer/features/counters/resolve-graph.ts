/** A graph as the trace has it: its series with their ids, names and looks. */
import { seriesStyle } from '../../drawing/palette.ts';
import { type GraphSpec, type SeriesName, seriesKey } from '../../state/graph-arrangement.ts';
import type { CounterInfo } from '../../trace/trace-worker-api.ts';
import { commonUnit, splitUnit, unitOfSeries } from './counter-name.ts';
import type { PlotSeries } from './counter-plot.ts';
import { words } from './words.ts';

/** As many as the worker answers for. */
const MOST_SHOWN = 1000;
const MOST_IN_TITLE = 3;

export interface GraphLine extends PlotSeries {
  readonly of: SeriesName;
  /** It was put into the graph, and can be taken out of it. */
  readonly isAdded: boolean;
}

export interface ResolvedGraph {
  readonly title: string;
  /** What it is called where the user has given it no name. */
  readonly foundTitle: string;
  /** For whoever hears it: the whole name of its counter, or what is in it. */
  readonly name: string;
  /** That of all its names, or the one that was set. */
  readonly unit: string;
  readonly foundUnit: string;
  readonly lines: readonly GraphLine[];
}

/** Counters by key. `place`: of the counter among all; it picks the colours. */
export function resolveGraph(spec: GraphSpec, counters: ReadonlyMap<string, CounterInfo>, place: number): ResolvedGraph {
  const own = spec.counter === undefined ? undefined : counters.get(spec.counter);
  const found: (Omit<GraphLine, 'style'> & { readonly unit: string })[] = [];
  if (own) {
    for (const series of own.series) {
      const of = { counter: own.key, series: series.name };
      found.push({ id: series.id, key: seriesKey(of), name: series.name, unit: unitOfSeries(own.name, series.name), of, isAdded: false });
    }
  }
  for (const added of spec.added) {
    const info = counters.get(added.counter);
    const series = info?.series.find((each) => each.name === added.series);
    if (!info || !series) continue;
    const { title } = splitUnit(info.name);
    // The only series of a counter is the counter.
    const name = info.series.length === 1 ? title : `${title} · ${series.name}`;
    found.push({ id: series.id, key: seriesKey(added), name, unit: unitOfSeries(info.name, series.name), of: added, isAdded: true });
  }
  const shown = found.slice(0, MOST_SHOWN);
  const lines = shown.map(({ unit: _unit, ...line }, k): GraphLine => ({ ...line, style: seriesStyle(place, k, shown.length) }));
  const foundUnit = commonUnit(shown.map(({ unit }) => unit));
  const foundTitle = own ? splitUnit(own.name).title || words.noName : titleOf(spec, counters, lines);
  // A graph of the user's may hold what another one does.
  const name = spec.title ?? own?.name ?? `Graph ${spec.id.replace(/^own /, '')}: ${foundTitle}`;
  return { title: spec.title ?? foundTitle, foundTitle, name, unit: spec.options.unit ?? foundUnit, foundUnit, lines };
}

function titleOf(spec: GraphSpec, counters: ReadonlyMap<string, CounterInfo>, lines: readonly GraphLine[]): string {
  if (lines.length === 1) return lines[0]?.name ?? '';
  const found = spec.added.flatMap(({ counter }) => counters.get(counter) ?? []);
  const names = [...new Set(found.map(({ name }) => splitUnit(name).title))];
  if (names.length === 0) return 'Graph';
  return names.length <= MOST_IN_TITLE ? names.join(', ') : `${names.slice(0, MOST_IN_TITLE).join(', ')} and ${names.length - MOST_IN_TITLE} more`;
}
