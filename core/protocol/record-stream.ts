import { type MonotonicTime, sinceMonotonic } from '../base/time.ts';
import { MAX_OPEN_FRAMES, OPEN_FRAME_WORDS, OpenStack } from './open-stack.ts';
import { BlockType, MAX_BLOCK_BYTES } from './recording-format.ts';
import type { BlockFields } from './recording-writer.ts';
import { EXTENDED_BIT, extendedTag, GapReason, isEvent, padTo8, RecordKind } from './records.ts';

/** A record must fit into a block beside the open stack, and leave room for others. */
const MAX_RECORD_BYTES = MAX_BLOCK_BYTES - 2 * 4 * OPEN_FRAME_WORDS * MAX_OPEN_FRAMES;
const FIRST_CAPACITY = 64 * 1024;
/** A new block has at least this much room behind what it begins with. */
const ROOM_BYTES = 16 * 1024;
/** A block above this is handed over as it is, a smaller one is copied and the buffer kept. */
const HAND_OVER_BYTES = 256 * 1024;

/** Where a stream's blocks go. `events`: how many of its records the user would call an event. */
export type EmitBlock = (fields: BlockFields, payload: Uint8Array, events: number) => void;

/**
 * The records of one thread, arriving in any pieces, cut into DATA blocks of whole records. Walks the record headers for
 * times, counts and the open stack, and never looks into what a record says beyond that.
 */
export class RecordStream {
  readonly #stream: number;
  readonly #start: MonotonicTime;
  readonly #now: () => MonotonicTime;
  readonly #emit: EmitBlock;

  // Records lie from #dataStart to #walked whole, up to #fill as they came. In front of them the open stack.
  #bytes = new Uint8Array(0);
  #words = new Uint32Array(this.#bytes.buffer);
  #dataStart = 0;
  #walked = 0;
  #fill = 0;
  /** Bytes still to come of a record that is too large. */
  #skip = 0;

  #count = 0;
  #events = 0;
  #firstNs = Number.POSITIVE_INFINITY;
  #lastNs = Number.NEGATIVE_INFINITY;
  #blockHigh = 0;
  #blockStackWords = 0;
  #blockUnnamed = 0;
  #droppedAtStart = 0;

  #high = -1;
  readonly #stack = new OpenStack();
  #gaps = 0;
  #tooLarge = 0;
  /** Records lost in the target, as its statistics tell it. */
  droppedInTarget = 0;

  constructor(stream: number, start: MonotonicTime, now: () => MonotonicTime, emit: EmitBlock) {
    this.#stream = stream;
    this.#start = start;
    this.#now = now;
    this.#emit = emit;
  }

  /** Statistics may be ahead of the gap records on their way, or behind: the larger one is the truth. */
  get dropped(): number {
    return Math.max(this.droppedInTarget, this.#gaps) + this.#tooLarge;
  }

  /** Whole records wait for a block. */
  get pending(): boolean {
    return this.#walked > this.#dataStart;
  }

  push(chunk: Uint8Array): void {
    let at = 0;
    while (at < chunk.length) {
      if (this.#skip > 0) {
        const skipped = Math.min(this.#skip, chunk.length - at);
        this.#skip -= skipped;
        at += skipped;
        continue;
      }
      if (this.#fill === this.#bytes.length) this.#makeRoom();
      const taken = Math.min(this.#bytes.length - this.#fill, chunk.length - at);
      this.#bytes.set(taken === chunk.length ? chunk : chunk.subarray(at, at + taken), this.#fill);
      this.#fill += taken;
      at += taken;
      this.#walk();
    }
  }

  /** Ends the block under way, if it holds a whole record. */
  flush(): void {
    if (!this.pending) return;
    if (this.#firstNs === Number.POSITIVE_INFINITY) {
      // Only epochs: they have no time of their own.
      const now = this.#now();
      this.#firstNs = sinceMonotonic(this.#start, now.high, now.low);
      this.#lastNs = this.#firstNs;
    }
    const fields: BlockFields = {
      type: BlockType.DATA,
      stream: this.#stream,
      count: this.#events,
      firstNs: this.#firstNs,
      lastNs: this.#lastNs,
      clockHigh: this.#blockHigh,
      openStackWords: this.#blockStackWords,
      ...(this.#blockUnnamed > 0 && { unnamedFrames: this.#blockUnnamed }),
      droppedBefore: this.#droppedAtStart,
    };
    const events = this.#events;
    const bytes = this.#bytes;
    const whole = this.#walked;
    const handOver = whole >= HAND_OVER_BYTES;
    const payload = handOver ? bytes.subarray(0, whole) : bytes.slice(0, whole);
    this.#begin(bytes.slice(whole, this.#fill), handOver);
    this.#emit(fields, payload, events);
  }

  /** The thread has ended: the beginning of a record that never came whole is left out. */
  end(): void {
    this.flush();
    this.#fill = this.#walked;
    this.#skip = 0;
    this.rest();
  }

  /** Nothing may come for a long time, or ever: holds no memory for it. A target may start thousands of threads, one after the other. */
  rest(): void {
    this.flush();
    if (this.#fill > this.#dataStart || this.#dataStart > 0) return;
    this.#bytes = new Uint8Array(0);
    this.#words = new Uint32Array(0);
  }

  #begin(tail: Uint8Array, newBuffer: boolean): void {
    const stackWords = this.#stack.words;
    const needed = stackWords * 4 + tail.length + ROOM_BYTES;
    let capacity = Math.max(FIRST_CAPACITY, this.#bytes.length);
    while (capacity < needed) capacity *= 2;
    if (newBuffer || capacity > this.#bytes.length) {
      this.#bytes = new Uint8Array(capacity);
      this.#words = new Uint32Array(this.#bytes.buffer);
    }
    this.#stack.write(this.#words);
    this.#blockStackWords = stackWords;
    this.#blockUnnamed = this.#stack.unnamed;
    this.#dataStart = stackWords * 4;
    this.#walked = this.#dataStart;
    this.#bytes.set(tail, this.#dataStart);
    this.#fill = this.#dataStart + tail.length;
    this.#count = 0;
    this.#events = 0;
    this.#firstNs = Number.POSITIVE_INFINITY;
    this.#lastNs = Number.NEGATIVE_INFINITY;
    this.#blockHigh = Math.max(0, this.#high);
    this.#droppedAtStart = this.dropped;
  }

  #makeRoom(): void {
    if (this.#bytes.length < MAX_BLOCK_BYTES) {
      const larger = new Uint8Array(Math.max(FIRST_CAPACITY, 2 * this.#bytes.length));
      larger.set(this.#bytes);
      this.#bytes = larger;
      this.#words = new Uint32Array(larger.buffer);
      return;
    }
    // There is a whole record: none above MAX_RECORD_BYTES is let in.
    this.flush();
  }

  /** Hot: every record of every target passes here. Words of the host's byte order: no big-endian machine runs the studio. */
  #walk(): void {
    const words = this.#words;
    const stack = this.#stack;
    const end = this.#fill >>> 2;
    let i = this.#walked >>> 2;
    let base = this.#high < 0 ? Number.NaN : sinceMonotonic(this.#start, this.#high, 0);
    let first = this.#firstNs;
    let last = this.#lastNs;
    let count = 0;
    let events = 0;
    while (i + 2 <= end) {
      const low = words[i] as number;
      const tag = words[i + 1] as number;
      if (tag < EXTENDED_BIT) {
        if (Number.isNaN(base)) base = this.#guessHigh(low);
        const time = base + low;
        if (time < first) first = time;
        if (time > last) last = time;
        if ((tag & 1) === 0) stack.push(time, tag >>> 1, 0);
        else stack.pop(tag >>> 1, 0);
        i += 2;
        count++;
        events++;
        continue;
      }
      const size = 2 + ((tag >>> 8) & 0x7fffff) * 2;
      const kind = tag & 0xff;
      if (size * 4 > MAX_RECORD_BYTES) {
        this.#walked = i * 4;
        this.#note(first, last, count, events);
        this.#leaveOut(size * 4, low);
        return;
      }
      if (i + size > end) break;
      if (kind === RecordKind.EPOCH) {
        this.#high = low;
        base = sinceMonotonic(this.#start, low, 0);
        if (this.#count + count === 0) this.#blockHigh = low;
      } else {
        if (kind === RecordKind.GAP && size >= 8) {
          // The high word may have changed among the records that were lost.
          this.#high = words[i + 4] as number;
          base = sinceMonotonic(this.#start, this.#high, 0);
          if (this.#count + count === 0) this.#blockHigh = this.#high;
          this.#readGap(i, size, base + low);
        } else if (Number.isNaN(base)) base = this.#guessHigh(low);
        const time = base + low;
        // A slice is recorded at its end: the block's range covers all of it.
        if (kind === RecordKind.SLICE && size >= 8) {
          const from = time - float64(words, i + 4);
          if (from >= 0 && from < first) first = from;
        }
        if (time < first) first = time;
        if (time > last) last = time;
        if (kind >= RecordKind.CALL_BEGIN && kind <= RecordKind.CALL_END && size >= 4) {
          if (kind === RecordKind.CALL_BEGIN || kind === RecordKind.CALL_RESUME) stack.push(time, words[i + 2] as number, words[i + 3] as number);
          else stack.pop(words[i + 2] as number, words[i + 3] as number);
        }
        if (isEvent(kind)) events++;
      }
      i += size;
      count++;
    }
    this.#walked = i * 4;
    this.#note(first, last, count, events);
  }

  #note(first: number, last: number, count: number, events: number): void {
    this.#firstNs = first;
    this.#lastNs = last;
    this.#count += count;
    this.#events += events;
  }

  #readGap(i: number, size: number, time: number): void {
    const words = this.#words;
    this.#gaps += Math.max(0, float64(words, i + 2)) || 0;
    const told = Math.min(words[i + 7] as number, size - 8);
    this.#stack.replace(words.subarray(i + 8, i + 8 + told), time);
  }

  /** A stream that does not begin with an epoch: the high word that puts its time nearest to now. */
  #guessHigh(low: number): number {
    const now = this.#now();
    this.#high = low > now.low + 2 ** 31 ? now.high - 1 : now.high;
    if (this.#count === 0) this.#blockHigh = this.#high;
    return sinceMonotonic(this.#start, this.#high, 0);
  }

  /** In place of a record that no block can hold stands a gap of one. */
  #leaveOut(bytes: number, low: number): void {
    this.#skip = bytes - (this.#fill - this.#walked);
    const beyond = this.#skip < 0 ? this.#bytes.slice(this.#fill + this.#skip, this.#fill) : undefined;
    this.#skip = Math.max(0, this.#skip);
    this.#fill = this.#walked;
    this.#tooLarge++;
    this.#gaps--;
    const high = this.#high < 0 ? this.#now().high : this.#high;
    const skip = this.#skip;
    this.#skip = 0;
    this.push(encodeGap(1, high, low, GapReason.RECORD_TOO_LARGE, this.#stack.functions));
    this.#skip = skip;
    if (beyond) this.push(beyond);
  }
}

const FLOAT = new Float64Array(1);
const FLOAT_WORDS = new Uint32Array(FLOAT.buffer);
function float64(words: Uint32Array, at: number): number {
  FLOAT_WORDS[0] = words[at] as number;
  FLOAT_WORDS[1] = words[at + 1] as number;
  return FLOAT[0] as number;
}

export function encodeGap(lost: number, high: number, low: number, reason: number, stack: Uint32Array): Uint8Array {
  const payloadBytes = 24 + padTo8(stack.length * 4);
  const bytes = new Uint8Array(8 + payloadBytes);
  const view = new DataView(bytes.buffer);
  view.setUint32(0, low, true);
  view.setUint32(4, extendedTag(RecordKind.GAP, payloadBytes), true);
  view.setFloat64(8, lost, true);
  view.setUint32(16, high, true);
  view.setUint32(20, low, true);
  view.setUint32(24, reason, true);
  view.setUint32(28, stack.length, true);
  for (let i = 0; i < stack.length; i++) view.setUint32(32 + i * 4, stack[i] as number, true);
  return bytes;
}
