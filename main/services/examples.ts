/** The examples that the start page offers: every script of the folder whose leading comment names itself. */
import { readdir, readFile } from 'node:fs/promises';
import path from 'node:path';
import type { ExampleInfo } from '../../core/protocol/studio-api.ts';

const KINDS: readonly ExampleInfo['kind'][] = ['queue', 'sorting', 'server', 'simulation'];

/** By kind in the order above, then by title. Empty when there is no such folder. */
export async function listExamples(folder: string): Promise<readonly ExampleInfo[]> {
  const names = await readdir(folder).catch(() => []); // An installation without examples has a shorter start page.
  const scripts = names.filter((name) => /\.[mc]?[jt]s$/.test(name) && !name.endsWith('.d.ts'));
  const found = await Promise.all(scripts.map(async (name) => readExample(path.join(folder, name), await readFile(path.join(folder, name), 'utf8'))));
  return found.filter((example) => example !== undefined).sort((a, b) => KINDS.indexOf(a.kind) - KINDS.indexOf(b.kind) || (a.title < b.title ? -1 : 1));
}

/** Undefined for a script without `// @title`. */
export function readExample(file: string, source: string): ExampleInfo | undefined {
  const tags = new Map<string, string>();
  for (const line of source.replace(/^#!.*\n/, '').split('\n')) {
    const comment = /^\s*(?:\/\/|\/?\*+)\s?(.*)$/.exec(line)?.[1];
    if (comment === undefined && line.trim() !== '') break;
    const tag = /^@(title|description|kind)\s+(.+?)\s*(?:\*\/)?$/.exec(comment ?? '');
    if (tag) tags.set(tag[1] as string, tag[2] as string);
  }
  const title = tags.get('title');
  if (title === undefined) return undefined;
  const kind = KINDS.find((known) => known === tags.get('kind')) ?? 'simulation';
  return { path: file, title, description: tags.get('description') ?? '', kind };
}
