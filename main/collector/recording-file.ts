import { type FileHandle, open } from 'node:fs/promises';
import { ProblemError } from '../../core/base/result.ts';

/** Above this many bytes waiting for the disk, sources are held back until the queue has fallen to the lower mark. */
const PRESSURE_HIGH = 32 * 1024 * 1024;
const PRESSURE_LOW = 8 * 1024 * 1024;
/** One system call takes at most this much: the bytes become visible to windows when it returns. */
const BATCH_BYTES = 8 * 1024 * 1024;
const BATCH_PARTS = 512;
/** Parts below this are put together first: copying them is cheaper than an entry of their own in the system call. */
const COALESCE_BYTES = 16 * 1024;

/** What a recording needs of a file. The tests have one that fails after n bytes. */
export interface AppendFile {
  /** Told before each write that begins with a whole block: a file of several parts may begin a new one there. `events`: of what is written next. */
  boundary?(position: number, events: number): Promise<void>;
  /** Writes some bytes at `position` and says how many. */
  write(parts: readonly Uint8Array[], position: number): Promise<number>;
  read(length: number, position: number): Promise<Uint8Array>;
  truncate(length: number): Promise<void>;
  close(): Promise<void>;
}

export type OpenAppendFile = (path: string) => Promise<AppendFile>;

export const recordingNotMade = (path: string, error: unknown): ProblemError =>
  new ProblemError({
    code: 'recording-not-made',
    message: `The recording ${path} could not be made: ${(error as Error).message}`,
    remedy: 'Check that its folder exists, may be written and has room.',
  });

/** Makes a new file that only the user can read: a recording holds what the script printed. Fails if it exists. */
export const openAppendFile: OpenAppendFile = async (path) => appendFile(await open(path, 'wx+', 0o600));

/** Opens an empty file that was made before. */
export const openEmptyFile: OpenAppendFile = async (path) => appendFile(await open(path, 'r+'));

function appendFile(handle: FileHandle): AppendFile {
  return {
    write: async (parts, position) => (await handle.writev([...parts], position)).bytesWritten,
    read: (length, position) => readAt(handle, length, position),
    truncate: (length) => handle.truncate(length),
    close: () => handle.close(),
  };
}

/** At most `length` bytes from `position`; fewer at the end of the file. */
export async function readAt(handle: FileHandle, length: number, position: number): Promise<Uint8Array> {
  const bytes = Buffer.allocUnsafeSlow(length);
  let got = 0;
  while (got < length) {
    const { bytesRead } = await handle.read(bytes, got, length - got, position + got);
    if (bytesRead === 0) break;
    got += bytesRead;
  }
  return bytes.subarray(0, got);
}

interface Block {
  readonly parts: readonly Uint8Array[];
  readonly bytes: number;
  readonly events: number;
}

/**
 * A file that only grows, block by block. Whole blocks become visible (`written`) in order; after a failed write the file
 * is cut back to its last whole block and takes nothing more.
 */
export class RecordingFile {
  readonly #file: AppendFile;
  readonly #batchBytes: number;
  #queue: Block[] = [];
  #queued = 0;
  #writing = false;
  #pressed = false;
  readonly #relieved: (() => void)[] = [];
  #idle: (() => void)[] = [];
  written = 0;
  failure: Error | undefined;
  /** Events in blocks that were taken and could not be written. */
  lostEvents = 0;
  onGrow: () => void = () => {};
  /** `lostEvents` has grown since the file failed. */
  onLost: () => void = () => {};
  /** The queue is too long (true) or short again (false). */
  onPressure: (high: boolean) => void = () => {};
  onFailure: (error: Error) => void = () => {};

  /** `batchBytes`: what one write takes at most, if that is more than one block. */
  constructor(file: AppendFile, batchBytes = BATCH_BYTES) {
    this.#file = file;
    this.#batchBytes = batchBytes;
  }

  get pressed(): boolean {
    return this.#pressed;
  }

  /** Takes a whole block, which stays untouched from now on. False: the file has failed and the block is lost. */
  append(parts: readonly Uint8Array[], events = 0): boolean {
    if (this.failure) {
      this.lostEvents += events;
      this.onLost();
      return false;
    }
    let bytes = 0;
    for (const part of parts) bytes += part.length;
    this.#queue.push({ parts, bytes, events });
    this.#queued += bytes;
    if (!this.#pressed && this.#queued > PRESSURE_HIGH) {
      this.#pressed = true;
      this.onPressure(true);
    }
    if (!this.#writing) void this.#drain();
    return true;
  }

  /** Resolves when the queue is short again: who can wait goes on then. */
  whenRelieved(): Promise<void> {
    return this.#pressed ? new Promise((resolve) => this.#relieved.push(resolve)) : Promise.resolve();
  }

  read(length: number, position: number): Promise<Uint8Array> {
    return this.#file.read(Math.max(0, Math.min(length, this.written - position)), position);
  }

  /** Resolves when nothing waits to be written any more, or the file has failed. */
  settled(): Promise<void> {
    if (!this.#writing) return Promise.resolve();
    return new Promise((resolve) => this.#idle.push(resolve));
  }

  /**
   * After a failure the file may have room for a few small blocks, because it was cut back: what was lost, the footer.
   * True if they fitted.
   */
  async appendAfterFailure(parts: readonly Uint8Array[]): Promise<boolean> {
    await this.settled();
    try {
      await this.#writeAll(Buffer.concat(parts as Uint8Array[]));
      return true;
    } catch {
      // The failure itself has been told; without these blocks the file is recovered from its block headers.
      await this.#cutBack();
      return false;
    }
  }

  async close(): Promise<void> {
    await this.settled();
    await this.#file.close();
  }

  async #drain(): Promise<void> {
    this.#writing = true;
    // A turn of the event loop later: what arrives together is written together.
    await new Promise<void>((resolve) => setImmediate(resolve));
    while (this.#queue.length > 0 && !this.failure) {
      const batch = this.#takeBatch();
      try {
        await this.#writeBatch(batch);
      } catch (error) {
        await this.#fail(error instanceof Error ? error : new Error(String(error)));
        break;
      }
      this.onGrow();
      if (this.#pressed && this.#queued < PRESSURE_LOW) this.#release();
    }
    this.#writing = false;
    const idle = this.#idle;
    this.#idle = [];
    for (const resolve of idle) resolve();
  }

  #takeBatch(): Block[] {
    let bytes = 0;
    let parts = 0;
    let count = 0;
    for (const block of this.#queue) {
      if (count > 0 && (bytes + block.bytes > this.#batchBytes || parts + block.parts.length > BATCH_PARTS)) break;
      bytes += block.bytes;
      parts += block.parts.length;
      count++;
    }
    return this.#queue.splice(0, count);
  }

  async #writeBatch(batch: readonly Block[]): Promise<void> {
    let position = this.written;
    let parts = coalesce(batch.flatMap((block) => block.parts));
    try {
      await this.#file.boundary?.(
        position,
        batch.reduce((sum, { events }) => sum + events, 0),
      );
      while (parts.length > 0) {
        const wrote = await this.#file.write(parts, position);
        position += wrote;
        if (wrote === 0) throw new Error('the file takes no more bytes');
        parts = rest(parts, wrote);
      }
    } finally {
      let whole = 0;
      for (; whole < batch.length; whole++) {
        const { bytes } = batch[whole] as Block;
        if (this.written + bytes > position) break;
        this.written += bytes;
        this.#queued -= bytes;
      }
      for (const block of batch.slice(whole)) this.lostEvents += block.events;
    }
  }

  async #writeAll(bytes: Uint8Array): Promise<void> {
    let done = 0;
    while (done < bytes.length) {
      const wrote = await this.#file.write([bytes.subarray(done)], this.written + done);
      if (wrote === 0) throw new Error('the file takes no more bytes');
      done += wrote;
    }
    this.written += bytes.length;
    this.onGrow();
  }

  async #fail(error: Error): Promise<void> {
    this.failure = error;
    for (const block of this.#queue) this.lostEvents += block.events;
    this.#queue = [];
    this.#queued = 0;
    await this.#cutBack();
    if (this.#pressed) this.#release();
    this.onFailure(error);
    this.onGrow();
  }

  async #cutBack(): Promise<void> {
    try {
      await this.#file.truncate(this.written);
    } catch {
      // A reader leaves out the beginning of a block at the end by itself; nobody sees bytes behind `written`.
    }
  }

  #release(): void {
    this.#pressed = false;
    for (const resolve of this.#relieved.splice(0)) resolve();
    this.onPressure(false);
  }
}

function coalesce(parts: readonly Uint8Array[]): Uint8Array[] {
  const out: Uint8Array[] = [];
  let small: Uint8Array[] = [];
  const flush = () => {
    if (small.length > 0) out.push(small.length === 1 ? (small[0] as Uint8Array) : Buffer.concat(small));
    small = [];
  };
  for (const part of parts) {
    if (part.length < COALESCE_BYTES) small.push(part);
    else {
      flush();
      out.push(part);
    }
  }
  flush();
  return out;
}

function rest(parts: readonly Uint8Array[], written: number): Uint8Array[] {
  let skip = written;
  const out: Uint8Array[] = [];
  for (const part of parts) {
    if (skip >= part.length) skip -= part.length;
    else {
      out.push(skip > 0 ? part.subarray(skip) : part);
      skip = 0;
    }
  }
  return out;
}

/** For the user. */
export function diskProblem(file: string, error: NodeJS.ErrnoException): string {
  return error.code === 'ENOSPC' || error.code === 'EDQUOT'
    ? `there is no room left on the disk of ${file}`
    : `${file} could not be written (${error.code ?? error.message})`;
}
