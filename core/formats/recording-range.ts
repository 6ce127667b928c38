/**
 * A part of a recording, as a recording: what happens in a range of time, whole slices that reach into it, and what held when it began: the calls that were
 * open, the values of counters, the state of objects, async slices that had begun. Time 0 stays what it was.
 */
import { ProblemError } from '../base/result.ts';
import { snapshotEntries } from '../model/record-decoder.ts';
import type { ExportPart } from '../protocol/export-formats.ts';
import type { BlockHeader, ConsoleSource, RecordingInfo } from '../protocol/recording-format.ts';
import { BlockReader } from '../protocol/recording-reader.ts';
import { AsyncScope, padTo8, RecordKind, SnapshotFlag } from '../protocol/records.ts';
import { type CallEnds, OpenCalls } from './open-calls.ts';
import { RecordingBuilder } from './record-writer.ts';
import { type PassingRecord, RecordingCopier } from './recording-copier.ts';

export interface RangeOptions {
  /** Since the start of the recording; by default its start and end. */
  readonly fromNs?: number;
  readonly toNs?: number;
  /** Parts that are left out. */
  readonly without?: readonly ExportPart[];
  readonly crc?: (bytes: Uint8Array) => number;
}

const MAX_OPEN_ASYNC = 1_000_000;
const PART_OF_KIND: Readonly<Record<number, ExportPart>> = {
  [RecordKind.COUNTER]: 'counters',
  [RecordKind.OBJECT_CREATED]: 'objects',
  [RecordKind.OBJECT_SNAPSHOT]: 'objects',
  [RecordKind.OBJECT_DELETED]: 'objects',
  [RecordKind.CALL_ARGUMENTS]: 'arguments',
  [RecordKind.CALL_RESULT]: 'arguments',
};
const NO_ENDS: CallEnds = { callOpened: () => {}, callEnded: () => {}, callLeft: () => {} };

/** The recording of the range, in pieces. Throws a ProblemError if the recording cannot be read. */
export async function* recordingRange(recording: AsyncIterable<Uint8Array>, options: RangeOptions): AsyncGenerator<Uint8Array, void, undefined> {
  const { fromNs = Number.NEGATIVE_INFINITY, toNs = Number.POSITIVE_INFINITY, without = [], crc } = options;
  const reader = new BlockReader();
  let copier: RangeCopier | undefined;
  for await (const chunk of recording) {
    for (const item of reader.push(chunk)) {
      if (item.kind === 'refused') throw new ProblemError(item.problem);
      if (item.kind === 'head') {
        const { title, session, launch, startMonotonicNs, startEpochNs } = item.head;
        const builder = new RecordingBuilder({ title, session, ...(launch && !without.includes('launch') && { launch }), ...(crc && { crc }) });
        builder.setStart({ monotonicNs: BigInt(startMonotonicNs), epochNs: BigInt(startEpochNs) });
        const start = BigInt(startMonotonicNs);
        copier = new RangeCopier(builder, { start: { high: Number(start >> 32n), low: Number(start & 0xffffffffn) } }, fromNs, toNs, new Set(without));
      }
      copier?.take(item);
    }
    if (copier !== undefined) yield* copier.builder.take();
  }
  if (copier === undefined) {
    for (const item of reader.end()) if (item.kind !== 'block' && item.kind !== 'head') throw new ProblemError(item.problem);
    return;
  }
  for (const item of reader.end()) copier.take(item);
  yield* copier.finish();
}

interface HeldObject {
  readonly attributes: Map<number, Uint8Array>;
  isThere: boolean;
}

/** What held in a stream when the range began. */
class StreamState {
  readonly calls = new OpenCalls();
  /** By counter: the last record before the range. */
  readonly counters = new Map<number, Uint32Array>();
  readonly objects = new Map<number, HeldObject>();
  hasBlocks = false;
  /** It was written: the stream is in the range. */
  isGiven = false;
}

class RangeCopier extends RecordingCopier {
  readonly #fromNs: number;
  readonly #toNs: number;
  readonly #without: ReadonlySet<ExportPart>;
  readonly #states = new Map<number, StreamState>();
  /** Async slices that had begun before the range, and not ended: by scope and number. */
  readonly #async = new Map<string, { readonly stream: number; readonly words: Uint32Array; readonly timeNs: number }>();
  readonly #processOfStream = new Map<number, number>();
  #payload: Uint8Array = new Uint8Array(0);
  #entries = new Uint32Array(256);

  constructor(
    builder: RecordingBuilder,
    options: ConstructorParameters<typeof RecordingCopier>[1],
    fromNs: number,
    toNs: number,
    without: ReadonlySet<ExportPart>,
  ) {
    super(builder, options);
    this.#without = without;
    this.#fromNs = fromNs;
    this.#toNs = toNs;
  }

  #state(stream: number): StreamState {
    let state = this.#states.get(stream);
    if (state === undefined) {
      state = new StreamState();
      this.#states.set(stream, state);
    }
    return state;
  }

  override line(line: RecordingInfo): void {
    if (line.kind === 'thread') this.#processOfStream.set(line.stream, line.process);
    // Totals are those of all of it.
    if (line.kind === 'stats' || this.#leavesOut(line)) return;
    if (line.kind === 'note') super.line(this.#noteInRange(line));
    else if (line.kind === 'imported' && this.#without.has('sources')) super.line({ ...line, metadata: withoutTexts(line.metadata) });
    else super.line(line.kind === 'process' && this.#without.has('launch') ? { ...line, argv: [] } : line);
  }

  #leavesOut(line: RecordingInfo): boolean {
    // What plugins left is text that nothing is taken out of.
    if (line.kind === 'attachment' || line.kind === 'processed') return this.#without.size > 0;
    return line.kind === 'note' && this.#without.has('notes');
  }

  /** One beside the range is taken away: an earlier line of its id may have lain in it. */
  #noteInRange(line: Extract<RecordingInfo, { readonly kind: 'note' }>): RecordingInfo {
    const { id, fromNs = 0, toNs = 0, timeNs } = line;
    return toNs >= this.#fromNs && fromNs <= this.#toNs ? line : { kind: 'note', id, removed: true, timeNs };
  }

  override beginBlock(header: BlockHeader, payload: Uint8Array): void {
    this.#payload = payload.subarray(padTo8(header.openStackWords * 4));
    const state = this.#state(header.stream);
    if (!state.isGiven) state.calls.beginBlock(payload, header.openStackWords, header.firstNs, !state.hasBlocks, NO_ENDS);
    state.hasBlocks = true;
  }

  override consoleChunk(timeNs: number, text: Uint8Array, source: ConsoleSource): void {
    if (timeNs >= this.#fromNs && timeNs <= this.#toNs && !this.#without.has('console')) super.consoleChunk(timeNs, text, source);
  }

  override source(payload: Uint8Array): void {
    if (!this.#without.has('sources')) super.source(payload);
  }

  override record(stream: number, record: PassingRecord): void {
    const { kind, timeNs } = record;
    const part = PART_OF_KIND[kind];
    if (part !== undefined && this.#without.has(part)) return;
    if (kind === RecordKind.SLICE) {
      const startNs = timeNs - durationOf(record);
      if (timeNs >= this.#fromNs && startNs <= this.#toNs) this.#give(stream, record);
      return;
    }
    if (timeNs < this.#fromNs) this.#hold(stream, record);
    else if (timeNs <= this.#toNs) this.#give(stream, record);
  }

  #give(stream: number, record: PassingRecord): void {
    this.#giveState(stream);
    if (record.kind === RecordKind.ASYNC_END) this.#giveAsync(stream, record);
    this.copy(stream, record, record.timeNs);
  }

  /** A record before the range: what of it holds when the range begins. */
  #hold(stream: number, record: PassingRecord): void {
    const state = this.#state(stream);
    const { words, from, to, kind, timeNs } = record;
    const first = words[from + 2] as number;
    switch (kind) {
      case 0: {
        const tag = words[from + 1] as number;
        if ((tag & 1) === 0) state.calls.push(timeNs, tag >>> 1, 0, NO_ENDS);
        else state.calls.pop(timeNs, tag >>> 1, 0, NO_ENDS);
        return;
      }
      case RecordKind.CALL_BEGIN:
      case RecordKind.CALL_RESUME:
        state.calls.push(timeNs, first, words[from + 3] as number, NO_ENDS);
        return;
      case RecordKind.CALL_SUSPEND:
      case RecordKind.CALL_END:
        state.calls.pop(timeNs, first, words[from + 3] as number, NO_ENDS);
        return;
      case RecordKind.GAP: {
        const depth = Math.min(words[from + 7] as number, to - from - 8);
        state.calls.replace(timeNs, this.#payload, (from + 8) * 4, depth, NO_ENDS);
        return;
      }
      case RecordKind.COUNTER:
        state.counters.set(first, words.slice(from, to));
        return;
      case RecordKind.OBJECT_CREATED:
        this.#object(state, first).isThere = true;
        return;
      case RecordKind.OBJECT_DELETED:
        state.objects.delete(first);
        return;
      case RecordKind.OBJECT_SNAPSHOT:
        this.#snapshot(state, record);
        return;
      case RecordKind.ASYNC_BEGIN:
        if (this.#async.size < MAX_OPEN_ASYNC) this.#async.set(this.#asyncKey(stream, words, from), { stream, words: words.slice(from, to), timeNs });
        return;
      case RecordKind.ASYNC_END:
        this.#async.delete(this.#asyncKey(stream, words, from));
        return;
      default:
    }
  }

  #object(state: StreamState, object: number): HeldObject {
    let held = state.objects.get(object);
    if (held === undefined) {
      held = { attributes: new Map(), isThere: true };
      state.objects.set(object, held);
    }
    return held;
  }

  #snapshot(state: StreamState, { words, from }: PassingRecord): void {
    const held = this.#object(state, words[from + 2] as number);
    if (((words[from + 3] as number) & SnapshotFlag.KEYFRAME) !== 0) held.attributes.clear();
    for (const { key, json } of snapshotEntries(this.#payload, from * 4)) {
      if (json === undefined) held.attributes.delete(key);
      else held.attributes.set(key, json.slice());
    }
  }

  /** What held in the stream when the range began. */
  #giveState(stream: number): void {
    const state = this.#state(stream);
    if (state.isGiven) return;
    state.isGiven = true;
    const into = this.streamOf(stream);
    const open = [...state.calls.frames()].map(({ startNs, functionId, call }) => ({ ...this.wordsOf(startNs), functionId, call }));
    if (open.length > 0) this.builder.openCalls(into, open);
    for (const words of state.counters.values()) {
      this.copy(stream, { words, from: 0, to: words.length, timeNs: this.#fromNs, kind: RecordKind.COUNTER }, this.#fromNs);
    }
    for (const [object, { attributes, isThere }] of state.objects) if (isThere && attributes.size > 0) this.#keyframe(into, object, attributes);
  }

  #keyframe(into: number, object: number, attributes: ReadonlyMap<number, Uint8Array>): void {
    const length = [...attributes.values()].reduce((sum, json) => sum + json.length, 0);
    if (attributes.size * 2 > this.#entries.length) this.#entries = new Uint32Array(attributes.size * 2);
    const values = new Uint8Array(length);
    let at = 0;
    let count = 0;
    for (const [key, json] of attributes) {
      this.#entries[count * 2] = key;
      this.#entries[count * 2 + 1] = json.length;
      values.set(json, at);
      at += json.length;
      count++;
    }
    const { high, low } = this.wordsOf(this.#fromNs);
    this.builder.objectSnapshot(into, high, low, object, SnapshotFlag.KEYFRAME, this.#entries, count, values);
  }

  /** It began before the range: its begin goes first. */
  #giveAsync(stream: number, { words, from }: PassingRecord): void {
    const key = this.#asyncKey(stream, words, from);
    const begin = this.#async.get(key);
    if (begin === undefined) return;
    this.#async.delete(key);
    this.#copyBegin(begin);
  }

  /** Numbers belong to a stream, a process or all of the recording. */
  #asyncKey(stream: number, words: Uint32Array, from: number): string {
    const scope = words[from + 3] as number;
    const owner = scope === AsyncScope.STREAM ? stream : scope === AsyncScope.PROCESS ? (this.#processOfStream.get(stream) ?? 0) : 0;
    return `${scope}/${owner}/${words[from + 2]}`;
  }

  #copyBegin({ stream, words, timeNs }: { readonly stream: number; readonly words: Uint32Array; readonly timeNs: number }): void {
    this.#giveState(stream);
    this.copy(stream, { words, from: 0, to: words.length, timeNs, kind: RecordKind.ASYNC_BEGIN }, timeNs);
  }

  finish(): Uint8Array[] {
    for (const stream of this.#states.keys()) this.#giveState(stream);
    for (const begin of this.#async.values()) this.#copyBegin(begin);
    const { fromNs, toNs } = { fromNs: this.#fromNs, toNs: this.#toNs };
    const words = [fromNs > Number.NEGATIVE_INFINITY ? `from ${fromNs} ns` : '', toNs < Number.POSITIVE_INFINITY ? `to ${toNs} ns` : ''].filter(
      (word) => word !== '',
    );
    const timeNs = Number.isFinite(fromNs) ? fromNs : 0;
    for (const note of this.notes) this.builder.info({ kind: 'loss', what: 'imported', count: 1, message: note, timeNs });
    if (words.length > 0) {
      const metadata = { range: words.join(' ') };
      this.builder.info({ kind: 'imported', format: 'part of a recording', metadata, timeNs });
    }
    return this.builder.finish();
  }
}

/** VizTracer's reports carry texts of files in `file_info`. */
function withoutTexts(metadata: Readonly<Record<string, unknown>>): Readonly<Record<string, unknown>> {
  const info = metadata.file_info;
  return typeof info === 'object' && info !== null && 'files' in info ? { ...metadata, file_info: { ...info, files: {} } } : metadata;
}

const FLOAT = new Float64Array(1);
const FLOAT_WORDS = new Uint32Array(FLOAT.buffer);

function durationOf({ words, from, to }: PassingRecord): number {
  if (to - from < 8) return 0;
  FLOAT_WORDS[0] = words[from + 4] as number;
  FLOAT_WORDS[1] = words[from + 5] as number;
  const durationNs = FLOAT[0] as number;
  return Number.isFinite(durationNs) ? Math.max(0, durationNs) : 0;
}
