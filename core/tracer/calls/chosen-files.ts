import { readFileSync } from 'node:fs';
import path from 'node:path';
import type { CaptureOptions } from '../../protocol/capture-options.ts';

type Matcher = (relative: string, absolute: string) => boolean;

// Taken at load: a script may replace it.
const read = readFileSync;

const API_FILE = /[\\/]dist[\\/]tracer[\\/]api\.[cm]js$/;

/** The API of another copy of this package than the one that traces: a checkout of it, whose examples find what lies beside them. */
function isApiOfCopy(file: string): boolean {
  if (!API_FILE.test(file)) return false;
  try {
    return /"name":\s*"trace-studio"/.test(read(path.join(file, '../../../package.json'), 'utf8'));
  } catch {
    return false;
  }
}

/** Which files have their calls recorded. */
export class ChosenFiles {
  readonly #cwd: string;
  readonly #tracerFolder: string;
  readonly #packages: ReadonlySet<string>;
  readonly #include: Matcher | undefined;
  readonly #exclude: Matcher | undefined;

  /** `matcher` makes one of globs: it is loaded only where there are some. */
  constructor(
    options: Pick<CaptureOptions, 'include' | 'exclude' | 'packages'>,
    tracerFolder: string,
    matcher: (patterns: readonly string[]) => Matcher,
    cwd = process.cwd(),
  ) {
    this.#cwd = cwd;
    this.#tracerFolder = tracerFolder + path.sep;
    this.#packages = new Set(options.packages);
    this.#include = options.include.length > 0 ? matcher(options.include) : undefined;
    this.#exclude = options.exclude.length > 0 ? matcher(options.exclude) : undefined;
  }

  has(file: string): boolean {
    if (file.startsWith(this.#tracerFolder) || isApiOfCopy(file)) return false;
    const folder = file.lastIndexOf('node_modules');
    if (folder >= 0 && !this.#hasPackage(file, folder)) return false;
    if (!this.#include && !this.#exclude) return true;
    const [relative, absolute] = [path.relative(this.#cwd, file).replaceAll('\\', '/'), file.replaceAll('\\', '/')];
    if (this.#exclude?.(relative, absolute)) return false;
    return this.#include === undefined || this.#include(relative, absolute);
  }

  #hasPackage(file: string, folder: number): boolean {
    if (this.#packages.size === 0) return false;
    const words = file.slice(folder + 'node_modules'.length + 1).split(/[\\/]/, 2);
    const name = words[0]?.startsWith('@') ? words.join('/') : (words[0] ?? '');
    return this.#packages.has('*') || this.#packages.has(name);
  }
}
