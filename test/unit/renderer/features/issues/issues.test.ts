import { beforeEach, describe, expect, it } from 'vitest';
import { showExample } from '../../../../../renderer/features/issues/show-example.ts';
import { isWarning, words } from '../../../../../renderer/features/issues/words.ts';
import { resetViews, viewState } from '../../../../../renderer/state/view-store.ts';
import type { SliceRow, TraceClient } from '../../../../../renderer/trace/trace-worker-api.ts';

const slice: SliceRow = { ref: 7, track: 2, row: 3, name: 5, startNs: 1e6, durationNs: 10, selfNs: 10, flags: 0 };
const client = (found: unknown): TraceClient => ({ request: () => Promise.resolve(found) as never, on: () => () => {} });

beforeEach(() => resetViews());

describe('the place of an issue', () => {
  it('is its slice, with the cross-hair at the moment', async () => {
    await showExample(client({ ...slice, kind: 'call', children: [] }), 't', { timeNs: 1e6, track: 2, ref: 7, text: 'main' });
    expect(viewState('t').selection).toEqual({ kind: 'slice', slice });
    expect(viewState('t').cursorNs).toBe(1e6);
  });

  it('is its track where the slice is gone or there is none', async () => {
    await showExample(client(null), 't', { timeNs: 5, track: 2, ref: 7, text: 'main' });
    expect(viewState('t').selection).toEqual({ kind: 'track', track: 2 });
  });

  it('is its moment alone where there is neither', async () => {
    await showExample(client(null), 't', { timeNs: 5, text: '' });
    expect(viewState('t')).toMatchObject({ selection: undefined, cursorNs: 5 });
  });
});

describe('words', () => {
  it('tell a place, also without a name, and cut a long one', () => {
    expect(words.example({ timeNs: 1.2e9, text: 'main' })).toBe('main, at 1.200 000 s');
    expect(words.example({ timeNs: 0, text: '' })).toBe('at 0.000 000 s');
    expect(words.example({ timeNs: 0, text: 'x'.repeat(1e6) }).length).toBeLessThan(150);
    expect([words.firstOf(1), words.firstOf(2)]).toEqual(['Show', 'Show the first']);
  });

  it('warn of what is missing, not of what the user wanted', () => {
    expect([isWarning('gaps'), isWarning('damaged-records'), isWarning('muted')]).toEqual([true, true, false]);
  });
});
