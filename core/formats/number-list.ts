/** Numbers of a table that is read as a stream: grows without being copied whole. */
const BLOCK = 65_536;

export class NumberList {
  readonly #blocks: Float64Array[] = [];
  length = 0;

  push(value: number): void {
    const at = this.length % BLOCK;
    if (at === 0) this.#blocks.push(new Float64Array(BLOCK));
    (this.#blocks[this.#blocks.length - 1] as Float64Array)[at] = value;
    this.length++;
  }

  /** NaN beyond the end. */
  at(index: number): number {
    return this.#blocks[Math.floor(index / BLOCK)]?.[index % BLOCK] ?? Number.NaN;
  }

  set(index: number, value: number): void {
    const block = this.#blocks[Math.floor(index / BLOCK)];
    if (block !== undefined) block[index % BLOCK] = value;
  }
}
