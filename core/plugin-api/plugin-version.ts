/** Whole numbers of a version; undefined if it is not made of such, parted by dots. */
function partsOf(version: string): number[] | undefined {
  return /^\d+(\.\d+)*$/.test(version) ? version.split('.').map(Number) : undefined;
}

/** What is to be said of a plugin that was made for `made`, where `running` runs; undefined if all is well. */
export function versionWarning(made: unknown, running: string): string | undefined {
  const parts = typeof made === 'string' ? partsOf(made) : undefined;
  if (!parts) return `support_version gave ${typeof made === 'string' ? JSON.stringify(made.slice(0, 40)) : kindOf(made)}, which is no version like 1.2.3`;
  if (!isHigher(parts, partsOf(running) ?? [])) return undefined;
  return `The plugin support version ${made} is higher than the version ${running} of Trace Studio. Consider an update.`;
}

const kindOf = (value: unknown): string => (value === null || value === undefined ? String(value) : `a value of type ${typeof value}`);

/** Number by number; of two that begin alike, the longer is the higher: 1 < 1.0 < 1.0.1. */
function isHigher(one: readonly number[], other: readonly number[]): boolean {
  for (const [i, part] of one.entries()) {
    const against = other[i];
    if (against === undefined) return true;
    if (part !== against) return part > against;
  }
  return false;
}
