import { currentRuntime } from '../runtime.ts';

interface Registry {
  tracer?: unknown;
}

const REGISTRY = Symbol.for('trace-studio.tracer');

/** Where the tracer lies that `getTracer` gives: in a traced thread in its runtime, else beside all copies of the API. */
export function registry(): Registry {
  const runtime = currentRuntime();
  if (runtime) return runtime as Registry;
  const holder = globalThis as { [REGISTRY]?: Registry };
  if (!holder[REGISTRY]) Object.defineProperty(globalThis, REGISTRY, { value: {}, configurable: true, enumerable: false });
  return holder[REGISTRY] as Registry;
}
