/** Removing by single calls: `rmSync` takes milliseconds for a folder of two files, between the script's end and ours. */
import { readdirSync, rmdirSync, rmSync, unlinkSync } from 'node:fs';
import path from 'node:path';

/** One that is not there is no failure. */
export function removeFile(file: string): void {
  try {
    unlinkSync(file);
  } catch {
    rmSync(file, { force: true });
  }
}

/** With what is in it. One that is not there is no failure. */
export function removeFolder(folder: string): void {
  try {
    for (const name of readdirSync(folder)) unlinkSync(path.join(folder, name));
    rmdirSync(folder);
  } catch {
    // Folders in it, or something else removes from it now.
    rmSync(folder, { recursive: true, force: true });
  }
}
