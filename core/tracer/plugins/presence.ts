/**
 * How the main thread of a process with plugins says that it is there, to the watchdog in the drain worker. It has one number in shared
 * memory: by when it will have shown up again, in ns of the monotonic clock; 0: it is not to be waited for.
 */

// Taken at load: a script may replace its timers and its clock.
const { hrtime } = process;
const { setInterval } = globalThis;

export const PRESENCE_BYTES = 16;
/** Index of the number, and of 1 once the script has ended. */
export const DUE = 0;
export const ENDING = 1;

const BEAT_MS = 500;
const DEFAULT_BLOCKED_MS = 5000;
/** What has its own time limit is ended by that; the watchdog comes behind it. */
const MARGIN_MS = 1000;

const inNs = (ms: number): bigint => BigInt(Math.round(ms)) * 1_000_000n;

export class Presence {
  readonly #words: BigInt64Array;
  readonly #blockedNs: bigint;
  /** What is under way and may take longer: how many, and when the last of it has to be over. */
  #count = 0;
  #until = 0n;

  /** `blockedMs`: the thread may be without a turn of its event loop for so long before somebody looks why. */
  constructor(memory: SharedArrayBuffer, blockedMs = DEFAULT_BLOCKED_MS) {
    this.#words = new BigInt64Array(memory);
    this.#blockedNs = inNs(blockedMs);
    setInterval(() => this.#beat(), Math.min(BEAT_MS, blockedMs / 2)).unref();
    this.#beat();
  }

  /** Something begins that may take so long. `over` has to follow. */
  allow(ms: number): void {
    this.#count++;
    const until = hrtime.bigint() + inNs(ms + MARGIN_MS);
    if (until > this.#until) this.#until = until;
    this.#beat();
  }

  over(): void {
    this.#count--;
    if (this.#count === 0) this.#until = 0n;
    this.#beat();
  }

  /** Of the script nothing is left: whoever blocks is no script. */
  ending(is: boolean): void {
    Atomics.store(this.#words, ENDING, is ? 1n : 0n);
    this.#beat();
  }

  #beat(): void {
    let due = hrtime.bigint() + this.#blockedNs;
    if (due < this.#until) due = this.#until;
    Atomics.store(this.#words, DUE, due);
  }
}
