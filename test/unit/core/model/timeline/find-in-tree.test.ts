import fc from 'fast-check';
import { expect, it } from 'vitest';
import { findInTree } from '../../../../../core/model/timeline/find-in-tree.ts';
import { PathTree } from '../../../../../core/model/timeline/path-tree.ts';
import { Children, levelOf } from '../../../../../core/model/timeline/path-views.ts';

/** Nodes by the number of their parent among those before; each with its own weight. */
function treeOf(nodes: readonly { readonly under: number; readonly name: number; readonly ns: number }[]): {
  readonly tree: PathTree;
  readonly children: Children;
} {
  const tree = new PathTree();
  const made = [0];
  for (const { under, name, ns } of nodes) {
    const node = tree.child(made[under % made.length] as number, name);
    tree.put(node, 1, ns, ns);
    made.push(node);
  }
  return { tree, children: new Children(tree) };
}

/** All paths as an open tree shows them. */
function read(tree: PathTree, children: Children, path: readonly number[] = []): (readonly number[])[] {
  return levelOf(tree, children, path).flatMap(({ name }) => [[...path, name], ...read(tree, children, [...path, name])]);
}

const node = fc.record({ under: fc.nat(30), name: fc.integer({ min: 1, max: 4 }), ns: fc.integer({ min: 1, max: 3 }) });

it('goes round all nodes of a name in the order of the open tree, from any node, both ways', () => {
  fc.assert(
    fc.property(fc.array(node, { minLength: 1, maxLength: 30 }), fc.nat(), (nodes, at) => {
      const { tree, children } = treeOf(nodes);
      const all = read(tree, children);
      const found = all.filter((path) => path.at(-1) === 1);
      const from = all[at % all.length] as readonly number[];
      const place = all.indexOf(from);
      const is = (name: number) => name === 1;
      const wanted = (path: readonly number[] | undefined) => ({ path, position: path ? found.indexOf(path) + 1 : 0, total: found.length });
      const next = all.find((path, k) => k > place && path.at(-1) === 1) ?? found[0];
      const before = all.findLast((path, k) => k < place && path.at(-1) === 1) ?? found.at(-1);
      expect(findInTree(tree, children, is, from, false)).toEqual(wanted(next));
      expect(findInTree(tree, children, is, from, true)).toEqual(wanted(before));
      expect(findInTree(tree, children, is, undefined, false)).toEqual(wanted(found[0]));
      expect(findInTree(tree, children, is, undefined, true)).toEqual(wanted(found.at(-1)));
      // A node that is not there any more: from the top.
      expect(findInTree(tree, children, is, [9, 9], false)).toEqual(wanted(found[0]));
    }),
  );
});
