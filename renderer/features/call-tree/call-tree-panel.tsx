/** Which calls led where, and what time they took: from the outermost call inwards, or from where time was spent outwards. */
import { ChevronRight, EllipsisVertical } from 'lucide-react';
import { type KeyboardEvent, type MouseEvent, useState } from 'react';
import { clipText, formatCount, formatDuration } from '../../drawing/format.ts';
import { setTreeDirection, type TreeDirection, useCallTree } from '../../state/call-tree-store.ts';
import { highlightName } from '../../state/selection.ts';
import { usePlace } from '../../state/use-place.ts';
import type { NameInfo, TraceId } from '../../trace/trace-worker-api.ts';
import { FilterField, Icon, IconButton, isMenuKey, Menu, type MenuPoint, Segments } from '../../widgets/index.ts';
import { type ListColumn, RowList, ShareBar } from '../../widgets/row-list.tsx';
import { placeText } from '../place-words.ts';
import './call-tree.css';
import { changeEntries, showSandwich } from './change-menu.ts';
import { NoTree } from './no-tree.tsx';
import { TreeChanges } from './tree-changes.tsx';
import { keyOf, type ShownRow, shareOfAll } from './tree-rows.ts';
import { useFind } from './use-find.ts';
import { useLongest } from './use-longest.ts';
import { useTree } from './use-tree.ts';
import { placeOf, words } from './words.ts';

const ROW_HEIGHT = 22;

export function CallTreePanel({ trace }: { readonly trace: TraceId }) {
  const place = usePlace(trace);
  const { direction } = useCallTree(trace);
  const { rows, names, totalNs, done, problem, setOpen, reveal } = useTree(trace, place);
  const [activeKey, setActiveKey] = useState<string>();
  const [menu, setMenu] = useState<{ readonly open: boolean; readonly at?: MenuPoint | undefined }>({ open: false });
  const selectLongest = useLongest(trace, place);
  const found = activeKey === undefined ? -1 : rows.findIndex((row) => row.key === activeKey);
  const active = found < 0 ? undefined : found;
  const activeRow = active === undefined ? undefined : rows[active];
  const find = useFind(trace, place, (path) => {
    reveal(path);
    setActiveKey(keyOf(path));
    highlightName(trace, path.at(-1));
  });
  const looked = find.text.trim().toLowerCase();
  const matches = (row: ShownRow): boolean => looked !== '' && (names.get(row.row.name)?.text ?? '').toLowerCase().includes(looked);

  const activate = (row: ShownRow | undefined) => {
    if (!row) return;
    setActiveKey(row.key);
    highlightName(trace, row.row.name);
  };
  const toggle = (row: ShownRow) => row.row.hasChildren && setOpen([row.path], !row.isOpen);
  const openAll = (row: ShownRow) =>
    setOpen(
      rows.filter((each) => each.row.hasChildren && keyOf(each.path.slice(0, row.path.length)) === row.key).map((each) => each.path),
      true,
    );

  const onKey = (event: KeyboardEvent) => {
    if (activeRow && isMenuKey(event)) {
      const row = event.currentTarget.querySelector(`[aria-rowindex="${(active ?? 0) + 1}"]`) ?? event.currentTarget;
      const { left, bottom } = row.getBoundingClientRect();
      setMenu({ open: true, at: { x: left + 24, y: bottom } });
      event.preventDefault();
      event.stopPropagation();
      return;
    }
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    const at = active ?? -1;
    if (event.key === 'Home') activate(rows[0]);
    else if (event.key === 'End') activate(rows.at(-1));
    else if (!activeRow) return;
    else if (event.key === 'ArrowRight') {
      if (activeRow.isOpen) activate(rows[at + 1]);
      else toggle(activeRow);
    } else if (event.key === 'ArrowLeft') {
      if (activeRow.isOpen) toggle(activeRow);
      else activate(rows.slice(0, at).findLast((row) => row.level < activeRow.level));
    } else if (event.key === '*') openAll(activeRow);
    else return;
    event.preventDefault();
    event.stopPropagation();
  };
  const onContextMenu = (event: MouseEvent) => {
    event.preventDefault();
    const under = (event.target as Element).closest('[role="row"]')?.getAttribute('aria-rowindex');
    const row = under ? rows[Number(under) - 1] : activeRow;
    if (!row) return;
    activate(row);
    setMenu({ open: true, at: { x: event.clientX, y: event.clientY } });
  };

  const columns: readonly ListColumn<ShownRow>[] = [
    {
      id: 'name',
      title: words.columns.name,
      grow: { share: 1, from: 80 },
      className: 'ct-name',
      cell: (shown) => <NameCell shown={shown} about={names.get(shown.row.name)} onToggle={() => toggle(shown)} />,
      tip: ({ row }) => {
        const about = names.get(row.name);
        return clipText(about ? `${about.text} ${placeOf(about)}` : '');
      },
    },
    {
      id: 'total',
      title: words.columns.total,
      hint: words.titles.total[direction],
      width: 64,
      className: 'num',
      cell: ({ row }) => formatDuration(row.totalNs),
      voice: ({ row }) => `${words.columns.total} ${formatDuration(row.totalNs)}`,
    },
    {
      id: 'share',
      title: words.columns.share,
      hint: words.titles.share,
      className: 'num list-share',
      cell: ({ row }) => {
        const share = shareOfAll(row.totalNs, totalNs);
        return <ShareBar share={share} text={words.percent(share)} />;
      },
    },
    {
      id: 'self',
      title: words.columns.self,
      hint: words.titles.self,
      width: 64,
      over: 340,
      className: 'num',
      cell: ({ row }) => formatDuration(row.selfNs),
      voice: ({ row }) => `${words.columns.self} ${formatDuration(row.selfNs)}`,
    },
    {
      id: 'count',
      title: words.columns.count,
      hint: words.titles.count,
      width: 56,
      over: 420,
      className: 'num',
      cell: ({ row }) => formatCount(row.count),
      voice: ({ row }) => `${words.columns.count} ${formatCount(row.count)}`,
    },
  ];

  return (
    <section className="list-panel" aria-label={words.panel} onContextMenu={onContextMenu}>
      <div className="list-head">
        <Segments<TreeDirection>
          label={words.direction}
          value={direction}
          options={(['callees', 'callers'] as const).map((value) => ({ value, label: words.directions[value] }))}
          onChange={(value) => setTreeDirection(trace, value)}
        />
        <div className="list-tools">
          <FilterField
            className="list-filter"
            label={words.filter}
            value={find.text}
            onChange={find.setText}
            onEnter={(isBackwards) => find.toNext(activeRow?.path, isBackwards)}
          />
          <span className="ct-found t3" role="status">
            {find.status}
          </span>
          <span className="list-space" />
          <Menu
            align="end"
            open={menu.open}
            onOpen={(open) => setMenu({ open })}
            at={menu.at}
            trigger={<IconButton icon={EllipsisVertical} size="s" label={words.change} disabled={!activeRow} />}
            entries={
              activeRow
                ? changeEntries(
                    trace,
                    { name: activeRow.row.name, path: direction === 'callees' ? activeRow.path : undefined, about: names.get(activeRow.row.name) },
                    {
                      onLongest: () => selectLongest(activeRow.row.name),
                      onSandwich: () => showSandwich(trace, activeRow.row.name),
                      ...(activeRow.row.hasChildren && { onOpenAll: () => openAll(activeRow) }),
                    },
                  )
                : []
            }
          />
        </div>
      </div>
      <p className="list-place">
        <span className={place.kind === 'selected' ? 'accent' : 't2'}>{placeText(place)}</span>
        <span className="t3" role="status">
          {done !== undefined && words.counted(done)}
        </span>
      </p>
      <TreeChanges trace={trace} />
      {rows.length === 0 ? (
        <div className="list-empty">
          <NoTree trace={trace} problem={problem} answered={done !== undefined && done >= 1} />
        </div>
      ) : (
        <RowList
          label={words.tree(direction)}
          role="treegrid"
          columns={columns}
          titles={{}}
          total={rows.length}
          rowHeight={ROW_HEIGHT}
          rowAt={(index) => rows[index]}
          keyOf={(row) => row.key}
          active={active}
          onActive={(index) => activate(rows[index])}
          onOpen={() => activeRow && selectLongest(activeRow.row.name)}
          onKey={onKey}
          rowProps={(shown) => ({
            className: matches(shown) ? 'ct-match' : '',
            'aria-level': shown.level,
            'aria-posinset': shown.position,
            'aria-setsize': shown.siblings,
            ...(shown.row.hasChildren && { 'aria-expanded': shown.isOpen }),
            onDoubleClick: () => selectLongest(shown.row.name),
            onPointerEnter: () => highlightName(trace, shown.row.name),
            onPointerLeave: () => highlightName(trace, activeRow?.row.name),
          })}
        />
      )}
    </section>
  );
}

interface NameCellProps {
  readonly shown: ShownRow;
  /** Undefined: it has not come yet. */
  readonly about: NameInfo | undefined;
  readonly onToggle: () => void;
}

function NameCell({ shown, about, onToggle }: NameCellProps) {
  const { row, isOpen, level } = shown;
  const name = about?.text ?? '';
  const where = about ? placeOf(about) : '';
  return (
    <span className="ct-indent mono" style={{ paddingLeft: Math.min(level - 1, 40) * 12 }}>
      <button
        type="button"
        className="ct-twisty"
        tabIndex={-1}
        aria-label={isOpen ? words.close : words.open}
        data-open={isOpen}
        disabled={!row.hasChildren}
        onClick={(event) => {
          event.stopPropagation();
          onToggle();
        }}
      >
        {row.hasChildren && <Icon of={ChevronRight} size="xs" />}
      </button>
      <bdi className={about && name === '' ? 't3' : 'ct-text'}>{about ? clipText(name === '' ? words.unnamed : name, 200) : ''}</bdi>
      {where !== '' && <bdi className="ct-where t3">{clipText(where, 80)}</bdi>}
    </span>
  );
}
