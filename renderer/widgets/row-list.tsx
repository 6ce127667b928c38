// biome-ignore-all lint/a11y/useSemanticElements: rows of a virtual list are placed by pixels; a <tr> would bring a table's layout.
// biome-ignore-all lint/a11y/useFocusableInteractive: the list has the focus and names its active row.
import { ArrowDown, ArrowUp } from 'lucide-react';
import { type CSSProperties, type HTMLAttributes, type KeyboardEvent, type ReactNode, useId, useRef } from 'react';
import { BigList } from './big-list.tsx';
import { Icon } from './icon.tsx';
import type { RowWindow } from './row-window.ts';
import './row-list.css';

/** Below this width of the list, in pixels, a column is left out: the name, which says most, keeps its room. */
export type ColumnOver = 340 | 420 | 520 | 600 | 640 | 780;

export interface ListColumn<R> {
  readonly id: string;
  readonly title: ReactNode;
  readonly hint?: string | undefined;
  /** The title is a button. */
  readonly sort?: ColumnSort | undefined;
  /** Pixels; absent: the class says it. */
  readonly width?: number;
  /** Takes its share of what is left, from so many pixels on. */
  readonly grow?: { readonly share: number; readonly from: number };
  readonly over?: ColumnOver;
  /** `num`, `mono`, `t2`, and the feature's own. */
  readonly className?: string;
  readonly cell: (row: R) => ReactNode;
  /** The titles lie beside the rows: what a cell is said to be, where its text does not say it. */
  readonly voice?: (row: R) => string | undefined;
  readonly tip?: (row: R) => string | undefined;
}

export interface ColumnSort {
  readonly isSorted: boolean;
  readonly descending: boolean;
  /** What the button is called: it says how the list is sorted, or would be. */
  readonly label: string;
  readonly onSort: () => void;
}

interface RowListProps<R> {
  readonly label: string;
  readonly role?: 'grid' | 'treegrid';
  readonly columns: readonly ListColumn<R>[];
  /** Above the rows; absent: the columns speak for themselves. `label`: of titles that can be pressed. */
  readonly titles?: { readonly label?: string };
  readonly total: number;
  readonly rowHeight: number;
  /** Undefined: it has not come yet. */
  readonly rowAt: (index: number) => R | undefined;
  /** A row may come while others are taken away: what tells it from them. */
  readonly keyOf?: (row: R) => string;
  readonly onWindow?: (window: RowWindow) => void;
  /** Stay at the last row as rows are added; hands end it and begin it again. */
  readonly follow?: boolean;
  readonly onFollow?: (follow: boolean) => void;
  readonly active: number | undefined;
  /** By the arrows; by a click too, unless `onPick` is there. */
  readonly onActive: (index: number) => void;
  /** By a click. */
  readonly onPick?: (index: number) => void;
  /** By Enter. */
  readonly onOpen?: (index: number) => void;
  /** Before all others; one that is handled is prevented. */
  readonly onKey?: (event: KeyboardEvent) => void;
  /** Of a row that is there: levels of a tree, pointers. */
  readonly rowProps?: (row: R) => HTMLAttributes<HTMLDivElement>;
}

/** Rows of columns of which there may be millions, with one active row that follows arrows and clicks. What the rows are is asked for by index. */
export function RowList<R>({ label, role = 'grid', columns, titles, total, rowHeight, rowAt, keyOf, onWindow, active, ...on }: RowListProps<R>) {
  const id = useId();
  const first = useRef(0);
  const onKeyDown = (event: KeyboardEvent) => {
    on.onKey?.(event);
    if (event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey || event.shiftKey) return;
    const step = event.key === 'ArrowDown' ? 1 : event.key === 'ArrowUp' ? -1 : 0;
    if (step !== 0) on.onActive(active === undefined ? first.current : Math.max(0, Math.min(total - 1, active + step)));
    else if (event.key === 'Enter' && active !== undefined && on.onOpen) on.onOpen(active);
    else return;
    event.preventDefault();
    event.stopPropagation();
  };
  return (
    <div className="list">
      {titles && <Titles columns={columns} label={titles.label} />}
      <BigList
        label={label}
        role={role}
        total={total}
        rowHeight={rowHeight}
        follow={on.follow ?? false}
        onFollow={(follow) => on.onFollow?.(follow)}
        onWindow={(window) => {
          first.current = window.first;
          onWindow?.(window);
        }}
        active={active}
        activeId={active === undefined ? undefined : `${id}-${active}`}
        onKeyDown={onKeyDown}
        row={(index) => {
          const row = rowAt(index);
          const { className = '', ...more } = (row !== undefined && on.rowProps?.(row)) || {};
          return (
            // biome-ignore lint/a11y/useKeyWithClickEvents: the list takes the keys for its active row.
            <div
              key={row !== undefined && keyOf ? keyOf(row) : index}
              id={`${id}-${index}`}
              role="row"
              tabIndex={-1}
              aria-rowindex={index + 1}
              aria-selected={index === active}
              className={`list-row ${index === active ? 'list-active' : ''} ${className}`}
              style={{ height: rowHeight }}
              onClick={() => row !== undefined && (on.onPick ?? on.onActive)(index)}
              {...more}
            >
              {columns.map((column) => (
                <span
                  key={column.id}
                  role="gridcell"
                  className={classOf(column)}
                  style={styleOf(column)}
                  aria-label={row === undefined ? undefined : column.voice?.(row)}
                  title={row === undefined ? undefined : column.tip?.(row)}
                >
                  {row !== undefined && column.cell(row)}
                </span>
              ))}
            </div>
          );
        }}
      />
    </div>
  );
}

function Titles<R>({ columns, label }: { readonly columns: readonly ListColumn<R>[]; readonly label: string | undefined }) {
  const cells = columns.map((column) => (
    <span key={column.id} className={classOf(column)} style={styleOf(column)} title={column.hint}>
      {column.sort ? <SortTitle title={column.title} sort={column.sort} /> : column.title}
    </span>
  ));
  return label === undefined ? (
    <div className="list-row list-titles" aria-hidden="true">
      {cells}
    </div>
  ) : (
    <div className="list-row list-titles" role="group" aria-label={label}>
      {cells}
    </div>
  );
}

function SortTitle({ title, sort: { isSorted, descending, label, onSort } }: { readonly title: ReactNode; readonly sort: ColumnSort }) {
  return (
    <button type="button" className={`list-title ${isSorted ? 'list-sorted' : ''}`} aria-pressed={isSorted} aria-label={label} onClick={onSort}>
      {title}
      {isSorted && <Icon of={descending ? ArrowDown : ArrowUp} size="xs" />}
    </button>
  );
}

/** A share of all as a bar in front of its words: the cell of a column with the class `list-share`. */
export const ShareBar = ({ share, text }: { readonly share: number; readonly text: string }) => (
  <>
    <i aria-hidden="true">
      <b style={{ transform: `scaleX(${share})` }} />
    </i>
    {text}
  </>
);

const classOf = <R,>({ className = '', over }: ListColumn<R>): string => (over === undefined ? className : `${className} list-over-${over}`);
const styleOf = <R,>({ width, grow }: ListColumn<R>): CSSProperties | undefined =>
  grow ? { flex: `${grow.share} 1 ${grow.from}px` } : width === undefined ? undefined : { flex: `0 0 ${width}px` };
