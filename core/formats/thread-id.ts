/**
 * Between Node's thread numbers and a trace's `tid`, both ways. Node calls a process's main thread 0, which in other viewers is the
 * idle task of a processor; on Linux a main thread's id is that of its process. The two numbers change places, so that a worker
 * that happens to have its process's number (process 1 of a container) keeps an id of its own.
 */
export function swapMainThread(pid: number, thread: number): number {
  if (thread === 0) return pid;
  return thread === pid ? 0 : thread;
}
