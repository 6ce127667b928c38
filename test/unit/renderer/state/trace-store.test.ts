import { beforeEach, describe, expect, it, vi } from 'vitest';
import {
  activateTrace,
  closeTrace,
  connectTraces,
  emptySummary,
  openTrace,
  resetTraces,
  showTraceView,
  subscribeTraces,
  traceState,
} from '../../../../renderer/state/trace-store.ts';
import { FakeTraces } from '../../../helpers/fake-studio.ts';

const about = (recording: string) => ({ title: recording, recording, path: `/r/${recording}.tsr`, unsaved: true, format: 'recording' as const });
const open = (recording: string) => openTrace({ kind: 'collector', recording }, about(recording));

describe('open traces', () => {
  let traces: FakeTraces;
  beforeEach(() => {
    resetTraces();
    traces = new FakeTraces();
    connectTraces(traces);
  });

  it('opens a recording in the worker and shows it', () => {
    const trace = open('a');
    expect(traces.asked).toEqual([{ method: 'trace.open', argument: { trace, input: { kind: 'collector', recording: 'a' } } }]);
    expect(traceState().active).toBe(trace);
  });

  it('opens a trace anew in its other view, under the same name', () => {
    const trace = open('a');
    showTraceView(trace, 'raw');
    expect(traces.asked.slice(1)).toEqual([
      { method: 'trace.close', argument: { trace } },
      { method: 'trace.open', argument: { trace, input: { kind: 'collector', recording: 'a' }, view: 'raw' } },
    ]);
    expect(traceState()).toMatchObject({ active: trace, summaries: { [trace]: { phase: 'loading', view: 'raw' } } });
    showTraceView(trace, 'raw');
    expect(traces.asked).toHaveLength(3);
  });

  it('shows a recording that is open already instead of opening it twice', () => {
    const first = open('a');
    open('b');
    expect(open('a')).toBe(first);
    expect(traceState().active).toBe(first);
    expect(traceState().open).toHaveLength(2);
  });

  it('goes to the neighbour when the shown trace is closed, and to the start page after the last', () => {
    const [a, b, c] = [open('a'), open('b'), open('c')];
    activateTrace(b);
    closeTrace(b);
    expect(traceState().active).toBe(c);
    closeTrace(c);
    expect(traceState().active).toBe(a);
    closeTrace(a);
    expect(traceState().active).toBeUndefined();
    expect(traces.asked.filter(({ method }) => method === 'trace.close')).toHaveLength(3);
  });

  it('leaves the shown trace alone when another is closed', () => {
    const a = open('a');
    const b = open('b');
    closeTrace(a);
    expect(traceState().active).toBe(b);
  });

  it('takes summaries of open traces, and tells nobody of one that says nothing new', () => {
    const trace = open('a');
    const told = vi.fn();
    const off = subscribeTraces(told);
    traces.push('summary', { ...emptySummary(trace), revision: 1, events: 5 });
    traces.push('summary', { ...emptySummary(trace), revision: 1, events: 5 });
    traces.push('summary', { ...emptySummary('gone'), revision: 7 });
    off();
    expect(told).toHaveBeenCalledTimes(1);
    expect(traceState().summaries[trace]?.events).toBe(5);
    expect(traceState().summaries.gone).toBeUndefined();
  });

  it('forgets the summary of a closed trace', () => {
    const trace = open('a');
    traces.push('summary', { ...emptySummary(trace), revision: 1 });
    closeTrace(trace);
    expect(traceState().summaries).toEqual({});
  });

  it('shows in its place why the worker did not open it', async () => {
    traces.handlers = {
      'trace.open': () => {
        throw new Error('This is not a trace.');
      },
    };
    const trace = open('a');
    await vi.waitFor(() => expect(traceState().summaries[trace]).toMatchObject({ phase: 'failed', problem: { message: 'This is not a trace.' } }));
  });
});
