// biome-ignore-all lint/a11y/useSemanticElements: rows of a virtual list are placed by pixels; a <tr> would bring a table's layout.
// biome-ignore-all lint/a11y/useFocusableInteractive: the tree has the focus and names its active row.
/** Which calls led where, and what time they took: from the outermost call inwards, or from where time was spent outwards. */
import { ChevronRight, EllipsisVertical, Search, X } from 'lucide-react';
import { type KeyboardEvent, type MouseEvent, useId, useState } from 'react';
import { clipText, formatCount, formatDuration } from '../../drawing/format.ts';
import { setTreeDirection, type TreeDirection, useCallTree } from '../../state/call-tree-store.ts';
import { highlightName } from '../../state/selection.ts';
import { usePlace } from '../../state/use-place.ts';
import type { TraceId } from '../../trace/trace-worker-api.ts';
import { BigList } from '../../widgets/big-list.tsx';
import { Icon, IconButton, isMenuKey, Menu, type MenuPoint, Segments, TextField } from '../../widgets/index.ts';
import { placeText } from '../place-words.ts';
import './call-tree.css';
import { changeEntries, showSandwich } from './change-menu.ts';
import { NoTree } from './no-tree.tsx';
import { TreeChanges } from './tree-changes.tsx';
import { keyOf, type ShownRow, shareOfAll } from './tree-rows.ts';
import { useLongest } from './use-longest.ts';
import { useTree } from './use-tree.ts';
import { placeOf, words } from './words.ts';

const ROW_HEIGHT = 22;

export function CallTreePanel({ trace }: { readonly trace: TraceId }) {
  const id = useId();
  const place = usePlace(trace);
  const { direction } = useCallTree(trace);
  const { rows, names, totalNs, done, problem, setOpen } = useTree(trace, place);
  const [activeKey, setActiveKey] = useState<string>();
  const [text, setText] = useState('');
  const [menu, setMenu] = useState<{ readonly open: boolean; readonly at?: MenuPoint | undefined }>({ open: false });
  const selectLongest = useLongest(trace, place);
  const found = activeKey === undefined ? -1 : rows.findIndex((row) => row.key === activeKey);
  const active = found < 0 ? undefined : found;
  const activeRow = active === undefined ? undefined : rows[active];
  const looked = text.trim().toLowerCase();
  const matches = (row: ShownRow): boolean => looked !== '' && (names.get(row.row.name)?.text ?? '').toLowerCase().includes(looked);

  const activate = (row: ShownRow | undefined) => {
    if (!row) return;
    setActiveKey(row.key);
    highlightName(trace, row.row.name);
  };
  const toNextMatch = (step: 1 | -1) => {
    for (let k = 1; k <= rows.length; k++) {
      const row = rows[((active ?? -1) + step * k + rows.length * 2) % rows.length];
      if (row && matches(row)) return activate(row);
    }
  };
  const toggle = (row: ShownRow) => row.row.hasChildren && setOpen([row.path], !row.isOpen);
  const openAll = (row: ShownRow) =>
    setOpen(
      rows.filter((each) => each.row.hasChildren && keyOf(each.path.slice(0, row.path.length)) === row.key).map((each) => each.path),
      true,
    );

  const onKeyDown = (event: KeyboardEvent) => {
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
    if (event.key === 'ArrowDown') activate(rows[Math.min(rows.length - 1, at + 1)]);
    else if (event.key === 'ArrowUp') activate(rows[Math.max(0, at - 1)]);
    else if (event.key === 'Home') activate(rows[0]);
    else if (event.key === 'End') activate(rows.at(-1));
    else if (!activeRow) return;
    else if (event.key === 'ArrowRight') {
      if (activeRow.isOpen) activate(rows[at + 1]);
      else toggle(activeRow);
    } else if (event.key === 'ArrowLeft') {
      if (activeRow.isOpen) toggle(activeRow);
      else activate(rows.slice(0, at).findLast((row) => row.level < activeRow.level));
    } else if (event.key === 'Enter') selectLongest(activeRow.row.name);
    else if (event.key === '*') openAll(activeRow);
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

  return (
    <section className="ct" aria-label={words.panel} onContextMenu={onContextMenu}>
      <div className="ct-head">
        <Segments<TreeDirection>
          label={words.direction}
          value={direction}
          options={(['callees', 'callers'] as const).map((value) => ({ value, label: words.directions[value] }))}
          onChange={(value) => setTreeDirection(trace, value)}
        />
        <TextField
          className="ct-filter"
          aria-label={words.filter}
          placeholder={words.filter}
          icon={Search}
          size="s"
          value={text}
          onChange={setText}
          onKeyDown={(event) => {
            if (event.key === 'Enter') toNextMatch(event.shiftKey ? -1 : 1);
            else if (event.key === 'Escape' && text !== '') setText('');
            else return;
            event.preventDefault();
            event.stopPropagation();
          }}
          after={text !== '' && <IconButton icon={X} size="s" label={words.clearFilter} onClick={() => setText('')} />}
        />
        <span className="ct-space" />
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
      <p className="ct-place">
        <span className={place.kind === 'selected' ? 'accent' : 't2'}>{placeText(place)}</span>
        <span className="t3" role="status">
          {done !== undefined && words.counted(done)}
        </span>
      </p>
      <TreeChanges trace={trace} />
      {rows.length === 0 ? (
        <div className="ct-empty">
          <NoTree trace={trace} problem={problem} answered={done !== undefined && done >= 1} />
        </div>
      ) : (
        <>
          <div className="ct-row ct-titles" aria-hidden="true">
            <span className="ct-name">{words.columns.name}</span>
            <span className="num" title={words.titles.total[direction]}>
              {words.columns.total}
            </span>
            <span className="num ct-share" title={words.titles.share}>
              {words.columns.share}
            </span>
            <span className="num ct-self" title={words.titles.self}>
              {words.columns.self}
            </span>
            <span className="num ct-count" title={words.titles.count}>
              {words.columns.count}
            </span>
          </div>
          <BigList
            label={words.tree(direction)}
            role="treegrid"
            total={rows.length}
            rowHeight={ROW_HEIGHT}
            follow={false}
            onFollow={() => {}}
            onWindow={() => {}}
            active={active}
            activeId={active === undefined ? undefined : `${id}-${active}`}
            onKeyDown={onKeyDown}
            row={(index) => {
              const shown = rows[index];
              if (!shown) return null;
              const { row } = shown;
              const about = names.get(row.name);
              const share = shareOfAll(row.totalNs, totalNs);
              const name = about?.text ?? '';
              const where = about ? placeOf(about) : '';
              return (
                // biome-ignore lint/a11y/useKeyWithClickEvents: the tree takes the keys for its active row.
                <div
                  key={shown.key}
                  id={`${id}-${index}`}
                  role="row"
                  tabIndex={-1}
                  aria-level={shown.level}
                  aria-posinset={shown.position}
                  aria-setsize={shown.siblings}
                  aria-rowindex={index + 1}
                  aria-expanded={row.hasChildren ? shown.isOpen : undefined}
                  aria-selected={index === active}
                  className={`ct-row ${index === active ? 'ct-active' : ''} ${matches(shown) ? 'ct-match' : ''}`}
                  onClick={() => activate(shown)}
                  onDoubleClick={() => selectLongest(row.name)}
                  onPointerEnter={() => highlightName(trace, row.name)}
                  onPointerLeave={() => highlightName(trace, activeRow?.row.name)}
                >
                  <span
                    role="gridcell"
                    className="ct-name mono"
                    style={{ paddingLeft: Math.min(shown.level - 1, 40) * 12 }}
                    title={clipText(`${name} ${where}`)}
                  >
                    <button
                      type="button"
                      className="ct-twisty"
                      tabIndex={-1}
                      aria-label={shown.isOpen ? words.close : words.open}
                      data-open={shown.isOpen}
                      disabled={!row.hasChildren}
                      onClick={(event) => {
                        event.stopPropagation();
                        toggle(shown);
                      }}
                    >
                      {row.hasChildren && <Icon of={ChevronRight} size="xs" />}
                    </button>
                    <bdi className={about && name === '' ? 't3' : 'ct-text'}>{about ? clipText(name === '' ? words.unnamed : name, 200) : ''}</bdi>
                    {where !== '' && <bdi className="ct-where t3">{clipText(where, 80)}</bdi>}
                  </span>
                  <span role="gridcell" className="num" aria-label={`${words.columns.total} ${formatDuration(row.totalNs)}`}>
                    {formatDuration(row.totalNs)}
                  </span>
                  <span role="gridcell" className="num ct-share">
                    <i aria-hidden="true">
                      <b style={{ transform: `scaleX(${share})` }} />
                    </i>
                    {words.percent(share)}
                  </span>
                  <span role="gridcell" className="num ct-self" aria-label={`${words.columns.self} ${formatDuration(row.selfNs)}`}>
                    {formatDuration(row.selfNs)}
                  </span>
                  <span role="gridcell" className="num ct-count" aria-label={`${words.columns.count} ${formatCount(row.count)}`}>
                    {formatCount(row.count)}
                  </span>
                </div>
              );
            }}
          />
        </>
      )}
    </section>
  );
}
