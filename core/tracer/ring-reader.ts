import { SAMPLED_THREADS } from '../protocol/sampling.ts';
import type { ThreadHello, ThreadStats } from '../protocol/target-wire.ts';
import { ShortCalls } from './calls/short-calls.ts';
import { DEFINITION_RING_BYTES, type DrainMessage, functionTable, RING_HEADER_BYTES, RingFloat, RingWord } from './ring-layout.ts';

/** Bytes of records that one frame carries at most. */
const MAX_SLICE_BYTES = 1024 * 1024;

/** What lies between two positions of a ring: one piece, or two around its end. They are views of the ring, no copies. */
export interface RingSlice {
  readonly pieces: readonly Buffer[];
  readonly bytes: number;
  readonly units: number;
}

const NOTHING = Buffer.alloc(0);

/** The drain's end of one thread's rings. */
export class RingReader {
  readonly hello: ThreadHello;
  /** The thread is known to be gone: what the rings hold is the last. */
  ended = false;
  /** THREAD has been sent. */
  greeted = false;
  /** A frame is under way. */
  busy = false;
  /** When it was begun, by `performance.now()`. */
  busySince = 0;
  /** Where the thread's calls are recorded. */
  readonly functions: Uint8Array | undefined;
  /** What its records pass through on their way, if calls that are too short are left out. */
  readonly shortCalls: ShortCalls | undefined;
  /** Its calls are of the past: what has lasted until now is told by what comes next. */
  readonly #isSampled: boolean;
  readonly #words: Int32Array;
  readonly #totals: Float64Array;
  readonly #data: Ring;
  readonly #definitions: Ring;
  #told = '';

  constructor(ring: Extract<DrainMessage, { kind: 'ring' }>, minDurationNs = 0) {
    const { buffer, thread, name, ringBytes } = ring;
    this.functions = functionTable(ring);
    this.#isSampled = thread >= SAMPLED_THREADS;
    this.shortCalls = (this.functions || this.#isSampled) && minDurationNs > 0 ? new ShortCalls(minDurationNs) : undefined;
    this.hello = { thread, name, ringBytes };
    this.#words = new Int32Array(buffer, 0, RING_HEADER_BYTES / 4);
    this.#totals = new Float64Array(buffer, 0, RING_HEADER_BYTES / 8);
    this.#data = new Ring(buffer, RING_HEADER_BYTES, ringBytes, this.#words, RingWord.WRITE, RingWord.READ);
    this.#definitions = new Ring(buffer, RING_HEADER_BYTES + ringBytes, DEFINITION_RING_BYTES, this.#words, RingWord.DEF_WRITE, RingWord.DEF_READ);
    Atomics.store(this.#words, RingWord.ATTACHED, 1);
    Atomics.notify(this.#words, RingWord.ATTACHED);
  }

  /** What has been held back and is not too short any more; undefined where nothing is left out. */
  lastingCalls(nowNs: bigint): Buffer | undefined {
    return this.#isSampled ? this.shortCalls && NOTHING : this.shortCalls?.look(nowNs);
  }

  /** Position up to which records are whole at this moment. */
  get written(): number {
    return Atomics.load(this.#words, RingWord.WRITE);
  }
  get read(): number {
    return Atomics.load(this.#words, RingWord.READ);
  }
  get empty(): boolean {
    return this.#data.pending === 0 && this.#definitions.pending === 0;
  }
  /** How full the ring of records is, from 0 to 1. */
  get fill(): number {
    return (this.#data.pending * 8) / this.hello.ringBytes;
  }
  get saysEnded(): boolean {
    return Atomics.load(this.#words, RingWord.ENDED) === 1;
  }

  /** Bytes of the stream of records as the socket has taken it. */
  get streamSent(): number {
    return this.shortCalls?.sentBytes ?? this.dataSent;
  }
  /** Bytes of the two rings that the socket has taken. In the shared memory, so that they outlive the drain. */
  get dataSent(): number {
    return this.#totals[RingFloat.DATA_SENT] as number;
  }
  get definitionsSent(): number {
    return this.#totals[RingFloat.DEFINITIONS_SENT] as number;
  }

  /** Definitions first: the records were looked at before them, so whatever these use has been written. */
  next(): { readonly data: RingSlice; readonly definitions: RingSlice } {
    const data = this.#data.slice(MAX_SLICE_BYTES);
    return { data, definitions: this.#definitions.slice(DEFINITION_RING_BYTES) };
  }

  /** The slices are with the kernel, or in the spill file: the thread may write there again. */
  confirm({ data, definitions }: { readonly data: RingSlice; readonly definitions: RingSlice }): void {
    this.#totals[RingFloat.DATA_SENT] = this.dataSent + data.bytes;
    this.#totals[RingFloat.DEFINITIONS_SENT] = this.definitionsSent + definitions.bytes;
    this.#definitions.advance(definitions.units);
    this.#data.advance(data.units);
  }

  /** The totals if they differ from those that were told last. */
  changedStats(): ThreadStats | undefined {
    const stats: ThreadStats = {
      thread: this.hello.thread,
      dropped: this.#totals[RingFloat.DROPPED] as number,
      stalls: this.#totals[RingFloat.STALLS] as number,
      stallNs: this.#totals[RingFloat.STALL_NS] as number,
    };
    const text = `${stats.dropped} ${stats.stalls}`;
    if (text === this.#told || (this.#told === '' && text === '0 0')) return undefined;
    this.#told = text;
    return stats;
  }
}

/** What one ring holds at a moment: whole records from the position (in units) that the drain had reached. */
export interface PeekedRing {
  readonly from: number;
  readonly bytes: Buffer;
}

/**
 * A copy of what the drain has not taken yet, beside the drain: positions do not move. Records were looked at before definitions.
 * Of another thread's ring the beginning may have been overwritten meanwhile: what the drain has confirmed by then is not good.
 */
export function peekRing({ buffer, ringBytes }: Extract<DrainMessage, { kind: 'ring' }>): { readonly data: PeekedRing; readonly definitions: PeekedRing } {
  const words = new Int32Array(buffer, 0, RING_HEADER_BYTES / 4);
  const peek = (offset: number, bytes: number, write: number, read: number): PeekedRing => {
    const from = Atomics.load(words, read);
    return { from, bytes: Buffer.concat(new Ring(buffer, offset, bytes, words, write, read).slice(bytes).pieces) };
  };
  const data = peek(RING_HEADER_BYTES, ringBytes, RingWord.WRITE, RingWord.READ);
  return { data, definitions: peek(RING_HEADER_BYTES + ringBytes, DEFINITION_RING_BYTES, RingWord.DEF_WRITE, RingWord.DEF_READ) };
}

/** The drain has taken all that was written into it. */
export function isTaken({ buffer }: Extract<DrainMessage, { kind: 'ring' }>): boolean {
  const words = new Int32Array(buffer, 0, RING_HEADER_BYTES / 4);
  const same = (write: number, read: number): boolean => Atomics.load(words, write) === Atomics.load(words, read);
  return same(RingWord.WRITE, RingWord.READ) && same(RingWord.DEF_WRITE, RingWord.DEF_READ);
}

class Ring {
  readonly #buffer: SharedArrayBuffer;
  readonly #offset: number;
  readonly #bytes: number;
  readonly #words: Int32Array;
  readonly #write: number;
  readonly #read: number;

  constructor(buffer: SharedArrayBuffer, offset: number, bytes: number, words: Int32Array, write: number, read: number) {
    this.#buffer = buffer;
    this.#offset = offset;
    this.#bytes = bytes;
    this.#words = words;
    this.#write = write;
    this.#read = read;
  }

  get pending(): number {
    return (Atomics.load(this.#words, this.#write) - Atomics.load(this.#words, this.#read)) | 0;
  }

  slice(maxBytes: number): RingSlice {
    const units = Math.min(this.pending, maxBytes / 8);
    const bytes = units * 8;
    if (bytes === 0) return { pieces: [], bytes, units };
    const from = (Atomics.load(this.#words, this.#read) * 8) & (this.#bytes - 1);
    const first = Math.min(bytes, this.#bytes - from);
    const pieces = [Buffer.from(this.#buffer, this.#offset + from, first)];
    if (first < bytes) pieces.push(Buffer.from(this.#buffer, this.#offset, bytes - first));
    return { pieces, bytes, units };
  }

  advance(units: number): void {
    if (units === 0) return;
    Atomics.add(this.#words, this.#read, units);
    Atomics.notify(this.#words, this.#read);
  }
}
