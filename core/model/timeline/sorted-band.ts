import { pictureOf } from '../../protocol/summary/picture.ts';
import { PLACE_WORDS, SliceFlag, SliceTable } from '../../protocol/summary/slice-table.ts';
import { statisticsOf } from '../../protocol/summary/statistics.ts';
import type { NameId, SliceRef } from '../timeline-types.ts';
import { LanePacker } from './lane-packer.ts';
import { LOOSE, LooseSlices } from './loose-slices.ts';
import { type Carried, Nesting } from './nesting.ts';
import { RefBand } from './ref-band.ts';
import { Slices, SliceTree, type TreeNode } from './slice-tree.ts';

/** Slices of a segment. Whatever is new is put in order together with the last segment, so not too many. */
export const SEGMENT_SLICES = 32_768;
/** While a file is read, slices are put in their places so many at a time. */
const LOADING_SLICES = 65_536;
/** In the table of a segment, beside its own slices. */
const ROOM_FOR_ENTRIES = 64;
/** What belongs to one of the last few segments is put there at once, even then. */
const NEAR_SEGMENTS = 4;

export interface SortedBandOptions {
  /** Slices of a segment: SEGMENT_SLICES. */
  readonly segmentSlices: number;
  /** Slices of this band in a block, four numbers each (see LOOSE), in any order. */
  readonly read: (block: number) => Promise<Float64Array>;
  readonly onSegment: (node: TreeNode) => void;
}

interface Segment {
  readonly fromNs: number;
  /** Where the next one begins; infinite: there is none. */
  readonly nextNs: number;
  readonly entries: Carried | undefined;
  /** Numbers in the store. */
  readonly blocks: Uint32Array;
}

/**
 * Slices that come in any order: those of an imported trace, or durations, which are recorded at their end. They are sorted by start and nested; those that
 * overlap without nesting go to the overflow, in lanes of their own. A segment can be read again from its blocks.
 */
export class SortedBand extends RefBand {
  readonly tree = new SliceTree();
  readonly tail = undefined;
  readonly overflow: OverflowBand;
  rows = 0;
  #count = 0;
  firstNs = Number.POSITIVE_INFINITY;
  lastNs = Number.NEGATIVE_INFINITY;
  readonly #options: SortedBandOptions;
  readonly #segments: Segment[] = [];
  #new = new LooseSlices();
  #placed = 0;

  constructor(options: SortedBandOptions) {
    super();
    this.#options = options;
    this.overflow = new OverflowBand();
  }

  override get settled(): number {
    return Math.max(0, this.#segments.length - 1);
  }

  /** Slices, those that wait to be put in their places too; without those of the overflow. */
  get count(): number {
    return this.#count - this.overflow.count;
  }

  add(startNs: number, endNs: number, name: NameId, ref: SliceRef): void {
    this.#new.add(startNs, endNs, name, ref);
    this.#count++;
    if (startNs < this.firstNs) this.firstNs = startNs;
    if (endNs > this.lastNs) this.lastNs = endNs;
  }

  /** Slices wait to be put in their places. */
  get isBehind(): boolean {
    return this.#new.count > 0;
  }

  /**
   * Puts what is new in its places. While `isLoading` only now and then, and what belongs far back waits: a parent comes behind all that it encloses.
   * Returns segments that are needed for that and have to be read first.
   */
  refresh(isLoading: boolean): readonly TreeNode[] {
    const waits = isLoading && this.#segments.length > 0;
    const { count } = this.#new;
    if (count === 0 || (waits && count < LOADING_SLICES)) return [];
    const nearNs = this.#segments[Math.max(0, this.#segments.length - NEAR_SEGMENTS)]?.fromNs ?? Number.NEGATIVE_INFINITY;
    const isPatient = waits && count < this.#placed / 2;
    const { near, far } = isPatient ? this.#new.split(nearNs) : { near: this.#new, far: new LooseSlices() };
    if (near.count === 0) return [];
    const earliest = near.earliest();
    // The last segment goes on for ever, so there is one to begin with, if there is any.
    let first = this.#segments.length;
    while (first > 0 && (this.#segments[first - 1] as Segment).nextNs > earliest) first--;
    const missing = this.tree.segments.slice(first).filter((node) => node.slices === undefined);
    if (missing.length > 0) return missing;
    this.#new = far;
    this.#rebuild(first, near);
    return [];
  }

  /** Segments from `first` on again, with new slices among them. One old segment after the other is given up for new ones: all of them twice would be too much. */
  #rebuild(first: number, added: LooseSlices): void {
    const old = this.tree.segments.slice(first).map((node) => node.slices);
    const ends = endsOf(old);
    const from = this.#segments[first];
    const entries = from?.entries;
    const retried = this.overflow.takeFrom(from?.fromNs ?? Number.NEGATIVE_INFINITY);
    added.addAll(retried);
    let count = added.count;
    const cursor = added.inOrder();
    if (first < this.settled) this.generation++;
    this.#segments.length = first;
    this.tree.truncate(first);
    for (const slices of old) count += slices?.table.count ?? 0;
    this.#begin(entries, count);
    const known = new Float64Array(LOOSE);
    for (let o = 0; o < old.length; o++) {
      const { table, refs } = old[o] as Slices;
      old[o] = undefined;
      for (let i = table.entries; i < table.count; i++) {
        const ref = refs?.[i] as number;
        const start = table.startOf(i);
        const end = (table.flagsOf(i) & SliceFlag.LEFT) !== 0 ? (ends.get(ref) ?? this.lastNs) : table.endOf(i);
        for (; cursor.at >= 0; cursor.advance()) {
          const { numbers, at } = cursor;
          const startNew = numbers[at] as number;
          if (startNew > start || (startNew === start && (numbers[at + 1] as number) <= end)) break;
          this.#put(numbers, at);
        }
        known[0] = start;
        known[1] = end;
        known[2] = table.nameOf(i);
        known[3] = ref;
        this.#put(known, 0);
      }
    }
    for (; cursor.at >= 0; cursor.advance()) this.#put(cursor.numbers, cursor.at);
    this.#finish();
    this.#placed = this.#count - this.#new.count;
  }

  #nesting = new Nesting();
  #nestingFromNs = 0;
  #nestingEntries: Carried | undefined;
  #lastStart = Number.NEGATIVE_INFINITY;
  #overflowing: number[] = [];

  #begin(entries: Carried | undefined, slices: number): void {
    this.#nesting = new Nesting(entries, this.#capacity(slices));
    this.#nestingEntries = entries;
    this.#nestingFromNs = this.#segments.at(-1)?.nextNs ?? Number.NaN;
    this.#overflowing = [];
  }

  /** Of a segment that gets at most so many slices. */
  #capacity(slices: number): number {
    return Math.min(slices, this.#options.segmentSlices) + ROOM_FOR_ENTRIES;
  }

  /** LOOSE numbers from `at` on. Hot. */
  #put(numbers: Float64Array, at: number): void {
    const startNs = numbers[at] as number;
    if (Number.isNaN(this.#nestingFromNs)) this.#nestingFromNs = startNs;
    // A segment ends where a start differs from the one before, so that a start tells its segment.
    if (this.#nesting.count >= this.#options.segmentSlices && startNs > this.#lastStart) {
      this.#nesting.close(startNs);
      const next = this.#nesting.carried();
      this.#add(this.#nesting, this.#nestingFromNs, startNs, this.#nestingEntries);
      this.#nesting = new Nesting(next, this.#capacity(this.#options.segmentSlices));
      this.#nestingEntries = next;
      this.#nestingFromNs = startNs;
    }
    this.#lastStart = startNs;
    if (!this.#nesting.add(numbers, at)) for (let field = 0; field < LOOSE; field++) this.#overflowing.push(numbers[at + field] as number);
  }

  #finish(): void {
    this.#nesting.close(Number.POSITIVE_INFINITY);
    this.#add(this.#nesting, this.#nestingFromNs, Number.POSITIVE_INFINITY, this.#nestingEntries);
    this.#nesting = new Nesting();
    this.overflow.add(this.#overflowing);
    this.#overflowing = [];
  }

  #add(nesting: Nesting, fromNs: number, nextNs: number, entries: Carried | undefined): void {
    nesting.trim();
    const { table, refs } = nesting;
    const slices = new Slices(table, refs);
    const toNs = nextNs === Number.POSITIVE_INFINITY ? Math.max(fromNs, this.lastNs) : nextNs;
    const beginOf = (i: number) => refs[i] as number;
    const picture = pictureOf(table, fromNs, toNs, Number.NEGATIVE_INFINITY, beginOf);
    const statistics = statisticsOf(table, fromNs, toNs, true);
    if (picture.rows > this.rows) this.rows = picture.rows;
    const blocks = new Set<number>();
    for (let i = table.entries, last = -1; i < table.count; i++) {
      const block = Math.floor((refs[i] as number) / PLACE_WORDS) - 1;
      if (block !== last) blocks.add(block);
      last = block;
    }
    const segment = this.#segments.length;
    this.#segments.push({ fromNs, nextNs, entries, blocks: Uint32Array.from(blocks).sort() });
    // The last one stays in memory: what is new goes there.
    const before = this.tree.segments.at(-1);
    this.tree.addSegment({ fromNs, toNs, picture, statistics, slices, segment });
    if (before) this.#options.onSegment(before);
  }

  /** Whether a segment has slices of a block. */
  hasBlock(node: TreeNode, block: number): boolean {
    return this.#segments[node.segment]?.blocks.includes(block) ?? false;
  }

  async load(node: TreeNode): Promise<Slices> {
    const { blocks, entries, fromNs, nextNs } = this.#segments[node.segment] as Segment;
    const overflow = this.overflow.refs();
    const found = new LooseSlices();
    const isFirst = node.segment === 0;
    for (const block of blocks) {
      const loose = await this.#options.read(block);
      for (let at = 0; at < loose.length; at += LOOSE) {
        const start = loose[at] as number;
        const ref = loose[at + 3] as number;
        if ((start < fromNs && !isFirst) || start >= nextNs || overflow.has(ref)) continue;
        found.add(start, loose[at + 1] as number, loose[at + 2] as number, ref);
      }
    }
    const nesting = new Nesting(entries, found.count + ROOM_FOR_ENTRIES);
    for (const cursor = found.inOrder(); cursor.at >= 0; cursor.advance()) nesting.add(cursor.numbers, cursor.at);
    nesting.close(nextNs);
    nesting.carried();
    nesting.trim();
    return new Slices(nesting.table, nesting.refs);
  }
}

/** Ends of the slices that one of these segments opened and a later one closed. */
function endsOf(segments: readonly (Slices | undefined)[]): ReadonlyMap<SliceRef, number> {
  const ends = new Map<SliceRef, number>();
  for (const slices of segments) {
    if (!slices) continue;
    const { table, refs } = slices;
    for (let i = 0; i < table.entries; i++) if ((table.flagsOf(i) & SliceFlag.LEFT) === 0) ends.set(refs?.[i] as number, table.endOf(i));
  }
  return ends;
}

/** Slices that overlap others without nesting, first fit into lanes, all in one segment: there should be few. */
export class OverflowBand extends RefBand {
  readonly tree = new SliceTree();
  readonly tail = undefined;
  override get settled(): number {
    return 0;
  }
  rows = 0;
  #loose = new Float64Array(0);

  get count(): number {
    return this.#loose.length / LOOSE;
  }
  get firstNs(): number {
    return this.#loose[0] ?? Number.NaN;
  }
  get lastNs(): number {
    return this.tree.segments[0]?.toNs ?? Number.NaN;
  }
  /** The first of them: start and number. */
  get first(): { readonly startNs: number; readonly ref: SliceRef; readonly name: NameId } | undefined {
    if (this.#loose.length === 0) return undefined;
    return { startNs: this.#loose[0] as number, name: this.#loose[2] as number, ref: this.#loose[3] as number };
  }

  load(): Promise<Slices> {
    throw new Error('overflow stays in memory');
  }

  refs(): ReadonlySet<SliceRef> {
    const refs = new Set<SliceRef>();
    for (let at = 0; at < this.#loose.length; at += LOOSE) refs.add(this.#loose[at + 3] as number);
    return refs;
  }

  /** Takes out those that begin at or after a time: they may find another place. */
  takeFrom(fromNs: number): Float64Array {
    let low = 0;
    while (low < this.#loose.length && (this.#loose[low] as number) < fromNs) low += LOOSE;
    const taken = this.#loose.slice(low);
    this.#loose = this.#loose.slice(0, low);
    return taken;
  }

  /** In order of start, behind those that are left. */
  add(slices: readonly number[]): void {
    const shown = this.tree.segments[0]?.slices?.table.count ?? 0;
    if (slices.length === 0 && shown === this.count) return;
    const all = new Float64Array(this.#loose.length + slices.length);
    all.set(this.#loose);
    all.set(slices, this.#loose.length);
    this.#loose = all;
    this.#build();
  }

  #build(): void {
    const loose = this.#loose;
    const count = loose.length / LOOSE;
    this.tree.truncate(0);
    this.rows = 0;
    if (count === 0) return;
    const lanes = new LanePacker();
    const table = new SliceTable(count);
    let toNs = Number.NEGATIVE_INFINITY;
    for (let i = 0; i < count; i++) {
      const start = loose[i * LOOSE] as number;
      const end = loose[i * LOOSE + 1] as number;
      table.put(i, start, end, end - start, loose[i * LOOSE + 2] as number, Math.min(0xffff, lanes.place(start, end)), 0);
      toNs = Math.max(toNs, end);
    }
    table.count = count;
    const refs = Float64Array.from({ length: count }, (_, i) => loose[i * LOOSE + 3] as number);
    const fromNs = loose[0] as number;
    const picture = pictureOf(table, fromNs, toNs, Number.NEGATIVE_INFINITY, (i) => refs[i] as number);
    const statistics = statisticsOf(table, fromNs, toNs, true);
    this.rows = Math.min(0x10000, lanes.lanes);
    this.tree.addSegment({ fromNs, toNs, picture, statistics, slices: new Slices(table, refs), segment: 0 });
  }
}
