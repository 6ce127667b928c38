import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  isScaled,
  lastPosition,
  MOST_HEIGHT_PX,
  pageAround,
  positionOf,
  rowWindow,
  scrollHeight,
  scrollTopOf,
} from '../../../../renderer/widgets/row-window.ts';

const geometry = fc.record({
  total: fc.integer({ min: 0, max: 50_000_000 }),
  rowHeight: fc.constantFrom(20, 22, 24),
  viewHeight: fc.integer({ min: 1, max: 2000 }),
});

describe('rowWindow', () => {
  it('shows the rows that the view covers', () => {
    expect(rowWindow(2.5, { total: 100, rowHeight: 20, viewHeight: 50 })).toEqual({ first: 2, count: 3, offset: -10 });
    expect(rowWindow(0, { total: 2, rowHeight: 20, viewHeight: 500 })).toEqual({ first: 0, count: 2, offset: 0 });
    expect(rowWindow(0, { total: 0, rowHeight: 20, viewHeight: 500 }).count).toBe(0);
  });

  it('ends with the last row at the last position', () => {
    fc.assert(
      fc.property(geometry, (g) => {
        const { first, count } = rowWindow(lastPosition(g), g);
        expect(first + count).toBe(g.total);
      }),
    );
  });
});

describe('scroll bar', () => {
  it('is never higher than a browser can make it', () => {
    fc.assert(fc.property(geometry, (g) => scrollHeight(g) <= MOST_HEIGHT_PX));
  });

  it('comes back to the position that it was set for', () => {
    fc.assert(
      fc.property(geometry, fc.double({ min: 0, max: 1, noNaN: true }), (g, part) => {
        const position = lastPosition(g) * part;
        expect(positionOf(scrollTopOf(position, g), g)).toBeCloseTo(position, 3);
      }),
    );
  });

  it('reaches both ends of a list of millions', () => {
    const g = { total: 10_000_000, rowHeight: 22, viewHeight: 440 };
    expect(isScaled(g)).toBe(true);
    expect(positionOf(0, g)).toBe(0);
    expect(positionOf(scrollHeight(g) - g.viewHeight, g)).toBe(10_000_000 - 20);
  });
});

describe('pageAround', () => {
  it('asks for the same pages while the view moves a little', () => {
    const around = pageAround({ first: 130, count: 20, offset: 0 }, 50);
    expect(around).toEqual({ from: 50, count: 200 });
    expect(pageAround({ first: 125, count: 20, offset: 0 }, 50)).toEqual(around);
  });
  it('always holds what is in sight', () => {
    fc.assert(
      fc.property(fc.nat(1e6), fc.nat(100), (first, count) => {
        const page = pageAround({ first, count, offset: 0 }, 50);
        expect(page.from).toBeLessThanOrEqual(first);
        expect(page.from + page.count).toBeGreaterThanOrEqual(first + count);
      }),
    );
  });
});
