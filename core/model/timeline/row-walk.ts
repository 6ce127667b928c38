import { NO_SLICES, type SliceList } from '../../protocol/summary/picture.ts';
import type { Band } from './band.ts';
import type { NodeLoader } from './node-loader.ts';
import { type FoundSlice, foundInList, foundInTable } from './slice-finder.ts';
import type { Slices, TreeNode } from './slice-tree.ts';

export interface RowVisitor {
  /** So many slices lie inside a node that is all in the range: `open` tells them one by one. */
  bulk(slices: number): 'open' | 'skip';
  slice(slice: FoundSlice): 'on' | 'stop';
}

export interface RowWalkOptions {
  readonly band: Band;
  readonly loader: NodeLoader;
  readonly row: number;
  readonly fromNs: number;
  readonly toNs: number;
  readonly isBackwards: boolean;
}

/**
 * The slices of a row that overlap a time range, in order of time or backwards, through all levels: what crosses borders lies between what the parts hold. Reads what
 * is not in memory, and of what is skipped nothing.
 */
export class RowWalk {
  readonly #options: RowWalkOptions;
  #visitor: RowVisitor | undefined;
  #isStopped = false;

  constructor(options: RowWalkOptions) {
    this.#options = options;
  }

  async run(visitor: RowVisitor): Promise<void> {
    this.#visitor = visitor;
    const { band, isBackwards } = this.#options;
    const { tree, tail } = band;
    if (isBackwards) this.#end(tail);
    const roots = isBackwards ? [...tree.roots].reverse() : tree.roots;
    for (const root of roots) {
      await this.#load(root);
      const came = root.picture?.came ?? NO_SLICES;
      if (!isBackwards) this.#list(came);
      await this.#node(root);
      if (isBackwards) this.#list(came);
      if (this.#isStopped) return;
    }
    if (!isBackwards) this.#end(tail);
  }

  /** What no root holds: the tail, or what never ended. */
  #end(tail: Band['tail']): void {
    const { band, isBackwards, row } = this.#options;
    if (!tail) {
      this.#list(band.tree.roots.at(-1)?.picture?.left ?? NO_SLICES);
      return;
    }
    const { slices } = tail;
    const [entry, open] = [tail.entryAt(row), tail.openAt(row)];
    const parts = [
      () => entry >= 0 && this.#slice(foundInTable(band, slices, entry, undefined)),
      () => this.#slices(slices, undefined),
      () => open >= 0 && open !== entry && this.#slice(foundInTable(band, slices, open, undefined)),
    ];
    for (const part of isBackwards ? parts.reverse() : parts) part();
  }

  #load(node: TreeNode): Promise<void> {
    return this.#options.loader.load('picture', node, this.#options.band);
  }

  async #node(node: TreeNode): Promise<void> {
    const { band, fromNs, isBackwards, loader, row, toNs } = this.#options;
    if (this.#isStopped || node.toNs < fromNs || node.fromNs > toNs) return;
    await this.#load(node);
    const { picture } = node;
    if (picture) {
      const slices = slicesInRow(node, row);
      if (slices === 0) return;
      if (node.fromNs > fromNs && node.toNs < toNs && this.#visitor?.bulk(slices) === 'skip') return;
    }
    if (node.level === 0) {
      const slices = await loader.slices(node, band);
      if (slices) this.#slices(slices, node);
      return;
    }
    const own = picture?.own ?? NO_SLICES;
    const first = own.from[row] ?? 0;
    const end = own.from[row + 1] ?? 0;
    if (isBackwards) {
      let i = end - 1;
      for (const part of [...node.parts].reverse()) {
        for (; i >= first && (own.start[i] as number) > part.fromNs; i--) this.#listed(own, i);
        await this.#node(part);
      }
      for (; i >= first; i--) this.#listed(own, i);
    } else {
      let i = first;
      for (const part of node.parts) {
        for (; i < end && (own.start[i] as number) <= part.fromNs; i++) this.#listed(own, i);
        await this.#node(part);
      }
      for (; i < end; i++) this.#listed(own, i);
    }
  }

  #list(list: SliceList): void {
    const { isBackwards, row } = this.#options;
    const first = list.from[row] ?? 0;
    const end = list.from[row + 1] ?? 0;
    if (isBackwards) for (let i = end - 1; i >= first; i--) this.#listed(list, i);
    else for (let i = first; i < end; i++) this.#listed(list, i);
  }

  #listed(list: SliceList, i: number): void {
    const { fromNs, row, toNs } = this.#options;
    if ((list.start[i] as number) <= toNs && (list.end[i] as number) >= fromNs) this.#slice(foundInList(this.#options.band, list, row, i));
  }

  #slice(slice: FoundSlice): void {
    const { fromNs, toNs } = this.#options;
    if (this.#isStopped || slice.startNs > toNs || slice.endNs < fromNs) return;
    if (this.#visitor?.slice(slice) === 'stop') this.#isStopped = true;
  }

  #slices(slices: Slices, node: TreeNode | undefined): void {
    const { band, fromNs, isBackwards, row, toNs } = this.#options;
    const { order, from, start, end } = slices.rows;
    const first = from[row] ?? 0;
    const behind = from[row + 1] ?? first;
    const tell = (at: number) => this.#slice(foundInTable(band, slices, order[at] as number, node));
    if (isBackwards) {
      let at = slices.firstEndingAfter(toNs, row);
      // The one that ends behind may begin in front.
      if (at < behind && (start[at] as number) <= toNs) at++;
      for (at--; at >= first && !this.#isStopped && (end[at] as number) >= fromNs; at--) tell(at);
      return;
    }
    let at = slices.firstEndingAfter(fromNs, row);
    // Those that end right there overlap too.
    while (at > first && end[at - 1] === fromNs) at--;
    for (; at < behind && !this.#isStopped && (start[at] as number) <= toNs; at++) tell(at);
  }
}

/** Slices of a row that begin and end in a node, as its picture counts them. */
function slicesInRow({ picture }: TreeNode, row: number): number {
  if (!picture) return 0;
  const { cells, wide } = picture;
  let slices = row + 1 < wide.from.length ? (wide.from[row + 1] as number) - (wide.from[row] as number) : 0;
  if (row + 1 < cells.from.length) for (let i = cells.from[row] as number; i < (cells.from[row + 1] as number); i++) slices += cells.count[i] as number;
  return slices;
}
