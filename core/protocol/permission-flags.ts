/**
 * Node's permission model and the tracer: it has to be read, and to have a thread. With a flag missing the script runs, or dies at once where the
 * preload may not be read (before Node 22): so the preload is left out then.
 */
export interface PermissionProblem {
  /** The preload cannot be read either: a Node 20 would end with that. */
  readonly preload: boolean;
  /** Flags that are missing. */
  readonly add: readonly string[];
}

/** `words`: what Node is given before the script, NODE_OPTIONS included. `folder`: of the tracer. Undefined: nothing stands in its way. */
export function permissionProblem(words: readonly string[], folder: string): PermissionProblem | undefined {
  if (!words.some((word) => word === '--permission' || word === '--experimental-permission')) return undefined;
  const add: string[] = [];
  const readable = valuesOf(words, '--allow-fs-read').some((path) => covers(path, folder));
  if (!readable) add.push(`--allow-fs-read=${folder}/*`);
  if (!words.includes('--allow-worker')) add.push('--allow-worker');
  return add.length > 0 ? { preload: !readable, add } : undefined;
}

/** For a user: which process, and what would help. */
export const permissionAdvice = ({ add }: PermissionProblem): string =>
  `It runs under Node's permission model, which keeps the tracer out. To record it, add ${add.join(' ')}.`;

function valuesOf(words: readonly string[], name: string): string[] {
  return words.flatMap((word, i) => {
    const value = word.startsWith(`${name}=`) ? word.slice(name.length + 1) : word === name ? (words[i + 1] ?? '') : '';
    return value === '' ? [] : value.split(',');
  });
}

function covers(allowed: string, folder: string): boolean {
  const path = allowed.replaceAll('\\', '/');
  if (path === '*') return true;
  const under = path.endsWith('*') ? path.slice(0, -1) : path;
  return `${folder}/`.startsWith(under) && (path.endsWith('*') || under === folder || under === `${folder}/`);
}
