import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { gridValues, keepRange, niceRange, timeMarks, timeStep } from '../../../../renderer/drawing/axis-range.ts';

const finite = fc.double({ noNaN: true, noDefaultInfinity: true, min: -1e12, max: 1e12 });

describe('niceRange', () => {
  it('takes the round numbers of the design', () => {
    expect(gridValues(niceRange(14, 137.4))).toEqual([0, 80, 160]);
    expect(gridValues(niceRange(0, 203))).toEqual([0, 120, 240]);
    expect(gridValues(niceRange(0, 54))).toEqual([0, 30, 60]);
  });

  it('holds every value, with two or three intervals', () => {
    fc.assert(
      fc.property(finite, finite, (a, b) => {
        const min = Math.min(a, b);
        const max = Math.max(a, b);
        const range = niceRange(min, max);
        const size = Math.max(Math.abs(min), Math.abs(max));
        expect(range.low).toBeLessThanOrEqual(min + size * 1e-9 + 1e-290);
        expect(range.high).toBeGreaterThanOrEqual(max - size * 1e-9 - 1e-290);
        expect(range.high).toBeGreaterThan(range.low);
        const lines = gridValues(range);
        expect(lines.length).toBeGreaterThanOrEqual(2);
        expect(lines.length).toBeLessThanOrEqual(4);
      }),
    );
  });

  it('leaves zero only where the values hardly vary', () => {
    expect(niceRange(1000, 1010).low).toBeGreaterThan(900);
    expect(niceRange(500, 1000).low).toBe(0);
    expect(niceRange(7, 7).low).toBe(0);
  });

  it('shows an empty range for no value at all', () => {
    expect(niceRange(Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY)).toEqual({ low: 0, high: 1, step: 0.5 });
    expect(niceRange(0, 0)).toEqual({ low: 0, high: 1, step: 0.5 });
  });
});

describe('keepRange', () => {
  const wide = niceRange(0, 200);
  it('grows at once', () => {
    expect(keepRange(niceRange(0, 50), wide, true)).toBe(wide);
  });
  it('does not shrink for a little', () => {
    expect(keepRange(wide, niceRange(0, 150), true)).toBe(wide);
  });
  it('shrinks when less than half is needed, or when the user moved the view', () => {
    const small = niceRange(0, 40);
    expect(keepRange(wide, small, true)).toBe(small);
    const less = niceRange(0, 150);
    expect(keepRange(wide, less, false)).toBe(less);
  });
});

describe('time marks', () => {
  it('steps by 1, 2 or 5 below a second and like a clock above', () => {
    expect(timeStep(30e9, 6)).toBe(5e9);
    expect(timeStep(0.9e9, 6)).toBe(200e6);
    expect(timeStep(600e9, 8)).toBe(120e9);
  });
  it('lie on whole steps inside the range', () => {
    expect(timeMarks(1.1e9, 3.2e9, 1e9)).toEqual([2e9, 3e9]);
  });
  it('are never more than asked for', () => {
    fc.assert(
      fc.property(fc.double({ min: 1, max: 1e17, noNaN: true }), fc.integer({ min: 1, max: 20 }), (span, marks) => {
        expect(timeMarks(0, span, timeStep(span, marks)).length).toBeLessThanOrEqual(marks + 1);
      }),
    );
  });
});
