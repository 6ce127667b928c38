// Module hooks for a Node without module.registerHooks, or without TypeScript. They run in a thread of Node's own.
import { createRequire } from 'node:module';
import path from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';

const require = createRequire(import.meta.url);
const folder = path.dirname(fileURLToPath(import.meta.url));
let apiUrl;
let typescript;
let calls;
/** Registered again, behind the hooks of the script's: only the last instance records calls. */
const NEWEST = Symbol.for('trace-studio.newest-hooks');
/** Tells the main thread how long modules take to load. Of several instances of this file one does. */
let loads;
const TELLS = Symbol.for('trace-studio.tells-of-loads');

export function initialize(data) {
  apiUrl = data.apiUrl;
  if (data.loadChannel && !globalThis[TELLS]) {
    globalThis[TELLS] = true;
    loads = new BroadcastChannel(data.loadChannel);
    loads.unref();
  }
  if (data.calls) {
    calls ??= require('./calls.cjs').hooksThreadCalls();
    calls.join(data.calls);
    globalThis[NEWEST] = import.meta.url;
  }
  // Registered twice where a plugin needs what the script does not.
  if (!data.typescript || typescript) return;
  const { TypeScriptFiles } = require('./typescript-files.cjs');
  typescript = new TypeScriptFiles(folder, { words: data.words && new Int32Array(data.words), cacheFolder: data.cacheFolder });
}

export async function resolve(specifier, context, nextResolve) {
  if ((specifier !== 'trace-studio' && !typescript) || calls?.isOver) return nextResolve(specifier, context);
  try {
    return await nextResolve(specifier, context);
  } catch (error) {
    if (!NOT_FOUND.has(error?.code)) throw error;
    if (specifier === 'trace-studio') return { url: apiUrl, format: 'module', shortCircuit: true };
    const file = isTypeScript(context.parentURL ?? '') ? typescript.find(specifier, fileURLToPath(context.parentURL)) : undefined;
    if (file === undefined) throw error;
    return nextResolve(pathToFileURL(file).href, context);
  }
}

const NOT_FOUND = new Set(['ERR_MODULE_NOT_FOUND', 'ERR_UNSUPPORTED_DIR_IMPORT', 'ERR_PACKAGE_IMPORT_NOT_DEFINED']);

export async function load(url, context, nextLoad) {
  if (!loads) return loadNow(url, context, nextLoad);
  const start = process.hrtime.bigint();
  const loaded = await loadNow(url, context, nextLoad);
  if (loaded.format === 'module') loads.postMessage({ url, start, end: process.hrtime.bigint() });
  return loaded;
}

async function loadNow(url, context, nextLoad) {
  const loaded = await (typescript && isTypeScript(url) ? compiled(url) : nextLoad(url, context));
  // What is CommonJS is changed where it is run.
  if (!calls || globalThis[NEWEST] !== import.meta.url || loaded.format !== 'module' || loaded.source == null || !url.startsWith('file:')) return loaded;
  const { source } = loaded;
  return { ...loaded, source: calls.code(fileURLToPath(url), typeof source === 'string' ? source : decoder.decode(source), 'module') };
}

const decoder = new TextDecoder();

const isTypeScript = (url) => url.startsWith('file:') && /\.(?:[mc]?ts|[jt]sx)$/.test(url) && !url.includes('/node_modules/');

function compiled(url) {
  const { format, source } = typescript.load(fileURLToPath(url));
  return { format, source, shortCircuit: true };
}
