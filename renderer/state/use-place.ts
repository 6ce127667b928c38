/** What an analysis is about: the selected range, else what is in view. Every panel of figures asks here, so that they are all about the same. */
import type { Scope, TraceId, TrackId } from '../trace/trace-worker-api.ts';
import { traceState } from './trace-store.ts';
import { useCalmRange } from './use-calm-range.ts';
import { type TimeRange, useView } from './view-store.ts';

export interface Place {
  readonly kind: 'selected' | 'visible';
  readonly range: TimeRange;
  /** Of a range that was selected on some tracks alone. */
  readonly tracks: readonly TrackId[] | undefined;
  readonly scope: Scope;
}

export function usePlace(trace: TraceId): Place {
  const inView = useCalmRange(trace);
  const { selected, follows } = useView(trace, (view) => ({ selected: view.range, follows: view.time.mode === 'follow' }));
  const range = selected ?? inView;
  const summary = traceState().summaries[trace];
  // A range of a trace that grows ends where it was put; a view that follows has no end.
  const reachesEnd = summary?.phase === 'complete' ? range.toNs >= summary.endNs : !selected && follows;
  return { kind: selected ? 'selected' : 'visible', range, tracks: selected?.tracks, scope: scopeOf(range, reachesEnd, selected?.tracks) };
}

/** Sides that reach to the trace's ends are left open: the question stays the same while a trace grows, and what was added up for it is kept. */
export function scopeOf(range: TimeRange, reachesEnd: boolean, tracks: readonly TrackId[] | undefined): Scope {
  return {
    ...(range.fromNs > 0 && { fromNs: range.fromNs }),
    ...(!reachesEnd && { toNs: range.toNs }),
    ...(tracks && { tracks }),
  };
}
