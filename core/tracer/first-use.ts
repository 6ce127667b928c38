/**
 * `worker_threads` and `child_process` have to be patched before the script has them, and take a third of the tracer's start to
 * load. Module loading cannot be wrapped without being seen in stack traces; but every file of a CommonJS script is told of
 * before it runs, and a file that does nothing but `require('…')` other modules cannot reach these two.
 */
import { readFileSync } from 'node:fs';

/** Words that lead to them, or to where it cannot be told any more: another name for `require`, code out of a string, ES modules. */
const MAY_REACH = new RegExp(
  [
    /worker_threads|child_process|cluster|node:test|getBuiltinModule|createRequire|mainModule|\beval\b|\bvm\b|\brepl\b/,
    /['"`](?:node:)?module['"`]|\bimport\b|\b_load\b|\b_compile\b/,
    /\brequire\b(?!\s*\(\s*'[^'\n]*'\s*\)|\s*\(\s*"[^"\n]*"\s*\)|\.(?:main|resolve|extensions)\b)/,
  ]
    .map(({ source }) => source)
    .join('|'),
);

/** A program of more files than this has taken longer to read than the two take to load. */
const MAX_FILES = 30;

/** To be told of each file before it runs: calls `patch` once, before one that may reach the two modules. */
export function beforeFirstUse(patch: () => void): (file: string) => void {
  let patched = false;
  let files = 0;
  return (file) => {
    if (patched || /\.(json|node)$/.test(file) || (++files <= MAX_FILES && !fileMayReach(file))) return;
    patched = true;
    patch();
  };
}

export const mayReach = (code: string): boolean => MAY_REACH.test(code);

function fileMayReach(file: string): boolean {
  try {
    return mayReach(readFileSync(file, 'utf8'));
  } catch {
    return true; // Node says what is wrong with the file.
  }
}
