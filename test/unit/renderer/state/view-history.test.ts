import { beforeEach, describe, expect, it, vi } from 'vitest';
import { selectSlice, zoomTo } from '../../../../renderer/state/selection.ts';
import { connectTraces, emptySummary, openTrace, resetTraces } from '../../../../renderer/state/trace-store.ts';
import { goInHistory, rememberViews, resetHistories } from '../../../../renderer/state/view-history.ts';
import { rangeInSight, resetViews, setRange, viewState } from '../../../../renderer/state/view-store.ts';
import type { SliceRow, TraceClient, TraceSummary } from '../../../../renderer/trace/trace-worker-api.ts';

const slice = (ref: number): SliceRow => ({ ref, track: 2, row: 3, name: 5, startNs: 1e9, durationNs: 1e8, selfNs: 0, flags: 0 });
const picked = (trace: string) => {
  const { selection } = viewState(trace);
  return selection?.kind === 'slice' ? selection.slice.ref : undefined;
};

let trace = '';
beforeEach(() => {
  vi.useFakeTimers();
  resetHistories();
  resetViews();
  resetTraces();
  let push: (summary: TraceSummary) => void = () => {};
  const client: TraceClient = {
    request: () => Promise.resolve(null) as never,
    on: (_event, listener) => {
      push = listener as (summary: TraceSummary) => void;
      return () => {};
    },
  };
  connectTraces(client);
  trace = openTrace({ kind: 'collector', recording: 'r1' }, { title: 'a', path: '', unsaved: false, format: 'recording' });
  push({ ...emptySummary(trace), phase: 'complete', endNs: 10e9 });
  rememberViews(trace);
});

describe('back and forward', () => {
  it('go through what was picked', () => {
    for (const ref of [1, 2, 3]) selectSlice(trace, slice(ref));
    expect(goInHistory(trace, -1)).toBe(true);
    expect(picked(trace)).toBe(2);
    goInHistory(trace, -1);
    expect(picked(trace)).toBe(1);
    goInHistory(trace, 1);
    expect(picked(trace)).toBe(2);
    // From here on another way: what came after is gone.
    selectSlice(trace, slice(9));
    expect(goInHistory(trace, 1)).toBe(false);
    goInHistory(trace, -1);
    expect(picked(trace)).toBe(2);
  });

  it('count a zoom with the wheel as one step, when it rests', () => {
    for (let k = 1; k <= 20; k++) setRange(trace, k * 1e8, 10e9 - k * 1e8);
    vi.advanceTimersByTime(1000);
    zoomTo(trace, 4e9, 4.8e9);
    vi.advanceTimersByTime(1000);
    goInHistory(trace, -1);
    expect(rangeInSight(trace)).toEqual({ fromNs: 2e9, toNs: 8e9 });
    goInHistory(trace, -1);
    expect(rangeInSight(trace)).toEqual({ fromNs: 0, toNs: 10e9 });
    expect(goInHistory(trace, -1)).toBe(false);
  });
});
