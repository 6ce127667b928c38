/** Two looks nearer than this give no rate: it would jump. */
const SHORTEST_MS = 250;
/** What lies further back says nothing of now. */
const LONGEST_MS = 1000;

/** How fast a count grows, over about the last second. Looked at whenever somebody asks; it holds two counts. */
export class DataRate {
  readonly #count: () => number;
  #older: { readonly at: number; readonly count: number };
  #newer: { readonly at: number; readonly count: number };

  constructor(count: () => number) {
    this.#count = count;
    this.#older = { at: performance.now(), count: count() };
    this.#newer = this.#older;
  }

  get perSecond(): number {
    const now = { at: performance.now(), count: this.#count() };
    if (now.at - this.#newer.at >= LONGEST_MS / 2) {
      this.#older = this.#newer;
      this.#newer = now;
    }
    const ms = now.at - this.#older.at;
    return ms < SHORTEST_MS ? 0 : Math.max(0, Math.round(((now.count - this.#older.count) * 1000) / ms));
  }
}
