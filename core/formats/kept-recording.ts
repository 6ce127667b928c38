import type { ByteSource } from './byte-source.ts';

/** A part of a recording that is being made. `offset`: the same bytes lie there in the source that it is made of. */
export interface RecordingPiece {
  readonly content: Uint8Array;
  readonly offset?: number;
}

interface KeptPart {
  /** Place in the recording. */
  readonly at: number;
  readonly length: number;
  /** Absent: read it again at `offset` of the source. */
  readonly content: Uint8Array | undefined;
  readonly offset: number;
}

/**
 * A recording that something else is being turned into, kept in memory: each of its bytes is made once, when it is first followed
 * to there, and can be read again. What lies in the source as it is, is not kept but read from there again.
 */
export class KeptRecording implements ByteSource {
  readonly #parts: KeptPart[] = [];
  readonly #stream: AsyncIterator<Uint8Array | RecordingPiece>;
  readonly #source: Pick<ByteSource, 'read'> | undefined;
  /** What was made last: who waits for it does not read it again. */
  #newest: Uint8Array | undefined;
  #bytes = 0;
  #ended = false;
  #pulling: Promise<void> | undefined;

  /** `source`: where pieces with an offset lie. */
  constructor(recording: AsyncIterable<Uint8Array | RecordingPiece>, source?: Pick<ByteSource, 'read'>) {
    this.#stream = recording[Symbol.asyncIterator]();
    this.#source = source;
  }

  /** Undefined until it was followed to its end. */
  async size(): Promise<number | undefined> {
    return this.#ended ? this.#bytes : undefined;
  }

  /** Of what has been followed so far. */
  async read(offset: number, length: number): Promise<Uint8Array> {
    const end = Math.min(offset + length, this.#bytes);
    const out = new Uint8Array(Math.max(0, end - offset));
    for (let index = this.#partAt(offset); index < this.#parts.length; index++) {
      const part = this.#parts[index] as KeptPart;
      if (part.at >= end) break;
      const begin = Math.max(0, offset - part.at);
      out.set(await this.#contentOf(part, begin, Math.min(part.length, end - part.at)), part.at + begin - offset);
    }
    return out;
  }

  async #contentOf(part: KeptPart, begin: number, end: number): Promise<Uint8Array> {
    if (part.content) return part.content.subarray(begin, end);
    if (part === this.#parts.at(-1) && this.#newest) return this.#newest.subarray(begin, end);
    const bytes = await this.#source?.read(part.offset + begin, end - begin);
    if (bytes?.length !== end - begin) throw new Error('the file of the recording became shorter while it was read');
    return bytes;
  }

  async *follow(offset: number): AsyncGenerator<Uint8Array, void, undefined> {
    let at = offset;
    for (;;) {
      while (at >= this.#bytes && !this.#ended) await this.#pull();
      if (at >= this.#bytes) return;
      const part = this.#parts[this.#partAt(at)] as KeptPart;
      const bytes = await this.#contentOf(part, at - part.at, part.length);
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
          this.#newest = undefined;
          return;
        }
        const { content, offset }: RecordingPiece = next.value instanceof Uint8Array ? { content: next.value } : next.value;
        if (content.length === 0) return;
        const isInSource = offset !== undefined && this.#source !== undefined;
        this.#parts.push({ at: this.#bytes, length: content.length, content: isInSource ? undefined : content, offset: offset ?? 0 });
        this.#newest = content;
        this.#bytes += content.length;
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
    let high = this.#parts.length;
    while (high - low > 1) {
      const middle = (low + high) >>> 1;
      if ((this.#parts[middle] as KeptPart).at <= offset) low = middle;
      else high = middle;
    }
    return low;
  }
}
