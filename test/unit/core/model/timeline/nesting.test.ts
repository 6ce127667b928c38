import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { orderOf } from '../../../../../core/model/timeline/loose-order.ts';
import { LOOSE, LooseSlices } from '../../../../../core/model/timeline/loose-slices.ts';

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

/** Numbers of slices, in the order in which they are given. */
function inOrder(slices: readonly (readonly [number, number])[]): number[] {
  const loose = new LooseSlices();
  slices.forEach(([start, end], i) => {
    loose.add(start, end, 0, i);
  });
  expect(loose.count).toBe(slices.length);
  const found: number[] = [];
  for (const cursor = loose.inOrder(); cursor.at >= 0; cursor.advance()) found.push(cursor.numbers[cursor.at + 3] as number);
  return found;
}

describe('slices that wait for their places', () => {
  const many = 40_000;
  it.each<[string, (random: () => number) => [start: number, end: number][]]>([
    [
      'by their ends, some around thousands',
      (random) => Array.from({ length: many }, (_, i) => [random() < 0.001 ? i - random() * 30_000 : i - random() * 5, i]),
    ],
    [
      'by their ends, many of them equal',
      (random) => Array.from({ length: many }, (_, i) => [Math.floor(i / 8) - Math.floor(random() * 3), Math.floor(i / 4)]),
    ],
    ['by their starts', (random) => Array.from({ length: many }, (_, i) => [i >> 1, i + random() * 9])],
    ['in no order', (random) => Array.from({ length: many }, () => [random() * 1e9, 2e9])],
    ['all at once', (random) => Array.from({ length: many }, () => [7, 7 + Math.floor(random() * 50)])],
    [
      'few times, each of many',
      (random) => Array.from({ length: many }, (_, i) => [Math.floor(i / 9000) - (random() < 0.01 ? 1 : 0), 10 + Math.floor(random() * 3)]),
    ],
  ])('come %s, and are given in order', (_, made) => {
    let seed = 11;
    const random = (): number => {
      seed = (Math.imul(seed, 1664525) + 1013904223) >>> 0;
      return seed / 2 ** 32;
    };
    const slices = made(random);
    expect(inOrder(slices)).toEqual(byOracle(slices));
    expect(inOrder(slices.slice(0, 100))).toEqual(byOracle(slices.slice(0, 100)));
  });

  it('are none, or one', () => {
    expect(inOrder([])).toEqual([]);
    expect(inOrder([[3, 4]])).toEqual([0]);
  });
});
