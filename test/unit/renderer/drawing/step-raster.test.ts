import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { PixelInk } from '../../../../renderer/drawing/pixel-ink.ts';
import { rasterSteps, type StepLook, type ValuePlace } from '../../../../renderer/drawing/step-raster.ts';

const HEIGHT = 101;
const ROWS: ValuePlace = { top: 0, high: 100, scale: 1 };
const THIN: StepLook = { thickness: 1, dash: undefined };

/** One series: each column its values in the order of time; none: what was before holds; NaN: a gap. */
function linesOf(columns: readonly (readonly number[])[]) {
  const y = new Float64Array(columns.length * 4);
  let held = Number.NaN;
  columns.forEach((values, c) => {
    const numbers = values.filter((value) => !Number.isNaN(value));
    const min = numbers.length > 0 ? Math.min(...numbers) : Number.NaN;
    const max = numbers.length > 0 ? Math.max(...numbers) : Number.NaN;
    y.set(values.length === 0 ? [held, held, held, held] : [values[0] as number, min, max, values.at(-1) as number], c * 4);
    if (values.length > 0) held = values.at(-1) as number;
  });
  return { fromNs: 0, toNs: 1, columns: columns.length, y, sampled: new Uint8Array(columns.length), edges: new Float64Array(4) };
}

/** Rows that are drawn in each column of pixels, counted from the lower edge: as the values are. */
function drawn(columns: readonly (readonly number[])[], { look = THIN, place = ROWS, columnPx = 1 } = {}): number[][] {
  const ink = new PixelInk();
  const width = columns.length * columnPx;
  ink.begin(0, 0, width, HEIGHT, 1);
  ink.fillStyle = '#ff0000';
  rasterSteps(ink, linesOf(columns), 0, { left: 0, columnPx, endX: width }, place, look);
  return Array.from({ length: width }, (_, x) => Array.from({ length: HEIGHT }, (_, row) => row).filter((row) => ink.pixels[(100 - row) * width + x] !== 0));
}

const between = (from: number, to: number) => Array.from({ length: to - from + 1 }, (_, k) => from + k);

describe('step lines in pixels', () => {
  it('hold a value until the next one, and stand upright where a column has several', () => {
    expect(drawn([[10], [], [12], [5, 20, 8]])).toEqual([[10], [10], between(10, 12), between(5, 20)]);
  });

  it('end at a gap and begin behind it', () => {
    expect(drawn([[], [10], [Number.NaN], [], [7]])).toEqual([[], [10], [], [], [7]]);
  });

  it('reach over every value of every column, from the one before, and never out of it', () => {
    const column = fc.array(fc.oneof({ weight: 9, arbitrary: fc.integer({ min: 0, max: 100 }) }, { weight: 1, arbitrary: fc.constant(Number.NaN) }), {
      maxLength: 4,
    });
    fc.assert(
      fc.property(fc.array(column, { minLength: 1, maxLength: 30 }), (columns) => {
        let held = Number.NaN;
        const expected = columns.map((values) => {
          const inside = [held, ...values].filter((value) => !Number.isNaN(value));
          const only = values.length > 0 && values.every((value) => Number.isNaN(value));
          if (values.length > 0) held = values.at(-1) as number;
          return inside.length === 0 || only ? [] : between(Math.min(...inside), Math.max(...inside));
        });
        expect(drawn(columns)).toEqual(expected);
      }),
    );
  });

  it('lose no value where they are dashed', () => {
    const dashed = drawn([[10], [], [], [], [], [90, 10], [], [], []], { look: { thickness: 1, dash: [2, 2] } });
    expect(dashed).toEqual([[10], [10], [], [], [10], between(10, 90), [], [], [10]]);
  });

  it('are as thick as wanted, and wide columns stay one line', () => {
    expect(drawn([[10], [20]], { look: { thickness: 2, dash: undefined }, columnPx: 3 })).toEqual([
      [10, 11],
      [10, 11],
      between(10, 21),
      between(10, 21),
      [20, 21],
      [20, 21],
    ]);
  });

  it('go by any axis, and stay away from values that are out of all bounds', () => {
    expect(drawn([[1], [10, 100]], { place: (value) => 100 - 50 * Math.log10(value) })).toEqual([[0], between(0, 100)]);
    expect(drawn([[50], [1e300, -1e300], [50]])).toEqual([[50], between(0, 100), between(0, 50)]);
  });
});
