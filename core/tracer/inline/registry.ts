import { currentRuntime } from '../runtime.ts';

interface Registry {
  tracer?: object | undefined;
  /** Those that were registered before it, the last one last: it gives way to them. Nobody else keeps a tracer alive. */
  earlier?: WeakRef<object>[];
}

const REGISTRY = Symbol.for('trace-studio.tracer');

/** Where the tracer lies that `getTracer` gives: in a traced thread in its runtime, else beside all copies of the API. */
function registry(): Registry {
  const runtime = currentRuntime();
  if (runtime) return runtime as Registry;
  const holder = globalThis as { [REGISTRY]?: Registry };
  if (!holder[REGISTRY]) Object.defineProperty(globalThis, REGISTRY, { value: {}, configurable: true, enumerable: false });
  return holder[REGISTRY] as Registry;
}

export const registeredTracer = (): object | undefined => registry().tracer;

export function registerTracer(tracer: object): void {
  const { tracer: before, earlier = [] } = registry();
  const alive = earlier.filter((ref) => ref.deref());
  if (before) alive.push(new WeakRef(before));
  Object.assign(registry(), { tracer, earlier: alive });
}

/** It is over. If it was the one that `getTracer` gave, the one before it takes its place. */
export function unregisterTracer(tracer: object): void {
  const { tracer: current, earlier = [] } = registry();
  const others = earlier.map((ref) => ref.deref()).filter((one) => one !== undefined && one !== tracer) as object[];
  const next = current === tracer ? others.pop() : current;
  Object.assign(registry(), { tracer: next, earlier: others.map((one) => new WeakRef(one)) });
}
