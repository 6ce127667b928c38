/** The range in view for what is read rather than drawn: a live view moves with each frame, a table that can be read does not. */
import { useEffect, useState } from 'react';
import type { TraceId } from '../trace/trace-worker-api.ts';
import { subscribeTraces, traceState } from './trace-store.ts';
import { leastEndOf, rangeInSight, startOf, subscribeDrawn, subscribeViews, type TimeRange, viewState, visibleRange } from './view-store.ts';

const RANGE_EVERY_MS = 500;

/** At most every half second another one. Goes on while nothing is drawn: a table may fill the window. */
export function useCalmRange(trace: TraceId): TimeRange {
  const [range, setRange] = useState(() => rangeNow(trace));
  useEffect(() => {
    let timer: ReturnType<typeof setTimeout> | undefined;
    const tell = () => {
      timer = undefined;
      setRange((before) => {
        const now = rangeNow(trace);
        return now.fromNs === before.fromNs && now.toNs === before.toNs ? before : now;
      });
    };
    const moved = () => {
      timer ??= setTimeout(tell, RANGE_EVERY_MS);
    };
    const offs = [subscribeDrawn(trace, moved), subscribeViews(moved), subscribeTraces(moved)];
    tell();
    return () => {
      clearTimeout(timer);
      for (const off of offs) off();
    };
  }, [trace]);
  return range;
}

/** What is followed, up to the newest that was told, whether it was drawn or not. */
function rangeNow(trace: TraceId): TimeRange {
  const { time } = viewState(trace);
  if (time.mode === 'fixed') return rangeInSight(trace);
  return visibleRange(time, traceState().summaries[trace]?.endNs ?? 0, leastEndOf(trace), startOf(trace));
}
