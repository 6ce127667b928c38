import type { SliceList } from '../../protocol/summary/picture.ts';
import { SliceFlag } from '../../protocol/summary/slice-table.ts';
import type { SliceRef } from '../timeline-types.ts';
import type { Band } from './band.ts';
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

export type LoadSlices = (node: TreeNode, band: Band) => Promise<Slices | undefined>;
export type LoadPicture = (node: TreeNode, band: Band) => Promise<void>;

const isLocal = (flags: number): boolean => (flags & (SliceFlag.CAME | SliceFlag.LEFT)) === 0;

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

function foundInList(band: Band, list: SliceList, row: number, i: number): FoundSlice {
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

/** Finds slices of one band by row and time, reading what is not in memory. */
export class SliceFinder {
  readonly #band: Band;
  readonly #loadSlices: LoadSlices;
  readonly #loadPicture: LoadPicture;

  constructor(band: Band, loadSlices: LoadSlices, loadPicture: LoadPicture) {
    this.#band = band;
    this.#loadSlices = loadSlices;
    this.#loadPicture = loadPicture;
  }

  /**
   * Slices that cross borders of segments, of one row or of all, which overlap a time range: by row and start. They lie in the lists of
   * the nodes above the segments, and in the tail.
   */
  async crossing(fromNs: number, toNs: number, row?: number): Promise<FoundSlice[]> {
    const found: FoundSlice[] = [];
    const { tree, tail } = this.#band;
    for (const root of tree.roots) {
      await this.#loadPicture(root, this.#band);
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
    await this.#loadPicture(node, this.#band);
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

  /** The segment that holds a time; of two that meet there the first. Undefined: it is in the tail, or in front of everything. */
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

  /** Slices of a row that overlap a time range, by start; `limit` of them at most. */
  async inRow(row: number, fromNs: number, toNs: number, limit: number): Promise<FoundSlice[]> {
    const found = await this.crossing(fromNs, toNs, row);
    for (const node of this.#band.tree.segments) {
      if (node.toNs < fromNs) continue;
      if (node.fromNs > toNs || found.length >= limit + 64) break;
      if (!this.#hasRow(node, row)) continue;
      const slices = await this.#loadSlices(node, this.#band);
      if (slices) this.#takeRow(slices, node, row, fromNs, toNs, limit, found);
    }
    const { tail } = this.#band;
    if (tail && tail.fromNs <= toNs) this.#takeRow(tail.slices, undefined, row, fromNs, toNs, limit, found);
    return found.sort((a, b) => a.startNs - b.startNs).slice(0, limit);
  }

  #hasRow(node: TreeNode, row: number): boolean {
    const { picture } = node;
    if (!picture) return true;
    const has = (from: Uint32Array) => (from[row] ?? 0) < (from[row + 1] ?? 0);
    return has(picture.cells.from) || has(picture.wide.from);
  }

  #takeRow(slices: Slices, node: TreeNode | undefined, row: number, fromNs: number, toNs: number, limit: number, found: FoundSlice[]): void {
    const { table, order, from } = slices;
    const end = from[row + 1] ?? 0;
    let taken = 0;
    for (let at = slices.firstEndingAfter(fromNs, from[row] ?? 0, end); at < end && taken < limit; at++) {
      const i = order[at] as number;
      if (table.startOf(i) > toNs) break;
      found.push(foundInTable(this.#band, slices, i, node));
      taken++;
    }
    // One that ends right at the start, or has no length there.
    const before = slices.firstEndingAfter(fromNs, from[row] ?? 0, end) - 1;
    for (let at = before; at >= (from[row] ?? 0) && table.endOf(order[at] as number) === fromNs; at--) {
      found.push(foundInTable(this.#band, slices, order[at] as number, node));
    }
  }

  /**
   * Slices of a row that overlap a time range, for a look at `atNs`: all where they lie in few segments; else those that the pictures list, and those of the
   * segment at that time.
   */
  async nearRow(row: number, fromNs: number, toNs: number, atNs: number): Promise<FoundSlice[]> {
    const segments = this.#band.tree.segments.filter((node) => node.toNs >= fromNs && node.fromNs <= toNs);
    if (segments.length <= MAX_NEAR) return this.inRow(row, fromNs, toNs, MAX_NEAR_SLICES);
    const found = await this.crossing(fromNs, toNs, row);
    for (const root of this.#band.tree.roots) if (root.picture) this.#takeList(root.picture.wide, fromNs, toNs, row, found);
    const node = this.segmentAt(atNs);
    const slices = node && (await this.#loadSlices(node, this.#band));
    if (slices) this.#takeRow(slices, node, row, fromNs, toNs, MAX_NEAR_SLICES, found);
    return found;
  }

  /** Direct children of a slice, in order of time: what lies in the row below within its time. */
  async childrenOf(slice: FoundSlice, skip: number, count: number): Promise<{ readonly rows: FoundSlice[]; readonly total: number }> {
    const row = slice.row + 1;
    const { startNs, endNs } = slice;
    // A sibling behind may begin where this one ends, and have children there.
    const isInside = (start: number, end: number) => start >= startNs && end <= endNs && (start < endNs || startNs === endNs);
    const parts: { readonly total: number; readonly take: () => Promise<FoundSlice[]>; readonly atNs: number }[] = [];
    for (const crossing of await this.crossing(startNs, endNs, row)) {
      if (isInside(crossing.startNs, Math.min(crossing.endNs, endNs))) parts.push({ total: 1, take: async () => [crossing], atNs: crossing.startNs });
    }
    const ofTable = (slices: Slices, node: TreeNode | undefined): FoundSlice[] => {
      const found: FoundSlice[] = [];
      const { table, order, from } = slices;
      const end = from[row + 1] ?? 0;
      let at = slices.firstEndingAfter(startNs, from[row] ?? 0, end);
      while (at > (from[row] ?? 0) && table.endOf(order[at - 1] as number) === startNs) at--;
      for (; at < end; at++) {
        const i = order[at] as number;
        if (table.startOf(i) > endNs) break;
        if (isInside(table.startOf(i), table.endOf(i))) found.push(foundInTable(this.#band, slices, i, node));
      }
      return found;
    };
    for (const node of this.#band.tree.segments) {
      if (node.toNs < startNs || node.fromNs > endNs || !this.#hasRow(node, row)) continue;
      const load = async () => {
        const slices = await this.#loadSlices(node, this.#band);
        return slices ? ofTable(slices, node) : [];
      };
      // Inside, all that the row holds is a child: the picture knows how many.
      const isWhole = node.fromNs > startNs && node.toNs < endNs && node.picture !== undefined;
      if (isWhole) parts.push({ total: rowCount(node, row), take: load, atNs: node.fromNs });
      else {
        const found = await load();
        parts.push({ total: found.length, take: async () => found, atNs: Math.max(node.fromNs, startNs) });
      }
    }
    const { tail } = this.#band;
    if (tail && tail.fromNs <= endNs) {
      const found = ofTable(tail.slices, undefined);
      parts.push({ total: found.length, take: async () => found, atNs: Math.max(tail.fromNs, startNs) });
    }
    parts.sort((a, b) => a.atNs - b.atNs);
    const rows: FoundSlice[] = [];
    let total = 0;
    for (const part of parts) {
      if (total + part.total > skip && total < skip + count) rows.push(...(await part.take()).slice(Math.max(0, skip - total), skip + count - total));
      total += part.total;
    }
    return { rows: rows.sort((a, b) => a.startNs - b.startNs), total };
  }

  /** The innermost slice that is open at a time. */
  async innermost(timeNs: number): Promise<FoundSlice | undefined> {
    let best: FoundSlice | undefined;
    const consider = (slice: FoundSlice) => {
      if (slice.startNs <= timeNs && slice.endNs >= timeNs && (!best || slice.row >= best.row)) best = slice;
    };
    for (const slice of await this.crossing(timeNs, timeNs)) consider(slice);
    const node = this.segmentAt(timeNs);
    const { tail } = this.#band;
    const slices = node ? await this.#loadSlices(node, this.#band) : tail?.slices;
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
      const slices = await this.#loadSlices(node, this.#band);
      const found = slices && (await first(slices, node));
      if (found) return found;
    }
    return tail && first(tail.slices, undefined);
  }

  /** The next slice of a name by start, in whatever row, or the one before. */
  async nearestOfName(name: number, slice: FoundSlice, isBackwards: boolean): Promise<FoundSlice | undefined> {
    const band = this.#band;
    const isBeyond = (one: FoundSlice) =>
      one.ref !== slice.ref &&
      (isBackwards
        ? one.startNs < slice.startNs || (one.startNs === slice.startNs && one.row < slice.row)
        : one.startNs > slice.startNs || (one.startNs === slice.startNs && one.row > slice.row));
    let best: FoundSlice | undefined;
    const consider = (one: FoundSlice) => {
      if (band.nameOf(one.name) !== name || !isBeyond(one)) return;
      if (!best || (isBackwards ? one.startNs > best.startNs : one.startNs < best.startNs)) best = one;
    };
    for (const one of isBackwards ? await this.crossing(Number.NEGATIVE_INFINITY, slice.startNs) : await this.crossing(slice.startNs, Number.POSITIVE_INFINITY))
      consider(one);
    const ofTable = (slices: Slices, node: TreeNode | undefined) => {
      const { table } = slices;
      const from = slices.firstStartingAfter(slice.startNs);
      const step = isBackwards ? -1 : 1;
      let i = isBackwards ? from - 1 : from;
      // Those that begin together stand on both sides.
      while (!isBackwards && i > table.entries && table.startOf(i - 1) === slice.startNs) i--;
      for (; i >= table.entries && i < table.count; i += step) {
        if (!isLocal(table.flagsOf(i)) || band.nameOf(table.nameOf(i)) !== name) continue;
        const one = foundInTable(band, slices, i, node);
        if (!isBeyond(one)) continue;
        consider(one);
        return;
      }
    };
    const { segments } = band.tree;
    const order = isBackwards ? [...segments].reverse() : segments;
    if (isBackwards && band.tail) ofTable(band.tail.slices, undefined);
    for (const node of order) {
      if (isBackwards ? node.fromNs > slice.startNs : node.toNs < slice.startNs) continue;
      if (best && (isBackwards ? node.toNs < best.startNs : node.fromNs > best.startNs)) return best;
      if (node.statistics && !node.statistics.name.some((one) => band.nameOf(one) === name)) continue;
      const slices = await this.#loadSlices(node, band);
      if (slices) ofTable(slices, node);
    }
    if (!isBackwards && band.tail) ofTable(band.tail.slices, undefined);
    return best;
  }

  /** The first slice of a row that starts after a time (or at it, behind `ref`); undefined: there is none. */
  async next(row: number, afterNs: number, ref: SliceRef): Promise<FoundSlice | undefined> {
    let best: FoundSlice | undefined;
    const consider = (slice: FoundSlice) => {
      if (slice.ref === ref || slice.startNs < afterNs) return;
      if (!best || slice.startNs < best.startNs) best = slice;
    };
    for (const slice of await this.crossing(afterNs, Number.POSITIVE_INFINITY, row)) consider(slice);
    for (const node of this.#band.tree.segments) {
      if (node.toNs < afterNs) continue;
      if (best && node.fromNs > best.startNs) return best;
      if (!this.#hasRow(node, row)) continue;
      const slices = await this.#loadSlices(node, this.#band);
      if (slices) this.#eachFrom(slices, node, row, afterNs, consider, () => best !== undefined);
    }
    const { tail } = this.#band;
    if (tail) this.#eachFrom(tail.slices, undefined, row, afterNs, consider, () => best !== undefined);
    return best;
  }

  #eachFrom(slices: Slices, node: TreeNode | undefined, row: number, fromNs: number, each: (slice: FoundSlice) => void, isDone: () => boolean): void {
    const { table, order, from } = slices;
    const end = from[row + 1] ?? 0;
    let low = from[row] ?? 0;
    let high = end;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (table.startOf(order[middle] as number) >= fromNs) high = middle;
      else low = middle + 1;
    }
    for (let at = low; at < end; at++) {
      each(foundInTable(this.#band, slices, order[at] as number, node));
      if (isDone()) return;
    }
  }

  /** The last slice of a row that ends at or before a time; undefined: there is none. */
  async previous(row: number, beforeNs: number, ref: SliceRef): Promise<FoundSlice | undefined> {
    let best: FoundSlice | undefined;
    const consider = (slice: FoundSlice) => {
      if (slice.ref === ref || slice.endNs > beforeNs) return;
      if (!best || slice.startNs > best.startNs) best = slice;
    };
    const { tail, tree } = this.#band;
    for (const slice of await this.crossing(Number.NEGATIVE_INFINITY, beforeNs, row)) consider(slice);
    if (tail && tail.fromNs <= beforeNs) this.#eachBefore(tail.slices, undefined, row, beforeNs, consider);
    for (let s = tree.segments.length - 1; s >= 0; s--) {
      const node = tree.segments[s] as TreeNode;
      if (node.fromNs > beforeNs) continue;
      if (best && node.toNs < best.startNs) return best;
      if (!this.#hasRow(node, row)) continue;
      const slices = await this.#loadSlices(node, this.#band);
      if (slices) this.#eachBefore(slices, node, row, beforeNs, consider);
    }
    return best;
  }

  /** The last two: one may be where the search began. */
  #eachBefore(slices: Slices, node: TreeNode | undefined, row: number, beforeNs: number, each: (slice: FoundSlice) => void): void {
    const { order, from } = slices;
    const start = from[row] ?? 0;
    const last = slices.firstEndingAfter(beforeNs, start, from[row + 1] ?? 0) - 1;
    for (let at = last; at >= start && at > last - 2; at--) each(foundInTable(this.#band, slices, order[at] as number, node));
  }
}

/** Slices of a row that begin and end in a node, as its picture counts them. */
function rowCount({ picture }: TreeNode, row: number): number {
  if (!picture) return 0;
  const { cells, wide } = picture;
  let count = row + 1 < wide.from.length ? (wide.from[row + 1] as number) - (wide.from[row] as number) : 0;
  for (let i = cells.from[row] ?? 0; i < (cells.from[row + 1] ?? 0); i++) count += cells.count[i] as number;
  return count;
}

/** Segments that are read for a look at one place; and slices that are compared then. */
const MAX_NEAR = 4;
const MAX_NEAR_SLICES = 20_000;
