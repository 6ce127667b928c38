import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { CombinedRecording, type CombineOptions } from '../../../../core/formats/combine-recordings.ts';
import { recordingRange } from '../../../../core/formats/recording-range.ts';
import { statisticsOf } from '../../../../core/formats/slice-statistics.ts';
import { writeTraceEvents } from '../../../../core/formats/trace-event-writer.ts';
import { BlockType } from '../../../../core/protocol/recording-format.ts';
import { BlockReader } from '../../../../core/protocol/recording-reader.ts';
import { decodeSource } from '../../../../core/protocol/sources.ts';
import { START_EPOCH_NS, TestRecording } from '../../../helpers/build-recording.ts';
import { decodeRecording } from '../../../helpers/decoded-recording.ts';
import { all, decode, inPieces, recordingFrom } from '../../../helpers/formats.ts';

const range = (recording: Uint8Array, fromNs?: number, toNs?: number): Promise<Uint8Array> =>
  all(recordingRange(inPieces(recording, [777]), { ...(fromNs !== undefined && { fromNs }), ...(toNs !== undefined && { toNs }) }));

/** Files of which a recording has the text. */
function sourcesIn(recording: Uint8Array): readonly string[] {
  const reader = new BlockReader();
  const blocks = [...reader.push(recording), ...reader.end()].filter((item) => item.kind === 'block');
  return blocks.flatMap(({ header, payload }) => (header.type === BlockType.SOURCE ? (decodeSource(payload)?.head.file ?? 'damaged') : []));
}

describe('recordingRange', () => {
  it('takes texts of files along, or leaves them out where that is wanted', async () => {
    const { recording, stream } = TestRecording.simple();
    recording.source('/a.js', 'a();');
    recording.instant(stream, 100, 'one');
    const whole = recording.finish();
    expect(sourcesIn(await range(whole, 500, 1000))).toEqual(['/a.js']);
    expect(sourcesIn(await all(recordingRange(inPieces(whole), { without: ['notes'] })))).toEqual(['/a.js']);
    expect(sourcesIn(await all(recordingRange(inPieces(whole), { without: ['sources'] })))).toEqual([]);
    const report = '{"traceEvents":[{"ph":"i","ts":1,"name":"a"}],"file_info":{"files":{"/b.py":["b()",1]},"functions":{"b":["/b.py",1]}}}';
    expect(sourcesIn(await recordingFrom(report))).toEqual(['/b.py']);
    const without = await all(writeTraceEvents(recordingRange(inPieces(await recordingFrom(report)), { without: ['sources'] })));
    expect(JSON.parse(decode(without)).file_info).toEqual({ files: {}, functions: { b: ['/b.py', 1] } });
  });

  it('keeps what happens in the range, and what held when it began', async () => {
    const { recording, stream } = TestRecording.simple();
    const [f, g] = [recording.function(stream, 'f'), recording.function(stream, 'g')];
    const cart = recording.object(stream, 'cart');
    recording.counter(stream, 100, 'queue', { n: 1 });
    recording.counter(stream, 200, 'queue', { n: 2 });
    recording.enter(stream, 300, f);
    recording.created(stream, 350, cart);
    recording.snapshot(stream, 400, cart, { items: 1, owner: 'a' }, true);
    recording.snapshot(stream, 450, cart, { items: 2 });
    recording.asyncBegin(stream, 460, 1, 'over');
    recording.asyncBegin(stream, 470, 2, 'before');
    recording.asyncEnd(stream, 480, 2);
    recording.instant(stream, 490, 'before');
    recording.console(490, 'before\n');
    recording.enter(stream, 600, g);
    recording.exit(stream, 700, g);
    recording.snapshot(stream, 750, cart, { owner: undefined });
    recording.asyncEnd(stream, 800, 1);
    recording.console(800, 'inside\n');
    recording.exit(stream, 1500, f);
    recording.instant(stream, 1600, 'after');
    recording.slice(stream, 900, 1000, 'reaches beyond');
    const whole = recording.finish();
    const part = await range(whole, 500, 1000);
    const { events, head } = decodeRecording(part);
    const shown = events.map(({ kind, timeNs, name, values, state, exit, durationNs }) => [kind, timeNs, name, values ?? state ?? exit ?? durationNs]);
    expect(shown.sort((a, b) => Number(a[1]) - Number(b[1]))).toEqual([
      ['async-begin', 460, 'over', undefined],
      ['counter', 500, 'queue', { n: 2 }],
      ['snapshot', 500, 'cart', { items: 2, owner: 'a' }],
      ['call', 600, 'g', false],
      ['call', 700, 'g', true],
      ['snapshot', 750, 'cart', { items: 2 }],
      ['async-end', 800, '', undefined],
      ['slice', 900, 'reaches beyond', 1000],
    ]);
    // The call that was open: a block begins with it, and statistics know it.
    expect((await statisticsOf(inPieces(part))).map(({ name, totalNs }) => [name, totalNs])).toContainEqual(['f', 1600]);
    expect(head.startMonotonicNs).toBe(decodeRecording(whole).head.startMonotonicNs);
    const json = JSON.parse(new TextDecoder().decode(await all(writeTraceEvents(inPieces(part))))) as { traceEvents: { ph: string; name: string }[] };
    expect(json.traceEvents.filter(({ ph }) => ph === 'B').map(({ name }) => name)).toEqual(['f']);
  });

  it('is all of it without a range', async () => {
    const time = fc.nat(100_000);
    const item = fc.oneof(
      fc.record({ kind: fc.constant('slice' as const), time, length: fc.nat(5000) }),
      fc.record({ kind: fc.constant('counter' as const), time, value: fc.double({ noNaN: true }) }),
      fc.record({ kind: fc.constant('snapshot' as const), time, value: fc.jsonValue() }),
      fc.record({ kind: fc.constant('flow' as const), time, phase: fc.nat(3) }),
    );
    await fc.assert(
      fc.asyncProperty(fc.array(item, { maxLength: 50 }), async (items) => {
        const { recording, stream } = TestRecording.simple();
        for (const one of [...items].sort((a, b) => a.time - b.time)) {
          if (one.kind === 'slice') recording.slice(stream, one.time, one.length, 's');
          else if (one.kind === 'counter') recording.counter(stream, one.time, 'c', { v: one.value });
          else if (one.kind === 'flow') recording.flow(stream, one.time, 7, one.phase);
          else recording.snapshot(stream, one.time, recording.object(stream, 'o'), { value: one.value }, true);
        }
        const bytes = recording.finish();
        expect(decodeRecording(await range(bytes)).events).toEqual(decodeRecording(bytes).events);
      }),
      { numRuns: 60 },
    );
  });

  it('keeps each slice that reaches into the range, whole, and no other', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(fc.tuple(fc.nat(1000), fc.nat(300)), { maxLength: 60 }), fc.nat(1000), fc.nat(500), async (slices, fromNs, length) => {
        const { recording, stream } = TestRecording.simple();
        for (const [start, duration] of slices) recording.slice(stream, start, duration, `${start}`);
        const { events } = decodeRecording(await range(recording.finish(), fromNs, fromNs + length));
        const expected = slices
          .filter(([start, duration]) => start + duration >= fromNs && start <= fromNs + length)
          .map(([start, duration]) => [start, duration]);
        const sorted = (list: readonly (readonly (number | undefined)[])[]) => list.map(String).sort();
        expect(sorted(events.map(({ timeNs, durationNs }) => [timeNs, durationNs]))).toEqual(sorted(expected));
      }),
      { numRuns: 60 },
    );
  });
});

describe('CombinedRecording', () => {
  const source = (name: string, bytes: Uint8Array) => ({ name, open: async () => inPieces(bytes, [500]) });
  const combined = async (files: readonly Uint8Array[], options: Partial<CombineOptions> = {}) => {
    const recording = new CombinedRecording(
      files.map((bytes, i) => source(`file ${i + 1}`, bytes)),
      { title: 'both', ...options },
    );
    const decoded = decodeRecording(await all(recording));
    return { ...decoded, notes: recording.notes };
  };
  const simple = (name: string, pid: number): TestRecording => {
    const recording = new TestRecording();
    const stream = recording.thread(recording.process(name, pid));
    recording.instant(stream, 1000, 'marker', { category: 'marker' });
    recording.slice(stream, 5000, 100, `work of ${name}`);
    recording.asyncBegin(stream, 6000, 1, 'request');
    recording.asyncEnd(stream, 7000, 1);
    recording.counter(stream, 8000, 'c', { v: pid });
    recording.snapshot(stream, 8500, recording.object(stream, 'o'), { pid }, true);
    recording.console(9000, `${name}\n`);
    return recording;
  };

  it('keeps processes of one number apart, and what belongs together in each', async () => {
    const { events, info, notes } = await combined([simple('a', 7).finish(), simple('b', 7).finish()]);
    expect(info.flatMap((line) => (line.kind === 'process' ? [[line.process, line.pid, line.name]] : []))).toEqual(
      expect.arrayContaining([
        [0, 7, 'a'],
        [1, 7, 'b'],
      ]),
    );
    expect(events.filter(({ kind }) => kind === 'slice').map(({ name, timeNs }) => [name, timeNs])).toEqual([
      ['work of a', 5000],
      ['work of b', 5000],
    ]);
    const numbers = events.filter(({ kind }) => kind === 'async-begin').map(({ number }) => number);
    expect(new Set(numbers).size).toBe(2);
    expect(events.filter(({ kind }) => kind === 'async-end').map(({ number }) => number)).toEqual(numbers);
    expect(events.filter(({ kind }) => kind === 'snapshot').map(({ state }) => state)).toEqual([{ pid: 7 }, { pid: 7 }]);
    expect(notes).toEqual(['Aligned by the calendar.']);
  });

  it('aligns by the calendar, by starts, and by markers', async () => {
    const later = await recordingFrom(
      JSON.stringify({
        traceEvents: [
          { ph: 'i', ts: 50, name: 'sync', pid: 1, tid: 1 },
          { ph: 'X', ts: 60, dur: 1, name: 'imported', pid: 1, tid: 1 },
        ],
        viztracer_metadata: { baseTimeNanoseconds: 'BASE' },
      }).replace('"BASE"', String(START_EPOCH_NS + 2_000_000n)),
    );
    const own = simple('a', 7).finish();
    const at = async (options: Partial<CombineOptions>) => (await combined([own, later], options)).events.find(({ name }) => name === 'imported')?.timeNs;
    // Its clock begins 2 ms behind the other's start, and its time 0 is at 50 µs.
    expect(await at({ align: 'epoch' })).toBe(2_000_000 + 60_000);
    expect(await at({})).toBe(2_000_000 + 60_000);
    expect(await at({ align: 'start' })).toBe(10_000);
    const marked = new TestRecording();
    const stream = marked.thread(marked.process());
    marked.instant(stream, 300, 'sync');
    const mine = marked.finish();
    const { events } = await combined([mine, later], { align: 'marker', marker: 'sync' });
    expect(events.find(({ name }) => name === 'imported')?.timeNs).toBe(300 + 10_000);
  });

  it('says in words which file cannot be aligned', async () => {
    const without = await recordingFrom('[{"ph":"i","ts":1,"name":"a"}]');
    const own = simple('a', 7).finish();
    await expect(combined([own, without], { align: 'epoch' })).rejects.toMatchObject({
      code: 'no-epoch',
      message: 'The files cannot be aligned by the calendar: file 2 does not tell when it began.',
    });
    await expect(combined([own, without], { align: 'marker' })).rejects.toMatchObject({
      code: 'no-marker',
      message: expect.stringContaining('file 2 has no marker'),
    });
    expect((await combined([own, without])).notes).toEqual(['Aligned by their starts.']);
  });

  it('keeps what files say of themselves, and what was lost of them', async () => {
    const { info } = await combined([
      await recordingFrom('{"traceEvents":[{"ph":"i","ts":1,"name":"a"}],"file_info":{"files":{"a":1}}}'),
      await recordingFrom('{"traceEvents":[{"ph":"i","ts":1,"name":"b"},{"ph":"E","ts":1}],"file_info":{"files":{"b":2}}}'),
    ]);
    expect(info.flatMap((line) => (line.kind === 'loss' ? [line.issue] : []))).toEqual(['end-without-begin']);
    expect(info.filter((line) => line.kind === 'imported')).toHaveLength(2);
  });
});
