import { chmodSync, existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { hasDisplay, openBrowser } from '../../../../main/cli/browser.ts';

let folder: string;
const pidFile = () => path.join(folder, 'pid');
beforeEach(() => {
  folder = mkdtempSync(path.join(os.tmpdir(), 'browser-'));
});
afterEach(() => {
  vi.unstubAllEnvs();
  if (existsSync(pidFile())) process.kill(Number(readFileSync(pidFile(), 'utf8')), 'SIGKILL');
  rmSync(folder, { recursive: true, force: true });
});

/** The only xdg-open there is, on a machine with a display. */
function fakeOpener(lines: string): void {
  const file = path.join(folder, 'xdg-open');
  writeFileSync(file, `#!/bin/sh\n${lines}\n`);
  chmodSync(file, 0o755);
}

describe.runIf(process.platform === 'linux')('openBrowser', () => {
  beforeEach(() => {
    vi.stubEnv('DISPLAY', ':99');
    vi.stubEnv('PATH', folder);
  });

  test('hands the link to the opener', async () => {
    fakeOpener(`echo "$1" > '${folder}/link'`);
    expect(await openBrowser('http://127.0.0.1:1/?token=a')).toBe(true);
    expect(readFileSync(path.join(folder, 'link'), 'utf8')).toBe('http://127.0.0.1:1/?token=a\n');
  });

  test('does not wait for an opener that is the browser itself', async () => {
    fakeOpener(`echo $$ > '${pidFile()}'; exec /bin/sleep 600`);
    expect(await openBrowser('http://127.0.0.1:1/')).toBe(true);
    await expect.poll(() => existsSync(pidFile()) && readFileSync(pidFile(), 'utf8')).toMatch(/\d+\n/);
    expect(process.kill(Number(readFileSync(pidFile(), 'utf8')), 0)).toBe(true);
  });

  test('tells that an opener failed, and that there is none', async () => {
    fakeOpener('exit 3');
    expect(await openBrowser('http://127.0.0.1:1/')).toBe(false);
    vi.stubEnv('PATH', path.join(folder, 'nowhere'));
    expect(await openBrowser('http://127.0.0.1:1/')).toBe(false);
  });
});

test('without a display there is nobody to see a browser', async () => {
  expect(hasDisplay({}, 'linux')).toBe(false);
  expect(hasDisplay({ WAYLAND_DISPLAY: 'wayland-0' }, 'linux')).toBe(true);
  expect(hasDisplay({}, 'darwin')).toBe(true);
});
