import { readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { BAD_PLUGIN_FILES, BAD_PLUGINS } from '../helpers/bad-plugins.ts';
import { expect, ON_BOTH, type Studio, test } from './fixtures.ts';
import { RunConfiguration } from './pages/run-configuration.ts';

const COUNTS = 'const { VizCounter, getTracer } = require("trace-studio");\nlet n = 0;\nsetInterval(() => { n++; if (n === 1) console.log("working"); }, 50);';
const SHORT = 'setTimeout(() => console.log("done"), 150);';

/** A plugin with arguments that counts its messages. */
const PLUGIN = `
const { getTracer, VizCounter, VizPluginBase } = require('trace-studio');
exports.version = '2.1.0';
exports.description = 'Counts for a test.';
exports.args_schema = { options: [
  { name: 'frequency', flags: ['-f', '--frequency'], type: 'number', min: 1, max: 100, default: 10, unit: 'Hz', help: 'Samples in a second' },
  { name: 'label', flags: ['-l', '--label'], type: 'string', help: 'Name of the counter' },
  { name: 'deep', flags: ['--deep'], type: 'boolean' },
] };
class Mine extends VizPluginBase {
  support_version() { return '0.1.0'; }
  message(type, payload) {
    if (payload.when === 'pre-start') {
      const counter = new VizCounter(getTracer(), 'from the plugin');
      counter.value = 1;
    }
    return super.message(type, payload);
  }
}
exports.get_vizplugin = () => new Mine();
`;

const THROWS = `
const { VizPluginBase } = require('trace-studio');
class Throws extends VizPluginBase {
  support_version() { return '0.1.0'; }
  message(type, payload) {
    if (payload.when === 'pre-start') throw new Error('the plugin is out of order');
    return super.message(type, payload);
  }
}
exports.get_vizplugin = () => new Throws();
`;

/** Adds one more event at the end. */
const HANDLES = `
const { VizPluginBase } = require('trace-studio');
class Handles extends VizPluginBase {
  support_version() { return '0.1.0'; }
  message(type, payload) {
    if (payload.when !== 'pre-save') return super.message(type, payload);
    return { action: 'handle_data', handler: (data) => {
      data.traceEvents = data.traceEvents.filter((event) => event.ph !== 'C');
      const last = data.traceEvents.at(-1);
      data.traceEvents.push({ ph: 'C', name: 'made by the plugin', pid: last.pid, tid: last.tid, ts: last.ts ?? 1, args: { value: 7 } });
    } };
  }
}
exports.get_vizplugin = () => new Handles();
`;

async function addAndTrust({ plugins, answerFile }: Studio, file: string): Promise<void> {
  await answerFile('open', file, () => plugins.add());
  await plugins.answer(true);
  await expect(plugins.entry(path.basename(file))).toBeVisible();
}

test('adding a plugin asks first, with path and hash, and remembers the answer; a changed file asks again', ON_BOTH, async ({ studio }) => {
  // It starts the studio twice and its page three times.
  test.slow();
  const { plugins } = studio;
  const file = studio.script('mine.cjs', PLUGIN);
  await plugins.open();
  await studio.answerFile('open', file, () => plugins.add());
  await expect(plugins.trust).toContainText(file);
  await expect(plugins.trust).toContainText(/[0-9a-f]{8}( [0-9a-f]{8}){7}/);
  await plugins.answer(false);
  await expect(plugins.entry('mine.cjs')).toBeHidden();

  await addAndTrust(studio, file);
  await expect(plugins.details).toContainText('2.1.0');
  await expect(plugins.details).toContainText('Counts for a test.');
  await expect(plugins.toggle('mine.cjs')).toBeChecked();

  // The same content is not asked about again, also after a restart of the studio.
  await studio.restart();
  await studio.plugins.open();
  await studio.plugins.choose('mine.cjs');
  await expect(studio.plugins.details).toContainText('trusted');

  writeFileSync(file, `${PLUGIN}\n// more`);
  await studio.page.reload();
  await studio.plugins.open();
  await studio.plugins.choose('mine.cjs');
  await expect(studio.plugins.details).toContainText('This file is not the one that you trusted');
  await studio.plugins.details.getByRole('button', { name: 'Look at it…' }).click();
  await expect(studio.plugins.trust).toContainText('not the file that you trusted before');
  await studio.plugins.answer(true);
  await expect(studio.plugins.field('Frequency')).toBeVisible();
});

test('the text and the form of the arguments change each other, and what is wrong is marked in both', async ({ studio }) => {
  const { plugins } = studio;
  await plugins.open();
  await addAndTrust(studio, studio.script('mine.cjs', PLUGIN));
  await plugins.text.fill('-f 20 --deep');
  await expect(plugins.field('Frequency')).toHaveValue('20');
  await expect(plugins.screen.getByRole('checkbox', { name: 'Deep' })).toBeChecked();

  await plugins.field('Frequency').fill('30');
  await expect(plugins.text).toHaveValue('-f 30 --deep');
  await plugins.field('Label').fill('my label');
  await plugins.screen.getByRole('checkbox', { name: 'Deep' }).click();
  await expect(plugins.text).toHaveValue('-f 30 -l "my label"');

  await plugins.text.fill('-f 3000 --bogus');
  await expect(plugins.problem(/Character 4: -f has to be between 1 and 100 Hz/)).toBeVisible();
  await expect(plugins.problem(/There is no option --bogus/)).toBeVisible();
  await expect(plugins.field('Frequency')).toHaveAttribute('aria-invalid', 'true');
  await plugins.screen.getByRole('button', { name: 'Use 100' }).click();
  await expect(plugins.text).toHaveValue('-f 100 --bogus');
});

test('a run is refused in words while a plugin is not trusted or its arguments are wrong', async ({ studio }) => {
  const { plugins, start, page } = studio;
  const config = new RunConfiguration(page);
  const file = studio.script('mine.cjs', PLUGIN);
  await start.script.fill(studio.script('short.cjs', SHORT));
  await page.getByRole('button', { name: 'Run configuration…' }).click();
  await config.addPlugin('By name or path');
  await config.dialog.getByRole('textbox', { name: 'Module' }).fill('./mine.cjs');
  await expect(config.alert('is not trusted yet')).toBeVisible();
  await config.run.click();
  await expect(config.dialog).toBeVisible();
  await config.dialog.getByRole('button', { name: 'Look at it…' }).click();
  await expect(plugins.trust).toContainText(file);
  await plugins.answer(true);
  await expect(config.alert('is not trusted yet')).toBeHidden();

  await config.pluginText('mine.cjs').fill('-f 7000');
  await config.run.click();
  await expect(config.dialog).toContainText('-f has to be between 1 and 100 Hz, not 7000');
  await config.pluginText('mine.cjs').fill('-f 70');
  await config.run.click();
  await expect(config.dialog).toBeHidden();
  await expect(studio.window.consoleLine('done')).toBeVisible();
  await expect(studio.window.counter('from the plugin')).toBeVisible();
});

test('plugins of a run are put in another order by keys, by the mouse, and taken out', async ({ studio }) => {
  const { page, start } = studio;
  const config = new RunConfiguration(page);
  await start.script.fill(studio.script('short.cjs', SHORT));
  await page.getByRole('button', { name: 'Run configuration…' }).click();
  for (const name of ['cpu_usage', 'gc', 'memory_usage']) await config.addPlugin(new RegExp(`^${name}`));
  const order = () => config.plugins.evaluateAll((rows) => rows.map((row) => row.getAttribute('aria-label')));
  await expect.poll(() => order()).toEqual(['cpu_usage', 'gc', 'memory_usage']);

  await config.dialog.getByRole('button', { name: 'Move gc, place 2' }).press('ArrowUp');
  await expect.poll(order).toEqual(['gc', 'cpu_usage', 'memory_usage']);
  await expect(config.dialog.getByRole('button', { name: 'Move gc, place 1' })).toBeFocused();
  await config.dialog.getByRole('button', { name: 'Move gc down' }).click();
  await expect.poll(order).toEqual(['cpu_usage', 'gc', 'memory_usage']);
  await config.dialog.getByRole('button', { name: 'Move memory_usage, place 3' }).dragTo(config.plugins.first());
  await expect.poll(order).toEqual(['memory_usage', 'cpu_usage', 'gc']);
  await config.dialog.getByRole('button', { name: 'Remove cpu_usage from this run' }).click();
  await expect.poll(order).toEqual(['memory_usage', 'gc']);
  await config.dialog.getByRole('switch', { name: 'gc is on' }).click();
  await expect(config.preview).not.toContainText('problem');
});

test('a plugin that throws is told of in the window while the run goes on', async ({ studio }) => {
  const { window, plugins, start, page } = studio;
  await start.script.fill(studio.script('works.cjs', COUNTS));
  await plugins.open();
  await addAndTrust(studio, studio.script('throws.cjs', THROWS));
  await addAndTrust(studio, studio.script('mine.cjs', PLUGIN));
  await plugins.back();
  await start.run.click();
  await expect(window.consoleLine('working')).toBeVisible();
  const list = page.getByRole('region', { name: 'Plugins of this run' });
  await expect(list.getByRole('button', { name: /throws\.cjs/ })).toContainText('1 error');
  await expect(list.getByRole('button', { name: /mine\.cjs/ })).toContainText('Active');
  await expect(window.state()).toHaveText(/Running/);

  await list.getByRole('button', { name: /throws\.cjs/ }).click();
  const state = plugins.state('throws.cjs');
  await expect(state).toContainText('the plugin is out of order');
  await expect(state).toContainText('pre-start');
  await state.getByText('Stack').click();
  await expect(state).toContainText('throws.cjs:');
  await plugins.choose('mine.cjs');
  await expect(plugins.state('mine.cjs')).toContainText(/Messages\s*[1-9]/);
  await plugins.back();
  await window.button('Stop').click();
  await expect(window.state()).toHaveText(/Stopped/);
});

// The stand-in has no file manager to drag from.
test('a file that is dropped on the manager is a plugin, and asks first', async ({ studio }) => {
  const { plugins, page } = studio;
  studio.script('deep/mine.cjs', PLUGIN);
  await plugins.open();
  await page.evaluate((text) => {
    const dataTransfer = new DataTransfer();
    dataTransfer.items.add(new File([text], 'mine.cjs'));
    for (const type of ['dragenter', 'dragover', 'drop']) document.body.dispatchEvent(new DragEvent(type, { dataTransfer, bubbles: true, cancelable: true }));
  }, PLUGIN);
  await expect(plugins.trust).toContainText('deep/mine.cjs');
  await plugins.answer(true);
  await expect(plugins.toggle('mine.cjs')).toBeChecked();
  await plugins.toggle('mine.cjs').click();
  await expect(plugins.toggle('mine.cjs')).not.toBeChecked();
  await plugins.details.getByRole('button', { name: 'Remove mine.cjs from the list' }).click();
  await expect(plugins.entry('mine.cjs')).toBeHidden();
});

test('arguments that are changed in the manager are those of the next run', async ({ studio }) => {
  const { window, plugins, start, page } = studio;
  await start.runScript(studio.script('short.cjs', SHORT));
  await expect(window.state()).toHaveText(/Exited 0/);
  await plugins.open();
  await plugins.choose('gc');
  await plugins.text.fill('-f 7');
  await expect(plugins.toggle('gc')).toBeChecked();
  await plugins.screen.getByRole('button', { name: 'Run', exact: true }).click();
  await expect(page.getByRole('region', { name: 'Plugins of this run' }).getByRole('button', { name: /^gc/ })).toHaveAttribute('title', 'vizplugins.gc -f 7');
  await expect(window.state()).toHaveText(/Exited 0/);
});

test('whatever plugins do wrong is told of in the window, each by itself, and the run goes on', async ({ studio }) => {
  test.slow();
  const { window, plugins, start, page } = studio;
  const config = new RunConfiguration(page);
  const bad = BAD_PLUGINS.filter(({ hangs }, index) => !hangs || index === BAD_PLUGINS.findIndex((each) => each.hangs));
  await plugins.open();
  for (const [name, text] of Object.entries({ ...BAD_PLUGIN_FILES, 'handles.cjs': HANDLES })) {
    await addAndTrust(studio, studio.script(name, text));
    await plugins.toggle(name).click();
  }
  await plugins.back();
  await start.script.fill(
    studio.script(
      'works.cjs',
      'const { VizCounter, getTracer } = require("trace-studio");\nnew VizCounter(getTracer(), "work").value = 1;\nconsole.log("done");',
    ),
  );
  await page.getByRole('button', { name: 'Run configuration…' }).click();
  const off = await config.plugins.count();
  for (const [place, { spec }] of [...bad, { spec: './handles.cjs' }].entries()) {
    await config.addPlugin('By name or path');
    const row = config.plugins.nth(off + place);
    await row.getByRole('textbox', { name: 'Module' }).fill(spec.split(' ')[0] as string);
    await row.getByRole('textbox', { name: /^Argument string/ }).fill(spec.split(' ').slice(1).join(' '));
  }
  // What is not there is refused before anything runs.
  await expect(config.alert('The plugin ./not-there.cjs was not found.')).toBeVisible();
  await config.run.click();
  await expect(config.dialog).toBeVisible();
  const isMissing = ({ spec }: { readonly spec: string }) => spec === './not-there.cjs';
  await config.plugins
    .nth(off + bad.findIndex(isMissing))
    .getByRole('switch')
    .click();
  await config.run.click();
  await expect(window.state()).toHaveText(/Exited 0/, { timeout: 60_000 });
  await expect(window.counter('made by the plugin')).toBeVisible();

  const ran = bad.filter((each) => !isMissing(each));
  const list = page.getByRole('region', { name: 'Plugins of this run' });
  const buttons = list.getByRole('listitem').getByRole('button');
  await expect(buttons).toHaveCount(ran.length + 1);
  for (const [place] of ran.entries()) await expect(buttons.nth(place)).toContainText('1 error');
  await expect(buttons.last()).toContainText('Ended');
  await buttons.nth(ran.findIndex(({ spec }) => spec.startsWith('./bad.cjs'))).click();
  for (const { spec, during, message } of ran.filter((each) => each.spec.startsWith('./bad.cjs'))) {
    const state = plugins.screen.locator('.run-state').filter({ has: page.getByText(spec, { exact: true }) });
    await expect(state).toContainText(`${during}: `);
    await expect(state.locator('.run-state-failures')).toHaveText(new RegExp(message.source.replaceAll(/^\^|\$$/g, '')));
  }
});

test('a plugin of the run configuration is known in the manager, however its text names it', async ({ studio }) => {
  const { plugins, start, page } = studio;
  const config = new RunConfiguration(page);
  await plugins.open();
  await addAndTrust(studio, studio.script('mine.cjs', PLUGIN));
  await plugins.toggle('mine.cjs').click();
  await plugins.back();

  // Beside a script that is reached by a link.
  studio.script('short.cjs', SHORT);
  symlinkSync(studio.work, path.join(studio.work, 'link'));
  await start.script.fill(path.join(studio.work, 'link/short.cjs'));
  await page.getByRole('button', { name: 'Run configuration…' }).click();
  await config.dialog.getByRole('button', { name: 'Remove mine.cjs from this run' }).click();
  for (const [place, module] of ['./mine.cjs', 'vizplugins/gc', 'vizplugins'].entries()) {
    await config.addPlugin('By name or path');
    await config.plugins.nth(place).getByRole('textbox', { name: 'Module' }).fill(module);
  }
  await config.dialog.getByRole('button', { name: 'Manage plugins…' }).click();
  for (const name of ['mine.cjs', 'gc', 'cpu_usage']) await expect(plugins.toggle(name)).toBeChecked();
  await expect(plugins.toggle('memory_usage')).not.toBeChecked();

  for (const name of ['mine.cjs', 'gc', 'cpu_usage']) {
    await plugins.toggle(name).click();
    await expect(plugins.toggle(name)).not.toBeChecked();
    await plugins.toggle(name).click();
    await expect(plugins.toggle(name)).toBeChecked();
  }
  await plugins.choose('mine.cjs');
  await plugins.text.fill('-f 20');
  await plugins.screen.getByRole('button', { name: 'Run', exact: true }).click();
  await expect(studio.window.state()).toHaveText(/Exited 0/);
  const list = page.getByRole('region', { name: 'Plugins of this run' });
  await expect(list.getByRole('listitem')).toHaveText([/mine\.cjs/, /gc/, /cpu_usage|vizplugins/]);
  await list.getByRole('button', { name: /mine\.cjs/ }).click();
  await expect(plugins.state('mine.cjs')).toContainText('./mine.cjs -f 20');
  await expect(plugins.details.getByRole('heading', { name: 'mine.cjs' })).toBeVisible();
});

test('a plugin of a run that is not on the list has a page of its own, with what the run tells of it', async ({ studio }) => {
  const { window, plugins, start, page } = studio;
  await plugins.open();
  const file = studio.script('throws.cjs', THROWS);
  await addAndTrust(studio, file);
  await plugins.back();
  await start.script.fill(studio.script('short.cjs', SHORT));
  await start.run.click();
  await expect(window.state()).toHaveText(/Exited 0/);
  await plugins.open();
  await plugins.choose('throws.cjs');
  await plugins.details.getByRole('button', { name: 'Remove throws.cjs from the list' }).click();
  await expect(plugins.entry('throws.cjs')).toBeHidden();
  await plugins.back();

  await page
    .getByRole('region', { name: 'Plugins of this run' })
    .getByRole('button', { name: /throws\.cjs/ })
    .click();
  const unlisted = plugins.screen.getByRole('region', { name: 'throws.cjs', exact: true });
  await expect(unlisted).toContainText('not on the list');
  await expect(unlisted).toContainText(file);
  await expect(plugins.state('throws.cjs')).toContainText('the plugin is out of order');
  await unlisted.getByRole('button', { name: 'Look at it…' }).click();
  await plugins.answer(true);
  await expect(plugins.entry('throws.cjs')).toBeVisible();
  await expect(plugins.details.getByRole('heading', { name: 'throws.cjs' })).toBeVisible();
});

test('a new plugin from the template runs as it is', ON_BOTH, async ({ studio }) => {
  const { window, plugins, start } = studio;
  await start.script.fill(studio.script('works.cjs', COUNTS));
  await plugins.open();
  const file = path.join(studio.work, 'my-plugin.ts');
  await studio.answerFile('save', file, () => plugins.create());
  await expect(plugins.details).toContainText('Counts the seconds of a run.');
  await expect(plugins.field('Frequency')).toBeVisible();
  expect(readFileSync(file, 'utf8')).toContain('class MyPlugin extends VizPluginBase');
  await plugins.field('Frequency').fill('20');
  await plugins.back();
  await start.run.click();
  await window.movesBy('running for', 'seconds', 2);
  await window.button('Stop').click();
  await expect(window.state()).toHaveText(/Stopped/);
});

test('what plugins made of the data is shown, and what was recorded one switch away', async ({ studio }) => {
  const { window, plugins, start, page } = studio;
  await start.script.fill(
    studio.script(
      'counts.cjs',
      'const { getTracer, VizCounter } = require("trace-studio");\nnew VizCounter(getTracer(), "of the script").value = 3;\nconsole.log("done");',
    ),
  );
  await plugins.open();
  await addAndTrust(studio, studio.script('handles.cjs', HANDLES));
  await plugins.back();
  await start.run.click();
  await expect(window.state()).toHaveText(/Exited 0/);
  await expect(window.counter('made by the plugin')).toBeVisible();
  await expect(window.counter('of the script')).toBeHidden();
  await page.getByRole('radio', { name: 'As recorded' }).click();
  await expect(window.counter('of the script')).toBeVisible();
  await expect(window.counter('made by the plugin')).toBeHidden();
  await page.getByRole('radio', { name: 'Processed by plugins' }).click();
  await expect(window.counter('made by the plugin')).toBeVisible();
});

test('a script whose variables are not known any more opens its form instead of running without them', async ({ studio }) => {
  const config = new RunConfiguration(studio.page);
  await studio.start.script.fill(studio.script('env.cjs', 'console.log("TOKEN is " + process.env.TOKEN);'));
  await studio.page.getByRole('button', { name: 'Run configuration…' }).click();
  await config.addVariable('TOKEN', 'hush');
  await config.run.click();
  await expect(studio.window.consoleLine('TOKEN is hush')).toBeVisible();

  await studio.restart();
  await studio.page.getByRole('button', { name: /^Run again env\.cjs/ }).click();
  const again = new RunConfiguration(studio.page);
  await expect(again.dialog).toBeVisible();
  await expect(again.dialog.getByRole('textbox', { name: 'Value of TOKEN' })).toHaveValue('');
  await expect(studio.window.messages).toContainText('TOKEN had a value when this ran last');
});

test('Stop says how long a script has before it is ended by force', async ({ studio }) => {
  const { window, page } = studio;
  await studio.start.runScript(
    studio.script('stubborn.cjs', 'process.on("SIGTERM", () => console.log("asked"));\nsetInterval(() => {}, 1000);\nconsole.log("ready");'),
  );
  await expect(window.consoleLine('ready')).toBeVisible();
  await window.button('Stop').hover();
  await expect(page.getByText('After 5 s it is ended by force')).toBeVisible();
  await window.button('Stop').click();
  await expect(window.state()).toContainText('asked to end, by force after 5 s');
  await expect(window.state()).toHaveText(/Stopped by force/);
});
