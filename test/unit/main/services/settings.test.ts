import { chmodSync, readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { DEFAULT_SETTINGS } from '../../../../core/protocol/studio-api.ts';
import { SettingsStore } from '../../../../main/services/settings.ts';
import { TemporaryFolder } from './temporary-folder.ts';

let folder: TemporaryFolder;
let file: string;
beforeEach(() => {
  folder = new TemporaryFolder();
  file = path.join(folder.path, 'settings.json');
});
afterEach(() => folder.remove());

test('begins with the defaults and keeps changes over a restart', async () => {
  const store = new SettingsStore(file);
  expect(await store.get()).toEqual(DEFAULT_SETTINGS);
  await store.set({ theme: 'dark' });
  await store.set({ sidebarWidth: 300 });
  expect(await new SettingsStore(file).get()).toEqual({ ...DEFAULT_SETTINGS, theme: 'dark', sidebarWidth: 300 });
});

test.each(['', '{', 'null', '[]', '7', '"text"'])('a file that holds %j means the defaults', async (content) => {
  folder.write('settings.json', content);
  expect(await new SettingsStore(file).get()).toEqual(DEFAULT_SETTINGS);
});

test('a wrong field falls back alone, an unknown one is dropped', async () => {
  folder.write('settings.json', JSON.stringify({ theme: 'purple', density: 'comfortable', sidebarWidth: -1, mystery: 1 }));
  expect(await new SettingsStore(file).get()).toEqual({ ...DEFAULT_SETTINGS, density: 'comfortable' });
});

test('changes at the same time all arrive, and no temporary file stays', async () => {
  const store = new SettingsStore(file);
  await Promise.all([store.set({ theme: 'light' }), store.set({ drawerHeight: 99 }), store.set({ inspectorWidth: 77 })]);
  expect(JSON.parse(readFileSync(file, 'utf8'))).toEqual({ ...DEFAULT_SETTINGS, theme: 'light', drawerHeight: 99, inspectorWidth: 77 });
  expect(readdirSync(folder.path)).toEqual(['settings.json']);
});

test('a folder that cannot be written is told', async ({ skip }) => {
  skip(process.getuid?.() === 0, 'root may write into any folder');
  chmodSync(folder.path, 0o500);
  await expect(new SettingsStore(file).set({ theme: 'dark' })).rejects.toThrow(/EACCES/);
  chmodSync(folder.path, 0o700);
});
