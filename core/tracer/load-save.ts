import { createRequire } from 'node:module';
import path from 'node:path';
import { currentRuntime } from './runtime.ts';
import type * as save from './save/save.ts';

/** Where the files of the tracer lie that this copy of the API works with. */
export function tracerFolder(): string {
  const file = currentRuntime()?.apiFile ?? (typeof __filename === 'string' ? __filename : undefined);
  if (file === undefined) throw new Error(`The parts of Trace Studio cannot be found. ${NOT_BUNDLED}`);
  return path.dirname(file);
}

const NOT_BUNDLED = 'If trace-studio was bundled into another file, keep it out of the bundle (external).';

/** A part of the tracer that is a file of its own, beside the API: loaded when it is first needed. */
export function loadBeside<T>(name: string): T {
  const file = path.join(tracerFolder(), name);
  const require = createRequire(file);
  try {
    return require(file) as T;
  } catch (error) {
    const reason = error instanceof Error ? error.message.split('\n')[0] : String(error);
    throw new Error(`A part of Trace Studio is missing: ${file} could not be loaded (${reason}). ${NOT_BUNDLED}`, { cause: error });
  }
}

/** The code that knows formats. */
export const loadSave = (): typeof save => loadBeside<typeof save>('save.cjs');
