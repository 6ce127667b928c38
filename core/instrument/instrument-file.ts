import { oneLine } from './function-names.ts';
import { EMPTY_MAP } from './inserted-text.ts';
import type { FoundFunction } from './insertions.ts';
import { holdsOwnNames, instrument } from './instrument.ts';
import { lineOf, lineStarts } from './line-starts.ts';
import { type Position, type SourceHost, SourceMaps } from './source-maps.ts';
import { parseSource, type SourceKind } from './syntax.ts';

export interface FileRequest extends SourceHost {
  /** Absolute path. */
  readonly file: string;
  readonly source: string;
  /** `either`: it is an ES module if it cannot be read as CommonJS. */
  readonly kind: SourceKind | 'either';
  readonly arguments: boolean;
  readonly results: boolean;
  readonly exceptions: boolean;
  /** Why the engine does not read the text as the body of a function. Absent: it is not asked. */
  readonly refusal?: (body: string) => string | undefined;
}

/** Texts and numbers only: they cross from a realm of their own. */
export interface InstrumentedFile {
  /** See `Instrumented`. Empty: the file is to be left alone, see `reason`. */
  readonly code: string;
  readonly reason: string;
  /** Functions in a row that come from one file, in the order of `code`. */
  readonly groups: readonly FunctionGroup[];
  /** What is not recorded, in sentences. */
  readonly leftAlone: readonly string[];
  /** Files that were read for it beside the source. */
  readonly read: readonly string[];
}

export interface FunctionGroup {
  readonly file: string;
  readonly count: number;
  /** A line for each function, as in DEF_FUNCTIONS, without a line end behind the last. */
  readonly lines: string;
}

export function instrumentFile(request: FileRequest): InstrumentedFile {
  const { source } = request;
  if (holdsOwnNames(source)) return leftAlone('It holds names that recording would put in: it is instrumented already, or a bundle of the tracer.');
  try {
    const { kind, arguments: args, results, exceptions } = request;
    const options = { kind, fileName: baseName(request.file), arguments: args, results, exceptions };
    const { code, functions, leftAlone: skipped, asBody } = instrument(source, options);
    // Node says what is wrong in the words of the file: those of a text that recording was put into would be another's.
    const refusal = asBody === undefined ? undefined : request.refusal?.(asBody);
    if (refusal !== undefined && (asBody === source || isWrongModule(source))) return leftAlone(`It cannot be parsed: ${oneLine(refusal)}`);
    const positions = new Positions(request);
    const reasons = skipped.map(({ at, reason }) => {
      const { file: where, line } = positions.of(at);
      return `The function at ${where}:${line} is not recorded: it ${reason}.`;
    });
    const named = source.includes('sourceMappingURL=') || functions.length === 0 ? code : code + EMPTY_MAP;
    return { code: named, reason: '', groups: groupsOf(functions, positions), leftAlone: reasons, read: positions.read };
  } catch (error) {
    if (error instanceof RangeError) return leftAlone('It nests too deeply.');
    const { message } = error as Error;
    return leftAlone(`It cannot be parsed: ${oneLine(message)}`);
  }
}

/** The text that the engine was asked about is not the module itself: the parser agrees that something is wrong. */
function isWrongModule(source: string): boolean {
  try {
    parseSource(source, 'module', true);
    return false;
  } catch {
    return true;
  }
}

const leftAlone = (reason: string): InstrumentedFile => ({ code: '', reason, groups: [], leftAlone: [], read: [] });

class Positions {
  readonly #file: string;
  readonly #source: string;
  readonly #starts: readonly number[];
  readonly #maps: SourceMaps | undefined;

  constructor(request: FileRequest) {
    this.#file = request.file;
    this.#source = request.source;
    this.#starts = lineStarts(request.source);
    const maps = new SourceMaps(request);
    this.#maps = maps.has(request.file, request.source) ? maps : undefined;
  }

  get read(): readonly string[] {
    return [...(this.#maps?.read ?? [])];
  }

  of(at: number): Position {
    const line = lineOf(this.#starts, at);
    const here = { file: this.#file, line: line + 1, column: at - (this.#starts[line] as number) + 1 };
    return this.#maps ? this.#maps.original(this.#file, this.#source, here) : here;
  }
}

function groupsOf(functions: readonly FoundFunction[], positions: Positions): FunctionGroup[] {
  const groups: { file: string; lines: string[] }[] = [];
  for (const { name, at, flags } of functions) {
    const { file, line, column } = positions.of(at);
    let group = groups.at(-1);
    if (!group || group.file !== file) {
      group = { file, lines: [] };
      groups.push(group);
    }
    group.lines.push(`${line} ${column} ${flags} ${name ?? `(anonymous ${baseName(file)}:${line})`}`);
  }
  return groups.map(({ file, lines }) => ({ file, count: lines.length, lines: lines.join('\n') }));
}

const baseName = (file: string): string => file.replace(/^.*[\\/]/, '');
