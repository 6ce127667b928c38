/** More that begin together are written as they end. */
const MAX_ENDED = 256;

/** One that has ended, by its end. */
export interface Ended {
  readonly high: number;
  readonly low: number;
  readonly durationNs: number;
}

interface Moment {
  readonly high: number;
  readonly low: number;
}

/**
 * Slices of the same begin and end count as nested in the order of their records, but end from the inside to the outside: what is inside waits in `ended`, whose
 * last one has just ended, for what is `around` it and began with it. What need not wait any more goes to `write`, outer ones first.
 */
export function writeEnded<T extends Ended>(ended: T[], begin: Moment, around: Moment | undefined, write: (slice: T) => void): void {
  if (ended.length < MAX_ENDED && around?.high === begin.high && around.low === begin.low) return;
  for (let from = 0; from < ended.length; ) {
    const first = ended[from] as T;
    let to = from + 1;
    while (isEqual(ended[to], first)) to++;
    for (let i = to - 1; i >= from; i--) write(ended[i] as T);
    from = to;
  }
  ended.length = 0;
}

const isEqual = (a: Ended | undefined, b: Ended): boolean => a !== undefined && a.high === b.high && a.low === b.low && a.durationNs === b.durationNs;
