/**
 * What a script can see of its own text: `Function.prototype.toString`, and where its calls stand in stack traces. Both give what the
 * user wrote. Nothing is loaded for it until one of the two meets instrumented code.
 */
import path from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import type * as positions from '../../instrument/original-positions.ts';
import type { OwnRealm } from './own-realm.ts';
import type { TracedFiles } from './traced-files.ts';

// Taken at load: a script may replace them.
const { apply, defineProperty, getOwnPropertyDescriptor } = Reflect;
const { indexOf, startsWith } = String.prototype;
const [toPath, toUrl] = [fileURLToPath, pathToFileURL];
const PREFIX = '_$ts';

/** The engine's own, and Node's description of it. */
interface CallSite {
  getFileName(): string | null | undefined;
  getLineNumber(): number | null;
  getColumnNumber(): number | null;
  getEnclosingLineNumber?(): number | null;
  getEnclosingColumnNumber?(): number | null;
  getPosition?(): number;
  toString(): string;
}
type Prepare = (this: unknown, error: unknown, trace: CallSite[]) => unknown;

export class OriginalCode {
  readonly #files: TracedFiles;
  readonly #realm: OwnRealm;
  readonly #tracerFolder: string;
  #loaded: typeof positions | undefined;
  readonly #positions: Record<string, { readonly code: string; readonly found: positions.OriginalPositions }> = Object.create(null);
  /** Stack traces are made by a function of the script's own. */
  isFormattedByScript = false;
  /** A stack trace is being made. */
  formats = false;
  /** Functions of ours that stand for one of the engine's or the script's: they have its text. */
  readonly #standIns: { readonly own: unknown; readonly plain: unknown }[] = [];

  constructor(files: TracedFiles, realm: OwnRealm, tracerFolder: string) {
    this.#files = files;
    this.#realm = realm;
    this.#tracerFolder = tracerFolder + path.sep;
  }

  /** Puts both in place. What a frozen realm forbids is not done. */
  show(): void {
    this.#showTexts();
    this.#showStacks();
  }

  #tools(): typeof positions {
    this.#loaded ??= this.#realm.load<typeof positions>('original-positions.cjs');
    return this.#loaded;
  }

  #showTexts(): void {
    const { toString: plain } = Function.prototype;
    const textOf = (self: unknown): string => {
      let of = self;
      for (let i = 0; i < this.#standIns.length; i++) if (this.#standIns[i]?.own === self) of = this.#standIns[i]?.plain;
      const text = apply(plain, of, []) as string;
      return (apply(indexOf, text, [PREFIX]) as number) < 0 ? text : this.#originalText(text);
    };
    const { toString: own } = {
      toString(this: unknown): string {
        return textOf(this);
      },
    };
    this.standIn(own, plain);
    defineProperty(Function.prototype, 'toString', { value: own, writable: true, configurable: true, enumerable: false });
  }

  #originalText(text: string): string {
    try {
      return this.#tools().originalText(text);
    } catch {
      return text; // The tracer's files are gone.
    }
  }

  /** `own` has the text of `plain` from now on. */
  standIn(own: unknown, plain: unknown): void {
    this.#standIns[this.#standIns.length] = { own, plain };
  }

  /**
   * Node asks `Error.prepareStackTrace` for each stack trace, its own one or the script's. It is an accessor here: whatever is
   * put there is given the frames as they would be without us. The frames' own methods cannot be replaced for all of them at once.
   */
  #showStacks(): void {
    const before = getOwnPropertyDescriptor(Error, 'prepareStackTrace');
    if (before?.configurable === false) return;
    const format = (prepare: Prepare, self: unknown, error: unknown, trace: CallSite[]): unknown => {
      this.formats = true;
      try {
        return apply(prepare, self, [error, this.#safelyCorrected(trace)]);
      } finally {
        this.formats = false;
      }
    };
    const wrapped = new WeakMap<object, Prepare>();
    const plainOf = new WeakMap<object, Prepare>();
    const wrap = (plain: Prepare): Prepare => {
      const known = wrapped.get(plain);
      if (known) return known;
      const { prepare } = {
        prepare(this: unknown, error: unknown, trace: CallSite[]): unknown {
          return format(plain, this, error, trace);
        },
      };
      defineProperty(prepare, 'name', { value: plain.name, configurable: true });
      defineProperty(prepare, 'length', { value: plain.length, configurable: true });
      wrapped.set(plain, prepare);
      plainOf.set(prepare, plain);
      return prepare;
    };
    let current: unknown = before?.value;
    const first = typeof current === 'function' ? wrap(current as Prepare) : undefined;
    if (first) this.standIn(first, current);
    defineProperty(Error, 'prepareStackTrace', {
      configurable: true,
      enumerable: before?.enumerable ?? false,
      get: () => (typeof current === 'function' ? wrap(current as Prepare) : current),
      set: (value: unknown) => {
        current = (typeof value === 'function' && plainOf.get(value)) || value;
        this.isFormattedByScript = typeof current === 'function' && current !== before?.value;
      },
    });
  }

  #safelyCorrected(trace: CallSite[]): CallSite[] {
    try {
      return this.#corrected(trace);
    } catch {
      return trace;
    }
  }

  /** Without our own frames, and with the columns of the original text. */
  #corrected(trace: CallSite[]): CallSite[] {
    if (!isArray(trace)) return trace;
    let own = 0;
    for (let i = 0; i < trace.length; i++) {
      const frame = trace[i] as CallSite;
      const name = frame?.getFileName?.();
      if (typeof name !== 'string') continue;
      if (apply(startsWith, name, [this.#tracerFolder])) own++;
      else this.#correct(frame, name);
    }
    if (own === 0) return trace;
    const kept: CallSite[] = [];
    for (let i = 0; i < trace.length; i++) {
      const frame = trace[i] as CallSite;
      const name = frame.getFileName();
      if (typeof name !== 'string' || !apply(startsWith, name, [this.#tracerFolder])) kept[kept.length] = frame;
    }
    return kept;
  }

  #correct(frame: CallSite, name: string): void {
    const found = this.positionsOf(apply(startsWith, name, ['file:']) ? safePath(name) : name);
    if (!found || getOwnPropertyDescriptor(frame, 'getColumnNumber')) return;
    const tools = this.#tools();
    const [line, column] = [frame.getLineNumber() ?? 0, frame.getColumnNumber() ?? 0];
    const [enclosingLine, enclosingColumn] = [frame.getEnclosingLineNumber?.() ?? 0, frame.getEnclosingColumnNumber?.() ?? 0];
    const position = frame.getPosition?.() ?? 0;
    const [corrected, enclosing] = [found.column(line, column), found.column(enclosingLine, enclosingColumn)];
    const plainText = frame.toString;
    const own = {
      getColumnNumber: () => corrected,
      getEnclosingColumnNumber: () => enclosing,
      getPosition: () => found.offset(position),
      toString: () => tools.frameText(apply(plainText, frame, []) as string, line, column, corrected),
    };
    defineProperty(frame, 'getColumnNumber', { value: own.getColumnNumber, configurable: true });
    defineProperty(frame, 'getEnclosingColumnNumber', { value: own.getEnclosingColumnNumber, configurable: true });
    defineProperty(frame, 'getPosition', { value: own.getPosition, configurable: true });
    defineProperty(frame, 'toString', { value: own.toString, configurable: true });
  }

  /** Undefined: a file of which nothing is recorded. */
  positionsOf(file: string): positions.OriginalPositions | undefined {
    const code = this.#files.codeOf(file);
    if (code === undefined) return undefined;
    const known = this.#positions[file];
    if (known?.code === code) return known.found;
    const found = new (this.#tools().OriginalPositions)(code);
    this.#positions[file] = { code, found };
    return found;
  }

  textOf(file: string): string {
    return this.#tools().originalText(this.#files.codeOf(file) ?? '');
  }

  /** What the engine calls the file: by its path, or an ES module by its URL. */
  nameOf(file: string): string {
    return this.#files.isModule(file) ? toUrl(file).href : file;
  }
}

const { isArray } = Array;

function safePath(url: string): string {
  try {
    return toPath(url);
  } catch {
    return url;
  }
}
