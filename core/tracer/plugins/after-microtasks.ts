// Taken at load: a script may replace them (fake timers do).
const { nextTick } = process;
const { queueMicrotask } = globalThis;

/** Calls `then` when all microtasks have run, and those that came of them, so many times in a row. The event loop does not turn meanwhile. */
export function afterMicrotasks(times: number, then: () => void): void {
  // All ticks run before any microtask does, and all microtasks before the next tick.
  nextTick(() => queueMicrotask(() => nextTick(() => (times > 1 ? afterMicrotasks(times - 1, then) : then()))));
}
