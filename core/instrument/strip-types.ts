import { transformSync } from 'amaro';

/** JavaScript of a TypeScript file, and how it was made. */
export interface JavaScript {
  readonly code: string;
  /** `blanks`: blanks in place of types, lines and columns as they were. The others print anew, with a source map in the text. */
  readonly way: 'blanks' | 'amaro' | 'project';
}
/** What the project has itself to make JavaScript. */
export type Transpile = (source: string, filename: string) => string;

/**
 * As Node from 22.18 on does it by itself, with the same library: types become blanks. What cannot be done that way (enums, namespaces, parameter
 * properties, decorators) is done by the project's own compiler, which knows what its settings mean; without one by the library, but for decorators.
 *
 * Throws a SyntaxError in the words of Node's own where it is no valid TypeScript.
 */
export function javascriptOf(source: string, filename: string, own: () => Transpile | undefined): JavaScript {
  const hasDecorators = usesDecorators(source, filename);
  if (!hasDecorators) {
    try {
      return { code: transformSync(source, { mode: 'strip-only', filename }).code, way: 'blanks' };
    } catch (failure) {
      if ((failure as Failure).code !== 'UnsupportedSyntax') throw inWords(failure, filename);
    }
  }
  const transpile = own();
  if (transpile) return { code: transpile(source, filename), way: 'project' };
  if (hasDecorators) {
    throw new SyntaxError(
      `${filename} has decorators, which take a compiler: install TypeScript 5 or 6 in the project (npm install --save-dev typescript@5), or run it with a loader (node --import tsx).`,
    );
  }
  return { code: transformed(source, filename), way: 'amaro' };
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
