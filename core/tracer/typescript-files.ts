/**
 * TypeScript that this Node does not run by itself: entry of a bundle that is loaded at the first such file, in the thread that loads modules.
 */
import { existsSync, readFileSync, statSync } from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';
import vm from 'node:vm';
import type * as stripTypes from '../instrument/strip-types.ts';
import type * as tsconfigFile from '../instrument/tsconfig-file.ts';
import { tellTypeScript } from './typescript.ts';

export interface LoadableTypeScript {
  readonly format: 'module' | 'commonjs';
  readonly source: string;
  readonly way: stripTypes.JavaScript['way'];
}

/** What is used of the compiler's API, versions 4 to 6. */
interface Compiler {
  readonly version: string;
  readonly ModuleKind: { readonly CommonJS: number; readonly ESNext: number };
  readonly ScriptTarget: { readonly ES2022: number };
  convertCompilerOptionsFromJson(json: object, folder: string): { readonly options: { readonly target?: number; readonly useDefineForClassFields?: boolean } };
  transpileModule(source: string, options: object): { readonly outputText: string; readonly diagnostics?: readonly Diagnostic[] };
  flattenDiagnosticMessageText(text: unknown, newLine: string): string;
}
interface Diagnostic {
  readonly messageText: unknown;
  readonly start?: number;
}

export class TypeScriptFiles {
  readonly #folder: string;
  readonly #words: Int32Array | undefined;
  readonly #bundles = new Map<string, unknown>();
  readonly #compilers = new Map<string, Compiler | undefined>();

  /** `words`: see ProcessWord. */
  constructor(folder: string, words?: Int32Array) {
    this.#folder = folder;
    this.#words = words;
  }

  /** A file as Node can run it. Throws a SyntaxError. */
  load(file: string, source = readFileSync(file, 'utf8')): LoadableTypeScript {
    const type = file.endsWith('.mts') ? 'module' : file.endsWith('.cts') ? 'commonjs' : packageType(file);
    const { javascriptOf } = this.#own<typeof stripTypes>('strip-types.cjs');
    const { code, way } = javascriptOf(source, file, () => this.#transpile(file, type === 'commonjs'));
    tellTypeScript(this.#words, way);
    return { format: type ?? (ES_SYNTAX.test(code) ? 'module' : 'commonjs'), source: code, way };
  }

  /** The file that `specifier` means in `parent` to the compiler, where Node finds none. */
  find(specifier: string, parent: string): string | undefined {
    const isRelative = /^\.{1,2}(?:[\\/]|$)/.test(specifier);
    const bases = isRelative ? [path.resolve(path.dirname(parent), specifier)] : (this.#tsconfig(parent)?.candidates(specifier) ?? []);
    for (const base of bases) {
      const found = asWritten(base).find(isFile);
      if (found !== undefined) return found;
    }
    return undefined;
  }

  #tsconfig(file: string): tsconfigFile.TsconfigOfFile | undefined {
    return this.#own<typeof tsconfigFile>('tsconfig-file.cjs').tsconfigOf(file);
  }

  #own<T>(bundle: string): T {
    const file = path.join(this.#folder, bundle);
    const require = createRequire(file);
    const loaded = (this.#bundles.get(bundle) ?? require(file)) as T;
    this.#bundles.set(bundle, loaded);
    delete require.cache[file];
    return loaded;
  }

  #transpile(file: string, toCommonJs: boolean): stripTypes.Transpile | undefined {
    const compiler = this.#compiler(file);
    if (!compiler) return undefined;
    const { folder = path.dirname(file), compilerOptions = {} } = this.#tsconfig(file) ?? {};
    return (source) => transpile(compiler, source, file, { folder, compilerOptions, toCommonJs });
  }

  /** The one that the file's project has installed. */
  #compiler(file: string): Compiler | undefined {
    let place: string;
    try {
      place = createRequire(file).resolve('typescript');
    } catch {
      return undefined;
    }
    if (!this.#compilers.has(place)) this.#compilers.set(place, compilerAt(place));
    return this.#compilers.get(place);
  }
}

/** Without Node's loader: it would be recorded as a package of the script's. Version 7 has no API to be called here. */
function compilerAt(place: string): Compiler | undefined {
  const { stackTraceLimit } = Error;
  try {
    const module = { exports: {} as Compiler };
    const run = vm.compileFunction(readFileSync(place, 'utf8'), ['exports', 'require', 'module', '__filename', '__dirname'], { filename: place });
    Reflect.apply(run, module.exports, [module.exports, createRequire(place), module, place, path.dirname(place)]);
    return typeof module.exports.transpileModule === 'function' ? module.exports : undefined;
  } catch {
    return undefined;
  } finally {
    Error.stackTraceLimit = stackTraceLimit;
  }
}

interface ProjectSettings {
  readonly folder: string;
  readonly compilerOptions: Readonly<Record<string, unknown>>;
  readonly toCommonJs: boolean;
}

function transpile(compiler: Compiler, source: string, file: string, { folder, compilerOptions, toCommonJs }: ProjectSettings): string {
  const { ModuleKind, ScriptTarget } = compiler;
  const { options } = compiler.convertCompilerOptionsFromJson(compilerOptions, folder);
  const target = Math.max(options.target ?? ScriptTarget.ES2022, ScriptTarget.ES2022);
  const isCommonJs = toCommonJs || COMMONJS_SYNTAX.test(source);
  const { outputText, diagnostics = [] } = compiler.transpileModule(source, {
    fileName: file,
    reportDiagnostics: true,
    compilerOptions: {
      ...Object.fromEntries(Object.entries(options).filter(([name]) => !NOT_HERE.has(name))),
      target,
      module: isCommonJs ? ModuleKind.CommonJS : ModuleKind.ESNext,
      // What fields are goes by the target that the project names.
      useDefineForClassFields: options.useDefineForClassFields ?? (options.target === undefined || options.target >= ScriptTarget.ES2022),
      inlineSourceMap: true,
      inlineSources: true,
    },
  });
  const wrong = diagnostics[0];
  if (wrong) {
    const line = source.slice(0, wrong.start ?? 0).split('\n').length;
    throw new SyntaxError(`${compiler.flattenDiagnosticMessageText(wrong.messageText, '\n')}\n${file}:${line}`);
  }
  return outputText;
}

/** Settings of a project that mean something only when files are written, or for all files together. */
const NOT_HERE = new Set(
  ['sourceMap', 'sourceRoot', 'mapRoot', 'declaration', 'declarationMap', 'emitDeclarationOnly', 'composite', 'incremental', 'tsBuildInfoFile']
    .concat(['outDir', 'outFile', 'rootDir', 'noEmit', 'noEmitOnError', 'importHelpers', 'moduleResolution', 'paths', 'baseUrl', 'plugins', 'lib', 'types'])
    .concat(['allowImportingTsExtensions', 'rewriteRelativeImportExtensions', 'customConditions', 'resolvePackageJsonExports']),
);

/** An import or export at the start of a line: what Node calls detecting module syntax. */
const ES_SYNTAX = /^\s*(?:import\b(?!\s*\()|export\b)/m;
const COMMONJS_SYNTAX = /^\s*(?:export\s*=|(?:export\s+)?import\s+[\w$]+\s*=\s*require\b)/m;

/** Files that a name without, or with JavaScript's, ending may mean. */
function asWritten(base: string): string[] {
  const javascript = /\.([cm]?)jsx?$/.exec(base);
  const alike = javascript ? [`${base.slice(0, javascript.index)}.${javascript[1]}ts`] : [];
  const endings = ['.ts', '.mts', '.cts', '.js', '.mjs', '.cjs', '.json'];
  return [base, ...alike, ...endings.map((ending) => base + ending), ...endings.map((ending) => path.join(base, `index${ending}`))];
}

const isFile = (file: string): boolean => existsSync(file) && statSync(file).isFile();

/** `type` of the package that `file` belongs to. */
function packageType(file: string): 'module' | 'commonjs' | undefined {
  for (let folder = path.dirname(file), last = ''; folder !== last; last = folder, folder = path.dirname(folder)) {
    try {
      const { type } = (JSON.parse(readFileSync(path.join(folder, 'package.json'), 'utf8')) as { type?: unknown } | null) ?? {};
      return type === 'module' || type === 'commonjs' ? type : undefined;
    } catch {
      // None here: Node looks further up, too.
    }
  }
  return undefined;
}
