import type { NameId } from '../timeline-types.ts';
import type { PathTree } from './path-tree.ts';
import { type Children, nodeAt } from './path-views.ts';

/** A node that was looked for, as the path of names that leads to it. */
export interface FoundInTree {
  /** Undefined: there is none. */
  readonly path: readonly NameId[] | undefined;
  /** Its place among all that match, from 1; 0: there is none. */
  readonly position: number;
  readonly total: number;
}

/**
 * The next node whose name matches, behind the node of a path (or before it), in the order in which an open tree is read from the top: round the end it begins
 * anew. Without that node, from the top.
 */
export function findInTree(
  tree: PathTree,
  children: Children,
  matches: (name: NameId) => boolean,
  from: readonly NameId[] | undefined,
  backwards: boolean,
): FoundInTree {
  const start = from === undefined ? -1 : nodeAt(tree, from);
  const found: number[] = [];
  /** How many of the found ones come before the start, it left out. */
  let before = 0;
  let isPast = false;
  const stack = [...children.of(0)].reverse();
  for (let node = stack.pop(); node !== undefined; node = stack.pop()) {
    if (node === start) {
      before = found.length;
      isPast = true;
    }
    if (matches(tree.name[node] as number)) found.push(node);
    const below = children.of(node);
    for (let k = below.length - 1; k >= 0; k--) stack.push(below[k] as number);
  }
  const total = found.length;
  if (total === 0) return { path: undefined, position: 0, total };
  const isOn = isPast && found[before] === start;
  const next = backwards ? (isPast ? before - 1 : total - 1) : before + (isOn ? 1 : 0);
  const at = (next + total) % total;
  return { path: pathOf(tree, found[at] as number), position: at + 1, total };
}

function pathOf(tree: PathTree, node: number): readonly NameId[] {
  const path: NameId[] = [];
  for (let up = node; up > 0; up = tree.parent[up] as number) path.push(tree.name[up] as number);
  return path.reverse();
}
