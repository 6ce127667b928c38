// Where a Chromium is, or how to get one. Plain JavaScript: the test command itself uses it before anything is built.
import { spawnSync } from 'node:child_process';
import { accessSync, constants, existsSync, readdirSync } from 'node:fs';
import path from 'node:path';

const NAMES = ['chromium', 'chromium-browser', 'google-chrome', 'google-chrome-stable', 'chrome'];
const FIXED = ['/Applications/Google Chrome.app/Contents/MacOS/Google Chrome', 'C:\\Program Files\\Google\\Chrome\\Application\\chrome.exe'];
const SHELL_NAMES = ['chrome-headless-shell', 'chrome-headless-shell.exe', 'headless_shell'];

function isExecutable(file) {
  try {
    accessSync(file, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}

/**
 * Path of a Chromium: PLAYWRIGHT_CHROMIUM_PATH, then the system's, then one that Playwright downloaded, whole or headless; undefined
 * when there is none. `playwrightPath`: where Playwright would keep a whole one.
 */
export async function findChromium({ environment = process.env, fixed = FIXED, playwrightPath = undefined } = {}) {
  const named = environment.PLAYWRIGHT_CHROMIUM_PATH;
  if (named) {
    if (isExecutable(named)) return named;
    throw new Error(`PLAYWRIGHT_CHROMIUM_PATH names ${named}, which is not there or cannot be executed. Unset it, or point it at a Chromium.`);
  }
  for (const folder of (environment.PATH ?? '').split(path.delimiter)) {
    for (const name of NAMES) if (isExecutable(path.join(folder, name))) return path.join(folder, name);
  }
  for (const file of fixed) if (isExecutable(file)) return file;
  const whole = playwrightPath ?? (await import('playwright')).chromium.executablePath();
  return existsSync(whole) ? whole : headlessShellBeside(whole);
}

/** Playwright knows the path of a whole Chromium only; the smaller headless shell, which is what we download, lies in a folder beside. */
function headlessShellBeside(whole) {
  const parts = whole.split(path.sep);
  const at = parts.findLastIndex((part) => /^chromium-\d+$/.test(part));
  if (at < 0) return undefined;
  const folder = [...parts.slice(0, at), parts[at].replace('chromium-', 'chromium_headless_shell-')].join(path.sep);
  const inside = existsSync(folder) ? readdirSync(folder) : [];
  const candidates = inside.flatMap((name) => SHELL_NAMES.map((shell) => path.join(folder, name, shell)));
  return candidates.find(isExecutable);
}

/** As findChromium; where there is none installs one: Playwright's download, else apt-get as root on Debian. Throws one clear sentence. */
export async function findOrInstallChromium({ spawn = spawnSync, apt = '/usr/bin/apt-get', ...where } = {}) {
  const found = await findChromium(where);
  if (found) return found;
  console.log('No Chromium here: trying to install one (Playwright’s download first).');
  const attempts = [[process.execPath, ['node_modules/playwright/cli.js', 'install', 'chromium-headless-shell']]];
  if (process.platform === 'linux' && process.getuid?.() === 0 && existsSync(apt)) {
    attempts.push([apt, ['update', '-qq']], [apt, ['install', '-y', '-qq', 'chromium']]);
  }
  for (const [command, args] of attempts) {
    spawn(command, args, { stdio: ['ignore', 'ignore', 'inherit'], timeout: 300_000, env: { ...process.env, DEBIAN_FRONTEND: 'noninteractive' } });
    const now = await findChromium(where);
    if (now && starts(now, spawn)) return now;
  }
  throw new Error(
    'The end-to-end tests need a Chromium, and none could be found or installed. Install one and run again, or name it in PLAYWRIGHT_CHROMIUM_PATH.',
  );
}

/** A download on a bare system lacks libraries and starts nothing; that of the distribution brings them. Elsewhere `--version` opens a window. */
const starts = (file, spawn) => process.platform !== 'linux' || spawn(file, ['--version'], { stdio: 'ignore', timeout: 60_000 }).status === 0;
