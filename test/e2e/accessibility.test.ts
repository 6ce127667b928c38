import { expect, test } from './fixtures.ts';
import { RunConfiguration } from './pages/run-configuration.ts';
import { violations } from './violations.ts';

for (const colors of ['light', 'dark'] as const) {
  test.describe(`in ${colors}`, () => {
    test.use({ colors });

    test('the start page and the run configuration have no violation', async ({ studio }) => {
      expect(await violations(studio)).toEqual([]);
      await studio.page.getByRole('button', { name: 'Run configuration…' }).click();
      await expect(studio.window.dialog).toBeVisible();
      expect(await violations(studio)).toEqual([]);
    });

    test('the plugin manager and the plugins of a run configuration have no violation', async ({ studio }) => {
      const { plugins, page } = studio;
      const config = new RunConfiguration(page);
      await plugins.open();
      await plugins.choose('cpu_usage');
      await plugins.text.fill('-f 5000 --bogus');
      await expect(plugins.problem(/There is no option --bogus/)).toBeVisible();
      expect(await violations(studio)).toEqual([]);
      await page.getByRole('tab', { name: 'Readme' }).click();
      expect(await violations(studio)).toEqual([]);
      await page.getByRole('button', { name: 'Run configuration…' }).click();
      await expect(config.pluginText('cpu_usage')).toBeVisible();
      expect(await violations(studio)).toEqual([]);
      await config.dialog.getByRole('button', { name: 'Close' }).last().click();
      await studio.answerFile('open', studio.script('mine.cjs', ''), () => plugins.add());
      await expect(plugins.trust).toBeVisible();
      expect(await violations(studio)).toEqual([]);
    });

    test('a live run and a stopped one have no violation', async ({ studio }) => {
      await studio.start.runExample('Lifts in a tower');
      await studio.window.object('lift north').click();
      await expect(studio.window.field('floor:').or(studio.window.field('~ changed floor:'))).toBeVisible();
      await expect(studio.window.state()).toHaveText('Running');
      expect(await violations(studio)).toEqual([]);
      await expect(studio.window.state()).toHaveText('Running');
      await studio.window.showDrawer('Functions');
      await studio.window.functions
        .getByRole('button', { name: /^Mute / })
        .first()
        .click();
      await expect(studio.window.functions.getByText('muted', { exact: true })).toBeVisible();
      expect(await violations(studio)).toEqual([]);
      await studio.window.button('Stop').click();
      await expect(studio.window.state()).toHaveText(/Stopped/);
      expect(await violations(studio)).toEqual([]);
      await studio.window.showDrawer('Events');
      expect(await violations(studio)).toEqual([]);
    });
  });
}
