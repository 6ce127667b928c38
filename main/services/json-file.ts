/** A small JSON file of ours: read with a check, written whole by temporary file and rename. */
import { randomUUID } from 'node:crypto';
import { mkdir, open, readFile, rename, rm } from 'node:fs/promises';
import path from 'node:path';

/** Undefined when the file is not there, is not JSON or is refused by `check`: a damaged file of settings must not stop the studio. */
export async function readJsonFile<T>(file: string, check: (value: unknown) => T | undefined): Promise<T | undefined> {
  try {
    return check(JSON.parse(await readFile(file, 'utf8')));
  } catch {
    // Missing, cut or not ours: the caller goes on with its defaults and the next write puts it right.
    return undefined;
  }
}

/** Readers see the old content or the new one, never a part. For the owner's eyes only (0600): it may name paths and arguments. */
export async function writeJsonFile(file: string, value: unknown): Promise<void> {
  await mkdir(path.dirname(file), { recursive: true, mode: 0o700 });
  const temporary = `${file}.${process.pid}-${randomUUID().slice(0, 8)}.tmp`;
  try {
    const handle = await open(temporary, 'wx', 0o600);
    try {
      await handle.writeFile(`${JSON.stringify(value, undefined, 2)}\n`);
      await handle.sync();
    } finally {
      await handle.close();
    }
    await rename(temporary, file);
  } catch (error) {
    await rm(temporary, { force: true });
    throw error;
  }
}
