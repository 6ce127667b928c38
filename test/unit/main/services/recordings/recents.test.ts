import { readFileSync, statSync } from 'node:fs';
import path from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import type { LaunchConfig } from '../../../../../core/protocol/session-types.ts';
import { Recents } from '../../../../../main/services/recordings/recents.ts';
import { TemporaryFolder } from '../temporary-folder.ts';

let folder: TemporaryFolder;
let file: string;
beforeEach(() => {
  folder = new TemporaryFolder();
  file = path.join(folder.path, 'recent.json');
});
afterEach(() => folder.remove());

const config = (script: string, args = ''): LaunchConfig => ({
  target: { kind: 'script', path: script },
  arguments: args,
  cwd: '',
  environment: [],
  nodeFlags: '',
  nodePath: '',
  recordEnvironmentValues: false,
});

test('keeps files and scripts over a restart, the last first, each once', async () => {
  const recents = new Recents(file);
  await Promise.all([
    recents.addFile({ path: '/a.tsr', title: 'a', openedAtMs: 1 }),
    recents.addFile({ path: '/b.tsr', title: 'b', openedAtMs: 2, durationNs: 5 }),
    recents.addFile({ path: '/a.tsr', title: 'a again', openedAtMs: 3 }),
    recents.addScript(config('/x.js', 'old'), 1),
    recents.addScript(config('/y.js'), 2),
    recents.addScript(config('/x.js', 'new'), 3),
  ]);
  const again = new Recents(file);
  expect((await again.files()).map(({ path, title }) => [path, title])).toEqual([
    ['/a.tsr', 'a again'],
    ['/b.tsr', 'b'],
  ]);
  expect((await again.scripts()).map((script) => script.config.arguments)).toEqual(['new', '']);
});

test('refers to a file by an id that a window cannot turn into another path', async () => {
  const recents = new Recents(file);
  await recents.addFile({ path: '/a.tsr', title: 'a', openedAtMs: 1 });
  const [entry] = await recents.files();
  expect(entry?.ref).toMatch(/^file-[0-9a-f]{32}$/);
  await recents.removeFile(entry?.ref ?? '');
  expect(await recents.files()).toEqual([]);
});

test('leaves out entries that are damaged and keeps the others', async () => {
  folder.write(
    'recent.json',
    JSON.stringify({
      files: [null, { path: 7 }, { path: '/ok.tsr', title: 'ok', openedAtMs: 'soon' }],
      scripts: [{ config: {} }, { config: config('/x.js') }],
    }),
  );
  const recents = new Recents(file);
  expect(await recents.files()).toMatchObject([{ path: '/ok.tsr', openedAtMs: 0 }]);
  expect(await recents.scripts()).toMatchObject([{ config: { target: { path: '/x.js' } } }]);
});

test('takes the two fields that became capture options along', async () => {
  const before = { ...config('/x.js'), whenFull: 'live', maskSecrets: false };
  folder.write(
    'recent.json',
    JSON.stringify({ files: [], scripts: [{ config: before }, { config: { ...config('/y.js'), whenFull: 'exact', maskSecrets: true } }] }),
  );
  const [first, second] = await new Recents(file).scripts();
  expect(first?.config).toEqual({ ...config('/x.js'), capture: { whenFull: 'live', maskSecrets: false } });
  expect(second?.config).toEqual(config('/y.js'));
});

test('is for the eyes of its owner alone', async () => {
  await new Recents(file).addScript(config('/x.js', '--password=1'), 1);
  expect(statSync(file).mode & 0o777).toBe(0o600);
  expect(readFileSync(file, 'utf8')).toContain('--password=1');
});

test('writes the names of environment variables, and none of their values', async () => {
  const withSecret = { ...config('/x.js'), environment: [{ name: 'API_TOKEN', value: 'hush-hush' }] };
  const recents = new Recents(file);
  await recents.addScript(withSecret, 1);
  expect((await recents.scripts())[0]?.config).toEqual(withSecret);
  expect(readFileSync(file, 'utf8')).not.toContain('hush-hush');
  expect((await new Recents(file).scripts())[0]?.config.environment).toEqual([{ name: 'API_TOKEN', value: '' }]);
});

test('forgets the values that an earlier version wrote', async () => {
  const withSecret = { ...config('/x.js'), environment: [{ name: 'API_TOKEN', value: 'hush-hush' }] };
  folder.write('recent.json', JSON.stringify({ files: [], scripts: [{ config: withSecret, usedAtMs: 1 }] }));
  await new Recents(file).addScript(config('/y.js'), 2);
  const written = readFileSync(file, 'utf8');
  expect(written).toContain('API_TOKEN');
  expect(written).not.toContain('hush-hush');
});

test('tells which variables had a value that is not there any more, also after a second restart', async () => {
  const environment = [
    { name: 'API_TOKEN', value: 'hush-hush' },
    { name: 'EMPTY', value: '' },
  ];
  const recents = new Recents(file);
  await recents.addScript({ ...config('/x.js'), environment }, 1);
  expect((await recents.scripts())[0]).not.toHaveProperty('forgotten');
  const again = new Recents(file);
  expect((await again.scripts())[0]?.forgotten).toEqual(['API_TOKEN']);
  await again.addScript(config('/y.js'), 2);
  expect((await new Recents(file).scripts())[1]?.forgotten).toEqual(['API_TOKEN']);
});
