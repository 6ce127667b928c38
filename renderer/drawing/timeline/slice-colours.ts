/**
 * Which of the nine data colours a slice has. The same thing has the same colour in every run: colours come from names, never from
 * the order in which things were met. Slate (9) is what is not the user's own: dependencies, Node itself, what has no name yet.
 */

export const SLATE = 9;

/** What of a name decides its colour. */
export interface ColouredName {
  readonly text: string;
  readonly category: string;
  readonly file: string;
  readonly functionFlags: number;
  readonly categoryHash: number;
  readonly nameHash: number;
}

export type ColourBy = 'category' | 'name' | 'thread';

const OWN_COLOURS = 8;
/** FunctionFlag.NATIVE of the protocol. */
const NATIVE = 16;

const CATEGORIES: ReadonlyMap<string, number> = new Map(
  Object.entries({
    1: ['app', 'task', 'job'],
    2: ['fs', 'file', 'timer', 'timers', 'module', 'modules'],
    3: ['db', 'sql', 'pg', 'mysql', 'redis', 'mongodb', 'promise', 'promises'],
    4: ['render', 'view', 'worker', 'workers', 'message'],
    5: ['auth', 'crypto', 'user timing'],
    6: ['json', 'parse', 'zlib', 'console'],
    7: ['http', 'https', 'net', 'tls', 'dns', 'fetch', 'socket', 'http server', 'http client'],
    8: ['image', 'child process', 'child_process', 'exception', 'warning'],
    9: ['gc', 'node', 'v8', 'native', 'other'],
  }).flatMap(([colour, names]) => names.map((name) => [name, Number(colour)] as const)),
);

/** Categories that say no more than "a call": as if there were none. FEE is what VizTracer calls a function's entry and exit. */
const SAYS_NOTHING: ReadonlySet<string> = new Set(['', 'fee', 'call', 'calls', 'function', 'functions', 'toplevel', 'default']);

/** A dependency, or Node itself: not what the user wrote. */
export const isForeign = (name: ColouredName): boolean =>
  (name.functionFlags & NATIVE) !== 0 || name.file.startsWith('node:') || /(^|[\\/])node_modules[\\/]/.test(name.file);

/** 1 … 9. By thread: the caller knows it. */
export function sliceColour(name: ColouredName, by: Exclude<ColourBy, 'thread'>): number {
  if (isForeign(name)) return SLATE;
  if (by === 'name') return (name.nameHash % OWN_COLOURS) + 1;
  // A slice may have several categories, separated by commas: the first one counts.
  const category = (name.category.split(',', 1)[0] as string).trim().toLowerCase();
  return CATEGORIES.get(category) ?? ((SAYS_NOTHING.has(category) ? name.nameHash : name.categoryHash) % OWN_COLOURS) + 1;
}

export const threadColour = (index: number): number => (index % OWN_COLOURS) + 1;
