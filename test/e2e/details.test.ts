/** What is seen at second glance: the cross-hair, times of the console, masks, a disk that is full. */
import { spawnSync } from 'node:child_process';
import { readdirSync, readlinkSync } from 'node:fs';
import path from 'node:path';
import { expect, ON_BOTH, test } from './fixtures.ts';
import { RunConfiguration } from './pages/run-configuration.ts';

test('the cross-hair is on every graph at once', async ({ studio }) => {
  const { window, page } = studio;
  const counters = `
    const { getTracer, VizCounter } = require('trace-studio');
    for (const name of ['first', 'second']) { const counter = new VizCounter(getTracer(), name); counter.a = 1; counter.a = 2; }
    setInterval(() => {}, 1000);
  `;
  await studio.start.runScript(studio.script('two.cjs', counters));
  const graph = (name: string) => window.counter(name).getByRole('img');
  const crossHair = (name: string) => window.counter(name).locator('canvas').last();
  await expect(graph('second')).toBeVisible();
  // All graphs in sight, and the pointer off them.
  await page.getByRole('button', { name: 'Make Graphs fill the window' }).click();
  await window.toolbar.hover();
  await expect(crossHair('second')).toBeHidden();
  const box = await graph('first').boundingBox();
  await page.mouse.move((box?.x ?? 0) + (box?.width ?? 0) * 0.8, (box?.y ?? 0) + 20);
  await expect(crossHair('first')).toBeVisible();
  await expect(crossHair('second')).toBeVisible();
});

test('each line of the console has its time', async ({ studio }) => {
  const { window } = studio;
  await studio.start.runScript(studio.script('lines.cjs', `console.log('one'); setTimeout(() => console.log('two'), 1200);`));
  await expect(window.consoleLine('two')).toBeVisible();
  const times = (await window.console.getByRole('log').textContent())?.match(/\d+[:.]\d+(?:\.\d+)?/g)?.map((text) => Number(text.replace(/.*:/, ''))) ?? [];
  expect(times.length).toBeGreaterThanOrEqual(2);
  expect((times[1] ?? 0) - (times[0] ?? 0)).toBeGreaterThan(1);
});

test('the wheel reaches the first line of the console and the first event', async ({ studio }) => {
  const { window } = studio;
  const script = `
    const tracer = require('trace-studio').getTracer();
    for (let i = 1; i <= 300; i++) { tracer.logInstant('step ' + i + '.'); console.log('line ' + i + '.'); }
  `;
  await studio.start.runScript(studio.script('many.cjs', script));
  await expect(window.consoleLine('line 300.')).toBeVisible();
  await window.wheelToTop(window.console.getByRole('log'));
  await expect(window.consoleLine('line 1.')).toBeVisible();
  await window.showDrawer('Events');
  await window.events.getByRole('textbox', { name: 'Filter events' }).fill('step');
  await expect(window.events.getByText('step 300.')).toBeVisible();
  await window.wheelToTop(window.events.getByRole('grid'));
  await expect(window.events.getByText('step 1.')).toBeVisible();
});

test('values that look secret are shown when the run says so', async ({ studio }) => {
  const { window, page } = studio;
  const script = studio.script(
    'secret.cjs',
    `const { getTracer } = require('trace-studio'); getTracer().snapshot('login', { token: 'abc123' }); setInterval(() => {}, 1000);`,
  );
  const form = new RunConfiguration(page);
  await form.open();
  await form.script.fill(script);
  await form.dialog.getByRole('checkbox', { name: 'Mask secrets' }).click();
  await form.run.click();
  await window.object('login').click();
  await expect(window.field('token: "abc123"')).toBeVisible();
});

test('a recording that cannot grow is told at once, the script goes on, and what fitted is kept', ON_BOTH, async ({ studio }) => {
  test.skip(process.platform !== 'linux' || spawnSync('prlimit', ['--version']).status !== 0, 'the size of files is limited by prlimit, of Linux');
  const { window, page } = studio;
  const script = studio.script(
    'noisy.cjs',
    `const { getTracer, VizCounter } = require('trace-studio');
     const counter = new VizCounter(getTracer(), 'work');
     counter.done = 0;
     setInterval(() => { for (let i = 0; i < 200; i++) counter.done++; }, 5);
     let lines = 0;
     setInterval(() => console.log('line ' + ++lines), 100);`,
  );
  await studio.start.runScript(script);
  await window.movesBy('work', 'done', 1);
  const limited = spawnSync('prlimit', ['--pid', String(recorderOf(studio.data)), `--fsize=${256 * 1024}`], { encoding: 'utf8' });
  expect(limited.stderr).toBe('');
  await expect(window.banner).toContainText('Recording stopped');
  await expect(window.banner).toContainText('The script goes on');
  await expect(window.state()).toHaveText('Running, not recorded');
  // Not a line of the window is wider than the window.
  expect(await window.statusBar.evaluate((bar) => bar.scrollWidth - bar.clientWidth)).toBe(0);
  // Time stands still where recording stopped, while more and more is dropped.
  const dropped = window.statusBar.getByText(/^Dropped/);
  await expect(dropped).not.toHaveText('Dropped 0');
  const stoppedAt = await window.elapsed.textContent();
  for (let news = 0; news < 3; news++) await expect(dropped).not.toHaveText((await dropped.textContent()) ?? '');
  await expect(window.elapsed).toHaveText(stoppedAt ?? '');

  await window.button('Stop').click();
  await expect(window.state()).toHaveText(/Stopped/);
  await expect(window.banner).toContainText(/Recording stopped: .*could not be written/);
  await expect(window.banner).not.toContainText('The script goes on');
  await expect(window.console.getByRole('status')).toContainText(/Stopped/);
  await expect(page.getByRole('figure', { name: 'work' })).toBeVisible();
});

test('a recorder that dies is said to have died, in the window and in the list; a run that was stopped is listed as stopped', ON_BOTH, async ({ studio }) => {
  test.skip(process.platform !== 'linux', 'the recorder is found in /proc');
  const { window, start } = studio;
  const script = studio.script('waits.cjs', "console.log('ready'); setInterval(() => {}, 1000);");
  await start.runScript(script);
  await expect(window.consoleLine('ready')).toBeVisible();
  process.kill(recorderOf(studio.data), 'SIGKILL');
  await expect(window.state()).toHaveText('Ended with its recorder');
  await expect(window.banner).toContainText('The recorder ended unexpectedly');
  expect(await window.statusBar.evaluate((bar) => bar.scrollWidth - bar.clientWidth)).toBe(0);
  await expect(window.console.getByRole('status')).toContainText('when its recorder ended');
  await window.close('waits.cjs');
  await window.dialog.getByRole('button', { name: 'Keep', exact: true }).click();
  await expect(start.recordings.getByRole('listitem')).toContainText('recorder lost');

  await start.runScript(script);
  await expect(window.consoleLine('ready')).toBeVisible();
  await window.button('Stop').click();
  await expect(window.state()).toHaveText('Stopped');
  await window.close('waits.cjs');
  await window.dialog.getByRole('button', { name: 'Keep', exact: true }).click();
  await expect(start.recordings.getByRole('listitem').first()).toContainText('stopped');
  await expect(start.recordings.getByRole('listitem').first()).not.toContainText('SIGTERM');
});

/** The process that has a recording of this studio open. */
function recorderOf(data: string): number {
  const recordings = path.join(data, 'recordings');
  for (const pid of readdirSync('/proc').filter((name) => /^\d+$/.test(name))) {
    try {
      const files = readdirSync(`/proc/${pid}/fd`).map((fd) => readlinkSync(`/proc/${pid}/fd/${fd}`));
      if (files.some((file) => file.startsWith(recordings) && file.endsWith('.tsr'))) return Number(pid);
    } catch {
      // It ended meanwhile, or is another user's.
    }
  }
  throw new Error(`nobody writes into ${recordings}`);
}
