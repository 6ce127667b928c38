/** The source of a call in the selection's details, and the way into an editor. */
import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync, rmSync } from 'node:fs';
import path from 'node:path';
import { expect, repository, type Studio, test, WEB_ONLY } from './fixtures.ts';
import { dropFile } from './pages/drop-file.ts';
import { PICTURED, picture } from './pictures.ts';
import { violations } from './violations.ts';

const SCRIPT = `// What takes the time.
const wait = (ms) => new Promise((done) => setTimeout(done, ms));

function busy(ms) {
  const until = Date.now() + ms; /* "a <b>string</b>" */
  while (Date.now() < until);
  return \`\${ms} ms\`;
}

wait(10);
busy(300);
`;

/** Runs the script and picks the call of `busy`. */
async function pickBusy(studio: Studio): Promise<void> {
  await studio.start.runScript(studio.script('slow.mjs', SCRIPT));
  await expect(studio.window.state()).toHaveText('Exited 0');
  await search(studio, 'busy');
  await expect(studio.timeline.name()).toHaveText('busy');
}

async function search(studio: Studio, name: string): Promise<void> {
  await studio.timeline.search.fill(name);
  await studio.timeline.search.press('Enter');
}

const source = ({ page }: Studio) => page.getByRole('region', { name: 'Source', exact: true });

for (const colors of ['dark', 'light'] as const) {
  test.describe(colors, colors === 'light' ? WEB_ONLY : {}, () => {
    test.use({ colors });
    test(`a call is shown where it stands in its source, in colours, and opened in the editor of the settings, in ${colors}`, PICTURED, async ({ studio }) => {
      const { page, window } = studio;
      await pickBusy(studio);
      await expect(source(studio).locator('[aria-current]')).toHaveText(/4\s*function busy\(ms\) {/);
      await expect(source(studio)).toContainText('"a <b>string</b>"');
      await expect(source(studio).locator('.code-keyword').first()).toHaveText('const');
      await expect(source(studio).locator('.code-comment').first()).toHaveText('// What takes the time.');
      expect(await violations(studio)).toEqual([]);
      await picture(page, `source-${colors}`);

      const told = path.join(studio.work, 'told.json');
      const editor = studio.script('editor.cjs', `require('fs').writeFileSync(process.argv[2], JSON.stringify(process.argv.slice(3)))`);
      await source(studio).getByRole('button', { name: 'Open in editor' }).click();
      await expect(window.dialog).toHaveAccessibleName('Settings');
      await window.dialog.getByRole('combobox', { name: 'Editor' }).click();
      await page.getByRole('option', { name: 'Another one' }).click();
      await window.dialog.getByRole('textbox', { name: 'Command' }).fill(`"${process.execPath}" "${editor}" "${told}" {file}:{line}`);
      expect(await violations(studio)).toEqual([]);
      await picture(page, `settings-${colors}`);
      await window.dialog.getByRole('button', { name: 'Done', exact: true }).click();
      await source(studio).getByRole('button', { name: 'Open in editor' }).click();
      await expect.poll(() => existsSync(told) && readFileSync(told, 'utf8')).toBe(JSON.stringify([`${path.join(studio.work, 'slow.mjs')}:4`]));

      // What ran is shown, and that the file was changed since.
      studio.script('slow.mjs', SCRIPT.replaceAll('busy', 'later'));
      await search(studio, 'wait');
      await expect(studio.timeline.name()).toHaveText('wait');
      await search(studio, 'busy');
      await expect(source(studio)).toContainText('The file on the disk has changed since: these are the lines that ran.');
      await expect(source(studio).locator('[aria-current]')).toHaveText(/4\s*function busy\(ms\) {/);
    });
  });
}

test('a recording that was dropped into the page brings the source of its calls, though no file of it is there', async ({ studio }) => {
  const script = studio.script('gone.mjs', SCRIPT);
  const recording = path.join(studio.work, 'gone.tsr');
  execFileSync(process.execPath, [path.join(repository, 'dist/cli/trace-studio.cjs'), 'run', '--quiet', '-o', recording, '--', script]);
  const bytes = readFileSync(recording);
  for (const file of [script, recording]) rmSync(file);
  await dropFile(studio.page, 'gone.tsr', bytes);
  await expect(studio.timeline.search).toBeVisible();
  await search(studio, 'busy');
  await expect(source(studio).locator('[aria-current]')).toHaveText(/4\s*function busy\(ms\) {/);
  await expect(source(studio)).toContainText('as it ran');
  await expect(source(studio).getByRole('button', { name: 'Open in editor' })).toHaveCount(0);
});
