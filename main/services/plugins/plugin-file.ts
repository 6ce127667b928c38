/** What is known of a plugin's file without running anything of it. */
import { createHash } from 'node:crypto';
import { readFile, stat } from 'node:fs/promises';
import path from 'node:path';
import { ProblemError } from '../../../core/base/result.ts';

export const PLUGIN_EXTENSIONS = ['.js', '.mjs', '.cjs', '.ts', '.mts', '.cts'];
/** No plugin that anyone wrote is larger; a bundle of one may be. */
const MOST_BYTES = 32 * 1024 * 1024;
const MOST_README_BYTES = 64 * 1024;

export interface PluginContent {
  readonly sha256: string;
  readonly bytes: number;
}

/** Throws ProblemError in words when it is no file that could be a plugin. */
export async function readPluginFile(file: string): Promise<PluginContent> {
  const name = path.basename(file);
  if (!PLUGIN_EXTENSIONS.includes(path.extname(file).toLowerCase())) {
    throw new ProblemError({
      code: 'not-a-plugin',
      message: `${name} cannot be a plugin: it is neither JavaScript nor TypeScript.`,
      remedy: `Choose a file that ends in ${PLUGIN_EXTENSIONS.join(', ')}.`,
    });
  }
  const found = await stat(file).catch((error: NodeJS.ErrnoException) => {
    throw new ProblemError({
      code: 'plugin-missing',
      message: error.code === 'ENOENT' || error.code === 'ENOTDIR' ? `There is no file ${file}.` : `${file} cannot be reached: ${error.message}`,
      remedy: 'Check the path.',
    });
  });
  if (!found.isFile()) throw new ProblemError({ code: 'not-a-plugin', message: `${file} is not a file.`, remedy: 'Choose a file in it.' });
  if (found.size > MOST_BYTES) {
    throw new ProblemError({
      code: 'plugin-too-large',
      message: `${name} is larger than ${MOST_BYTES / 1024 / 1024} MB.`,
      remedy: 'Choose the file of the plugin itself.',
    });
  }
  const content = await readFile(file).catch((error: Error) => {
    throw new ProblemError({ code: 'plugin-unreadable', message: `${file} cannot be read: ${error.message}`, remedy: 'Check its permissions.' });
  });
  return { sha256: createHash('sha256').update(content).digest('hex'), bytes: content.length };
}

/** Markdown beside the plugin: of its own name first, then of its folder. Bounded; undefined when there is none. */
export async function readReadme(file: string): Promise<string | undefined> {
  const folder = path.dirname(file);
  const name = path.basename(file, path.extname(file));
  for (const candidate of [`${name}.md`, `${name}.README.md`, path.join(name, 'README.md'), 'README.md']) {
    const text = await readFile(path.join(folder, candidate), 'utf8').catch(() => undefined);
    if (text !== undefined) return text.slice(0, MOST_README_BYTES);
  }
  return undefined;
}
