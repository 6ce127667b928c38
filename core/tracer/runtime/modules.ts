import * as Module from 'node:module';
import path from 'node:path';
import { inspect } from 'node:util';
import type { RingWriter } from '../ring-writer.ts';
import { memory, onMethod } from './invisible.ts';
import { jsonArgs } from './json-args.ts';

const { defineProperty, getOwnPropertyDescriptor } = Reflect;
/** The tracer's own files are no modules of the script's. */
const OWN = path.join(__dirname, path.sep);
/** Of module loads. */
export const TRACK = 'Modules';

interface Loading {
  readonly file: string;
  readonly startNs: number;
  /** The last that is known of it: where it ended, if it does not say so itself. */
  lastNs: number;
  /** It has been printed: it will not say where it ended, and has not failed. */
  shown: boolean;
}

/** Modules that load, from the outermost: they load one inside of the other. */
const loading = memory<Loading>();

/**
 * How long CommonJS modules take to load (to read, to compile and to run, those that they require included): slices of the track `Modules`.
 *
 * A frame around the loading of modules would be in every stack trace. So the prototype's `load` is an accessor, which is told the module as it begins;
 * and `loaded` of the module an accessor until it is set.
 */
export class ModuleLoads {
  readonly #writer: RingWriter;
  readonly #open: Loading[] = [];

  constructor(writer: RingWriter) {
    this.#writer = writer;
    const prototype = Module.default.prototype as unknown as object;
    onMethod(prototype, 'load', (module) => this.#begins(module));
    const shown = (module: object): void => this.#shown(module);
    // What prints a module while it loads sees a property, and not an accessor.
    defineProperty(prototype, inspect.custom, {
      value(this: object) {
        shown(this);
        return this;
      },
      writable: true,
      enumerable: false,
      configurable: true,
    });
  }

  #begins(module: object): void {
    const found = getOwnPropertyDescriptor(module, 'loaded');
    if (found?.value !== false || !found.configurable || loading.of(module)) return;
    const { id, filename } = module as { readonly id?: unknown; readonly filename?: unknown };
    const file = String(id === '.' ? (filename ?? process.argv[1]) : id);
    if (file.startsWith(OWN)) return;
    const startNs = this.#writer.now();
    const one: Loading = { file, startNs, lastNs: startNs, shown: false };
    this.#open.push(one);
    loading.put(module, one);
    defineProperty(module, 'loaded', {
      get: () => false,
      set: (value: unknown) => {
        settle(module, value);
        this.#ends(one);
      },
      enumerable: found.enumerable ?? true,
      configurable: true,
    });
  }

  #shown(module: object): void {
    const one = loading.of(module);
    if (!one || !settle(module, false)) return;
    one.shown = true;
    this.#goesOn(one);
  }

  #ends(one: Loading): void {
    if (!this.#goesOn(one)) return;
    this.#open.pop();
    this.#tell(one, one.lastNs, false);
    const outer = this.#open.at(-1);
    if (outer) outer.lastNs = one.lastNs;
  }

  /** It runs: what it has required, and has not said that it was loaded, failed some time ago. False: it is not open. */
  #goesOn(one: Loading): boolean {
    const at = this.#open.lastIndexOf(one);
    if (at < 0) return false;
    for (const inner of this.#open.splice(at + 1).reverse()) this.#tell(inner, inner.lastNs, !inner.shown);
    one.lastNs = this.#writer.now();
    return true;
  }

  #tell({ file, startNs }: Loading, endNs: number, failed: boolean): void {
    this.#writer.sliceBetween(TRACK, nameOf(file), 'module', startNs, endNs, jsonArgs({ file, failed: failed || undefined }));
  }

  /** The thread ends: perhaps in the middle of a module. */
  finish(): void {
    const endNs = this.#writer.now();
    for (const one of this.#open.splice(0).reverse()) this.#tell(one, one.shown ? one.lastNs : endNs, false);
  }
}

/** `loaded` is a plain property again; false: it was one. */
function settle(module: object, value: unknown): boolean {
  if (!loading.of(module) || !getOwnPropertyDescriptor(module, 'loaded')?.get) return false;
  return defineProperty(module, 'loaded', { value, writable: true, enumerable: true, configurable: true });
}

/** The last two parts of a path: `lib/index.js` tells more than `index.js`. */
export const nameOf = (file: string): string => file.split(/[\\/]/).slice(-2).join('/');
