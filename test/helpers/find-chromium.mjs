// Where a Chromium is, or how to get one. Plain JavaScript: the test command itself uses it before anything is built.
import { spawnSync } from 'node:child_process';
import { accessSync, constants, existsSync } from 'node:fs';
import path from 'node:path';

const NAMES = ['chromium', 'chromium-browser', 'google-chrome', 'google-chrome-stable', 'chrome'];
const FIXED = ['/Applications/Google Chrome.app/Contents/MacOS/Google Chrome', 'C:\\Program Files\\Google\\Chrome\\Application\\chrome.exe'];

function isExecutable(file) {
  try {
    accessSync(file, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}

/** Path of a Chromium: PLAYWRIGHT_CHROMIUM_PATH, then the system's, then Playwright's own; undefined when there is none. */
export async function findChromium() {
  const named = process.env.PLAYWRIGHT_CHROMIUM_PATH;
  if (named) {
    if (isExecutable(named)) return named;
    throw new Error(`PLAYWRIGHT_CHROMIUM_PATH names ${named}, which is not there or cannot be executed. Unset it, or point it at a Chromium.`);
  }
  for (const folder of (process.env.PATH ?? '').split(path.delimiter)) {
    for (const name of NAMES) if (isExecutable(path.join(folder, name))) return path.join(folder, name);
  }
  for (const file of FIXED) if (isExecutable(file)) return file;
  const { chromium } = await import('playwright');
  return existsSync(chromium.executablePath()) ? chromium.executablePath() : undefined;
}

/** As findChromium; where there is none installs one: Playwright's download, else apt-get as root on Debian. Throws one clear sentence. */
export async function findOrInstallChromium() {
  const found = await findChromium();
  if (found) return found;
  console.log('No Chromium here: trying to install one (Playwright’s download first).');
  const attempts = [[process.execPath, ['node_modules/playwright/cli.js', 'install', 'chromium-headless-shell']]];
  if (process.platform === 'linux' && process.getuid?.() === 0 && existsSync('/usr/bin/apt-get')) {
    attempts.push(['/usr/bin/apt-get', ['update', '-qq']], ['/usr/bin/apt-get', ['install', '-y', '-qq', 'chromium']]);
  }
  for (const [command, args] of attempts) {
    spawnSync(command, args, { stdio: ['ignore', 'ignore', 'inherit'], timeout: 300_000, env: { ...process.env, DEBIAN_FRONTEND: 'noninteractive' } });
    const now = await findChromium();
    if (now) return now;
  }
  throw new Error(
    'The end-to-end tests need a Chromium, and none could be found or installed. Install one and run again, or name it in PLAYWRIGHT_CHROMIUM_PATH.',
  );
}
