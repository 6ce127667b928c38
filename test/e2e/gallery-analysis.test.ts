/** Every panel of figures in its states, over one run. Where pictures are asked for: in both themes and every size. */
import { expect, type Studio, test } from './fixtures.ts';
import { Statistics } from './pages/analysis.ts';
import { CallTree, FlameGraph } from './pages/call-tree.ts';
import { Durations } from './pages/durations.ts';
import { EventLists } from './pages/event-lists.ts';
import { PICTURED, picture, picturesInSizes, THEMES, takesPictures } from './pictures.ts';

/** The smallest window, the usual one, a large one. */
const SIZES = [
  { width: 900, height: 600 },
  { width: 1280, height: 800 },
  { width: 1920, height: 1080 },
] as const;

/** Calls several levels deep, of lengths that differ, with counters and async work beside them. */
const MILL = `
  const { VizCounter, getTracer } = require('trace-studio');
  const load = new VizCounter(getTracer(), 'load');
  function spin(n) { let sum = 0; for (let i = 0; i < n; i++) sum += i % 7; return sum; }
  function price(n) { return spin(n * 900); }
  function rules(n) { for (let i = 0; i < n % 9; i++) price(n + i); return spin(n * 200); }
  function checkout(n) { rules(n); return price(n * 2); }
  function search(n) { return n > 60 ? spin(n * 3000) : rules(n); }
  let turn = 0;
  setInterval(() => {
    turn++;
    load.waiting = Math.round(20 + 15 * Math.sin(turn / 9));
    load.running = turn % 8;
    for (let i = 0; i < 4; i++) (turn + i) % 3 === 0 ? search((turn * 7 + i) % 90) : checkout((turn * 5 + i) % 70);
    if (turn % 40 === 0) console.log('turn ' + turn);
  }, 12);
`;

for (const colors of THEMES) {
  test.describe(colors, () => {
    test.use({ colors });
    test(`figures in ${colors}`, PICTURED, async ({ studio }) => {
      test.setTimeout(240_000);
      const { page, window } = studio;
      const shot = picturesOf(studio, colors);
      await studio.start.runScript(studio.script('mill.cjs', MILL));
      const [tree, flame, durations, statistics, events] = [
        new CallTree(page),
        new FlameGraph(page),
        new Durations(page),
        new Statistics(page),
        new EventLists(page),
      ];
      await durations.open();
      await expect(durations.region).toContainText('Durations of what?');
      await shot('durations-none');
      await statistics.open();
      await statistics.filter.fill('price');
      await expect(statistics.row('price')).toBeVisible();
      if (takesPictures) await expect(window.toolbar).toContainText(/00:(0[6-9]|[1-5]\d)/, { timeout: 40_000 });
      await window.button('Stop').click();
      await expect(window.state()).toHaveText(/Stopped/);
      await statistics.row('price').click();
      await statistics.filter.fill('');
      await expect(durations.counted).toContainText('calls');
      await durations.brush(0.5, 0.9);
      await expect(durations.counted).toContainText(' of ');
      await shot('durations', 'Durations');
      await durations.show('Table');
      await shot('durations-table');

      await flame.open();
      await flame.press('ArrowDown', 'ArrowDown');
      await expect(flame.voice).not.toBeEmpty();
      await shot('flame', 'Flame graph');
      await flame.filter.fill('spin');
      await expect(flame.found).toContainText('1 function');
      await shot('flame-found');
      await flame.filter.fill('');
      await flame.mode('Sandwich');
      await expect(flame.region).toContainText('Callers and callees of price');
      await shot('sandwich', 'Flame graph');
      await flame.mode('Time order');
      await flame.press('ArrowDown');
      await shot('time-order', 'Flame graph');

      await tree.open();
      await tree.tree.focus();
      await page.keyboard.press('Home');
      await page.keyboard.press('ArrowRight');
      await page.keyboard.press('*');
      await shot('call-tree', 'Call tree');
      await tree.direction('Bottom-up');
      await tree.change('spin', 'Merge into its callers');
      await expect(tree.changes).toBeVisible();
      await shot('call-tree-changed');

      await statistics.region.getByRole('radio', { name: 'Counters' }).click();
      await expect(statistics.row('load waiting')).toBeVisible();
      await shot('statistics-counters', 'Statistics');
      await events.open();
      await events.list('Calls');
      await expect(events.rows.first()).toBeVisible();
      await shot('events-calls', 'Events');
    });
  });
}

/** A picture in each size, and one of the panel alone, filling the window. */
function picturesOf({ page }: Studio, colors: string): (name: string, panel?: string) => Promise<void> {
  return async (name, panel) => {
    if (!takesPictures) return;
    await picturesInSizes(page, `${name}-${colors}`, SIZES);
    await page.setViewportSize(SIZES[1]);
    if (panel === undefined) return;
    await page.getByRole('button', { name: `Make ${panel} fill the window` }).click();
    const back = page.getByRole('button', { name: `Make ${panel} small again` });
    await expect(back).toBeVisible();
    await picture(page, `${name}-${colors}-whole`);
    await back.click();
  };
}
