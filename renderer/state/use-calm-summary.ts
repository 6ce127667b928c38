/**
 * The newest summaries, but not with every frame: numbers that change sixty times a second are not read, and cost the page its time.
 * One clock for everything that is read, so that no two places of the window tell different numbers.
 */
import { create } from 'zustand';
import { useShallow } from 'zustand/react/shallow';
import type { TraceId, TraceSummary } from '../trace/trace-worker-api.ts';
import { subscribeTraces, traceState } from './trace-store.ts';

/** All readings move at its multiples: what changes together is painted together, and the frames in between have only the graphs to paint. */
const EVERY_MS = 125;

type Summaries = Readonly<Record<TraceId, TraceSummary>>;
const calm = create<{ readonly summaries: Summaries }>(() => ({ summaries: {} }));
let timer: ReturnType<typeof setTimeout> | undefined;

function take(): void {
  clearTimeout(timer);
  timer = undefined;
  calm.setState({ summaries: traceState().summaries });
}

/** At once when a trace comes or goes or its phase changes. */
subscribeTraces(({ summaries }) => {
  const shown = calm.getState().summaries;
  if (summaries === shown) return;
  const ids = Object.keys(summaries);
  if (ids.length !== Object.keys(shown).length || ids.some((id) => summaries[id]?.phase !== shown[id]?.phase)) take();
  else timer ??= setTimeout(take, EVERY_MS - (performance.now() % EVERY_MS));
});

export const calmSummary = (trace: TraceId): TraceSummary | undefined => calm.getState().summaries[trace];
export const useCalmSummary = (trace: TraceId): TraceSummary | undefined => calm((state) => state.summaries[trace]);
/** One value of it, so that a component re-renders only when that value moves. */
export const useCalmValue = <T>(trace: TraceId, pick: (summary: TraceSummary | undefined) => T): T => calm(useShallow((state) => pick(state.summaries[trace])));
