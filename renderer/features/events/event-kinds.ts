import type { EventKind } from '../../trace/trace-worker-api.ts';

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
