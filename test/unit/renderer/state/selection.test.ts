import { beforeEach, describe, expect, it } from 'vitest';
import { bringIntoSight, highlight, highlightName, revealTrack, selectRange, selectSlice, zoomTo } from '../../../../renderer/state/selection.ts';
import { connectTraces, emptySummary, openTrace, resetTraces } from '../../../../renderer/state/trace-store.ts';
import { rangeInSight, resetViews, setRange, viewState } from '../../../../renderer/state/view-store.ts';
import type { SliceRow, TraceClient, TraceSummary } from '../../../../renderer/trace/trace-worker-api.ts';

const slice = (startNs: number, durationNs: number): SliceRow => ({ ref: 7, track: 2, row: 3, name: 5, startNs, durationNs, selfNs: 0, flags: 0 });

/** A complete trace of ten seconds. */
function tenSeconds(): string {
  let push: (summary: TraceSummary) => void = () => {};
  const client: TraceClient = {
    request: () => Promise.resolve(null) as never,
    on: (_event, listener) => {
      push = listener as (summary: TraceSummary) => void;
      return () => {};
    },
  };
  connectTraces(client);
  const trace = openTrace({ kind: 'collector', recording: 'r1' }, { title: 'a', path: '', unsaved: false, format: 'recording' });
  push({ ...emptySummary(trace), phase: 'complete', endNs: 10e9 });
  return trace;
}

let trace = '';
beforeEach(() => {
  resetViews();
  resetTraces();
  trace = tenSeconds();
});

describe('what is picked', () => {
  it('is a slice, which may be brought into sight as it is', () => {
    setRange(trace, 0, 1e9);
    selectSlice(trace, slice(5e9, 0.2e9), 'reveal');
    expect(viewState(trace).selection).toEqual({ kind: 'slice', slice: slice(5e9, 0.2e9) });
    expect(viewState(trace).revealRow).toMatchObject({ track: 2, row: 3 });
    const { fromNs, toNs } = rangeInSight(trace);
    expect(toNs - fromNs).toBe(1e9);
    expect(fromNs).toBeLessThan(5e9);
    expect(toNs).toBeGreaterThan(5.2e9);
  });

  it('fills four fifths of the view when it is zoomed to', () => {
    selectSlice(trace, slice(4e9, 0.8e9), 'zoom');
    expect(rangeInSight(trace)).toEqual({ fromNs: 3.9e9, toNs: 4.9e9 });
  });

  it('does not move what is in sight already, nor what is all around', () => {
    setRange(trace, 2e9, 4e9);
    bringIntoSight(trace, 2.5e9, 3e9);
    bringIntoSight(trace, 1e9, 9e9);
    expect(rangeInSight(trace)).toEqual({ fromNs: 2e9, toNs: 4e9 });
  });

  it('may be a moment: the zoom stays', () => {
    setRange(trace, 0, 1e9);
    zoomTo(trace, 6e9, 6e9);
    expect(rangeInSight(trace)).toEqual({ fromNs: 5.5e9, toNs: 6.5e9 });
  });

  it('asks twice for the same row', () => {
    revealTrack(trace, 2);
    const first = viewState(trace).revealRow?.turn ?? 0;
    revealTrack(trace, 2);
    expect(viewState(trace).revealRow?.turn).toBe(first + 1);
    expect(viewState(trace).selection).toEqual({ kind: 'track', track: 2 });
  });

  it('scrolls to the row alone where time is to stay', () => {
    setRange(trace, 1e9, 2e9);
    selectSlice(trace, slice(8e9, 1e9), 'row');
    expect(rangeInSight(trace)).toEqual({ fromNs: 1e9, toNs: 2e9 });
    expect(viewState(trace).revealRow).toMatchObject({ track: 2, row: 3 });
  });

  it('is a range from left to right, whichever way it was dragged, beside the slice', () => {
    selectSlice(trace, slice(1e9, 1e9));
    selectRange(trace, { fromNs: 3e9, toNs: 2e9 }, [1, 2]);
    expect(viewState(trace).range).toEqual({ fromNs: 2e9, toNs: 3e9, tracks: [1, 2] });
    expect(viewState(trace).selection?.kind).toBe('slice');
    selectRange(trace, undefined);
    expect(viewState(trace).range).toBeUndefined();
  });

  it('dims others only while something is highlighted', () => {
    highlight(trace, 'priceCart', true);
    expect(viewState(trace)).toMatchObject({ highlight: 'priceCart', dimOthers: true });
    highlight(trace, '', true);
    expect(viewState(trace)).toMatchObject({ highlight: '', dimOthers: false });
    highlightName(trace, 4);
    expect(viewState(trace).sameName).toBe(4);
  });
});
