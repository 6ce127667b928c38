import { NO_SLICES, type SliceList } from '../../protocol/summary/picture.ts';
import { SliceFlag } from '../../protocol/summary/slice-table.ts';
import type { NameId, SliceRef } from '../timeline-types.ts';
import type { Band } from './band.ts';
import type { NodeLoader } from './node-loader.ts';
import { RowWalk } from './row-walk.ts';
import type { Slices, TreeNode } from './slice-tree.ts';

/** A slice of a band. */
export interface FoundSlice {
  readonly band: Band;
  readonly row: number;
  readonly startNs: number;
  /** Infinity: open. */
  readonly endNs: number;
  /** NaN: not known. */
  readonly selfNs: number;
  /** As its band calls it. */
  readonly name: number;
  /** See SliceFlag. */
  readonly flags: number;
  readonly ref: SliceRef;
}

/** Whether a slice began and ended in its segment. */
export const isLocal = (flags: number): boolean => (flags & (SliceFlag.CAME | SliceFlag.LEFT)) === 0;

export function foundInTable(band: Band, slices: Slices, i: number, node: TreeNode | undefined): FoundSlice {
  const { table } = slices;
  return {
    band,
    row: table.depthOf(i),
    startNs: table.startOf(i),
    endNs: table.endOf(i),
    selfNs: table.selfOf(i),
    name: table.nameOf(i),
    flags: table.flagsOf(i),
    ref: band.refOf(slices, i, node),
  };
}

export function foundInList(band: Band, list: SliceList, row: number, i: number): FoundSlice {
  return {
    band,
    row,
    startNs: list.start[i] as number,
    endNs: list.end[i] as number,
    selfNs: list.self[i] as number,
    name: list.name[i] as number,
    flags: list.flags[i] as number,
    ref: band.refOfBegin(list.begin[i] as number),
  };
}

/** Segments that are read for a look at one place; and slices that are compared then. */
const MAX_NEAR = 4;
const MAX_NEAR_SLICES = 20_000;

/** Finds slices of one band by row and time, reading what is not in memory. */
export class SliceFinder {
  readonly #band: Band;
  readonly #loader: NodeLoader;

  constructor(band: Band, loader: NodeLoader) {
    this.#band = band;
    this.#loader = loader;
  }

  /**
   * Slices that cross borders of segments and overlap a time range, of one row or of all: by row and start. They lie in the lists of the nodes above the
   * segments, and in the tail. Reads the pictures of all nodes in the range, so it should be short.
   */
  async crossing(fromNs: number, toNs: number, row?: number): Promise<FoundSlice[]> {
    const found: FoundSlice[] = [];
    const { tree, tail } = this.#band;
    for (const root of tree.roots) {
      await this.#loader.load('picture', root, this.#band);
      if (root.picture) this.#takeList(root.picture.came, fromNs, toNs, row, found);
      await this.#takeOwn(root, fromNs, toNs, row, found);
    }
    if (tail) {
      const { slices } = tail;
      const { table } = slices;
      for (let i = 0; i < table.count; i++) {
        if (isLocal(table.flagsOf(i)) || (row !== undefined && table.depthOf(i) !== row)) continue;
        if (table.startOf(i) <= toNs && table.endOf(i) >= fromNs) found.push(foundInTable(this.#band, slices, i, undefined));
      }
    } else {
      const left = tree.roots.at(-1)?.picture?.left;
      if (left) this.#takeList(left, fromNs, toNs, row, found);
    }
    return found.sort((a, b) => a.row - b.row || a.startNs - b.startNs);
  }

  async #takeOwn(node: TreeNode, fromNs: number, toNs: number, row: number | undefined, found: FoundSlice[]): Promise<void> {
    if (node.level === 0 || node.fromNs > toNs || node.toNs < fromNs) return;
    await this.#loader.load('picture', node, this.#band);
    if (node.picture) this.#takeList(node.picture.own, fromNs, toNs, row, found);
    for (const part of node.parts) await this.#takeOwn(part, fromNs, toNs, row, found);
  }

  #takeList(list: SliceList, fromNs: number, toNs: number, row: number | undefined, found: FoundSlice[]): void {
    const rows = list.from.length - 1;
    for (let r = row ?? 0; r < (row === undefined ? rows : Math.min(rows, row + 1)); r++) {
      for (let i = list.from[r] as number; i < (list.from[r + 1] as number); i++) {
        if ((list.start[i] as number) <= toNs && (list.end[i] as number) >= fromNs) found.push(foundInList(this.#band, list, r, i));
      }
    }
  }

  /** The slice of a row that crosses a border and began at a time: what stands in a table as come in or left open. */
  async whole(slice: FoundSlice): Promise<FoundSlice> {
    if (isLocal(slice.flags)) return slice;
    const all = await this.crossing(slice.startNs, slice.startNs, slice.row);
    return all.find((one) => one.startNs === slice.startNs) ?? slice;
  }

  /** The segment that holds a time; of two that meet there the first. Undefined: it is in the tail, or behind everything. */
  segmentAt(timeNs: number): TreeNode | undefined {
    const { segments } = this.#band.tree;
    let low = 0;
    let high = segments.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if ((segments[middle] as TreeNode).toNs >= timeNs) high = middle;
      else low = middle + 1;
    }
    return segments[low];
  }

  #walk(row: number, fromNs: number, toNs: number, isBackwards = false): RowWalk {
    return new RowWalk({ band: this.#band, loader: this.#loader, row, fromNs, toNs, isBackwards });
  }

  /** Slices of a row that overlap a time range, by start; `limit` of them at most. */
  async inRow(row: number, fromNs: number, toNs: number, limit: number): Promise<FoundSlice[]> {
    const found: FoundSlice[] = [];
    await this.#walk(row, fromNs, toNs).run({ bulk: () => 'open', slice: (slice) => (found.push(slice) < limit ? 'on' : 'stop') });
    return found;
  }

  /**
   * Slices of a row that overlap a time range, for a look at `atNs`: all where they lie in few segments; else those that the pictures list, and those of the
   * segment at that time.
   */
  async nearRow(row: number, fromNs: number, toNs: number, atNs: number): Promise<FoundSlice[]> {
    const { segments, roots } = this.#band.tree;
    const first = segments.findIndex((node) => node.toNs >= fromNs);
    const isShort = first < 0 || (segments[first + MAX_NEAR]?.fromNs ?? Number.POSITIVE_INFINITY) > toNs;
    if (isShort) return this.inRow(row, fromNs, toNs, MAX_NEAR_SLICES);
    const found: FoundSlice[] = [];
    for (const root of roots) {
      await this.#loader.load('picture', root, this.#band);
      if (!root.picture) continue;
      this.#takeList(root.picture.came, fromNs, toNs, row, found);
      this.#takeList(root.picture.wide, fromNs, toNs, row, found);
    }
    const node = this.segmentAt(atNs);
    return [...found, ...(node ? await this.inRow(row, Math.max(fromNs, node.fromNs), Math.min(toNs, node.toNs), MAX_NEAR_SLICES) : [])];
  }

  /** The first slice of a row that starts at or after a time, other than `ref`; undefined: there is none. */
  async next(row: number, afterNs: number, ref: SliceRef): Promise<FoundSlice | undefined> {
    return this.#first(this.#walk(row, afterNs, Number.POSITIVE_INFINITY), (slice) => slice.startNs >= afterNs && slice.ref !== ref);
  }

  /** The last slice of a row that ends at or before a time, other than `ref`; undefined: there is none. */
  async previous(row: number, beforeNs: number, ref: SliceRef): Promise<FoundSlice | undefined> {
    return this.#first(this.#walk(row, Number.NEGATIVE_INFINITY, beforeNs, true), (slice) => slice.endNs <= beforeNs && slice.ref !== ref);
  }

  async #first(walk: RowWalk, accepts: (slice: FoundSlice) => boolean): Promise<FoundSlice | undefined> {
    let found: FoundSlice | undefined;
    await walk.run({
      bulk: () => 'open',
      slice: (slice) => {
        if (!accepts(slice)) return 'on';
        found = slice;
        return 'stop';
      },
    });
    return found;
  }

  /** Direct children of a slice, in order of time: what lies in the row below within its time. */
  async childrenOf(slice: FoundSlice, skip: number, count: number): Promise<{ readonly rows: FoundSlice[]; readonly total: number }> {
    const { startNs, endNs } = slice;
    const rows: FoundSlice[] = [];
    let total = 0;
    await this.#walk(slice.row + 1, startNs, endNs).run({
      // Only what is on the page is looked at one by one.
      bulk: (slices) => {
        if (total + slices > skip && total < skip + count) return 'open';
        total += slices;
        return 'skip';
      },
      slice: (child) => {
        // A sibling behind may begin where this one ends, and have children there.
        const isInside = child.startNs >= startNs && (child.startNs < endNs || startNs === endNs);
        if (!isInside) return 'on';
        if (total >= skip && rows.length < count) rows.push(child);
        total++;
        return 'on';
      },
    });
    return { rows, total };
  }

  /** The innermost slice that is open at a time. */
  async innermost(timeNs: number): Promise<FoundSlice | undefined> {
    let best: FoundSlice | undefined;
    const consider = (slice: FoundSlice) => {
      if (slice.startNs <= timeNs && slice.endNs >= timeNs && (!best || slice.row >= best.row)) best = slice;
    };
    for (const slice of await this.crossing(timeNs, timeNs)) consider(slice);
    const node = this.segmentAt(timeNs);
    const slices = node ? await this.#loader.slices(node, this.#band) : this.#band.tail?.slices;
    if (slices) {
      const { table } = slices;
      let i = slices.firstStartingAfter(timeNs) - 1;
      while (i >= table.entries && (table.endOf(i) < timeNs || !isLocal(table.flagsOf(i)))) i = table.parentOf(i);
      if (i >= table.entries) consider(foundInTable(this.#band, slices, i, node));
    }
    return best;
  }

  /** The first slice that begins at or after a time. */
  async beginningAt(timeNs: number): Promise<FoundSlice | undefined> {
    const { tree, tail } = this.#band;
    const first = async (slices: Slices, node: TreeNode | undefined): Promise<FoundSlice | undefined> => {
      const { table } = slices;
      let i = slices.firstStartingAfter(timeNs);
      while (i > table.entries && table.startOf(i - 1) === timeNs) i--;
      return i < table.count ? this.whole(foundInTable(this.#band, slices, i, node)) : undefined;
    };
    for (const node of tree.segments) {
      if (node.toNs < timeNs) continue;
      const slices = await this.#loader.slices(node, this.#band);
      const found = slices && (await first(slices, node));
      if (found) return found;
    }
    return tail && first(tail.slices, undefined);
  }

  /** The next slice of a name by start, in whatever row, or the one before. */
  async nearestOfName(name: NameId, slice: FoundSlice, isBackwards: boolean): Promise<FoundSlice | undefined> {
    const sign = isBackwards ? -1 : 1;
    return this.nearest({
      fromNs: slice.startNs,
      isBackwards,
      mayHave: (id) => id === name,
      accepts: async (one) => one.ref !== slice.ref && sign * (one.startNs - slice.startNs || one.row - slice.row) > 0,
    });
  }

  /**
   * The slice nearest to a time, by start and row, that is accepted; `mayHave` says which names are worth a look. Nodes without such a name are passed by. `isBeyond` says
   * that slices from a time on are of no interest any more.
   */
  async nearest(query: {
    readonly fromNs: number;
    readonly isBackwards: boolean;
    readonly mayHave: (name: NameId) => boolean;
    readonly accepts: (slice: FoundSlice) => Promise<boolean>;
    readonly isBeyond?: (timeNs: number) => boolean;
  }): Promise<FoundSlice | undefined> {
    const { fromNs, isBackwards, mayHave, accepts, isBeyond } = query;
    const band = this.#band;
    const sign = isBackwards ? -1 : 1;
    let best: FoundSlice | undefined;
    const isNearer = (one: FoundSlice) => !best || sign * (one.startNs - best.startNs || one.row - best.row) < 0;
    const consider = async (one: FoundSlice): Promise<boolean> => {
      if (!mayHave(band.nameOf(one.name)) || !isNearer(one) || !(await accepts(one))) return false;
      best = one;
      return true;
    };
    const considerList = async (list: SliceList): Promise<void> => {
      for (let row = 0; row + 1 < list.from.length; row++) {
        for (let i = list.from[row] as number; i < (list.from[row + 1] as number); i++) {
          const start = list.start[i] as number;
          if (sign * (start - fromNs) >= 0) await consider(foundInList(band, list, row, i));
        }
      }
    };
    const considerTable = async (slices: Slices, node: TreeNode | undefined, withCrossing: boolean): Promise<void> => {
      const { table } = slices;
      let i = slices.firstStartingAfter(fromNs);
      if (isBackwards) i--;
      // Those that begin together stand on both sides.
      else while (i > table.entries && table.startOf(i - 1) === fromNs) i--;
      for (; i >= table.entries && i < table.count; i += sign) {
        const start = table.startOf(i);
        if (best && sign * (start - best.startNs) > 0) return;
        if ((withCrossing || isLocal(table.flagsOf(i))) && mayHave(band.nameOf(table.nameOf(i)))) await consider(foundInTable(band, slices, i, node));
      }
    };
    const isDone = (node: { readonly fromNs: number; readonly toNs: number }): boolean => {
      const edge = isBackwards ? node.toNs : node.fromNs;
      return (best !== undefined && sign * (edge - best.startNs) > 0) || (isBeyond?.(edge) ?? false);
    };
    const visit = async (node: TreeNode): Promise<void> => {
      if (isBackwards ? node.fromNs > fromNs : node.toNs < fromNs) return;
      if (isDone(node)) return;
      await this.#loader.load('statistics', node, band);
      // Those that cross borders are told where they end, so only what lies inside is ruled out.
      const isRuledOut = node.statistics && !node.statistics.name.some((one) => mayHave(band.nameOf(one)));
      if (isRuledOut) return;
      if (node.level === 0) {
        const slices = await this.#loader.slices(node, band);
        if (slices) await considerTable(slices, node, false);
        return;
      }
      await this.#loader.load('picture', node, band);
      if (node.picture) await considerList(node.picture.own);
      for (const part of isBackwards ? [...node.parts].reverse() : node.parts) await visit(part);
    };
    const { tail, tree } = band;
    for (const root of tree.roots) {
      await this.#loader.load('picture', root, band);
      if (root.picture) await considerList(root.picture.came);
    }
    if (!tail) await considerList(tree.roots.at(-1)?.picture?.left ?? NO_SLICES);
    // What came into the tail stands in front of it.
    if (tail)
      for (let i = 0; i < tail.slices.table.entries; i++)
        if (sign * (tail.slices.table.startOf(i) - fromNs) >= 0) await consider(foundInTable(band, tail.slices, i, undefined));
    if (tail && isBackwards) await considerTable(tail.slices, undefined, true);
    for (const root of isBackwards ? [...tree.roots].reverse() : tree.roots) await visit(root);
    if (tail && !isBackwards) await considerTable(tail.slices, undefined, true);
    return best;
  }
}
