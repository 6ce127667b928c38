import picomatch from 'picomatch';

/**
 * Globs or folders, relative to the working directory or absolute: `src` is all that lies in it. The matcher is asked with the
 * path of a file relative to the working directory and its absolute one, both with `/`.
 */
export function fileGlobs(patterns: readonly string[]): (relative: string, absolute: string) => boolean {
  const forward = [...patterns].map((pattern) => pattern.replaceAll('\\', '/').replace(/^\.\//, '').replace(/\/+$/, ''));
  const all = forward.flatMap((pattern) => (pattern === '.' || pattern === '' ? ['**'] : [pattern, `${pattern}/**`]));
  const isMatch = picomatch(all, { dot: true });
  return (relative, absolute) => isMatch(relative) || isMatch(absolute);
}
