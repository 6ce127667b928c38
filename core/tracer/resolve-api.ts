import { readFileSync } from 'node:fs';
import * as Module from 'node:module';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import type { CallTracer } from './calls/trace-calls.ts';
import { onDetach } from './detach.ts';
import { beforeFirstUse, type LateChange } from './first-use.ts';
import { needsTypeScript, requireTypeScript } from './typescript.ts';

const NAME = 'trace-studio';

interface ModuleInternals {
  _findPath: (this: unknown, request: string, ...rest: unknown[]) => string | false;
}
interface ResolveHook {
  resolve: (specifier: string, context: unknown, nextResolve: (specifier: string, context: unknown) => unknown) => unknown;
  load?: LoadHook;
}
type LoadHook = (url: string, context: unknown, nextLoad: (url: string, context: unknown) => unknown) => unknown;
type RegisterHooks = (hooks: ResolveHook) => { deregister(): void } | undefined;

/**
 * Makes `trace-studio` resolve in this thread where the script's project does not have it. A copy that the project has is
 * found first; its API hands over to the one of this tracer.
 *
 * `changes`: to modules of Node, made before the script can have them: at once, or, where the script is CommonJS and
 * nothing else can load code (a flag, a main that is no file), before the first file that may ask for them.
 * `esModule`: told of each ES module whose source was read, where that can be told.
 */
export function resolveApi(folder: string, changes: readonly LateChange[], esModule?: EsModuleWatch, calls?: CallTracer): void {
  const internals = Module.default as unknown as ModuleInternals & { registerHooks?: RegisterHooks };
  const apiUrl = pathToFileURL(path.join(folder, 'api.mjs')).href;
  const flags = [...process.execArgv, process.env.NODE_OPTIONS ?? ''].join(' ');
  const typescript = needsTypeScript(flags);
  if (typescript) requireTypeScript(folder);
  const hooksFile = pathToFileURL(path.join(folder, 'resolve-hooks.mjs')).href;
  let instances = 0;
  const loadChannel = (): { readonly loadChannel?: string } => (esModule ? { loadChannel: esModule.listen() } : {});
  const registerInThread = calls?.hooksThread?.((own) => {
    Module.register(`${hooksFile}?${instances++}`, { data: { apiUrl, typescript, calls: own, ...loadChannel() }, transferList: [own.port] });
  });
  const register = (): void => {
    if (internals.registerHooks && !typescript) internals.registerHooks({ ...resolveHook(apiUrl), ...(esModule && { load: loadHook(esModule) }) });
    else if (registerInThread) registerInThread();
    else Module.register(hooksFile, { data: { apiUrl, typescript, ...loadChannel() } });
  };
  const atOnce = typescript || startsWithEsModule(flags);
  if (atOnce) register();
  const patchLater = !atOnce && flags.trim() === '' && process.argv[1] !== undefined;
  const listeners = [
    ...(atOnce ? [] : [atFirstImport(folder, register, calls)]),
    ...(patchLater ? [beforeFirstUse(changes)] : []),
    ...(calls ? [calls.beforeLoad] : []),
  ];
  resolveRequire(internals, path.join(folder, 'api.cjs'), listeners);
  if (!patchLater) for (const change of changes) change.make();
}

/** Is told of ES modules whose source was read. */
export interface EsModuleWatch {
  /** The clock of the times below. */
  readonly now: () => number;
  readonly loaded: (url: string, startNs: number, endNs: number) => void;
  /** Modules are loaded in a thread of Node's own: the channel on which that is to tell of them. */
  readonly listen: () => string;
}

function loadHook({ now, loaded }: EsModuleWatch): LoadHook {
  return (url, context, nextLoad) => {
    const startNs = now();
    const result = nextLoad(url, context);
    // CommonJS modules tell of themselves, and Node's own are no matter of loading.
    const { format } = (result ?? {}) as { readonly format?: unknown };
    if (typeof format === 'string' && format.startsWith('module')) loaded(url, startNs, now());
    return result;
  };
}

/**
 * The same in a process that runs already: for what is loaded from now on. Where Node has no hooks in the thread, ES modules do not find it,
 * since those of its own thread cannot be taken back.
 */
export function resolveApiFromNowOn(folder: string): void {
  const internals = Module.default as unknown as ModuleInternals & { registerHooks?: RegisterHooks };
  resolveRequire(internals, path.join(folder, 'api.cjs'), []);
  const registered = internals.registerHooks?.(resolveHook(pathToFileURL(path.join(folder, 'api.mjs')).href));
  onDetach(() => registered?.deregister());
}

function resolveHook(apiUrl: string): ResolveHook {
  return {
    resolve(specifier, context, nextResolve) {
      if (specifier !== NAME) return nextResolve(specifier, context);
      try {
        return nextResolve(specifier, context);
      } catch (error) {
        const { code } = error as { code?: unknown };
        if (code !== 'MODULE_NOT_FOUND' && code !== 'ERR_MODULE_NOT_FOUND') throw error;
        return { url: apiUrl, format: 'module', shortCircuit: true };
      }
    },
  };
}

/**
 * `require('trace-studio')`. `found` are told of every file that is about to be loaded. Done where Node looks for files, since a
 * function of ours there is in no stack trace of the script's: neither of modules that run nor of those that are not found.
 */
function resolveRequire(internals: ModuleInternals, apiFile: string, found: readonly ((file: string) => void)[]): void {
  const findPath = internals._findPath;
  const ours = function _findPath(this: unknown, request: string, ...rest: unknown[]): string | false {
    const file = Reflect.apply(findPath, this, [request, ...rest]) as string | false;
    if (file === false) return request === NAME ? apiFile : false;
    for (const tell of found) tell(file);
    return file;
  };
  internals._findPath = ours;
  onDetach(() => {
    if (internals._findPath === ours) internals._findPath = findPath;
  });
}

/**
 * Hooks for ES modules are registered where one can be imported: at once when the script is one, else with the first file of
 * the script's own that imports. They slow down every `require`, are seen in its stack traces, and where Node has no
 * `registerHooks` they take a thread of their own, whose start takes tens of milliseconds.
 * What is returned is to be told of each file.
 */
function atFirstImport(tracerFolder: string, register: () => void, calls: CallTracer | undefined): (file: string) => void {
  let registered = false;
  return (file) => {
    if (registered || !/\.[cm]?[jt]s$/.test(file) || file.startsWith(tracerFolder)) return;
    if ((file.includes('node_modules') && !calls?.chosen(file)) || !imports(file)) return;
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
