/** Call tree and flame graph of a report whose figures are known, and of a live run. */
import { expect, type Studio, test } from './fixtures.ts';
import { CallTree, FlameGraph } from './pages/call-tree.ts';
import { violations } from './violations.ts';

const ms = 1000;
const slice = (tid: number, name: string, from: number, to: number, cat = '') => ({ ph: 'X', pid: 1, tid, name, cat, ts: from * ms, dur: (to - from) * ms });
/** One second of a shop on two threads: 1250 ms in all, checkout has 700 of them, 310 of its own. */
const SHOP = JSON.stringify({
  traceEvents: [
    { ph: 'M', pid: 1, tid: 1, name: 'thread_name', args: { name: 'main' } },
    { ph: 'M', pid: 1, tid: 2, name: 'thread_name', args: { name: 'worker' } },
    slice(1, 'boot', 0, 100),
    slice(1, 'checkout', 100, 500, 'http'),
    slice(1, 'parse', 100, 150, 'text'),
    slice(1, 'priceCart', 150, 450, 'rules'),
    slice(1, 'parse', 200, 210, 'text'),
    slice(1, 'checkout', 600, 900, 'http'),
    slice(1, 'parse', 600, 640, 'text'),
    slice(1, 'shutdown', 950, 1000),
    slice(2, 'compress', 400, 800, 'zip'),
  ],
});

async function openShop(studio: Studio): Promise<{ readonly tree: CallTree; readonly flame: FlameGraph }> {
  const file = studio.script('shop.json', SHOP);
  await studio.answerFile('open', file, () => studio.window.menu('File', /^Open trace/));
  await expect(studio.timeline.track('main')).toBeVisible();
  return { tree: new CallTree(studio.page), flame: new FlameGraph(studio.page) };
}

test('the tree has the figures of the report, top-down and bottom-up, and opens by mouse and keys', async ({ studio }) => {
  const { page } = studio;
  const { tree } = await openShop(studio);
  await tree.open();
  await tree.fillWindow();
  await expect(tree.region).toContainText('In view: 0 to 1 s');
  await expect.poll(() => tree.outline()).toEqual(['checkout', 'compress', 'boot', 'shutdown']);
  await expect(tree.cell('checkout', 'Total')).toHaveText('700 ms');
  await expect(tree.cell('checkout', 'Self')).toHaveText('310 ms');
  await expect(tree.cell('checkout', 'Calls')).toHaveText('2');
  await expect(tree.row('checkout')).toContainText('56.0 %');
  await tree.row('checkout').getByRole('button', { name: 'Open' }).click();
  // What is called once opens by itself.
  await expect.poll(() => tree.outline()).toEqual(['checkout', ' priceCart', ' parse', 'compress', 'boot', 'shutdown']);
  await tree.tree.focus();
  await page.keyboard.press('Home');
  await page.keyboard.press('ArrowRight');
  await page.keyboard.press('ArrowRight');
  await expect.poll(() => tree.outline()).toEqual(['checkout', ' priceCart', '  parse', ' parse', 'compress', 'boot', 'shutdown']);
  await expect(tree.cell('priceCart', 'Self')).toHaveText('290 ms');
  await page.keyboard.press('ArrowLeft');
  await page.keyboard.press('ArrowLeft');
  await page.keyboard.press('ArrowLeft');
  await expect.poll(() => tree.outline()).toEqual(['checkout', 'compress', 'boot', 'shutdown']);

  await tree.direction('Bottom-up');
  await expect.poll(() => tree.outline()).toEqual(['compress', 'checkout', 'priceCart', 'parse', 'boot', 'shutdown']);
  await expect(tree.cell('parse', 'Total')).toHaveText('100 ms');
  await tree.row('parse').getByRole('button', { name: 'Open' }).click();
  await expect(tree.rows.nth(4)).toHaveAttribute('aria-level', '2');
  await expect(tree.rows.nth(4)).toContainText('checkout');
  await expect(tree.rows.nth(4)).toContainText('90.0 ms');
});

test('changes of the tree follow each other, and lead back', async ({ studio }) => {
  const { tree } = await openShop(studio);
  await tree.open();
  await tree.row('checkout').getByRole('button', { name: 'Open' }).click();
  await tree.change('parse', 'Merge into its callers');
  await expect(tree.cell('checkout', 'Self')).toHaveText('400 ms');
  await tree.change('compress', 'Drop it with its time');
  // 700 of 850 ms.
  await expect(tree.row('checkout')).toContainText('82.4 %');
  await expect(tree.changes.getByRole('button')).toHaveText(['Whole tree', 'Without parse', 'Dropped: compress']);
  await tree.change('checkout', 'Collapse what it calls');
  await expect(tree.cell('checkout', 'Self')).toHaveText('700 ms');
  await tree.changes.getByRole('button', { name: 'Without parse' }).click();
  await expect(tree.row('compress')).toBeVisible();
  await expect(tree.cell('checkout', 'Self')).toHaveText('400 ms');
  await tree.change('priceCart', 'Focus on this function');
  await expect.poll(() => tree.outline()).toEqual(['priceCart']);
  await expect(tree.row('priceCart')).toContainText('100.0 %');
  await tree.changes.getByRole('button', { name: 'Whole tree' }).click();
  await expect(tree.changes).toHaveCount(0);
  await expect(tree.row('checkout')).toContainText('56.0 %');
  await tree.change('checkout', 'Drop it with its time');
  await tree.change('compress', 'Focus on this function');
  await tree.change('compress', 'Drop it with its time');
  await expect(tree.region).toContainText('Nothing is left of the tree');
  await tree.region.getByRole('button', { name: 'Whole tree' }).last().click();
  await expect(tree.row('checkout')).toContainText('56.0 %');
});

test('a function is found, underlined in the timeline, and its longest call selected', async ({ studio }) => {
  const { page, timeline } = studio;
  const { tree } = await openShop(studio);
  await tree.open();
  await tree.direction('Bottom-up');
  await tree.filter.fill('PRICE');
  await page.keyboard.press('Enter');
  await expect(tree.row('priceCart')).toHaveAttribute('aria-selected', 'true');
  await expect(tree.region).toContainText('1 of 2');
  const before = await timeline.still();
  await tree.row('checkout').first().click();
  await expect.poll(() => timeline.still()).not.toBe(before);
  await tree.tree.focus();
  await page.keyboard.press('Enter');
  await expect(timeline.name()).toHaveText('checkout');
  await expect(timeline.fact('Total')).toContainText('400 ms');
  await expect.poll(() => timeline.inView()).toEqual([0, 1]);
});

test('a function is found wherever it is in the tree, and what leads to it opens', async ({ studio }) => {
  const { page } = studio;
  const { tree } = await openShop(studio);
  await tree.open();
  await tree.fillWindow();
  await expect.poll(() => tree.outline()).toEqual(['checkout', 'compress', 'boot', 'shutdown']);
  await tree.filter.fill('parse');
  await expect(tree.region).toContainText('2 places');
  await page.keyboard.press('Enter');
  await expect.poll(() => tree.outline()).toEqual(['checkout', ' priceCart', '  parse', ' parse', 'compress', 'boot', 'shutdown']);
  await expect(tree.rows.nth(2)).toHaveAttribute('aria-selected', 'true');
  await expect(tree.region).toContainText('1 of 2');
  await page.keyboard.press('Enter');
  await expect(tree.rows.nth(3)).toHaveAttribute('aria-selected', 'true');
  await page.keyboard.press('Enter');
  await expect(tree.rows.nth(2)).toHaveAttribute('aria-selected', 'true');
  await page.keyboard.press('Shift+Enter');
  await expect(tree.rows.nth(3)).toHaveAttribute('aria-selected', 'true');
  await tree.filter.fill('nowhere');
  await expect(tree.region).toContainText('not in this tree');
  expect(await violations(studio)).toEqual([]);
});

test('the flame graph is walked by keys, says what it shows, zooms and comes back', async ({ studio }) => {
  const { flame } = await openShop(studio);
  await flame.open();
  await expect(flame.region).toContainText('In view: 0 to 1 s');
  await flame.press('ArrowDown');
  await expect(flame.voice).toHaveText('checkout: 700 ms, 56.0 %, self 310 ms, 2 calls');
  await flame.press('ArrowDown');
  await expect(flame.voice).toHaveText('priceCart: 300 ms, 24.0 %, self 290 ms, 1 call');
  await flame.press('ArrowRight');
  await expect(flame.voice).toHaveText('parse: 90.0 ms, 7.2 %, self 90.0 ms, 2 calls');
  await flame.press('ArrowUp', 'ArrowRight');
  await expect(flame.voice).toHaveText('compress: 400 ms, 32.0 %, self 400 ms, 1 call');
  // By mouse: a quarter of the way is in checkout, below it priceCart.
  await flame.click(1, 0.1);
  await expect(flame.voice).toHaveText(/^priceCart: 300 ms/);
  await flame.press('Enter');
  await expect(flame.zoomed.getByRole('button')).toHaveText(['All', 'checkout', 'priceCart']);
  await flame.click(0, 0.9);
  await expect(flame.voice).toHaveText(/^priceCart: 300 ms/);
  await flame.press('Backspace');
  await expect(flame.zoomed.getByRole('button')).toHaveText(['All', 'checkout']);
  await flame.zoomed.getByRole('button', { name: 'All' }).click();
  await expect(flame.zoomed).toHaveCount(0);
  // parse has two boxes, 90 and 10 ms of 1250.
  await flame.filter.fill('parse');
  await expect(flame.found).toHaveText('1 function, 8.0 %');
});

test('a sandwich has the callers above and the callees below a function; another one is opened from it', async ({ studio }) => {
  const { timeline, page } = studio;
  const { flame } = await openShop(studio);
  await flame.open();
  await flame.mode('Sandwich');
  await expect(flame.region).toContainText('Callers and callees of what?');
  await flame.mode('Left heavy');
  await flame.click(1, 0.1, 'right');
  await page.getByRole('menuitem', { name: 'Show its callers and callees' }).click();
  await expect(flame.region).toContainText('Callers and callees of priceCart');
  // checkout, priceCart, parse from above.
  await flame.press('ArrowDown');
  await expect(flame.voice).toHaveText('priceCart: 300 ms, 100.0 %, self 290 ms, 1 call');
  await flame.press('ArrowDown');
  await expect(flame.voice).toHaveText('parse: 10.0 ms, 3.3 %, self 10.0 ms, 1 call');
  await flame.press('ArrowUp', 'ArrowUp');
  await expect(flame.voice).toHaveText('checkout: 300 ms, 100.0 %, self 0 ns, 1 call');
  await flame.press('Enter');
  await expect(flame.region).toContainText('Callers and callees of checkout');
  await flame.press('ArrowDown');
  await expect(flame.voice).toHaveText('checkout: 700 ms, 100.0 %, self 310 ms, 2 calls');
  // What is picked in the timeline is what it is about.
  const { x, y } = await timeline.point(0.05, 'main');
  await page.mouse.click(x, y);
  await expect(timeline.name()).toHaveText('boot');
  await expect(flame.region).toContainText('Callers and callees of boot');
  await flame.press('ArrowDown');
  await expect(flame.voice).toHaveText('boot: 100 ms, 100.0 %, self 100 ms, 1 call');
});

test('in order of time a box is a slice of the timeline', async ({ studio }) => {
  const { timeline } = studio;
  const { flame } = await openShop(studio);
  await flame.open();
  await flame.mode('Time order');
  await expect(flame.region.getByRole('combobox', { name: 'Track' })).toContainText('main');
  await flame.click(1, 0.3);
  await expect(timeline.name()).toHaveText('priceCart');
  await expect(flame.voice).toHaveText('priceCart: 300 ms');
});

test('both are about the selected range', async ({ studio }) => {
  const { timeline, page } = studio;
  const { tree, flame } = await openShop(studio);
  await tree.open();
  await tree.direction('Bottom-up');
  await tree.row('priceCart').dblclick();
  await expect(timeline.name()).toHaveText('priceCart');
  await timeline.plot.focus();
  await page.keyboard.press('r');
  await expect(tree.region).toContainText('Selected range: 0.15 to 0.45 s (300 ms)');
  await tree.direction('Top-down');
  // 300 ms of checkout, 50 of compress.
  await expect(tree.row('checkout')).toContainText('85.7 %');
  await expect(tree.cell('compress', 'Total')).toHaveText('50.0 ms');
  await flame.open();
  await flame.press('ArrowDown', 'ArrowRight');
  await expect(flame.voice).toHaveText('compress: 50.0 ms, 14.3 %, self 50.0 ms, 1 call');
});

test('a live run grows in both', async ({ studio }) => {
  const script = `
    function inner() { let sum = 0; for (let i = 0; i < 1e5; i++) sum += i; return sum; }
    function turn() { return inner(); }
    setInterval(turn, 20);
  `;
  await studio.start.runScript(studio.script('turns.cjs', script));
  const tree = new CallTree(studio.page);
  const flame = new FlameGraph(studio.page);
  await tree.open();
  await tree.fillWindow();
  await expect(tree.row('turn')).toBeVisible();
  const count = async () => Number((await tree.cell('turn', 'Calls').first().textContent())?.replaceAll(',', ''));
  const before = await count();
  await expect.poll(count).toBeGreaterThan(before + 10);
  await flame.open();
  await flame.filter.fill('inner');
  await expect(flame.found).toContainText('1 function');
  await studio.window.button('Stop').click();
  await expect(studio.window.state()).toHaveText(/Stopped/);
});

for (const colors of ['light', 'dark'] as const) {
  test.describe(`in ${colors}`, () => {
    test.use({ colors });

    test('call tree and flame graph have no violation', async ({ studio }) => {
      const { tree, flame } = await openShop(studio);
      await tree.open();
      await tree.row('checkout').getByRole('button', { name: 'Open' }).click();
      await tree.change('parse', 'Merge into its callers');
      expect(await violations(studio)).toEqual([]);
      await flame.open();
      await flame.press('ArrowDown', 'ArrowDown', 'Enter');
      await flame.filter.fill('price');
      await expect(flame.zoomed).toBeVisible();
      expect(await violations(studio)).toEqual([]);
    });
  });
}
