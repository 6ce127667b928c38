import fc from 'fast-check';
import { describe, expect, it, vi } from 'vitest';
import { ItemFlag } from '../../../../../core/model/timeline-types.ts';
import type { Trace } from '../../../../../core/model/trace.ts';
import { AsyncFlag, AsyncScope, FlowPhase, RecordKind } from '../../../../../core/protocol/records.ts';
import { CallRecording } from '../../../../helpers/build-calls.ts';
import { TestRecording, traceOf } from '../../../../helpers/build-recording.ts';
import { callSteps, recordedCalls } from './call-steps.ts';
import { type NaiveSlice, nested } from './naive.ts';

vi.setConfig({ testTimeout: 60_000 });

const dropSlices = (trace: Trace) => {
  for (const track of trace.timeline.tracks)
    for (const band of track.bands) for (const node of band.tree.segments.slice(0, band.settled)) node.slices = undefined;
};

async function expectExplored(trace: Trace, slices: readonly NaiveSlice[], endNs: number, picked: readonly number[]): Promise<void> {
  const track = trace.timeline.tracks.find(({ kind }) => kind === 'calls' || kind === 'slices');
  if (!track) throw new Error('there is no track');
  const end = (slice: NaiveSlice) => (slice.isOpen ? endNs : slice.end);
  for (const pick of picked) {
    const slice = slices[pick % slices.length] as NaiveSlice;
    if (end(slice) - slice.start < 2) continue;
    const atNs = (slice.start + end(slice)) / 2;
    const placed = await trace.explorer.hit(track, slice.depth, atNs, 0);
    expect(placed, `${slice.name} at ${atNs}`).toBeDefined();
    const found = trace.explorer.rowOf(placed as NonNullable<typeof placed>, endNs);
    expect(found).toMatchObject({ startNs: slice.start, durationNs: end(slice) - slice.start, row: slice.depth });
    if (!slice.isOpen) expect(found.selfNs).toBe(slice.self);
    const details = await trace.explorer.details(found.ref, endNs);
    const { names } = trace.timeline;
    expect(details?.about.text).toBe(slice.name);
    const above: string[] = [];
    for (let up = slice.parent; up; up = up.parent) above.unshift(`${up.name} ${up.start}`);
    expect(details?.ancestors.map((row) => `${names.text(row.name)} ${row.startNs}`)).toEqual(above);
    const children = slices.filter((one) => one.parent === slice);
    expect(details?.childCount).toBe(children.length);
    expect(details?.children.map((row) => row.startNs)).toEqual(children.slice(0, 20).map((one) => one.start));
    const row = slices.filter((one) => one.depth === slice.depth && one !== slice);
    const next = row.filter((one) => one.start >= slice.end).sort((a, b) => a.start - b.start)[0];
    const previous = row.filter((one) => one.end <= slice.start).sort((a, b) => b.start - a.start)[0];
    if (!slice.isOpen) expect(details?.next?.startNs).toBe(next?.start);
    expect(details?.previous?.startNs).toBe(previous?.start);
    const same = slices.filter((one) => one.name === slice.name && one.start > slice.start).sort((a, b) => a.start - b.start)[0];
    const nextSame = await trace.explorer.neighbour(placed as NonNullable<typeof placed>, 'next-same-name');
    expect(nextSame?.slice.startNs).toBe(
      same?.start ?? slices.find((one) => one.name === slice.name && one.start === slice.start && one.depth > slice.depth)?.start,
    );
  }
}

/** Time passes at every step, so that no two slices begin or end together and there is one answer. */
const steps = callSteps.map((list) => list.map((step) => ({ ...step, passes: step.passes + 1 })));
const picks = fc.array(fc.nat({ max: 300 }), { minLength: 1, maxLength: 12 });

describe('what is known of a slice', () => {
  it('is what a plain walk over all calls finds', async () => {
    await fc.assert(
      fc.asyncProperty(steps, picks, fc.integer({ min: 1, max: 8 }), fc.boolean(), async (list, picked, blocks, dropped) => {
        const { bytes, naive, endNs } = recordedCalls(list);
        const trace = traceOf(bytes, { segments: { bytes: 1e9, blocks, slices: 50 } });
        if (dropped) dropSlices(trace);
        await expectExplored(trace, naive.slices, endNs, picked);
      }),
      { numRuns: 100 },
    );
  });

  it('is so for slices that came in any order', async () => {
    const loose = fc.uniqueArray(fc.record({ start: fc.nat({ max: 5000 }), length: fc.integer({ min: 2, max: 2000 }), name: fc.constantFrom('a', 'b', 'c') }), {
      minLength: 1,
      maxLength: 120,
      selector: ({ start }) => start,
    });
    await fc.assert(
      fc.asyncProperty(loose, picks, fc.integer({ min: 2, max: 40 }), fc.boolean(), async (list, picked, size, dropped) => {
        const { recording, stream } = TestRecording.simple();
        for (const { start, length, name } of list) recording.slice(stream, start, length, name, { args: { start } });
        const trace = traceOf(recording.finish(), { segments: { bytes: 1e9, blocks: 10, slices: size } });
        trace.timeline.refresh();
        if (dropped) dropSlices(trace);
        const endNs = Math.max(...list.map(({ start, length }) => start + length));
        const { nested: slices } = nested(list.map(({ start, length, name }) => ({ start, end: start + length, name })));
        await expectExplored(trace, slices, endNs, picked);
        const [track] = trace.timeline.tracks;
        const slice = slices[(picked[0] as number) % slices.length] as NaiveSlice;
        const placed = track && (await trace.explorer.hit(track, slice.depth, slice.start + 0.5, 0));
        const details = placed && (await trace.explorer.details(placed.slice.ref, endNs));
        expect(details?.args?.json).toBe(JSON.stringify({ start: slice.start }));
      }),
      { numRuns: 100 },
    );
  });

  it('tells arguments, result and exception of a call', async () => {
    const recording = new CallRecording();
    const stream = recording.thread(['main', 'load']);
    recording.enter(stream, 100, 1, { argv: ['a'] });
    recording.cut(stream);
    recording.enter(stream, 200, 2, ['x', 1]);
    recording.instant(stream, 250, 'TypeError: no such file', 'exception');
    recording.exit(stream, 300, 2, { ok: false });
    recording.cut(stream);
    recording.exit(stream, 400, 1, 'done');
    const trace = traceOf(recording.finish(), { segments: { bytes: 1e9, blocks: 1, slices: 50 } });
    dropSlices(trace);
    const [track] = trace.timeline.tracks.filter(({ kind }) => kind === 'calls');
    const at = async (row: number, timeNs: number) => {
      const placed = track && (await trace.explorer.hit(track, row, timeNs, 0));
      return placed && trace.explorer.details(placed.slice.ref, 400);
    };
    const main = await at(0, 350);
    expect(main).toMatchObject({ kind: 'call', args: { json: '{"argv":["a"]}', isCut: false }, result: { json: '"done"' }, thread: 0, isOpen: false });
    expect(main?.args?.fields.map(({ key, text }) => `${key} ${text}`)).toEqual(['argv ["a"]']);
    expect(main?.exception).toBeUndefined();
    const load = await at(1, 210);
    expect(load).toMatchObject({ args: { json: '["x",1]' }, result: { json: '{"ok":false}' }, exception: { text: 'TypeError: no such file', timeNs: 250 } });
    expect(load?.flags).toBe(ItemFlag.ERROR);
    expect(load?.about).toMatchObject({ text: 'load', file: '/app/main.js', line: 2, column: 1 });
  });

  it('follows arrows to the slices that they bind to', async () => {
    const recording = new CallRecording();
    const [one, two] = [recording.thread(['a', 'b']), recording.thread(['c', 'd'], 'worker')];
    recording.enter(one, 10, 1);
    recording.enter(one, 20, 2);
    recording.flow(one, 30, 7, FlowPhase.START, 2);
    recording.exit(one, 40, 2);
    recording.exit(one, 50, 1);
    recording.enter(two, 5, 1);
    recording.flow(two, 60, 7, FlowPhase.END, 2);
    recording.enter(two, 70, 2);
    recording.exit(two, 80, 2);
    recording.flow(two, 90, 7, FlowPhase.END_ENCLOSING, 2);
    recording.flow(two, 95, 9, FlowPhase.END, 2);
    const trace = traceOf(recording.finish());
    const [first, second] = trace.timeline.tracks;
    const detailsAt = async (track: typeof first, row: number, timeNs: number) => {
      const placed = track && (await trace.explorer.hit(track, row, timeNs, 0));
      return placed && trace.explorer.details(placed.slice.ref, 100);
    };
    const b = await detailsAt(first, 1, 30);
    expect(b?.links.map(({ direction, timeNs, otherNs, other }) => [direction, timeNs, otherNs, other?.startNs, other?.row])).toEqual([
      ['out', 30, 90, 5, 0],
      ['out', 30, 60, 70, 1],
    ]);
    const d = await detailsAt(second, 1, 75);
    expect(d?.links).toMatchObject([{ direction: 'in', timeNs: 60, otherNs: 30, other: { startNs: 20, row: 1 } }]);
    expect((await detailsAt(first, 0, 15))?.links).toEqual([]);
    expect(trace.issues(true)).toMatchObject([
      { kind: 'open-slices', count: 1 },
      { kind: 'unbound-flows', count: 1, example: { timeNs: 95 } },
    ]);
  });

  it('finds what one thread begins and another ends, whichever comes first', async () => {
    const recording = new CallRecording();
    const [one, two] = [recording.thread(['asks']), recording.thread(['asked'], 'worker')];
    const scope = AsyncScope.PROCESS;
    recording.flow(two, 30, 7, FlowPhase.END, scope);
    recording.asyncEnd(two, 31, 7, scope);
    recording.enter(two, 35, 1);
    recording.exit(two, 40, 1);
    // Of a number that begins later, and of one that never does.
    recording.flow(two, 50, 8, FlowPhase.END, scope);
    recording.asyncEnd(two, 51, 9, scope);
    recording.cut(two);
    recording.enter(one, 10, 1);
    recording.asyncBegin(one, 20, 7, 'message', { scope, flags: AsyncFlag.FLOW });
    recording.exit(one, 25, 1);
    recording.flow(one, 60, 8, FlowPhase.START, scope);
    recording.cut(one);
    const trace = traceOf(recording.finish());
    const track = trace.timeline.trackOf('calls', one);
    const asks = track && (await trace.explorer.hit(track, 0, 12, 0));
    const links = (asks && (await trace.explorer.details(asks.slice.ref, 100)))?.links;
    expect(links).toMatchObject([{ direction: 'out', timeNs: 20, otherNs: 30, other: { startNs: 35 } }]);
    const [lanes] = trace.timeline.tracks.filter(({ kind }) => kind === 'async');
    const message = lanes && (await trace.explorer.hit(lanes, 0, 25, 0));
    expect(message && trace.explorer.rowOf(message, 100)).toMatchObject({ startNs: 20, durationNs: 11 });
    expect(trace.issues(false)).toEqual([]);
    expect(trace.issues(true)).toMatchObject([
      { kind: 'unmatched', count: 1, example: { timeNs: 51 } },
      { kind: 'unbound-flows', count: 1, example: { timeNs: 50 } },
    ]);
  });

  it('of an async function tells when it ran and when it waited; of an async slice what it belongs to', async () => {
    const recording = new CallRecording();
    const stream = recording.thread(['main', 'fetch', 'quick']);
    recording.run(stream, 100, RecordKind.CALL_BEGIN, 2, 1);
    recording.run(stream, 150, RecordKind.CALL_SUSPEND, 2, 1);
    recording.run(stream, 160, RecordKind.CALL_BEGIN, 3, 2);
    recording.run(stream, 170, RecordKind.CALL_END, 3, 2);
    recording.asyncBegin(stream, 180, 5, 'request');
    recording.asyncBegin(stream, 190, 6, 'dns', { parent: 5 });
    recording.asyncEnd(stream, 200, 6);
    recording.run(stream, 300, RecordKind.CALL_RESUME, 2, 1);
    recording.run(stream, 320, RecordKind.CALL_END, 2, 1);
    recording.asyncEnd(stream, 400, 5);
    recording.asyncEnd(stream, 410, 77);
    const trace = traceOf(recording.finish());
    const tracks = trace.timeline.list();
    expect(tracks.map(({ kind, rows, items }) => [kind, rows, items])).toEqual([
      ['calls', 1, 3],
      ['async', 3, 3],
    ]);
    const asyncTrack = trace.timeline.tracks.find(({ kind }) => kind === 'async');
    const at = async (row: number, timeNs: number) => {
      const placed = asyncTrack && (await trace.explorer.hit(asyncTrack, row, timeNs, 0));
      return placed && trace.explorer.details(placed.slice.ref, 500);
    };
    expect(await at(0, 200)).toMatchObject({
      kind: 'async',
      startNs: 100,
      durationNs: 220,
      async: { runningNs: 70, waitingNs: 150, runs: [{ startNs: 100 }, { startNs: 300 }] },
    });
    expect(await at(1, 200)).toMatchObject({ startNs: 180, async: { number: 5, children: [{ startNs: 190 }] } });
    expect(await at(2, 195)).toMatchObject({ startNs: 190, async: { parent: { startNs: 180 } } });
    const view = trace.timeline.view({ rows: [{ track: asyncTrack?.id ?? -1, from: 0, count: 3 }], fromNs: 0, toNs: 500, columns: 500, endNs: 500 });
    const items = Array.from({ length: view.count }, (_, i) => [view.row[i], view.x0[i], view.x1[i], view.flags[i]]);
    expect(items).toEqual([
      [0, 100, 320, ItemFlag.ASYNC],
      [0, 100, 150, ItemFlag.RUN],
      [0, 300, 320, ItemFlag.RUN],
      [1, 180, 400, ItemFlag.ASYNC],
      [2, 190, 200, ItemFlag.ASYNC],
    ]);
    expect(trace.issues(true)).toMatchObject([{ kind: 'unmatched', count: 1 }]);
  });
});
