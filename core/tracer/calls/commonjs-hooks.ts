import fs from 'node:fs';
import * as Module from 'node:module';
import path from 'node:path';
import type { TracedFiles } from './traced-files.ts';

type Compile = (this: unknown, content: string, file: string, ...rest: unknown[]) => unknown;
interface Internals {
  prototype: { _compile: Compile };
  _extensions: Record<string, unknown>;
  _cache: Record<string, unknown>;
}

const internals = Module.default as unknown as Internals;
const { apply, defineProperty, getOwnPropertyDescriptor } = Reflect;
const extensionOf = path.extname;
const plainExtensions = { ...internals._extensions };
const SCRIPT = /\.(?:c?js)$/;

/**
 * Text of required files. A wrapper around what compiles them would stand in each stack trace of a module that is being loaded; so
 * the text is changed where it is read, which is over before it runs. Only what is not read by Node itself (a file that was
 * imported, or one of a loader that the script has) is changed at the last moment, with a frame that `stack-traces.ts` takes out.
 */
export class CommonJsHooks {
  readonly #files: TracedFiles;
  /** Files whose text has been changed already, and is about to be compiled. */
  readonly #served: Record<string, true> = Object.create(null);
  #awaited: string | undefined;

  constructor(files: TracedFiles) {
    this.#files = files;
    this.#watchCompile();
  }

  served(file: string): void {
    this.#served[file] = true;
  }

  /** Node itself reads this file when it is required. */
  isOwnLoad(file: string): boolean {
    const extension = extensionOf(file);
    const own = internals._extensions[extension] ?? internals._extensions['.js'];
    return own === (plainExtensions[extension] ?? plainExtensions['.js']);
  }

  /**
   * For a Node without hooks in this thread: the file is about to be loaded. The next reading of it gives the changed text, and
   * nothing else is changed by then.
   */
  awaitReading(file: string): void {
    if (!SCRIPT.test(file) || internals._cache[file] !== undefined || !this.isOwnLoad(file) || !this.#files.chosen(file)) return;
    const awaited = this.#awaited !== undefined;
    this.#awaited = file;
    if (awaited) return;
    const modules = fs as { readFileSync: typeof fs.readFileSync };
    const before = getOwnPropertyDescriptor(modules, 'readFileSync');
    const plain = modules.readFileSync;
    if (!before || before.configurable === false || typeof plain !== 'function') return;
    const take = (name: unknown, encoding: unknown): string | undefined => {
      if (name !== this.#awaited || encoding !== 'utf8') return undefined;
      this.#awaited = undefined;
      defineProperty(modules, 'readFileSync', before);
      return this.#read(name as string, plain);
    };
    const reading = {
      readFileSync(this: unknown, ...args: unknown[]): unknown {
        return take(args[0], args[1]) ?? apply(plain as never, this, args);
      },
    };
    defineProperty(modules, 'readFileSync', { ...before, value: reading.readFileSync });
  }

  #read(file: string, read: typeof fs.readFileSync): string {
    const source = read(file, 'utf8') as string;
    const code = this.#files.code(file, source, 'either');
    if (code !== source) {
      this.#files.facts.hooks.reading = true;
      this.served(file);
    }
    return code;
  }

  #watchCompile(): void {
    let compile = internals.prototype._compile;
    const changing = (module: { filename?: unknown } | undefined): Compile | undefined => {
      const file = module?.filename;
      if (typeof file !== 'string' || !this.#files.chosen(file)) return undefined;
      if (this.#served[file]) {
        delete this.#served[file];
        return undefined;
      }
      return changed;
    };
    defineProperty(internals.prototype, '_compile', {
      configurable: true,
      enumerable: true,
      get(this: { filename?: unknown }) {
        return changing(this) ?? compile;
      },
      set(this: unknown, value: Compile) {
        // A loader of the script's: of one module, or of all.
        if (this === internals.prototype) compile = value;
        else defineProperty(this as object, '_compile', { value, writable: true, configurable: true, enumerable: true });
      },
    });
    const files = this.#files;
    const { _compile: changed } = {
      _compile(this: unknown, content: string, file: string, ...rest: unknown[]): unknown {
        const isText = typeof content === 'string' && typeof file === 'string' && rest[0] !== 'module' && !String(rest[0]).endsWith('typescript');
        const code = isText ? files.code(file, content, 'either') : content;
        if (code !== content) files.facts.hooks.compile = true;
        return apply(compile, this, [code, file, ...rest]);
      },
    };
  }
}
