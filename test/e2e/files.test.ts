import { existsSync, mkdirSync, readdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { gunzipSync } from 'node:zlib';
import { expect, type Studio, test, WEB_ONLY } from './fixtures.ts';
import { dropFile } from './pages/drop-file.ts';
import { HeldAnswers } from './pages/held-answers.ts';
import { RunConfiguration } from './pages/run-configuration.ts';
import { StartPage } from './pages/start-page.ts';
import { TraceWindow } from './pages/trace-window.ts';

const SMALL = `
  const { getTracer, VizCounter, VizObject } = require('trace-studio');
  const counter = new VizCounter(getTracer(), 'steps');
  for (let i = 1; i <= 500; i++) counter.count = i;
  const state = new VizObject(getTracer(), 'state');
  state.phase = 'begun'; state.phase = 'over';
`;

async function recordSmall(studio: Studio): Promise<void> {
  await studio.start.runScript(studio.script('small.cjs', SMALL));
  await expect(studio.window.state()).toHaveText(/Exited 0/);
  await expect(studio.window.now('steps', 'count')).toHaveText('500');
}

async function saveAs(studio: Studio, name: string): Promise<string> {
  const file = path.join(studio.work, name);
  await studio.answerFile('save', file, () => studio.window.menu('File', /^Save as/));
  await expect(studio.window.messages).toContainText(name);
  return file;
}

async function openFile(studio: Studio, file: string): Promise<void> {
  await studio.answerFile('open', file, () => studio.window.menu('File', /^Open trace/));
}

for (const { format, name } of [
  { format: 'Chrome JSON', name: 'small.json' },
  { format: 'Chrome JSON, compressed', name: 'small.json.gz' },
]) {
  test(`export as ${format}, and open that again`, async ({ studio }) => {
    const { window } = studio;
    await recordSmall(studio);
    const file = path.join(studio.work, name);
    await window.menu('File', /^Export/);
    const dialog = window.page.getByRole('dialog', { name: 'Export trace' });
    await dialog.getByRole('radio', { name: format, exact: true }).click();
    await dialog.getByRole('textbox', { name: 'File' }).fill(file);
    await dialog.getByRole('button', { name: 'Export', exact: true }).click();
    await expect(dialog.getByRole('status')).toContainText(`to ${file}`);
    const bytes = readFileSync(file);
    const json = JSON.parse((name.endsWith('.gz') ? gunzipSync(bytes) : bytes).toString());
    const counts = json.traceEvents.filter((event: { ph: string; name: string }) => event.ph === 'C' && event.name === 'steps');
    expect(counts).toHaveLength(500);
    expect(counts.at(-1)).toMatchObject({ name: 'steps', args: { count: 500 } });
    expect(json.viztracer_metadata).toMatchObject({ overflow: false });

    await window.page.keyboard.press('Escape');
    await openFile(studio, file);
    await expect(window.runs.getByRole('button', { name: new RegExp(name) }).first()).toBeVisible();
    await expect(window.now('steps', 'count')).toHaveText('500');
    await window.object('state').click();
    await expect(window.field('phase: "over"').or(window.field('~ changed phase:'))).toBeVisible();
  });
}

test('a recording cut in the middle opens with what is whole, and says where it was cut', async ({ studio }) => {
  const { window } = studio;
  await recordSmall(studio);
  const whole = readFileSync(await saveAs(studio, 'whole.tsr'));
  const cut = path.join(studio.work, 'cut.tsr');
  writeFileSync(cut, whole.subarray(0, whole.length - 200));
  await openFile(studio, cut);
  await expect(window.counter('steps')).toBeVisible();
  await expect(window.notice).toContainText(/The recording was cut at byte \d+: the last \d+ bytes are the beginning of a block/);
  expect(readFileSync(cut).length).toBe(whole.length - 200);
});

test('a large file tells how far its reading is and can be told to stop; its memory is shown and chosen, and the choice is kept', async ({ studio }) => {
  const { window } = studio;
  const events = Array.from(
    { length: 600_000 },
    (_, k) => `{"ph":"X","name":"work ${k % 50}","cat":"some category","pid":7,"tid":${k % 3},"ts":${k * 10},"dur":${5 + (k % 4)}}`,
  );
  const file = studio.script('large.json', `[${events.join(',\n')}]`);
  await openFile(studio, file);
  const reading = window.page.getByRole('region', { name: 'Reading the file' });
  await expect(reading).toContainText(/MB of \d+(\.\d)? MB read/);
  await reading.getByRole('button', { name: 'Stop reading' }).click();
  await expect(window.notice).toContainText(/Reading was stopped after [\d.]+ of [\d.]+ MB: what lies behind is not shown\. Close the trace and open it again/);
  await expect(reading).toBeHidden();

  const memory = window.statusBar.getByRole('button', { name: /^Details in memory: .* of \d+ [MG]B/ });
  await memory.click();
  await window.page.getByRole('menuitemradio', { name: '128 MB' }).click();
  await expect(memory).toContainText('of 128 MB');
  await window.page.reload();
  await expect(memory).toContainText('of 128 MB');
});

test('a file that is no trace, and one of a later version, get a sentence and stay as they are', async ({ studio }) => {
  const { window } = studio;
  const text = studio.script('letter.txt.json', 'Dear reader, this is no trace.');
  await openFile(studio, text);
  await expect(window.graphs).toContainText('This trace cannot be shown');
  await expect(window.graphs).toContainText('This is not a trace: it is text');
  // Nothing here speaks of a script.
  await expect(window.console).toContainText('No output');
  await expect(window.console).not.toContainText('terminal');
  await expect(window.inspector).toContainText('The file could not be read.');
  expect(readFileSync(text, 'utf8')).toBe('Dear reader, this is no trace.');

  const head = new Uint8Array(128);
  head.set(new TextEncoder().encode('TSRECORD'));
  head[8] = 99;
  const future = studio.script('future.tsr', head);
  await openFile(studio, future);
  await expect(window.graphs).toContainText('its format is version 99');
});

test('a recording that is opened again says what was run, and Run… would run that again', async ({ studio }) => {
  const { window, page, start } = studio;
  const form = new RunConfiguration(page);
  await form.open();
  await form.script.fill(studio.script('small.cjs', SMALL));
  await form.arguments.fill('--fast "two words"');
  await form.nodeFlags.fill('--stack-trace-limit=7');
  await form.addVariable('GREETING', 'good day');
  await form.run.click();
  await expect(window.state()).toHaveText(/Exited 0/);
  const file = await saveAs(studio, 'again.tsr');
  await window.close('again.tsr');
  await expect(start.heading).toBeVisible();
  // Another form in between: what is shown must come from the file.
  await start.script.fill('/somewhere/else.js');
  await openFile(studio, file);
  await expect(window.statusBar).toContainText(/node v\d+/);
  await expect(window.statusBar.getByTitle(`in ${studio.work}`)).toContainText('--stack-trace-limit=7');
  await expect(window.button(/^Run configuration, small\.cjs/)).toBeVisible();

  await window.button(/^Run…/).click();
  await expect(form.script).toHaveValue(/small\.cjs$/);
  await expect(form.arguments).toHaveValue("--fast 'two words'");
  await expect(form.nodeFlags).toHaveValue('--stack-trace-limit=7');
  await expect(form.folder).toHaveValue(studio.work);
  // Its name is in the recording, its value is not, and that is said.
  await expect(form.dialog.getByRole('textbox', { name: /^Name of variable/ })).toHaveValue('GREETING');
  await expect(window.messages).toContainText('GREETING');
  await form.run.click();
  await expect(window.state()).toHaveText(/Exited 0/);
});

test('saving over a file that is there asks first; a second save goes to the same file', async ({ studio }) => {
  const { window } = studio;
  await recordSmall(studio);
  const file = path.join(studio.work, 'taken.tsr');
  writeFileSync(file, 'precious');
  await studio.answerFile('save', file, () => window.menu('File', /^Save as/));
  const question = window.page.getByRole('dialog').filter({ hasText: /exists|Replace|overwrite/i });
  if (studio.host === 'web') {
    await expect(question).toBeVisible();
    expect(readFileSync(file, 'utf8')).toBe('precious');
    await question.getByRole('button', { name: /Replace|Overwrite/ }).click();
  }
  await expect(window.messages).toContainText('taken.tsr');
  expect(readFileSync(file).subarray(0, 8).toString()).toBe('TSRECORD');
});

// A native dialog asks by itself.
test('no path that can be typed replaces a file without a question, and a path that cannot be written stays to be changed', WEB_ONLY, async ({ studio }) => {
  const { window, work } = studio;
  const { filePanel } = window;
  await recordSmall(studio);
  // In another folder, below the listed one, hidden: none of them is in the list that the panel shows.
  for (const [name, typed] of [
    ['other/precious.tsr', path.join(work, 'other/precious.tsr')],
    ['other/below.tsr', 'other/below'],
    ['.hidden.tsr', '.hidden.tsr'],
  ] as const) {
    const file = studio.script(name, 'precious');
    await window.menu('File', /^Save as/);
    await filePanel.typeAndSave(typed);
    await expect(filePanel.refusal).toContainText('exists already');
    expect(readFileSync(file, 'utf8')).toBe('precious');
    await filePanel.dialog.getByRole('button', { name: 'Cancel' }).click();
  }
  await window.menu('File', /^Save as/);
  await filePanel.typeAndSave('/no/such/folder/a.tsr');
  await expect(filePanel.refusal).toContainText('There is no folder /no/such/folder');
  const file = path.join(work, 'other/precious.tsr');
  await filePanel.typeAndSave(file);
  await filePanel.replace();
  await expect(window.messages).toContainText('precious.tsr');
  expect(readFileSync(file).subarray(0, 8).toString()).toBe('TSRECORD');
});

test('an export says what is wrong with its path: none, or a name that Open would not list', async ({ studio }) => {
  const { window, page, work } = studio;
  await recordSmall(studio);
  await window.menu('File', /^Export/);
  const dialog = page.getByRole('dialog', { name: 'Export trace' });
  const file = dialog.getByRole('textbox', { name: 'File' });
  const go = dialog.getByRole('button', { name: 'Export', exact: true });
  await file.fill(' ');
  await go.click();
  await expect(dialog.getByRole('alert')).toContainText('No path is given. Type one, or choose a file.');
  const odd = path.join(work, 'x.txt');
  await file.fill(odd);
  await go.click();
  await expect(dialog.getByRole('alert')).toContainText('x.txt does not end in .json');
  expect(existsSync(odd)).toBe(false);
  await dialog.getByRole('button', { name: 'Call it x.txt.json' }).click();
  await go.click();
  await expect(dialog.getByRole('status')).toContainText(`to ${odd}.json`);
  expect(existsSync(`${odd}.json`)).toBe(true);
});

// A native dialog asks by itself.
test('Change… of an export confirms nothing by itself', WEB_ONLY, async ({ studio }) => {
  const { window, page } = studio;
  await recordSmall(studio);
  const file = studio.script('other/precious.json', 'precious');
  await window.menu('File', /^Export/);
  const dialog = page.getByRole('dialog', { name: 'Export trace' });
  await dialog.getByRole('button', { name: 'Change…' }).click();
  await window.filePanel.typeAndSave(file);
  await dialog.getByRole('button', { name: 'Export', exact: true }).click();
  await expect(dialog.getByRole('alert')).toContainText('already a file');
  expect(readFileSync(file, 'utf8')).toBe('precious');
  await dialog.getByRole('button', { name: 'Replace' }).click();
  await expect(dialog.getByText(/^Exported/)).toBeVisible();
});

test('the bin of an unsaved recording asks before its only copy goes', async ({ studio }) => {
  const { window, start } = studio;
  await recordSmall(studio);
  const kept = () => readdirSync(path.join(studio.data, 'recordings')).filter((name) => name.endsWith('.tsr')).length;
  await window.close('small.cjs');
  await window.dialog.getByRole('button', { name: 'Keep', exact: true }).click();
  await expect(start.recording('small.cjs')).toBeVisible();
  await start.discard('small.cjs', 'Keep');
  await expect(start.recording('small.cjs')).toBeVisible();
  expect(kept()).toBe(1);
  await start.discard('small.cjs', 'Discard');
  await expect(start.recording('small.cjs')).toBeHidden();
  expect(kept()).toBe(0);
});

test('many recent recordings leave the examples in sight', async ({ studio }) => {
  const { window, start } = studio;
  for (let n = 0; n < 6; n++) {
    await start.runScript(studio.script(`run-${n}.cjs`, ''));
    await expect(window.state()).toHaveText(/Exited 0/);
    await start.show();
    await expect(start.recording(`run-${n}.cjs`)).toBeVisible();
  }
  await expect(start.recording('run-0.cjs')).toBeHidden();
  await expect(start.example('Lifts in a tower')).toBeInViewport();
  await start.recordings.getByRole('button', { name: 'Show 2 more' }).click();
  await expect(start.recording('run-0.cjs')).toBeVisible();
});

test('an unsaved recording is listed after the studio was killed, and opens', async ({ studio }) => {
  await studio.start.runExample('A job queue and its workers');
  await studio.window.movesBy('queue', 'waiting', 2);
  await studio.restart('SIGKILL');
  await expect(studio.start.recording('job-queue.mjs')).toBeVisible();
  await studio.start.recording('job-queue.mjs').click();
  await expect(studio.window.counter('queue')).toBeVisible();
  await expect(studio.window.object('worker Ada')).toBeVisible();
});

// A desktop window opens files of its machine with Open trace.
test('a trace on the browser’s own machine is read in the page, and uploaded only when its user wants to save or export it', WEB_ONLY, async ({ studio }) => {
  const { window, page } = studio;
  const file = studio.script(
    'elsewhere.json',
    JSON.stringify({ traceEvents: [1, 2, 3].map((n) => ({ ph: 'C', name: 'far', pid: 1, tid: 1, ts: n * 1000, args: { n } })) }),
  );
  const chooser = page.waitForEvent('filechooser');
  await window.menu('File', 'Open from this computer…');
  await (await chooser).setFiles(file);
  await expect(window.now('far', 'n')).toHaveText('3');
  await expect(window.inspector).toContainText('No objects in this trace');
  await expect(window.console).toContainText('No output in this trace');
  await expect(window.console).not.toContainText('terminal');
  expect(uploaded(studio)).toEqual([]);

  await window.menu('File', /^Export/);
  await expect(window.dialog).toContainText('Upload elsewhere.json to export it?');
  await window.dialog.getByRole('button', { name: 'Cancel' }).click();
  expect(uploaded(studio)).toEqual([]);

  await window.menu('File', /^Save as/);
  await window.dialog.getByRole('button', { name: /^Upload/ }).click();
  await window.filePanel.typeAndSave('far');
  await expect(window.messages).toContainText('far.tsr');
  expect(readFileSync(path.join(studio.work, 'far.tsr')).subarray(0, 8).toString()).toBe('TSRECORD');
  // It is a recording like any other now, and a reload finds it again.
  await page.reload();
  await expect(window.now('far', 'n')).toHaveText('3');
  await window.menu('File', /^Export/);
  await expect(page.getByRole('dialog', { name: 'Export trace' })).toBeVisible();
});

/** Copies of uploaded traces in the studio's folder. */
function uploaded(studio: Studio): string[] {
  const recordings = path.join(studio.data, 'recordings');
  return existsSync(recordings) ? readdirSync(recordings).filter((name) => /\.trace\.|\.upload$/.test(name)) : [];
}

// A native dialog shows hidden folders, and a drop tells its path.
test(
  'paths can be typed where a browser tells none: of a hidden folder, of a script and a Node outside of the studio’s folders',
  WEB_ONLY,
  async ({ studio }) => {
    const { window, start, page } = studio;
    const { filePanel } = window;
    const hidden = studio.script('.hidden/down/trace.json', JSON.stringify([{ ph: 'C', name: 'hidden', pid: 1, tid: 1, ts: 1, args: { n: 7 } }]));
    await window.menu('File', /^Open trace/);
    await filePanel.typePath('/no/such/file.json');
    await expect(filePanel.refusal).toContainText('There is no /no/such/file.json');
    await filePanel.typePath(path.join(studio.data, '..'));
    await expect(filePanel.refusal).toContainText('--root');
    await filePanel.typePath('.hidden/down');
    await expect(filePanel.dialog.getByRole('option', { name: /^trace\.json/ })).toBeVisible();
    await filePanel.typePath(hidden);
    await expect(window.now('hidden', 'n')).toHaveText('7');

    // Outside of the only root, which is the work folder.
    const outside = path.join(studio.data, '../outside.cjs');
    writeFileSync(outside, 'console.log("ran", process.argv0);');
    await start.show();
    await dropFile(page, 'outside.cjs', 'console.log("something else, so that it is not found");');
    const where = page.getByRole('dialog', { name: 'Where is outside.cjs?' });
    await where.getByRole('textbox', { name: 'Path' }).fill(outside);
    await where.getByRole('button', { name: 'Use this path' }).click();
    await expect(start.script).toHaveValue(outside);

    const node = path.join(studio.data, '../.nvm/node');
    mkdirSync(path.dirname(node));
    symlinkSync(process.execPath, node);
    const configuration = new RunConfiguration(page);
    await configuration.open();
    await configuration.typeNode(node);
    await expect(configuration.preview).toContainText(node);
    await configuration.run.click();
    await expect(window.consoleLine(/^ran/)).toBeVisible();
  },
);

// A desktop window asks by itself: see the contract tests.
test('a page with a running script asks before it goes; if it does go, the run goes on and is found again', WEB_ONLY, async ({ studio }) => {
  const { window, page, start } = studio;
  await start.runExample('A job queue and its workers');
  await window.movesBy('queue', 'waiting', 1);
  const asked = page.waitForEvent('dialog');
  void page.close({ runBeforeUnload: true });
  const dialog = await asked;
  expect(dialog.type()).toBe('beforeunload');
  await dialog.dismiss();
  await window.movesBy('queue', 'waiting', 1);

  const leaving = page.waitForEvent('dialog');
  const address = page.url();
  void page.close({ runBeforeUnload: true });
  await (await leaving).accept();
  const later = await page.context().newPage();
  await later.goto(new URL('/', address).href);
  await new StartPage(later).running('job-queue.mjs').click();
  await new TraceWindow(later).movesBy('queue', 'waiting', 1);
});

// The stand-in has no file manager to drag from; dropped paths are in its contract tests.
test('a dropped trace opens in the page, and a dropped script is found where it lies', WEB_ONLY, async ({ studio }) => {
  const { window, start, page } = studio;
  const script = 'console.log("found by its content");\n';
  const file = studio.script('deep/down/dropped.cjs', script);
  await dropFile(page, 'dropped.cjs', script);
  await expect(start.script).toHaveValue(file);

  await dropFile(page, 'dropped.json', JSON.stringify([{ ph: 'C', name: 'dropped', pid: 1, tid: 1, ts: 1, args: { n: 5 } }]));
  await expect(window.now('dropped', 'n')).toHaveText('5');
});

test('a whole path is typed before the panel has heard what is in its folder', WEB_ONLY, async ({ studio }) => {
  const { window, page } = studio;
  const answers = await HeldAnswers.of(page);
  // The window has asked what it asks once by now.
  await window.menu('File', /^Open trace/);
  await expect(window.filePanel.dialog).toBeVisible();
  await page.keyboard.press('Escape');
  await expect(window.filePanel.dialog).toBeHidden();
  answers.hold();
  await window.menu('File', /^Open trace/);
  await window.filePanel.typePath('/no/such/file.json');
  answers.release();
  await expect(window.filePanel.refusal).toContainText('There is no /no/such/file.json');
});
