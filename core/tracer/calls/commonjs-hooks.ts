import fs from 'node:fs';
import * as Module from 'node:module';
import path from 'node:path';
import type { TracedFiles } from './traced-files.ts';
import { withoutTypes } from './without-types.ts';

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
const SCRIPT = /\.c?js$/;
const NO_SCRIPT = /\.(?:json|node|wasm)$/;

/**
 * Text of required files. A wrapper around what compiles them would stand in each stack trace of a module that is being loaded; so
 * the text is changed where it is read, which is over before it runs. Only what is not read by Node itself (a file that was
 * imported, or one of a loader that the script has) is changed at the last moment, with a frame that `original-code.ts` takes out.
 */
export class CommonJsHooks {
  readonly #files: TracedFiles;
  /** Files whose text has been changed already, and is about to be compiled. */
  readonly #served: Record<string, true> = Object.create(null);
  /** Files whose text is to be changed when they are compiled. */
  readonly #expected: Record<string, true> = Object.create(null);
  #expects = 0;
  #plain: Compile | undefined;
  /** Takes back what stands in for the compiler. */
  #stop: (() => void) | undefined;
  #awaited: string | undefined;

  constructor(files: TracedFiles) {
    this.#files = files;
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

  /** The file is about to be required. One that a loader of the script's reads comes as it has made it. */
  beforeLoad(file: string): void {
    if (this.#expected[file]) this.#watch();
    else if (!NO_SCRIPT.test(file) && !this.isOwnLoad(file) && this.#files.chosen(file)) this.expectCompile(file);
  }

  /** The file comes to be compiled with the text that it has. */
  expectCompile(file: string): void {
    if (internals._cache[file] !== undefined) return;
    if (!this.#expected[file]) this.#expects++;
    this.#expected[file] = true;
    this.#watch();
  }

  /** The same of any file that may be a script, whoever reads it. */
  expectScript(file: string): void {
    if (!NO_SCRIPT.test(file) && this.#files.chosen(file)) this.expectCompile(file);
  }

  /** Its text has come another way. */
  settled(file: string): void {
    if (!this.#expected[file]) return;
    delete this.#expected[file];
    this.#expects--;
    if (this.#expects === 0) this.#stop?.();
  }

  /** Everything is as it was. */
  stop(): void {
    this.#stop?.();
  }

  /**
   * Stands in for what compiles a module until the next one is compiled: while that runs, Node's own function is in its place again, since
   * stack traces name it by that.
   */
  #watch(): void {
    const current = internals.prototype._compile;
    if (this.#plain !== undefined && current !== this.#plain) return; // It stands there already.
    this.#plain = current;
    const changed = (content: string, file: string, format: unknown): string => this.#changed(content, file, format);
    const done = (): Compile => {
      const plain = this.#plain as Compile;
      this.#plain = undefined;
      if (internals.prototype._compile === _compile) setCompile(plain);
      return plain;
    };
    const again = (): void => {
      if (this.#expects > 0) this.#watch();
    };
    this.#stop = () => {
      if (internals.prototype._compile === _compile) done();
    };
    const { _compile } = {
      _compile(this: unknown, content: string, file: string, ...rest: unknown[]): unknown {
        const plain = done();
        try {
          return apply(plain, this, [changed(content, file, rest[0]), file, ...rest]);
        } finally {
          again();
        }
      },
    };
    setCompile(_compile);
  }

  #changed(content: string, file: string, format: unknown): string {
    if (this.#expected[file]) {
      delete this.#expected[file];
      this.#expects--;
    } else if (this.#served[file] || !this.#files.chosen(file)) {
      delete this.#served[file];
      return content;
    }
    // An ES module comes by the hooks.
    if (typeof content !== 'string' || format === 'module' || format === 'module-typescript') return content;
    const isTypeScript = format === 'commonjs-typescript' || format === 'typescript';
    const source = isTypeScript ? withoutTypes(content) : content;
    if (source === undefined) return content;
    const code = this.#files.code(file, source, 'either');
    if (code === source) return content;
    this.#files.came('compile');
    return code;
  }

  /** For a Node without hooks in this thread: from now on text is changed where it is read, and else where it is compiled. */
  watchReading(): (file: string) => void {
    let compile = internals.prototype._compile;
    const changing = (module: { filename?: unknown }): boolean => {
      const file = module.filename;
      if (typeof file !== 'string' || !this.#files.chosen(file)) return false;
      const served = this.#served[file];
      delete this.#served[file];
      return served !== true;
    };
    const changed = (content: string, file: string, format: unknown): string => this.#changed(content, file, format);
    const { _compile } = {
      _compile(this: unknown, content: string, file: string, ...rest: unknown[]): unknown {
        return apply(compile, this, [changed(content, file, rest[0]), file, ...rest]);
      },
    };
    defineProperty(internals.prototype, '_compile', {
      configurable: true,
      enumerable: true,
      get(this: { filename?: unknown }) {
        return changing(this) ? _compile : compile;
      },
      set(this: unknown, value: Compile) {
        // A loader of the script's: of one module, or of all.
        if (this === internals.prototype) compile = value;
        else defineProperty(this as object, '_compile', { value, writable: true, configurable: true, enumerable: true });
      },
    });
    const own = getOwnPropertyDescriptor(internals.prototype, '_compile')?.get;
    this.#stop = () => {
      if (getOwnPropertyDescriptor(internals.prototype, '_compile')?.get === own) setCompile(compile);
    };
    return (file) => this.#awaitReading(file);
  }

  /** The file is about to be loaded: the next reading of it gives the changed text, and nothing else is changed by then. */
  #awaitReading(file: string): void {
    if (!SCRIPT.test(file) || internals._cache[file] !== undefined || !this.isOwnLoad(file) || !this.#files.chosen(file)) return;
    const awaits = this.#awaited !== undefined;
    this.#awaited = file;
    if (awaits) return;
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
    if (code !== source) this.#files.came('read');
    this.served(file);
    return code;
  }
}

function setCompile(value: Compile): void {
  defineProperty(internals.prototype, '_compile', { value, writable: true, configurable: true, enumerable: true });
}
