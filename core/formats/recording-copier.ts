/**
 * Copies recordings into another one, record by record: with other numbers of processes and streams, at another time, as a whole or in part. What
 * records say is not looked into but for what names other things.
 */
import { type MonotonicTime, sinceMonotonic, splitMonotonic } from '../base/time.ts';
import { type BlockHeader, BlockType, CONSOLE_HEADER_BYTES, type ConsoleSource, type RecordingHead, type RecordingInfo } from '../protocol/recording-format.ts';
import { decodeInfo, type RecordingItem } from '../protocol/recording-reader.ts';
import { AsyncScope, isExtended, kindOf, padTo8, RecordKind } from '../protocol/records.ts';
import type { RecordingBuilder } from './record-writer.ts';

const WORD = 2 ** 32;
/** Attachments that are held until they are whole. */
const MAX_ATTACHED_BYTES = 128 * 1024 * 1024;

export interface CopyOptions {
  /** Time 0 of the new recording, on its clock. */
  readonly start: MonotonicTime;
  /** Added to times since the start of the recording that is copied. */
  readonly shiftNs?: number;
  /** Of several recordings that come together, which one it is: numbers of async slices and arrows are kept apart. */
  readonly index?: number;
  readonly of?: number;
  /** Attachments of the new recording so far: numbers go on from there. */
  readonly attachments?: number;
}

/** A record that goes by: words `from` to `to`, times since the start of its own recording. */
export interface PassingRecord {
  readonly words: Uint32Array;
  from: number;
  to: number;
  timeNs: number;
  /** 0: a call. */
  kind: number;
}

export class RecordingCopier {
  readonly builder: RecordingBuilder;
  readonly notes: string[] = [];
  /** The last number that was given to an attachment. */
  attachments: number;
  head: RecordingHead | undefined;
  start: MonotonicTime = { high: 0, low: 0 };
  readonly #options: Required<CopyOptions>;
  readonly #processes = new Map<number, number>();
  readonly #streams = new Map<number, number>();
  readonly #attached = new Map<number, { readonly name: string; readonly bytes: number; readonly pieces: Uint8Array[] }>();
  #attachedBytes = 0;
  readonly #attachmentNumbers = new Map<number, number>();

  constructor(builder: RecordingBuilder, options: CopyOptions) {
    this.builder = builder;
    this.#options = { shiftNs: 0, index: 0, of: 1, attachments: 0, ...options };
    this.attachments = this.#options.attachments;
  }

  take(item: RecordingItem): void {
    switch (item.kind) {
      case 'head':
        this.head = item.head;
        this.start = splitMonotonic(BigInt(item.head.startMonotonicNs));
        return;
      case 'block':
        this.#block(item.header, item.payload);
        return;
      default:
        this.notes.push(item.problem.message);
    }
  }

  #block(header: BlockHeader, payload: Uint8Array): void {
    switch (header.type) {
      case BlockType.INFO:
        for (const line of decodeInfo(payload)) this.line(line);
        return;
      case BlockType.DEFS:
        this.builder.definitions(this.streamOf(header.stream), payload);
        return;
      case BlockType.DATA:
        this.#data(header, payload);
        return;
      case BlockType.CONSOLE:
        this.#console(payload);
        return;
      case BlockType.ATTACHMENT:
        this.#attachment(header.stream, payload);
        return;
      case BlockType.SOURCE:
        this.source(payload);
        return;
      default:
    }
  }

  // Numbers

  #processOf(index: number): number {
    let process = this.#processes.get(index);
    if (process === undefined) {
      process = this.builder.process({ pid: 0, name: '' });
      this.#processes.set(index, process);
    }
    return process;
  }

  streamOf(index: number): number {
    let stream = this.#streams.get(index);
    if (stream === undefined) {
      stream = this.builder.thread(this.#processOf(0), 0, '');
      this.#streams.set(index, stream);
    }
    return stream;
  }

  /** Attachments of plugins were shown or left before; of others the new recording has its own. */
  line(line: RecordingInfo): void {
    const timeNs = line.timeNs + this.#options.shiftNs;
    switch (line.kind) {
      case 'process':
        if (!this.#processes.has(line.process)) this.#processes.set(line.process, this.builder.process({ ...line }));
        this.builder.info({ ...line, process: this.#processOf(line.process), timeNs });
        return;
      case 'thread': {
        const process = this.#processOf(line.process);
        if (!this.#streams.has(line.stream)) this.#streams.set(line.stream, this.builder.thread(process, line.thread, line.name));
        this.builder.info({ ...line, process, stream: this.streamOf(line.stream), timeNs });
        return;
      }
      case 'thread-end':
      case 'stats':
        this.builder.info({ ...line, stream: this.streamOf(line.stream), timeNs });
        return;
      case 'process-end':
      case 'tracer-error':
      case 'plugin':
        this.builder.info({ ...line, process: this.#processOf(line.process), timeNs });
        return;
      case 'metadata': {
        const stream = line.stream === undefined ? {} : { stream: this.streamOf(line.stream) };
        this.builder.info({ ...line, process: this.#processOf(line.process), ...stream, timeNs });
        return;
      }
      case 'attachment':
        this.#attached.set(line.attachment, { name: line.name, bytes: line.bytes, pieces: [] });
        return;
      case 'processed':
        // Its attachment goes before it, if it is whole.
        if (!this.#attachmentNumbers.has(line.attachment)) return;
        this.builder.info({ ...line, process: this.#processOf(line.process), attachment: this.#attachmentNumbers.get(line.attachment) as number, timeNs });
        return;
      case 'note': {
        const { shiftNs, of, index } = this.#options;
        const times = line.fromNs === undefined || line.toNs === undefined ? {} : { fromNs: line.fromNs + shiftNs, toNs: line.toNs + shiftNs };
        // Of several recordings that come together each has notes of its own.
        this.builder.info({ ...line, id: of > 1 ? `${index}-${line.id}` : line.id, ...times, timeNs });
        return;
      }
      case 'session-end':
        return;
      default:
        this.builder.info({ ...line, timeNs });
    }
  }

  #attachment(number: number, payload: Uint8Array): void {
    const attached = this.#attached.get(number);
    if (attached === undefined) return;
    this.#attachedBytes += payload.length;
    if (this.#attachedBytes > MAX_ATTACHED_BYTES) {
      this.notes.push(`An attachment (“${attached.name}”) is larger than what is copied, and was left out.`);
      this.#attached.delete(number);
      return;
    }
    attached.pieces.push(payload);
    const have = attached.pieces.reduce((sum, piece) => sum + piece.length, 0);
    if (have < attached.bytes) return;
    this.#attachedBytes -= have;
    this.#attachmentNumbers.set(number, ++this.attachments);
    this.builder.attachment(this.attachments, attached.name, attached.pieces);
    this.#attached.delete(number);
  }

  source(payload: Uint8Array): void {
    this.builder.source(payload);
  }

  #console(payload: Uint8Array): void {
    const view = new DataView(payload.buffer, payload.byteOffset, payload.byteLength);
    for (let at = 0; at + CONSOLE_HEADER_BYTES <= payload.length; ) {
      const bytes = view.getUint32(at + 12, true);
      const start = at + CONSOLE_HEADER_BYTES;
      if (start + bytes > payload.length) return;
      this.consoleChunk(view.getFloat64(at, true), payload.subarray(start, start + bytes), view.getUint8(at + 8) as ConsoleSource);
      at = start + padTo8(bytes);
    }
  }

  consoleChunk(timeNs: number, text: Uint8Array, source: ConsoleSource): void {
    this.builder.console(timeNs + this.#options.shiftNs, text, source);
  }

  // Records

  #data(header: BlockHeader, payload: Uint8Array): void {
    const stackBytes = padTo8(header.openStackWords * 4);
    this.beginBlock(header, payload);
    const words = new Uint32Array(payload.buffer, payload.byteOffset + stackBytes, (payload.length - stackBytes) >>> 2);
    const record: PassingRecord = { words, from: 0, to: 0, timeNs: 0, kind: 0 };
    let base = sinceMonotonic(this.start, header.clockHigh, 0);
    for (let at = 0; at + 2 <= words.length; ) {
      const low = words[at] as number;
      const tag = words[at + 1] as number;
      const to = at + 2 + (isExtended(tag) ? ((tag >>> 8) & 0x7fffff) * 2 : 0);
      if (to > words.length) return;
      record.kind = isExtended(tag) ? kindOf(tag) : 0;
      if (record.kind === RecordKind.EPOCH) base = sinceMonotonic(this.start, low, 0);
      else {
        // A lost EPOCH record may hide in a gap, which tells the whole time.
        if (record.kind === RecordKind.GAP && to - at >= 6) base = sinceMonotonic(this.start, words[at + 4] as number, 0);
        record.from = at;
        record.to = to;
        record.timeNs = base + low;
        this.record(header.stream, record);
      }
      at = to;
    }
  }

  beginBlock(_header: BlockHeader, _payload: Uint8Array): void {}

  /** A record of the stream that has this number in the recording that is copied. */
  record(stream: number, record: PassingRecord): void {
    this.copy(stream, record, record.timeNs);
  }

  /** The same at another time, since the start of the recording that is copied. */
  copy(stream: number, { words, from, to, kind }: PassingRecord, timeNs: number): void {
    const { high, low } = this.wordsOf(timeNs);
    this.#renumber(words, from, kind);
    this.builder.copy(this.streamOf(stream), high, low, words, from, to);
  }

  /** On the clock of the new recording. */
  wordsOf(timeNs: number): MonotonicTime {
    const { start, shiftNs } = this.#options;
    const low = start.low + timeNs + shiftNs;
    const carry = Math.floor(low / WORD);
    return { high: Math.max(0, start.high + carry), low: low - carry * WORD };
  }

  /** Numbers that mean one thing in all of a recording would mean two where several come together. */
  #renumber(words: Uint32Array, from: number, kind: number): void {
    const { index, of } = this.#options;
    if (of === 1) return;
    const own = (number: number): number => (number === 0 ? 0 : (number * of + index) >>> 0);
    const isAsync = kind === RecordKind.ASYNC_BEGIN || kind === RecordKind.ASYNC_INSTANT || kind === RecordKind.ASYNC_END;
    if (!(isAsync || kind === RecordKind.FLOW) || words[from + 3] !== AsyncScope.RECORDING) return;
    words[from + 2] = own(words[from + 2] as number);
    if (kind === RecordKind.ASYNC_BEGIN) words[from + 6] = own(words[from + 6] as number);
  }
}
