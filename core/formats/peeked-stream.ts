import { joined } from './joined.ts';

/** A stream whose first bytes are looked at before it is read. */
export class PeekedStream {
  readonly #parts: AsyncIterator<Uint8Array>;
  #peeked: Uint8Array[] = [];
  #ended = false;

  constructor(bytes: AsyncIterable<Uint8Array>) {
    this.#parts = bytes[Symbol.asyncIterator]();
  }

  /** The first `length` bytes, or as many as there are. */
  async peek(length: number): Promise<Uint8Array> {
    let have = 0;
    for (const part of this.#peeked) have += part.length;
    while (have < length && !this.#ended) {
      const next = await this.#parts.next();
      if (next.done === true) this.#ended = true;
      else {
        this.#peeked.push(next.value);
        have += next.value.length;
      }
    }
    return joined(...this.#peeked).subarray(0, length);
  }

  async *all(): AsyncGenerator<Uint8Array, void, undefined> {
    const peeked = this.#peeked;
    this.#peeked = [];
    try {
      yield* peeked;
      while (!this.#ended) {
        const next = await this.#parts.next();
        if (next.done === true) return;
        yield next.value;
      }
    } finally {
      await this.#parts.return?.();
    }
  }
}
