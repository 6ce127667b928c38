/**
 * A recording as it goes by, for those who write it in another format or count what is in it: processes, threads and definitions are kept, the records of
 * a block go to the visitor's methods, and calls come out as slices when they end.
 */
import { ProblemError } from '../base/result.ts';
import { type MonotonicTime, splitMonotonic } from '../base/time.ts';
import { Definitions } from '../model/definitions.ts';
import { decodeRecords, IgnoringVisitor } from '../model/record-decoder.ts';
import { Notes } from '../protocol/notes.ts';
import { type BlockHeader, BlockType, type RecordingHead, type RecordingInfo } from '../protocol/recording-format.ts';
import { BlockReader, decodeInfo, type RecordingItem } from '../protocol/recording-reader.ts';
import { padTo8, RecordKind } from '../protocol/records.ts';
import { type ActivationEnds, Activations } from './activations.ts';
import { type CallEnds, OpenCalls } from './open-calls.ts';

export interface WalkedProcess {
  readonly index: number;
  pid: number;
  name: string;
  nodeVersion: string;
  sortIndex: number | undefined;
  labels: readonly string[];
}

/** The stream of a thread; several may belong to one. */
export class WalkedStream {
  readonly index: number;
  readonly definitions = new Definitions();
  readonly calls = new OpenCalls();
  readonly activations = new Activations();
  /** Index of its process. */
  process = 0;
  thread = 0;
  name = '';
  sortIndex: number | undefined;
  /** Until its first block its open stack is not known. */
  hasBlocks = false;
  droppedBefore = 0;

  constructor(index: number) {
    this.index = index;
  }
}

const MAX_NOTES = 100;

export class RecordingWalker extends IgnoringVisitor implements CallEnds, ActivationEnds {
  readonly streams = new Map<number, WalkedStream>();
  readonly processes = new Map<number, WalkedProcess>();
  /** Notes that the recording holds; complete at its end. */
  readonly userNotes = new Notes();
  head: RecordingHead | undefined;
  start: MonotonicTime = { high: 0, low: 0 };
  /** Epoch of time 0 in ns; 0: not known. */
  epochNs = 0n;
  /** Of the block whose records are visited. */
  stream = new WalkedStream(0);
  payload: Uint8Array = new Uint8Array(0);
  /** Records and values that could not be understood. */
  unreadable = 0;
  /** Time of the last record so far. */
  lastNs = 0;
  readonly #notes: string[] = [];
  #gaps = 0;

  take(item: RecordingItem): void {
    switch (item.kind) {
      case 'head':
        this.head = item.head;
        this.start = splitMonotonic(BigInt(item.head.startMonotonicNs));
        this.epochNs = BigInt(item.head.startEpochNs);
        this.begun(item.head);
        return;
      case 'refused':
        throw new ProblemError(item.problem);
      case 'cut':
      case 'damage':
        this.note(item.problem.message);
        this.damaged(item);
        return;
      default:
        this.#block(item.header, item.payload);
    }
  }

  #block(header: BlockHeader, payload: Uint8Array): void {
    switch (header.type) {
      case BlockType.INFO:
        for (const line of decodeInfo(payload)) this.#info(line);
        return;
      case BlockType.DEFS: {
        const stream = this.streamOf(header.stream);
        this.unreadable += stream.definitions.add(payload);
        this.defined(stream, payload);
        return;
      }
      case BlockType.DATA:
        this.#data(header, payload);
        return;
      case BlockType.CONSOLE:
        this.console(header, payload);
        return;
      case BlockType.ATTACHMENT:
        this.attached(header.stream, payload);
        return;
      case BlockType.SOURCE:
        this.source(payload);
        return;
      default:
    }
  }

  #data(header: BlockHeader, payload: Uint8Array): void {
    const stream = this.streamOf(header.stream);
    this.stream = stream;
    const stackBytes = padTo8(header.openStackWords * 4);
    this.payload = payload.subarray(stackBytes);
    if (header.droppedBefore > stream.droppedBefore) stream.droppedBefore = header.droppedBefore;
    if (header.lastNs > this.lastNs) this.lastNs = header.lastNs;
    this.beginBlock(header);
    stream.calls.beginBlock(payload, header.openStackWords, header.firstNs, !stream.hasBlocks, this);
    stream.hasBlocks = true;
    this.unreadable += decodeRecords(this.payload, header.clockHigh, this.start, this);
  }

  #info(line: RecordingInfo): void {
    switch (line.kind) {
      case 'process': {
        const known = this.processes.get(line.process);
        const process = known ?? { index: line.process, pid: 0, name: '', nodeVersion: '', sortIndex: undefined, labels: [] };
        const { pid, name, nodeVersion, sortIndex, labels = [] } = line;
        this.processes.set(line.process, Object.assign(process, { pid, name, nodeVersion, sortIndex, labels }));
        break;
      }
      case 'thread': {
        const { process, thread, name, sortIndex } = line;
        Object.assign(this.streamOf(line.stream), { process, thread, name, sortIndex });
        break;
      }
      case 'note':
        this.userNotes.line(line);
        break;
      case 'imported':
        if (line.startEpochNs !== undefined && /^\d{1,20}$/.test(line.startEpochNs)) this.epochNs = BigInt(line.startEpochNs);
        break;
      default:
    }
    this.line(line);
  }

  streamOf(index: number): WalkedStream {
    let stream = this.streams.get(index);
    if (stream === undefined) {
      stream = new WalkedStream(index);
      this.streams.set(index, stream);
    }
    return stream;
  }

  pidOf(stream: WalkedStream): number {
    return this.processes.get(stream.process)?.pid ?? 0;
  }

  /** Calls that nothing ended go to `callLeft`. After the last item. */
  finishCalls(): void {
    for (const stream of this.streams.values()) {
      this.stream = stream;
      stream.calls.finish(this.lastNs, this);
    }
  }

  /** Lost while recording: by gaps, or by what block headers tell. */
  get dropped(): number {
    let byHeaders = 0;
    for (const { droppedBefore } of this.streams.values()) byHeaders += droppedBefore;
    return Math.max(this.#gaps, byHeaders);
  }

  note(note: string): void {
    if (this.#notes.length < MAX_NOTES) this.#notes.push(note);
  }

  get told(): readonly string[] {
    return this.#notes;
  }

  override call(timeNs: number, functionId: number, exit: boolean): void {
    const { calls } = this.stream;
    if (exit) calls.pop(timeNs, functionId, 0, this);
    else calls.push(timeNs, functionId, 0, this);
  }

  override run(timeNs: number, functionId: number, call: number, kind: number): void {
    const { calls, activations } = this.stream;
    const opens = kind === RecordKind.CALL_BEGIN || kind === RecordKind.CALL_RESUME;
    const ends = kind === RecordKind.CALL_END;
    if (!ends) activations.run(timeNs, functionId, call, kind, this);
    if (opens) calls.push(timeNs, functionId, call, this);
    else calls.pop(timeNs, functionId, call, this);
    // Behind its last run.
    if (ends) activations.run(timeNs, functionId, call, kind, this);
  }

  override callArguments(at: number, bytes: number): void {
    this.stream.calls.setArguments(this.payload.slice(at, at + bytes));
  }

  override callResult(at: number, bytes: number): void {
    this.stream.calls.setResult(this.payload.slice(at, at + bytes));
  }

  override gap(timeNs: number, lost: number, _reason: number, stackAt: number, depth: number): void {
    if (lost > 0) this.#gaps += lost;
    this.stream.calls.replace(timeNs, this.payload, stackAt, depth, this);
  }

  // What a user of the walker gives for what it looks for.

  begun(_head: RecordingHead): void {}
  line(_line: RecordingInfo): void {}
  defined(_stream: WalkedStream, _payload: Uint8Array): void {}
  beginBlock(_header: BlockHeader): void {}
  console(_header: BlockHeader, _payload: Uint8Array): void {}
  attached(_attachment: number, _piece: Uint8Array): void {}
  /** See core/protocol/sources.ts. */
  source(_payload: Uint8Array): void {}
  damaged(_item: Extract<RecordingItem, { readonly kind: 'cut' | 'damage' }>): void {}
  callOpened(_startNs: number, _functionId: number, _call: number): void {}
  /** A call, or one run of an async function, in `this.stream`. Inner ones come before those around them. */
  callEnded(_startNs: number, _endNs: number, _functionId: number, _call: number, _args: Uint8Array | undefined, _result: Uint8Array | undefined): void {}
  callLeft(_startNs: number, _endNs: number, _functionId: number, _call: number, _args: Uint8Array | undefined): void {}
  /** It waits for the first time, and is an async slice since `startNs`. */
  activationBegan(_startNs: number, _functionId: number, _call: number): void {}
  activationEnded(_timeNs: number, _functionId: number, _call: number): void {}
}

/** Hands all of a recording to a walker. `live`: it is still written, so that its end is none is no news. */
export async function* walk(recording: AsyncIterable<Uint8Array>, walker: RecordingWalker, live = false): AsyncGenerator<void, void, undefined> {
  const reader = new BlockReader();
  for await (const chunk of recording) {
    for (const item of reader.push(chunk)) {
      walker.take(item);
      yield;
    }
  }
  for (const item of reader.end()) if (!live || item.kind !== 'cut') walker.take(item);
}
