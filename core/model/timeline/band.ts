import { BUSY_UNIT, bucketWidth, type Cells, coarserPicture, NO_SLICES, type Picture, type SliceList } from '../../protocol/summary/picture.ts';
import { SliceFlag } from '../../protocol/summary/slice-table.ts';
import { ItemFlag, type NameId, type SliceRef } from '../timeline-types.ts';
import type { Wanted } from './node-loader.ts';
import type { Slices, SliceTree, TreeNode } from './slice-tree.ts';
import type { ItemSource, ViewBuilder } from './view-builder.ts';

/** What of a slice a search looks at. `flags`: see SliceFlag. */
export type IsHit = (name: NameId, durationNs: number, selfNs: number, flags: number) => boolean;

/** A slice of a band. `flags`: see SliceFlag. */
export interface FoundSlice {
  readonly row: number;
  readonly startNs: number;
  /** Infinity: open. */
  readonly endNs: number;
  readonly selfNs: number;
  readonly name: NameId;
  readonly flags: number;
  readonly ref: SliceRef;
  readonly call: number;
}

/** The newest part of a band that grows: slices that are not in the tree yet. Slices that came into it, or are open, are in the table too. */
export interface Tail {
  readonly slices: Slices;
  readonly fromNs: number;
  readonly toNs: number;
  /** Index of the slice of a row that came into it; -1: none did. */
  entryAt(row: number): number;
  /** Index of the open slice of a row; -1: none is. */
  openAt(row: number): number;
}

/**
 * Rows of nested slices under a tree. Draws what is in memory, the finest there is, and says what it would rather have.
 * Names and places are those of the tree's owner until they leave this class.
 */
export abstract class Band {
  abstract readonly tree: SliceTree;
  abstract readonly tail: Tail | undefined;
  abstract readonly rows: number;
  /** Slices so far, open ones too. */
  abstract readonly count: number;
  /** Of all slices; not finite while there are none. */
  abstract readonly firstNs: number;
  abstract readonly lastNs: number;
  /** Segments that stay as they are, unless `generation` grows; those behind them may be put together anew at any time, and are in memory. */
  get settled(): number {
    return this.tree.segments.length;
  }
  generation = 0;

  /** Name in the trace. */
  abstract nameOf(name: number): NameId;
  /** Of `begin` in lists of pictures. */
  abstract refOfBegin(begin: number): SliceRef;
  /** `begin` of slice `i` of a segment, as lists of pictures have it. */
  abstract beginOf(slices: Slices, i: number, segment: TreeNode): number;
  /** Of slice `i` of a segment, or of the tail. */
  abstract refOf(slices: Slices, i: number, segment: TreeNode | undefined): SliceRef;
  /** Decodes a segment again. */
  abstract load(node: TreeNode): Promise<Slices>;

  /** `endNs`: where open slices end. `wanted` gets the parts of nodes that were used or missed. */
  paint(row: number, builder: ViewBuilder, endNs: number, wanted: Wanted, isHit?: IsHit): void {
    const { fromNs, toNs } = builder;
    const painter = new RowPainter(this, row, builder, endNs, wanted, isHit);
    // What crosses the border between two roots came into one of those behind. Of a row these follow each other, and lie between what the roots hold.
    const roots = this.tree.roots;
    for (const root of roots) painter.use('picture', root);
    const came = roots.map((root) => root.picture?.came ?? NO_SLICES);
    for (let r = 0; r < roots.length; r++) {
      const root = roots[r] as TreeNode;
      if (root.fromNs > toNs) break;
      painter.list(came[r] as SliceList);
      if (root.toNs >= fromNs) painter.node(root);
    }
    // One that began in the view may have come into a root behind it.
    for (let r = roots.length - 1; r >= 0 && (roots[r] as TreeNode).fromNs > toNs; r--) painter.list(came[r] as SliceList);
    const { tail } = this;
    if (tail) painter.tail(tail);
    else painter.left(roots.at(-1)?.picture?.left ?? NO_SLICES);
  }
}

/** What a flag of a slice is called in a view. */
export const itemFlagsOf = (flags: number): number => ITEM_FLAGS[flags & 127] as number;

const ITEM_FLAGS = Uint8Array.from(
  { length: 128 },
  (_, flags) =>
    ((flags & SliceFlag.ERROR) !== 0 ? ItemFlag.ERROR : 0) |
    ((flags & SliceFlag.RUN) !== 0 ? ItemFlag.RUN : 0) |
    ((flags & SliceFlag.TORN) !== 0 ? ItemFlag.TORN : 0) |
    ((flags & SliceFlag.LEFT) !== 0 ? ItemFlag.OPEN : 0),
);

/** First place from `low` to `high` in an ascending column whose number is not below `least`; `high` where there is none. */
function firstFrom(column: Float64Array | Uint16Array, low: number, high: number, least: number): number {
  let from = low;
  let to = high;
  while (from < to) {
    const middle = (from + to) >>> 1;
    if ((column[middle] as number) >= least) to = middle;
    else from = middle + 1;
  }
  return from;
}

/** Gives the slices of one row to a view. */
class RowPainter {
  readonly #band: Band;
  readonly #row: number;
  readonly #builder: ViewBuilder;
  readonly #endNs: number;
  readonly #wanted: Wanted;
  readonly #isHit: IsHit | undefined;

  constructor(band: Band, row: number, builder: ViewBuilder, endNs: number, wanted: Wanted, isHit: IsHit | undefined) {
    this.#band = band;
    this.#row = row;
    this.#builder = builder;
    this.#endNs = endNs;
    this.#wanted = wanted;
    this.#isHit = isHit;
  }

  node(node: TreeNode): void {
    const { picture } = node;
    if (bucketWidth(node.fromNs, node.toNs) <= this.#builder.pixelNs) {
      // A cell tells one name: of a search the finest cells find most.
      if (this.use('picture', node)) this.#picture(this.#isHit ? (picture as Picture) : coarserPicture(picture as Picture, this.#builder.pixelNs));
      else if (node.slices) this.#slices(node.slices, node);
    } else if (node.level === 0) {
      if (this.use('slices', node)) this.#segment(node.slices as Slices, node);
      else if (picture) this.#picture(picture);
    } else {
      this.use('picture', node);
      // Of a part that is not there this node shows the whole: less, but nothing twice.
      let isComplete = true;
      for (const part of node.parts) if (this.#isInView(part) && part.slices === undefined && !this.use('picture', part)) isComplete = false;
      if (!isComplete && picture) this.#picture(picture);
      else this.#parts(node.parts, picture?.own ?? NO_SLICES);
    }
  }

  /** Pixel by pixel from a picture that is fine enough, or slice by slice. */
  #segment(slices: Slices, node: TreeNode): void {
    const fine = slices.fine(node.fromNs, node.toNs, this.#builder.pixelNs, (i) => this.#band.beginOf(slices, i, node));
    if (fine) this.#picture(fine);
    else this.#slices(slices, node);
  }

  /** Whether a part of a node is there. */
  use(part: 'slices' | 'picture', node: TreeNode): boolean {
    this.#wanted.use(part, node, this.#band);
    if (node[part] !== undefined) return true;
    this.#builder.isCoarse = true;
    return false;
  }

  #isInView(node: TreeNode): boolean {
    return node.fromNs <= this.#builder.toNs && node.toNs >= this.#builder.fromNs;
  }

  /** What crosses a border between parts lies between what the parts hold. */
  #parts(parts: readonly TreeNode[], own: SliceList): void {
    let i = own.from[this.#row] ?? 0;
    const end = own.from[this.#row + 1] ?? 0;
    const source = i < end ? this.#sourceOfList(own) : undefined;
    for (const part of parts) {
      if (source) this.#builder.setSource(source);
      for (; i < end && (own.start[i] as number) <= part.fromNs; i++) this.#listed(own, i);
      if (this.#isInView(part)) this.node(part);
    }
    if (source) this.#builder.setSource(source);
    for (; i < end; i++) this.#listed(own, i);
  }

  /** The slices of the row in a list. */
  list(list: SliceList): void {
    const end = list.from[this.#row + 1] ?? 0;
    let i = list.from[this.#row] ?? 0;
    if (i < end) this.#builder.setSource(this.#sourceOfList(list));
    for (; i < end; i++) this.#listed(list, i);
  }

  /** Slices that never ended. */
  left(list: SliceList): void {
    this.list(list);
  }

  #sourceOfList(list: SliceList): ItemSource {
    return { nameOf: (i) => this.#band.nameOf(list.name[i] as number), refOf: (i) => this.#band.refOfBegin(list.begin[i] as number) };
  }

  /** The list's source is set. */
  #listed(list: SliceList, i: number): void {
    const start = list.start[i] as number;
    const until = this.#untilOf(start, list.end[i] as number);
    const flags = list.flags[i] as number;
    this.#builder.slice(start, until, itemFlagsOf(flags) | this.#hit(list.name[i] as number, until - start, list.self[i] as number, flags), i);
  }

  /** Where it is drawn to. */
  #untilOf(start: number, end: number): number {
    return end === Number.POSITIVE_INFINITY ? Math.max(start, this.#endNs) : end;
  }

  #hit(name: number, durationNs: number, selfNs: number, flags: number): number {
    return this.#isHit?.(this.#band.nameOf(name), durationNs, selfNs, flags) ? ItemFlag.HIT : 0;
  }

  /** Cells and the wide slices between them, by the bucket in which they begin. */
  #picture({ fromNs, toNs, buckets, cells, wide }: Picture): void {
    const width = bucketWidth(fromNs, toNs, buckets);
    const row = this.#row;
    const first = Math.floor((this.#builder.fromNs - fromNs) / width);
    const last = Math.floor((this.#builder.toNs - fromNs) / width);
    const wideEnd = wide.from[row + 1] ?? 0;
    let w = wide.from[row] ?? 0;
    // Of the wide ones in front of the view none is told; that they end in it, only the last can.
    if (w < wideEnd) w = Math.max(w, firstFrom(wide.start, w, wideEnd, this.#builder.fromNs) - 1);
    const cellEnd = cells.from[row + 1] ?? 0;
    const source: ItemSource = { nameOf: (cell) => this.#band.nameOf(cells.name[cell] as number), refOf: () => 0 };
    this.#builder.setSource(source);
    const isNarrow = width <= this.#builder.pixelNs && this.#isHit === undefined;
    let c = cells.from[row] ?? 0;
    if (first > 0) c = firstFrom(cells.bucket, c, cellEnd, first);
    const behind = last + 1 < buckets ? firstFrom(cells.bucket, c, cellEnd, last + 1) : cellEnd;
    const sourceOfWide = w < wideEnd ? this.#sourceOfList(wide) : source;
    while (c < behind) {
      // A wide slice that begins in a bucket comes behind what ended there before it.
      const next = w < wideEnd ? firstFrom(cells.bucket, c, behind, Math.floor(((wide.start[w] as number) - fromNs) / width) + 1) : behind;
      if (isNarrow) this.#builder.cells(cells, c, next, fromNs, width, toNs);
      else for (let at = c; at < next; at++) this.#cell(cells, at, fromNs + (cells.bucket[at] as number) * width, width);
      c = next;
      if (w === wideEnd) break;
      this.#builder.setSource(sourceOfWide);
      const until = c < behind ? fromNs + (cells.bucket[c] as number) * width : this.#builder.toNs;
      const nextWide = firstFrom(wide.start, w, wideEnd, until);
      this.#listedFrom(wide, w, nextWide);
      w = nextWide;
      this.#builder.setSource(source);
    }
    if (w === wideEnd) return;
    this.#builder.setSource(sourceOfWide);
    this.#listedFrom(wide, w, wideEnd);
  }

  /** The list's source is set. */
  #listedFrom(list: SliceList, from: number, behind: number): void {
    const { start, end, flags } = list;
    for (let i = from; i < behind; i++) {
      if (!this.#isHit) i = this.#builder.narrow(start, end, flags, ITEM_FLAGS, i, behind);
      if (i === behind || (start[i] as number) > this.#builder.toNs) return;
      this.#listed(list, i);
    }
  }

  #cell(cells: Cells, c: number, startNs: number, width: number): void {
    const flags = this.#isHit ? this.#hit(cells.name[c] as number, Number.NaN, Number.NaN, 0) : 0;
    this.#builder.cell(startNs, startNs + width, cells.count[c] as number, ((cells.busy[c] as number) / BUSY_UNIT) * width, flags, c);
  }

  #slices(slices: Slices, node: TreeNode | undefined): void {
    const { from, order, start, end, flags } = slices.rows;
    const behind = from[this.#row + 1] ?? 0;
    const builder = this.#builder;
    const { toNs } = builder;
    builder.setSource({
      nameOf: (at) => this.#band.nameOf(slices.table.nameOf(order[at] as number)),
      refOf: (at) => this.#band.refOf(slices, order[at] as number, node),
    });
    for (let at = slices.firstEndingAfter(builder.fromNs, this.#row); at < behind; at++) {
      if (!this.#isHit) at = builder.narrow(start, end, flags, ITEM_FLAGS, at, behind);
      if (at === behind || (start[at] as number) > toNs) break;
      let item = itemFlagsOf(flags[at] as number);
      if (this.#isHit) item |= this.#hitOfTable(slices, order[at] as number);
      builder.slice(start[at] as number, end[at] as number, item, at);
    }
  }

  #hitOfTable({ table }: Slices, i: number): number {
    return this.#hit(table.nameOf(i), table.endOf(i) - table.startOf(i), table.selfOf(i), table.flagsOf(i));
  }

  tail(tail: Tail): void {
    const { slices } = tail;
    const row = this.#row;
    // What came into it begins before everything else of the row.
    const entry = tail.entryAt(row);
    if (entry >= 0) this.#ofTable(slices, entry);
    this.#slices(slices, undefined);
    const open = tail.openAt(row);
    if (open >= 0 && open !== entry) this.#ofTable(slices, open);
  }

  #ofTable(slices: Slices, i: number): void {
    const { table } = slices;
    this.#builder.setSource({ nameOf: () => this.#band.nameOf(table.nameOf(i)), refOf: () => this.#band.refOf(slices, i, undefined) });
    const start = table.startOf(i);
    const until = this.#untilOf(start, table.endOf(i));
    this.#builder.slice(start, until, itemFlagsOf(table.flagsOf(i)) | this.#hit(table.nameOf(i), until - start, table.selfOf(i), table.flagsOf(i)), i);
  }
}
