/** Marks and notes, as they are written, listed, kept and found again. */
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { expect, type Studio, test } from './fixtures.ts';
import { Notes } from './pages/notes.ts';
import { PICTURED, picture, THEMES } from './pictures.ts';
import { violations } from './violations.ts';

const REPORT = JSON.stringify({
  traceEvents: [
    { ph: 'M', pid: 1, tid: 1, name: 'thread_name', args: { name: 'main' } },
    { ph: 'X', pid: 1, tid: 1, name: 'boot', ts: 0, dur: 400_000 },
    { ph: 'X', pid: 1, tid: 1, name: 'serve', ts: 500_000, dur: 500_000 },
  ],
});

/** A report, saved as a recording, and that opened. */
async function openRecording(studio: Studio): Promise<void> {
  const { window } = studio;
  await open(studio, studio.script('report.json', REPORT));
  await studio.answerFile('save', path.join(studio.work, 'kept.tsr'), () => window.menu('File', /^Save as/));
  await expect(window.messages.getByText('Saved', { exact: true })).toBeVisible();
  await studio.page.keyboard.press('Alt+w');
  await open(studio, path.join(studio.work, 'kept.tsr'));
}

async function open(studio: Studio, file: string): Promise<void> {
  await studio.answerFile('open', file, () => studio.window.menu('File', /^Open trace/));
  await expect(studio.timeline.track('main')).toBeVisible();
  await expect.poll(() => studio.timeline.inView()).toEqual([0, 1]);
}

async function pick(studio: Studio, seconds: number): Promise<void> {
  const { x } = await studio.timeline.point(seconds, 'main');
  const head = await studio.timeline.boxOf(studio.timeline.track('main'));
  await studio.page.mouse.click(x, head.y + 8);
  await expect(studio.timeline.name()).toHaveText(seconds < 0.45 ? 'boot' : 'serve');
}

test('a slice is marked and noted, the note is changed and removed, and what is left is there when the recording is opened again', async ({ studio }) => {
  const { page, window } = studio;
  const notes = new Notes(page);
  await openRecording(studio);
  await notes.open();
  await expect(notes.region).toContainText('No notes');

  await pick(studio, 0.2);
  await page.keyboard.press('m');
  await expect(notes.rows).toHaveText([/Mark 1/]);
  await pick(studio, 0.7);
  await page.keyboard.press('Shift+m');
  await expect(notes.dialog).toContainText('for 500 ms');
  expect(await violations(studio)).toEqual([]);
  await notes.write('<b>serves</b> too long');
  await expect(notes.rows).toHaveText([/Mark 1/, /<b>serves<\/b> too long/]);
  await expect(notes.flag('Mark 1')).toBeVisible();
  await expect(notes.flag('<b>serves</b> too long')).toBeVisible();

  await notes.press('Edit', 'Mark 1');
  await notes.write('boot');
  await expect(notes.flag('boot')).toBeVisible();
  await expect(notes.flag('Mark 1')).toHaveCount(0);
  await page.keyboard.press('m');
  await expect(notes.rows).toHaveCount(3);
  await notes.press('Remove', 'Mark 1');
  await expect(notes.rows).toHaveCount(2);
  await window.messages.getByRole('button', { name: 'Undo' }).click();
  await expect(notes.rows).toHaveCount(3);
  await notes.press('Remove', 'Mark 1');
  await expect(notes.rows).toHaveCount(2);
  expect(await violations(studio)).toEqual([]);

  await notes.goTo('boot');
  await expect(page.getByRole('slider', { name: 'End of the selected range' })).toHaveAttribute('aria-valuenow', '400000');

  await page.reload();
  await notes.open();
  await expect(notes.rows).toHaveText([/boot/, /<b>serves<\/b> too long/]);
  await expect(notes.flag('boot')).toBeVisible();
  await page.keyboard.press('Alt+w');
  await open(studio, path.join(studio.work, 'kept.tsr'));
  await expect(notes.rows).toHaveText([/boot/, /<b>serves<\/b> too long/]);
});

test('what was done to notes is undone and done again, by keys and by the menu; and all can be hidden', async ({ studio }) => {
  const { page, window } = studio;
  const notes = new Notes(page);
  await openRecording(studio);
  await notes.open();
  await pick(studio, 0.2);
  await page.keyboard.press('m');
  await expect(notes.rows).toHaveText([/Mark 1/]);
  await notes.press('Edit', 'Mark 1');
  await notes.write('boot');
  await expect(notes.rows).toHaveText([/boot/]);
  await notes.press('Remove', 'boot');
  await expect(notes.rows).toHaveCount(0);

  await page.keyboard.press('Control+z');
  await expect(notes.rows).toHaveText([/boot/]);
  await window.menu('Edit', /^Undo change of a note/);
  await expect(notes.rows).toHaveText([/Mark 1/]);
  await page.keyboard.press('Control+z');
  await expect(notes.rows).toHaveCount(0);
  await page.keyboard.press('Control+Shift+z');
  await expect(notes.rows).toHaveText([/Mark 1/]);
  await window.menu('Edit', /^Redo change of a note/);
  await expect(notes.flag('boot')).toBeVisible();

  await page.keyboard.press('n');
  await expect(notes.flag('boot')).toHaveCount(0);
  await expect(notes.region).toContainText('Notes are hidden in the timeline.');
  await notes.region.getByRole('button', { name: 'Show them' }).click();
  await expect(notes.flag('boot')).toBeVisible();
});

test('a moment that is marked while a program runs is listed, and taken back', async ({ studio }) => {
  const { page, start } = studio;
  await start.runExample('Lifts in a tower');
  // Before its process is traced there is nothing to mark.
  await expect(studio.window.object('lift north')).toBeVisible();
  await expect(studio.window.state()).toHaveText('Running');
  const notes = new Notes(page);
  await notes.open();
  await page.keyboard.press('m');
  await expect(notes.rows).toHaveText([/Marker 1/]);
  await expect(notes.flag('Marker 1')).toBeVisible();
  await page.keyboard.press('m');
  await expect(notes.rows).toHaveText([/Marker 1/, /Marker 2/]);
  await page.keyboard.press('Control+z');
  await expect(notes.rows).toHaveText([/Marker 1/]);
});

test('a note on the moment under the pointer of a report is kept beside it, and that is said', async ({ studio }) => {
  const { page, window } = studio;
  const notes = new Notes(page);
  await open(studio, studio.script('report.json', REPORT));
  const { x, y } = await studio.timeline.point(0.45, 'main');
  await page.mouse.move(x, y);
  await page.keyboard.press('Shift+m');
  await notes.write('a gap');
  await expect(window.messages).toContainText(`they are in ${path.join(studio.work, 'report.json.notes.json')}`);
  expect(JSON.parse(readFileSync(path.join(studio.work, 'report.json.notes.json'), 'utf8'))).toMatchObject({ notes: [{ text: 'a gap' }] });
  await page.keyboard.press('Alt+w');
  await open(studio, path.join(studio.work, 'report.json'));
  await notes.open();
  await expect(notes.rows).toHaveText([/a gap/]);
});

test('a note of a run under way is in its recording, and in another window', async ({ studio, host }) => {
  const { page, start } = studio;
  await start.runExample('Lifts in a tower');
  await expect(studio.window.state()).toHaveText('Running');
  const notes = new Notes(page);
  await notes.open();
  const plot = await studio.timeline.boxOf(studio.timeline.plot);
  await page.mouse.move(plot.x + plot.width * 0.9, plot.y + plot.height / 2);
  await page.keyboard.press('Shift+m');
  await notes.write('rush hour');
  await expect(notes.rows).toHaveText([/rush hour/]);
  if (host === 'web') {
    const other = await studio.secondWindow();
    await other.getByRole('button', { name: /^Show the running/ }).click();
    const theirs = new Notes(other);
    await theirs.open();
    await expect(theirs.rows).toHaveText([/rush hour/]);
    await theirs.press('Edit', 'rush hour');
    await theirs.write('calm');
    await expect(notes.rows).toHaveText([/calm/]);
  }
  await studio.window.button('Stop').click();
  await expect(studio.window.state()).toHaveText(/Stopped/);
  await page.reload();
  await notes.open();
  await expect(notes.rows).toHaveText([host === 'web' ? /calm/ : /rush hour/]);
});

for (const colors of THEMES) {
  test.describe(colors, () => {
    test.use({ colors });
    test(`an empty list, the dialog and two notes, in ${colors}`, PICTURED, async ({ studio }) => {
      const { page } = studio;
      const notes = new Notes(page);
      await openRecording(studio);
      await notes.open();
      await picture(page, `notes-empty-${colors}`);
      await pick(studio, 0.2);
      await page.keyboard.press('m');
      await pick(studio, 0.7);
      await page.keyboard.press('Shift+m');
      await notes.text.fill('Serves too long here: the cache was cold.');
      await picture(page, `note-dialog-${colors}`);
      await notes.text.press('Enter');
      await expect(notes.rows).toHaveCount(2);
      for (const width of [1280, 1920]) {
        await page.setViewportSize({ width, height: width === 1280 ? 800 : 1080 });
        await studio.timeline.still();
        await picture(page, `notes-${colors}-${width}`);
      }
    });
  });
}
