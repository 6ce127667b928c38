/** Further behind the wall clock than this, although it has just arrived, means that the clocks differ. */
const MAX_DELAY_NS = 5e9;
const MAX_AHEAD_NS = 50e6;

/**
 * "Now" in the time of a recording that is being made, for a picture that moves on while nothing happens.
 *
 * On one machine it is the wall clock less the recording's start on it. The window may sit on another machine (a tunnel, a
 * container), whose clock differs: an event from the future, or a fresh one that seems seconds old, shows that. From then on
 * the newest arrival gives the offset instead: an event is never newer than now, so the largest difference seen is the best.
 * Apart from that moment the result never goes back, and never lies before the newest event.
 */
export class LiveClock {
  readonly #startEpochMs: number;
  readonly #wallMs: () => number;
  readonly #steadyMs: () => number;
  #differs = false;
  #offsetNs = Number.NEGATIVE_INFINITY;
  #newestNs = 0;
  #shownNs = 0;

  constructor(startEpochMs: number, clocks: { readonly wallMs: () => number; readonly steadyMs: () => number }) {
    this.#startEpochMs = startEpochMs;
    this.#wallMs = clocks.wallMs;
    this.#steadyMs = clocks.steadyMs;
  }

  /** Data up to `newestNs` has arrived. `fresh`: it was recorded just now, and does not come out of the file's past. */
  note(newestNs: number, fresh: boolean): void {
    if (newestNs <= this.#newestNs) return;
    this.#newestNs = newestNs;
    const wallNs = this.#wallNs();
    if (newestNs > wallNs + MAX_AHEAD_NS || (fresh && newestNs < wallNs - MAX_DELAY_NS)) {
      // What was told until now was wrong, by hours perhaps: this once it may go back.
      if (!this.#differs) this.#shownNs = 0;
      this.#differs = true;
    }
    this.#offsetNs = Math.max(this.#offsetNs, newestNs - this.#steadyMs() * 1e6);
  }

  nowNs(): number {
    const now = this.#differs ? this.#steadyMs() * 1e6 + this.#offsetNs : this.#wallNs();
    this.#shownNs = Math.max(this.#shownNs, this.#newestNs, Number.isFinite(now) ? now : 0);
    return Math.round(this.#shownNs);
  }

  #wallNs(): number {
    return (this.#wallMs() - this.#startEpochMs) * 1e6;
  }
}
