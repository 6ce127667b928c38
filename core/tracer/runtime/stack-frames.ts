import { type AnyFunction, call, type Functions } from './invisible.ts';

interface CallSite {
  getFileName(): unknown;
}

/**
 * Leaves the tracer's own frames out of stack traces: every Node that is supported makes their text in `Error.prepareStackTrace`, a function that is there
 * from the start. A script that puts its own in that place sees them.
 */
export function hideOwnFrames(functions: Functions, folder: string): void {
  const isOwn = (site: CallSite): boolean => {
    const file = site.getFileName();
    return typeof file === 'string' && file.startsWith(folder);
  };
  functions.replace(Error, 'prepareStackTrace', (target: AnyFunction, self, args) => {
    const [error, trace] = args as [unknown, CallSite[] | undefined];
    return call(target, self, Array.isArray(trace) && trace.some(isOwn) ? [error, trace.filter((site) => !isOwn(site))] : args);
  });
}
