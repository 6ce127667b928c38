/** Is Electron there? Never by `require('electron')`: without its binary that tries a download and throws. */
import { spawn } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { connect } from 'node:net';
import path from 'node:path';
import { hasDisplay } from './browser.ts';

export type ElectronBinary = { readonly kind: 'ready'; readonly file: string } | { readonly kind: 'absent'; readonly why: string };

/** From the installation first, then from the user's folder: a packed Trace Studio brings no Electron and uses the project's. */
function findElectronPackage(from: readonly string[]): string | undefined {
  for (const folder of from) {
    try {
      return path.dirname(createRequire(path.join(folder, 'package.json')).resolve('electron/package.json'));
    } catch {
      // Not installed there.
    }
  }
  return undefined;
}

function binaryOf(electronPackage: string): string | undefined {
  const named = path.join(electronPackage, 'path.txt');
  if (!existsSync(named)) return undefined;
  const file = path.join(process.env.ELECTRON_OVERRIDE_DIST_PATH ?? path.join(electronPackage, 'dist'), readFileSync(named, 'utf8').trim());
  return existsSync(file) ? file : undefined;
}

/** `fetch`: the package's own download may be tried (`npm start` in a terminal). */
export async function findElectron(options: {
  readonly from: readonly string[];
  readonly fetch: boolean;
  readonly say: (line: string) => void;
}): Promise<ElectronBinary> {
  const absent = (why: string): ElectronBinary => ({ kind: 'absent', why });
  if (!hasDisplay()) return absent('there is no display');
  const electronPackage = findElectronPackage(options.from);
  if (electronPackage === undefined) return absent('Electron is not installed');
  if (process.platform === 'linux' && process.getuid?.() === 0) return absent("Electron's sandbox does not work for root");
  const present = binaryOf(electronPackage);
  if (present !== undefined) return { kind: 'ready', file: present };
  if (!options.fetch) return absent("Electron's binary is not there (npx install-electron fetches it)");
  const host = downloadHost();
  if (!(await isReachable(host))) return absent(`Electron's binary is not there and ${host} cannot be reached`);
  options.say('Fetching the Electron binary, once, about 110 MB. Ctrl+C leaves it and everything else.');
  await download(electronPackage);
  const fetched = binaryOf(electronPackage);
  return fetched === undefined ? absent("Electron's binary could not be fetched") : { kind: 'ready', file: fetched };
}

function downloadHost(): string {
  const mirror = process.env.ELECTRON_MIRROR ?? process.env.npm_config_electron_mirror;
  return mirror !== undefined && URL.canParse(mirror) ? new URL(mirror).hostname : 'github.com';
}

const REACH_MS = 4000;
/** A slow line takes minutes; a line that hangs must not keep the studio from opening for ever. */
const DOWNLOAD_MS = 180_000;

function isReachable(host: string): Promise<boolean> {
  // Behind a proxy only the proxy knows; the download itself will tell.
  if (process.env.HTTPS_PROXY || process.env.https_proxy) return Promise.resolve(true);
  return new Promise((resolve) => {
    const socket = connect({ host, port: 443, timeout: REACH_MS });
    const end = (answer: boolean) => {
      clearTimeout(timer);
      socket.destroy();
      resolve(answer);
    };
    // The socket's own timeout does not cover a name look-up that hangs.
    const timer = setTimeout(() => end(false), REACH_MS);
    socket.once('connect', () => end(true));
    socket.once('error', () => end(false));
  });
}

function download(electronPackage: string): Promise<void> {
  return new Promise((resolve) => {
    const child = spawn(process.execPath, [path.join(electronPackage, 'install.js')], { stdio: 'ignore' });
    const timer = setTimeout(() => child.kill(), DOWNLOAD_MS);
    const end = () => {
      clearTimeout(timer);
      resolve();
    };
    child.once('exit', end);
    child.once('error', end);
  });
}
