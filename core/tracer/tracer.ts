/** Entry of what preload.cjs loads: puts the tracer into this process or worker thread. */
import { createRequire } from 'node:module';
import path from 'node:path';
import { isMainThread } from 'node:worker_threads';
import { isHooksThread } from './hooks-thread.ts';
import { RUNTIME } from './runtime.ts';
import { traceProcess } from './trace-process.ts';
import { traceWorker } from './trace-worker.ts';

/** Called by preload.cjs with its own path. What it throws, preload.cjs catches. */
export function install(preload: string): void {
  const folder = path.dirname(preload);
  if (!(RUNTIME in globalThis) && !isHooksThread()) {
    if (isMainThread) traceProcess(folder);
    else traceWorker(folder);
  }
  delete createRequire(preload).cache[path.join(folder, 'tracer.cjs')];
}
