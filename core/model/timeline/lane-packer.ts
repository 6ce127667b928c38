/**
 * Lanes for things that overlap: each gets the lowest lane that is free where it begins. Give them in the order of their starts; equal numbers of lanes and
 * things cost no more than the sorting did.
 */
export class LanePacker {
  /** Lanes that are free, lowest first. */
  readonly #free = new Heap();
  /** Lanes that are taken, by when they become free. */
  readonly #taken = new Heap();
  #lanes = 0;

  /** Lanes so far. */
  get lanes(): number {
    return this.#lanes;
  }

  /** `endNs` infinite: until `release`. */
  place(startNs: number, endNs: number): number {
    while (this.#taken.size > 0 && this.#taken.leastKey <= startNs) this.#free.push(this.#taken.leastValue, this.#taken.pop());
    const lane = this.#free.size > 0 ? this.#free.pop() : this.#lanes++;
    if (endNs !== Number.POSITIVE_INFINITY) this.#taken.push(Math.max(endNs, startNs), lane);
    return lane;
  }

  /** A lane whose end was not known is free from `endNs` on. */
  release(lane: number, endNs: number): void {
    this.#taken.push(endNs, lane);
  }
}

/** A binary heap of numbers by key, least first. */
class Heap {
  readonly #keys: number[] = [];
  readonly #values: number[] = [];

  get size(): number {
    return this.#keys.length;
  }
  get leastKey(): number {
    return this.#keys[0] as number;
  }
  get leastValue(): number {
    return this.#values[0] as number;
  }

  push(key: number, value: number): void {
    const keys = this.#keys;
    const values = this.#values;
    let at = keys.length;
    keys.push(key);
    values.push(value);
    while (at > 0) {
      const above = (at - 1) >> 1;
      if ((keys[above] as number) <= key) break;
      keys[at] = keys[above] as number;
      values[at] = values[above] as number;
      at = above;
    }
    keys[at] = key;
    values[at] = value;
  }

  /** Takes out the least; gives its value. */
  pop(): number {
    const keys = this.#keys;
    const values = this.#values;
    const least = values[0] as number;
    const key = keys.pop() as number;
    const value = values.pop() as number;
    if (keys.length === 0) return least;
    let at = 0;
    for (;;) {
      let below = at * 2 + 1;
      if (below >= keys.length) break;
      if (below + 1 < keys.length && (keys[below + 1] as number) < (keys[below] as number)) below++;
      if ((keys[below] as number) >= key) break;
      keys[at] = keys[below] as number;
      values[at] = values[below] as number;
      at = below;
    }
    keys[at] = key;
    values[at] = value;
    return least;
  }
}
