import path from 'node:path';
import type { Worker } from 'node:worker_threads';
import { plainWorker } from './builtins.ts';
import type { DrainStart } from './ring-layout.ts';

/**
 * Starts the drain worker, beside `folder`/tracer.cjs. It keeps nothing alive, inherits nothing and prints nothing.
 * `failed`: it ended by an error of its own, which must not become an uncaught exception of the script.
 */
export function startDrain(folder: string, start: Omit<DrainStart, 'folder'>, failed: (error: unknown) => void): Worker {
  const worker = withoutTick(() => makeWorker(folder, { ...start, folder }));
  worker.on('error', failed);
  worker.unref();
  return worker;
}

function makeWorker(folder: string, start: DrainStart): Worker {
  // The script's own workers are traced, this one is not.
  return new (plainWorker())(path.join(folder, 'drain.cjs'), {
    workerData: start,
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
}

/**
 * A new thread is announced to the process (`worker`) in the next tick. Nobody is to hear of this one, and a tick that the script did
 * not ask for is to be seen: what it awaits would go on from there, with another frame in its stack traces.
 */
function withoutTick<T>(make: () => T): T {
  const { nextTick } = process;
  process.nextTick = (callback: (...args: unknown[]) => void, ...args: unknown[]) => {
    if (args.length > 0) nextTick(callback, ...args);
  };
  try {
    return make();
  } finally {
    process.nextTick = nextTick;
  }
}
