import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';
import { builtInName } from '../../plugin-api/built-in-name.ts';
import { moduleOf } from '../../plugin-api/loaded-plugin.ts';
import { PluginProblem } from '../../plugin-api/plugin-failure.ts';
import type { PluginLaunch } from '../../protocol/plugins.ts';

const EXTENSIONS = ['.js', '.mjs', '.cjs', '.ts', '.mts', '.cts'];

/**
 * Where the module of a plugin lies: beside the script, in the working directory, as a package that either of the two finds, or
 * built in. Throws a `PluginProblem` if it is nowhere.
 *
 * Names may have dots in place of slashes, as the original has them: `my.plugin` is looked for as that, then as `my/plugin`.
 */
export function findModule(plugin: PluginLaunch, script: string | undefined, cwd: string, tracerFolder: string): string {
  if (plugin.file !== undefined) return plugin.file;
  const name = moduleOf(plugin.spec);
  const folders = [...new Set([...(script === undefined ? [] : [path.dirname(path.resolve(cwd, script))]), cwd])];
  const dotted = /^\w+(\.\w+)+$/.test(name) ? name.replaceAll('.', '/') : undefined;
  for (const folder of folders) {
    for (const one of [name, dotted]) {
      const file = one === undefined ? undefined : fileAt(path.resolve(folder, one));
      if (file !== undefined) return file;
    }
  }
  if (!/^(?:\.{0,2}[\\/]|[A-Za-z]:)/.test(name)) {
    for (const folder of folders) {
      const file = packageFile(folder, name) ?? (dotted && packageFile(folder, dotted));
      if (file) return file;
    }
  }
  const builtIn = builtInName(name);
  const built = path.join(tracerFolder, 'plugins');
  if (builtIn !== undefined) {
    const file = path.join(built, `${builtIn}.cjs`);
    if (existsSync(file)) return file;
  }
  const others = name.startsWith('vizplugins') ? `; built in are ${builtIns(built).join(', ')}` : '';
  throw new PluginProblem(`There's no module named ${name}, maybe you need to install it (looked for in ${folders.join(' and ')})${others}`);
}

function builtIns(folder: string): string[] {
  try {
    return readdirSync(folder).flatMap((file) => (file.endsWith('.cjs') ? [`vizplugins.${file.slice(0, -'.cjs'.length)}`] : []));
  } catch {
    return [];
  }
}

/** The file itself, with an extension, or what a folder of that name stands for. */
function fileAt(base: string): string | undefined {
  if (isFile(base)) return base;
  const own = EXTENSIONS.map((extension) => base + extension).find(isFile);
  if (own !== undefined) return own;
  if (!existsSync(base)) return undefined;
  return mainOf(base) ?? EXTENSIONS.map((extension) => path.join(base, `index${extension}`)).find(isFile);
}

function isFile(file: string): boolean {
  return statSync(file, { throwIfNoEntry: false })?.isFile() === true;
}

function packageFile(folder: string, name: string): string | undefined {
  const require = createRequire(path.join(folder, 'plugin.js'));
  try {
    const file = require.resolve(name);
    return path.isAbsolute(file) ? file : undefined; // `fs`, `test`: Node's own modules are no plugins.
  } catch {
    // Not there; or a package for `import` alone, which require does not resolve.
  }
  const homes = require.resolve.paths(name) ?? [];
  return homes.map((home) => path.join(home, name)).flatMap((home) => (existsSync(home) ? (mainOf(home) ?? []) : []))[0];
}

/** What package.json of a folder names as its main file. */
function mainOf(folder: string): string | undefined {
  try {
    const { exports, main } = JSON.parse(readFileSync(path.join(folder, 'package.json'), 'utf8')) as { exports?: unknown; main?: unknown };
    const target = exportOf(exports) ?? main;
    return typeof target === 'string' ? fileAt(path.join(folder, target)) : undefined;
  } catch {
    return undefined;
  }
}

/** The file that `exports` gives for the package itself. */
function exportOf(exports: unknown): unknown {
  let target = exports;
  for (let depth = 0; typeof target === 'object' && target !== null && depth < 5; depth++) {
    const of = target as Record<string, unknown>;
    target = of['.'] ?? of.node ?? of.import ?? of.require ?? of.default;
  }
  return target;
}
