import { expect, test } from './fixtures.ts';

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
  const { window } = studio;
  const script = studio.script(
    'flood.cjs',
    `
    const { getTracer, VizCounter } = require('trace-studio');
    const counter = new VizCounter(getTracer(), 'written');
    const chunk = ('x'.repeat(99) + '\\n').repeat(1000);
    let n = 0;
    (function more() { while (n < 1000) { n++; counter.chunks = n; if (!process.stdout.write(chunk)) return process.stdout.once('drain', more); } console.log('flood over'); })();
  `,
  );
  await studio.start.runScript(script);
  // Usable while it goes on: a menu opens, a tab changes.
  await window.showDrawer('Events');
  await expect(window.events).toBeVisible();
  await window.showDrawer('Console');
  await expect(window.state()).toHaveText(/Exited 0/, { timeout: 90_000 });
  await expect(window.consoleLine('flood over')).toBeVisible();
  await expect(window.now('written', 'chunks')).toHaveText(/1,000|1000/);
});

test('a Node that fails to start is told with what and why', async ({ studio }) => {
  const { window } = studio;
  await studio.start.runScript(studio.script('fine.cjs', 'console.log(1)'));
  await expect(window.state()).toHaveText(/Exited 0/);
  await studio.start.show();
  const { RunConfiguration } = await import('./pages/run-configuration.ts');
  const configuration = new RunConfiguration(studio.page);
  await configuration.open();
  await configuration.script.fill(studio.script('fine.cjs', 'console.log(1)'));
  await configuration.nodeFlags.fill('--no-such-flag-at-all');
  await configuration.run.click();
  await expect(window.state()).toHaveText(/Exited 9/);
  await expect(window.console).toContainText('bad option');
});
