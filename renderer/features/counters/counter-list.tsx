import { ChartGantt, ChartLine, Copy, Plus, Search } from 'lucide-react';
import { type KeyboardEvent, memo, useEffect, useMemo, useRef, useState } from 'react';
import { clipText } from '../../drawing/format.ts';
import { seriesStyle } from '../../drawing/palette.ts';
import { graphsOf } from '../../state/graph-arrangement.ts';
import { allOf, graphArrangement, makeGraph, putIntoGraph, showCounterGraph } from '../../state/graph-store.ts';
import { showPanel } from '../../state/panel-store.ts';
import { revealTrack } from '../../state/selection.ts';
import { useSettings } from '../../state/settings-store.ts';
import { timelineControl } from '../../state/timeline-control.ts';
import { useTraceValue } from '../../state/trace-store.ts';
import { useTraceQuery } from '../../state/use-trace-query.ts';
import { noneTitle, useTraceSource } from '../../state/use-trace-source.ts';
import type { CounterInfo, ProcessInfo, TraceId } from '../../trace/trace-worker-api.ts';
import { copyText, Icon, isMenuKey, Menu, type MenuEntry, type MenuPoint, PointMenu, TextField } from '../../widgets/index.ts';
import { splitUnit, unitOfSeries } from './counter-name.ts';
import { useNewestCell } from './newest-values.ts';
import { resolveGraph } from './resolve-graph.ts';
import { startDrag } from './series-drag.ts';
import { valueInUnit } from './units.ts';
import { processName, useCounterStructure, useProcessOf } from './use-counters.ts';
import { scrollerOf, useRowsInSight } from './use-rows-in-sight.ts';
import { words } from './words.ts';
import './counters.css';

const FILTER_FROM = 12;
const NEWEST_EVERY_MS = 250;
const ROWS_AROUND = 8;
const ROW_PX = { compact: 24, comfortable: 28 } as const;
/** A menu of more than that is no menu; the others are reached from their own side. */
const MOST_IN_MENU = 12;

/** Names and newest values, for the sidebar. Choosing one brings its graph into sight; dragging one puts it into another. */
export function CounterList({ trace }: { readonly trace: TraceId }) {
  const infos = useCounterStructure(trace) ?? NONE;
  const [filter, setFilter] = useState('');
  const { kind } = useTraceSource(trace);
  const wanted = filter.trim().toLowerCase();
  const rows = useMemo(
    () => infos.flatMap((info, index) => (wanted === '' || info.name.toLowerCase().includes(wanted) ? [{ info, index }] : [])),
    [infos, wanted],
  );
  if (infos.length === 0) return <p className="counter-list-none">{noneTitle('counters', kind)}</p>;
  return (
    <>
      {infos.length >= FILTER_FROM && (
        <div className="counter-list-filter">
          <TextField aria-label={words.filterCounters} placeholder={words.filter} icon={Search} size="s" value={filter} onChange={setFilter} />
        </div>
      )}
      <LeftOut trace={trace} />
      {rows.length === 0 ? <p className="counter-list-none">{words.noMatch}</p> : <Rows trace={trace} infos={infos} rows={rows} />}
    </>
  );
}

/** Counters that are not in the list, said where they are looked for. */
function LeftOut({ trace }: { readonly trace: TraceId }) {
  const problem = useTraceValue(trace, (summary) => summary?.notices.find((notice) => notice.code === 'many-counters'));
  return problem ? (
    <p className="counter-list-left-out" role="status">
      {problem.message} {problem.remedy}
    </p>
  ) : null;
}

const NONE: readonly CounterInfo[] = [];

interface ListRow {
  readonly info: CounterInfo;
  /** Place among all: picks the colour. */
  readonly index: number;
}

/** Only the rows in sight are rendered; one of them takes the focus, and arrows move it. */
function Rows({ trace, infos, rows }: { readonly trace: TraceId; readonly infos: readonly CounterInfo[]; readonly rows: readonly ListRow[] }) {
  const list = useRef<HTMLUListElement>(null);
  const [active, setActive] = useState(0);
  const wantsFocus = useRef(false);
  const rowPx = ROW_PX[useSettings().density];
  const { first, end } = useRowsInSight(list, rows.length, rowPx, ROWS_AROUND);
  const processOf = useProcessOf(trace);
  const several = useMemo(() => repeatedNames(infos), [infos]);
  const place = Math.min(active, rows.length - 1);
  const shown = rows.slice(first, end).map((row, k) => ({ ...row, at: first + k }));
  // The one with the focus stays where it is scrolled out of sight.
  const atPlace = rows[place];
  if (atPlace && (place < first || place >= end)) shown.push({ ...atPlace, at: place });
  const series = shown.map(({ info }) => info.series[0]?.id ?? -1);
  const newest = useTraceQuery(trace, 'counters.newest', { series }, NEWEST_EVERY_MS);
  const values = new Map(newest.argument?.series.map((id, k) => [id, newest.value?.[k]]));

  useEffect(() => {
    if (!wantsFocus.current) return;
    wantsFocus.current = false;
    list.current?.querySelector<HTMLElement>(`[data-at="${place}"] .counter-row`)?.focus();
  }, [place]);

  const onKeyDown = (event: KeyboardEvent) => {
    if (event.ctrlKey || event.metaKey || event.altKey || event.shiftKey) return;
    const steps: Readonly<Record<string, number>> = { ArrowDown: 1, ArrowUp: -1, Home: -rows.length, End: rows.length };
    const by = steps[event.key];
    if (by === undefined) return;
    event.preventDefault();
    const next = Math.min(rows.length - 1, Math.max(0, place + by));
    const scroller = list.current && scrollerOf(list.current);
    if (list.current && scroller) {
      const top = list.current.getBoundingClientRect().top - scroller.getBoundingClientRect().top + scroller.scrollTop + next * rowPx;
      if (top < scroller.scrollTop) scroller.scrollTop = top;
      else if (top + rowPx > scroller.scrollTop + scroller.clientHeight) scroller.scrollTop = top + rowPx - scroller.clientHeight;
    }
    wantsFocus.current = next !== place;
    setActive(next);
  };

  return (
    <ul className="counter-list" aria-label={words.list} ref={list} style={{ height: rows.length * rowPx }} onKeyDown={onKeyDown}>
      {shown.map(({ info, index, at }) => (
        <li key={info.key} data-at={at} style={{ top: at * rowPx, height: rowPx }} aria-posinset={at + 1} aria-setsize={rows.length}>
          <CounterRow
            trace={trace}
            info={info}
            index={index}
            process={several.has(info.name) ? processOf(info.process) : undefined}
            value={values.get(info.series[0]?.id ?? -1) ?? Number.NaN}
            takesFocus={at === place}
            onFocus={() => setActive(at)}
            infos={infos}
          />
        </li>
      ))}
    </ul>
  );
}

/** Two processes may have a counter of one name each. */
function repeatedNames(infos: readonly CounterInfo[]): ReadonlySet<string> {
  const seen = new Set<string>();
  const repeated = new Set<string>();
  for (const { name } of infos) (seen.has(name) ? repeated : seen).add(name);
  return repeated;
}

interface CounterRowProps extends ListRow {
  readonly trace: TraceId;
  readonly process: ProcessInfo | undefined;
  readonly value: number;
  readonly takesFocus: boolean;
  readonly onFocus: () => void;
  readonly infos: readonly CounterInfo[];
}

const CounterRow = memo(function CounterRow({ trace, info, index, process, value, takesFocus, onFocus, infos }: CounterRowProps) {
  const { title: told, unit } = splitUnit(info.name);
  const title = told || words.noName;
  const cell = useNewestCell(trace, info.key, valueInUnit(Number.isNaN(value) ? undefined : value, unitOfSeries(info.name, info.series[0]?.name ?? '')));
  const [menu, setMenu] = useState<readonly MenuEntry[]>();
  const [pointAt, setPointAt] = useState<MenuPoint>();
  const tabIndex = takesFocus ? 0 : -1;
  const label = words.putInto(clipText(title, 80));
  return (
    // biome-ignore lint/a11y/noStaticElementInteractions: dragging is the mouse's way to what the button beside it does.
    <div
      className="counter-row-place"
      draggable
      onDragStart={(event) => startDrag(event.dataTransfer, allOf(info))}
      onFocus={onFocus}
      onContextMenu={(event) => {
        event.preventDefault();
        // Its own menu lies elsewhere in the page.
        if (!event.currentTarget.contains(event.target as Node)) return;
        setPointAt({ x: event.clientX, y: event.clientY });
      }}
      onKeyDown={(event) => {
        if (!isMenuKey(event) || !event.currentTarget.contains(event.target as Node)) return;
        event.preventDefault();
        const { left, bottom } = event.currentTarget.getBoundingClientRect();
        setPointAt({ x: left + 12, y: bottom });
      }}
    >
      <button
        type="button"
        className="counter-row"
        tabIndex={tabIndex}
        title={process ? `${clipText(info.name)}\n${processName(process)}` : clipText(info.name)}
        onClick={() => showCounterGraph(trace, info.key)}
      >
        <i className={`counter-swatch series-color-${seriesStyle(index, 0, 1).color}`} aria-hidden="true" />
        <span className="counter-row-name">{clipText(title, 200)}</span>
        {process && <span className="counter-row-process">{process.pid}</span>}
        <span className="counter-row-value">
          <span ref={cell} />
          {unit && unit !== 'B' && ` ${unit}`}
        </span>
      </button>
      {pointAt && (
        <PointMenu
          label={clipText(title, 80)}
          at={pointAt}
          entries={[...showEntries(trace, info), ...entriesOf(trace, info, infos)]}
          onClose={() => setPointAt(undefined)}
        />
      )}
      {/* Its entries are made when it is opened: the graphs that there are then. */}
      <Menu
        align="end"
        entries={menu ?? []}
        onOpen={(open) => open && setMenu(entriesOf(trace, info, infos))}
        trigger={
          <button type="button" className="counter-row-put" tabIndex={tabIndex} aria-label={label} title={label}>
            <Icon of={Plus} size="xs" />
          </button>
        }
      />
    </div>
  );
});

function showEntries(trace: TraceId, info: CounterInfo): readonly MenuEntry[] {
  const track = timelineControl()?.trackOf({ series: info.series[0]?.id ?? -1 });
  return [
    {
      label: words.showGraph,
      icon: ChartLine,
      onSelect: () => {
        showPanel('graphs');
        showCounterGraph(trace, info.key);
      },
    },
    ...(track === undefined ? [] : [{ label: words.showTrack, icon: ChartGantt, onSelect: () => revealTrack(trace, track) }]),
    { label: words.copyName, icon: Copy, onSelect: () => copyText(info.name, words.nameCopied) },
    { kind: 'line' },
  ];
}

function entriesOf(trace: TraceId, info: CounterInfo, infos: readonly CounterInfo[]): readonly MenuEntry[] {
  const byKey = new Map(infos.map((each) => [each.key, each]));
  const others = graphsOf(graphArrangement(trace), infos).filter((graph) => graph.id !== info.key);
  const targets = others.slice(0, MOST_IN_MENU).map(
    (graph): MenuEntry => ({
      label: clipText(resolveGraph(graph, byKey, 0).name, 60),
      onSelect: () => putIntoGraph(trace, graph.id, allOf(info)),
    }),
  );
  return [
    { label: words.newGraph, icon: Plus, onSelect: () => makeGraph(trace, allOf(info)) },
    ...(targets.length > 0 ? [{ kind: 'line' } as const, { kind: 'title', label: words.intoGraph } as const, ...targets] : []),
    ...(others.length > MOST_IN_MENU ? [{ kind: 'title', label: words.moreGraphs } as const] : []),
  ];
}
