/** Where the config file of a script lies. Nothing of it is run here. */
import { readdir, readFile, stat } from 'node:fs/promises';
import path from 'node:path';
import { type Problem, ProblemError } from '../../../core/base/result.ts';

/** In the order in which one folder is looked at. */
const NAMES = ['ts', 'js', 'mjs', 'cjs', 'json'].map((extension) => `trace-studio.config.${extension}`);
export const PACKAGE_KEY = 'trace-studio';
/** A package.json is read for its key; nobody's is larger. */
const MOST_PACKAGE_BYTES = 4 * 1024 * 1024;

export interface FoundConfig {
  readonly file: string;
  /** `data`: JSON. `package`: a key of package.json. `module`: it has to be run. */
  readonly kind: 'data' | 'package' | 'module';
}

/**
 * The nearest one from `folder` up to the project's root, which is the first folder with a package.json or a `.git`; where there is
 * none, of `folder` alone: further up may be anybody's.
 */
export async function findConfig(folder: string): Promise<FoundConfig | undefined> {
  const start = path.resolve(folder);
  let first: FoundConfig | undefined;
  for (let current = start; ; current = path.dirname(current)) {
    const names = new Set(await readdir(current).catch(() => [] as string[])); // One that cannot be listed has nothing for us.
    first ??= await configIn(current, names);
    const isRoot = names.has('package.json') || names.has('.git');
    if (isRoot) return first;
    if (path.dirname(current) === current) return first && path.dirname(first.file) === start ? first : undefined;
  }
}

async function configIn(folder: string, names: ReadonlySet<string>): Promise<FoundConfig | undefined> {
  const name = NAMES.find((each) => names.has(each));
  if (name !== undefined) return namedConfig(path.join(folder, name));
  const file = path.join(folder, 'package.json');
  return names.has('package.json') && (await hasKey(file)) ? { file, kind: 'package' } : undefined;
}

/** A file that the user named. */
export function namedConfig(file: string): FoundConfig {
  if (path.basename(file) === 'package.json') return { file, kind: 'package' };
  return { file, kind: file.toLowerCase().endsWith('.json') ? 'data' : 'module' };
}

async function hasKey(file: string): Promise<boolean> {
  try {
    if ((await stat(file)).size > MOST_PACKAGE_BYTES) return false;
    const text = await readFile(file, 'utf8');
    return text.includes(`"${PACKAGE_KEY}"`) && Object.hasOwn(JSON.parse(text) as object, PACKAGE_KEY);
  } catch {
    return false; // Node and npm say what is wrong with it.
  }
}

/** Another user could have put it there, where many may write: it is not taken by itself. */
export async function ownerProblem({ file }: FoundConfig, folder: string): Promise<Problem | undefined> {
  const me = process.getuid?.();
  if (me === undefined) return undefined;
  const owner = (await stat(file)).uid;
  if (owner === me || owner === 0 || owner === (await stat(folder)).uid) return undefined;
  const remedy = 'Name it to use it all the same, or go without a config file.';
  return { code: 'config-foreign', message: `${file} belongs to another user, so it is not used.`, remedy };
}

export const missingConfig = (file: string): ProblemError =>
  new ProblemError({ code: 'config-missing', message: `There is no config file ${file}.`, remedy: 'Check its path, or go without one.' });
