import { expect, it } from 'vitest';
import { areaOf, hasPicture, runsOf } from '../../../../../renderer/features/start/thumbnail.tsx';

it('draws neighbours of one colour as one', () => {
  expect(runsOf('0111022')).toEqual([
    { from: 1, length: 3, colour: 1 },
    { from: 5, length: 2, colour: 2 },
  ]);
  expect(runsOf('000')).toEqual([]);
});

it('draws a counter in steps from where it has a value', () => {
  expect(areaOf('--09', 10, 9)).toBe('M2 19V19.0H3V10.0H4V19Z');
  expect(areaOf('--', 0, 9)).toBe('');
});

it('has no picture of what was idle all the time', () => {
  const glance = { durationNs: 0, slices: 0, counters: 0, objects: 0, rows: ['000'], counter: '' };
  expect(hasPicture(glance)).toBe(false);
  expect(hasPicture({ ...glance, counter: '0' })).toBe(true);
  expect(hasPicture({ ...glance, rows: ['000', '010'] })).toBe(true);
});
