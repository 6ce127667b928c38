import type { MonotonicTime } from '../../base/time.ts';
import { OPEN_FRAME_WORDS } from '../../protocol/open-stack.ts';
import type { BlockHeader } from '../../protocol/recording-format.ts';
import { CallDecoder } from '../../protocol/summary/call-decoder.ts';
import { pictureOf, type SliceList } from '../../protocol/summary/picture.ts';
import { isWholeSegment, type SegmentRule } from '../../protocol/summary/segment-rule.ts';
import { PLACE_WORDS, SliceTable } from '../../protocol/summary/slice-table.ts';
import { statisticsOf } from '../../protocol/summary/statistics.ts';
import type { BlockStore } from '../block-store.ts';
import { uint32Column } from '../column.ts';
import type { Definitions } from '../definitions.ts';
import type { NameId, SliceRef } from '../timeline-types.ts';
import { Band, type Tail } from './band.ts';
import type { StreamNames } from './names.ts';
import { Slices, SliceTree, type TreeNode } from './slice-tree.ts';

export interface CallBandOptions {
  readonly blocks: BlockStore;
  readonly start: () => MonotonicTime;
  readonly definitions: Definitions;
  readonly names: StreamNames;
  readonly rule: SegmentRule;
  /** A segment is whole, and its slices are in memory. */
  readonly onSegment: (node: TreeNode) => void;
}

/** A node that a recording's index tells of. `firstBlock`: of a segment, number among the stream's blocks. */
export interface KnownNode {
  readonly level: number;
  readonly fromNs: number;
  readonly toNs: number;
  readonly firstBlock: number;
  readonly source: NonNullable<TreeNode['source']>;
}

/** What went wrong in a stream's calls, for the list of issues. */
export interface CallProblems {
  jumps: number;
  firstJumpNs: number;
  tooDeep: number;
  firstTooDeepNs: number;
}

/** The calls of one thread: what comes in is decoded at once, and cut into segments; these can be decoded again alone. */
export class CallBand extends Band {
  readonly tree = new SliceTree();
  readonly problems: CallProblems = { jumps: 0, firstJumpNs: Number.NaN, tooDeep: 0, firstTooDeepNs: Number.NaN };
  rows = 0;
  readonly #options: CallBandOptions;
  readonly #decoder: CallDecoder;
  #again: CallDecoder | undefined;
  #tail: Slices;
  /** Number in the block store of each block of the stream. */
  readonly #blocks = uint32Column();
  /** First block of each segment, and the words of its last one. */
  readonly #firstBlocks = uint32Column();
  #tailFirst = 0;
  #tailBytes = 0;
  #tailFromNs = Number.NaN;
  #sealedCount = 0;
  #rowsSeen = 0;
  #unmatched = 0;
  /** Nothing has come behind the adopted part so far. What it left open is in `left`. */
  #isAdopted = false;
  #left: SliceList | undefined;
  #lastAdoptedNs = Number.NEGATIVE_INFINITY;
  #carriedOver = 0;

  constructor(options: CallBandOptions) {
    super();
    this.#options = options;
    this.#decoder = new CallDecoder(options.start);
    this.#tail = new Slices(this.#decoder.table);
  }

  /** Slices so far, open ones too. */
  get count(): number {
    return this.#sealedCount + this.#carriedOver + this.#tail.table.count - this.#tail.table.entries;
  }

  get firstNs(): number {
    const first = this.tree.segments[0];
    return first ? first.fromNs : this.#tailFromNs;
  }

  get lastNs(): number {
    return Math.max(this.#lastAdoptedNs, this.#decoder.lastNs);
  }

  /** Open calls. */
  get open(): number {
    return this.#left ? this.#left.start.length : this.#decoder.depth;
  }
  /** Start of the outermost of them. */
  get openSinceNs(): number {
    if (this.#left) return this.#left.start[0] ?? Number.NaN;
    return this.#decoder.depth > 0 ? this.#decoder.table.startOf(this.#decoder.open[0] as number) : Number.NaN;
  }

  get outermostOpen(): SliceRef {
    if (this.#left) return this.refOfBegin(this.#left.begin[0] ?? Number.NaN);
    return this.#decoder.depth > 0 ? this.refOf(this.#tail, this.#decoder.open[0] as number, undefined) : 0;
  }

  /** Ends without a beginning. */
  get unmatched(): number {
    return this.#unmatched + this.#decoder.unmatched;
  }

  get tail(): Tail | undefined {
    if (this.#isAdopted) return undefined;
    const { open } = this.#decoder;
    return {
      slices: this.#tail,
      fromNs: this.#tailFromNs,
      toNs: this.#decoder.lastNs,
      entryAt: (row) => (row < this.#tail.table.entries ? row : -1),
      openAt: (row) => (row < Math.min(this.#decoder.depth, open.length) ? (open[row] as number) : -1),
    };
  }

  nameOf(name: number): NameId {
    return this.#options.names.function(name);
  }

  refOfBegin(begin: number): SliceRef {
    if (Number.isNaN(begin)) return 0;
    const block = Math.floor(begin / PLACE_WORDS);
    return (this.#blocks.get(block) + 1) * PLACE_WORDS + (begin - block * PLACE_WORDS);
  }

  refOf(slices: Slices, i: number, segment: TreeNode | undefined): SliceRef {
    return this.refOfBegin(this.beginOf(slices, i, segment));
  }

  beginOf({ table }: Slices, i: number, segment: TreeNode | undefined): number {
    if (i < table.entries) return table.entryBegin[i] as number;
    return (segment ? this.#firstBlocks.get(segment.segment) : this.#tailFirst) * PLACE_WORDS + table.placeOf(i);
  }

  /** Of a slice whose record lies in a block of the store: place among the blocks of the stream. -1: it is none of its blocks. */
  beginOfRef(ref: SliceRef): number {
    const block = Math.floor(ref / PLACE_WORDS) - 1;
    let low = 0;
    let high = this.#blocks.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (this.#blocks.get(middle) < block) low = middle + 1;
      else high = middle;
    }
    return this.#blocks.get(low) === block ? low * PLACE_WORDS + (ref - (block + 1) * PLACE_WORDS) : -1;
  }

  /** Segment in which a place lies, or undefined: it is in the tail. */
  segmentOf(begin: number): TreeNode | undefined {
    const block = Math.floor(begin / PLACE_WORDS);
    if (block >= this.#tailFirst) return undefined;
    let low = 0;
    let high = this.#firstBlocks.length;
    while (high - low > 1) {
      const middle = (low + high) >>> 1;
      if (this.#firstBlocks.get(middle) <= block) low = middle;
      else high = middle;
    }
    return this.tree.segments[low];
  }

  /** Index in a segment's table, or the tail's, of what began at a place; -1: nothing did. */
  indexOf(slices: Slices, segment: TreeNode | undefined, begin: number): number {
    const { table } = slices;
    const place = begin - (segment ? this.#firstBlocks.get(segment.segment) : this.#tailFirst) * PLACE_WORDS;
    let low = table.entries;
    let high = table.count;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (table.placeOf(middle) < place) low = middle + 1;
      else high = middle;
    }
    return low < table.count && table.placeOf(low) === place ? low : -1;
  }

  /**
   * The stream's first segments, as a recording tells them that is opened by its index: `blocks` are the numbers in the store of their DATA blocks, which are read when
   * they are needed. False: they do not fit together; then nothing can be said of the stream by its summaries.
   */
  adopt(nodes: readonly KnownNode[], blocks: readonly number[]): boolean {
    for (const block of blocks) this.#blocks.push(block);
    for (const { level, fromNs, toNs, source, firstBlock } of nodes) {
      if (level > 0) {
        if (!this.tree.addKnown(level, { fromNs, toNs, source })) return false;
        continue;
      }
      const segment = this.#firstBlocks.length;
      this.#firstBlocks.push(firstBlock);
      this.tree.addKnownSegment({ fromNs, toNs, segment, source });
      this.#tailFromNs = toNs;
    }
    this.#tailFirst = this.#blocks.length;
    this.#isAdopted = true;
    return true;
  }

  /** The pictures of the roots are there: they tell what is in the adopted part. */
  noteRoots(): void {
    let count = 0;
    for (const { picture } of this.tree.roots) {
      if (!picture) continue;
      count += picture.count + picture.came.start.length;
      this.rows = Math.max(this.rows, picture.rows);
    }
    this.#left = this.tree.roots.at(-1)?.picture?.left;
    this.#sealedCount = count + (this.#left?.start.length ?? 0);
    this.#lastAdoptedNs = this.tree.roots.at(-1)?.toNs ?? Number.NEGATIVE_INFINITY;
  }

  /** Takes in the next block of the stream; `block` is its number in the store. */
  add(header: BlockHeader, payload: Uint8Array, block: number): void {
    const decoder = this.#decoder;
    decoder.exceptionCategory = this.#options.definitions.exceptionCategory;
    const number = this.#blocks.length;
    this.#blocks.push(block);
    const inSegment = number - this.#tailFirst;
    const words = framesOf(payload, header.openStackWords);
    if (this.#isAdopted && number === this.#tailFirst && this.#left) this.#beginBehindAdopted(words, header.unnamedFrames, number);
    else if (!decoder.agreesWith(words, header.unnamedFrames)) {
      if (number === 0) decoder.beginAlone(words, header.unnamedFrames, 0);
      else decoder.resync(words, header.unnamedFrames, inSegment, header.firstNs);
    }
    if (Number.isNaN(this.#tailFromNs)) this.#tailFromNs = header.firstNs;
    decoder.add(payload, padded(header.openStackWords), header.clockHigh, inSegment);
    this.#tailBytes += payload.length;
    this.#tail.changed();
    this.#noteRows();
    if (isWholeSegment(this.#options.rule, this.#tailBytes, inSegment + 1)) this.seal();
  }

  /** What was open at the end of the adopted part goes on: its picture tells where it began. */
  #beginBehindAdopted(frames: Uint32Array, unnamed: number, number: number): void {
    const decoder = this.#decoder;
    decoder.beginAlone(frames, unnamed, number, decoder.table);
    const left = this.#left;
    this.#left = undefined;
    if (!left) return;
    const { table } = decoder;
    for (let i = 0; i < table.entries; i++) {
      const at = left.from[i] ?? left.start.length;
      if (at < (left.from[i + 1] ?? 0) && left.start[at] === table.startOf(i)) table.entryBegin[i] = left.begin[at] as number;
    }
    // They are told by the tail from now on.
    this.#sealedCount -= left.start.length;
    this.#isAdopted = false;
    this.#carriedOver = table.entries;
  }

  #noteRows(): void {
    const { table } = this.#decoder;
    for (let i = this.#rowsSeen; i < table.count; i++) {
      const row = table.depthOf(i) + 1;
      if (row > this.rows) this.rows = row;
    }
    this.#rowsSeen = table.count;
  }

  /** The newest node of a level has its picture and statistics in the file, too: then it need not stay in memory. Returns it. */
  noteSource(level: number, fromNs: number, toNs: number): TreeNode | undefined {
    const node = this.tree.levels[level]?.at(-1);
    return node?.fromNs === fromNs && node.toNs === toNs ? node : undefined;
  }

  /** Ends the segment under way. */
  seal(): void {
    const decoder = this.#decoder;
    const { table } = decoder;
    if (this.#blocks.length === this.#tailFirst) return;
    const fromNs = this.#tailFromNs;
    const toNs = Math.max(fromNs, decoder.lastNs);
    const slices = this.#tail;
    const firstPlace = this.#tailFirst * PLACE_WORDS;
    const beginOf = (i: number) => (i < table.entries ? (table.entryBegin[i] as number) : firstPlace + table.placeOf(i));
    const picture = pictureOf(table, fromNs, toNs, firstPlace, beginOf);
    const statistics = statisticsOf(table, fromNs, toNs, true);
    this.#noteProblems();
    this.#sealedCount += table.count - table.entries;
    decoder.beginNext(this.#blocks.length, new SliceTable());
    table.trim();
    const segment = this.#firstBlocks.length;
    this.#firstBlocks.push(this.#tailFirst);
    this.#tail = new Slices(decoder.table);
    this.#tailFirst = this.#blocks.length;
    this.#tailBytes = 0;
    this.#tailFromNs = toNs;
    this.#rowsSeen = 0;
    this.#options.onSegment(this.tree.addSegment({ fromNs, toNs, picture, statistics, slices, segment }));
  }

  #noteProblems(): void {
    const { jumps, firstJumpNs, tooDeep, unmatched, lastNs } = this.#decoder;
    const { problems } = this;
    if (jumps > 0 && problems.jumps === 0) problems.firstJumpNs = firstJumpNs;
    problems.jumps += jumps;
    if (tooDeep > 0 && problems.tooDeep === 0) problems.firstTooDeepNs = lastNs;
    problems.tooDeep += tooDeep;
    this.#unmatched += unmatched;
  }

  /** Where what a slice returned lies: block of the store, and byte of its payload. Undefined: it was not recorded. */
  async resultPlace(
    slice: { readonly row: number; readonly startNs: number; readonly endNs: number },
    load: (node: TreeNode) => Promise<Slices | undefined>,
  ): Promise<{ readonly block: number; readonly byte: number } | undefined> {
    // It stands in front of the end: of two segments that meet there either may have it.
    for (const segment of [...this.tree.segments.filter((node) => node.fromNs <= slice.endNs && node.toNs >= slice.endNs), undefined]) {
      const slices = segment ? await load(segment) : this.#tail;
      if (!slices) continue;
      const { table } = slices;
      for (let i = 0; i < table.count; i++) {
        if (table.depthOf(i) !== slice.row || table.startOf(i) !== slice.startNs || table.endOf(i) !== slice.endNs || table.resultOf(i) < 0) continue;
        const begin = (segment ? this.#firstBlocks.get(segment.segment) : this.#tailFirst) * PLACE_WORDS + table.resultOf(i);
        const block = Math.floor(begin / PLACE_WORDS);
        return { block: this.#blocks.get(block), byte: (begin - block * PLACE_WORDS) * 4 };
      }
    }
    return undefined;
  }

  async load(node: TreeNode): Promise<Slices> {
    const { blocks, definitions, start } = this.#options;
    const first = this.#firstBlocks.get(node.segment);
    const end = node.segment + 1 < this.#firstBlocks.length ? this.#firstBlocks.get(node.segment + 1) : this.#tailFirst;
    const numbers = Array.from({ length: end - first }, (_, i) => this.#blocks.get(first + i));
    const payloads = await blocks.payloads(numbers);
    const decoder = this.#again ?? new CallDecoder(start);
    this.#again = decoder;
    decoder.exceptionCategory = definitions.exceptionCategory;
    const table = new SliceTable(0);
    // A call is an enter and an exit, of eight bytes each.
    table.reserve(Math.ceil(payloads.reduce((sum, payload) => sum + payload.length, 0) / 16) + FEW);
    payloads.forEach((payload, i) => {
      const block = numbers[i] as number;
      const words = blocks.openStackWords(block);
      const frames = framesOf(payload, words);
      const unnamed = blocks.unnamedFrames(block);
      if (i === 0) decoder.beginAlone(frames, unnamed, first, table);
      else if (!decoder.agreesWith(frames, unnamed)) decoder.resync(frames, unnamed, i, blocks.firstNs(block));
      decoder.add(payload, padded(words), blocks.clockHigh(block), i);
    });
    decoder.table.trim();
    return new Slices(decoder.table);
  }
}

/** Calls that are open at the end of a segment have no exit in it. */
const FEW = 64;

const padded = (words: number): number => (words + 1) & ~1;

function framesOf(payload: Uint8Array, words: number): Uint32Array {
  const count = words - (words % OPEN_FRAME_WORDS);
  if (payload.byteOffset % 4 === 0) return new Uint32Array(payload.buffer, payload.byteOffset, count);
  return new Uint32Array(payload.slice(0, count * 4).buffer);
}
