import { existsSync, readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { readAll, StudioFixture, scriptConfig } from './studio-fixture.ts';

let fixture: StudioFixture;
beforeEach(() => {
  fixture = new StudioFixture();
});
afterEach(() => fixture.end());

const COUNTING = `
  const { VizCounter, getTracer } = require('trace-studio');
  const counter = new VizCounter(getTracer(), 'queue');
  for (let i = 0; i < 100; i++) counter.waiting = i;
`;

test('runs a script, tells its end to every window and keeps the recording as unsaved', async () => {
  const [one, two] = [fixture.window(), fixture.window()];
  const script = fixture.write('count.js', `${COUNTING} process.exitCode = 3;`);
  const started = await one.request('session.start', scriptConfig(script));
  const [ended] = await Promise.all([one.ended(started.id), two.ended(started.id)]);
  expect(ended.end).toEqual({ kind: 'exited', code: 3 });
  expect(ended.events).toBe(100);

  const bytes = await readAll(await fixture.reader(), started.recording);
  expect(bytes.subarray(0, 8).toString()).toBe('TSRECORD');
  await expect
    .poll(() => one.request('recordings.recent', null))
    .toMatchObject([{ ref: started.recording, unsaved: true, recovered: false, end: { kind: 'exited', code: 3 }, title: 'count.js' }]);
  expect(await one.request('recordings.list', null)).toMatchObject([{ id: started.recording, live: false, unsaved: true }]);
  expect(await one.request('launch.recent', null)).toMatchObject([{ config: { target: { path: script } } }]);
});

test('passes arguments, environment and working directory, and hides itself from the script', async () => {
  const window = fixture.window();
  const script = fixture.write(
    'sub/show.js',
    `console.log(JSON.stringify([process.argv.slice(2), process.cwd(), process.env.GIVEN, process.env.NODE_OPTIONS ?? null]))`,
  );
  const started = await window.request('session.start', scriptConfig(script, { arguments: `a 'b c' "d\\"e"`, environment: [{ name: 'GIVEN', value: 'yes' }] }));
  await window.ended(started.id);
  const text = (await readAll(await fixture.reader(), started.recording)).toString('latin1');
  expect(text).toContain(JSON.stringify([['a', 'b c', 'd"e'], path.dirname(script), 'yes', null]));
});

test('writes names of the environment into the recording, and values only when asked', async () => {
  const window = fixture.window();
  const script = fixture.write('quiet.js', '');
  const environment = [{ name: 'API_TOKEN', value: 'hush-hush-1' }];
  const without = await window.request('session.start', scriptConfig(script, { environment }));
  const withValues = await window.request('session.start', scriptConfig(script, { environment, recordEnvironmentValues: true }));
  await Promise.all([window.ended(without.id), window.ended(withValues.id)]);
  const reader = await fixture.reader();
  const silent = (await readAll(reader, without.recording)).toString('latin1');
  expect(silent).toContain('API_TOKEN');
  expect(silent).not.toContain('hush-hush-1');
  expect((await readAll(reader, withValues.recording)).toString('latin1')).toContain('hush-hush-1');
});

test('stops a script politely, and says who stopped it', async () => {
  const window = fixture.window();
  const script = fixture.write('wait.js', `process.stdin.resume(); console.log('ready')`);
  const started = await window.request('session.start', scriptConfig(script));
  const stopped = await window.request('session.stop', { session: started.id });
  expect(stopped).toMatchObject({ state: 'ended', end: { kind: 'stopped', forced: false } });
});

test('stops a script that will not go by force, after the grace', async () => {
  const window = fixture.window();
  const script = fixture.write('stubborn.js', `process.on('SIGTERM', () => {}); process.stdin.resume(); console.log('ready')`);
  const started = await window.request('session.start', scriptConfig(script));
  const reader = await fixture.reader();
  for await (const chunk of reader.stream('recording.follow', { recording: started.recording, offset: 0 })) {
    if (Buffer.from(chunk).includes('ready')) break;
  }
  const stopped = await window.request('session.stop', { session: started.id });
  expect(stopped).toMatchObject({ state: 'ended', end: { kind: 'stopped', forced: true, signal: 'SIGKILL' } });
});

test('restarts with the same form as a session of its own', async () => {
  const window = fixture.window();
  const script = fixture.write('wait.js', `process.stdin.resume()`);
  const first = await window.request('session.start', scriptConfig(script));
  const second = await window.request('session.restart', { session: first.id });
  expect(second.id).not.toBe(first.id);
  const all = await window.request('session.list', null);
  expect(all.find(({ id }) => id === first.id)?.state).toBe('ended');
  expect(fixture.studio.runningSessions()).toBe(1);
});

test('types into stdin and ends it', async () => {
  const window = fixture.window();
  const script = fixture.write('echo.js', `process.stdin.on('data', (d) => { process.exitCode = Number(String(d)) })`);
  const { id } = await window.request('session.start', scriptConfig(script));
  await window.request('session.stdin', { session: id, text: '42\n', end: true });
  expect((await window.ended(id)).end).toEqual({ kind: 'exited', code: 42 });
  await expect(window.request('session.stdin', { session: id, text: 'late' })).rejects.toMatchObject({ code: 'session-ended' });
});

test('refuses a missing script with a sentence and starts nothing', async () => {
  const window = fixture.window();
  const missing = path.join(fixture.folder, 'work', 'nowhere.js');
  await expect(window.request('session.start', scriptConfig(missing))).rejects.toMatchObject({
    code: 'script-not-found',
    message: `There is no file ${missing}.`,
  });
  expect(fixture.collectors).toHaveLength(0);
  expect(existsSync(path.join(fixture.folder, 'data', 'recordings'))).toBe(false);
});

test('refuses what is not JavaScript', async () => {
  const window = fixture.window();
  const image = fixture.write('picture.png', new Uint8Array([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a, 0, 0, 0]));
  await expect(window.request('session.start', scriptConfig(image))).rejects.toMatchObject({
    code: 'not-a-script',
    message: 'picture.png is a PNG image, not JavaScript.',
  });
});

test('refuses a window that sends something else than a form, and goes on', async () => {
  const window = fixture.window();
  const bad = { ...scriptConfig('/x.js'), arguments: 7 };
  await expect(window.peer.call('session.start', bad)).rejects.toMatchObject({
    code: 'bad-argument',
    message: expect.stringContaining('arguments must be text'),
  });
  await expect(window.peer.call('session.stop', null)).rejects.toMatchObject({ code: 'bad-argument' });
  expect((await window.request('studio.info', null)).host).toBe('web');
});

test('runs an npm script with the chosen Node, without a shell of its own', async () => {
  const window = fixture.window();
  fixture.write('package.json', JSON.stringify({ name: 'sample', scripts: { go: 'node go.js' } }));
  fixture.write('go.js', `process.exitCode = process.argv.length`);
  const folder = path.join(fixture.folder, 'work');
  const config = scriptConfig('', { target: { kind: 'npm-script', folder, name: 'go' }, arguments: 'one two' });
  const inspection = await window.request('launch.inspect', config);
  expect(inspection.problems).toEqual([]);
  expect(inspection.project?.scripts).toEqual([{ name: 'go', command: 'node go.js' }]);
  const { id } = await window.request('session.start', config);
  expect((await window.ended(id)).end).toEqual({ kind: 'exited', code: 4 });
});

test('runs a command', async () => {
  const window = fixture.window();
  fixture.write('go.js', `process.exitCode = 9`);
  const { id } = await window.request('session.start', scriptConfig('', { target: { kind: 'command', command: 'node ./go.js' } }));
  expect((await window.ended(id)).end).toEqual({ kind: 'exited', code: 9 });
});

test('survives a collector that is killed: says so, keeps the recording, and records again', async () => {
  const window = fixture.window();
  const script = fixture.write('wait.js', `${COUNTING} process.stdin.resume()`);
  const { id, recording } = await window.request('session.start', scriptConfig(script));
  const running = await window.pushedThat('session.changed', (info) => info.events === 100);
  const collectorPid = parentOf(running.pid as number);
  process.kill(collectorPid, 'SIGKILL');
  const lost = await window.ended(id);
  expect(lost.recordingProblem).toContain('The recorder ended unexpectedly');
  expect(lost.end).toEqual({ kind: 'recorder-lost' });
  await expect.poll(() => isAlive(running.pid as number)).toBe(false);

  const again = await window.request('session.start', scriptConfig(fixture.write('ok.js', '')));
  expect((await window.ended(again.id)).end).toEqual({ kind: 'exited', code: 0 });
  const bytes = await readAll(await fixture.reader(), recording);
  expect(bytes.subarray(0, 8).toString()).toBe('TSRECORD');
  await expect
    .poll(() => window.request('recordings.recent', null))
    .toContainEqual(expect.objectContaining({ ref: recording, end: { kind: 'recorder-lost' } }));
});

test('copies the tracer to the data folder before a launch', async () => {
  const window = fixture.window();
  const { id } = await window.request('session.start', scriptConfig(fixture.write('ok.js', '')));
  await window.ended(id);
  const [folder] = readdirSync(path.join(fixture.folder, 'data', 'tracer')).filter((name) => !name.startsWith('.'));
  expect(folder).toMatch(/^\d+\.\d+\.\d+-[0-9a-f]{12}$/);
  expect(readFileSync(path.join(fixture.folder, 'data', 'tracer', folder as string, 'preload.cjs'), 'utf8')).toContain('tracer.cjs');
});

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return !/^\d+ \(.*\) Z/s.test(readFileSync(`/proc/${pid}/stat`, 'utf8'));
  } catch {
    return false;
  }
}

/** Linux only, as the machine that runs these tests. */
function parentOf(pid: number): number {
  const status = readFileSync(`/proc/${pid}/stat`, 'utf8');
  return Number(status.slice(status.lastIndexOf(')') + 2).split(' ')[1]);
}

const STEPS = `
  const tracer = require('trace-studio').getTracer();
  const steps = { mark: () => {}, instant: (name) => tracer.instant(name), fail: () => require('child_process').spawn(process.execPath, ['-e', 'process.exit(3)']) };
  require('readline').createInterface({ input: process.stdin }).on('line', (line) => { const [name, word] = line.split(' '); steps[name](word); });
  tracer.instant('begin');
`;

test('controls a run: recording, objects, moments; and answers in words where that is no longer possible', async () => {
  const window = fixture.window();
  const started = await window.request('session.start', scriptConfig(fixture.write('steps.js', STEPS), { capture: { calls: 'off' } }));
  const session = started.id;
  await window.pushedThat('session.changed', (info) => info.processes === 1);
  expect(await window.request('session.record', { session, on: false })).toMatchObject({ gate: { on: false, by: 'window' } });
  expect(await window.request('session.record', { session, on: true })).toMatchObject({ gate: { on: true, by: 'window' } });
  expect(await window.request('session.snapshot', { session })).toEqual({ processes: 1 });
  expect(await window.request('session.mark', { session, name: 'release' })).toMatchObject({ name: 'release', note: { text: 'release' } });
  await expect(window.request('session.saveLast', { session })).rejects.toThrow('All of steps.js is kept.');
  await window.request('session.stop', { session });
  for (const act of [
    window.request('session.record', { session, on: false }),
    window.request('session.snapshot', { session }),
    window.request('session.mark', { session, name: '' }),
    window.request('session.saveLast', { session }),
  ])
    await expect(act).rejects.toMatchObject({ code: 'session-ended' });
});

test('saves what a run keeps as recordings of their own: when asked, and by itself when a process fails', async () => {
  const window = fixture.window();
  const capture = { calls: 'off', keep: 'last', keepSeconds: 30 } as const;
  const started = await window.request('session.start', scriptConfig(fixture.write('steps.js', STEPS), { capture }));
  const session = started.id;
  await window.pushedThat('session.changed', (info) => info.events > 0);
  const saved = await window.request('session.saveLast', { session });
  expect(saved.title).toMatch(/^steps\.js, until \d\d:\d\d:\d\d$/);
  const opened = await window.request('recordings.openRecent', { ref: saved.ref });
  expect(opened).toMatchObject({ live: false, unsaved: true, title: saved.title });
  expect((await readAll(await fixture.reader(), opened.id)).toString('latin1')).toContain('begin');

  await window.request('session.stdin', { session, text: 'fail\n' });
  const news = await window.pushedThat('session.saved', () => true);
  expect(news).toMatchObject({ session, why: expect.stringMatching(/^process \d+ ended with code 3\.$/) });
  const recent = await window.request('recordings.recent', null);
  expect(recent.map(({ ref }) => ref)).toEqual(expect.arrayContaining([saved.ref, news.ref]));
  await window.request('session.stop', { session });
  await expect.poll(async () => (await window.request('recordings.recent', null)).map(({ ref }) => ref)).toContain(started.recording);
});
