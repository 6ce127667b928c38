import { type ChildProcess, spawn } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { expect, ON_BOTH, test } from './fixtures.ts';

const BUSY = `
  function spin(n = 25) { return n < 2 ? n : spin(n - 1) + spin(n - 2); }
  setInterval(() => spin(), 10);
  console.log('ready');
`;

const children: ChildProcess[] = [];
test.afterEach(() => {
  for (const child of children.splice(0)) child.kill('SIGKILL');
});

/** A program that the studio has not started. */
async function program(script: string): Promise<ChildProcess> {
  const { NODE_OPTIONS: _, ...env } = process.env;
  const child = spawn(process.execPath, [script], { env, stdio: ['ignore', 'pipe', 'ignore'] });
  children.push(child);
  await new Promise((resolve) => child.stdout?.once('data', resolve));
  return child;
}

test('a program that runs is attached to, sampled, asked for files, and left', ON_BOTH, async ({ studio }) => {
  const { window, page } = studio;
  const child = await program(studio.script('night-shift.cjs', BUSY));
  await window.menu('Run', 'Attach…');
  const dialog = page.getByRole('dialog', { name: 'Attach to a running program' });
  await dialog.getByRole('textbox', { name: 'Node programs on this machine' }).fill('night-shift');
  await dialog.getByRole('button', { name: `Attach to night-shift.cjs, process ${child.pid}` }).click();

  await expect(dialog).toBeHidden();
  await expect(window.button('Detach')).toBeVisible();
  await expect(window.statusBar).toContainText(`pid ${child.pid}`);
  await expect(window.statusBar).toContainText(/Sampled every 1 ms, shown every [\d.]+ s, pauses [\d.]+ %/);

  const snapshot = path.join(studio.work, 'night.heapsnapshot');
  await studio.answerFile('save', snapshot, () => window.menu('Run', 'Heap snapshot…'));
  await expect(window.messages).toContainText('Heap snapshot saved as night.heapsnapshot');
  expect(readFileSync(snapshot, 'utf8')).toContain('"node_count"');

  await page.getByRole('menuitem', { name: 'Run', exact: true }).click();
  await page.getByRole('menuitemcheckbox', { name: 'Sampling' }).click();
  await expect(window.statusBar).not.toContainText('Sampled every');

  await window.button('Detach').click();
  await expect(window.state()).toHaveText(/Detached/);
  expect(child.exitCode).toBeNull();
});

test('the config file of its project counts, unless it is not to', async ({ studio }) => {
  const { window, page } = studio;
  studio.script('package.json', '{}');
  studio.script('trace-studio.config.json', '{ "calls": 3 }');
  const child = await program(studio.script('swing-shift.cjs', BUSY));
  await window.menu('Run', 'Attach…');
  const dialog = page.getByRole('dialog', { name: 'Attach to a running program' });
  await dialog.getByRole('textbox', { name: 'Node programs on this machine' }).fill('swing-shift');
  const attach = dialog.getByRole('button', { name: `Attach to swing-shift.cjs, process ${child.pid}` });
  await attach.click();
  await expect(dialog).toContainText('trace-studio.config.json');
  await expect(dialog).toContainText('calls');
  await dialog.getByRole('checkbox', { name: 'As its config file says' }).uncheck();
  await dialog.getByRole('checkbox', { name: 'Every call of code that it loads later' }).uncheck();
  await attach.click();
  await expect(dialog).toBeHidden();
  await expect(window.statusBar).toContainText(`pid ${child.pid}`);
  await window.button('Detach').click();
  await expect(window.state()).toHaveText(/Detached/);
});

test('a run is asked for a CPU profile, and what cannot be attached to says why', async ({ studio }) => {
  const { start, window, page } = studio;
  await start.runScript(studio.script('day-shift.cjs', BUSY));
  await expect(window.state()).toHaveText(/Running/);
  await window.menu('Run', 'Attach…');
  const dialog = page.getByRole('dialog', { name: 'Attach to a running program' });
  await dialog.getByRole('textbox', { name: 'Node programs on this machine' }).fill('day-shift');
  await expect(dialog.getByRole('region', { name: 'Programs' })).toContainText('It is recorded already: it was started by a studio.');
  await expect(dialog.getByRole('button', { name: /^Attach to day-shift/ })).toBeDisabled();
  await dialog.getByRole('button', { name: 'Cancel' }).click();

  const profile = path.join(studio.work, 'day.cpuprofile');
  await studio.answerFile('save', profile, () => window.menu('Run', /^CPU profile/));
  await expect.poll(() => existsSync(profile), { timeout: 30_000 }).toBe(true);
  await expect(window.messages).toContainText('CPU profile saved as day.cpuprofile');
  expect(readFileSync(profile, 'utf8')).toContain('"spin"');
  await window.button('Stop').click();
});
