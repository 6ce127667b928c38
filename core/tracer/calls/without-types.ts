import * as Module from 'node:module';

// Taken at load: a script may replace them.
const stripTypes = (Module.default as { stripTypeScriptTypes?: (source: string) => string }).stripTypeScriptTypes;

/**
 * TypeScript as Node itself runs it: with blanks in place of types. Undefined where this Node cannot do it, or not with this source: it
 * says so itself when it runs the file.
 */
export function withoutTypes(source: string): string | undefined {
  // The function is called experimental when it is used; running a file of TypeScript is not.
  const { emitWarning } = process;
  try {
    process.emitWarning = () => {};
    return stripTypes?.(source);
  } catch {
    return undefined;
  } finally {
    process.emitWarning = emitWarning;
  }
}
