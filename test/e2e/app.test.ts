/** What helps with the window itself: the manual, the tour, what was said, settings, configurations of a project. */
import path from 'node:path';
import { expect, type Studio, test, WEB_ONLY } from './fixtures.ts';
import { RunConfiguration } from './pages/run-configuration.ts';
import { PICTURED, picture } from './pictures.ts';
import { violations } from './violations.ts';

for (const colors of ['dark', 'light'] as const) {
  test.describe(colors, colors === 'light' ? WEB_ONLY : {}, () => {
    test.use({ colors });

    test(`the manual is read and searched in the window, in ${colors}`, PICTURED, async ({ studio }) => {
      const { page, window } = studio;
      await window.menu('Help', 'Manual');
      const dialog = page.getByRole('dialog', { name: 'Manual' });
      const article = dialog.getByRole('article');
      await expect(article.getByRole('heading', { level: 3 })).toHaveText('Counters, objects, instants and durations');
      expect(await violations(studio)).toEqual([]);
      await dialog.getByRole('textbox', { name: 'Search the manual' }).fill('shift+m');
      await dialog.getByRole('button', { name: /^The timeline/ }).click();
      await expect(article).toContainText('writes a note there');
      await picture(page, `manual-${colors}`);
      await article.getByRole('button', { name: 'Statistics and issues' }).click();
      await expect(article.getByRole('heading', { level: 3 })).toHaveText('Statistics and issues');
      await dialog.getByRole('textbox', { name: 'Search the manual' }).fill('no such words');
      await expect(dialog.getByRole('status')).toHaveText('No page holds these words.');
    });

    test(`five steps lead through the window, and can be left at each, in ${colors}`, PICTURED, async ({ studio }) => {
      const { page } = studio;
      const offer = page.getByRole('region', { name: 'Tour' });
      const tour = page.getByRole('dialog', { name: /^Tour/ });
      await offer.getByRole('button', { name: 'Take the tour' }).click();
      await expect(tour).toContainText('1 of 5');
      await picture(page, `tour-1-${colors}`);
      await tour.getByRole('button', { name: 'Run an example' }).click();
      await expect(tour).toContainText('2 of 5');
      await expect(tour.getByRole('button', { name: 'Next' })).toBeFocused();
      expect(await violations(studio)).toEqual([]);
      for (const step of [3, 4, 5]) {
        await page.keyboard.press('Enter');
        await expect(tour).toContainText(`${step} of 5`);
        await picture(page, `tour-${step}-${colors}`);
      }
      await tour.getByRole('button', { name: 'Back' }).click();
      await expect(tour).toContainText('4 of 5');
      await page.keyboard.press('Escape');
      await expect(tour).toHaveCount(0);
      await studio.start.show();
      await expect(studio.start.heading).toBeVisible();
      await expect(offer).toHaveCount(0);
      await studio.window.menu('Help', 'Tour');
      await expect(tour).toContainText('1 of 5');
    });
  });
}

test('what the window has said is found again', async ({ studio }) => {
  const { page, window } = studio;
  const bell = page.getByRole('button', { name: /^Notifications/ });
  await bell.click();
  const dialog = page.getByRole('dialog', { name: 'Notifications' });
  await expect(dialog).toContainText('Nothing was said');
  await dialog.getByRole('button', { name: 'Done', exact: true }).click();
  await studio.start.runScript(studio.script('said.js', 'console.log(1)'));
  await expect(window.state()).toHaveText('Exited 0');
  await studio.answerFile('save', path.join(studio.work, 'kept.tsr'), () => window.menu('File', /^Save as/));
  await expect(window.messages.getByText('Saved', { exact: true })).toBeVisible();
  await bell.click();
  await expect(dialog.getByRole('listitem').filter({ hasText: 'Saved' })).toContainText('kept.tsr');
  expect(await violations(studio)).toEqual([]);
  await dialog.getByRole('button', { name: 'Clear' }).click();
  await expect(dialog).toContainText('Nothing was said');
});

async function keep({ page }: Studio, name: string): Promise<void> {
  const saved = page.getByRole('region', { name: 'Configurations of this project' });
  await saved.getByRole('textbox', { name: 'Name of this configuration' }).fill(name);
  await saved.getByRole('button', { name: 'Keep', exact: true }).click();
  await expect(saved.getByRole('button', { name, exact: true })).toHaveAttribute('aria-pressed', 'true');
}

test('configurations of a project are kept under a name, taken again in the form and run from the start page', async ({ studio }) => {
  const { page, window, start } = studio;
  studio.script('package.json', '{"name": "shop"}');
  const script = studio.script('shop.mjs', 'console.log(process.argv.slice(2).join(" ") || "no words");');
  const form = new RunConfiguration(page);
  await form.open();
  await form.script.fill(script);
  const words = form.dialog.getByRole('textbox', { name: 'Arguments' });
  await words.fill('--load 10');
  await keep(studio, 'with a load');
  await words.fill('');
  await keep(studio, 'plain');
  expect(await violations(studio)).toEqual([]);
  await picture(page, 'run-configurations');
  await form.dialog.getByRole('button', { name: 'with a load', exact: true }).click();
  await expect(words).toHaveValue('--load 10');
  await form.dialog.getByRole('button', { name: 'Remove configuration plain' }).click();
  await expect(form.dialog.getByRole('button', { name: 'plain', exact: true })).toHaveCount(0);
  await words.fill('something else');
  await form.dialog.getByRole('button', { name: 'Close' }).last().click();
  await start.script.fill(script);
  await page.getByRole('button', { name: /^Run configuration with a load/ }).click();
  await expect(window.consoleLine('--load 10')).toBeVisible();
});

test('a setting holds for the next window too', async ({ studio }) => {
  const { page, window } = studio;
  await page.keyboard.press('Control+,');
  await window.dialog.getByRole('combobox', { name: 'Memory for details' }).click();
  await page.getByRole('option', { name: '512 MB' }).click();
  await window.dialog.getByRole('switch', { name: 'Edges of a range snap to slices' }).click();
  await window.dialog.getByRole('radio', { name: 'All', exact: true }).click();
  await window.dialog.getByRole('button', { name: 'Done', exact: true }).click();
  await studio.restart();
  await studio.page.keyboard.press('Control+,');
  const dialog = studio.window.dialog;
  await expect(dialog.getByRole('combobox', { name: 'Memory for details' })).toHaveText('512 MB');
  await expect(dialog.getByRole('switch', { name: 'Edges of a range snap to slices' })).not.toBeChecked();
  await expect(dialog.getByRole('radio', { name: 'All', exact: true })).toBeChecked();
  expect(await violations(studio)).toEqual([]);
});
