/**
 * A place of the source with the lines around it. The file comes from the disk: only one that the trace names as a place of its functions (or that the
 * source map of such a file leads to), inside the roots, of limited size, and text.
 */
import { closeSync, fstatSync, openSync, readSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { crc32 as zlibCrc32 } from 'node:zlib';
import { ProblemError } from '../../../core/base/result.ts';
import { SourceMaps } from '../../../core/instrument/source-maps.ts';
import { linesAround } from '../../../core/protocol/source-excerpt.ts';
import type { SourceExcerpt } from '../../../core/protocol/studio-api.ts';
import type { Roots } from '../files/roots.ts';

const MAX_BYTES = 2 * 1024 * 1024;
const SOURCE = /\.(?:[cm]?[jt]sx?|vue|svelte|astro|coffee|civet|map)$/i;

export interface SourcePlace {
  readonly file: string;
  readonly line: number;
  readonly column: number;
}

export interface SourceWanted extends SourcePlace {
  readonly before: number;
  readonly after: number;
}

/** The file as an absolute path. Throws ProblemError for what is no file of this machine. */
export function pathOf(file: string, cwd: string): string {
  if (file.startsWith('file:')) {
    try {
      return fileURLToPath(file);
    } catch {
      throw notShown(file, 'is no file of this machine');
    }
  }
  if (/^[a-z][a-z\d+.-]+:/i.test(file) && !path.isAbsolute(file)) throw notShown(file, 'is no file of this machine');
  if (path.isAbsolute(file)) return file;
  if (cwd === '') throw notShown(file, 'is not a whole path, and the trace does not say where its program ran');
  return path.resolve(cwd, file);
}

export async function readSource(wanted: SourceWanted, cwd: string, roots: Roots): Promise<SourceExcerpt> {
  const named = await allowed(pathOf(wanted.file, cwd), roots);
  const generated = readText(named);
  const maps = new SourceMaps({ readText: (file) => readable(file, roots), fromBase64: (text) => Buffer.from(text, 'base64').toString('utf8') });
  const original = maps.original(named, generated.text, { file: named, line: wanted.line, column: Math.max(1, wanted.column) });
  const isMapped = path.resolve(original.file) !== path.resolve(named);
  const shown = isMapped ? await allowed(path.resolve(path.dirname(named), original.file), roots).catch(() => undefined) : named;
  if (shown === undefined || shown === named) return excerpt(named, generated, wanted, false, generated.sum);
  return excerpt(shown, readText(shown), { ...wanted, line: original.line, column: original.column }, true, generated.sum);
}

function excerpt(file: string, { text, modifiedMs }: ReadText, { line, column, before, after }: SourceWanted, isMapped: boolean, sum: number): SourceExcerpt {
  const around = linesAround(text, line, before, after);
  if (line > around.total) {
    throw new ProblemError({
      code: 'source-changed',
      message: `${file} has ${around.total} lines now, and the trace names line ${line}.`,
      remedy: 'It was changed since.',
    });
  }
  return { path: file, line, column, ...around, isMapped, modifiedMs, sum };
}

/** The real path, links followed, where it may be shown. */
async function allowed(file: string, roots: Roots): Promise<string> {
  const real = await roots.resolveExisting(file);
  if (!SOURCE.test(real)) throw notShown(file, 'does not look like a program by its name');
  return real;
}

/** Maps, and files that a map leads on to: read at once, since maps are followed at once. What may not be read is not there. */
function readable(file: string, roots: Roots): string | undefined {
  try {
    return SOURCE.test(file) && roots.includesNow(file) ? readText(file, 8 * MAX_BYTES).text : undefined;
  } catch {
    return undefined;
  }
}

interface ReadText {
  readonly text: string;
  readonly modifiedMs: number;
  /** CRC-32 of its bytes. */
  readonly sum: number;
}

function readText(file: string, maxBytes = MAX_BYTES): ReadText {
  const handle = openSync(file, 'r');
  try {
    const status = fstatSync(handle);
    if (!status.isFile()) throw notShown(file, 'is not a file');
    if (status.size > maxBytes) throw notShown(file, `is larger than ${maxBytes / 1024 / 1024} MB`);
    const bytes = Buffer.alloc(status.size);
    let filled = 0;
    while (filled < bytes.length) {
      const read = readSync(handle, bytes, filled, bytes.length - filled, filled);
      if (read === 0) break;
      filled += read;
    }
    const there = bytes.subarray(0, filled);
    return { text: asText(file, there), modifiedMs: status.mtimeMs, sum: zlibCrc32(there) };
  } finally {
    closeSync(handle);
  }
}

function asText(file: string, bytes: Uint8Array): string {
  if (bytes.includes(0)) throw notShown(file, 'is not text');
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    throw notShown(file, 'is not text in UTF-8');
  }
}

const notShown = (file: string, why: string): ProblemError => new ProblemError({ code: 'source-not-shown', message: `${file.slice(0, 300)} ${why}.` });
