/** Counters within the range: least, greatest, mean, how far they went and how fast. Only the rows in sight are asked for. */
import { ChartLine, Search } from 'lucide-react';
import { useMemo, useState } from 'react';
import { clipText, formatCount, formatValue } from '../../drawing/format.ts';
import { showPanel } from '../../state/panel-store.ts';
import type { Place } from '../../state/use-place.ts';
import { useTraceQuery } from '../../state/use-trace-query.ts';
import { noneTitle, useTraceSource } from '../../state/use-trace-source.ts';
import { revealCounter } from '../../state/view-store.ts';
import type { CounterInfo, CounterRangeStats, TraceId } from '../../trace/trace-worker-api.ts';
import { EmptyState } from '../../widgets/index.ts';
import { type ColumnOver, type ColumnSort, type ListColumn, RowList } from '../../widgets/row-list.tsx';
import { pageAround, type RowWindow } from '../../widgets/row-window.ts';
import { type FigureColumn, type FigureOrder, inOrder, MOST_SORTED, nextFigureOrder } from './figure-order.ts';
import { words } from './words.ts';

const ROW_HEIGHT = 24;
const PAGE = 40;
const EVERY_MS = 500;
const NO_FIGURES: ReadonlyMap<number, CounterRangeStats> = new Map();

interface SeriesRow {
  readonly counter: string;
  readonly id: number;
  /** "queue waiting"; "load" where the series says no more than its counter. */
  readonly label: string;
}

const COLUMNS: readonly { readonly id: FigureColumn; readonly over?: ColumnOver; readonly text: (stats: CounterRangeStats) => string }[] = [
  { id: 'samples', over: 600, text: (stats) => formatCount(stats.samples) },
  { id: 'last', over: 600, text: (stats) => formatValue(stats.last) },
  { id: 'min', text: (stats) => formatValue(stats.min) },
  { id: 'max', text: (stats) => formatValue(stats.max) },
  { id: 'mean', text: (stats) => formatValue(stats.mean) },
  { id: 'delta', over: 420, text: (stats) => signed(stats.delta) },
  { id: 'rate', text: (stats) => signed(stats.ratePerSecond) },
];
const signed = (value: number | null): string => (value !== null && value > 0 ? `+${formatValue(value)}` : formatValue(value));

export function seriesRows(counters: readonly CounterInfo[], text: string): SeriesRow[] {
  const wanted = text.toLowerCase();
  return counters
    .flatMap(({ key, name, series }) =>
      series.map((each) => ({ counter: key, id: each.id, label: each.name === name || each.name === '' ? name : `${name} ${each.name}` })),
    )
    .filter(({ label }) => wanted === '' || label.toLowerCase().includes(wanted));
}

interface FiguresProps {
  readonly trace: TraceId;
  readonly place: Place;
  readonly text: string;
}

export function CounterFigures({ trace, place, text }: FiguresProps) {
  const { kind } = useTraceSource(trace);
  const [seen, setSeen] = useState<RowWindow>({ first: 0, count: 30, offset: 0 });
  /** Id of its series: rows change their places. */
  const [active, setActive] = useState<number>();
  const counters = useTraceQuery(trace, 'counters.list', {}, EVERY_MS).value;
  const [chosenOrder, setOrder] = useState<FigureOrder>();
  const found = useMemo(() => seriesRows(counters ?? [], text), [counters, text]);
  const isSortable = found.length <= MOST_SORTED;
  const order = isSortable || chosenOrder?.sort === 'name' ? chosenOrder : undefined;
  const { from, count } = pageAround(seen, PAGE);
  // An order by figures takes those of all rows; else those of the rows in sight do.
  const needsAll = order !== undefined && order.sort !== 'name';
  const sorted = useMemo(() => (needsAll ? found : inOrder(found, NO_FIGURES, order)), [found, needsAll, order]);
  const asked = useMemo(() => (needsAll ? sorted : sorted.slice(from, from + count)).map((row) => row.id), [sorted, needsAll, from, count]);
  const { fromNs, toNs } = place.range;
  const answer = useTraceQuery(trace, 'analysis.counters', asked.length > 0 ? { series: asked, fromNs, toNs } : undefined, EVERY_MS);
  const figures = useMemo(() => new Map(answer.value?.map((stats) => [stats.series, stats])), [answer.value]);
  const rows = useMemo(() => (needsAll ? inOrder(found, figures, order) : sorted), [found, figures, order, needsAll, sorted]);
  const sortOf = (sort: FigureOrder['sort'], label: string): ColumnSort => ({
    isSorted: order?.sort === sort,
    descending: order?.descending ?? true,
    label: order?.sort === sort ? words.sortedBy(label, order.descending) : words.sortBy(label),
    onSort: () => setOrder(nextFigureOrder(order, sort)),
  });
  const activeIndex = active === undefined ? -1 : rows.findIndex((row) => row.id === active);

  const show = (index: number) => {
    const row = rows[index];
    if (!row) return;
    setActive(row.id);
    showPanel('graphs');
    revealCounter(trace, row.counter);
  };
  const columns: readonly ListColumn<SeriesRow>[] = [
    {
      id: 'name',
      title: words.counters.name,
      sort: sortOf('name', words.counters.name),
      grow: { share: 1, from: 60 },
      cell: (row) => <bdi>{clipText(row.label, 200)}</bdi>,
      tip: (row) => clipText(row.label),
    },
    ...COLUMNS.map(({ id, over, text: textOf }): ListColumn<SeriesRow> => {
      const of = (row: SeriesRow): string | undefined => {
        const stats = figures.get(row.id);
        return stats && textOf(stats);
      };
      return {
        id,
        title: words.counters.columns[id],
        hint: isSortable ? words.counters.titles[id] : words.counters.tooMany(MOST_SORTED),
        ...(isSortable && { sort: sortOf(id, words.counters.columns[id]) }),
        ...(over !== undefined && { over }),
        width: 60,
        className: 'num',
        cell: of,
        voice: (row) => {
          const value = of(row);
          return value === undefined ? undefined : `${words.counters.columns[id]} ${value}`;
        },
      };
    }),
  ];

  if (rows.length === 0) {
    return (
      <div className="list-empty">
        {counters === undefined ? null : text !== '' && counters.length > 0 ? (
          <EmptyState icon={Search} title={words.noMatch.title}>
            {words.counters.noMatch}
          </EmptyState>
        ) : (
          <EmptyState icon={ChartLine} title={noneTitle('counters', kind)}>
            {kind === 'failed' ? undefined : words.counters.none}
          </EmptyState>
        )}
      </div>
    );
  }
  return (
    <RowList
      label={words.counters.table}
      columns={columns}
      titles={{ label: words.columnTitles }}
      total={rows.length}
      rowHeight={ROW_HEIGHT}
      rowAt={(index) => rows[index]}
      onWindow={setSeen}
      active={activeIndex < 0 ? undefined : activeIndex}
      onActive={(index) => setActive(rows[index]?.id)}
      onPick={show}
      onOpen={show}
    />
  );
}
