import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type ColumnLines, extentOf, lineValueAt, stepColumns, straightColumns } from '../../../../renderer/drawing/column-lines.ts';
import type { PathSink } from '../../../../renderer/drawing/step-path.ts';

/** One series of ten pixels a column, from 0 to 100 ns: each column `value`, `first least greatest last`, `.` (holds) or `-` (a gap). */
function linesOf(text: string, edges: readonly number[] = [Number.NaN, Number.NaN, Number.NaN, Number.NaN]): ColumnLines {
  const columns = text.split(' | ');
  const y = new Float64Array(columns.length * 4);
  const sampled = new Uint8Array(columns.length);
  let held = Number.NaN;
  columns.forEach((column, c) => {
    if (column === '.') y.fill(held, c * 4, c * 4 + 4);
    else {
      const numbers = column === '-' ? [Number.NaN] : column.split(' ').map(Number);
      y.set(numbers.length === 4 ? numbers : new Array(4).fill(numbers[0]), c * 4);
      sampled[c] = 1;
      held = y[c * 4 + 3] as number;
    }
  });
  return { fromNs: 0, toNs: 100, columns: columns.length, y, sampled, edges: Float64Array.from(edges) };
}

function pathSink() {
  const calls: string[] = [];
  const sink: PathSink = {
    moveTo: (x, y) => calls.push(`M${x},${y}`),
    lineTo: (x, y) => calls.push(`L${x},${y}`),
    end: (from, to) => calls.push(`end ${from}…${to}`),
  };
  return { sink, calls };
}

const place = (columns: number) => ({ left: 0, columnPx: 100 / columns, endX: 100 });
const yOf = (value: number) => 100 - value;

describe('lines of columns', () => {
  it('are steps: a value holds until the next sample, a column with several is upright', () => {
    const { sink, calls } = pathSink();
    stepColumns(sink, linesOf('10 | . | 30 | 30 5 60 20 | .'), 0, place(5), yOf);
    expect(calls).toEqual(['M0,90', 'L40,90', 'L40,70', 'L60,70', 'L60,95', 'L60,40', 'L60,80', 'L100,80', 'end 0…100']);
  });

  it('end at a gap and begin behind it', () => {
    const { sink, calls } = pathSink();
    stepColumns(sink, linesOf('10 | - | . | 20 | .'), 0, place(5), yOf);
    expect(calls).toEqual(['M0,90', 'end 0…20', 'M60,80', 'L100,80', 'end 60…100']);
  });

  it('are straight from sample to sample where that is wanted, towards those outside too', () => {
    const { sink, calls } = pathSink();
    straightColumns(sink, linesOf('5 | . | 30 | . | .', [-20, 5, 140, 80]), 0, place(5), yOf);
    expect(calls).toEqual(['M-20,95', 'L10,95', 'L50,70', 'L140,20', 'end -20…140']);
  });

  it('stay level behind the last sample', () => {
    const { sink, calls } = pathSink();
    straightColumns(sink, linesOf('. | 30 | .'), 0, { left: 0, columnPx: 30, endX: 90 }, yOf);
    expect(calls).toEqual(['M45,70', 'L90,70', 'end 45…90']);
  });

  it('reach over every value of every column, and never out of it', () => {
    const column = fc.array(fc.integer({ min: 0, max: 100 }), { maxLength: 4 });
    fc.assert(
      fc.property(fc.array(column, { minLength: 1, maxLength: 30 }), (columns) => {
        const text = columns
          .map((values) => (values.length === 0 ? '.' : `${values[0]} ${Math.min(...values)} ${Math.max(...values)} ${values.at(-1)}`))
          .join(' | ');
        const lines = linesOf(text);
        const at = new Map<number, { low: number; high: number }>();
        let pen = 0;
        const touch = (x: number, y: number) => {
          const seen = at.get(x);
          at.set(x, { low: Math.min(seen?.low ?? y, y), high: Math.max(seen?.high ?? y, y) });
          pen = y;
        };
        stepColumns(
          {
            moveTo: touch,
            // Level pieces are level.
            lineTo: (x, y) => {
              if (!at.has(x)) expect(y).toBe(pen);
              touch(x, y);
            },
            end() {},
          },
          lines,
          0,
          { left: 0, columnPx: 1, endX: columns.length },
          (value) => value,
        );
        let held: number | undefined;
        columns.forEach((values, c) => {
          const seen = at.get(c);
          const inside = held === undefined ? values : [held, ...values];
          if (values.length > 0) held = values.at(-1);
          if (seen) expect([seen.low, seen.high]).toEqual([Math.min(...inside), Math.max(...inside)]);
          else if (held !== undefined) expect(inside.every((value) => value === held)).toBe(true);
        });
      }),
    );
  });

  it('know the value at a time, and the extent of those that are shown', () => {
    const lines = linesOf('- | 30 -5 60 20 | .');
    expect(lineValueAt(lines, 0, 10)).toBeNaN();
    expect(lineValueAt(lines, 0, 70)).toBe(20);
    expect(lineValueAt(lines, 0, 1e9)).toBe(20);
    expect(extentOf(lines, [true])).toEqual({ min: -5, max: 60, leastPositive: 20 });
    expect(extentOf(lines, [false]).min).toBe(Number.POSITIVE_INFINITY);
  });
});
