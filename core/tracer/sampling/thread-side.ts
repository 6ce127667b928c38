import type { Session } from 'node:inspector';
import { DrainState, ProcessWord, RING_HEADER_BYTES, RingWord, Sampling } from '../ring-layout.ts';

// Taken at load: a script may replace them.
const hrtime = process.hrtime.bigint;
const { compareExchange, notify, load, wait } = Atomics;
const stringify = JSON.stringify;
/** The engine's own, which no console shows. */
const { profile, profileEnd } = console as unknown as { profile?: (title: string) => void; profileEnd?: (title: string) => void };
const inspector = (): typeof import('node:inspector') | undefined => process.getBuiltinModule('node:inspector');

/** A thread that ends waits at most so long for its last samples. */
const FINISH_LIMIT_MS = 2000;
/** A script that is over before the sampler has been started waits for it so long. */
const START_LIMIT_MS = 500;
const EARLY_LIMIT_MS = 10_000;

/** What the sampler calls in the thread that it looks at, through the engine's debugging protocol. */
export interface SampledThread {
  /**
   * Begins the profile `next` and ends `last`; an empty title does neither. Microseconds that it took, and whether a debugger listens:
   * its user would find each of our profiles among the own.
   */
  swap(next: string, last: string): readonly [us: number, debugged: boolean];
  /** The profile that the thread began itself, as JSON, which ends with this; empty: there is none. */
  early(): string;
  /** Writes a heap snapshot into a file. Empty, or why it could not. The protocol's own would wait for the event loop. */
  writeHeap(file: string): string;
}

/** Undefined where the engine has no profiles by title. */
export function sampledThread(): SampledThread | undefined {
  if (!profile || !profileEnd) return undefined;
  return {
    // By this name the sampler knows its own work in what it sees.
    swap: function traceStudioSwap(next, last) {
      const before = hrtime();
      // In this order, so that nothing is missed in between: while one profile is on, the engine goes on to know the code that it compiles.
      if (next !== '') profile(next);
      if (last !== '') profileEnd(last);
      const us = Number(hrtime() - before) / 1000;
      return [us, inspector()?.url() !== undefined];
    },
    early: function traceStudioSwap() {
      const session = earlySession;
      earlySession = undefined;
      let json = '';
      session?.post('Profiler.stop', (error, answer) => {
        if (!error) json = stringify(answer.profile);
      });
      session?.disconnect();
      return json;
    },
    writeHeap: function traceStudioSwap(file) {
      try {
        process.getBuiltinModule('node:v8').writeHeapSnapshot(file);
        return '';
      } catch (error) {
        return String((error as Error).message);
      }
    },
  };
}

let earlySession: Session | undefined;

/**
 * Begins to sample this thread itself, before the script's first line: the sampler takes tens of milliseconds to start, and what the engine
 * has compiled before a profiler begins has no names in it.
 */
export function sampleEarly(intervalUs: number): void {
  const found = inspector();
  if (!found) return;
  try {
    const session = new found.Session();
    session.connect();
    session.post('Profiler.enable');
    session.post('Profiler.setSamplingInterval', { interval: intervalUs });
    session.post('Profiler.start');
    earlySession = session;
    // Where no sampler comes (there is no collector), it must not grow for ever.
    setTimeout(endEarly, EARLY_LIMIT_MS).unref();
  } catch {
    // The sampler says what is wrong.
  }
}

function endEarly(): void {
  earlySession?.disconnect();
  earlySession = undefined;
}

/** Of a thread that is about to end: lets the sampler take what it has seen last. The protocol is served while the thread waits here. */
export function finishSampling(buffer: SharedArrayBuffer, words: Int32Array): void {
  const ring = new Int32Array(buffer, 0, RING_HEADER_BYTES / 4);
  const isGone = (): boolean => load(words, ProcessWord.STATE) === DrainState.GONE;
  const waitWhile = (state: number, limitMs: number): void => {
    const ends = Number(hrtime()) / 1e6 + limitMs;
    while (load(ring, RingWord.SAMPLING) === state && !isGone()) {
      const left = ends - Number(hrtime()) / 1e6;
      if (left <= 0) return;
      wait(ring, RingWord.SAMPLING, state, Math.min(left, 50));
    }
  };
  if (earlySession) waitWhile(Sampling.NONE, START_LIMIT_MS);
  // Where it has not begun, it does not begin any more.
  if (compareExchange(ring, RingWord.SAMPLING, Sampling.NONE, Sampling.DONE) === Sampling.RUNNING) {
    compareExchange(ring, RingWord.SAMPLING, Sampling.RUNNING, Sampling.FINISH);
    notify(ring, RingWord.SAMPLING);
    waitWhile(Sampling.FINISH, FINISH_LIMIT_MS);
  }
  // Node says on stderr that it waits for a debugger where one is connected.
  endEarly();
}
