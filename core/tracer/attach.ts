import path from 'node:path';
import { workerThreads } from './builtins.ts';
import { RUNTIME } from './runtime.ts';
import type { TargetSettings } from './target-settings.ts';
import { traceProcess } from './trace-process.ts';

/** What the studio is told in the process that it attaches to. */
export type AttachAnswer = 'attached' | 'already-traced' | 'not-main-thread';

/** Puts the tracer into a process that runs already. */
export function attach(folder: string, settings: TargetSettings): AttachAnswer {
  if (RUNTIME in globalThis) return 'already-traced';
  if (!workerThreads().isMainThread) return 'not-main-thread';
  traceProcess(path.resolve(folder), settings);
  return 'attached';
}
