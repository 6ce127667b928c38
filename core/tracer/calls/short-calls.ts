import { EXTENDED_BIT, RecordKind } from '../../protocol/records.ts';

const WORDS = 2;
const HIGH = 2 ** 32;

/** A call that is open: where its enter stands in what is held, or -1 once that has been given on. */
interface Open {
  readonly key: number;
  readonly timeNs: number;
  at: number;
}

/**
 * Leaves calls that were shorter than a limit out of a thread's records; nothing else is changed. An enter is held until its call has
 * lasted as long, with all that follows it, so that the order stays; what is left out has neither enter nor exit, nor its arguments
 * and result. Calls within a short one are shorter. What async functions and generators do is left as it is.
 */
export class ShortCalls {
  readonly #minNs: number;
  #held = new Uint32Array(16 * 1024);
  #fill = 0;
  #carry: Buffer = Buffer.alloc(0);
  readonly #open: Open[] = [];
  #high = 0;
  #lastNs = 0;
  /** Bytes that have been given on. */
  sentBytes = 0;

  constructor(minNs: number) {
    this.#minNs = minNs;
  }

  /** Takes records, in any pieces; gives those that are certain to stay. */
  push(pieces: readonly Buffer[]): Buffer {
    for (const piece of pieces) this.#take(piece);
    return this.#give(this.#firstHeld(this.#lastNs));
  }

  /** Nothing may have come for a while: gives what has lasted long enough by now. */
  look(nowNs: bigint): Buffer {
    return this.#give(this.#firstHeld(Number(nowNs)));
  }

  /** Nothing comes any more. */
  end(): Buffer {
    return this.#give(this.#fill);
  }

  #take(piece: Buffer): void {
    const bytes = this.#carry.length === 0 ? piece : Buffer.concat([this.#carry, piece]);
    const whole = bytes.byteOffset % 4 === 0 ? bytes : Buffer.from(bytes);
    const words = new Uint32Array(whole.buffer, whole.byteOffset, whole.length >>> 2);
    let at = 0;
    while (at + WORDS <= words.length) {
      const tag = words[at + 1] as number;
      const size = tag < EXTENDED_BIT ? WORDS : WORDS + ((tag >>> 8) & 0x7fffff) * 2;
      if (at + size > words.length) break;
      this.#record(words, at, size, tag);
      at += size;
    }
    this.#carry = Buffer.from(whole.subarray(at * 4));
  }

  #record(words: Uint32Array, at: number, size: number, tag: number): void {
    const low = words[at] as number;
    if (tag >= EXTENDED_BIT) {
      this.#extended(words, at, size, tag & 0xff);
      return;
    }
    const timeNs = this.#high * HIGH + low;
    this.#lastNs = timeNs;
    if ((tag & 1) === 0) {
      this.#open.push({ key: tag >>> 1, timeNs, at: this.#fill });
      this.#append(words, at, size);
      return;
    }
    const call = this.#close(tag >>> 1);
    if (!call || call.at < 0 || timeNs - call.timeNs >= this.#minNs) this.#append(words, at, size);
    else this.#leaveOut(call.at);
  }

  #extended(words: Uint32Array, at: number, size: number, kind: number): void {
    if (kind === RecordKind.EPOCH) this.#high = words[at] as number;
    else if (kind === RecordKind.GAP && size >= 8) {
      this.#high = words[at + 4] as number;
      // The records after it go by the stack that it tells: nothing before it is taken out any more.
      this.#open.length = 0;
      for (let i = 0; i < Math.min(words[at + 7] as number, size - 8); i++) this.#open.push({ key: words[at + 8 + i] as number, timeNs: 0, at: -1 });
    }
    if (kind !== RecordKind.EPOCH) this.#lastNs = this.#high * HIGH + (words[at] as number);
    if (kind === RecordKind.CALL_BEGIN || kind === RecordKind.CALL_RESUME) this.#open.push({ key: runKey(words, at), timeNs: 0, at: -1 });
    else if (kind === RecordKind.CALL_SUSPEND || kind === RecordKind.CALL_END) this.#close(runKey(words, at));
    this.#append(words, at, size);
  }

  /** Takes the call off the stack, with what is above it. */
  #close(key: number): Open | undefined {
    for (let at = this.#open.length - 1; at >= 0; at--) {
      const call = this.#open[at] as Open;
      if (call.key !== key) continue;
      this.#open.length = at;
      return call;
    }
    return undefined;
  }

  #append(words: Uint32Array, at: number, size: number): void {
    if (this.#fill + size > this.#held.length) {
      const larger = new Uint32Array(Math.max(2 * this.#held.length, this.#fill + size));
      larger.set(this.#held.subarray(0, this.#fill));
      this.#held = larger;
    }
    for (let i = 0; i < size; i++) this.#held[this.#fill + i] = words[at + i] as number;
    this.#fill += size;
  }

  /** The enter at `from`, the arguments behind it, and the result at the end. */
  #leaveOut(from: number): void {
    const held = this.#held;
    let last = from;
    let previous = from;
    for (let at = from; at < this.#fill; at += sizeAt(held, at)) {
      previous = last;
      last = at;
    }
    if (last > from && kindAt(held, last) === RecordKind.CALL_RESULT) {
      this.#fill = last;
      last = previous;
    }
    let end = from + WORDS;
    if (end < this.#fill && kindAt(held, end) === RecordKind.CALL_ARGUMENTS) end += sizeAt(held, end);
    if (end === this.#fill) {
      this.#fill = from;
      return;
    }
    held.copyWithin(from, end, this.#fill);
    this.#fill -= end - from;
  }

  /** Where the first enter stands that may still be left out. */
  #firstHeld(nowNs: number): number {
    for (const call of this.#open) if (call.at >= 0 && nowNs - call.timeNs < this.#minNs) return call.at;
    return this.#fill;
  }

  #give(to: number): Buffer {
    if (to === 0) return Buffer.alloc(0);
    const given = Buffer.from(this.#held.slice(0, to).buffer);
    this.#held.copyWithin(0, to, this.#fill);
    this.#fill -= to;
    for (const call of this.#open) call.at = call.at < to ? -1 : call.at - to;
    this.sentBytes += given.length;
    return given;
  }
}

const sizeAt = (words: Uint32Array, at: number): number => {
  const tag = words[at + 1] as number;
  return tag < EXTENDED_BIT ? WORDS : WORDS + ((tag >>> 8) & 0x7fffff) * 2;
};
const kindAt = (words: Uint32Array, at: number): number => {
  const tag = words[at + 1] as number;
  return tag < EXTENDED_BIT ? 0 : tag & 0xff;
};
/** Of a run: apart from the functions of plain calls. */
const runKey = (words: Uint32Array, at: number): number => (words[at + 2] as number) * HIGH + (words[at + 3] as number);
