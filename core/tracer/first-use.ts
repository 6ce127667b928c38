/**
 * `worker_threads` and `child_process` have to be patched before the script has them, and take a third of the tracer's start to
 * load. Module loading cannot be wrapped without being seen in stack traces; but every file of a CommonJS script is told of
 * before it runs, and a file that does nothing but `require('…')` other modules cannot reach these two.
 */
import { readFileSync } from 'node:fs';

/** Words that lead to where it cannot be told any more what is reached: another name for `require`, code out of a string, ES modules. */
const ANYTHING = new RegExp(
  [
    /getBuiltinModule|createRequire|mainModule|\beval\b|\bvm\b|\brepl\b/,
    /['"`](?:node:)?module['"`]|\bimport\b|\b_load\b|\b_compile\b/,
    /\brequire\b(?!\s*\(\s*'[^'\n]*'\s*\)|\s*\(\s*"[^"\n]*"\s*\)|\.(?:main|resolve|extensions)\b)/,
  ]
    .map(({ source }) => source)
    .join('|'),
);

/** A program of more files than this has taken longer to read than the two take to load. */
const MAX_FILES = 30;

/** What is done late: `make`, before the first file that `mayReach` says yes to. */
export interface LateChange {
  readonly make: () => void;
  readonly mayReach: (code: string) => boolean;
}

/** To be told of each file before it runs: makes each change once, before a file that may reach what it changes. */
export function beforeFirstUse(changes: readonly LateChange[]): (file: string) => void {
  let left = changes;
  let files = 0;
  return (file) => {
    if (left.length === 0 || /\.(json|node)$/.test(file)) return;
    const code = ++files <= MAX_FILES ? codeOf(file) : undefined;
    const due = left.filter((change) => code === undefined || change.mayReach(code));
    if (due.length === 0) return;
    left = left.filter((change) => !due.includes(change));
    for (const change of due) change.make();
  };
}

/** `worker_threads` and `child_process`. */
export const mayReach = (code: string): boolean => /worker_threads|child_process|cluster|node:test/.test(code) || ANYTHING.test(code);

/** The functions of `timers`, which Node's own modules take from there, too. */
export const mayReachTimers = (code: string): boolean => code.includes('timers') || ANYTHING.test(code);

/** The functions of `fs`: putting something into the place of each takes as long as anything else that is done at the start. */
export const mayReachFiles = (code: string): boolean => code.includes('fs') || ANYTHING.test(code);

/** `fs.promises`, which takes longer to load than most of the tracer. */
export const mayReachFilePromises = (code: string): boolean => code.includes('promises') || ANYTHING.test(code);

function codeOf(file: string): string | undefined {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return undefined; // Node says what is wrong with the file.
  }
}
