/** Durations of the function that is picked, in the selected or visible range, and its calls within the brush. */
import { useEffect, useState } from 'react';
import { useNames } from '../../state/use-names.ts';
import type { Place } from '../../state/use-place.ts';
import { useTraceQuery } from '../../state/use-trace-query.ts';
import { useView } from '../../state/view-store.ts';
import type { NameId, NameInfo, TraceId } from '../../trace/trace-worker-api.ts';

const EVERY_MS = 500;
const BUCKETS = 48;

/** Durations from, up to, not including. */
export interface Brush {
  readonly fromNs: number;
  readonly toNs: number;
}

/** The name of the slice that is picked; when it is let go of, still that one. */
export function usePickedName(trace: TraceId): { readonly name: NameId | undefined; readonly about: NameInfo | undefined } {
  const picked = useView(trace, (view) => (view.selection?.kind === 'slice' ? view.selection.slice.name : undefined));
  const [name, setName] = useState(picked);
  useEffect(() => {
    if (picked !== undefined) setName(picked);
  }, [picked]);
  const about = useNames(trace, name === undefined ? [] : [name]);
  return { name, about: name === undefined ? undefined : about.get(name) };
}

export function useDurations(trace: TraceId, { scope }: Place, name: NameId | undefined) {
  const histogram = useTraceQuery(trace, 'analysis.histogram', name === undefined ? undefined : { scope, by: 'name', key: name, buckets: BUCKETS }, EVERY_MS);
  const spread = useTraceQuery(trace, 'analysis.spread', name === undefined ? undefined : { scope, by: 'name', keys: [name] }, EVERY_MS);
  return {
    // Figures of another function would be taken for this one's.
    histogram: histogram.argument?.key === name ? histogram.value : undefined,
    spread: spread.argument?.keys[0] === name ? spread.value?.[0] : undefined,
    problem: histogram.problem,
  };
}

/** Calls within the brush, longest first. */
export function useCalls(trace: TraceId, { scope }: Place, name: NameId, brush: Brush | undefined, from: number, count: number) {
  const group = { by: 'name', key: name } as const;
  // Durations that are compared are whole nanoseconds, or nearly so.
  const within = brush && { minNs: brush.fromNs, maxNs: brush.toNs - 1e-3 };
  const answer = useTraceQuery(trace, 'slices.page', { scope, group, ...within, sort: 'duration', descending: true, from, count }, EVERY_MS);
  return { page: answer.value, from: answer.argument?.from ?? 0 };
}

/** What outlines the same calls in the timeline: a search for exactly this name, and its durations. */
export function searchOf(name: string, brush: Brush | undefined): string {
  const exactly = name.replace(/[\\^$.*+?()[\]{}|/]/g, '\\$&');
  const durations = brush ? ` dur>=${digits(Math.floor(brush.fromNs))}ns dur<${digits(Math.ceil(brush.toNs))}ns` : '';
  return `/^${exactly}$/${durations}`;
}
// Never in powers of ten: the search would not understand them.
const digits = (ns: number): string => BigInt(ns).toString();
