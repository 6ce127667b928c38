/** Events and bytes per second of a live trace: one sample each half second, from the summaries; the same for all who ask. */
import { useEffect } from 'react';
import { create } from 'zustand';
import type { TraceId } from '../trace/trace-worker-api.ts';
import { traceState } from './trace-store.ts';

export interface Rates {
  readonly eventsPerSecond: number;
  readonly bytesPerSecond: number;
  /** Events per second of the last samples, oldest first. */
  readonly history: readonly number[];
}

const EVERY_MS = 500;
const KEEP = 28;
const NONE: Rates = { eventsPerSecond: 0, bytesPerSecond: 0, history: [] };

const store = create<{ readonly rates: Readonly<Record<TraceId, Rates>> }>(() => ({ rates: {} }));
/** Who samples a trace, for how many that look at it. */
const samplers = new Map<TraceId, { users: number; readonly timer: ReturnType<typeof setInterval> }>();

export function useRates(trace: TraceId, live: boolean): Rates {
  const rates = store((state) => state.rates[trace]);
  useEffect(() => (live ? watch(trace) : undefined), [trace, live]);
  return (live ? rates : undefined) ?? NONE;
}

/** Returns the function that ends it. */
function watch(trace: TraceId): () => void {
  const sampler = samplers.get(trace) ?? { users: 0, timer: sampling(trace) };
  samplers.set(trace, sampler);
  sampler.users++;
  return () => {
    sampler.users--;
    if (sampler.users > 0) return;
    clearInterval(sampler.timer);
    samplers.delete(trace);
    store.setState(({ rates: { [trace]: _gone, ...rates } }) => ({ rates }));
  };
}

function sampling(trace: TraceId): ReturnType<typeof setInterval> {
  let before = sample(trace);
  return setInterval(() => {
    const now = sample(trace);
    const last = before;
    before = now;
    if (!last || !now || now.at <= last.at) return;
    const seconds = (now.at - last.at) / 1000;
    const eventsPerSecond = Math.max(0, now.events - last.events) / seconds;
    const bytesPerSecond = Math.max(0, now.bytes - last.bytes) / seconds;
    store.setState(({ rates }) => ({
      rates: { ...rates, [trace]: { eventsPerSecond, bytesPerSecond, history: [...(rates[trace]?.history ?? []), eventsPerSecond].slice(-KEEP) } },
    }));
  }, EVERY_MS);
}

function sample(trace: TraceId) {
  const summary = traceState().summaries[trace];
  return summary && { at: performance.now(), events: summary.events, bytes: summary.loadedBytes };
}
