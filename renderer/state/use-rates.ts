/** Events and bytes per second of a live trace, for the toolbar: one sample each half second, from the summaries. */
import { useEffect, useState } from 'react';
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

export function useRates(trace: TraceId, live: boolean): Rates {
  const [rates, setRates] = useState(NONE);
  useEffect(() => {
    setRates(NONE);
    if (!live) return;
    let before = sample(trace);
    const timer = setInterval(() => {
      const now = sample(trace);
      const last = before;
      before = now;
      if (!last || !now || now.at <= last.at) return;
      const seconds = (now.at - last.at) / 1000;
      const eventsPerSecond = Math.max(0, now.events - last.events) / seconds;
      const bytesPerSecond = Math.max(0, now.bytes - last.bytes) / seconds;
      setRates((old) => ({ eventsPerSecond, bytesPerSecond, history: [...old.history, eventsPerSecond].slice(-KEEP) }));
    }, EVERY_MS);
    return () => clearInterval(timer);
  }, [trace, live]);
  return rates;
}

function sample(trace: TraceId) {
  const summary = traceState().summaries[trace];
  return summary && { at: performance.now(), events: summary.events, bytes: summary.loadedBytes };
}
