/**
 * Which file the first word of a plugin's text means: as the tracer finds it in the target, but before the launch, so that
 * nothing runs that the user has not seen.
 */
import { readFile, stat } from 'node:fs/promises';
import { createRequire } from 'node:module';
import path from 'node:path';
import { builtInName } from '../../../core/plugin-api/built-in-name.ts';
import { PLUGIN_EXTENSIONS } from './plugin-file.ts';

export interface FindPlaces {
  readonly scriptFolder: string;
  readonly cwd: string;
  readonly home: string;
  /** Names of the built-in ones: `cpu_usage`. */
  readonly builtIns: readonly string[];
}

export type FoundModule = { readonly kind: 'file'; readonly file: string } | { readonly kind: 'built-in'; readonly name: string };

/** Relative to the script's folder, then to the working folder, then a package from there, then built in. */
export async function findPluginModule(module: string, places: FindPlaces): Promise<FoundModule | undefined> {
  const word = module.replace(/^~(?=$|[\\/])/, places.home);
  // Dots in place of slashes, as the original has them.
  const words = /^\w+(\.\w+)+$/.test(word) ? [word, word.replaceAll('.', '/')] : [word];
  const folders = [...new Set([places.scriptFolder, places.cwd])];
  for (const find of [(folder: string, each: string) => asFile(path.resolve(folder, each)), (folder: string, each: string) => asPackage(each, folder)]) {
    for (const folder of folders) {
      for (const each of words) {
        const file = await find(folder, each);
        if (file !== undefined) return { kind: 'file', file };
      }
    }
  }
  const name = builtInName(module);
  return name !== undefined && places.builtIns.includes(name) ? { kind: 'built-in', name } : undefined;
}

async function asFile(file: string): Promise<string | undefined> {
  for (const extension of ['', ...PLUGIN_EXTENSIONS]) {
    if ((await stat(file + extension).catch(() => undefined))?.isFile()) return file + extension;
  }
  return undefined;
}

/** A package, or a folder with an entry. */
async function asPackage(word: string, folder: string): Promise<string | undefined> {
  try {
    const found = createRequire(path.join(folder, 'noop.js')).resolve(word);
    return path.isAbsolute(found) ? found : undefined; // `fs` and the like are Node's own.
  } catch (error) {
    return (error as { code?: string }).code === 'ERR_PACKAGE_PATH_NOT_EXPORTED' ? importOnly(word, folder) : undefined;
  }
}

/** The entry of a package that is for `import` alone, which `require.resolve` does not tell. */
async function importOnly(name: string, folder: string): Promise<string | undefined> {
  for (let current = folder; ; current = path.dirname(current)) {
    const home = path.join(current, 'node_modules', name);
    const text = await readFile(path.join(home, 'package.json'), 'utf8').catch(() => undefined);
    if (text !== undefined) {
      const { exports } = JSON.parse(text) as { exports?: unknown };
      const entry = entryOf(exports);
      return entry === undefined ? undefined : path.join(home, entry);
    }
    if (path.dirname(current) === current) return undefined;
  }
}

function entryOf(exports: unknown): string | undefined {
  if (typeof exports === 'string') return exports;
  if (typeof exports !== 'object' || exports === null) return undefined;
  const conditions = exports as Record<string, unknown>;
  for (const key of ['.', 'node', 'import', 'module-sync', 'default']) {
    const entry = key in conditions ? entryOf(conditions[key]) : undefined;
    if (entry !== undefined) return entry;
  }
  return undefined;
}
