/** Finds a program on a PATH, as spawn without a shell would, but telling what it found. */
import { constants } from 'node:fs';
import { access, stat } from 'node:fs/promises';
import path from 'node:path';

/** Extensions that Windows tries; the empty one is for names that carry theirs. */
const windowsExtensions = (environment: Readonly<Record<string, string | undefined>>): readonly string[] =>
  ['', ...(environment.PATHEXT ?? '.EXE;.CMD;.BAT').split(';')].map((extension) => extension.toLowerCase());

export async function isExecutableFile(file: string): Promise<boolean> {
  try {
    if (!(await stat(file)).isFile()) return false;
    await access(file, constants.X_OK);
    return true;
  } catch {
    return false; // Not there or not ours to run: for the caller the same.
  }
}

/** PATH of an environment, whatever its case (Windows says Path). */
export function pathVariable(environment: Readonly<Record<string, string | undefined>>): { readonly name: string; readonly value: string } {
  const name = Object.keys(environment).find((key) => key.toUpperCase() === 'PATH') ?? 'PATH';
  return { name, value: environment[name] ?? '' };
}

/** Absolute path of `name`: looked up in PATH, or relative to `cwd` when it has a separator. Undefined when there is none. */
export async function findProgram(name: string, cwd: string, environment: Readonly<Record<string, string | undefined>>): Promise<string | undefined> {
  const hasFolder = name.includes('/') || (process.platform === 'win32' && name.includes('\\'));
  const folders = hasFolder
    ? [cwd]
    : pathVariable(environment)
        .value.split(path.delimiter)
        .filter((folder) => folder !== '');
  const extensions = process.platform === 'win32' ? windowsExtensions(environment) : [''];
  for (const folder of folders) {
    for (const extension of extensions) {
      const candidate = path.resolve(cwd, folder, name + extension);
      if (await isExecutableFile(candidate)) return candidate;
    }
  }
  return undefined;
}
