/** The folders that a window may look into, open from and save to. */
import { existsSync, realpathSync } from 'node:fs';
import { realpath, stat } from 'node:fs/promises';
import path from 'node:path';
import { ProblemError } from '../../../core/base/result.ts';
import type { FileRoot } from '../../../core/protocol/studio-api.ts';

export class Roots {
  readonly #roots: readonly string[] | undefined;
  readonly #fallback: readonly string[];

  /** Without `limits` everything that the user may is allowed; `fallback` is then what a file panel starts with. */
  constructor(limits: readonly string[] | undefined, fallback: readonly string[]) {
    this.#roots = limits?.map((folder) => path.resolve(folder));
    this.#fallback = fallback;
  }

  get folders(): readonly string[] {
    return this.#roots ?? this.#fallback;
  }

  async list(): Promise<readonly FileRoot[]> {
    const seen = new Set<string>();
    const roots: FileRoot[] = [];
    for (const folder of this.folders) {
      if (seen.has(folder) || !(await isFolder(folder))) continue;
      seen.add(folder);
      roots.push({ id: `root-${roots.length}`, label: path.basename(folder) || folder, path: folder });
    }
    return roots;
  }

  /** The real path of something that exists. Throws ProblemError when it is not there or lies, links followed, outside the roots. */
  async resolveExisting(file: string): Promise<string> {
    const absolute = this.#absolute(file);
    const real = await realpath(absolute).catch((error: NodeJS.ErrnoException) => {
      const message = error.code === 'ENOENT' || error.code === 'ENOTDIR' ? `There is no ${absolute}.` : `${absolute} cannot be reached: ${error.message}`;
      throw new ProblemError({ code: 'file-not-found', message, remedy: 'Check the path.' });
    });
    await this.#requireInside(real, absolute);
    return real;
  }

  /** The path to write to: the folder must exist inside the roots, the file need not. */
  async resolveNew(file: string): Promise<string> {
    const absolute = this.#absolute(file);
    // What is there is judged by itself: a root lies in no root, and a link could lead out of one.
    const existing = await realpath(absolute).catch(() => undefined);
    if (existing !== undefined) {
      await this.#requireInside(existing, absolute);
      return existing;
    }
    const name = path.basename(absolute);
    if (name === '') throw new ProblemError({ code: 'no-file-name', message: 'The path names no file.', remedy: 'Add a file name.' });
    const folder = await realpath(path.dirname(absolute)).catch(() => {
      throw new ProblemError({ code: 'folder-not-found', message: `There is no folder ${path.dirname(absolute)}.`, remedy: 'Choose a folder that exists.' });
    });
    await this.#requireInside(folder, absolute);
    return path.join(folder, name);
  }

  /** Is this real path inside the roots? */
  async includes(real: string): Promise<boolean> {
    if (!this.#roots) return true;
    for (const root of this.#roots) {
      const realRoot = await realpath(root).catch(() => undefined);
      if (realRoot !== undefined && isInside(realRoot, real)) return true;
    }
    return false;
  }

  /** As `includes`, of any absolute path, for who cannot wait. Throws where it is not there. */
  includesNow(file: string): boolean {
    if (!path.isAbsolute(file)) return false;
    const real = realpathSync(file);
    return !this.#roots || this.#roots.some((root) => existsSync(root) && isInside(realpathSync(root), real));
  }

  #absolute(file: string): string {
    if (!path.isAbsolute(file)) {
      throw new ProblemError({ code: 'relative-path', message: `${file} is not an absolute path.`, remedy: 'Give the whole path, from the root of the disk.' });
    }
    return path.resolve(file);
  }

  async #requireInside(real: string, asked: string): Promise<void> {
    if (await this.includes(real)) return;
    throw new ProblemError({
      code: 'outside-roots',
      message: `${asked} lies outside the folders that this studio may use: ${this.folders.join(', ')}.`,
      remedy: 'Start the studio with --root and the folder that you need.',
    });
  }
}

/** `inner` is `outer` or lies below it. Both real paths. */
export function isInside(outer: string, inner: string): boolean {
  const relative = path.relative(outer, inner);
  return relative === '' || (relative !== '..' && !relative.startsWith(`..${path.sep}`) && !path.isAbsolute(relative));
}

async function isFolder(folder: string): Promise<boolean> {
  return (await stat(folder).catch(() => undefined))?.isDirectory() ?? false;
}
