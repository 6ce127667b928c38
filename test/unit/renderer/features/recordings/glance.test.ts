import { describe, expect, it, vi } from 'vitest';
import { connectGlances, digitsOf } from '../../../../renderer/state/glance.ts';
import { connectTraces, emptySummary, openTrace, resetTraces } from '../../../../renderer/state/trace-store.ts';
import type { TrackInfo } from '../../../../renderer/trace/trace-worker-api.ts';
import { FakeStudio, FakeTraces } from '../../../helpers/fake-studio.ts';

describe('what a recording holds, for the list of recent ones', () => {
  it('is a digit for each part: the busiest nine, none where nothing was', () => {
    expect(digitsOf([0, 0.001, 0.5, 1])).toBe('0159');
    expect(digitsOf([0, 0])).toBe('');
    expect(digitsOf([])).toBe('');
    expect(digitsOf(new Float32Array(100).fill(1))).toHaveLength(64);
  });

  it('is told once, when a trace that the host knows is complete', async () => {
    resetTraces();
    const told: unknown[] = [];
    const track = (id: number, kind: string) => ({ id, kind, items: 2 }) as unknown as TrackInfo;
    const traces = new FakeTraces({
      'tracks.list': () => [track(1, 'calls'), track(2, 'counter'), track(3, 'object'), track(4, 'object')],
      'timeline.density': () => ({ columns: 2, busy: Float32Array.of(0.5, 1), isCoarse: false }),
    });
    const studio = new FakeStudio({
      'recordings.glance': (argument: unknown) => {
        told.push(argument);
        return null;
      },
    });
    connectTraces(traces);
    const off = connectGlances(studio, traces);
    const trace = openTrace({ kind: 'file', file: {} }, { title: 't', path: '', unsaved: false, format: 'other', recording: 'r' });
    const summary = { ...emptySummary(trace), endNs: 2e9, timelineSlices: 31 };
    traces.push('summary', { ...summary, revision: 1, phase: 'live' });
    traces.push('summary', { ...summary, revision: 2, phase: 'complete' });
    traces.push('summary', { ...summary, revision: 3, phase: 'complete' });
    await vi.waitFor(() => expect(told).toEqual([{ recording: 'r', glance: { durationNs: 2e9, slices: 31, counters: 1, objects: 2, activity: '59' } }]));
    off();
  });
});
