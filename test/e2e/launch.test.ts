import { readFileSync } from 'node:fs';
import path from 'node:path';
import { DESKTOP_ONLY, expect, ON_BOTH, test } from './fixtures.ts';
import { RunConfiguration } from './pages/run-configuration.ts';

/** Says it is there, then waits to be told to end. */
const WAITS = `
  console.log('ready', process.pid);
  process.stdin.on('data', (text) => { console.log('heard', String(text).trim()); if (/^bye/.test(text)) process.exit(7); });
`;

/** A process that has ended but that nobody has asked about yet is still listed, as a zombie. */
function runs(pid: number): boolean {
  try {
    return !/^State:\s+Z/m.test(readFileSync(`/proc/${pid}/status`, 'utf8'));
  } catch {
    return false;
  }
}

test('nothing that comes later moves the field for a script: a click meets what was pointed at', async ({ studio }) => {
  const { page, start } = studio;
  studio.script('package.json', '{ "scripts": { "serve": "node serve.js", "test": "node test.js" } }');
  await page.addInitScript(() => {
    const moved: string[] = [];
    Object.assign(window, { moved });
    new PerformanceObserver((list) => {
      const field = document.querySelector('form.start-target');
      for (const entry of list.getEntries() as (PerformanceEntry & { readonly sources: readonly { readonly node: Node | null }[] })[]) {
        if (field && entry.sources.some(({ node }) => node && (node.contains(field) || field.contains(node)))) moved.push(String(entry.startTime));
      }
    }).observe({ type: 'layout-shift', buffered: true });
  });
  await page.reload();
  await expect(start.npmScript('serve')).toBeVisible();
  await expect(start.example('Lifts in a tower')).toBeVisible();
  await expect(page.getByRole('region', { name: 'Tour' })).toBeVisible();
  expect(await page.evaluate(() => (window as unknown as { readonly moved: readonly string[] }).moved)).toEqual([]);
});

test('a script that is not there, and one that is not JavaScript, are told at the field, which keeps its contents', async ({ studio }) => {
  const { start, page } = studio;
  const nowhere = path.join(studio.work, 'nowhere.js');
  await start.runScript(nowhere);
  await expect(page.getByText(`There is no file ${nowhere}.`).first()).toBeVisible();
  await expect(start.script).toHaveValue(nowhere);

  const picture = studio.script('picture.png', new Uint8Array([0x89, 0x50, 0x4e, 0x47, 13, 10, 26, 10]));
  await start.runScript(picture);
  await expect(page.getByText('picture.png is a PNG image, not JavaScript.')).toBeVisible();
  await expect(start.script).toHaveValue(picture);
});

test('arguments, working folder, environment and Node flags reach the script', ON_BOTH, async ({ studio }) => {
  const { start, window, page } = studio;
  const script = studio.script(
    'shows.cjs',
    'console.log(JSON.stringify([process.argv.slice(2), require("path").basename(process.cwd()), process.env.GREETING, process.execArgv]))',
  );
  studio.script('elsewhere/here.txt', '');
  const configuration = new RunConfiguration(page);
  await configuration.open();
  await configuration.script.fill(script);
  await configuration.arguments.fill('--name "two words" three');
  await configuration.folder.fill(path.join(studio.work, 'elsewhere'));
  await configuration.nodeFlags.fill('--stack-trace-limit=7');
  await configuration.addVariable('GREETING', 'good day');
  await expect(configuration.preview).toContainText('--stack-trace-limit=7');
  await configuration.run.click();
  await expect(window.consoleLine('[["--name","two words","three"],"elsewhere","good day",["--stack-trace-limit=7"]]')).toBeVisible();
  await expect(window.statusBar).toContainText(/node v\d+/);
  await expect(start.heading).toBeHidden();
});

test('a double click, two Enters and Ctrl+Enter twice begin one run each', async ({ studio }) => {
  const { start, window, page } = studio;
  const runs = window.runs.getByRole('listitem');
  await start.example('A job queue and its workers').dblclick();
  await expect(window.state()).toHaveText(/Running/);
  await expect(runs).toHaveCount(1);

  await start.show();
  await start.script.fill(studio.script('waits.cjs', WAITS));
  // Both before the page has done anything about the first.
  await start.script.evaluate((input: HTMLInputElement) => {
    for (let n = 0; n < 2; n++) input.form?.requestSubmit();
  });
  await expect(window.state()).toHaveText(/Running/);
  await expect(runs).toHaveCount(2);

  const configuration = new RunConfiguration(page);
  await configuration.open();
  await configuration.script.evaluate((input) => {
    for (let n = 0; n < 2; n++) input.dispatchEvent(new KeyboardEvent('keydown', { key: 'Enter', ctrlKey: true, bubbles: true }));
  });
  await expect(configuration.dialog).toBeHidden();
  await expect(window.state()).toHaveText(/Running/);
  await expect(runs).toHaveCount(3);
});

test('an npm script of the folder runs in one click', ON_BOTH, async ({ studio }) => {
  studio.script('package.json', JSON.stringify({ name: 'shop', scripts: { greet: 'node greet.cjs' } }));
  studio.script('greet.cjs', 'console.log("good day from npm")');
  await studio.page.reload();
  await studio.start.npmScript('greet').click();
  await expect(studio.window.consoleLine('good day from npm')).toBeVisible();
  await expect(studio.window.state()).toHaveText(/Exited 0/);
});

test('all npm scripts can be reached from the start page, and the form for them opens at them', async ({ studio }) => {
  const scripts = Object.fromEntries(['a', 'b', 'c', 'd', 'e', 'greet'].map((name) => [name, 'node greet.cjs']));
  studio.script('package.json', JSON.stringify({ name: 'shop', scripts }));
  studio.script('greet.cjs', 'console.log("good day from npm")');
  const { page, start } = studio;
  await page.reload();
  await expect(start.npmScript('a')).toBeVisible();
  await expect(start.npmScript('greet')).toBeHidden();
  await page.getByRole('button', { name: 'Show 2 more' }).click();
  await expect(start.npmScript('greet')).toBeVisible();
  await page.getByRole('button', { name: 'An npm script or a command…' }).click();
  const form = new RunConfiguration(page);
  await expect(form.dialog.getByRole('radio', { name: 'npm script' })).toBeChecked();
  await expect(form.dialog.getByRole('textbox', { name: 'Folder of package.json' })).toHaveValue(studio.work);
});

test('what is typed reaches the script, and its exit code is shown', async ({ studio }) => {
  const { window } = studio;
  await studio.start.runScript(studio.script('waits.cjs', WAITS));
  await expect(window.consoleLine(/^ready/)).toBeVisible();
  const input = window.console.getByRole('textbox', { name: 'Input for the script' });
  await input.fill('good day');
  await input.press('Enter');
  await expect(window.consoleLine('heard good day')).toBeVisible();
  await input.fill('bye');
  await input.press('Enter');
  await expect(window.state()).toHaveText(/Exited 7/);
  await expect(window.console).toContainText(/7/);
});

test('an error is told where the script ended, and shown among what it printed, however deep its stack', async ({ studio }) => {
  const { window } = studio;
  await studio.start.runScript(
    studio.script(
      'fails.cjs',
      `Error.stackTraceLimit = 60;
       const deep = (n) => { if (n === 0) throw new TypeError('the lamp is out'); deep(n - 1); };
       deep(50);`,
    ),
  );
  await expect(window.state()).toHaveText('Exited 1');
  const end = window.console.getByRole('status');
  await expect(end).toContainText('Exit 1');
  await expect(end).toContainText('TypeError: the lamp is out');
  const line = window.consoleLine('TypeError: the lamp is out');
  await expect(line).toBeHidden();
  await end.getByRole('button', { name: 'Show the error' }).click();
  await expect(line).toBeVisible();
});

test('stop ends the whole process tree, restart begins anew', ON_BOTH, async ({ studio }) => {
  const { window } = studio;
  const script = studio.script(
    'parent.cjs',
    `
    const child = require('child_process').spawn(process.execPath, ['-e', 'console.log("child " + process.pid); setInterval(() => {}, 1000)'], { stdio: 'inherit' });
    setInterval(() => {}, 1000);
  `,
  );
  await studio.start.runScript(script);
  const childLine = window.consoleLine(/^child \d+/);
  await expect(childLine).toBeVisible();
  const child = Number(/\d+/.exec((await childLine.textContent()) ?? '')?.[0]);
  await expect(window.statusBar).toContainText('2 processes');
  await window.button('Stop').click();
  await expect(window.state()).toHaveText(/Stopped/);
  expect(runs(child), 'the grandchild is gone').toBe(false);

  await window
    .button(/^(Run again|Run|Restart)/)
    .first()
    .click();
  await expect(window.state()).toHaveText(/Running/);
  await expect(window.consoleLine(/^child \d+/)).toBeVisible();
  await window.button('Stop').click();
  await expect(window.state()).toHaveText(/Stopped/);
});

test('colours of the terminal are shown, and errors are marked', async ({ studio }) => {
  const { window } = studio;
  await studio.start.runScript(
    studio.script('colours.cjs', 'console.log("\\u001b[31mred\\u001b[0m plain"); console.error("to stderr"); console.log(process.stdout.isTTY === undefined)'),
  );
  const red = window.consoleLine('red').first();
  await expect(red).toBeVisible();
  expect(await red.evaluate((node) => getComputedStyle(node).color)).not.toBe(
    await window
      .consoleLine('plain')
      .first()
      .evaluate((node) => getComputedStyle(node).color),
  );
  await expect(window.consoleLine('to stderr')).toBeVisible();
  await expect(window.console).toContainText('stdout is not a terminal');
});

test('a colour lasts over its line, a progress bar shows its last state, a link its words', async ({ studio }) => {
  const { window } = studio;
  await studio.start.runScript(
    studio.script(
      'styled.cjs',
      `process.stdout.write('\\u001b[31mred\\nstill red\\u001b[0m\\nplain\\n');
       process.stdout.write('10 %\\r50 %\\r100 % done\\n');
       process.stdout.write('\\u001b]8;;https://example.com/\\u0007the docs\\u001b]8;;\\u0007\\n');`,
    ),
  );
  const color = (text: string) => window.consoleLine(new RegExp(`^${text}$`)).evaluate((node) => getComputedStyle(node).color);
  await expect(window.consoleLine('the docs')).toHaveText('the docs');
  expect(await color('still red')).toBe(await color('red'));
  expect(await color('still red')).not.toBe(await color('plain'));
  await expect(window.consoleLine('100 % done')).toHaveText('100 % done');
});

test('closing a running one asks: keep recording leaves it running and listed', ON_BOTH, async ({ studio }) => {
  const { window, start } = studio;
  await studio.start.runScript(studio.script('waits.cjs', WAITS));
  await expect(window.consoleLine(/^ready/)).toBeVisible();
  await window.close('waits.cjs');
  await expect(window.dialog).toContainText('waits.cjs is still running');
  await window.dialog.getByRole('button', { name: 'Keep recording' }).click();
  await expect(start.heading).toBeVisible();
  await start.running('waits.cjs').click();
  await expect(window.state()).toHaveText(/Running/);
  await window.close('waits.cjs');
  await window.dialog.getByRole('button', { name: 'Stop and close' }).click();
  await expect(start.heading).toBeVisible();
});

test('a script that never uses the tracer runs as it is, and the empty graphs say what to do', async ({ studio }) => {
  const { window, start } = studio;
  await start.runScript(studio.script('plain.cjs', 'console.log("only this")'));
  await expect(window.consoleLine('only this')).toBeVisible();
  await expect(window.state()).toHaveText(/Exited 0/);
  await expect(window.graphs).toContainText('No counters in this recording');
  await expect(window.inspector).toContainText('No objects in this recording');
  // What the empty places offer is a script as it stands: both together make a counter and an object.
  await expect(window.graphs.getByRole('code')).toContainText("require('trace-studio')");
  const counter = (await window.graphs.getByRole('code').textContent()) ?? '';
  await window.inspector.getByRole('button', { name: 'With import' }).click();
  const object = (await window.inspector.getByRole('code').textContent()) ?? '';
  await start.show();
  await start.runScript(studio.script('counter.cjs', counter));
  await expect(window.now('queue', 'waiting')).toHaveText('3');
  await start.show();
  await start.runScript(studio.script('object.mjs', object));
  await window.object('cart').click();
  await expect(window.field('items:').or(window.field('+ added items:'))).toBeVisible();
  await window.showDrawer('Events');
  await expect(window.events).toContainText('cart');
});

// The clipboard is given to the page by the browser’s context.
test('the lines that an empty place offers are copied as they stand', async ({ studio }) => {
  const { window, page } = studio;
  await page.context().grantPermissions(['clipboard-read', 'clipboard-write']);
  await studio.start.runScript(studio.script('plain.cjs', ''));
  await expect(window.state()).toHaveText(/Exited 0/);
  await window.graphs.getByRole('button', { name: 'Copy' }).click();
  await expect(window.messages).toContainText('Copied');
  // The message covers no control.
  for (const name of ['Follow', 'Show the end']) await window.console.getByRole('button', { name }).click({ trial: true, timeout: 2000 });
  const copied = await page.evaluate(() => navigator.clipboard.readText());
  expect(copied.trim()).toBe(((await window.graphs.getByRole('code').textContent()) ?? '').trim());
});

// A browser asks by itself: see files.test.ts.
test('closing the desktop window while a script runs asks, and cancelling leaves everything as it was', DESKTOP_ONLY, async ({ studio }) => {
  const { window } = studio;
  await studio.start.runScript(studio.script('waits.cjs', WAITS));
  await expect(window.consoleLine(/^ready/)).toBeVisible();
  await studio.closeByFrame();
  await expect(window.dialog).toContainText('still running');
  await window.dialog.getByRole('button', { name: 'Cancel' }).click();
  await expect(window.dialog).toBeHidden();
  await expect(window.state()).toHaveText(/Running/);
});
