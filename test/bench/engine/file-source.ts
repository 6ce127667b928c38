import { closeSync, fstatSync, openSync, read } from 'node:fs';

/** A file on the disk, for the model. */
export class DiskSource {
  readonly #fd: number;
  reads = 0;
  readBytes = 0;

  constructor(file: string) {
    this.#fd = openSync(file, 'r');
  }

  async size(): Promise<number> {
    return fstatSync(this.#fd).size;
  }

  read(offset: number, length: number): Promise<Uint8Array> {
    this.reads++;
    this.readBytes += length;
    const bytes = Buffer.allocUnsafeSlow(length);
    return new Promise((resolve, reject) => {
      read(this.#fd, bytes, 0, length, offset, (error, got) => (error ? reject(error) : resolve(bytes.subarray(0, got))));
    });
  }

  async *follow(offset: number): AsyncGenerator<Uint8Array, void, undefined> {
    for (let at = offset; ; ) {
      const bytes = await this.read(at, 1024 * 1024);
      if (bytes.length === 0) return;
      at += bytes.length;
      yield bytes;
    }
  }

  close(): void {
    closeSync(this.#fd);
  }
}
