/** Statistics of a range and issues of a trace, on reports whose figures are known and on a live run. */
import { expect, type Studio, test } from './fixtures.ts';
import { Issues, Statistics } from './pages/analysis.ts';
import { violations } from './violations.ts';

const ms = 1000;
const slice = (tid: number, name: string, from: number, to: number, cat = '') => ({ ph: 'X', pid: 1, tid, name, cat, ts: from * ms, dur: (to - from) * ms });
/** One second of a shop on two threads. */
const SHOP = JSON.stringify({
  traceEvents: [
    { ph: 'M', pid: 1, tid: 1, name: 'thread_name', args: { name: 'main' } },
    { ph: 'M', pid: 1, tid: 2, name: 'thread_name', args: { name: 'worker' } },
    slice(1, 'boot', 0, 100),
    slice(1, 'checkout', 100, 500, 'http'),
    slice(1, 'parse', 100, 150, 'text'),
    slice(1, 'priceCart', 150, 450, 'rules'),
    slice(1, 'checkout', 600, 900, 'http'),
    slice(1, 'parse', 600, 640, 'text'),
    slice(1, 'shutdown', 950, 1000),
    slice(2, 'compress', 400, 800, 'zip'),
  ],
});

async function openShop(studio: Studio): Promise<Statistics> {
  const file = studio.script('shop.json', SHOP);
  await studio.answerFile('open', file, () => studio.window.menu('File', /^Open trace/));
  await expect(studio.timeline.track('main')).toBeVisible();
  const statistics = new Statistics(studio.page);
  await statistics.open();
  await expect(statistics.counted).toHaveText('6 names');
  return statistics;
}

test('names have the figures that the report holds, in the order of what they took themselves', async ({ studio }) => {
  const statistics = await openShop(studio);
  await expect(statistics.region).toContainText('In view: 0 to 1 s');
  await statistics.fillWindow();
  await expect.poll(() => statistics.labels()).toEqual(['compress', 'checkout', 'priceCart', 'boot', 'parse', 'shutdown']);
  await expect(statistics.cell('checkout', 'Count')).toHaveText('2');
  await expect(statistics.cell('checkout', 'Total')).toHaveText('700 ms');
  await expect(statistics.cell('checkout', 'Self')).toHaveText('310 ms');
  await expect(statistics.cell('checkout', 'Mean')).toHaveText('350 ms');
  await expect(statistics.cell('checkout', 'Min')).toHaveText('300 ms');
  await expect(statistics.cell('checkout', 'Max')).toHaveText('400 ms');
  await expect(statistics.cell('priceCart', 'P50')).toHaveText('300 ms');
  await expect(statistics.cell('checkout', 'P99')).toHaveText('400 ms');
  // All that ran: 400 + 310 + 300 + 100 + 90 + 50 ms.
  await expect(statistics.row('compress')).toContainText('32.0 %');
});

test('columns sort both ways by mouse and keys, a filter and four groupings find the rest', async ({ studio }) => {
  const { page } = studio;
  const statistics = await openShop(studio);
  await statistics.fillWindow();
  await statistics.title('Sort by count').click();
  await expect(statistics.title('Count, sorted, greatest first')).toHaveAttribute('aria-pressed', 'true');
  await expect.poll(async () => (await statistics.labels()).slice(0, 2).sort()).toEqual(['checkout', 'parse']);
  await statistics.title('Sort by name').focus();
  await page.keyboard.press('Enter');
  await expect.poll(() => statistics.labels()).toEqual(['boot', 'checkout', 'compress', 'parse', 'priceCart', 'shutdown']);
  await page.keyboard.press('Space');
  await expect.poll(() => statistics.labels()).toEqual(['shutdown', 'priceCart', 'parse', 'compress', 'checkout', 'boot']);

  await statistics.filter.fill('PR');
  await expect.poll(() => statistics.labels()).toEqual(['priceCart', 'compress']);
  await expect(statistics.counted).toHaveText('2 names');
  await statistics.filter.fill('nowhere');
  await expect(statistics.region).toContainText('No row matches');
  await page.keyboard.press('Escape');
  await expect(statistics.counted).toHaveText('6 names');

  await statistics.groupBy('Category');
  await expect(statistics.grid('category')).toBeVisible();
  await expect(statistics.counted).toHaveText('5 categories');
  await expect(statistics.cell('http', 'Self')).toHaveText('310 ms');
  await expect(statistics.cell('(no category)', 'Count')).toHaveText('2');
  await statistics.groupBy('Thread');
  await expect(statistics.grid('thread')).toBeVisible();
  await expect(statistics.cell('main', 'Total')).toHaveText('850 ms');
  await statistics.groupBy('File');
  await expect(statistics.counted).toHaveText('1 file');
  await expect(statistics.cell('(no file)', 'Count')).toHaveText('8');
});

test('a click selects the longest slice and leaves the view; arrow keys go from row to row, Enter selects', async ({ studio }) => {
  const { page, timeline } = studio;
  const statistics = await openShop(studio);
  await statistics.row('checkout').click();
  await expect(timeline.name()).toHaveText('checkout');
  await expect(timeline.fact('Total')).toContainText('400 ms');
  await expect.poll(() => timeline.inView()).toEqual([0, 1]);
  const underlined = await timeline.still();
  await statistics.grid('name').focus();
  await page.keyboard.press('ArrowDown');
  await expect(statistics.row('priceCart')).toHaveAttribute('aria-selected', 'true');
  await expect(timeline.name()).toHaveText('checkout');
  // All slices of the row are underlined beside those of the selected one.
  expect(await timeline.still()).not.toBe(underlined);
  await page.keyboard.press('Enter');
  await expect(timeline.name()).toHaveText('priceCart');
});

test('the table is about the selected range, else about what is in view', async ({ studio }) => {
  const { page, timeline } = studio;
  const statistics = await openShop(studio);
  // R makes the selected slice the range: 150 to 450 ms.
  await statistics.row('priceCart').click();
  await expect(timeline.name()).toHaveText('priceCart');
  await timeline.plot.focus();
  await page.keyboard.press('r');
  await expect(statistics.region).toContainText('Selected range: 0.15 to 0.45 s (300 ms)');
  await expect(statistics.counted).toHaveText('3 names');
  await expect(statistics.cell('compress', 'Self')).toHaveText('50.0 ms');
  await expect(statistics.cell('checkout', 'Self')).toHaveText('0 ns');
  await timeline.plot.focus();
  await page.keyboard.press('Escape');
  await expect(statistics.counted).toHaveText('6 names');
  // Zoomed to the compression: 350 to 850 ms.
  await statistics.row('compress').click();
  await expect(timeline.name()).toHaveText('compress');
  await timeline.plot.focus();
  await page.keyboard.press('f');
  await expect(statistics.region).toContainText('In view: 0.35 to 0.85 s (500 ms)');
  await expect(statistics.counted).toHaveText('4 names');
});

test('the table is copied as CSV, all rows with percentiles, in nanoseconds', async ({ studio }) => {
  const { page } = studio;
  await page.context().grantPermissions(['clipboard-read', 'clipboard-write']);
  const statistics = await openShop(studio);
  await statistics.filter.fill('ch');
  await expect(statistics.counted).toHaveText('1 name');
  await statistics.copy.click();
  await expect(studio.window.messages).toContainText('1 row copied');
  await expect
    .poll(() => page.evaluate(() => navigator.clipboard.readText()))
    .toBe(
      'name,count,total_ns,self_ns,mean_ns,min_ns,max_ns,p50_ns,p99_ns\r\ncheckout,2,700000000,310000000,350000000,300000000,400000000,300000000,400000000\r\n',
    );
});

test('a live run is counted while it runs', async ({ studio }) => {
  const statistics = new Statistics(studio.page);
  const script = `
    function turn() { let sum = 0; for (let i = 0; i < 1e5; i++) sum += i; return sum; }
    setInterval(turn, 20);
  `;
  await studio.start.runScript(studio.script('turns.cjs', script));
  await statistics.open();
  await statistics.filter.fill('turn');
  const count = async () => Number((await statistics.cell('turn', 'Count').textContent())?.replaceAll(',', ''));
  await expect(statistics.cell('turn', 'Count')).toBeVisible();
  const before = await count();
  await expect.poll(count).toBeGreaterThan(before + 10);
  // Also where nothing but the table is drawn.
  await statistics.fillWindow();
  const then = await count();
  await expect.poll(count).toBeGreaterThan(then + 10);
  await expect(statistics.cell('turn', 'P99')).toBeVisible();
  await studio.window.button('Stop').click();
  await expect(studio.window.state()).toHaveText(/Stopped/);
});

/** What is not right: an end without a beginning, a beginning without an end, an arrow from nowhere. */
const CROOKED = JSON.stringify({
  traceEvents: [
    { ph: 'M', pid: 1, tid: 1, name: 'thread_name', args: { name: 'main' } },
    slice(1, 'boot', 0, 100),
    { ph: 'B', pid: 1, tid: 1, name: 'never', ts: 200 * ms },
    { ph: 'E', pid: 1, tid: 2, ts: 250 * ms },
    { ph: 'f', bp: 'e', pid: 1, tid: 1, ts: 50 * ms, id: 7, name: 'job', cat: 'flow' },
    slice(1, 'a', 300, 500),
    slice(1, 'b', 400, 600),
  ],
});

test('issues are listed with their counts, and lead to their place', async ({ studio }) => {
  const { timeline } = studio;
  const file = studio.script('crooked.json', CROOKED);
  await studio.answerFile('open', file, () => studio.window.menu('File', /^Open trace/));
  await expect(timeline.track('main')).toBeVisible();
  const issues = new Issues(studio.page);
  await expect(studio.page.getByRole('tab', { name: 'Issues 4', exact: true })).toBeVisible();
  await issues.open();
  await expect(issues.items).toHaveCount(4);
  const overlap = issues.items.filter({ hasText: 'Overlapping slices' });
  await expect(overlap).toContainText('1 slice overlaps others of the same track');
  await overlap.getByRole('button', { name: /^Show/ }).click();
  await expect(timeline.name()).toHaveText('b');
  // By keys, to a moment that no slice is at.
  await issues.items.filter({ hasText: 'Arrows without a start' }).getByRole('button', { name: /^Show/ }).focus();
  await studio.page.keyboard.press('Enter');
  await expect(timeline.region).toContainText('0.050 000 s');
  // What has no place has no button.
  await expect(issues.items.filter({ hasText: /ends? \(E\)/ }).getByRole('button')).toHaveCount(0);
});

test('a trace without issues says so', async ({ studio }) => {
  await openShop(studio);
  const issues = new Issues(studio.page);
  await issues.open();
  await expect(issues.region).toContainText('No issues');
  await expect(issues.tab).toHaveText('Issues');
});

for (const colors of ['light', 'dark'] as const) {
  test.describe(`in ${colors}`, () => {
    test.use({ colors });

    test('statistics and issues have no violation', async ({ studio }) => {
      const statistics = await openShop(studio);
      await statistics.row('checkout').click();
      expect(await violations(studio)).toEqual([]);
      await statistics.filter.fill('nowhere');
      await expect(statistics.region).toContainText('No row matches');
      expect(await violations(studio)).toEqual([]);
      const file = studio.script('crooked.json', CROOKED);
      await studio.answerFile('open', file, () => studio.window.menu('File', /^Open trace/));
      const issues = new Issues(studio.page);
      await issues.open();
      await expect(issues.items.first()).toBeVisible();
      expect(await violations(studio)).toEqual([]);
    });
  });
}
