import { describe, expect, it } from 'vitest';
import { firstBelow, isPlacedLane, layOut, placedAt, placeOfRow, rowAt } from '../../../../../renderer/features/timeline/lane-layout.ts';
import { eachLane, laneOfTrack, lanesOf, trackChoices } from '../../../../../renderer/features/timeline/lanes.ts';
import type { TrackView } from '../../../../../renderer/state/track-view.ts';
import type { TrackInfo } from '../../../../../renderer/trace/trace-worker-api.ts';
import { counter, process, track } from './tracks.ts';

const NOTHING: TrackView = { pinned: [], hidden: [], folded: {}, order: [] };
const OPTIONS = { rowPx: 18, filter: '' };
const lanes = (tracks: readonly TrackInfo[], processes = [process(0, 'shop')]) =>
  lanesOf({ tracks, processes, counters: [counter(7, 'queue'), counter(8, 'memory')], objects: [] });
const titles = (tracks: readonly TrackInfo[]) => [...eachLane(lanes(tracks))].map((lane) => lane.title);

const CALLS = track(1, 'calls', 'main', { rows: 5 });
const LOGGED = track(2, 'slices', 'main', { rows: 2 });
const GC = track(3, 'slices', 'main', { beside: 'GC' });
const LOOP = track(4, 'slices', 'main', { beside: 'Event loop' });
const WORKER = track(5, 'calls', 'worker', { stream: 1, firstNs: 5e8 });
const QUEUE = track(6, 'counter', 'queue', { series: [7] });
const MEMORY = track(9, 'counter', 'memory', { series: [8] });

describe('lanes', () => {
  it('join a thread with what was logged on it, its collections and its blocked loop', () => {
    const [main, ...rest] = eachLane(lanes([CALLS, LOGGED, GC, LOOP]));
    expect(rest).toEqual([]);
    expect(main).toMatchObject({ kind: 'thread', title: 'main', track: { id: 1 }, logged: { id: 2 }, collections: { id: 3 }, blocked: { id: 4 } });
    for (const id of [1, 2, 3, 4]) expect(laneOfTrack(lanes([CALLS, LOGGED, GC, LOOP]), id)?.track.id).toBe(1);
  });

  it('lie by process: threads as they began, then async slices, counters, objects, moments', () => {
    expect(titles([WORKER, QUEUE, track(8, 'instants', 'main'), CALLS, track(10, 'async', '', {})])).toEqual(['main', 'worker', 'Async', 'queue', 'Events']);
  });

  it('have a head of their own when they are many', () => {
    const many = Array.from({ length: 7 }, (_, k) => track(20 + k, 'instants', `thread ${k}`, { stream: k }));
    const [process] = lanes([CALLS, ...many]);
    expect(process?.items.at(-1)).toMatchObject({ kind: 'instants', title: 'Events', meta: '7' });
  });

  it('of one name are told apart, and a name of a megabyte is no key', () => {
    const keys = [
      ...eachLane(
        lanes([track(1, 'calls', 'pool', { stream: 1 }), track(2, 'calls', 'pool', { stream: 2 }), track(3, 'calls', 'x'.repeat(1 << 20), { stream: 3 })]),
      ),
    ].map(({ key }) => key);
    expect(new Set(keys).size).toBe(3);
    expect(Math.max(...keys.map((key) => key.length))).toBeLessThan(400);
  });

  it('are found by name with what they lie in', () => {
    expect(trackChoices(lanes([CALLS, QUEUE]))).toEqual([
      { track: 1, title: 'main', where: '' },
      { track: 6, title: 'queue', where: '' },
    ]);
    expect(trackChoices(lanes([CALLS, track(11, 'calls', 'main', { process: 1, stream: 9 })], [process(0, 'shop'), process(1, 'bank')]))[1]).toMatchObject({
      where: 'bank',
    });
  });
});

describe('where lanes lie', () => {
  const GROUPS = lanes([CALLS, WORKER, QUEUE, MEMORY]);
  const keyOf = (title: string) => [...eachLane(GROUPS)].find((lane) => lane.title === title)?.key ?? '';
  const order = (view: Partial<TrackView>, filter = '') => {
    const layout = layOut(GROUPS, { ...NOTHING, ...view }, { ...OPTIONS, filter });
    const names = (region: typeof layout.main) => region.placed.map((one) => (isPlacedLane(one) ? one.lane.title : one.group.title));
    return { pinned: names(layout.pinned), main: names(layout.main), hidden: layout.hidden, filtered: layout.filtered };
  };

  it('is one below the other, without a gap', () => {
    const { placed, height } = layOut(GROUPS, NOTHING, OPTIONS).main;
    let top = 0;
    for (const one of placed) {
      expect(one.top).toBe(top);
      top += one.height;
    }
    expect(height).toBe(top);
  });

  it('is as the user put them: pinned, hidden, moved, filtered', () => {
    expect(order({})).toEqual({ pinned: [], main: ['main', 'worker', 'queue', 'memory'], hidden: 0, filtered: 0 });
    expect(order({ pinned: [keyOf('memory'), keyOf('main')] })).toMatchObject({ pinned: ['memory', 'main'], main: ['worker', 'queue'] });
    expect(order({ hidden: [keyOf('worker')] })).toMatchObject({ main: ['main', 'queue', 'memory'], hidden: 1 });
    expect(order({ order: [keyOf('queue'), keyOf('main')] })).toMatchObject({ main: ['queue', 'worker', 'main', 'memory'] });
    expect(order({}, 'M')).toMatchObject({ main: ['main', 'memory'], filtered: 2 });
    // Of an earlier run.
    expect(order({ pinned: ['gone'], hidden: ['gone, too'] })).toMatchObject({ pinned: [], hidden: 0 });
  });

  it('is lower when they are folded', () => {
    const high = layOut(GROUPS, NOTHING, OPTIONS).main.placed[0]?.height ?? 0;
    const low = layOut(GROUPS, { ...NOTHING, folded: { [keyOf('main')]: true } }, OPTIONS).main.placed[0]?.height ?? 0;
    expect(high).toBeGreaterThanOrEqual(5 * 18);
    expect(low).toBeLessThan(30);
  });

  it('is found by height, and by track and row, which agree', () => {
    const { main } = layOut(GROUPS, NOTHING, OPTIONS);
    for (let row = 0; row < 5; row++) {
      const place = placeOfRow(main, 1, row);
      const at = placedAt(main, (place?.y ?? 0) + 9);
      expect(at && isPlacedLane(at) && rowAt(at, (place?.y ?? 0) + 9)).toMatchObject({ part: { track: { id: 1 } }, row });
    }
    expect(placedAt(main, main.height + 5)).toBeUndefined();
    expect(placeOfRow(main, 77, 0)).toBeUndefined();
    expect(firstBelow(main.placed, -10)).toBe(0);
  });
});
