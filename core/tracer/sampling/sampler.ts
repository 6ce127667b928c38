/**
 * The sampler: a worker of the drain worker. It looks at the threads of the process through the engine's debugging protocol, which answers while they
 * are busy, writes what it has seen as calls into rings of its own, and takes profiles and heap snapshots on demand.
 */
import { pathToFileURL } from 'node:url';
import { isMainThread, parentPort, workerData } from 'node:worker_threads';
import type { TakeRequest } from '../../protocol/sampling.ts';
import { RING_HEADER_BYTES, RingWord, Sampling } from '../ring-layout.ts';
import type { FromSampler, SamplerStart, ToSampler } from './messages.ts';
import { SampleFilter } from './sample-filter.ts';
import { SampledWriter } from './sampled-writer.ts';
import { take } from './take.ts';
import { ThreadSampler } from './thread-sampler.ts';
import { MainThreadSession, type ThreadSession, watchWorkers } from './thread-session.ts';

// In every supported Node, and not in the library of ES2023.
const { waitAsync } = Atomics as typeof Atomics & {
  waitAsync(array: Int32Array, index: number, value: number): { async: false } | { async: true; value: Promise<string> };
};

/** The main thread ends, and with it the others, whose last samples are waited for so long. */
const WORKERS_LIMIT_MS = 500;
/** The drain tells of a thread that has a tracer within this time. */
const TELL_LIMIT_MS = 300;
/** A worker thread that has just been started is found within this time. */
const FIND_LIMIT_MS = 2000;

/** A thread that the drain knows. */
interface Thread {
  readonly words: Int32Array;
  readonly writer: SampledWriter;
  readonly sampler: ThreadSampler;
  session: ThreadSession | undefined;
  /** Settles when it is not sampled any more. */
  sampling: Promise<void> | undefined;
  isProfiled: boolean;
  /** Profiles and snapshots that are being taken. */
  readonly takes: Set<Promise<void>>;
  /** Resolved by `end`: the thread is over, or about to be. */
  readonly ending: Promise<void>;
  readonly end: () => void;
}

class Sampler {
  readonly #start: SamplerStart;
  readonly #ownUrl: string;
  readonly #filter: SampleFilter;
  readonly #threads = new Map<number, Thread>();
  /** Of threads that the drain has not told of: a worker is found before that, or was there before the tracer. */
  readonly #unclaimed = new Map<number, ThreadSession>();
  #main: MainThreadSession | undefined;
  #isOn = false;
  #intervalUs = 1000;
  #takes = 0;
  #isEnding = false;
  #applied: Promise<void> = Promise.resolve();

  constructor(start: SamplerStart) {
    this.#start = start;
    this.#ownUrl = `${pathToFileURL(start.folder).href}/`;
    this.#filter = new SampleFilter(start.filter, start.folder);
  }

  receive(message: ToSampler): void {
    switch (message.kind) {
      case 'thread':
        this.#add(message);
        this.#apply();
        return;
      case 'sampling':
        this.#isOn = message.on;
        this.#intervalUs = message.intervalUs;
        this.#apply();
        return;
      case 'take':
        void this.#take(message.request);
    }
  }

  #add({ thread, words, out, outBytes }: Extract<ToSampler, { kind: 'thread' }>): void {
    const process = new Int32Array(this.#start.process);
    const writer = new SampledWriter(out, outBytes, process);
    const header = new Int32Array(words, 0, RING_HEADER_BYTES / 4);
    const tell = (message: FromSampler) => this.#tell(message);
    const sampler = new ThreadSampler({
      thread,
      words: header,
      process,
      writer,
      ownUrl: this.#ownUrl,
      filter: this.#filter,
      tell: (state) => tell({ kind: 'state', state }),
    });
    let end = (): void => {};
    const ending = new Promise<void>((resolve) => {
      end = resolve;
    });
    this.#threads.set(thread, { words: header, writer, sampler, session: undefined, sampling: undefined, isProfiled: false, takes: new Set(), ending, end });
    const session = this.#unclaimed.get(thread);
    if (session) this.#claim(thread, session);
  }

  #tell(message: FromSampler): void {
    this.#start.port.postMessage(message);
  }

  /** One change after the other: switching on and off takes its time. */
  #apply(): Promise<void> {
    this.#applied = this.#applied
      .then(() => this.#change())
      .catch((error: unknown) => this.#tell({ kind: 'error', message: `Sampling has failed: ${error instanceof Error ? error.message : String(error)}` }));
    return this.#applied;
  }

  async #change(): Promise<void> {
    if (this.#isEnding) return;
    const isWanted = this.#isOn || this.#takes > 0;
    if (isWanted && !this.#main) this.#connect();
    if (!this.#isOn) await this.#stopSampling([...this.#threads.values()]);
    else for (const thread of this.#threads.values()) this.#sample(thread);
    if (!isWanted && this.#main && !this.#isEnding) this.#disconnect();
  }

  #connect(): void {
    const main = this.#threads.get(0);
    if (!main) return;
    const session = new MainThreadSession();
    if (!this.#claim(0, session)) {
      session.close();
      return;
    }
    this.#main = session;
    // It may end meanwhile.
    watchWorkers(session, (thread, name, worker) => {
      worker.onClose = () => this.#gone(thread);
      if (!this.#threads.has(thread)) {
        this.#unclaimed.set(thread, worker);
        setTimeout(() => this.#unclaimed.has(thread) && this.#tell({ kind: 'found', thread, name }), TELL_LIMIT_MS);
      } else if (this.#claim(thread, worker)) this.#apply();
    }).catch(() => {});
  }

  /** Nobody debugs the process any more. */
  #disconnect(): void {
    for (const thread of this.#threads.values()) {
      // One that says FINISH at this moment is answered by `#watchEnd`.
      Atomics.compareExchange(thread.words, RingWord.SAMPLING, Sampling.RUNNING, Sampling.NONE);
      Atomics.notify(thread.words, RingWord.SAMPLING);
      thread.session = undefined;
    }
    this.#unclaimed.clear();
    this.#main?.close();
    this.#main = undefined;
  }

  /** From now on the thread waits at its end for what was seen last. False: it ends already. */
  #claim(number: number, session: ThreadSession): boolean {
    const thread = this.#threads.get(number);
    this.#unclaimed.delete(number);
    if (!thread || Atomics.compareExchange(thread.words, RingWord.SAMPLING, Sampling.NONE, Sampling.RUNNING) !== Sampling.NONE) return false;
    thread.session = session;
    void this.#watchEnd(number, thread);
    return true;
  }

  #sample(thread: Thread): void {
    const { session, sampler } = thread;
    if (!session || thread.sampling || session.closed) return;
    thread.sampling = sampler.run(session, this.#intervalUs).finally(() => {
      thread.sampling = undefined;
    });
  }

  async #stopSampling(threads: readonly Thread[]): Promise<void> {
    for (const { sampler, sampling } of threads) if (sampling) sampler.stop();
    await Promise.all(threads.map(({ sampling }) => sampling));
  }

  /** A worker thread that was ended from outside. */
  #gone(number: number): void {
    this.#unclaimed.delete(number);
    const thread = this.#threads.get(number);
    if (!thread) return;
    thread.session = undefined;
    thread.end();
    void Promise.resolve(thread.sampling).then(() => thread.writer.end());
  }

  async #watchEnd(number: number, thread: Thread): Promise<void> {
    for (;;) {
      const state = Atomics.load(thread.words, RingWord.SAMPLING);
      if (state === Sampling.FINISH) break;
      if (state !== Sampling.RUNNING) return;
      const result = waitAsync(thread.words, RingWord.SAMPLING, Sampling.RUNNING);
      if (result.async) await result.value;
    }
    thread.end();
    if (number === 0) {
      this.#isEnding = true;
      const others = [...this.#threads.values()].filter((each) => each !== thread);
      for (const each of others) each.end();
      await Promise.race([this.#stopSampling(others), new Promise((resolve) => setTimeout(resolve, WORKERS_LIMIT_MS))]);
    }
    await this.#stopSampling([thread]);
    await Promise.all(thread.takes);
    thread.writer.end();
    if (number === 0) this.#main?.close();
    Atomics.store(thread.words, RingWord.SAMPLING, Sampling.DONE);
    Atomics.notify(thread.words, RingWord.SAMPLING);
  }

  async #take(request: TakeRequest): Promise<void> {
    const failed = (message: string): void => this.#tell({ kind: 'take', progress: { take: request.take, state: 'failed', done: 0, bytes: 0, message } });
    this.#takes++;
    await this.#apply();
    const thread = await this.#find(request.thread);
    if (!thread?.session) failed(request.thread === 0 ? 'The process ends, or has no inspector.' : `There is no thread ${request.thread} any more.`);
    else if (request.what === 'cpu-profile' && thread.isProfiled) failed('A CPU profile of this thread is being taken already.');
    else if (request.what === 'cpu-profile' && thread.sampler.chunks === 'stop-start')
      failed('A CPU profile cannot be taken beside sampling while a debugger listens: switch sampling off first.');
    else {
      const isProfile = request.what === 'cpu-profile';
      thread.isProfiled ||= isProfile;
      const around = {
        tell: (progress: Extract<FromSampler, { kind: 'take' }>['progress']) => this.#tell({ kind: 'take', progress }),
        ending: thread.ending,
        sampledEveryUs: thread.sampling ? this.#intervalUs : undefined,
      };
      const taking = take(thread.session, request, around);
      thread.takes.add(taking);
      await taking;
      thread.takes.delete(taking);
      if (isProfile) thread.isProfiled = false;
    }
    this.#takes--;
    await this.#apply();
  }

  async #find(number: number): Promise<Thread | undefined> {
    const until = performance.now() + FIND_LIMIT_MS;
    for (;;) {
      const thread = this.#threads.get(number);
      if (thread?.session || number === 0 || performance.now() > until) return thread;
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
  }
}

const start = workerData as SamplerStart | undefined;
if (!isMainThread && start?.traceStudioSampler === true) {
  const sampler = new Sampler(start);
  parentPort?.on('message', (message: ToSampler) => sampler.receive(message));
}
