/**
 * Encodes the recording file of recording-format.ts: bytes only, no files. The collector and every importer write through
 * this, so that there is one place which knows where a field lies.
 */
import { assert } from '../base/assert.ts';
import { crc32 } from '../base/crc32.ts';
import {
  BLOCK_HEADER_BYTES,
  BLOCK_MAGIC,
  type BlockHeader,
  BlockType,
  CONSOLE_HEADER_BYTES,
  type ConsoleSource,
  FILE_HEADER_BYTES,
  FILE_MAGIC,
  INDEX_ROW_BYTES,
  MAX_BLOCK_BYTES,
  type RecordingFooter,
  type RecordingHead,
  type RecordingInfo,
} from './recording-format.ts';
import { padTo8 } from './records.ts';
import { RECORDING_VERSION } from './version.ts';

/** Blocks after which an INDEX block is due: it has 72 KB then. */
export const BLOCKS_PER_INDEX = 1000;

const encoder = new TextEncoder();

/** The file's first bytes: header, JSON of the head, padding to 8. */
export function encodeFileHeader(head: RecordingHead): Uint8Array<ArrayBuffer> {
  const json = encoder.encode(JSON.stringify(head));
  const bytes = new Uint8Array(FILE_HEADER_BYTES + padTo8(json.length));
  const view = new DataView(bytes.buffer);
  encoder.encodeInto(FILE_MAGIC, bytes);
  view.setUint32(8, RECORDING_VERSION, true);
  view.setUint32(12, json.length, true);
  view.setUint32(16, crc32(json), true);
  bytes.set(json, FILE_HEADER_BYTES);
  return bytes;
}

/** The 64 bytes in front of a payload. */
export function encodeBlockHeader(header: BlockHeader): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(BLOCK_HEADER_BYTES);
  const view = new DataView(bytes.buffer);
  view.setUint32(0, BLOCK_MAGIC, true);
  view.setUint8(4, header.type);
  view.setUint16(6, Math.min(0xffff, header.unnamedFrames), true);
  view.setUint32(8, header.payloadBytes, true);
  view.setUint32(12, header.payloadCrc, true);
  view.setUint32(16, header.stream, true);
  view.setUint32(20, header.count, true);
  view.setFloat64(24, header.firstNs, true);
  view.setFloat64(32, header.lastNs, true);
  view.setUint32(40, header.clockHigh, true);
  view.setUint32(44, header.openStackWords, true);
  view.setFloat64(48, header.droppedBefore, true);
  view.setUint32(56, header.sequence, true);
  view.setUint32(60, crc32(bytes.subarray(0, 60)), true);
  return bytes;
}

/** One chunk of console output as it lies in a CONSOLE block, padding included. */
export function encodeConsoleRecord(timeNs: number, source: ConsoleSource, text: Uint8Array): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(consoleRecordBytes(text.length));
  writeConsoleRecord(bytes, 0, timeNs, source, text);
  return bytes;
}

export const consoleRecordBytes = (textBytes: number): number => CONSOLE_HEADER_BYTES + padTo8(textBytes);

/** As `encodeConsoleRecord`, into `target` at `at`; returns the offset behind it. The target's bytes there must be free, not zero. */
export function writeConsoleRecord(target: Uint8Array, at: number, timeNs: number, source: ConsoleSource, text: Uint8Array): number {
  const view = new DataView(target.buffer, target.byteOffset + at, CONSOLE_HEADER_BYTES);
  view.setFloat64(0, timeNs, true);
  view.setUint32(8, source, true);
  view.setUint32(12, text.length, true);
  target.set(text, at + CONSOLE_HEADER_BYTES);
  const end = at + consoleRecordBytes(text.length);
  target.fill(0, at + CONSOLE_HEADER_BYTES + text.length, end);
  return end;
}

/** JSON lines of an INFO block. */
export const encodeInfo = (lines: readonly RecordingInfo[]): Uint8Array<ArrayBuffer> =>
  encoder.encode(lines.map((line) => `${JSON.stringify(line)}\n`).join(''));

/** What the caller knows of a block; the rest (checksums, sequence) is computed. Times are ns since the recording's start. */
export interface BlockFields {
  readonly type: BlockType;
  /** 0 where a stream means nothing. */
  readonly stream: number;
  readonly count: number;
  readonly firstNs: number;
  readonly lastNs: number;
  readonly clockHigh?: number;
  readonly openStackWords?: number;
  readonly unnamedFrames?: number;
  readonly droppedBefore?: number;
}

/** A whole block: header, payload (the very bytes) and padding. */
export function encodeBlock(fields: BlockFields, payload: Uint8Array, sequence: number, crc: (bytes: Uint8Array) => number = crc32): Uint8Array[] {
  assert(payload.length <= MAX_BLOCK_BYTES, `a block's payload has at most ${MAX_BLOCK_BYTES} bytes, not ${payload.length}`);
  const header = encodeBlockHeader({
    type: fields.type,
    stream: fields.stream,
    count: fields.count,
    firstNs: fields.firstNs,
    lastNs: fields.lastNs,
    clockHigh: fields.clockHigh ?? 0,
    openStackWords: fields.openStackWords ?? 0,
    unnamedFrames: fields.unnamedFrames ?? 0,
    droppedBefore: fields.droppedBefore ?? 0,
    payloadBytes: payload.length,
    payloadCrc: crc(payload),
    sequence,
  });
  const padding = padTo8(payload.length) - payload.length;
  return padding > 0 ? [header, payload, new Uint8Array(padding)] : [header, payload];
}

export type RecordingTotals = Pick<RecordingFooter, 'events' | 'dropped' | 'durationNs' | 'end'>;

/** A block as an index tells of it. */
export interface LaidBlock {
  readonly offset: number;
  /** As it stands in the file. */
  readonly header: Uint8Array;
  readonly firstNs: number;
  readonly lastNs: number;
}

/**
 * INDEX blocks and FOOTER for a recording that was put together of parts: `rows` are its blocks in the order of the file, `offset` is its
 * length so far, `sequence` the number of the next block.
 */
export function encodeClosing(
  rows: readonly LaidBlock[],
  offset: number,
  sequence: number,
  totals: RecordingTotals,
  crc: (bytes: Uint8Array) => number = crc32,
): Uint8Array[] {
  const parts: Uint8Array[] = [];
  let [at, next, previous] = [offset, sequence, -1];
  const lay = (fields: BlockFields, payload: Uint8Array) => {
    const block = encodeBlock(fields, payload, next++, crc);
    parts.push(...block);
    for (const part of block) at += part.length;
  };
  for (let from = 0; from < rows.length; from += BLOCKS_PER_INDEX) {
    const here = at;
    const { fields, payload } = encodeIndex(rows.slice(from, from + BLOCKS_PER_INDEX), previous);
    lay(fields, payload);
    previous = here;
  }
  const footer: RecordingFooter = { lastIndex: previous, blocks: next, ...totals };
  lay({ type: BlockType.FOOTER, stream: 0, count: 1, firstNs: 0, lastNs: totals.durationNs }, encoder.encode(JSON.stringify(footer)));
  return parts;
}

/** An INDEX block over these blocks. `previous`: offset of the one before, or -1. */
export function encodeIndex(rows: readonly LaidBlock[], previous: number): { readonly fields: BlockFields; readonly payload: Uint8Array } {
  const payload = new Uint8Array(8 + rows.length * INDEX_ROW_BYTES);
  const view = new DataView(payload.buffer);
  view.setFloat64(0, previous, true);
  rows.forEach(({ offset, header }, row) => {
    view.setFloat64(8 + row * INDEX_ROW_BYTES, offset, true);
    payload.set(header, 16 + row * INDEX_ROW_BYTES);
  });
  const range = { firstNs: rows[0]?.firstNs ?? 0, lastNs: rows.at(-1)?.lastNs ?? 0 };
  return { fields: { type: BlockType.INDEX, stream: 0, count: rows.length, ...range }, payload };
}

/**
 * Lays out one recording: hand its parts to a file in the order in which they are returned, and nothing else.
 * INDEX blocks are put in between by itself.
 */
export class RecordingEncoder {
  readonly fileHeader: Uint8Array;
  readonly #crc: (bytes: Uint8Array) => number;
  #offset: number;
  #sequence = 0;
  #lastIndex = -1;
  #rows: LaidBlock[] = [];

  readonly #isIndexed: boolean;

  /**
   * `crc`: a faster CRC-32 than the portable one, where the platform has it. `indexed` false: whoever puts the file together makes its
   * index, see `encodeClosing`.
   */
  constructor(head: RecordingHead, options: { readonly crc?: (bytes: Uint8Array) => number; readonly indexed?: boolean } = {}) {
    this.#isIndexed = options.indexed !== false;
    this.fileHeader = encodeFileHeader(head);
    this.#offset = this.fileHeader.length;
    this.#crc = options.crc ?? crc32;
  }

  /** Bytes of the file once everything returned so far is in it. */
  get offset(): number {
    return this.#offset;
  }

  get blocksSinceIndex(): number {
    return this.#rows.length;
  }

  /** The payload itself is among the returned parts: leave it untouched until it is written. */
  block(fields: BlockFields, payload: Uint8Array): Uint8Array[] {
    const parts = this.#lay(fields, payload);
    if (this.#rows.length >= BLOCKS_PER_INDEX) parts.push(...this.index());
    return parts;
  }

  info(lines: readonly RecordingInfo[]): Uint8Array[] {
    const times = lines.map((line) => line.timeNs);
    const firstNs = Math.min(...times);
    return this.block({ type: BlockType.INFO, stream: 0, count: lines.length, firstNs, lastNs: Math.max(...times) }, encodeInfo(lines));
  }

  /** An INDEX block over the blocks since the previous one. */
  index(): Uint8Array[] {
    const at = this.#offset;
    const { fields, payload } = encodeIndex(this.#rows, this.#lastIndex);
    const parts = this.#lay(fields, payload);
    this.#lastIndex = at;
    this.#rows = [];
    return parts;
  }

  /**
   * INDEX and FOOTER that would end the file at `offset`. The encoder goes on as if they had not been made, so that
   * a copy of a recording still under way can be closed too.
   */
  closing(totals: RecordingTotals): Uint8Array[] {
    const kept = { offset: this.#offset, sequence: this.#sequence, lastIndex: this.#lastIndex, rows: this.#rows };
    const parts = this.#rows.length > 0 ? this.index() : [];
    const footer: RecordingFooter = { lastIndex: this.#lastIndex, blocks: this.#sequence, ...totals };
    const payload = encoder.encode(JSON.stringify(footer));
    parts.push(...this.#lay({ type: BlockType.FOOTER, stream: 0, count: 1, firstNs: 0, lastNs: totals.durationNs }, payload));
    this.#offset = kept.offset;
    this.#sequence = kept.sequence;
    this.#lastIndex = kept.lastIndex;
    this.#rows = kept.rows;
    return parts;
  }

  #lay(fields: BlockFields, payload: Uint8Array): Uint8Array[] {
    const parts = encodeBlock(fields, payload, this.#sequence++, this.#crc);
    // Indexes lead to each other, and a footer to the last of them: they stand in no index.
    const indexed = this.#isIndexed && fields.type !== BlockType.INDEX && fields.type !== BlockType.FOOTER;
    if (indexed) this.#rows.push({ offset: this.#offset, header: parts[0] as Uint8Array, firstNs: fields.firstNs, lastNs: fields.lastNs });
    for (const part of parts) this.#offset += part.length;
    return parts;
  }
}
