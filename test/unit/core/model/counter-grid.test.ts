import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { TestRecording, traceOf } from '../../../helpers/build-recording.ts';

interface Sample {
  readonly timeNs: number;
  readonly value: number;
}

/** The contract in its plainest form: every sample looked at, for every column. */
function naiveGrid(samples: readonly Sample[], fromNs: number, toNs: number, columns: number, endNs: number) {
  const sorted = [...samples].sort((a, b) => a.timeNs - b.timeNs);
  const scale = columns / (toNs - fromNs);
  const finite = (value: number | undefined) => (value !== undefined && Number.isFinite(value) ? value : null);
  const held = sorted.filter((sample) => sample.timeNs < fromNs).at(-1)?.value;
  let hold = finite(held);
  const y: (number | null)[] = [];
  const byColumn = new Map<number, Sample[]>();
  for (const sample of sorted) {
    if (sample.timeNs < fromNs || sample.timeNs > toNs) continue;
    const column = Math.min(columns - 1, Math.floor((sample.timeNs - fromNs) * scale));
    byColumn.set(column, [...(byColumn.get(column) ?? []), sample]);
  }
  for (let c = 0; c < columns; c++) {
    const inside = byColumn.get(c) ?? [];
    const numbers = inside.map(({ value }) => value).filter((value) => !Number.isNaN(value));
    if (inside.length > 0) {
      hold = finite(inside.at(-1)?.value);
      y.push(finite(inside[0]?.value), numbers.length ? Math.min(...numbers) : null, numbers.length ? Math.max(...numbers) : null, hold);
    } else {
      const value = fromNs + c / scale <= endNs ? hold : null;
      y.push(value, value, value, value);
    }
  }
  const range = sorted.filter(({ timeNs, value }) => timeNs >= fromNs && timeNs <= toNs && !Number.isNaN(value)).map(({ value }) => value);
  const withHeld = finite(held) === null ? range : [held as number, ...range];
  const stats = {
    now: finite(sorted.filter((sample) => sample.timeNs <= toNs).at(-1)?.value),
    min: withHeld.length ? withHeld.reduce((a, b) => Math.min(a, b)) : null,
    max: withHeld.length ? withHeld.reduce((a, b) => Math.max(a, b)) : null,
    mean: range.length ? range.reduce((sum, value) => sum + value, 0) / range.length : finite(held),
    samples: range.length,
  };
  return { y, stats };
}

const sample = fc.record({
  timeNs: fc.integer({ min: 0, max: 10_000 }),
  value: fc.oneof({ weight: 6, arbitrary: fc.integer({ min: -50, max: 50 }) }, { weight: 1, arbitrary: fc.constant(Number.NaN) }),
});

function expectGrid(actual: ReturnType<typeof naiveGrid>, expected: ReturnType<typeof naiveGrid>) {
  expect(actual.y).toEqual(expected.y);
  const { mean, ...stats } = expected.stats;
  expect(actual.stats).toMatchObject(stats);
  if (mean === null) expect(actual.stats.mean).toBeNull();
  else expect(actual.stats.mean).toBeCloseTo(mean, 9);
}

describe('counter grid', () => {
  test('is what looking at every sample gives, whatever the order, the threads and the range', () => {
    fc.assert(
      fc.property(
        fc.array(fc.array(sample, { maxLength: 60 }), { minLength: 1, maxLength: 3 }),
        fc.integer({ min: -100, max: 10_000 }),
        fc.integer({ min: 1, max: 11_000 }),
        fc.integer({ min: 1, max: 40 }),
        fc.boolean(),
        (threads, fromNs, span, columns, sealed) => {
          const recording = new TestRecording();
          const process = recording.process();
          // Two samples of one time in two threads have no order among them.
          const taken = new Set<number>();
          const samples: Sample[] = [];
          for (const [index, thread] of threads.entries()) {
            const stream = recording.thread(process, `thread ${index}`, index);
            for (const { timeNs, value } of thread) {
              if (taken.has(timeNs)) continue;
              taken.add(timeNs);
              samples.push({ timeNs, value });
              recording.counter(stream, timeNs, 'load', { cpu: value });
              if (sealed) recording.seal();
            }
          }
          fc.pre(samples.length > 0);
          const trace = traceOf(recording.finish());
          const [counter] = trace.counters();
          expect(counter).toMatchObject({ key: '0/load', name: 'load', process: 0 });
          const id = counter?.series[0]?.id as number;
          const toNs = fromNs + span;
          const grid = trace.grid({ series: [id], fromNs, toNs, columns });
          expect(grid.coarse).toBe(false);
          expectGrid({ y: grid.y[0] as (number | null)[], stats: grid.stats[0] as never }, naiveGrid(samples, fromNs, toNs, columns, trace.totals().endNs));
        },
      ),
      { numRuns: 120 },
    );
  });
});

/** A walk with gaps of time, deterministic. */
function walk(count: number): Sample[] {
  const samples: Sample[] = [];
  let seed = 7;
  let timeNs = 0;
  let value = 0;
  for (let i = 0; i < count; i++) {
    seed = (seed * 1103515245 + 12345) % 2147483648;
    timeNs += 200 + (seed % 1000) + (i % 5000 === 0 ? 500_000 : 0);
    value += (seed % 201) - 100;
    samples.push({ timeNs, value: i % 997 === 0 ? Number.NaN : value });
  }
  return samples;
}

function recorded(samples: readonly Sample[]): Uint8Array {
  const { recording, stream } = TestRecording.simple();
  for (const { timeNs, value } of samples) {
    recording.counter(stream, timeNs, 'walk', { position: value });
    if (timeNs % 3 === 0) recording.counter(stream, timeNs, 'other', { a: value, b: -value });
  }
  return recording.finish();
}

describe('counter rows out of memory', () => {
  const samples = walk(100_000);
  const bytes = recorded(samples);
  const endNs = samples.at(-1)?.timeNs as number;
  const everything = traceOf(bytes);

  test.each([
    [0, endNs, 1600],
    [endNs * 0.25, endNs * 0.5, 1600],
    [endNs * 0.31, endNs * 0.33, 800],
    [endNs * 0.5, endNs * 0.5 + 100_000, 100],
    [endNs * 0.99, endNs * 1.2, 300],
  ])('over %d to %d ns in %d columns is what looking at every sample gives', (fromNs, toNs, columns) => {
    const { y, stats, coarse } = everything.grid({ series: [0], fromNs, toNs, columns });
    expect(coarse).toBe(false);
    expectGrid({ y: y[0] as (number | null)[], stats: stats[0] as never }, naiveGrid(samples, fromNs, toNs, columns, endNs));
  });

  test.each([
    [endNs * 0.31, endNs * 0.33, 800],
    [endNs * 0.2, endNs * 0.2 + 100_000, 100],
    [0, endNs * 0.1, 1600],
  ])('are read again, and the answer is as if they had never been dropped (%d to %d ns, %d columns)', async (fromNs, toNs, columns) => {
    let loaded = 0;
    const trace = traceOf(bytes, { detailBytes: 1_500_000, onLoaded: () => loaded++ });
    const query = { series: [0, 1, 2], fromNs, toNs, columns };
    const coarse = trace.grid(query);
    expect(coarse.coarse).toBe(true);
    await trace.settled();
    expect(loaded).toBeGreaterThan(0);
    let fine = trace.grid(query);
    for (let turn = 0; turn < 5 && fine.coarse; turn++) {
      await trace.settled();
      fine = trace.grid(query);
    }
    expect(fine).toEqual(everything.grid(query));
  });

  test('a picture wider than the rows in memory is right to a column', () => {
    const trace = traceOf(bytes, { detailBytes: 1 });
    const query = { series: [0], fromNs: 0, toNs: endNs, columns: 150 };
    const grid = trace.grid(query);
    expect(grid.coarse).toBe(false);
    const [wide] = grid.y as [(number | null)[]];
    const [exact] = everything.grid(query).y as [(number | null)[]];
    const around = (y: (number | null)[], c: number, place: number) =>
      [c - 1, c, c + 1].map((each) => y[each * 4 + place]).filter((each) => typeof each === 'number');
    let compared = 0;
    for (let c = 0; c < 150; c++) {
      for (const [one, other] of [
        [wide, exact],
        [exact, wide],
      ] as const) {
        const [min, max] = [one[c * 4 + 1], one[c * 4 + 2]];
        if (typeof min !== 'number' || typeof max !== 'number') continue;
        expect(min).toBeGreaterThanOrEqual(Math.min(...around(other, c, 1)));
        expect(max).toBeLessThanOrEqual(Math.max(...around(other, c, 2)));
        compared++;
      }
    }
    expect(compared).toBeGreaterThan(280);
  });
});
