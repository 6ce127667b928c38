import { beforeEach, describe, expect, it } from 'vitest';
import { selectField, stepChange, togglePin } from '../../../../renderer/state/object-steps.ts';
import { connectTraces, emptySummary, openTrace, resetTraces } from '../../../../renderer/state/trace-store.ts';
import { noteSnapshot, resetViews, selectObject, selectSnapshot, viewState } from '../../../../renderer/state/view-store.ts';
import type { TraceClient, TraceSummary } from '../../../../renderer/trace/trace-worker-api.ts';

/** A worker whose field changes in each tenth snapshot, of a hundred. */
const client = {
  on: (event: string, listener: (payload: TraceSummary) => void) => {
    if (event === 'summary') tell = listener;
    return () => {};
  },
  request: async (method: string, { index, backwards }: { index: number; backwards: boolean }) => {
    if (method !== 'objects.step') return null;
    const found = backwards ? Math.ceil(index / 10) * 10 - 10 : Math.floor(index / 10) * 10 + 10;
    return found >= 0 && found < 100 ? found : null;
  },
} as unknown as TraceClient;

let tell: (summary: TraceSummary) => void = () => {};
let trace = '';
beforeEach(() => {
  resetViews();
  resetTraces();
  connectTraces(client);
  trace = openTrace({ kind: 'collector', recording: 'r' }, { title: 't', path: '', unsaved: false, format: 'recording' });
  tell({ ...emptySummary(trace), phase: 'complete', revision: 1 });
  selectObject(trace, 3, 5);
  noteSnapshot(trace, { object: 3, index: 5, count: 100 });
});

describe('from change to change', () => {
  it('goes to the next one of what is chosen, and says where there is none', async () => {
    selectField(trace, ['total']);
    expect(await stepChange(client, trace, false)).toEqual({ kind: 'moved', snapshot: 10 });
    expect(viewState(trace).snapshot).toBe(10);
    expect(await stepChange(client, trace, true)).toEqual({ kind: 'moved', snapshot: 0 });
    expect(await stepChange(client, trace, true)).toEqual({ kind: 'none' });
    expect(viewState(trace).snapshot).toBe(0);
  });

  it('takes presses that are faster than the worker one after the other', async () => {
    selectField(trace, ['total']);
    await Promise.all([stepChange(client, trace, false), stepChange(client, trace, false), stepChange(client, trace, false)]);
    expect(viewState(trace).snapshot).toBe(30);
  });

  it('goes by snapshots where nothing is chosen, and nowhere where no object is shown', async () => {
    await stepChange(client, trace, false);
    expect(viewState(trace).snapshot).toBe(6);
    noteSnapshot(trace, undefined);
    expect(await stepChange(client, trace, false)).toEqual({ kind: 'no-object' });
  });

  it('holds to what was chosen meanwhile', async () => {
    selectField(trace, ['total']);
    const step = stepChange(client, trace, false);
    await Promise.resolve();
    selectSnapshot(trace, 77);
    await step;
    expect(viewState(trace).snapshot).toBe(77);
  });
});

describe('what is chosen', () => {
  it('is forgotten with its object', () => {
    selectField(trace, ['a', 'b']);
    selectObject(trace, 3, 9);
    expect(viewState(trace).field).toEqual(['a', 'b']);
    selectObject(trace, 4);
    expect(viewState(trace).field).toBeUndefined();
  });
});

describe('pins', () => {
  const pin = (index: number) => ({ index, timeNs: index * 10 });
  it('are of one object, are let go of where they stand, and move to where another is pinned', () => {
    togglePin(trace, 3, 'a', pin(1));
    togglePin(trace, 3, 'b', pin(2));
    expect(viewState(trace).pins).toEqual({ object: 3, a: pin(1), b: pin(2) });
    togglePin(trace, 3, 'a', pin(5));
    expect(viewState(trace).pins?.a).toEqual(pin(5));
    togglePin(trace, 3, 'b', pin(2));
    expect(viewState(trace).pins).toEqual({ object: 3, a: pin(5), b: undefined });
    togglePin(trace, 8, 'b', pin(0));
    expect(viewState(trace).pins).toEqual({ object: 8, a: undefined, b: pin(0) });
    togglePin(trace, 8, 'b', pin(0));
    expect(viewState(trace).pins).toBeUndefined();
  });
});
