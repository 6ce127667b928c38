/** Menus of what lies under the pointer, and of what is picked by keyboard alone; and what is chosen in one list is brought into sight in others. */
import type { Locator } from 'playwright/test';
import { expect, type Studio, test } from './fixtures.ts';
import { Notes } from './pages/notes.ts';
import { PICTURED, picture } from './pictures.ts';
import { violations } from './violations.ts';

/** Thirty threads, so that what lies below them is out of sight. */
const THREADS = Array.from({ length: 30 }, (_, thread) => [
  { ph: 'M', pid: 1, tid: thread + 1, name: 'thread_name', args: { name: thread === 0 ? 'main' : `worker ${thread}` } },
  { ph: 'X', pid: 1, tid: thread + 1, name: 'boot', ts: 0, dur: 400_000 },
  { ph: 'X', pid: 1, tid: thread + 1, name: 'serve', ts: 500_000, dur: 500_000 },
]).flat();
const REPORT = JSON.stringify({
  traceEvents: [
    ...THREADS,
    { ph: 'C', pid: 1, tid: 1, name: 'queue', ts: 100_000, args: { length: 3 } },
    { ph: 'C', pid: 1, tid: 1, name: 'queue', ts: 900_000, args: { length: 1 } },
    { ph: 'N', pid: 1, tid: 1, id: '0x1', name: 'Cart', ts: 10_000 },
    { ph: 'O', pid: 1, tid: 1, id: '0x1', name: 'Cart', ts: 20_000, args: { snapshot: { total: 1 } } },
    { ph: 'O', pid: 1, tid: 1, id: '0x1', name: 'Cart', ts: 600_000, args: { snapshot: { total: 2 } } },
  ],
});

async function open(studio: Studio): Promise<void> {
  await studio.answerFile('open', studio.script('report.json', REPORT), () => studio.window.menu('File', /^Open trace/));
  await expect(studio.timeline.track('main')).toBeVisible();
  await expect.poll(() => studio.timeline.inView()).toEqual([0, 1]);
}

const item = (studio: Studio, name: string | RegExp) => studio.page.getByRole('menu').getByRole('menuitem', { name });

test('a slice has a menu: by the right mouse button, and by its key', PICTURED, async ({ studio }) => {
  const { page, timeline } = studio;
  await open(studio);
  const { x } = await timeline.point(0.7, 'main');
  const head = await timeline.boxOf(timeline.track('main'));
  await page.mouse.click(x, head.y + 8, { button: 'right' });
  await expect(item(studio, /^Zoom to it/)).toBeVisible();
  await expect(timeline.name()).toHaveText('serve');
  await picture(page, 'menu-slice-dark');
  await item(studio, 'Find in Statistics').click();
  const statistics = page.getByRole('region', { name: 'Statistics', exact: true });
  await expect(statistics.getByRole('textbox', { name: 'Filter statistics' })).toHaveValue('serve');
  await expect(
    statistics
      .getByRole('rowheader', { name: 'serve' })
      .or(statistics.getByText('serve', { exact: true }))
      .first(),
  ).toBeVisible();

  await timeline.plot.focus();
  await page.keyboard.press('Shift+F10');
  await expect(item(studio, 'Its callers and callees')).toBeVisible();
  await page.keyboard.press('ArrowDown');
  await page.keyboard.press('Escape');
  await expect(page.getByRole('menu')).toHaveCount(0);
  await expect(timeline.plot).toBeFocused();
  await page.keyboard.press('Shift+F10');
  await item(studio, /^Write a note/).click();
  const notes = new Notes(page);
  await notes.write('slow');
  await expect(notes.flag('slow')).toBeVisible();

  await page.mouse.click(x, head.y + 8, { button: 'right' });
  await item(studio, 'Search for its name').click();
  await expect(timeline.search).toHaveValue('"serve"');
});

test('a moment has a menu: time is counted from it, and from the start again; a range is named on the ruler', async ({ studio }) => {
  const { page, timeline } = studio;
  await open(studio);
  const { x } = await timeline.point(0.45, 'main');
  const head = await timeline.boxOf(timeline.track('main'));
  await page.mouse.click(x, head.y + 8, { button: 'right' });
  await item(studio, 'Count time from here').click();
  await timeline.still();
  const counted = await timeline.picture();
  await page.mouse.click(x, head.y + 8, { button: 'right' });
  await item(studio, 'Count time from the start again').click();
  await expect.poll(() => timeline.picture()).not.toBe(counted);

  const plot = await timeline.boxOf(timeline.region.locator('.tl-body'));
  await page.keyboard.down('Shift');
  await page.mouse.move(x, plot.y + 10);
  await page.mouse.down();
  await page.mouse.move(x + 120, plot.y + 10, { steps: 4 });
  await page.mouse.up();
  await page.keyboard.up('Shift');
  const notes = new Notes(page);
  await expect(notes.dialog).toContainText(', for ');
  await notes.write('warm-up');
  await expect(notes.flag('warm-up')).toBeVisible();
});

test('tracks, counters and objects have menus, by keyboard too; an object that is chosen is brought into sight on the timeline', async ({ studio }) => {
  const { page, timeline, window } = studio;
  await open(studio);
  await timeline.track('main').click({ button: 'right' });
  await item(studio, 'Pin to the top').click();
  await expect(timeline.pinned.getByRole('button', { name: 'main', exact: true })).toBeVisible();
  await timeline.pinned.getByRole('button', { name: 'main', exact: true }).focus();
  await page.keyboard.press('Shift+F10');
  await item(studio, 'Hide').click();
  await expect(timeline.pinned.getByRole('button', { name: 'main', exact: true })).toHaveCount(0);
  await timeline.track('worker 1').focus();
  await page.keyboard.press('ContextMenu');
  await item(studio, 'Show hidden tracks again').click();
  await expect(timeline.pinned.getByRole('button', { name: 'main', exact: true })).toBeVisible();

  await expect(timeline.track('queue')).not.toBeInViewport();
  await page
    .getByRole('region', { name: 'Counter list' })
    .getByRole('button', { name: /^queue/ })
    .first()
    .focus();
  await page.keyboard.press('Shift+F10');
  await item(studio, 'Show it on the timeline').click();
  await expect(timeline.track('queue')).toBeInViewport();

  await page
    .getByRole('region', { name: 'Timeline' })
    .locator('.tl-scroller')
    .last()
    .evaluate((scroller) => scroller.scrollTo({ top: 0 }));
  const cart = window.object('Cart').first();
  const name = ((await cart.textContent()) ?? '').split(',')[0] ?? '';
  expect(name).toContain('Cart');
  await cart.click();
  await expect(timeline.tracks.locator('.tl-head-object .tl-head-name').first()).toBeInViewport();
  await cart.click({ button: 'right' });
  await item(studio, 'History of a field').click();
  await expect(window.inspector).toContainText('The history of one field');
});

test('the inspector keeps its width in a wider window, and has it again behind a small one', async ({ studio }) => {
  const { page } = studio;
  await open(studio);
  const inspector = page.getByRole('region', { name: 'Object inspector' });
  const width = async () => Math.round((await inspector.boundingBox())?.width ?? 0);
  const height = async () => Math.round((await inspector.boundingBox())?.height ?? 0);
  await expect.poll(width).toBeGreaterThan(279);
  const [before, tall] = [await width(), await height()];
  await page.setViewportSize({ width: 1920, height: 800 });
  await expect.poll(width).toBe(before);
  await page.setViewportSize({ width: 900, height: 600 });
  await expect(inspector).toHaveCount(0);
  await page.setViewportSize({ width: 1280, height: 800 });
  await expect.poll(width).toBe(before);
  await expect.poll(async () => Math.abs((await height()) - tall)).toBeLessThan(3);
});

test('what has a menu opens it by the right mouse button and by its key, with the same entries; what cannot be chosen says why', async ({ studio }) => {
  const { page, timeline, window } = studio;
  await open(studio);
  const menu = page.getByRole('menu');
  const entries = () => menu.locator('[role^="menuitem"]').evaluateAll((items) => items.map((each) => each.textContent ?? ''));
  /** `focused` takes the key, `under` lies under the pointer. */
  const opens = async (what: string, under: Locator, focused: Locator = under) =>
    test.step(what, async () => {
      await under.click({ button: 'right' });
      await expect(menu).toBeVisible();
      const byMouse = await entries();
      expect(byMouse.length).toBeGreaterThan(2);
      for (const off of await menu.locator('[role^="menuitem"][data-disabled]').all()) {
        await expect(off.locator('.menu-item-meta'), `${what}: ${await off.textContent()}`).not.toBeEmpty();
      }
      if (what === 'a graph') expect(await violations(studio)).toEqual([]);
      await page.keyboard.press('Escape');
      await expect(menu).toHaveCount(0);
      await focused.focus();
      await page.keyboard.press('Shift+F10');
      await expect(menu).toBeVisible();
      await expect.poll(entries, what).toEqual(byMouse);
      await page.keyboard.press('Escape');
      await expect(menu).toHaveCount(0);
      await expect(focused, `${what} has the focus again`).toBeFocused();
    });
  await opens('a track', timeline.track('main'));
  await opens('a tab', page.getByRole('tab', { name: 'Graphs' }));
  await opens(
    'a counter',
    page
      .getByRole('region', { name: 'Counter list' })
      .getByRole('button', { name: /^queue/ })
      .first(),
  );
  await opens('a graph', studio.graphs.picture('queue'));
  await window.object('Cart').first().click();
  await opens('an object', window.object('Cart').first(), page.getByRole('tree', { name: 'Objects' }));
  await page.getByRole('tab', { name: 'Call tree' }).click();
  const tree = page.getByRole('treegrid');
  await tree.getByRole('row').first().click();
  await opens('a function', tree.getByRole('row').first(), tree);
});

test('a panel that fills the window goes on to in a window of another size, and those behind it have their sizes again', async ({ studio }) => {
  const { page } = studio;
  await open(studio);
  const sizes = () => page.locator('.dv-groupview').evaluateAll((groups) => groups.flatMap((group) => [group.clientWidth, group.clientHeight]));
  await expect(page.getByRole('region', { name: 'Object inspector' })).toBeVisible();
  const before = await sizes();
  await page.getByRole('button', { name: 'Make Graphs fill the window' }).click();
  const small = page.getByRole('button', { name: 'Make Graphs small again' });
  const wide = async () => (await page.getByRole('region', { name: 'Counters' }).boundingBox())?.width ?? 0;
  for (const [width, height] of [
    [900, 600],
    [1920, 1080],
    [640, 400],
    [1280, 800],
  ] as const) {
    await page.setViewportSize({ width, height });
    // All but the sidebar.
    await expect.poll(wide).toBeGreaterThan(Math.max(width, 720) - 260);
    await expect(small).toBeVisible();
  }
  await small.click();
  // But for what rounding takes.
  await expect.poll(async () => Math.max(...(await sizes()).map((size, k) => Math.abs(size - (before[k] ?? 0))))).toBeLessThan(8);
});
