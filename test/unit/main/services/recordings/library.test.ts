import { existsSync, utimesSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { KEEP_RULE, RecordingLibrary } from '../../../../../main/services/recordings/library.ts';
import { TemporaryFolder } from '../temporary-folder.ts';

let folder: TemporaryFolder;
let library: RecordingLibrary;
beforeEach(() => {
  folder = new TemporaryFolder();
  library = new RecordingLibrary(path.join(folder.path, 'recordings'));
});
afterEach(() => folder.remove());

const DAY_MS = 86_400_000;
const NOTHING_OPEN = { inUse: new Set<string>() };

async function record(recording: string, { startedAtMs = Date.now(), bytes = 10 } = {}): Promise<string> {
  const file = await library.begin({ recording, session: `session-${recording}`, title: `${recording}.js`, startedAtMs });
  writeFileSync(file, new Uint8Array(bytes));
  return file;
}
async function recorded(recording: string, options: { startedAtMs?: number; bytes?: number } = {}): Promise<string> {
  const file = await record(recording, options);
  await library.finish(recording, options.startedAtMs ?? Date.now(), { kind: 'exited', code: 0 });
  return file;
}
/** As a studio leaves it that is gone: its journal names a process that does not run. */
function writeJournal(recording: string, change: object): string {
  const journal = { version: 1, recording, session: 's', title: 'left.js', startedAtMs: Date.now(), writer: 2 ** 22 + 1, ...change };
  folder.write(`recordings/${recording}.tsr`, 'TSRECORD');
  return folder.write(`recordings/${recording}.json`, JSON.stringify(journal));
}

test('lists what was recorded, newest first, with how it ended', async () => {
  await recorded('old', { startedAtMs: 1000 });
  await recorded('new', { startedAtMs: 2000 });
  const list = await library.list();
  expect(list.map(({ journal, live, recovered }) => [journal.recording, live, recovered])).toEqual([
    ['new', false, false],
    ['old', false, false],
  ]);
  expect(list[0]?.journal.end).toEqual({ kind: 'exited', code: 0 });
});

test('a recording that is written is live, and recovered when its studio is gone', async () => {
  await record('running');
  writeJournal('crashed', {});
  const list = await library.list();
  expect(list.find(({ journal }) => journal.recording === 'running')).toMatchObject({ live: true, recovered: false });
  expect(list.find(({ journal }) => journal.recording === 'crashed')).toMatchObject({ live: false, recovered: true });
});

test('another studio that runs keeps its recording live, until its journal has grown old', async () => {
  const file = writeJournal('elsewhere', { writer: process.ppid });
  expect((await library.find('elsewhere'))?.live).toBe(true);
  const old = new Date(Date.now() - 3_600_000);
  utimesSync(file, old, old);
  expect(await library.find('elsewhere')).toMatchObject({ live: false, recovered: true });
});

test('our own pid in a journal of an earlier process is nobody', async () => {
  writeJournal('earlier', { writer: process.pid });
  expect((await library.find('earlier'))?.recovered).toBe(true);
});

test('damaged journals and recordings without one are left alone', async () => {
  folder.write('recordings/cut.json', '{"version":1,');
  folder.write('recordings/cut.tsr', 'TSRECORD');
  folder.write('recordings/future.json', '{"version":2}');
  writeJournal('moved', { recording: 'another' });
  folder.write('recordings/alone.tsr', 'TSRECORD');
  expect(await library.list()).toEqual([]);
  await library.clean(NOTHING_OPEN);
  expect(existsSync(path.join(folder.path, 'recordings/cut.tsr'))).toBe(true);
});

test('a saved one is listed no more and cleaned', async () => {
  const file = await recorded('kept');
  await library.markSaved('kept', '/somewhere/kept.tsr');
  expect(await library.list()).toEqual([]);
  expect(await library.clean(NOTHING_OPEN)).toEqual(['kept']);
  expect(existsSync(file)).toBe(false);
});

test('one that runs cannot be marked as saved whole', async () => {
  await record('running');
  await library.markSaved('running', '/somewhere/part.tsr');
  expect((await library.find('running'))?.journal.savedTo).toBeUndefined();
});

test('cleans what is older than 30 days', async () => {
  const nowMs = Date.now();
  await recorded('day-29', { startedAtMs: nowMs - 29 * DAY_MS });
  await recorded('day-31', { startedAtMs: nowMs - 31 * DAY_MS });
  expect(await library.clean({ ...NOTHING_OPEN, nowMs })).toEqual(['day-31']);
});

test('cleans the oldest when those behind the newest are too large', async () => {
  for (const [index, name] of ['first', 'second', 'third', 'newest'].entries()) await recorded(name, { startedAtMs: Date.now() + index, bytes: 40 });
  expect(await library.clean({ ...NOTHING_OPEN, keptBytes: 100 })).toEqual(['first']);
  expect((await library.list()).map(({ journal }) => journal.recording)).toEqual(['newest', 'third', 'second']);
});

test('the newest stays, however large and old it is, and takes no room from the others', async () => {
  const nowMs = Date.now();
  await recorded('older', { startedAtMs: nowMs - 2, bytes: 40 });
  await recorded('huge', { startedAtMs: nowMs - 1, bytes: 4000 });
  expect(await library.clean({ ...NOTHING_OPEN, keptBytes: 100 })).toEqual([]);
  await library.remove('older');
  expect(await library.clean({ ...NOTHING_OPEN, nowMs: nowMs + 90 * DAY_MS, keptBytes: 0 })).toEqual([]);
});

test('the newest that ended stays while a later one runs; then it is one of the rest', async () => {
  await recorded('ended', { startedAtMs: Date.now() - 1, bytes: 40 });
  await record('running');
  expect(await library.clean({ ...NOTHING_OPEN, keptBytes: 0 })).toEqual([]);
  await library.finish('running', Date.now(), { kind: 'exited', code: 0 });
  expect(await library.clean({ ...NOTHING_OPEN, keptBytes: 0 })).toEqual(['ended']);
});

test('one that a crash left stays for 30 days, however large it is', async () => {
  const nowMs = Date.now();
  writeJournal('crashed', { startedAtMs: nowMs - 29 * DAY_MS });
  writeJournal('crashed-long-ago', { startedAtMs: nowMs - 31 * DAY_MS });
  await recorded('newest', { startedAtMs: nowMs });
  expect(await library.clean({ ...NOTHING_OPEN, nowMs, keptBytes: 0 })).toEqual(['crashed-long-ago']);
});

test('the copy of a saved one is no newest', async () => {
  await recorded('unsaved', { startedAtMs: 1000 });
  await recorded('saved', { startedAtMs: 2000 });
  await library.markSaved('saved', '/somewhere/saved.tsr');
  expect(await library.clean({ ...NOTHING_OPEN, keptBytes: 0 })).toEqual(['saved']);
});

test('never cleans what runs or is open', async () => {
  const startedAtMs = Date.now() - 90 * DAY_MS;
  await record('running', { startedAtMs });
  await recorded('open', { startedAtMs });
  expect(await library.clean({ inUse: new Set(['open']), keptBytes: 0 })).toEqual([]);
});

test('says its rule in words', () => {
  expect(KEEP_RULE).toBe(
    'Recordings that you do not save are kept for 30 days or until the older ones fill 5 GB, whichever comes first. The newest always stays.',
  );
});

test('what a dead studio had half uploaded goes after a day; what is whole is kept like a recording', async () => {
  const half = await library.temporaryFile('half');
  writeFileSync(half, 'half');
  await library.clean(NOTHING_OPEN);
  expect(existsSync(half)).toBe(true);
  await library.clean({ ...NOTHING_OPEN, nowMs: Date.now() + 2 * DAY_MS });
  expect(existsSync(half)).toBe(false);

  const whole = await library.temporaryFile('whole');
  writeFileSync(whole, '[]');
  await library.add(whole, { recording: 'whole', title: 'far.json', extension: '.json' });
  await recorded('newer', { startedAtMs: Date.now() + 1000 });
  expect(await library.find('whole')).toMatchObject({ journal: { title: 'far.json' }, bytes: 2, live: false, recovered: false });
  expect(await library.clean({ ...NOTHING_OPEN, nowMs: Date.now() + 29 * DAY_MS })).toEqual([]);
  expect(await library.clean({ ...NOTHING_OPEN, nowMs: Date.now() + 31 * DAY_MS })).toEqual(['whole']);
  expect(existsSync(library.fileOf('whole', '.json'))).toBe(false);
});
