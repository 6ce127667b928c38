import { workerThreads } from './builtins.ts';

/** True in the thread in which Node runs the hooks of `module.register`: the preload is loaded there, too, and no script of the user's runs. */
export function isHooksThread(): boolean {
  const threads = workerThreads();
  const { isInternalThread } = threads as { isInternalThread?: boolean };
  if (isInternalThread !== undefined) return isInternalThread;
  return !threads.isMainThread && threads.parentPort === null;
}
