import type { ByteSource } from '../../core/formats/byte-source.ts';
import { readAhead } from '../../core/formats/read-ahead.ts';

const PIECE_BYTES = 1024 * 1024;

/** A file dropped into the browser, read where it is. */
export class FileSource implements ByteSource {
  readonly #file: Blob;

  constructor(file: Blob) {
    this.#file = file;
  }

  async size(): Promise<number> {
    return this.#file.size;
  }

  async read(offset: number, length: number): Promise<Uint8Array> {
    return new Uint8Array(await this.#file.slice(offset, offset + length).arrayBuffer());
  }

  follow(offset: number): AsyncGenerator<Uint8Array, void, undefined> {
    return readAhead((from) => this.read(from, PIECE_BYTES), offset, this.#file.size);
  }
}
