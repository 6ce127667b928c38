import { X } from 'lucide-react';
import { memo, useLayoutEffect, useRef, useState } from 'react';
import { clipText } from '../../drawing/format.ts';
import type { SeriesStyle } from '../../drawing/palette.ts';
import { takeFromGraph } from '../../state/graph-store.ts';
import { soloSeries, toggleSeries } from '../../state/view-store.ts';
import type { SeriesId, TraceId } from '../../trace/trace-worker-api.ts';
import { Icon } from '../../widgets/index.ts';
import type { SeriesNumbers } from './plot-numbers.ts';
import type { GraphLine } from './resolve-graph.ts';
import { startDrag } from './series-drag.ts';
import { useRowsInSight } from './use-rows-in-sight.ts';
import { words } from './words.ts';

const COLUMNS = ['now', 'min', 'max', 'mean'] as const;
type Column = (typeof COLUMNS)[number];
/** Where the numbers stand; written without React, as often as they are drawn. */
export type Cells = Map<SeriesId, { [column in Column]?: HTMLElement | null }>;

export function writeNumbers(cells: Cells, ids: readonly SeriesId[], numbers: readonly SeriesNumbers[]): void {
  numbers.forEach((each, k) => {
    const id = ids[k];
    const row = id === undefined ? undefined : cells.get(id);
    if (row) for (const column of COLUMNS) write(row[column], each[column]);
  });
}

function write(cell: HTMLElement | null | undefined, text: string): void {
  if (cell && cell.textContent !== text) cell.textContent = text;
}

/** Of more series only the rows in sight are there: setting hundreds of them anew took longer than drawing their lines. */
const MOST_ROWS = 60;
const ROWS_AROUND = 8;

interface LegendProps {
  readonly trace: TraceId;
  readonly graph: string;
  readonly lines: readonly GraphLine[];
  readonly hidden: readonly string[];
  readonly cells: Cells;
  /** Other rows are there than before: their cells are empty. */
  readonly onRows: () => void;
}

export const Legend = memo(function Legend({ trace, graph, lines, hidden, cells, onRows }: LegendProps) {
  const head = useRef<HTMLTableRowElement>(null);
  const body = useRef<HTMLTableSectionElement>(null);
  const isLong = lines.length > MOST_ROWS;
  const rowPx = useHeight(head);
  const inSight = useRowsInSight(body, isLong ? lines.length : 0, rowPx, ROWS_AROUND);
  const { first, end } = isLong ? inSight : { first: 0, end: lines.length };
  // biome-ignore lint/correctness/useExhaustiveDependencies: what was rendered is what matters.
  useLayoutEffect(onRows, [onRows, first, end]);
  const keys = lines.map((each) => each.key);
  const cell = (id: SeriesId, column: Column) => (element: HTMLElement | null) => {
    const row = cells.get(id) ?? {};
    row[column] = element;
    cells.set(id, row);
  };
  return (
    <div className="counter-legend-scroll">
      <table className="counter-legend" aria-rowcount={lines.length + 1}>
        <colgroup>
          <col />
          {COLUMNS.map((column) => (
            <col key={column} className={`counter-number counter-${column}`} />
          ))}
        </colgroup>
        <thead>
          <tr ref={head} aria-rowindex={1}>
            <th scope="col">{words.series(lines.length)}</th>
            {COLUMNS.map((column) => (
              <th scope="col" key={column} className={`counter-${column}`} title={words.columnTitles[column]}>
                {words.columns[column]}
              </th>
            ))}
          </tr>
        </thead>
        <tbody ref={body}>
          {first > 0 && <Room height={first * rowPx} />}
          {lines.slice(first, end).map((each, k) => {
            const off = hidden.includes(each.key);
            return (
              <tr key={each.id} className={off ? 'counter-off' : ''} aria-rowindex={first + k + 2}>
                <th scope="row">
                  <span className="counter-series-place">
                    <button
                      type="button"
                      className="counter-series"
                      aria-pressed={!off}
                      title={`${clipText(each.name)}\n${words.seriesHint}`}
                      draggable
                      onDragStart={(event) => startDrag(event.dataTransfer, [each.of])}
                      onClick={() => toggleSeries(trace, graph, each.key)}
                      onDoubleClick={() => soloSeries(trace, graph, each.key, keys)}
                    >
                      <SeriesLine style={each.style} />
                      <span>{clipText(each.name, 200)}</span>
                    </button>
                    {each.isAdded && (
                      <button
                        type="button"
                        className="counter-take-out"
                        aria-label={words.takeOut(clipText(each.name, 100))}
                        title={words.takeOut(clipText(each.name, 100))}
                        onClick={() => takeFromGraph(trace, graph, each.of)}
                      >
                        <Icon of={X} size="xs" />
                      </button>
                    )}
                  </span>
                </th>
                {COLUMNS.map((column) => (
                  <td key={column} className={`counter-${column}`} ref={cell(each.id, column)} />
                ))}
              </tr>
            );
          })}
          {end < lines.length && <Room height={(lines.length - end) * rowPx} />}
        </tbody>
      </table>
    </div>
  );
});

/** In place of rows that are out of sight. */
const Room = ({ height }: { readonly height: number }) => <tr style={{ height }} />;

/** Of an element, as it changes. */
function useHeight(of: React.RefObject<HTMLElement | null>): number {
  const [height, setHeight] = useState(FIRST_ROW_PX);
  useLayoutEffect(() => {
    const element = of.current;
    if (!element) return;
    const watch = new ResizeObserver(() => setHeight(element.getBoundingClientRect().height || FIRST_ROW_PX));
    watch.observe(element);
    return () => watch.disconnect();
  }, [of]);
  return height;
}
const FIRST_ROW_PX = 17;

function SeriesLine({ style }: { readonly style: SeriesStyle }) {
  return (
    <svg width="16" height="8" aria-hidden="true" className={`series-color-${style.color}`}>
      <line x1="0" x2="16" y1="4" y2="4" stroke="currentColor" strokeWidth="2" {...(style.dash && { strokeDasharray: style.dash.join(' ') })} />
    </svg>
  );
}
