import { extendedTag, isExtended, kindOf, padTo8, RecordKind, recordBytes } from '../protocol/records.ts';
import { DefinitionBuffer } from './definition-buffer.ts';
import { OpenFrames } from './open-frames.ts';

/** Small enough that reading one block again is quick, large enough that headers cost nothing. */
export const BLOCK_TARGET_BYTES = 256 * 1024;
const FIRST_BUFFER_BYTES = 4096;
const FIRST_RECORDS = 64;
export const WORD = 2 ** 32;
/** First value of a field that will hold doubles: V8 lays out objects by it, and a later change of that throws away all hot code. */
export const DOUBLE = Number.NaN;

export interface DataBlock {
  readonly payload: Uint8Array;
  readonly count: number;
  readonly firstHigh: number;
  readonly firstLow: number;
  readonly lastHigh: number;
  readonly lastLow: number;
  readonly droppedBefore: number;
  /** Nanoseconds by which the earliest slice begins before the first record. */
  readonly startsBefore: number;
  /** Calls that are open before the first record. */
  readonly open: OpenFrames | undefined;
}

/** Memory that records lie in: one buffer in three views. */
export interface RecordSource {
  readonly bytes: Uint8Array;
  readonly words: Int32Array;
  readonly numbers: Float64Array;
}

/** Records of one thread that are not in a block yet, without EPOCH records: those are put in when the block is sealed. */
export class StreamBuffer {
  bytes = new Uint8Array(0);
  words = new Uint32Array(0);
  doubles = new Float64Array(0);
  length = 0;
  /** Records, and those of them that are no events. */
  count = 0;
  others = 0;
  /** Payload of the record that was added last. */
  at = 0;
  leastHigh = Number.POSITIVE_INFINITY;
  greatestHigh = Number.NEGATIVE_INFINITY;
  readonly definitions = new DefinitionBuffer();
  lastFunction = 0;
  lost = 0;
  readonly strings = new Map<string, number>();
  #lostBefore = 0;
  #offsets = new Uint32Array(0);
  #highs = new Uint32Array(0);
  #ordered = true;
  #lastHigh = 0;
  #lastLow = DOUBLE;
  #firstHigh = 0;
  /** Least start of a slice, in ns since the word `#firstHigh`. */
  #leastStart = Number.POSITIVE_INFINITY;
  #frames: OpenFrames | undefined;
  #framesBefore: OpenFrames | undefined;

  get allocatedBytes(): number {
    return this.bytes.length + this.#offsets.length * 8;
  }

  add(high: number, low: number, bytes: number): void {
    this.#reserve(this.length + bytes, this.count + 1);
    if (this.count === 0) this.#firstHigh = high;
    else if (high < this.#lastHigh || (high === this.#lastHigh && low < this.#lastLow)) this.#ordered = false;
    this.#lastHigh = high;
    if (high < this.leastHigh) this.leastHigh = high;
    if (high > this.greatestHigh) this.greatestHigh = high;
    this.#append(high, low, bytes);
  }

  /** The same where it is the plain case: there is room, and the high word of the clock is that of the record before. Hot. */
  addNext(high: number, low: number, bytes: number): boolean {
    if (high !== this.#lastHigh || this.count === 0 || this.count === this.#offsets.length) return false;
    const length = this.length + bytes;
    if (length > this.bytes.length || length > BLOCK_TARGET_BYTES) return false;
    if (low < this.#lastLow) this.#ordered = false;
    this.#append(high, low, bytes);
    return true;
  }

  /** Whether so many records of so many bytes go into the same block; then there is room for them. */
  makeRoom(high: number, bytes: number, count: number): boolean {
    if (high !== this.#lastHigh || this.count === 0 || this.length + bytes > BLOCK_TARGET_BYTES) return false;
    this.#reserve(this.length + bytes, this.count + count);
    return true;
  }

  /** As `addNext` and `noteStart` for each of them. Hot. */
  addSlices(high: number, source: RecordSource, from: number, to: number, count: number): void {
    const { words, numbers } = source;
    const offsets = this.#offsets;
    const offset = this.length - from;
    const before = (high - this.#firstHigh) * WORD;
    let { count: record } = this;
    let last = this.#lastLow;
    for (let at = from; at < to; at += recordBytes(words[(at >>> 2) + 1] as number)) {
      const low = (words[at >>> 2] as number) >>> 0;
      if (low < last) this.#ordered = false;
      last = low;
      offsets[record++] = offset + at;
      const start = before + low - (numbers[(at >>> 3) + 2] as number);
      if (start < this.#leastStart) this.#leastStart = start;
    }
    this.#lastLow = last;
    this.#highs.fill(high, this.count, record);
    this.bytes.set(source.bytes.subarray(from, to), this.length);
    this.count += count;
    this.length += to - from;
  }

  #append(high: number, low: number, bytes: number): void {
    this.#lastLow = low;
    this.#offsets[this.count] = this.length;
    this.#highs[this.count] = high;
    this.count++;
    this.at = this.length + 8;
    // Padding at the record's end must be zeros whatever was there before.
    this.doubles[((this.length + bytes) >>> 3) - 1] = 0;
    this.length += bytes;
  }

  /** Of the record that was added last: a slice. */
  noteStart(endHigh: number, endLow: number, durationNs: number): void {
    const start = (endHigh - this.#firstHigh) * WORD + endLow - durationNs;
    if (start < this.#leastStart) this.#leastStart = start;
  }

  /** The calls that are open. A stream that asks for them has calls. */
  openFrames(): OpenFrames {
    this.#frames ??= new OpenFrames();
    return this.#frames;
  }

  openBefore(calls: Iterable<{ readonly high: number; readonly low: number; readonly functionId: number; readonly call: number }>): void {
    for (const { high, low, functionId, call } of calls) this.openFrames().push(high, low, functionId, call);
    this.#framesBefore = this.openFrames().copy();
  }

  /** Of the record that was added last, whatever it is. */
  noteCopied(high: number, low: number, tag: number): void {
    const w = this.at >>> 2;
    if (!isExtended(tag)) {
      if ((tag & 1) === 0) this.openFrames().push(high, low, tag >>> 1, 0);
      else this.openFrames().pop(tag >>> 1, 0);
      return;
    }
    switch (kindOf(tag)) {
      case RecordKind.SLICE:
        if (recordBytes(tag) >= 32) this.noteStart(high, low, this.doubles[(this.at + 8) >>> 3] as number);
        return;
      case RecordKind.CALL_BEGIN:
      case RecordKind.CALL_RESUME:
        this.openFrames().push(high, low, this.words[w] as number, this.words[w + 1] as number);
        return;
      case RecordKind.CALL_SUSPEND:
      case RecordKind.CALL_END:
        this.openFrames().pop(this.words[w] as number, this.words[w + 1] as number);
        return;
      case RecordKind.GAP: {
        this.words[w + 2] = high;
        this.words[w + 3] = low;
        const functions = this.words.subarray(w + 6, w + 6 + (this.words[w + 5] as number));
        this.openFrames().replace(functions, high, low);
        return;
      }
      default:
    }
  }

  seal(): DataBlock {
    const order = this.#ordered ? undefined : this.#sorted();
    const first = order === undefined ? 0 : (order[0] as number);
    const last = order === undefined ? this.count - 1 : (order[this.count - 1] as number);
    const block = {
      payload: this.leastHigh === this.greatestHigh && order === undefined ? this.bytes.slice(0, this.length) : this.#arranged(order),
      count: this.count - this.others,
      firstHigh: this.#highs[first] as number,
      firstLow: this.words[(this.#offsets[first] as number) >>> 2] as number,
      lastHigh: this.#highs[last] as number,
      lastLow: this.words[(this.#offsets[last] as number) >>> 2] as number,
      droppedBefore: this.#lostBefore,
      startsBefore: 0,
      open: this.#framesBefore,
    };
    const firstRecord = (block.firstHigh - this.#firstHigh) * WORD + block.firstLow;
    if (this.#leastStart < firstRecord) Object.assign(block, { startsBefore: firstRecord - this.#leastStart });
    this.#leastStart = Number.POSITIVE_INFINITY;
    this.#framesBefore = this.#frames?.copy();
    this.#lostBefore = this.lost;
    this.length = 0;
    this.count = 0;
    this.others = 0;
    this.#ordered = true;
    this.leastHigh = Number.POSITIVE_INFINITY;
    this.greatestHigh = Number.NEGATIVE_INFINITY;
    // A record near the block limit leaves a large buffer behind: not kept.
    if (this.bytes.length > BLOCK_TARGET_BYTES) this.release();
    return block;
  }

  release(): void {
    this.#use(new Uint8Array(0));
    this.#offsets = new Uint32Array(0);
    this.#highs = new Uint32Array(0);
  }

  /** How much is allocated depends on what is needed alone, not on the steps to there. */
  #reserve(length: number, count: number): void {
    if (length > this.bytes.length) {
      const grown = new Uint8Array(length > BLOCK_TARGET_BYTES ? padTo8(length) : Math.max(FIRST_BUFFER_BYTES, powerOfTwo(length)));
      grown.set(this.bytes.subarray(0, this.length));
      this.#use(grown);
    }
    if (count > this.#offsets.length) {
      const room = Math.max(FIRST_RECORDS, powerOfTwo(count));
      this.#offsets = enlarged(this.#offsets, room);
      this.#highs = enlarged(this.#highs, room);
    }
  }

  #use(bytes: Uint8Array<ArrayBuffer>): void {
    this.bytes = bytes;
    this.words = new Uint32Array(bytes.buffer);
    this.doubles = new Float64Array(bytes.buffer);
  }

  /** Numbers of the records by time; equal times stay in the order in which they came. */
  #sorted(): Uint32Array {
    const { count } = this;
    // Most are in order: those that are earlier than one before them are taken out, sorted, and put in between again.
    const times = new Float64Array(count);
    const late = new Uint32Array(count);
    let lates = 0;
    let latest = Number.NEGATIVE_INFINITY;
    for (let record = 0; record < count; record++) {
      const time = this.#timeOf(record);
      times[record] = time;
      if (time < latest) late[lates++] = record;
      else latest = time;
    }
    const sorted = late.subarray(0, lates);
    this.#sort(sorted, times);
    const order = new Uint32Array(count);
    let next = 0;
    let to = 0;
    latest = Number.NEGATIVE_INFINITY;
    for (let record = 0; record < count; record++) {
      const time = times[record] as number;
      if (time < latest) continue;
      latest = time;
      for (; next < lates; next++) {
        const other = sorted[next] as number;
        const otherTime = times[other] as number;
        if (otherTime > time || (otherTime === time && other > record)) break;
        order[to++] = other;
      }
      order[to++] = record;
    }
    order.set(sorted.subarray(next), to);
    return order;
  }

  /** Numbers of records, which ascend, by time. */
  #sort(records: Uint32Array, times: Float64Array): void {
    const { count } = this;
    const span = (this.greatestHigh - this.leastHigh + 1) * WORD;
    if (span * count > Number.MAX_SAFE_INTEGER) {
      records.sort((a, b) => (times[a] as number) - (times[b] as number) || a - b);
      return;
    }
    // Time and number in one double: sorting doubles without a comparison function is ten times faster.
    const keys = new Float64Array(records.length);
    for (let i = 0; i < keys.length; i++) keys[i] = (times[records[i] as number] as number) * count + (records[i] as number);
    keys.sort();
    for (let i = 0; i < keys.length; i++) records[i] = (keys[i] as number) % count;
  }

  #timeOf(record: number): number {
    return ((this.#highs[record] as number) - this.leastHigh) * WORD + (this.words[(this.#offsets[record] as number) >>> 2] as number);
  }

  /** The records in order, with an EPOCH record wherever the high word of the clock changes. */
  #arranged(order: Uint32Array | undefined): Uint8Array {
    const changes = this.count > 0 ? this.#countChanges(order) : 0;
    const out = new Uint8Array(this.length + changes * 8);
    const words = new Uint32Array(out.buffer);
    let at = 0;
    let high = -1;
    for (let i = 0; i < this.count; ) {
      const record = order === undefined ? i : (order[i] as number);
      if (this.#highs[record] !== high) {
        // The first one is in the block's header.
        if (high >= 0) {
          words[at >>> 2] = this.#highs[record] as number;
          words[(at >>> 2) + 1] = extendedTag(RecordKind.EPOCH, 0);
          at += 8;
        }
        high = this.#highs[record] as number;
      }
      // Hot for unordered traces, which are in order nearly everywhere: runs of records are copied as one.
      let last = record;
      for (i++; i < this.count && this.#highs[last + 1] === high && (order === undefined ? i : order[i]) === last + 1; i++) last++;
      const from = this.#offsets[record] as number;
      const to = last + 1 < this.count ? (this.#offsets[last + 1] as number) : this.length;
      if (to - from > 256) out.set(this.bytes.subarray(from, to), at);
      else for (let w = from >>> 2, t = at >>> 2; w < to >>> 2; w++, t++) words[t] = this.words[w] as number;
      at += to - from;
    }
    return out;
  }

  #countChanges(order: Uint32Array | undefined): number {
    let changes = 0;
    for (let i = 1; i < this.count; i++) {
      const previous = order === undefined ? i - 1 : (order[i - 1] as number);
      if (this.#highs[order === undefined ? i : (order[i] as number)] !== this.#highs[previous]) changes++;
    }
    return changes;
  }
}

/** The least one that is not less. */
const powerOfTwo = (value: number): number => 2 ** (32 - Math.clz32(value - 1));

function enlarged(list: Uint32Array, room: number): Uint32Array<ArrayBuffer> {
  const grown = new Uint32Array(room);
  grown.set(list);
  return grown;
}
