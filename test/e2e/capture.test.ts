/** What is recorded: the form that is made of the table of options. */
import { CAPTURE_OPTIONS } from '../../core/protocol/capture-options.ts';
import { expect, test } from './fixtures.ts';
import { HeldAnswers } from './pages/held-answers.ts';
import { RunConfiguration } from './pages/run-configuration.ts';

/** Tells the options that reach it, out of the environment that only the tracer reads. */
const TELLS = `
const { getTracer } = require('trace-studio');
console.log('masks', getTracer().recorder.maskSecrets);
`;

test('every option is in the form, by its name', async ({ studio }) => {
  const configuration = new RunConfiguration(studio.page);
  await configuration.open();
  for (const option of CAPTURE_OPTIONS) {
    if (option.type === 'choice') await expect(configuration.choice(option.label, option.choices[0]?.label ?? '')).toHaveCount(1);
    else if (option.type === 'boolean') await expect(configuration.check(option.label)).toHaveAttribute('aria-checked', String(option.default));
    else await expect(configuration.field(option.label)).toHaveCount(1);
  }
});

test('what differs is marked, goes into the command line, is reset one by one or all at once, and outlives the dialog', async ({ studio }) => {
  const { page, start } = studio;
  await start.script.fill(studio.script('tells.cjs', TELLS));
  const configuration = new RunConfiguration(page);
  await configuration.open();
  await configuration.section(/^Capture/);
  await configuration.choice('Calls', 'Sampling').click();
  await configuration.field('Interval').fill('0.2ms');
  await configuration.field('Interval').blur();
  await expect(configuration.field('Interval')).toHaveValue('200');
  await configuration.check('Garbage collection').click();
  await configuration.field('Only these files').fill('src/**, lib');
  await expect(configuration.capture).toContainText('4 options changed here');
  await expect(configuration.dialog.getByRole('navigation')).toContainText('4 changes');

  await page.keyboard.press('Escape');
  await page.reload();
  await configuration.open();
  await expect(configuration.field('Interval')).toHaveValue('200');
  await configuration.capture.getByRole('button', { name: 'Reset Garbage collection' }).click();
  await expect(configuration.check('Garbage collection')).toBeChecked();
  await expect(configuration.capture).toContainText('3 options changed here');
  await page.evaluate(() => {
    const writeText = async (text: string) => {
      document.title = text;
    };
    Object.defineProperty(navigator, 'clipboard', { value: { writeText } });
  });
  await configuration.dialog.getByRole('button', { name: 'Copy as a trace-studio command line' }).click();
  await expect(page).toHaveTitle(/run --calls sampling --include 'src\/\*\*' --include lib --sampling-interval 200 -o result.json -- .*tells.cjs$/);
  await configuration.capture.getByRole('button', { name: 'Reset all' }).click();
  await expect(configuration.choice('Calls', 'Every call')).toBeChecked();
  await expect(configuration.capture).toContainText('As it is by default');
});

test('a text that is no value is said at its field, and nothing runs until it is mended', async ({ studio }) => {
  const { page, start, window } = studio;
  await start.script.fill(studio.script('tells.cjs', TELLS));
  const configuration = new RunConfiguration(page);
  await configuration.open();
  await configuration.section(/^Capture/);
  await configuration.check('Mask secrets').click();
  const depth = configuration.field('Depth at most');
  await depth.fill('deep');
  await expect(configuration.alert('Depth at most cannot be "deep". Depth at most is a number from 0 to 100000 calls.')).toBeVisible();
  await expect(depth).toHaveAttribute('aria-invalid', 'true');
  await configuration.run.click();
  await expect(depth).toBeFocused();
  await page.keyboard.press('Escape');
  await start.run.click();
  await expect(configuration.dialog, 'the start page leads back to it').toBeVisible();
  await expect(depth).toHaveValue('deep');
  await depth.fill('12');
  await configuration.run.click();
  await expect(window.consoleLine('masks false')).toBeVisible();
});

test('the field that keeps a run back takes the focus, not one that was wrong in an earlier form', async ({ studio }) => {
  const { page, start } = studio;
  const answers = await HeldAnswers.of(page);
  const configuration = new RunConfiguration(page);
  await start.script.fill('not-there.cjs');
  await configuration.open();
  await expect(configuration.script).toHaveAttribute('aria-invalid', 'true');
  answers.hold();
  await configuration.script.fill(studio.script('tells.cjs', TELLS));
  const depth = configuration.field('Depth at most');
  await depth.fill('deep');
  await configuration.run.click();
  await expect(depth).toBeFocused();
  answers.release();
});

test('a config file of the project holds where the form says nothing, and each value tells where it comes from', async ({ studio }) => {
  const { page, start, window } = studio;
  studio.script('package.json', '{}');
  studio.script('trace-studio.config.json', '{ "maskSecrets": false, "maxDepth": 20, "gc": false }');
  await start.script.fill(studio.script('tells.cjs', TELLS));
  const configuration = new RunConfiguration(page);
  await configuration.open();
  await expect(configuration.capture).toContainText('trace-studio.config.json of the project sets 3 options.');
  await expect(configuration.field('Depth at most')).toHaveValue('20');
  await expect(configuration.check('Mask secrets')).not.toBeChecked();
  await expect(configuration.capture.getByText('trace-studio.config.json', { exact: true })).toHaveCount(4);
  await expect(configuration.capture).toContainText('As it is by default');
  await configuration.field('Depth at most').fill('0');
  await expect(configuration.capture, 'a value of the form, though it is the default').toContainText('1 option changed here');
  await configuration.capture.getByRole('button', { name: 'Go without it' }).click();
  await expect(configuration.check('Mask secrets')).toBeChecked();
  await configuration.capture.getByRole('button', { name: 'Use the one of the project' }).click();
  await configuration.run.click();
  await expect(window.consoleLine('masks false')).toBeVisible();
});

test('a config file that is wrong is told with its file and key, and nothing runs', async ({ studio }) => {
  const { page, start } = studio;
  studio.script('package.json', '{ "trace-studio": { "maxDeph": 20, "gc": "no" } }');
  await start.runScript(studio.script('tells.cjs', TELLS));
  const configuration = new RunConfiguration(page);
  await expect(configuration.alert('the key trace-studio of package.json has an unknown key maxDeph.')).toBeVisible();
  await expect(configuration.alert('In the key trace-studio of package.json, gc cannot be "no".')).toBeVisible();
  await configuration.run.click();
  await expect(configuration.alert('maxDeph')).toBeFocused();
});

test('a config file that is a program is run only when it is trusted, with this content', async ({ studio }) => {
  const { page, start, window } = studio;
  studio.script('package.json', '{}');
  studio.script('trace-studio.config.mjs', 'export default { maskSecrets: false };');
  await start.runScript(studio.script('tells.cjs', TELLS));
  const configuration = new RunConfiguration(page);
  const question = configuration.capture.getByRole('region', { name: 'Trust the config file?' });
  await expect(question).toContainText(/SHA-256\s*([0-9a-f]{8} ?){8}/);
  await question.getByRole('button', { name: 'Trust trace-studio.config.mjs' }).click();
  await expect(configuration.capture).toContainText('trace-studio.config.mjs of the project sets 1 option.');
  await configuration.run.click();
  await expect(window.consoleLine('masks false')).toBeVisible();

  studio.script('trace-studio.config.mjs', 'export default { maskSecrets: false, gc: false };');
  await start.show();
  await start.run.click();
  // The form opens by itself where the file was looked at before the click; else a message leads to it.
  const configure = window.messages.getByText('Configure');
  await expect(configure.or(question).first()).toBeVisible();
  if (await configure.isVisible()) await configure.click();
  await expect(question).toContainText('is not the file that you trusted before.');
  await question.getByRole('button', { name: 'Go without it' }).click();
  await configuration.run.click();
  await expect(window.consoleLine('masks true')).toBeVisible();
});

test("under Node's permission model the flags that the tracer needs are told and added; without them the script runs as it would", async ({ studio }) => {
  const { page, start, window } = studio;
  const model = process.allowedNodeEnvironmentFlags.has('--permission') ? '--permission' : '--experimental-permission';
  const configuration = new RunConfiguration(page);
  await start.script.fill(studio.script('traced.cjs', "console.log('traced', globalThis[Symbol.for('trace-studio.runtime')] !== undefined);"));
  await configuration.open();
  await configuration.nodeFlags.fill(`${model} --allow-fs-read=${studio.work}/* --no-warnings`);
  await expect(configuration.dialog.getByRole('status').filter({ hasText: 'the script runs, and nothing of it is recorded.' })).toBeVisible();
  await expect(configuration.nodeFlags).toHaveAccessibleDescription(/Add to the flags of Node: --allow-fs-read=.* --allow-worker --allow-fs-write=/);
  await configuration.run.click();
  await expect(window.consoleLine('traced false')).toBeVisible();
  await expect(window.statusBar.getByRole('button', { name: 'runs without the tracer' })).toBeVisible();

  await start.show();
  await configuration.open();
  await configuration.dialog.getByRole('button', { name: 'Add them' }).click();
  await expect(configuration.nodeFlags).toHaveValue(/--no-warnings --allow-fs-read=.* --allow-worker --allow-fs-write=.*\*$/);
  await expect(configuration.dialog.getByText('permission model')).toHaveCount(0);
  await configuration.run.click();
  await expect(window.consoleLine('traced true')).toBeVisible();
  await expect(window.statusBar).toContainText('1 process');
});
