import { expect, it } from 'vitest';
import { parseSearch } from '../../../../../core/model/timeline/search-query.ts';
import { searchOf } from '../../../../../renderer/features/durations/use-durations.ts';
import { seriesRows } from '../../../../../renderer/features/statistics/counter-figures.tsx';

it('the search that outlines calls is for exactly their name, whatever is in it', () => {
  expect(searchOf('job', undefined)).toBe('/^job$/');
  expect(searchOf('job', { fromNs: 1500.4, toNs: 2e21 })).toBe('/^job$/ dur>=1500ns dur<2000000000000000000000ns');
  for (const name of ['a.b (/x/y.js:1)', '[anonymous]', 'a\\b', '$', 'x*y?']) {
    const text = searchOf(name, { fromNs: 1, toNs: 2 });
    expect(parseSearch(text).kind, text).toBe('query');
    expect(new RegExp(/^\/(.*)\/ dur/.exec(text)?.[1] ?? '').test(name)).toBe(true);
  }
});

it('series are called by their counter, and by themselves where they say more', () => {
  const series = (id: number, name: string) => ({ id, name, samples: 1, last: 0, min: 0, max: 0 });
  const counters = [
    { key: '1 load', name: 'load', process: 0, series: [series(0, 'load')] },
    { key: '1 queue', name: 'queue', process: 0, series: [series(1, 'waiting'), series(2, '')] },
  ];
  expect(seriesRows(counters, '').map(({ id, label }) => `${id} ${label}`)).toEqual(['0 load', '1 queue waiting', '2 queue']);
  expect(seriesRows(counters, 'WAIT').map(({ id }) => id)).toEqual([1]);
});
