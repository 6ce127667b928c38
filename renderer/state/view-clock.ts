/**
 * The recording's time between two summaries, so that a live view scrolls evenly instead of by the rhythm of messages. One clock a
 * trace: the timeline and the graphs never differ in what is now.
 */
import type { TraceId } from '../trace/trace-worker-api.ts';
import { subscribeTraces, traceState } from './trace-store.ts';

const MOST_AHEAD_NS = 120e6;
const RESYNC_NS = 200e6;

export class ViewClock {
  private offsetNs: number | undefined;
  private newestNs = 0;
  private shownNs = 0;

  /** `endNs` as a summary told it, `atMs` on the page's clock. */
  note(endNs: number, atMs: number): void {
    const offset = endNs - atMs * 1e6;
    if (endNs < this.newestNs) this.shownNs = 0;
    this.newestNs = endNs;
    if (this.offsetNs === undefined || Math.abs(offset - this.offsetNs) > RESYNC_NS) this.offsetNs = offset;
    else this.offsetNs += (offset - this.offsetNs) * 0.08;
  }

  /** Never goes back, and never far ahead of what was told: if the recording stands still, so does the graph. */
  now(atMs: number): number {
    if (this.offsetNs === undefined) return this.newestNs;
    const estimate = Math.min(this.offsetNs + atMs * 1e6, this.newestNs + MOST_AHEAD_NS);
    this.shownNs = Math.max(this.shownNs, estimate, this.newestNs - MOST_AHEAD_NS);
    return this.shownNs;
  }
}

interface TraceClock {
  readonly clock: ViewClock;
  told: number;
  frameMs: number;
  nowNs: number;
}
const clocks = new Map<TraceId, TraceClock>();

subscribeTraces((state, before) => {
  if (state.open === before.open) return;
  for (const trace of clocks.keys()) if (!state.open.some((each) => each.trace === trace)) clocks.delete(trace);
});

/** The end of a trace in the frame that began at `frameMs`: of a live one by the clock, else as the summary tells it. */
export function traceNow(trace: TraceId, frameMs: number): number {
  const summary = traceState().summaries[trace];
  if (!summary) return 0;
  if (summary.phase !== 'live') return summary.endNs;
  let mine = clocks.get(trace);
  if (!mine) {
    mine = { clock: new ViewClock(), told: -1, frameMs: -1, nowNs: 0 };
    clocks.set(trace, mine);
  }
  if (summary.endNs !== mine.told) {
    mine.told = summary.endNs;
    mine.clock.note(summary.endNs, frameMs);
  }
  if (mine.frameMs !== frameMs) {
    mine.frameMs = frameMs;
    mine.nowNs = mine.clock.now(frameMs);
  }
  return mine.nowNs;
}
