import { transformSync } from 'amaro';

/**
 * Replaces the types of TypeScript by blanks, so that lines and columns stay as they are: what Node from 22.18 on does by itself,
 * by the same library, for the versions that do not.
 *
 * Throws a SyntaxError in the words of Node's own: not valid TypeScript, or syntax that has to be compiled (enum, parameter property).
 */
export function stripTypes(source: string, filename: string): string {
  try {
    return transformSync(source, { mode: 'strip-only', filename }).code;
  } catch (failure) {
    const { message = String(failure), snippet = '', startLine = 1 } = failure as { message?: string; snippet?: string; startLine?: number };
    throw new SyntaxError(`${message}\n${filename}:${startLine}\n${snippet}`);
  }
}
