import { randomUUID } from 'node:crypto';
import path from 'node:path';
import { splitMonotonic } from '../../base/time.ts';
import { RecordStream } from '../../protocol/record-stream.ts';
import { type BlockHeader, BlockType, MAX_BLOCK_BYTES, type RecordingHead, type RecordingInfo } from '../../protocol/recording-format.ts';
import type { RecordingItem } from '../../protocol/recording-reader.ts';
import { type BlockFields, encodeInfo } from '../../protocol/recording-writer.ts';
import { recordBytes } from '../../protocol/records.ts';
import { FRAME_HEADER_BYTES, FrameType, type TargetHello, type ThreadHello } from '../../protocol/target-wire.ts';
import { STUDIO_VERSION } from '../../protocol/version.ts';
import { RecordSelection, type Selection } from './record-selection.ts';

/** Index of the one process in its recording. */
export const PROCESS = 1;

export interface ItemOptions {
  readonly selection?: Selection;
  /** In place of the name of the script. */
  readonly processName?: string;
}

interface Thread {
  readonly stream: number;
  readonly records: RecordStream;
  readonly selection: RecordSelection | undefined;
}

/** THREAD of a copy: when it was begun, in ns of the monotonic clock. It may begin between two of the clock's high words. */
type CopiedThread = ThreadHello & { readonly keptFromNs?: string };

/** Frames of one process (each item a whole one) as the items of a recording of it. */
export class ProcessItems {
  readonly #frames: Iterable<Uint8Array>;
  readonly #options: ItemOptions;
  readonly #threads = new Map<number, Thread>();
  readonly #ready: RecordingItem[] = [];
  #startNs = 0n;
  #begun = false;
  /** So far. */
  events = 0;
  dropped = 0;
  lastNs = 0;

  constructor(frames: Iterable<Uint8Array>, options: ItemOptions = {}) {
    this.#frames = frames;
    this.#options = options;
  }

  *[Symbol.iterator](): Generator<RecordingItem, void, undefined> {
    for (const frame of this.#frames) {
      this.#frame(frame);
      yield* this.#ready.splice(0);
    }
    if (!this.#begun) this.#begin(ownHello());
    for (const { records } of this.#threads.values()) {
      records.end();
      this.dropped += records.dropped;
    }
    yield* this.#ready.splice(0);
  }

  #frame(frame: Uint8Array): void {
    const view = new DataView(frame.buffer, frame.byteOffset, FRAME_HEADER_BYTES);
    const [type, thread] = [view.getUint8(4), view.getUint32(8, true)];
    const body = frame.subarray(FRAME_HEADER_BYTES);
    if (type === FrameType.HELLO) this.#begin(JSON.parse(textOf(body)) as TargetHello);
    else if (!this.#begun) this.#begin(ownHello());
    if (type === FrameType.THREAD) this.#addThread(JSON.parse(textOf(body)) as CopiedThread);
    const known = this.#threads.get(thread);
    if (!known) return;
    if (type === FrameType.DEFS) this.#definitions(known, body);
    if (type === FrameType.DATA) {
      for (const piece of known.selection?.push(body) ?? [body]) known.records.push(piece);
    }
  }

  #begin(hello: Omit<TargetHello, 'secret'>): void {
    if (this.#begun) return;
    this.#begun = true;
    this.#startNs = BigInt(hello.monotonicNs);
    const script = hello.argv[1];
    const name = this.#options.processName ?? path.basename(script ?? hello.argv[0] ?? 'node');
    const head: RecordingHead = {
      studio: STUDIO_VERSION,
      session: randomUUID(),
      startMonotonicNs: hello.monotonicNs,
      startEpochNs: hello.epochNs,
      title: name,
      // Names and values of the environment are the user's own: a report may be passed on.
      launch: { command: hello.argv, cwd: hello.cwd, ...(script !== undefined && { script }), nodeVersion: hello.nodeVersion, environmentNames: [] },
    };
    this.#ready.push({ kind: 'head', head, bytes: 0 });
    const { pid, ppid, argv, nodeVersion } = hello;
    this.#info([{ kind: 'process', process: PROCESS, pid, ppid, name, argv, nodeVersion, timeNs: 0 }]);
  }

  #addThread({ thread, name, keptFromNs }: CopiedThread): void {
    if (this.#threads.has(thread)) return;
    const stream = this.#threads.size + 1;
    const near = splitMonotonic(keptFromNs === undefined ? this.#startNs : BigInt(keptFromNs));
    const emit = (fields: BlockFields, payload: Uint8Array, events: number): void => {
      this.events += events;
      this.lastNs = Math.max(this.lastNs, fields.lastNs);
      this.#block(fields, payload);
    };
    const records = new RecordStream(stream, splitMonotonic(this.#startNs), () => near, emit);
    const { selection } = this.#options;
    this.#threads.set(thread, { stream, records, selection: selection && new RecordSelection(selection, near.high) });
    this.#info([{ kind: 'thread', stream, process: PROCESS, thread, name, timeNs: 0 }]);
  }

  /** Whole records; more than a block holds are cut between two of them. */
  #definitions({ stream }: Thread, body: Uint8Array): void {
    const view = new DataView(body.buffer, body.byteOffset, body.length);
    let from = 0;
    let count = 0;
    const block = (to: number): void => {
      if (count > 0) this.#block({ type: BlockType.DEFS, stream, count, firstNs: 0, lastNs: 0 }, body.slice(from, to));
      from = to;
      count = 0;
    };
    let at = 0;
    while (at + 8 <= body.length) {
      const end = at + recordBytes(view.getUint32(at + 4, true));
      if (end > body.length) break;
      if (end - from > MAX_BLOCK_BYTES) block(at);
      at = end;
      count++;
    }
    block(at);
  }

  #info(lines: readonly RecordingInfo[]): void {
    this.#block({ type: BlockType.INFO, stream: 0, count: lines.length, firstNs: 0, lastNs: 0 }, encodeInfo(lines));
  }

  #block(fields: BlockFields, payload: Uint8Array): void {
    const header: BlockHeader = {
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
      payloadCrc: 0,
      sequence: 0,
    };
    this.#ready.push({ kind: 'block', header, offset: 0, bytes: 0, payload: payload as Uint8Array<ArrayBuffer> });
  }
}

/** In a worker thread the copy alone says HELLO; without a copy there is only this process to tell of. */
function ownHello(): Omit<TargetHello, 'secret'> {
  return {
    wire: 0,
    tracer: STUDIO_VERSION,
    pid: process.pid,
    ppid: process.ppid,
    nodeVersion: process.version,
    execPath: process.execPath,
    execArgv: process.execArgv,
    argv: process.argv,
    cwd: process.cwd(),
    platform: process.platform,
    arch: process.arch,
    ...processStart(),
  };
}

/** The monotonic clock and the epoch at the start of this process, both in ns. */
export function processStart(): { readonly monotonicNs: string; readonly epochNs: string } {
  const sinceStart = BigInt(Math.round(performance.now() * 1e6));
  const monotonicNs = process.hrtime.bigint() - sinceStart;
  return { monotonicNs: String(monotonicNs), epochNs: String(BigInt(Math.round(performance.timeOrigin * 1000)) * 1000n) };
}

const textOf = (bytes: Uint8Array): string => Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString('utf8');
