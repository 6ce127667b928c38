import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { findChromium, findOrInstallChromium } from '../../../helpers/find-chromium.mjs';

let folder: string;
const here = (...parts: string[]) => path.join(folder, ...parts);
function program(...parts: string[]): string {
  const file = here(...parts);
  mkdirSync(path.dirname(file), { recursive: true });
  writeFileSync(file, '');
  chmodSync(file, 0o755);
  return file;
}
/** Nothing of this machine is looked at. */
const places = (environment: Record<string, string> = {}) => ({
  environment: { PATH: [here('first'), here('bin')].join(path.delimiter), ...environment },
  fixed: [here('Applications', 'Chrome')],
  playwrightPath: here('browsers', 'chromium-1255', 'chrome-linux64', 'chrome'),
});

beforeEach(() => {
  folder = mkdtempSync(path.join(os.tmpdir(), 'find-chromium-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

describe('which Chromium the tests use', () => {
  it('takes the named one, then one on PATH, then one at a known place, then Playwright’s whole one, then its headless shell', async () => {
    await expect(findChromium(places())).resolves.toBeUndefined();
    const shell = program('browsers', 'chromium_headless_shell-1255', 'chrome-headless-shell-linux64', 'chrome-headless-shell');
    program('browsers', 'chromium_headless_shell-1', 'chrome-headless-shell-linux64', 'chrome-headless-shell');
    await expect(findChromium(places())).resolves.toBe(shell);
    const whole = program('browsers', 'chromium-1255', 'chrome-linux64', 'chrome');
    await expect(findChromium(places())).resolves.toBe(whole);
    const fixed = program('Applications', 'Chrome');
    await expect(findChromium(places())).resolves.toBe(fixed);
    const system = program('bin', 'chromium');
    await expect(findChromium(places())).resolves.toBe(system);
    const named = program('mine', 'my-chromium');
    await expect(findChromium(places({ PLAYWRIGHT_CHROMIUM_PATH: named }))).resolves.toBe(named);
  });

  it('says so where the named one is not there', async () => {
    program('bin', 'chromium');
    await expect(findChromium(places({ PLAYWRIGHT_CHROMIUM_PATH: here('gone') }))).rejects.toThrow(/PLAYWRIGHT_CHROMIUM_PATH names .*gone/);
  });
});

describe('installing one', () => {
  it('uses the headless shell that Playwright downloads', async () => {
    const asked: string[] = [];
    const spawn = (command: string, args: readonly string[]) => {
      asked.push([path.basename(command), ...args].join(' '));
      if (args.includes('install')) program('browsers', 'chromium_headless_shell-1255', 'chrome-headless-shell-linux64', 'chrome-headless-shell');
      return { status: 0 };
    };
    await expect(findOrInstallChromium({ ...places(), spawn, apt: here('no-apt') })).resolves.toMatch(/chromium_headless_shell-1255/);
    expect(asked[0]).toMatch(/playwright\/cli\.js install chromium-headless-shell$/);
  });

  it.runIf(process.platform === 'linux' && process.getuid?.() === 0)(
    'asks apt-get where the download fails, or does not start for want of libraries (needs root on Linux, as apt-get does)',
    async () => {
      for (const downloads of [false, true]) {
        rmSync(here('bin'), { recursive: true, force: true });
        const spawn = (command: string, args: readonly string[]) => {
          if (args.includes('chromium-headless-shell') && downloads) program('browsers', 'chromium_headless_shell-1255', 'x', 'chrome-headless-shell');
          if (path.basename(command) === 'apt-get' && args.includes('chromium')) program('bin', 'chromium');
          return { status: command.includes('headless_shell') ? 127 : 0 };
        };
        await expect(findOrInstallChromium({ ...places(), spawn, apt: program('apt-get') })).resolves.toBe(here('bin', 'chromium'));
      }
    },
  );

  it('ends with one sentence where nothing helped', async () => {
    await expect(findOrInstallChromium({ ...places(), spawn: () => ({ status: 1 }), apt: here('no-apt') })).rejects.toThrow(/need a Chromium.*Install one/);
  });
});
