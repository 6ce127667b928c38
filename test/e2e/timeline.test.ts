/** The timeline, on a report whose slices are known and on live runs. Times are in seconds, places are worked out from them. */
import { expect, type Studio, test } from './fixtures.ts';
import { violations } from './violations.ts';

const ms = 1000;
const slice = (tid: number, name: string, from: number, to: number, more: object = {}) => ({
  ph: 'X',
  pid: 1,
  tid,
  name,
  ts: from * ms,
  dur: (to - from) * ms,
  ...more,
});

/** One second of a shop: two threads, an arrow between them, a counter, two moments. */
const SHOP = JSON.stringify({
  traceEvents: [
    { ph: 'M', pid: 1, tid: 1, name: 'process_name', args: { name: 'shop' } },
    { ph: 'M', pid: 1, tid: 1, name: 'thread_name', args: { name: 'main' } },
    { ph: 'M', pid: 1, tid: 2, name: 'thread_name', args: { name: 'worker' } },
    slice(1, 'boot', 0, 100),
    slice(1, 'checkout', 100, 500, { cat: 'http' }),
    slice(1, 'parse', 100, 150),
    slice(1, 'priceCart', 150, 450, { args: { cart: 'c-17', items: [{ sku: 'lamp' }, { sku: 'pen' }] } }),
    slice(1, 'applyDiscounts', 200, 300),
    slice(1, 'render', 450, 500),
    slice(1, 'checkout', 600, 900, { cat: 'http' }),
    slice(1, 'parse', 600, 640),
    slice(1, 'shutdown', 950, 1000),
    slice(2, 'compress', 400, 800),
    { ph: 's', pid: 1, tid: 1, ts: 250 * ms, id: 7, name: 'job', cat: 'flow' },
    { ph: 'f', bp: 'e', pid: 1, tid: 2, ts: 450 * ms, id: 7, name: 'job', cat: 'flow' },
    { ph: 'C', pid: 1, tid: 1, ts: 100 * ms, name: 'queue', args: { waiting: 3 } },
    { ph: 'C', pid: 1, tid: 1, ts: 600 * ms, name: 'queue', args: { waiting: 12 } },
    { ph: 'i', pid: 1, tid: 1, ts: 300 * ms, name: 'paid', s: 't' },
  ],
});

async function openShop(studio: Studio): Promise<void> {
  const file = studio.script('shop.json', SHOP);
  await studio.answerFile('open', file, () => studio.window.menu('File', /^Open trace/));
  await expect(studio.timeline.track('main')).toBeVisible();
  await expect.poll(() => studio.timeline.inView()).toEqual([0, 1]);
}

/** Clicks the middle of a slice. */
async function click(studio: Studio, seconds: number, track: string, row = 0, options: { clicks?: number } = {}): Promise<void> {
  const { x, y } = await rowPoint(studio, seconds, track, row);
  await studio.page.mouse.click(x, y, { clickCount: options.clicks ?? 1 });
}

async function rowPoint({ timeline }: Studio, seconds: number, track: string, row = 0) {
  const head = await timeline.boxOf(timeline.track(track));
  const { x } = await timeline.point(seconds, track);
  // A thread's rows begin four pixels below its head's upper side, the name three: both are 18 to 22 high.
  return { x, y: head.y + 8 + row * 18 };
}

test('a report is shown by threads, counters and moments, and each slice is found in the table', async ({ studio }) => {
  const { timeline } = studio;
  await openShop(studio);
  for (const name of ['main', 'worker', 'queue', 'Events']) await expect(timeline.track(name)).toBeVisible();
  await timeline.showTable();
  await expect(timeline.tableCount).toHaveText('10 slices in view');
  await expect(timeline.table).toHaveAttribute('aria-rowcount', '10');
  await expect(timeline.table.getByRole('row', { name: /priceCart.* 300 ms/ })).toBeVisible();
  await timeline.table.getByRole('row', { name: /compress/ }).click();
  await expect(timeline.name()).toHaveText('compress');
  // What is in the table is what is in view.
  await timeline.plot.focus();
  await studio.page.keyboard.press('f');
  await expect.poll(() => timeline.inView()).toEqual([0.35, 0.85]);
  await expect(timeline.table.getByRole('row', { name: /boot/ })).toHaveCount(0);
});

test('a click picks a slice, and its name, times, arguments, callers and calls stand beside it', async ({ studio }) => {
  const { timeline } = studio;
  await openShop(studio);
  await expect(timeline.selection).toContainText('Nothing is selected');
  await click(studio, 0.35, 'main', 1);
  await expect(timeline.name()).toHaveText('priceCart');
  await expect(timeline.fact('Total')).toHaveText('300 ms');
  await expect(timeline.fact('Self')).toHaveText('200 ms');
  await expect(timeline.fact('Start')).toHaveText('0.150 000 s');
  await expect(timeline.fact('Thread')).toHaveText('main');
  const args = timeline.selection.getByRole('region', { name: 'Arguments' });
  await expect(args).toContainText('"c-17"');
  // A short list is open, what lies in it is not.
  await args.getByRole('button', { name: /^0/ }).click();
  await expect(args).toContainText('lamp');
  await expect(timeline.selection.getByRole('region', { name: 'Callers' })).toContainText('checkout');
  await timeline.selection
    .getByRole('region', { name: 'Calls made' })
    .getByRole('button', { name: /applyDiscounts/ })
    .click();
  await expect(timeline.name()).toHaveText('applyDiscounts');
  await expect(timeline.fact('Total')).toHaveText('100 ms');
  await expect(timeline.selection.getByRole('region', { name: 'Linked' }).getByRole('button', { name: /to compress/ })).toBeVisible();
});

test('keys go from slice to slice, along the stack and along arrows, and say what was picked', async ({ studio }) => {
  const { timeline, page } = studio;
  await openShop(studio);
  await timeline.plot.focus();
  await page.keyboard.press('ArrowRight');
  await expect(timeline.name()).toHaveText('boot');
  await page.keyboard.press('ArrowRight');
  await expect(timeline.name()).toHaveText('checkout');
  await page.keyboard.press('ArrowDown');
  await expect(timeline.name()).toHaveText('parse');
  await page.keyboard.press('.');
  await expect(timeline.name()).toHaveText('priceCart');
  await page.keyboard.press('ArrowDown');
  await expect(timeline.name()).toHaveText('applyDiscounts');
  await expect(timeline.region.getByRole('status').filter({ hasText: 'applyDiscounts, 100 ms, at 0.200 000 s' })).toBeAttached();
  await page.keyboard.press(']');
  await expect(timeline.name()).toHaveText('compress');
  await page.keyboard.press('[');
  await expect(timeline.name()).toHaveText('applyDiscounts');
  await page.keyboard.press('ArrowUp');
  await page.keyboard.press(',');
  await expect(timeline.name()).toHaveText('parse');
  await page.keyboard.press('Alt+ArrowLeft');
  await expect(timeline.name()).toHaveText('priceCart');
  await page.keyboard.press('Alt+ArrowRight');
  await expect(timeline.name()).toHaveText('parse');
  await page.keyboard.press('Escape');
  await expect(timeline.selection).toContainText('Nothing is selected');
});

test('W S A D, the wheel, F, 0 and the way of zooms move the view', async ({ studio }) => {
  const { timeline, page } = studio;
  await openShop(studio);
  await timeline.plot.focus();
  await page.keyboard.press('w');
  await expect.poll(() => timeline.span()).toBeCloseTo(2 / 3, 3);
  await page.keyboard.press('s');
  await expect.poll(() => timeline.span()).toBeCloseTo(1, 3);
  await page.keyboard.press('Shift+W');
  await expect.poll(() => timeline.span()).toBeCloseTo(0.25, 3);
  const [before] = await timeline.inView();
  await page.keyboard.press('d');
  await expect.poll(async () => (await timeline.inView())[0]).toBeCloseTo(Math.min(0.75, before + 0.0625), 3);
  await page.keyboard.press('a');
  await page.keyboard.press('Home');
  await expect.poll(async () => (await timeline.inView())[0]).toBe(0);
  await page.keyboard.press('0');
  await expect.poll(() => timeline.inView()).toEqual([0, 1]);

  // The time under the pointer stays where it is.
  const at = await rowPoint(studio, 0.4, 'main', 4);
  await page.mouse.move(at.x, at.y);
  await page.keyboard.down('Control');
  await page.mouse.wheel(0, -250);
  await page.keyboard.up('Control');
  await expect.poll(() => timeline.span()).toBeLessThan(0.5);
  expect((await timeline.point(0.4, 'main')).x).toBeCloseTo(at.x, -1);
  const [from] = await timeline.inView();
  await page.keyboard.down('Shift');
  await page.mouse.wheel(0, 100);
  await page.keyboard.up('Shift');
  await expect.poll(async () => (await timeline.inView())[0]).toBeGreaterThan(from);

  await page.keyboard.press('0');
  await expect.poll(() => timeline.inView()).toEqual([0, 1]);
  await click(studio, 0.3, 'main', 0, { clicks: 2 });
  await expect.poll(() => timeline.inView()).toEqual([0.05, 0.55]);
  await expect(timeline.zooms.getByRole('button', { name: '0.05 to 0.55 s' })).toHaveAttribute('aria-current', 'location');
  await click(studio, 0.25, 'main', 2);
  await expect(timeline.name()).toHaveText('applyDiscounts');
  await page.keyboard.press('f');
  await expect.poll(() => timeline.inView()).toEqual([0.1875, 0.3125]);
  await timeline.zooms.getByRole('button', { name: '0.05 to 0.55 s' }).click();
  await expect.poll(() => timeline.inView()).toEqual([0.05, 0.55]);
  await timeline.zooms.getByRole('button', { name: 'All' }).click();
  await expect.poll(() => timeline.inView()).toEqual([0, 1]);
});

test('the handles of the minimap set the range in view, by pointer and by keys', async ({ studio }) => {
  const { timeline, page } = studio;
  await openShop(studio);
  const strip = await timeline.boxOf(timeline.region.locator('.tl-minimap'));
  const y = strip.y + strip.height / 2;
  // Beside the line that sizes the sidebar, which takes five pixels of it.
  await page.mouse.move(strip.x + 7, y);
  await page.mouse.down();
  await page.mouse.move(strip.x + strip.width * 0.5, y, { steps: 4 });
  await page.mouse.up();
  await expect.poll(async () => (await timeline.inView())[0]).toBeCloseTo(0.5, 1);
  await timeline.from.focus();
  const before = (await timeline.inView())[0];
  await page.keyboard.press('ArrowLeft');
  await expect.poll(async () => (await timeline.inView())[0]).toBeLessThan(before);
  // A drag over the strip is a range.
  await page.keyboard.press('0');
  await expect.poll(() => timeline.inView()).toEqual([0, 1]);
  await timeline.to.focus();
  await page.keyboard.press('Shift+ArrowLeft');
  await expect.poll(() => timeline.inView()).toEqual([0, 0.75]);
});

test('a drag selects a range with edges that snap and can be moved; R makes the slice the range', async ({ studio }) => {
  const { timeline, page } = studio;
  await openShop(studio);
  // A little beside the edges of priceCart, in its row.
  const from = await rowPoint(studio, 0.153, 'main', 1);
  const to = await rowPoint(studio, 0.448, 'main', 1);
  await page.mouse.move(from.x, from.y);
  await page.mouse.down();
  await page.mouse.move((from.x + to.x) / 2, to.y, { steps: 5 });
  await page.mouse.move(to.x, to.y, { steps: 5 });
  // The edge that is near takes the end to it.
  const wanted = (await timeline.point(0.45, 'main')).x;
  await expect
    .poll(async () => {
      const fill = await timeline.boxOf(timeline.region.locator('.tl-fill:visible'));
      return Math.abs(fill.x + fill.width - wanted);
    })
    .toBeLessThan(0.6);
  await page.mouse.up();
  await expect(timeline.region).toContainText('Range 300 ms');
  const end = timeline.region.getByRole('slider', { name: 'End of the selected range' });
  await end.focus();
  const before = Number(await end.getAttribute('aria-valuenow'));
  await page.keyboard.press('ArrowRight');
  await expect.poll(async () => Number(await end.getAttribute('aria-valuenow'))).toBeGreaterThan(before);
  await page.keyboard.press('Escape');
  await expect(timeline.region).not.toContainText('Range');
  await click(studio, 0.6, 'worker');
  await expect(timeline.name()).toHaveText('compress');
  await page.keyboard.press('r');
  await expect(timeline.region).toContainText('Range 400 ms');
});

test('a search counts what it matches, and goes from match to match', async ({ studio }) => {
  const { timeline, page } = studio;
  await openShop(studio);
  await timeline.plot.focus();
  await page.keyboard.press('/');
  await expect(timeline.search).toBeFocused();
  const plain = await timeline.still();
  await page.keyboard.type('checkout');
  await expect(timeline.region.getByRole('search').getByRole('status')).toHaveText('2 matches');
  await expect.poll(() => timeline.picture()).not.toBe(plain);
  await page.keyboard.press('Enter');
  await expect(timeline.fact('Start')).toHaveText('0.100 000 s');
  await page.keyboard.press('Enter');
  await expect(timeline.fact('Start')).toHaveText('0.600 000 s');
  await page.keyboard.press('Shift+Enter');
  await expect(timeline.fact('Start')).toHaveText('0.100 000 s');
  await timeline.search.fill('dur>200ms -cat:http');
  await expect(timeline.region.getByRole('search').getByRole('status')).toHaveText('2 matches');
  await timeline.search.fill('/[/');
  await expect(timeline.search).toHaveAttribute('aria-invalid', 'true');
  await page.keyboard.press('Escape');
  await expect(timeline.search).toHaveValue('');
});

test('tracks are filtered by name, folded, moved, pinned, hidden and shown again', async ({ studio }) => {
  const { timeline, page } = studio;
  await openShop(studio);
  await timeline.filter.fill('work');
  await expect(timeline.track('worker')).toBeVisible();
  await expect(timeline.track('main')).toHaveCount(0);
  await timeline.filter.fill('nothing of this name');
  await expect(timeline.region).toContainText('No track of this name');
  await timeline.region.getByRole('button', { name: 'Clear the filter' }).last().click();
  await expect(timeline.track('main')).toBeVisible();

  const high = (await timeline.boxOf(timeline.track('worker'))).y;
  await timeline.tracks.getByRole('button', { name: 'Fold main' }).click();
  await expect.poll(async () => (await timeline.boxOf(timeline.track('worker'))).y).toBeLessThan(high);
  await timeline.track('main').focus();
  await page.keyboard.press('ArrowRight');
  await expect.poll(async () => (await timeline.boxOf(timeline.track('worker'))).y).toBe(high);

  await timeline.track('worker').focus();
  await page.keyboard.press('Alt+ArrowUp');
  await expect.poll(async () => (await timeline.boxOf(timeline.track('worker'))).y < (await timeline.boxOf(timeline.track('main'))).y).toBe(true);

  await click(studio, 0.6, 'worker');
  await expect(timeline.name()).toHaveText('compress');
  await page.keyboard.press('p');
  await expect(timeline.pinned.getByRole('button', { name: 'worker', exact: true })).toBeVisible();
  await page.keyboard.press('p');
  await expect(timeline.track('worker')).toBeVisible();

  await timeline.track('queue').focus();
  await page.keyboard.press('Delete');
  await expect(timeline.track('queue')).toHaveCount(0);
  await timeline.region.getByRole('button', { name: 'Show all', exact: true }).click();
  await expect(timeline.track('queue')).toBeVisible();
});

test('a live run grows; paused it stands still while the recording goes on; a zoom goes on following', async ({ studio }) => {
  const { timeline, window, page } = studio;
  await studio.start.runExample('An HTTP server under load');
  await expect(timeline.track('main')).toBeVisible();
  const moved = async (times: number) => {
    for (let seen = 0; seen < times; seen++) {
      const before = await timeline.picture();
      await expect.poll(() => timeline.picture()).not.toBe(before);
    }
  };
  await moved(3);
  await timeline.plot.focus();
  await page.keyboard.press('w');
  await expect(window.button('Pause view')).toBeVisible();
  await moved(2);
  await page.keyboard.press('a');
  await expect(window.button('Resume view')).toBeVisible();
  // Well before now: what had begun there is over, and told of.
  await expect(window.toolbar).toContainText(/00:(0[6-9]|[1-5]\d)/);
  await page.keyboard.press('Home');
  await page.keyboard.press('Shift+W');
  const still = await timeline.still();
  const events = window.reading('Events');
  for (let news = 0; news < 3; news++) await expect(events).not.toHaveText((await events.textContent()) ?? '');
  expect(await timeline.picture()).toBe(still);
  await page.keyboard.press('End');
  await expect(window.button('Pause view')).toBeVisible();
  await moved(2);
  await window.button('Stop').click();
  await expect(window.state()).toHaveText(/Stopped/);
  await timeline.still();
});

test('nothing is drawn while nothing moves', async ({ studio }) => {
  const { timeline, page } = studio;
  await openShop(studio);
  await timeline.plot.focus();
  await page.keyboard.press('ArrowRight');
  await expect(timeline.name()).toHaveText('boot');
  await timeline.still();
  /** Marks on any canvas within some frames of the page, after an act. */
  const marks = (key: string) =>
    page.evaluate(async (pressed) => {
      const ink = CanvasRenderingContext2D.prototype;
      const { fillRect } = ink;
      let count = 0;
      ink.fillRect = function (...box) {
        count += 1;
        fillRect.apply(this, box);
      };
      if (pressed !== '') window.dispatchEvent(new KeyboardEvent('keydown', { key: pressed }));
      for (let frame = 0; frame < 60; frame++) await new Promise((resolve) => requestAnimationFrame(resolve));
      ink.fillRect = fillRect;
      return count;
    }, key);
  // A last answer may still be on its way; then sixty frames of the page pass without one of the timeline.
  await expect.poll(() => marks('')).toBe(0);
  expect(await marks('w')).toBeGreaterThan(0);
  /** Frames that the window asks for within two seconds. */
  const frames = () =>
    page.evaluate(async () => {
      const ask = window.requestAnimationFrame;
      let count = 0;
      window.requestAnimationFrame = (visit) => {
        count += 1;
        return ask(visit);
      };
      for (let frame = 0; frame < 120; frame++) await new Promise((resolve) => ask(resolve));
      window.requestAnimationFrame = ask;
      return count;
    });
  await expect.poll(frames).toBe(0);
});

test('the timeline is usable at 900 × 600: what is picked lies over it until it is closed', async ({ studio }) => {
  const { timeline, page, window } = studio;
  await page.setViewportSize({ width: 900, height: 600 });
  await openShop(studio);
  await click(studio, 0.2, 'main');
  await expect(timeline.name()).toHaveText('checkout');
  await page.getByRole('button', { name: 'Close the inspector' }).click();
  await expect(timeline.selection).toHaveCount(0);
  for (const part of [timeline.search, timeline.filter, timeline.track('main'), timeline.from, timeline.to]) {
    const box = await timeline.boxOf(part);
    expect(box.x).toBeGreaterThanOrEqual(0);
    expect(box.x + box.width).toBeLessThanOrEqual(900);
  }
  expect(await window.crowded()).toEqual([]);
});

test('at 200 % zoom the window is scrolled to what does not fit, and is whole again afterwards', async ({ studio }) => {
  const { timeline, page } = studio;
  await openShop(studio);
  await page.setViewportSize({ width: 640, height: 400 });
  const scrolled = () =>
    page.evaluate(() => {
      scrollTo(1000, 1000);
      return [scrollX, scrollY];
    });
  await expect.poll(scrolled).toEqual([80, 120]);
  for (const part of [timeline.to, timeline.plot, page.getByRole('button', { name: /^Notifications/ }), page.getByRole('tab', { name: 'Console' })]) {
    await part.scrollIntoViewIfNeeded();
    await expect(part).toBeInViewport();
  }
  await timeline.region.getByRole('button', { name: 'Show as table' }).click();
  await timeline.table.scrollIntoViewIfNeeded();
  await expect(timeline.table).toBeInViewport();
  await page.setViewportSize({ width: 900, height: 600 });
  await expect.poll(scrolled).toEqual([0, 0]);
});

test('every command is found by its name, tracks too; keys can be changed, and the help shows it', async ({ studio }) => {
  const { timeline, page, window } = studio;
  await openShop(studio);
  await timeline.plot.focus();
  await page.keyboard.press('Control+Shift+P');
  const palette = page.getByRole('dialog', { name: 'All commands' });
  await palette.getByRole('combobox').fill('show slices table');
  await page.keyboard.press('Enter');
  await expect(timeline.table).toBeVisible();
  await page.keyboard.press('Control+p');
  await page.getByRole('dialog', { name: 'Find a track' }).getByRole('combobox').fill('work');
  await page.keyboard.press('Enter');
  await expect(timeline.selection).toContainText('Slices of a thread');
  await expect(timeline.name()).toHaveText('worker');

  await page.keyboard.press('?');
  const zoom = window.dialog.getByRole('button', { name: /^Keys of “Zoom in”/ });
  await zoom.click();
  await page.keyboard.press('s');
  await expect(window.dialog.getByRole('alert')).toContainText('S is “Zoom out”');
  await page.keyboard.press('j');
  await expect(zoom).toHaveText('J');
  await window.dialog.getByRole('button', { name: 'Done', exact: true }).click();
  await timeline.plot.focus();
  await page.keyboard.press('w');
  await page.keyboard.press('j');
  await expect.poll(() => timeline.span()).toBeCloseTo(2 / 3, 3);
  await page.keyboard.press('?');
  await window.dialog.getByRole('button', { name: 'Reset all keys' }).click();
  await expect(zoom).toHaveText('W');
});

test('arrangements of panels are kept under a name, and taken again', async ({ studio }) => {
  const { timeline, page, window } = studio;
  await openShop(studio);
  await window.menu('Panels', 'Keep this arrangement…');
  await window.dialog.getByRole('textbox', { name: 'Name' }).fill('plain');
  await window.dialog.getByRole('button', { name: 'Keep' }).click();
  await timeline.showTable();
  await expect(timeline.table).toBeVisible();
  await window.menu('Panels', 'plain');
  await expect(timeline.table).toBeHidden();
  await expect(timeline.region).toBeVisible();
  await page.getByRole('menuitem', { name: 'Panels', exact: true }).click();
  await page.getByRole('menuitemcheckbox', { name: 'Console' }).click();
  await expect(window.console).toBeHidden();
  await window.menu('Panels', 'Put back as they come');
  await expect(window.console).toBeVisible();
});

test('panels are maximised, closed, opened again and put back; the arrangement outlives a reload', async ({ studio }) => {
  const { timeline, page, window } = studio;
  await openShop(studio);
  await timeline.showTable();
  await expect(timeline.table).toBeVisible();
  await page.getByRole('button', { name: 'Make Slices fill the window' }).click();
  await expect(timeline.region).toBeHidden();
  await page.getByRole('button', { name: 'Make Slices small again' }).click();
  await expect(timeline.region).toBeVisible();
  await page.getByRole('button', { name: 'Arrange Slices' }).click();
  await page.getByRole('menuitem', { name: 'Close Slices' }).click();
  await expect(timeline.table).toBeHidden();
  await timeline.plot.focus();
  await page.keyboard.press('Control+z');
  await expect(page.getByRole('tab', { name: 'Slices' })).toBeVisible();
  await expect(window.graphs).toBeVisible();
  await expect(timeline.region).toBeVisible();
  await page.reload();
  await studio.start
    .recording('shop.json')
    .or(studio.window.runs.getByRole('button', { name: 'shop.json' }))
    .first()
    .click();
  await expect(page.getByRole('tab', { name: 'Slices' })).toBeVisible();
});

test('names of a megabyte, from right to left, or that look like markup are text; a lone event, equal times and nothing at all are readable', async ({
  studio,
}) => {
  const { timeline, window } = studio;
  const open = async (name: string, traceEvents: readonly object[]) => {
    const file = studio.script(name, JSON.stringify({ traceEvents }));
    await studio.answerFile('open', file, () => window.menu('File', /^Open trace/));
    await expect(window.runs.getByRole('button', { name, exact: true })).toBeVisible();
  };
  await open('names.json', [
    { ph: 'M', pid: 1, tid: 1, name: 'thread_name', args: { name: '<img src=x onerror=alert(1)>' } },
    slice(1, 'x'.repeat(1 << 20), 0, 100),
    slice(1, '\u202Eevil\u202C שלום', 100, 200),
    slice(1, '<b>bold</b>', 200, 300),
    slice(1, `e${'\u0301'.repeat(5000)}`, 300, 400),
  ]);
  await expect(timeline.track('<img src=x onerror=alert(1)>')).toBeVisible();
  await timeline.plot.focus();
  await studio.page.keyboard.press('ArrowRight');
  await expect(timeline.name()).toContainText('xxx');
  await studio.page.keyboard.press('.');
  await studio.page.keyboard.press('.');
  await expect(timeline.name()).toHaveText('<b>bold</b>');
  await timeline.still();

  await open('one.json', [{ ph: 'i', pid: 1, tid: 1, ts: 5, name: 'only', s: 't' }]);
  await expect(timeline.track('Events')).toBeVisible();
  await open(
    'equal.json',
    Array.from({ length: 50 }, (_, k) => ({ ph: 'X', pid: 1, tid: 1, ts: 1000, dur: 0, name: `same ${k}` })),
  );
  await expect(timeline.region.getByRole('button', { name: /^Fold/ })).toBeVisible();
  await timeline.plot.focus();
  await studio.page.keyboard.press('ArrowRight');
  await expect(timeline.name()).toContainText('same');
  await open('empty.json', []);
  await expect(timeline.region).toContainText('holds no call, slice, counter or object');
});

test('eight thousand tracks, of as many threads as an import takes, are scrolled through; only the heads in sight are there', async ({ studio }) => {
  const { timeline, window, page } = studio;
  const traceEvents = Array.from({ length: 4000 }, (_, k) => [
    { ph: 'M', pid: 1, tid: k + 1, name: 'thread_name', args: { name: `thread ${k}` } },
    slice(k + 1, `work ${k}`, k / 100, k / 100 + 10),
    { ph: 'i', pid: 1, tid: k + 1, ts: k * 10, name: 'moment', s: 't' },
  ]).flat();
  const file = studio.script('many.json', JSON.stringify({ traceEvents }));
  await studio.answerFile('open', file, () => window.menu('File', /^Open trace/));
  await expect(timeline.track('thread 0')).toBeVisible();
  const heads = timeline.tracks.getByRole('button', { name: /^thread \d+$/ });
  expect(await heads.count()).toBeLessThan(60);
  await page.keyboard.press('Control+p');
  const palette = page.getByRole('dialog', { name: 'Find a track' });
  await palette.getByRole('combobox').fill('thread 3987');
  await expect(palette.getByRole('option')).toHaveText(['thread 3987', 'Events of thread 3987Events']);
  await page.keyboard.press('Enter');
  await expect(timeline.track('thread 3987')).toBeVisible();
  expect(await heads.count()).toBeLessThan(60);
  await timeline.filter.fill('thread 77');
  await expect(timeline.track('thread 77')).toBeVisible();
  await expect(timeline.track('thread 770')).toBeVisible();
});

for (const colors of ['light', 'dark'] as const) {
  test.describe(`in ${colors}`, () => {
    test.use({ colors });
    test('a report with a picked slice, a search and the table has no violation', async ({ studio }) => {
      const { timeline } = studio;
      await openShop(studio);
      await click(studio, 0.35, 'main', 1);
      await expect(timeline.name()).toHaveText('priceCart');
      await timeline.search.fill('checkout');
      await timeline.showTable();
      await expect(timeline.table.getByRole('row', { name: /priceCart/ })).toBeAttached();
      expect(await violations(studio)).toEqual([]);
    });
  });
}
