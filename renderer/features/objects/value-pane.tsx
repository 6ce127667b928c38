/** A value as a tree, with what changed in it and a search. */
import { ArrowDown, ArrowUp, Camera, Equal, Search, X } from 'lucide-react';
import { type KeyboardEvent, useCallback, useEffect, useMemo, useRef, useState } from 'react';
import { clipText } from '../../drawing/format.ts';
import { samePath, selectField } from '../../state/object-steps.ts';
import { useView } from '../../state/view-store.ts';
import type { SnapshotView, TraceId } from '../../trace/trace-worker-api.ts';
import { EmptyState, IconButton, TextField } from '../../widgets/index.ts';
import { type Folds, valueRows } from './value-rows.ts';
import { MOST_HITS, searchValue } from './value-search.ts';
import { ValueTree } from './value-tree.tsx';
import { words } from './words.ts';

interface ValuePaneProps {
  readonly trace: TraceId;
  readonly name: string;
  readonly snapshot: SnapshotView | undefined;
  readonly problem: string | undefined;
  readonly isDiff: boolean;
  readonly onlyChanges: boolean;
  readonly onOnlyChanges: (onlyChanges: boolean) => void;
  /** Undefined: there is no search. */
  readonly search: string | undefined;
  readonly onSearch: (search: string | undefined) => void;
}

const NO_HITS: ReadonlySet<string> = new Set();

export function ValuePane({ trace, name, snapshot, problem, isDiff, onlyChanges, onOnlyChanges, search, onSearch }: ValuePaneProps) {
  const field = useView(trace, (view) => view.field);
  const [folds, setFolds] = useState<Folds>(new Map());
  const [selected, setSelected] = useState<string>();
  const [hitAt, setHitAt] = useState(0);
  const [reveal, setReveal] = useState<{ readonly path: string }>();
  const place = useRef<HTMLDivElement>(null);
  const input = useRef<HTMLInputElement>(null);

  const fields = snapshot?.fields;
  const rows = useMemo(() => valueRows(fields ?? [], folds, onlyChanges), [fields, folds, onlyChanges]);
  const hits = useMemo(() => searchValue(fields ?? [], search ?? ''), [fields, search]);
  const hitPaths = useMemo(() => (hits.length === 0 ? NO_HITS : new Set(hits.map((hit) => hit.path))), [hits]);
  // What opened by itself because of a change stays open when the next snapshot changes something else.
  useEffect(() => {
    const opened = rows.filter((row) => row.open && !folds.has(row.path));
    if (opened.length > 0) setFolds((before) => new Map([...opened.map((row) => [row.path, true] as const), ...before]));
  }, [rows, folds]);
  const fold = useCallback((path: string, open: boolean) => setFolds((before) => new Map(before).set(path, open)), []);

  // What was chosen elsewhere is chosen here, too.
  const isChosen = (path: string | undefined) => {
    const row = rows.find((each) => each.path === path);
    return row !== undefined && field !== undefined && samePath(row.keys, field);
  };
  const active = isChosen(selected) ? selected : field && rows.find((row) => samePath(row.keys, field))?.path;
  const select = (path: string) => {
    setSelected(path);
    const row = rows.find((each) => each.path === path);
    if (row) selectField(trace, row.keys);
  };

  const [wanted, setWanted] = useState<string>();
  const goToHit = (at: number, among = hits) => {
    const index = among.length === 0 ? 0 : (at + among.length) % among.length;
    setHitAt(index);
    const hit = among[index];
    if (!hit) return;
    onOnlyChanges(false);
    setFolds((before) => new Map([...before, ...hit.parents.map((path) => [path, true] as const)]));
    setWanted(hit.path);
  };
  // Once its row is there: what it lies in may have been folded.
  useEffect(() => {
    const row = wanted === undefined ? undefined : rows.find((each) => each.path === wanted);
    if (!row) return;
    setWanted(undefined);
    setSelected(row.path);
    selectField(trace, row.keys);
    setReveal({ path: row.path });
  }, [wanted, rows, trace]);

  const isSearching = search !== undefined;
  useEffect(() => {
    if (isSearching) input.current?.select();
  }, [isSearching]);
  const closeSearch = () => {
    onSearch(undefined);
    place.current?.querySelector<HTMLElement>('[role=tree]')?.focus();
  };
  const onKeyDown = (event: KeyboardEvent) => {
    if (!(event.ctrlKey || event.metaKey) || event.altKey || event.shiftKey || event.key.toLowerCase() !== 'f') return;
    if (search === undefined) onSearch('');
    else input.current?.select();
    event.preventDefault();
    event.stopPropagation();
  };
  const onSearchKey = (event: KeyboardEvent) => {
    if (event.key === 'Enter') goToHit(event.shiftKey ? hitAt - 1 : hitAt + (isChosen(hits[hitAt]?.path) ? 1 : 0));
    else if (event.key === 'Escape') closeSearch();
    else return;
    event.preventDefault();
    event.stopPropagation();
  };

  return (
    // biome-ignore lint/a11y/noStaticElementInteractions: Ctrl+F searches here from whichever control inside has the focus.
    <div className="value-pane" ref={place} onKeyDown={onKeyDown}>
      {search !== undefined && (
        <div className="value-tools">
          <TextField
            ref={input}
            size="s"
            icon={Search}
            aria-label={words.search}
            placeholder={words.search}
            value={search}
            onChange={(text) => {
              onSearch(text);
              setHitAt(0);
            }}
            onKeyDown={onSearchKey}
            after={
              search.trim() !== '' && (
                <span className="value-hits" role="status">
                  {words.hits(Math.min(hitAt, hits.length - 1), hits.length, hits.length < MOST_HITS)}
                </span>
              )
            }
          />
          <IconButton icon={ArrowUp} size="s" label={words.previousHit} keys="Shift+Enter" disabled={hits.length === 0} onClick={() => goToHit(hitAt - 1)} />
          <IconButton icon={ArrowDown} size="s" label={words.nextHit} keys="Enter" disabled={hits.length === 0} onClick={() => goToHit(hitAt + 1)} />
          <IconButton icon={X} size="s" label={words.searchClose} onClick={closeSearch} />
        </div>
      )}
      {problem !== undefined && !snapshot ? (
        <EmptyState icon={Camera} tone="error" title={words.cannotRead}>
          {problem}
        </EmptyState>
      ) : onlyChanges && snapshot && rows.length === 0 ? (
        <EmptyState icon={Equal} title={isDiff ? words.noDifference.title : words.noChanges.title}>
          {isDiff ? words.noDifference.text : words.noChanges.text}
        </EmptyState>
      ) : (
        snapshot && (
          <ValueTree rows={rows} label={words.valueOf(clipText(name, 80))} selected={active} onSelect={select} onFold={fold} hits={hitPaths} reveal={reveal} />
        )
      )}
    </div>
  );
}
