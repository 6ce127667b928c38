/** What the plugins of a process left of its events: a file of trace-event JSON that becomes an attachment of the recording. */
import { existsSync, readdirSync } from 'node:fs';
import { type FileHandle, open } from 'node:fs/promises';
import path from 'node:path';

/** A million events are some 200 MB; what is beyond this limit is refused, and what was recorded is shown instead. */
export const MAX_PROCESSED_BYTES = 1024 * 1024 * 1024;
const CHUNK_BYTES = 1024 * 1024;

export const processedFileOf = (pid: number): string => `${pid}.processed.json`;

/** Pids of processes whose file lies there. Temporary files of one that did not come to its end are not among them. */
export const processedPids = (folder: string): number[] =>
  existsSync(folder)
    ? readdirSync(folder)
        .flatMap((name) => /^(\d+)\.processed\.json$/.exec(name)?.[1] ?? [])
        .map(Number)
    : [];

/** Why a file is not taken, in words behind "because". */
export class RefusedFile extends Error {}

/** A file that is whole: its bytes, as often as they are asked for. */
export class ProcessedFile {
  readonly #handle: FileHandle;
  readonly bytes: number;

  private constructor(handle: FileHandle, bytes: number) {
    this.#handle = handle;
    this.bytes = bytes;
  }

  /** Undefined: there is none. Throws RefusedFile for one that is too large or not one whole JSON object; other errors are of the disk. */
  static async open(folder: string, name: string, limit = MAX_PROCESSED_BYTES): Promise<ProcessedFile | undefined> {
    let handle: FileHandle;
    try {
      handle = await open(path.join(folder, name), 'r');
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
      throw error;
    }
    try {
      const status = await handle.stat();
      if (!status.isFile()) throw new RefusedFile('it is not a file');
      if (status.size > limit) throw new RefusedFile(`it has ${megabytes(status.size)}, and at most ${megabytes(limit)} are taken`);
      const file = new ProcessedFile(handle, status.size);
      const whole = new WholeObject();
      for await (const chunk of file.chunks()) whole.push(chunk);
      if (!whole.ended) throw new RefusedFile('it is not whole');
      return file;
    } catch (error) {
      await handle.close();
      throw error;
    }
  }

  /** `bytes` of them in all, or fewer if the file became shorter. */
  async *chunks(): AsyncGenerator<Uint8Array, void, undefined> {
    for (let at = 0; at < this.bytes; ) {
      // A buffer of its own for each: the last one may still wait for the disk.
      const chunk = new Uint8Array(Math.min(CHUNK_BYTES, this.bytes - at));
      const { bytesRead } = await this.#handle.read(chunk, 0, chunk.length, at);
      if (bytesRead === 0) return;
      at += bytesRead;
      yield chunk.subarray(0, bytesRead);
    }
  }

  close(): Promise<void> {
    return this.#handle.close();
  }
}

const megabytes = (bytes: number): string => `${Math.ceil(bytes / 1e6).toLocaleString('en-US')} MB`;

const [QUOTE, BACKSLASH] = [0x22, 0x5c];
const [OPEN_ARRAY, CLOSE_ARRAY, OPEN_OBJECT, CLOSE_OBJECT] = [0x5b, 0x5d, 0x7b, 0x7d];

/** Says of bytes that go by whether they are one object from its first bracket to its last. What lies inside, the reader of the format judges. */
export class WholeObject {
  #depth = 0;
  #inString = false;
  #escaped = false;
  #state: 'before' | 'inside' | 'behind' | 'not' = 'before';

  get ended(): boolean {
    return this.#state === 'behind';
  }

  push(bytes: Uint8Array): void {
    // Hot: some hundred megabytes go by.
    for (let at = 0; at < bytes.length; at++) {
      const byte = bytes[at] as number;
      if (this.#inString) {
        if (this.#escaped) this.#escaped = false;
        else if (byte === BACKSLASH) this.#escaped = true;
        else if (byte === QUOTE) this.#inString = false;
        continue;
      }
      if (this.#state !== 'inside') {
        if (byte === 0x20 || (byte >= 0x09 && byte <= 0x0d)) continue;
        const begins = this.#state === 'before' && byte === OPEN_OBJECT;
        this.#state = begins ? 'inside' : 'not';
        if (!begins) return;
        this.#depth = 1;
        continue;
      }
      if (byte === QUOTE) this.#inString = true;
      else if (byte === OPEN_OBJECT || byte === OPEN_ARRAY) this.#depth++;
      else if ((byte === CLOSE_OBJECT || byte === CLOSE_ARRAY) && --this.#depth === 0) this.#state = 'behind';
    }
  }
}
