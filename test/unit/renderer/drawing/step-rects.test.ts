import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { stepPath } from '../../../../renderer/drawing/step-path.ts';
import { areaRects, lineRects } from '../../../../renderer/drawing/step-rects.ts';

type Rect = readonly [x: number, y: number, width: number, height: number];

function drawn(ys: readonly (number | null)[], step: number, make: typeof lineRects | typeof areaRects, argument: number): Rect[] {
  const rects: Rect[] = [];
  const ink = { fillRect: (...rect: [number, number, number, number]) => void rects.push(rect) };
  stepPath(
    make(ink, argument),
    ys.map((_, k) => k * step),
    ys,
    0,
    ys.length - 1,
    (x) => x,
    (y) => y,
  );
  return rects;
}

const covers = (rects: readonly Rect[], x: number, y: number) =>
  rects.some(([left, top, width, height]) => x >= left && x <= left + width && y >= top && y <= top + height);

describe('lineRects', () => {
  it('draws a step as a level, an upright and a level', () => {
    expect(drawn([5, 8, 8], 10, lineRects, 2)).toEqual([
      [-1, 4, 12, 2],
      [9, 4, 2, 5],
      [9, 7, 12, 2],
    ]);
  });

  it('draws one rectangle a column where each column has its own values', () => {
    const noisy = Array.from({ length: 400 }, (_, k) => (k * 7919) % 100);
    expect(drawn(noisy, 0.25, lineRects, 1).length).toBeLessThanOrEqual(101);
  });

  it('draws columns side by side that are alike as one rectangle on whole pixels', () => {
    const rects = drawn(
      Array.from({ length: 400 }, (_, k) => (k % 2) * 50),
      0.25,
      lineRects,
      1.4,
    );
    expect(rects.length).toBeLessThanOrEqual(4);
    expect(rects[0]?.every(Number.isInteger)).toBe(true);
  });

  it('draws the last pixel of a line that ends right behind a step', () => {
    expect(covers(drawn([0, 3, 3], 1, lineRects, 1), 2, 3)).toBe(true);
  });

  it('covers every value of the line', () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 0, max: 50 }), { minLength: 2, maxLength: 60 }), fc.integer({ min: 1, max: 5 }), (ys, step) => {
        const rects = drawn(ys, step, lineRects, 1);
        for (const [k, y] of ys.entries()) expect(covers(rects, k * step, y), `value ${y} at ${k * step}`).toBe(true);
      }),
    );
  });
});

describe('areaRects', () => {
  it('lies between the line and the base, without overlap', () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 0, max: 50 }), { minLength: 2, maxLength: 60 }), (ys) => {
        const rects = drawn(ys, 3, areaRects, 20);
        for (const [k, [left, top, , height]] of rects.entries()) {
          expect(top === 20 || top + height === 20).toBe(true);
          const before = rects[k - 1];
          if (before) expect(left).toBeGreaterThanOrEqual(before[0] + before[2]);
        }
      }),
    );
  });

  it('stops at a gap', () => {
    expect(drawn([5, 5, null, 5, 5], 10, areaRects, 20)).toEqual([
      [0, 5, 20, 15],
      [30, 5, 10, 15],
    ]);
  });
});
