// biome-ignore-all lint/a11y/useSemanticElements: rows of a virtual list are placed by pixels; a <tr> would bring a table's layout.
// biome-ignore-all lint/a11y/useFocusableInteractive: the grid has the focus and names its active row.
import { ArrowDown, ArrowUp } from 'lucide-react';
import { type KeyboardEvent, useId, useState } from 'react';
import { clipText } from '../../drawing/format.ts';
import { highlightName } from '../../state/selection.ts';
import type { TablePage, TableRow, TableSort, TraceId } from '../../trace/trace-worker-api.ts';
import { BigList } from '../../widgets/big-list.tsx';
import { Icon } from '../../widgets/index.ts';
import type { RowWindow } from '../../widgets/row-window.ts';
import { COLUMNS, type Order, sharedBy, shareOf } from './columns.ts';
import type { useStatistics } from './use-statistics.ts';
import { labelOf, words } from './words.ts';

const ROW_HEIGHT = 24;

interface StatisticsTableProps {
  readonly trace: TraceId;
  readonly found: ReturnType<typeof useStatistics> & { readonly page: TablePage };
  readonly order: Order;
  /** Key of the row that was picked. */
  readonly active: number | undefined;
  readonly onOrder: (sort: TableSort) => void;
  readonly onWindow: (window: RowWindow) => void;
  readonly onPick: (row: TableRow, how: 'mark' | 'select') => void;
}

export function StatisticsTable({ trace, found, order, active, onOrder, onWindow, onPick }: StatisticsTableProps) {
  const id = useId();
  const { page, by, from, rowAt } = found;
  const share = sharedBy(order);
  const activePlace = active === undefined ? -1 : page.rows.findIndex((row) => row.key === active);
  const activeIndex = activePlace < 0 ? undefined : from + activePlace;
  const [first, setFirst] = useState(0);

  const onKeyDown = (event: KeyboardEvent) => {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    const step = event.key === 'ArrowDown' ? 1 : event.key === 'ArrowUp' ? -1 : event.key === 'Enter' ? 0 : undefined;
    if (step === undefined || (step === 0 && activeIndex === undefined)) return;
    const row = rowAt(activeIndex === undefined ? first : Math.max(0, Math.min(page.total - 1, activeIndex + step)));
    if (row) onPick(row, step === 0 ? 'select' : 'mark');
    event.preventDefault();
    event.stopPropagation();
  };

  return (
    <>
      <div className="statistics-row statistics-titles" role="group" aria-label="Columns">
        <span className="statistics-label">
          <Title sort="label" label={words.groups[by]} order={order} onOrder={onOrder} />
        </span>
        <span className="statistics-share" title={words.shareTitle[share]}>
          {words.share[share]}
        </span>
        {COLUMNS.map(({ id: column, sort }) => (
          <span key={column} className={`num statistics-${column}`} title={words.titles[column]}>
            {sort ? <Title sort={sort} label={words.columns[column]} order={order} onOrder={onOrder} /> : words.columns[column]}
          </span>
        ))}
      </div>
      <BigList
        label={words.table(by)}
        role="grid"
        total={page.total}
        rowHeight={ROW_HEIGHT}
        follow={false}
        onFollow={() => {}}
        onWindow={(window) => {
          setFirst(window.first);
          onWindow(window);
        }}
        active={activeIndex}
        activeId={activeIndex === undefined ? undefined : `${id}-${activeIndex}`}
        onKeyDown={onKeyDown}
        row={(index) => {
          const row = rowAt(index);
          if (!row) return <div key={index} className="statistics-row" role="row" aria-rowindex={index + 1} id={`${id}-${index}`} />;
          const spread = found.spreads.get(row.key);
          const { label, place } = labelOf(by, row.label, found.names.get(row.key));
          const part = shareOf(row, page, share);
          return (
            // biome-ignore lint/a11y/useKeyWithClickEvents: the list takes the keys for its active row.
            <div
              key={index}
              id={`${id}-${index}`}
              role="row"
              tabIndex={-1}
              aria-rowindex={index + 1}
              aria-selected={index === activeIndex}
              className={`statistics-row ${index === activeIndex ? 'statistics-active' : ''}`}
              onClick={() => onPick(row, 'select')}
              onPointerEnter={() => by === 'name' && highlightName(trace, row.key)}
              onPointerLeave={() => by === 'name' && highlightName(trace, active)}
            >
              <span
                role="gridcell"
                className={`statistics-label ${by === 'thread' || by === 'category' ? '' : 'mono'}`}
                title={clipText(place === '' ? label : `${label}, ${place}`)}
              >
                <bdi className={row.label === '' ? 't3' : undefined}>{clipText(label, 200)}</bdi>
                {place !== '' && <bdi className="statistics-file t3">{clipText(place, 100)}</bdi>}
              </span>
              <span role="gridcell" className="statistics-share">
                <i aria-hidden="true">
                  <b style={{ transform: `scaleX(${part})` }} />
                </i>
                {words.percent(part)}
              </span>
              {COLUMNS.map((column) => (
                <span key={column.id} role="gridcell" className={`num statistics-${column.id}`} aria-label={voice(column.id, column.text(row, spread))}>
                  {column.text(row, spread)}
                </span>
              ))}
            </div>
          );
        }}
      />
    </>
  );
}

/** The titles lie beside the grid: each cell says its column. */
const voice = (column: keyof typeof words.columns, text: string): string | undefined => (text === '' ? undefined : `${words.columns[column]} ${text}`);

interface TitleProps {
  readonly sort: TableSort;
  readonly label: string;
  readonly order: Order;
  readonly onOrder: (sort: TableSort) => void;
}

function Title({ sort, label, order, onOrder }: TitleProps) {
  const isSorted = order.sort === sort;
  return (
    <button
      type="button"
      className={`statistics-title ${isSorted ? 'statistics-sorted' : ''}`}
      aria-pressed={isSorted}
      aria-label={isSorted ? words.sortedBy(label, order.descending) : words.sortBy(label)}
      onClick={() => onOrder(sort)}
    >
      {label}
      {isSorted && <Icon of={order.descending ? ArrowDown : ArrowUp} size="xs" />}
    </button>
  );
}
