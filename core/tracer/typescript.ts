import { readFileSync } from 'node:fs';
import * as Module from 'node:module';
import path from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { TYPESCRIPT_WAYS, type TypeScriptWay } from '../protocol/target-wire.ts';
import { packageType } from './package-type.ts';
import { ProcessWord } from './ring-layout.ts';
import type * as typescriptFiles from './typescript-files.ts';

type Extensions = Record<string, (module: NodeJS.Module & { _compile: (code: string, file: string) => void }, file: string) => void>;
type Files = typescriptFiles.TypeScriptFiles;

/**
 * What a script of TypeScript needs of the tracer. `all`: this Node strips no types, every file. `some`: what this Node cannot strip.
 * `nothing`: it is none, or a loader that the user named runs it.
 */
export type TypeScriptNeed = 'all' | 'some' | 'nothing';

export function typeScriptNeed(flags: string): TypeScriptNeed {
  const script = process.argv[1] ?? '';
  if (!COMPILED_FILE.test(script) || LOADER.test(flags)) return 'nothing';
  const { typescript } = process.features as { readonly typescript?: unknown };
  const hasHooks = 'registerHooks' in Module.default;
  if (!typescript) return 'all';
  if (JSX_FILE.test(script)) return hasHooks ? 'some' : 'all';
  return typescript === 'strip' && hasHooks ? 'some' : 'nothing';
}

const COMPILED_FILE = /\.(?:[mc]?ts|[jt]sx)$/;
const JSX_FILE = /\.[jt]sx$/;

/** True if a loader of the user's runs the script, and it is TypeScript. */
export const hasLoaderForTypeScript = (flags: string): boolean => /\.(?:[mc]?ts|tsx)$/.test(process.argv[1] ?? '') && LOADER.test(flags);

const LOADER = /--(?:import|require|(?:experimental-)?loader)\b|-r\b/;

/** The part that is loaded with the first file that needs it: what it stands on takes longer to load than the tracer. */
export function typeScriptFiles(folder: string, options: typescriptFiles.TypeScriptOptions = {}): () => Files {
  let files: Files | undefined;
  return () => {
    if (files) return files;
    const place = path.join(folder, 'typescript-files.cjs');
    const require = Module.createRequire(place);
    const { TypeScriptFiles } = require(place) as typeof typescriptFiles;
    delete require.cache[place];
    files = new TypeScriptFiles(folder, options);
    return files;
  };
}

/** See CallCapture. */
export function tellTypeScript(words: Int32Array | undefined, way: TypeScriptWay): void {
  if (words) Atomics.or(words, ProcessWord.TYPESCRIPT, 1 << TYPESCRIPT_WAYS.indexOf(way));
}

/** `require` of TypeScript files where Node has none. An ES module goes to `import`, whose load hook does the same. */
export function requireTypeScript(files: () => Files): void {
  const extensions = (Module.default as unknown as { _extensions: Extensions })._extensions;
  const load: Extensions[string] = (module, file) => {
    const { format, source } = files().load(file);
    if (format === 'module' && process.argv[1] === file) import(pathToFileURL(file).href);
    else module._compile(source, file);
  };
  for (const extension of ['.ts', '.cts', '.mts', '.tsx', '.jsx']) extensions[extension] ??= load;
}

/** Stack traces tell of the source: text that was printed anew has a source map. */
export function showSources(): void {
  (process as unknown as { setSourceMapsEnabled(enabled: boolean): void }).setSourceMapsEnabled(true);
}

export interface TypeScriptLoaded {
  readonly format: string;
  readonly source: string;
  readonly shortCircuit: true;
}

/** A file that Node is about to load: what it is to run in its place; undefined: Node runs it, or says what is wrong with it. */
export function loadInPlaceOfNode(url: string, files: () => Files, words: Int32Array | undefined): TypeScriptLoaded | undefined {
  const file = typeScriptFile(url);
  if (file === undefined) return undefined;
  let text: string;
  try {
    text = readFileSync(file, 'utf8');
  } catch {
    return undefined;
  }
  const made = mayNeedCompiler(file, text) ? files().load(file, text) : undefined;
  if (made && made.way !== 'blanks') {
    showSources();
    return { format: made.format, source: made.source, shortCircuit: true };
  }
  tellTypeScript(words, 'node');
  return undefined;
}

/** The file that a name means to the compiler where Node has found none from `parent`, a URL. */
export function findForCompiler(specifier: string, parent: unknown, files: () => Files): string | undefined {
  const file = typeof parent === 'string' ? typeScriptFile(parent) : undefined;
  return file === undefined ? undefined : files().find(specifier, file);
}

/** One of the user's own. */
function typeScriptFile(url: string): string | undefined {
  return url.startsWith('file:') && COMPILED_FILE.test(url) && !url.includes('/node_modules/') ? fileURLToPath(url) : undefined;
}

/** A false alarm costs a look by the parser. */
function mayNeedCompiler(file: string, text: string): boolean {
  if (JSX_FILE.test(file) || MORE_THAN_TYPES.test(text)) return true;
  return ES_SYNTAX.test(text) && (file.endsWith('.cts') || (file.endsWith('.ts') && packageType(file) === 'commonjs'));
}

const ES_SYNTAX = /^\s*(?:import\b(?!\s*(?:\(|type\b))|export\b(?!\s*type\b))/m;
/** Enums, namespaces, `import =`, parameter properties, decorators: as they are written, not as they are meant. */
const MORE_THAN_TYPES = new RegExp(
  [
    String.raw`^\s*(?:export\s+)?(?:declare\s+)?(?:const\s+)?(?:enum|namespace|module)\s+["'\w$]`,
    String.raw`^\s*export\s*=|^\s*(?:export\s+)?import\s+[\w$]+\s*=`,
    String.raw`\bconstructor\s*\([^{]*?[(,\s](?:public|private|protected|readonly|override)\s`,
    String.raw`^\s*@[\w$(]`,
    String.raw`[(,]\s*@[\w$(]`,
  ].join('|'),
  'm',
);
