/**
 * What was opened and run lately. One file for both lists, for the owner's eyes only: it holds arguments and paths. Values of
 * environment variables are not written down, for what is typed there is often a secret: they are known until the studio ends.
 */
import { createHash } from 'node:crypto';
import type { LaunchConfig } from '../../../core/protocol/session-types.ts';
import type { RecentScript } from '../../../core/protocol/studio-api.ts';
import { list, shape, text } from '../checks.ts';
import { readJsonFile, writeJsonFile } from '../json-file.ts';
import { launchConfig } from '../request-checks.ts';

export interface OpenedFile {
  readonly ref: string;
  readonly path: string;
  readonly title: string;
  readonly openedAtMs: number;
  readonly durationNs?: number;
}

const MAX_FILES = 30;
const MAX_SCRIPTS = 20;

interface Content {
  readonly files: readonly OpenedFile[];
  readonly scripts: readonly RecentScript[];
}

export class Recents {
  readonly #file: string;
  #content: Promise<Content> | undefined;
  #writing: Promise<void> = Promise.resolve();

  constructor(file: string) {
    this.#file = file;
  }

  async files(): Promise<readonly OpenedFile[]> {
    return (await this.#read()).files;
  }

  async scripts(): Promise<readonly RecentScript[]> {
    return (await this.#read()).scripts;
  }

  addFile(file: Omit<OpenedFile, 'ref'>): Promise<void> {
    const entry = { ...file, ref: refOf(file.path) };
    return this.#change((content) => ({ ...content, files: [entry, ...content.files.filter(({ ref }) => ref !== entry.ref)].slice(0, MAX_FILES) }));
  }

  removeFile(ref: string): Promise<void> {
    return this.#change((content) => ({ ...content, files: content.files.filter((file) => file.ref !== ref) }));
  }

  addScript(config: LaunchConfig, usedAtMs: number): Promise<void> {
    const same = JSON.stringify(config.target);
    return this.#change((content) => ({
      ...content,
      scripts: [{ config, usedAtMs }, ...content.scripts.filter((script) => JSON.stringify(script.config.target) !== same)].slice(0, MAX_SCRIPTS),
    }));
  }

  #read(): Promise<Content> {
    this.#content ??= readJsonFile(this.#file, checkContent).then((content) => content ?? { files: [], scripts: [] });
    return this.#content;
  }

  /** Changes are put in a row; each writes the newest content. */
  #change(next: (content: Content) => Content): Promise<void> {
    this.#writing = this.#writing
      .catch(() => {})
      .then(async () => {
        const content = next(await this.#read());
        this.#content = Promise.resolve(content);
        const scripts = content.scripts.map(withoutValues);
        await writeJsonFile(this.#file, { ...content, scripts });
      });
    return this.#writing;
  }
}

/** Tells which values are gone: the window must not run it again as if they had been empty. */
function withoutValues({ config, usedAtMs, forgotten = [] }: RecentScript): RecentScript {
  const gone = config.environment.filter(({ name, value }) => value !== '' || forgotten.includes(name)).map(({ name }) => name);
  const environment = config.environment.map(({ name }) => ({ name, value: '' }));
  return { config: { ...config, environment }, usedAtMs, ...(gone.length > 0 && { forgotten: gone }) };
}

const refOf = (file: string): string => `file-${createHash('sha256').update(file).digest('hex').slice(0, 32)}`;

const finite = (value: unknown): number => (typeof value === 'number' && Number.isFinite(value) ? value : 0);

/** Bad entries are left out, the good ones stay. */
function checkContent(value: unknown): Content | undefined {
  if (typeof value !== 'object' || value === null) return undefined;
  const { files, scripts } = value as Record<string, unknown>;
  return { files: goodOnes(files, checkFile), scripts: goodOnes(scripts, checkScript) };
}

function goodOnes<T>(entries: unknown, check: (entry: unknown) => T): readonly T[] {
  if (!Array.isArray(entries)) return [];
  return entries.flatMap((entry) => {
    try {
      return list(check, 1)([entry], 'entry');
    } catch {
      return []; // Edited by hand or from another version.
    }
  });
}

function checkFile(entry: unknown): OpenedFile {
  const { path, title } = shape<{ path: string; title: string }>({ path: text(4096), title: text(1024) })(entry, 'file');
  const { openedAtMs, durationNs } = entry as Record<string, unknown>;
  return { ref: refOf(path), path, title, openedAtMs: finite(openedAtMs), ...(durationNs !== undefined && { durationNs: finite(durationNs) }) };
}

function checkScript(entry: unknown): RecentScript {
  const { config, usedAtMs, forgotten } = entry as Record<string, unknown>;
  const names = forgotten === undefined ? [] : list(text(1024), 1000)(forgotten, 'forgotten');
  return { config: launchConfig(withCapture(config), 'config'), usedAtMs: finite(usedAtMs), ...(names.length > 0 && { forgotten: names }) };
}

/** Before there were capture options, two of them were fields of the form. */
function withCapture(config: unknown): unknown {
  if (typeof config !== 'object' || config === null) return config;
  const { whenFull, maskSecrets, capture } = config as Record<string, unknown>;
  const before = { ...(whenFull === 'live' && { whenFull }), ...(maskSecrets === false && { maskSecrets }) };
  return Object.keys(before).length === 0 ? config : { ...config, capture: { ...before, ...(typeof capture === 'object' && capture) } };
}
