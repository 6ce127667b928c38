/** The numbers of a graph's legend: how often they are told. */

export interface SeriesNumbers {
  readonly now: string;
  readonly min: string;
  readonly max: string;
  readonly mean: string;
}

/** Digits faster than some twenty times a second cannot be read; a change after a rest is told at once. */
const EVERY_MS = 40;
/** Hundreds of rows are set anew a few times a second: their place on the page is found out again for each. */
const EVERY_SERIES_MS = 1.5;
/** Told again now and then, though they are the same: the cells may have been made anew. */
const AGAIN_MS = 500;

interface ToldNumbers {
  readonly numbers: readonly SeriesNumbers[];
  /** Those of the end of the recording, not of a moment before it. */
  readonly newest: boolean;
}

export class NumbersTold {
  readonly #onNumbers: (numbers: readonly SeriesNumbers[], newest: boolean) => void;
  #next: (() => ToldNumbers) | undefined;
  #toldAt = 0;
  #told = '';
  #everyMs = EVERY_MS;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #ended = false;

  constructor(onNumbers: (numbers: readonly SeriesNumbers[], newest: boolean) => void) {
    this.#onNumbers = onNumbers;
  }

  /** `next` is asked when they are told: of hundreds of series they are not put into words for nothing. */
  tell(next: () => ToldNumbers): void {
    if (this.#ended) return;
    this.#next = next;
    if (this.#timer === undefined) this.#consider();
  }

  #consider(): void {
    const since = performance.now() - this.#toldAt;
    if (since < this.#everyMs) {
      this.#timer = setTimeout(() => {
        this.#timer = undefined;
        this.#consider();
      }, this.#everyMs - since);
      return;
    }
    const next = this.#next?.();
    const text = JSON.stringify(next);
    this.#everyMs = Math.max(EVERY_MS, EVERY_SERIES_MS * (next?.numbers.length ?? 0));
    if (!next || (text === this.#told && since < AGAIN_MS)) return;
    this.#told = text;
    this.#toldAt = performance.now();
    this.#onNumbers(next.numbers, next.newest);
  }

  end(): void {
    this.#ended = true;
    clearTimeout(this.#timer);
  }
}
