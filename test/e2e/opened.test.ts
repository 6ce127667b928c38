/** A report of another tool, as someone sees it who opens it for the first time. */
import { copyFileSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { expect, repository, type Studio, test } from './fixtures.ts';

const run = (studio: Studio, name: string) => studio.window.runs.getByRole('button', { name: new RegExp(`^${name}`) });

async function open(studio: Studio, name: string): Promise<void> {
  const file = path.join(studio.work, name);
  copyFileSync(path.join(repository, 'test/fixtures/formats', name.endsWith('.cpuprofile') ? 'v8' : 'trace-event', name), file);
  await studio.answerFile('open', file, () => studio.window.menu('File', /^Open trace/));
  await expect(run(studio, name)).toBeVisible();
}

test('a report without counters and console shows its flame graph and statistics, and what it is as a whole', async ({ studio }) => {
  const { page, timeline, window } = studio;
  await open(studio, 'fib.json');
  await expect(timeline.track('MainThread')).toBeVisible();
  await expect(page.getByRole('tab', { name: 'Flame graph' })).toHaveAttribute('aria-selected', 'true');
  await expect(page.getByRole('tab', { name: 'Statistics' })).toHaveAttribute('aria-selected', 'true');
  const whole = timeline.selection.getByRole('region', { name: 'This trace' });
  await expect(whole).toContainText('Slices468');
  await expect(whole).toContainText('Threads1');
  await expect(whole).toContainText('Began21 Nov 2026');
  await expect(whole).not.toContainText('Snapshots');
  await expect(window.runs).toContainText('139 µs');

  // What the user has chosen since stays.
  await page.getByRole('tab', { name: 'Graphs' }).click();
  await expect(window.graphs).toContainText('No counters in this trace');
  await open(studio, 'counters.json');
  await expect(page.getByRole('tab', { name: 'Graphs' })).toHaveAttribute('aria-selected', 'true');
  await run(studio, 'fib.json').click();
  await expect(page.getByRole('tab', { name: 'Graphs' })).toHaveAttribute('aria-selected', 'true');
});

test('a value with a fraction is told with it, beside the counter and in the legend', async ({ studio }) => {
  const { page, window } = studio;
  await open(studio, 'instants_async_flow.json');
  await expect(window.now('number', 'value')).toHaveText('2.50');
  await expect(page.getByRole('region', { name: 'Counter list' }).getByRole('button', { name: /^number/ })).toContainText('2.50');
  await open(studio, 'counters.json');
  await expect(window.now('counter name', 'a')).toHaveText('104.0');
  await expect(page.getByRole('region', { name: 'Counter list' })).toContainText('(no name)');
});

test('nothing is live in what was opened', async ({ studio }) => {
  const { window } = studio;
  await open(studio, 'objects.json');
  await expect(window.inspector).toContainText('of 14');
  await expect(window.inspector.getByRole('button', { name: 'Next snapshot' })).toBeVisible();
  await expect(window.inspector.getByRole('button', { name: 'Live' })).toHaveCount(0);
});

test('the names of tracks get the room that they are given, by keys and by the mouse, and keep it', async ({ studio }) => {
  const { page, timeline } = studio;
  await open(studio, 'app.cpuprofile');
  const edge = timeline.region.getByRole('separator', { name: 'Width of the track names' });
  await expect(edge).toHaveAttribute('aria-valuenow', '132');
  await edge.press('ArrowRight');
  await edge.press('ArrowRight');
  await expect(edge).toHaveAttribute('aria-valuenow', '156');
  const box = await edge.boundingBox();
  if (!box) throw new Error('the edge has no place');
  await page.mouse.move(box.x + 3, box.y + 200);
  await page.mouse.down();
  await page.mouse.move(box.x + 53, box.y + 210, { steps: 3 });
  await page.mouse.up();
  await expect(edge).toHaveAttribute('aria-valuenow', '206');
  // No range was drawn with it.
  await expect(page.getByRole('slider', { name: /^(Start|End) of the selected range/ })).toHaveCount(0);
  await expect.poll(() => readFileSync(path.join(studio.data, 'settings.json'), 'utf8')).toMatch(/"trackHeadWidth": ?206/);
  await page.reload();
  await expect(edge).toHaveAttribute('aria-valuenow', '206');
  await edge.press('Home');
  await expect(edge).toHaveAttribute('aria-valuenow', '132');
});
