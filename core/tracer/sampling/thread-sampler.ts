import type { SamplingState } from '../../protocol/sampling.ts';
import { ProcessWord, RingWord, Sampling } from '../ring-layout.ts';
import { type Change, type Chunks, chooseChunks } from './chunks.ts';
import type { CpuProfile } from './cpu-profile.ts';
import { isHeldByOneCall, nameOptimisedCode } from './fresh-code.ts';
import { FunctionTable } from './function-table.ts';
import type { SampleFilter } from './sample-filter.ts';
import { SampledCalls } from './sampled-calls.ts';
import type { SampledWriter } from './sampled-writer.ts';
import { SourcePositions } from './source-positions.ts';
import type { ThreadSession } from './thread-session.ts';

// In every supported Node, and not in the library of ES2023.
const { waitAsync } = Atomics as typeof Atomics & {
  waitAsync(array: Int32Array, index: number, value: number, timeoutMs: number): { async: false } | { async: true; value: Promise<string> };
};

/** The window learns of something new no more often than this, */
const MIN_CHUNK_MS = 200;
/** and no less often, whatever a change of chunks costs. */
const MAX_CHUNK_MS = 3000;
/** A change of chunks may take so much of the sampled thread, */
const MAX_PAUSE = 0.03;
/** and making calls of a chunk so much of the sampler's. */
const MAX_WORK = 0.1;
/** While nothing is recorded, the gate is looked at so often. */
const GATE_MS = 50;
const TELL_MS = 1000;
/** So many chunks in a row in which one call holds the thread: then it can be made slow for a moment. */
const HELD_CHUNKS = 3;
/** A profile's clock is the monotonic one where its start lies between two readings of ours, give or take so much. */
const CLOCK_TOLERANCE_US = 2000;

export interface ThreadSamplerOptions {
  readonly thread: number;
  /** Header of the thread's own ring. */
  readonly words: Int32Array;
  readonly process: Int32Array;
  readonly writer: SampledWriter;
  /** URL of the folder of the tracer's files. */
  readonly ownUrl: string;
  readonly filter: SampleFilter;
  readonly tell: (state: SamplingState) => void;
}

const monotonicUs = (): number => Number(process.hrtime.bigint() / 1000n);

/** Samples one thread from another, in chunks, until it is stopped or the thread ends. */
export class ThreadSampler {
  readonly #options: ThreadSamplerOptions;
  readonly #positions = new SourcePositions();
  readonly #functions: FunctionTable;
  readonly #calls: SampledCalls;
  #stopped = false;
  #session: ThreadSession | undefined;
  #chunks: Chunks | undefined;
  #chunkMs = MIN_CHUNK_MS;
  #pauseUs = 0;
  #blindUs = 0;
  /** Up to here it was looked at: 0 where a new row of chunks begins. */
  #coveredUs = 0;
  #offsetUs = 0;
  /** Readings of our clock around the start of a row's first profile. */
  #started: readonly [before: number, after: number] | undefined;
  /** Scripts whose maps the engine has been asked for. */
  readonly #askedFor = new Set<string>();
  #hasEarly = true;
  /** Chunks in a row in which one call held the thread; infinite once the optimised code has been named. */
  #held = 0;
  #toldAt = Number.NEGATIVE_INFINITY;

  constructor(options: ThreadSamplerOptions) {
    this.#options = options;
    this.#functions = new FunctionTable(options.writer, this.#positions, options.ownUrl, (frame) => options.filter.has(frame));
    this.#calls = new SampledCalls(options.writer, (frame) => this.#functions.idOf(frame), options.filter.maxDepth);
  }

  get chunks(): Chunks['kind'] | undefined {
    return this.#chunks?.kind;
  }

  /** Until it is stopped, or the thread says that it ends. May be called again then, with another session of the same thread. Never rejects. */
  async run(session: ThreadSession, intervalUs: number): Promise<void> {
    this.#stopped = false;
    this.#session = session;
    try {
      // Together: a `console.profile` of the script in between would be one of this session's. Refused while a profile is on: then its interval stays.
      const enabled = session.post('Profiler.enable');
      await session.post('Profiler.setSamplingInterval', { interval: intervalUs }).catch(() => {});
      await enabled;
      do {
        this.#chunks?.dispose();
        this.#chunks = await chooseChunks(session);
      } while (await this.#loop(this.#chunks, intervalUs));
      this.#tell('off', intervalUs);
    } catch (error) {
      this.#close();
      if (session.closed) this.#tell('off', intervalUs);
      else this.#tell('failed', intervalUs, error instanceof Error ? error.message : String(error));
    }
    this.#chunks?.dispose();
    this.#chunks = undefined;
    this.#options.writer.publish();
  }

  /** What has been seen is taken first. */
  stop(): void {
    this.#stopped = true;
    Atomics.notify(this.#options.words, RingWord.SAMPLING);
  }

  get #isOver(): boolean {
    return this.#stopped || Atomics.load(this.#options.words, RingWord.SAMPLING) !== Sampling.RUNNING;
  }

  /** True: another kind of chunks has become the right one. */
  async #loop(chunks: Chunks, intervalUs: number): Promise<boolean> {
    let isOn = false;
    for (;;) {
      const isOver = this.#isOver;
      const goOn = !isOver && Atomics.load(this.#options.process, ProcessWord.GATE) === 1;
      if (!isOn && isOver) {
        await this.#takeEarly(chunks, intervalUs);
        this.#close();
        return false;
      }
      if (!isOn && !goOn) {
        await this.#pause(GATE_MS);
        continue;
      }
      const before = monotonicUs();
      const change = await chunks.change(goOn);
      if (isOn) await this.#taken(change, intervalUs);
      else await this.#begun(chunks, [before, monotonicUs()], intervalUs);
      isOn = goOn;
      if (!goOn) this.#close();
      this.#options.writer.publish();
      if (goOn && change.isWrongKind) {
        await this.#taken(await chunks.change(false), intervalUs);
        return true;
      }
      if (performance.now() - this.#toldAt > TELL_MS) this.#tell('on', intervalUs);
      if (goOn) await this.#pause(this.#chunkMs);
    }
  }

  /** The first profile of a row is on. */
  async #begun(chunks: Chunks, bracket: readonly [before: number, after: number], intervalUs: number): Promise<void> {
    this.#started = bracket;
    if (this.#held <= HELD_CHUNKS) this.#held = 0; // At most once in the life of a thread.
    // A program that has only just begun has little to optimise anew.
    if (await this.#takeEarly(chunks, intervalUs)) await this.#nameOptimisedCode();
  }

  async #taken({ profile, pauseUs }: Change, intervalUs: number): Promise<void> {
    const began = performance.now();
    if (profile && this.#started) this.#offsetUs = clockOffset(profile.startTime, this.#started);
    this.#started = undefined;
    if (!profile) return; // The gap in front of the next one is seen.
    await this.#take(profile, intervalUs);
    this.#adapt(pauseUs, performance.now() - began);
    if (this.#held > HELD_CHUNKS) return; // It has been done.
    this.#held = isHeldByOneCall(profile) ? this.#held + 1 : 0;
    if (this.#held === HELD_CHUNKS) await this.#nameOptimisedCode();
  }

  #nameOptimisedCode(): Promise<void> {
    this.#held = Number.POSITIVE_INFINITY;
    return nameOptimisedCode(this.#session as ThreadSession);
  }

  /** Nobody looks from now on. */
  #close(): void {
    this.#calls.end(this.#coveredUs);
    this.#coveredUs = 0;
  }

  /** Half of what the last change took and half of the usual: one that met a garbage collection does not make the window slow. */
  #adapt(pauseUs: number, workMs: number): void {
    this.#pauseUs = this.#pauseUs === 0 ? pauseUs : (this.#pauseUs + pauseUs) / 2;
    const wanted = Math.max(this.#pauseUs / 1000 / MAX_PAUSE, workMs / MAX_WORK);
    this.#chunkMs = Math.min(MAX_CHUNK_MS, Math.max(MIN_CHUNK_MS, wanted));
  }

  /** Only the first profile of ours has one before it. False: there is none. */
  async #takeEarly(chunks: Chunks, intervalUs: number): Promise<boolean> {
    const profile = this.#hasEarly ? await chunks.early() : undefined;
    this.#hasEarly = false;
    if (profile) await this.#take(profile, intervalUs);
    return profile !== undefined;
  }

  async #take(profile: CpuProfile, intervalUs: number): Promise<void> {
    const [start, end] = [profile.startTime + this.#offsetUs, profile.endTime + this.#offsetUs];
    const frames = profile.nodes.map((node) => node.callFrame);
    const unknown = new Set(frames.map(({ url }) => url).filter((url) => !this.#askedFor.has(url) && this.#positions.wants(url)));
    if (unknown.size > 0) await this.#askForMaps(unknown);
    this.#functions.define(frames);
    const blindFrom = this.#coveredUs;
    if (blindFrom > 0 && start - blindFrom >= 2 * intervalUs) {
      this.#blindUs += start - blindFrom;
      this.#calls.blind(blindFrom, start, this.#functions.notSampled);
    }
    this.#calls.add(profile, this.#offsetUs);
    this.#coveredUs = Math.max(this.#coveredUs, end);
  }

  /**
   * A loader (tsx, ts-node, esbuild-register) gave the engine other code than the file has. The map's URL is told to who debugs, so this does for a
   * moment; a `debugger` statement does not stop the thread meanwhile.
   */
  async #askForMaps(urls: ReadonlySet<string>): Promise<void> {
    const session = this.#session as ThreadSession;
    const ends = [
      session.on('Debugger.scriptParsed', ({ url, sourceMapURL }) => {
        if (urls.has(String(url)) && sourceMapURL) this.#positions.tell(String(url), String(sourceMapURL));
      }),
      session.on('Debugger.paused', () => void session.post('Debugger.resume').catch(() => {})),
    ];
    await Promise.all([session.post('Debugger.enable'), session.post('Debugger.setSkipAllPauses', { skip: true })]);
    await session.post('Debugger.disable');
    for (const end of ends) end();
    for (const url of urls) this.#askedFor.add(url);
  }

  async #pause(ms: number): Promise<void> {
    const result = waitAsync(this.#options.words, RingWord.SAMPLING, Sampling.RUNNING, ms);
    if (result.async) await result.value;
  }

  #tell(state: SamplingState['state'], intervalUs: number, message?: string): void {
    this.#toldAt = performance.now();
    this.#options.tell({
      thread: this.#options.thread,
      state,
      intervalUs,
      chunkMs: Math.round(this.#chunkMs),
      pauseUs: Math.round(this.#pauseUs),
      overhead: Number((this.#pauseUs / 1000 / this.#chunkMs).toFixed(4)),
      samples: this.#calls.samples,
      blindMs: Math.round(this.#blindUs / 1000),
      chunks: this.#chunks?.kind ?? 'overlap',
      ...(message !== undefined && { message }),
    });
  }
}

/** Microseconds to add to a profile's clock. On the systems that were tried it is the monotonic clock itself. */
export function clockOffset(startUs: number, [before, after]: readonly [number, number]): number {
  if (startUs >= before - CLOCK_TOLERANCE_US && startUs <= after + CLOCK_TOLERANCE_US) return 0;
  return (before + after) / 2 - startUs;
}
