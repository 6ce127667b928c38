import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { findElectron } from '../../../../main/cli/electron-binary.ts';
import { TemporaryFolder } from '../services/temporary-folder.ts';

let folder: TemporaryFolder;
beforeEach(() => {
  folder = new TemporaryFolder();
  vi.stubEnv('DISPLAY', ':0');
  vi.spyOn(process, 'getuid').mockReturnValue(1000);
});
afterEach(() => {
  vi.unstubAllEnvs();
  vi.restoreAllMocks();
  folder.remove();
});

const find = () => findElectron({ from: [folder.path], fetch: false, say: () => {} });
const installPackage = () => folder.write('node_modules/electron/package.json', '{"name":"electron","version":"45.0.0"}');

test.runIf(process.platform === 'linux')('is not looked for without a display, and not started by root', async () => {
  installPackage();
  vi.spyOn(process, 'getuid').mockReturnValue(0);
  expect(await find()).toEqual({ kind: 'absent', why: "Electron's sandbox does not work for root" });
  vi.stubEnv('DISPLAY', '');
  vi.stubEnv('WAYLAND_DISPLAY', '');
  expect(await find()).toEqual({ kind: 'absent', why: 'there is no display' });
});

test('is absent where its package is not installed', async () => {
  expect(await find()).toEqual({ kind: 'absent', why: 'Electron is not installed' });
});

test('is absent while its binary is', async () => {
  installPackage();
  expect(await find()).toMatchObject({ kind: 'absent', why: expect.stringContaining('npx install-electron') });
  folder.write('node_modules/electron/path.txt', 'electron');
  expect(await find()).toMatchObject({ kind: 'absent' });
});

test('is ready with its binary', async () => {
  installPackage();
  folder.write('node_modules/electron/path.txt', 'electron\n');
  const file = folder.write('node_modules/electron/dist/electron', '', 0o755);
  expect(await find()).toEqual({ kind: 'ready', file });
});
