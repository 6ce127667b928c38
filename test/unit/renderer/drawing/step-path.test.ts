import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { stepPath } from '../../../../renderer/drawing/step-path.ts';

type Call = readonly ['M' | 'L' | 'E', number, number];

function draw(xs: readonly number[], ys: readonly (number | null)[]): Call[] {
  const calls: Call[] = [];
  stepPath(
    {
      moveTo: (x, y) => calls.push(['M', x, y]),
      lineTo: (x, y) => calls.push(['L', x, y]),
      end: (from, to) => calls.push(['E', from, to]),
    },
    xs,
    ys,
    0,
    xs.length - 1,
    (x) => x,
    (y) => y,
  );
  return calls;
}

const text = (calls: readonly Call[]) => calls.map(([kind, x, y]) => `${kind}${x},${y}`).join(' ');

/** Per pixel column: least and greatest y that the line covers. */
function cover(calls: readonly Call[]): Map<number, [number, number]> {
  const columns = new Map<number, [number, number]>();
  const touch = (x: number, y: number) => {
    const column = columns.get(x);
    if (!column) columns.set(x, [y, y]);
    else columns.set(x, [Math.min(column[0], y), Math.max(column[1], y)]);
  };
  let x = 0;
  let y = 0;
  for (const [kind, toX, toY] of calls) {
    if (kind === 'E') continue;
    if (kind === 'L') {
      expect(toX === x || toY === y).toBe(true);
      for (let at = x; at < toX; at++) touch(at, y);
    }
    touch(toX, toY);
    x = toX;
    y = toY;
  }
  return columns;
}

describe('stepPath', () => {
  it('holds a value until the next one', () => {
    expect(text(draw([0, 10, 20], [5, 8, 8]))).toBe('M0,5 L10,5 L10,8 L20,8 E0,20');
  });

  it('draws equal values as one line, however many samples there are', () => {
    const calls = draw(
      Array.from({ length: 1000 }, (_, k) => k),
      Array.from({ length: 1000 }, () => 3),
    );
    expect(text(calls)).toBe('M0,3 L999,3 E0,999');
  });

  it('shows least and greatest of a column that has many samples', () => {
    const column = cover(draw([0, 5, 5, 5, 5, 9], [4, 4, 0, 9, 6, 6])).get(5);
    expect(column).toEqual([0, 9]);
  });

  it('leaves gaps, and closes the area on both sides of one', () => {
    expect(text(draw([0, 10, 20, 30], [1, null, 2, 2]))).toBe('M0,1 L10,1 E0,10 M20,2 L30,2 E20,30');
  });

  it('draws nothing for a series without values', () => {
    expect(draw([0, 1], [null, null])).toEqual([]);
  });

  it('covers exactly what a line through all samples covers', () => {
    const samples = fc.array(fc.tuple(fc.integer({ min: 0, max: 3 }), fc.integer({ min: 0, max: 30 })), { minLength: 1, maxLength: 60 });
    fc.assert(
      fc.property(samples, (steps) => {
        const xs: number[] = [];
        const ys: number[] = [];
        let x = 0;
        for (const [dx, y] of steps) {
          x += dx;
          xs.push(x);
          ys.push(y);
        }
        const plain: Call[] = [['M', xs[0] as number, ys[0] as number]];
        for (let k = 1; k < xs.length; k++) plain.push(['L', xs[k] as number, ys[k - 1] as number], ['L', xs[k] as number, ys[k] as number]);
        const drawn = draw(xs, ys);
        expect([...cover(drawn)].sort((a, b) => a[0] - b[0])).toEqual([...cover(plain)].sort((a, b) => a[0] - b[0]));
        // At most four pieces per column and one between two columns: the cost is in pixels.
        expect(drawn.length).toBeLessThanOrEqual(2 + 5 * new Set(xs).size);
      }),
    );
  });
});
