import { afterEach, describe, expect, test } from 'vitest';
import { ItemFlag, type TimelineView } from '../../../../renderer/trace/trace-worker-api.ts';
import { CallRecording } from '../../../helpers/build-calls.ts';
import { FakeCollector } from './fake-collector.ts';
import { Page } from './trace-page.ts';

let page: Page;
afterEach(() => page.close());

const RULE = { bytes: 1e9, blocks: 2 };

async function open(collector: FakeCollector, options: ConstructorParameters<typeof Page>[1] = {}): Promise<void> {
  page = new Page(collector, options);
  await page.request('data.connect', { kind: 'websocket', url: 'ws://test/collector' });
  await page.request('trace.open', { trace: 't1', input: { kind: 'collector', recording: 'r1' } });
}

/** `main` for all of the time, and in it every 100 ns a `step` of 50 ns with a `part` of 10 ns. */
function steps(recording: CallRecording, stream: number, from: number, to: number): void {
  for (let i = from; i < to; i++) {
    recording.enter(stream, i * 100 + 10, 2);
    recording.enter(stream, i * 100 + 20, 3, { step: i });
    recording.exit(stream, i * 100 + 30, 3);
    recording.exit(stream, i * 100 + 60, 2);
    if (i % 3 === 0) recording.cut(stream);
  }
}

const items = (view: TimelineView) =>
  Array.from({ length: view.count }, (_, i) => ({ row: view.row[i], x0: view.x0[i], x1: view.x1[i], merged: view.merged[i], flags: view.flags[i] }));

describe('the timeline of a trace service', () => {
  test('answers for a saved recording', async () => {
    const recording = new CallRecording(RULE);
    const stream = recording.thread(['main', 'step', 'part']);
    recording.enter(stream, 0, 1);
    steps(recording, stream, 0, 100);
    recording.exit(stream, 10_000, 1);
    await open(new FakeCollector(recording.finish()));
    const summary = await page.until(({ phase }) => phase === 'complete');
    expect(summary.timelineSlices).toBe(201);
    expect(summary.tracksRevision).toBeGreaterThan(0);
    expect(summary.memory.budgetBytes).toBeGreaterThan(0);
    const [track] = await page.request('tracks.list', { trace: 't1' });
    expect(track).toMatchObject({ kind: 'calls', rows: 3, items: 201, name: 'main', beside: '', isSampled: false, overflowRow: 3 });
    const id = track?.id ?? -1;
    const rows = [{ track: id, from: 0, count: 3 }];
    const view = await page.request('timeline.view', { trace: 't1', rows, fromNs: 0, toNs: 200, columns: 200 });
    expect(items(view)).toEqual([
      { row: 0, x0: 0, x1: 201, merged: 1, flags: 0 },
      { row: 1, x0: 10, x1: 60, merged: 1, flags: 0 },
      { row: 1, x0: 110, x1: 160, merged: 1, flags: 0 },
      { row: 2, x0: 20, x1: 30, merged: 1, flags: 0 },
      { row: 2, x0: 120, x1: 130, merged: 1, flags: 0 },
    ]);
    const names = await page.request('names.get', { trace: 't1', names: [...new Set(view.name)] });
    expect(names.map(({ text, file, line }) => `${text} ${file}:${line}`)).toEqual(['main /app/main.js:1', 'step /app/main.js:2', 'part /app/main.js:3']);
    const hit = await page.request('timeline.hit', { trace: 't1', track: id, row: 2, atNs: 125, withinNs: 1 });
    expect(hit).toMatchObject({ startNs: 120, durationNs: 10 });
    const details = await page.request('slices.get', { trace: 't1', ref: hit?.ref ?? 0 });
    expect(details).toMatchObject({ args: { json: '{"step":1}' }, ancestors: [{ startNs: 0 }, { startNs: 110 }], next: { startNs: 220 } });
    const children = await page.request('slices.children', { trace: 't1', ref: view.ref[0] as number, from: 98, count: 10 });
    expect(children).toMatchObject({ total: 100, rows: [{ startNs: 9810 }, { startNs: 9910 }] });
    const neighbour = await page.request('slices.neighbour', { trace: 't1', ref: hit?.ref ?? 0, step: 'previous-same-name' });
    expect(neighbour).toMatchObject({ startNs: 20 });
    const table = await page.request('analysis.table', { trace: 't1', scope: {}, by: 'name', sort: 'self', descending: true, from: 0, count: 10 });
    expect(table).toMatchObject({
      total: 3,
      done: 1,
      slices: 201,
      rows: [
        { label: 'main', selfNs: 5000 },
        { label: 'step', selfNs: 4000, count: 100 },
        { label: 'part', selfNs: 1000 },
      ],
    });
    const tree = await page.request('analysis.tree', { trace: 't1', scope: {}, direction: 'callees', transforms: [], paths: [[], [99]] });
    expect(tree).toMatchObject({ levels: [[{ count: 1, totalNs: 10_000, hasChildren: true }], []], totalNs: 10_000, done: 1 });
    const flame = await page.request('analysis.flame', { trace: 't1', scope: {}, direction: 'callees', transforms: [], path: [], minShare: 0 });
    expect([...flame.x1]).toEqual([1, 0.5, 0.1]);
    const density = await page.request('timeline.density', { trace: 't1', tracks: [id], fromNs: 0, toNs: 20_000, columns: 4 });
    expect([...density.busy]).toEqual([1, 1, 0, 0]);
    const search = await page.request('search.state', { trace: 't1', query: 'dur>=50 st', scope: {} });
    expect(search).toEqual({ names: 1, hits: 100, done: 1 });
    const step = await page.request('search.step', { trace: 't1', query: 'args.step:7', scope: {}, after: { timeNs: -1 }, backwards: false });
    expect(step).toMatchObject({ startNs: 720 });
    expect(await page.request('timeline.snap', { trace: 't1', rows, atNs: 112, withinNs: 5 })).toBe(110);
    expect(await page.request('issues.list', { trace: 't1' })).toEqual([]);
    // Less than a view needs is not given.
    await page.request('trace.budget', { trace: 't1', detailBytes: 1 });
    const { memory } = await page.until((changed) => changed.memory.budgetBytes < summary.memory.budgetBytes);
    expect(memory.budgetBytes).toBe(32 * 2 ** 20);
    expect(memory.usedBytes).toBeLessThan(memory.budgetBytes);
  });

  test('shows open calls of a live recording up to now, and more as it comes', async () => {
    const recording = new CallRecording(RULE);
    const stream = recording.thread(['main', 'step', 'part']);
    recording.enter(stream, 0, 1);
    steps(recording, stream, 0, 10);
    const collector = new FakeCollector(recording.soFar(), true);
    await open(collector);
    await page.until(({ phase, timelineSlices }) => phase === 'live' && timelineSlices === 21);
    const [track] = await page.request('tracks.list', { trace: 't1' });
    const rows = [{ track: track?.id ?? -1, from: 0, count: 1 }];
    const view = await page.request('timeline.view', { trace: 't1', rows, fromNs: 0, toNs: 4000, columns: 400, endNs: 3000 });
    expect(items(view)).toEqual([{ row: 0, x0: 0, x1: 300, merged: 1, flags: ItemFlag.OPEN }]);
    expect(await page.request('issues.list', { trace: 't1' })).toEqual([]);
    steps(recording, stream, 10, 50);
    collector.grow(recording.soFar(), true);
    await page.until(({ timelineSlices }) => timelineSlices === 101);
    collector.grow(recording.finish(), false);
    await page.until(({ phase }) => phase === 'complete');
    expect(await page.request('issues.list', { trace: 't1' })).toMatchObject([{ kind: 'open-slices', count: 1, example: { timeNs: 0 } }]);
  });

  test('opens a large recording by its index, and reads on behind it', async () => {
    const recording = new CallRecording(RULE);
    const stream = recording.thread(['main', 'step', 'part']);
    recording.enter(stream, 0, 1);
    steps(recording, stream, 0, 200);
    recording.index();
    const collector = new FakeCollector(recording.soFar(), true);
    await open(collector, { indexedFromBytes: 1 });
    expect((await page.until(({ phase }) => phase === 'live')).timelineSlices).toBe(401);
    steps(recording, stream, 200, 300);
    recording.exit(stream, 30_000, 1);
    collector.grow(recording.finish(), false);
    const summary = await page.until(({ phase }) => phase === 'complete');
    expect(summary).toMatchObject({ timelineSlices: 601, notices: [] });
    const query = { trace: 't1', scope: {}, by: 'name', sort: 'total', descending: true, from: 0, count: 10 } as const;
    let table = await page.request('analysis.table', query);
    // Statistics of the indexed part are read when they are asked for.
    while (table.done < 1) {
      await page.pushed();
      table = await page.request('analysis.table', query);
    }
    expect(table.rows).toMatchObject([
      { label: 'main', totalNs: 30_000 },
      { label: 'step', count: 300, totalNs: 15_000 },
      { label: 'part', count: 300 },
    ]);
  });

  test('stops reading when it is told to, and keeps what there is', async () => {
    const recording = new CallRecording(RULE);
    const stream = recording.thread(['main', 'step', 'part']);
    steps(recording, stream, 0, 20_000);
    await open(new FakeCollector(recording.finish()));
    await page.until(({ timelineSlices }) => timelineSlices > 0);
    await page.request('trace.cancel', { trace: 't1' });
    const summary = await page.until(({ phase }) => phase === 'complete');
    expect(summary.timelineSlices).toBeLessThan(40_000);
    expect(summary.notices).toMatchObject([{ code: 'loading-cancelled' }]);
  });
});
