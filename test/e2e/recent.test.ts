/** The list of recent recordings: what each holds, and what is said of a file that is gone. */
import { renameSync } from 'node:fs';
import path from 'node:path';
import { expect, test } from './fixtures.ts';

const REPORT = JSON.stringify({
  traceEvents: [
    { ph: 'M', pid: 1, tid: 1, name: 'thread_name', args: { name: 'main' } },
    ...Array.from({ length: 1234 }, (_, k) => ({ ph: 'X', pid: 1, tid: 1, name: 'work', ts: k * 10_000, dur: 5000 })),
    { ph: 'C', pid: 1, tid: 1, name: 'queue', ts: 100_000, args: { length: 3 } },
  ],
});

test('a recording that was opened or run tells what it holds; one that is gone says so', async ({ studio }) => {
  const { window, timeline } = studio;
  const file = studio.script('report.json', REPORT);
  // Another page behind a restart.
  const row = () => studio.page.getByRole('region', { name: 'Recent recordings' }).getByRole('button', { name: /report\.json/ });
  await studio.answerFile('open', file, () => window.menu('File', /^Open trace/));
  await expect(timeline.track('main')).toBeVisible();
  await studio.page.getByRole('button', { name: 'Start page' }).first().click();
  await expect(row()).toContainText('1,234 slices · 1 counter');
  await expect(row()).toContainText('12.3 s');

  // A picture of it: its calls in their colour, its counter as an area.
  await expect(row().locator('svg.start-thumbnail rect').first()).toBeAttached();
  await expect(row().locator('svg.start-thumbnail path')).toHaveAttribute('d', /^M\d+ 28V/);

  await studio.restart();
  await expect(row()).toContainText('1,234 slices · 1 counter');
  renameSync(file, path.join(studio.work, 'moved.json'));
  await studio.page.reload();
  await expect(row()).toContainText('file is gone');
  await expect(row()).toBeDisabled();
  await expect(row()).toContainText('It was moved or removed.');
});
