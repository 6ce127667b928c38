import { readFileSync } from 'node:fs';
import * as Module from 'node:module';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { needsTypeScript, requireTypeScript } from './typescript.ts';

const NAME = 'trace-studio';

interface ModuleInternals {
  _resolveFilename: (request: string, ...rest: unknown[]) => string;
}
interface ResolveHook {
  resolve: (specifier: string, context: unknown, nextResolve: (specifier: string, context: unknown) => unknown) => unknown;
}
type RegisterHooks = (hooks: ResolveHook) => void;

/**
 * Makes `trace-studio` resolve in this thread where the script's project does not have it. A copy that the project has is
 * found first; its API hands over to the one of this tracer.
 */
export function resolveApi(folder: string): void {
  const internals = Module.default as unknown as ModuleInternals & { registerHooks?: RegisterHooks };
  const apiUrl = pathToFileURL(path.join(folder, 'api.mjs')).href;
  const flags = [...process.execArgv, process.env.NODE_OPTIONS ?? ''].join(' ');
  const typescript = needsTypeScript(flags);
  if (typescript) requireTypeScript(folder);
  const register = (): void => Module.register(pathToFileURL(path.join(folder, 'resolve-hooks.mjs')), { data: { apiUrl, typescript } });
  const atOnce = typescript || (!internals.registerHooks && startsWithEsModule(flags));
  if (atOnce) register();
  resolveRequire(internals, folder, atOnce || internals.registerHooks ? () => {} : atFirstImport(register));
  internals.registerHooks?.({
    resolve(specifier, context, nextResolve) {
      if (specifier !== NAME) return nextResolve(specifier, context);
      try {
        return nextResolve(specifier, context);
      } catch (error) {
        if (!isMissing(error)) throw error;
        return { url: apiUrl, format: 'module', shortCircuit: true };
      }
    },
  });
}

const isMissing = (error: unknown): boolean => {
  const code = (error as { code?: unknown } | null)?.code;
  return code === 'MODULE_NOT_FOUND' || code === 'ERR_MODULE_NOT_FOUND';
};

/** `found` is told every file that is about to be loaded. It is done here since a resolver, unlike a loader, is not in the stack traces of the script. */
function resolveRequire(internals: ModuleInternals, folder: string, found: (file: string) => void): void {
  const resolve = internals._resolveFilename;
  internals._resolveFilename = function _resolveFilename(this: unknown, request: string, ...rest: unknown[]): string {
    try {
      const file = Reflect.apply(resolve, this, [request, ...rest]) as string;
      found(file);
      return file;
    } catch (error) {
      if (request === NAME && isMissing(error)) return path.join(folder, 'api.cjs');
      if (error instanceof Error && error.stack) error.stack = withoutFramesOf(folder, error.stack);
      throw error;
    }
  };
}

/** An error of the script's shows the script's calls. */
const withoutFramesOf = (folder: string, stack: string): string =>
  stack
    .split('\n')
    .filter((line) => !line.includes(folder))
    .join('\n');

/**
 * Node without `registerHooks` has hooks only in a thread of their own, which takes tens of milliseconds to start. They are
 * registered where an ES module can be imported: at once when the script is one, else with the first file of the script's own
 * that imports. What is returned is to be told of each file.
 */
function atFirstImport(register: () => void): (file: string) => void {
  let registered = false;
  return (file) => {
    if (registered || !/\.c?[jt]s$/.test(file) || !path.isAbsolute(file) || file.includes('node_modules') || !imports(file)) return;
    registered = true;
    register();
  };
}

function imports(file: string): boolean {
  try {
    return IMPORTS.test(readFileSync(file, 'utf8'));
  } catch {
    return false; // Node says what is wrong with the file.
  }
}

/** An import at the start of a line, or a dynamic one. */
const IMPORTS = /^\s*import\b|\bimport\s*\(/m;

/** True if what Node is to run may go to the ES module loader without passing `_compile`. */
function startsWithEsModule(flags: string): boolean {
  if (/--(?:experimental-)?(?:import|loader)\b|--input-type/.test(flags)) return true;
  const script = process.argv[1];
  if (script === undefined) return /\bimport\b/.test(flags);
  if (/\.[mc]?[jt]s$/.test(script))
    return script.endsWith('.mjs') || script.endsWith('.mts') || (!/\.c[jt]s$/.test(script) && packageType(script) === 'module');
  return packageType(script) === 'module';
}

/** `type` of the package that `script` belongs to, as Node looks for it. */
function packageType(script: string): unknown {
  for (let folder = path.dirname(path.resolve(script)); ; folder = path.dirname(folder)) {
    if (path.basename(folder) === 'node_modules') return undefined;
    try {
      return (JSON.parse(readFileSync(path.join(folder, 'package.json'), 'utf8')) as { type?: unknown } | null)?.type;
    } catch {
      // None here, or one that cannot be read: Node looks further up, too.
    }
    if (folder === path.dirname(folder)) return undefined;
  }
}
