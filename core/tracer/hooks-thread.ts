import * as threads from 'node:worker_threads';

/** True in the thread in which Node runs the hooks of `module.register`: the preload is loaded there, too, and no script of the user's runs. */
export function isHooksThread(): boolean {
  const { isInternalThread } = threads as { isInternalThread?: boolean };
  if (isInternalThread !== undefined) return isInternalThread;
  return !threads.isMainThread && threads.parentPort === null;
}
