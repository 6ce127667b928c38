/** What is chosen within an object, its two pinned snapshots, and the way from change to change of what is chosen. */
import type { FieldPath, TraceClient, TraceId } from '../trace/trace-worker-api.ts';
import { changeView, type ObjectSide, type SnapshotPin, selectSnapshot, shownSnapshot, stepSnapshot, viewState } from './view-store.ts';

/** Chooses what lies at a path; undefined: nothing. */
export function selectField(trace: TraceId, field: FieldPath | undefined): void {
  const before = viewState(trace).field;
  if (before === field || (before && field && samePath(before, field))) return;
  changeView(trace, () => ({ field }));
}

export const samePath = (a: FieldPath, b: FieldPath): boolean => a.length === b.length && a.every((key, k) => key === b[k]);

export function showObjectSide(trace: TraceId, objectView: ObjectSide): void {
  changeView(trace, () => ({ objectView }));
}

/** Pins the snapshot that is shown, or lets go of it where it is pinned already. Both sides are of one object. */
export function togglePin(trace: TraceId, object: number, side: 'a' | 'b', pin: SnapshotPin): void {
  const { pins } = viewState(trace);
  const mine = pins?.object === object ? pins : { object, a: undefined, b: undefined };
  const next = { ...mine, [side]: mine[side]?.index === pin.index ? undefined : pin };
  changeView(trace, () => ({ pins: next.a || next.b ? next : undefined }));
}

/** The step that is under way in each trace: keys that are pressed faster than the worker answers are taken one after the other. */
const underWay = new Map<TraceId, Promise<unknown>>();

/** What a step came to: the snapshot that is shown now, or why there is none. */
export type ChangeStep = { readonly kind: 'moved'; readonly snapshot: number } | { readonly kind: 'none' } | { readonly kind: 'no-object' };

/** To the next or the last change of what is chosen in the object that is shown. Nothing chosen: to the next or last snapshot. */
export function stepChange(traces: TraceClient, trace: TraceId, backwards: boolean): Promise<ChangeStep> {
  const take = () => takeStep(traces, trace, backwards);
  const mine = (underWay.get(trace) ?? Promise.resolve()).then(take, take);
  underWay.set(trace, mine);
  const over = () => {
    if (underWay.get(trace) === mine) underWay.delete(trace);
  };
  mine.then(over, over);
  return mine;
}

async function takeStep(traces: TraceClient, trace: TraceId, backwards: boolean): Promise<ChangeStep> {
  const { object, field, snapshot } = viewState(trace);
  const shown = shownSnapshot(trace);
  if (!shown || object === undefined || shown.object !== object) return { kind: 'no-object' };
  if (!field) {
    stepSnapshot(trace, backwards ? -1 : 1);
    return { kind: 'moved', snapshot: viewState(trace).snapshot === 'live' ? shown.index : Number(viewState(trace).snapshot) };
  }
  const index = snapshot === 'live' ? shown.index : snapshot;
  const found = await traces.request('objects.step', { trace, object, path: field, index, backwards });
  const now = viewState(trace);
  // Another object or snapshot was chosen meanwhile: that one holds.
  if (found === null || now.object !== object || now.snapshot !== snapshot) return { kind: 'none' };
  selectSnapshot(trace, found);
  return { kind: 'moved', snapshot: found };
}
