/** Entry of what preload.cjs loads: puts the tracer into this process or worker thread. */
import { createRequire } from 'node:module';
import path from 'node:path';
import { attach as attachTracer } from './attach.ts';
import { surelyMainThread, workerThreads } from './builtins.ts';
import { isHooksThread } from './hooks-thread.ts';
import { RUNTIME } from './runtime.ts';
import type { TargetSettings } from './target-settings.ts';
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

/** Called by the studio in a process that runs already, through its inspector. `json`: settings, and the tracer's folder. */
export function attach(json: string): string {
  const { folder, ...settings } = JSON.parse(json) as TargetSettings & { readonly folder: string };
  const answer = attachTracer(folder, settings);
  delete createRequire(path.join(folder, 'tracer.cjs')).cache[path.join(folder, 'tracer.cjs')];
  return answer;
}
