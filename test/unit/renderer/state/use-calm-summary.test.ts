import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { connectTraces, emptySummary, openTrace, resetTraces } from '../../../../renderer/state/trace-store.ts';
import { calmSummary } from '../../../../renderer/state/use-calm-summary.ts';
import { FakeTraces } from '../../../helpers/fake-studio.ts';

describe('readings', () => {
  let traces: FakeTraces;
  let trace: string;
  let revision = 0;
  const summarise = (phase: 'live' | 'complete', events: number) => {
    revision += 1;
    traces.push('summary', { ...emptySummary(trace), phase, events, revision });
  };

  beforeEach(() => {
    vi.useFakeTimers();
    traces = new FakeTraces();
    connectTraces(traces);
    trace = openTrace({ kind: 'collector', recording: 'r' }, { title: 'run', path: '', unsaved: true, format: 'recording' });
  });
  afterEach(() => {
    resetTraces();
    vi.useRealTimers();
  });

  it('are the same for all, and change a few times a second', () => {
    summarise('live', 1);
    expect(calmSummary(trace)?.events).toBe(1);
    const seen = new Set<number | undefined>();
    for (let n = 2; n <= 60; n++) {
      summarise('live', n);
      vi.advanceTimersByTime(16);
      seen.add(calmSummary(trace)?.events);
    }
    expect(seen.size).toBeLessThan(10);
    vi.advanceTimersByTime(200);
    expect(calmSummary(trace)?.events).toBe(60);
  });

  it('tell the end at once', () => {
    summarise('live', 1);
    summarise('complete', 7);
    expect(calmSummary(trace)).toMatchObject({ phase: 'complete', events: 7 });
  });
});
