/** What was dropped on the window, and what is to be done with it. */
import { TRACE_EXTENSIONS } from '../../../core/protocol/export-formats.ts';
import type { StudioClient } from '../../../core/protocol/studio-api.ts';
import { toHex } from './hex.ts';

export type Dropped =
  | { readonly kind: 'script'; readonly path: string }
  | { readonly kind: 'project'; readonly folder: string }
  | { readonly kind: 'trace-path'; readonly path: string }
  | { readonly kind: 'trace-file'; readonly file: File }
  /** A browser tells only name and content; these paths match both. Empty: the user has to say where it is. */
  | { readonly kind: 'script-candidates'; readonly name: string; readonly paths: readonly string[] }
  | { readonly kind: 'refused'; readonly why: string };

const SCRIPT = /\.[cm]?[jt]sx?$/i;
/** By the name only whether it is worth opening: what it is, its first bytes tell then. Traces of some tools have no extension. */
const mayBeTrace = (name: string): boolean => !name.includes('.') || TRACE_EXTENSIONS.some((extension) => name.toLowerCase().endsWith(`.${extension}`));
/** Above this a file is no script that anyone wrote, and is not hashed. */
const MOST_SCRIPT_BYTES = 32 * 1024 * 1024;

export async function understandDrop(file: File, isFolder: boolean, path: string | undefined, studio: StudioClient): Promise<Dropped> {
  if (isFolder) {
    if (path !== undefined) return { kind: 'project', folder: path };
    return { kind: 'refused', why: `The browser does not tell where the folder ${file.name} lies. Use Browse… to choose a script in it.` };
  }
  if (mayBeTrace(file.name)) return path === undefined ? { kind: 'trace-file', file } : { kind: 'trace-path', path };
  if (!SCRIPT.test(file.name)) {
    return { kind: 'refused', why: `${file.name} is neither a script (.js, .mjs, .cjs, .ts) nor a trace (.tsr, .json, .cpuprofile, .pftrace and others).` };
  }
  if (path !== undefined) return { kind: 'script', path };
  if (file.size > MOST_SCRIPT_BYTES) return { kind: 'script-candidates', name: file.name, paths: [] };
  const sha256 = toHex(await crypto.subtle.digest('SHA-256', await file.arrayBuffer()));
  const paths = await studio.request('launch.locate', { name: file.name, sha256, bytes: file.size });
  return { kind: 'script-candidates', name: file.name, paths };
}
