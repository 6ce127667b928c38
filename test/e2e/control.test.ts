/** A running script under control: recording on and off, snapshots, moments, and the newest seconds of a long run. */
import { expect, ON_BOTH, test } from './fixtures.ts';
import { RunConfiguration } from './pages/run-configuration.ts';

/** Counts, holds an object that nobody writes to, and does what is typed. */
const WORKS = `
const { getTracer, VizCounter, VizObject } = require('trace-studio');
const tracer = getTracer();
const counter = new VizCounter(tracer, 'work');
const cart = new VizObject(tracer, 'cart', { triggerOnChange: false });
cart.items = 3;
let n = 0;
setInterval(() => { counter.done = ++n; }, 5);
const steps = {
  stop: () => tracer.stop(), start: () => tracer.start(),
  child: () => require('node:child_process').spawn(process.execPath, ['-e', 'setTimeout(() => process.exit(3), 300)'], { stdio: 'ignore' }),
};
require('node:readline').createInterface({ input: process.stdin }).on('line', (line) => { steps[line](); console.log('did ' + line); });
console.log('ready');
`;

test('recording is switched off and on from the toolbar, the menu and by its key, and the script sees none of it', async ({ studio }) => {
  const { window, page } = studio;
  await studio.start.runScript(studio.script('works.cjs', WORKS));
  await window.movesBy('work', 'done', 1);
  const recording = window.button('Recording');
  await expect(recording).toHaveAttribute('aria-pressed', 'true');
  await recording.click();
  await expect(recording).toHaveAttribute('aria-pressed', 'false');
  await expect(window.statusBar).toContainText('Recording is off');
  await window.stands('work', 'done');
  await page.keyboard.press('Control+e');
  await expect(recording).toHaveAttribute('aria-pressed', 'true');
  await window.movesBy('work', 'done', 2);
  await window.menu('Run', /^Recording/);
  await expect(recording).toHaveAttribute('aria-pressed', 'false');
  await expect(window.state()).toHaveText(/Running/);
});

test("the script's own switch is the same: the window shows it and can turn it back", async ({ studio }) => {
  const { window } = studio;
  await studio.start.runScript(studio.script('works.cjs', WORKS));
  await window.movesBy('work', 'done', 1);
  await window.type('stop');
  await expect(window.statusBar).toContainText('Recording is off, by the script');
  await window.button('Recording').click();
  await window.movesBy('work', 'done', 2);
});

test('a run that begins without recording waits for it', async ({ studio }) => {
  const { window, page, start } = studio;
  await start.script.fill(studio.script('works.cjs', WORKS));
  const configuration = new RunConfiguration(page);
  await configuration.open();
  await configuration.check('Begin without recording').click();
  await configuration.run.click();
  await expect(window.consoleLine('ready')).toBeVisible();
  await expect(window.statusBar).toContainText('Recording has not begun');
  await expect(window.counter('work')).toBeHidden();
  await window.button('Recording').click();
  await window.movesBy('work', 'done', 1);
});

test('all objects are recorded when they are asked for, and a moment is marked', async ({ studio }) => {
  const { window, page } = studio;
  await studio.start.runScript(studio.script('works.cjs', WORKS));
  await window.movesBy('work', 'done', 1);
  await page.keyboard.press('o');
  await expect(window.messages).toContainText('1 process asked');
  await window.object('cart').first().click();
  await expect(window.field('items')).toContainText('3');
  await window.menu('Run', 'Mark this moment');
  await expect(window.messages).toContainText('Marker 1');
  await window.button('Recording').click();
  await page.keyboard.press('m');
  await expect(window.messages).toContainText('Marker 2');
  await window.showDrawer('Events');
  await window.events.getByRole('textbox').fill('Marker');
  for (const name of ['Marker 1', 'Marker 2']) await expect(window.events.getByText(name)).toBeVisible();
});

test('of a run that keeps only the newest, what is there is saved at a key press, opened, and saved by itself at a crash', ON_BOTH, async ({ studio }) => {
  const { window, page, start } = studio;
  await start.script.fill(studio.script('works.cjs', WORKS));
  const configuration = new RunConfiguration(page);
  await configuration.open();
  await configuration.section(/^Capture/);
  await configuration.choice('Keep', 'The newest only').click();
  await configuration.field('Newest seconds').fill('2s');
  await configuration.run.click();
  await window.movesBy('work', 'done', 1);
  await expect(window.statusBar).toContainText(/Keeps the last 2 s, [\d.]+ k?B/);
  // Older data has gone: what is saved begins later than the run.
  await expect(window.toolbar).toContainText(/00:0[4-9]/);
  await page.keyboard.press('l');
  await expect(window.messages).toContainText('Saved the last 2 s');
  await window.messages.getByRole('button', { name: 'Open' }).click();
  await expect(page.getByRole('heading', { name: /^works.cjs, until \d\d:\d\d:\d\d$/ })).toBeVisible();
  await expect(page.getByRole('main', { name: 'Graphs and lists' })).toContainText(
    /Only the newest was kept: what was recorded in the first [\d.]+ s is not there/,
  );
  await expect(window.now('work', 'done')).not.toHaveText('–');
  await window.runs
    .getByRole('button', { name: /^works.cjs\b(?!, until)/ })
    .first()
    .click();
  await window.type('child');
  await expect(window.messages).toContainText(/was saved/, { timeout: 20_000 });
  await expect(window.messages).toContainText(/Because process \d+ ended with code 3/);
  await window.button('Stop').click();
  await expect(window.state()).toHaveText(/Stopped/);
  await expect(window.now('work', 'done')).not.toHaveText('–');
});

/** Two functions that are called all the time, and a file that no parser takes. */
const CALLS = `
const fs = require('node:fs');
const hot = () => {};
const cold = () => {};
setInterval(() => { for (let i = 0; i < 10; i++) hot(); cold(); }, 5);
require('node:readline').createInterface({ input: process.stdin }).on('line', (line) => {
  if (line === 'broken') { try { require(process.cwd() + '/broken.cjs'); } catch {} }
  console.log('did ' + line);
});
console.log('ready');
`;

test('the functions that are called most are listed while they run; one is muted, and its file, and recorded again', async ({ studio }) => {
  const { window } = studio;
  studio.script('broken.cjs', 'const = 1;');
  await studio.start.runScript(studio.script('calls.cjs', CALLS));
  await window.showDrawer('Functions');
  await expect.poll(() => window.callsOf('hot')).toBeGreaterThan(10);
  await expect(window.functions.getByRole('rowheader').first()).toHaveText(/^hot/);
  await expect(window.functionLine('hot')).toContainText('calls.cjs:3');
  await window.functions.getByRole('button', { name: 'Mute hot' }).click();
  await expect(window.functionLine('hot')).toContainText('muted');
  const grows = async (name: string, by: number) => {
    const before = await window.callsOf(name);
    await expect.poll(() => window.callsOf(name)).toBeGreaterThan(before + by);
  };
  // What was under way when it was said has been shown by now.
  await grows('cold', 100);
  const before = await window.callsOf('hot');
  await grows('cold', 100);
  expect(await window.callsOf('hot')).toBe(before);
  await window.functions.getByRole('radio', { name: 'Muted 1' }).click();
  await expect(window.functions.getByRole('listitem')).toContainText('hot, calls.cjs:3');
  await window.functions.getByRole('button', { name: /^Record hot/ }).click();
  await expect(window.functions).toContainText('Nothing is muted');
  await window.functions.getByRole('radio', { name: 'Functions', exact: true }).click();
  await grows('hot', 100);
  await window.functions.getByRole('button', { name: 'Mute all of calls.cjs' }).first().click();
  await expect(window.functionLine('cold')).toContainText('muted');
  await window.functions.getByRole('radio', { name: 'Muted 1' }).click();
  await expect(window.functions.getByRole('listitem')).toContainText('all of calls.cjs');

  await window.showDrawer('Console');
  await window.type('broken');
  await window.showDrawer('Functions');
  await window.functions.getByRole('radio', { name: 'Left alone 1' }).click();
  await expect(window.functions.getByRole('row').last()).toContainText('broken.cjs');
});
