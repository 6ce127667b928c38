/**
 * The clock of a trace in microseconds, on its way into the two words of a recording's. Times are kept as nanoseconds since the first one that was
 * seen, which a double holds exactly for 104 days; what lies further away goes by the words themselves.
 */
import { type MonotonicTime, splitMonotonic } from '../base/time.ts';
import { knownEpoch } from './decimal-time.ts';
import type { RecordingBuilder } from './record-writer.ts';
import type { RecordingStart } from './sealed-blocks.ts';

const WORD = 2 ** 32;
const PER_WORD = 2 ** -32;
/** Blocks that wait for time 0 to be known. */
const MAX_WAITING_BYTES = 16 * 1024 * 1024;
/** Beyond 2^63 ns no clock of any tool has gone. */
const MAX_HIGH = 2 ** 31;
/** In words of the clock: nearer times, and what began 2^52 ns before them, are exact as doubles since the first time. */
const NEAR = 2 ** 20;

/** For a field that will hold doubles: V8 lays out objects by what they held first, and a later change of it throws away all hot code. */
const DOUBLE = Number.NaN;

export class ImportClock {
  /** The time that was set last, in words, and in ns since the first time. */
  high = 0;
  low = DOUBLE;
  /** The same for the end of what takes time. */
  endHigh = 0;
  endLow = DOUBLE;
  relativeNs = DOUBLE;
  /** Times before time 0 of the recording. */
  beforeStart = 0;
  readonly #builder: RecordingBuilder;
  readonly #firstEvents: number;
  #originMicros = Number.NaN;
  #originHigh = 0;
  #originLow = DOUBLE;
  #timed = 0;
  #leastNs = Number.POSITIVE_INFINITY;
  #leastHigh = 0;
  #leastLow = DOUBLE;
  #greatestNs = Number.NEGATIVE_INFINITY;
  #greatestHigh = 0;
  #greatestLow = DOUBLE;
  #startRelativeNs = DOUBLE;
  #start: MonotonicTime | undefined;
  /** What is the epoch at zero of the trace's clock, as far as it is known. */
  baseTimeNs: bigint | undefined;
  headHasEpoch = false;

  /** Time 0 of the recording is `start`, or the least time of the first `firstEvents`. */
  constructor(builder: RecordingBuilder, firstEvents: number, start?: RecordingStart) {
    this.#builder = builder;
    this.#firstEvents = firstEvents;
    this.low = this.endLow = this.relativeNs = 0;
    this.#originLow = this.#leastLow = this.#greatestLow = this.#startRelativeNs = 0;
    if (start === undefined) return;
    this.#setOrigin(start.monotonicNs);
    this.#startAt(start, true);
  }

  #setOrigin(monotonicNs: bigint): void {
    this.#originMicros = Number(monotonicNs / 1000n);
    const { high, low } = splitMonotonic(BigInt(this.#originMicros) * 1000n);
    this.#originHigh = high;
    this.#originLow = low;
  }

  /** Whole microseconds and nanoseconds, up to 15 digits and 1000. Hot. */
  set(micros: number, nanos: number): void {
    const ns = (micros - this.#originMicros) * 1000 + nanos;
    if (ns <= Number.MAX_SAFE_INTEGER && ns >= Number.MIN_SAFE_INTEGER) {
      this.relativeNs = ns;
      const low = this.#originLow + ns;
      const carry = Math.floor(low / WORD);
      this.high = this.#originHigh + carry;
      this.low = low - carry * WORD;
    } else this.#setFar(micros, nanos);
  }

  /** The first time, or one that is more than 104 days from it. */
  #setFar(micros: number, nanos: number): void {
    // micros * 1000 + nanos in two words: each product stays below 2^53.
    const microsHigh = Math.floor(micros / WORD);
    const low = (micros - microsHigh * WORD) * 1000 + nanos;
    const carry = Math.floor(low / WORD);
    this.setWords(microsHigh * 1000 + carry, low - carry * WORD);
  }

  /** A time that was not written plainly. */
  setWords(high: number, low: number): void {
    if (Number.isNaN(this.#originMicros)) this.#setOrigin((BigInt(high) << 32n) + BigInt(low));
    this.high = high;
    this.low = low;
    this.relativeNs = (high - this.#originHigh) * WORD + (low - this.#originLow);
  }

  /** The end of what lasts so long. False: no clock goes there. Hot. */
  setEnd(durationNs: number): boolean {
    const low = this.low + durationNs;
    if (low < WORD) {
      this.endHigh = this.high;
      this.endLow = low;
      return true;
    }
    if (durationNs > Number.MAX_SAFE_INTEGER) return false;
    const durationHigh = Math.floor(durationNs / WORD);
    this.endHigh = this.high + durationHigh;
    this.endLow = this.low + (durationNs - durationHigh * WORD);
    if (this.endLow >= WORD) {
      this.endLow -= WORD;
      this.endHigh++;
    }
    return this.endHigh < MAX_HIGH;
  }

  /** An event was taken in, from the time that was set last on, for `durationNs`. Hot. */
  note(durationNs: number): void {
    this.#timed++;
    const ns = this.relativeNs;
    if (ns < this.#leastNs) {
      this.#leastNs = ns;
      this.#leastHigh = this.high;
      this.#leastLow = this.low;
    }
    if (ns + durationNs > this.#greatestNs) {
      this.#greatestNs = ns + durationNs;
      this.#greatestHigh = durationNs === 0 ? this.high : this.endHigh;
      this.#greatestLow = durationNs === 0 ? this.low : this.endLow;
    }
    if (this.#start === undefined) {
      // Decided by events alone, so that it does not depend on the pieces in which the file comes.
      if (this.#timed >= this.#firstEvents || this.#builder.waitingBytes > MAX_WAITING_BYTES) this.start();
    } else if (ns < this.#startRelativeNs) this.beforeStart++;
  }

  /** `set`, `setEnd` and `note` in one, for what lasts from a plain time on. False: no clock goes there, and nothing was noted. Hot. */
  takeSlice(micros: number, nanos: number, durationNs: number): boolean {
    const ns = (micros - this.#originMicros) * 1000 + nanos;
    const low = this.#originLow + ns;
    const end = low + durationNs;
    const carry = (end * PER_WORD) | 0;
    const high = this.#originHigh + carry;
    if (this.#start !== undefined && ns >= this.#startRelativeNs && low >= 0 && end <= Number.MAX_SAFE_INTEGER && high < MAX_HIGH) {
      this.#timed++;
      this.endHigh = high;
      this.endLow = end - carry * WORD;
      this.relativeNs = ns;
      if (ns + durationNs > this.#greatestNs) {
        this.#greatestNs = ns + durationNs;
        this.#greatestHigh = this.endHigh;
        this.#greatestLow = this.endLow;
      }
      return true;
    }
    this.set(micros, nanos);
    if (!this.setEnd(durationNs)) return false;
    this.note(durationNs);
    return true;
  }

  /** Whether `noteSlice` may be told of ends with this high word. */
  isNear(high: number): boolean {
    return Math.abs(high - this.#originHigh) < NEAR && !Number.isNaN(this.#originMicros);
  }

  /** As `takeSlice`, by the end of what has lasted at most 2^52 ns. Hot. */
  noteSlice(endHigh: number, endLow: number, durationNs: number): void {
    const end = (endHigh - this.#originHigh) * WORD + (endLow - this.#originLow);
    const ns = end - durationNs;
    if (this.#start !== undefined && ns >= this.#startRelativeNs) {
      this.#timed++;
      if (end > this.#greatestNs) {
        this.#greatestNs = end;
        this.#greatestHigh = endHigh;
        this.#greatestLow = endLow;
      }
      return;
    }
    const low = this.#originLow + ns;
    const carry = Math.floor(low / WORD);
    this.high = this.#originHigh + carry;
    this.low = low - carry * WORD;
    this.relativeNs = ns;
    this.endHigh = endHigh;
    this.endLow = endLow;
    this.note(durationNs);
  }

  /** Makes the least time so far time 0 of the recording, if none is known. */
  start(): void {
    if (this.#start !== undefined) return;
    const monotonicNs = this.#timed > 0 ? (BigInt(this.#leastHigh) << 32n) + BigInt(this.#leastLow) : 0n;
    const epochNs = this.baseTimeNs === undefined ? 0n : knownEpoch(this.baseTimeNs + monotonicNs);
    this.#startAt({ monotonicNs, epochNs }, epochNs > 0n);
  }

  #startAt(start: RecordingStart, isEpochKnown: boolean): void {
    this.#start = splitMonotonic(start.monotonicNs);
    this.#startRelativeNs = (this.#start.high - this.#originHigh) * WORD + (this.#start.low - this.#originLow);
    this.headHasEpoch = isEpochKnown;
    this.#builder.setStart(start);
  }

  /** Time 0 on the clock of the trace. */
  get startNs(): bigint {
    return this.#start === undefined ? 0n : (BigInt(this.#start.high) << 32n) + BigInt(this.#start.low);
  }

  /** Epoch of time 0, where the head of the recording could not tell it yet. */
  get lateStartEpochNs(): bigint | undefined {
    return this.baseTimeNs === undefined || this.headHasEpoch ? undefined : this.baseTimeNs + this.startNs;
  }

  /** The latest end, in words: of time 0 where there was none. */
  get last(): MonotonicTime {
    return this.#timed === 0 ? (this.#start ?? { high: 0, low: 0 }) : { high: this.#greatestHigh, low: this.#greatestLow };
  }

  /** Since time 0. */
  nsOf(time: MonotonicTime): number {
    const { high, low } = this.#start ?? { high: 0, low: 0 };
    return (time.high - high) * WORD + (time.low - low);
  }

  /** The time that was set last, for people: as the file tells it. */
  get inWords(): string {
    return `${(((BigInt(this.high) << 32n) + BigInt(this.low)) / 1000n).toString()} µs`;
  }
}
