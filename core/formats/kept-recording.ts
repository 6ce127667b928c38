import type { ByteSource } from './byte-source.ts';

/**
 * A recording that another format is being turned into, kept in memory: each of its bytes is made once, when it is first followed
 * to there, and can be read again.
 */
export class KeptRecording implements ByteSource {
  readonly #parts: Uint8Array[] = [];
  readonly #offsets: number[] = [];
  readonly #stream: AsyncIterator<Uint8Array>;
  #bytes = 0;
  #ended = false;
  #pulling: Promise<void> | undefined;

  constructor(recording: AsyncIterable<Uint8Array>) {
    this.#stream = recording[Symbol.asyncIterator]();
  }

  /** Undefined until it was followed to its end. */
  async size(): Promise<number | undefined> {
    return this.#ended ? this.#bytes : undefined;
  }

  /** Of what has been followed so far. */
  async read(offset: number, length: number): Promise<Uint8Array> {
    const end = Math.min(offset + length, this.#bytes);
    const out = new Uint8Array(Math.max(0, end - offset));
    for (let part = this.#partAt(offset); part < this.#parts.length; part++) {
      const from = this.#offsets[part] as number;
      if (from >= end) break;
      const bytes = this.#parts[part] as Uint8Array;
      const begin = Math.max(0, offset - from);
      out.set(bytes.subarray(begin, Math.min(bytes.length, end - from)), from + begin - offset);
    }
    return out;
  }

  async *follow(offset: number): AsyncGenerator<Uint8Array, void, undefined> {
    let at = offset;
    for (;;) {
      while (at >= this.#bytes && !this.#ended) await this.#pull();
      if (at >= this.#bytes) return;
      const part = this.#partAt(at);
      const bytes = (this.#parts[part] as Uint8Array).subarray(at - (this.#offsets[part] as number));
      yield bytes;
      at += bytes.length;
    }
  }

  /** One part more; two followers wait for the same one. */
  #pull(): Promise<void> {
    this.#pulling ??= this.#stream.next().then(
      (next) => {
        this.#pulling = undefined;
        if (next.done === true) {
          this.#ended = true;
          return;
        }
        if (next.value.length === 0) return;
        this.#parts.push(next.value);
        this.#offsets.push(this.#bytes);
        this.#bytes += next.value.length;
      },
      (error: unknown) => {
        this.#pulling = undefined;
        this.#ended = true;
        throw error;
      },
    );
    return this.#pulling;
  }

  /** The last part that begins at or before `offset`. */
  #partAt(offset: number): number {
    let low = 0;
    let high = this.#offsets.length;
    while (high - low > 1) {
      const middle = (low + high) >>> 1;
      if ((this.#offsets[middle] as number) <= offset) low = middle;
      else high = middle;
    }
    return low;
  }
}
