import { DEPTH_MASK, END, FLOATS, NAME, NO_PARENT, PARENT, SHAPE, START, WORDS } from '../../protocol/summary/slice-table.ts';
import type { NameId } from '../timeline-types.ts';
import type { Accumulator } from './scan-jobs.ts';
import type { Slices } from './slice-tree.ts';
import type { Stretch, Unit } from './units.ts';

/** Time in which any slice of a group was open, by group. Names alone do not tell it: one of the group may have called another. */
export class GroupTotals implements Accumulator {
  readonly #groupOf: (name: NameId) => number;
  #total = new Float64Array(64);
  #open = new Int32Array(64);
  readonly #stack: number[] = [];
  #kept: Float64Array | undefined;

  constructor(groupOf: (name: NameId) => number) {
    this.#groupOf = groupOf;
  }

  total(group: number): number {
    return this.#total[group] ?? 0;
  }

  add({ band, fromNs: unitFromNs, toNs: unitToNs }: Unit, slices: Slices, stretch: Stretch): void {
    const { count, floats, words } = slices.table;
    const fromNs = Math.max(stretch.fromNs, unitFromNs);
    const toNs = Math.min(stretch.toNs, unitToNs);
    const stack = this.#stack;
    // Hot: every slice of the stretch passes here.
    for (let i = 0, u = 0, f = 0; i < count; i++, u += WORDS, f += FLOATS) {
      const depth = words[u + PARENT] === NO_PARENT ? 0 : (words[u + SHAPE] as number) & DEPTH_MASK;
      while (stack.length > depth) this.#close();
      const group = this.#groupOf(band.nameOf(words[u + NAME] as number));
      if (group >= this.#total.length) this.#grow(group);
      const start = floats[f + START] as number;
      const end = floats[f + END] as number;
      const inside = Math.min(end, toNs) - Math.max(start, fromNs);
      const open = this.#open[group] as number;
      if (open === 0 && inside > 0) this.#total[group] = (this.#total[group] as number) + inside;
      this.#open[group] = open + 1;
      stack.push(group);
    }
    while (stack.length > 0) this.#close();
  }

  #close(): void {
    const group = this.#stack.pop() as number;
    this.#open[group] = (this.#open[group] as number) - 1;
  }

  #grow(group: number): void {
    const size = Math.max(group + 1, this.#total.length * 2);
    const total = new Float64Array(size);
    total.set(this.#total);
    this.#total = total;
    const open = new Int32Array(size);
    open.set(this.#open);
    this.#open = open;
  }

  checkpoint(): void {
    this.#kept = this.#total.slice();
  }

  rollback(): void {
    if (!this.#kept) return;
    this.#total.fill(0);
    this.#total.set(this.#kept);
    this.#kept = undefined;
  }
}
