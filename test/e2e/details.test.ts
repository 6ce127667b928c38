/** What is seen at second glance: the cross-hair, times of the console, masks, a disk that is full. */
import { spawnSync } from 'node:child_process';
import { readdirSync, readlinkSync } from 'node:fs';
import path from 'node:path';
import { expect, test } from './fixtures.ts';
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
  const crossHair = (name: string) => window.counter(name).locator('canvas').nth(1);
  await expect(graph('second')).toBeVisible();
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

test('a recording that cannot grow is told at once, the script goes on, and what fitted is kept', async ({ studio }) => {
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
  await expect(window.statusBar.getByRole('alert')).toContainText('Recording stopped');
  await expect(window.state()).toHaveText(/Running/);
  await window.button('Stop').click();
  await expect(window.state()).toHaveText(/Stopped/);
  await expect(page.getByRole('figure', { name: 'work' })).toBeVisible();
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
