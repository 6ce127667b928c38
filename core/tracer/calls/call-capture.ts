import { CALL_HOOKS, type CallCapture } from '../../protocol/target-wire.ts';
import { ProcessWord } from '../ring-layout.ts';
import type { Counted } from './traced-files.ts';

/** How the recording of calls goes, as the process's threads have counted it. Undefined where none is recorded. */
export function callCapture(words: Int32Array, muted: number): CallCapture | undefined {
  const at = (word: number): number => Atomics.load(words, word);
  if (at(ProcessWord.CALL_FILES) === 0) return undefined;
  const hooks = CALL_HOOKS.filter((_, bit) => (at(ProcessWord.CALL_HOOKS) & (1 << bit)) !== 0);
  return { files: at(ProcessWord.CALL_FILES), functions: at(ProcessWord.CALL_FUNCTIONS), cached: at(ProcessWord.CALL_CACHED), hooks, muted };
}

/** Adds to the totals of the process. */
export function countCalls(words: Int32Array, { files = 0, functions = 0, cached = 0, hook }: Counted): void {
  Atomics.add(words, ProcessWord.CALL_FUNCTIONS, functions);
  Atomics.add(words, ProcessWord.CALL_CACHED, cached);
  if (hook) Atomics.or(words, ProcessWord.CALL_HOOKS, 1 << CALL_HOOKS.indexOf(hook));
  Atomics.add(words, ProcessWord.CALL_FILES, files);
}
