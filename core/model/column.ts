const ROWS_PER_PART = 4096;

/**
 * A column of numbers that only grows, in parts of fixed length: an array that doubles would stall while it copies and waste
 * up to half of its memory.
 */
class Column<A extends Float64Array | Uint32Array> {
  readonly #parts: A[] = [];
  readonly #make: (rows: number) => A;
  #length = 0;

  constructor(make: (rows: number) => A) {
    this.#make = make;
  }

  get length(): number {
    return this.#length;
  }

  push(value: number): void {
    const row = this.#length % ROWS_PER_PART;
    if (row === 0) this.#parts.push(this.#make(ROWS_PER_PART));
    (this.#parts[this.#parts.length - 1] as A)[row] = value;
    this.#length++;
  }

  /** NaN far outside of the column; just behind its end anything. */
  get(index: number): number {
    return this.#parts[Math.floor(index / ROWS_PER_PART)]?.[index % ROWS_PER_PART] ?? Number.NaN;
  }

  set(index: number, value: number): void {
    const part = this.#parts[Math.floor(index / ROWS_PER_PART)];
    if (part) part[index % ROWS_PER_PART] = value;
  }
}

export const float64Column = () => new Column((rows) => new Float64Array(rows));
export const uint32Column = () => new Column((rows) => new Uint32Array(rows));

/** First index in [0, length) for which `isAfter` holds, or `length`: `isAfter` must be false up to some index and true from there. */
export function partitionPoint(length: number, isAfter: (index: number) => boolean): number {
  let low = 0;
  let high = length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (isAfter(middle)) high = middle;
    else low = middle + 1;
  }
  return low;
}
