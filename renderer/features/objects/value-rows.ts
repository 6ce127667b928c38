/** A snapshot's tree as the rows that are shown: what is folded is left out. Pure. */
import { clipText, formatCount } from '../../drawing/format.ts';
import type { FieldPath, ValueNode } from '../../trace/trace-worker-api.ts';

export interface ValueRow {
  /** Stable over snapshots: "items", "items[1].price". */
  readonly path: string;
  /** The same as its keys, the outermost first. */
  readonly keys: FieldPath;
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

/** Keys as a path, where it is not known what holds them: numbers stand in brackets. */
export const pathText = (keys: FieldPath): string =>
  clipText(
    keys.reduce((path, key, k) => pathOf(path, key, k > 0 && /^\d+$/.test(key)), ''),
    120,
  );

/** Opened and folded by hand, by path. What was not touched opens when a change lies inside it. */
export type Folds = ReadonlyMap<string, boolean>;

const OPEN_BY_ITSELF_DEPTH = 4;
const OPEN_BY_ITSELF_CHILDREN = 60;

/** What was taken away may have the key of what took its place. */
const GONE = '\u0000gone';
const REST = '\u0000rest';

function opensByItself(node: ValueNode, depth: number): boolean {
  const holdsChange = node.change === 'inside' || (node.change === 'moved' && (node.children ?? []).some((child) => child.change !== undefined));
  return holdsChange && depth < OPEN_BY_ITSELF_DEPTH && (node.children?.length ?? 0) <= OPEN_BY_ITSELF_CHILDREN;
}

/** Path of a child: that of its row. */
export function rowPath(parent: string, node: ValueNode, listed: boolean): string {
  const path = pathOf(parent, node.key, listed);
  return node.change === 'removed' ? path + GONE : path;
}

/** A row's path as one would write it. */
export const plainPath = (path: string): string => path.replaceAll(GONE, '').replaceAll(REST, '');

/** `onlyChanges`: what did not change, and holds no change, is left out. */
export function valueRows(fields: readonly ValueNode[], folds: Folds, onlyChanges = false): ValueRow[] {
  const rows: ValueRow[] = [];
  const visit = (all: readonly ValueNode[], parent: ValueRow | undefined, listed: boolean) => {
    const within = onlyChanges && (parent === undefined || parent.node.change === 'inside' || parent.node.change === 'moved');
    const nodes = within ? all.filter((node) => node.change !== undefined) : all;
    nodes.forEach((node, k) => {
      const path = rowPath(parent?.path ?? '', node, listed);
      const children = node.children ?? [];
      // A text or bytes may be cut as well; only what has entries can be opened.
      const branch = node.children !== undefined && (children.length > 0 || (node.cut ?? 0) > 0);
      const depth = parent ? parent.depth + 1 : 0;
      const open = branch && (folds.get(path) ?? opensByItself(node, depth));
      const keys = [...(parent?.keys ?? []), node.key];
      const row: ValueRow = { path, keys, kind: 'value', node, depth, branch, open, place: k + 1, siblings: nodes.length, parent: parent?.path };
      rows.push(row);
      if (!open) return;
      visit(children, row, isListed(node));
      if (node.cut)
        rows.push({
          path: path + REST,
          keys,
          kind: 'rest',
          node: { key: '', text: restWords(node.cut, children.length, node.full ?? false), type: 'cut' },
          depth: depth + 1,
          branch: false,
          open: false,
          place: children.length + 1,
          siblings: children.length + 1,
          parent: path,
        });
    });
  };
  visit(fields, undefined, false);
  return rows;
}

export const isListed = (node: ValueNode): boolean => node.type === 'array' || node.type === 'set' || node.type === 'bytes' || node.type === 'map';

function restWords(cut: number, shown: number, isFull: boolean): string {
  const entries = cut === 1 ? 'entry' : 'entries';
  if (isFull) return `${formatCount(cut)} ${entries}: the value is too large to be shown whole. Copy JSON has all of it.`;
  return shown === 0 ? `${formatCount(cut)} ${entries}, not recorded` : `${formatCount(cut)} more ${entries}, not recorded`;
}

export const MARKS: Readonly<Record<NonNullable<ValueNode['change']>, { readonly sign: string; readonly word: string }>> = {
  added: { sign: '+', word: 'added' },
  removed: { sign: '−', word: 'removed' },
  changed: { sign: '~', word: 'changed' },
  moved: { sign: '↕', word: 'moved' },
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
