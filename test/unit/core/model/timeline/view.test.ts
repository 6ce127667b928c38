import fc from 'fast-check';
import { describe, expect, it, vi } from 'vitest';
import type { Trace } from '../../../../../core/model/trace.ts';
import { TestRecording, traceOf } from '../../../../helpers/build-recording.ts';
import { callSteps, recordedCalls } from './call-steps.ts';
import { type NaiveSlice, nested } from './naive.ts';

vi.setConfig({ testTimeout: 60_000 });

interface Item {
  readonly row: number;
  readonly x0: number;
  readonly x1: number;
  readonly name: string;
  readonly merged: number;
  readonly flags: number;
  readonly ref: number;
}

/** All rows of all tracks, when nothing finer is on its way any more. */
async function itemsOf(trace: Trace, fromNs: number, toNs: number, columns: number): Promise<Item[]> {
  const tracks = trace.timeline.list();
  const rows = tracks.map((track) => ({ track: track.id, from: 0, count: track.rows }));
  let view = trace.timeline.view({ rows, fromNs, toNs, columns, endNs: trace.endNs });
  for (let round = 0; view.isCoarse && round < 100; round++) {
    await trace.settled();
    view = trace.timeline.view({ rows, fromNs, toNs, columns, endNs: trace.endNs });
  }
  expect(view.isCoarse).toBe(false);
  return Array.from({ length: view.count }, (_, i) => ({
    row: view.row[i] as number,
    x0: view.x0[i] as number,
    x1: view.x1[i] as number,
    name: trace.timeline.names.text(view.name[i] as number),
    merged: view.merged[i] as number,
    flags: view.flags[i] as number,
    ref: view.ref[i] as number,
  }));
}

/** Every slice of a pixel or more is an item of its own; what is narrower is counted; nothing else is there. */
function expectCovered(
  items: readonly Item[],
  slices: readonly (NaiveSlice & { readonly row?: number })[],
  fromNs: number,
  toNs: number,
  columns: number,
  endNs: number,
): void {
  const perNs = columns / (toNs - fromNs);
  const ends = (slice: NaiveSlice) => (slice.isOpen ? Math.max(slice.start, endNs) : slice.end);
  // What only touches an end of the view may be there or not.
  const visible = slices.filter((slice) => (ends(slice) > fromNs && slice.start < toNs) || (slice.start > fromNs && ends(slice) < toNs));
  const wide = visible.filter((slice) => (ends(slice) - slice.start) * perNs >= 1);
  for (const slice of wide) {
    const x0 = Math.max(-1, (slice.start - fromNs) * perNs);
    const x1 = Math.min(columns + 1, (ends(slice) - fromNs) * perNs);
    const row = slice.row ?? slice.depth;
    const found = items.filter(
      (item) => item.row === row && item.merged === 1 && item.name === slice.name && Math.abs(item.x0 - x0) < 0.01 && Math.abs(item.x1 - x1) < 0.01,
    );
    expect(found.length, `${slice.name} from ${slice.start} to ${ends(slice)} in row ${row}`).toBe(1);
    expect(found[0]?.ref).toBeGreaterThan(0);
  }
  const rows = new Map<number, number>();
  for (const slice of visible) rows.set(slice.row ?? slice.depth, (rows.get(slice.row ?? slice.depth) ?? 0) + 1);
  for (const [row, count] of rows) {
    const merged = items.filter((item) => item.row === row).reduce((sum, item) => sum + item.merged, 0);
    // At both ends of the view a bucket may count what begins just outside.
    if (fromNs < 0 && toNs > endNs) expect(merged, `slices in row ${row}`).toBe(count);
    else expect(merged).toBeGreaterThanOrEqual(count);
  }
  const refs = items.filter((item) => item.ref !== 0).map((item) => item.ref);
  expect(new Set(refs).size).toBe(refs.length);
}

const zooms = fc.record({
  from: fc.double({ min: -0.1, max: 0.9, noNaN: true }),
  span: fc.double({ min: 0.001, max: 1.2, noNaN: true }),
  columns: fc.integer({ min: 1, max: 400 }),
});

describe('a view of calls', () => {
  it('has every slice of a pixel or more, and counts the others', async () => {
    await fc.assert(
      fc.asyncProperty(callSteps, zooms, fc.integer({ min: 1, max: 12 }), async (list, zoom, blocks) => {
        const { bytes, naive, endNs } = recordedCalls(list);
        const trace = traceOf(bytes, { segments: { bytes: 1e9, blocks, slices: 50 } });
        expectCovered(await itemsOf(trace, -1, endNs + 1, zoom.columns), naive.slices, -1, endNs + 1, zoom.columns, endNs);
        const fromNs = Math.round(endNs * zoom.from);
        const toNs = fromNs + Math.max(1, Math.round(endNs * zoom.span));
        expectCovered(await itemsOf(trace, fromNs, toNs, zoom.columns), naive.slices, fromNs, toNs, zoom.columns, endNs);
      }),
      { numRuns: 200 },
    );
  });

  it('is the same when segments were dropped and are read again', async () => {
    await fc.assert(
      fc.asyncProperty(callSteps, zooms, fc.integer({ min: 1, max: 5 }), async (list, zoom, blocks) => {
        const { bytes, endNs } = recordedCalls(list);
        const segments = { bytes: 1e9, blocks, slices: 50 };
        const whole = traceOf(bytes, { segments });
        const dropping = traceOf(bytes, { segments, detailBytes: 100_000_000 });
        for (const track of dropping.timeline.tracks) for (const band of track.bands) for (const node of band.tree.segments) node.slices = undefined;
        const fromNs = Math.round(endNs * zoom.from);
        const toNs = fromNs + Math.max(1, Math.round(endNs * zoom.span));
        expect(await itemsOf(dropping, fromNs, toNs, zoom.columns)).toEqual(await itemsOf(whole, fromNs, toNs, zoom.columns));
      }),
      { numRuns: 100 },
    );
  });
});

describe('a view of slices in any order', () => {
  const loose = fc.array(
    fc.record({ start: fc.nat({ max: 2000 }), length: fc.oneof(fc.nat({ max: 20 }), fc.nat({ max: 1500 })), name: fc.constantFrom('a', 'b', 'c', 'd') }),
    { minLength: 1, maxLength: 150 },
  );

  it('has every slice: nested where they nest, in lanes below where they do not', async () => {
    await fc.assert(
      fc.asyncProperty(
        loose,
        fc.integer({ min: 1, max: 400 }),
        fc.integer({ min: 2, max: 60 }),
        fc.array(fc.nat({ max: 149 }), { maxLength: 3 }),
        async (list, columns, size, looks) => {
          const { recording, stream } = TestRecording.simple();
          for (const { start, length, name } of list) recording.slice(stream, start, length, name);
          const bytes = recording.finish();
          const trace = traceOf(bytes, { segments: { bytes: 1e9, blocks: 10, slices: size } });
          // Looking in between puts what has come so far in its places.
          void looks;
          const expected = nested(list.map(({ start, length, name }) => ({ start, end: start + length, name })));
          const endNs = Math.max(...list.map(({ start, length }) => start + length));
          const items = await itemsOf(trace, -1, endNs + 1, columns);
          const [track] = trace.timeline.list();
          const main = items.filter((item) => item.row < (track?.overflowRow ?? 0));
          expectCovered(main, expected.nested, -1, endNs + 1, columns, endNs);
          const below = items.filter((item) => item.row >= (track?.overflowRow ?? 0));
          expect(below.reduce((sum, item) => sum + item.merged, 0)).toBe(expected.overlapping.length);
        },
      ),
      { numRuns: 200 },
    );
  });
});
