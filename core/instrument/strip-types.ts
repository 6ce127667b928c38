import { transformSync } from 'amaro';

/** JavaScript of a TypeScript file, and how it was made. */
export interface JavaScript {
  readonly code: string;
  /** `blanks`: blanks in place of types, lines and columns as they were. The others print anew, with a source map in the text. */
  readonly way: 'blanks' | 'amaro' | 'project' | 'bundled';
}

/** What compiles a file with the settings of its project. They throw a SyntaxError. */
export interface Compilers {
  /** The compiler that the project has installed; undefined: none that can be called. */
  readonly project: () => string | undefined;
  /** The one of this package. */
  readonly bundled: () => string;
}

/**
 * As Node from 22.18 on does it by itself, with the same library: types become blanks. What cannot be done that way (enums, namespaces, parameter
 * properties, decorators, JSX, `import` where it has to become `require`) is done by the project's own compiler. Without one the library does what it
 * can, which takes a tenth of the time, and the compiler of this package the rest.
 *
 * Throws a SyntaxError in the words of Node's own where it is no valid TypeScript.
 */
export function javascriptOf(source: string, filename: string, isCommonJs: boolean, compilers: Compilers): JavaScript {
  const runs = (code: string): boolean => !(isCommonJs && ES_SYNTAX.test(code));
  const takesCompiler = JSX_FILE.test(filename) || usesDecorators(source, filename);
  const blanked = takesCompiler ? undefined : blanks(source, filename);
  if (blanked !== undefined && runs(blanked)) return { code: blanked, way: 'blanks' };
  const byProject = compilers.project();
  if (byProject !== undefined) return { code: byProject, way: 'project' };
  const printed = takesCompiler || blanked !== undefined ? undefined : transformed(source, filename);
  if (printed !== undefined && runs(printed)) return { code: printed, way: 'amaro' };
  return { code: compilers.bundled(), way: 'bundled' };
}

/** Of these types cannot be told from elements by blanks. */
export const JSX_FILE = /\.[jt]sx$/;
/** An import or export at the start of a line: what Node calls detecting module syntax. */
export const ES_SYNTAX = /^\s*(?:import\b(?!\s*\()|export\b)/m;

/** Undefined: it has more than types. */
function blanks(source: string, filename: string): string | undefined {
  try {
    return transformSync(source, { mode: 'strip-only', filename }).code;
  } catch (failure) {
    if ((failure as Failure).code !== 'UnsupportedSyntax') throw inWords(failure, filename);
    return undefined;
  }
}

/** Types replaced by blanks. Throws a SyntaxError in the words of Node's own: not valid TypeScript, or syntax that has to be compiled. */
export function stripTypes(source: string, filename: string): string {
  try {
    return transformSync(source, { mode: 'strip-only', filename }).code;
  } catch (failure) {
    throw inWords(failure, filename);
  }
}

interface Failure {
  readonly code?: string;
  readonly message?: string;
  readonly snippet?: string;
  readonly startLine?: number;
}

function inWords(failure: unknown, filename: string): SyntaxError {
  const { message = String(failure), snippet = '', startLine = 1 } = failure as Failure;
  return new SyntaxError(`${message}\n${filename}:${startLine}\n${snippet}`);
}

/** The parser without them takes it for wrong, the one with them does not. */
function usesDecorators(source: string, filename: string): boolean {
  if (!source.includes('@')) return false;
  return !parses(source, filename, false) && parses(source, filename, true);
}

function parses(source: string, filename: string, decorators: boolean): boolean {
  try {
    transformSync(source, { mode: 'transform', filename, parser: { decorators } } as Parameters<typeof transformSync>[1]);
    return true;
  } catch {
    return false;
  }
}

/** Imports that only name types go, as with the compiler: such code was not written for Node. */
function transformed(source: string, filename: string): string {
  try {
    const { code, map } = transformSync(source, {
      mode: 'transform',
      filename,
      sourceMap: true,
      transform: { verbatimModuleSyntax: false, noEmptyExport: true },
    });
    return `${code}\n//# sourceMappingURL=data:application/json;base64,${Buffer.from(map ?? '').toString('base64')}`;
  } catch (failure) {
    throw inWords(failure, filename);
  }
}
