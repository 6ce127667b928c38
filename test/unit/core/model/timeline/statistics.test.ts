import fc from 'fast-check';
import { describe, expect, it, vi } from 'vitest';
import type { Trace } from '../../../../../core/model/trace.ts';
import { traceOf } from '../../../../helpers/build-recording.ts';
import { type CallStep, callSteps, recordedCalls } from './call-steps.ts';
import type { NaiveSlice } from './naive.ts';

vi.setConfig({ testTimeout: 60_000 });

interface Row {
  count: number;
  total: number;
  self: number;
  durations: number[];
}

const inside = (slice: NaiveSlice, end: number, from: number, to: number) => Math.max(0, Math.min(end, to) - Math.max(slice.start, from));

/** By name, of the part of time from `from` to `to`. */
function naiveTable(slices: readonly NaiveSlice[], endNs: number, from: number, to: number): Map<string, Row> {
  const rows = new Map<string, Row>();
  for (const slice of slices) {
    const end = slice.isOpen ? endNs : slice.end;
    if (end <= from || slice.start >= to) continue;
    const row = rows.get(slice.name) ?? { count: 0, total: 0, self: 0, durations: [] };
    rows.set(slice.name, row);
    row.count++;
    row.durations.push(end - slice.start);
    const time = inside(slice, end, from, to);
    row.self += time;
    for (const child of slices) if (child.parent === slice) row.self -= inside(child, child.isOpen ? endNs : child.end, from, to);
    let above = slice.parent;
    while (above && above.name !== slice.name) above = above.parent;
    if (!above) row.total += time;
  }
  return rows;
}

async function complete<T extends { readonly done: number }>(trace: Trace, ask: () => Promise<T>): Promise<T> {
  let answer = await ask();
  for (let round = 0; answer.done < 1 && round < 50; round++) {
    await trace.settled();
    answer = await ask();
  }
  expect(answer.done).toBe(1);
  return answer;
}

const dropSlices = (trace: Trace) => {
  for (const track of trace.timeline.tracks)
    for (const band of track.bands) for (const node of band.tree.segments.slice(0, band.settled)) node.slices = undefined;
};

/** A range with borders between times at which anything happens, so that nobody asks on which side of a border something lies. */
const ranges = fc.record({ from: fc.double({ min: 0, max: 1, noNaN: true }), to: fc.double({ min: 0, max: 1, noNaN: true }), whole: fc.boolean() });

function rangeOf(
  range: { readonly from: number; readonly to: number; readonly whole: boolean },
  endNs: number,
): { readonly from: number; readonly to: number } {
  if (range.whole) return { from: -1, to: endNs + 1 };
  const [a, b] = [Math.floor(range.from * endNs) + 0.5, Math.floor(range.to * endNs) + 0.5].sort((x, y) => x - y) as [number, number];
  return { from: a, to: b + 1 };
}

const cases = fc.tuple(callSteps, ranges, fc.integer({ min: 1, max: 8 }), fc.boolean());

describe('statistics of a range', () => {
  it('are those of a plain sum over all slices', async () => {
    await fc.assert(
      fc.asyncProperty(cases, async ([steps, range, blocks, dropped]: [CallStep[], { from: number; to: number; whole: boolean }, number, boolean]) => {
        const { bytes, naive, endNs } = recordedCalls(steps);
        const trace = traceOf(bytes, { segments: { bytes: 1e9, blocks, slices: 50 } });
        if (dropped) dropSlices(trace);
        const { from, to } = rangeOf(range, endNs);
        const scope = { fromNs: from, toNs: to };
        const query = { scope, by: 'name', sort: 'total', descending: true, from: 0, count: 100 } as const;
        const page = await complete(trace, () => trace.analysis.table(query, endNs));
        const expected = naiveTable(naive.slices, endNs, from, to);
        const found = page.rows.filter((row) => row.count > 0);
        expect(new Set(found.map((row) => row.label))).toEqual(new Set(expected.keys()));
        for (const row of found) {
          const { count, total, self, durations } = expected.get(row.label) as Row;
          const sorted = [...durations].sort((a, b) => a - b);
          expect(row).toMatchObject({ count, minNs: sorted[0], maxNs: sorted.at(-1) });
          expect(row.totalNs).toBeCloseTo(total, 3);
          expect(row.selfNs).toBeCloseTo(self, 3);
          expect(row.meanNs).toBeCloseTo(durations.reduce((sum, one) => sum + one, 0) / count, 3);
        }
        const keys = found.map((row) => row.key);
        const spreads = await trace.analysis.spread(scope, 'name', keys, endNs);
        await trace.settled();
        for (const spread of await trace.analysis.spread(scope, 'name', keys, endNs)) {
          const sorted = [...(expected.get(trace.timeline.names.text(spread.key)) as Row).durations].sort((a, b) => a - b);
          const at = (share: number) => sorted[Math.max(0, Math.ceil(sorted.length * share) - 1)];
          expect(spread).toMatchObject({ isExact: true, count: sorted.length, p50Ns: at(0.5), p90Ns: at(0.9), p99Ns: at(0.99), p999Ns: at(0.999) });
        }
        expect(spreads.length).toBe(keys.length);
      }),
      { numRuns: 150 },
    );
  });

  it('of threads and categories count time once', async () => {
    await fc.assert(
      fc.asyncProperty(cases, async ([steps, range, blocks]) => {
        const { bytes, naive, endNs } = recordedCalls(steps);
        const trace = traceOf(bytes, { segments: { bytes: 1e9, blocks, slices: 50 } });
        const { from, to } = rangeOf(range, endNs);
        const outermost = naive.slices.filter((slice) => slice.depth === 0);
        const busy = outermost.reduce((sum, slice) => sum + inside(slice, slice.isOpen ? endNs : slice.end, from, to), 0);
        for (const by of ['thread', 'file', 'category'] as const) {
          const query = { scope: { fromNs: from, toNs: to }, by, sort: 'total', descending: true, from: 0, count: 100 } as const;
          const page = await complete(trace, () => trace.analysis.table(query, endNs));
          expect(
            page.rows.reduce((sum, row) => sum + row.totalNs, 0),
            by,
          ).toBeCloseTo(busy, 3);
        }
      }),
      { numRuns: 60 },
    );
  });
});

describe('the call tree of a range', () => {
  it('has the calls of each path, from the outermost and from the innermost', async () => {
    await fc.assert(
      fc.asyncProperty(cases, async ([steps, range, blocks, dropped]) => {
        const { bytes, naive, endNs } = recordedCalls(steps);
        const trace = traceOf(bytes, { segments: { bytes: 1e9, blocks, slices: 50 } });
        if (dropped) dropSlices(trace);
        const { from, to } = rangeOf(range, endNs);
        const scope = { fromNs: from, toNs: to };
        const expected = new Map<string, { count: number; total: number; self: number }>();
        const pathOf = (slice: NaiveSlice): string[] => [...(slice.parent ? pathOf(slice.parent) : []), slice.name];
        for (const slice of naive.slices) {
          const end = slice.isOpen ? endNs : slice.end;
          if (end < from || slice.start > to) continue;
          const row = expected.get(pathOf(slice).join('/')) ?? { count: 0, total: 0, self: 0 };
          expected.set(pathOf(slice).join('/'), row);
          row.count++;
          row.total += inside(slice, end, from, to);
          row.self += inside(slice, end, from, to);
          for (const child of naive.slices) if (child.parent === slice) row.self -= inside(child, child.isOpen ? endNs : child.end, from, to);
        }
        const { names } = trace.timeline;
        const found = new Map<string, { count: number; total: number; self: number }>();
        const walk = async (path: number[]): Promise<void> => {
          const level = await complete(trace, () => trace.analysis.tree({ scope, direction: 'callees', transforms: [], paths: [path] }, endNs));
          for (const row of level.levels[0] ?? []) {
            const below = [...path, row.name];
            found.set(below.map((name) => names.text(name)).join('/'), { count: row.count, total: row.totalNs, self: row.selfNs });
            if (row.hasChildren) await walk(below);
          }
        };
        await walk([]);
        expect([...found.keys()].sort()).toEqual([...expected.keys()].sort());
        for (const [path, row] of found) {
          const { count, total, self } = expected.get(path) as { count: number; total: number; self: number };
          expect(row.count, path).toBe(count);
          expect(row.total).toBeCloseTo(total, 3);
          expect(row.self).toBeCloseTo(self, 3);
        }
        const callers = await trace.analysis.tree({ scope, direction: 'callers', transforms: [], paths: [[]] }, endNs);
        const selfs = new Map<string, number>();
        for (const [path, { self }] of expected) selfs.set(path.split('/').at(-1) as string, (selfs.get(path.split('/').at(-1) as string) ?? 0) + self);
        for (const row of callers.levels[0] ?? []) expect(row.totalNs).toBeCloseTo(selfs.get(names.text(row.name)) ?? 0, 3);
        const flame = await trace.analysis.flame({ scope, direction: 'callees', transforms: [], path: [], minShare: 0 }, endNs);
        expect(flame.count).toBe([...expected.values()].filter(({ count, total }) => count > 0 || total > 0).length * (flame.totalOfAllNs > 0 ? 1 : 0));
      }),
      { numRuns: 80 },
    );
  });
});
