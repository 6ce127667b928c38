import { createRequire } from 'node:module';
import path from 'node:path';
import type * as save from './save/save.ts';

export type Save = typeof save;

/** The code that knows formats: a file of its own in the tracer's `folder`, loaded when it is first needed. */
export function loadSave(folder: string): Save {
  const file = path.join(folder, 'save.cjs');
  const require = createRequire(file);
  try {
    return require(file) as Save;
  } catch (error) {
    const reason = error instanceof Error ? error.message.split('\n')[0] : String(error);
    throw new Error(
      `Trace Studio cannot save: ${file} could not be loaded (${reason}). If trace-studio was bundled into another file, keep it out of the bundle (external).`,
      { cause: error },
    );
  }
}
