import { X } from 'lucide-react';
import { memo } from 'react';
import { clipText } from '../../drawing/format.ts';
import type { SeriesStyle } from '../../drawing/palette.ts';
import { takeFromGraph } from '../../state/graph-store.ts';
import { soloSeries, toggleSeries } from '../../state/view-store.ts';
import type { SeriesId, TraceId } from '../../trace/trace-worker-api.ts';
import { Icon } from '../../widgets/index.ts';
import type { SeriesNumbers } from './plot-numbers.ts';
import type { GraphLine } from './resolve-graph.ts';
import { startDrag } from './series-drag.ts';
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

interface LegendProps {
  readonly trace: TraceId;
  readonly graph: string;
  readonly lines: readonly GraphLine[];
  readonly hidden: readonly string[];
  readonly cells: Cells;
}

export const Legend = memo(function Legend({ trace, graph, lines, hidden, cells }: LegendProps) {
  const keys = lines.map((each) => each.key);
  const cell = (id: SeriesId, column: Column) => (element: HTMLElement | null) => {
    const row = cells.get(id) ?? {};
    row[column] = element;
    cells.set(id, row);
  };
  return (
    <div className="counter-legend-scroll">
      <table className="counter-legend">
        <colgroup>
          <col />
          {COLUMNS.map((column) => (
            <col key={column} className={`counter-number counter-${column}`} />
          ))}
        </colgroup>
        <thead>
          <tr>
            <th scope="col">{words.series(lines.length)}</th>
            {COLUMNS.map((column) => (
              <th scope="col" key={column} className={`counter-${column}`} title={words.columnTitles[column]}>
                {words.columns[column]}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {lines.map((each) => {
            const off = hidden.includes(each.key);
            return (
              <tr key={each.id} className={off ? 'counter-off' : ''}>
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
        </tbody>
      </table>
    </div>
  );
});

function SeriesLine({ style }: { readonly style: SeriesStyle }) {
  return (
    <svg width="16" height="8" aria-hidden="true" className={`series-color-${style.color}`}>
      <line x1="0" x2="16" y1="4" y2="4" stroke="currentColor" strokeWidth="2" {...(style.dash && { strokeDasharray: style.dash.join(' ') })} />
    </svg>
  );
}
