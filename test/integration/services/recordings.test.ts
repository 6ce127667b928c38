import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { gunzipSync } from 'node:zlib';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { isAboutSources } from '../../../core/formats/source-totals.ts';
import type { RecordingInfoSummary } from '../../../core/protocol/session-types.ts';
import { dist, readAll, StudioFixture, scriptConfig, type WindowClient } from './studio-fixture.ts';

let fixture: StudioFixture;
let window: WindowClient;
beforeEach(() => {
  fixture = new StudioFixture();
  window = fixture.window();
});
afterEach(() => fixture.end());

const work = (name: string) => path.join(fixture.folder, 'work', name);
const COUNTING = `
  const { VizCounter, getTracer } = require('trace-studio');
  const counter = new VizCounter(getTracer(), 'queue');
  for (let i = 0; i < 100; i++) counter.waiting = i;
`;

/** A recording of a script that has ended. */
async function record(): Promise<string> {
  const { id, recording } = await window.request('session.start', scriptConfig(fixture.write('count.js', COUNTING)));
  await window.ended(id);
  return recording;
}

describe('saving', () => {
  test('writes the whole recording, and it is unsaved no more', async () => {
    const recording = await record();
    await expect(window.request('recordings.save', { recording })).rejects.toMatchObject({ code: 'no-path' });
    const saved = await window.request('recordings.save', { recording, path: work('kept.tsr') });
    expect(saved).toMatchObject({ path: work('kept.tsr'), title: 'kept.tsr', unsaved: false });
    expect(readFileSync(work('kept.tsr'))).toEqual(await readAll(await fixture.reader(), recording));
    expect(await window.request('recordings.recent', null)).toMatchObject([
      { path: work('kept.tsr'), unsaved: false, bytes: readFileSync(work('kept.tsr')).length },
    ]);
    expect(await window.request('recordings.save', { recording })).toMatchObject({ path: work('kept.tsr') });
  });

  test('never replaces a file unless that was confirmed', async () => {
    const recording = await record();
    fixture.write('precious.tsr', 'precious');
    await expect(window.request('recordings.save', { recording, path: work('precious.tsr') })).rejects.toMatchObject({ code: 'file-exists' });
    expect(readFileSync(work('precious.tsr'), 'utf8')).toBe('precious');
    await window.request('recordings.save', { recording, path: work('precious.tsr'), overwrite: true });
    expect(readFileSync(work('precious.tsr')).subarray(0, 8).toString()).toBe('TSRECORD');
  });

  test('stays inside the roots', async () => {
    const recording = await record();
    await expect(window.request('recordings.save', { recording, path: path.join(fixture.folder, 'out.tsr') })).rejects.toMatchObject({ code: 'outside-roots' });
    await expect(window.request('recordings.openPath', { path: '/etc/hostname' })).rejects.toMatchObject({ code: 'outside-roots' });
  });

  test('a live recording saves what there is, and stays unsaved', async () => {
    const { recording } = await window.request('session.start', scriptConfig(fixture.write('wait.js', `${COUNTING} process.stdin.resume()`)));
    await window.pushedThat('session.changed', (info) => info.events === 100);
    const saved = await window.request('recordings.save', { recording, path: work('part.tsr') });
    expect(saved).toMatchObject({ live: true, unsaved: true });
    expect(readFileSync(work('part.tsr')).includes('waiting')).toBe(true);
  });
});

describe('opening', () => {
  test('a saved recording gives the same bytes, once for all who open it', async () => {
    const recording = await record();
    await window.request('recordings.save', { recording, path: work('kept.tsr') });
    await window.request('recordings.close', { recording });
    expect(await window.request('recordings.list', null)).toEqual([]);
    const [one, two] = await Promise.all([
      window.request('recordings.openPath', { path: work('kept.tsr') }),
      fixture.window().request('recordings.openPath', { path: work('kept.tsr') }),
    ]);
    expect(one).toMatchObject({ format: 'recording', live: false, unsaved: false, title: 'kept.tsr' });
    expect(two.id).toBe(one.id);
    expect(await readAll(await fixture.reader(), one.id)).toEqual(readFileSync(work('kept.tsr')));
  });

  test('stays open for the window that has not closed it', async () => {
    fixture.write('trace.json', '{"traceEvents":[]}');
    const other = fixture.window();
    const { id } = await window.request('recordings.openPath', { path: work('trace.json') });
    await other.request('recordings.openPath', { path: work('trace.json') });
    await window.request('recordings.close', { recording: id });
    expect(await other.request('recordings.list', null)).toMatchObject([{ id }]);
    await other.request('recordings.close', { recording: id });
    expect(await other.request('recordings.list', null)).toEqual([]);
  });

  test('of what is not there, or is a folder, is refused in words', async () => {
    await expect(window.request('recordings.openPath', { path: work('gone.tsr') })).rejects.toMatchObject({ code: 'file-not-found' });
    await expect(window.request('recordings.openPath', { path: path.join(fixture.folder, 'work') })).rejects.toMatchObject({ code: 'is-folder' });
    await expect(window.request('recordings.openRecent', { ref: 'nothing' })).rejects.toMatchObject({ code: 'no-such-recording' });
  });
});

describe('unsaved recordings', () => {
  test('are found again by the next studio, and can be opened and discarded there', async () => {
    const recording = await record();
    await fixture.studio.shutdown({ stopTargets: true });
    const next = new StudioFixture({ dataFolder: path.join(fixture.folder, 'data') });
    try {
      const after = next.window();
      expect(await after.request('recordings.recent', null)).toMatchObject([
        { ref: recording, unsaved: true, recovered: false, end: { kind: 'exited', code: 0 } },
      ]);
      expect(await after.request('recordings.openRecent', { ref: recording })).toMatchObject({ id: recording, title: 'count.js', unsaved: true });
      await after.request('recordings.discard', { ref: recording });
      expect(await after.request('recordings.recent', null)).toEqual([]);
      expect(readdirSync(path.join(fixture.folder, 'data/recordings'))).toEqual([]);
    } finally {
      await next.end();
    }
  });

  test('of a studio that crashed are listed first, as recovered', async () => {
    const recording = await record();
    const folder = path.join(fixture.folder, 'data/recordings');
    await fixture.studio.shutdown({ stopTargets: true });
    const journalFile = path.join(folder, `${recording}.json`);
    const { endedAtMs: _, end: __, ...journal } = JSON.parse(readFileSync(journalFile, 'utf8'));
    // A crash leaves a journal without an end, by a writer that is gone, and a file without a footer.
    writeFileSync(journalFile, JSON.stringify({ ...journal, writer: 2 ** 22 + 1 }));
    const whole = readFileSync(path.join(folder, `${recording}.tsr`));
    writeFileSync(path.join(folder, `${recording}.tsr`), whole.subarray(0, whole.length - 100));
    const next = new StudioFixture({ dataFolder: path.join(fixture.folder, 'data') });
    try {
      const after = next.window();
      expect(await after.request('recordings.recent', null)).toMatchObject([{ ref: recording, recovered: true }]);
      await after.request('recordings.openRecent', { ref: recording });
      expect((await readAll(await next.reader(), recording)).includes('waiting')).toBe(true);
    } finally {
      await next.end();
    }
  });

  test('that are being recorded can neither be discarded nor closed', async () => {
    const { recording, id } = await window.request('session.start', scriptConfig(fixture.write('wait.js', 'process.stdin.resume()')));
    await expect(window.request('recordings.discard', { ref: recording })).rejects.toMatchObject({ code: 'recording-live' });
    await window.request('recordings.close', { recording });
    expect(await window.request('recordings.list', null)).toMatchObject([{ id: recording, live: true }]);
    expect(await window.request('recordings.recent', null)).toEqual([]);
    await window.request('session.stop', { session: id });
  });
});

describe('exporting', () => {
  const finished = (job: string) => window.pushedThat('export.progress', (progress) => progress.job === job && progress.state !== 'running');

  test('writes Chrome Trace Event JSON, plain and compressed', async () => {
    const recording = await record();
    const plain = await window.request('export.start', { recording, format: 'chrome-json', path: work('a.json') });
    const zipped = await window.request('export.start', { recording, format: 'chrome-json-gz', path: work('a.json.gz') });
    expect(await finished(plain.job)).toMatchObject({ state: 'done', events: 100, path: work('a.json') });
    expect(await finished(zipped.job)).toMatchObject({ state: 'done' });
    const json = readFileSync(work('a.json'), 'utf8');
    expect(JSON.parse(json).traceEvents.filter((event: { ph: string }) => event.ph === 'C')).toHaveLength(100);
    expect(gunzipSync(readFileSync(work('a.json.gz'))).toString()).toBe(json);
    expect(readdirSync(path.join(fixture.folder, 'work')).sort()).toEqual(['a.json', 'a.json.gz', 'count.js']);
  });

  test('while it is recorded gives what is there, and does not call it interrupted', async () => {
    const code = "const { VizCounter, getTracer } = require('trace-studio'); new VizCounter(getTracer(), 'jobs').waiting = 1; process.stdin.resume();";
    const { recording, id } = await window.request('session.start', scriptConfig(fixture.write('wait.js', code)));
    await window.pushedThat('session.changed', (info) => info.id === id && info.events > 0);
    const { job } = await window.request('export.start', { recording, format: 'chrome-json', path: work('a.json') });
    const { state, notes } = await finished(job);
    // That JSON has no place for the script's text is said of every recording.
    expect({ state, notes: notes.filter((note) => !isAboutSources(note)) }).toEqual({ state: 'done', notes: [] });
    await window.request('session.stop', { session: id });
  });

  test('what was exported opens again, and can be saved as a recording', async () => {
    const recording = await record();
    const { job } = await window.request('export.start', { recording, format: 'chrome-json', path: work('a.json') });
    await finished(job);
    const opened = await window.request('recordings.openPath', { path: work('a.json') });
    expect(opened).toMatchObject({ format: 'other', unsaved: false });
    await window.request('recordings.save', { recording: opened.id, path: work('b.tsr') });
    expect(readFileSync(work('b.tsr')).subarray(0, 8).toString()).toBe('TSRECORD');
    expect(readFileSync(work('b.tsr')).includes('waiting')).toBe(true);
  });

  test('never harms a file that is there: not by refusal, not by failure', async () => {
    const recording = await record();
    fixture.write('a.json', 'precious');
    await expect(window.request('export.start', { recording, format: 'chrome-json', path: work('a.json') })).rejects.toMatchObject({ code: 'file-exists' });
    const text = await window.request('recordings.openPath', { path: fixture.write('notes.json', 'no trace at all') });
    const { job } = await window.request('export.start', { recording: text.id, format: 'chrome-json', path: work('a.json'), overwrite: true });
    expect(await finished(job)).toMatchObject({ state: 'failed', problem: { message: expect.stringContaining('.') } });
    expect(readFileSync(work('a.json'), 'utf8')).toBe('precious');
    expect(existsSync(work('a.json'))).toBe(true);
    expect(readdirSync(path.join(fixture.folder, 'work')).filter((name) => name.endsWith('.tmp'))).toEqual([]);
  });

  test('onto the recording itself is refused', async () => {
    const recording = await record();
    await window.request('recordings.save', { recording, path: work('kept.tsr') });
    await window.request('recordings.close', { recording });
    const opened = await window.request('recordings.openPath', { path: work('kept.tsr') });
    const onto = window.request('export.start', { recording: opened.id, format: 'recording', path: work('kept.tsr'), overwrite: true });
    await expect(onto).rejects.toMatchObject({ code: 'export-onto-itself' });
  });

  test('can be cancelled, and leaves nothing', async () => {
    const stalled = new StudioFixture({ exportWorker: fixture.write('stall.cjs', 'setInterval(() => {}, 1000)'), tracerFolder: path.join(dist, 'tracer') });
    try {
      const there = stalled.window();
      const { id } = await there.request('recordings.openPath', { path: stalled.write('t.json', '{"traceEvents":[]}') });
      const out = path.join(stalled.folder, 'work/out.json');
      const { job } = await there.request('export.start', { recording: id, format: 'chrome-json', path: out });
      await there.request('export.cancel', { job });
      await there.pushedThat('export.progress', (progress) => progress.job === job && progress.state === 'cancelled');
      expect(existsSync(out)).toBe(false);
    } finally {
      await stalled.end();
    }
  });
});

describe('uploading what only the browser can read', () => {
  const TRACE = JSON.stringify({ traceEvents: [1, 2, 3].map((n) => ({ ph: 'C', name: 'far', pid: 1, tid: 1, ts: n * 1000, args: { n } })) });

  async function upload(name: string, content: string | Uint8Array): Promise<RecordingInfoSummary> {
    const bytes = Buffer.from(content);
    const { upload: id } = await window.request('upload.begin', { name, bytes: bytes.length });
    for (let at = 0; at < bytes.length; at += 50) await window.request('upload.append', { upload: id }, bytes.subarray(at, at + 50));
    return window.request('upload.finish', { upload: id });
  }
  const folder = () => path.join(fixture.folder, 'data', 'recordings');

  test('makes it an unsaved recording, as it is, that can be saved and exported', async () => {
    const far = await upload('far.json', TRACE);
    expect(far).toMatchObject({ title: 'far.json', format: 'other', unsaved: true, live: false });
    expect((await readAll(await fixture.reader(), far.id)).toString()).toBe(TRACE);
    expect(await window.request('recordings.recent', null)).toMatchObject([{ ref: far.id, title: 'far.json', unsaved: true, recovered: false }]);
    await window.request('recordings.save', { recording: far.id, path: work('far.tsr') });
    expect(readFileSync(work('far.tsr')).subarray(0, 8).toString()).toBe('TSRECORD');
    const { job } = await window.request('export.start', { recording: far.id, format: 'chrome-json', path: work('again.json') });
    const end = await window.pushedThat('export.progress', (progress) => progress.job === job && progress.state !== 'running');
    expect(end).toMatchObject({ state: 'done', events: 3 });
  });

  test('of a recording gives that recording, and discarding leaves nothing of it', async () => {
    const recording = await record();
    await window.request('recordings.save', { recording, path: work('one.tsr') });
    const again = await upload('one.tsr', readFileSync(work('one.tsr')));
    expect(again).toMatchObject({ format: 'recording', unsaved: true });
    await window.request('recordings.discard', { ref: again.id });
    expect(readdirSync(folder()).filter((name) => name.startsWith(again.id))).toEqual([]);
  });

  test('refuses what is too large, more or less than announced, and what no trace is called', async () => {
    await expect(window.request('upload.begin', { name: 'huge.json', bytes: 3 * 1024 ** 3 })).rejects.toMatchObject({ code: 'upload-too-large' });
    await expect(window.request('upload.begin', { name: 'tool.exe', bytes: 1 })).rejects.toMatchObject({ code: 'no-trace-name' });
    const { upload: short } = await window.request('upload.begin', { name: 'a.json', bytes: 10 });
    await window.request('upload.append', { upload: short }, Buffer.alloc(5));
    await expect(window.request('upload.finish', { upload: short })).rejects.toMatchObject({ code: 'upload-incomplete' });
    const { upload: long } = await window.request('upload.begin', { name: 'a.json', bytes: 10 });
    await expect(window.request('upload.append', { upload: long }, Buffer.alloc(11))).rejects.toMatchObject({ code: 'upload-refused' });
    await expect(window.request('upload.append', { upload: long }, Buffer.alloc(1))).rejects.toMatchObject({ code: 'no-such-upload' });
    expect(readdirSync(folder())).toEqual([]);
  });

  test('that the user gives up, or whose window goes away, leaves nothing', async () => {
    const { upload: first } = await window.request('upload.begin', { name: 'a.json', bytes: 10 });
    await window.request('upload.cancel', { upload: first });
    expect(readdirSync(folder())).toEqual([]);
    const other = fixture.window();
    await other.request('upload.begin', { name: 'b.json', bytes: 10 });
    expect(readdirSync(folder())).toHaveLength(1);
    other.peer.close();
    await expect.poll(() => readdirSync(folder())).toEqual([]);
  });
});
