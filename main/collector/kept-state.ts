import { crc32 as zlibCrc32 } from 'node:zlib';
import { type MonotonicTime, sinceMonotonic, splitMonotonic } from '../../core/base/time.ts';
import { type BlockHeader, BlockType, MAX_BLOCK_BYTES, type RecordingHead, type RecordingInfo } from '../../core/protocol/recording-format.ts';
import { decodeInfo } from '../../core/protocol/recording-reader.ts';
import { RecordingEncoder } from '../../core/protocol/recording-writer.ts';
import { extendedTag, RecordKind } from '../../core/protocol/records.ts';
import { KeptInfo } from './kept-info.ts';
import { type AsyncBeginnings, asyncOwner, type KeptRecord, KeptStream } from './kept-stream.ts';

const EPOCH_BYTES = 8;
const INFO_LINES_IN_BLOCK = 500;

/**
 * What remains of the blocks of a recording that are not kept: definitions, who the processes and threads are, the last value of each
 * counter and object, async slices that have not ended. Of it a beginning is made, with which the blocks that follow decode as they
 * did behind all the others. Calls need nothing: each block carries those that are open.
 */
export class KeptState {
  readonly #head: RecordingHead;
  readonly #start: MonotonicTime;
  readonly #info = new KeptInfo();
  readonly #streams = new Map<number, KeptStream>();
  readonly #beginnings: AsyncBeginnings = new Map();
  /** Payloads of SOURCE blocks: bounded by who writes them. */
  readonly #sources: Uint8Array[] = [];

  constructor(head: RecordingHead) {
    this.#head = head;
    this.#start = splitMonotonic(BigInt(head.startMonotonicNs));
  }

  /** A block that goes, in the order of the file. `payload` stays the caller's. */
  take(header: BlockHeader, payload: Uint8Array): void {
    switch (header.type) {
      case BlockType.INFO:
        for (const line of decodeInfo(payload)) this.#takeInfo(line);
        return;
      case BlockType.DEFS:
        this.#stream(header.stream).define(payload.slice());
        return;
      case BlockType.SOURCE:
        this.#sources.push(payload.slice());
        return;
      case BlockType.DATA: {
        const { stream } = header;
        const process = this.#info.processOf(stream);
        this.#stream(stream).take(header, payload, this.#beginnings, (scope, number) => `${asyncOwner(scope, stream, process)} ${number}`);
        return;
      }
      default:
    }
  }

  /** A recording's beginning, from the file's header on. `line`: what is told of the blocks that are gone. */
  preamble(line: RecordingInfo): Uint8Array[] {
    const encoder = new RecordingEncoder(this.#head, { crc: zlibCrc32 });
    const parts: Uint8Array[] = [encoder.fileHeader];
    const lines = [...this.#info.lines(), ...this.#losses(line.timeNs), line];
    for (let from = 0; from < lines.length; from += INFO_LINES_IN_BLOCK) parts.push(...encoder.info(lines.slice(from, from + INFO_LINES_IN_BLOCK)));
    for (const payload of this.#sources) {
      parts.push(...encoder.block({ type: BlockType.SOURCE, stream: 0, count: 0, firstNs: line.timeNs, lastNs: line.timeNs }, payload));
    }
    for (const { stream, definitions } of this.#streams.values()) {
      for (const payload of definitions) {
        parts.push(...encoder.block({ type: BlockType.DEFS, stream, count: 0, firstNs: line.timeNs, lastNs: line.timeNs }, payload));
      }
    }
    for (const stream of this.#streams.values()) {
      const open = [...this.#beginnings.values()].filter((beginning) => beginning.stream === stream.stream);
      const records = [...stream.records(), ...open].sort((a, b) => a.time.high - b.time.high || a.time.low - b.time.low);
      for (const group of blocksOf(records)) parts.push(...this.#block(encoder, stream, group));
    }
    return parts;
  }

  #takeInfo(line: RecordingInfo): void {
    const ended = this.#info.take(line);
    // What its process still has of it, it has in the blocks that are kept, and there is none.
    if (ended !== undefined) this.#streams.delete(ended);
  }

  #stream(stream: number): KeptStream {
    let kept = this.#streams.get(stream);
    if (!kept) {
      kept = new KeptStream(stream);
      this.#streams.set(stream, kept);
    }
    return kept;
  }

  #losses(timeNs: number): RecordingInfo[] {
    const count = [...this.#streams.values()].reduce((sum, { lost }) => sum + lost, 0);
    const message = 'There were more names and objects than are remembered beyond what is kept: some of the oldest have no name, or no content.';
    return count === 0 ? [] : [{ kind: 'loss', what: 'kept', count, message, timeNs }];
  }

  #block(encoder: RecordingEncoder, { stream, droppedBefore }: KeptStream, records: readonly KeptRecord[]): Uint8Array[] {
    const [first] = records as readonly [KeptRecord, ...KeptRecord[]];
    const parts: Uint8Array[] = [];
    let { high } = first.time;
    for (const { time, bytes } of records) {
      if (time.high !== high) parts.push(epoch(time.high));
      high = time.high;
      parts.push(bytes);
    }
    const nsOf = ({ time }: KeptRecord): number => sinceMonotonic(this.#start, time.high, time.low);
    const range = { firstNs: nsOf(first), lastNs: nsOf(records.at(-1) as KeptRecord) };
    return encoder.block({ type: BlockType.DATA, stream, count: parts.length, ...range, clockHigh: first.time.high, droppedBefore }, Buffer.concat(parts));
  }
}

/** As many as go into one block, with a new clock before each at worst. */
function* blocksOf(records: readonly KeptRecord[]): Generator<readonly KeptRecord[]> {
  let group: KeptRecord[] = [];
  let bytes = 0;
  for (const record of records) {
    const size = record.bytes.length + EPOCH_BYTES;
    if (size > MAX_BLOCK_BYTES) continue;
    if (bytes + size > MAX_BLOCK_BYTES) {
      yield group;
      group = [];
      bytes = 0;
    }
    group.push(record);
    bytes += size;
  }
  if (group.length > 0) yield group;
}

function epoch(high: number): Uint8Array {
  const words = new Uint32Array([high, extendedTag(RecordKind.EPOCH, 0)]);
  return new Uint8Array(words.buffer);
}
