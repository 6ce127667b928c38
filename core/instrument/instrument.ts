import { ID, PREFIX } from './inserted-text.ts';
import type { Instrumented } from './insertions.ts';
import { MODULE_SYNTAX, readOnce } from './reader.ts';
import type { SourceKind } from './syntax.ts';
import { type WalkOptions, walkTree } from './tree-walker.ts';

export interface InstrumentOptions extends Omit<WalkOptions, 'kind'> {
  /** `either`: it is an ES module if it cannot be read as CommonJS. */
  readonly kind: SourceKind | 'either';
}

/**
 * Puts the recording of calls into `source`: text is added within lines, none is removed, and no line more or less. The reader does it in one pass; what it
 * does not know, the parser reads. Throws a SyntaxError where `source` cannot be parsed, and a RangeError where it nests too deeply.
 */
export function instrument(source: string, options: InstrumentOptions): Instrumented {
  if (options.kind !== 'either') return instrumentAs(source, { ...options, kind: options.kind });
  try {
    return instrumentAs(source, { ...options, kind: 'commonjs' }, true);
  } catch (error) {
    if (error instanceof RangeError) throw error;
    return instrumentAs(source, { ...options, kind: 'module' });
  }
}

/** `isTry`: why it cannot be read is not asked. */
function instrumentAs(source: string, options: WalkOptions, isTry = false): Instrumented {
  try {
    // Arguments and results are put in by way of the tree alone.
    const found = options.arguments || options.results ? undefined : readOnce(source, options);
    if (found) return found;
  } catch (error) {
    if (isTry || error !== MODULE_SYNTAX) throw error;
  }
  return walkTree(source, options);
}

/** A file that holds our own names cannot be told from one that is instrumented already. */
export const holdsOwnNames = (source: string): boolean => source.includes(PREFIX) || source.includes(ID);
