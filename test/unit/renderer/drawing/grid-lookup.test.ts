import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { gridQuery, lastAtOrBefore, valueAt } from '../../../../renderer/drawing/grid-lookup.ts';

describe('valueAt', () => {
  const x = Float64Array.of(1, 2, 2, 3);
  const y = [10, 20, 25, null];
  it('is the value that holds there', () => {
    expect([0.5, 1, 1.9, 2, 2.5, 3, 9].map((at) => valueAt(x, y, at))).toEqual([null, 10, 10, 25, 25, null, null]);
  });
  it('finds the last of equal times', () => {
    expect(lastAtOrBefore(x, 2)).toBe(2);
    expect(lastAtOrBefore(new Float64Array(0), 2)).toBe(-1);
  });
});

describe('gridQuery', () => {
  it('asks for whole columns around the range', () => {
    fc.assert(
      fc.property(
        fc.double({ min: 0, max: 1e13, noNaN: true }),
        fc.double({ min: 1e6, max: 1e14, noNaN: true }),
        fc.integer({ min: 1, max: 4000 }),
        (from, span, width) => {
          const query = gridQuery(from, from + span, width);
          const column = query.columnNs;
          expect(query.fromNs).toBeLessThanOrEqual(from);
          expect(query.toNs).toBeGreaterThanOrEqual(from + span);
          expect(query.columns).toBeLessThanOrEqual(width + 4);
          expect(Math.abs(query.fromNs / column - Math.round(query.fromNs / column))).toBeLessThan(0.01);
        },
      ),
    );
  });

  it('asks the same again while the view scrolls within a column', () => {
    expect(gridQuery(30.001e9, 60.001e9, 600)).toEqual(gridQuery(30.049e9, 60.049e9, 600));
  });
});
