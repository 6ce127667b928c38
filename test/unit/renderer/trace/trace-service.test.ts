import { gzipSync } from 'node:zlib';
import { afterEach, describe, expect, test } from 'vitest';
import { type PortLike, portChannel } from '../../../../renderer/trace/channels.ts';
import { concat, TestRecording } from '../../../helpers/build-recording.ts';
import { FakeCollector } from './fake-collector.ts';
import { Page } from './trace-page.ts';

let page: Page;
afterEach(() => page.close());

async function open(collector: FakeCollector, recording = 'r1'): Promise<Page> {
  page = new Page(collector);
  await page.request('data.connect', { kind: 'websocket', url: 'ws://test/collector' });
  await page.request('trace.open', { trace: 't1', input: { kind: 'collector', recording } });
  return page;
}

function jobs(recording: TestRecording, stream: number, from: number, to: number): void {
  for (let i = from; i < to; i++) recording.counter(stream, i * 1e6, 'jobs', { waiting: i % 50, running: i % 4 });
}

describe('trace service', () => {
  test('opens a saved recording and answers for it', async () => {
    const { recording, stream } = TestRecording.simple();
    jobs(recording, stream, 0, 1000);
    recording.instant(stream, 5e6, 'started');
    await open(new FakeCollector(recording.finish({ kind: 'exited', code: 0 })));
    const summary = await page.until(({ phase }) => phase === 'complete');
    expect(summary).toMatchObject({ events: 1001, counterSamples: 1000, instants: 1, endNs: 999e6, notices: [], end: { kind: 'exited', code: 0 } });
    expect(summary.loadedBytes).toBe(summary.totalBytes);
    const [counter] = await page.request('counters.list', { trace: 't1' });
    expect(counter).toMatchObject({ name: 'jobs', series: [{ name: 'waiting', samples: 1000, min: 0, max: 49, last: 49 }, { name: 'running' }] });
    const series = counter?.series.map(({ id }) => id) ?? [];
    const grid = await page.request('counters.grid', { trace: 't1', series, fromNs: 0, toNs: 999e6, columns: 10 });
    expect(grid.y.map((y) => y.length)).toEqual([40, 40]);
    expect(grid.stats[0]).toEqual({ now: 49, min: 0, max: 49, mean: 24.5, samples: 1000 });
    const lines = await page.request('counters.lines', { trace: 't1', series, fromNs: 0, toNs: 999e6, columns: 10, show: 'value' });
    expect(lines).toMatchObject({ columns: 10, coarse: false, stats: grid.stats });
    expect([...lines.y]).toEqual(grid.y.flat());
    expect([...(await page.request('counters.newest', { trace: 't1', series: [series[0] as number, 99] }))]).toEqual([49, Number.NaN]);
    expect(await page.request('processes.list', { trace: 't1' })).toMatchObject([{ pid: 100, name: 'script.js', threads: [{ name: 'main', thread: 0 }] }]);
  });

  test('follows a live recording until it ends', async () => {
    const { recording, stream } = TestRecording.simple();
    jobs(recording, stream, 0, 10);
    const first = recording.soFar();
    const collector = new FakeCollector(first, true);
    await open(collector);
    expect(await page.until(({ phase, events }) => phase === 'live' && events === 10)).toMatchObject({ endNs: 9e6 });

    jobs(recording, stream, 10, 30);
    const second = concat([first, recording.soFar()]);
    collector.grow(second, true);
    await page.until(({ events }) => events === 30);
    expect((await page.request('counters.list', { trace: 't1' }))[0]?.series[0]?.samples).toBe(30);

    collector.grow(concat([second, recording.finish({ kind: 'exited', code: 3 })]), false);
    expect(await page.until(({ phase }) => phase === 'complete')).toMatchObject({ events: 30, end: { kind: 'exited', code: 3 } });
  });

  test('moves the end of a live trace with the clock while nothing happens', async () => {
    const { recording, stream } = TestRecording.simple();
    jobs(recording, stream, 0, 2);
    const collector = new FakeCollector(recording.soFar(), true);
    await open(collector);
    await page.until(({ phase }) => phase === 'live');
    page.wallMs += 700;
    const later = await page.until(({ endNs }) => endNs >= 700e6);
    expect(later.endNs).toBe(700e6);
    const [series] = (await page.request('counters.list', { trace: 't1' }))[0]?.series ?? [];
    const grid = await page.request('counters.grid', { trace: 't1', series: [series?.id as number], fromNs: 600e6, toNs: 700e6, columns: 2 });
    expect(grid.y[0]).toEqual([1, 1, 1, 1, 1, 1, 1, 1]);
  });

  test('goes on where it was when the connection was lost', async () => {
    const { recording, stream } = TestRecording.simple();
    jobs(recording, stream, 0, 2000);
    const first = recording.soFar();
    const collector = new FakeCollector(first, true);
    await open(collector);
    await page.until(({ events }) => events === 2000);
    collector.drop();
    jobs(recording, stream, 2000, 4000);
    await page.pushed();
    collector.grow(concat([first, recording.finish()]), false);
    expect(await page.until(({ phase }) => phase === 'complete')).toMatchObject({ events: 4000, notices: [] });
    expect(collector.follows).toEqual([0, first.length]);
    expect(page.pushes.some(({ event }) => event === 'data-lost')).toBe(true);
  });

  test('begins anew with what is kept when it fell behind a recording of which only the newest is', async () => {
    const older = TestRecording.simple();
    jobs(older.recording, older.stream, 0, 2000);
    older.recording.instant(older.stream, 1, 'old');
    const collector = new FakeCollector(older.recording.soFar(), true);
    await open(collector);
    const before = await page.until(({ events }) => events === 2001);

    const newer = TestRecording.simple();
    newer.recording.info({ kind: 'kept', fromNs: 3e9, timeNs: 3e9 });
    jobs(newer.recording, newer.stream, 3000, 3500);
    const first = newer.recording.soFar();
    collector.forget(first);
    const after = await page.until(({ events, phase }) => events === 500 && phase === 'live');
    expect(after.notices.map(({ code }) => code)).toEqual(['fell-behind', 'kept']);
    expect(after.notices[1]?.message).toBe('Only the newest was kept: what was recorded in the first 3.0 s is not there.');
    expect(after.countersRevision, 'numbers of series mean others now').toBeGreaterThan(before.countersRevision);
    jobs(newer.recording, newer.stream, 3500, 3600);
    collector.grow(concat([first, newer.recording.finish()]), false);
    expect(await page.until(({ phase }) => phase === 'complete')).toMatchObject({ events: 600 });
    expect((await page.request('counters.list', { trace: 't1' }))[0]?.series[0]?.samples).toBe(600);
  });

  test('reaches the collector over a port, and over the next one when that is lost', async () => {
    const { recording, stream } = TestRecording.simple();
    jobs(recording, stream, 0, 500);
    const first = recording.soFar();
    const collector = new FakeCollector(first, true);
    page = new Page();
    await expect(page.request('data.connect', { kind: 'port' })).rejects.toMatchObject({ code: 'no-port' });
    await page.request('trace.open', { trace: 't1', input: { kind: 'collector', recording: 'r1' } });
    const connect = () => {
      const { port1, port2 } = new MessageChannel();
      collector.serve(portChannel(port2 as unknown as PortLike));
      return page.request('data.connect', { kind: 'port' }, [port1 as unknown as PortLike]);
    };
    await connect();
    await page.until(({ events }) => events === 500);
    collector.drop();
    while (!page.pushes.some(({ event }) => event === 'data-lost')) await page.pushed();
    jobs(recording, stream, 500, 800);
    collector.grow(concat([first, recording.finish()]), false);
    await connect();
    expect(await page.until(({ phase }) => phase === 'complete')).toMatchObject({ events: 800, notices: [] });
  });

  test('lets go of a trace that was closed', async () => {
    const { recording, stream } = TestRecording.simple();
    jobs(recording, stream, 0, 500);
    const collector = new FakeCollector(recording.soFar(), true);
    await open(collector);
    await page.until(({ events }) => events === 500);
    await page.request('trace.close', { trace: 't1' });
    await expect(page.request('counters.list', { trace: 't1' })).rejects.toMatchObject({ code: 'trace-not-open' });
    await page.request('trace.open', { trace: 't1', input: { kind: 'collector', recording: 'r1' } });
    const told = page.pushes.length;
    await page.until(({ events }) => events === 500 && page.pushes.length > told);
  });

  test('keeps what is whole of a recording that was cut, and says so', async () => {
    const { recording, stream } = TestRecording.simple();
    jobs(recording, stream, 0, 100);
    recording.seal();
    jobs(recording, stream, 100, 200);
    const whole = recording.soFar();
    await open(new FakeCollector(whole.subarray(0, whole.length - 5)));
    const summary = await page.until(({ phase }) => phase === 'complete');
    expect(summary.events).toBe(100);
    expect(summary.notices.map(({ code }) => code)).toEqual(['recording-cut']);
  });

  test('says that a recording was interrupted between two blocks', async () => {
    const { recording, stream } = TestRecording.simple();
    jobs(recording, stream, 0, 100);
    await open(new FakeCollector(recording.soFar()));
    const summary = await page.until(({ phase }) => phase === 'complete');
    expect(summary.events).toBe(100);
    expect(summary.notices.map(({ message }) => message)).toEqual([expect.stringContaining('ends without its footer')]);
  });

  test('keeps what is whole around damage in the middle', async () => {
    const { recording, stream } = TestRecording.simple();
    for (let part = 0; part < 3; part++) {
      jobs(recording, stream, part * 100, part * 100 + 100);
      recording.seal();
    }
    const bytes = recording.finish();
    bytes[Math.floor(bytes.length * 0.55)] = 0xff;
    await open(new FakeCollector(bytes));
    const summary = await page.until(({ phase }) => phase === 'complete');
    expect(summary.events).toBe(200);
    expect(summary.notices.map(({ code }) => code)).toEqual(['recording-damaged']);
  });

  test('fails in words when the collector does not know the recording', async () => {
    await open(new FakeCollector(new Uint8Array(0)), 'r2');
    expect(await page.until(({ phase }) => phase === 'failed')).toMatchObject({ problem: { code: 'no-such-recording', message: 'There is no recording r2.' } });
  });

  test('fails in words for a file that is no trace', async () => {
    page = new Page();
    await page.request('trace.open', { trace: 't1', input: { kind: 'file', file: new Blob(['hello, this is no trace']) } });
    const { problem } = await page.until(({ phase }) => phase === 'failed');
    expect(problem?.message).toMatch(/not|no /);
  });

  test('reads a dropped file where it is', async () => {
    const { recording, stream } = TestRecording.simple();
    jobs(recording, stream, 0, 5000);
    page = new Page();
    await page.request('trace.open', { trace: 't1', input: { kind: 'file', file: new Blob([recording.finish() as Uint8Array<ArrayBuffer>]) } });
    expect(await page.until(({ phase }) => phase === 'complete')).toMatchObject({ events: 5000 });
  });

  test.each([
    ['as it is', (json: string) => new Blob([json]), 'whole.json'],
    ['compressed', (json: string) => new Blob([gzipSync(json) as Uint8Array<ArrayBuffer>]), 'whole.json.gz'],
  ])('reads Chrome Trace Event JSON %s, and its detail again', async (_, fileOf) => {
    const traceEvents = [
      { ph: 'M', name: 'process_name', pid: 7, tid: 0, args: { name: 'other program' } },
      ...Array.from({ length: 3000 }, (_, i) => ({ ph: 'C', name: 'queue', pid: 7, tid: 0, ts: i * 10, args: { depth: i % 100 } })),
      { ph: 'X', name: 'work', cat: 'cpu', pid: 7, tid: 0, ts: 100, dur: 50, args: { job: 'A' } },
    ];
    page = new Page();
    const file = fileOf(JSON.stringify({ traceEvents }));
    await page.request('trace.open', { trace: 't1', input: { kind: 'file', file } });
    const summary = await page.until(({ phase }) => phase === 'complete' || phase === 'failed');
    expect(summary).toMatchObject({ phase: 'complete', counterSamples: 3000, slices: 1, loadedBytes: file.size, totalBytes: file.size });
    const [counter] = await page.request('counters.list', { trace: 't1' });
    expect(counter).toMatchObject({ name: 'queue', series: [{ name: 'depth', samples: 3000, min: 0, max: 99 }] });
    const { rows } = await page.request('events.page', { trace: 't1', filter: { kinds: ['slice'] }, from: 0, count: 10 });
    expect(rows).toMatchObject([{ kind: 'slice', name: 'work', category: 'cpu', durationNs: 50_000, detail: '{"job":"A"}' }]);
    expect(await page.request('processes.list', { trace: 't1' })).toMatchObject([{ pid: 7, name: 'other program' }]);
  });

  test('tells where a trace begins whose earliest events come late', async () => {
    const early = { ph: 'X', name: 'main', pid: 7, tid: 0, ts: 500, dur: 1e6 };
    const traceEvents = [...Array.from({ length: 20_000 }, (_, i) => ({ ph: 'i', name: 'tick', pid: 7, tid: 0, ts: 1000 + i })), early];
    page = new Page();
    await page.request('trace.open', { trace: 't1', input: { kind: 'file', file: new Blob([JSON.stringify(traceEvents)]) } });
    const summary = await page.until(({ phase }) => phase === 'complete');
    expect(summary).toMatchObject({ startNs: -500_000, slices: 1, instants: 20_000 });
    expect(summary.notices).toMatchObject([{ message: '1 event is earlier than the first ones of the file: its time is below zero.' }]);
  });

  test('shows the first events of a large file while the rest of it is still to come', async () => {
    const events = Array.from({ length: 60_000 }, (_, i) => `{"ph":"X","name":"work","pid":7,"tid":0,"ts":${i * 10},"dur":5}`);
    page = new Page();
    await page.request('trace.open', { trace: 't1', input: { kind: 'file', file: new Blob([`[${events.join(',')}]`]) } });
    const first = await page.until(({ slices }) => slices > 0);
    expect(first.phase).toBe('loading');
    expect(first.loadedBytes).toBeLessThan(first.totalBytes as number);
    expect(await page.until(({ phase }) => phase === 'complete')).toMatchObject({ slices: 60_000 });
  });

  test('takes what a file has beside its events for what it is, however large', async () => {
    const text = JSON.stringify({ traceEvents: [{ ph: 'i', name: 'tick', pid: 7, tid: 0, ts: 1 }], file_info: { files: { a: 'x'.repeat(200_000) } } });
    page = new Page();
    await page.request('trace.open', { trace: 't1', input: { kind: 'file', file: new Blob([text]) } });
    expect(await page.until(({ phase }) => phase === 'complete')).toMatchObject({ instants: 1, notices: [] });
  });

  describe('texts of files', () => {
    const dropped = async (file: Blob) => {
      page = new Page();
      await page.request('trace.open', { trace: 't1', input: { kind: 'file', file } });
      await page.until(({ phase }) => phase === 'complete');
    };
    const around = { trace: 't1', line: 2, before: 1, after: 1 };

    test('that a recording carries are shown, and why one is not there', async () => {
      const { recording, stream } = TestRecording.simple();
      recording.source('/app/a.js', 'one\ntwo\nthree\nfour\n');
      recording.source('/app/a.js', 'another one');
      recording.source('/app/large.js', '', 'is larger than 1 MB');
      jobs(recording, stream, 0, 10);
      await dropped(new Blob([recording.finish() as Uint8Array<ArrayBuffer>]));
      expect(await page.request('sources.totals', { trace: 't1' })).toEqual({ files: 1, bytes: 19, leftOut: 1 });
      expect(await page.request('sources.excerpt', { ...around, file: '/app/a.js' })).toMatchObject({ first: 1, lines: ['one', 'two', 'three'], total: 5 });
      expect(await page.request('sources.excerpt', { ...around, line: 9, file: '/app/a.js' })).toMatchObject({ lines: [] });
      expect(await page.request('sources.excerpt', { ...around, file: '/app/large.js' })).toMatchObject({ lines: [], leftOut: 'is larger than 1 MB' });
      expect(await page.request('sources.excerpt', { ...around, file: '/app/b.js' })).toBeNull();
    });

    test('are found by a recording that is opened by its index', async () => {
      const { recording, stream } = TestRecording.simple();
      recording.source('/app/a.js', 'one\ntwo\n');
      jobs(recording, stream, 0, 10);
      page = new Page(undefined, { indexedFromBytes: 0 });
      await page.request('trace.open', { trace: 't1', input: { kind: 'file', file: new Blob([recording.finish() as Uint8Array<ArrayBuffer>]) } });
      await page.until(({ phase }) => phase === 'complete');
      expect(await page.request('sources.excerpt', { ...around, file: '/app/a.js' })).toMatchObject({ lines: ['one', 'two', ''] });
    });

    test('that a report of VizTracer carries belong to the calls whose names have their place', async () => {
      const call = (name: string, ts: number) => ({ ph: 'X', cat: 'FEE', name, pid: 7, tid: 7, ts, dur: 5 });
      const traceEvents = [call('fib (/home/u (1)/fib.py:1)', 0), call('other (/home/u/other.py:1)', 10)];
      const file_info = {
        files: { '/home/u (1)/fib.py': ['def fib(n):\n    return n\n', 2] },
        functions: { 'fib (/home/u (1)/fib.py:1)': ['/home/u (1)/fib.py', 1] },
      };
      await dropped(new Blob([JSON.stringify({ traceEvents, file_info })]));
      const tracks = await page.request('tracks.list', { trace: 't1' });
      const track = tracks.find(({ items }) => items === 2)?.id as number;
      const at = async (atNs: number) => {
        const hit = await page.request('timeline.hit', { trace: 't1', track, row: 0, atNs, withinNs: 1 });
        return hit && (await page.request('slices.get', { trace: 't1', ref: hit.ref }))?.about;
      };
      expect(await at(2000)).toMatchObject({ file: '/home/u (1)/fib.py', line: 1 });
      expect(await at(12_000)).toMatchObject({ file: '', line: 0 });
      expect(await page.request('sources.excerpt', { ...around, file: '/home/u (1)/fib.py' })).toMatchObject({ lines: ['def fib(n):', '    return n', ''] });
    });
  });

  test('stops reading a file that has nothing to show yet', async () => {
    page = new Page();
    await page.request('trace.open', { trace: 't1', input: { kind: 'file', file: new Blob(['['.padEnd(3e6)]) } });
    await page.request('trace.cancel', { trace: 't1' });
    const { problem } = await page.until(({ phase }) => phase === 'failed');
    expect(problem).toMatchObject({ code: 'loading-cancelled', message: expect.stringContaining('of 3.0 MB') });
  });

  test('takes the memory that was chosen, and goes back to that of the machine', async () => {
    const { recording, stream } = TestRecording.simple();
    jobs(recording, stream, 0, 10);
    page = new Page(undefined, { detailBytes: 300 * 2 ** 20 });
    const file = new Blob([recording.finish() as Uint8Array<ArrayBuffer>]);
    await page.request('trace.open', { trace: 't1', input: { kind: 'file', file }, detailBytes: 64 * 2 ** 20 });
    expect((await page.until(({ phase }) => phase === 'complete')).memory.budgetBytes).toBe(64 * 2 ** 20);
    await page.request('trace.budget', { trace: 't1' });
    await page.until(({ memory }) => memory.budgetBytes === 300 * 2 ** 20);
  });

  test('keeps what is whole of compressed JSON that was cut', async () => {
    const traceEvents = Array.from({ length: 20_000 }, (_, i) => ({
      ph: 'C',
      name: 'queue',
      pid: 7,
      tid: 0,
      ts: i * 10,
      args: { depth: (i * 7919) % 10_007 },
    }));
    const gzip = gzipSync(JSON.stringify({ traceEvents }));
    page = new Page();
    await page.request('trace.open', { trace: 't1', input: { kind: 'file', file: new Blob([gzip.subarray(0, gzip.length / 2) as Uint8Array<ArrayBuffer>]) } });
    const summary = await page.until(({ phase }) => phase === 'complete' || phase === 'failed');
    expect(summary.phase).toBe('complete');
    expect(summary.events).toBeGreaterThan(1000);
    expect(summary.notices.length).toBeGreaterThan(0);
  });

  test('answers questions while a large recording is being read, and tells summaries a frame apart', async () => {
    const { recording, stream } = TestRecording.simple();
    jobs(recording, stream, 0, 100_000);
    const began = performance.now();
    await open(new FakeCollector(recording.finish()));
    const seen: number[] = [];
    for (;;) {
      const [counter] = await page.request('counters.list', { trace: 't1' });
      seen.push(counter?.series[0]?.samples ?? 0);
      if (seen.at(-1) === 100_000) break;
      await new Promise((resolve) => setImmediate(resolve));
    }
    expect(new Set(seen).size).toBeGreaterThan(2);
    await page.until(({ phase }) => phase === 'complete');
    const times = page.pushes.filter(({ event }) => event === 'summary').map(({ atMs }) => atMs);
    // All of them together: one may come late, and the next one in time.
    expect((times.length - 1) * 15).toBeLessThanOrEqual((times.at(-1) as number) - began);
  });

  test('refuses a trace that is not open and a method that does not exist', async () => {
    page = new Page();
    await expect(page.request('counters.list', { trace: 'none' })).rejects.toMatchObject({ code: 'trace-not-open' });
    await expect(page.request('toString' as never, {} as never)).rejects.toMatchObject({ code: 'no-such-method' });
  });
});
