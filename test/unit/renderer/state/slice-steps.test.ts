import { beforeEach, describe, expect, it } from 'vitest';
import { selectSlice } from '../../../../renderer/state/selection.ts';
import { stepSearch, stepSlice } from '../../../../renderer/state/slice-steps.ts';
import { connectTraces, emptySummary, openTrace, resetTraces } from '../../../../renderer/state/trace-store.ts';
import { changeView, resetViews, viewState } from '../../../../renderer/state/view-store.ts';
import type { SliceRow, TraceClient, TraceSummary } from '../../../../renderer/trace/trace-worker-api.ts';

const slice = (ref: number): SliceRow => ({ ref, track: 0, row: 0, name: 1, startNs: ref * 1e6, durationNs: 1e6, selfNs: 0, flags: 0 });
const picked = () => {
  const { selection } = viewState(trace);
  return selection?.kind === 'slice' ? selection.slice.ref : undefined;
};

/** A worker with slices 1 … 9 in a row, which answers when it is told to. */
let answers: (() => void)[] = [];
const settle = async () => {
  for (let turn = 0; turn < 20; turn++) {
    for (const answer of answers.splice(0)) answer();
    await Promise.resolve();
  }
};
const client = {
  request: (method: string, argument: { ref?: number; step?: string; after?: { ref?: number; timeNs?: number }; backwards?: boolean }) =>
    new Promise((resolve, reject) => {
      answers.push(() => {
        const near = (ref: number) => (ref >= 1 && ref <= 9 ? slice(ref) : null);
        if (method === 'slices.page') resolve({ rows: [slice(1)], total: 9 });
        else if (method === 'slices.neighbour') resolve(near((argument.ref ?? 0) + (argument.step === 'next' ? 1 : -1)));
        else if (method === 'search.step') {
          const from = argument.after?.ref ?? (argument.backwards ? 10 : 0);
          resolve(near(from + (argument.backwards ? -1 : 1)));
        } else reject(new Error(method));
      });
    }),
} as unknown as TraceClient;

let trace = '';
beforeEach(() => {
  answers = [];
  resetViews();
  resetTraces();
  let push: (summary: TraceSummary) => void = () => {};
  connectTraces({
    request: () => Promise.resolve(null) as never,
    on: (_event, listener) => {
      push = listener as (summary: TraceSummary) => void;
      return () => {};
    },
  });
  trace = openTrace({ kind: 'collector', recording: 'r1' }, { title: 'a', path: '', unsaved: false, format: 'recording' });
  push({ ...emptySummary(trace), phase: 'complete', endNs: 20e6 });
});

describe('steps from slice to slice', () => {
  it('begin with the first in sight', async () => {
    void stepSlice(client, trace, 'next');
    await settle();
    expect(picked()).toBe(1);
  });

  it('add up when keys are pressed faster than the worker answers', async () => {
    selectSlice(trace, slice(2));
    for (let press = 0; press < 4; press++) void stepSlice(client, trace, 'next');
    await settle();
    expect(picked()).toBe(6);
  });

  it('end at the last, and do not take back what was picked meanwhile', async () => {
    selectSlice(trace, slice(9));
    void stepSlice(client, trace, 'next');
    await settle();
    expect(picked()).toBe(9);
    void stepSlice(client, trace, 'previous');
    await Promise.resolve();
    selectSlice(trace, slice(4));
    await settle();
    expect(picked()).toBe(4);
  });
});

describe('steps from match to match', () => {
  it('come from the last to the first again', async () => {
    changeView(trace, () => ({ highlight: 'x' }));
    selectSlice(trace, slice(9));
    void stepSearch(client, trace, false);
    await settle();
    expect(picked()).toBe(1);
    void stepSearch(client, trace, true);
    await settle();
    expect(picked()).toBe(9);
  });

  it('are none without a search', async () => {
    expect(await stepSearch(client, trace, false)).toBe(false);
  });
});
