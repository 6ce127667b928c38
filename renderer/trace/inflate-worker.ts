/** Undoes gzip in a thread of its own: what comes out is read in another one meanwhile. */
import { gunzip } from './gunzip.ts';
import type { InflateAnswer, InflateRequest } from './inflate-thread.ts';

/** As much of a worker's global scope as is used. */
interface Scope {
  onmessage: ((event: MessageEvent<InflateRequest>) => void) | null;
  postMessage(message: InflateAnswer, transfer: Transferable[]): void;
}

const scope = self as unknown as Scope;

/** What is handed on at once: a message for each of the small pieces that a browser gives would cost more than it saves. */
const CHUNK_BYTES = 256 * 1024;
/** What may wait to be read. */
const AHEAD_BYTES = 8 * 1024 * 1024;

let waiting = 0;
let goOn = (): void => {};
let takePiece = (_piece: Uint8Array | undefined): void => {};

const answer = (message: InflateAnswer, transfer: Transferable[] = []): void => scope.postMessage(message, transfer);

scope.onmessage = ({ data }) => {
  if (data.kind === 'piece') takePiece(data.bytes);
  else {
    waiting -= data.bytes;
    goOn();
  }
};

async function* pieces(): AsyncGenerator<Uint8Array, void, undefined> {
  for (;;) {
    const next = new Promise<Uint8Array | undefined>((resolve) => {
      takePiece = resolve;
    });
    answer({ kind: 'next' });
    const piece = await next;
    if (piece === undefined) return;
    yield piece;
  }
}

async function hand(parts: readonly Uint8Array[], length: number): Promise<void> {
  if (length === 0) return;
  const bytes = new Uint8Array(length);
  let at = 0;
  for (const part of parts) {
    bytes.set(part, at);
    at += part.length;
  }
  waiting += length;
  answer({ kind: 'chunk', bytes }, [bytes.buffer]);
  while (waiting > AHEAD_BYTES) {
    await new Promise<void>((resolve) => {
      goOn = resolve;
    });
  }
}

async function run(): Promise<void> {
  let parts: Uint8Array[] = [];
  let length = 0;
  let failure: string | undefined;
  try {
    for await (const part of gunzip(pieces())) {
      parts.push(part);
      length += part.length;
      if (length < CHUNK_BYTES) continue;
      await hand(parts, length);
      parts = [];
      length = 0;
    }
  } catch (error) {
    failure = error instanceof Error ? error.message : String(error);
  }
  await hand(parts, length);
  answer(failure === undefined ? { kind: 'end' } : { kind: 'failed', message: failure });
}

void run();
