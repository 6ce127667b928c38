import type { Nanoseconds } from '../base/time.ts';
import { BlockType, ConsoleSource, MAX_BLOCK_BYTES, type RecordingHead, type RecordingInfo, type SessionEnd } from '../protocol/recording-format.ts';
import { encodeConsoleRecord, RecordingEncoder } from '../protocol/recording-writer.ts';
import { extendedTag, isEvent, isExtended, kindOf, padTo8, RecordKind, recordBytes } from '../protocol/records.ts';
import { STUDIO_VERSION } from '../protocol/version.ts';
import { OpenFrames } from './open-frames.ts';

/** What is time 0 of the recording, in nanoseconds. `epochNs` 0: not known. Neither may be negative. */
export interface RecordingStart {
  readonly monotonicNs: bigint;
  readonly epochNs: bigint;
}

export interface RecordingBuilderOptions {
  readonly title: string;
  /** UUID; by default that of "no session": another format's trace has none. */
  readonly session?: string;
  readonly launch?: RecordingHead['launch'];
  /** A faster CRC-32 than the portable one, where the platform has it. */
  readonly crc?: (bytes: Uint8Array) => number;
}

const NO_SESSION = '00000000-0000-0000-0000-000000000000';

/** Small enough that reading one block again is quick, large enough that headers cost nothing. */
const BLOCK_TARGET_BYTES = 256 * 1024;
/** All streams together: what is buffered beyond it is sealed into blocks early. */
const MAX_BUFFERED_BYTES = 64 * 1024 * 1024;
const FIRST_BUFFER_BYTES = 4096;
/** High words of the clock that one block may span: each change costs an EPOCH record, 8 bytes beyond the target. */
const MAX_EPOCHS = 8000;
const WORD = 2 ** 32;
/** First value of a field that will hold doubles: V8 lays out objects by it, and a later change of that throws away all hot code. */
const DOUBLE = Number.NaN;

const encoder = new TextEncoder();

/**
 * Makes a recording out of events, as a stream of bytes: call the methods in the order of the events of each thread, and
 * `take` what is ready from time to time; `finish` gives the rest. Times are the two words of a monotonic clock in ns.
 *
 * - The head of the file is written once `setStart` was called; blocks made before wait for it, so that a reader can look at
 *   its first events before it says what time 0 is.
 * - Events of one stream may come out of order: the records of one block are sorted by time (stable), and the block's first and
 *   last time are the least and greatest. Blocks of one stream may then overlap in time.
 * - Calls are the exception: a stream that has any takes all its events in their order, since a block begins with the calls that are open.
 */
export class RecordingBuilder {
  readonly #options: RecordingBuilderOptions;
  readonly #streams: StreamBuffer[] = [];
  #processes = 0;
  #info: RecordingInfo[] = [];
  #infoBytes = 0;
  #sealed: SealedBlock[] = [];
  #encoder: RecordingEncoder | undefined;
  #startHigh = 0;
  #startLow = DOUBLE;
  #buffered = 0;
  #sealedBytes = 0;
  #events = 0;
  #dropped = DOUBLE;
  #lastNs = DOUBLE;
  #console: Uint8Array[] = [];
  #consoleCount = 0;
  #consoleBytes = 0;
  #consoleFirstNs = 0;
  #consoleLastNs = 0;
  #out: Uint8Array[] = [];

  constructor(options: RecordingBuilderOptions) {
    this.#options = options;
    this.#startLow = this.#lastNs = this.#dropped = 0;
  }

  get started(): boolean {
    return this.#encoder !== undefined;
  }

  /** Events put in so far. */
  get events(): number {
    return this.#events;
  }

  /** Bytes of blocks that wait for `setStart` or `take`. */
  get waitingBytes(): number {
    return this.#sealedBytes;
  }

  /** Once. From here on `take` gives bytes. */
  setStart(start: RecordingStart): void {
    const { title, session = NO_SESSION, launch, crc } = this.#options;
    const head = { studio: STUDIO_VERSION, session, startMonotonicNs: `${start.monotonicNs}`, startEpochNs: `${start.epochNs}`, title };
    this.#encoder = new RecordingEncoder(launch === undefined ? head : { ...head, launch }, crc === undefined ? {} : { crc });
    this.#startHigh = Number(start.monotonicNs >> 32n);
    this.#startLow = Number(start.monotonicNs & 0xffffffffn);
    this.#out.push(this.#encoder.fileHeader);
  }

  /** Index of a new process. Lines of processes and threads may be told again with `info`: the later one counts. */
  process(process: {
    readonly pid: number;
    readonly ppid?: number;
    readonly name: string;
    readonly argv?: readonly string[];
    readonly nodeVersion?: string;
  }): number {
    const index = this.#processes++;
    const { pid, ppid = 0, name, argv = [], nodeVersion = '' } = process;
    this.info({ kind: 'process', process: index, pid, ppid, name, argv, nodeVersion, timeNs: 0 });
    return index;
  }

  /** Index of a new thread's stream, from 1. */
  thread(process: number, thread: number, name: string): number {
    this.#streams.push(new StreamBuffer());
    const stream = this.#streams.length;
    this.info({ kind: 'thread', stream, process, thread, name, timeNs: 0 });
    return stream;
  }

  info(line: RecordingInfo): void {
    // A character of JSON is at most three bytes.
    const bytes = JSON.stringify(line).length * 3;
    if (this.#infoBytes + bytes > BLOCK_TARGET_BYTES) this.#sealInfo();
    this.#info.push(line);
    this.#infoBytes += bytes;
  }

  /** Definition of a text in a stream; the same text gives the same id. */
  string(stream: number, text: string): number {
    const strings = this.#stream(stream).strings;
    let id = strings.get(text);
    if (id === undefined) {
      id = this.stringBytes(stream, encoder.encode(text));
      strings.set(text, id);
    }
    return id;
  }

  /** A new definition of a UTF-8 text, whether there is one already or not. */
  stringBytes(stream: number, text: Uint8Array): number {
    const padded = padTo8(text.length);
    const { id, view, at, bytes } = this.#define(stream, RecordKind.DEF_STRING, 8 + padded);
    view.setUint32(at + 4, text.length, true);
    bytes.set(text, at + 8);
    return id;
  }

  /** A function of a file (a path or URL; '': not known). `line` and `column` count from 1; 0: not known. `flags`: see FunctionFlag. */
  functionDefinition(stream: number, name: string, file: string, line: number, column: number, flags: number): number {
    const fileId = file === '' ? 0 : this.string(stream, file);
    const text = encoder.encode(`${line} ${column} ${flags} ${name.replaceAll('\n', ' ')}`);
    const id = ++this.#stream(stream).lastFunction;
    const { view, bytes, at } = this.#define(stream, RecordKind.DEF_FUNCTIONS, 16 + padTo8(text.length));
    view.setUint32(at, id, true);
    view.setUint32(at + 4, 1, true);
    view.setUint32(at + 8, fileId, true);
    view.setUint32(at + 12, text.length, true);
    bytes.set(text, at + 16);
    return id;
  }

  /** Definition records as they lie in the DEFS block of another recording: their ids mean the same in `stream`. Give either these or own ones. */
  definitions(stream: number, payload: Uint8Array): void {
    const buffer = this.#stream(stream);
    if (buffer.definitionBytes > 0 && buffer.definitionBytes + payload.length > BLOCK_TARGET_BYTES) this.#sealDefinitions(stream, buffer);
    buffer.definitions.push(payload);
    buffer.definitionBytes += payload.length;
  }

  counterDefinition(stream: number, name: number, series: readonly number[]): number {
    const { id, view, at } = this.#define(stream, RecordKind.DEF_COUNTER, 16 + padTo8(series.length * 4));
    view.setUint32(at + 4, name, true);
    view.setUint32(at + 8, series.length, true);
    series.forEach((one, i) => {
      view.setUint32(at + 16 + i * 4, one, true);
    });
    return id;
  }

  objectDefinition(stream: number, name: number, className: number): number {
    const { id, view, at } = this.#define(stream, RecordKind.DEF_OBJECT, 16);
    view.setUint32(at + 4, name, true);
    view.setUint32(at + 8, className, true);
    return id;
  }

  counter(stream: number, high: number, low: number, counter: number, values: Float64Array, count: number): void {
    const buffer = this.#record(stream, high, low, RecordKind.COUNTER, 8 + count * 8);
    const w = buffer.at >>> 2;
    buffer.words[w] = counter;
    buffer.words[w + 1] = count;
    const d = (buffer.at + 8) >>> 3;
    for (let i = 0; i < count; i++) buffer.doubles[d + i] = values[i] as number;
  }

  /** `args`: JSON of at most MAX_BLOCK_BYTES - 32 bytes, so that the record fits into one block; the first `argsBytes` of them. */
  instant(stream: number, high: number, low: number, name: number, category: number, scope: number, args?: Uint8Array, argsBytes = args?.length ?? 0): void {
    const buffer = this.#record(stream, high, low, RecordKind.INSTANT, 16 + padTo8(argsBytes));
    const w = buffer.at >>> 2;
    buffer.words[w] = name;
    buffer.words[w + 1] = category;
    buffer.words[w + 2] = scope;
    buffer.words[w + 3] = argsBytes;
    if (args !== undefined) copyTo(buffer.bytes, buffer.at + 16, args, argsBytes);
  }

  /** The time is that of the end. `args` as for `instant`. */
  slice(
    stream: number,
    endHigh: number,
    endLow: number,
    durationNs: Nanoseconds,
    name: number,
    category: number,
    args?: Uint8Array,
    argsBytes = args?.length ?? 0,
    track = 0,
    argsFrom = 0,
  ): void {
    const buffer = this.#record(stream, endHigh, endLow, RecordKind.SLICE, 24 + padTo8(argsBytes));
    buffer.noteStart(endHigh, endLow, durationNs);
    const w = buffer.at >>> 2;
    buffer.words[w] = name;
    buffer.words[w + 1] = category;
    buffer.doubles[(buffer.at + 8) >>> 3] = durationNs;
    buffer.words[w + 4] = argsBytes;
    buffer.words[w + 5] = track;
    if (args !== undefined && argsBytes > 0) copyTo(buffer.bytes, buffer.at + 24, args, argsBytes, argsFrom);
  }

  /** A call begins. `functionId`: of `functionDefinition`. */
  enter(stream: number, high: number, low: number, functionId: number): void {
    this.#call(stream, high, low, functionId * 2)
      .openFrames()
      .push(high, low, functionId, 0);
  }

  exit(stream: number, high: number, low: number, functionId: number): void {
    this.#call(stream, high, low, functionId * 2 + 1)
      .openFrames()
      .pop(functionId, 0);
  }

  /** Calls that are open before the stream's first record, from the outermost: function id, number of the activation, and since when. */
  openCalls(stream: number, calls: Iterable<{ readonly high: number; readonly low: number; readonly functionId: number; readonly call: number }>): void {
    this.#stream(stream).openBefore(calls);
  }

  /** See RecordKind.CALL_BEGIN and those behind it. `call` numbers the activation, from 1. */
  run(stream: number, high: number, low: number, kind: number, functionId: number, call: number): void {
    const buffer = this.#record(stream, high, low, kind, 8);
    buffer.words[buffer.at >>> 2] = functionId;
    buffer.words[(buffer.at >>> 2) + 1] = call;
    buffer.noteCopied(high, low, buffer.words[(buffer.at >>> 2) - 1] as number);
  }

  /** CALL_ARGUMENTS right behind its enter, or CALL_RESULT right in front of its exit. `json` as for `instant`. */
  callValue(stream: number, high: number, low: number, kind: typeof RecordKind.CALL_ARGUMENTS | typeof RecordKind.CALL_RESULT, json: Uint8Array): void {
    const buffer = this.#record(stream, high, low, kind, 8 + padTo8(json.length));
    this.#noEvent(buffer);
    buffer.words[buffer.at >>> 2] = json.length;
    buffer.words[(buffer.at >>> 2) + 1] = 0;
    buffer.bytes.set(json, buffer.at + 8);
  }

  /**
   * A record of another recording, with another time: `words` from `from` to `to` are all of it, in a buffer of its own with `payload`. Ids mean
   * what the stream's `definitions` say. Calls come in order.
   */
  copy(stream: number, high: number, low: number, words: Uint32Array, from: number, to: number): void {
    const tag = words[from + 1] as number;
    const bytes = (to - from) * 4;
    const buffer = isExtended(tag) ? this.#record(stream, high, low, kindOf(tag), bytes - 8) : this.#call(stream, high, low, tag);
    for (let w = from + 2, at = buffer.at >>> 2; w < to; w++, at++) buffer.words[at] = words[w] as number;
    buffer.noteCopied(high, low, tag);
    if (isExtended(tag) && !isEvent(kindOf(tag))) this.#noEvent(buffer);
    if (isExtended(tag) && kindOf(tag) === RecordKind.GAP) {
      this.#stream(stream).lost += buffer.doubles[buffer.at >>> 3] as number;
      this.#dropped += buffer.doubles[buffer.at >>> 3] as number;
    }
  }

  /** See RecordKind.ASYNC_BEGIN. `args` as for `instant`. */
  asyncBegin(
    stream: number,
    high: number,
    low: number,
    number: number,
    scope: number,
    name: number,
    category: number,
    parent: number,
    flags: number,
    args?: Uint8Array,
    argsBytes = args?.length ?? 0,
  ): void {
    const buffer = this.#record(stream, high, low, RecordKind.ASYNC_BEGIN, 32 + padTo8(argsBytes));
    const w = buffer.at >>> 2;
    buffer.words[w] = number;
    buffer.words[w + 1] = scope;
    buffer.words[w + 2] = name;
    buffer.words[w + 3] = category;
    buffer.words[w + 4] = parent;
    buffer.words[w + 5] = flags;
    buffer.words[w + 6] = argsBytes;
    buffer.words[w + 7] = 0;
    if (args !== undefined) copyTo(buffer.bytes, buffer.at + 32, args, argsBytes);
  }

  /** `kind` is ASYNC_INSTANT or ASYNC_END. */
  asyncMore(
    stream: number,
    high: number,
    low: number,
    kind: typeof RecordKind.ASYNC_INSTANT | typeof RecordKind.ASYNC_END,
    number: number,
    scope: number,
    name: number,
    args?: Uint8Array,
    argsBytes = args?.length ?? 0,
  ): void {
    const buffer = this.#record(stream, high, low, kind, 16 + padTo8(argsBytes));
    const w = buffer.at >>> 2;
    buffer.words[w] = number;
    buffer.words[w + 1] = scope;
    buffer.words[w + 2] = name;
    buffer.words[w + 3] = argsBytes;
    if (args !== undefined) copyTo(buffer.bytes, buffer.at + 16, args, argsBytes);
  }

  /** See FlowPhase. */
  flow(stream: number, high: number, low: number, number: number, scope: number, name: number, category: number, phase: number): void {
    const buffer = this.#record(stream, high, low, RecordKind.FLOW, 24);
    const w = buffer.at >>> 2;
    buffer.words[w] = number;
    buffer.words[w + 1] = scope;
    buffer.words[w + 2] = name;
    buffer.words[w + 3] = category;
    buffer.words[w + 4] = phase;
    buffer.words[w + 5] = 0;
  }

  objectCreated(stream: number, high: number, low: number, object: number): void {
    const buffer = this.#record(stream, high, low, RecordKind.OBJECT_CREATED, 8);
    buffer.words[buffer.at >>> 2] = object;
    buffer.words[(buffer.at >>> 2) + 1] = 0;
  }

  objectDeleted(stream: number, high: number, low: number, object: number): void {
    const buffer = this.#record(stream, high, low, RecordKind.OBJECT_DELETED, 8);
    buffer.words[buffer.at >>> 2] = object;
    buffer.words[(buffer.at >>> 2) + 1] = 0;
  }

  /** `entries`: pairs of key definition and length of the value (REMOVED: gone), `count` of them; `values`: the values' JSON in that order. */
  objectSnapshot(
    stream: number,
    high: number,
    low: number,
    object: number,
    flags: number,
    entries: ArrayLike<number>,
    count: number,
    values: Uint8Array,
    valueBytes = values.length,
  ): void {
    const buffer = this.#record(stream, high, low, RecordKind.OBJECT_SNAPSHOT, 16 + count * 8 + padTo8(valueBytes));
    const w = buffer.at >>> 2;
    buffer.words[w] = object;
    buffer.words[w + 1] = flags;
    buffer.words[w + 2] = count;
    buffer.words[w + 3] = valueBytes;
    for (let i = 0; i < count * 2; i++) buffer.words[w + 4 + i] = entries[i] as number;
    buffer.bytes.set(values.subarray(0, valueBytes), buffer.at + 16 + count * 8);
  }

  /** `lost` records are missing before this time. See GapReason. */
  gap(stream: number, high: number, low: number, lost: number, reason: number): void {
    const buffer = this.#record(stream, high, low, RecordKind.GAP, 24);
    this.#noEvent(buffer);
    const w = buffer.at >>> 2;
    buffer.doubles[buffer.at >>> 3] = lost;
    buffer.words[w + 2] = high;
    buffer.words[w + 3] = low;
    buffer.words[w + 4] = reason;
    buffer.words[w + 5] = 0;
    this.#stream(stream).lost += lost;
    this.#dropped += lost;
  }

  stall(stream: number, high: number, low: number, waitedNs: Nanoseconds): void {
    const buffer = this.#record(stream, high, low, RecordKind.STALL, 8);
    this.#noEvent(buffer);
    buffer.doubles[buffer.at >>> 3] = waitedNs;
  }

  /** A file that the recording carries. `number` is its own, from 1. */
  attachment(number: number, name: string, content: readonly Uint8Array[]): void {
    const bytes = content.reduce((sum, part) => sum + part.length, 0);
    this.info({ kind: 'attachment', attachment: number, name, bytes, timeNs: 0 });
    this.#sealInfo();
    for (const part of content) {
      for (let at = 0; at < part.length; at += MAX_BLOCK_BYTES) {
        const piece = part.subarray(at, at + MAX_BLOCK_BYTES);
        this.#sealed.push({ kind: 'attachment', attachment: number, payload: piece });
        this.#sealedBytes += piece.length;
      }
    }
  }

  /** Payload of a SOURCE block: see core/protocol/sources.ts. */
  source(payload: Uint8Array): void {
    this.#sealed.push({ kind: 'source', payload });
    this.#sealedBytes += payload.length;
  }

  /** A chunk of console output; `timeNs` since the start of the recording. */
  console(timeNs: Nanoseconds, text: string | Uint8Array, source: ConsoleSource = ConsoleSource.STDOUT): void {
    const bytes = typeof text === 'string' ? encoder.encode(text) : text;
    for (let from = 0; from === 0 || from < bytes.length; from += BLOCK_TARGET_BYTES) {
      const part = bytes.subarray(from, from + BLOCK_TARGET_BYTES);
      if (this.#consoleBytes + part.length > BLOCK_TARGET_BYTES) this.#sealConsole();
      const record = encodeConsoleRecord(timeNs, source, part);
      if (this.#consoleCount === 0) this.#consoleFirstNs = timeNs;
      this.#consoleLastNs = timeNs;
      this.#console.push(record);
      this.#consoleCount++;
      this.#consoleBytes += record.length;
    }
  }

  /** What is ready, in order; nothing before `setStart`. */
  take(): Uint8Array[] {
    const encoder = this.#encoder;
    if (encoder === undefined) return [];
    for (const block of this.#sealed) this.#lay(encoder, block);
    this.#sealed = [];
    this.#sealedBytes = 0;
    const out = this.#out;
    this.#out = [];
    return out;
  }

  /** Ends the recording; call `setStart` before. Gives what was not taken yet, with index and footer. */
  finish(end?: SessionEnd): Uint8Array[] {
    this.seal();
    const out = this.take();
    const encoder = this.#encoder;
    if (encoder === undefined) return out;
    if (end !== undefined) out.push(...encoder.info([{ kind: 'session-end', end, timeNs: this.#lastNs }]));
    const totals = { events: this.#events, dropped: this.#dropped, durationNs: this.#lastNs };
    out.push(...encoder.closing(end === undefined ? totals : { ...totals, end }));
    return out;
  }

  /** Puts everything that is buffered into blocks. */
  seal(): void {
    this.#sealInfo();
    this.#sealConsole();
    this.#streams.forEach((buffer, index) => {
      this.#sealStream(index + 1, buffer);
    });
  }

  #stream(stream: number): StreamBuffer {
    const buffer = this.#streams[stream - 1];
    if (buffer === undefined) throw new Error(`there is no stream ${stream}`);
    return buffer;
  }

  /** Room for a record: its header is written, `at` of the result is where its payload starts. */
  #record(stream: number, high: number, low: number, kind: number, payloadBytes: number): StreamBuffer {
    const buffer = this.#stream(stream);
    const bytes = 8 + payloadBytes;
    if (!buffer.addNext(high, low, bytes)) this.#addCarefully(stream, buffer, high, low, bytes);
    const w = (buffer.at - 8) >>> 2;
    buffer.words[w] = low;
    buffer.words[w + 1] = extendedTag(kind as RecordKind, payloadBytes);
    this.#events++;
    return buffer;
  }

  /** The record that was added last is no event by itself: see `isEvent`. */
  #noEvent(buffer: StreamBuffer): void {
    buffer.others++;
    this.#events--;
  }

  #call(stream: number, high: number, low: number, tag: number): StreamBuffer {
    const buffer = this.#stream(stream);
    buffer.openFrames();
    if (!buffer.addNext(high, low, 8)) this.#addCarefully(stream, buffer, high, low, 8);
    const w = (buffer.at - 8) >>> 2;
    buffer.words[w] = low;
    buffer.words[w + 1] = tag;
    this.#events++;
    return buffer;
  }

  /** Seals what does not go on with it first, and makes room. */
  #addCarefully(stream: number, buffer: StreamBuffer, high: number, low: number, bytes: number): void {
    if (bytes > MAX_BLOCK_BYTES) throw new Error(`a record of ${bytes} bytes does not fit into a block`);
    const wide = Math.max(high, buffer.greatestHigh) - Math.min(high, buffer.leastHigh) > MAX_EPOCHS;
    if (buffer.count > 0 && (buffer.length + bytes > BLOCK_TARGET_BYTES || wide)) this.#sealStream(stream, buffer);
    const before = buffer.allocatedBytes;
    buffer.add(high, low, bytes);
    this.#buffered += buffer.allocatedBytes - before;
    if (this.#buffered > MAX_BUFFERED_BYTES) this.#sealOthers(buffer);
  }

  #sealOthers(kept: StreamBuffer): void {
    this.#streams.forEach((buffer, index) => {
      if (buffer === kept) return;
      this.#sealStream(index + 1, buffer);
      buffer.release();
    });
    this.#buffered = this.#streams.reduce((sum, buffer) => sum + buffer.allocatedBytes, 0);
  }

  #define(stream: number, kind: number, payloadBytes: number): { id: number; view: DataView; bytes: Uint8Array; at: number } {
    const buffer = this.#stream(stream);
    const length = 8 + payloadBytes;
    if (length > MAX_BLOCK_BYTES) throw new Error(`a definition of ${length} bytes does not fit into a block`);
    if (buffer.definitionBytes + length > BLOCK_TARGET_BYTES) this.#sealDefinitions(stream, buffer);
    const bytes = new Uint8Array(length);
    const view = new DataView(bytes.buffer);
    const id = ++buffer.lastId;
    view.setUint32(4, extendedTag(kind as RecordKind, payloadBytes), true);
    view.setUint32(8, id, true);
    buffer.definitions.push(bytes);
    buffer.definitionBytes += length;
    return { id, view, bytes, at: 8 };
  }

  #sealInfo(): void {
    if (this.#info.length === 0) return;
    this.#sealed.push({ kind: 'info', lines: this.#info });
    this.#info = [];
    this.#infoBytes = 0;
  }

  #sealConsole(): void {
    if (this.#consoleCount === 0) return;
    const payload = joined(this.#console, this.#consoleBytes);
    this.#sealed.push({ kind: 'console', payload, count: this.#consoleCount, firstNs: this.#consoleFirstNs, lastNs: this.#consoleLastNs });
    this.#sealedBytes += payload.length;
    this.#console = [];
    this.#consoleCount = 0;
    this.#consoleBytes = 0;
  }

  #sealDefinitions(stream: number, buffer: StreamBuffer): void {
    if (buffer.definitions.length === 0) return;
    // A reader must know the stream before its definitions.
    this.#sealInfo();
    const payload = joined(buffer.definitions, buffer.definitionBytes);
    this.#sealed.push({ kind: 'definitions', stream, payload, count: buffer.definitions.length });
    this.#sealedBytes += payload.length;
    buffer.definitions = [];
    buffer.definitionBytes = 0;
  }

  #sealStream(stream: number, buffer: StreamBuffer): void {
    this.#sealDefinitions(stream, buffer);
    if (buffer.count === 0) return;
    const block = buffer.seal();
    this.#sealed.push({ kind: 'data', stream, ...block });
    this.#sealedBytes += block.payload.length;
  }

  #lay(encoder: RecordingEncoder, block: SealedBlock): void {
    switch (block.kind) {
      case 'info':
        this.#out.push(...encoder.info(block.lines));
        return;
      case 'definitions':
        this.#out.push(...encoder.block({ type: BlockType.DEFS, stream: block.stream, count: block.count, firstNs: 0, lastNs: 0 }, block.payload));
        return;
      case 'console': {
        const { count, firstNs, lastNs } = block;
        this.#lastNs = Math.max(this.#lastNs, lastNs);
        this.#out.push(...encoder.block({ type: BlockType.CONSOLE, stream: 0, count, firstNs, lastNs }, block.payload));
        return;
      }
      case 'attachment': {
        const { attachment: stream, payload } = block;
        this.#out.push(...encoder.block({ type: BlockType.ATTACHMENT, stream, count: 0, firstNs: 0, lastNs: 0 }, payload));
        return;
      }
      case 'source':
        this.#out.push(...encoder.block({ type: BlockType.SOURCE, stream: 0, count: 0, firstNs: 0, lastNs: 0 }, block.payload));
        return;
      case 'data': {
        // Slices are recorded at their end: the block's range covers all of them.
        const firstNs = (block.firstHigh - this.#startHigh) * WORD + (block.firstLow - this.#startLow) - block.startsBefore;
        const lastNs = (block.lastHigh - this.#startHigh) * WORD + (block.lastLow - this.#startLow);
        this.#lastNs = Math.max(this.#lastNs, lastNs);
        const { stream, count, droppedBefore, payload, open } = block;
        const fields = { type: BlockType.DATA, stream, count, firstNs, lastNs, clockHigh: block.firstHigh, droppedBefore };
        const stack = open?.bytes(this.#startHigh, this.#startLow, MAX_BLOCK_BYTES - payload.length);
        if (stack === undefined || stack.length === 0) this.#out.push(...encoder.block(fields, payload));
        else this.#out.push(...encoder.block({ ...fields, openStackWords: stack.length / 4 }, joined([stack, payload], stack.length + payload.length)));
      }
    }
  }
}

interface DataBlock {
  readonly payload: Uint8Array;
  readonly count: number;
  readonly firstHigh: number;
  readonly firstLow: number;
  readonly lastHigh: number;
  readonly lastLow: number;
  readonly droppedBefore: number;
  /** Nanoseconds by which the earliest slice begins before the first record. */
  readonly startsBefore: number;
  /** Calls that are open before the first record. */
  readonly open: OpenFrames | undefined;
}

type SealedBlock =
  | { readonly kind: 'attachment'; readonly attachment: number; readonly payload: Uint8Array }
  | { readonly kind: 'source'; readonly payload: Uint8Array }
  | { readonly kind: 'info'; readonly lines: readonly RecordingInfo[] }
  | { readonly kind: 'definitions'; readonly stream: number; readonly payload: Uint8Array; readonly count: number }
  | { readonly kind: 'console'; readonly payload: Uint8Array; readonly count: number; readonly firstNs: number; readonly lastNs: number }
  | ({ readonly kind: 'data'; readonly stream: number } & DataBlock);

/** Records of one thread that are not in a block yet, without EPOCH records: those are put in when the block is sealed. */
class StreamBuffer {
  bytes = new Uint8Array(0);
  words = new Uint32Array(0);
  doubles = new Float64Array(0);
  length = 0;
  /** Records, and those of them that are no events. */
  count = 0;
  others = 0;
  /** Payload of the record that was added last. */
  at = 0;
  leastHigh = Number.POSITIVE_INFINITY;
  greatestHigh = Number.NEGATIVE_INFINITY;
  definitions: Uint8Array[] = [];
  definitionBytes = 0;
  lastId = 0;
  lastFunction = 0;
  lost = 0;
  readonly strings = new Map<string, number>();
  #lostBefore = 0;
  #offsets = new Uint32Array(0);
  #highs = new Uint32Array(0);
  #ordered = true;
  #lastHigh = 0;
  #lastLow = DOUBLE;
  #firstHigh = 0;
  /** Least start of a slice, in ns since the word `#firstHigh`. */
  #leastStart = Number.POSITIVE_INFINITY;
  #frames: OpenFrames | undefined;
  #framesBefore: OpenFrames | undefined;

  get allocatedBytes(): number {
    return this.bytes.length + this.#offsets.length * 8;
  }

  add(high: number, low: number, bytes: number): void {
    if (this.length + bytes > this.bytes.length) this.#grow(this.length + bytes);
    if (this.count === this.#offsets.length) {
      const room = Math.max(64, this.#offsets.length * 2);
      this.#offsets = enlarged(this.#offsets, room);
      this.#highs = enlarged(this.#highs, room);
    }
    if (this.count === 0) this.#firstHigh = high;
    else if (high < this.#lastHigh || (high === this.#lastHigh && low < this.#lastLow)) this.#ordered = false;
    this.#lastHigh = high;
    if (high < this.leastHigh) this.leastHigh = high;
    if (high > this.greatestHigh) this.greatestHigh = high;
    this.#append(high, low, bytes);
  }

  /** The same where it is the plain case: there is room, and the high word of the clock is that of the record before. Hot. */
  addNext(high: number, low: number, bytes: number): boolean {
    if (high !== this.#lastHigh || this.count === 0 || this.count === this.#offsets.length) return false;
    const length = this.length + bytes;
    if (length > this.bytes.length || length > BLOCK_TARGET_BYTES) return false;
    if (low < this.#lastLow) this.#ordered = false;
    this.#append(high, low, bytes);
    return true;
  }

  #append(high: number, low: number, bytes: number): void {
    this.#lastLow = low;
    this.#offsets[this.count] = this.length;
    this.#highs[this.count] = high;
    this.count++;
    this.at = this.length + 8;
    // Padding at the record's end must be zeros whatever was there before.
    this.doubles[((this.length + bytes) >>> 3) - 1] = 0;
    this.length += bytes;
  }

  /** Of the record that was added last: a slice. */
  noteStart(endHigh: number, endLow: number, durationNs: number): void {
    const start = (endHigh - this.#firstHigh) * WORD + endLow - durationNs;
    if (start < this.#leastStart) this.#leastStart = start;
  }

  /** The calls that are open. A stream that asks for them has calls. */
  openFrames(): OpenFrames {
    this.#frames ??= new OpenFrames();
    return this.#frames;
  }

  openBefore(calls: Iterable<{ readonly high: number; readonly low: number; readonly functionId: number; readonly call: number }>): void {
    for (const { high, low, functionId, call } of calls) this.openFrames().push(high, low, functionId, call);
    this.#framesBefore = this.openFrames().copy();
  }

  /** Of the record that was added last, whatever it is. */
  noteCopied(high: number, low: number, tag: number): void {
    const w = this.at >>> 2;
    if (!isExtended(tag)) {
      if ((tag & 1) === 0) this.openFrames().push(high, low, tag >>> 1, 0);
      else this.openFrames().pop(tag >>> 1, 0);
      return;
    }
    switch (kindOf(tag)) {
      case RecordKind.SLICE:
        if (recordBytes(tag) >= 32) this.noteStart(high, low, this.doubles[(this.at + 8) >>> 3] as number);
        return;
      case RecordKind.CALL_BEGIN:
      case RecordKind.CALL_RESUME:
        this.openFrames().push(high, low, this.words[w] as number, this.words[w + 1] as number);
        return;
      case RecordKind.CALL_SUSPEND:
      case RecordKind.CALL_END:
        this.openFrames().pop(this.words[w] as number, this.words[w + 1] as number);
        return;
      case RecordKind.GAP: {
        this.words[w + 2] = high;
        this.words[w + 3] = low;
        const functions = this.words.subarray(w + 6, w + 6 + (this.words[w + 5] as number));
        this.openFrames().replace(functions, high, low);
        return;
      }
      default:
    }
  }

  seal(): DataBlock {
    const order = this.#ordered ? undefined : this.#sorted();
    const first = order === undefined ? 0 : (order[0] as number);
    const last = order === undefined ? this.count - 1 : (order[this.count - 1] as number);
    const block = {
      payload: this.leastHigh === this.greatestHigh && order === undefined ? this.bytes.slice(0, this.length) : this.#arranged(order),
      count: this.count - this.others,
      firstHigh: this.#highs[first] as number,
      firstLow: this.words[(this.#offsets[first] as number) >>> 2] as number,
      lastHigh: this.#highs[last] as number,
      lastLow: this.words[(this.#offsets[last] as number) >>> 2] as number,
      droppedBefore: this.#lostBefore,
      startsBefore: 0,
      open: this.#framesBefore,
    };
    const firstRecord = (block.firstHigh - this.#firstHigh) * WORD + block.firstLow;
    if (this.#leastStart < firstRecord) Object.assign(block, { startsBefore: firstRecord - this.#leastStart });
    this.#leastStart = Number.POSITIVE_INFINITY;
    this.#framesBefore = this.#frames?.copy();
    this.#lostBefore = this.lost;
    this.length = 0;
    this.count = 0;
    this.others = 0;
    this.#ordered = true;
    this.leastHigh = Number.POSITIVE_INFINITY;
    this.greatestHigh = Number.NEGATIVE_INFINITY;
    // A record near the block limit leaves a large buffer behind: not kept.
    if (this.bytes.length > BLOCK_TARGET_BYTES) this.release();
    return block;
  }

  release(): void {
    this.#use(new Uint8Array(0));
    this.#offsets = new Uint32Array(0);
    this.#highs = new Uint32Array(0);
  }

  #grow(needed: number): void {
    const grown = new Uint8Array(padTo8(Math.max(FIRST_BUFFER_BYTES, Math.min(this.bytes.length * 2, BLOCK_TARGET_BYTES), needed)));
    grown.set(this.bytes.subarray(0, this.length));
    this.#use(grown);
  }

  #use(bytes: Uint8Array<ArrayBuffer>): void {
    this.bytes = bytes;
    this.words = new Uint32Array(bytes.buffer);
    this.doubles = new Float64Array(bytes.buffer);
  }

  /** Numbers of the records by time; equal times stay in the order in which they came. */
  #sorted(): ArrayLike<number> {
    const { count } = this;
    // Most are in order, and the others not far from their place: each goes down to where it belongs.
    const order = new Uint32Array(count);
    const times = new Float64Array(count);
    let moves = 0;
    for (let record = 0; record < count; record++) {
      const time = this.#timeOf(record);
      let to = record;
      for (; to > 0 && (times[to - 1] as number) > time; to--) {
        times[to] = times[to - 1] as number;
        order[to] = order[to - 1] as number;
      }
      moves += record - to;
      if (moves > count * 16) return this.#sortedAtOnce();
      times[to] = time;
      order[to] = record;
    }
    return order;
  }

  #sortedAtOnce(): ArrayLike<number> {
    const { count } = this;
    const keys = new Float64Array(count);
    const span = (this.greatestHigh - this.leastHigh + 1) * WORD;
    if (span * count <= Number.MAX_SAFE_INTEGER) {
      // Time and number in one double: sorting doubles without a comparison function is ten times faster.
      for (let i = 0; i < count; i++) keys[i] = this.#timeOf(i) * count + i;
      keys.sort();
      for (let i = 0; i < count; i++) keys[i] = (keys[i] as number) % count;
      return keys;
    }
    for (let i = 0; i < count; i++) keys[i] = i;
    return keys.sort((a, b) => this.#timeOf(a) - this.#timeOf(b) || a - b);
  }

  #timeOf(record: number): number {
    return ((this.#highs[record] as number) - this.leastHigh) * WORD + (this.words[(this.#offsets[record] as number) >>> 2] as number);
  }

  /** The records in order, with an EPOCH record wherever the high word of the clock changes. */
  #arranged(order: ArrayLike<number> | undefined): Uint8Array {
    const changes = this.count > 0 ? this.#countChanges(order) : 0;
    const out = new Uint8Array(this.length + changes * 8);
    const words = new Uint32Array(out.buffer);
    let at = 0;
    let high = -1;
    for (let i = 0; i < this.count; ) {
      const record = order === undefined ? i : (order[i] as number);
      if (this.#highs[record] !== high) {
        // The first one is in the block's header.
        if (high >= 0) {
          words[at >>> 2] = this.#highs[record] as number;
          words[(at >>> 2) + 1] = extendedTag(RecordKind.EPOCH, 0);
          at += 8;
        }
        high = this.#highs[record] as number;
      }
      // Hot for unordered traces, which are in order nearly everywhere: runs of records are copied as one.
      let last = record;
      for (i++; i < this.count && this.#highs[last + 1] === high && (order === undefined ? i : order[i]) === last + 1; i++) last++;
      const from = this.#offsets[record] as number;
      const to = last + 1 < this.count ? (this.#offsets[last + 1] as number) : this.length;
      if (to - from > 256) out.set(this.bytes.subarray(from, to), at);
      else for (let w = from >>> 2, t = at >>> 2; w < to >>> 2; w++, t++) words[t] = this.words[w] as number;
      at += to - from;
    }
    return out;
  }

  #countChanges(order: ArrayLike<number> | undefined): number {
    let changes = 0;
    for (let i = 1; i < this.count; i++) {
      const previous = order === undefined ? i - 1 : (order[i - 1] as number);
      if (this.#highs[order === undefined ? i : (order[i] as number)] !== this.#highs[previous]) changes++;
    }
    return changes;
  }
}

/** A call into the engine takes longer than a few words. */
function copyTo(target: Uint8Array, at: number, source: Uint8Array, length: number, from = 0): void {
  if (length > 128) target.set(source.subarray(from, from + length), at);
  else for (let i = 0; i < length; i++) target[at + i] = source[from + i] as number;
}

function enlarged(list: Uint32Array, room: number): Uint32Array<ArrayBuffer> {
  const grown = new Uint32Array(room);
  grown.set(list);
  return grown;
}

function joined(parts: readonly Uint8Array[], length: number): Uint8Array {
  const out = new Uint8Array(length);
  let at = 0;
  for (const part of parts) {
    out.set(part, at);
    at += part.length;
  }
  return out;
}
