import { readFileSync } from 'node:fs';
import * as Module from 'node:module';
import path from 'node:path';
import { pathToFileURL } from 'node:url';

type Extensions = Record<string, (module: NodeJS.Module & { _compile: (code: string, file: string) => void }, file: string) => void>;

/** True if the script is TypeScript and neither this Node nor a loader that the user named can run it. */
export function needsTypeScript(flags: string): boolean {
  if ((process.features as { typescript?: unknown }).typescript) return false;
  return /\.[mc]?ts$/.test(process.argv[1] ?? '') && !/--(?:import|require|(?:experimental-)?loader)\b|-r\b/.test(flags);
}

/**
 * `require` of TypeScript files, by blanking types. An ES module goes to `import`, whose load hook does the same.
 * Loaded at the first such file: the library takes longer to load than the tracer.
 */
export function requireTypeScript(folder: string): void {
  const extensions = (Module.default as unknown as { _extensions: Extensions })._extensions;
  const load: Extensions[string] = (module, file) => {
    const { stripTypes } = Module.createRequire(file)(path.join(folder, 'strip-types.cjs')) as { stripTypes: (source: string, file: string) => string };
    const code = stripTypes(readFileSync(file, 'utf8'), file);
    if (!file.endsWith('.cts') && (file.endsWith('.mts') || ES_SYNTAX.test(code)) && process.argv[1] === file) import(pathToFileURL(file).href);
    else module._compile(code, file);
  };
  for (const extension of ['.ts', '.cts', '.mts']) extensions[extension] ??= load;
}

/** An import or export at the start of a line: what Node calls detecting module syntax. */
const ES_SYNTAX = /^\s*(?:import\b(?!\s*\()|export\b)/m;
