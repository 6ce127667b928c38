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
  newGraph,
  openGraph,
  removeSeries,
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

  it('comes back from what was kept, and takes nothing else out of it', () => {
    let arrangement = newGraph(AS_THEY_COME, [of('cpu')]).arrangement;
    arrangement = changeGraph(arrangement, '0/queue', (graph) =>
      setOptions(addSeries(graph, [of('heap')]), { show: 'rate', unit: 'jobs', range: 'own', low: -1, high: 7 }),
    );
    arrangement = closeGraph(arrangement, '0/cpu');
    expect(arrangementOf(JSON.parse(JSON.stringify(arrangement)))).toEqual(arrangement);
    fc.assert(
      fc.property(fc.jsonValue(), (value) => {
        for (const given of [value, { own: value, changed: value, closed: value }, { own: [{ id: 'own 1', added: value, options: value }] }]) {
          const read = arrangementOf(given);
          expect(arrangementOf(JSON.parse(JSON.stringify(read)))).toEqual(read);
          for (const { options } of graphsOf(read, COUNTERS)) expect(options.low).toBeLessThan(options.high);
        }
      }),
    );
  });
});
