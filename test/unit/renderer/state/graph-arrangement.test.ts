import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  AS_THEY_COME,
  addSeries,
  arrangementOf,
  changeGraph,
  closeGraph,
  graphsOf,
  MOST_SERIES,
  moveGraph,
  newGraph,
  openGraph,
  removeSeries,
  renamed,
  setOptions,
  withThresholds,
} from '../../../../renderer/state/graph-arrangement.ts';
import type { CounterInfo } from '../../../../renderer/trace/trace-worker-api.ts';

const counter = (name: string, series: readonly string[] = ['value']): CounterInfo => ({
  key: `0/${name}`,
  name,
  process: 0,
  series: series.map((each, id) => ({ id, name: each, samples: 1, last: 0, min: 0, max: 0 })),
});
const COUNTERS = [counter('queue', ['waiting', 'running']), counter('heap'), counter('cpu')];
const of = (name: string, series = 'value') => ({ counter: `0/${name}`, series });
const ids = (arrangement: Parameters<typeof graphsOf>[0]) => graphsOf(arrangement, COUNTERS).map((graph) => graph.id);

describe('an arrangement of graphs', () => {
  it('begins with one graph for each counter, which stay the same objects', () => {
    expect(ids(AS_THEY_COME)).toEqual(['0/queue', '0/heap', '0/cpu']);
    expect(graphsOf(AS_THEY_COME, COUNTERS)[1]).toBe(graphsOf(AS_THEY_COME, COUNTERS)[1]);
  });

  it('takes series into a graph once, and not those that are its own', () => {
    const changed = changeGraph(AS_THEY_COME, '0/queue', (graph) => addSeries(graph, [of('heap'), of('heap'), of('queue', 'waiting')]));
    const [queue] = graphsOf(changed, COUNTERS);
    expect(queue?.added).toEqual([of('heap')]);
    expect(
      graphsOf(
        changeGraph(changed, '0/queue', (graph) => removeSeries(graph, of('heap'))),
        COUNTERS,
      )[0]?.added,
    ).toEqual([]);
    const many = Array.from({ length: MOST_SERIES + 50 }, (_, k) => of(`c${k}`));
    expect(addSeries({ ...(queue as NonNullable<typeof queue>), added: [] }, many).added).toHaveLength(MOST_SERIES);
  });

  it('puts new graphs first, and numbers them', () => {
    const first = newGraph(AS_THEY_COME, [of('cpu')]);
    const second = newGraph(first.arrangement, [of('heap')]);
    expect([first.id, second.id]).toEqual(['own 1', 'own 2']);
    expect(ids(second.arrangement)).toEqual(['own 2', 'own 1', '0/queue', '0/heap', '0/cpu']);
    expect(ids(closeGraph(second.arrangement, 'own 2'))).toEqual(['own 1', '0/queue', '0/heap', '0/cpu']);
  });

  it('closes a graph of a counter and brings it back as it was', () => {
    const changed = changeGraph(AS_THEY_COME, '0/heap', (graph) => withThresholds(setOptions(graph, { scale: 'log' }), [1, 5, 1, Number.NaN]));
    const closed = closeGraph(changed, '0/heap');
    expect(ids(closed)).toEqual(['0/queue', '0/cpu']);
    expect(graphsOf(openGraph(closed, '0/heap'), COUNTERS)[1]?.options).toMatchObject({ scale: 'log', thresholds: [5, 1] });
  });

  const move = (arrangement: Parameters<typeof graphsOf>[0], id: string, side: 'before' | 'behind', of: string) =>
    moveGraph(arrangement, graphsOf(arrangement, COUNTERS), id, side, of);

  it('puts a graph before or behind another; what nobody has moved follows as it comes', () => {
    expect(ids(move(AS_THEY_COME, '0/cpu', 'before', '0/queue'))).toEqual(['0/cpu', '0/queue', '0/heap']);
    expect(move(AS_THEY_COME, '0/cpu', 'before', '0/queue').order).toEqual(['0/cpu']);
    expect(ids(move(AS_THEY_COME, '0/queue', 'behind', '0/heap'))).toEqual(['0/heap', '0/queue', '0/cpu']);
    const moved = move(move(AS_THEY_COME, '0/queue', 'behind', '0/cpu'), '0/heap', 'behind', '0/cpu');
    expect(ids(moved)).toEqual(['0/cpu', '0/heap', '0/queue']);
    // One that is made later still stands first, and one that is closed and comes back stands where it stood.
    const made = newGraph(moved, [of('cpu')]).arrangement;
    expect(ids(made)).toEqual(['own 1', '0/cpu', '0/heap', '0/queue']);
    expect(ids(openGraph(closeGraph(made, '0/heap'), '0/heap'))).toEqual(ids(made));
    expect(closeGraph(made, 'own 1').order).toEqual(moved.order);
    // Neither itself nor what is not there moves anything.
    expect(move(moved, '0/cpu', 'before', '0/cpu')).toBe(moved);
    expect(move(moved, '0/cpu', 'before', '0/gone')).toBe(moved);
    expect(move(moved, '0/gone', 'before', '0/cpu')).toBe(moved);
  });

  it('keeps the places of graphs whose counters have not come yet', () => {
    const order = move(move(AS_THEY_COME, '0/cpu', 'before', '0/queue'), '0/heap', 'before', '0/queue');
    const early = [COUNTERS[0] as CounterInfo, COUNTERS[2] as CounterInfo];
    const swapped = moveGraph(order, graphsOf(order, early), '0/queue', 'before', '0/cpu');
    expect(graphsOf(swapped, early).map((graph) => graph.id)).toEqual(['0/queue', '0/cpu']);
    expect(ids(swapped)).toEqual(['0/queue', '0/cpu', '0/heap']);
  });

  it('moves one graph and leaves the order of the others, whatever is moved', () => {
    const names = Array.from({ length: 8 }, (_, k) => counter(`c${k}`));
    const place = fc.integer({ min: 0, max: 7 });
    fc.assert(
      fc.property(fc.array(fc.tuple(place, fc.constantFrom('before' as const, 'behind' as const), place), { maxLength: 12 }), (moves) => {
        let arrangement = AS_THEY_COME;
        let expected = names.map((info) => info.key);
        for (const [from, side, to] of moves) {
          const [id, target] = [`0/c${from}`, `0/c${to}`];
          arrangement = moveGraph(arrangement, graphsOf(arrangement, names), id, side, target);
          if (from === to) continue;
          expected = expected.filter((each) => each !== id);
          expected.splice(expected.indexOf(target) + (side === 'behind' ? 1 : 0), 0, id);
        }
        expect(graphsOf(arrangement, names).map((graph) => graph.id)).toEqual(expected);
      }),
    );
  });

  it('is called as the user calls it, and by what is in it once that is empty', () => {
    const named = changeGraph(AS_THEY_COME, '0/heap', (graph) => renamed(graph, '  What is left '));
    expect(graphsOf(named, COUNTERS)[1]?.title).toBe('What is left');
    expect(
      graphsOf(
        changeGraph(named, '0/heap', (graph) => renamed(graph, '  ')),
        COUNTERS,
      )[1]?.title,
    ).toBeUndefined();
    expect(renamed(graphsOf(named, COUNTERS)[1] as never, 'x'.repeat(1e6)).title).toHaveLength(200);
  });

  it('comes back from what was kept, and takes nothing else out of it', () => {
    let arrangement = newGraph(AS_THEY_COME, [of('cpu')]).arrangement;
    arrangement = changeGraph(arrangement, '0/queue', (graph) =>
      setOptions(addSeries(graph, [of('heap')]), { show: 'rate', unit: 'jobs', range: 'own', low: -1, high: 7 }),
    );
    arrangement = changeGraph(arrangement, 'own 1', (graph) => renamed(graph, 'Mine'));
    arrangement = move(closeGraph(arrangement, '0/cpu'), '0/heap', 'before', 'own 1');
    expect(arrangementOf(JSON.parse(JSON.stringify(arrangement)))).toEqual(arrangement);
    fc.assert(
      fc.property(fc.jsonValue(), (value) => {
        for (const given of [
          value,
          { own: value, changed: value, closed: value, order: value },
          { own: [{ id: 'own 1', title: value, added: value, options: value }] },
        ]) {
          const read = arrangementOf(given);
          expect(arrangementOf(JSON.parse(JSON.stringify(read)))).toEqual(read);
          for (const { options } of graphsOf(read, COUNTERS)) expect(options.low).toBeLessThan(options.high);
        }
      }),
    );
  });
});
