/** Finds what a text means in a value: paths and values, also in what is folded. Pure. */
import type { ValueNode } from '../../trace/trace-worker-api.ts';
import { isListed, markerWords, plainPath, rowPath } from './value-rows.ts';

export interface ValueHit {
  /** Of the row. */
  readonly path: string;
  /** Rows that must be open for it to be seen, the outermost first. */
  readonly parents: readonly string[];
}

/** More are not counted: nobody steps through them. */
export const MOST_HITS = 10_000;

/**
 * Rows whose value holds the text, or at whose key the path comes to hold it: "price" finds each `price`, "items[1].p" that of one item.
 * What lies in a row that was found by its path is not found for that again.
 */
export function searchValue(fields: readonly ValueNode[], text: string): readonly ValueHit[] {
  const wanted = text.trim().toLowerCase();
  const hits: ValueHit[] = [];
  if (wanted === '') return hits;
  const visit = (nodes: readonly ValueNode[], parent: string, parents: readonly string[], listed: boolean) => {
    for (const node of nodes) {
      if (hits.length >= MOST_HITS) return;
      const path = rowPath(parent, node, listed);
      const isByPath = newIn(plainPath(path), plainPath(parent), wanted);
      const isByValue = node.children === undefined && (markerWords(node) ?? node.text).toLowerCase().includes(wanted);
      if (isByPath || isByValue) hits.push({ path, parents });
      if (node.children) visit(node.children, path, [...parents, path], isListed(node));
    }
  };
  visit(fields, '', [], false);
  return hits;
}

/** The last key made the path hold the text: it does not lie wholly in what is before. */
function newIn(path: string, parent: string, wanted: string): boolean {
  const at = path.toLowerCase().lastIndexOf(wanted);
  return at >= 0 && at + wanted.length > parent.length;
}
