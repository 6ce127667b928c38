import { previewOf, shapeOf, shorten, type ValueShape, type ValueType } from './value-shape.ts';

export type ValueChange = 'added' | 'removed' | 'changed' | 'inside';

/** A value as the inspector draws it. See ValueNode of the trace worker's contract. */
export interface ValueTree {
  readonly key: string;
  readonly text: string;
  readonly type: ValueType;
  readonly className?: string;
  readonly children?: readonly ValueTree[];
  readonly cut?: number;
  readonly change?: ValueChange;
  readonly before?: string;
}

export interface FieldsTree {
  readonly fields: readonly ValueTree[];
  readonly added: number;
  readonly removed: number;
  readonly changed: number;
}

/** Nodes of one tree: what is beyond is shown as cut. */
const MAX_NODES = 20_000;
/** A hostile file nests deeper than the stack reaches. */
const MAX_DEPTH = 64;

/** JSON text of each attribute. */
export type Fields = ReadonlyMap<string, Uint8Array>;

const decoder = new TextDecoder();

/**
 * Trees of a snapshot's attributes, with marks of what changed since `before` (undefined: there is no snapshot before, nothing is
 * marked). Arrays and sets are compared by index, maps by the text of the key. A mark is counted once, where it stands: what
 * is inside an added branch is not counted again.
 */
export function fieldsTree(now: Fields, before: Fields | undefined): FieldsTree {
  return new TreeBuilder().fields(now, before);
}

class TreeBuilder {
  #nodes = 0;
  #added = 0;
  #removed = 0;
  #changed = 0;

  fields(now: Fields, before: Fields | undefined): FieldsTree {
    const fields: ValueTree[] = [];
    for (const [key, json] of now) {
      const old = before?.get(key);
      if (before && !old) this.#added++;
      const node = old ? this.#compared(key, shapeOfJson(json), shapeOfJson(old), 0, sameBytes(json, old)) : this.#plain(key, shapeOfJson(json), 0);
      fields.push(before && !old ? { ...node, change: 'added' } : node);
    }
    for (const [key, json] of before ?? []) {
      if (now.has(key)) continue;
      this.#removed++;
      fields.push({ ...this.#plain(key, shapeOfJson(json), 0), change: 'removed' });
    }
    return { fields, added: this.#added, removed: this.#removed, changed: this.#changed };
  }

  #plain(key: string, shape: ValueShape, depth: number): ValueTree {
    this.#nodes++;
    if (!shape.children) return leaf(key, shape);
    if (this.#isFull(depth)) return cutBranch(key, shape);
    return node(
      key,
      shape,
      shape.children.map(([name, value]) => this.#plain(name, shapeOf(value), depth + 1)),
    );
  }

  /** `same`: known to be equal, so that only the tree is made. */
  #compared(key: string, shape: ValueShape, old: ValueShape, depth: number, same: boolean): ValueTree {
    if (same) return this.#plain(key, shape, depth);
    const alike = shape.type === old.type && shape.className === old.className;
    if (!alike || !shape.children || !old.children) {
      if (alike && (shape.whole ?? shape.text) === (old.whole ?? old.text) && shape.cut === old.cut && !shape.children) return this.#plain(key, shape, depth);
      this.#changed++;
      return { ...this.#plain(key, shape, depth), change: 'changed', before: previewOf(old) };
    }
    this.#nodes++;
    if (this.#isFull(depth)) return cutBranch(key, shape);
    const oldByKey = new Map(old.children);
    const children: ValueTree[] = [];
    const seen = new Set<string>();
    let inside = false;
    for (const [name, value] of shape.children) {
      seen.add(name);
      if (oldByKey.has(name)) {
        const child = this.#compared(name, shapeOf(value), shapeOf(oldByKey.get(name)), depth + 1, false);
        if (child.change) inside = true;
        children.push(child);
      } else {
        this.#added++;
        inside = true;
        children.push({ ...this.#plain(name, shapeOf(value), depth + 1), change: 'added' });
      }
    }
    for (const [name, value] of old.children) {
      if (seen.has(name)) continue;
      this.#removed++;
      inside = true;
      children.push({ ...this.#plain(name, shapeOf(value), depth + 1), change: 'removed' });
    }
    // Entries beyond the limit may have come or gone without a trace of their own.
    const cutMoved = shape.cut !== old.cut || shape.size !== old.size;
    if (!inside && cutMoved) {
      this.#changed++;
      return { ...node(key, shape, children), change: 'changed', before: previewOf(old) };
    }
    return inside ? { ...node(key, shape, children), change: 'inside' } : node(key, shape, children);
  }

  #isFull(depth: number): boolean {
    return depth >= MAX_DEPTH || this.#nodes > MAX_NODES;
  }
}

const leaf = (key: string, { type, text, className, cut }: ValueShape): ValueTree => ({
  key: shorten(key),
  type,
  text,
  ...(className !== undefined && { className }),
  ...(cut !== undefined && { cut }),
});

const node = (key: string, shape: ValueShape, children: readonly ValueTree[]): ValueTree => ({ ...leaf(key, shape), text: previewOf(shape), children });

const cutBranch = (key: string, shape: ValueShape): ValueTree => ({ ...node(key, shape, []), cut: (shape.children?.length ?? 0) + (shape.cut ?? 0) });

function shapeOfJson(json: Uint8Array): ValueShape {
  const text = decoder.decode(json);
  try {
    return shapeOf(JSON.parse(text));
  } catch {
    // A damaged or foreign file: shown as it is, and said to be no value.
    return { type: 'other', text: shorten(`unreadable: ${text}`) };
  }
}

function sameBytes(a: Uint8Array, b: Uint8Array): boolean {
  if (a === b) return true;
  return a.length === b.length && a.every((byte, i) => byte === b[i]);
}
