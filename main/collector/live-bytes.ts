import type { RecordingFile } from './recording-file.ts';

/** Bytes of a recording that a window can read: a file that still grows, or a finished one. */
export interface ReadableBytes {
  readonly size: number;
  readonly complete: boolean;
  read(length: number, position: number): Promise<Uint8Array>;
}

/** What followers wait for: more bytes, or the end. */
export class GrowthSignal {
  #waiting = new Set<() => void>();

  /** Calls `wake` once at the next change; returns what forgets it. */
  wait(wake: () => void): () => void {
    const once = () => wake();
    this.#waiting.add(once);
    return () => this.#waiting.delete(once);
  }

  fire(): void {
    const waiting = this.#waiting;
    this.#waiting = new Set();
    for (const wake of waiting) wake();
  }
}

const CHUNK_BYTES = 256 * 1024;

/**
 * All bytes from `offset` in order, in chunks of at most 256 KiB; waits at the end while it grows, ends when it is complete.
 * Holds no bytes: the reader's pace is its own. Written out rather than a generator, so that `return` works while it waits.
 */
export function follow(bytes: ReadableBytes, growth: GrowthSignal, offset: number, closed: () => Error | undefined): AsyncIterable<Uint8Array> {
  let at = offset;
  let ended = false;
  let leave: (() => void) | undefined;
  const next = async (): Promise<IteratorResult<Uint8Array>> => {
    while (!ended) {
      const error = closed();
      if (error) throw error;
      if (at < bytes.size) {
        const chunk = await bytes.read(Math.min(CHUNK_BYTES, bytes.size - at), at);
        if (chunk.length === 0) throw new Error('the file of the recording became shorter while it was read');
        at += chunk.length;
        return { done: false, value: chunk };
      }
      if (bytes.complete) break;
      await new Promise<void>((resolve) => {
        const forget = growth.wait(resolve);
        leave = () => {
          forget();
          resolve();
        };
      });
    }
    return { done: true, value: undefined };
  };
  const iterator: AsyncIterator<Uint8Array> = {
    next,
    return: async () => {
      ended = true;
      leave?.();
      return { done: true, value: undefined };
    },
  };
  return { [Symbol.asyncIterator]: () => iterator };
}

/** A recording under way. */
export function liveBytes(file: RecordingFile, isComplete: () => boolean): ReadableBytes {
  return {
    get size() {
      return file.written;
    },
    get complete() {
      return isComplete();
    },
    read: (length, position) => file.read(length, position),
  };
}
