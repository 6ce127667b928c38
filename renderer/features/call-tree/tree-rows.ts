/** The open part of a call tree as rows from the top. */
import type { NameId, TreeLevels, TreeRow } from '../../trace/trace-worker-api.ts';

export type TreePath = readonly NameId[];

export interface ShownRow {
  readonly key: string;
  /** Names from the root, its own last. */
  readonly path: TreePath;
  readonly row: TreeRow;
  /** From 1. */
  readonly level: number;
  readonly isOpen: boolean;
  readonly position: number;
  readonly siblings: number;
}

export const keyOf = (path: TreePath): string => path.join(' ');

/** What the user did: an only child is open until it is closed, everything else is closed until it is opened. */
export type OpenChoices = ReadonlyMap<string, boolean>;

/** As many open nodes are asked for at once; what is opened beyond stays empty. */
export const MOST_OPEN = 500;
/** An only child opens by itself down to here: a recursion would open without end. */
const MOST_BY_ITSELF = 40;

export interface KnownLevels {
  readonly levels: ReadonlyMap<string, readonly TreeRow[]>;
  readonly totalNs: number;
}

export function levelsOf(paths: readonly TreePath[], answer: TreeLevels): KnownLevels {
  return { levels: new Map(paths.map((path, k) => [keyOf(path), answer.levels[k] ?? []])), totalNs: answer.totalNs };
}

/** Rows to show, and the paths whose children they need: asked for whether they are known or not, since they change while a trace grows. */
export function treeRows(levels: ReadonlyMap<string, readonly TreeRow[]>, choices: OpenChoices): { readonly rows: ShownRow[]; readonly wanted: TreePath[] } {
  const rows: ShownRow[] = [];
  const wanted: TreePath[] = [[]];
  const stack: { readonly path: TreePath; readonly children: readonly TreeRow[]; at: number }[] = [{ path: [], children: levels.get('') ?? [], at: 0 }];
  for (let top = stack.at(-1); top; top = stack.at(-1)) {
    const { children, at } = top;
    const row = children[at];
    if (!row) {
      stack.pop();
      continue;
    }
    top.at++;
    const path = [...top.path, row.name];
    const key = keyOf(path);
    const byItself = children.length === 1 && path.length <= MOST_BY_ITSELF;
    const isOpen = row.hasChildren && (choices.get(key) ?? byItself) && wanted.length < MOST_OPEN;
    rows.push({ key, path, row, level: path.length, isOpen, position: at + 1, siblings: children.length });
    if (!isOpen) continue;
    wanted.push(path);
    stack.push({ path, children: levels.get(key) ?? [], at: 0 });
  }
  return { rows, wanted };
}

export const shareOfAll = (ns: number, totalNs: number): number => (totalNs > 0 ? Math.min(1, Math.max(0, ns / totalNs)) : 0);
