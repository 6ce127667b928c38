import { extendedTag, GapReason, padTo8, RecordKind } from '../../protocol/records.ts';
import { DefinitionWriter } from '../definition-writer.ts';
import { DrainState, ProcessWord, RING_HEADER_BYTES, RingFloat, RingWord } from '../ring-layout.ts';
import type { CallSink } from './sampled-calls.ts';

const TWO_32 = 2 ** 32;
const EPOCH_TAG = extendedTag(RecordKind.EPOCH, 0);
/** Without any progress of the drain the sampler waits at most so long, then it drops. */
const STALL_LIMIT_MS = 5000;
/** An epoch goes in front of a record. */
const CALL_UNITS = 2;

/** Writes calls of the past into a ring of the sampler's own: nobody waits for this thread, so it may wait for the drain. */
export class SampledWriter implements CallSink {
  readonly #words: Int32Array;
  readonly #totals: Float64Array;
  readonly #process: Int32Array;
  readonly #u32: Uint32Array;
  readonly #f64: Float64Array;
  readonly #capacity: number;
  readonly #definitions: DefinitionWriter;
  #write = 0;
  #high = -1;
  #lastNs = 0;
  #lost = 0;
  /** Functions of the calls that are open, outermost first. */
  readonly #open: number[] = [];

  constructor(buffer: SharedArrayBuffer, ringBytes: number, process: Int32Array) {
    this.#words = new Int32Array(buffer, 0, RING_HEADER_BYTES / 4);
    this.#totals = new Float64Array(buffer, 0, RING_HEADER_BYTES / 8);
    this.#process = process;
    this.#u32 = new Uint32Array(buffer, RING_HEADER_BYTES, ringBytes / 4);
    this.#f64 = new Float64Array(buffer, RING_HEADER_BYTES, ringBytes / 8);
    this.#capacity = ringBytes / 8;
    this.#definitions = new DefinitionWriter(buffer, ringBytes, (position) => this.#waitFor(RingWord.DEF_READ, position));
  }

  /** See `DefinitionWriter.functions`. */
  functions(first: number, file: string, lines: readonly string[]): boolean {
    return this.#definitions.functions(first, file, lines);
  }

  enter(timeUs: number, id: number): void {
    this.#call(timeUs, id, 0);
    this.#open.push(id);
  }

  exit(timeUs: number, id: number): void {
    this.#open.pop();
    this.#call(timeUs, id, 1);
  }

  /** What has been written is for the drain to take. */
  publish(): void {
    Atomics.store(this.#words, RingWord.WRITE, this.#write);
    Atomics.notify(this.#process, ProcessWord.BELL);
  }

  /** Nothing comes any more. */
  end(): void {
    this.publish();
    Atomics.store(this.#words, RingWord.ENDED, 1);
    Atomics.notify(this.#process, ProcessWord.BELL);
  }

  #call(timeUs: number, id: number, exit: 0 | 1): void {
    const ns = Math.max(this.#lastNs, Math.round(timeUs * 1000));
    this.#lastNs = ns;
    const gapUnits = this.#lost > 0 ? 4 + padTo8(this.#open.length * 4) / 8 : 0;
    if (!this.#room(CALL_UNITS + 1 + gapUnits)) {
      this.#lost++;
      this.#totals[RingFloat.DROPPED] = (this.#totals[RingFloat.DROPPED] as number) + 1;
      return;
    }
    const high = Math.floor(ns / TWO_32);
    if (this.#lost > 0) this.#gap(high, ns % TWO_32);
    if (high !== this.#high) this.#put(high, EPOCH_TAG);
    this.#high = high;
    this.#put(ns % TWO_32, id * 2 + exit);
  }

  /** What is open at this moment, in front of the record that comes next. */
  #gap(high: number, low: number): void {
    const open = this.#open;
    const stackBytes = padTo8(open.length * 4);
    if (high !== this.#high) this.#put(high, EPOCH_TAG);
    this.#high = high;
    this.#put(low, extendedTag(RecordKind.GAP, 24 + stackBytes));
    this.#f64[this.#write++ & (this.#capacity - 1)] = this.#lost;
    this.#put(high, low);
    this.#put(GapReason.RING_FULL, open.length);
    for (let i = 0; i < open.length; i += 2) this.#put(open[i] as number, open[i + 1] ?? 0);
    this.#lost = 0;
  }

  #put(word0: number, word1: number): void {
    const at = (this.#write & (this.#capacity - 1)) * 2;
    this.#u32[at] = word0;
    this.#u32[at + 1] = word1;
    this.#write = (this.#write + 1) | 0;
  }

  #room(units: number): boolean {
    const position = (this.#write + units - this.#capacity) | 0;
    if (((Atomics.load(this.#words, RingWord.READ) - position) | 0) >= 0) return true;
    // After a wait in vain every further record is dropped at once, until the drain gets on.
    if (this.#lost > 0 && Atomics.load(this.#words, RingWord.READ) === this.#stuckAt) return false;
    this.publish();
    return this.#waitFor(RingWord.READ, position);
  }

  #stuckAt = -1;

  #waitFor(word: number, position: number): boolean {
    let seen = Atomics.load(this.#words, word);
    let since = performance.now();
    while (((seen - position) | 0) < 0) {
      if (Atomics.load(this.#process, ProcessWord.STATE) === DrainState.GONE || performance.now() - since > STALL_LIMIT_MS) {
        this.#stuckAt = seen;
        return false;
      }
      Atomics.notify(this.#process, ProcessWord.BELL);
      Atomics.wait(this.#words, word, seen, 5);
      const now = Atomics.load(this.#words, word);
      if (now !== seen) since = performance.now();
      seen = now;
    }
    return true;
  }
}
