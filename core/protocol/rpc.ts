/**
 * Calls and byte streams over a ByteChannel. Both ends are equal: each may call and serve.
 *
 * Frame: u8 kind, u32 id (little-endian), body. CALL, STREAM, RETURN and ERROR: u32 JSON bytes, JSON, raw bytes.
 * A stream is pulled: the consumer grants credit in bytes and tops it up as it reads, so that a slow window holds back
 * its producer and nothing queues without bound. A pushed event is a NOTIFY: no answer.
 */
import { ProblemError } from '../base/result.ts';
import type { ByteChannel } from './byte-channel.ts';

const Kind = { CALL: 1, RETURN: 2, ERROR: 3, STREAM: 4, DATA: 5, END: 6, CREDIT: 7, CANCEL: 8, NOTIFY: 9 } as const;

/** Bytes that a stream's producer may send ahead of its consumer. */
export const STREAM_WINDOW = 4 * 1024 * 1024;
const TOP_UP = STREAM_WINDOW / 4;
const MAX_CALLS_UNDER_WAY = 1024;
/** A frame above this is refused and closes the channel: nobody of ours sends one. */
export const MAX_RPC_FRAME = 64 * 1024 * 1024;

/** A JSON value with bytes beside it. */
export interface WithBytes<T = unknown> {
  readonly json: T;
  readonly bytes: Uint8Array;
}
export const withBytes = <T>(json: T, bytes: Uint8Array): WithBytes<T> => ({ json, bytes });

export interface PeerHandlers {
  /** Answers a call: a JSON value, or `withBytes`. Throw `ProblemError` for an expected failure. */
  readonly calls: Readonly<Record<string, (argument: never, bytes: Uint8Array) => unknown>>;
  /** Serves a stream of bytes; ends when the iterator ends, is returned when the consumer goes. */
  readonly streams?: Readonly<Record<string, (argument: never) => AsyncIterable<Uint8Array>>>;
  readonly notified?: (event: string, argument: unknown) => void;
}

interface Incoming {
  readonly queue: Uint8Array[];
  wake: (() => void) | undefined;
  eaten: number;
  done: boolean;
  failure: Error | undefined;
}

interface Outgoing {
  credit: number;
  cancelled: boolean;
  wake: (() => void) | undefined;
}

const encoder = new TextEncoder();
const decoder = new TextDecoder();
const NOTHING = new Uint8Array(0);

export class Peer {
  readonly #channel: ByteChannel;
  readonly #handlers: PeerHandlers;
  readonly #calls = new Map<number, { resolve: (value: unknown) => void; reject: (error: Error) => void }>();
  readonly #incoming = new Map<number, Incoming>();
  readonly #outgoing = new Map<number, Outgoing>();
  #nextId = 1;
  #closed: Error | undefined;
  /** Called once when the other side is gone. */
  onClose: (reason: string) => void = () => {};

  constructor(channel: ByteChannel, handlers: PeerHandlers = { calls: {} }) {
    this.#channel = channel;
    this.#handlers = handlers;
    channel.onFrame = (frame) => this.#receive(frame);
    channel.onClose = (reason) => this.#end(reason ?? 'the other side closed the connection');
  }

  get closed(): boolean {
    return this.#closed !== undefined;
  }

  call<T>(method: string, argument?: unknown, bytes: Uint8Array = NOTHING): Promise<T> {
    if (this.#closed) return Promise.reject(this.#closed);
    if (this.#calls.size >= MAX_CALLS_UNDER_WAY) return Promise.reject(new Error(`more than ${MAX_CALLS_UNDER_WAY} calls under way`));
    const id = this.#nextId++;
    return new Promise<T>((resolve, reject) => {
      this.#calls.set(id, { resolve: resolve as (value: unknown) => void, reject });
      this.#channel.send(frame(Kind.CALL, id, packJson({ method, argument }, bytes)));
    });
  }

  notify(event: string, argument: unknown): void {
    if (!this.#closed) this.#channel.send(frame(Kind.NOTIFY, 0, packJson({ event, argument }, NOTHING)));
  }

  async *stream(method: string, argument?: unknown): AsyncGenerator<Uint8Array, void, undefined> {
    if (this.#closed) throw this.#closed;
    const id = this.#nextId++;
    const incoming: Incoming = { queue: [], wake: undefined, eaten: 0, done: false, failure: undefined };
    this.#incoming.set(id, incoming);
    this.#channel.send(frame(Kind.STREAM, id, packJson({ method, argument, credit: STREAM_WINDOW }, NOTHING)));
    try {
      for (;;) {
        for (let chunk = incoming.queue.shift(); chunk !== undefined; chunk = incoming.queue.shift()) {
          incoming.eaten += chunk.length;
          if (incoming.eaten >= TOP_UP) {
            this.#channel.send(frame(Kind.CREDIT, id, u32(incoming.eaten)));
            incoming.eaten = 0;
          }
          yield chunk;
        }
        if (incoming.failure) throw incoming.failure;
        if (incoming.done) return;
        await new Promise<void>((wake) => {
          incoming.wake = wake;
        });
      }
    } finally {
      this.#incoming.delete(id);
      if (!incoming.done && !incoming.failure && !this.#closed) this.#channel.send(frame(Kind.CANCEL, id, NOTHING));
    }
  }

  close(): void {
    this.#channel.close();
    this.#end('closed on this side');
  }

  #end(reason: string): void {
    if (this.#closed) return;
    const error = new Error(`connection lost: ${reason}`);
    this.#closed = error;
    for (const call of this.#calls.values()) call.reject(error);
    this.#calls.clear();
    for (const incoming of this.#incoming.values()) {
      incoming.failure = error;
      incoming.wake?.();
    }
    for (const outgoing of this.#outgoing.values()) {
      outgoing.cancelled = true;
      outgoing.wake?.();
    }
    this.onClose(reason);
  }

  #receive(bytes: Uint8Array): void {
    if (bytes.length < 5 || bytes.length > MAX_RPC_FRAME) {
      this.#breakOff(`a frame of ${bytes.length} bytes`);
      return;
    }
    const id = new DataView(bytes.buffer, bytes.byteOffset).getUint32(1, true);
    const body = bytes.subarray(5);
    try {
      this.#dispatch(bytes[0] as number, id, body);
    } catch (error) {
      this.#breakOff(error instanceof Error ? error.message : String(error));
    }
  }

  #breakOff(what: string): void {
    this.#channel.close();
    this.#end(`the other side sent ${what}`);
  }

  #dispatch(kind: number, id: number, body: Uint8Array): void {
    switch (kind) {
      case Kind.CALL:
        void this.#serveCall(id, body);
        return;
      case Kind.STREAM:
        void this.#serveStream(id, body);
        return;
      case Kind.NOTIFY: {
        const { json } = unpackJson(body) as WithBytes<{ event: string; argument: unknown }>;
        this.#handlers.notified?.(json.event, json.argument);
        return;
      }
      case Kind.RETURN: {
        const call = this.#takeCall(id);
        const { json, bytes } = unpackJson(body);
        call?.resolve(bytes.length > 0 ? withBytes(json, bytes) : json);
        return;
      }
      case Kind.ERROR: {
        const error = new ProblemError((unpackJson(body) as WithBytes<{ code: string; message: string; remedy?: string }>).json);
        this.#takeCall(id)?.reject(error);
        const incoming = this.#incoming.get(id);
        if (incoming) {
          incoming.failure = error;
          incoming.wake?.();
        }
        return;
      }
      case Kind.DATA: {
        const incoming = this.#incoming.get(id);
        incoming?.queue.push(body);
        incoming?.wake?.();
        return;
      }
      case Kind.END: {
        const incoming = this.#incoming.get(id);
        if (incoming) {
          incoming.done = true;
          incoming.wake?.();
        }
        return;
      }
      case Kind.CREDIT: {
        const outgoing = this.#outgoing.get(id);
        if (outgoing) {
          outgoing.credit += new DataView(body.buffer, body.byteOffset, body.byteLength).getUint32(0, true);
          outgoing.wake?.();
        }
        return;
      }
      case Kind.CANCEL: {
        const outgoing = this.#outgoing.get(id);
        if (outgoing) {
          outgoing.cancelled = true;
          outgoing.wake?.();
        }
        return;
      }
      default:
        throw new Error(`a frame of unknown kind ${kind}`);
    }
  }

  #takeCall(id: number) {
    const call = this.#calls.get(id);
    this.#calls.delete(id);
    return call;
  }

  async #serveCall(id: number, body: Uint8Array): Promise<void> {
    try {
      const { json, bytes } = unpackJson(body) as WithBytes<{ method: string; argument: unknown }>;
      const handler = own(this.#handlers.calls, json.method) as ((argument: unknown, bytes: Uint8Array) => unknown) | undefined;
      if (!handler) throw new ProblemError({ code: 'no-such-method', message: `There is no method ${json.method}.` });
      const answer = await handler(json.argument, bytes);
      if (this.#closed) return;
      const reply = isWithBytes(answer) ? packJson(answer.json, answer.bytes) : packJson(answer, NOTHING);
      this.#channel.send(frame(Kind.RETURN, id, reply));
    } catch (error) {
      this.#sendError(id, error);
    }
  }

  async #serveStream(id: number, body: Uint8Array): Promise<void> {
    const outgoing: Outgoing = { credit: 0, cancelled: false, wake: undefined };
    this.#outgoing.set(id, outgoing);
    try {
      const { json } = unpackJson(body) as WithBytes<{ method: string; argument: unknown; credit: number }>;
      const handler = own(this.#handlers.streams ?? {}, json.method) as ((argument: unknown) => AsyncIterable<Uint8Array>) | undefined;
      if (!handler) throw new ProblemError({ code: 'no-such-method', message: `There is no stream ${json.method}.` });
      outgoing.credit += json.credit;
      const producer = handler(json.argument)[Symbol.asyncIterator]();
      for (;;) {
        const next = await nextUnlessCancelled(producer, outgoing);
        if (next === 'cancelled') break;
        if (next.done) {
          this.#channel.send(frame(Kind.END, id, NOTHING));
          return;
        }
        while (outgoing.credit <= 0 && !outgoing.cancelled) {
          await new Promise<void>((wake) => {
            outgoing.wake = wake;
          });
        }
        if (outgoing.cancelled) break;
        outgoing.credit -= next.value.length;
        this.#channel.send(frame(Kind.DATA, id, next.value));
      }
      // Not awaited: a generator that is waiting inside answers `return` only when its wait ends.
      void producer.return?.();
    } catch (error) {
      if (!outgoing.cancelled) this.#sendError(id, error);
    } finally {
      this.#outgoing.delete(id);
    }
  }

  #sendError(id: number, error: unknown): void {
    if (this.#closed) return;
    const { code, message, remedy } = error as { code?: unknown; message?: unknown; remedy?: unknown };
    const problem = { code: typeof code === 'string' ? code : 'failed', message: String(message ?? error), ...(typeof remedy === 'string' && { remedy }) };
    this.#channel.send(frame(Kind.ERROR, id, packJson(problem, NOTHING)));
  }
}

/** A cancelled consumer must end the producer even while that one waits for its next chunk. */
function nextUnlessCancelled(producer: AsyncIterator<Uint8Array>, outgoing: Outgoing): Promise<IteratorResult<Uint8Array> | 'cancelled'> {
  // Not Promise.race with one long-lived promise: each turn would leave a reaction on it for as long as the stream lives.
  return new Promise((resolve, reject) => {
    outgoing.wake = () => outgoing.cancelled && resolve('cancelled');
    if (outgoing.cancelled) resolve('cancelled');
    producer.next().then(resolve, reject);
  });
}

const own = <T>(table: Readonly<Record<string, T>>, key: string): T | undefined => (Object.hasOwn(table, key) ? table[key] : undefined);

const isWithBytes = (value: unknown): value is WithBytes => typeof value === 'object' && value !== null && (value as WithBytes).bytes instanceof Uint8Array;

function frame(kind: number, id: number, body: Uint8Array): Uint8Array {
  const bytes = new Uint8Array(5 + body.length);
  bytes[0] = kind;
  new DataView(bytes.buffer).setUint32(1, id, true);
  bytes.set(body, 5);
  return bytes;
}

function u32(value: number): Uint8Array {
  const bytes = new Uint8Array(4);
  new DataView(bytes.buffer).setUint32(0, value, true);
  return bytes;
}

function packJson(value: unknown, raw: Uint8Array): Uint8Array {
  const json = encoder.encode(JSON.stringify(value ?? null));
  const bytes = new Uint8Array(4 + json.length + raw.length);
  new DataView(bytes.buffer).setUint32(0, json.length, true);
  bytes.set(json, 4);
  bytes.set(raw, 4 + json.length);
  return bytes;
}

function unpackJson(body: Uint8Array): WithBytes {
  const length = new DataView(body.buffer, body.byteOffset, body.byteLength).getUint32(0, true);
  return { json: JSON.parse(decoder.decode(body.subarray(4, 4 + length))), bytes: body.subarray(4 + length) };
}
