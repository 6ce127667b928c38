/** A snapshot's tree as the rows that are shown: what is folded is left out. Pure. */
import { formatCount } from '../../drawing/format.ts';
import type { ValueNode } from '../../trace/trace-worker-api.ts';

export interface ValueRow {
  /** Stable over snapshots: "items", "items[1].price". */
  readonly path: string;
  readonly kind: 'value' | 'rest';
  readonly node: ValueNode;
  readonly depth: number;
  readonly branch: boolean;
  readonly open: boolean;
  /** 1-based place among its siblings, and how many there are. */
  readonly place: number;
  readonly siblings: number;
  readonly parent: string | undefined;
}

const PLAIN_NAME = /^[\p{L}_$][\p{L}\p{N}_$]*$/u;

/** Path as one would write it in code. Keys of arrays, maps and sets stand in brackets. */
export function pathOf(parent: string, key: string, listed: boolean): string {
  if (listed) return /^\d+$/.test(key) ? `${parent}[${key}]` : `${parent}[${JSON.stringify(key)}]`;
  if (!PLAIN_NAME.test(key)) return `${parent}[${JSON.stringify(key)}]`;
  return parent === '' ? key : `${parent}.${key}`;
}

/** Opened and folded by hand, by path. What was not touched opens when a change lies inside it. */
export type Folds = ReadonlyMap<string, boolean>;

const OPEN_BY_ITSELF_DEPTH = 4;
const OPEN_BY_ITSELF_CHILDREN = 60;

function opensByItself(node: ValueNode, depth: number): boolean {
  return node.change === 'inside' && depth < OPEN_BY_ITSELF_DEPTH && (node.children?.length ?? 0) <= OPEN_BY_ITSELF_CHILDREN;
}

export function valueRows(fields: readonly ValueNode[], folds: Folds): ValueRow[] {
  const rows: ValueRow[] = [];
  const visit = (nodes: readonly ValueNode[], parent: string, depth: number, listed: boolean) => {
    nodes.forEach((node, k) => {
      const path = pathOf(parent, node.key, listed);
      const children = node.children ?? [];
      // A text or bytes may be cut as well; only what has entries can be opened.
      const branch = node.children !== undefined && (children.length > 0 || (node.cut ?? 0) > 0);
      const open = branch && (folds.get(path) ?? opensByItself(node, depth));
      rows.push({ path, kind: 'value', node, depth, branch, open, place: k + 1, siblings: nodes.length, parent: parent === '' ? undefined : parent });
      if (!open) return;
      visit(children, path, depth + 1, isListed(node));
      if (node.cut)
        rows.push({
          path: `${path}\u0000rest`,
          kind: 'rest',
          node: { key: '', text: restWords(node.cut, children.length), type: 'cut' },
          depth: depth + 1,
          branch: false,
          open: false,
          place: children.length + 1,
          siblings: children.length + 1,
          parent: path,
        });
    });
  };
  visit(fields, '', 0, false);
  return rows;
}

const isListed = (node: ValueNode): boolean => node.type === 'array' || node.type === 'set' || node.type === 'bytes' || node.type === 'map';

function restWords(cut: number, shown: number): string {
  const entries = cut === 1 ? 'entry' : 'entries';
  return shown === 0 ? `${formatCount(cut)} ${entries}, not recorded` : `${formatCount(cut)} more ${entries}, not recorded`;
}

export const MARKS: Readonly<Record<NonNullable<ValueNode['change']>, { readonly sign: string; readonly word: string }>> = {
  added: { sign: '+', word: 'added' },
  removed: { sign: '−', word: 'removed' },
  changed: { sign: '~', word: 'changed' },
  inside: { sign: '•', word: 'holds a change' },
};

/** What a marker means, in words; undefined for a plain value, whose text speaks for itself. */
export function markerWords(node: ValueNode): string | undefined {
  switch (node.type) {
    case 'masked':
      return node.text || 'masked: the key looks secret';
    case 'cycle':
      return `refers to ${node.text || 'a value around it'}`;
    case 'cut':
      return node.text || 'not recorded: too deep or too large';
    case 'threw':
      return node.text || 'reading it threw';
    default:
      return undefined;
  }
}

/** How much of a leaf was left out; undefined when it is whole. */
export function cutWords(node: ValueNode): string | undefined {
  if (!node.cut || node.children !== undefined) return undefined;
  if (node.type === 'string') return `${formatCount(node.cut)} more characters, not recorded`;
  if (node.type === 'bytes') return `${formatCount(node.cut)} more, not recorded`;
  return undefined;
}

/** JSON of what was recorded. Texts that were cut stay cut; what was removed is not there. */
export function toJson(fields: readonly ValueNode[]): string {
  return JSON.stringify(objectOf(fields), undefined, 2);
}

function objectOf(nodes: readonly ValueNode[]): Record<string, unknown> {
  // defineProperty, because a key may be "__proto__".
  const result: Record<string, unknown> = {};
  for (const node of nodes) {
    if (node.change === 'removed') continue;
    Object.defineProperty(result, node.key, { value: plain(node), enumerable: true, configurable: true, writable: true });
  }
  return result;
}

function plain(node: ValueNode): unknown {
  if (node.children) {
    const present = node.children.filter((child) => child.change !== 'removed');
    if (node.type === 'array' || node.type === 'set' || node.type === 'bytes') return present.map(plain);
    return objectOf(present);
  }
  const words = markerWords(node);
  if (words !== undefined) return `<${words}>`;
  try {
    return JSON.parse(node.text);
  } catch {
    // Not JSON: a date, a function, a text that was cut.
    return node.text;
  }
}
