/**
 * Bundles of the tracer's own that run in a realm of their own: a script that changes `Map`, `push` or `exec` for itself changes
 * nothing for them. Made when the first of them is needed.
 */
import { readFileSync } from 'node:fs';
import path from 'node:path';
import * as vm from 'node:vm';

// Taken at load: a script may replace them.
const { createContext, Script } = vm;
const { apply } = Reflect;
const runInContext = Script.prototype.runInContext;
const read = readFileSync;

export class OwnRealm {
  readonly #folder: string;
  #context: vm.Context | undefined;

  constructor(folder: string) {
    this.#folder = folder + path.sep;
  }

  /** The exports of a bundle that needs nothing of Node's. */
  load<T>(bundle: string): T {
    const file = this.#folder + bundle; // Node's own `join` is undone by a script that changes `push`.
    const run = this.#run(`(function(exports){${read(file, 'utf8')}\n})`, file) as (exports: object) => void;
    const exports = {};
    run(exports);
    return exports as T;
  }

  #run(code: string, filename: string): unknown {
    if (!this.#context) {
      this.#context = createContext();
      // Of what is no part of the language, the parser uses this: to copy a node.
      this.#run('globalThis.structuredClone = (value) => JSON.parse(JSON.stringify(value));', filename);
    }
    return apply(runInContext, new Script(code, { filename }), [this.#context]);
  }
}
