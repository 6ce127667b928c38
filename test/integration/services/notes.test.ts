import { existsSync, readFileSync, statSync, truncateSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { Trace } from '../../../core/model/trace.ts';
import type { RecordingNote } from '../../../core/protocol/notes.ts';
import { BlockReader } from '../../../core/protocol/recording-reader.ts';
import type { ExportFormat } from '../../../core/protocol/studio-api.ts';
import { readAll, StudioFixture, scriptConfig, type WindowClient } from './studio-fixture.ts';

let fixture: StudioFixture;
let window: WindowClient;
beforeEach(() => {
  fixture = new StudioFixture();
  window = fixture.window();
});
afterEach(() => fixture.end());

const work = (name: string) => path.join(fixture.folder, 'work', name);
const SLOW: RecordingNote = { id: 'slow', fromNs: 1000, toNs: 2000, text: 'slow <here>' };
const MOMENT: RecordingNote = { id: 'moment', fromNs: 500, toNs: 500, text: 'a moment' };
const COUNTING = `
  const { VizCounter, getTracer } = require('trace-studio');
  const counter = new VizCounter(getTracer(), 'queue');
  for (let i = 0; i < 10; i++) counter.waiting = i;
`;
const REPORT = JSON.stringify({ traceEvents: [{ ph: 'X', pid: 1, tid: 1, name: 'work', ts: 0, dur: 10 }] });

function notesIn(bytes: Uint8Array): RecordingNote[] {
  const trace = new Trace({ read: async (offset, length) => bytes.slice(offset, offset + length) });
  const reader = new BlockReader();
  for (const item of [...reader.push(bytes), ...reader.end()]) {
    if (item.kind === 'head') trace.setHead(item.head);
    else if (item.kind === 'block') trace.addBlock(item.header, item.payload, item.offset);
    else throw new Error(item.problem.message);
  }
  return trace.notes();
}

async function exported(recording: string, format: ExportFormat, name: string): Promise<{ readonly bytes: Buffer; readonly notes: readonly string[] }> {
  const { job } = await window.request('export.start', { recording, format, path: work(name) });
  const { state, notes } = await window.pushedThat('export.progress', (progress) => progress.job === job && progress.state !== 'running');
  expect(state).toBe('done');
  return { bytes: readFileSync(work(name)), notes };
}

test('notes of a run under way and of one that is over are in its recording, in its copies, and told to every window', async () => {
  const other = fixture.window();
  const { id, recording } = await window.request('session.start', scriptConfig(fixture.write('count.js', `${COUNTING} process.stdin.resume()`)));
  await window.pushedThat('session.changed', (info) => info.events === 10);
  expect(await window.request('notes.change', { recording, change: { put: MOMENT } })).toEqual({});
  expect(await other.pushedThat('notes.changed', () => true)).toEqual({ recording, change: { put: MOMENT } });
  await window.request('session.stop', { session: id });
  await window.ended(id);
  await window.request('recordings.save', { recording, path: work('kept.tsr') });
  await Promise.all([
    window.request('notes.change', { recording, change: { put: SLOW } }),
    other.request('notes.change', { recording, change: { put: { ...MOMENT, text: 'two windows at once' } } }),
  ]);
  const expected = [{ ...MOMENT, text: 'two windows at once' }, SLOW];
  // Who opens it now reads the whole of the file that has grown.
  expect(notesIn(await readAll(await fixture.reader(), recording))).toEqual(expected);
  expect(notesIn(readFileSync(work('kept.tsr')))).toEqual(expected);
  await window.request('notes.change', { recording, change: { remove: SLOW.id } });
  expect(notesIn(readFileSync(work('kept.tsr')))).toEqual(expected.slice(0, 1));
  expect(await window.request('notes.beside', { recording })).toEqual([]);
});

test('a trace of another format keeps its notes beside, and takes them along', async () => {
  const { id: recording } = await window.request('recordings.openPath', { path: fixture.write('report.json', REPORT) });
  expect(await window.request('notes.change', { recording, change: { put: SLOW } })).toEqual({ beside: work('report.json.notes.json') });
  await window.request('notes.change', { recording, change: { put: MOMENT } });
  expect(readFileSync(work('report.json'), 'utf8')).toBe(REPORT);
  expect(await window.request('notes.beside', { recording })).toEqual([MOMENT, SLOW]);

  const json = await exported(recording, 'chrome-json', 'out.json');
  const { traceEvents } = JSON.parse(json.bytes.toString()) as { readonly traceEvents: readonly Record<string, unknown>[] };
  expect(traceEvents.filter(({ cat }) => cat === 'note')).toMatchObject([
    { ph: 'i', s: 'g', name: 'a moment', ts: 0.5 },
    { ph: 'b', name: 'slow <here>', ts: 1 },
    { ph: 'e', name: 'slow <here>', ts: 2 },
  ]);
  expect((await exported(recording, 'perfetto', 'out.pftrace')).bytes.includes('slow <here>')).toBe(true);
  expect((await exported(recording, 'speedscope', 'out.speedscope.json')).notes).toContain('2 notes were left out: the format has no place for them.');
  expect(notesIn((await exported(recording, 'recording', 'out.tsr')).bytes)).toEqual([MOMENT, SLOW]);
  await window.request('recordings.save', { recording, path: work('saved.tsr') });
  expect(notesIn(readFileSync(work('saved.tsr')))).toEqual([MOMENT, SLOW]);

  for (const remove of [SLOW.id, MOMENT.id]) await window.request('notes.change', { recording, change: { remove } });
  expect(existsSync(work('report.json.notes.json'))).toBe(false);
});

test('a recording that was cut is left as it is', async () => {
  const { id, recording } = await window.request('session.start', scriptConfig(fixture.write('count.js', COUNTING)));
  await window.ended(id);
  await window.request('recordings.save', { recording, path: work('cut.tsr') });
  const { size } = statSync(work('cut.tsr'));
  truncateSync(work('cut.tsr'), size - 20);
  const { id: cut } = await fixture.window().request('recordings.openPath', { path: fixture.write('copy.tsr', readFileSync(work('cut.tsr'))) });
  expect(await window.request('notes.change', { recording: cut, change: { put: SLOW } })).toEqual({ beside: work('copy.tsr.notes.json') });
  expect(readFileSync(work('copy.tsr'))).toEqual(readFileSync(work('cut.tsr')));
  expect(await window.request('notes.beside', { recording: cut })).toEqual([SLOW]);
  writeFileSync(work('copy.tsr.notes.json'), '{"notes":[{"id":7},null,{"id":"x","fromNs":0,"toNs":0,"text":"good"}]}');
  expect(await window.request('notes.beside', { recording: cut })).toEqual([{ id: 'x', fromNs: 0, toNs: 0, text: 'good' }]);
});

test.each([{ put: { ...SLOW, toNs: 10 } }, { put: { ...SLOW, text: 'x'.repeat(2001) } }, { put: { ...SLOW, fromNs: Number.NaN } }, { remove: '' }, {}])(
  'what is no note is refused: %j',
  async (change) => {
    const { id: recording } = await window.request('recordings.openPath', { path: fixture.write('report.json', REPORT) });
    await expect(window.request('notes.change', { recording, change: change as never })).rejects.toMatchObject({ code: 'bad-argument' });
  },
);
