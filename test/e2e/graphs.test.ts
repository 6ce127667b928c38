import { expect, test } from './fixtures.ts';
import { violations } from './violations.ts';

/** Known values at known distances, then it waits: nothing moves any more. */
const STORY = `
  const { getTracer, VizCounter } = require('trace-studio');
  const tracer = getTracer();
  const queue = new VizCounter(tracer, 'queue');
  const memory = new VizCounter(tracer, 'heap bytes');
  const wait = (ms) => Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, ms);
  for (const [waiting, used] of [[10, 1e6], [40, 3e6], [20, 2e6], [1000, 5e6]]) {
    queue.waiting = waiting;
    memory.used = used;
    wait(60);
  }
  setInterval(() => {}, 1000);
  console.log('story told');
`;

test('series are put into a graph by dragging, by the menu of the list and by keyboard, and taken out again', async ({ studio }) => {
  const { graphs, window, page } = studio;
  await studio.start.runScript(studio.script('story.cjs', STORY));
  await expect(window.consoleLine('story told')).toBeVisible();
  await expect(graphs.number('queue', 'waiting', 'Now')).toHaveText('1,000');

  await graphs.counter('heap').dragTo(graphs.graph('queue'));
  await expect.poll(() => graphs.legendOf('queue')).toEqual(['waiting', 'heap bytes']);
  await graphs.series('queue', 'heap bytes').hover();
  await graphs.graph('queue').getByRole('button', { name: 'Take heap bytes out of this graph' }).click();
  await expect.poll(() => graphs.legendOf('queue')).toEqual(['waiting']);

  await graphs.put('queue', 'A new graph');
  await expect(graphs.picture('Graph 1: queue')).toBeFocused();
  await graphs.put('heap bytes', 'Graph 1: queue');
  await expect.poll(() => graphs.legendOf('Graph 1: queue, heap bytes')).toEqual(['queue', 'heap bytes']);
  await graphs.choose('Graph 1: queue, heap bytes', 'Close this graph');
  await expect(graphs.graph('Graph 1: queue, heap bytes')).toHaveCount(0);

  // By keys alone: options, series, filter, choose.
  await graphs.graph('queue').getByRole('button', { name: 'Options of queue' }).focus();
  await page.keyboard.press('Enter');
  await page.getByRole('menuitem', { name: 'Series…' }).focus();
  await page.keyboard.press('Enter');
  await expect(graphs.dialog.getByRole('textbox', { name: 'Filter series' })).toBeFocused();
  await page.keyboard.type('heap');
  await page.keyboard.press('Tab');
  await page.keyboard.press('Space');
  await expect(graphs.dialog.getByRole('option', { name: /heap/ })).toHaveAttribute('aria-selected', 'true');
  await expect(graphs.dialog.getByRole('status')).toHaveText('2 series in this graph');
  expect(await violations(studio)).toEqual([]);
  await page.keyboard.press('Escape');
  await expect.poll(() => graphs.legendOf('queue')).toEqual(['waiting', 'heap bytes']);

  await graphs.choose('heap bytes', 'Close this graph');
  await expect(graphs.graph('heap bytes')).toHaveCount(0);
  // A click in the list brings it back.
  await graphs.counter('heap').click();
  await expect(graphs.picture('heap bytes')).toBeFocused();
});

test('a series is dropped beside the graphs for a new one, and a legend gives its series too', async ({ studio }) => {
  const { graphs, window, page } = studio;
  await studio.start.runScript(studio.script('story.cjs', STORY));
  await expect(window.consoleLine('story told')).toBeVisible();
  await graphs.series('queue', 'waiting').hover();
  await page.mouse.down();
  await graphs.picture('queue').hover();
  // A place takes what is over it from the second move on.
  for (let move = 0; move < 2; move++) await graphs.panel.getByText('Drop here for a new graph').hover({ position: { x: 30 + 10 * move, y: 20 } });
  await page.mouse.up();
  await expect(graphs.graph('Graph 1: queue')).toBeVisible();
  await expect(graphs.panel.getByText('Drop here for a new graph')).toHaveCount(0);
});

test('a graph shows values, changes or rates, in its unit, on the axis that was chosen', async ({ studio }) => {
  const { graphs, window } = studio;
  await studio.start.runScript(studio.script('story.cjs', STORY));
  await expect(window.consoleLine('story told')).toBeVisible();
  for (const [column, text] of [
    ['Now', '1,000'],
    ['Min', '10'],
    ['Max', '1,000'],
    ['Avg', '267.5'],
  ] as const) {
    await expect(graphs.number('queue', 'waiting', column)).toHaveText(text);
  }
  await graphs.choose('queue', /^Delta/);
  await expect(graphs.graph('queue')).toContainText('change');
  await expect(graphs.number('queue', 'waiting', 'Now')).toHaveText('980');
  await graphs.choose('queue', /^Rate/);
  await expect(graphs.graph('queue')).toContainText('per second');
  // 980 more within 60 ms and a little.
  await expect.poll(async () => Number((await graphs.number('queue', 'waiting', 'Max').textContent())?.replaceAll(',', ''))).toBeGreaterThan(4000);
  await graphs.choose('queue', 'Value');

  let before = await graphs.drawn('queue');
  const differs = async () => {
    await expect.poll(() => graphs.drawn('queue')).not.toBe(before);
    before = await graphs.drawn('queue');
  };
  await studio.page.getByRole('button', { name: 'Pause view' }).click();
  for (const entry of ['Logarithmic axis', 'Linear axis', 'Straight lines', 'Range: least to greatest']) {
    before = await graphs.drawn('queue');
    await graphs.choose('queue', entry);
    await differs();
  }
  await graphs.choose('queue', 'Range: own…');
  await graphs.dialog.getByRole('textbox', { name: 'From' }).fill('5 k');
  await graphs.dialog.getByRole('textbox', { name: 'To' }).fill('soon');
  await graphs.dialog.getByRole('button', { name: 'Apply' }).click();
  await expect(graphs.dialog.getByRole('alert')).toHaveText('This is no number');
  await graphs.dialog.getByRole('textbox', { name: 'To' }).fill('2000');
  await expect(graphs.dialog.getByRole('alert')).toHaveText('The upper end must be above the lower one');
  await graphs.dialog.getByRole('textbox', { name: 'From' }).fill('-10');
  await graphs.dialog.getByRole('textbox', { name: 'To' }).press('Enter');
  await expect(graphs.dialog).toHaveCount(0);
  await differs();

  // Bytes by the name, then a unit of one's own.
  await graphs.counter('heap').click();
  await expect(graphs.number('heap bytes', 'used', 'Now')).toHaveText('5.00 MB');
  await graphs.choose('heap bytes', 'Unit…');
  await graphs.dialog.getByRole('textbox', { name: 'Unit' }).fill('cells');
  await graphs.dialog.getByRole('button', { name: 'Apply' }).click();
  await expect(graphs.graph('heap bytes')).toContainText('cells');
  await expect(graphs.number('heap bytes', 'used', 'Now')).toHaveText('5.000 M');
});

test('thresholds are pulled out of the axis, moved and thrown away with the mouse, and typed', async ({ studio }) => {
  const { graphs, window, page } = studio;
  await studio.start.runScript(studio.script('story.cjs', STORY));
  await expect(window.consoleLine('story told')).toBeVisible();
  const plot = graphs.picture('queue');
  await expect.poll(async () => (await plot.boundingBox())?.width ?? 0).toBeGreaterThan(100);
  const at = async (x: number, part: number) => {
    const box = await plot.boundingBox();
    if (!box) throw new Error('no graph');
    // Above and below lie 8 and 20 pixels that are no plot.
    await page.mouse.move(box.x + x, box.y + 8 + (box.height - 28) * part, { steps: 4 });
  };
  const values = async () => {
    await graphs.choose('queue', 'Thresholds…');
    const list = await graphs.dialog.getByRole('listitem').allTextContents();
    await page.keyboard.press('Escape');
    await expect(graphs.dialog).toHaveCount(0);
    return list;
  };
  await at(20, 0.2);
  await page.mouse.down();
  await at(120, 0.5);
  await page.mouse.up();
  await expect.poll(() => values()).toEqual(['500']);
  await at(150, 0.5);
  await page.mouse.down();
  await at(150, 0.25);
  await page.mouse.up();
  await expect.poll(() => values()).toEqual(['750']);
  await at(150, 0.25);
  await page.mouse.down();
  await at(150, -0.6);
  await page.mouse.up();
  await expect.poll(() => values()).toEqual([]);

  await graphs.choose('queue', 'Draw a threshold');
  await expect(graphs.graph('queue').getByRole('status')).toHaveText(/Click where/);
  await page.keyboard.press('Escape');
  await expect(graphs.graph('queue').getByRole('status')).toHaveCount(0);
  await graphs.choose('queue', 'Draw a threshold');
  await at(150, 0.75);
  await page.mouse.down();
  await page.mouse.up();
  await expect.poll(() => values()).toEqual(['250']);

  await graphs.choose('queue', 'Thresholds…');
  await graphs.dialog.getByRole('textbox', { name: 'Value' }).fill('1 k');
  await page.keyboard.press('Enter');
  await expect.poll(() => graphs.dialog.getByRole('listitem').allTextContents()).toEqual(['1,000', '250']);
  expect(await violations(studio)).toEqual([]);
  await graphs.dialog.getByRole('button', { name: 'Remove the threshold at 250' }).click();
  await expect.poll(() => graphs.dialog.getByRole('listitem').allTextContents()).toEqual(['1,000']);
});

test('what is shown is saved as PNG, SVG and CSV', async ({ studio }) => {
  const { graphs, window, page } = studio;
  await studio.start.runScript(studio.script('story.cjs', STORY));
  await expect(window.consoleLine('story told')).toBeVisible();
  await expect(graphs.number('queue', 'waiting', 'Now')).toHaveText('1,000');
  await window.button('Stop').click();
  await expect(window.state()).toHaveText('Stopped');
  const png = await graphs.saved('queue', 'Save picture as PNG');
  expect(png.name).toBe('queue.png');
  expect(png.bytes.subarray(1, 4).toString()).toBe('PNG');
  expect(png.bytes.readUInt32BE(16)).toBeGreaterThanOrEqual(1280);
  const svg = (await graphs.saved('queue', 'Save picture as SVG')).bytes.toString();
  const texts = await page.evaluate(
    (text) => [...new DOMParser().parseFromString(text, 'image/svg+xml').querySelectorAll('text')].map((each) => each.textContent),
    svg,
  );
  expect(texts).toEqual(expect.arrayContaining(['queue', 'waiting', 'Now', '1,000', 'Avg']));
  const csv = (await graphs.saved('queue', 'Save values as CSV')).bytes.toString().trim().split('\r\n');
  expect(csv[0]).toBe('time_s,waiting,waiting min,waiting max');
  expect(csv.slice(1).at(-1)).toMatch(/^[\d.]+,1000,\d+,1000$/);
});

test('graphs are arranged again as they were at the next run of the same script', async ({ studio }) => {
  const { graphs, window, page } = studio;
  const script = studio.script('story.cjs', STORY);
  await studio.start.runScript(script);
  await expect(window.consoleLine('story told')).toBeVisible();
  await graphs.put('heap bytes', 'queue');
  await graphs.choose('queue', 'Logarithmic axis');
  await graphs.choose('heap bytes', 'Close this graph');
  await page.reload();
  await expect(graphs.graph('queue')).toContainText('log');
  await expect.poll(() => graphs.legendOf('queue')).toEqual(['waiting', 'heap bytes']);
  await expect(graphs.graph('heap bytes')).toHaveCount(0);

  await window.button('Stop').click();
  await expect(window.state()).toHaveText('Stopped');
  await window
    .button(/^Run again|^Restart|^Run$/)
    .first()
    .click();
  await expect(window.state()).toHaveText('Running');
  await expect(graphs.graph('queue')).toContainText('log');
  await graphs.choose('queue', 'All graphs as they come');
  await expect(graphs.graph('heap bytes')).toHaveCount(1);
  await expect.poll(() => graphs.legendOf('queue')).toEqual(['waiting']);
});

test('graphs are moved by their title bar, by keys and by the menu, renamed in place, and come back so', async ({ studio }) => {
  const { graphs, window, page } = studio;
  await studio.start.runScript(studio.script('story.cjs', STORY));
  await expect(window.consoleLine('story told')).toBeVisible();
  await expect(graphs.graph('queue')).toBeVisible();
  // Both in sight.
  await page.getByRole('button', { name: 'Make Graphs fill the window' }).click();
  const order = async () => (await graphs.names()).filter((name) => ['queue', 'heap bytes', 'Jobs'].includes(name));
  await expect.poll(() => order()).toEqual(['queue', 'heap bytes']);

  // By the mouse: dropped on the nearer half of the first.
  await graphs.title('heap bytes').dragTo(graphs.graph('queue'), { targetPosition: { x: 20, y: 10 } });
  await expect.poll(order).toEqual(['heap bytes', 'queue']);
  // By keys: it keeps the focus, and its new place is told.
  await graphs.picture('heap bytes').focus();
  await page.keyboard.press('Control+Shift+ArrowRight');
  await expect.poll(order).toEqual(['queue', 'heap bytes']);
  await expect(graphs.picture('heap bytes')).toBeFocused();
  await expect(graphs.panel.getByRole('status')).toHaveText(/^heap bytes is now graph 2 of \d+$/);
  await graphs.choose('heap bytes', /^Move towards the start/);
  await expect.poll(order).toEqual(['heap bytes', 'queue']);

  // A name: Escape takes it back, Enter keeps it, nothing gives the first one again.
  await graphs.picture('queue').focus();
  await page.keyboard.press('F2');
  await expect(graphs.nameField).toBeFocused();
  await page.keyboard.type('never');
  await page.keyboard.press('Escape');
  await expect(graphs.picture('queue')).toBeFocused();
  await graphs.choose('queue', /^Rename/);
  await expect(graphs.nameField).toBeFocused();
  expect(await violations(studio)).toEqual([]);
  await page.keyboard.type('Jobs');
  await page.keyboard.press('Enter');
  await expect(graphs.picture('Jobs')).toBeFocused();
  await page.reload();
  await expect.poll(order).toEqual(['heap bytes', 'Jobs']);
  await graphs.title('Jobs').dblclick();
  await expect(graphs.nameField).toBeFocused();
  await page.keyboard.press('Backspace');
  await page.keyboard.press('Enter');
  await expect.poll(order).toEqual(['heap bytes', 'queue']);
});

test('thousands of counters: list and graphs render what is in sight, keys and filter reach the others', async ({ studio }) => {
  const { graphs, window, page } = studio;
  await studio.start.runScript(
    studio.script(
      'many.cjs',
      `const { getTracer } = require('trace-studio');
       const tracer = getTracer();
       for (let k = 0; k < 5000; k++) tracer.counter('counter ' + k, { value: k });
       setInterval(() => {}, 1000);
       console.log('made');`,
    ),
  );
  await expect(window.consoleLine('made')).toBeVisible();
  const rows = graphs.list.getByRole('listitem');
  await expect(rows.first()).toHaveAttribute('aria-setsize', /^500\d$/);
  expect(await rows.count()).toBeLessThan(80);
  expect(await page.getByRole('figure').count()).toBeLessThan(80);
  await graphs.counter(/^counter 0 /).focus();
  await page.keyboard.press('ArrowDown');
  await expect(graphs.counter(/^counter 1 /)).toBeFocused();
  await page.keyboard.press('End');
  await expect(graphs.list.locator('.counter-row:focus')).toHaveCount(1);
  await graphs.list.getByRole('textbox', { name: 'Filter counters' }).fill('counter 4321');
  await expect(rows).toHaveCount(1);
  await graphs.counter('counter 4321').click();
  await expect(graphs.picture('counter 4321')).toBeFocused();
  await expect(graphs.number('counter 4321', 'value', 'Now')).toHaveText('4,321');
});

test('of more counters than are listed the list says how many there are, and what to do', async ({ studio }) => {
  const { graphs, window } = studio;
  const counters = Array.from({ length: 20_500 }, (_, k) => ({ ph: 'C', pid: 1, tid: 1, ts: 1000 + k, name: `request ${k}`, args: { value: k } }));
  await studio.answerFile('open', studio.script('requests.json', JSON.stringify({ traceEvents: counters })), () => window.menu('File', /^Open trace/));
  await expect(graphs.list.getByRole('status')).toContainText('500 counters are not shown');
  await expect(graphs.list.getByRole('status')).toContainText('a series for each kind');
  const rows = graphs.list.getByRole('listitem');
  await expect(rows.first()).toHaveAttribute('aria-setsize', '20000');
  await graphs.list.getByRole('textbox', { name: 'Filter counters' }).fill('request 19999');
  await expect(rows).toHaveCount(1);
  await graphs.counter('request 19999').click();
  await expect(graphs.number('request 19999', 'value', 'Now')).toHaveText('19,999');
});

test('a legend of hundreds of series has the rows in sight, with their numbers, wherever it is scrolled to', async ({ studio }) => {
  const { graphs, window } = studio;
  const values = (from: number) => Object.fromEntries(Array.from({ length: 300 }, (_, k) => [`series ${k}`, from + k]));
  const events = [0, 1000].map((ts) => ({ ph: 'C', pid: 1, tid: 1, ts, name: 'pool', args: values(ts) }));
  await studio.answerFile('open', studio.script('pool.json', JSON.stringify({ traceEvents: events })), () => window.menu('File', /^Open trace/));
  await expect(graphs.number('pool', 'series 1', 'Now').first()).toHaveText('1,001');
  const table = graphs.graph('pool').locator('.counter-legend');
  await expect(table).toHaveAttribute('aria-rowcount', '301');
  expect(await table.getByRole('rowheader').count()).toBeLessThan(100);
  await graphs
    .graph('pool')
    .locator('.counter-legend-scroll')
    .evaluate((element) => {
      element.scrollTop = element.scrollHeight;
    });
  await expect(graphs.number('pool', 'series 299', 'Now')).toHaveText('1,299');
  await graphs.series('pool', 'series 299').click();
  await expect(graphs.series('pool', 'series 299')).toHaveAttribute('aria-pressed', 'false');
});

for (const colors of ['light', 'dark'] as const) {
  test.describe(`in ${colors}`, () => {
    test.use({ colors, viewport: { width: 900, height: 600 } });

    test('graphs in a small window have no violation, with their table and their dialogs', async ({ studio }) => {
      const { graphs, window } = studio;
      await studio.start.runScript(studio.script('story.cjs', STORY));
      await expect(window.consoleLine('story told')).toBeVisible();
      await graphs.put('heap bytes', 'queue');
      await graphs.graph('queue').getByRole('button', { name: 'Show as table' }).click();
      await expect(graphs.graph('queue').getByRole('region', { name: 'Values of queue' })).toContainText('Mean');
      expect(await violations(studio)).toEqual([]);
      await graphs.choose('queue', 'Unit…');
      await expect(graphs.dialog.getByRole('textbox', { name: 'Unit' })).toBeFocused();
      expect(await violations(studio)).toEqual([]);
    });
  });
}

test.describe('beside the timeline', () => {
  test.use({ viewport: { width: 1920, height: 1200 } });

  test('there is one cross-hair and one range, whichever of them is moved', async ({ studio }) => {
    const { graphs, timeline, window, page } = studio;
    await studio.start.runScript(studio.script('story.cjs', STORY));
    await expect(window.consoleLine('story told')).toBeVisible();
    await window.button('Stop').click();
    await expect(window.state()).toHaveText('Stopped');
    const [plot, canvas] = [graphs.picture('queue'), timeline.plot];
    await expect(plot).toBeVisible();
    const graph = await timeline.boxOf(plot);
    const near = async (wanted: number, what: () => Promise<number | undefined>) => {
      // A pixel of either.
      const pixel = (await timeline.span()) / Math.min(graph.width - 62, 800);
      await expect.poll(async () => Math.abs(((await what()) ?? Number.POSITIVE_INFINITY) - wanted)).toBeLessThanOrEqual(2 * pixel);
    };

    // Over a graph: the same moment in the timeline and in the other graph.
    const [from, to] = await timeline.inView();
    await page.mouse.move(graph.x + 46 + (graph.width - 62) * 0.4, graph.y + graph.height / 2, { steps: 3 });
    const pointed = from + (to - from) * 0.4;
    await near(pointed, () => graphs.crossHair('queue'));
    await near(pointed, () => graphs.crossHair('heap bytes'));
    await near(pointed, () => timeline.crossHair());

    // Over the timeline: the same moment in the graphs.
    const tracks = await timeline.boxOf(canvas);
    await page.mouse.move(tracks.x + tracks.width * 0.7, tracks.y + tracks.height / 2, { steps: 3 });
    await expect.poll(async () => Math.abs(((await timeline.crossHair()) ?? pointed) - pointed)).toBeGreaterThan((to - from) * 0.1);
    await near((await timeline.crossHair()) as number, () => graphs.crossHair('queue'));
    await near((await timeline.crossHair()) as number, () => graphs.crossHair('heap bytes'));

    // The wheel over a graph zooms the timeline, and the other graph: its table tells from when to when.
    await graphs.graph('heap bytes').hover();
    await graphs.graph('heap bytes').getByRole('button', { name: 'Show as table' }).click();
    const sameRange = async () => {
      await expect.poll(async () => Math.abs((await graphs.inView('heap bytes'))[0] - (await timeline.inView())[0])).toBeLessThan(0.02);
      await expect.poll(async () => Math.abs((await graphs.inView('heap bytes'))[1] - (await timeline.inView())[1])).toBeLessThan(0.02);
    };
    await sameRange();
    const before = await timeline.span();
    const wheel = async (x: number, y: number, by: number) => {
      await page.mouse.move(x, y);
      await page.keyboard.down('Control');
      await page.mouse.wheel(0, by);
      await page.keyboard.up('Control');
    };
    await wheel(graph.x + graph.width / 2, graph.y + graph.height / 2, -200);
    await expect.poll(() => timeline.span()).toBeLessThan(before * 0.9);
    await sameRange();

    // And the wheel over the timeline zooms the graphs.
    const closer = await timeline.span();
    await wheel(tracks.x + tracks.width / 2, tracks.y + tracks.height / 2, -200);
    await expect.poll(() => timeline.span()).toBeLessThan(closer * 0.9);
    await sameRange();
    await page.mouse.move(graph.x + 2, 2);
    await expect.poll(() => timeline.crossHair()).toBeUndefined();
    await expect.poll(() => graphs.crossHair('queue')).toBeUndefined();
  });
});
