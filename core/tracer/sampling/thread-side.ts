import { DrainState, ProcessWord, RING_HEADER_BYTES, RingWord, Sampling } from '../ring-layout.ts';

// Taken at load: a script may replace them.
const hrtime = process.hrtime.bigint;
const { compareExchange, notify, load, wait } = Atomics;
/** The engine's own, which no console shows. */
const { profile, profileEnd } = console as unknown as { profile?: (title: string) => void; profileEnd?: (title: string) => void };

/** A thread that ends waits at most so long for its last samples. */
const FINISH_LIMIT_MS = 2000;

/** What the sampler calls in the thread that it looks at, through the engine's debugging protocol. */
export interface SampledThread {
  /**
   * Begins the profile `next` and ends `last`; an empty title does neither. Microseconds that it took, and whether a debugger listens:
   * its user would find each of our profiles among the own.
   */
  swap(next: string, last: string): readonly [us: number, debugged: boolean];
}

/** Undefined where the engine has no profiles by title. */
export function sampledThread(): SampledThread | undefined {
  if (!profile || !profileEnd) return undefined;
  return {
    swap(next, last) {
      const before = hrtime();
      // In this order, so that nothing is missed in between: while one profile is on, the engine goes on to know the code that it compiles.
      if (next !== '') profile(next);
      if (last !== '') profileEnd(last);
      const us = Number(hrtime() - before) / 1000;
      return [us, process.getBuiltinModule('node:inspector').url() !== undefined];
    },
  };
}

/** Of a thread that is about to end: lets the sampler take what it has seen last. The protocol is served while the thread waits here. */
export function finishSampling(buffer: SharedArrayBuffer, words: Int32Array): void {
  const ring = new Int32Array(buffer, 0, RING_HEADER_BYTES / 4);
  // Not begun: then it does not begin any more.
  if (compareExchange(ring, RingWord.SAMPLING, Sampling.NONE, Sampling.DONE) !== Sampling.RUNNING) return;
  if (compareExchange(ring, RingWord.SAMPLING, Sampling.RUNNING, Sampling.FINISH) !== Sampling.RUNNING) return;
  notify(ring, RingWord.SAMPLING);
  const ends = Number(hrtime()) / 1e6 + FINISH_LIMIT_MS;
  while (load(ring, RingWord.SAMPLING) === Sampling.FINISH && load(words, ProcessWord.STATE) !== DrainState.GONE) {
    const left = ends - Number(hrtime()) / 1e6;
    if (left <= 0) return;
    wait(ring, RingWord.SAMPLING, Sampling.FINISH, Math.min(left, 50));
  }
}
