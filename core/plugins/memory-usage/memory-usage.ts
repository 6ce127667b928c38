import { pluginArguments, type VizPluginBase, type VizTracer } from 'trace-studio';
import { frequencySchema, type Measurement, type Sample, type Sampling, SamplingPlugin, sampleInOwnThread } from '../sampling.ts';

export const version = '1.0.0';
export const description = 'Memory of the process in bytes: resident set, and the heap and buffers of the main thread.';
export const args_schema = frequencySchema(description);

const memoryUsage = process.memoryUsage.bind(process);
const rss = process.memoryUsage.rss.bind(process.memoryUsage);

/** Only a thread itself can tell of its heap; while it is blocked, what it told last stands. */
function measure(shared: Float64Array): Measurement {
  const turn = (): void => {
    const { heapUsed, heapTotal, external, arrayBuffers } = memoryUsage();
    shared[0] = heapUsed;
    shared[1] = heapTotal;
    shared[2] = external;
    shared[3] = arrayBuffers;
  };
  turn();
  return { turn };
}

function sampler(shared: Float64Array): Sample {
  return (tracer: VizTracer) => {
    const [heapUsed, heapTotal, external, arrayBuffers] = shared as unknown as [number, number, number, number];
    tracer.counter('memory_usage', { rss: rss(), heapUsed, heapTotal, external, arrayBuffers });
  };
}

const sampling: Sampling = { name: 'memory_usage', file: __filename, shared: 4, measure, sampler };
sampleInOwnThread(sampling);

class MemoryUsage extends SamplingPlugin {}

export const get_vizplugin = (spec: string): VizPluginBase => new MemoryUsage(sampling, pluginArguments(args_schema, spec));
