// Module hooks for a Node without module.registerHooks, or without TypeScript. They run in a thread of Node's own.
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

const require = createRequire(import.meta.url);
let apiUrl;
let typescript = false;
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
  typescript ||= data.typescript; // Registered twice where a plugin needs what the script does not.
}

export async function resolve(specifier, context, nextResolve) {
  if (specifier !== 'trace-studio') return nextResolve(specifier, context);
  try {
    return await nextResolve(specifier, context);
  } catch (error) {
    if (error?.code !== 'ERR_MODULE_NOT_FOUND') throw error;
    return { url: apiUrl, format: 'module', shortCircuit: true };
  }
}

export async function load(url, context, nextLoad) {
  if (!loads) return loadNow(url, context, nextLoad);
  const start = process.hrtime.bigint();
  const loaded = await loadNow(url, context, nextLoad);
  if (loaded.format === 'module') loads.postMessage({ url, start, end: process.hrtime.bigint() });
  return loaded;
}

async function loadNow(url, context, nextLoad) {
  const loaded = await (stripsTypes(url) ? stripped(url) : nextLoad(url, context));
  // What is CommonJS is changed where it is run.
  if (!calls || globalThis[NEWEST] !== import.meta.url || loaded.format !== 'module' || loaded.source == null || !url.startsWith('file:')) return loaded;
  const { source } = loaded;
  return { ...loaded, source: calls.code(fileURLToPath(url), typeof source === 'string' ? source : decoder.decode(source), 'module') };
}

const decoder = new TextDecoder();

const stripsTypes = (url) => typescript && url.startsWith('file:') && /\.[mc]?ts$/.test(url) && !url.includes('/node_modules/');

function stripped(url) {
  const file = fileURLToPath(url);
  const { stripTypes } = require('./strip-types.cjs');
  const source = stripTypes(readFileSync(file, 'utf8'), file);
  return { format: formatOf(file, source), source, shortCircuit: true };
}

function formatOf(file, source) {
  if (file.endsWith('.mts')) return 'module';
  if (file.endsWith('.cts')) return 'commonjs';
  return packageType(file) ?? (/^\s*(?:import\b(?!\s*\()|export\b)/m.test(source) ? 'module' : 'commonjs');
}

/** `type` of the package that `file` belongs to. */
function packageType(file) {
  for (let folder = path.dirname(file), last; folder !== last; last = folder, folder = path.dirname(folder)) {
    try {
      return JSON.parse(readFileSync(path.join(folder, 'package.json'), 'utf8'))?.type;
    } catch {
      // None here: Node looks further up, too.
    }
  }
  return undefined;
}
