/**
 * Modules of Node that take milliseconds to load, and that most scripts never ask for: together they are a third of what the
 * tracer adds to a start. Loaded when they are used.
 */
const builtin = process.getBuiltinModule.bind(process);

export const workerThreads = (): typeof import('node:worker_threads') => builtin('node:worker_threads');
export const childProcess = (): typeof import('node:child_process') => builtin('node:child_process');

let plain: typeof import('node:worker_threads').Worker | undefined;

/** `Worker` as Node has it: the script's own are another class, see worker-threads.ts, which asks here first. */
export function plainWorker(): typeof import('node:worker_threads').Worker {
  plain ??= workerThreads().Worker;
  return plain;
}

/** In a worker Node itself has loaded `worker_threads` before us; where it has not, this is a main thread. */
export function surelyMainThread(): boolean {
  const { moduleLoadList } = process as { readonly moduleLoadList?: readonly string[] };
  return Array.isArray(moduleLoadList) && !moduleLoadList.includes('NativeModule worker_threads');
}
