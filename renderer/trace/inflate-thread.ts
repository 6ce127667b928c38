/** The other side of inflate-worker.ts. */
import { gunzip } from './gunzip.ts';

export type InflateRequest = { readonly kind: 'piece'; readonly bytes: Uint8Array | undefined } | { readonly kind: 'taken'; readonly bytes: number };

export type InflateAnswer =
  /** It wants the next piece. */
  | { readonly kind: 'next' }
  | { readonly kind: 'chunk'; readonly bytes: Uint8Array }
  | { readonly kind: 'end' }
  | { readonly kind: 'failed'; readonly message: string };

/** As much of a worker as is used. */
export interface InflateWorker {
  onmessage: ((event: MessageEvent<InflateAnswer>) => void) | null;
  onerror: ((event: ErrorEvent) => void) | null;
  postMessage(message: InflateRequest, transfer: Transferable[]): void;
  terminate(): void;
}

/** As `gunzip`, in the worker that `start` gives. Where none may be started (a page from a file), it is done here. */
export async function* gunzipInThread(bytes: AsyncIterable<Uint8Array>, start: () => InflateWorker): AsyncGenerator<Uint8Array, void, undefined> {
  let worker: InflateWorker;
  try {
    worker = start();
  } catch {
    yield* gunzip(bytes);
    return;
  }
  const thread = new InflateThread(worker, bytes);
  try {
    yield* thread.chunks();
  } finally {
    await thread.close();
  }
  if (thread.couldNotStart) yield* gunzip(bytes);
}

class InflateThread {
  /** Nothing was read of the source then. */
  couldNotStart = false;
  readonly #worker: InflateWorker;
  readonly #source: AsyncIterable<Uint8Array>;
  #pieces: AsyncIterator<Uint8Array> | undefined;
  readonly #chunks: Uint8Array[] = [];
  #ended = false;
  #failure: unknown;
  #wake = (): void => {};

  constructor(worker: InflateWorker, source: AsyncIterable<Uint8Array>) {
    this.#worker = worker;
    this.#source = source;
    worker.onmessage = ({ data }) => this.#answer(data);
    worker.onerror = (event) => {
      if (this.#pieces === undefined) {
        this.couldNotStart = true;
        this.#end();
      } else this.#end(new Error(event.message));
    };
  }

  async *chunks(): AsyncGenerator<Uint8Array, void, undefined> {
    for (;;) {
      const chunk = this.#chunks.shift();
      if (chunk !== undefined) {
        yield chunk;
        this.#worker.postMessage({ kind: 'taken', bytes: chunk.length }, []);
        continue;
      }
      if (this.#failure !== undefined) throw this.#failure;
      if (this.#ended) return;
      await new Promise<void>((resolve) => {
        this.#wake = resolve;
      });
    }
  }

  async close(): Promise<void> {
    this.#worker.onmessage = this.#worker.onerror = null;
    this.#worker.terminate();
    await this.#pieces?.return?.();
  }

  #answer(message: InflateAnswer): void {
    switch (message.kind) {
      case 'next':
        void this.#feed();
        return;
      case 'chunk':
        this.#chunks.push(message.bytes);
        this.#wake();
        return;
      case 'end':
        this.#end();
        return;
      case 'failed':
        this.#end(new Error(message.message));
    }
  }

  #end(failure?: unknown): void {
    this.#failure ??= failure;
    this.#ended = true;
    this.#wake();
  }

  async #feed(): Promise<void> {
    try {
      this.#pieces ??= this.#source[Symbol.asyncIterator]();
      const next = await this.#pieces.next();
      // What is handed over is gone here.
      const bytes = next.done === true ? undefined : next.value.slice();
      if (!this.#ended) this.#worker.postMessage({ kind: 'piece', bytes }, bytes === undefined ? [] : [bytes.buffer]);
    } catch (error) {
      this.#end(error);
    }
  }
}
