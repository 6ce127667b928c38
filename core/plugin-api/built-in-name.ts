/** What `vizplugins` alone means, as in the original. */
const DEFAULT = 'cpu_usage';

/** `cpu_usage` for `vizplugins.cpu_usage`, `vizplugins/cpu_usage` and `vizplugins`; undefined for what names no built-in plugin. */
export function builtInName(module: string): string | undefined {
  const found = /^vizplugins(?:[./](\w+))?$/.exec(module);
  return found ? (found[1] ?? DEFAULT) : undefined;
}
