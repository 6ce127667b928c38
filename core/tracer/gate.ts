/** The gate of a process: one word that all of its threads look at before they record. */
import { waitAsync } from './atomics.ts';
import { DrainState, ProcessWord } from './ring-layout.ts';

// Taken at load: a script may replace its clock.
const hrtime = process.hrtime.bigint;
const { then } = Promise.prototype;

/** Opens or closes it, for all threads at once. False: nothing changed, or nothing is recorded any more. */
export function switchGate(words: Int32Array, on: boolean): boolean {
  const value = on ? 1 : 0;
  if (Atomics.load(words, ProcessWord.GATE) === value) return false;
  if (on && Atomics.load(words, ProcessWord.STATE) === DrainState.GONE) return false;
  switchedAt(words)[0] = hrtime();
  Atomics.store(words, ProcessWord.GATE, value);
  Atomics.notify(words, ProcessWord.GATE);
  Atomics.add(words, ProcessWord.GENERATION, 1);
  return true;
}

/** Calls `opened` once the gate is open, at a turn of this thread; keeps nothing alive. */
export function whenGateOpens(words: Int32Array, opened: () => void): void {
  const next = waitAsync(words, ProcessWord.GATE, 0);
  if (next.async) Reflect.apply(then, next.value, [opened]);
  else opened();
}

/** For children: they begin as this process is. */
export const isPaused = (words: Int32Array) => (): boolean => words[ProcessWord.GATE] !== 1;

/** When it was switched last: the clock of process.hrtime.bigint(). */
export const gateTime = (words: Int32Array): bigint => switchedAt(words)[0] as bigint;

const switchedAt = (words: Int32Array): BigInt64Array => new BigInt64Array(words.buffer, words.byteOffset + ProcessWord.GATE_TIME * 4, 1);
