import type { Nanoseconds } from '../base/time.ts';
import { ConsoleSource, MAX_BLOCK_BYTES, type RecordingInfo, type SessionEnd } from '../protocol/recording-format.ts';
import { extendedTag, isEvent, isExtended, kindOf, padTo8, RecordKind } from '../protocol/records.ts';
import type { DefinitionBuffer } from './definition-buffer.ts';
import { type RecordingBuilderOptions, type RecordingStart, SealedBlocks } from './sealed-blocks.ts';
import { BLOCK_TARGET_BYTES, DOUBLE, type RecordSource, StreamBuffer } from './stream-buffer.ts';

/** All streams together: what is buffered beyond it is sealed into blocks early. */
const MAX_BUFFERED_BYTES = 64 * 1024 * 1024;
/** High words of the clock that one block may span: each change costs an EPOCH record, 8 bytes beyond the target. */
const MAX_EPOCHS = 8000;

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
  readonly #blocks: SealedBlocks;
  readonly #streams: StreamBuffer[] = [];
  #processes = 0;
  #buffered = 0;
  #events = 0;
  #dropped = DOUBLE;

  constructor(options: RecordingBuilderOptions) {
    this.#blocks = new SealedBlocks(options);
    this.#dropped = 0;
  }

  get started(): boolean {
    return this.#blocks.started;
  }

  /** Events put in so far. */
  get events(): number {
    return this.#events;
  }

  /** Bytes of blocks that wait for `setStart` or `take`. */
  get waitingBytes(): number {
    return this.#blocks.waitingBytes;
  }

  /** Once. From here on `take` gives bytes. */
  setStart(start: RecordingStart): void {
    this.#blocks.setStart(start);
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
    this.#blocks.info(line);
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
    const to = this.#define(stream, RecordKind.DEF_STRING, 8 + padTo8(text.length));
    to.view.setUint32(to.at + 4, text.length, true);
    to.bytes.set(text, to.at + 8);
    return to.lastId;
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
    const { definitions } = buffer;
    if (definitions.length > 0 && definitions.length + payload.length > BLOCK_TARGET_BYTES) this.#sealDefinitions(stream, buffer);
    definitions.append(payload);
  }

  counterDefinition(stream: number, name: number, series: readonly number[]): number {
    const { lastId, view, at } = this.#define(stream, RecordKind.DEF_COUNTER, 16 + padTo8(series.length * 4));
    view.setUint32(at + 4, name, true);
    view.setUint32(at + 8, series.length, true);
    series.forEach((one, i) => {
      view.setUint32(at + 16 + i * 4, one, true);
    });
    return lastId;
  }

  objectDefinition(stream: number, name: number, className: number): number {
    const { lastId, view, at } = this.#define(stream, RecordKind.DEF_OBJECT, 16);
    view.setUint32(at + 4, name, true);
    view.setUint32(at + 8, className, true);
    return lastId;
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

  /** Whether `slices` may be told of so many, of so many bytes, that end with this high word. */
  hasRoom(stream: number, high: number, bytes: number, count: number): boolean {
    const buffer = this.#stream(stream);
    const before = buffer.allocatedBytes;
    if (!buffer.makeRoom(high, bytes, count)) return false;
    this.#allocated(buffer, buffer.allocatedBytes - before);
    return true;
  }

  /** SLICE records as they lie in `source` from byte `from` to `to`, a multiple of 8; see `hasRoom`. */
  slices(stream: number, high: number, source: RecordSource, from: number, to: number, count: number): void {
    this.#stream(stream).addSlices(high, source, from, to, count);
    this.#events += count;
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
    this.#blocks.attachment(number, name, content);
  }

  /** Payload of a SOURCE block: see core/protocol/sources.ts. */
  source(payload: Uint8Array): void {
    this.#blocks.add({ kind: 'source', payload });
  }

  /** A chunk of console output; `timeNs` since the start of the recording. */
  console(timeNs: Nanoseconds, text: string | Uint8Array, source: ConsoleSource = ConsoleSource.STDOUT): void {
    this.#blocks.console(timeNs, text, source);
  }

  /** What is ready, in order; nothing before `setStart`. */
  take(): Uint8Array[] {
    return this.#blocks.take();
  }

  /** Ends the recording; call `setStart` before. Gives what was not taken yet, with index and footer. */
  finish(end?: SessionEnd): Uint8Array[] {
    this.seal();
    return this.#blocks.finish({ events: this.#events, dropped: this.#dropped }, end);
  }

  /** Puts everything that is buffered into blocks. */
  seal(): void {
    this.#blocks.seal();
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
    this.#allocated(buffer, buffer.allocatedBytes - before);
  }

  #allocated(buffer: StreamBuffer, more: number): void {
    this.#buffered += more;
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

  #define(stream: number, kind: RecordKind, payloadBytes: number): DefinitionBuffer {
    const buffer = this.#stream(stream);
    const length = 8 + payloadBytes;
    if (length > MAX_BLOCK_BYTES) throw new Error(`a definition of ${length} bytes does not fit into a block`);
    if (buffer.definitions.length + length > BLOCK_TARGET_BYTES) this.#sealDefinitions(stream, buffer);
    buffer.definitions.add(kind, payloadBytes);
    return buffer.definitions;
  }

  #sealDefinitions(stream: number, buffer: StreamBuffer): void {
    const { count } = buffer.definitions;
    if (count === 0) return;
    // A reader must know the stream before its definitions.
    this.#blocks.sealInfo();
    this.#blocks.add({ kind: 'definitions', stream, payload: buffer.definitions.take(), count });
  }

  #sealStream(stream: number, buffer: StreamBuffer): void {
    this.#sealDefinitions(stream, buffer);
    if (buffer.count === 0) return;
    this.#blocks.add({ kind: 'data', stream, ...buffer.seal() });
  }
}

/** A call into the engine takes longer than a few words. */
function copyTo(target: Uint8Array, at: number, source: Uint8Array, length: number, from = 0): void {
  if (length > 128) target.set(source.subarray(from, from + length), at);
  else for (let i = 0; i < length; i++) target[at + i] = source[from + i] as number;
}
