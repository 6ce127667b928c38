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

/** Delta and rate in their plainest form: the last samples of columns, each against the one before it. */
function naiveChanges(samples: readonly Sample[], kind: 'delta' | 'rate', fromNs: number, toNs: number, columns: number, endNs: number) {
  const sorted = [...samples].sort((a, b) => a.timeNs - b.timeNs);
  const scale = columns / (toNs - fromNs);
  const changeOf = (now: Sample | undefined, before: Sample | undefined) => {
    if (!now || !before) return Number.NaN;
    const delta = now.value - before.value;
    return kind === 'delta' ? delta : delta / ((now.timeNs - before.timeNs) / 1e9);
  };
  const [earlier, before] = [sorted.filter(({ timeNs }) => timeNs < fromNs).at(-2), sorted.filter(({ timeNs }) => timeNs < fromNs).at(-1)];
  const y: number[] = [];
  const changes: { readonly delta: number; readonly seconds: number }[] = [];
  let hold = changeOf(before, earlier);
  let last = before;
  for (let c = 0; c < columns; c++) {
    const inside = sorted.filter(({ timeNs }) => timeNs >= fromNs && timeNs <= toNs && Math.min(columns - 1, Math.floor((timeNs - fromNs) * scale)) === c);
    const newest = inside.at(-1);
    if (newest) {
      hold = changeOf(newest, last);
      if (Number.isFinite(hold) && last) changes.push({ delta: newest.value - last.value, seconds: (newest.timeNs - last.timeNs) / 1e9 });
      last = newest;
    }
    y.push(fromNs + c / scale <= endNs ? hold : Number.NaN);
  }
  const total = changes.reduce((sum, { delta }) => sum + delta, 0);
  const time = changes.reduce((sum, { seconds }) => sum + seconds, 0);
  const shown = y.filter((value) => Number.isFinite(value));
  return {
    y,
    min: shown.length > 0 ? Math.min(...shown) : null,
    max: shown.length > 0 ? Math.max(...shown) : null,
    now: Number.isFinite(hold) ? hold : null,
    mean: changes.length === 0 ? (Number.isFinite(hold) ? hold : null) : total / (kind === 'delta' ? changes.length : time),
    samples: changes.length,
  };
}

/** Places behind the point that two ways to the same double have in common: it holds some 15 digits in all. */
const places = (value: number): number => Math.min(6, 12 - Math.ceil(Math.log10(Math.abs(value) + 1)));
const closeTo = (value: number | null) => (value === null ? null : expect.closeTo(value, places(value)));

describe('counter lines', () => {
  test('are the grid as numbers; delta and rate are what comparing every sample with the one before gives', () => {
    fc.assert(
      fc.property(
        fc.array(fc.array(sample, { maxLength: 60 }), { minLength: 1, maxLength: 3 }),
        fc.integer({ min: -100, max: 10_000 }),
        fc.integer({ min: 1, max: 11_000 }),
        fc.integer({ min: 1, max: 40 }),
        fc.constantFrom('delta' as const, 'rate' as const),
        (threads, fromNs, span, columns, kind) => {
          const recording = new TestRecording();
          const process = recording.process();
          const taken = new Set<number>();
          const samples: Sample[] = [];
          for (const [index, thread] of threads.entries()) {
            const stream = recording.thread(process, `thread ${index}`, index);
            for (const { timeNs, value } of thread) {
              if (taken.has(timeNs)) continue;
              taken.add(timeNs);
              samples.push({ timeNs, value });
              recording.counter(stream, timeNs, 'load', { cpu: value });
              recording.counter(stream, timeNs, 'other', { cpu: value });
            }
          }
          fc.pre(samples.length > 0);
          const trace = traceOf(recording.finish());
          const toNs = fromNs + span;
          const endNs = trace.totals().endNs;
          const query = { series: [0, 1], fromNs, toNs, columns };
          const grid = trace.grid(query);
          const values = trace.lines({ ...query, show: 'value' });
          expect(Array.from(values.y, (value) => (Number.isNaN(value) ? null : value))).toEqual(grid.y.flat());
          expect(values.stats).toEqual(grid.stats);
          const column = (timeNs: number) => Math.min(columns - 1, Math.floor(((timeNs - fromNs) * columns) / span));
          const filled = new Set(samples.filter(({ timeNs }) => timeNs >= fromNs && timeNs <= toNs).map(({ timeNs }) => column(timeNs)));
          expect([...values.sampled.subarray(0, columns)].flatMap((is, c) => (is ? [c] : []))).toEqual([...filled].sort((a, b) => a - b));
          const sorted = [...samples].sort((a, b) => a.timeNs - b.timeNs);
          const [before, behind] = [sorted.filter(({ timeNs }) => timeNs < fromNs).at(-1), sorted.find(({ timeNs }) => timeNs > toNs)];
          const edge = (one: Sample | undefined) => [one?.timeNs ?? Number.NaN, one?.value ?? Number.NaN];
          expect([...values.edges.subarray(0, 4)]).toEqual([...edge(before), ...edge(behind)]);

          const changes = trace.lines({ ...query, show: kind });
          const { y, min, max, now, mean, samples: count } = naiveChanges(samples, kind, fromNs, toNs, columns, endNs);
          for (let c = 0; c < columns; c++) {
            if (Number.isFinite(y[c])) expect(changes.y[c * 4]).toBeCloseTo(y[c] as number, places(y[c] as number));
            else expect(changes.y[c * 4]).toBeNaN();
          }
          expect(changes.stats[0]).toEqual({ min: closeTo(min), max: closeTo(max), now: closeTo(now), mean: closeTo(mean), samples: count });
          expect(changes.stats[1]).toEqual(changes.stats[0]);
        },
      ),
      { numRuns: 120 },
    );
  });

  test('a question for more than can be shown has fewer columns, and one for what is not there gaps', () => {
    const trace = traceOf(recorded(walk(2000)));
    const many = trace.lines({ series: new Array(1000).fill(0), fromNs: 0, toNs: 1e6, columns: 16_000, show: 'value' });
    expect(many.columns).toBe(2000);
    expect(many.y).toHaveLength(1000 * 2000 * 4);
    const none = trace.lines({ series: [99], fromNs: 0, toNs: 1e6, columns: 10, show: 'rate' });
    expect(none.y.every((value) => Number.isNaN(value))).toBe(true);
    expect(none.stats).toEqual([{ now: null, min: null, max: null, mean: null, samples: 0 }]);
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

  test('are read again only once the recording has been read for the first time', async () => {
    let loaded = 0;
    const trace = traceOf(bytes, { detailBytes: 1_500_000, onLoaded: () => loaded++ });
    trace.timeline.isLoading = true;
    const query = { series: [0], fromNs: endNs * 0.31, toNs: endNs * 0.33, columns: 800 };
    expect(trace.grid(query).coarse).toBe(true);
    await trace.settled();
    expect(loaded).toBe(0);
    trace.timeline.isLoading = false;
    for (let turn = 0; turn < 5 && trace.grid(query).coarse; turn++) await trace.settled();
    expect(trace.grid(query)).toEqual(everything.grid(query));
  });

  test('the change that holds at the start of the range is read again too', async () => {
    const query = { series: [0], fromNs: endNs * 0.2 + 37, toNs: endNs * 0.2 + 90, columns: 10, show: 'rate' as const };
    const trace = traceOf(bytes, { detailBytes: 1_500_000 });
    expect(trace.lines(query).coarse).toBe(true);
    for (let turn = 0; turn < 5 && trace.lines(query).coarse; turn++) await trace.settled();
    const fine = trace.lines(query);
    expect(fine).toEqual(everything.lines(query));
    expect(fine.y[0]).not.toBeNaN();
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
    // A picture of many series takes as little trouble, though all rows are there.
    const many = everything.lines({ ...query, series: new Array(40).fill(0), show: 'value' });
    const rough = Array.from(many.y.subarray(0, 600), (value) => (Number.isNaN(value) ? null : value));
    for (let c = 0; c < 150; c++) {
      for (const [one, other] of [
        [wide, exact],
        [exact, wide],
        [rough, exact],
        [exact, rough],
      ] as const) {
        const [min, max] = [one[c * 4 + 1], one[c * 4 + 2]];
        if (typeof min !== 'number' || typeof max !== 'number') continue;
        expect(min).toBeGreaterThanOrEqual(Math.min(...around(other, c, 1)));
        expect(max).toBeLessThanOrEqual(Math.max(...around(other, c, 2)));
        compared++;
      }
    }
    expect(compared).toBeGreaterThan(560);
    const { samples, mean } = everything.grid(query).stats[0] ?? {};
    expect(many.stats[39]).toMatchObject({ samples, mean });
  });
});
