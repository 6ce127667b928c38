/** The histogram of one function's durations, on a report whose figures are known. */
import { expect, type Studio, test } from './fixtures.ts';
import { Statistics } from './pages/analysis.ts';
import { Durations } from './pages/durations.ts';
import { violations } from './violations.ts';

/** Ten jobs of 10 ms, five of 20 ms, one of 160 ms, one after the other; and something else. */
const LENGTHS = [...Array<number>(10).fill(10), ...Array<number>(5).fill(20), 160];
function jobs(): string {
  let at = 0;
  const events = LENGTHS.map((length) => {
    const event = { ph: 'X', pid: 1, tid: 1, name: 'job (*)', cat: 'work', ts: at * 1000, dur: length * 1000 };
    at += length + 5;
    return event;
  });
  return JSON.stringify({ traceEvents: [...events, { ph: 'X', pid: 1, tid: 1, name: 'rest', ts: at * 1000, dur: 1000 }] });
}

async function openJobs(studio: Studio): Promise<Durations> {
  const file = studio.script('jobs.json', jobs());
  await studio.answerFile('open', file, () => studio.window.menu('File', /^Open trace/));
  const durations = new Durations(studio.page);
  await durations.open();
  await expect(durations.region).toContainText('Durations of what?');
  const statistics = new Statistics(studio.page);
  await statistics.open();
  await statistics.row('job (*)').click();
  await expect(durations.counted).toHaveText('16 calls');
  return durations;
}

test('it is about what is picked, with the figures of the report', async ({ studio }) => {
  const durations = await openJobs(studio);
  await durations.fillWindow();
  await expect(durations.region).toContainText('job (*)');
  await expect(durations.fact('Mean')).toHaveText('22.5 ms');
  await expect(durations.fact('Median')).toHaveText('10.0 ms');
  await expect(durations.fact('P90')).toHaveText('20.0 ms');
  await expect(durations.fact('P99')).toHaveText('160 ms');
  await expect(durations.fact('Deviation')).toHaveText('35.8 ms');
  const linear = await durations.picture();
  await durations.show('Log');
  await expect.poll(() => durations.picture()).not.toBe(linear);
  await durations.show('Table');
  // A row of titles, then the buckets that hold any.
  await expect(durations.buckets).toHaveCount(4);
  await expect(durations.buckets.nth(1)).toContainText('62.5 %');
  await expect(durations.buckets.nth(2)).toContainText('31.3 %');
  await expect(durations.buckets.nth(3)).toContainText('6.3 %');
});

test('a brush leaves the calls within it, by mouse and by keys, and outlines them in the timeline', async ({ studio }) => {
  const { page, timeline } = studio;
  const durations = await openJobs(studio);
  await durations.brush(0.7, 0.99);
  await expect(durations.counted).toHaveText(/^1 of 16 calls/);
  await expect(durations.calls).toHaveCount(1);
  await expect(durations.calls).toContainText('160 ms');
  await durations.calls.click();
  await expect(timeline.fact('Total')).toContainText('160 ms');
  await durations.region.getByRole('button', { name: 'All durations' }).click();
  await expect(durations.counted).toHaveText('16 calls');

  await durations.to.focus();
  await page.keyboard.press('ArrowLeft');
  await expect(durations.counted).toHaveText(/^15 of 16 calls/);
  await expect(durations.calls.first()).toContainText('20.0 ms');
  await durations.from.focus();
  await page.keyboard.press('ArrowRight');
  await expect(durations.counted).toHaveText(/^5 of 16 calls/);
  await expect(durations.callList).toHaveAttribute('aria-rowcount', '5');
  const before = await timeline.still();
  await durations.outline.click();
  await expect(durations.outline).toHaveAttribute('aria-pressed', 'true');
  await expect.poll(() => timeline.still()).not.toBe(before);
  await durations.outline.click();
  await expect.poll(() => timeline.still()).toBe(before);
  await durations.from.focus();
  await page.keyboard.press('Escape');
  await expect(durations.counted).toHaveText('16 calls');
});

test('it is about the selected range', async ({ studio }) => {
  const { page, timeline } = studio;
  const durations = await openJobs(studio);
  await expect(timeline.fact('Total')).toContainText('160 ms');
  await timeline.plot.focus();
  await page.keyboard.press('r');
  await expect(durations.region).toContainText('Selected range');
  await expect(durations.counted).toHaveText('1 call');
});

for (const colors of ['light', 'dark'] as const) {
  test.describe(`in ${colors}`, () => {
    test.use({ colors });

    test('durations have no violation', async ({ studio }) => {
      const durations = await openJobs(studio);
      await durations.brush(0.2, 0.9);
      expect(await violations(studio)).toEqual([]);
      await durations.show('Table');
      await expect(durations.buckets.first()).toBeVisible();
      expect(await violations(studio)).toEqual([]);
    });
  });
}
