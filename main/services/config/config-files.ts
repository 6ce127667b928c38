/**
 * Config files of launches: found, read and checked. One in JavaScript or TypeScript is run in a short-lived process, never here, and
 * in the window only when its content is trusted. The command line runs what its user's project has, as any tool does.
 */
import { createHash } from 'node:crypto';
import { readFile, realpath, stat } from 'node:fs/promises';
import path from 'node:path';
import { type Problem, ProblemError } from '../../../core/base/result.ts';
import type { ConfigFileInspection } from '../../../core/protocol/studio-api.ts';
import { checkConfig } from './check-config.ts';
import type { ConfigTrust } from './config-trust.ts';
import { type FoundConfig, findConfig, missingConfig, namedConfig, ownerProblem, PACKAGE_KEY } from './find-config.ts';
import { runConfig } from './run-config.ts';

const MOST_BYTES = 256 * 1024;
const MOST_PACKAGE_BYTES = 4 * 1024 * 1024;
/** A form asks at every key; what a file imports may change meanwhile. */
const REMEMBERED_MS = 3000;

export interface ConfigFilesOptions {
  /** config-probe.cjs. */
  readonly program: string;
  /** Absent: whatever is found may run. */
  readonly trust?: ConfigTrust;
}

export interface LaunchConfigFile {
  readonly inspection?: ConfigFileInspection;
  readonly problems: readonly Problem[];
}

export class ConfigFiles {
  readonly #options: ConfigFilesOptions;
  readonly #remembered = new Map<string, { readonly untilMs: number; readonly value: Promise<unknown> }>();

  constructor(options: ConfigFilesOptions) {
    this.#options = options;
  }

  /** `named`: a path; empty: none is wanted; undefined: the one of the project of `folder`. `node`: what runs one that has to be run. */
  async inspect(named: string | undefined, folder: string, node: string | undefined): Promise<LaunchConfigFile> {
    if (named === '') return { problems: [] };
    const found = named === undefined ? await findConfig(folder) : namedConfig(named);
    if (!found) return { problems: [] };
    try {
      const foreign = named === undefined ? await ownerProblem(found, folder) : undefined;
      return foreign ? { problems: [foreign] } : await this.#read(found, node);
    } catch (error) {
      return { problems: [asProblem(error, found.file)] };
    }
  }

  /** The user has looked at it with this content. */
  async trust(file: string, hash: string): Promise<void> {
    const real = await realpath(file);
    if (namedConfig(real).kind !== 'module') throw new ProblemError({ code: 'config-data', message: `${file} is data: nothing of it is run.` });
    const { sha256 } = await contentOf({ file: real, kind: 'module' });
    if (sha256 !== hash) {
      throw new ProblemError({
        code: 'config-changed',
        message: `${path.basename(file)} changed since you were asked about it.`,
        remedy: 'Look at it again before you trust it.',
      });
    }
    await this.#options.trust?.trust(real, hash);
  }

  async #read(found: FoundConfig, node: string | undefined): Promise<LaunchConfigFile> {
    const name = path.basename(found.file);
    const { text, bytes, sha256 } = await contentOf(found);
    if (found.kind !== 'module') {
      const { capture, problems } = checkConfig(parseJson(text, found), found.kind === 'package' ? `the key ${PACKAGE_KEY} of package.json` : name);
      return { inspection: { path: found.file, trust: 'data', bytes, capture }, problems };
    }
    const real = await realpath(found.file);
    const trust = (await this.#options.trust?.of(real, sha256)) ?? 'trusted';
    const known = { path: real, trust, sha256, bytes };
    if (trust !== 'trusted') return { inspection: { ...known, capture: {} }, problems: [distrust(name, trust)] };
    if (node === undefined) return { inspection: { ...known, capture: {} }, problems: [] }; // That there is no Node is told at its own place.
    try {
      const { capture, problems } = checkConfig(await this.#run(real, sha256, node), name);
      return { inspection: { ...known, capture }, problems };
    } catch (error) {
      return { inspection: { ...known, capture: {} }, problems: [asProblem(error, real)] };
    }
  }

  #run(file: string, sha256: string, node: string): Promise<unknown> {
    const key = `${node}\n${file}\n${sha256}`;
    const now = Date.now();
    for (const [each, { untilMs }] of this.#remembered) if (untilMs <= now) this.#remembered.delete(each);
    const known = this.#remembered.get(key);
    if (known) return known.value;
    const value = runConfig({ node, program: this.#options.program, file });
    value.catch(() => {}); // Told to whoever awaits it.
    this.#remembered.set(key, { untilMs: now + REMEMBERED_MS, value });
    return value;
  }
}

async function contentOf({ file, kind }: FoundConfig): Promise<{ readonly text: string; readonly bytes: number; readonly sha256: string }> {
  const status = await stat(file).catch(() => undefined);
  if (!status?.isFile()) throw missingConfig(file);
  const most = kind === 'package' ? MOST_PACKAGE_BYTES : MOST_BYTES;
  if (status.size > most) {
    throw new ProblemError({
      code: 'config-large',
      message: `${file} is larger than ${most / 1024} kB: no config file is.`,
      remedy: 'Check which file it is.',
    });
  }
  const content = await readFile(file, 'utf8');
  return { text: content, bytes: status.size, sha256: kind === 'module' ? createHash('sha256').update(content).digest('hex') : '' };
}

function parseJson(text: string, { file, kind }: FoundConfig): unknown {
  try {
    // Editors on Windows begin a file with it.
    const value = JSON.parse(text.replace(/^\uFEFF/, '')) as unknown;
    return kind === 'package' ? (value as Record<string, unknown>)[PACKAGE_KEY] : value;
  } catch (error) {
    const message = `${path.basename(file)} is no JSON: ${(error as Error).message}`;
    throw new ProblemError({ code: 'config-no-json', message, remedy: 'Mend it, or write it as trace-studio.config.js, which takes comments.' });
  }
}

function distrust(name: string, trust: 'changed' | 'untrusted'): Problem {
  const remedy = 'Trust it, or run without it.';
  return trust === 'changed'
    ? { code: 'config-changed', message: `The config file ${name} changed since you trusted it.`, remedy }
    : { code: 'config-untrusted', message: `The config file ${name} is not trusted yet: it would be run to read it.`, remedy };
}

function asProblem(error: unknown, file: string): Problem {
  if (error instanceof ProblemError) return { code: error.code, message: error.message, ...(error.remedy !== undefined && { remedy: error.remedy }) };
  return { code: 'config-unreadable', message: `${file} cannot be read: ${(error as Error).message}`, remedy: 'Check its permissions, or go without it.' };
}
