import fc from 'fast-check';
import { describe, expect, it, vi } from 'vitest';
import { openIndexed } from '../../../../../core/model/open-recording.ts';
import type { Trace } from '../../../../../core/model/trace.ts';
import { RecordKind } from '../../../../../core/protocol/records.ts';
import { CallRecording } from '../../../../helpers/build-calls.ts';
import { MemorySource, traceOf } from '../../../../helpers/build-recording.ts';
import { callSteps, recordedCalls } from './call-steps.ts';

vi.setConfig({ testTimeout: 60_000 });

/** All that is known of a trace's calls at some zooms and ranges, when nothing is on its way any more. */
async function answers(trace: Trace, endNs: number, zoom: { readonly from: number; readonly span: number; readonly columns: number }) {
  const { names } = trace.timeline;
  const tracks = trace.timeline.list().map(({ id, kind, rows, items, firstNs, name }) => ({ id, kind, rows, items, firstNs, name }));
  const rows = tracks.map((track) => ({ track: track.id, from: 0, count: track.rows }));
  const [fromNs, toNs] = [zoom.from * endNs, zoom.from * endNs + Math.max(1, zoom.span * endNs)];
  const query = { rows, fromNs, toNs, columns: zoom.columns, endNs };
  let view = trace.timeline.view(query);
  for (let round = 0; view.isCoarse && round < 100; round++) {
    await trace.settled();
    view = trace.timeline.view(query);
  }
  expect(view.isCoarse).toBe(false);
  // Of runs only how many slices they hold: a picture tells where they begin by the bucket.
  const items: unknown[] = [];
  const merged = new Map<number, number>();
  for (let i = 0; i < view.count; i++) {
    const [row, x0, x1] = [view.row[i] as number, view.x0[i] as number, view.x1[i] as number];
    merged.set(row, (merged.get(row) ?? 0) + (view.merged[i] as number));
    if (view.merged[i] === 1 && x1 - x0 >= 1 && view.ref[i] !== 0) items.push([row, x0, x1, names.text(view.name[i] as number), view.flags[i]]);
  }
  const table = { scope: { fromNs, toNs }, by: 'name', sort: 'total', descending: true, from: 0, count: 100 } as const;
  let page = await trace.analysis.table(table, endNs);
  for (let round = 0; page.done < 1 && round < 100; round++) {
    await trace.settled();
    page = await trace.analysis.table(table, endNs);
  }
  const spread = await trace.analysis.spread(
    { fromNs, toNs },
    'name',
    page.rows.map((row) => row.key),
    endNs,
  );
  await trace.settled();
  return {
    tracks: tracks.map(({ id, ...track }) => ({ ...track, id })),
    items,
    merged: fromNs <= 0 && toNs >= endNs ? merged : undefined,
    slices: trace.timeline.slices,
    table: page.rows.map((row) => [row.label, row.count, Math.round(row.totalNs), Math.round(row.selfNs), row.minNs, row.maxNs]),
    spreads: spread.length,
    issues: trace.issues(true),
  };
}

const zooms = fc.record({
  from: fc.double({ min: 0, max: 0.9, noNaN: true }),
  span: fc.double({ min: 0.01, max: 1.1, noNaN: true }),
  columns: fc.integer({ min: 1, max: 300 }),
});

describe('a recording opened by its index', () => {
  it('answers as one that was read from its start', async () => {
    await fc.assert(
      fc.asyncProperty(callSteps, zooms, fc.integer({ min: 1, max: 9 }), async (list, zoom, blocks) => {
        const rule = { bytes: 1e9, blocks };
        const segments = { ...rule, slices: 50 };
        const { bytes, endNs } = recordedCalls(list, rule);
        const opened = await openIndexed(new MemorySource(bytes), bytes.length, { segments });
        if (!opened) throw new Error('it could not be opened by its index');
        for await (const _ of opened.trace.readRest());
        const whole = traceOf(bytes, { segments });
        expect(opened.endOffset).toBe(bytes.length);
        expect(await answers(opened.trace, endNs, zoom)).toEqual(await answers(whole, endNs, zoom));
      }),
      { numRuns: 150 },
    );
  });

  it('tells the figures of a range as a whole at once: what lies at its edges is read before it answers', async () => {
    const rule = { bytes: 1e9, blocks: 2 };
    const segments = { ...rule, slices: 50 };
    const recording = new CallRecording(rule);
    const stream = recording.thread(['main', 'step']);
    recording.enter(stream, 5, 1);
    for (let i = 0; i < 60; i++) {
      recording.enter(stream, 10 + i * 10, 2);
      recording.exit(stream, 15 + i * 10, 2);
      if (i % 5 === 4) recording.cut(stream);
    }
    recording.exit(stream, 700, 1);
    const bytes = recording.finish();
    const opened = await openIndexed(new MemorySource(bytes), bytes.length, { segments });
    if (!opened) throw new Error('it could not be opened by its index');
    const { analysis } = opened.trace;
    // Both edges lie in the middle of a segment that nobody has read.
    const scope = { fromNs: 122, toNs: 483 };
    const page = await analysis.table({ scope, by: 'name', sort: 'total', descending: true, from: 0, count: 10 }, 700);
    expect(page.done).toBe(1);
    expect(page.rows.map(({ label, count }) => [label, count])).toEqual([
      ['main', 1],
      ['step', 37],
    ]);
  });

  it('goes on where the index ends, with what was open there', async () => {
    const rule = { bytes: 1e9, blocks: 2 };
    const segments = { ...rule, slices: 50 };
    const recording = new CallRecording(rule);
    const stream = recording.thread(['main', 'step']);
    recording.enter(stream, 10, 1);
    for (let i = 0; i < 9; i++) {
      recording.enter(stream, 20 + i * 10, 2);
      recording.cut(stream);
      recording.exit(stream, 25 + i * 10, 2);
      recording.cut(stream);
    }
    recording.index();
    recording.enter(stream, 200, 2);
    recording.exit(stream, 210, 2);
    recording.cut(stream);
    recording.exit(stream, 300, 1);
    const bytes = recording.soFar();
    const opened = await openIndexed(new MemorySource(bytes), bytes.length, { segments });
    if (!opened) throw new Error('it could not be opened by its index');
    const { trace, endOffset } = opened;
    const { BlockReader } = await import('../../../../../core/protocol/recording-reader.ts');
    for (const item of new BlockReader({ offset: endOffset }).push(bytes.subarray(endOffset)))
      if (item.kind === 'block') trace.addBlock(item.header, item.payload, item.offset);
    const zoom = { from: 0, span: 1, columns: 300 };
    expect(await answers(trace, 300, zoom)).toEqual(await answers(traceOf(bytes, { segments }), 300, zoom));
  });

  it('has counters, instants and objects of all segments, and of a segment full of them', async () => {
    const rule = { bytes: 1e9, blocks: 2 };
    const segments = { ...rule, slices: 50 };
    const recording = new CallRecording(rule);
    const stream = recording.thread(['main', 'wait']);
    for (let i = 0; i < 12; i++) {
      recording.enter(stream, i * 100 + 1, 1);
      for (let k = 0; k < 30; k++) {
        recording.enter(stream, i * 100 + 2 + k, 2);
        recording.exit(stream, i * 100 + 2 + k, 2);
      }
      // Every third segment has more of them than calls.
      for (let k = 0; k < (i % 3 === 0 ? 40 : 1); k++) recording.instant(stream, i * 100 + 40, `instant ${i}`);
      recording.slice(stream, i * 100 + 41, i * 100 + 45, 'collect', 'gc');
      recording.run(stream, i * 100 + 50, RecordKind.CALL_BEGIN, 2, i + 1);
      recording.run(stream, i * 100 + 60, i % 2 === 0 ? RecordKind.CALL_SUSPEND : RecordKind.CALL_END, 2, i + 1);
      recording.exit(stream, i * 100 + 70, 1);
      recording.cut(stream);
    }
    const bytes = recording.finish();
    const opened = await openIndexed(new MemorySource(bytes), bytes.length, { segments });
    if (!opened) throw new Error('it could not be opened by its index');
    for await (const _ of opened.trace.readRest());
    const whole = traceOf(bytes, { segments });
    const zoom = { from: 0, span: 1, columns: 2000 };
    const { tracks, ...rest } = await answers(opened.trace, 1200, zoom);
    const { tracks: wholeTracks, ...wholeRest } = await answers(whole, 1200, zoom);
    const byKind = (list: typeof tracks) => list.map(({ kind, rows, items }) => `${kind} ${rows} ${items}`).sort();
    expect(byKind(tracks)).toEqual(byKind(wholeTracks));
    expect(rest.table).toEqual(wholeRest.table);
    expect(opened.trace.totals()).toEqual({ ...whole.totals(), endNs: opened.trace.totals().endNs });
    expect((await opened.trace.events({}, 0, 1000)).total).toBe((await whole.events({}, 0, 1000)).total);
  });

  it('is read from its start where the index or a summary is not what it should be', async () => {
    const rule = { bytes: 1e9, blocks: 1 };
    const recording = new CallRecording(rule);
    const stream = recording.thread(['main']);
    for (let i = 0; i < 20; i++) {
      recording.enter(stream, i * 10, 1);
      recording.exit(stream, i * 10 + 5, 1);
      recording.cut(stream);
    }
    const good = recording.finish();
    await fc.assert(
      fc.asyncProperty(fc.nat({ max: good.length - 1 }), fc.integer({ min: 1, max: 255 }), fc.boolean(), async (at, change, cut) => {
        const bytes = cut ? good.slice(0, at) : good.slice();
        if (!cut) bytes[at] = (bytes[at] as number) ^ change;
        const opened = await openIndexed(new MemorySource(bytes), bytes.length, { segments: { ...rule, slices: 50 } });
        if (!opened) return;
        for await (const _ of opened.trace.readRest());
        // Whatever is damaged is told or shown less exactly; nothing throws.
        const { trace } = opened;
        const rows = trace.timeline.list().map((track) => ({ track: track.id, from: 0, count: track.rows }));
        for (let round = 0; round < 5; round++) {
          trace.timeline.view({ rows, fromNs: 0, toNs: 200, columns: 1000, endNs: 200 });
          await trace.settled();
        }
        await trace.analysis.table({ scope: {}, by: 'name', sort: 'total', descending: true, from: 0, count: 10 }, 200);
        await trace.settled();
      }),
      { numRuns: 300 },
    );
  });
});
