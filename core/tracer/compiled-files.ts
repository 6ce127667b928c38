/** Files that take a compiler: the project's own or the one of this package, with the settings of the project. What was compiled is kept for later runs. */
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';
import vm from 'node:vm';
import type { TsconfigOfFile } from '../instrument/tsconfig-file.ts';
import { FileCache } from './calls/file-cache.ts';

/** What is used of the compiler's API, versions 4 to 6. */
interface Compiler {
  /** Node16 leaves an `import()` of CommonJS as it is; before 4.7 there was none. */
  readonly ModuleKind: { readonly CommonJS: number; readonly ESNext: number; readonly Node16?: number };
  readonly ScriptTarget: { readonly ES2022?: number; readonly ES2021: number };
  readonly JsxEmit: { readonly React: number; readonly ReactJSX?: number; readonly ReactJSXDev?: number };
  convertCompilerOptionsFromJson(json: object, folder: string): { readonly options: CompilerOptions };
  transpileModule(source: string, options: object): { readonly outputText: string; readonly diagnostics?: readonly Diagnostic[] };
  flattenDiagnosticMessageText(text: unknown, newLine: string): string;
}
interface CompilerOptions {
  readonly target?: number;
  readonly useDefineForClassFields?: boolean;
  readonly jsx?: number;
  readonly jsxFactory?: string;
  readonly reactNamespace?: string;
}
interface Diagnostic {
  /** None: it is about the settings. */
  readonly file?: unknown;
  readonly messageText: unknown;
  readonly start?: number;
}

export interface SourceFile {
  readonly file: string;
  readonly source: string;
  readonly toCommonJs: boolean;
  readonly tsconfig: TsconfigOfFile | undefined;
}

export class CompiledFiles {
  readonly #cache: FileCache;
  readonly #ownCompiler: () => Compiler;
  readonly #compilers = new Map<string, Compiler | undefined>();

  constructor(tracerFolder: string, cacheFolder: string | undefined, ownCompiler: () => Compiler) {
    this.#cache = new FileCache(cacheFolder, `compiled ${path.basename(tracerFolder)}`);
    this.#ownCompiler = ownCompiler;
  }

  /** By the compiler that the file's project has installed. Undefined: there is none that can be called. Throws a SyntaxError. */
  byProject(source: SourceFile): string | undefined {
    let place: string;
    try {
      place = createRequire(source.file).resolve('typescript');
    } catch {
      return undefined;
    }
    return this.#compiled(source, place, () => {
      if (!this.#compilers.has(place)) this.#compilers.set(place, compilerAt(place));
      return this.#compilers.get(place);
    });
  }

  /** By the one of this package. Throws a SyntaxError. */
  byOwn(source: SourceFile): string {
    return this.#compiled(source, '', this.#ownCompiler) as string;
  }

  /** A compiler takes tenths of a second to load: what it has made once is taken from the cache before that. `place`: its file, if it is the project's. */
  #compiled(given: SourceFile, place: string, compiler: () => Compiler | undefined): string | undefined {
    const { file, source, toCommonJs, tsconfig } = given;
    const key = this.#cache.keyOf(file, JSON.stringify([place, toCommonJs, tsconfig?.folder, tsconfig?.compilerOptions]));
    const kept = this.#cache.read(key, source);
    if (kept) return kept.code;
    const found = compiler();
    if (!found) return undefined;
    const code = compile(found, given);
    this.#cache.write(key, source, { code, reason: '', groups: [], leftAlone: [], read: place === '' ? [] : [place] });
    return code;
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

function compile(compiler: Compiler, { file, source, toCommonJs, tsconfig }: SourceFile): string {
  const { ModuleKind, ScriptTarget } = compiler;
  const { options } = compiler.convertCompilerOptionsFromJson(tsconfig?.compilerOptions ?? {}, tsconfig?.folder ?? path.dirname(file));
  const ES2022 = ScriptTarget.ES2022 ?? ScriptTarget.ES2021;
  const isCommonJs = toCommonJs || COMMONJS_SYNTAX.test(source);
  const { outputText, diagnostics = [] } = compiler.transpileModule(source, {
    fileName: file,
    reportDiagnostics: true,
    compilerOptions: {
      ...Object.fromEntries(Object.entries(options).filter(([name]) => !NOT_HERE.has(name))),
      // What every Node here can run: a later one leaves decorators and `using` as they are.
      target: ES2022,
      module: isCommonJs ? (ModuleKind.Node16 ?? ModuleKind.CommonJS) : ModuleKind.ESNext,
      jsx: runnableJsx(compiler, options),
      // What fields are goes by the target that the project names.
      useDefineForClassFields: options.useDefineForClassFields ?? (options.target === undefined || options.target >= ES2022),
      inlineSourceMap: true,
      inlineSources: true,
    },
  });
  const wrong = diagnostics.find((one) => one.file !== undefined);
  if (wrong) {
    const line = source.slice(0, wrong.start ?? 0).split('\n').length;
    throw new SyntaxError(`${compiler.flattenDiagnosticMessageText(wrong.messageText, '\n')}\n${file}:${line}`);
  }
  return withSilentHelpers(outputText);
}

/** Elements have to become calls here: where the settings leave them to another tool they go to the runtime, or to the factory that is named. */
function runnableJsx({ JsxEmit }: Compiler, { jsx, jsxFactory, reactNamespace }: CompilerOptions): number {
  const { React, ReactJSX = React, ReactJSXDev = React } = JsxEmit;
  if (jsx === React || jsx === ReactJSX || jsx === ReactJSXDev) return jsx;
  return jsxFactory === undefined && reactNamespace === undefined ? ReactJSX : React;
}

/**
 * What the compiler puts in front of a file (`__decorate`, `__importStar`, …) is none of its functions: it is not recorded. A comment at the end of lines that have no
 * place in the source moves nothing.
 */
const withSilentHelpers = (code: string): string =>
  code.replace(HELPER, (helper) => helper.replaceAll(/^(?:var|\}).*\{$/gm, (line) => `${line} // !viztracer: ignore`));
const HELPER = /^var __\w+ = \(this && this\.__\w+\) \|\| [\s\S]*?^\}.*;$/gm;

/** Settings of a project that mean something only when files are written, or for all files together. */
const NOT_HERE = new Set(
  ['sourceMap', 'sourceRoot', 'mapRoot', 'declaration', 'declarationMap', 'emitDeclarationOnly', 'composite', 'incremental', 'tsBuildInfoFile']
    .concat(['outDir', 'outFile', 'rootDir', 'noEmit', 'noEmitOnError', 'importHelpers', 'moduleResolution', 'paths', 'baseUrl', 'plugins', 'lib', 'types'])
    .concat(['allowImportingTsExtensions', 'rewriteRelativeImportExtensions', 'customConditions', 'resolvePackageJsonExports']),
);

const COMMONJS_SYNTAX = /^\s*(?:export\s*=|(?:export\s+)?import\s+[\w$]+\s*=\s*require\b)/m;
