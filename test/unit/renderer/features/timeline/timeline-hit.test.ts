import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { firstOfRow, itemAt } from '../../../../../renderer/features/timeline/timeline-hit.ts';
import { viewOf } from './tracks.ts';

/** A pixel is a thousand nanoseconds. */
const at = (view: ReturnType<typeof viewOf>, row: number, x: number) => itemAt(view, row, x * 1000, 1000);

describe('what lies under the pointer', () => {
  const VIEW = viewOf([
    [0, 0, 100],
    [0, 200, 200.2],
    [1, 10, 50],
    [3, 5, 6],
  ]);

  it('is the item of that row at that time', () => {
    expect(at(VIEW, 0, 50)).toBe(0);
    expect(at(VIEW, 1, 30)).toBe(2);
    expect(at(VIEW, 0, 150)).toBeUndefined();
    expect(at(VIEW, 2, 30)).toBeUndefined();
    expect(at(VIEW, 9, 30)).toBeUndefined();
  });

  it('may be a little beside it, where it is thin', () => {
    expect(at(VIEW, 0, 202)).toBe(1);
    expect(at(VIEW, 0, 198)).toBe(1);
    expect(at(VIEW, 0, 206)).toBeUndefined();
  });

  it('is found among many as by looking at each', () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 0, max: 20 }), { maxLength: 60 }), fc.integer({ min: -1, max: 22 }), (rows, wanted) => {
        const view = viewOf(rows.toSorted((a, b) => a - b).map((row, k) => [row, k * 10, k * 10 + 5] as const));
        const expected = [...view.row].findIndex((row) => row >= wanted);
        expect(firstOfRow(view, wanted)).toBe(expected < 0 ? view.count : expected);
      }),
    );
  });
});
