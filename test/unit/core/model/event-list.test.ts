import fc from 'fast-check';
import { expect, test } from 'vitest';
import { EVENT_KINDS, type EventRow } from '../../../../core/model/event-rows.ts';
import type { Trace } from '../../../../core/model/trace.ts';
import { concat, growingTrace, MemorySource, TestRecording, traceOf } from '../../../helpers/build-recording.ts';

async function all(trace: Trace, query: Parameters<Trace['events']>[0] = {}): Promise<EventRow[]> {
  await trace.events(query, 0, 0);
  await trace.settled();
  const { rows, total, complete } = await trace.events(query, 0, 5000);
  expect(complete).toBe(true);
  expect(total).toBe(rows.length);
  return rows;
}

test('tells every kind of event on one line', async () => {
  const { recording, stream } = TestRecording.simple();
  recording.counter(stream, 1, 'load', { load: 1.5 });
  recording.counter(stream, 2, 'jobs', { waiting: 3, running: Number.NaN });
  recording.instant(stream, 3, 'started', { category: 'life', args: { by: 'me' } });
  recording.slice(stream, 4, 10, 'work');
  const object = recording.object(stream, 'cart', 'Cart');
  recording.created(stream, 20, object);
  recording.snapshot(stream, 21, object, { total: 1, name: 'tea' }, true);
  recording.snapshot(stream, 22, object, { name: undefined });
  recording.snapshot(stream, 23, object, {});
  recording.deleted(stream, 24, object);
  recording.gap(stream, 25, 12);
  recording.stall(stream, 26, 3e6);
  const place = { process: 0, thread: 0 };
  const cart = { name: 'cart', category: 'Cart', object: 0, ...place };
  expect(await all(traceOf(recording.finish()))).toEqual([
    { index: 0, kind: 'counter', timeNs: 1, name: 'load', detail: '1.5', ...place },
    { index: 1, kind: 'counter', timeNs: 2, name: 'jobs', detail: 'waiting: 3, running: gap', ...place },
    { index: 2, kind: 'instant', timeNs: 3, name: 'started', category: 'life', detail: '{"by":"me"}', ...place },
    { index: 3, kind: 'slice', timeNs: 4, durationNs: 10, name: 'work', detail: '', ...place },
    { index: 4, kind: 'object-created', timeNs: 20, detail: '', ...cart },
    { index: 5, kind: 'snapshot', timeNs: 21, detail: 'total: 1, name: "tea"', ...cart },
    { index: 6, kind: 'snapshot', timeNs: 22, detail: 'name removed', ...cart },
    { index: 7, kind: 'snapshot', timeNs: 23, detail: 'unchanged', ...cart },
    { index: 8, kind: 'object-deleted', timeNs: 24, detail: '', ...cart },
    { index: 9, kind: 'gap', timeNs: 25, name: 'Lost records', detail: '12 records lost: the buffer was full', ...place },
    { index: 10, kind: 'stall', timeNs: 26, durationNs: 3e6, name: 'Script waited for the tracer', detail: 'the buffer was full', ...place },
  ]);
});

test('any page of any filter is that part of all rows', async () => {
  const step = fc.record({
    kind: fc.constantFrom('counter', 'instant', 'slice', 'gap'),
    name: fc.constantFrom('Alpha', 'alphabet', 'beta', '__proto__', ''),
    thread: fc.integer({ min: 0, max: 1 }),
    seal: fc.boolean(),
  });
  const query = fc.record(
    {
      kinds: fc.subarray([...EVENT_KINDS], { minLength: 1 }),
      text: fc.constantFrom('ALPHA', 'bet', '__proto__', 'lost', 'nowhere'),
      threads: fc.subarray([0, 1]),
    },
    { requiredKeys: [] },
  );
  await fc.assert(
    fc.asyncProperty(fc.array(step, { maxLength: 60 }), query, fc.nat(70), fc.nat(30), async (steps, { threads, ...asked }, from, count) => {
      const recording = new TestRecording();
      const process = recording.process();
      const streams = [recording.thread(process, 'main', 0), recording.thread(process, 'worker', 1)];
      for (const [i, { kind, name, thread, seal }] of steps.entries()) {
        const stream = streams[thread] as number;
        if (kind === 'counter') recording.counter(stream, i, name, { value: i });
        else if (kind === 'instant') recording.instant(stream, i, name);
        else if (kind === 'slice') recording.slice(stream, i, 1, name);
        else recording.gap(stream, i, 1);
        if (seal) recording.seal();
      }
      const filter = { ...asked, ...(threads && { streams: threads.map((thread) => streams[thread] as number) }) };
      const trace = traceOf(recording.finish());
      const everything = await all(trace);
      expect(everything.length).toBe(steps.length);
      const passing = everything
        .filter((row) => threads?.includes(row.thread) ?? true)
        .filter((row) => (filter.kinds?.includes(row.kind) ?? true) && row.name.toLowerCase().includes((filter.text ?? '').toLowerCase()))
        .map((row, index) => ({ ...row, index }));
      expect(await all(trace, filter)).toEqual(passing);
      const page = await trace.events(filter, from, count);
      expect(page.rows).toEqual(passing.slice(from, from + count));
    }),
    { numRuns: 80 },
  );
});

test('grows with the trace, and searches what is new', async () => {
  const { recording, stream } = TestRecording.simple();
  for (let i = 0; i < 3; i++) recording.instant(stream, i, 'find me');
  const first = recording.soFar();
  for (let i = 0; i < 4; i++) recording.instant(stream, 10 + i, i % 2 === 0 ? 'find me too' : 'another');
  const bytes = concat([first, recording.finish()]);
  const { trace, grow } = growingTrace(bytes);
  grow(first.length);
  expect((await all(trace, { text: 'find' })).length).toBe(3);
  expect((await all(trace, { kinds: ['slice'] })).length).toBe(0);
  grow(bytes.length);
  expect((await all(trace, { text: 'find' })).map(({ timeNs }) => timeNs)).toEqual([0, 1, 2, 10, 12]);
  expect((await all(trace, { kinds: ['instant'] })).length).toBe(7);
});

/** 20 MB: more than is kept of payloads. */
function long(): Uint8Array {
  const { recording, stream } = TestRecording.simple();
  const padding = 'x'.repeat(1000);
  for (let i = 0; i < 20_000; i++) recording.instant(stream, i * 1000, 'step', { args: { i, padding } });
  recording.instant(stream, 1e12, 'the end');
  return recording.finish();
}

test('pages of a long list are read again from the file', async () => {
  const bytes = long();
  const source = new MemorySource(bytes);
  const trace = traceOf(bytes, {}, source);
  const { rows, total } = await trace.events({}, 10, 3);
  expect(total).toBe(20_001);
  expect(source.reads).toBe(1);
  expect(rows.map(({ detail }) => detail.slice(0, 8))).toEqual(['{"i":10,', '{"i":11,', '{"i":12,']);
  expect(rows[0]?.detail.length).toBe(300);
  expect((await trace.events({}, 20_000, 10)).rows.map(({ name }) => name)).toEqual(['the end']);
  expect((await all(trace, { text: 'THE END' })).map(({ index }) => index)).toEqual([0]);
});

test('a search over blocks that cannot be read ends with a notice', async () => {
  const bytes = long();
  const trace = traceOf(bytes);
  bytes.fill(0, 300_000, 1_000_000);
  await trace.events({ text: 'step' }, 0, 1);
  await trace.settled();
  expect(trace.totals().notices.map(({ code }) => code)).toEqual(['recording-changed']);
});
