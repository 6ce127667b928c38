import type { EventKind, TraceSummary } from '../../trace/trace-worker-api.ts';

/** In the order of the chips. */
export const EVENT_KINDS: readonly { readonly kind: EventKind; readonly label: string }[] = [
  { kind: 'slice', label: 'slice' },
  { kind: 'instant', label: 'instant' },
  { kind: 'counter', label: 'counter' },
  { kind: 'snapshot', label: 'snapshot' },
  { kind: 'object-created', label: 'created' },
  { kind: 'object-deleted', label: 'deleted' },
  { kind: 'gap', label: 'dropped' },
  { kind: 'stall', label: 'stall' },
];

const LABELS = new Map(EVENT_KINDS.map(({ kind, label }) => [kind, label]));
export const kindLabel = (kind: EventKind): string => LABELS.get(kind) ?? kind;

/** Kinds to ask for: undefined asks for all, which the worker answers without looking at each. */
export function wantedKinds(off: ReadonlySet<EventKind>): readonly EventKind[] | undefined {
  if (off.size === 0) return undefined;
  return EVENT_KINDS.map(({ kind }) => kind).filter((kind) => !off.has(kind));
}

/** Kinds that the trace holds: the chips of others would only take room. */
export function kindsThere(summary: TraceSummary | undefined): readonly EventKind[] {
  if (!summary) return [];
  const there: Readonly<Record<EventKind, boolean>> = {
    slice: summary.slices > 0,
    instant: summary.instants > 0,
    counter: summary.counterSamples > 0,
    snapshot: summary.snapshots > 0,
    'object-created': summary.objectsRevision > 0,
    'object-deleted': summary.objectsRevision > 0,
    gap: summary.dropped > 0,
    stall: summary.stallNs > 0,
  };
  return EVENT_KINDS.map(({ kind }) => kind).filter((kind) => there[kind]);
}
