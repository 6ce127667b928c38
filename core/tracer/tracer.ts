/** Entry of what preload.cjs loads: puts the tracer into this process or worker thread. */
import { createRequire } from 'node:module';
import path from 'node:path';
import { surelyMainThread, workerThreads } from './builtins.ts';
import { isHooksThread } from './hooks-thread.ts';
import { RUNTIME } from './runtime.ts';
import { traceProcess } from './trace-process.ts';
import { traceWorker } from './trace-worker.ts';

/** Called by preload.cjs with its own path. What it throws, preload.cjs catches. */
export function install(preload: string): void {
  const folder = path.dirname(preload);
  if (!(RUNTIME in globalThis)) {
    if (surelyMainThread()) traceProcess(folder);
    else if (!isHooksThread()) {
      if (workerThreads().isMainThread) traceProcess(folder);
      else traceWorker(folder);
    }
  }
  delete createRequire(preload).cache[path.join(folder, 'tracer.cjs')];
}
