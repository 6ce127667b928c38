import { BUSY_UNIT, bucketWidth, NO_SLICES, type Picture, type SliceList } from '../../protocol/summary/picture.ts';
import { END, FLAGS_SHIFT, FLOATS, NAME, SELF, SHAPE, SliceFlag, START, WORDS } from '../../protocol/summary/slice-table.ts';
import { ItemFlag, type NameId, type SliceRef } from '../timeline-types.ts';
import type { Wanted } from './node-loader.ts';
import type { Slices, SliceTree, TreeNode } from './slice-tree.ts';
import type { ViewBuilder } from './view-builder.ts';

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

const _CROSSES = (SliceFlag.CAME | SliceFlag.LEFT) << FLAGS_SHIFT;

/** What a flag of a slice is called in a view. */
export function itemFlagsOf(flags: number): number {
  return (
    ((flags & SliceFlag.ERROR) !== 0 ? ItemFlag.ERROR : 0) |
    ((flags & SliceFlag.RUN) !== 0 ? ItemFlag.RUN : 0) |
    ((flags & SliceFlag.TORN) !== 0 ? ItemFlag.TORN : 0) |
    ((flags & SliceFlag.LEFT) !== 0 ? ItemFlag.OPEN : 0)
  );
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
      if (this.use('picture', node)) this.#picture(picture as Picture);
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
    for (const part of parts) {
      for (; i < end && (own.start[i] as number) <= part.fromNs; i++) this.#listed(own, i);
      if (this.#isInView(part)) this.node(part);
    }
    for (; i < end; i++) this.#listed(own, i);
  }

  /** The slices of the row in a list. */
  list(list: SliceList): void {
    for (let i = list.from[this.#row] ?? 0; i < (list.from[this.#row + 1] ?? 0); i++) this.#listed(list, i);
  }

  /** Slices that never ended. */
  left(list: SliceList): void {
    this.list(list);
  }

  #listed(list: SliceList, i: number): void {
    this.#put(
      list.start[i] as number,
      list.end[i] as number,
      list.self[i] as number,
      list.name[i] as number,
      list.flags[i] as number,
      this.#band.refOfBegin(list.begin[i] as number),
    );
  }

  #put(start: number, end: number, self: number, name: number, flags: number, ref: SliceRef): void {
    const until = end === Number.POSITIVE_INFINITY ? Math.max(start, this.#endNs) : end;
    const id = this.#band.nameOf(name);
    const item = itemFlagsOf(flags);
    this.#builder.slice(start, until, id, this.#isHit?.(id, until - start, self, flags) ? item | ItemFlag.HIT : item, ref);
  }

  /** Cells and the wide slices between them, by the bucket in which they begin. */
  #picture({ fromNs, toNs, buckets, cells, wide }: Picture): void {
    const width = bucketWidth(fromNs, toNs, buckets);
    const row = this.#row;
    const first = Math.floor((this.#builder.fromNs - fromNs) / width);
    const last = Math.floor((this.#builder.toNs - fromNs) / width);
    let w = wide.from[row] ?? 0;
    const wideEnd = wide.from[row + 1] ?? 0;
    let c = cells.from[row] ?? 0;
    const cellEnd = cells.from[row + 1] ?? 0;
    // Hot: up to 64 cells for each node of each row.
    for (; c < cellEnd; c++) {
      const bucket = cells.bucket[c] as number;
      if (bucket < first) continue;
      if (bucket > last) break;
      const start = fromNs + bucket * width;
      for (; w < wideEnd && (wide.start[w] as number) < start; w++) this.#listed(wide, w);
      const name = this.#band.nameOf(cells.name[c] as number);
      const flags = this.#isHit?.(name, Number.NaN, Number.NaN, 0) ? ItemFlag.HIT : 0;
      const busyNs = ((cells.busy[c] as number) / BUSY_UNIT) * width;
      // A wide slice that begins in this bucket comes behind what ended there before it.
      this.#builder.cell(start, Math.min(start + width, toNs), cells.count[c] as number, busyNs, name, flags);
    }
    for (; w < wideEnd && (wide.start[w] as number) <= this.#builder.toNs; w++) this.#listed(wide, w);
  }

  #slices(slices: Slices, node: TreeNode | undefined): void {
    const { table, order, from } = slices;
    const { floats, words } = table;
    const end = from[this.#row + 1] ?? 0;
    const { toNs } = this.#builder;
    for (let at = slices.firstEndingAfter(this.#builder.fromNs, from[this.#row] ?? 0, end); at < end; at++) {
      const i = order[at] as number;
      const f = i * FLOATS;
      const start = floats[f + START] as number;
      if (start > toNs) break;
      const u = i * WORDS;
      const flags = (words[u + SHAPE] as number) >>> FLAGS_SHIFT;
      this.#put(start, floats[f + END] as number, floats[f + SELF] as number, words[u + NAME] as number, flags, this.#band.refOf(slices, i, node));
    }
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
    this.#put(table.startOf(i), table.endOf(i), table.selfOf(i), table.nameOf(i), table.flagsOf(i), this.#band.refOf(slices, i, undefined));
  }
}
