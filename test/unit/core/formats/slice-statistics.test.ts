import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { gunzipSync } from 'node:zlib';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type NameStatistics, type StatisticsChoice, statisticsOf } from '../../../../core/formats/slice-statistics.ts';
import { TraceEventExport } from '../../../../core/formats/trace-event-writer.ts';
import { countsOf } from '../../../../core/formats/trace-info.ts';
import { AsyncFlag, FlowPhase } from '../../../../core/protocol/records.ts';
import { TestRecording, traceOf } from '../../../helpers/build-recording.ts';
import { decode, inPieces, recordingFrom, written } from '../../../helpers/formats.ts';

const FIXTURES = path.join(import.meta.dirname, '../../../fixtures/formats/trace-event');
const report = (name: string): Uint8Array => {
  const bytes = readFileSync(path.join(FIXTURES, name));
  return name.endsWith('.gz') ? gunzipSync(bytes) : bytes;
};
const statistics = (recording: Uint8Array, choice: StatisticsChoice = {}): Promise<readonly NameStatistics[]> => statisticsOf(inPieces(recording), choice);

interface Interval {
  readonly lane: string;
  readonly name: string;
  readonly start: number;
  readonly end: number;
}

/** Slices of a report by JSON.parse: `X`, and `B` with its `E`. */
function intervalsOf(json: string): Interval[] {
  const list = (JSON.parse(json) as { traceEvents: { ph: string; ts: number; dur?: number; pid: number; tid: number; name: string }[] }).traceEvents;
  const open = new Map<string, { name: string; start: number }[]>();
  return list.flatMap((event) => {
    const lane = `${event.pid}/${event.tid}`;
    const ns = Math.round(event.ts * 1000);
    if (event.ph === 'X') return [{ lane, name: event.name, start: ns, end: ns + Math.round((event.dur ?? 0) * 1000) }];
    if (event.ph === 'B') open.set(lane, [...(open.get(lane) ?? []), { name: event.name, start: ns }]);
    const begin = event.ph === 'E' ? open.get(lane)?.pop() : undefined;
    return begin === undefined ? [] : [{ lane, ...begin, end: ns }];
  });
}

/**
 * By looking at every pair: what encloses a slice, directly, and whether that or what is around it has the same name. A nanosecond of rounding is let
 * pass, and what overlaps without nesting encloses nothing.
 */
function naively(intervals: readonly Interval[]): Map<string, { count: number; totalNs: number; selfNs: number; minNs: number; maxNs: number }> {
  // Of two that are the same, the first one is around the other.
  const order = new Map(intervals.map((interval, i) => [interval, i]));
  const isLonger = (a: Interval, b: Interval): boolean =>
    a.start < b.start || (a.start === b.start && (a.end > b.end || (a.end === b.end && (order.get(a) as number) < (order.get(b) as number))));
  const encloses = (a: Interval, b: Interval): boolean => a !== b && a.lane === b.lane && isLonger(a, b) && a.end + 1 >= b.end && a.end > b.start;
  const rows = new Map<string, { count: number; totalNs: number; selfNs: number; minNs: number; maxNs: number }>();
  const row = (name: string) => {
    const known = rows.get(name) ?? { count: 0, totalNs: 0, selfNs: 0, minNs: Number.POSITIVE_INFINITY, maxNs: 0 };
    rows.set(name, known);
    return known;
  };
  for (const slice of intervals) {
    const around = intervals.filter((other) => encloses(other, slice));
    const duration = slice.end - slice.start;
    const own = row(slice.name);
    own.count++;
    own.selfNs += duration;
    own.minNs = Math.min(own.minNs, duration);
    own.maxNs = Math.max(own.maxNs, duration);
    if (!around.some(({ name }) => name === slice.name)) own.totalNs += duration;
    const parent = around.reduce<Interval | undefined>((best, one) => (best === undefined || isLonger(best, one) ? one : best), undefined);
    if (parent !== undefined) row(parent.name).selfNs -= duration;
  }
  return rows;
}

describe('statisticsOf', () => {
  it.each(readdirSync(FIXTURES))('agrees with statistics computed from JSON.parse: %s', async (name) => {
    const expected = naively(intervalsOf(decode(report(name))));
    const rows = await statistics(await recordingFrom(report(name)));
    expect(new Map(rows.map(({ name: of, count, totalNs, selfNs, minNs, maxNs }) => [of, { count, totalNs, selfNs, minNs, maxNs }]))).toEqual(expected);
    expect(rows.map(({ totalNs }) => totalNs)).toEqual(rows.map(({ totalNs }) => totalNs).sort((a, b) => b - a));
  });

  it('counts a recursive call once in total time, and takes direct children out of self time', async () => {
    const { recording, stream } = TestRecording.simple();
    const [f, g] = [recording.function(stream, 'f'), recording.function(stream, 'g')];
    recording.enter(stream, 0, f);
    recording.enter(stream, 10, g);
    recording.enter(stream, 20, f);
    recording.exit(stream, 50, f);
    recording.exit(stream, 60, g);
    recording.exit(stream, 100, f);
    expect(await statistics(recording.finish())).toEqual([
      { name: 'f', count: 2, totalNs: 100, selfNs: 80, minNs: 30, maxNs: 100, meanNs: 65, p50Ns: 30, p90Ns: 100, p99Ns: 100 },
      { name: 'g', count: 1, totalNs: 50, selfNs: 20, minNs: 50, maxNs: 50, meanNs: 50, p50Ns: 50, p90Ns: 50, p99Ns: 50 },
    ]);
  });

  it('gives percentiles that are durations of slices', async () => {
    const { recording, stream } = TestRecording.simple();
    for (let i = 1; i <= 1000; i++) recording.slice(stream, i * 10_000, i, 's');
    const [row] = await statistics(recording.finish());
    expect(row).toMatchObject({ count: 1000, minNs: 1, maxNs: 1000, p50Ns: 500, p90Ns: 900, p99Ns: 990, meanNs: 500.5 });
  });

  it('counts of a range what lies in it', async () => {
    const { recording, stream } = TestRecording.simple();
    recording.slice(stream, 100, 50, 'inner');
    recording.slice(stream, 0, 300, 'outer');
    recording.slice(stream, 400, 10, 'later');
    const rows = await statistics(recording.finish(), { fromNs: 120, toNs: 200 });
    expect(rows.map(({ name, count, totalNs, selfNs }) => [name, count, totalNs, selfNs])).toEqual([
      ['outer', 1, 80, 50],
      ['inner', 1, 30, 30],
    ]);
  });

  it('looks at one thread, and at names that match', async () => {
    const recording = new TestRecording();
    const process = recording.process();
    const [main, worker] = [recording.thread(process, 'main', 0), recording.thread(process, 'worker', 7)];
    recording.slice(main, 0, 5, 'getUser');
    recording.slice(worker, 0, 6, 'getCart');
    recording.slice(worker, 10, 7, 'put');
    const bytes = recording.finish();
    const names = async (choice: StatisticsChoice) => (await statistics(bytes, choice)).map(({ name }) => name);
    expect(await names({ thread: 'worker' })).toEqual(['put', 'getCart']);
    expect(await names({ thread: '7', match: 'CART' })).toEqual(['getCart']);
    expect(await names({ match: '/^get/' })).toEqual(['getCart', 'getUser']);
    await expect(names({ thread: 'nobody' })).rejects.toMatchObject({ code: 'no-such-thread', remedy: 'There are: main, worker.' });
  });

  it.each(readdirSync(FIXTURES))('agrees with what the window shows: %s', async (name) => {
    const bytes = await recordingFrom(report(name));
    const { analysis, endNs } = traceOf(bytes);
    const page = await analysis.table({ scope: {}, by: 'name', sort: 'total', descending: true, from: 0, count: 10_000 }, endNs);
    const shown = page.rows.map(({ label, count, totalNs, selfNs, minNs, maxNs }) => ({ name: label, count, totalNs, selfNs, minNs, maxNs }));
    const rows = await statistics(bytes);
    expect(page.done).toBe(1);
    expect(new Map(shown.map((row) => [row.name, row]))).toEqual(
      new Map(rows.map(({ name: of, count, totalNs, selfNs, minNs, maxNs }) => [of, { name: of, count, totalNs, selfNs, minNs, maxNs }])),
    );
  });

  it('takes the first of equal slices for the outer one, and of equal calls the one that ended last', async () => {
    const rowsOf = async (recording: TestRecording) => (await statistics(recording.finish())).map(({ name, selfNs }) => [name, selfNs]).sort();
    const { recording, stream } = TestRecording.simple();
    for (const name of ['outer', 'middle', 'inner']) recording.slice(stream, 10, 5, name);
    expect(await rowsOf(recording)).toEqual([
      ['inner', 5],
      ['middle', 0],
      ['outer', 0],
    ]);
    const calls = TestRecording.simple();
    const [f, g] = [calls.recording.function(calls.stream, 'f'), calls.recording.function(calls.stream, 'g')];
    calls.recording.enter(calls.stream, 10, f);
    calls.recording.enter(calls.stream, 10, g);
    calls.recording.exit(calls.stream, 15, g);
    calls.recording.exit(calls.stream, 15, f);
    expect(await rowsOf(calls.recording)).toEqual([
      ['f', 0],
      ['g', 5],
    ]);
  });

  it('nests begins and ends of the same times as they stand in the file', async () => {
    const at = (ph: string, ts: number, name: string): string => JSON.stringify({ ph, ts, name, pid: 1, tid: 1 });
    const json = [
      ...[at('B', 1, 'outer'), at('B', 1, 'middle'), at('B', 1, 'short'), at('E', 2, 'short'), at('B', 2, 'inner'), at('E', 5, 'inner'), at('E', 5, 'middle')],
      ...[at('E', 5, 'outer'), at('B', 6, 'around'), at('B', 6, 'long'), at('B', 6, 'same'), at('E', 8, 'same'), at('E', 8, 'long'), at('E', 9, 'around')],
    ];
    const rows = await statistics(await recordingFrom(`[${json.join(',')}]`));
    expect(rows.map(({ name, selfNs }) => [name, selfNs]).sort()).toEqual([
      ['around', 1000],
      ['inner', 3000],
      ['long', 0],
      ['middle', 0],
      ['outer', 0],
      ['same', 2000],
      ['short', 1000],
    ]);
  });

  it('counts each of very many that overlap', async () => {
    const { recording, stream } = TestRecording.simple();
    for (let i = 0; i < 3000; i++) recording.slice(stream, i * 10, 50_000, 'o');
    const bytes = recording.finish();
    expect(await statistics(bytes)).toMatchObject([{ name: 'o', count: 3000, totalNs: 150e6, selfNs: 150e6 }]);
    expect((await countsOf(inPieces(bytes))).issues).toMatchObject([{ kind: 'overlapping-slices', count: 2999 }]);
  });

  it('gives slices that overlap without nesting a lane of their own, and tells them', async () => {
    const { recording, stream } = TestRecording.simple();
    recording.slice(stream, 0, 100, 'a');
    recording.slice(stream, 50, 100, 'b');
    recording.slice(stream, 60, 10, 'c');
    const bytes = recording.finish();
    const rows = await statistics(bytes);
    expect(rows.map(({ name, totalNs, selfNs }) => [name, totalNs, selfNs])).toEqual([
      ['a', 100, 90],
      ['b', 100, 100],
      ['c', 10, 10],
    ]);
    expect((await countsOf(inPieces(bytes))).issues).toMatchObject([{ kind: 'overlapping-slices', count: 1, example: expect.stringContaining('“b”') }]);
  });

  it('agrees with looking at every pair, for calls of any shape in any order', async () => {
    const tree = fc.letrec((tie) => ({
      call: fc.record({
        name: fc.constantFrom('a', 'b', 'c'),
        before: fc.integer({ min: 1, max: 5 }),
        calls: fc.oneof({ maxDepth: 4 }, fc.constant([]), fc.array(tie('call'), { maxLength: 3 })),
      }),
    })).call as fc.Arbitrary<Call>;
    await fc.assert(
      fc.asyncProperty(fc.array(tree, { maxLength: 4 }), fc.integer(), async (calls, seed) => {
        const intervals: Interval[] = [];
        let at = 0;
        for (const call of calls) at = place(call, at, intervals) + 1;
        const { recording, stream } = TestRecording.simple();
        // In the order of their end, as records are, or in any.
        const order = seed % 2 === 0 ? intervals : [...intervals].sort((a, b) => ((a.start * 7919 + seed) % 101) - ((b.start * 7919 + seed) % 101));
        for (const { name, start, end } of order) recording.slice(stream, start, end - start, name);
        const rows = await statistics(recording.finish());
        expect(new Map(rows.map(({ name, count, totalNs, selfNs, minNs, maxNs }) => [name, { count, totalNs, selfNs, minNs, maxNs }]))).toEqual(
          naively(intervals),
        );
      }),
      { numRuns: 50 },
    );
  });
});

interface Call {
  readonly name: string;
  readonly before: number;
  readonly calls: readonly Call[];
}

/** Puts a call and those inside of it on the axis; returns where it ends. */
function place({ name, before, calls }: Call, start: number, intervals: Interval[]): number {
  let at = start + before;
  for (const call of calls) at = place(call, at, intervals) + 2;
  intervals.push({ lane: '', name, start, end: at + before });
  return at + before;
}

/** Events of a report per kind, by JSON.parse. */
function countedNaively(json: string) {
  const list = (JSON.parse(json) as { traceEvents: { ph: string; pid: number; tid: number; ts: number; dur?: number; args?: object }[] }).traceEvents;
  const of = (...phases: readonly string[]): number => list.filter(({ ph }) => phases.includes(ph)).length;
  const timed = list.filter(({ ph }) => ph !== 'M');
  const ns = (micros: number): number => Math.round(micros * 1000);
  const startNs = Math.min(...timed.map(({ ts }) => ns(ts)));
  return {
    // Every B of the reports has its E.
    slices: of('X') + of('B'),
    instants: of('i', 'I', 'R'),
    counterSamples: list.filter(({ ph }) => ph === 'C').reduce((sum, { args }) => sum + Object.keys(args ?? {}).length, 0),
    objectSnapshots: of('O'),
    asyncSlices: of('b', 'S'),
    flowEvents: of('s', 't', 'f'),
    // One that only has a name is one.
    processes: new Set(list.map(({ pid }) => pid)).size,
    threads: new Set(list.map(({ pid, tid }) => `${pid}/${tid}`)).size,
    startNs: BigInt(startNs),
    durationNs: Math.max(...timed.map(({ ts, dur }) => ns(ts) + ns(dur ?? 0))) - startNs,
  };
}

describe('countsOf', () => {
  it.each(readdirSync(FIXTURES))('agrees with what JSON.parse counts: %s', async (name) => {
    expect(await countsOf(inPieces(await recordingFrom(report(name))))).toMatchObject(countedNaively(decode(report(name))));
  });

  it('counts what is in a trace', async () => {
    const { recording, stream } = TestRecording.simple();
    const f = recording.function(stream, 'f');
    recording.source('/app/o.js', 'o("é");');
    recording.source('/app/o.js', 'once more');
    recording.source('/app/large.js', '', 'is larger than 1 MB');
    recording.counter(stream, 1_000, 'c', { a: 1, b: 2 });
    recording.instant(stream, 2_000, 'i');
    recording.enter(stream, 3_000, f);
    recording.asyncBegin(stream, 4_000, 1, 'request');
    recording.flow(stream, 4_500, 1, 0);
    recording.asyncEnd(stream, 5_000, 1);
    recording.exit(stream, 6_000, f);
    recording.snapshot(stream, 7_000, recording.object(stream, 'o'), { x: 1 }, true);
    recording.run(stream, 8_000, 12, f, 1);
    recording.run(stream, 9_000, 13, f, 1);
    recording.enter(stream, 9_500, f);
    const counts = await countsOf(inPieces(recording.finish()));
    expect(counts).toEqual({
      // An enter and its exit are two, and so are the parts of a run.
      events: 11,
      slices: 3,
      instants: 1,
      counterSamples: 2,
      objectSnapshots: 1,
      asyncSlices: 2,
      flowEvents: 1,
      processes: 1,
      threads: 1,
      startNs: 5n * 2n ** 32n + 4_000_000_000n + 1_000n,
      durationNs: 8_500,
      startedAtMs: 1700000000123.001,
      issues: [{ kind: 'begin-without-end', count: 1, example: 'the call of f did not end' }],
      typescript: [],
      sources: { files: 1, bytes: 8 },
    });
  });

  it('counts the points of arrows alike in a recording and in what is exported of it', async () => {
    const { recording, stream } = TestRecording.simple();
    recording.asyncBegin(stream, 1_000, 1, 'request', { flags: AsyncFlag.FLOW });
    recording.flow(stream, 2_000, 1, FlowPhase.END_ENCLOSING);
    recording.asyncEnd(stream, 3_000, 1);
    const bytes = recording.finish();
    const { flowEvents } = await countsOf(inPieces(bytes));
    const { text } = await written(TraceEventExport, bytes);
    expect(flowEvents).toBe(2);
    expect((await countsOf(inPieces(await recordingFrom(text)))).flowEvents).toBe(2);
  });

  it('tells what the window tells: events, and slices that overlap among what was logged, never with calls', async () => {
    const { recording, stream } = TestRecording.simple();
    const f = recording.function(stream, 'f');
    recording.enter(stream, 1_000, f, { n: 1 });
    recording.slice(stream, 2_500, 1_000, 'request');
    recording.slice(stream, 3_000, 1_500, 'other request');
    recording.exit(stream, 3_000, f);
    recording.stall(stream, 3_800, 10);
    recording.gap(stream, 4_000, 0);
    const bytes = recording.finish();
    const counts = await countsOf(inPieces(bytes));
    expect(counts).toMatchObject({ events: 4, slices: 3, issues: [{ kind: 'overlapping-slices', count: 1 }] });
    const trace = traceOf(bytes);
    trace.timeline.refresh();
    expect(trace.totals().events).toBe(counts.events);
    expect(trace.issues(true).find(({ kind }) => kind === 'overlaps')?.count).toBe(1);
    const [whole] = await statisticsOf(inPieces(bytes), { match: 'f' });
    expect(whole).toMatchObject({ name: 'f', totalNs: 2_000, selfNs: 2_000 });
  });

  it('is empty of a trace without events', async () => {
    const { recording } = TestRecording.simple();
    expect(await countsOf(inPieces(recording.finish()))).toMatchObject({ slices: 0, durationNs: 0, issues: [] });
  });
});
