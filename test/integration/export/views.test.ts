import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { gunzipSync, gzipSync } from 'node:zlib';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Conversion } from '../../../main/services/export/conversion.ts';
import { convertRecording } from '../../../main/services/export/convert-recording.ts';
import { TestRecording } from '../../helpers/build-recording.ts';
import { withProcessed } from '../../helpers/with-processed.ts';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'export-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const file = (name: string): string => path.join(folder, name);

/** A process with one counter, whose plugin left another one and a member beside the events. */
function sample() {
  const { recording, stream } = TestRecording.simple();
  recording.counter(stream, 1000, 'queue', { waiting: 1 });
  const event = { ph: 'C', pid: 100, tid: 100, name: 'left', ts: 25_769_803.777, args: { a: 2 } };
  return withProcessed(recording.finish(), [
    { process: 0, json: JSON.stringify({ traceEvents: [event], mine: 1, viztracer_metadata: { overflow: true, note: 'n' } }) },
  ]);
}

async function converted(bytes: Uint8Array, options: Partial<Conversion> = {}) {
  writeFileSync(file('a.tsr'), bytes);
  rmSync(file('out'), { force: true });
  const done = await convertRecording({ source: file('a.tsr'), target: file('out'), format: 'chrome-json', ...options });
  const raw = readFileSync(file('out'));
  const text = options.format === 'chrome-json-gz' ? gunzipSync(raw).toString() : raw.toString();
  const report =
    options.format === 'recording' ? undefined : (JSON.parse(text) as { traceEvents: { ph: string; name: string; ts: number }[]; [key: string]: unknown });
  return { ...done, report, raw, names: report?.traceEvents.filter(({ ph }) => ph === 'C').map(({ name }) => name) };
}

describe('an export of a recording that plugins left something in', () => {
  it('holds what they left, with what they put beside the events', async () => {
    const { report, names, notes } = await converted(sample().bytes);
    expect([names, notes]).toEqual([['left'], []]);
    expect(report?.traceEvents.find(({ ph }) => ph === 'C')?.ts).toBe(25_769_803.777);
    expect(report).toMatchObject({ mine: 1, viztracer_metadata: { overflow: true, note: 'n', baseTimeNanoseconds: expect.any(Number) } });
  });

  it.each(['chrome-json', 'chrome-json-gz'] as const)('holds what was recorded on request: %s', async (format) => {
    const { names, report } = await converted(sample().bytes, { format, view: 'raw' });
    expect(names).toEqual(['queue']);
    expect(report?.mine).toBeUndefined();
  });

  it('holds what was recorded while it goes on', async () => {
    expect((await converted(sample().bytes, { live: true })).names).toEqual(['queue']);
  });

  it.each(['processed', 'raw'] as const)('is a copy of both as a recording, asked for as %s', async (view) => {
    const { bytes } = sample();
    expect((await converted(bytes, { format: 'recording', view })).raw.equals(bytes)).toBe(true);
  });

  it('works for a compressed one', async () => {
    expect((await converted(gzipSync(sample().bytes))).names).toEqual(['left']);
    expect((await converted(gzipSync(sample().bytes), { view: 'raw' })).names).toEqual(['queue']);
  });

  it('of a file that was cut behind it is the same; cut inside of it, what was recorded, and why', async () => {
    const { bytes, from, to } = sample();
    expect((await converted(bytes.subarray(0, to))).names).toEqual(['left']);
    const { names, notes } = await converted(bytes.subarray(0, Math.floor((from + to) / 2)));
    expect(names).toEqual(['queue']);
    expect(notes).toContainEqual(expect.stringContaining('What was recorded of it is shown instead.'));
  });
});
