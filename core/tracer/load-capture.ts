import { createRequire } from 'node:module';
import path from 'node:path';
import type { CaptureOptions } from '../protocol/capture-options.ts';
import type { RingWriter } from './ring-writer.ts';
import type * as runtimeCapture from './runtime/runtime-capture.ts';
import type { RuntimeCapture } from './runtime/runtime-capture.ts';

/** What `runtime/` records; where none of it is wanted, its file is not read. */
const WANTED = ['asyncOperations', 'asyncHooks', 'gc', 'eventLoop', 'consoleCalls', 'marks', 'warnings', 'modules'] as const satisfies (keyof CaptureOptions)[];

/** Puts the sources of runtime events into this thread. Undefined where the launch wants none; a failure of ours is reported, and the script runs. */
export function loadCapture(
  folder: string,
  options: CaptureOptions | undefined,
  writer: RingWriter,
  { isMainThread, isAttached }: { readonly isMainThread: boolean; readonly isAttached: boolean },
): RuntimeCapture | undefined {
  if (!options || !WANTED.some((key) => options[key])) return undefined;
  const file = path.join(folder, 'runtime-capture.cjs');
  try {
    const require = createRequire(file);
    const { startCapture } = require(file) as typeof runtimeCapture;
    delete require.cache[file];
    return startCapture({ writer, options, folder, isMainThread, isAttached });
  } catch (error) {
    writer.report(`Runtime events are not recorded: ${error instanceof Error ? error.message : String(error)}`);
    return undefined;
  }
}
