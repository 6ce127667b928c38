import { diffValues, MAX_DEPTH, type ValueDiff } from './value-diff.ts';
import { previewOf, shapeOf, shorten, type ValueShape, type ValueType } from './value-shape.ts';

export type ValueChange = 'added' | 'removed' | 'changed' | 'moved' | 'inside';

/** A value as the inspector draws it. See ValueNode of the trace worker's contract. */
export interface ValueTree {
  readonly key: string;
  readonly text: string;
  readonly type: ValueType;
  readonly className?: string;
  readonly children?: readonly ValueTree[];
  readonly cut?: number;
  readonly full?: boolean;
  readonly change?: ValueChange;
  readonly before?: string;
  readonly from?: string;
}

export interface FieldsTree {
  readonly fields: readonly ValueTree[];
  readonly added: number;
  readonly removed: number;
  readonly changed: number;
  readonly moved: number;
}

/** Nodes of one tree: what is beyond is shown as cut. */
const MAX_NODES = 20_000;

/** JSON text of each attribute. */
export type Fields = ReadonlyMap<string, Uint8Array>;

const decoder = new TextDecoder();

/**
 * Trees of a snapshot's attributes, with marks of what changed since `before` (undefined: there is nothing to compare with, nothing is
 * marked). See `diffValues`. A mark is counted once, where it stands: what is inside an added branch is not counted again.
 */
export function fieldsTree(now: Fields, before: Fields | undefined): FieldsTree {
  return new TreeBuilder().fields(now, before);
}

/** What JSON.parse gives for an attribute; of a damaged or foreign file a mark that it is no value. */
export function attributeValue(json: Uint8Array): unknown {
  const text = decoder.decode(json);
  try {
    return JSON.parse(text);
  } catch {
    return { $ts: 'unreadable', text };
  }
}

class TreeBuilder {
  #nodes = 0;
  #added = 0;
  #removed = 0;
  #changed = 0;
  #moved = 0;

  fields(now: Fields, before: Fields | undefined): FieldsTree {
    const fields: ValueTree[] = [];
    for (const [key, json] of now) {
      const old = before?.get(key);
      const value = attributeValue(json);
      if (!old) {
        if (before) this.#added++;
        const node = this.#plain(key, shapeOf(value), 0);
        fields.push(before ? { ...node, change: 'added' } : node);
      } else if (sameBytes(json, old)) fields.push(this.#plain(key, shapeOf(value), 0));
      else {
        const oldValue = attributeValue(old);
        fields.push(this.#compared(key, value, oldValue, diffValues(oldValue, value), 0));
      }
    }
    for (const [key, json] of before ?? []) if (!now.has(key)) fields.push(this.#gone(key, attributeValue(json), 0));
    return { fields, added: this.#added, removed: this.#removed, changed: this.#changed, moved: this.#moved };
  }

  #plain(key: string, shape: ValueShape, depth: number): ValueTree {
    this.#nodes++;
    if (!shape.children) return leaf(key, shape);
    if (this.#isFull(depth)) return fullBranch(key, shape);
    return node(
      key,
      shape,
      shape.children.map(([name, value]) => this.#plain(name, shapeOf(value), depth + 1)),
    );
  }

  #gone(key: string, value: unknown, depth: number): ValueTree {
    this.#removed++;
    return { ...this.#plain(key, shapeOf(value), depth), change: 'removed' };
  }

  #compared(key: string, value: unknown, oldValue: unknown, diff: ValueDiff, depth: number): ValueTree {
    if (diff.kind === 'same') return this.#plain(key, shapeOf(value), depth);
    const old = shapeOf(oldValue);
    if (diff.kind === 'replaced') {
      this.#changed++;
      return { ...this.#plain(key, shapeOf(value), depth), change: 'changed', before: previewOf(old) };
    }
    const { shape } = diff;
    this.#nodes++;
    if (this.#isFull(depth)) return { ...fullBranch(key, shape), change: 'inside' };
    const before = this.#counted();
    const children = shape.type === 'array' || shape.type === 'set' ? this.#list(diff, old, depth + 1) : this.#record(diff, old, depth + 1);
    if (this.#counted() > before) return { ...node(key, shape, children), change: 'inside' };
    // Entries beyond the limit may have come or gone without a trace of their own.
    if (shape.cut === old.cut && shape.size === old.size) return node(key, shape, children);
    this.#changed++;
    return { ...node(key, shape, children), change: 'changed', before: previewOf(old) };
  }

  #counted(): number {
    return this.#added + this.#removed + this.#changed + this.#moved;
  }

  #entry(diff: Inside, at: number, old: ValueShape, depth: number): ValueTree {
    const entry = diff.entries[at] as Inside['entries'][number];
    const value = diff.shape.children?.[at]?.[1];
    if (entry.old === undefined) {
      this.#added++;
      return { ...this.#plain(entry.key, shapeOf(value), depth), change: 'added' };
    }
    const [oldKey, oldValue] = old.children?.[entry.old] ?? ['', undefined];
    const tree = this.#compared(entry.key, value, oldValue, entry.diff, depth);
    if (!entry.moved) return tree;
    this.#moved++;
    return { ...tree, change: 'moved', from: oldKey };
  }

  /** What is gone stands last. */
  #record(diff: Inside, old: ValueShape, depth: number): ValueTree[] {
    const children = diff.entries.map((_, at) => this.#entry(diff, at, old, depth));
    for (const place of diff.removed) children.push(this.#gone(...(old.children?.[place] ?? ['', undefined]), depth));
    return children;
  }

  /** What is gone stands where it was: behind those before it that stayed. */
  #list(diff: Inside, old: ValueShape, depth: number): ValueTree[] {
    const children: ValueTree[] = [];
    let next = 0;
    const goneBefore = (place: number) => {
      for (let gone = diff.removed[next]; gone !== undefined && gone < place; gone = diff.removed[++next]) {
        children.push(this.#gone(...(old.children?.[gone] ?? ['', undefined]), depth));
      }
    };
    diff.entries.forEach((entry, at) => {
      if (entry.old !== undefined && !entry.moved) goneBefore(entry.old);
      children.push(this.#entry(diff, at, old, depth));
    });
    goneBefore(Number.POSITIVE_INFINITY);
    return children;
  }

  #isFull(depth: number): boolean {
    return depth >= MAX_DEPTH || this.#nodes > MAX_NODES;
  }
}

type Inside = ValueDiff & { readonly kind: 'inside' };

const leaf = (key: string, { type, text, className, cut }: ValueShape): ValueTree => ({
  key: shorten(key),
  type,
  text,
  ...(className !== undefined && { className }),
  ...(cut !== undefined && { cut }),
});

const node = (key: string, shape: ValueShape, children: readonly ValueTree[]): ValueTree => ({ ...leaf(key, shape), text: previewOf(shape), children });

/** A branch of which the tree has no room for the entries. */
const fullBranch = (key: string, shape: ValueShape): ValueTree => ({
  ...node(key, shape, []),
  cut: (shape.children?.length ?? 0) + (shape.cut ?? 0),
  full: true,
});

export function sameBytes(a: Uint8Array, b: Uint8Array): boolean {
  if (a === b) return true;
  return a.length === b.length && a.every((byte, i) => byte === b[i]);
}
