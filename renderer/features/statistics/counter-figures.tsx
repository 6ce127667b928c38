// biome-ignore-all lint/a11y/useSemanticElements: rows of a virtual list are placed by pixels; a <tr> would bring a table's layout.
// biome-ignore-all lint/a11y/useFocusableInteractive: the grid has the focus and names its active row.
/** Counters within the range: least, greatest, mean, how far they went and how fast. Only the rows in sight are asked for. */
import { ChartLine, Search } from 'lucide-react';
import { type KeyboardEvent, useId, useState } from 'react';
import { clipText, formatCount, formatValue } from '../../drawing/format.ts';
import { showPanel } from '../../state/panel-store.ts';
import type { Place } from '../../state/use-place.ts';
import { useTraceQuery } from '../../state/use-trace-query.ts';
import { noneTitle, useTraceSource } from '../../state/use-trace-source.ts';
import { revealCounter } from '../../state/view-store.ts';
import type { CounterInfo, CounterRangeStats, TraceId } from '../../trace/trace-worker-api.ts';
import { BigList } from '../../widgets/big-list.tsx';
import { EmptyState } from '../../widgets/index.ts';
import { pageAround, type RowWindow } from '../../widgets/row-window.ts';
import { words } from './words.ts';

const ROW_HEIGHT = 24;
const PAGE = 40;
const EVERY_MS = 500;

interface SeriesRow {
  readonly counter: string;
  readonly id: number;
  /** "queue waiting"; "load" where the series says no more than its counter. */
  readonly label: string;
}

export type FigureColumn = 'samples' | 'last' | 'min' | 'max' | 'mean' | 'delta' | 'rate';
const COLUMNS: readonly { readonly id: FigureColumn; readonly text: (stats: CounterRangeStats) => string }[] = [
  { id: 'samples', text: (stats) => formatCount(stats.samples) },
  { id: 'last', text: (stats) => formatValue(stats.last) },
  { id: 'min', text: (stats) => formatValue(stats.min) },
  { id: 'max', text: (stats) => formatValue(stats.max) },
  { id: 'mean', text: (stats) => formatValue(stats.mean) },
  { id: 'delta', text: (stats) => signed(stats.delta) },
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
  const id = useId();
  const { kind } = useTraceSource(trace);
  const [seen, setSeen] = useState<RowWindow>({ first: 0, count: 30, offset: 0 });
  const [active, setActive] = useState<number>();
  const counters = useTraceQuery(trace, 'counters.list', {}, EVERY_MS).value;
  const rows = seriesRows(counters ?? [], text);
  const { from, count } = pageAround(seen, PAGE);
  const asked = rows.slice(from, from + count).map((row) => row.id);
  const { fromNs, toNs } = place.range;
  const answer = useTraceQuery(trace, 'analysis.counters', asked.length > 0 ? { series: asked, fromNs, toNs } : undefined, EVERY_MS);
  const figures = new Map(answer.value?.map((stats) => [stats.series, stats]));

  const show = (index: number) => {
    const row = rows[index];
    if (!row) return;
    setActive(index);
    showPanel('graphs');
    revealCounter(trace, row.counter);
  };
  const onKeyDown = (event: KeyboardEvent) => {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    if (event.key === 'ArrowDown') setActive(active === undefined ? seen.first : Math.min(rows.length - 1, active + 1));
    else if (event.key === 'ArrowUp') setActive(active === undefined ? seen.first : Math.max(0, active - 1));
    else if (event.key === 'Enter' && active !== undefined) show(active);
    else return;
    event.preventDefault();
    event.stopPropagation();
  };

  if (rows.length === 0) {
    return (
      <div className="statistics-empty">
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
    <>
      <div className="statistics-row statistics-titles" aria-hidden="true">
        <span className="statistics-label">{words.counters.name}</span>
        {COLUMNS.map((column) => (
          <span key={column.id} className={`num figures-${column.id}`} title={words.counters.titles[column.id]}>
            {words.counters.columns[column.id]}
          </span>
        ))}
      </div>
      <BigList
        label={words.counters.table}
        role="grid"
        total={rows.length}
        rowHeight={ROW_HEIGHT}
        follow={false}
        onFollow={() => {}}
        onWindow={setSeen}
        active={active}
        activeId={active === undefined ? undefined : `${id}-${active}`}
        onKeyDown={onKeyDown}
        row={(index) => {
          const row = rows[index];
          if (!row) return null;
          const stats = figures.get(row.id);
          return (
            // biome-ignore lint/a11y/useKeyWithClickEvents: the list takes the keys for its active row.
            <div
              key={index}
              id={`${id}-${index}`}
              role="row"
              tabIndex={-1}
              aria-rowindex={index + 1}
              aria-selected={index === active}
              className={`statistics-row ${index === active ? 'statistics-active' : ''}`}
              onClick={() => show(index)}
            >
              <span role="gridcell" className="statistics-label" title={clipText(row.label)}>
                <bdi>{clipText(row.label, 200)}</bdi>
              </span>
              {COLUMNS.map((column) => (
                <span
                  key={column.id}
                  role="gridcell"
                  className={`num figures-${column.id}`}
                  aria-label={stats && `${words.counters.columns[column.id]} ${column.text(stats)}`}
                >
                  {stats && column.text(stats)}
                </span>
              ))}
            </div>
          );
        }}
      />
    </>
  );
}
