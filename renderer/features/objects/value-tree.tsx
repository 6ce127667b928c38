import { useVirtualizer } from '@tanstack/react-virtual';
import { ChevronDown, ChevronRight } from 'lucide-react';
import { type KeyboardEvent, memo, useEffect, useId, useRef } from 'react';
import { clipText } from '../../drawing/format.ts';
import type { ValueNode } from '../../trace/trace-worker-api.ts';
import { Icon } from '../../widgets/index.ts';
import { NumberBars } from './number-bars.tsx';
import { cutWords, MARKS, markerWords, type ValueRow } from './value-rows.ts';
import { words } from './words.ts';

const ROW_HEIGHT = 20;
const INDENT = 16;
/** Deeper levels stand below one another, with their number. */
const MOST_INDENTS = 9;

interface ValueTreeProps {
  readonly rows: readonly ValueRow[];
  readonly label: string;
  readonly selected: string | undefined;
  readonly onSelect: (path: string) => void;
  readonly onFold: (path: string, open: boolean) => void;
  /** Rows that a search has found. */
  readonly hits: ReadonlySet<string>;
  /** Comes into sight when it becomes another one. */
  readonly reveal: { readonly path: string } | undefined;
}

/**
 * The value as a tree. Only the rows in sight exist, so the tree names its active row instead of moving the focus. The arrows fold; on a value
 * without entries they are not taken, and step through the snapshots as everywhere.
 */
export function ValueTree({ rows, label, selected, onSelect, onFold, hits, reveal }: ValueTreeProps) {
  const place = useRef<HTMLDivElement>(null);
  const id = useId();
  const virtual = useVirtualizer({ count: rows.length, getScrollElement: () => place.current, estimateSize: () => ROW_HEIGHT, overscan: 12 });
  const at = rows.findIndex((row) => row.path === selected);

  const latest = useRef({ rows, virtual });
  latest.current = { rows, virtual };
  useEffect(() => {
    if (!reveal) return;
    const index = latest.current.rows.findIndex((row) => row.path === reveal.path);
    if (index >= 0) latest.current.virtual.scrollToIndex(index, { align: 'auto' });
  }, [reveal]);

  const select = (index: number) => {
    const row = rows[Math.max(0, Math.min(rows.length - 1, index))];
    if (!row) return;
    onSelect(row.path);
    virtual.scrollToIndex(rows.indexOf(row));
  };
  const onKeyDown = (event: KeyboardEvent) => {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    if (event.shiftKey) return;
    const row = rows[at];
    if (event.key === 'ArrowDown') select(at + 1);
    else if (event.key === 'ArrowUp') select(at - 1);
    else if (event.key === 'Home') select(0);
    else if (event.key === 'End') select(rows.length - 1);
    else if (event.key === 'ArrowRight' && row?.branch) {
      if (row.open) select(at + 1);
      else onFold(row.path, true);
    } else if (event.key === 'ArrowLeft' && row?.branch) {
      if (row.open) onFold(row.path, false);
      else if (row.parent !== undefined) select(rows.findIndex((each) => each.path === row.parent));
    } else if ((event.key === 'Enter' || event.key === ' ') && row?.branch) onFold(row.path, !row.open);
    else return;
    event.preventDefault();
    event.stopPropagation();
  };

  return (
    <div
      className="value-tree"
      ref={place}
      role="tree"
      aria-label={label}
      tabIndex={0}
      aria-activedescendant={at >= 0 ? `${id}-${at}` : undefined}
      onKeyDown={onKeyDown}
      onFocus={() => at < 0 && rows[0] && onSelect(rows[0].path)}
    >
      <div className="value-tree-all" role="presentation" style={{ height: virtual.getTotalSize() }}>
        {virtual.getVirtualItems().map((item) => {
          const row = rows[item.index];
          return (
            row && (
              <Row
                key={row.path}
                id={`${id}-${item.index}`}
                row={row}
                top={item.start}
                selected={item.index === at}
                isHit={hits.has(row.path)}
                onSelect={onSelect}
                onFold={onFold}
              />
            )
          );
        })}
      </div>
    </div>
  );
}

interface RowProps {
  readonly id: string;
  readonly row: ValueRow;
  readonly top: number;
  readonly selected: boolean;
  readonly isHit: boolean;
  readonly onSelect: (path: string) => void;
  readonly onFold: (path: string, open: boolean) => void;
}

const Row = memo(function Row({ id, row, top, selected, isHit, onSelect, onFold }: RowProps) {
  const { node } = row;
  const mark = node.change && MARKS[node.change];
  return (
    // biome-ignore lint/a11y/useKeyWithClickEvents: the tree takes the keys for its active row.
    <div
      id={id}
      className={`value-row ${node.change ? `value-${node.change}` : ''} ${selected ? 'value-selected' : ''} ${isHit ? 'value-hit' : ''}`}
      role="treeitem"
      tabIndex={-1}
      aria-level={row.depth + 1}
      aria-posinset={row.place}
      aria-setsize={row.siblings}
      aria-selected={selected}
      {...(row.branch && { 'aria-expanded': row.open })}
      style={{ transform: `translateY(${top}px)` }}
      onClick={() => {
        onSelect(row.path);
        if (row.branch) onFold(row.path, !row.open);
      }}
    >
      <span className="value-sign" title={mark?.word}>
        {mark?.sign}
        {mark && <span className="visually-hidden">{mark.word}</span>}
      </span>
      <span className="value-indent" style={{ width: Math.min(row.depth, MOST_INDENTS) * INDENT }}>
        {row.depth > MOST_INDENTS && row.depth}
      </span>
      <span className="value-fold">{row.branch && <Icon of={row.open ? ChevronDown : ChevronRight} size="xs" />}</span>
      {row.kind === 'value' && (
        <span className={/^\d+$/.test(node.key) ? 'value-key value-index' : 'value-key'} title={node.key.length > 40 ? clipText(node.key) : undefined}>
          {clipText(node.key, 120)}:
        </span>
      )}
      {node.from !== undefined && <span className="value-words value-from">{words.movedFrom(clipText(node.from, 20))}</span>}
      <Value node={node} branch={row.branch} open={row.open} />
      {row.branch && <NumberBars node={node} />}
    </div>
  );
});

function Value({ node, branch, open }: { readonly node: ValueNode; readonly branch: boolean; readonly open: boolean }) {
  const words = markerWords(node);
  const cut = cutWords(node);
  if (words !== undefined) {
    return (
      <span className="value-words" title={clipText(words)}>
        {words}
      </span>
    );
  }
  if (branch) {
    return (
      <span className="value-type" title={clipText(node.text)}>
        {open ? (node.className ?? branchName(node)) : node.text}
      </span>
    );
  }
  return (
    <span className="value-leaf" title={node.text.length > 40 || node.before !== undefined ? clipText(titleOf(node)) : undefined}>
      {node.change === 'changed' && node.before !== undefined && (
        <>
          <del>{node.before}</del>
          <span className="value-arrow">→</span>
        </>
      )}
      {node.change === 'removed' ? <del>{node.text}</del> : <span className={node.change === 'changed' ? 'value-new' : undefined}>{node.text}</span>}
      {node.className !== undefined && <span className="value-type"> {node.className}</span>}
      {cut !== undefined && <span className="value-words value-rest">{cut}</span>}
    </span>
  );
}

const titleOf = (node: ValueNode): string => (node.before === undefined ? node.text : `${node.before} → ${node.text}`);

function branchName(node: ValueNode): string {
  const count = (node.children?.length ?? 0) + (node.cut ?? 0);
  if (node.type === 'array') return `Array(${count})`;
  if (node.type === 'map') return `Map(${count})`;
  if (node.type === 'set') return `Set(${count})`;
  if (node.type === 'object') return '';
  return node.text;
}
