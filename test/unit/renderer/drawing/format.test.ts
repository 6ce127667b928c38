import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  clipText,
  decimalsFor,
  formatAxisTime,
  formatAxisValue,
  formatCount,
  formatDuration,
  formatMoment,
  formatMomentShort,
  formatShortAxisTime,
  formatValue,
} from '../../../../renderer/drawing/format.ts';

describe('formatValue', () => {
  it('groups thousands and keeps the decimals that it is told', () => {
    expect(formatValue(12840, 0)).toBe('12,840');
    expect(formatValue(136.2, 1)).toBe('136.2');
    expect(formatValue(7, 1)).toBe('7.0');
  });

  it('uses one letter from a million on', () => {
    expect(formatValue(1_285_000)).toBe('1.285 M');
    expect(formatValue(12_850_000_000)).toBe('12.85 G');
    expect(formatValue(-3e12)).toBe('−3.000 T');
  });

  it('says what is not a number in words that fit a cell', () => {
    expect(formatValue(null)).toBe('–');
    expect(formatValue(undefined)).toBe('–');
    expect(formatValue(Number.NaN)).toBe('NaN');
    expect(formatValue(Number.POSITIVE_INFINITY)).toBe('∞');
    expect(formatValue(Number.NEGATIVE_INFINITY)).toBe('−∞');
  });

  it('never shows a minus before zero', () => {
    expect(formatValue(-0)).toBe('0');
    expect(formatValue(-0.001, 1)).toBe('0.0');
  });

  it('does not say 0 for a small number when it may choose', () => {
    expect(formatValue(0.00001)).not.toMatch(/^0(\.0*)?$/);
  });

  it('never jumps in width between two values of a series at the same decimals', () => {
    fc.assert(
      fc.property(fc.integer({ min: 100, max: 999 }), fc.integer({ min: 100, max: 999 }), (a, b) => {
        expect(formatValue(a / 1.0001, 1).length).toBe(formatValue(b / 1.0001, 1).length);
      }),
      { examples: [[101, 998]] },
    );
  });
});

describe('decimalsFor', () => {
  it('keeps three to four telling digits, and none for whole numbers', () => {
    expect([2000, 160, 20, 5, 0.5, 0.01].map((size) => decimalsFor(size, false))).toEqual([0, 1, 1, 2, 3, 4]);
    expect(decimalsFor(0.5, true)).toBe(0);
  });
});

describe('formatAxisValue', () => {
  it('is as short as it can be', () => {
    expect([0, 80, 2.5, -5, 1200, 12_000, 1.5e6, 2e9].map(formatAxisValue)).toEqual(['0', '80', '2.5', '−5', '1200', '12 k', '1.5 M', '2 G']);
  });
});

describe('times', () => {
  it('gives a duration three digits and a unit', () => {
    expect([412, 18_400, 194e6, 6.41e9, 125e9, 3725e9].map(formatDuration)).toEqual(['412 ns', '18.4 µs', '194 ms', '6.41 s', '2 min 05 s', '1 h 02 min']);
  });

  it('never rounds a duration up to 1000 of its unit', () => {
    expect(formatDuration(999_999)).toBe('1.00 ms');
    expect(formatDuration(999_999_999)).toBe('1.00 s');
  });

  it('writes a moment in groups of three, to the microsecond', () => {
    expect(formatMoment(13_934_600_000)).toBe('13.934 600 s');
    expect(formatMoment(125_934_600_000)).toBe('2:05.934 600');
    expect(formatMomentShort(13_934_600_000)).toBe('13.934');
    expect(formatMomentShort(3_725_001_000_000)).toBe('1:02:05.001');
    expect([formatMoment(-1_934_600_000), formatMomentShort(-1_934_600_000)]).toEqual(['−1.934 600 s', '−1.934']);
  });

  it('gives marks the digits that tell them apart', () => {
    expect(formatAxisTime(13_750e6, 50e6)).toBe('13.75 s');
    expect(formatAxisTime(13e9, 1e9)).toBe('13 s');
    expect(formatAxisTime(-30e9, 10e9)).toBe('−30 s');
    expect(formatAxisTime(125e9, 5e9)).toBe('2:05');
  });
});

describe('formatShortAxisTime', () => {
  it('has the unit in which the greatest time of the axis is one or more', () => {
    expect(formatShortAxisTime(0, 1e6, 4.5e6)).toBe('0 ms');
    expect(formatShortAxisTime(1.5e6, 500_000, 4.5e6)).toBe('1.5 ms');
    expect(formatShortAxisTime(-250_000, 50_000, 800_000)).toBe('−250 µs');
    expect(formatShortAxisTime(20, 5, 40)).toBe('20 ns');
    expect(formatShortAxisTime(5e9, 1e9, 8e9)).toBe('5 s');
  });
});

describe('clipText', () => {
  it('bounds a name of 10 kB and says how long it is', () => {
    const clipped = clipText('x'.repeat(10_240), 100);
    expect(clipped.length).toBeLessThan(140);
    expect(clipped).toContain(`(${formatCount(10_240)} characters)`);
    expect(clipText('queue')).toBe('queue');
  });
});
