import { CALL_HOOKS, type CallCapture, TYPESCRIPT_WAYS } from '../../protocol/target-wire.ts';
import { ProcessWord } from '../ring-layout.ts';
import type { Counted } from './traced-files.ts';

/** As the process's threads have counted it. Undefined: there is nothing to tell. */
export function callCapture(words: Int32Array, muted: number): CallCapture | undefined {
  const at = (word: number): number => Atomics.load(words, word);
  const has = (word: number, bit: number): boolean => (at(word) & (1 << bit)) !== 0;
  const typescript = TYPESCRIPT_WAYS.filter((_, bit) => has(ProcessWord.TYPESCRIPT, bit));
  if (at(ProcessWord.CALL_FILES) === 0 && typescript.length === 0) return undefined;
  const hooks = CALL_HOOKS.filter((_, bit) => has(ProcessWord.CALL_HOOKS, bit));
  return { files: at(ProcessWord.CALL_FILES), functions: at(ProcessWord.CALL_FUNCTIONS), cached: at(ProcessWord.CALL_CACHED), hooks, muted, typescript };
}

/** Adds to the totals of the process. */
export function countCalls(words: Int32Array, { files = 0, functions = 0, cached = 0, hook }: Counted): void {
  Atomics.add(words, ProcessWord.CALL_FUNCTIONS, functions);
  Atomics.add(words, ProcessWord.CALL_CACHED, cached);
  if (hook) Atomics.or(words, ProcessWord.CALL_HOOKS, 1 << CALL_HOOKS.indexOf(hook));
  Atomics.add(words, ProcessWord.CALL_FILES, files);
}
