import { readFileSync } from 'node:fs';
import * as Module from 'node:module';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { requireTypeScript, typeScriptFiles } from '../typescript.ts';

const TYPESCRIPT = /\.[mc]?ts$/;
const IMPORTS_API = /^\s*(?:import|export)\b[^;]*['"]trace-studio['"]/m;
/** An import or export at the start of a line. */
const ES_SYNTAX = /^\s*(?:import\b(?!\s*\()|export\b)/m;

/**
 * Loads a plugin's module. `require` takes ES modules, too, on every supported Node; only one with top-level await has to be
 * imported, and gives a promise. So has, on Node 20, one that imports `trace-studio`.
 */
export function loadModule(file: string, tracerFolder: string): unknown {
  const native = Boolean((process.features as { typescript?: unknown }).typescript);
  return TYPESCRIPT.test(file) && !native ? withTypeScript(file, tracerFolder) : requireOrImport(file);
}

function requireOrImport(file: string): unknown {
  // Hooks that run in a thread of Node's own (those of Node 20) are not asked by a `require` of an ES module.
  if (!('registerHooks' in Module.default) && IMPORTS_API.test(readFileSync(file, 'utf8'))) {
    Module.createRequire(file).resolve(file); // They are registered where a file that imports is found, see resolve-api.ts.
    return import(pathToFileURL(file).href);
  }
  try {
    return Module.createRequire(file)(file);
  } catch (error) {
    if ((error as { code?: unknown } | null)?.code !== 'ERR_REQUIRE_ASYNC_MODULE') throw error;
    return import(pathToFileURL(file).href);
  }
}

/** Node without TypeScript: files of it load while the plugin does, and not for the script. */
function withTypeScript(file: string, tracerFolder: string): unknown {
  const extensions = (Module.default as unknown as { _extensions: Record<string, unknown> })._extensions;
  const before = new Set(Object.keys(extensions));
  requireTypeScript(typeScriptFiles(tracerFolder));
  if (file.endsWith('.mts') || ES_SYNTAX.test(readFileSync(file, 'utf8'))) {
    const apiUrl = pathToFileURL(path.join(tracerFolder, 'api.mjs')).href;
    Module.register(pathToFileURL(path.join(tracerFolder, 'resolve-hooks.mjs')), { data: { apiUrl, typescript: true } });
  }
  try {
    return requireOrImport(file);
  } finally {
    for (const extension of Object.keys(extensions)) if (!before.has(extension)) delete extensions[extension];
  }
}
