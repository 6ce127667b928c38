/** A file as a ByteSource, as long as it was when it was opened: a recording that still grows is taken as far as it goes. */
import { type FileHandle, open } from 'node:fs/promises';
import type { ByteSource } from '../../../core/formats/byte-source.ts';
import { readAhead } from '../../../core/formats/read-ahead.ts';

const CHUNK_BYTES = 1024 * 1024;
/** Two of them stay in the cache of the processor. */
const BRIEF_BYTES = 256 * 1024;

export class FileSource implements ByteSource {
  readonly #handle: FileHandle;
  readonly bytes: number;
  /** Called with the bytes that `follow` has read so far. */
  onRead: (bytes: number) => void = () => {};

  private constructor(handle: FileHandle, bytes: number) {
    this.#handle = handle;
    this.bytes = bytes;
  }

  static async open(file: string): Promise<FileSource> {
    const handle = await open(file, 'r');
    return new FileSource(handle, (await handle.stat()).size);
  }

  async size(): Promise<number> {
    return this.bytes;
  }

  async read(offset: number, length: number): Promise<Uint8Array> {
    const wanted = Math.max(0, Math.min(length, this.bytes - offset));
    return this.#fill(new Uint8Array(wanted), offset, wanted);
  }

  async #fill(buffer: Uint8Array, offset: number, wanted: number): Promise<Uint8Array> {
    let filled = 0;
    while (filled < wanted) {
      const { bytesRead } = await this.#handle.read(buffer, filled, wanted - filled, offset + filled);
      if (bytesRead === 0) break; // It became shorter meanwhile.
      filled += bytesRead;
    }
    return buffer.subarray(0, filled);
  }

  async *follow(offset: number, isBrief = false): AsyncGenerator<Uint8Array, void, undefined> {
    let at = offset;
    for await (const chunk of readAhead(isBrief ? this.#briefReader() : (from) => this.read(from, CHUNK_BYTES), offset, this.bytes)) {
      at += chunk.length;
      yield chunk;
      this.onRead(at);
    }
  }

  /** Two buffers in turns: while one is looked at, the other one is read into. */
  #briefReader(): (from: number) => Promise<Uint8Array> {
    let [next, other] = [new Uint8Array(BRIEF_BYTES), new Uint8Array(BRIEF_BYTES)];
    return (from) => {
      const buffer = next;
      [next, other] = [other, next];
      return this.#fill(buffer, from, Math.max(0, Math.min(BRIEF_BYTES, this.bytes - from)));
    };
  }

  close(): Promise<void> {
    return this.#handle.close();
  }
}
