import { pluginArguments, type VizPluginBase, type VizTracer } from 'trace-studio';
import { frequencySchema, type Measurement, type Sample, type Sampling, SamplingPlugin, sampleInOwnThread } from '../sampling.ts';

export const version = '1.0.0';
export const description = 'Delay of the event loop (percentiles of the last second, in milliseconds) and its utilisation in percent.';
export const args_schema = frequencySchema(description);

const eventLoopUtilization = performance.eventLoopUtilization.bind(performance);
/** One clock for both threads: `performance.now()` counts from the start of its thread. */
const nowMs = (): number => Number(process.hrtime.bigint()) / 1e6;

/** Percentiles are of so long a time, */
const WINDOW_MS = 1000;
/** or of so many turns, where there are more in it. */
const MAX_TURNS = 200;

/** Places in the shared numbers. */
const At = { DUE: 0, P50: 1, P90: 2, P99: 3, MAX: 4, UTILISATION: 5 } as const;

/** In the script's thread: how late the timer is at each turn, and how busy the loop was since the one before. */
function measure(shared: Float64Array, periodMs: number): Measurement {
  const delays = new Float64Array(Math.max(1, Math.min(MAX_TURNS, Math.round(WINDOW_MS / periodMs))));
  let turns = 0;
  let last = eventLoopUtilization();
  shared[At.DUE] = nowMs();
  const turn = (): void => {
    const now = nowMs();
    delays[turns++ % delays.length] = Math.max(0, now - (shared[At.DUE] as number));
    const sorted = delays.slice(0, turns).sort();
    const percentile = (part: number): number => sorted[Math.ceil(part * sorted.length) - 1] as number;
    shared[At.P50] = percentile(0.5);
    shared[At.P90] = percentile(0.9);
    shared[At.P99] = percentile(0.99);
    shared[At.MAX] = percentile(1);
    const utilisation = eventLoopUtilization();
    shared[At.UTILISATION] = eventLoopUtilization(utilisation, last).utilization;
    last = utilisation;
    shared[At.DUE] = now + periodMs;
  };
  return { turn };
}

/** A turn that is overdue is already a delay, and the loop is busy as long: so a blocked thread is seen while it is blocked. */
function sampler(shared: Float64Array, periodMs: number): Sample {
  return (tracer: VizTracer) => {
    const [due, p50, p90, p99, max, utilisation] = shared as unknown as [number, number, number, number, number, number];
    const overdue = Math.max(0, nowMs() - due);
    tracer.counter('event_loop_delay', { p50, p90, p99, max: Math.max(max, overdue) });
    tracer.counter('event_loop_utilisation', { utilisation: overdue > periodMs ? 100 : 100 * utilisation });
  };
}

const sampling: Sampling = { name: 'event_loop', file: __filename, shared: 6, measure, sampler };
sampleInOwnThread(sampling);

class EventLoop extends SamplingPlugin {}

export const get_vizplugin = (spec: string): VizPluginBase => new EventLoop(sampling, pluginArguments(args_schema, spec));
