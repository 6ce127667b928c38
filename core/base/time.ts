/** Nanoseconds since the start of a recording: exact in a double for 104 days (2^53 ns). */
export type Nanoseconds = number;

/** Monotonic time of the machine (`process.hrtime.bigint()`), split so that no BigInt is needed in loops. */
export interface MonotonicTime {
  readonly high: number;
  readonly low: number;
}

const WORD = 2 ** 32;

export function splitMonotonic(time: bigint): MonotonicTime {
  return { high: Number(time >> 32n), low: Number(time & 0xffffffffn) };
}

/** Difference in nanoseconds. Exact even after 104 days of uptime, where the two operands alone would not be. */
export function sinceMonotonic(start: MonotonicTime, high: number, low: number): Nanoseconds {
  return (high - start.high) * WORD + (low - start.low);
}
