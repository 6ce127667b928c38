import { threadId } from 'node:worker_threads';
import type { Recorder } from '../../events/recorder.ts';
import { PROCESS_BYTES, ProcessWord, ringBufferBytes, validRingBytes } from '../ring-layout.ts';
import { RingWriter } from '../ring-writer.ts';
import type { Runtime } from '../runtime.ts';
import type { Selection, TimeWindow } from '../save/record-selection.ts';
import { EventStore } from './event-store.ts';

/** What a save writes: events that are recorded later do not change it. */
export interface Capture {
  /** Whole frames, HELLO first. */
  frames(): Iterable<Uint8Array>;
  readonly selection: Selection | undefined;
}

/** Where a tracer's events go, and come from when it saves. */
export interface EventSource {
  /** Undefined before the first `start` of a tracer without the studio: what is never started takes no memory. */
  readonly recorder: Recorder | undefined;
  /** What it records can be saved. */
  readonly keeps: boolean;
  /** What the user may do about events that did not fit: the end of a sentence. */
  readonly roomHint: string;
  start(): void;
  stop(): void;
  /** Under the studio: the gate of the session, which is not this tracer's alone. */
  openGate?(): void;
  closeGate?(): void;
  /** Once, at a turn of this thread when it is open again, whoever opened it. */
  whenGateOpens?(opened: () => void): void;
  /** What was recorded until now is not for this tracer any more. */
  clear(): void;
  /** Undefined where nothing of it is kept. `cut`: there was more than could be kept. */
  capture(): (Capture & { readonly cut: boolean }) | undefined;
}

/** Without the studio: a ring and a memory of its own. */
export class InlineSource implements EventSource {
  recorder: Recorder | undefined;
  readonly keeps = true;
  readonly roomHint = ' (tracerEntries says how many are kept)';
  readonly #maxEvents: number;
  readonly #maskSecrets: boolean;
  #store: EventStore | undefined;

  constructor({ maxEvents, maskSecrets }: { readonly maxEvents: number; readonly maskSecrets: boolean }) {
    this.#maxEvents = maxEvents;
    this.#maskSecrets = maskSecrets;
  }

  start(): void {
    if (this.#store) return;
    const ringBytes = validRingBytes(undefined);
    const buffer = new SharedArrayBuffer(ringBufferBytes(ringBytes));
    const words = new Int32Array(new SharedArrayBuffer(PROCESS_BYTES));
    words[ProcessWord.GATE] = 1;
    const name = threadId === 0 ? 'main' : `worker ${threadId}`;
    const restart = (): void => {
      words[ProcessWord.GENERATION] = (words[ProcessWord.GENERATION] as number) + 1;
    };
    const store = new EventStore({ kind: 'ring', thread: threadId, name, ringBytes, buffer }, this.#maxEvents, restart);
    this.#store = store;
    this.recorder = new RingWriter({
      buffer,
      ringBytes,
      process: words,
      whenFull: 'live',
      maskSecrets: this.#maskSecrets,
      report: (message) => process.emitWarning(message, 'TraceStudioWarning'),
      attach: () => true,
      empty: (ring) => (ring === 'records' ? store.take() : store.takeDefinitions()),
    });
  }

  stop(): void {}

  clear(): void {
    this.#store?.clear();
  }

  capture(): (Capture & { readonly cut: boolean }) | undefined {
    if (!this.#store) return { frames: () => [], selection: undefined, cut: false };
    const { frames, skip } = this.#store.capture();
    return { frames, selection: skip > 0 ? { skip } : undefined, cut: false };
  }
}

// Taken at load: a script may replace its clock.
const clock = process.hrtime.bigint;
const NEVER = 2n ** 63n;

/** Under the studio: the session's ring of this thread. What the tracer saves is what was recorded while it was started. */
export class SessionSource implements EventSource {
  readonly roomHint = '';
  readonly #runtime: Runtime;
  readonly keeps: boolean;
  #windows: TimeWindow[] = [];
  #since: bigint | undefined;

  /** `keeps` false: nothing of it can be saved, and nothing is kept for that. */
  constructor(runtime: Runtime, { keeps = true }: { readonly keeps?: boolean } = {}) {
    this.#runtime = runtime;
    this.keeps = keeps && this.#runtime.kept !== undefined;
  }

  get recorder(): Recorder {
    return this.#runtime.recorder;
  }

  openGate(): void {
    this.#runtime.switchGate?.(true);
  }

  closeGate(): void {
    this.#runtime.switchGate?.(false);
  }

  whenGateOpens(opened: () => void): void {
    this.#runtime.whenGateOpens?.(opened);
  }

  start(): void {
    // Its objects tell all of themselves next, whatever was recorded of them before.
    if (this.keeps) this.#runtime.kept?.keep();
    this.#since = clock();
  }

  stop(): void {
    if (this.#since !== undefined) this.#windows.push([this.#since, clock()]);
    this.#since = undefined;
  }

  clear(): void {
    this.#windows = [];
    if (this.#since !== undefined) this.start();
  }

  capture(): (Capture & { readonly cut: boolean }) | undefined {
    const { kept } = this.#runtime;
    if (!kept || !this.keeps) return undefined;
    const windows = [...this.#windows];
    if (this.#since !== undefined) windows.push([this.#since, NEVER]);
    return { frames: () => kept.read() ?? [], selection: { windows }, cut: !kept.whole };
  }
}
