import { useVirtualizer } from '@tanstack/react-virtual';
import { Box, ChartGantt, ChevronDown, ChevronRight, Copy, Search } from 'lucide-react';
import { type KeyboardEvent, memo, useId, useMemo, useRef, useState } from 'react';
import { clipText, formatCount } from '../../drawing/format.ts';
import { showObjectSide } from '../../state/object-steps.ts';
import { showPanel } from '../../state/panel-store.ts';
import { useCalmSummary } from '../../state/use-calm-summary.ts';
import { useTraceQuery } from '../../state/use-trace-query.ts';
import { noneTitle, useTraceSource } from '../../state/use-trace-source.ts';
import { type ObjectSide, selectObject, showObject, useView } from '../../state/view-store.ts';
import type { TraceId } from '../../trace/trace-worker-api.ts';
import { copyText, Icon, isMenuKey, type MenuEntry, type MenuPoint, PointMenu, TextField } from '../../widgets/index.ts';
import { groupByClass, lifeShare, type ObjectRow, objectRows } from './object-groups.ts';
import { words } from './words.ts';
import './object-list.css';
import './objects.css';

const FILTER_FROM = 12;
const ROW_HEIGHT = 24;
const EVERY_MS = 500;
/** A list of so many takes its time on the way from the worker. */
const LONG_LIST = 5000;
const LONG_EVERY_MS = 2000;
const NONE: readonly [] = [];

/** The objects of a trace by class with their lifetimes, for the sidebar. Choosing one shows it in the inspector. */
export function ObjectList({ trace }: { readonly trace: TraceId }) {
  const count = useRef(0);
  const objects = useTraceQuery(trace, 'objects.list', {}, count.current > LONG_LIST ? LONG_EVERY_MS : EVERY_MS).value ?? NONE;
  count.current = objects.length;
  const selected = useView(trace, (view) => view.object);
  const summary = useCalmSummary(trace);
  const [filter, setFilter] = useState('');
  const [folded, setFolded] = useState<ReadonlySet<string>>(new Set());
  const { kind } = useTraceSource(trace);
  const wanted = filter.trim().toLowerCase();
  const rows = useMemo(() => {
    const matching = wanted === '' ? objects : objects.filter((each) => `${each.name}\n${each.className}`.toLowerCase().includes(wanted));
    return objectRows(groupByClass(matching), folded);
  }, [objects, wanted, folded]);
  if (objects.length === 0) return <p className="object-list-none">{noneTitle('objects', kind)}</p>;
  const fold = (name: string, isFolded: boolean) =>
    setFolded((before) => {
      const next = new Set(before);
      if (isFolded) next.add(name);
      else next.delete(name);
      return next;
    });
  return (
    <div className="object-list-all">
      {objects.length >= FILTER_FROM && (
        <div className="object-list-filter">
          <TextField aria-label={words.list.filter} placeholder={words.list.filterHint} icon={Search} size="s" value={filter} onChange={setFilter} />
        </div>
      )}
      {rows.length === 0 ? (
        <p className="object-list-none">{words.list.noMatch}</p>
      ) : (
        <Rows
          rows={rows}
          selected={selected}
          startNs={summary?.startNs ?? 0}
          endNs={summary?.endNs ?? 0}
          onPick={(object) => showObject(trace, object)}
          menuOf={(row, fold) => menuOf(trace, row, fold)}
          onFold={fold}
        />
      )}
    </div>
  );
}

/** What can be done with a row, by the right mouse button or the key for it. */
function menuOf(trace: TraceId, row: ObjectRow, fold: () => void): readonly MenuEntry[] {
  const copy = (text: string): MenuEntry => ({ label: words.list.copyName, icon: Copy, onSelect: () => copyText(text, words.list.copied) });
  if (row.kind === 'class') {
    return [{ label: row.isOpen ? words.list.fold : words.list.unfold, icon: row.isOpen ? ChevronDown : ChevronRight, onSelect: fold }, copy(row.className)];
  }
  const { id, name } = row.info;
  const side = (objectView: ObjectSide): MenuEntry => ({
    label: words.list.sides[objectView],
    onSelect: () => {
      selectObject(trace, id);
      showObjectSide(trace, objectView);
      showPanel('object');
    },
  });
  return [
    { kind: 'title', label: clipText(name, 60) },
    side('value'),
    side('fields'),
    side('history'),
    { kind: 'line' },
    {
      label: words.list.showTrack,
      icon: ChartGantt,
      onSelect: () => {
        showPanel('timeline');
        showObject(trace, id);
      },
    },
    copy(name),
  ];
}

interface RowsProps {
  readonly menuOf: (row: ObjectRow, fold: () => void) => readonly MenuEntry[];
  readonly rows: readonly ObjectRow[];
  readonly selected: number | undefined;
  readonly startNs: number;
  readonly endNs: number;
  readonly onPick: (object: number) => void;
  readonly onFold: (className: string, isFolded: boolean) => void;
}

/** Only the rows in sight exist, so the tree names its active row instead of moving the focus. */
function Rows({ rows, selected, startNs, endNs, onPick, onFold, menuOf }: RowsProps) {
  const [menu, setMenu] = useState<{ readonly row: ObjectRow; readonly at: MenuPoint }>();
  const place = useRef<HTMLDivElement>(null);
  const id = useId();
  const virtual = useVirtualizer({ count: rows.length, getScrollElement: () => place.current, estimateSize: () => ROW_HEIGHT, overscan: 8 });
  /** A class that has the keys; else the object that is chosen has them. */
  const [onClass, setOnClass] = useState<string>();
  const at = rows.findIndex((row) => (row.kind === 'class' ? row.className === onClass : onClass === undefined && row.info.id === selected));

  const go = (index: number) => {
    const row = rows[Math.max(0, Math.min(rows.length - 1, index))];
    if (!row) return;
    if (row.kind === 'class') setOnClass(row.className);
    else {
      setOnClass(undefined);
      onPick(row.info.id);
    }
    virtual.scrollToIndex(rows.indexOf(row));
  };
  const onKeyDown = (event: KeyboardEvent) => {
    const row = rows[at];
    const box = document.getElementById(`${id}-${at}`)?.getBoundingClientRect();
    if (row && box && isMenuKey(event)) {
      setMenu({ row, at: { x: box.left + 12, y: box.bottom } });
      event.preventDefault();
      event.stopPropagation();
      return;
    }
    if (event.ctrlKey || event.metaKey || event.altKey || event.shiftKey) return;
    if (event.key === 'ArrowDown') go(at + 1);
    else if (event.key === 'ArrowUp') go(at - 1);
    else if (event.key === 'Home') go(0);
    else if (event.key === 'End') go(rows.length - 1);
    // On an object the arrows step through its snapshots, as everywhere: the eye is on the inspector.
    else if (row?.kind !== 'class') return;
    else if (event.key === 'ArrowRight') onFold(row.className, false);
    else if (event.key === 'ArrowLeft') onFold(row.className, true);
    else if (event.key === 'Enter' || event.key === ' ') onFold(row.className, row.isOpen);
    else return;
    event.preventDefault();
    event.stopPropagation();
  };
  return (
    <div
      className="object-list"
      ref={place}
      role="tree"
      aria-label={words.list.label}
      tabIndex={0}
      aria-activedescendant={at >= 0 ? `${id}-${at}` : undefined}
      onKeyDown={onKeyDown}
      onContextMenu={(event) => {
        event.preventDefault();
        const item = (event.target as Element).closest('[role="treeitem"]');
        const row = item && rows[Number(item.id.slice(id.length + 1))];
        if (row) setMenu({ row, at: { x: event.clientX, y: event.clientY } });
      }}
      onFocus={() => at < 0 && rows[0]?.kind === 'class' && setOnClass(rows[0].className)}
    >
      {menu && (
        <PointMenu
          label={words.list.menu}
          at={menu.at}
          entries={menuOf(menu.row, () => menu.row.kind === 'class' && onFold(menu.row.className, menu.row.isOpen))}
          onClose={() => setMenu(undefined)}
        />
      )}
      <div className="value-tree-all" role="presentation" style={{ height: virtual.getTotalSize() }}>
        {virtual.getVirtualItems().map((item) => {
          const row = rows[item.index];
          if (!row) return null;
          const isActive = item.index === at;
          const common = { id: `${id}-${item.index}`, top: item.start, isActive };
          if (row.kind === 'class') {
            return (
              <ClassRow
                key={`class ${row.className}`}
                {...common}
                row={row}
                onClick={() => {
                  setOnClass(row.className);
                  onFold(row.className, row.isOpen);
                }}
              />
            );
          }
          const { from, to } = lifeShare(row.info, startNs, endNs);
          const { id: object, name, snapshots, deletedNs } = row.info;
          return (
            <MemberRow
              key={object}
              {...common}
              name={name}
              snapshots={snapshots}
              isDeleted={deletedNs !== undefined}
              isChosen={object === selected}
              place={row.place}
              siblings={row.siblings}
              from={from}
              to={to}
              onClick={() => {
                setOnClass(undefined);
                onPick(object);
              }}
            />
          );
        })}
      </div>
    </div>
  );
}

interface RowProps {
  readonly id: string;
  readonly top: number;
  /** Has the keys. */
  readonly isActive: boolean;
  readonly onClick: () => void;
}

function ClassRow({ id, top, isActive, row, onClick }: RowProps & { readonly row: ObjectRow & { readonly kind: 'class' } }) {
  return (
    // biome-ignore lint/a11y/useKeyWithClickEvents: the tree takes the keys for its active row.
    <div
      id={id}
      className={`object-class ${isActive ? 'object-active' : ''}`}
      role="treeitem"
      tabIndex={-1}
      aria-level={1}
      aria-posinset={row.place}
      aria-setsize={row.siblings}
      aria-expanded={row.isOpen}
      aria-selected={isActive}
      style={{ transform: `translateY(${top}px)` }}
      onClick={onClick}
    >
      <Icon of={row.isOpen ? ChevronDown : ChevronRight} size="xs" />
      <span className="object-name">{clipText(row.className, 120) || words.list.noClass}</span>
      <span className="object-count">{formatCount(row.count)}</span>
    </div>
  );
}

interface MemberRowProps extends RowProps {
  readonly name: string;
  readonly snapshots: number;
  readonly isDeleted: boolean;
  readonly isChosen: boolean;
  readonly place: number;
  readonly siblings: number;
  /** Of its life, as shares of the trace. */
  readonly from: number;
  readonly to: number;
}

const MemberRow = memo(
  function MemberRow({ id, top, isActive, name, snapshots, isDeleted, isChosen, place, siblings, from, to, onClick }: MemberRowProps) {
    return (
      // biome-ignore lint/a11y/useKeyWithClickEvents: the tree takes the keys for its active row.
      <div
        id={id}
        className={`object-row ${isChosen ? 'object-chosen' : ''} ${isActive ? 'object-active' : ''}`}
        role="treeitem"
        tabIndex={-1}
        aria-level={2}
        aria-posinset={place}
        aria-setsize={siblings}
        aria-selected={isChosen}
        title={`${clipText(name)}\n${words.list.about(snapshots, isDeleted)}`}
        style={{ transform: `translateY(${top}px)` }}
        onClick={onClick}
      >
        <Icon of={Box} />
        <span className="object-name">{clipText(name, 200)}</span>
        {isDeleted && <span className="object-deleted">{words.list.deleted}</span>}
        <span className="object-count" aria-hidden="true">
          {formatCount(snapshots)}
        </span>
        <span className="visually-hidden">, {words.list.about(snapshots, false)}</span>
        <span className={`object-life ${isDeleted ? 'object-life-over' : ''}`} aria-hidden="true">
          <i style={{ left: `${from * 100}%`, width: `${(to - from) * 100}%` }} />
        </span>
      </div>
    );
  },
  // What it does when it is clicked does not change with what it shows.
  (before, now) => (Object.keys(now) as (keyof MemberRowProps)[]).every((key) => key === 'onClick' || before[key] === now[key]),
);
