/** The files of the window, read from the built renderer's folder and nowhere else. */
import { readFile, realpath } from 'node:fs/promises';
import path from 'node:path';
import { isInside } from './files/roots.ts';

/** By extension; what is not here is not served. */
const MIME_TYPES: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.json': 'application/json; charset=utf-8',
  '.svg': 'image/svg+xml',
  '.png': 'image/png',
  '.ico': 'image/x-icon',
  '.woff2': 'font/woff2',
  '.wasm': 'application/wasm',
};

/** What a request can bring about by the name it asks for. Anything else is a broken disk or installation, and is told. */
const NOT_THERE: ReadonlySet<string | undefined> = new Set(['ENOENT', 'EISDIR', 'ENOTDIR', 'ENAMETOOLONG', 'ELOOP']);

export interface PageFile {
  readonly type: string;
  readonly content: Uint8Array<ArrayBuffer>;
  readonly isPage: boolean;
  /** Vite names it by its content: a browser may keep it. */
  readonly isHashed: boolean;
}

/** `pathname` as in the request, still percent-encoded. Undefined: there is no such file that may be served. */
export async function readPageFile(folder: string, pathname: string): Promise<PageFile | undefined> {
  const relative = decode(pathname);
  if (relative === undefined) return undefined;
  const extension = path.extname(relative).toLowerCase();
  const type = MIME_TYPES[extension];
  if (type === undefined) return undefined;
  try {
    const root = await realpath(folder);
    const file = await realpath(path.join(root, relative));
    if (!isInside(root, file)) return undefined;
    const content = new Uint8Array(await readFile(file));
    return { type, content, isPage: extension === '.html', isHashed: relative.startsWith('assets/') };
  } catch (error) {
    if (NOT_THERE.has((error as NodeJS.ErrnoException).code)) return undefined;
    throw error;
  }
}

/** Relative to the folder, `/` between the parts. */
function decode(pathname: string): string | undefined {
  try {
    const decoded = decodeURIComponent(pathname).replace(/^\/+/, '');
    return /[\0\\]/.test(decoded) || decoded.split('/').some((part) => part.startsWith('.')) ? undefined : decoded;
  } catch {
    return undefined; // Not valid percent-encoding.
  }
}
