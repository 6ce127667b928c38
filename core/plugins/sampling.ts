/** What the plugins share that take samples at a frequency: who takes them, in which thread, from when until when. */
import { isMainThread, parentPort, Worker, workerData } from 'node:worker_threads';
import {
  type ArgsSchema,
  type ArgValues,
  getTracer,
  type PluginAnswer,
  type PluginMessageType,
  type PluginPayload,
  VizPluginBase,
  type VizTracer,
} from 'trace-studio';

// Taken at load, before the script's first line: it may replace its timers.
const { setInterval, clearInterval } = globalThis;
const now = performance.now.bind(performance);

/** Records one sample of each counter of a plugin. False: nothing to tell until the measurement wakes; only of one that does. */
// biome-ignore lint/suspicious/noConfusingVoidType: most have nothing to say.
export type Sample = (tracer: VizTracer) => boolean | void;

export interface Sampling {
  /** `cpu_usage`; also of the thread that samples. */
  readonly name: string;
  /** Its built file: a thread of its own is started with it. Undefined: what it reads, the script's thread alone can read. */
  readonly file?: string;
  /** How many numbers the script's thread leaves for whoever takes the samples. */
  readonly shared?: number;
  /** In the script's thread: leaves those numbers, at once and at each turn of its timer. `wake`: there is something again. */
  readonly measure?: (shared: Float64Array, periodMs: number, wake: () => void) => Measurement;
  /** Called once in each thread that samples. */
  readonly sampler: (shared: Float64Array, periodMs: number) => Sample;
}

export interface Measurement {
  readonly turn?: () => void;
  readonly end?: () => void;
}

/** A tracer that the script runs by itself, without the studio, sees one thread: there a second one could record nothing. */
const threadsAreTraced = (): boolean => Symbol.for('trace-studio.runtime') in globalThis;

const STOP = 0;
const HEADER_BYTES = 8;

interface ThreadStart {
  readonly traceStudioSampling: string;
  readonly memory: SharedArrayBuffer;
  readonly periodMs: number;
}

const numbersOf = (memory: SharedArrayBuffer): Float64Array => new Float64Array(memory, HEADER_BYTES);

export const frequencySchema = (description: string): ArgsSchema => ({
  description,
  options: [
    {
      name: 'frequency',
      flags: ['-f', '--frequency'],
      type: 'number',
      min: 0.1,
      max: 1000,
      default: 50,
      unit: 'Hz',
      help: 'Samples in a second. More cost more, and say little that is new.',
    },
  ],
});

/** In the thread that `SamplingPlugin` has started with the plugin's own file: the sampling itself. Elsewhere nothing. */
export function sampleInOwnThread(sampling: Sampling): void {
  const start = workerData as ThreadStart | null;
  if (!isMainThread && start?.traceStudioSampling === sampling.name) sampleUntilStopped(sampling, start);
}

/**
 * The thread's whole life. It sleeps on the word that ends it, so that it is gone at once when the script's process ends.
 * Where it has no tracer (recording was given up meanwhile), the script's thread goes on sampling.
 */
function sampleUntilStopped({ sampler }: Sampling, { memory, periodMs }: ThreadStart): void {
  const tracer = getTracer();
  if (!tracer) return;
  const words = new Int32Array(memory, 0, 1);
  const sample = sampler(numbersOf(memory), periodMs);
  let next = now() + periodMs;
  let told = false;
  while (Atomics.load(words, STOP) === 0) {
    Atomics.wait(words, STOP, 0, Math.max(0, next - now()));
    if (Atomics.load(words, STOP) !== 0) return;
    sample(tracer);
    next += periodMs;
    // A machine that was asleep does not make up for what it missed.
    if (next < now()) next = now() + periodMs;
    if (!told) parentPort?.postMessage('sampling');
    told = true;
  }
}

/** Samples from `pre-start` to `post-stop`. */
export class SamplingPlugin extends VizPluginBase {
  readonly #sampling: Sampling;
  readonly #periodMs: number;
  #end: (() => void) | undefined;
  /** Of a turn of the timer's: told at the next message, where the plugin's failures are reported. */
  #failure: unknown;

  constructor(sampling: Sampling, values: ArgValues) {
    super();
    this.#sampling = sampling;
    this.#periodMs = 1000 / (values.frequency as number);
  }

  override support_version(): string {
    return '0.1.0';
  }

  override message(type: PluginMessageType, payload: PluginPayload): PluginAnswer {
    if (type === 'event' && payload.when === 'pre-start') this.#start();
    else if (type === 'command' || payload.when === 'post-stop') this.#end?.();
    const failure = this.#failure;
    this.#failure = undefined;
    if (failure !== undefined) throw failure;
    return type === 'command' ? { success: true } : {};
  }

  #start(): void {
    // Without a tracer (in a plugin host, which only handles data) there is nothing to sample for.
    // Asked once: a tracer that the script makes meanwhile is no affair of ours.
    const tracer = getTracer();
    if (this.#end || !tracer) return;
    const periodMs = this.#periodMs;
    const { file, name, shared: count = 0, measure, sampler } = this.#sampling;
    const memory = new SharedArrayBuffer(HEADER_BYTES + 8 * count);
    const shared = numbersOf(memory);
    let timer: ReturnType<typeof setInterval> | undefined;
    const rest = (): void => {
      clearInterval(timer);
      timer = undefined;
    };
    let ended = false;
    /** Until the thread says that it samples, and where there is none. */
    let samplesHere = true;
    const sampleHere = (): void => {
      if (samplesHere && tracer.enabled && sample(tracer) === false) rest();
    };
    const turn = (): void => {
      try {
        measurement?.turn?.();
        sampleHere();
      } catch (error) {
        // Never the script's.
        this.#failure = error;
        ended = true;
        rest();
      }
    };
    const begin = (): void => {
      if (!ended) timer ??= setInterval(turn, periodMs).unref();
    };
    const measurement = measure?.(shared, periodMs, () => {
      if (timer || ended) return;
      begin();
      turn();
    });
    const sample = sampler(shared, periodMs);
    this.#end = () => {
      this.#end = undefined;
      ended = true;
      const words = new Int32Array(memory, 0, 1);
      Atomics.store(words, STOP, 1);
      Atomics.notify(words, STOP);
      rest();
      measurement?.end?.();
      sampleHere();
    };
    begin();
    // At once: a short script has a sample, too.
    sampleHere();
    if (file === undefined || !threadsAreTraced()) return;
    startThread(file, name, { traceStudioSampling: name, memory, periodMs }, () => {
      samplesHere = false;
      // What no measurement needs, nobody needs.
      if (!measurement?.turn) rest();
    });
  }
}

/**
 * A thread that goes on while the script's own is blocked. It keeps nothing alive, inherits nothing and prints nothing; where
 * it cannot be started (the permission model may forbid it), or fails, the script's thread goes on sampling.
 */
function startThread(file: string, name: string, start: ThreadStart, samples: () => void): void {
  try {
    const worker = new Worker(file, {
      workerData: start,
      name: `trace-studio ${name}`,
      execArgv: [],
      env: {},
      stdin: false,
      stdout: true,
      stderr: true,
      trackUnmanagedFds: false,
    });
    worker.on('message', samples);
    worker.on('error', () => {}); // Not to be the script's uncaught exception.
    worker.unref();
  } catch {
    // No thread.
  }
}
