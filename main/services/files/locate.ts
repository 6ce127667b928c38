/** Finds a file of which only name, size and content hash are known: what a drop in a browser tells. */
import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { readdir, stat } from 'node:fs/promises';
import path from 'node:path';
import { pipeline } from 'node:stream/promises';

export interface LocateLimits {
  readonly folders: number;
  readonly depth: number;
  readonly milliseconds: number;
}

/** A home folder with many projects; beyond that the window asks the user for the path. */
export const LOCATE_LIMITS: LocateLimits = { folders: 20_000, depth: 12, milliseconds: 5000 };
const MAX_MATCHES = 20;
const SKIPPED = new Set(['node_modules', 'dist', 'build', 'coverage']);

export interface WantedFile {
  readonly name: string;
  readonly sha256: string;
  readonly bytes: number;
}

/** Breadth first, so that near files are found first. Links are not followed, hidden folders and node_modules not entered. */
export async function locateFile(wanted: WantedFile, roots: readonly string[], limits = LOCATE_LIMITS): Promise<readonly string[]> {
  const deadline = Date.now() + limits.milliseconds;
  const found: string[] = [];
  let level = [...new Set(roots)];
  let folders = 0;
  for (let depth = 0; depth <= limits.depth && level.length > 0; depth++) {
    const next: string[] = [];
    for (const folder of level) {
      if (++folders > limits.folders || Date.now() > deadline || found.length >= MAX_MATCHES) return found;
      const entries = await readdir(folder, { withFileTypes: true }).catch(() => []); // Not ours to read: not ours to offer.
      for (const entry of entries) {
        const file = path.join(folder, entry.name);
        if (entry.isDirectory() && !entry.name.startsWith('.') && !SKIPPED.has(entry.name)) next.push(file);
        else if (entry.isFile() && entry.name === wanted.name && (await matches(file, wanted)) && !found.includes(file)) found.push(file);
      }
    }
    level = next;
  }
  return found;
}

async function matches(file: string, wanted: WantedFile): Promise<boolean> {
  try {
    if ((await stat(file)).size !== wanted.bytes) return false;
    const hash = createHash('sha256');
    await pipeline(createReadStream(file), hash);
    return hash.digest('hex') === wanted.sha256;
  } catch {
    return false; // Changed or gone meanwhile.
  }
}
