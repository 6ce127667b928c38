/**
 * The line that Node prints of an uncaught error is that of the text that ran. Where source maps are switched on, Node asks a
 * script's map for the line instead, and tells it where the error was thrown: nobody else knows. So when nobody has handled the
 * error and the script's last listeners are done, maps are laid over the instrumented files that lead to the text as it was.
 * Tried on Node 20.19 to 26: what is printed is the same to the letter.
 */
import * as Module from 'node:module';
import type { OriginalCode } from './original-code.ts';
import type { TracedFiles } from './traced-files.ts';

interface SourceMap {
  findEntry(line: number, column: number): unknown;
}
interface Internals {
  new (file: string): { filename: string };
  readonly prototype: { _compile: (this: unknown, content: string, file: string) => unknown };
  readonly findSourceMap: (file: string) => SourceMap | undefined;
  readonly setSourceMapsSupport?: (enabled: boolean, options: { readonly nodeModules: boolean; readonly generatedCode: boolean }) => void;
}

// Taken at load: a script may replace them.
const internals = Module.default as unknown as Internals;
const { _compile } = internals.prototype;
const { findSourceMap, setSourceMapsSupport } = internals;
const setSourceMapsEnabled = (process as unknown as { setSourceMapsEnabled(enabled: boolean): void }).setSourceMapsEnabled;
const { apply, defineProperty, getOwnPropertyDescriptor } = Reflect;

/** A process of more files than this waits for none of them. */
const MAX_FILES = 5000;
/** An error may have another as its cause, and so on. */
const MAX_CAUSES = 20;
const MAP = '//# sourceMappingURL=data:application/json;base64,eyJ2ZXJzaW9uIjozLCJzb3VyY2VzIjpbXSwibWFwcGluZ3MiOiIifQ==';

/** Files that run with the recording in them, and how they were written. */
export interface ChangedFiles {
  readonly files: TracedFiles;
  readonly original: OriginalCode;
}

/** Nobody has handled `error`, and Node is about to print it. `changed`: all of this process. */
export function showOriginalLine(error: unknown, changed: readonly ChangedFiles[]): void {
  const enabled = (process as { sourceMapsEnabled?: boolean }).sourceMapsEnabled === true;
  // Stack traces are made when they are first looked at, and look otherwise with source maps.
  if (!enabled) formatStacks(error);
  let count = 0;
  for (let i = 0; i < changed.length; i++) count += (changed[i] as ChangedFiles).files.names().length;
  if (count > MAX_FILES) return;
  if (!enabled) {
    if (setSourceMapsSupport) setSourceMapsSupport(true, { nodeModules: true, generatedCode: true });
    else setSourceMapsEnabled(true);
  }
  for (let i = 0; i < changed.length; i++) {
    const { files, original } = changed[i] as ChangedFiles;
    const names = files.names();
    for (let j = 0; j < names.length; j++) layOver(names[j] as string, enabled && hasOwnMap(files.codeOf(names[j] as string)), original);
  }
}

/**
 * For a process that the studio has left, and in which texts were changed that stay: `uncaught` is told of the error that ends it. The one thing in place of Node's own
 * that is left behind; nobody else is told of the error when all listeners of the script are done.
 */
export function watchFatalErrors(uncaught: (error: unknown) => void): void {
  const { emit } = process;
  let fatal: { readonly error: unknown } | undefined;
  const watching = {
    emit(this: NodeJS.Process, event: string, ...rest: unknown[]): boolean {
      const answer = apply(emit, this, [event, ...rest]) as boolean;
      if (event === 'uncaughtException' && !answer) fatal = { error: rest[0] };
      if (event === 'exit' && (process as { _exiting?: boolean })._exiting && fatal) {
        try {
          uncaught(fatal.error);
        } catch {
          // The tracer's files are gone: the line is that of the text that ran.
        }
      }
      return answer;
    },
  };
  defineProperty(process, 'emit', { value: watching.emit, writable: true, configurable: true, enumerable: false });
}

const hasOwnMap = (code: string | undefined): boolean => code?.endsWith(MAP) === false;

function formatStacks(error: unknown, depth = 0): void {
  if (typeof error !== 'object' || error === null || depth > MAX_CAUSES) return;
  try {
    void (error as { stack?: unknown }).stack;
    formatStacks(getOwnPropertyDescriptor(error, 'cause')?.value, depth + 1);
    const several: unknown = getOwnPropertyDescriptor(error, 'errors')?.value;
    if (Array.isArray(several)) for (let i = 0; i < several.length; i++) formatStacks(several[i], depth + 1);
  } catch {
    // Node comes upon it, too.
  }
}

function layOver(file: string, hasOwn: boolean, original: OriginalCode): void {
  let map = findSourceMap(file);
  if (!map) {
    const module = new internals(file);
    module.filename = file;
    apply(_compile, module, [MAP, file]);
    map = findSourceMap(file);
  }
  const positions = original.positionsOf(file);
  if (!map || !positions) return;
  const plain = map.findEntry;
  const isFormatting = (): boolean => original.formats;
  if (hasOwn) {
    // The map of the user's is asked with the place that it knows.
    const findEntry = (line: number, column: number): unknown =>
      apply(plain, map, [line, isFormatting() ? column : positions.column(line + 1, column + 1) - 1]);
    defineProperty(map, 'findEntry', { value: findEntry, configurable: true });
    return;
  }
  const text = original.textOf(file);
  const source = { toString: () => 'file:///', href: 'file:///', protocol: 'file:', hostname: '', host: '', port: '', search: '', hash: '', pathname: '' };
  const findEntry = (line: number, column: number): unknown => {
    if (isFormatting()) return {};
    const originalColumn = positions.column(line + 1, column + 1) - 1;
    source.pathname = nameInUrl(CUT_AT_NUL ? excerpt(original.nameOf(file), text, line, originalColumn) : original.nameOf(file));
    return { originalLine: line, originalColumn, originalSource: source };
  };
  defineProperty(map, 'findEntry', { value: findEntry, configurable: true });
  defineProperty(map, 'payload', { value: { sources: [source], sourcesContent: [text] }, configurable: true });
}

/** Node makes a path of the URL of a file; from this one comes `name`, which may be a URL itself. */
const nameInUrl = (name: string): string => name.replaceAll('%', '%25');

/** Node 20 ends the text with an empty line more than its own, and takes it up to a zero: behind the name that is all of it. */
const CUT_AT_NUL = process.versions.node.startsWith('20.');

function excerpt(name: string, text: string, line: number, column: number): string {
  const source = text.split(/\r?\n/, line + 1)[line] ?? '';
  return `${name}:${line + 1}\n${source}\n${source.slice(0, column).replaceAll(/[^\t]/g, ' ')}^\n\0`;
}
