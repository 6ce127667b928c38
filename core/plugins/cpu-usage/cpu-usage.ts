import { isMainThread } from 'node:worker_threads';
import { pluginArguments, type VizPluginBase, type VizTracer } from 'trace-studio';
import { frequencySchema, type Sample, type Sampling, SamplingPlugin, sampleInOwnThread } from '../sampling.ts';

export const version = '1.0.0';
export const description = 'CPU time of the process, user and system, in percent of one core.';
export const args_schema = frequencySchema(description);

const cpuUsage = process.cpuUsage.bind(process);
const now = performance.now.bind(performance);

/** The first sample is the mean since the process began, each further one since the one before. */
function sampler(): Sample {
  let last = isMainThread ? { user: 0, system: 0 } : cpuUsage();
  let lastMs = isMainThread ? 0 : now();
  return (tracer: VizTracer) => {
    const [usage, time] = [cpuUsage(), now()];
    const elapsed = time - lastMs;
    // The system counts too coarsely for less.
    if (elapsed < 1) return;
    // Microseconds of CPU time in milliseconds of time: a tenth of a percent each.
    tracer.counter('cpu_usage', { user: (usage.user - last.user) / elapsed / 10, system: (usage.system - last.system) / elapsed / 10 });
    last = usage;
    lastMs = time;
  };
}

const sampling: Sampling = { name: 'cpu_usage', file: __filename, sampler };
sampleInOwnThread(sampling);

class CpuUsage extends SamplingPlugin {}

export const get_vizplugin = (spec: string): VizPluginBase => new CpuUsage(sampling, pluginArguments(args_schema, spec));
