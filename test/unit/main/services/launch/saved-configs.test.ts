import { readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import type { LaunchConfig } from '../../../../../core/protocol/session-types.ts';
import { SavedConfigs } from '../../../../../main/services/launch/saved-configs.ts';
import { TemporaryFolder } from '../temporary-folder.ts';

let folder: TemporaryFolder;
beforeEach(() => {
  folder = new TemporaryFolder();
});
afterEach(() => folder.remove());

const config = (file: string, more: Partial<LaunchConfig> = {}): LaunchConfig => ({
  target: { kind: 'script', path: file },
  arguments: '',
  cwd: '',
  environment: [],
  nodeFlags: '',
  nodePath: '',
  recordEnvironmentValues: false,
  ...more,
});

test('configurations are kept by project, under their names, without values of variables, and are there at the next start', async () => {
  const file = path.join(folder.path, 'run-configurations.json');
  const saved = new SavedConfigs(file);
  expect(await saved.of('/shop')).toEqual([]);
  await Promise.all([
    saved.keep('/shop', 'with a load', config('/shop/a.js', { arguments: '--load 10', environment: [{ name: 'TOKEN', value: 'secret' }] })),
    saved.keep('/shop', 'plain', config('/shop/a.js')),
    saved.keep('/bank', 'plain', config('/bank/b.js')),
  ]);
  await saved.keep('/shop', 'plain', config('/shop/a.js', { arguments: 'again' }));
  expect(readFileSync(file, 'utf8')).not.toContain('secret');
  const again = new SavedConfigs(file);
  expect(await again.of('/shop')).toEqual([
    { name: 'plain', config: config('/shop/a.js', { arguments: 'again' }) },
    { name: 'with a load', config: config('/shop/a.js', { arguments: '--load 10', environment: [{ name: 'TOKEN', value: '' }] }), forgotten: ['TOKEN'] },
  ]);
  expect(await again.forget('/shop', 'plain')).toHaveLength(1);
  expect(await again.of('/bank')).toEqual([{ name: 'plain', config: config('/bank/b.js') }]);
});

test('there are at most fifty of a project, and what is broken in the file is left out', async () => {
  const file = path.join(folder.path, 'run-configurations.json');
  const good = { name: 'good', config: config('/a.js') };
  writeFileSync(file, JSON.stringify({ projects: [null, { folder: 7 }, { folder: '/a', configs: [good, { name: '' }, { name: 'x', config: {} }, 3] }] }));
  const saved = new SavedConfigs(file);
  expect(await saved.of('/a')).toEqual([good]);
  for (let k = 1; k < 50; k++) await saved.keep('/a', `n${k}`, config('/a.js'));
  await expect(saved.keep('/a', 'one more', config('/a.js'))).rejects.toMatchObject({ code: 'many-configs' });
  await expect(saved.keep('/a', 'n3', config('/b.js'))).resolves.toHaveLength(50);
});
