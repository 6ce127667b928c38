import type { MonotonicTime } from '../../base/time.ts';
import { OPEN_FRAME_WORDS } from '../open-stack.ts';
import { BlockType, MAX_BLOCK_BYTES } from '../recording-format.ts';
import type { BlockFields } from '../recording-writer.ts';
import { CallDecoder } from './call-decoder.ts';
import { encodePicture, encodeStatistics } from './codec.ts';
import { mergedPicture, type Picture, pictureOf } from './picture.ts';
import { FAN_OUT, HISTOGRAM_LEVEL, isWholeSegment, SEGMENT_RULE, type SegmentRule } from './segment-rule.ts';
import { Side, SideRecords } from './side-records.ts';
import { PLACE_WORDS, SliceTable } from './slice-table.ts';
import { mergedStatistics, type Statistics, statisticsOf } from './statistics.ts';

/** A stream of less gets no summaries: to decode it is as quick. */
const MIN_STREAM_BYTES = 64 * 1024;

interface Node {
  readonly picture: Picture;
  readonly statistics: Statistics;
}

export interface StreamSummariesOptions {
  readonly stream: number;
  readonly start: MonotonicTime;
  /** A block that belongs behind all that were told by then. */
  readonly emit: (fields: BlockFields, payload: Uint8Array) => void;
  /** Room for the slices of a segment; streams may share it, since a segment is done in one go. */
  readonly scratch: SliceTable;
  readonly rule?: SegmentRule;
}

/**
 * Summaries of one stream while it is written: tell each DATA block, and behind a segment's last one come its SUMMARY, its STATISTICS and its EXTRACT; behind every
 * FAN_OUT nodes of a level the node that holds them. Holds the blocks of the segment under way, and is idle between its end and the next.
 */
export class StreamSummaries {
  readonly #options: StreamSummariesOptions;
  readonly #rule: SegmentRule;
  #decoder: CallDecoder | undefined;
  #blocks: { readonly fields: BlockFields; readonly payload: Uint8Array }[] = [];
  #bytes = 0;
  /** Blocks of the stream in the segments before. */
  #blocksBefore = 0;
  #fromNs = Number.NaN;
  #hasCalls = false;
  #gaveUp = false;
  readonly #levels: Node[][] = [];

  constructor(options: StreamSummariesOptions) {
    this.#options = options;
    this.#rule = options.rule ?? SEGMENT_RULE;
  }

  /** Payloads that are held. */
  get heldBytes(): number {
    return this.#bytes;
  }

  /** A DATA block of the stream was written. */
  add(fields: BlockFields, payload: Uint8Array): void {
    if (this.#gaveUp) return;
    this.#blocks.push({ fields, payload });
    this.#bytes += payload.length;
    if (isWholeSegment(this.#rule, this.#bytes, this.#blocks.length)) this.seal();
  }

  /** Ends the segment under way. */
  seal(): void {
    const blocks = this.#blocks;
    const [first] = blocks;
    if (!first) return;
    const { scratch, start } = this.#options;
    if (!this.#decoder) this.#decoder = new CallDecoder(() => start, scratch);
    const decoder = this.#decoder;
    const side = new SideRecords(this.#bytes);
    decoder.extended = side;
    if (this.#blocksBefore > 0) decoder.beginNext(this.#blocksBefore, scratch);
    else decoder.beginAlone(framesOf(first.payload, first.fields), first.fields.unnamedFrames ?? 0, 0, scratch);
    blocks.forEach(({ fields, payload }, i) => {
      const frames = framesOf(payload, fields);
      if (!decoder.agreesWith(frames, fields.unnamedFrames ?? 0)) decoder.resync(frames, fields.unnamedFrames ?? 0, i, fields.firstNs);
      side.enter(payload);
      decoder.add(payload, ((fields.openStackWords ?? 0) + 1) & ~1, fields.clockHigh ?? 0, i);
    });
    const fromNs = Number.isNaN(this.#fromNs) ? first.fields.firstNs : this.#fromNs;
    const toNs = Math.max(fromNs, decoder.lastNs);
    this.#hasCalls ||= scratch.count > 0;
    // A stream without calls has nothing to summarize, and is read as it is.
    if (this.#hasCalls) this.#write(decoder, side, fromNs, toNs);
    this.#fromNs = toNs;
    this.#blocksBefore += blocks.length;
    this.#blocks = [];
    this.#bytes = 0;
    // What is open waits in a table of its own: the room is for the next stream.
    decoder.beginNext(this.#blocksBefore, new SliceTable(decoder.depth));
  }

  #write(decoder: CallDecoder, side: SideRecords, fromNs: number, toNs: number): void {
    const { table } = decoder;
    const firstPlace = this.#blocksBefore * PLACE_WORDS;
    const beginOf = (i: number) => (i < table.entries ? (table.entryBegin[i] as number) : firstPlace + table.placeOf(i));
    const node: Node = { picture: pictureOf(table, fromNs, toNs, firstPlace, beginOf), statistics: statisticsOf(table, fromNs, toNs, true) };
    const extract = side.extract();
    this.#emitNode(node, side.count === 0 ? Side.NONE : extract ? Side.EXTRACT : Side.DATA);
    if (extract) {
      const { payload, clockHigh, count } = extract;
      this.#options.emit({ type: BlockType.EXTRACT, stream: this.#options.stream, count, firstNs: fromNs, lastNs: toNs, clockHigh }, payload);
    }
    this.#put(0, node);
  }

  #put(level: number, node: Node): void {
    while (this.#levels.length <= level) this.#levels.push([]);
    const nodes = this.#levels[level] as Node[];
    nodes.push(node);
    if (nodes.length === FAN_OUT) this.#group(level);
  }

  /** The nodes of a level that are there become parts of one. */
  #group(level: number): void {
    const nodes = this.#levels[level] as Node[];
    this.#levels[level] = [];
    const picture = mergedPicture(nodes.map((node) => node.picture));
    const merged = mergedStatistics(nodes.map((node) => node.statistics));
    const node = { picture, statistics: merged };
    this.#emitNode(node, Side.NONE);
    this.#put(level + 1, node);
  }

  #emitNode({ picture, statistics }: Node, side: Side): void {
    this.#emit(BlockType.SUMMARY, picture, encodePicture(picture), side);
    this.#emit(BlockType.STATISTICS, picture, encodeStatistics(statistics, picture.level >= HISTOGRAM_LEVEL), Side.NONE);
  }

  /** In as many blocks as it takes. Their number goes where a DATA block has its clock, and what a reader must know beforehand where it has its unnamed frames. */
  #emit(type: BlockType, { level, fromNs, toNs }: Picture, bytes: Uint8Array, side: Side): void {
    for (let at = 0, part = 0; part === 0 || at < bytes.length; at += MAX_BLOCK_BYTES, part++) {
      const payload = bytes.subarray(at, at + MAX_BLOCK_BYTES);
      this.#options.emit({ type, stream: this.#options.stream, count: level, firstNs: fromNs, lastNs: toNs, clockHigh: part, unnamedFrames: side }, payload);
    }
  }

  /** Nothing may come for a long time, or ever: holds nothing for it. A stream that wrote too little so far gets no summaries. */
  rest(): void {
    if (this.#isWorthIt) this.seal();
    else {
      this.#gaveUp = true;
      this.#drop();
    }
  }

  get #isWorthIt(): boolean {
    return this.#blocksBefore > 0 || this.#bytes >= MIN_STREAM_BYTES;
  }

  #drop(): void {
    this.#blocks = [];
    this.#bytes = 0;
  }

  /** The stream has ended: what is there becomes whole, up to one node that holds everything. */
  end(): void {
    if (this.#isWorthIt) this.seal();
    this.#drop();
    for (let level = 0; level < this.#levels.length; level++) {
      const above = this.#levels.slice(level + 1).some((nodes) => nodes.length > 0);
      const count = (this.#levels[level] as Node[]).length;
      if (count > 1 || (count === 1 && above)) this.#group(level);
    }
    this.#levels.length = 0;
  }
}

function framesOf(payload: Uint8Array, { openStackWords = 0 }: BlockFields): Uint32Array {
  const words = openStackWords - (openStackWords % OPEN_FRAME_WORDS);
  if (payload.byteOffset % 4 === 0) return new Uint32Array(payload.buffer, payload.byteOffset, words);
  return new Uint32Array(payload.slice(0, words * 4).buffer);
}
