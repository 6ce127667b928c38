import { crc32 } from '../base/crc32.ts';
import { decodeSource, type Inflate, MAX_SOURCES, type SourceHead, sourceBytes } from '../protocol/sources.ts';
import type { RandomAccess } from './block-store.ts';
import { readBlock } from './recording-index.ts';

/** Texts of files that a recording carries: where each lies in it. A file is outside data: what does not fit is left out. */
export class Sources {
  readonly #places = new Map<string, { readonly offset: number; readonly head: SourceHead }>();
  #bytes = 0;
  #leftOut = 0;

  /** A SOURCE block; `offset` is that of its header. */
  block(payload: Uint8Array, offset: number): void {
    const head = decodeSource(payload)?.head;
    if (!head || this.#places.size >= MAX_SOURCES || this.#places.has(head.file)) return;
    this.#places.set(head.file, { offset, head });
    if (head.leftOut === undefined) this.#bytes += head.bytes;
    else this.#leftOut++;
  }

  /** Files with their text, the bytes of these, and files whose text was left out. */
  get totals(): { readonly files: number; readonly bytes: number; readonly leftOut: number } {
    return { files: this.#places.size - this.#leftOut, bytes: this.#bytes, leftOut: this.#leftOut };
  }

  head(file: string): SourceHead | undefined {
    return this.#places.get(file)?.head;
  }

  /** Undefined: the recording has none of that file. Throws where it is damaged. */
  async text(file: string, source: RandomAccess, inflate: Inflate): Promise<string | undefined> {
    const place = this.#places.get(file);
    if (!place || place.head.leftOut !== undefined) return undefined;
    const block = await readBlock(source, place.offset);
    const found = block && decodeSource(block.payload);
    if (found?.head.file !== file) throw new Error(`The text of ${file} is damaged.`);
    return new TextDecoder().decode(await sourceBytes(found, inflate, crc32));
  }
}
