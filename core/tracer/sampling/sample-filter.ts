import { createRequire } from 'node:module';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import type * as globs from '../../instrument/file-globs.ts';
import type { CaptureOptions } from '../../protocol/capture-options.ts';
import { ChosenFiles } from '../calls/chosen-files.ts';
import type { CallFrame } from './cpu-profile.ts';

export type SampleFilterOptions = Pick<CaptureOptions, 'include' | 'exclude' | 'maxDepth'>;

/** What the engine says in place of a function. */
const PSEUDO: ReadonlySet<string> = new Set(['(idle)', '(program)', '(garbage collector)', '(not sampled)']);

/**
 * Which functions a sampled stream tells of: the time of others is their caller's, as it is among exact calls. Packages are seen in any case, since to look at
 * them costs nothing.
 */
export class SampleFilter {
  /** Calls deeper than this are not told; infinite without a limit. */
  readonly maxDepth: number;
  readonly #files: ChosenFiles | undefined;
  readonly #needsFile: boolean;

  /** `folder`: of the tracer's files. */
  constructor({ include, exclude, maxDepth }: SampleFilterOptions, folder: string) {
    this.maxDepth = maxDepth > 0 ? maxDepth : Number.POSITIVE_INFINITY;
    this.#needsFile = include.length > 0;
    if (include.length + exclude.length > 0)
      this.#files = new ChosenFiles({ include, exclude, packages: ['*'] }, folder, (patterns) => globsOf(folder)(patterns));
  }

  /** What has no file, as the engine's own functions, is told unless only some files are wanted. */
  has({ scriptId, functionName, url }: CallFrame): boolean {
    if (!this.#files || (scriptId === '0' && PSEUDO.has(functionName))) return true;
    const file = fileOf(url);
    return file === undefined ? !this.#needsFile : this.#files.has(file);
  }
}

function globsOf(folder: string): typeof globs.fileGlobs {
  const file = path.join(folder, 'file-globs.cjs');
  return (createRequire(file)(file) as typeof globs).fileGlobs;
}

function fileOf(url: string): string | undefined {
  try {
    if (url.startsWith('file:')) return fileURLToPath(url);
  } catch {
    return undefined;
  }
  return path.isAbsolute(url) ? url : undefined;
}
