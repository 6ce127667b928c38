/** Paths as a window gives them: `~` is the home folder, relative ones begin in the studio's folder, and only what lies in the roots is reached. */
import { stat } from 'node:fs/promises';
import path from 'node:path';
import { ProblemError } from '../../../core/base/result.ts';
import { existsProblem } from '../export/export-jobs.ts';
import type { Roots } from './roots.ts';

export class UserPaths {
  readonly #cwd: string;
  readonly #home: string;
  readonly #roots: Roots;

  constructor({ cwd, home, roots }: { readonly cwd: string; readonly home: string; readonly roots: Roots }) {
    this.#cwd = cwd;
    this.#home = home;
    this.#roots = roots;
  }

  of(text: string): string {
    return path.resolve(this.#cwd, text.replace(/^~(?=$|[\\/])/, this.#home));
  }

  /** The real path of what is there. */
  existing(text: string): Promise<string> {
    return this.#roots.resolveExisting(this.of(text));
  }

  /** Where something new is to be. */
  fresh(text: string): Promise<string> {
    return this.#roots.resolveNew(this.of(text));
  }

  /** A file that may be written, by the roots and by `overwrite`; `own` may be written anyway. */
  async target(text: string, overwrite: boolean, own = ''): Promise<string> {
    const target = await this.fresh(text);
    const found = await stat(target).catch(() => undefined);
    if (found?.isDirectory()) throw new ProblemError({ code: 'is-folder', message: `${target} is a folder.`, remedy: 'Add a file name.' });
    if (found && !overwrite && target !== own) throw existsProblem(target);
    return target;
  }
}
