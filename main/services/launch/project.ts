/** The package.json nearest to a folder. */
import { readFile } from 'node:fs/promises';
import path from 'node:path';

export interface Project {
  readonly folder: string;
  readonly name: string;
  readonly scripts: readonly { readonly name: string; readonly command: string }[];
}

export async function findProject(folder: string): Promise<Project | undefined> {
  for (let current = path.resolve(folder); ; current = path.dirname(current)) {
    const project = await readProject(current);
    if (project) return project;
    if (path.dirname(current) === current) return undefined;
  }
}

/** The project whose package.json lies in `folder` itself. Undefined when there is none or it is not JSON. */
export async function readProject(folder: string): Promise<Project | undefined> {
  try {
    const content = JSON.parse(await readFile(path.join(folder, 'package.json'), 'utf8')) as { name?: unknown; scripts?: unknown };
    const scripts = typeof content.scripts === 'object' && content.scripts !== null ? Object.entries(content.scripts) : [];
    return {
      folder,
      name: typeof content.name === 'string' ? content.name : path.basename(folder),
      scripts: scripts.flatMap(([name, command]) => (typeof command === 'string' ? [{ name, command }] : [])),
    };
  } catch {
    return undefined; // No package.json here, or one that cannot be read: the next folder up is asked.
  }
}
