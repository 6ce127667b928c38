import { EVENT_LOOP_DELAY } from '../../protocol/runtime-counters.ts';
import type { RingWriter } from '../ring-writer.ts';
import { jsonArgs } from './json-args.ts';

// Taken at load: a script may replace them.
const { setInterval, clearInterval, performance } = globalThis;
const { nodeTiming } = performance;

/** The loop is looked at so often. */
const PERIOD_MS = 20;
/** Longer without a turn is blocked. */
const BLOCKED_MS = 50;
/** One sample of the counter for so long. */
const SAMPLE_MS = 1000;
/** As many turns as that can have. */
const MAX_TURNS = SAMPLE_MS / PERIOD_MS + 1;
/** Ahead of what is due there is what a timer's millisecond leaves open. */
const ms = (ns: number): number => ns / 1e6;

/**
 * How late the event loop is: a timer of this thread's measures it. A turn that is late by more than BLOCKED_MS is a slice of the track `Event loop`, from
 * where the loop was last idle. While it is blocked nothing is told; what blocks until the end is told there.
 */
export class EventLoopWatch {
  readonly #writer: RingWriter;
  readonly #delays = new Float64Array(MAX_TURNS);
  readonly #values = new Float64Array(3);
  #turns = 0;
  #hasSampled = false;
  #lastNs: number;
  #sampleNs: number;
  #lastIdleMs: number;
  readonly #timer: ReturnType<typeof setInterval>;

  constructor(writer: RingWriter) {
    this.#writer = writer;
    this.#lastNs = writer.now();
    this.#sampleNs = this.#lastNs;
    this.#lastIdleMs = nodeTiming.idleTime;
    this.#timer = setInterval(() => this.#safely(), PERIOD_MS);
    this.#timer.unref();
  }

  #safely(): void {
    try {
      this.#turn();
    } catch {
      // A script may have replaced anything that this is made of, and is not to get what is thrown here.
    }
  }

  #turn(): void {
    const delayMs = this.#look();
    if (this.#turns < MAX_TURNS) this.#delays[this.#turns++] = delayMs;
    if (ms(this.#lastNs - this.#sampleNs) >= SAMPLE_MS) this.#sample();
  }

  /** Tells of a block that ends now. How late the turn is, in ms. */
  #look(): number {
    const nowNs = this.#writer.now();
    const idleMs = nodeTiming.idleTime;
    const [sinceNs, idleSinceMs] = [this.#lastNs, idleMs - this.#lastIdleMs];
    this.#lastNs = nowNs;
    this.#lastIdleMs = idleMs;
    const delayMs = Math.max(0, ms(nowNs - sinceNs) - PERIOD_MS);
    if (delayMs > BLOCKED_MS) {
      // It was idle first, and blocked then. Where it was idle in between, too, the beginning is not known better than that.
      const startNs = Math.min(sinceNs + idleSinceMs * 1e6, nowNs);
      if (ms(nowNs - startNs) > BLOCKED_MS) {
        const args = jsonArgs({ ms: Math.round(ms(nowNs - startNs)) });
        this.#writer.sliceBetween('Event loop', 'blocked', 'event loop', startNs, nowNs, args);
      }
    }
    return delayMs;
  }

  #sample(): void {
    const turns = this.#turns;
    this.#sampleNs = this.#lastNs;
    this.#turns = 0;
    this.#hasSampled = true;
    const sorted = this.#delays.slice(0, turns).sort();
    const at = (part: number): number => sorted[Math.min(turns - 1, Math.floor(part * turns))] as number;
    this.#values.set([at(0.5), at(0.99), at(1)]);
    this.#writer.counter(this.#writer.defineCounter(EVENT_LOOP_DELAY, ['p50', 'p99', 'max']), this.#values, 3);
  }

  /** The thread ends, perhaps in the middle of a turn. One that is over within a second has no counter: a graph of one point says nothing. */
  finish(): void {
    this.#look();
    if (this.#turns > 0 && this.#hasSampled) this.#sample();
  }

  stop(): void {
    clearInterval(this.#timer);
  }
}
