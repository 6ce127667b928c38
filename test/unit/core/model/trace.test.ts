import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { Trace } from '../../../../core/model/trace.ts';
import { BlockReader } from '../../../../core/protocol/recording-reader.ts';
import { growingTrace, MemorySource, START_EPOCH_NS, TestRecording, traceOf } from '../../../helpers/build-recording.ts';

describe('totals', () => {
  test('count what came, by kind, and tell losses once', () => {
    const { recording, stream } = TestRecording.simple();
    recording.counter(stream, 10, 'a', { x: 1, y: 2 });
    recording.instant(stream, 20, 'b');
    recording.slice(stream, 20, 15, 'c');
    recording.snapshot(stream, 40, recording.object(stream, 'o'), { v: 1 }, true);
    recording.gap(stream, 50, 12);
    recording.stall(stream, 60, 500);
    recording.seal();
    // The block after a loss tells it too, and so do the statistics.
    recording.counter(stream, 70, 'a', { x: 1, y: 2 });
    recording.info({ kind: 'stats', stream, dropped: 12, stalls: 1, stallNs: 500, timeNs: 80 });
    const { startEpochMs, ...totals } = traceOf(recording.finish({ kind: 'signalled', signal: 'SIGKILL' })).totals();
    expect(startEpochMs).toBe(Number(START_EPOCH_NS / 1000n) / 1000);
    expect(totals).toEqual({
      startNs: 0,
      endNs: 80,
      events: 5,
      counterSamples: 2,
      instants: 1,
      slices: 1,
      snapshots: 1,
      dropped: 12,
      stallNs: 500,
      consoleChunks: 0,
      end: { kind: 'signalled', signal: 'SIGKILL' },
      notices: [],
    });
  });

  test('name processes and threads, and what failed in them', () => {
    const recording = new TestRecording();
    const parent = recording.process('server.js', 10);
    const child = recording.process('worker.js', 11);
    recording.thread(parent, 'main', 0);
    const worker = recording.thread(parent, 'pool 1', 3);
    recording.thread(child, 'main', 0);
    recording.info({ kind: 'stats', stream: worker, dropped: 5, stalls: 0, stallNs: 0, timeNs: 1 });
    recording.info({ kind: 'process-end', process: child, orderly: true, timeNs: 2 });
    for (let i = 0; i < 3; i++) recording.info({ kind: 'tracer-error', process: child, message: 'out of memory', timeNs: 3 });
    recording.info({ kind: 'loss', what: 'disk', count: 9, message: 'The disk is full: 9 blocks are missing.', timeNs: 4 });
    const trace = traceOf(recording.finish());
    expect(trace.processes()).toEqual([
      {
        process: 0,
        pid: 10,
        name: 'server.js',
        nodeVersion: 'v20.19.0',
        ended: false,
        threads: [
          { stream: 1, thread: 0, name: 'main', dropped: 0 },
          { stream: 2, thread: 3, name: 'pool 1', dropped: 5 },
        ],
      },
      { process: 1, pid: 11, name: 'worker.js', nodeVersion: 'v20.19.0', ended: true, threads: [{ stream: 3, thread: 0, name: 'main', dropped: 0 }] },
    ]);
    expect(trace.totals().notices.map(({ message }) => message)).toEqual([
      'The tracer inside worker.js (process 11) failed: out of memory',
      'The disk is full: 9 blocks are missing.',
    ]);
  });
});

describe('counters', () => {
  test('of one name in one process are one, wherever they were defined', () => {
    const recording = new TestRecording();
    const [first, second] = [recording.process('a', 1), recording.process('b', 2)];
    const [main, worker, other] = [recording.thread(first, 'main', 0), recording.thread(first, 'worker', 1), recording.thread(second)];
    recording.counter(main, 10, 'jobs', { done: 1 });
    recording.counter(worker, 30, 'jobs', { done: 5, failed: 2 });
    recording.counter(main, 20, 'jobs', { failed: 7 });
    recording.counter(other, 40, 'jobs', { done: 9 });
    const counters = traceOf(recording.finish()).counters();
    expect(counters).toEqual([
      {
        key: '0/jobs',
        name: 'jobs',
        process: 0,
        series: [
          { id: 0, name: 'done', samples: 2, last: 5, min: 1, max: 5 },
          { id: 1, name: 'failed', samples: 2, last: 2, min: 2, max: 7 },
        ],
      },
      { key: '1/jobs', name: 'jobs', process: 1, series: [{ id: 2, name: 'done', samples: 1, last: 9, min: 9, max: 9 }] },
    ]);
  });

  test('of the script stand before those of the tracer, which may have come first', () => {
    const { recording, stream } = TestRecording.simple();
    for (const name of ['event loop delay (ms)', 'requests', 'jobs']) recording.counter(stream, 1, name, { value: 1 });
    const counters = traceOf(recording.finish()).counters();
    expect(counters.map(({ name }) => name)).toEqual(['requests', 'jobs', 'event loop delay (ms)']);
  });

  test('keep hostile names as they are', () => {
    const { recording, stream } = TestRecording.simple();
    const names = ['__proto__', 'constructor', '<img src=x onerror=alert(1)>', '"quoted" \\ \u0000', '🧵'.repeat(2500)];
    for (const name of names) recording.counter(stream, 1, name, { [name]: 1, toString: 2 });
    const counters = traceOf(recording.finish()).counters();
    expect(counters.map(({ name }) => name)).toEqual(names);
    // An object literal cannot hold the first name as a key of its own.
    expect(counters.slice(1).map(({ series }) => series.map(({ name }) => name))).toEqual(names.slice(1).map((name) => [name, 'toString']));
  });

  test('that are slow beside a flood are not worth reading the flood again', async () => {
    const { recording, stream } = TestRecording.simple();
    const padding = 'x'.repeat(70_000);
    for (let i = 0; i < 300; i++) {
      recording.counter(stream, i * 1e6, 'slow', { value: i });
      recording.instant(stream, i * 1e6 + 1, 'flood', { args: { padding } });
    }
    const bytes = recording.finish();
    const source = new MemorySource(bytes);
    const trace = traceOf(bytes, { detailBytes: 1 }, source);
    const grid = trace.grid({ series: [0], fromNs: 100e6, toNs: 109e6, columns: 10 });
    await trace.settled();
    expect(grid.coarse).toBe(false);
    expect(source.reads).toBe(0);
    expect(grid.stats[0]).toEqual({ now: 109, min: 99, max: 109, mean: 104.5, samples: 10 });
  });

  test('stay within the budget, and in order, while a trace grows', () => {
    const { recording, stream } = TestRecording.simple();
    for (let i = 0; i < 30_000; i++) recording.counter(stream, i * 1000, 'walk', { a: i, b: -i });
    const bytes = recording.finish();
    const { trace, grow } = growingTrace(bytes, { detailBytes: 250_000 });
    for (let to = 0; to < bytes.length; to += 100_000) {
      grow(to);
      expect(trace.detailBytes).toBeLessThanOrEqual(250_000);
      // The newest rows are what a live picture draws: they stay.
      const endNs = trace.endNs;
      const grid = trace.grid({ series: [0], fromNs: Math.max(0, endNs - 1e6), toNs: endNs, columns: 200 });
      expect(grid.coarse).toBe(false);
      expect(grid.stats[0]?.now ?? 0).toBe(Math.round(endNs / 1000));
    }
  });
});

test('a recording cut at any byte, or damaged at any, gives what is whole and never throws', async () => {
  const { recording, stream } = TestRecording.simple();
  const object = recording.object(stream, 'o');
  for (let i = 0; i < 200; i++) {
    recording.counter(stream, i * 1000, 'c', { v: i });
    recording.snapshot(stream, i * 1000, object, { i }, i % 10 === 0);
    recording.console(i * 1000, `line ${i}\n`);
    if (i % 20 === 0) recording.seal();
  }
  const whole = recording.finish({ kind: 'exited', code: 0 });
  await fc.assert(
    fc.asyncProperty(fc.nat(whole.length), fc.array(fc.tuple(fc.nat(whole.length - 1), fc.nat(255)), { maxLength: 4 }), async (length, damage) => {
      const bytes = whole.slice(0, length);
      for (const [at, value] of damage) if (at < length) bytes[at] = value;
      const trace = new Trace(new MemorySource(bytes));
      const reader = new BlockReader();
      for (const item of [...reader.push(bytes), ...reader.end()]) {
        if (item.kind === 'head') trace.setHead(item.head);
        else if (item.kind === 'block') trace.addBlock(item.header, item.payload, item.offset);
      }
      const totals = trace.totals();
      expect(totals.events).toBeLessThanOrEqual(400);
      expect((await trace.events({}, 0, 1000)).total).toBe(totals.events);
      const { lines, total } = await trace.console(0, 1000);
      expect(lines.length).toBe(total);
      for (const { id, snapshots } of trace.objects()) expect((await trace.snapshot(id, {}))?.index).toBe(snapshots - 1);
      for (const { series } of trace.counters()) {
        const grid = trace.grid({ series: series.map(({ id }) => id), fromNs: 0, toNs: 200_000, columns: 50 });
        expect(grid.stats[0]?.samples).toBe(series[0]?.samples);
      }
    }),
    { numRuns: 60 },
  );
});
