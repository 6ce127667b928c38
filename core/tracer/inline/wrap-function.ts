import { existsSync } from 'node:fs';
import path from 'node:path';
import { getTracer, VizTracer } from '../viz-tracer.ts';
import type { VizTracerOptions } from './tracer-options.ts';

type AnyFunction = (this: never, ...args: never[]) => unknown;
interface DecoratorContextLike {
  readonly kind: string;
  readonly name: string | symbol;
}
/** Wraps a function; also a decorator of the language, or one of TypeScript's `experimentalDecorators`. */
export type Wrapper = {
  <T extends AnyFunction>(fn: T, context?: DecoratorContextLike): T;
  (target: object, key: string | symbol, descriptor: PropertyDescriptor): PropertyDescriptor;
};

function wrapper(name: string, wrap: (fn: AnyFunction) => (this: unknown, ...args: unknown[]) => unknown): Wrapper {
  const like = (fn: AnyFunction): AnyFunction => {
    if (typeof fn !== 'function') throw new TypeError(`${name} takes a function, not ${fn === null ? 'null' : `a ${typeof fn}`}`);
    const wrapped = wrap(fn);
    for (const key of ['name', 'length'] as const) Object.defineProperty(wrapped, key, { value: fn[key], configurable: true });
    return wrapped;
  };
  return ((first: unknown, second: unknown, descriptor: PropertyDescriptor | undefined): unknown => {
    const key = typeof second === 'string' || typeof second === 'symbol';
    return key && descriptor ? { ...descriptor, value: like(descriptor.value as AnyFunction) } : like(first as AnyFunction);
  }) as Wrapper;
}

/**
 * A function during which `tracer` (not given: that of `getTracer`) is paused: nothing that happens in it is recorded, and it
 * goes on also if the function throws. Of an async function only what it does before it first waits: others run meanwhile.
 * Without a tracer it is the function alone.
 */
export function ignoreFunction<T extends AnyFunction>(fn: T, tracer?: VizTracer | null): T;
export function ignoreFunction<T extends AnyFunction>(fn: T, context: DecoratorContextLike): T;
export function ignoreFunction(target: object, key: string | symbol, descriptor: PropertyDescriptor): PropertyDescriptor;
export function ignoreFunction(first: unknown, second?: unknown, third?: unknown): unknown {
  const given = second instanceof VizTracer ? second : undefined;
  const ignoring = wrapper('ignoreFunction', (fn) => {
    return function ignored(this: unknown, ...args: unknown[]): unknown {
      const tracer = given ?? getTracer();
      if (!tracer?.enabled) return Reflect.apply(fn, this, args);
      tracer.pause();
      try {
        return Reflect.apply(fn, this, args);
      } finally {
        tracer.resume();
      }
    };
  });
  return (ignoring as (...args: unknown[]) => unknown)(first, given ? undefined : second, third);
}

export interface TraceAndSaveOptions extends Omit<VizTracerOptions, 'outputFile' | 'output_file'> {
  /** Folder of the reports. Default: the working directory. */
  readonly outputDir?: string;
}

/**
 * A function each call of which is traced, and saved as `result_<name>_<time>.json`, also if it throws; of an async one when it
 * settles. During the call `getTracer` gives its tracer; of async calls that overlap, the last one's.
 *
 *     const work = traceAndSave(function work() { … });
 *     const work = traceAndSave({ outputDir: 'traces' })(function work() { … });
 */
export function traceAndSave<T extends AnyFunction>(fn: T, context?: DecoratorContextLike): T;
export function traceAndSave(target: object, key: string | symbol, descriptor: PropertyDescriptor): PropertyDescriptor;
export function traceAndSave(options?: TraceAndSaveOptions): Wrapper;
export function traceAndSave(...given: unknown[]): unknown {
  const [first, second] = given;
  const asOptions = typeof first !== 'function' && typeof second !== 'string' && typeof second !== 'symbol';
  const { outputDir = '', ...options } = ((asOptions ? first : undefined) ?? {}) as TraceAndSaveOptions;
  const tracing = wrapper('traceAndSave', (fn) => {
    return function traced(this: unknown, ...args: unknown[]): unknown {
      return VizTracer.run({ ...options, outputFile: freeName(outputDir, fn.name) }, () => Reflect.apply(fn, this, args) as unknown);
    };
  });
  return asOptions ? tracing : (tracing as (...args: unknown[]) => unknown)(...given);
}

/** Calls within a moment, and calls within calls, do not share a file. */
const taken = new Set<string>();

function freeName(folder: string, name: string): string {
  const word = name.replaceAll(/[^\w.-]+/g, '_') || 'anonymous';
  for (let time = Math.floor((performance.timeOrigin + performance.now()) * 100); ; time++) {
    const file = path.join(folder, `result_${word}_${time}.json`);
    if (taken.has(file) || existsSync(file)) continue;
    if (taken.size > 10_000) taken.clear();
    taken.add(file);
    return file;
  }
}
