import { existsSync, readdirSync, readFileSync, utimesSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { TRACER_KEPT_DAYS, TracerInstall } from '../../../../main/services/tracer-install.ts';
import { TemporaryFolder } from './temporary-folder.ts';

let folder: TemporaryFolder;
beforeEach(() => {
  folder = new TemporaryFolder();
  folder.write('source/preload.cjs', 'preload');
  folder.write('source/tracer.cjs', 'tracer one');
  folder.write('source/tracer.cjs.map', 'a map');
});
afterEach(() => folder.remove());

const install = () => new TracerInstall({ source: path.join(folder.path, 'source'), dataFolder: path.join(folder.path, 'data'), version: '1.2.3' });
const installed = () => readdirSync(path.join(folder.path, 'data/tracer')).filter((name) => !name.startsWith('.'));

test('copies everything but source maps to a folder named by version and content', async () => {
  const copied = await install().folder();
  expect(path.basename(copied)).toMatch(/^1\.2\.3-[0-9a-f]{12}$/);
  expect(
    readdirSync(copied)
      .filter((name) => !name.startsWith('.'))
      .sort(),
  ).toEqual(['preload.cjs', 'tracer.cjs']);
});

test('uses one copy again, also when several start at once', async () => {
  const [one, two, three] = await Promise.all([install().folder(), install().folder(), install().folder()]);
  expect(new Set([one, two, three]).size).toBe(1);
  expect(await install().folder()).toBe(one);
  expect(installed()).toHaveLength(1);
});

test('makes another copy for another content, and leaves the old one to those that use it', async () => {
  const one = await install().folder();
  folder.write('source/tracer.cjs', 'tracer two');
  const two = await install().folder();
  expect(two).not.toBe(one);
  expect(readFileSync(path.join(one, 'tracer.cjs'), 'utf8')).toBe('tracer one');
});

test('does not trust a damaged copy, and does not touch it either', async () => {
  const one = await install().folder();
  writeFileSync(path.join(one, 'tracer.cjs'), 'cut');
  const two = await install().folder();
  expect(two).not.toBe(one);
  expect(readFileSync(path.join(two, 'tracer.cjs'), 'utf8')).toBe('tracer one');
  expect(readFileSync(path.join(one, 'tracer.cjs'), 'utf8')).toBe('cut');
});

test('copies again when the copy was removed while the studio runs', async () => {
  const tracer = install();
  const one = await tracer.folder();
  folder.remove();
  folder.write('source/preload.cjs', 'preload');
  folder.write('source/tracer.cjs', 'tracer one');
  expect(await tracer.folder()).toBe(one);
  expect(existsSync(path.join(one, 'tracer.cjs'))).toBe(true);
});

test('cleans copies that no launch has used for 30 days, never its own', async () => {
  const old = await install().folder();
  folder.write('source/tracer.cjs', 'tracer two');
  const tracer = install();
  const current = await tracer.folder();
  const long = new Date(Date.now() - (TRACER_KEPT_DAYS + 1) * 86_400_000);
  for (const copy of [old, current]) utimesSync(path.join(copy, '.last-used'), long, long);
  await tracer.clean();
  expect(installed()).toEqual([path.basename(current)]);
});

test('says in words when there is nothing to copy or nowhere to copy to', async () => {
  const absent = new TracerInstall({ source: path.join(folder.path, 'nowhere'), dataFolder: folder.path, version: '1.2.3' });
  await expect(absent.folder()).rejects.toMatchObject({ code: 'tracer-missing', remedy: expect.any(String) });
  folder.write('data', 'a file where the folder should be');
  await expect(install().folder()).rejects.toMatchObject({ code: 'tracer-not-installed', remedy: expect.any(String) });
});
