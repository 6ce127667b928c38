/** A folder that electron-builder takes for Electron: the files that it asks for, and a text file with fuses as the executable. */
import { chmodSync, mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';

/** Marks the place of the fuses in Electron's executable; version and count of fuses follow, then one digit for each. */
const FUSE_SENTINEL = 'dL7pKGdnNz796PbbjQWNKmHXBZaB9tsX';
const FUSES = 9;

export function makeElectronDist(folder: string, version: string): void {
  mkdirSync(path.join(folder, 'locales'), { recursive: true });
  mkdirSync(path.join(folder, 'resources'));
  const fuses = Buffer.concat([Buffer.from(FUSE_SENTINEL), Buffer.from([1, FUSES]), Buffer.from('1'.repeat(FUSES))]);
  writeFileSync(path.join(folder, 'electron'), Buffer.concat([Buffer.from('not Electron, but a file in its place\n'), fuses, Buffer.from('\n')]));
  for (const program of ['chrome-sandbox', 'chrome_crashpad_handler']) writeFileSync(path.join(folder, program), '');
  for (const program of ['electron', 'chrome-sandbox', 'chrome_crashpad_handler']) chmodSync(path.join(folder, program), 0o755);
  writeFileSync(path.join(folder, 'version'), version);
  for (const text of ['LICENSE', 'LICENSES.chromium.html', 'locales/en-US.pak']) writeFileSync(path.join(folder, text), '');
}
