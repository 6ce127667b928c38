import path from 'node:path';
import type { Worker } from 'node:worker_threads';
import { plainWorker } from './builtins.ts';
import type { DrainStart } from './ring-layout.ts';

/**
 * Starts the drain worker, beside `folder`/tracer.cjs. It keeps nothing alive, inherits nothing and prints nothing.
 * `failed`: it ended by an error of its own, which must not become an uncaught exception of the script.
 */
export function startDrain(folder: string, start: Omit<DrainStart, 'folder'>, failed: (error: unknown) => void): Worker {
  // The script's own workers are traced, this one is not.
  const worker = new (plainWorker())(path.join(folder, 'drain.cjs'), {
    workerData: { ...start, folder } satisfies DrainStart,
    name: 'trace-studio drain',
    // Without these it would run the preload itself, and see the script's flags.
    execArgv: [],
    env: {},
    stdin: false,
    // Taken, and never read: nothing of the worker's may appear in the script's output.
    stdout: true,
    stderr: true,
    trackUnmanagedFds: false,
  });
  worker.on('error', failed);
  worker.unref();
  return worker;
}
