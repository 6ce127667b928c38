import { expect, test } from './fixtures.ts';

/** Three snapshots with known changes, counters with a gap of time between, then waits for its end. */
const STORY = `
  const { getTracer, VizCounter, VizObject } = require('trace-studio');
  const tracer = getTracer();
  const load = new VizCounter(tracer, 'load');
  load.a = 1; load.b = 10; load.a = 2;
  const cart = new VizObject(tracer, 'cart', { triggerOnChange: false });
  cart.items = [{ name: 'lamp', price: 39 }]; cart.total = 39; cart.token = 'abc123'; cart.log();
  cart.items = [{ name: 'lamp', price: 39 }, { name: 'pen', price: 1 }]; cart.total = 40; cart.log();
  cart.coupon = 'TEN'; cart.total = 30; cart.log();
  tracer.logInstant('checkout', { ok: true });
  tracer.logEvent('pay').end();
  setInterval(() => {}, 1000);
  console.log('story told');
`;

test('snapshots are stepped through, and what changed is marked', async ({ studio }) => {
  const { window } = studio;
  await studio.start.runScript(studio.script('story.cjs', STORY));
  await window.object('cart').click();
  const { inspector } = window;
  await expect(inspector).toContainText('Snapshot 3 of 3');
  await expect(window.field('+ added coupon: "TEN"')).toBeVisible();
  await expect(window.field('~ changed total:')).toContainText('40→30');
  await expect(window.field('token:')).not.toContainText('abc123');

  await inspector.getByRole('button', { name: 'Previous snapshot' }).click();
  await expect(inspector).toContainText('Snapshot 2 of 3');
  await expect(window.field('~ changed total:')).toContainText('39→40');
  await inspector.getByRole('button', { name: 'Next snapshot' }).click();
  await expect(inspector).toContainText('Snapshot 3 of 3');
});

test('keys step through snapshots from anywhere, the tree folds with them, and the help says so', async ({ studio }) => {
  const { window, page } = studio;
  await studio.start.runScript(studio.script('story.cjs', STORY));
  const { inspector } = window;
  // The focus stays in the list, where the object was clicked.
  await window.object('cart').click();
  await expect(inspector).toContainText('Snapshot 3 of 3');
  await page.keyboard.press('ArrowLeft');
  await expect(inspector).toContainText('Snapshot 2 of 3');
  await page.keyboard.press('ArrowLeft');
  await expect(inspector).toContainText('Snapshot 1 of 3');
  await page.keyboard.press('ArrowRight');
  await expect(inspector).toContainText('Snapshot 2 of 3');

  // In the tree the arrows fold; with Shift they go to the next change of what is chosen there.
  const tree = inspector.getByRole('tree');
  await tree.focus();
  const items = window.field('items:').or(window.field('holds a change items:'));
  await expect(items).toHaveAttribute('aria-expanded', 'true');
  await page.keyboard.press('ArrowLeft');
  await expect(items).toHaveAttribute('aria-expanded', 'false');
  await expect(inspector).toContainText('Snapshot 2 of 3');
  await page.keyboard.press('Shift+ArrowLeft');
  await expect(inspector).toContainText('Snapshot 1 of 3');

  await window.button(/^Run configuration/).focus();
  await page.keyboard.press('ArrowRight');
  await expect(inspector).toContainText('Snapshot 2 of 3');
  await inspector.getByRole('button', { name: 'Previous snapshot' }).hover();
  await expect(page.getByText('Previous snapshot', { exact: true })).toBeVisible();
  await page.keyboard.press('?');
  await expect(window.dialog).toContainText('Previous snapshot');
  await expect(window.dialog.getByText('Shift ←')).toBeVisible();
});

test('several series share a graph; one can be hidden; the table twin holds the same numbers', async ({ studio }) => {
  const { window } = studio;
  await studio.start.runScript(studio.script('story.cjs', STORY));
  await expect(window.now('load', 'a')).toHaveText('2');
  await expect(window.now('load', 'b')).toHaveText('10');
  await expect(window.counter('load').getByRole('img')).toBeVisible();
  const series = window.counter('load').getByRole('button', { name: 'a', exact: true });
  await expect(series).toHaveAttribute('aria-pressed', 'true');
  await series.click();
  await expect(series).toHaveAttribute('aria-pressed', 'false');
  await window.counter('load').getByRole('button', { name: 'Show as table' }).click();
  await expect(window.counter('load')).toContainText('10');
});

test('events are listed and filtered by kind and by text', async ({ studio }) => {
  const { window, page } = studio;
  await studio.start.runScript(studio.script('story.cjs', STORY));
  await expect(window.consoleLine('story told')).toBeVisible();
  await window.showDrawer('Events');
  const filter = page.getByRole('textbox', { name: /Filter events/ });
  // Behind it come events of the runtime, which go on.
  await filter.fill('checkout');
  await expect(window.events).toContainText('checkout');
  await filter.fill('pay');
  await expect(window.events).toContainText('pay');
  await expect(window.events).not.toContainText('checkout');
});

test('the status bar has state, elapsed, events, rate and loss, and no bar of the window is too narrow for what is in it', async ({ studio }) => {
  const { window, page } = studio;
  await studio.start.runExample('A job queue and its workers');
  await window.movesBy('queue', 'waiting', 1);
  await expect(window.statusBar).toContainText(/Running.*\d\d:\d\d\.\d{3}.*\d events.*\d \/ s.*Dropped 0/);
  for (const width of [760, 900, 1280, 1920]) {
    await page.setViewportSize({ width, height: 700 });
    expect([width, await window.crowded()]).toEqual([width, []]);
  }
  await window.button('Stop').click();
  await expect(window.state()).toHaveText('Stopped');
  await page.setViewportSize({ width: 760, height: 600 });
  await expect.poll(() => window.crowded()).toEqual([]);
  // The legend's columns are named, also in a low window.
  await expect(window.counter('queue').getByRole('columnheader', { name: 'Now' })).toBeVisible();
});

test('counters of one name in several processes are told apart', async ({ studio }) => {
  const { window, page } = studio;
  await studio.start.runScript(
    studio.script(
      'three.cjs',
      `const { getTracer, VizCounter } = require('trace-studio');
       const load = new VizCounter(getTracer(), 'load'); load.now = 7;
       if (process.argv[2] !== 'child') for (let i = 0; i < 2; i++) require('child_process').fork(__filename, ['child']);`,
    ),
  );
  const rows = page.getByRole('region', { name: 'Counter list' }).getByRole('button', { name: /^load/ });
  await expect(rows).toHaveCount(3);
  await expect(window.state()).toHaveText(/Exited 0/);
  // The same name and the same value: the process makes the difference.
  await expect.poll(async () => new Set(await rows.allTextContents()).size).toBe(3);
});

test('every place that shows a number shows the same one', async ({ studio }) => {
  const { window, page } = studio;
  await studio.start.runExample('A job queue and its workers');
  await window.movesBy('queue', 'waiting', 2);
  // Forty looks at one moment each, while everything moves; more where the counter rests meanwhile.
  const series = (await window.counter('queue').getByRole('rowheader').first().textContent()) ?? '';
  const places = {
    toolbar: await window.reading('Events').elementHandle(),
    statusBar: await window.statusBar.getByText(/^[\d,]+ events?$/).elementHandle(),
    legend: await window.now('queue', series).elementHandle(),
    sidebar: await page
      .getByRole('region', { name: 'Counter list' })
      .getByRole('button', { name: /^queue/ })
      .locator('span')
      .last()
      .elementHandle(),
  };
  const looks = await page.evaluate(async (handles) => {
    const texts: (string | null | undefined)[][] = [];
    const rests = () => new Set(texts.map(([, , legend]) => legend)).size < 2;
    while (texts.length < 40 || (rests() && texts.length < 400)) {
      await new Promise((resolve) => requestAnimationFrame(() => setTimeout(resolve, 20)));
      texts.push([handles.toolbar, handles.statusBar, handles.legend, handles.sidebar].map((node) => node?.textContent));
    }
    return texts;
  }, places);
  expect(looks.filter(([toolbar, statusBar]) => `${toolbar} events` !== statusBar)).toEqual([]);
  expect(looks.filter(([, , legend, sidebar]) => legend !== sidebar)).toEqual([]);
  // They did move.
  expect(new Set(looks.map(([toolbar]) => toolbar)).size).toBeGreaterThan(3);
  expect(new Set(looks.map(([, , legend]) => legend)).size).toBeGreaterThan(1);
});

test('pausing the view leaves the recording going on', async ({ studio }) => {
  const { window } = studio;
  await studio.start.runExample('A job queue and its workers');
  await window.movesBy('queue', 'waiting', 2);
  await window.button('Pause view').click();
  // What is in sight now: the picture of the graph, and the numbers of its legend.
  const inSight = async () => `${await window.picture('queue')} ${await window.counter('queue').getByRole('table').textContent()}`;
  let still = '';
  await expect
    .poll(async () => {
      const before = still;
      still = await inSight();
      return still === before;
    })
    .toBe(true);
  const events = window.reading('Events');
  for (let news = 0; news < 3; news++) await expect(events).not.toHaveText((await events.textContent()) ?? '');
  expect(await inSight()).toBe(still);
  await window.button('Resume view').click();
  await window.movesBy('queue', 'waiting', 1);
  expect(await inSight()).not.toBe(still);
  await window.button('Stop').click();
  await expect(window.state()).toHaveText(/Stopped/);
});

test('several recordings are open at once, and switching shows each one’s own', async ({ studio }) => {
  const { window, start } = studio;
  await start.runScript(studio.script('story.cjs', STORY));
  await expect(window.counter('load')).toBeVisible();
  await start.show();
  await start.runExample('Lifts in a tower');
  await expect(window.counter('people')).toBeVisible();
  await expect(window.counter('load')).toBeHidden();
  await window.runs.getByRole('button', { name: /^story\.cjs/ }).click();
  await expect(window.counter('load')).toBeVisible();
  await expect(window.counter('people')).toBeHidden();
});

// A page of the stand-in has no address to open again by hand.
test('a reload, and a second window, show the running recording again', async ({ studio }) => {
  const { window, page, start } = studio;
  await start.runExample('A job queue and its workers');
  await window.movesBy('queue', 'waiting', 1);
  page.on('dialog', (dialog) => void dialog.accept());
  await page.reload();
  await start
    .recording('job-queue.mjs')
    .or(window.runs.getByRole('button', { name: /job-queue/ }))
    .first()
    .click();
  await window.movesBy('queue', 'waiting', 1);
  const second = await studio.secondWindow();
  await second
    .getByRole('button', { name: /job-queue\.mjs/ })
    .first()
    .click();
  await expect(second.getByRole('figure', { name: 'queue' })).toBeVisible();
});

test('the panel that was chosen stays in front when the window is made small and large again', async ({ studio }) => {
  const { window, page } = studio;
  await studio.start.runScript(studio.script('short.cjs', 'console.log("over");'));
  await expect(window.state()).toHaveText(/Exited 0/);
  await window.showDrawer('Statistics');
  const tab = page.getByRole('tab', { name: 'Statistics' });
  for (const size of [
    { width: 900, height: 600 },
    { width: 1920, height: 1080 },
    { width: 1280, height: 800 },
  ]) {
    await page.setViewportSize(size);
    await expect(page.getByRole('region', { name: 'Statistics', exact: true })).toBeVisible();
    await expect(tab).toHaveAttribute('aria-selected', 'true');
  }
});
