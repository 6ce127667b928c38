import { readFileSync, statSync } from 'node:fs';
import path from 'node:path';
import * as vm from 'node:vm';
import { ID } from '../../instrument/inserted-text.ts';
import type { FileRequest, FunctionGroup, InstrumentedFile } from '../../instrument/instrument-file.ts';
import type { CaptureOptions } from '../../protocol/capture-options.ts';
import type { CallHook } from '../../protocol/target-wire.ts';
import { STUDIO_VERSION } from '../../protocol/version.ts';
import { ChosenFiles } from './chosen-files.ts';
import { FileCache } from './file-cache.ts';
import type { OwnRealm } from './own-realm.ts';

// Taken at load: a script may replace them.
const [read, stat, from] = [readFileSync, statSync, Buffer.from];
const toText = Buffer.prototype.toString;
const { compileFunction } = vm;
const { apply } = Reflect;
const EngineError = SyntaxError;

/** Whose errors of syntax are looked for: files that somebody writes by hand. What is published, or made, has been read by an engine before. */
const isWritten = (file: string, source: string): boolean => source.length <= 256 * 1024 && !/[\\/]node_modules[\\/]/.test(file);

/** A map larger than this is not worth the wait. */
const MAX_BESIDE_BYTES = 64 * 1024 * 1024;

export type Kind = FileRequest['kind'];

/** What is added to the totals of the process. */
export interface Counted {
  readonly files?: number;
  readonly functions?: number;
  readonly cached?: number;
  readonly hook?: CallHook;
}

export interface TracedFilesOptions {
  /** Of the tracer. */
  readonly folder: string;
  readonly realm: OwnRealm;
  readonly cacheFolder: string | undefined;
  readonly capture: CaptureOptions;
  /** Numbers for so many functions; 0: there are none left. */
  readonly number: (count: number) => number;
  /** Takes in the definitions of functions from `first` on. */
  readonly define: (first: number, groups: readonly FunctionGroup[]) => void;
  readonly leftAlone: (file: string, reason: string) => void;
  /** The process has been left: nothing is changed any more. */
  readonly isOver?: () => boolean;
  readonly counted: (what: Counted) => void;
  /** What was defined last is in this text. */
  readonly changed?: (file: string, code: string) => void;
}

interface TracedFile {
  /** It runs as an ES module. */
  readonly isModule: boolean;
  readonly source: string;
  /** What runs in place of it. */
  readonly code: string;
}

/** Text of files on its way into the engine: finds out which are to be recorded, and puts the recording in. */
export class TracedFiles {
  readonly #options: TracedFilesOptions;
  readonly #chosen: ChosenFiles;
  readonly #cache: FileCache;
  readonly #realm: OwnRealm;
  #instrument: ((request: FileRequest) => InstrumentedFile) | undefined;
  /** By path. No Map: a script may have changed what one does. */
  readonly #files: Record<string, TracedFile> = Object.create(null);

  constructor(options: TracedFilesOptions) {
    this.#options = options;
    const { capture, folder, cacheFolder } = options;
    this.#realm = options.realm;
    this.#chosen = new ChosenFiles(capture, folder, (patterns) =>
      this.#realm.load<typeof import('../../instrument/file-globs.ts')>('file-globs.cjs').fileGlobs(patterns),
    );
    const made = [STUDIO_VERSION, path.basename(folder), process.version, capture.logArguments, capture.logReturn, capture.logExceptions].join();
    this.#cache = new FileCache(cacheFolder, made);
  }

  chosen(file: string): boolean {
    return this.#chosen.has(file) && this.#options.isOver?.() !== true;
  }

  /** What a file was given in place of its text, if it was. */
  codeOf(file: string): string | undefined {
    return this.#files[file]?.code;
  }

  isModule(file: string): boolean {
    return this.#files[file]?.isModule === true;
  }

  /** Paths of all files that are recorded. */
  names(): readonly string[] {
    return Object.keys(this.#files);
  }

  /** `source` of a chosen file, with the recording in it; as it is where that cannot be done. */
  code(file: string, source: string, kind: Kind): string {
    const known = this.#files[file];
    // Already with the recording in it: it came through another loader.
    if (known && (known.source === source || known.code === source)) return known.code;
    try {
      return this.#changed(file, source, kind);
    } catch (error) {
      this.#options.leftAlone(file, `The tracer failed at it: ${error instanceof Error ? error.message : String(error)}`);
      return source;
    }
  }

  #changed(file: string, source: string, kind: Kind): string {
    const { code, groups, reason, leftAlone } = this.#instrumented(file, source, kind);
    for (let i = 0; i < leftAlone.length; i++) this.#options.leftAlone(file, leftAlone[i] as string);
    if (reason !== '') this.#options.leftAlone(file, reason);
    let count = 0;
    for (let i = 0; i < groups.length; i++) count += (groups[i] as FunctionGroup).count;
    if (count === 0) return source;
    const first = this.#options.number(count);
    if (first === 0) {
      this.#options.leftAlone(file, 'There are more functions in this process than can be told apart.');
      return source;
    }
    this.#options.define(first, groups);
    const numbered = withNumbers(code, first);
    this.#files[file] = { isModule: kind === 'module', source, code: numbered };
    this.#options.counted({ files: 1, functions: count });
    this.#options.changed?.(file, numbered);
    return numbered;
  }

  /** Another thread has changed the text of a file that runs in this one. */
  take(file: string, code: string): void {
    this.#files[file] = { isModule: true, source: code, code };
  }

  /** A file's text was changed by way of `hook`. */
  came(hook: CallHook): void {
    this.#options.counted({ hook });
  }

  #instrumented(file: string, source: string, kind: Kind): InstrumentedFile {
    const key = this.#cache.keyOf(file, kind);
    const kept = this.#cache.read(key, source);
    if (kept) {
      this.#options.counted({ cached: 1 });
      return kept;
    }
    this.#instrument ??= this.#realm.load<typeof import('../../instrument/instrument-file.ts')>('instrument.cjs').instrumentFile;
    const { logArguments, logReturn, logExceptions } = this.#options.capture;
    const options = { arguments: logArguments, results: logReturn, exceptions: logExceptions };
    const asked = isWritten(file, source) ? { refusal } : {};
    const made = this.#instrument({ file, source, kind, ...options, ...asked, readText, fromBase64 });
    this.#cache.write(key, source, made);
    return made;
  }
}

/** The first ID becomes `first`, and so on. */
function withNumbers(code: string, first: number): string {
  const parts = code.split(ID);
  let text = parts[0] as string;
  for (let i = 1; i < parts.length; i++) text += String(first + i - 1) + (parts[i] as string);
  return text;
}

/** Of a text that would be the body of a CommonJS module. */
function refusal(body: string): string | undefined {
  try {
    compileFunction(body, ['exports', 'require', 'module', '__filename', '__dirname']);
    return undefined;
  } catch (error) {
    return error instanceof EngineError ? error.message : undefined;
  }
}

function readText(file: string): string | undefined {
  try {
    const found = stat(file, { throwIfNoEntry: false });
    return found?.isFile() && found.size <= MAX_BESIDE_BYTES ? (read(file, 'utf8') as string) : undefined;
  } catch {
    return undefined;
  }
}

const fromBase64 = (text: string): string => apply(toText, from(text, 'base64'), ['utf8']);
