import { describe, expect, it } from 'vitest';
import { EVENT_KINDS, kindLabel, kindsThere, wantedKinds } from '../../../../../renderer/features/events/event-kinds.ts';
import { emptySummary } from '../../../../../renderer/state/trace-store.ts';

describe('kinds of events', () => {
  it('asks for all without naming them, so that nothing needs looking through', () => {
    expect(wantedKinds(new Set())).toBeUndefined();
    expect(wantedKinds(new Set(['counter', 'gap']))).toEqual(['slice', 'instant', 'snapshot', 'object-created', 'object-deleted', 'stall']);
    expect(wantedKinds(new Set(EVENT_KINDS.map(({ kind }) => kind)))).toEqual([]);
  });

  it('offers the kinds that the trace holds', () => {
    expect(kindsThere(undefined)).toEqual([]);
    expect(kindsThere({ ...emptySummary('t'), counterSamples: 5, dropped: 2 })).toEqual(['counter', 'gap']);
  });

  it('has a word for each', () => {
    expect(kindLabel('gap')).toBe('dropped');
    expect(new Set(EVENT_KINDS.map(({ label }) => label)).size).toBe(EVENT_KINDS.length);
  });
});
