import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { ByteSource } from '../../../../core/formats/byte-source.ts';
import { KeptRecording } from '../../../../core/formats/kept-recording.ts';
import { findAttachments, processedRecording, usableParts } from '../../../../core/formats/processed-view.ts';
import { writeTraceEvents } from '../../../../core/formats/trace-event-writer.ts';
import { Attachments } from '../../../../core/model/attachments.ts';
import { BlockType, type RecordingInfo } from '../../../../core/protocol/recording-format.ts';
import { BlockReader, decodeInfo } from '../../../../core/protocol/recording-reader.ts';
import { concat, TestRecording } from '../../../helpers/build-recording.ts';
import { type DecodedEvent, decodeRecording } from '../../../helpers/decoded-recording.ts';
import { type ProcessedSample, withProcessed } from '../../../helpers/with-processed.ts';

class MemorySource implements ByteSource {
  readonly bytes: Uint8Array;
  reads = 0;

  constructor(bytes: Uint8Array) {
    this.bytes = bytes;
  }
  async size(): Promise<number> {
    return this.bytes.length;
  }
  async read(offset: number, length: number): Promise<Uint8Array> {
    this.reads++;
    return this.bytes.slice(offset, offset + length);
  }
  async *follow(offset: number): AsyncGenerator<Uint8Array> {
    for (let at = offset; at < this.bytes.length; at += 1000) yield this.bytes.slice(at, at + 1000);
  }
}

/** Two processes; the first has two threads, an object, and lost 3 records. */
function sample(): Uint8Array {
  const recording = new TestRecording();
  const [first, second] = [recording.process('shop.js', 100), recording.process('worker.js', 200)];
  const [main, worker, other] = [recording.thread(first), recording.thread(first, 'worker 1', 1), recording.thread(second)];
  const cart = recording.object(main, 'cart', 'Cart');
  recording.created(main, 500, cart);
  for (let i = 0; i < 40; i++) {
    recording.counter(main, 1000 + i * 1000, 'queue', { waiting: i, running: i % 3 });
    recording.slice(worker, 2000 + i * 1000, 345, `job ${i % 4}`, { category: 'jobs', args: { i } });
    recording.counter(other, 1500 + i * 1000, 'queue', { waiting: -i });
    if (i % 10 === 0) recording.snapshot(main, 3000 + i * 1000, cart, { items: [i], owner: 'Noor' }, i === 0);
  }
  recording.gap(main, 50_000, 3);
  recording.instant(other, 60_000, 'bye');
  recording.console(70_000, 'printed\n');
  recording.info({ kind: 'process-end', process: first, orderly: true, timeNs: 70_000 });
  return recording.finish({ kind: 'exited', code: 3 });
}

async function textOf(parts: AsyncIterable<Uint8Array>): Promise<string> {
  const all: Uint8Array[] = [];
  for await (const part of parts) all.push(part);
  return new TextDecoder().decode(concat(all));
}

type Json = { readonly ph: string; readonly pid: number; [key: string]: unknown };
type Report = { traceEvents: Json[]; [key: string]: unknown };

/** What a handler of the process gets: its own events only. */
async function reportOf(recording: Uint8Array, pid: number): Promise<Report> {
  const report = JSON.parse(await textOf(writeTraceEvents(new MemorySource(recording).follow(0)))) as Report;
  return { ...report, traceEvents: report.traceEvents.filter((event) => event.pid === pid) };
}

/** The view as a file of its own. */
async function viewOf(bytes: Uint8Array): Promise<{ readonly bytes: Uint8Array; readonly problems: readonly string[] }> {
  const source = new MemorySource(bytes);
  const attachments = (await findAttachments(source)) ?? walk(bytes);
  const { parts, problems } = await usableParts(source, attachments.parts());
  const told = problems.map((problem) => problem.message);
  const pieces: Uint8Array[] = [];
  for await (const { content } of processedRecording(source, parts, { onProblem: (problem) => told.push(problem.message) })) pieces.push(content);
  return { bytes: concat(pieces), problems: told };
}

function walk(bytes: Uint8Array): Attachments {
  const attachments = new Attachments();
  const reader = new BlockReader();
  for (const item of [...reader.push(bytes), ...reader.end()]) {
    if (item.kind !== 'block') continue;
    attachments.block(item.header, item.offset);
    if (item.header.type === BlockType.INFO) for (const line of decodeInfo(item.payload)) attachments.info(line);
  }
  return attachments;
}

const inOrder = (events: readonly DecodedEvent[]): string[] => events.map((event) => JSON.stringify({ ...event, object: undefined, scope: undefined })).sort();
const shown = (bytes: Uint8Array) => decodeRecording(bytes);
const processed = (recording: Uint8Array, report: unknown, process = 0, more: Partial<ProcessedSample> = {}) =>
  withProcessed(recording, [{ process, json: JSON.stringify(report), ...more }]).bytes;

describe('the processed view', () => {
  it('shows the same events at the same times where plugins changed nothing', async () => {
    const raw = sample();
    const { bytes, problems } = await viewOf(processed(raw, await reportOf(raw, 100)));
    expect(problems).toEqual([]);
    const [before, after] = [shown(raw), shown(bytes)];
    // A gap is no event of a report: it is told by what it lost.
    expect(inOrder(after.events)).toEqual(inOrder(before.events.filter((event) => event.kind !== 'gap')));
    expect(after.head).toEqual(before.head);
    const lines = (info: readonly RecordingInfo[], kind: RecordingInfo['kind']) => info.filter((line) => line.kind === kind);
    for (const kind of ['process', 'thread', 'process-end', 'session-end'] as const) expect(lines(after.info, kind)).toEqual(lines(before.info, kind));
    expect(after.info.filter((line) => line.kind === 'stats')).toMatchObject([{ stream: 1, dropped: 3 }]);
    expect(after.blocks.filter((block) => block.type === BlockType.CONSOLE)).toHaveLength(1);
  });

  it('takes in what a handler removed, changed and added, and leaves other processes alone', async () => {
    const raw = sample();
    const report = await reportOf(raw, 100);
    const kept = report.traceEvents.filter((event) => event.ph !== 'X').map((event) => (event.ph === 'C' ? { ...event, name: 'renamed' } : event));
    kept.push({ ph: 'C', pid: 100, tid: 100, ts: 9_000_000_000, name: 'late', args: { a: 1 } });
    kept.push({ ph: 'i', pid: 777, tid: 5, ts: Number(kept.find((event) => event.ph === 'C')?.ts), name: 'of a process that never was', s: 't' });
    const renamed = kept.map((event) => (event.ph === 'M' && event.name === 'process_name' ? { ...event, args: { name: 'the shop' } } : event));
    const { bytes } = await viewOf(processed(raw, { ...report, traceEvents: renamed, mine: { deep: [1] } }));
    const { events, info } = shown(bytes);
    const of = (thread: string) => events.filter((event) => event.thread === thread);
    expect(of('100/1')).toEqual([]);
    expect(new Set(of('100/0').map((event) => event.name))).toEqual(new Set(['renamed', 'cart', 'late']));
    expect(of('777/5')).toMatchObject([{ kind: 'instant', timeNs: 1000 }]);
    expect(of('200/0')).toEqual(shown(raw).events.filter((event) => event.thread === '200/0'));
    expect(info.findLast((line) => line.kind === 'process' && line.process === 0)).toMatchObject({ name: 'the shop', nodeVersion: 'v20.19.0', pid: 100 });
    expect(info.find((line) => line.kind === 'imported')).toMatchObject({ metadata: { mine: { deep: [1] } } });
  });

  it('shows nothing of a process whose events were all removed, and says what was lost of it', async () => {
    const raw = sample();
    const { events, info } = shown((await viewOf(processed(raw, { traceEvents: [] }))).bytes);
    expect(new Set(events.map((event) => event.thread))).toEqual(new Set(['200/0']));
    expect(info).toContainEqual(expect.objectContaining({ kind: 'stats', stream: 1, dropped: 3 }));
  });

  it('puts the parts of several processes together', async () => {
    const raw = sample();
    const parts = [await reportOf(raw, 100), await reportOf(raw, 200)].map((report, process) => ({ process, json: JSON.stringify(report) }));
    const { bytes } = await viewOf(withProcessed(raw, parts, 700).bytes);
    expect(inOrder(shown(bytes).events)).toEqual(inOrder(shown(raw).events.filter((event) => event.kind !== 'gap')));
  });

  it('exports as trace events with the members that plugins added', async () => {
    const raw = sample();
    const report = await reportOf(raw, 100);
    const { bytes } = await viewOf(processed(raw, { ...report, file_info: { files: {} } }));
    const exported = JSON.parse(await textOf(writeTraceEvents(new MemorySource(bytes).follow(0)))) as Report;
    const whole = JSON.parse(await textOf(writeTraceEvents(new MemorySource(raw).follow(0)))) as Report;
    const text = (events: readonly Json[]) => events.map((event) => JSON.stringify({ ...event, id: undefined })).sort();
    expect(text(exported.traceEvents)).toEqual(text(whole.traceEvents));
    expect(exported).toMatchObject({ file_info: { files: {} }, viztracer_metadata: whole.viztracer_metadata });
  });

  it('can be read again where it lies, without a copy of what the recording holds as it is', async () => {
    const raw = sample();
    const source = new MemorySource(processed(raw, await reportOf(raw, 100)));
    const { parts } = await usableParts(source, walk(source.bytes).parts());
    const kept = new KeptRecording(processedRecording(source, parts), source);
    const pieces: Uint8Array[] = [];
    for await (const piece of kept.follow(0)) pieces.push(piece.slice());
    const whole = concat(pieces);
    expect(whole).toEqual((await viewOf(source.bytes)).bytes);
    const before = source.reads;
    for (const [at, length] of [
      [0, whole.length],
      [100, 2000],
      [whole.length - 50, 500],
    ] as const) {
      expect(await kept.read(at, length)).toEqual(whole.slice(at, at + length));
    }
    expect(source.reads).toBeGreaterThan(before);
  });
});

describe('an attachment that is not whole or not good', () => {
  it('cut at any byte: the view is what was recorded, until the line that says whose it is', async () => {
    const recording = TestRecording.simple();
    recording.recording.counter(recording.stream, 1000, 'queue', { waiting: 1 });
    const raw = recording.recording.finish();
    const report = await reportOf(raw, 100);
    const { bytes, from, to } = withProcessed(raw, [{ process: 0, json: JSON.stringify({ ...report, traceEvents: [] }) }], 64);
    for (let end = from; end < bytes.length; end++) {
      const cut = bytes.slice(0, end);
      expect(await findAttachments(new MemorySource(cut))).toBeUndefined();
      const attachments = walk(cut);
      expect(attachments.some).toBe(end >= to);
      // Its own line may be what is cut.
      const isTold = attachments.problems().length > 0;
      expect(isTold).toBe(end < to && decodeAll(cut).some((line) => line.kind === 'attachment'));
      // Behind that line only index and footer are cut, and each view costs a reading of the attachment.
      if (end > to && end % 128 !== 0) continue;
      const { bytes: view } = await viewOf(cut);
      expect(shown(view).events).toHaveLength(end >= to ? 0 : 1);
    }
  }, 60_000);

  it('whole, but without the line that says whose it is, is told', async () => {
    const raw = sample();
    const bytes = processed(raw, { traceEvents: [] }, 0, { unnamed: true });
    const attachments = await findAttachments(new MemorySource(bytes));
    expect(attachments?.some).toBe(false);
    expect(attachments?.problems()).toMatchObject([{ code: 'attachment-cut', message: expect.stringContaining('processed-0.json') }]);
  });

  it.each([
    ['no trace at all', '{"hello":1}'],
    ['events without a phase', '{"traceEvents":[{"a":1},{"b":2}]}'],
    ['not even JSON', 'oh no'],
  ])('%s: what was recorded is shown, and why', async (_, json) => {
    const raw = sample();
    const { bytes, problems } = await viewOf(withProcessed(raw, [{ process: 0, json }]).bytes);
    expect(problems).toEqual([expect.stringContaining('What was recorded of it is shown instead.')]);
    expect(shown(bytes).events).toEqual(shown(raw).events);
  });

  it('damaged in one byte of its blocks: the recorded view, told with the place', async () => {
    const raw = sample();
    const report = JSON.stringify(await reportOf(raw, 100));
    await fc.assert(
      fc.asyncProperty(fc.nat(), fc.integer({ min: 1, max: 255 }), async (place, change) => {
        const { bytes, from, to } = withProcessed(raw, [{ process: 0, json: report }], 500);
        const at = from + (place % (to - from));
        bytes[at] = (bytes[at] as number) ^ change;
        const { bytes: view } = await viewOf(bytes);
        const { events } = shown(view);
        // Whatever the byte was, each process is there whole: as recorded (with its gap), or as plugins left it.
        const all = shown(raw).events;
        const gaps = events.filter((event) => event.kind === 'gap').length;
        expect(inOrder(events)).toEqual(inOrder(gaps > 0 ? all : all.filter((event) => event.kind !== 'gap')));
      }),
      { numRuns: 60 },
    );
  });

  it('of a file of any content never throws', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(fc.record({ process: fc.nat(3), json: fc.json() }), { maxLength: 3 }), async (samples) => {
        const raw = sample();
        const { bytes } = await viewOf(withProcessed(raw, samples, 16).bytes);
        expect(shown(bytes).events.filter((event) => event.thread === '200/0').length).toBeGreaterThanOrEqual(0);
      }),
      { numRuns: 60 },
    );
  });
});

function decodeAll(bytes: Uint8Array): RecordingInfo[] {
  const reader = new BlockReader();
  return [...reader.push(bytes), ...reader.end()].flatMap((item) =>
    item.kind === 'block' && item.header.type === BlockType.INFO ? decodeInfo(item.payload) : [],
  );
}
