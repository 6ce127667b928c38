import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type AxisChoice, placeOn, roundedOn, valueAxis, valueOn } from '../../../../renderer/drawing/value-axis.ts';

const BOX = { left: 40, top: 10, width: 200, height: 100 };
const choice = (change: Partial<AxisChoice> = {}): AxisChoice => ({ scale: 'linear', range: 'auto', low: 0, high: 100, ...change });
const extent = (min: number, max: number, leastPositive = min > 0 ? min : max) => ({ min, max, leastPositive });

describe('the value axis', () => {
  it('begins at zero by itself unless values hardly vary, always if asked to, and with the least value if asked to', () => {
    expect(valueAxis(choice(), extent(5, 38), undefined)).toMatchObject({ low: 0, high: 40 });
    expect(valueAxis(choice(), extent(980, 1000), undefined).low).toBeGreaterThan(900);
    expect(valueAxis(choice({ range: 'zero' }), extent(980, 1000), undefined)).toMatchObject({ low: 0, high: 1000 });
    expect(valueAxis(choice({ range: 'fit' }), extent(31, 38), undefined)).toMatchObject({ low: 30 });
    expect(valueAxis(choice({ range: 'own', low: -5, high: 20 }), extent(0, 1000), undefined)).toMatchObject({ low: -5, high: 20, marks: [0, 10, 20] });
  });

  it('goes by powers of ten where it is logarithmic, from the least value above zero', () => {
    const axis = valueAxis(choice({ scale: 'log' }), extent(0, 40_000, 3), undefined);
    expect(axis).toEqual({ scale: 'log', low: 1, high: 100_000, marks: [1, 100, 10_000] });
    expect(valueAxis(choice({ scale: 'log' }), extent(-3, -1, Number.POSITIVE_INFINITY), undefined)).toMatchObject({ low: 0.1, high: 1 });
    // The least double has no power of ten below it that a logarithm leads back from.
    expect(valueAxis(choice({ scale: 'log' }), extent(0, 5e-324), undefined)).toEqual({ scale: 'log', low: 1e-290, high: 1e-289, marks: [1e-290, 1e-289] });
    // What is zero or less lies at the lower edge.
    const yOf = placeOn(axis, BOX);
    expect([yOf(0), yOf(1), yOf(100_000)]).toEqual([110, 110, 10]);
  });

  it('keeps the axis that was there as long as it suits, so that a live graph does not jump', () => {
    const before = valueAxis(choice(), extent(0, 38), undefined);
    expect(valueAxis(choice(), extent(0, 30), before)).toEqual(before);
    expect(valueAxis(choice(), extent(0, 10), before).high).toBeLessThan(before.high);
    expect(valueAxis(choice(), extent(0, 90), before).high).toBeGreaterThanOrEqual(90);
  });

  it('holds all values, whatever they are, and comes back from pixels to values', () => {
    const value = fc.double({ min: -1e12, max: 1e12, noNaN: true });
    fc.assert(
      fc.property(
        value,
        value,
        fc.constantFrom('auto' as const, 'zero' as const, 'fit' as const),
        fc.constantFrom('linear' as const, 'log' as const),
        (a, b, range, scale) => {
          const [min, max] = [Math.min(a, b), Math.max(a, b)];
          const axis = valueAxis(choice({ range, scale }), extent(min, max, min > 0 ? min : max > 0 ? max : Number.POSITIVE_INFINITY), undefined);
          expect(axis.high).toBeGreaterThan(axis.low);
          expect(axis.marks.length).toBeLessThanOrEqual(6);
          const slack = (axis.high - axis.low) * 1e-6;
          if (scale === 'linear') {
            expect(axis.low).toBeLessThanOrEqual(min + slack);
            expect(axis.high).toBeGreaterThanOrEqual(max - slack);
          } else if (max > 0) expect(axis.high).toBeGreaterThanOrEqual(max * (1 - 1e-6));
          for (const mark of axis.marks) {
            const back = valueOn(axis, BOX, placeOn(axis, BOX)(mark));
            expect(Math.abs(back - mark)).toBeLessThanOrEqual(slack + Math.abs(mark) * 1e-6);
          }
        },
      ),
    );
  });

  it('puts a line that is drawn by hand on a number that can be read, no farther than a pixel away', () => {
    const axis = valueAxis(choice(), extent(0, 38), undefined);
    expect(roundedOn(axis, BOX, 47.2)).toBe(25);
    fc.assert(
      fc.property(fc.double({ min: 10, max: 110, noNaN: true }), fc.constantFrom('linear' as const, 'log' as const), (y, scale) => {
        const any = valueAxis(choice({ scale }), extent(0.3, 4321, 0.3), undefined);
        expect(Math.abs(placeOn(any, BOX)(roundedOn(any, BOX, y)) - y)).toBeLessThanOrEqual(1.2);
      }),
    );
  });
});
