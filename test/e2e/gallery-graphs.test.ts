/** Graphs as they can be arranged. Where pictures are asked for: in both themes and every size. */
import { expect, type Studio, test } from './fixtures.ts';
import { PICTURED, picture, THEMES, takesPictures } from './pictures.ts';

/** The smallest window, the usual one, a large one. */
const SIZES = [
  { width: 900, height: 600 },
  { width: 1280, height: 800 },
  { width: 1920, height: 1080 },
] as const;

/** Twenty seconds of a shop, told at once: what is to be seen does not depend on how fast this machine is. */
const SHOP = `
  const { getTracer, VizCounter } = require('trace-studio');
  const tracer = getTracer();
  const [queue, heap, errors, latency, pool] = ['queue', 'heap bytes', 'errors', 'latency ms', 'pool'].map((name) => new VizCounter(tracer, name));
  const wait = (ms) => Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, ms);
  for (let turn = 0; turn < 400; turn++) {
    queue.waiting = Math.round(40 + 30 * Math.sin(turn / 30) + (turn * 7919) % 11);
    queue.running = 4 + (turn % 5);
    heap.used = 40e6 + (turn % 80) * 5e5;
    errors.total = Math.floor(turn / 37);
    latency.median = 4 + 3 * Math.sin(turn / 40) + (turn % 7) / 10;
    latency.worst = turn % 90 === 60 ? 900 : 12 + ((turn * 31) % 17);
    for (let k = 0; k < 12; k++) pool['worker ' + k] = Math.round(50 + 8 * k + 20 * Math.sin(turn / 25 + k));
    wait(10);
  }
  setInterval(() => {}, 1000);
  console.log('told');
`;

for (const colors of THEMES) {
  test.describe(colors, () => {
    test.use({ colors });
    test(`graphs in ${colors}`, PICTURED, async ({ studio }) => {
      test.setTimeout(240_000);
      const { page, window, graphs } = studio;
      const shot = picturesOf(studio, colors);
      await studio.start.runScript(studio.script('shop.cjs', SHOP));
      await expect(window.consoleLine('told')).toBeVisible({ timeout: 30_000 });
      await window.button('Stop').click();
      await expect(window.state()).toHaveText('Stopped');
      await shot('graphs-beside-the-timeline');
      const whole = picturesOf(studio, colors, true);
      await whole('graphs-as-they-come');
      // What is chosen next is in sight.
      const fill = page.getByRole('button', { name: 'Make Graphs fill the window' });
      if (await fill.isVisible()) await fill.click();
      await expect(graphs.graph('queue')).toBeVisible();

      // Several series of several counters, a log axis, a rate, thresholds, straight lines, a name, an order.
      await graphs.put('errors', 'queue');
      await graphs.choose('latency ms', 'Logarithmic axis');
      await graphs.choose('errors', /^Rate/);
      await graphs.choose('heap bytes', 'Straight lines');
      await graphs.choose('queue', 'Thresholds…');
      await graphs.dialog.getByRole('textbox', { name: 'Value' }).fill('60');
      await page.keyboard.press('Enter');
      await expect(graphs.dialog.getByRole('listitem')).toHaveText(['60']);
      await picture(page, `graphs-thresholds-${colors}`);
      await page.keyboard.press('Escape');
      await graphs.choose('pool', /^Move towards the start/);
      await graphs.choose('queue', /^Rename/);
      await expect(graphs.nameField).toBeFocused();
      await picture(page, `graphs-rename-${colors}`);
      await page.keyboard.type('Jobs and errors');
      await page.keyboard.press('Enter');
      await graphs.picture('Jobs and errors').hover();
      await expect.poll(() => graphs.crossHair('pool')).toBeDefined();
      await whole('graphs-arranged');
      await graphs.graph('Jobs and errors').getByRole('button', { name: 'Show as table' }).click();
      await graphs.graph('pool').hover();
      await graphs
        .graph('pool')
        .getByRole('button', { name: /^Options of/ })
        .click();
      await expect(page.getByRole('menu')).toBeVisible();
      await picture(page, `graphs-table-and-options-${colors}`);
      await page.keyboard.press('Escape');
      for (const name of (await graphs.names()).filter((each) => each !== '')) await graphs.choose(name, 'Close this graph');
      await expect(page.getByText('All graphs are closed')).toBeVisible();
      await whole('graphs-closed');
    });
  });
}

/** A picture in each size, once the graphs in sight are drawn in it. `isWhole`: the graphs fill the window. */
function picturesOf({ page }: Studio, colors: string, isWhole = false): (name: string) => Promise<void> {
  const drawn = () =>
    page.evaluate(() =>
      [...document.querySelectorAll<HTMLElement>('.counter-plot')].every((plot) => {
        const canvas = plot.querySelector<HTMLElement>('.counter-picture');
        const box = plot.getBoundingClientRect();
        const seen = document.elementFromPoint(box.x + box.width / 2, box.y + box.height / 2);
        // One that another panel covers, or that is too small for a picture, is drawn when it is seen.
        return !plot.contains(seen) || plot.clientHeight < 72 || Math.abs(Number.parseFloat(canvas?.style.width ?? '') - plot.clientWidth) <= 1;
      }),
    );
  return async (name) => {
    if (!takesPictures) return;
    for (const size of SIZES) {
      await page.setViewportSize(size);
      // Another layout of the panels begins with all of them.
      const fill = page.getByRole('button', { name: 'Make Graphs fill the window' });
      if (isWhole && (await fill.isVisible())) await fill.click();
      await expect.poll(drawn).toBe(true);
      await picture(page, `${name}-${colors}-${size.width}`);
    }
    await page.setViewportSize(SIZES[1]);
  };
}
