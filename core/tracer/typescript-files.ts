/**
 * TypeScript that this Node does not run by itself: entry of a bundle that is loaded at the first such file, in the thread that loads modules.
 */
import { existsSync, readFileSync, statSync } from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';
import type * as stripTypes from '../instrument/strip-types.ts';
import type * as tsconfigFile from '../instrument/tsconfig-file.ts';
import { CompiledFiles, type SourceFile } from './compiled-files.ts';
import { packageType } from './package-type.ts';
import { tellTypeScript } from './typescript.ts';

export interface LoadableTypeScript {
  readonly format: 'module' | 'commonjs';
  readonly source: string;
  readonly way: stripTypes.JavaScript['way'];
}

export interface TypeScriptOptions {
  readonly words?: Int32Array | undefined;
  readonly cacheFolder?: string | undefined;
}

export class TypeScriptFiles {
  readonly #folder: string;
  readonly #words: Int32Array | undefined;
  readonly #bundles = new Map<string, unknown>();
  readonly #compiled: CompiledFiles;

  /** `words`: see ProcessWord. `cacheFolder`: where what was compiled is kept for later runs. */
  constructor(folder: string, { words, cacheFolder }: TypeScriptOptions = {}) {
    this.#folder = folder;
    this.#compiled = new CompiledFiles(folder, cacheFolder, () => this.#own('typescript.cjs'));
    this.#words = words;
  }

  /** A file as Node can run it. Throws a SyntaxError. */
  load(file: string, source = readFileSync(file, 'utf8')): LoadableTypeScript {
    const type = file.endsWith('.mts') ? 'module' : file.endsWith('.cts') ? 'commonjs' : packageType(file);
    const { ES_SYNTAX, javascriptOf } = this.#own<typeof stripTypes>('strip-types.cjs');
    const sourceFile = (): SourceFile => ({ file, source, toCommonJs: type === 'commonjs', tsconfig: this.#tsconfig(file) });
    const { code, way } = javascriptOf(source, file, type === 'commonjs', {
      project: () => this.#compiled.byProject(sourceFile()),
      bundled: () => this.#compiled.byOwn(sourceFile()),
    });
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
}

/** Files that a name without, or with JavaScript's, ending may mean. */
function asWritten(base: string): string[] {
  const javascript = /\.([cm]?)jsx?$/.exec(base);
  const alike = javascript ? ['ts', 'tsx'].map((ending) => `${base.slice(0, javascript.index)}.${javascript[1]}${ending}`) : [];
  const endings = ['.ts', '.tsx', '.mts', '.cts', '.js', '.jsx', '.mjs', '.cjs', '.json'];
  return [base, ...alike, ...endings.map((ending) => base + ending), ...endings.map((ending) => path.join(base, `index${ending}`))];
}

const isFile = (file: string): boolean => existsSync(file) && statSync(file).isFile();
