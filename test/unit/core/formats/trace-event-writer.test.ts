import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import fc from 'fast-check';
import { describe, expect, it, vi } from 'vitest';
import { ProblemError } from '../../../../core/base/result.ts';
import { readTraceEvents } from '../../../../core/formats/trace-event-reader.ts';
import { type TraceEventWriteOptions, writeTraceEvents } from '../../../../core/formats/trace-event-writer.ts';
import { concat, RawJson, START_EPOCH_NS, TestRecording } from '../../../helpers/build-recording.ts';
import { type DecodedEvent, decodeRecording } from '../../../helpers/decoded-recording.ts';

// Properties over whole reports: slow on a busy machine, and nothing here is about time.
vi.setConfig({ testTimeout: 60_000 });

const FIXTURES = path.join(import.meta.dirname, '../../../fixtures/formats/trace-event');

async function* pieces(bytes: Uint8Array, size = 1000): AsyncGenerator<Uint8Array> {
  for (let at = 0; at < bytes.length; at += size) yield bytes.subarray(at, at + size);
}

async function exported(
  recording: Uint8Array,
  options: TraceEventWriteOptions = {},
): Promise<{ readonly text: string; readonly events: number; readonly notes: readonly string[] }> {
  const out = writeTraceEvents(pieces(recording), options);
  const parts: Uint8Array[] = [];
  for await (const part of out) parts.push(part);
  return { text: new TextDecoder('utf-8', { fatal: true }).decode(concat(parts)), events: out.events, notes: out.notes };
}

interface Exported {
  readonly traceEvents: readonly Readonly<Record<string, unknown>>[];
  readonly viztracer_metadata: Readonly<Record<string, unknown>>;
  readonly displayTimeUnit: string;
}
const parsed = async (recording: Uint8Array): Promise<Exported> => JSON.parse((await exported(recording)).text) as Exported;

async function imported(json: string | Uint8Array): Promise<Uint8Array> {
  const bytes = typeof json === 'string' ? new TextEncoder().encode(json) : json;
  const parts: Uint8Array[] = [];
  for await (const part of readTraceEvents(pieces(bytes), { title: 'test' })) parts.push(part);
  return concat(parts);
}

/** Timestamps of events are those of the recording's clock. */
const START_MICROS = 5n * 2n ** 32n + 4_000_000_000n;
const micros = (timeNs: number): number => Number(START_MICROS + BigInt(timeNs)) / 1000;

const withoutTime = (events: readonly DecodedEvent[], startNs: number): readonly DecodedEvent[] =>
  events.map((event) => ({ ...event, timeNs: event.timeNs - startNs }));
const shape = (bytes: Uint8Array): readonly DecodedEvent[] => {
  const { events } = decodeRecording(bytes);
  return withoutTime(events, Math.min(...events.map((event) => event.timeNs)));
};

describe('writeTraceEvents', () => {
  it('writes each kind of event as VizTracer does', async () => {
    const recording = new TestRecording();
    const main = recording.thread(recording.process('app.js', 42), 'main', 0);
    const worker = recording.thread(0, 'worker', 3);
    recording.counter(main, 1_000, 'queue', { waiting: 3, 'lo"ad': 0.25, gap: Number.NaN, wild: Number.POSITIVE_INFINITY });
    recording.instant(main, 2_001, 'start', { category: 'job', args: { a: [1] } });
    recording.slice(worker, 10_000, 4_999, 'work', { category: 'c' });
    recording.slice(worker, 1_500_000_000_000, 0, 'späte');
    recording.console(5, 'text');
    const { traceEvents, viztracer_metadata, displayTimeUnit } = await parsed(recording.finish());
    expect(traceEvents).toEqual([
      { ph: 'M', pid: 42, tid: 42, name: 'process_name', args: { name: 'app.js' } },
      { ph: 'M', pid: 42, tid: 42, name: 'thread_name', args: { name: 'main' } },
      { ph: 'M', pid: 42, tid: 3, name: 'thread_name', args: { name: 'worker' } },
      { ph: 'C', pid: 42, tid: 42, name: 'queue', ts: micros(1_000), args: { waiting: 3, 'lo"ad': 0.25 } },
      { ph: 'i', pid: 42, tid: 42, name: 'start', cat: 'job', ts: micros(2_001), s: 't', args: { a: [1] } },
      { ph: 'X', pid: 42, tid: 3, name: 'work', cat: 'c', ts: micros(10_000), dur: 4.999 },
      { ph: 'X', pid: 42, tid: 3, name: 'späte', ts: micros(1_500_000_000_000), dur: 0 },
    ]);
    expect(viztracer_metadata).toMatchObject({ overflow: false });
    expect(displayTimeUnit).toBe('ns');
  });

  it('tells what the format cannot hold, and counts events', async () => {
    const { recording, stream } = TestRecording.simple();
    recording.counter(stream, 1, 'c', { a: Number.NaN });
    recording.gap(stream, 2, 1234);
    recording.stall(stream, 3, 10);
    recording.console(4, 'hello');
    const { text, events, notes } = await exported(recording.finish());
    expect(JSON.parse(text)).toMatchObject({ viztracer_metadata: { overflow: true } });
    expect(events).toBe(1);
    expect(notes).toEqual([
      '1,234 events were lost while recording; "overflow" says so.',
      '1 chunk of console output was left out: the format has no place for it.',
      '1 counter value that is a gap or not finite was left out.',
      '1 wait of the script for the recorder was left out.',
    ]);
  });

  it('writes the base time with all its digits', async () => {
    const { recording } = TestRecording.simple();
    const { text } = await exported(recording.finish());
    expect(text).toContain(`"baseTimeNanoseconds":${START_EPOCH_NS - START_MICROS}}`);
  });

  it('gives each snapshot its full value, rebuilt from the changes', async () => {
    const { recording, stream } = TestRecording.simple();
    const [a, b] = [recording.object(stream, 'a', 'A'), recording.object(stream, 'b')];
    recording.created(stream, 1, a);
    recording.snapshot(stream, 2, a, { x: 1, y: [1] }, true);
    recording.snapshot(stream, 3, b, { x: 'other' }, true);
    recording.snapshot(stream, 4, a, { y: [2], z: null });
    recording.snapshot(stream, 5, a, { x: undefined });
    recording.deleted(stream, 6, a);
    const objects = (await parsed(recording.finish())).traceEvents.filter((event) => 'NOD'.includes(event.ph as string));
    expect(objects.map(({ ph, id, name, args }) => [ph, id, name, (args as { snapshot?: unknown } | undefined)?.snapshot])).toEqual([
      ['N', '1', 'a', undefined],
      ['O', '1', 'a', { x: 1, y: [1] }],
      ['O', '2', 'b', { x: 'other' }],
      ['O', '1', 'a', { x: 1, y: [2], z: null }],
      ['O', '1', 'a', { y: [2], z: null }],
      ['D', '1', 'a', undefined],
    ]);
  });

  it('turns markers into JSON that a person can read', async () => {
    const { recording, stream } = TestRecording.simple();
    recording.snapshot(stream, 1, recording.object(stream, 'o'), {
      none: { $ts: 'undefined' },
      nan: { $ts: 'number', text: 'NaN' },
      big: { $ts: 'bigint', text: '123' },
      map: { $ts: 'map', size: 3, entries: [['k', { $ts: 'date', text: '2026-01-01' }]], cut: 2 },
      point: { $ts: 'instance', class: 'Point', value: { x: 1, secret: { $ts: 'masked' } } },
      own: { $ts: 'object', value: { $ts: 'mine' } },
      list: [{ $ts: 'cycle', up: 2 }],
      later: { $ts: 'from-the-future', a: 1 },
      broken: new RawJson('{"a":'),
    });
    const { traceEvents } = await parsed(recording.finish());
    expect(traceEvents.at(-1)?.args).toEqual({
      snapshot: {
        none: '(undefined)',
        nan: 'NaN',
        big: '123n',
        map: { 'Map(3)': [['k', '2026-01-01'], '(2 more, not recorded)'] },
        point: { '(class)': 'Point', x: 1, secret: '(masked)' },
        own: { $ts: 'mine' },
        list: ['(cycle, 2 up)'],
        later: { $ts: 'from-the-future', a: 1 },
        broken: '(not readable)',
      },
    });
  });

  it('writes any number so that it is read back as the same double', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(
          fc.oneof(
            fc.double({ noNaN: true, noDefaultInfinity: true }),
            fc.integer(),
            fc.integer().map((n) => n / 1000),
          ),
          { minLength: 1 },
        ),
        async (values) => {
          const { recording, stream } = TestRecording.simple();
          for (const value of values) recording.counter(stream, 1, 'c', { v: value });
          const { traceEvents } = await parsed(recording.finish());
          expect(traceEvents.slice(2).map((event) => (event.args as { v: number }).v)).toEqual(values);
        },
      ),
    );
  });

  it('writes any time with three places, exactly', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(fc.tuple(fc.nat(2 ** 31 - 1), fc.nat(2 ** 21)), { minLength: 1, maxLength: 20 }), async (pairs) => {
        const times = pairs.map(([low, high]) => high * 2 ** 31 + low);
        const { recording, stream } = TestRecording.simple();
        for (const time of times) recording.instant(stream, time, 'i');
        const { text } = await exported(recording.finish());
        const written = [...text.matchAll(/"ts":(\d+)\.(\d{3}),/g)].map(([, whole, rest]) => BigInt(`${whole}${rest}`) - START_MICROS);
        expect(written.map(Number).sort((a, b) => a - b)).toEqual(times.sort((a, b) => a - b));
      }),
    );
  });

  it('exports what is whole of a recording that was cut, and says so', async () => {
    const { recording, stream } = TestRecording.simple();
    recording.instant(stream, 1, 'kept');
    recording.seal();
    recording.instant(stream, 2, 'lost');
    const bytes = recording.soFar();
    const { text, notes } = await exported(bytes.subarray(0, bytes.length - 5));
    expect((JSON.parse(text) as Exported).traceEvents.map((event) => event.name)).toEqual(['process_name', 'thread_name', 'kept']);
    expect(notes[0]).toContain('cut at byte');
  });

  it('writes calls when they end, what nothing ended as a begin, and async functions as their runs and an async slice', async () => {
    const { recording, stream } = TestRecording.simple();
    const [outer, inner, later] = [
      recording.function(stream, 'outer', '/app/main.js', 3, 5),
      recording.function(stream, 'inner'),
      recording.function(stream, 'later', '/app/main.js', 9),
    ];
    recording.enter(stream, 1000, outer, ['a', 1]);
    recording.enter(stream, 2000, inner);
    recording.exit(stream, 3000, inner, { ok: true });
    recording.run(stream, 4000, 12, later, 1);
    recording.run(stream, 5000, 13, later, 1);
    recording.exit(stream, 6000, outer);
    recording.run(stream, 7000, 14, later, 1);
    recording.run(stream, 8000, 15, later, 1);
    recording.enter(stream, 9000, outer);
    recording.enter(stream, 9500, inner);
    const { traceEvents } = await parsed(recording.finish());
    const at = { at: '/app/main.js:3:5' };
    const event = (ph: string, name: string, timeNs: number, more: object) => ({ ph, pid: 100, tid: 100, name, cat: 'call', ts: micros(timeNs), ...more });
    expect(traceEvents.slice(2)).toEqual([
      event('X', 'inner', 2000, { dur: 1, args: { result: { ok: true } } }),
      event('b', 'later', 4000, { cat: 'async call', id: expect.any(String) }),
      event('X', 'later', 4000, { dur: 1, args: { at: '/app/main.js:9' } }),
      event('X', 'outer', 1000, { dur: 5, args: { ...at, arguments: ['a', 1] } }),
      event('X', 'later', 7000, { dur: 1, args: { at: '/app/main.js:9' } }),
      event('e', 'later', 8000, { cat: 'async call', id: expect.any(String) }),
      event('B', 'outer', 9000, { args: at }),
      event('B', 'inner', 9500, {}),
    ]);
  });

  it('writes names with their place and the table of functions for VizTracer', async () => {
    const { recording, stream } = TestRecording.simple();
    const fib = recording.function(stream, 'fib', '/app/fib.js', 3, 5);
    recording.enter(stream, 1000, fib, { n: 1 });
    recording.exit(stream, 2000, fib, 1);
    const report = JSON.parse((await exported(recording.finish(), { shape: 'viztracer' })).text) as Exported & { readonly file_info: unknown };
    expect(report.traceEvents.at(-1)).toMatchObject({ ph: 'X', name: 'fib (/app/fib.js:3)', cat: 'FEE', args: { func_args: { n: 1 }, return_value: 1 } });
    expect(report.file_info).toEqual({ files: {}, functions: { 'fib (/app/fib.js:3)': ['/app/fib.js', 3] } });
  });

  it('writes texts of files for VizTracer as its reports have them, and none for others', async () => {
    const { recording, stream } = TestRecording.simple();
    const fib = recording.function(stream, 'fib', '/app/fib.js', 1, 1);
    recording.source('/app/fib.js', 'function fib() {}\nfib();\n');
    recording.source('/app/large.js', '', 'is larger than 1 MB');
    recording.enter(stream, 1000, fib);
    recording.exit(stream, 2000, fib);
    const bytes = recording.finish();
    const { text } = await exported(bytes, { shape: 'viztracer', inflate: async (content) => content });
    const functions = { 'fib (/app/fib.js:1)': ['/app/fib.js', 1] };
    expect(JSON.parse(text).file_info).toEqual({ files: { '/app/fib.js': ['function fib() {}\nfib();\n', 2] }, functions });
    expect(JSON.parse((await exported(bytes)).text)).not.toHaveProperty('file_info');
    // Read again they are the same, and so is what is written of that.
    const again = await exported(await imported(text), { shape: 'viztracer', inflate: async (content) => content });
    expect(JSON.parse(again.text).file_info).toEqual(JSON.parse(text).file_info);
  });

  it('tells of the texts of files that it leaves out, and of none that stand in the file', async () => {
    const { recording, stream } = TestRecording.simple();
    recording.source('/app/a.js', 'a();');
    recording.instant(stream, 1000, 'one');
    const bytes = recording.finish();
    const left = 'The text of 1 source file was left out: the format has no place for source texts, VizTracer’s JSON has.';
    expect((await exported(bytes)).notes).toEqual([left]);
    expect((await exported(bytes, { shape: 'viztracer' })).notes).toEqual([
      'The text of 1 source file was left out: this program cannot undo its compression.',
    ]);
    expect((await exported(bytes, { shape: 'viztracer', inflate: async (content) => content })).notes).toEqual([]);
    // In the member that the report had.
    for (const text of ['b()', 'b();\n'.repeat(20_000)]) {
      const report = JSON.stringify({ traceEvents: [{ ph: 'i', ts: 1, name: 'b' }], file_info: { files: { '/b.py': [text, 1] }, functions: {} } });
      expect((await exported(await imported(report))).notes).toEqual([]);
    }
  });

  it('gives tracks, second streams of a thread and second processes of a pid lanes of their own', async () => {
    const recording = new TestRecording();
    const [a, b] = [recording.process('one', 7), recording.process('two', 7)];
    const [main, sampled, other] = [recording.thread(a, 'main'), recording.thread(a, 'main (sampled)'), recording.thread(b, 'main')];
    recording.slice(main, 1, 1, 'work');
    recording.slice(main, 1, 1, 'scavenge', { track: 'garbage collections' });
    recording.slice(sampled, 1, 1, 'seen');
    recording.slice(other, 1, 1, 'work');
    const { text, notes } = await exported(recording.finish());
    const { traceEvents } = JSON.parse(text) as Exported;
    const lanes = traceEvents.filter((event) => event.ph === 'X').map(({ name, pid, tid }) => [name, pid, tid]);
    expect(lanes).toEqual([
      ['work', 7, 7],
      ['scavenge', 7, 2_000_000_002],
      ['seen', 7, 2_000_000_001],
      ['work', 5_000_000, 5_000_000],
    ]);
    expect(traceEvents).toContainEqual({ ph: 'M', pid: 7, tid: 2_000_000_002, name: 'thread_name', args: { name: 'garbage collections' } });
    expect(notes).toEqual(['1 process has a new number: its own is that of another process of the trace.']);
  });

  it('nests async slices by one id and binds arrows by one name', async () => {
    const { recording, stream } = TestRecording.simple();
    recording.asyncBegin(stream, 1, 1, 'request', { category: 'http', args: { url: '/' }, flags: 1 });
    recording.asyncBegin(stream, 2, 2, 'socket', { category: 'http', parent: 1 });
    recording.asyncInstant(stream, 3, 1, 'headers');
    recording.asyncEnd(stream, 4, 2);
    recording.flow(stream, 5, 1, 2, '', '');
    recording.asyncEnd(stream, 6, 1, { status: 200 });
    const { traceEvents } = await parsed(recording.finish());
    expect(traceEvents.slice(2).map(({ ph, name, cat, id }) => [ph, name, cat, id])).toEqual([
      ['b', 'request', 'http', '0x1'],
      ['s', 'request', 'http', '0x1'],
      ['b', 'socket', 'http', '0x1'],
      ['n', 'headers', 'http', '0x1'],
      ['e', 'socket', 'http', '0x1'],
      ['f', 'request', 'http', '0x1'],
      ['e', 'request', 'http', '0x1'],
    ]);
    expect(traceEvents.at(-1)).toMatchObject({ args: { status: 200 } });
  });

  it('says that a recording was interrupted between two blocks, unless it is still written', async () => {
    const { recording, stream } = TestRecording.simple();
    recording.instant(stream, 1, 'kept');
    const bytes = recording.soFar();
    const interrupted = await exported(bytes);
    expect(interrupted.notes).toEqual([`The recording ends without its footer: it was interrupted at byte ${bytes.length}. Everything before is whole.`]);
    expect(await exported(bytes, { live: true })).toEqual({ ...interrupted, notes: [] });
  });

  it('refuses what is no recording', async () => {
    await expect(exported(new TextEncoder().encode('hello, this is text'))).rejects.toBeInstanceOf(ProblemError);
  });

  it('is valid JSON without any event', async () => {
    expect((await parsed(new TestRecording().finish())).traceEvents).toEqual([]);
  });
});

describe('recording to JSON and back', () => {
  it.each(readdirSync(FIXTURES).filter((name) => name.endsWith('.json')))('keeps every event of %s', async (name) => {
    const first = await imported(readFileSync(path.join(FIXTURES, name)));
    const second = await imported((await exported(first)).text);
    expect(decodeRecording(second).events).toEqual(decodeRecording(first).events);
    expect(decodeRecording(second).head).toMatchObject({
      startMonotonicNs: decodeRecording(first).head.startMonotonicNs,
      startEpochNs: decodeRecording(first).head.startEpochNs,
    });
  });

  it('keeps counters, objects, instants and slices of several threads and processes', async () => {
    const time = fc.nat(1e9);
    const name = fc.constantFrom('a', 'b', 'quote " slash \\', '<b>html</b>', '😀 emoji', 'x'.repeat(10_000));
    const event = fc.oneof(
      fc.record({
        kind: fc.constant('counter' as const),
        time,
        name,
        values: fc.dictionary(name, fc.double({ noNaN: true, noDefaultInfinity: true }), { minKeys: 1, maxKeys: 4 }),
      }),
      fc.record({
        kind: fc.constant('instant' as const),
        time,
        name,
        args: fc.option(fc.dictionary(fc.string(), fc.jsonValue(), { minKeys: 1 }), { nil: undefined }),
      }),
      fc.record({ kind: fc.constant('slice' as const), time, name, duration: fc.nat(1e9) }),
      fc.record({
        kind: fc.constant('snapshot' as const),
        time,
        name: fc.constantFrom('o', 'p'),
        fields: fc.dictionary(fc.constantFrom('f', 'g', 'h'), fc.jsonValue()),
      }),
    );
    await fc.assert(
      fc.asyncProperty(fc.array(fc.tuple(fc.nat(2), event), { minLength: 1, maxLength: 30 }), async (list) => {
        const recording = new TestRecording();
        const process = recording.process('one', 1);
        const streams = [
          recording.thread(process, 'main', 0),
          recording.thread(process, 'worker', 1),
          recording.thread(recording.process('two', 2), 'main', 0),
        ];
        for (const [thread, one] of list) {
          const stream = streams[thread] as number;
          if (one.kind === 'counter') recording.counter(stream, one.time, one.name, one.values);
          else if (one.kind === 'instant') recording.instant(stream, one.time, one.name, one.args === undefined ? {} : { args: one.args });
          else if (one.kind === 'slice') recording.slice(stream, one.time, one.duration, one.name);
          // One object for a thread, so that the order of its changes is that of its records.
          else recording.snapshot(stream, one.time, recording.object(stream, `${one.name}${thread}`), one.fields);
        }
        const first = recording.finish();
        const second = await imported((await exported(first)).text);
        const bySort = (bytes: Uint8Array): string[] =>
          shape(bytes)
            .map(({ object: _number, ...rest }) => JSON.stringify(rest))
            .sort();
        expect(bySort(second)).toEqual(bySort(first));
      }),
      { numRuns: 60 },
    );
  });
});
