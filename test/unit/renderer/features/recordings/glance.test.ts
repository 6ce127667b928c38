import { describe, expect, it, vi } from 'vitest';
import { coloursOf, connectGlances, digitsOf, pictureRows } from '../../../../../renderer/features/recordings/glance.ts';
import { connectTraces, emptySummary, openTrace, resetTraces } from '../../../../../renderer/state/trace-store.ts';
import type { TimelineView, TrackInfo } from '../../../../../renderer/trace/trace-worker-api.ts';
import { FakeStudio, FakeTraces } from '../../../../helpers/fake-studio.ts';

const track = (id: number, kind: string) => ({ id, kind, items: 2, rows: 1, beside: '' }) as unknown as TrackInfo;

/** Four parts; in row 0 colour 1, then a short 2 and a longer 3 in one part; in row 1 colour 2 up to the end and beyond. */
const view = () =>
  ({
    columns: 4,
    count: 4,
    row: Uint32Array.of(0, 0, 0, 1),
    x0: Float32Array.of(-1, 2, 2.2, 2),
    x1: Float32Array.of(2, 2.2, 2.9, 5),
    busy: Float32Array.of(1, 1, 0.9, 1),
    name: Uint32Array.of(1, 2, 3, 2),
  }) as unknown as TimelineView;

describe('what a recording holds, for the list of recent ones', () => {
  it('is a digit for each part of a counter, a dash where it had no value yet', () => {
    expect(digitsOf(Float32Array.of(Number.NaN, 0, 0.5, 1))).toBe('-059');
    expect(digitsOf(Float32Array.of(Number.NaN))).toBe('');
    expect(digitsOf(new Float32Array(0))).toBe('');
  });

  it('has a row of each track before it has a second one of any', () => {
    const of = (id: number, rows: number, beside = '') => ({ ...track(id, 'calls'), rows, beside });
    const rows = pictureRows([of(1, 9), of(2, 1), of(3, 2), of(4, 5, 'garbage collection'), { ...of(5, 3), items: 0 }]);
    expect(rows.map(({ track: id, from }) => `${id}:${from}`)).toEqual(['1:0', '1:1', '1:2', '2:0', '3:0', '3:1']);
    expect(pictureRows(Array.from({ length: 20 }, (_, id) => of(id, 4)))).toHaveLength(6);
  });

  it('has the colour of what took most of each part, of its own row alone', () => {
    const picture = coloursOf(view(), 2, (name) => name);
    expect(picture).toEqual(['1130', '0022']);
  });

  it('is told once, when a trace that the host knows is complete', async () => {
    resetTraces();
    const told: unknown[] = [];
    const traces = new FakeTraces({
      'tracks.list': () => [track(1, 'calls'), track(2, 'counter'), track(3, 'object'), track(4, 'object')],
      'timeline.view': () => view(),
      'names.get': ({ names }: { readonly names: readonly number[] }) =>
        names.map((id) => ({ id, text: '', category: 'gc', file: '', functionFlags: 0, line: 0, column: 0, categoryHash: 0, nameHash: 0 })),
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
    await vi.waitFor(() =>
      expect(told).toEqual([{ recording: 'r', glance: { durationNs: 2e9, slices: 31, counters: 1, objects: 2, rows: ['9990'], counter: '' } }]),
    );
    off();
  });
});
