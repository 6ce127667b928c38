import { clipText } from '../../drawing/format.ts';
import { highlightName } from '../../state/selection.ts';
import type { TablePage, TableRow, TableSort, TraceId } from '../../trace/trace-worker-api.ts';
import { type ColumnSort, type ListColumn, RowList, ShareBar } from '../../widgets/row-list.tsx';
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
  const { page, by, from, rowAt } = found;
  const share = sharedBy(order);
  const activePlace = active === undefined ? -1 : page.rows.findIndex((row) => row.key === active);
  const pickAt = (index: number, how: 'mark' | 'select') => {
    const row = rowAt(index);
    if (row) onPick(row, how);
  };
  const nameOf = (row: TableRow) => labelOf(by, row.label, found.names.get(row.key));
  const sortBy = (sort: TableSort, label: string): ColumnSort => ({
    isSorted: order.sort === sort,
    descending: order.descending,
    label: order.sort === sort ? words.sortedBy(label, order.descending) : words.sortBy(label),
    onSort: () => onOrder(sort),
  });
  const columns: readonly ListColumn<TableRow>[] = [
    {
      id: 'label',
      title: words.groups[by],
      sort: sortBy('label', words.groups[by]),
      grow: { share: 1, from: 60 },
      className: by === 'thread' || by === 'category' ? '' : 'mono',
      cell: (row) => {
        const { label, place } = nameOf(row);
        return (
          <>
            <bdi className={row.label === '' ? 't3' : undefined}>{clipText(label, 200)}</bdi>
            {place !== '' && <bdi className="statistics-file t3">{clipText(place, 100)}</bdi>}
          </>
        );
      },
      tip: (row) => {
        const { label, place } = nameOf(row);
        return clipText(place === '' ? label : `${label}, ${place}`);
      },
    },
    {
      id: 'share',
      title: words.share[share],
      hint: words.shareTitle[share],
      className: 'list-share',
      cell: (row) => {
        const part = shareOf(row, page, share);
        return <ShareBar share={part} text={words.percent(part)} />;
      },
    },
    ...COLUMNS.map(({ id, sort, over, text }): ListColumn<TableRow> => {
      const textOf = (row: TableRow) => text(row, found.spreads.get(row.key));
      return {
        id,
        title: words.columns[id],
        hint: words.titles[id],
        ...(sort && { sort: sortBy(sort, words.columns[id]) }),
        ...(over !== undefined && { over }),
        width: 60,
        className: 'num',
        cell: textOf,
        voice: (row) => voice(id, textOf(row)),
      };
    }),
  ];
  return (
    <RowList
      label={words.table(by)}
      columns={columns}
      titles={{ label: words.columnTitles }}
      total={page.total}
      rowHeight={ROW_HEIGHT}
      rowAt={rowAt}
      onWindow={onWindow}
      active={activePlace < 0 ? undefined : from + activePlace}
      onActive={(index) => pickAt(index, 'mark')}
      onPick={(index) => pickAt(index, 'select')}
      onOpen={(index) => pickAt(index, 'select')}
      rowProps={(row) =>
        by === 'name' ? { onPointerEnter: () => highlightName(trace, row.key), onPointerLeave: () => highlightName(trace, active) } : NO_PROPS
      }
    />
  );
}

const NO_PROPS = {};

/** The titles lie beside the grid: each cell says its column. */
const voice = (column: keyof typeof words.columns, text: string): string | undefined => (text === '' ? undefined : `${words.columns[column]} ${text}`);
