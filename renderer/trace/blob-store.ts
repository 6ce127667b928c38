/**
 * Bytes put aside where the browser keeps what it has no room for: a Blob. Chromium moves those of some size out of memory, to the disk, by itself;
 * they need no permission, work in a page from a file, and are gone with the page.
 */
import type { SideStore } from '../../core/formats/kept-recording.ts';

/** Pieces are put together up to here: a Blob for each would cost more than it holds. */
const BLOB_BYTES = 8 * 1024 * 1024;

export class BlobStore implements SideStore {
  readonly #blobs: { readonly at: number; readonly blob: Blob }[] = [];
  #length = 0;
  #waiting: Uint8Array<ArrayBuffer>[] = [];
  #waitingBytes = 0;

  async append(bytes: Uint8Array): Promise<void> {
    this.#waiting.push(bytes as Uint8Array<ArrayBuffer>);
    this.#waitingBytes += bytes.length;
    if (this.#waitingBytes >= BLOB_BYTES) this.#flush();
  }

  #flush(): void {
    this.#blobs.push({ at: this.#length, blob: new Blob(this.#waiting) });
    this.#length += this.#waitingBytes;
    this.#waiting = [];
    this.#waitingBytes = 0;
  }

  async read(offset: number, length: number): Promise<Uint8Array> {
    const end = Math.min(offset + length, this.#length + this.#waitingBytes);
    const out = new Uint8Array(Math.max(0, end - offset));
    let at = offset;
    for (const { at: from, blob } of this.#blobs) {
      if (at >= end || from >= end) break;
      if (from + blob.size <= at) continue;
      const part = new Uint8Array(await blob.slice(at - from, end - from).arrayBuffer());
      out.set(part, at - offset);
      at += part.length;
    }
    let from = this.#length;
    for (const bytes of this.#waiting) {
      const begin = Math.max(0, at - from);
      if (at < end && begin < bytes.length) {
        const part = bytes.subarray(begin, end - from);
        out.set(part, at - offset);
        at += part.length;
      }
      from += bytes.length;
    }
    return out;
  }
}
