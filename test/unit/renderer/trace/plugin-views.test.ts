import { gzipSync } from 'node:zlib';
import { afterEach, describe, expect, test } from 'vitest';
import { writeTraceEvents } from '../../../../core/formats/trace-event-writer.ts';
import type { PluginState } from '../../../../core/protocol/plugins.ts';
import type { TraceView } from '../../../../core/protocol/studio-api.ts';
import { concat, TestRecording } from '../../../helpers/build-recording.ts';
import { withProcessed } from '../../../helpers/with-processed.ts';
import { FakeCollector } from './fake-collector.ts';
import { Page } from './trace-page.ts';

let page: Page;
afterEach(() => page.close());

async function open(collector: FakeCollector, view?: TraceView): Promise<void> {
  page = new Page(collector);
  await page.request('data.connect', { kind: 'websocket', url: 'ws://test/collector' });
  await page.request('trace.open', { trace: 't1', input: { kind: 'collector', recording: 'r1' }, ...(view && { view }) });
}

const state: PluginState = {
  index: 0,
  spec: 'p -x',
  name: 'P',
  state: 'ready',
  messages: 1,
  spentMs: 1,
  handler: 'none',
  ranIn: 'target',
  failures: [],
  failureCount: 0,
  warnings: [],
};

/** Two processes with a counter each, the console and an end. */
function recorded(): TestRecording {
  const recording = new TestRecording();
  const streams = [100, 200].map((pid) => recording.thread(recording.process(`${pid}.js`, pid)));
  for (const stream of streams) for (let i = 0; i < 100; i++) recording.counter(stream, i * 1e6, 'queue', { waiting: i });
  recording.console(50e6, 'hello\n');
  recording.info({ kind: 'plugin', process: 0, state, timeNs: 1 });
  recording.info({ kind: 'plugin', process: 1, state: { ...state, state: 'failed' }, timeNs: 1 });
  recording.info({ kind: 'plugin', process: 0, state: { ...state, handler: 'ran', messages: 5 }, timeNs: 2 });
  return recording;
}

/** What a plugin left of process 100: every other sample, under another name. */
async function halved(raw: Uint8Array): Promise<string> {
  const parts: Uint8Array[] = [];
  async function* all() {
    yield raw;
  }
  for await (const part of writeTraceEvents(all())) parts.push(part);
  const { traceEvents, ...rest } = JSON.parse(new TextDecoder().decode(concat(parts))) as { traceEvents: { ph: string; pid: number }[] };
  const own = traceEvents
    .filter(({ pid, ph }, i) => pid === 100 && (ph === 'M' || i % 2 === 0))
    .map((event) => (event.ph === 'C' ? { ...event, name: 'halved' } : event));
  return JSON.stringify({ ...rest, traceEvents: own });
}

const counters = async () =>
  (await page.request('counters.list', { trace: 't1' })).map(({ key, name, process, series }) => ({ key, name, process, samples: series[0]?.samples }));
const asRecorded = [
  { name: 'queue', process: 0, samples: 100 },
  { name: 'queue', process: 1, samples: 100 },
];
const asProcessed = [
  { name: 'queue', process: 1, samples: 100 },
  { name: 'halved', process: 0, samples: 50 },
];

describe('a recording that plugins left something in', () => {
  test('is shown as they left it, with all that is not theirs', async () => {
    const raw = recorded().finish({ kind: 'exited', code: 0 });
    const { bytes } = withProcessed(raw, [{ process: 0, json: await halved(raw), note: 'It was killed.' }]);
    await open(new FakeCollector(bytes));
    const summary = await page.until(({ phase }) => phase === 'complete');
    expect(summary).toMatchObject({ view: 'processed', counterSamples: 150, consoleChunks: 1, end: { kind: 'exited', code: 0 }, endNs: 99e6 });
    expect(summary.notices).toEqual([
      { code: 'processed-later', message: 'The events of 100.js (process 100) were handled by plugins after its end. It was killed.' },
    ]);
    expect(page.pushes.every(({ event, payload }) => event !== 'summary' || (payload as { view?: TraceView }).view !== 'raw')).toBe(true);
    expect(await counters()).toMatchObject(asProcessed);
    expect((await page.request('console.page', { trace: 't1', from: -1, count: 5 })).lines).toMatchObject([{ text: 'hello' }]);
    expect(await page.request('processes.list', { trace: 't1' })).toMatchObject([
      { pid: 100, name: '100.js', threads: [{ thread: 0, name: 'main' }] },
      { pid: 200, name: '200.js' },
    ]);
    // Detail is read again, of what plugins left and of what lies in the file as it was.
    const { rows } = await page.request('events.page', { trace: 't1', filter: { kinds: ['counter'] }, from: 148, count: 5 });
    expect(rows).toHaveLength(2);
    expect(rows[1]).toMatchObject({ name: 'halved', process: 0, timeNs: 98e6, detail: expect.stringContaining('98') });
  });

  test('is shown as it was recorded on request', async () => {
    const raw = recorded().finish();
    const { bytes } = withProcessed(raw, [{ process: 0, json: await halved(raw) }]);
    await open(new FakeCollector(bytes), 'raw');
    expect(await page.until(({ phase }) => phase === 'complete')).toMatchObject({ view: 'raw', counterSamples: 200, notices: [] });
    expect(await counters()).toMatchObject(asRecorded);
  });

  test.each(['processed', 'raw'] as const)('has only one view where plugins left nothing: %s', async (view) => {
    await open(new FakeCollector(recorded().finish()), view);
    const summary = await page.until(({ phase }) => phase === 'complete');
    expect(summary.view).toBeUndefined();
    expect(summary.counterSamples).toBe(200);
  });

  test('switches at the end of a live recording; every list is another one then', async () => {
    const recording = recorded();
    const raw = recording.soFar();
    const collector = new FakeCollector(raw, true);
    await open(collector);
    const live = await page.until(({ phase, counterSamples }) => phase === 'live' && counterSamples === 200);
    expect(live.view).toBeUndefined();
    const { bytes, to } = withProcessed(raw, [{ process: 0, json: await halved(raw) }]);
    collector.grow(bytes.subarray(0, to), true);
    expect(await page.until(({ view }) => view !== undefined)).toMatchObject({ view: 'raw', phase: 'live', counterSamples: 200 });
    collector.grow(bytes, false);
    const end = await page.until(({ view, phase }) => view === 'processed' && phase === 'complete');
    expect(end.counterSamples).toBe(150);
    for (const list of ['countersRevision', 'processesRevision', 'pluginsRevision', 'revision'] as const) expect(end[list]).toBeGreaterThan(live[list]);
    expect(await counters()).toMatchObject(asProcessed);
  });

  test('that was cut behind them is shown as they left it, and says that it was cut', async () => {
    const raw = recorded().finish();
    const { bytes, to } = withProcessed(raw, [{ process: 0, json: await halved(raw) }]);
    await open(new FakeCollector(bytes.subarray(0, to)));
    const summary = await page.until(({ phase }) => phase === 'complete');
    expect(summary).toMatchObject({ view: 'processed', counterSamples: 150 });
    expect(summary.notices.map(({ code }) => code)).toEqual(['recording-cut']);
  });

  test('that was cut inside of an attachment is shown as it was recorded, and says why', async () => {
    const raw = recorded().finish();
    const { bytes, from, to } = withProcessed(raw, [{ process: 0, json: await halved(raw) }], 512);
    await open(new FakeCollector(bytes.subarray(0, Math.floor((from + to) / 2))));
    const summary = await page.until(({ phase }) => phase === 'complete');
    expect(summary.counterSamples).toBe(200);
    expect(summary.view).toBeUndefined();
    expect(summary.notices.map(({ code }) => code).sort()).toEqual(['attachment-cut', 'recording-cut']);
  });

  test('falls back to what was recorded when the attachment is no trace', async () => {
    const raw = recorded().finish();
    await open(new FakeCollector(withProcessed(raw, [{ process: 0, json: '{"oh":"no"}' }]).bytes));
    const summary = await page.until(({ phase }) => phase === 'complete');
    expect(summary).toMatchObject({ view: 'raw', counterSamples: 200 });
    expect(summary.notices.map(({ code }) => code)).toEqual(['attachment-damaged']);
  });

  test('can be compressed', async () => {
    const raw = recorded().finish();
    const { bytes } = withProcessed(raw, [{ process: 0, json: await halved(raw) }]);
    page = new Page();
    await page.request('trace.open', { trace: 't1', input: { kind: 'file', file: new Blob([gzipSync(bytes) as Uint8Array<ArrayBuffer>]) } });
    expect(await page.until(({ phase, view }) => phase === 'complete' && view === 'processed')).toMatchObject({ counterSamples: 150, notices: [] });
  });
});

test('tells how plugins fare, the last word of each', async () => {
  await open(new FakeCollector(recorded().finish()));
  const summary = await page.until(({ phase }) => phase === 'complete');
  expect(summary.pluginsRevision).toBe(3);
  expect(await page.request('plugins.list', { trace: 't1' })).toEqual([
    { process: 0, state: { ...state, handler: 'ran', messages: 5 } },
    { process: 1, state: { ...state, state: 'failed' } },
  ]);
});
