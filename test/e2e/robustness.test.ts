import { chmodSync, rmSync, symlinkSync } from 'node:fs';
import path from 'node:path';
import { expect, test } from './fixtures.ts';
import { RunConfiguration } from './pages/run-configuration.ts';

const NAMES = ['say "hello" \\ back', '<img src=x onerror=alert(1)>', '🚀 速度 مرحبا', `long ${'n'.repeat(10_000)}`];

test('names with quotes, HTML, emoji and of 10 kB are shown as text', async ({ studio }) => {
  const { window, page } = studio;
  let asked = false;
  page.on('dialog', (dialog) => {
    asked = true;
    void dialog.dismiss();
  });
  const script = studio.script(
    'names.cjs',
    `
    const { getTracer, VizCounter } = require('trace-studio');
    ${JSON.stringify(NAMES)}.forEach((name, i) => { const counter = new VizCounter(getTracer(), name); counter[name] = i + 1; });
    console.log('<b>bold?</b>');
  `,
  );
  await studio.start.runScript(script);
  await expect(window.consoleLine('<b>bold?</b>')).toBeVisible();
  for (const name of NAMES.slice(0, 3)) await expect(page.getByRole('main', { name: 'Graphs' }).getByText(name).first()).toBeVisible();
  await expect(page.getByText(/^long n{20}/).first()).toBeVisible();
  await expect(page.locator('img[src="x"]')).toHaveCount(0);
  expect(asked).toBe(false);
});

test('a flood of 100 MB on stdout leaves the window usable', async ({ studio }) => {
  test.slow();
  const { window, page } = studio;
  const script = studio.script(
    'flood.cjs',
    `
    const { getTracer, VizCounter } = require('trace-studio');
    const counter = new VizCounter(getTracer(), 'written');
    const chunk = ('x'.repeat(99) + '\\n').repeat(1000);
    let n = 0, enough = false;
    process.stdin.once('data', () => { enough = true; process.stdin.destroy(); });
    (function more() {
      while (n < 1000) { n++; counter.chunks = n; if (!process.stdout.write(chunk)) return process.stdout.once('drain', more); }
      // All 100 MB are out: from here on a trickle, until the user has done everything that is to be done meanwhile.
      if (!enough) { counter.more = 1; process.stdout.write(chunk); return setTimeout(more, 50); }
      console.log('flood over');
    })();
  `,
  );
  await studio.start.runScript(script);
  // Usable while it goes on: tabs change, a menu opens, an object of the page is reached, the script hears what is typed.
  await window.movesBy('written', 'chunks', 1);
  await window.showDrawer('Events');
  await expect(window.events).toBeVisible();
  await expect(window.state()).toHaveText('Running');
  await window.showDrawer('Console');
  await page.getByRole('menuitem', { name: 'View', exact: true }).click();
  await expect(page.getByRole('menu', { name: 'View' })).toBeVisible();
  await page.keyboard.press('Escape');
  await expect(window.state()).toHaveText('Running');
  const input = window.console.getByRole('textbox', { name: 'Input for the script' });
  await input.fill('enough');
  await expect(window.state()).toHaveText('Running');
  await input.press('Enter');
  await expect(window.state()).toHaveText(/Exited 0/, { timeout: 90_000 });
  await expect(window.consoleLine('flood over')).toBeVisible();
  await expect(window.now('written', 'chunks')).toHaveText('1,000');
});

test('a Node flag that Node does not know is told with what Node says of it', async ({ studio }) => {
  const { window } = studio;
  await studio.start.runScript(studio.script('fine.cjs', 'console.log(1)'));
  await expect(window.state()).toHaveText(/Exited 0/);
  await studio.start.show();
  const configuration = new RunConfiguration(studio.page);
  await configuration.open();
  await configuration.script.fill(studio.script('fine.cjs', 'console.log(1)'));
  await configuration.nodeFlags.fill('--no-such-flag-at-all');
  await configuration.run.click();
  await expect(window.state()).toHaveText(/Exited 9/);
  await expect(window.console).toContainText('bad option');
});

test('a Node that fails to start is told with what and why, and the form keeps its contents', async ({ studio }) => {
  test.skip(process.platform === 'win32', 'its Node is a script with an interpreter that goes away');
  const { window, page } = studio;
  const shell = path.join(studio.work, 'shell');
  symlinkSync('/bin/sh', shell);
  const node = studio.script('mynode', `#!${shell}\nexec "${process.execPath}" "$@"\n`);
  chmodSync(node, 0o755);
  const configuration = new RunConfiguration(page);
  await configuration.open();
  await configuration.script.fill(studio.script('fine.cjs', 'console.log(1)'));
  await configuration.typeNode(node);
  await expect(configuration.preview).toContainText(node);
  // It was there a moment ago, when it was asked who it is.
  rmSync(shell);
  await configuration.run.click();
  await expect(window.state()).toHaveText('Did not start');
  await expect(window.console.getByRole('status')).toContainText('Could not start');
  await expect(window.console.getByRole('status')).toContainText(node);
  await configuration.open();
  await expect(configuration.script).toHaveValue(/fine\.cjs$/);
  await expect(configuration.dialog).toContainText(node);
});
