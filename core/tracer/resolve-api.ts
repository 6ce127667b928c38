import { readFileSync } from 'node:fs';
import * as Module from 'node:module';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import type { CallTracer } from './calls/trace-calls.ts';
import { onDetach } from './detach.ts';
import { beforeFirstUse, type LateChange } from './first-use.ts';
import { packageType } from './package-type.ts';
import {
  findForCompiler,
  hasLoaderForTypeScript,
  loadInPlaceOfNode,
  requireTypeScript,
  showSources,
  tellTypeScript,
  typeScriptFiles,
  typeScriptNeed,
} from './typescript.ts';
import type { TypeScriptFiles } from './typescript-files.ts';

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

export interface ResolveApiOptions {
  /**
   * To modules of Node, made before the script can have them: at once, or, where the script is CommonJS and nothing else can load code (a
   * flag, a main that is no file), before the first file that may ask for them.
   */
  readonly changes?: readonly LateChange[];
  /** Told of each ES module whose source was read, where that can be told. */
  readonly esModule?: EsModuleWatch | undefined;
  readonly calls?: CallTracer | undefined;
  /** See ProcessWord. */
  readonly words?: Int32Array | undefined;
  /** See TargetOptions. */
  readonly cacheFolder?: string | undefined;
}

/**
 * Makes `trace-studio` resolve in this thread where the script's project does not have it. A copy that the project has is
 * found first; its API hands over to the one of this tracer.
 */
export function resolveApi(folder: string, { changes = [], esModule, calls, words, cacheFolder }: ResolveApiOptions = {}): void {
  const internals = Module.default as unknown as ModuleInternals & { registerHooks?: RegisterHooks };
  const apiUrl = pathToFileURL(path.join(folder, 'api.mjs')).href;
  const flags = [...process.execArgv, process.env.NODE_OPTIONS ?? ''].join(' ');
  const need = typeScriptNeed(flags);
  const typescript = need === 'all';
  const files = typeScriptFiles(folder, { words, cacheFolder });
  if (typescript) {
    requireTypeScript(files);
    showSources(); // The thread of hooks cannot do it when it comes to a file that needs it.
  }
  if (hasLoaderForTypeScript(flags)) tellTypeScript(words, 'loader');
  const hooksFile = pathToFileURL(path.join(folder, 'resolve-hooks.mjs')).href;
  let instances = 0;
  const hooksThread = () => ({ apiUrl, typescript, cacheFolder, ...(words && { words: words.buffer }), ...(esModule && { loadChannel: esModule.listen() }) });
  const registerInThread = calls?.hooksThread?.((own) => {
    Module.register(`${hooksFile}?${instances++}`, { data: { ...hooksThread(), calls: own }, transferList: [own.port] });
  });
  const register = (): void => {
    if (internals.registerHooks && !typescript) {
      const hooks = { resolve: resolveHook(apiUrl), ...(esModule && { load: loadHook(esModule) }) };
      internals.registerHooks(need === 'some' ? typeScriptHooks(hooks, files, words) : hooks);
    } else if (registerInThread) registerInThread();
    else Module.register(hooksFile, { data: hooksThread() });
  };
  const atOnce = need !== 'nothing' || startsWithEsModule(flags);
  if (atOnce) register();
  const patchLater = !atOnce && flags.trim() === '' && process.argv[1] !== undefined;
  const listeners = [
    ...(atOnce ? [] : [atFirstImport(folder, register, calls)]),
    ...(patchLater ? [beforeFirstUse(changes)] : []),
    ...(calls ? [calls.beforeLoad] : []),
  ];
  resolveRequire(internals, path.join(folder, 'api.cjs'), listeners, typescript ? files : undefined);
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
 * The same in a process that runs already: for what is loaded from now on. Where Node has no hooks in the thread, ES modules find it only where their calls are
 * recorded: Node's thread for hooks stays in the process, and is started for nothing less.
 */
export function resolveApiFromNowOn(folder: string, calls: CallTracer | undefined): void {
  const internals = Module.default as unknown as ModuleInternals & { registerHooks?: RegisterHooks };
  const apiUrl = pathToFileURL(path.join(folder, 'api.mjs')).href;
  resolveRequire(internals, path.join(folder, 'api.cjs'), calls ? [calls.beforeLoad] : []);
  const registered = internals.registerHooks?.({ resolve: resolveHook(apiUrl) });
  onDetach(() => registered?.deregister());
  const hooksFile = pathToFileURL(path.join(folder, 'resolve-hooks.mjs')).href;
  const registerInThread = calls?.hooksThread?.((own) => {
    // An instance for each attaching: one that has been left does nothing any more.
    Module.register(`${hooksFile}?attached-${hrtime()}`, { data: { apiUrl, calls: own }, transferList: [own.port] });
  });
  registerInThread?.();
}

const hrtime = process.hrtime.bigint;

function resolveHook(apiUrl: string): ResolveHook['resolve'] {
  return (specifier, context, nextResolve) => {
    if (specifier !== NAME) return nextResolve(specifier, context);
    try {
      return nextResolve(specifier, context);
    } catch (error) {
      if (!isNotFound(error)) throw error;
      return { url: apiUrl, format: 'module', shortCircuit: true };
    }
  };
}

/** What only the compiler would find, and what only it can read. */
function typeScriptHooks({ resolve, load }: ResolveHook, files: () => TypeScriptFiles, words: Int32Array | undefined): ResolveHook {
  return {
    resolve(specifier, context, nextResolve) {
      try {
        return resolve(specifier, context, nextResolve);
      } catch (error) {
        const file = isNotFound(error) ? findForCompiler(specifier, (context as { readonly parentURL?: unknown }).parentURL, files) : undefined;
        if (file === undefined) throw error;
        // A `require` asks for a path, an `import` for a URL.
        return nextResolve((error as { readonly code?: unknown }).code === 'MODULE_NOT_FOUND' ? file : pathToFileURL(file).href, context);
      }
    },
    load(url, context, nextLoad) {
      const next: typeof nextLoad = (given, of) => loadInPlaceOfNode(given, files, words) ?? nextLoad(given, of);
      return load ? load(url, context, next) : next(url, context);
    },
  };
}

const NOT_FOUND = new Set<unknown>(['MODULE_NOT_FOUND', 'ERR_MODULE_NOT_FOUND', 'ERR_UNSUPPORTED_DIR_IMPORT', 'ERR_PACKAGE_IMPORT_NOT_DEFINED']);
const isNotFound = (error: unknown): boolean => NOT_FOUND.has((error as { readonly code?: unknown } | null)?.code);

/**
 * `require('trace-studio')`. `found` are told of every file that is about to be loaded. Done where Node looks for files, since a
 * function of ours there is in no stack trace of the script's: neither of modules that run nor of those that are not found.
 */
function resolveRequire(internals: ModuleInternals, apiFile: string, found: readonly ((file: string) => void)[], typescript?: () => TypeScriptFiles): void {
  const findPath = internals._findPath;
  const ours = function _findPath(this: unknown, request: string, ...rest: unknown[]): string | false {
    let file = Reflect.apply(findPath, this, [request, ...rest]) as string | false;
    if (file === false && request === NAME) return apiFile;
    if (file === false && typescript) file = findForRequire(request, rest[0], typescript);
    if (file === false) return false;
    for (const tell of found) tell(file);
    return file;
  };
  internals._findPath = ours;
  onDetach(() => {
    if (internals._findPath === ours) internals._findPath = findPath;
  });
}

/** `places`: where Node has looked, first beside the file that asks, or in the packages beside it. */
function findForRequire(request: string, places: unknown, typescript: () => TypeScriptFiles): string | false {
  const place: unknown = Array.isArray(places) ? places[0] : undefined;
  if (typeof place !== 'string') return false;
  const folder = place.replace(/[\\/]node_modules$/, '');
  return folder.includes('node_modules') ? false : (typescript().find(request, path.join(folder, 'asking.ts')) ?? false);
}

/**
 * Hooks for ES modules are registered where one can be imported: at once when the script is one, else with the first file of
 * the script's own that imports; where calls are recorded by them, with the first that does. They slow down every `require`, are
 * seen in its stack traces, and where Node has no `registerHooks` they take a thread of their own, whose start takes tens of milliseconds.
 * What is returned is to be told of each file.
 */
function atFirstImport(tracerFolder: string, register: () => void, calls: CallTracer | undefined): (file: string) => void {
  let registered = false;
  return (file) => {
    if (registered || !/\.[cm]?[jt]s$/.test(file) || file.startsWith(tracerFolder)) return;
    // A package may import what is the project's own (a configuration, a rule, a plugin), and only hooks see the text of that.
    const isPackage = file.includes('node_modules');
    if (isPackage && !calls?.hooksThread && !calls?.chosen(file)) return;
    if (!imports(file, isPackage || isCompiled(file) ? DYNAMIC_IMPORTS : IMPORTS)) return;
    registered = true;
    register();
  };
}

/** TypeScript that is required where Node has none: a loader of the script's makes `require` of its imports. */
const isCompiled = (file: string): boolean => /\.[mc]?ts$/.test(file) && !(process.features as { readonly typescript?: unknown }).typescript;

function imports(file: string, pattern: RegExp): boolean {
  try {
    return pattern.test(readFileSync(file, 'utf8'));
  } catch {
    return false; // Node says what is wrong with the file.
  }
}

/** An import at the start of a line, or a dynamic one. Comments that name types have many that are none. */
const IMPORTS = /^\s*import\b|^(?!\s*(?:\*|\/[/*])).*\bimport\s*\(/m;
/** A dynamic one alone: more exactly, since a false alarm costs a thread, and packages have the word in texts and in names of types. */
const DYNAMIC_IMPORTS = /^(?!\s*(?:\*|\/[/*])).*(?:\bawait|\breturn|=>|[=?:,;(])\s*import\s*\(/m;

/** True if what Node is to run may go to the ES module loader without passing `_compile`. */
function startsWithEsModule(flags: string): boolean {
  if (/--(?:experimental-)?(?:import|loader)\b|--input-type/.test(flags)) return true;
  const script = process.argv[1];
  if (script === undefined) return /\bimport\b/.test(flags);
  if (/\.[mc]?[jt]s$/.test(script))
    return script.endsWith('.mjs') || script.endsWith('.mts') || (!/\.c[jt]s$/.test(script) && packageType(script) === 'module');
  return packageType(script) === 'module';
}
