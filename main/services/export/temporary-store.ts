/** Bytes put aside in a temporary file: nobody but the user can read it, and it is gone with the process, however that ends. */
import { randomBytes } from 'node:crypto';
import { type FileHandle, open, rm } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import type { SideStore } from '../../../core/formats/kept-recording.ts';

/** Small pieces are put together first. */
const WRITE_BYTES = 1024 * 1024;

export class TemporaryStore implements SideStore {
  #file: FileHandle | undefined;
  #path = '';
  #written = 0;
  #waiting: Uint8Array[] = [];
  #waitingBytes = 0;
  #flushing = Promise.resolve();

  async append(bytes: Uint8Array): Promise<void> {
    this.#waiting.push(bytes);
    this.#waitingBytes += bytes.length;
    if (this.#waitingBytes >= WRITE_BYTES) await this.#flush();
  }

  /** One after the other: a reader may ask for what an append is just writing. */
  #flush(): Promise<void> {
    this.#flushing = this.#flushing.then(() => this.#write());
    return this.#flushing;
  }

  async #write(): Promise<void> {
    const file = await this.#opened();
    const bytes = Buffer.concat(this.#waiting);
    this.#waiting = [];
    this.#waitingBytes = 0;
    for (let at = 0; at < bytes.length; ) at += (await file.write(bytes, at, bytes.length - at, this.#written + at)).bytesWritten;
    this.#written += bytes.length;
  }

  async #opened(): Promise<FileHandle> {
    if (this.#file === undefined) {
      this.#path = path.join(os.tmpdir(), `trace-studio-${randomBytes(8).toString('hex')}.tmp`);
      this.#file = await open(this.#path, 'wx+', 0o600);
      // Without a name it cannot be left behind. Windows keeps it until it is closed.
      if (process.platform !== 'win32') await rm(this.#path);
    }
    return this.#file;
  }

  async read(offset: number, length: number): Promise<Uint8Array> {
    if (offset + length > this.#written) await this.#flush();
    if (this.#file === undefined) return new Uint8Array(0);
    const bytes = new Uint8Array(length);
    let filled = 0;
    while (filled < length) {
      const { bytesRead } = await this.#file.read(bytes, filled, length - filled, offset + filled);
      if (bytesRead === 0) break;
      filled += bytesRead;
    }
    return bytes.subarray(0, filled);
  }

  async close(): Promise<void> {
    await this.#file?.close();
    if (process.platform === 'win32' && this.#path !== '') await rm(this.#path, { force: true });
  }
}
