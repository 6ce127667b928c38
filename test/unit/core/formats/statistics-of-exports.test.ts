/** What is exported as JSON has the statistics of the recording that it was made of. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { statisticsOf } from '../../../../core/formats/slice-statistics.ts';
import { readTraceEvents } from '../../../../core/formats/trace-event-reader.ts';
import { writeTraceEvents } from '../../../../core/formats/trace-event-writer.ts';
import { countsOf } from '../../../../core/formats/trace-info.ts';
import { ItemFlag } from '../../../../core/model/timeline-types.ts';
import { RecordKind } from '../../../../core/protocol/records.ts';
import { concat, TestRecording, traceOf } from '../../../helpers/build-recording.ts';
import { inPieces } from '../../../helpers/formats.ts';

async function exported(recording: Uint8Array): Promise<Uint8Array> {
  const parts: Uint8Array[] = [];
  for await (const part of writeTraceEvents(inPieces(recording))) parts.push(part);
  return concat(parts);
}

async function expectSame(recording: Uint8Array): Promise<void> {
  const json = await exported(recording);
  expect(await statisticsOf(readTraceEvents(inPieces(json), { title: '' }))).toEqual(await statisticsOf(inPieces(recording)));
}

/** As the timeline shows them. */
function asyncSlicesOf(recording: Uint8Array): number {
  const { timeline } = traceOf(recording);
  timeline.refresh();
  const rows = timeline.list().flatMap(({ id, kind, rows: count }) => (kind === 'async' ? [{ track: id, from: 0, count }] : []));
  const { count, flags } = timeline.view({ rows, fromNs: 0, toNs: 10_000, columns: 10_000, endNs: 10_000 });
  // The stretches in which they ran lie over them.
  return flags.subarray(0, count).filter((each) => (each & ItemFlag.RUN) === 0).length;
}

describe('of calls', () => {
  it('that begin and end together, as samples of a deep stack do: the outer one is around the inner one', async () => {
    const { recording, stream } = TestRecording.simple();
    const functions = ['main', 'serve', 'parse', 'scan'].map((name) => recording.function(stream, name));
    for (const each of functions) recording.enter(stream, 1_000, each);
    for (const each of functions.toReversed()) recording.exit(stream, 2_000, each);
    const bytes = recording.finish();
    await expectSame(bytes);
    const { traceEvents } = JSON.parse(Buffer.from(await exported(bytes)).toString()) as { traceEvents: { ph: string; name: string }[] };
    expect(traceEvents.filter(({ ph }) => ph === 'X').map(({ name }) => name)).toEqual(['main', 'serve', 'parse', 'scan']);
  });

  it('of any shape, on a clock so coarse that many moments are the same', async () => {
    const step = fc.record({ after: fc.nat(2), enter: fc.boolean(), name: fc.nat(3), thread: fc.nat(1) });
    await fc.assert(
      fc.asyncProperty(fc.array(step, { maxLength: 60 }), async (steps) => {
        const recording = new TestRecording();
        const process = recording.process();
        const threads = [0, 1].map((number) => {
          const stream = recording.thread(process, `thread ${number}`, number);
          return { stream, functions: ['a', 'b', 'c', 'd'].map((name) => recording.function(stream, name)), open: [] as number[] };
        });
        let now = 1;
        const exit = ({ stream, open }: { readonly stream: number; readonly open: number[] }): void => {
          const innermost = open.pop();
          if (innermost !== undefined) recording.exit(stream, now, innermost);
        };
        for (const { after, enter, name, thread } of steps) {
          now += after;
          const on = threads[thread] as (typeof threads)[number];
          if (enter) {
            const called = on.functions[name] as number;
            recording.enter(on.stream, now, called);
            on.open.push(called);
          } else exit(on);
        }
        now++;
        for (const on of threads) while (on.open.length > 0) exit(on);
        await expectSame(recording.finish());
      }),
      { numRuns: 100 },
    );
  });
});

describe('of async functions', () => {
  const { CALL_BEGIN, CALL_SUSPEND, CALL_RESUME, CALL_END } = RecordKind;

  it('those that wait are async slices, and those that never do are calls: in what is counted, on the timeline, and in what is exported', async () => {
    const { recording, stream } = TestRecording.simple();
    const f = recording.function(stream, 'f');
    const g = recording.function(stream, 'g');
    recording.run(stream, 1_000, CALL_BEGIN, f, 1);
    recording.run(stream, 1_100, CALL_BEGIN, g, 2);
    recording.run(stream, 1_200, CALL_END, g, 2);
    recording.run(stream, 1_300, CALL_SUSPEND, f, 1);
    recording.run(stream, 1_400, CALL_RESUME, f, 1);
    recording.run(stream, 1_500, CALL_SUSPEND, f, 1);
    recording.run(stream, 1_600, CALL_RESUME, f, 1);
    recording.run(stream, 1_700, CALL_END, f, 1);
    const bytes = recording.finish();
    expect(asyncSlicesOf(bytes)).toBe(1);
    expect(await countsOf(inPieces(bytes))).toMatchObject({ slices: 4, asyncSlices: 1 });
    const json = await exported(bytes);
    expect(await countsOf(readTraceEvents(inPieces(json), { title: '' }))).toMatchObject({ slices: 4, asyncSlices: 1 });
    const { traceEvents } = JSON.parse(Buffer.from(json).toString()) as { traceEvents: { ph: string; name: string; ts: number }[] };
    const [begin, end] = traceEvents.filter(({ ph }) => ph === 'b' || ph === 'e');
    expect([begin?.name, end?.name]).toEqual(['f', 'f']);
    expect(((end?.ts ?? 0) - (begin?.ts ?? 0)).toFixed(3)).toBe('0.700');
  });

  it('those whose begin was cut off are known from where they are seen', async () => {
    const { recording, stream } = TestRecording.simple();
    const f = recording.function(stream, 'f');
    recording.run(stream, 1_000, CALL_RESUME, f, 7);
    recording.run(stream, 1_100, CALL_SUSPEND, f, 7);
    recording.run(stream, 1_200, CALL_END, f, 8);
    const bytes = recording.finish();
    expect(asyncSlicesOf(bytes)).toBe(1);
    expect(await countsOf(inPieces(bytes))).toMatchObject({ asyncSlices: 1 });
  });
});
