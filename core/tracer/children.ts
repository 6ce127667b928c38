import { accessSync, constants } from 'node:fs';
import path from 'node:path';
import { isGranted, nodePermissions } from '../protocol/node-permissions.ts';
import type { ChildNotice } from '../protocol/target-wire.ts';
import type { TargetSettings } from './target-settings.ts';

const MAX_WHAT_LETTERS = 300;
const MODEL = /--(experimental[-_])?permission\b/;
/** The script may put something else in its place. */
const access = accessSync;
/** A process that starts children without end is not followed for ever. */
const MAX_NOTICES = 1000;

/**
 * Children that are Node, as far as their command line tells: the collector is told of each, and says of those that it never hears of that they are not recorded.
 */
export class Children {
  readonly #settings: TargetSettings;
  readonly #tell: (notice: ChildNotice) => void;
  #told = 0;

  constructor(settings: TargetSettings, tell: (notice: ChildNotice) => void) {
    this.#settings = settings;
    this.#tell = tell;
  }

  /**
   * Before a child is started. `words`: its command line. Why it must be started without the preload, which would end it, or is gone; undefined: it gets it.
   * What flags an older Node gets inside of a program, which is all that is seen from here, cannot be told.
   */
  keepsOut(words: readonly string[], nodeOptions: string | undefined, cwd: unknown): string | undefined {
    const { preload } = this.#settings.options;
    try {
      access(preload, constants.R_OK);
    } catch {
      // A new version of the studio has cleaned up, long after this process was started.
      return "The tracer's files are gone: start the studio again.";
    }
    const all = nodeOptions === undefined ? words : [...words, nodeOptions];
    if (!all.some((word) => MODEL.test(word))) return undefined;
    // A line for a shell, or several options.
    const permissions = nodePermissions(all.flatMap((word) => (MODEL.test(word) ? word.split(/[\s"']+/) : [word])));
    const rules = { resolve: (file: string) => path.resolve(typeof cwd === 'string' ? cwd : '.', file), sep: path.sep };
    if (!permissions || isGranted(permissions.read, path.resolve(preload), rules)) return undefined;
    const add = [`--allow-fs-read=${path.posix.dirname(preload)}/*`, ...(permissions.worker ? [] : ['--allow-worker'])];
    return `It runs under Node's permission model, which keeps the tracer out. To record it, add ${add.join(' ')}.`;
  }

  /** It has been started. `why`: what `keepsOut` said. */
  started(pid: number | undefined, words: readonly string[], why: string | undefined): void {
    if ((pid === undefined && why === undefined) || this.#told >= MAX_NOTICES || !startsNode(words)) return;
    this.#told++;
    this.#tell({ pid: pid ?? 0, what: words.join(' ').slice(0, MAX_WHAT_LETTERS), ...(why !== undefined && { why }) });
  }
}

/** Node by its name, or a command of a shell in which it stands. */
export function startsNode(words: readonly string[]): boolean {
  const [file = ''] = words;
  if (file === process.execPath || /(?:^|[\\/])node(?:js)?(?:\.exe)?$/i.test(file)) return true;
  return words.slice(1).some((word) => /(?:^|[\s"'/\\&;|(])node(?:js)?(?:\.exe)?["']?(?:\s|$)/i.test(word));
}
