import type { IndexRow } from '../../protocol/recording-format.ts';
import { type BeginOf, BUCKETS, bucketWidth, mergedPicture, type Picture, pictureBytes, pictureOf } from '../../protocol/summary/picture.ts';
import { FAN_OUT, HISTOGRAM_LEVEL } from '../../protocol/summary/segment-rule.ts';
import { DEPTH_MASK, END, FLAGS_SHIFT, FLOATS, SHAPE, SliceFlag, type SliceTable, START, WORDS } from '../../protocol/summary/slice-table.ts';
import { mergedStatistics, type Statistics } from '../../protocol/summary/statistics.ts';

/** A stretch of a track. Level 0: a segment, whose slices can be had one by one. */
export interface TreeNode {
  readonly level: number;
  readonly fromNs: number;
  readonly toNs: number;
  /** Of the level below; empty at level 0. */
  readonly parts: readonly TreeNode[];
  /** Undefined: to be read. */
  picture: Picture | undefined;
  statistics: Statistics | undefined;
  /** Level 0. Undefined: to be decoded. */
  slices: Slices | undefined;
  /** Level 0: what its owner finds it by. */
  readonly segment: number;
  /** Where its picture and its statistics lie in the file. Undefined: nowhere, so they stay in memory. */
  source: { readonly picture: readonly IndexRow[]; readonly statistics: readonly IndexRow[] } | undefined;
}

/**
 * Slices of a segment, and those that do not cross its borders by row: in a row they follow each other. What is drawn of a row lies together there; in the table, which is in the
 * order of starts, each slice of a row would be a miss of the cache.
 */
export class Slices {
  readonly table: SliceTable;
  /** By index in the table; undefined: `begin` comes from the place. */
  readonly refs: Float64Array | undefined;
  /** Finer pictures of the segment, by number of buckets, made when they are first drawn. */
  readonly #fine = new Map<number, Picture>();
  #fineBytes = 0;
  #rows = NO_ROWS;
  #indexed = -1;

  constructor(table: SliceTable, refs?: Float64Array) {
    this.table = table;
    this.refs = refs;
  }

  get bytes(): number {
    return this.table.bytes + (this.refs?.byteLength ?? 0) + this.#rows.order.length * BYTES_IN_ROW + this.#fineBytes;
  }

  /** A counting sort. What grows is sorted again when it is asked for. */
  get rows(): SliceRows {
    const { count, floats, words } = this.table;
    if (this.#indexed === count) return this.#rows;
    let rows = 0;
    for (let u = SHAPE; u < count * WORDS; u += WORDS) rows = Math.max(rows, ((words[u] as number) & DEPTH_MASK) + 1);
    const from = new Uint32Array(rows + 1);
    for (let u = SHAPE; u < count * WORDS; u += WORDS) {
      const shape = words[u] as number;
      if ((shape & CROSSES) !== 0) continue;
      const row = (shape & DEPTH_MASK) + 1;
      from[row] = (from[row] as number) + 1;
    }
    for (let row = 0; row < rows; row++) from[row + 1] = (from[row + 1] as number) + (from[row] as number);
    const next = from.slice();
    const slices = from[rows] as number;
    const order = new Uint32Array(slices);
    const start = new Float64Array(slices);
    const end = new Float64Array(slices);
    const flags = new Uint8Array(slices);
    for (let i = 0, u = SHAPE, f = 0; i < count; i++, u += WORDS, f += FLOATS) {
      const shape = words[u] as number;
      if ((shape & CROSSES) !== 0) continue;
      const row = shape & DEPTH_MASK;
      const at = next[row] as number;
      next[row] = at + 1;
      order[at] = i;
      start[at] = floats[f + START] as number;
      end[at] = floats[f + END] as number;
      flags[at] = shape >>> FLAGS_SHIFT;
    }
    this.#rows = { from, order, start, end, flags };
    this.#indexed = count;
    return this.#rows;
  }

  /** A picture with as many buckets as a power of four times BUCKETS allows, none wider than `widthNs`. Undefined: the slices themselves are as quick. */
  fine(fromNs: number, toNs: number, widthNs: number, beginOf: BeginOf): Picture | undefined {
    let buckets = BUCKETS * 4;
    while (bucketWidth(fromNs, toNs, buckets) > widthNs && buckets <= MAX_FINE_BUCKETS) buckets *= 4;
    if (buckets > MAX_FINE_BUCKETS) return undefined;
    let picture = this.#fine.get(buckets);
    if (!picture) {
      picture = pictureOf(this.table, fromNs, toNs, Number.NEGATIVE_INFINITY, beginOf, buckets);
      this.#fine.set(buckets, picture);
      this.#fineBytes += pictureBytes(picture);
    }
    return picture;
  }

  /** Makes what a view would have to wait for. */
  prepare(fromNs: number, toNs: number, beginOf: BeginOf): void {
    for (let buckets = BUCKETS * 4; buckets <= MAX_FINE_BUCKETS; buckets *= 4) this.fine(fromNs, toNs, bucketWidth(fromNs, toNs, buckets), beginOf);
    void this.rows;
  }

  /** The table has changed in another way than by growing. */
  changed(): void {
    this.#indexed = -1;
  }

  /** First place in a row whose slice ends after a time; the end of the row where none does. */
  firstEndingAfter(timeNs: number, row: number): number {
    const { from, end } = this.rows;
    let low = from[row] ?? 0;
    let high = from[row + 1] ?? low;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if ((end[middle] as number) > timeNs) high = middle;
      else low = middle + 1;
    }
    return low;
  }

  /** First index in the table, behind the entries, that starts after `timeNs`. */
  firstStartingAfter(timeNs: number): number {
    const { count, entries, floats } = this.table;
    let low = entries;
    let high = count;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if ((floats[middle * FLOATS + START] as number) > timeNs) high = middle;
      else low = middle + 1;
    }
    return low;
  }
}

/** Columns of slices by row. `from[row]` … `from[row + 1]` are those of a row; `order` tells their indices in the table. */
export interface SliceRows {
  readonly from: Uint32Array;
  readonly order: Uint32Array;
  readonly start: Float64Array;
  readonly end: Float64Array;
  readonly flags: Uint8Array;
}

const NO_ROWS: SliceRows = {
  from: new Uint32Array(1),
  order: new Uint32Array(0),
  start: new Float64Array(0),
  end: new Float64Array(0),
  flags: new Uint8Array(0),
};
const BYTES_IN_ROW = 21;

/** A segment that is drawn wider than so many pixels is one of two or three on the screen. */
const MAX_FINE_BUCKETS = 1024;
const CROSSES = (SliceFlag.CAME | SliceFlag.LEFT) << FLAGS_SHIFT;

/**
 * Segments of a track, and the levels above them: every FAN_OUT nodes that follow each other are the parts of one of the next level, as soon as they are
 * there. What is not part of a higher one yet is a root.
 */
export class SliceTree {
  /** All nodes of a level, in order of time. */
  readonly levels: TreeNode[][] = [];
  #roots: TreeNode[] = [];
  /** Grows with every change. */
  revision = 0;

  get segments(): readonly TreeNode[] {
    return this.levels[0] ?? [];
  }

  get roots(): readonly TreeNode[] {
    return this.#roots;
  }

  addSegment(node: Omit<TreeNode, 'level' | 'parts' | 'source'>): TreeNode {
    const made: TreeNode = { level: 0, parts: [], source: undefined, ...node };
    this.#put(made);
    this.#roots.push(made);
    this.#group();
    return made;
  }

  /** A segment of which the file holds picture and statistics, as it does of the nodes above: these are told by `addKnown`. */
  addKnownSegment(node: Pick<TreeNode, 'fromNs' | 'toNs' | 'segment' | 'source'>): TreeNode {
    const made: TreeNode = { level: 0, parts: [], picture: undefined, statistics: undefined, slices: undefined, ...node };
    this.#put(made);
    this.#roots.push(made);
    return made;
  }

  /** A node that the file holds, above the last roots of the level below. False: it does not fit to these. */
  addKnown(level: number, node: Pick<TreeNode, 'fromNs' | 'toNs' | 'source'>): boolean {
    let first = this.#roots.length;
    while (first > 0 && (this.#roots[first - 1] as TreeNode).level === level - 1) first--;
    const parts = this.#roots.slice(first);
    if (parts.length === 0 || parts[0]?.fromNs !== node.fromNs || parts.at(-1)?.toNs !== node.toNs) return false;
    this.#addGroup(level, { picture: undefined, statistics: undefined }, parts).source = node.source;
    return true;
  }

  #addGroup(level: number, node: Pick<TreeNode, 'picture' | 'statistics'>, parts: readonly TreeNode[]): TreeNode {
    const first = parts[0] as TreeNode;
    const last = parts[parts.length - 1] as TreeNode;
    const made: TreeNode = { level, fromNs: first.fromNs, toNs: last.toNs, parts, slices: undefined, segment: -1, source: undefined, ...node };
    this.#roots.splice(this.#roots.length - parts.length, parts.length, made);
    this.#put(made);
    // Its own is enough: those of small stretches can be made again from their slices.
    if (made.statistics)
      for (const part of parts) if (part.statistics && part.level < HISTOGRAM_LEVEL) part.statistics = { ...part.statistics, histogram: undefined };
    return made;
  }

  #put(node: TreeNode): void {
    while (this.levels.length <= node.level) this.levels.push([]);
    (this.levels[node.level] as TreeNode[]).push(node);
    this.revision++;
  }

  /** The last roots become parts of one, if they are enough of one level. */
  #group(): void {
    for (;;) {
      const parts = this.#roots.slice(-FAN_OUT);
      const level = parts[0]?.level;
      if (level === undefined || parts.length < FAN_OUT || parts.some((part) => part.level !== level)) return;
      this.#addGroup(level + 1, groupOf(parts), parts);
    }
  }

  /** Takes out the segments from `count` on, and every node that has one of them. */
  truncate(count: number): void {
    const first = this.segments[count];
    if (!first) return;
    this.revision++;
    (this.levels[0] as TreeNode[]).length = count;
    for (const nodes of this.levels.slice(1)) while ((nodes.at(-1)?.toNs ?? 0) > first.fromNs || hasPart(nodes.at(-1), first)) nodes.pop();
    this.#roots = [];
    let at = 0;
    // Roots are the largest nodes that are whole, from the left.
    while (at < count) {
      let span = 1;
      let level = 0;
      while (at % (span * FAN_OUT) === 0 && this.levels[level + 1]?.[at / (span * FAN_OUT)] !== undefined) {
        level++;
        span *= FAN_OUT;
      }
      this.#roots.push((this.levels[level] as TreeNode[])[at / span] as TreeNode);
      at += span;
    }
  }
}

function hasPart(node: TreeNode | undefined, part: TreeNode): boolean {
  return node !== undefined && (node === part || node.parts.some((one) => hasPart(one, part)));
}

/** Picture and statistics of parts that are all there; else they are to be read. */
function groupOf(parts: readonly TreeNode[]): Pick<TreeNode, 'picture' | 'statistics'> {
  const pictures = parts.map((part) => part.picture);
  const statistics = parts.map((part) => part.statistics);
  return {
    picture: pictures.every((picture) => picture !== undefined) ? mergedPicture(pictures) : undefined,
    statistics: statistics.every((one) => one !== undefined) ? mergedStatistics(statistics) : undefined,
  };
}
