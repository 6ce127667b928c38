/** The export dialog: range, parts, size and beginning, a picture, commands. */
import { readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { expect, type Studio, test, WEB_ONLY } from './fixtures.ts';
import { PICTURED, picture, pictureFile, takesPictures } from './pictures.ts';
import { violations } from './violations.ts';

const ms = 1000;
const REPORT = JSON.stringify({
  traceEvents: [
    { ph: 'M', pid: 1, tid: 1, name: 'thread_name', args: { name: 'main' } },
    { ph: 'X', pid: 1, tid: 1, name: 'boot', ts: 0, dur: 400 * ms },
    { ph: 'X', pid: 1, tid: 1, name: 'serve', ts: 500 * ms, dur: 500 * ms },
    { ph: 'C', pid: 1, tid: 1, name: 'queue', ts: 600 * ms, args: { waiting: 3 } },
  ],
});

async function openDialog(studio: Studio) {
  const { window, page } = studio;
  await studio.answerFile('open', studio.script('report.json', REPORT), () => window.menu('File', /^Open trace/));
  await expect(studio.timeline.track('main')).toBeVisible();
  await window.menu('File', /^Export/);
  return page.getByRole('dialog', { name: 'Export trace' });
}

for (const colors of ['dark', 'light'] as const) {
  test.describe(colors, colors === 'light' ? WEB_ONLY : {}, () => {
    test.use({ colors });
    test(`only a chosen range and chosen parts leave, and what will leave is shown before, in ${colors}`, PICTURED, async ({ studio, host }) => {
      const { page, timeline } = studio;
      await studio.answerFile('open', studio.script('report.json', REPORT), () => studio.window.menu('File', /^Open trace/));
      await expect(timeline.track('main')).toBeVisible();
      const { x } = await timeline.point(0.7, 'main');
      await page.mouse.click(x, (await timeline.boxOf(timeline.track('main'))).y + 8);
      await expect(timeline.name()).toHaveText('serve');
      await page.keyboard.press('r');
      await studio.window.menu('File', /^Export/);
      const dialog = page.getByRole('dialog', { name: 'Export trace' });
      const size = dialog.getByRole('status');
      await expect(size).toHaveText(/^Size \d/);
      await dialog.getByText('How it begins').click();
      await expect(dialog.locator('pre')).toContainText('"name":"boot"');
      await dialog.getByRole('radio', { name: 'Selected' }).click();
      await expect(dialog.locator('pre')).not.toContainText('"name":"boot"');
      await expect(dialog.locator('pre')).toContainText('"name":"queue"');
      await dialog.getByRole('checkbox', { name: 'Counters' }).click();
      await expect(dialog.locator('pre')).not.toContainText('"name":"queue"');
      await expect(dialog.locator('pre')).toContainText('"name":"serve"');
      expect(await violations(studio)).toEqual([]);
      await picture(page, `export-${colors}`);
      await page.setViewportSize({ width: 900, height: 600 });
      await picture(page, `export-${colors}-900`);
      await page.setViewportSize({ width: 1280, height: 800 });

      const file = path.join(studio.work, 'part.json');
      await dialog.getByRole('textbox', { name: 'File' }).fill(file);
      if (host === 'web') {
        await page.context().grantPermissions(['clipboard-read', 'clipboard-write']);
        await dialog.getByRole('button', { name: 'Copy as command' }).click();
        await expect
          .poll(() => page.evaluate(() => navigator.clipboard.readText()))
          .toBe(
            `trace-studio convert ${path.join(studio.work, 'report.json')} --format chrome-json --from 500000000 --to 1000000000 --without counters -o ${file}`,
          );
      }
      await dialog.getByRole('button', { name: 'Export', exact: true }).click();
      await expect(dialog.getByRole('status')).toHaveText(/^Exported/);
      const { traceEvents } = JSON.parse(readFileSync(file, 'utf8')) as { traceEvents: { ph: string; name: string }[] };
      expect(traceEvents.filter(({ ph }) => ph !== 'M')).toMatchObject([{ ph: 'X', name: 'serve' }]);
    });
  });
}

test('the timeline is written as a picture', PICTURED, async ({ studio }) => {
  const dialog = await openDialog(studio);
  await dialog.getByRole('radio', { name: 'Picture of the timeline' }).click();
  const file = path.join(studio.work, 'picture.png');
  await dialog.getByRole('textbox', { name: 'File' }).fill(file);
  await dialog.getByRole('button', { name: 'Export', exact: true }).click();
  await expect(studio.window.messages).toContainText(file);
  const written = readFileSync(file);
  expect(written.subarray(1, 4).toString()).toBe('PNG');
  // As wide as the timeline on the screen.
  const canvas = await studio.timeline.boxOf(studio.timeline.region.locator('canvas.tl-canvas'));
  expect(written.readUInt32BE(16)).toBe(Math.round(canvas.width));
  if (takesPictures) writeFileSync(pictureFile('exported-timeline'), written);
});
