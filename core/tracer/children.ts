import { existsSync } from 'node:fs';
import path from 'node:path';
import { permissionAdvice, permissionProblem } from '../protocol/permission-flags.ts';
import type { ChildNotice } from '../protocol/target-wire.ts';
import type { TargetSettings } from './target-settings.ts';

const MAX_WHAT_LETTERS = 300;
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
   */
  keepsOut(words: readonly string[], nodeOptions: string | undefined): string | undefined {
    const { preload } = this.#settings.options;
    if (!existsSync(preload)) return "The tracer's files are gone: start the studio again.";
    if (!startsNode(words)) return undefined;
    const problem = permissionProblem([...flagsOf(words), ...(nodeOptions ?? '').split(/\s+/)], path.posix.dirname(preload));
    return problem?.preload ? permissionAdvice(problem) : undefined;
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

/** Words in front of the script, also of a command of a shell. */
function flagsOf(words: readonly string[]): string[] {
  return words.flatMap((word) => word.split(/\s+/)).filter((word, i, all) => word.startsWith('-') || all[i - 1]?.startsWith('--allow-') === true);
}
