import type { ByteSource } from './byte-source.ts';

/** What is read again at once. */
const MAX_PART_BYTES = 1024 * 1024;

/** A part of a recording that is being made. `offset`: the same bytes lie there in the source that it is made of. */
export interface RecordingPiece {
  readonly content: Uint8Array;
  readonly offset?: number;
}

/** Where what is made is put aside: a temporary file, what a browser keeps on the disk. Bytes are appended in order, and read at any place before. */
export interface SideStore {
  append(bytes: Uint8Array): Promise<void>;
  /** All of it has been appended. */
  read(offset: number, length: number): Promise<Uint8Array>;
}

/** Of a platform that has nothing better, and for what is small. */
export class MemoryStore implements SideStore {
  readonly #parts: { readonly at: number; readonly bytes: Uint8Array }[] = [];
  #length = 0;

  async append(bytes: Uint8Array): Promise<void> {
    this.#parts.push({ at: this.#length, bytes });
    this.#length += bytes.length;
  }

  async read(offset: number, length: number): Promise<Uint8Array> {
    const out = new Uint8Array(Math.max(0, Math.min(length, this.#length - offset)));
    const end = offset + out.length;
    for (let index = lastAtOrBefore(this.#parts, offset); index < this.#parts.length; index++) {
      const { at, bytes } = this.#parts[index] as { readonly at: number; readonly bytes: Uint8Array };
      if (at >= end) break;
      const begin = Math.max(0, offset - at);
      out.set(bytes.subarray(begin, Math.min(bytes.length, end - at)), at + begin - offset);
    }
    return out;
  }
}

interface KeptPart {
  /** Place in the recording. */
  readonly at: number;
  readonly length: number;
  /** Where it lies in the source; -1: not there, but at `stored` of what was put aside. */
  readonly offset: number;
  readonly stored: number;
}

/**
 * A recording that something else is being turned into: each of its bytes is made once, when it is first followed to there, put aside, and can be read
 * again. What lies in the source as it is, is not put aside but read from there again.
 */
export class KeptRecording implements ByteSource {
  readonly #parts: KeptPart[] = [];
  readonly #stream: AsyncIterator<Uint8Array | RecordingPiece>;
  readonly #source: Pick<ByteSource, 'read'> | undefined;
  readonly #store: SideStore;
  #stored = 0;
  /** What was made last: who waits for it does not read it again. */
  #newest: { readonly at: number; readonly bytes: Uint8Array } | undefined;
  #bytes = 0;
  #ended = false;
  #pulling: Promise<void> | undefined;

  /** `source`: where pieces with an offset lie. */
  constructor(recording: AsyncIterable<Uint8Array | RecordingPiece>, source?: Pick<ByteSource, 'read'>, store: SideStore = new MemoryStore()) {
    this.#stream = recording[Symbol.asyncIterator]();
    this.#source = source;
    this.#store = store;
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
    const bytes = part.offset >= 0 ? await this.#source?.read(part.offset + begin, end - begin) : await this.#store.read(part.stored + begin, end - begin);
    if (bytes?.length !== end - begin) throw new Error('the file of the recording became shorter while it was read');
    return bytes;
  }

  async *follow(offset: number): AsyncGenerator<Uint8Array, void, undefined> {
    let at = offset;
    for (;;) {
      while (at >= this.#bytes && !this.#ended) await this.#pull();
      if (at >= this.#bytes) return;
      const newest = this.#newest;
      const part = this.#parts[this.#partAt(at)] as KeptPart;
      const isNewest = newest !== undefined && at >= newest.at && at < newest.at + newest.bytes.length;
      const bytes = isNewest ? newest.bytes.subarray(at - newest.at) : await this.#contentOf(part, at - part.at, part.length);
      yield bytes;
      at += bytes.length;
    }
  }

  /** One part more; two followers wait for the same one. */
  #pull(): Promise<void> {
    this.#pulling ??= this.#pullOne().finally(() => {
      this.#pulling = undefined;
    });
    return this.#pulling;
  }

  async #pullOne(): Promise<void> {
    try {
      const next = await this.#stream.next();
      if (next.done === true) {
        this.#ended = true;
        this.#newest = undefined;
        return;
      }
      const { content, offset }: RecordingPiece = next.value instanceof Uint8Array ? { content: next.value } : next.value;
      if (content.length === 0) return;
      const isInSource = offset !== undefined && this.#source !== undefined;
      if (!isInSource) await this.#store.append(content);
      this.#add(content, isInSource ? (offset as number) : -1);
    } catch (error) {
      this.#ended = true;
      throw error;
    }
  }

  /** Small pieces that follow each other are one part: there are millions of them. */
  #add(content: Uint8Array, offset: number): void {
    const last = this.#parts.at(-1);
    const goesOn =
      last !== undefined &&
      last.length + content.length <= MAX_PART_BYTES &&
      (offset < 0 ? last.offset < 0 : last.offset >= 0 && last.offset + last.length === offset);
    if (goesOn) this.#parts[this.#parts.length - 1] = { ...last, length: last.length + content.length };
    else this.#parts.push({ at: this.#bytes, length: content.length, offset, stored: this.#stored });
    this.#newest = { at: this.#bytes, bytes: content };
    if (offset < 0) this.#stored += content.length;
    this.#bytes += content.length;
  }

  #partAt(offset: number): number {
    return lastAtOrBefore(this.#parts, offset);
  }
}

/** Index of the last part that begins at or before `offset`. */
function lastAtOrBefore(parts: readonly { readonly at: number }[], offset: number): number {
  let low = 0;
  let high = parts.length;
  while (high - low > 1) {
    const middle = (low + high) >>> 1;
    if ((parts[middle] as { readonly at: number }).at <= offset) low = middle;
    else high = middle;
  }
  return low;
}
