import { constants, type PerformanceEntry, PerformanceObserver } from 'node:perf_hooks';
import { pluginArguments, type VizPluginBase, type VizTracer } from 'trace-studio';
import { frequencySchema, type Measurement, type Sample, type Sampling, SamplingPlugin } from '../sampling.ts';

export const version = '1.0.0';
export const description = 'Pauses of the main thread by garbage collection, in milliseconds by kind.';
export const args_schema = frequencySchema(description);

/** Place in the shared numbers by Node's number of the kind. */
const KINDS: ReadonlyMap<unknown, number> = new Map([
  [constants.NODE_PERFORMANCE_GC_MINOR, 0],
  [constants.NODE_PERFORMANCE_GC_MAJOR, 1],
  [constants.NODE_PERFORMANCE_GC_INCREMENTAL, 2],
  [constants.NODE_PERFORMANCE_GC_WEAKCB, 3],
]);

/** Node tells of pauses when the script's thread is free again. While there are none, nothing runs here. */
function measure(shared: Float64Array, _periodMs: number, wake: () => void): Measurement {
  const add = (pauses: readonly PerformanceEntry[]): void => {
    for (const pause of pauses) {
      const place = KINDS.get((pause as { detail?: { kind?: unknown } }).detail?.kind);
      if (place !== undefined) shared[place] = (shared[place] as number) + pause.duration;
    }
  };
  const observer = new PerformanceObserver((list) => {
    add(list.getEntries());
    wake();
  });
  observer.observe({ entryTypes: ['gc'] });
  const end = (): void => {
    add(observer.takeRecords());
    observer.disconnect();
  };
  return { end };
}

/** The pauses since the sample before. One without any stands for all that follow. */
function sampler(shared: Float64Array): Sample {
  const told = new Float64Array(4);
  return (tracer: VizTracer) => {
    const [minor, major, incremental, weakcb] = Array.from(shared, (sum, i) => sum - (told[i] as number)) as [number, number, number, number];
    told.set(shared);
    tracer.counter('gc', { minor, major, incremental, weakcb });
    return minor + major + incremental + weakcb > 0;
  };
}

const sampling: Sampling = { name: 'gc', shared: 4, measure, sampler };

class GarbageCollection extends SamplingPlugin {}

export const get_vizplugin = (spec: string): VizPluginBase => new GarbageCollection(sampling, pluginArguments(args_schema, spec));
