/** The open part of the call tree of what is selected or in view, while it grows. */
import { useEffect, useMemo, useState } from 'react';
import { useCallTree } from '../../state/call-tree-store.ts';
import { useNames } from '../../state/use-names.ts';
import type { Place } from '../../state/use-place.ts';
import { useTraceQuery } from '../../state/use-trace-query.ts';
import type { NameId, NameInfo, TraceId } from '../../trace/trace-worker-api.ts';
import { keyOf, levelsOf, MOST_OPEN, type OpenChoices, type ShownRow, type TreePath, treeRows } from './tree-rows.ts';

const EVERY_MS = 500;
const NO_LEVELS = { levels: new Map(), totalNs: 0 };

interface CallTree {
  readonly rows: readonly ShownRow[];
  readonly names: ReadonlyMap<NameId, NameInfo>;
  readonly totalNs: number;
  /** Undefined: not answered yet. */
  readonly done: number | undefined;
  readonly problem: string | undefined;
  readonly setOpen: (paths: readonly TreePath[], open: boolean) => void;
  /** Opens what leads to a node. */
  readonly reveal: (path: TreePath) => void;
}

export function useTree(trace: TraceId, { scope }: Place): CallTree {
  const { direction, changes } = useCallTree(trace);
  const [choices, setChoices] = useState<OpenChoices>(new Map());
  const [paths, setPaths] = useState<readonly TreePath[]>([[]]);
  const question = { scope, direction, transforms: changes.map(({ transform }) => transform), paths };
  const answer = useTraceQuery(trace, 'analysis.tree', question, EVERY_MS);
  const { value, argument } = answer;
  const known = useMemo(() => (value && argument ? levelsOf(argument.paths, value) : NO_LEVELS), [value, argument]);
  const { rows, wanted } = useMemo(() => treeRows(known.levels, choices), [known, choices]);
  const wantedKey = wanted.map(keyOf).join(',');
  // biome-ignore lint/correctness/useExhaustiveDependencies: paths are new objects with each answer; their key tells whether they are others.
  useEffect(() => setPaths(wanted), [wantedKey]);
  const names = useNames(
    trace,
    rows.map(({ row }) => row.name),
  );
  const setOpen = (paths: readonly TreePath[], open: boolean) =>
    setChoices((before) => new Map([...before, ...paths.map((path) => [keyOf(path), open] as const)]));
  const reveal = (path: TreePath) => {
    const above = path.slice(0, -1).map((_, k) => path.slice(0, k + 1));
    // Where as much is open as can be, the rest closes for it.
    if (wanted.length + above.length > MOST_OPEN) setChoices(new Map(above.map((each) => [keyOf(each), true])));
    else setOpen(above, true);
  };
  return { rows, names, totalNs: known.totalNs, done: value?.done, problem: answer.problem, setOpen, reveal };
}
