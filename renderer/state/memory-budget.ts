/** Tells the worker how much detail each open trace may keep in memory, as the settings have it. */
import type { TraceClient, TraceId } from '../trace/trace-worker-api.ts';
import { settingsState, subscribeSettings } from './settings-store.ts';
import { subscribeTraces, traceState } from './trace-store.ts';

export function connectMemoryBudget(traces: TraceClient): () => void {
  const told = new Map<TraceId, number>();
  const tell = () => {
    const { memoryMegabytes } = settingsState();
    const { open, summaries } = traceState();
    for (const { trace } of open) {
      // Before its first summary the worker may not know it.
      if (!summaries[trace] || told.get(trace) === memoryMegabytes) continue;
      told.set(trace, memoryMegabytes);
      traces.request('trace.budget', { trace, detailBytes: memoryMegabytes * 1024 * 1024 }).catch(() => told.delete(trace)); // It was closed meanwhile.
    }
    for (const trace of told.keys()) if (!open.some((each) => each.trace === trace)) told.delete(trace);
  };
  const offs = [subscribeTraces(tell), subscribeSettings(tell)];
  return () => {
    for (const off of offs) off();
  };
}
