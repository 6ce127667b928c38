import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { closeTrace, connectTraces, emptySummary, openTrace, resetTraces } from '../../../../renderer/state/trace-store.ts';
import {
  fitView,
  followView,
  goToMoment,
  LIVE_SPAN_NS,
  noteDrawn,
  noteSnapshot,
  panView,
  pauseView,
  pointAt,
  pointerState,
  rangeInSight,
  resetViews,
  revealCounter,
  selectObject,
  selectSnapshot,
  setRange,
  soloSeries,
  stepSnapshot,
  togglePause,
  toggleSeries,
  viewState,
  visibleRange,
  zoomView,
} from '../../../../renderer/state/view-store.ts';
import type { TraceClient, TraceId, TraceSummary } from '../../../../renderer/trace/trace-worker-api.ts';

const S = 1e9;
let push: (summary: TraceSummary) => void = () => {};
let trace: TraceId;
let revision = 0;

function summarise(phase: TraceSummary['phase'], endNs: number): void {
  revision += 1;
  push({ ...emptySummary(trace), phase, endNs, revision });
}

beforeEach(() => {
  const client: TraceClient = {
    request: () => new Promise(() => {}),
    on: (_event, listener) => {
      push = listener as (summary: TraceSummary) => void;
      return () => {};
    },
  };
  connectTraces(client);
  trace = openTrace({ kind: 'collector', recording: 'r' }, { title: 'run', path: '', unsaved: true, format: 'recording' });
});
afterEach(() => {
  resetTraces();
  resetViews();
});

describe('the range of time', () => {
  it('opens on the last seconds of a live trace, and stays there when it ends', () => {
    summarise('live', 100 * S);
    expect(rangeInSight(trace)).toEqual({ fromNs: 100 * S - LIVE_SPAN_NS, toNs: 100 * S });
    summarise('complete', 110 * S);
    expect(viewState(trace).time).toEqual({ mode: 'follow', spanNs: LIVE_SPAN_NS });
  });

  it('opens on the whole of a saved trace', () => {
    summarise('loading', 5 * S);
    summarise('complete', 100 * S);
    expect(rangeInSight(trace)).toEqual({ fromNs: 0, toNs: 100 * S });
  });

  it('shows what there is while that is less than the span', () => {
    expect(visibleRange({ mode: 'follow', spanNs: 30 * S }, 4 * S)).toEqual({ fromNs: 0, toNs: 4 * S });
    expect(visibleRange({ mode: 'follow', spanNs: 30 * S }, 0).toNs).toBeGreaterThan(0);
  });

  it('stands still when paused, at what was drawn, while the trace goes on', () => {
    summarise('live', 100 * S);
    noteDrawn(trace, { fromNs: 70.2 * S, toNs: 100.2 * S });
    pauseView(trace);
    summarise('live', 200 * S);
    expect(rangeInSight(trace)).toEqual({ fromNs: 70.2 * S, toNs: 100.2 * S });
  });

  it('follows the span of before when it goes on', () => {
    summarise('live', 100 * S);
    followView(trace, 10 * S);
    togglePause(trace);
    expect(viewState(trace).time.mode).toBe('fixed');
    togglePause(trace);
    expect(viewState(trace).time).toEqual({ mode: 'follow', spanNs: 10 * S });
  });

  it('fits everything and grows with it', () => {
    summarise('live', 100 * S);
    setRange(trace, 10 * S, 20 * S);
    fitView(trace);
    expect(visibleRange(viewState(trace).time, 120 * S)).toEqual({ fromNs: 0, toNs: 120 * S });
  });

  it('keeps the moment under the pointer when it zooms a fixed range', () => {
    summarise('complete', 100 * S);
    setRange(trace, 20 * S, 60 * S);
    zoomView(trace, 0.5, 30 * S);
    expect(rangeInSight(trace)).toEqual({ fromNs: 25 * S, toNs: 45 * S });
  });

  it('goes on following when it zooms', () => {
    summarise('live', 100 * S);
    zoomView(trace, 0.5);
    expect(viewState(trace).time).toEqual({ mode: 'follow', spanNs: 15 * S });
    zoomView(trace, 100);
    expect(viewState(trace).time).toEqual({ mode: 'follow', spanNs: 'all' });
  });

  it('stops following when it pans, and never leaves the trace', () => {
    summarise('live', 100 * S);
    panView(trace, -0.5);
    expect(rangeInSight(trace)).toEqual({ fromNs: 55 * S, toNs: 85 * S });
    panView(trace, -100);
    expect(rangeInSight(trace)).toEqual({ fromNs: 0, toNs: 30 * S });
    panView(trace, 100);
    expect(rangeInSight(trace)).toEqual({ fromNs: 70 * S, toNs: 100 * S });
  });

  it('takes a range that was dragged from right to left, and none that is empty', () => {
    summarise('complete', 100 * S);
    setRange(trace, 40 * S, 30 * S);
    expect(rangeInSight(trace)).toEqual({ fromNs: 30 * S, toNs: 40 * S });
    setRange(trace, 50 * S, 50 * S);
    const { fromNs, toNs } = rangeInSight(trace);
    expect(toNs).toBeGreaterThan(fromNs);
  });

  it('brings a moment into sight only when it is not', () => {
    summarise('live', 100 * S);
    goToMoment(trace, 90 * S);
    expect(viewState(trace).time.mode).toBe('follow');
    expect(viewState(trace).cursorNs).toBe(90 * S);
    goToMoment(trace, 20 * S);
    expect(rangeInSight(trace)).toEqual({ fromNs: 5 * S, toNs: 35 * S });
  });
});

describe('what is chosen', () => {
  it('shows the newest snapshot of an object until one is picked', () => {
    selectObject(trace, 7);
    expect(viewState(trace)).toMatchObject({ object: 7, snapshot: 'live' });
    selectSnapshot(trace, 3);
    expect(viewState(trace).snapshot).toBe(3);
    selectObject(trace, 8);
    expect(viewState(trace).snapshot).toBe('live');
  });

  it('hides a series, leaves one alone, and shows all again', () => {
    const all = ['a', 'b', 'c'];
    toggleSeries(trace, 'k', 'a');
    expect(viewState(trace).hidden.k).toEqual(['a']);
    toggleSeries(trace, 'k', 'a');
    expect(viewState(trace).hidden.k).toEqual([]);
    soloSeries(trace, 'k', 'b', all);
    expect(viewState(trace).hidden.k).toEqual(['a', 'c']);
    soloSeries(trace, 'k', 'b', all);
    expect(viewState(trace).hidden.k).toEqual([]);
  });

  it('asks for a panel again when it is asked twice', () => {
    revealCounter(trace, 'k');
    const first = viewState(trace).reveal;
    revealCounter(trace, 'k');
    expect(viewState(trace).reveal).not.toEqual(first);
  });

  it('keeps the pointer apart from the choices', () => {
    const before = viewState(trace);
    pointAt(trace, { ns: 5, panel: 'k' });
    expect(pointerState(trace)).toEqual({ ns: 5, panel: 'k' });
    expect(viewState(trace)).toBe(before);
  });

  it('forgets a trace that was closed', () => {
    summarise('live', 100 * S);
    followView(trace, 5 * S);
    selectObject(trace, 7);
    closeTrace(trace);
    expect(viewState(trace).object).toBeUndefined();
  });
});

describe('stepping through snapshots', () => {
  it('goes on from the one in sight, adds up quick steps, and stays within them', () => {
    summarise('complete', 10 * S);
    expect(stepSnapshot(trace, -1)).toBe(false);
    selectObject(trace, 4);
    noteSnapshot(trace, { object: 4, index: 6, count: 8 });
    expect(stepSnapshot(trace, -1)).toBe(true);
    stepSnapshot(trace, -1);
    expect(viewState(trace).snapshot).toBe(4);
    for (let n = 0; n < 9; n++) stepSnapshot(trace, 1);
    expect(viewState(trace).snapshot).toBe(7);
  });

  it('waits for the object that was chosen', () => {
    summarise('complete', 10 * S);
    selectObject(trace, 4);
    noteSnapshot(trace, { object: 4, index: 6, count: 8 });
    selectObject(trace, 5);
    expect(stepSnapshot(trace, 1)).toBe(false);
    expect(viewState(trace).snapshot).toBe('live');
  });
});

it('reaches to what lies before time 0, and no further', () => {
  revision += 1;
  push({ ...emptySummary(trace), phase: 'complete', startNs: -2 * S, endNs: 8 * S, revision });
  fitView(trace);
  expect(rangeInSight(trace)).toEqual({ fromNs: -2 * S, toNs: 8 * S });
  setRange(trace, -5 * S, -1 * S);
  expect(rangeInSight(trace)).toEqual({ fromNs: -2 * S, toNs: 2 * S });
  setRange(trace, -100 * S, 100 * S);
  expect(rangeInSight(trace)).toEqual({ fromNs: -2 * S, toNs: 8 * S });
});
