/** As many are remembered; more are counted. */
const MAX_EARLY = 300_000;

/**
 * Ends whose beginning has not come by, of one owner of numbers. What one thread begins another may end, and a block of a recording is of one thread: so
 * they come in any order. In a thread of its own an end without a beginning will stay one.
 */
export class EarlyEnds<What> {
  readonly #ofNumber = new Map<number, { readonly timeNs: number; readonly what: What }[]>();
  #remembered = 0;
  count = 0;

  add(number: number, timeNs: number, what: What): void {
    this.count++;
    if (this.#remembered >= MAX_EARLY) return;
    this.#remembered++;
    const list = this.#ofNumber.get(number);
    if (list) list.push({ timeNs, what });
    else this.#ofNumber.set(number, [{ timeNs, what }]);
  }

  /** A number begins: its ends from there on, at most `limit` of them, in the order of time. They are early no more. */
  take(number: number, beginNs: number, limit = Number.POSITIVE_INFINITY): What[] {
    const list = this.#ofNumber.get(number);
    if (!list) return [];
    const later = list.filter(({ timeNs }) => timeNs >= beginNs).sort((a, b) => a.timeNs - b.timeNs);
    const taken = later.slice(0, limit);
    if (taken.length === list.length) this.#ofNumber.delete(number);
    else
      this.#ofNumber.set(
        number,
        list.filter((one) => !taken.includes(one)),
      );
    this.count -= taken.length;
    this.#remembered -= taken.length;
    return taken.map(({ what }) => what);
  }

  /** The first in time; NaN: there is none. */
  get firstNs(): number {
    let first = Number.NaN;
    for (const list of this.#ofNumber.values()) for (const { timeNs } of list) if (!(first <= timeNs)) first = timeNs;
    return first;
  }
}
