/** The newest summary, but not with every frame: numbers that change sixty times a second are not read, and cost the page its time. */
import { useEffect, useState } from 'react';
import type { TraceId, TraceSummary } from '../trace/trace-worker-api.ts';
import { subscribeTraces, traceState } from './trace-store.ts';

/**
 * At once when the phase changes or another trace is shown, else at most every `everyMs`, at its multiples on one clock:
 * what changes together is painted together, and the frames in between have only the graphs to paint.
 */
export function useCalmSummary(trace: TraceId, everyMs: number): TraceSummary | undefined {
  const [summary, setSummary] = useState(() => traceState().summaries[trace]);
  useEffect(() => {
    let shown = traceState().summaries[trace];
    let timer: ReturnType<typeof setTimeout> | undefined;
    setSummary(shown);
    const show = () => {
      timer = undefined;
      shown = traceState().summaries[trace];
      setSummary(shown);
    };
    const off = subscribeTraces((state) => {
      const now = state.summaries[trace];
      if (now === shown) return;
      if (now?.phase !== shown?.phase) {
        clearTimeout(timer);
        show();
      } else timer ??= setTimeout(show, everyMs - (performance.now() % everyMs));
    });
    return () => {
      off();
      clearTimeout(timer);
    };
  }, [trace, everyMs]);
  return summary;
}
