/** One folder for the window's file panel: what the purpose can use, hidden files left out. */

import { readdir, realpath, stat } from 'node:fs/promises';
import path from 'node:path';
import { ProblemError } from '../../../core/base/result.ts';
import { TRACE_EXTENSIONS } from '../../../core/protocol/export-formats.ts';
import type { FileEntry, FileListing, FilePurpose } from '../../../core/protocol/studio-api.ts';
import type { Roots } from './roots.ts';

/** More than anyone reads; a folder of a million files must not fill a window. */
const MAX_ENTRIES = 2000;

const WANTED: Readonly<Record<FilePurpose, (name: string) => boolean>> = {
  script: (name) => /\.([mc]?[jt]s|[jt]sx)$/i.test(name) || !name.includes('.'),
  folder: () => false,
  // Notes that lie beside a trace come with it.
  trace: (name) => !name.endsWith('.notes.json') && TRACE_EXTENSIONS.some((extension) => name.toLowerCase().endsWith(`.${extension}`)),
  node: (name) => /^node/i.test(name),
  plugin: (name) => /\.[mc]?[jt]s$/i.test(name),
};

export async function listFolder(folder: string, purpose: FilePurpose, roots: Roots): Promise<FileListing> {
  const real = await roots.resolveExisting(folder);
  const entries = await readdir(real, { withFileTypes: true }).catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOTDIR') throw new ProblemError({ code: 'not-a-folder', message: `${folder} is not a folder.`, remedy: 'Choose another folder.' });
    const why = error.code === 'EACCES' ? 'may not be read by this user' : `cannot be read: ${error.message}`;
    throw new ProblemError({ code: 'folder-unreadable', message: `${folder} ${why}.`, remedy: 'Choose another folder.' });
  });
  const visible = entries.filter((entry) => !entry.name.startsWith('.')).sort((a, b) => (a.name < b.name ? -1 : 1));
  const listed: FileEntry[] = [];
  let cut = false;
  for (const { name } of visible) {
    const entry = await describe(path.join(real, name), name, purpose, roots);
    if (!entry) continue;
    if (listed.length === MAX_ENTRIES) {
      cut = true;
      break;
    }
    listed.push(entry);
  }
  listed.sort((a, b) => Number(a.kind === 'file') - Number(b.kind === 'file'));
  const parent = path.dirname(real);
  const hasParent = parent !== real && (await roots.includes(parent));
  return { path: real, ...(hasParent && { parent }), entries: listed, cut };
}

/** Undefined for what the purpose cannot use and for links that are broken or lead out of the roots. */
async function describe(file: string, name: string, purpose: FilePurpose, roots: Roots): Promise<FileEntry | undefined> {
  const found = await stat(file).catch(() => undefined);
  if (!found || !(found.isDirectory() || (found.isFile() && WANTED[purpose](name)))) return undefined;
  const real = await realpath(file).catch(() => undefined);
  if (real === undefined || !(await roots.includes(real))) return undefined;
  if (found.isDirectory()) return { name, path: file, kind: 'folder', modifiedMs: found.mtimeMs };
  return { name, path: file, kind: 'file', bytes: found.size, modifiedMs: found.mtimeMs };
}
