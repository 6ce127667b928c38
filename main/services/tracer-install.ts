/**
 * The tracer is copied to a per-user folder before a launch, one folder per version and content: NODE_OPTIONS of a running
 * program names it, and with the file gone (an update, an unmounted AppImage) every `node` that it starts would die.
 *
 * Cleaning rule: a folder other than the current one goes when no launch has used it for 30 days. A launch, and every hour
 * of a session, counts as use.
 */
import { createHash, randomUUID } from 'node:crypto';
import { existsSync } from 'node:fs';
import { cp, mkdir, readdir, readFile, rename, rm, stat, utimes, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { ProblemError } from '../../core/base/result.ts';
import { readJsonFile, writeJsonFile } from './json-file.ts';

export const TRACER_KEPT_DAYS = 30;
const USED = '.last-used';
const DAY_MS = 86_400_000;

export class TracerInstall {
  readonly #source: string;
  readonly #parent: string;
  readonly #version: string;
  #installed: Promise<string> | undefined;

  constructor(options: { readonly source: string; readonly dataFolder: string; readonly version: string }) {
    this.#source = options.source;
    this.#parent = path.join(options.dataFolder, 'tracer');
    this.#version = options.version;
  }

  /** Each installed copy is a folder in here. */
  get parent(): string {
    return this.#parent;
  }

  /** This tracer takes the types out of TypeScript for a Node that does not. */
  get stripsTypes(): boolean {
    return existsSync(path.join(this.#source, 'strip-types.cjs'));
  }

  /** The folder to preload from. Throws ProblemError in words when it cannot be written. */
  async folder(): Promise<string> {
    const ready = await this.#installed?.catch(() => undefined);
    if (ready !== undefined && (await exists(path.join(ready, 'preload.cjs')))) {
      await this.touch();
      return ready;
    }
    this.#installed = this.#install();
    return this.#installed;
  }

  /** Marks the installed copy as in use. */
  async touch(): Promise<void> {
    const folder = await this.#installed?.catch(() => undefined);
    const now = new Date();
    if (folder !== undefined) await utimes(path.join(folder, USED), now, now).catch(() => {}); // Only delays the cleaning rule's clock.
  }

  /** Removes what the cleaning rule gives free. */
  async clean(nowMs = Date.now()): Promise<void> {
    const current = await this.#installed?.catch(() => undefined);
    for (const name of await readdir(this.#parent).catch(() => [])) {
      const folder = path.join(this.#parent, name);
      const usedMs = await lastUse(folder);
      if (folder !== current && nowMs - usedMs > TRACER_KEPT_DAYS * DAY_MS) await rm(folder, { recursive: true, force: true });
    }
  }

  async #install(): Promise<string> {
    const known = await this.#knownCopy().catch(() => undefined); // Only a short cut: the long way says what is wrong.
    if (known?.folder !== undefined) return used(known.folder);
    const folder = await this.#copy();
    if (known) await writeJsonFile(known.note, { of: known.of, folder: path.basename(folder) }).catch(() => {}); // The next start takes the long way again.
    return folder;
  }

  /**
   * A note of an earlier start says which folder holds a copy of these very files (by their sizes and times): hashing megabytes
   * at each start of the command line would be a third of its time, and so would loading what hashes.
   */
  async #knownCopy(): Promise<{ readonly note: string; readonly of: string; readonly folder: string | undefined }> {
    const files = await filesOf(this.#source);
    const of = JSON.stringify([this.#source, this.#version, files]);
    const note = path.join(this.#parent, `.copy-${shortName(this.#source)}.json`);
    const known = await readJsonFile(note, (value) => (value ?? undefined) as { readonly of?: unknown; readonly folder?: unknown } | undefined);
    const name = known?.of === of ? known.folder : undefined;
    if (typeof name !== 'string' || path.basename(name) !== name) return { note, of, folder: undefined };
    const folder = path.join(this.#parent, name);
    const copied = await filesOf(folder);
    const isWhole = files.length === copied.length && files.every((file, index) => file.name === copied[index]?.name && file.bytes === copied[index]?.bytes);
    return { note, of, folder: isWhole ? folder : undefined };
  }

  async #copy(): Promise<string> {
    const hash = await contentHash(this.#source).catch((error: Error) => {
      throw new ProblemError({
        code: 'tracer-missing',
        message: `The tracer of this installation cannot be read: ${error.message}`,
        remedy: 'Install Trace Studio again; in a checkout, run npm run build.',
      });
    });
    const name = `${this.#version}-${hash.slice(0, 12)}`;
    const temporary = path.join(this.#parent, `.${name}-${randomUUID().slice(0, 8)}`);
    try {
      await mkdir(this.#parent, { recursive: true, mode: 0o700 });
      const wanted = path.join(this.#parent, name);
      if (await isWhole(wanted, hash)) return await used(wanted);
      await cp(this.#source, temporary, { recursive: true, filter: (file) => !file.endsWith('.map') });
      await used(temporary);
      return await putInPlace(temporary, wanted, hash);
    } catch (error) {
      // Where there is no room, half a copy would keep it from what needs it.
      await rm(temporary, { recursive: true, force: true }).catch(() => {});
      throw notInstalled(this.#parent, error as NodeJS.ErrnoException);
    }
  }
}

function notInstalled(folder: string, { code, message }: NodeJS.ErrnoException): ProblemError {
  const isFull = code === 'ENOSPC' || code === 'EDQUOT';
  const isClosed = code === 'EACCES' || code === 'EPERM' || code === 'EROFS' || code === 'ENOENT' || code === 'ENOTDIR';
  const why = isFull ? 'there is no room left on its disk' : isClosed ? 'it cannot be made or written to' : message;
  const elsewhere = 'Or name another folder for what the studio keeps, in the environment variable TRACE_STUDIO_HOME.';
  return new ProblemError({
    code: 'tracer-not-installed',
    message: `No script can be traced: the tracer is copied to ${folder}, and ${why}.`,
    remedy: `${isFull ? 'Make room there.' : isClosed ? 'Check the permissions of this folder.' : 'Check its permissions and its free space.'} ${elsewhere}`,
  });
}

async function putInPlace(temporary: string, wanted: string, hash: string): Promise<string> {
  try {
    await rename(temporary, wanted);
    return wanted;
  } catch (error) {
    if (!(await exists(wanted))) throw error;
  }
  if (await isWhole(wanted, hash)) {
    await rm(temporary, { recursive: true, force: true });
    return used(wanted); // Another studio was faster.
  }
  // A damaged folder of that name may be in use by a program that runs: it stays, and ours gets a name of its own.
  const other = `${wanted}-${randomUUID().slice(0, 8)}`;
  await rename(temporary, other);
  return other;
}

async function used(folder: string): Promise<string> {
  await writeFile(path.join(folder, USED), '');
  return folder;
}

/** Of a folder by its mark, of a note by its own time. */
async function lastUse(folder: string): Promise<number> {
  for (const file of [path.join(folder, USED), folder]) {
    const found = await stat(file).catch(() => undefined);
    if (found) return found.mtimeMs;
  }
  return Number.POSITIVE_INFINITY;
}

const isWhole = async (folder: string, hash: string): Promise<boolean> => (await contentHash(folder).catch(() => '')) === hash;

interface InstalledFile {
  /** Relative, with forward slashes. */
  readonly name: string;
  readonly bytes: number;
  readonly modifiedMs: number;
}

/** What is installed: everything but source maps and our own mark. */
async function filesOf(folder: string): Promise<readonly InstalledFile[]> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  const files = entries.filter((entry) => entry.isFile() && entry.name !== USED && !entry.name.endsWith('.map'));
  const described = await Promise.all(
    files.map(async (entry) => {
      const file = path.join(entry.parentPath, entry.name);
      const { size, mtimeMs } = await stat(file);
      return { name: path.relative(folder, file).replaceAll('\\', '/'), bytes: size, modifiedMs: mtimeMs };
    }),
  );
  return described.sort((a, b) => (a.name < b.name ? -1 : 1));
}

/** SHA-256 over names and contents of what is installed. */
async function contentHash(folder: string): Promise<string> {
  const hash = createHash('sha256');
  for (const { name, bytes } of await filesOf(folder)) hash.update(`${name}\0${bytes}\0`).update(await readFile(path.join(folder, name)));
  return hash.digest('hex');
}

/** Eight letters for a path (FNV-1a): two that share them only take the long way in turns. */
function shortName(text: string): string {
  let hash = 0x811c9dc5;
  for (let at = 0; at < text.length; at++) hash = Math.imul(hash ^ text.charCodeAt(at), 0x01000193);
  return (hash >>> 0).toString(16).padStart(8, '0');
}

async function exists(file: string): Promise<boolean> {
  return (await stat(file).catch(() => undefined)) !== undefined;
}
