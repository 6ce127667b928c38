/** Lanes for things that overlap: each gets the lowest lane that is free where it begins. */
export class LanePacker {
  /** Lanes that are free, lowest first. */
  readonly #free = new Heap();
  /** Lanes that are taken, by when they become free. */
  readonly #taken = new Heap();
  /** By lane: until when it is, or was, taken. */
  readonly #ends: number[] = [];

  /** Lanes so far. */
  get lanes(): number {
    return this.#ends.length;
  }

  /** `endNs` infinite: until `release`. Starts should grow; one that lies back gets a lane that was free then. */
  place(startNs: number, endNs: number): number {
    while (this.#taken.size > 0 && this.#taken.leastKey <= startNs) this.#free.push(this.#taken.leastValue, this.#taken.pop());
    const lane = this.#takeFree(startNs) ?? this.#ends.push(0) - 1;
    this.#ends[lane] = endNs;
    if (endNs !== Number.POSITIVE_INFINITY) this.#taken.push(Math.max(endNs, startNs), lane);
    return lane;
  }

  #takeFree(startNs: number): number | undefined {
    const later: number[] = [];
    let lane: number | undefined;
    while (this.#free.size > 0 && lane === undefined) {
      const free = this.#free.pop();
      if ((this.#ends[free] as number) <= startNs) lane = free;
      else later.push(free);
    }
    for (const free of later) this.#free.push(free, free);
    return lane;
  }

  /** A lane whose end was not known is free from `endNs` on. */
  release(lane: number, endNs: number): void {
    this.#ends[lane] = endNs;
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
