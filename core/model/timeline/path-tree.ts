import { END, FLAGS_SHIFT, FLOATS, NAME, NO_PARENT, PARENT, SHAPE, SliceFlag, START, WORDS } from '../../protocol/summary/slice-table.ts';
import type { NameId } from '../timeline-types.ts';
import type { Accumulator } from './scan-jobs.ts';
import type { Slices } from './slice-tree.ts';
import type { Stretch, Unit } from './units.ts';

/** What is called on paths beyond is added to its caller. */
const MAX_NODES = 4_000_000;
const CAME = SliceFlag.CAME << FLAGS_SHIFT;

/**
 * A call tree: calls with the same names above them are one node. Node 0 is the root, above all outermost calls. A node's total is the sum of its calls, so a
 * recursive call is a node of its own below the first.
 */
export class PathTree implements Accumulator {
  /** Nodes, the root included. A parent always comes before its children. */
  length = 1;
  isCut = false;
  parent = new Int32Array(1024).fill(-1);
  name = new Uint32Array(1024);
  count = new Float64Array(1024);
  total = new Float64Array(1024);
  self = new Float64Array(1024);
  #slots = new Int32Array(4096).fill(-1);
  #kept: { readonly count: Float64Array; readonly total: Float64Array; readonly self: Float64Array } | undefined;

  /** The node of a name below another; -1: there is none. */
  find(parent: number, name: NameId): number {
    const mask = this.#slots.length - 1;
    for (let at = hashOf(parent, name) & mask; ; at = (at + 1) & mask) {
      const node = this.#slots[at] as number;
      if (node < 0 || (this.name[node] === name && this.parent[node] === parent)) return node;
    }
  }

  /** The node of a name below another; made if need be. */
  child(parent: number, name: NameId): number {
    const mask = this.#slots.length - 1;
    let at = hashOf(parent, name) & mask;
    for (;;) {
      const node = this.#slots[at] as number;
      if (node < 0) break;
      if (this.name[node] === name && this.parent[node] === parent) return node;
      at = (at + 1) & mask;
    }
    if (this.length >= MAX_NODES) {
      this.isCut = true;
      return parent;
    }
    const node = this.length++;
    if (node === this.parent.length) this.#grow();
    this.parent[node] = parent;
    this.name[node] = name;
    this.#slots[at] = node;
    if (this.length * 2 > this.#slots.length) this.#rehash();
    return node;
  }

  #grow(): void {
    const size = this.parent.length * 2;
    this.parent = grown(this.parent, new Int32Array(size));
    this.name = grown(this.name, new Uint32Array(size));
    this.count = grown(this.count, new Float64Array(size));
    this.total = grown(this.total, new Float64Array(size));
    this.self = grown(this.self, new Float64Array(size));
  }

  #rehash(): void {
    const slots = new Int32Array(this.#slots.length * 4).fill(-1);
    const mask = slots.length - 1;
    for (let node = 1; node < this.length; node++) {
      let at = hashOf(this.parent[node] as number, this.name[node] as number) & mask;
      while ((slots[at] as number) >= 0) at = (at + 1) & mask;
      slots[at] = node;
    }
    this.#slots = slots;
  }

  put(node: number, count: number, totalNs: number, selfNs: number): void {
    this.count[node] = (this.count[node] as number) + count;
    this.total[node] = (this.total[node] as number) + totalNs;
    this.self[node] = (this.self[node] as number) + selfNs;
  }

  add({ band, fromNs, toNs: unitToNs }: Unit, slices: Slices, stretch: Stretch, isFirst: boolean): void {
    const { count, floats, words } = slices.table;
    const beginNs = Math.max(stretch.fromNs, fromNs);
    const toNs = Math.min(stretch.toNs, unitToNs);
    const nodes = new Int32Array(count);
    // Hot: every slice of the stretch passes here.
    for (let i = 0, u = 0, f = 0; i < count; i++, u += WORDS, f += FLOATS) {
      const above = words[u + PARENT] as number;
      const parent = above === NO_PARENT ? 0 : (nodes[above] as number);
      const start = floats[f + START] as number;
      const end = floats[f + END] as number;
      // What lies outside of the stretch has no part in it, nor has anything inside of that.
      if (end < beginNs || start > toNs) {
        nodes[i] = parent;
        continue;
      }
      const node = this.child(parent, band.nameOf(words[u + NAME] as number));
      nodes[i] = node;
      // There is no place for more: it is its caller's own time.
      if (node === parent) continue;
      const inside = Math.max(0, Math.min(end, toNs) - Math.max(start, beginNs));
      this.total[node] = (this.total[node] as number) + inside;
      this.self[node] = (this.self[node] as number) + inside;
      this.self[parent] = (this.self[parent] as number) - inside;
      if (isFirst || ((words[u + SHAPE] as number) & CAME) === 0) this.count[node] = (this.count[node] as number) + 1;
    }
  }

  checkpoint(): void {
    const { length } = this;
    this.#kept = { count: this.count.slice(0, length), total: this.total.slice(0, length), self: this.self.slice(0, length) };
  }

  rollback(): void {
    const kept = this.#kept;
    if (!kept) return;
    for (const column of ['count', 'total', 'self'] as const) {
      this[column].fill(0);
      this[column].set(kept[column]);
    }
    this.#kept = undefined;
  }
}

const hashOf = (parent: number, name: number): number => (Math.imul(parent, 0x9e3779b1) ^ Math.imul(name, 0x85ebca6b)) >>> 7;

function grown<A extends Int32Array | Uint32Array | Float64Array>(from: A, to: A): A {
  to.set(from as never);
  return to;
}
