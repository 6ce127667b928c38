import { ProblemError } from '../../base/result.ts';
import type { IndexRow } from '../../protocol/recording-format.ts';
import { decodePicture, decodeStatistics } from '../../protocol/summary/codec.ts';
import { type Picture, pictureBytes } from '../../protocol/summary/picture.ts';
import type { Statistics } from '../../protocol/summary/statistics.ts';
import type { BlockStore } from '../block-store.ts';
import type { Detail, DetailBudget } from '../detail-budget.ts';
import type { Band } from './band.ts';
import type { Slices, TreeNode } from './slice-tree.ts';

/** Of the budget, what one view may ask for: more would push each other out in turns without end. */
const VIEW_SHARE = 1 / 2;
/** Guesses for what is not there. */
const SLICES_BYTES = 4 * 1024 * 1024;
const SUMMARY_BYTES = 64 * 1024;
/** Summaries that are on their way together: of a source that is far away each takes its time. */
const AT_ONCE = 64;

/** What of a node may be in memory or not. */
export type NodePart = 'slices' | 'picture' | 'statistics';

/** Parts of nodes that an answer used, or lacked. */
export class Wanted {
  readonly slices = new Map<TreeNode, Band>();
  readonly picture = new Map<TreeNode, Band>();
  readonly statistics = new Map<TreeNode, Band>();
  /** Something was not there. */
  lacks = false;

  use(part: NodePart, node: TreeNode, band: Band): void {
    this[part].set(node, band);
    if (node[part] === undefined) this.lacks = true;
  }
}

/** Slices, pictures and statistics of nodes in memory, within the budget, and on their way back there. */
export class NodeLoader {
  readonly #blocks: BlockStore;
  readonly #budget: DetailBudget;
  readonly #pause: () => Promise<void>;
  readonly #onLoaded: (problem?: unknown) => void;
  readonly #details = { slices: new Map<TreeNode, NodeDetail>(), picture: new Map<TreeNode, NodeDetail>(), statistics: new Map<TreeNode, NodeDetail>() };
  readonly #loading = {
    slices: new Map<TreeNode, Promise<void>>(),
    picture: new Map<TreeNode, Promise<void>>(),
    statistics: new Map<TreeNode, Promise<void>>(),
  };
  readonly #unreadable = { slices: new WeakSet<TreeNode>(), picture: new WeakSet<TreeNode>(), statistics: new WeakSet<TreeNode>() };
  #wanted = new Wanted();
  #working: Promise<void> | undefined;
  /** Who waits for the next part that is read. */
  #waiting: (() => void)[] = [];

  constructor(options: {
    readonly blocks: BlockStore;
    readonly budget: DetailBudget;
    readonly pause: () => Promise<void>;
    readonly onLoaded: (problem?: unknown) => void;
  }) {
    this.#blocks = options.blocks;
    this.#budget = options.budget;
    this.#pause = options.pause;
    this.#onLoaded = options.onLoaded;
  }

  /** A part of a node is in memory, and there is where to read it again: from now on it may be dropped. */
  keep(part: NodePart, node: TreeNode): void {
    if (node[part] === undefined) return;
    const details = this.#details[part];
    let detail = details.get(node);
    if (!detail) {
      if (part !== 'slices' && node.source === undefined) return;
      detail = new NodeDetail(node, part, () => details.delete(node));
      details.set(node, detail);
    }
    this.#budget.use(detail);
  }

  /** What an answer used stays; what it lacked is read. True: more will come. */
  want(wanted: Wanted): boolean {
    let bytes = 0;
    const missing = new Wanted();
    for (const part of ['statistics', 'picture', 'slices'] as const) {
      for (const [node, band] of wanted[part]) {
        const detail = this.#details[part].get(node);
        if (node[part] !== undefined) {
          if (detail) this.#budget.use(detail);
          bytes += detail?.detailBytes ?? 0;
        } else if (this.#canRead(part, node)) {
          bytes += part === 'slices' ? SLICES_BYTES : SUMMARY_BYTES;
          if (bytes <= this.#budget.maxBytes * VIEW_SHARE) missing.use(part, node, band);
        }
      }
    }
    // What the view before wanted is off the screen.
    this.#wanted = missing;
    if (!missing.lacks) return false;
    this.#start();
    return true;
  }

  /** As `want`, beside what a view asks for. */
  wantToo(wanted: Wanted): void {
    for (const part of ['statistics', 'picture', 'slices'] as const) {
      for (const [node, band] of wanted[part]) if (node[part] === undefined && this.#canRead(part, node)) this.#wanted.use(part, node, band);
    }
    if (this.#wanted.lacks) this.#start();
  }

  #canRead(part: NodePart, node: TreeNode): boolean {
    return !this.#unreadable[part].has(node) && (part === 'slices' ? node.level === 0 : node.source !== undefined);
  }

  #start(): void {
    this.#working ??= this.#work().finally(() => {
      this.#working = undefined;
      this.#wake();
    });
  }

  async #work(): Promise<void> {
    for (;;) {
      const { statistics, picture, slices } = this.#wanted;
      const summaries = [
        ...take(statistics, AT_ONCE).map(([node, band]) => this.load('statistics', node, band)),
        ...take(picture, AT_ONCE).map(([node, band]) => this.load('picture', node, band)),
      ];
      if (summaries.length > 0) await Promise.all(summaries);
      else {
        const [first] = take(slices, 1);
        if (!first) return;
        await this.load('slices', ...first);
      }
      this.#onLoaded();
      this.#wake();
      await this.#pause();
    }
  }

  #wake(): void {
    for (const wake of this.#waiting.splice(0)) wake();
  }

  /** Resolves when something more of what is wanted has been read. False, at once: nothing is. */
  async nextRead(): Promise<boolean> {
    if (!this.#working) return false;
    await new Promise<void>((resolve) => this.#waiting.push(resolve));
    return true;
  }

  /** A part of a node, read if need be; it stays undefined when it cannot be. */
  load(part: NodePart, node: TreeNode, band: Band): Promise<void> {
    if (node[part] !== undefined) {
      this.keep(part, node);
      return Promise.resolve();
    }
    if (!this.#canRead(part, node)) return Promise.resolve();
    const loading = this.#loading[part];
    let read = loading.get(node);
    if (!read) {
      read = this.#read(part, node, band).finally(() => loading.delete(node));
      loading.set(node, read);
    }
    return read;
  }

  async slices(node: TreeNode, band: Band): Promise<Slices | undefined> {
    await this.load('slices', node, band);
    return node.slices;
  }

  async #read(part: NodePart, node: TreeNode, band: Band): Promise<void> {
    try {
      if (part === 'slices') {
        const slices = await band.load(node);
        slices.prepare(node.fromNs, node.toNs, (i) => band.beginOf(slices, i, node));
        node.slices = slices;
      }
      if (part === 'picture') node.picture = await this.#readPicture(node);
      if (part === 'statistics') node.statistics = await this.#readStatistics(node);
      this.keep(part, node);
    } catch (error) {
      // What is there still answers; trying again with each view would only fail as often.
      this.#unreadable[part].add(node);
      this.#onLoaded(error);
    }
  }

  async #readPicture(node: TreeNode): Promise<Picture> {
    const rows = node.source?.picture ?? [];
    const picture = decodePicture(await this.#blocks.summary(rows));
    if (picture?.level !== node.level || picture.fromNs !== node.fromNs || picture.toNs !== node.toNs) throw damaged(rows);
    return picture;
  }

  async #readStatistics(node: TreeNode): Promise<Statistics> {
    const rows = node.source?.statistics ?? [];
    const statistics = decodeStatistics(await this.#blocks.summary(rows));
    if (statistics?.level !== node.level) throw damaged(rows);
    return statistics;
  }

  /** Resolves when nothing is being read. */
  async settled(): Promise<void> {
    while (this.#working) await this.#working;
  }
}

function take(from: Map<TreeNode, Band>, count: number): [TreeNode, Band][] {
  const taken: [TreeNode, Band][] = [];
  for (const entry of from) {
    if (taken.length === count) break;
    taken.push(entry);
    from.delete(entry[0]);
  }
  return taken;
}

const damaged = (rows: readonly IndexRow[]): ProblemError =>
  new ProblemError({
    code: 'recording-damaged',
    message: `A summary of the recording is damaged, at byte ${rows[0]?.offset ?? 0}: that part of the timeline is shown less exactly.`,
  });

class NodeDetail implements Detail {
  readonly #node: TreeNode;
  readonly #part: NodePart;
  readonly #onDrop: () => void;

  constructor(node: TreeNode, part: NodePart, onDrop: () => void) {
    this.#node = node;
    this.#part = part;
    this.#onDrop = onDrop;
  }

  get detailBytes(): number {
    return bytesOf(this.#node, this.#part);
  }

  dropDetail(): void {
    this.#node[this.#part] = undefined;
    this.#onDrop();
  }
}

function bytesOf(node: TreeNode, part: NodePart): number {
  if (part === 'slices') return node.slices?.bytes ?? 0;
  if (part === 'picture') return node.picture ? pictureBytes(node.picture) : 0;
  const { statistics } = node;
  if (!statistics) return 0;
  const { name, histogram } = statistics;
  return name.length * 60 + (histogram ? histogram.bin.byteLength + (histogram.count?.byteLength ?? 0) : 0);
}
