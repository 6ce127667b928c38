import path from 'node:path';
import { MessageChannel, receiveMessageOnPort, Worker } from 'node:worker_threads';
import { SAMPLED_SUFFIX, SAMPLED_THREADS } from '../../protocol/sampling.ts';
import { FrameType, type TargetControl } from '../../protocol/target-wire.ts';
import { jsonFrame } from '../frames.ts';
import { type DrainMessage, RING_HEADER_BYTES, RingWord, ringBufferBytes, Sampling } from '../ring-layout.ts';
import type { FromSampler, SamplerStart, ToSampler } from './messages.ts';
import type { SampleFilterOptions } from './sample-filter.ts';

/** What a second of sampling writes is some tens of kilobytes. */
const SAMPLED_RING_BYTES = 1024 * 1024;

type SamplerControl = Extract<TargetControl, { command: 'sampling' | 'take' }>;
type RingMessage = Extract<DrainMessage, { kind: 'ring' }>;

export interface SamplerLinkOptions {
  /** Of the tracer's files. */
  readonly folder: string;
  readonly process: SharedArrayBuffer;
  readonly intervalUs: number;
  readonly filter: SampleFilterOptions;
  /** A ring of the sampler's, to be drained like the others. */
  readonly addRing: (ring: RingMessage) => void;
  readonly send: (frame: Uint8Array) => void;
}

/** The drain's end of the sampler, which is started when it is first asked for something. */
export class SamplerLink {
  readonly #options: SamplerLinkOptions;
  readonly #threads = new Map<number, RingMessage>();
  #worker: Worker | undefined;
  #take: () => void = () => {};
  #isOn = false;
  /** Why it is not started again: its rings are known to the drain, and new ones would not be. */
  #failure: string | undefined;

  constructor(options: SamplerLinkOptions) {
    this.#options = options;
  }

  /** A thread of the program. */
  thread(ring: RingMessage): void {
    if (ring.thread >= SAMPLED_THREADS) return;
    if (this.#threads.has(ring.thread)) return;
    this.#threads.set(ring.thread, ring);
    if (this.#worker) this.#tellThread(ring);
  }

  obey(control: SamplerControl): void {
    try {
      if (this.#failure !== undefined) this.#refuse(control, this.#failure);
      else if (control.command === 'take') {
        const { command: _, ...request } = control;
        this.#tell({ kind: 'take', request });
      } else if (control.on || this.#isOn) {
        this.#isOn = control.on;
        this.#tell({ kind: 'sampling', on: control.on, intervalUs: control.intervalUs ?? this.#options.intervalUs });
      }
    } catch (error) {
      this.#failed(error);
    }
  }

  /** What the sampler has said is sent now, though this thread's event loop has not turned since. */
  receiveNow(): void {
    this.#take();
  }

  /** Nobody listens to what it says: no thread has to wait for it. */
  close(): void {
    for (const { buffer } of this.#threads.values()) {
      const words = new Int32Array(buffer, 0, RING_HEADER_BYTES / 4);
      Atomics.store(words, RingWord.SAMPLING, Sampling.DONE);
      Atomics.notify(words, RingWord.SAMPLING);
    }
    void this.#worker?.terminate();
    this.#worker = undefined;
  }

  #tell(message: ToSampler): void {
    this.#worker ??= this.#launch();
    this.#worker.postMessage(message);
  }

  #launch(): Worker {
    const { folder, process, filter } = this.#options;
    const { port1, port2 } = new MessageChannel();
    const start: SamplerStart = { traceStudioSampler: true, folder, process, filter, port: port2 };
    const worker = new Worker(path.join(folder, 'sampler.cjs'), {
      workerData: start,
      transferList: [port2],
      name: 'trace-studio sampler',
      execArgv: [],
      env: {},
      stdin: false,
      stdout: true,
      stderr: true,
      trackUnmanagedFds: false,
    });
    worker.unref();
    worker.on('error', (error) => this.#failed(error));
    port1.on('message', (message: FromSampler) => this.#receive(message));
    port1.unref();
    this.#take = () => {
      for (let next = receiveMessageOnPort(port1); next; next = receiveMessageOnPort(port1)) this.#receive(next.message as FromSampler);
    };
    for (const ring of this.#threads.values()) this.#tellThread(ring, worker);
    return worker;
  }

  #tellThread({ thread, name, buffer: words }: RingMessage, worker = this.#worker): void {
    const out = new SharedArrayBuffer(ringBufferBytes(SAMPLED_RING_BYTES));
    this.#options.addRing({
      kind: 'ring',
      thread: SAMPLED_THREADS + thread,
      name: `${name}${SAMPLED_SUFFIX}`,
      ringBytes: SAMPLED_RING_BYTES,
      buffer: out,
    });
    worker?.postMessage({ kind: 'thread', thread, words, out, outBytes: SAMPLED_RING_BYTES } satisfies ToSampler);
  }

  #receive(message: FromSampler): void {
    const { send } = this.#options;
    if (message.kind === 'state') send(jsonFrame(FrameType.SAMPLING, 0, message.state));
    else if (message.kind === 'found') this.#found(message.thread, message.name);
    else if (message.kind === 'take') send(jsonFrame(FrameType.TAKE, 0, message.progress));
    else send(jsonFrame(FrameType.TRACER_ERROR, 0, { message: message.message }));
  }

  #found(thread: number, name: string): void {
    if (this.#threads.has(thread)) return;
    // Nobody writes into it, and the thread does not know that it is looked at.
    const ring: RingMessage = { kind: 'ring', thread, name, ringBytes: 0, buffer: new SharedArrayBuffer(RING_HEADER_BYTES) };
    this.#threads.set(thread, ring);
    this.#tellThread(ring);
  }

  #refuse(control: SamplerControl, message: string): void {
    const { send } = this.#options;
    if (control.command === 'take') send(jsonFrame(FrameType.TAKE, 0, { take: control.take, state: 'failed', done: 0, bytes: 0, message }));
    else if (control.on) send(jsonFrame(FrameType.TRACER_ERROR, 0, { message }));
  }

  #failed(error: unknown): void {
    this.#failure = `The thread that samples has failed: ${String(error)}`;
    this.#options.send(jsonFrame(FrameType.TRACER_ERROR, 0, { message: this.#failure }));
    this.close();
  }
}
