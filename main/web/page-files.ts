/** The files of the window, read from the built renderer's folder and nowhere else. */
import { open, readFile, realpath } from 'node:fs/promises';
import path from 'node:path';
import { isInside } from '../services/files/roots.ts';
import { MIME_TYPES } from '../services/window-page.ts';

export interface PageFile {
  readonly type: string;
  readonly content: Uint8Array;
  /** Vite names it by its content: a browser may keep it. */
  readonly isHashed: boolean;
}

export class PageFiles {
  readonly #folder: string;

  constructor(folder: string) {
    this.#folder = folder;
  }

  index(): Promise<string> {
    return readFile(path.join(this.#folder, 'index.html'), 'utf8');
  }

  /** `pathname` as in the request, still percent-encoded. Undefined: there is no such file that may be served. */
  async read(pathname: string): Promise<PageFile | undefined> {
    const relative = decode(pathname);
    const type = relative === undefined ? undefined : MIME_TYPES[path.extname(relative).toLowerCase()];
    if (relative === undefined || type === undefined) return undefined;
    try {
      const root = await realpath(this.#folder);
      const file = await realpath(path.join(root, relative));
      if (!isInside(root, file)) return undefined;
      const handle = await open(file, 'r');
      try {
        return { type, content: await handle.readFile(), isHashed: relative.startsWith('assets/') };
      } finally {
        await handle.close();
      }
    } catch {
      return undefined; // Not there, or a folder: for the browser the same.
    }
  }
}

function decode(pathname: string): string | undefined {
  try {
    const decoded = decodeURIComponent(pathname).replace(/^\/+/, '');
    return /[\0\\]/.test(decoded) || decoded.split('/').some((part) => part === '..' || part.startsWith('.')) ? undefined : decoded;
  } catch {
    return undefined; // Not valid percent-encoding.
  }
}
