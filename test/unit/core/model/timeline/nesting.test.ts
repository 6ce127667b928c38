import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { orderOf } from '../../../../../core/model/timeline/loose-order.ts';
import { LOOSE } from '../../../../../core/model/timeline/loose-slices.ts';

const looseOf = (slices: readonly (readonly [start: number, end: number])[]): Float64Array =>
  Float64Array.from(slices.flatMap(([start, end], i) => [start, end, 0, i]));

/** By comparison of all with all that it takes. */
function byOracle(slices: readonly (readonly [number, number])[]): number[] {
  const order = slices.map((_, i) => i);
  const at = (i: number): readonly [number, number] => slices[i] as readonly [number, number];
  return order.sort((a, b) => at(a)[0] - at(b)[0] || at(b)[1] - at(a)[1] || a - b);
}

const expectOrder = (slices: readonly (readonly [number, number])[]): void => expect([...orderOf(looseOf(slices), slices.length)]).toEqual(byOracle(slices));

describe('the order of slices', () => {
  it('is by start, the longest first, of equal ones the first to come', () => {
    expectOrder([
      [5, 6],
      [1, 3],
      [1, 9],
      [5, 6],
      [1, 3],
    ]);
    expect([...orderOf(new Float64Array(0), 0)]).toEqual([]);
  });

  it('leaves out what is behind the count', () => {
    const loose = looseOf(Array.from({ length: 10_000 }, (_, i) => [10_000 - i, 20_000]));
    expect([...orderOf(loose.subarray(0, 6000 * LOOSE), 6000)]).toEqual(Array.from({ length: 6000 }, (_, i) => 5999 - i));
    expect(orderOf(loose, 6000)).toHaveLength(6000);
  });

  it.each([
    ['close together', 1000],
    ['in the length of a run', 2 ** 31],
    ['in an hour, with fractions', 3.6e12 + 0.25],
    ['in three days', 2 ** 48 - 1],
    ['in years', 2 ** 52],
  ])('of many %s is the same', (_, span) => {
    fc.assert(
      fc.property(fc.infiniteStream(fc.tuple(fc.double({ min: 0, max: 1, noNaN: true }), fc.nat(1000))), fc.boolean(), (stream, isFraction) => {
        const slices = Array.from({ length: 5000 }, (): [number, number] => {
          const [part, duration] = stream.next().value as [number, number];
          const start = isFraction ? part * span : Math.floor(part * span);
          return [start, start + duration];
        });
        expectOrder(slices);
      }),
      { numRuns: 6 },
    );
  });

  it('of very many that begin at once is found by comparison, not by moving each past all others', () => {
    expectOrder(Array.from({ length: 100_000 }, (_, i) => [7, 8 + i]));
    expectOrder(Array.from({ length: 100_000 }, (_, i) => [i === 0 ? 8 : 7, 9 + i]));
  });
});
