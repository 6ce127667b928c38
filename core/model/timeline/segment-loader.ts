import type { Detail, DetailBudget } from '../detail-budget.ts';
import type { Band } from './band.ts';
import type { Slices, TreeNode } from './slice-tree.ts';

/** Of the budget, what one view may ask for: more would push each other out in turns without end. */
const VIEW_SHARE = 1 / 2;
/** A guess for segments that are not there, until some were. */
const SEGMENT_BYTES = 3 * 1024 * 1024;

/** Slices of segments in memory, within the budget, and on their way back there. */
export class SegmentLoader {
  readonly #budget: DetailBudget;
  readonly #pause: () => Promise<void>;
  readonly #onLoaded: (problem?: unknown) => void;
  readonly #details = new Map<TreeNode, SegmentDetail>();
  readonly #loading = new Map<TreeNode, Promise<Slices | undefined>>();
  readonly #wanted = new Map<TreeNode, Band>();
  readonly #unreadable = new WeakSet<TreeNode>();
  #working: Promise<void> | undefined;

  constructor(options: { readonly budget: DetailBudget; readonly pause: () => Promise<void>; readonly onLoaded: (problem?: unknown) => void }) {
    this.#budget = options.budget;
    this.#pause = options.pause;
    this.#onLoaded = options.onLoaded;
  }

  /** The slices of a segment are in memory: from now on they may be dropped. */
  keep(node: TreeNode): void {
    if (!node.slices) return;
    let detail = this.#details.get(node);
    if (!detail) {
      detail = new SegmentDetail(node, () => this.#details.delete(node));
      this.#details.set(node, detail);
    }
    this.#budget.use(detail);
  }

  /** Nodes that a view drew, or would have liked to draw. True: more will come. */
  want(nodes: ReadonlyMap<TreeNode, Band>): boolean {
    let bytes = 0;
    const missing: [TreeNode, Band][] = [];
    for (const [node, band] of nodes) {
      if (node.slices) {
        if (this.#details.has(node)) this.keep(node);
        bytes += node.slices.bytes;
      } else if (!this.#unreadable.has(node)) missing.push([node, band]);
    }
    const limit = this.#budget.maxBytes * VIEW_SHARE;
    this.#wanted.clear();
    for (const [node, band] of missing) {
      bytes += SEGMENT_BYTES;
      if (bytes > limit) break;
      this.#wanted.set(node, band);
    }
    if (this.#wanted.size === 0) return false;
    this.#working ??= this.#work().finally(() => {
      this.#working = undefined;
    });
    return true;
  }

  /** Statistics and slices that an answer lacked are read in the background; `onLoaded` tells. */
  wantLater(lacking: { readonly statistics: readonly (readonly [TreeNode, Band])[]; readonly slices: readonly (readonly [TreeNode, Band])[] }): void {
    for (const [node, band] of lacking.slices) this.#wanted.set(node, band);
    if (this.#wanted.size === 0) return;
    this.#working ??= this.#work().finally(() => {
      this.#working = undefined;
    });
  }

  /** Slices of a segment, read if need be. Undefined: they cannot be read. */
  load(node: TreeNode, band: Band): Promise<Slices | undefined> {
    if (node.slices) {
      this.keep(node);
      return Promise.resolve(node.slices);
    }
    let loading = this.#loading.get(node);
    if (!loading) {
      loading = this.#read(node, band).finally(() => this.#loading.delete(node));
      this.#loading.set(node, loading);
    }
    return loading;
  }

  /** Picture of a node, read if need be; without one when it cannot be. */
  async loadPicture(_node: TreeNode, _band: Band): Promise<void> {}

  async #read(node: TreeNode, band: Band): Promise<Slices | undefined> {
    if (this.#unreadable.has(node)) return undefined;
    try {
      node.slices = await band.load(node);
      this.keep(node);
      return node.slices;
    } catch (error) {
      // The picture still answers; trying again with each view would only fail as often.
      this.#unreadable.add(node);
      this.#onLoaded(error);
      return undefined;
    }
  }

  async #work(): Promise<void> {
    while (this.#wanted.size > 0) {
      const [node, band] = this.#wanted.entries().next().value as [TreeNode, Band];
      this.#wanted.delete(node);
      await this.load(node, band);
      this.#onLoaded();
      await this.#pause();
    }
  }

  /** Resolves when nothing is being read. */
  async settled(): Promise<void> {
    while (this.#working) await this.#working;
  }
}

class SegmentDetail implements Detail {
  readonly #node: TreeNode;
  readonly #onDrop: () => void;

  constructor(node: TreeNode, onDrop: () => void) {
    this.#node = node;
    this.#onDrop = onDrop;
  }

  get detailBytes(): number {
    return this.#node.slices?.bytes ?? 0;
  }

  dropDetail(): void {
    this.#node.slices = undefined;
    this.#onDrop();
  }
}
