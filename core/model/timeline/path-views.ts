import type { FlameLayout, NameId, TreeRow, TreeTransform } from '../timeline-types.ts';
import { PathTree } from './path-tree.ts';

/** Boxes of a flame graph: more could not be seen. */
const MAX_BOXES = 50_000;
const NOWHERE = -1;

/** A call tree changed by transforms, one after the other. `fileNameOf`: name that stands for all functions of the file of `like`, if `name` is one of them. */
export function transformed(tree: PathTree, transforms: readonly TreeTransform[], fileNameOf: (name: NameId, like: NameId) => NameId | undefined): PathTree {
  let changed = tree;
  for (const transform of transforms) changed = once(changed, transform, fileNameOf);
  return changed;
}

function once(tree: PathTree, transform: TreeTransform, fileNameOf: (name: NameId, like: NameId) => NameId | undefined): PathTree {
  const made = new PathTree();
  const places = new Int32Array(tree.length).fill(NOWHERE);
  const place = placerOf(tree, made, transform, fileNameOf);
  places[0] = transform.kind === 'focus' || transform.kind === 'focus-path' ? NOWHERE : 0;
  for (let node = 1; node < tree.length; node++) places[node] = place(node, tree.name[node] as number, places[tree.parent[node] as number] as number);
  return made;
}

/** Puts a node into the new tree, below the place of its parent, and tells its place. */
function placerOf(
  tree: PathTree,
  made: PathTree,
  transform: TreeTransform,
  fileNameOf: (name: NameId, like: NameId) => NameId | undefined,
): (node: number, name: NameId, above: number) => number {
  const keep = (node: number, name: NameId, above: number): number => {
    const place = made.child(above, name);
    made.put(place, tree.count[node] as number, tree.total[node] as number, tree.self[node] as number);
    return place;
  };
  const giveSelf = (node: number, place: number): number => {
    made.put(place, 0, 0, tree.self[node] as number);
    return place;
  };
  switch (transform.kind) {
    case 'merge':
      return (node, name, above) => (name === transform.name ? giveSelf(node, above) : keep(node, name, above));
    case 'drop':
      return (node, name, above) => {
        if (above === NOWHERE) return NOWHERE;
        if (name !== transform.name) return keep(node, name, above);
        for (let up = above; up > 0; up = made.parent[up] as number) made.put(up, 0, -(tree.total[node] as number), 0);
        return NOWHERE;
      };
    case 'focus':
      return (node, name, above) => {
        if (above !== NOWHERE) return keep(node, name, above);
        return name === transform.name ? keep(node, name, 0) : NOWHERE;
      };
    case 'focus-path': {
      const focused = nodeAt(tree, transform.path);
      return (node, name, above) => {
        if (node === focused) return keep(node, name, 0);
        return above === NOWHERE ? NOWHERE : keep(node, name, above);
      };
    }
    case 'collapse': {
      const collapsed = new Uint8Array(tree.length);
      return (node, name, above) => {
        if (collapsed[tree.parent[node] as number] === 1) {
          collapsed[node] = 1;
          return giveSelf(node, above);
        }
        if (name === transform.name) collapsed[node] = 1;
        return keep(node, name, above);
      };
    }
    case 'collapse-recursion':
      return (node, name, above) => {
        if (name !== transform.name) return keep(node, name, above);
        for (let up = above; up > 0; up = made.parent[up] as number) {
          if (made.name[up] !== name) continue;
          made.put(up, tree.count[node] as number, 0, tree.self[node] as number);
          return up;
        }
        return keep(node, name, above);
      };
    case 'merge-file':
      return (node, name, above) => {
        const file = fileNameOf(name, transform.name);
        if (file === undefined) return keep(node, name, above);
        return above > 0 && made.name[above] === file ? giveSelf(node, above) : keep(node, file, above);
      };
  }
}

/**
 * From where time was spent outwards: the children of the root are functions, by the time that they took themselves; below each are its callers. With `of`
 * only that function, and all the time that its outermost calls took.
 */
export function inverted(tree: PathTree, of?: NameId): PathTree {
  const made = new PathTree();
  for (let node = 1; node < tree.length; node++) {
    if (of !== undefined && (tree.name[node] !== of || hasAbove(tree, node, of))) continue;
    const timeNs = (of === undefined ? tree.self[node] : tree.total[node]) as number;
    const count = tree.count[node] as number;
    if (count === 0 && timeNs === 0) continue;
    let place = 0;
    for (let up = node; up > 0; up = tree.parent[up] as number) {
      place = made.child(place, tree.name[up] as number);
      made.put(place, count, timeNs, up === node ? (tree.self[node] as number) : 0);
    }
  }
  return made;
}

function hasAbove(tree: PathTree, node: number, name: NameId): boolean {
  for (let up = tree.parent[node] as number; up > 0; up = tree.parent[up] as number) if (tree.name[up] === name) return true;
  return false;
}

/** Node at the end of a path of names; -1: there is none. */
export function nodeAt(tree: PathTree, path: readonly NameId[]): number {
  let node = 0;
  for (const name of path) {
    node = tree.find(node, name);
    if (node < 0) return -1;
  }
  return node;
}

/** Children of each node, heaviest first. */
export class Children {
  readonly #first: Uint32Array;
  readonly #children: Uint32Array;

  constructor(tree: PathTree) {
    const first = new Uint32Array(tree.length + 1);
    for (let node = 1; node < tree.length; node++)
      if (isThere(tree, node)) first[(tree.parent[node] as number) + 1] = (first[(tree.parent[node] as number) + 1] as number) + 1;
    for (let node = 0; node < tree.length; node++) first[node + 1] = (first[node + 1] as number) + (first[node] as number);
    const next = first.slice();
    const children = new Uint32Array(first[tree.length] as number);
    for (let node = 1; node < tree.length; node++) {
      if (!isThere(tree, node)) continue;
      const parent = tree.parent[node] as number;
      const at = next[parent] as number;
      next[parent] = at + 1;
      children[at] = node;
    }
    for (let node = 0; node < tree.length; node++) {
      const from = first[node] as number;
      const to = first[node + 1] as number;
      if (to - from > 1)
        children
          .subarray(from, to)
          .sort((a, b) => (tree.total[b] as number) - (tree.total[a] as number) || (tree.count[b] as number) - (tree.count[a] as number) || a - b);
    }
    this.#first = first;
    this.#children = children;
  }

  of(node: number): Uint32Array {
    return this.#children.subarray(this.#first[node], this.#first[node + 1]);
  }
}

/** A node that the tail made and gave up again has nothing. */
const isThere = (tree: PathTree, node: number): boolean => (tree.count[node] as number) > 0 || (tree.total[node] as number) > 0;

export function levelOf(tree: PathTree, children: Children, path: readonly NameId[]): TreeRow[] {
  const node = nodeAt(tree, path);
  return node < 0 ? [] : [...children.of(node)].map((child) => rowOf(tree, children, child));
}

const rowOf = (tree: PathTree, children: Children, node: number): TreeRow => ({
  name: tree.name[node] as number,
  count: tree.count[node] as number,
  totalNs: tree.total[node] as number,
  selfNs: Math.max(0, tree.self[node] as number),
  hasChildren: children.of(node).length > 0,
});

/** Of all roots. */
export function totalOf(tree: PathTree, children: Children): number {
  let totalNs = 0;
  for (const node of children.of(0)) totalNs += tree.total[node] as number;
  return totalNs;
}

export function flameOf(tree: PathTree, children: Children, path: readonly NameId[], minShare: number): Omit<FlameLayout, 'done'> {
  const root = nodeAt(tree, path);
  const totalOfAllNs = totalOf(tree, children);
  const boxes: { readonly node: number; readonly row: number; readonly x0: number; readonly x1: number; readonly parent: number }[] = [];
  const widthNs = root <= 0 ? totalOfAllNs : (tree.total[root] as number);
  if (root >= 0 && widthNs > 0) {
    const layOut = (nodes: Iterable<number>, row: number, from: number, parent: number): void => {
      let x = from;
      for (const node of nodes) {
        const width = (tree.total[node] as number) / widthNs;
        if (width >= minShare && boxes.length < MAX_BOXES) boxes.push({ node, row, x0: x, x1: x + width, parent });
        x += width;
      }
    };
    layOut(root === 0 ? children.of(0) : [root], 0, 0, -1);
    for (let box = 0; box < boxes.length; box++) {
      const { node, row, x0 } = boxes[box] as (typeof boxes)[number];
      layOut(children.of(node), row + 1, x0, box);
    }
  }
  const column = <T extends Float64Array | Uint32Array | Int32Array | Uint16Array>(to: T, of: (box: (typeof boxes)[number]) => number): T => {
    boxes.forEach((box, i) => {
      to[i] = of(box);
    });
    return to;
  };
  const { length } = boxes;
  return {
    count: length,
    rows: boxes.reduce((most, { row }) => Math.max(most, row + 1), 0),
    row: column(new Uint16Array(length), ({ row }) => row),
    x0: column(new Float64Array(length), ({ x0 }) => x0),
    x1: column(new Float64Array(length), ({ x1 }) => x1),
    name: column(new Uint32Array(length), ({ node }) => tree.name[node] as number),
    calls: column(new Float64Array(length), ({ node }) => tree.count[node] as number),
    totalNs: column(new Float64Array(length), ({ node }) => tree.total[node] as number),
    selfNs: column(new Float64Array(length), ({ node }) => Math.max(0, tree.self[node] as number)),
    parent: column(new Int32Array(length), ({ parent }) => parent),
    totalOfAllNs,
  };
}
