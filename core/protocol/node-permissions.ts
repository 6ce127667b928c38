/** Node's permission model, as far as flags tell of it: what a target is let at, and what a tracer in it needs. */

export interface NodePermissions {
  /** As they are written: a folder, a file, or with a star at the end all that begins so. */
  readonly read: readonly string[];
  readonly write: readonly string[];
  readonly worker: boolean;
  readonly inspector: boolean;
}

/** `resolve` makes a path absolute, without a separator at its end; `sep` is the system's. */
export interface PathRules {
  readonly resolve: (path: string) => string;
  readonly sep: string;
}

/** Flags whose value may stand in the word after them, and could be taken for the script. */
const WITH_VALUE = /^(-r|--require|--import|--loader|--experimental-loader|--allow-fs-read|--allow-fs-write)$/;
const SCRIPT = /\.[cm]?[jt]sx?$/;

/** The flags of Node in the words of a command line, without what stands behind the script. */
export function nodeFlagsOf(words: readonly string[]): readonly string[] {
  const script = words.findIndex((word, at) => SCRIPT.test(word) && !word.startsWith('-') && !WITH_VALUE.test(words[at - 1] ?? ''));
  return script < 0 ? words : words.slice(0, script);
}

/** What `flags` grant. Undefined: the model is off, and everything may be done. */
export function nodePermissions(flags: readonly string[]): NodePermissions | undefined {
  let on = false;
  const read: string[] = [];
  const write: string[] = [];
  const granted = new Set<string>();
  for (const [at, flag] of flags.entries()) {
    const equals = flag.indexOf('=');
    const written = equals < 0 ? flag : flag.slice(0, equals);
    if (!written.startsWith('--')) continue;
    // Node takes an underscore for a dash.
    const name = written.replaceAll('_', '-');
    const value = equals < 0 ? flags[at + 1] : flag.slice(equals + 1);
    if (name === '--permission' || name === '--experimental-permission') on = true;
    else if (name === '--no-permission' || name === '--no-experimental-permission') on = false;
    else if (name === '--allow-fs-read' && value !== undefined) read.push(value);
    else if (name === '--allow-fs-write' && value !== undefined) write.push(value);
    else if (name.startsWith('--no-allow-')) granted.delete(name.slice('--no-'.length));
    else granted.add(name.slice('--'.length));
  }
  return on ? { read, write, worker: granted.has('allow-worker'), inspector: granted.has('allow-inspector') } : undefined;
}

/** Whether one of `patterns` lets a process at `file`, which is absolute. What follows a star is not looked at, as in Node. */
export function isGranted(patterns: readonly string[], file: string, { resolve, sep }: PathRules): boolean {
  const path = comparable(file, sep);
  return patterns.some((pattern) => {
    const star = pattern.indexOf('*');
    if (star === 0) return true;
    const start = star < 0 ? pattern : pattern.slice(0, star);
    const full = comparable(resolve(start), sep);
    const folder = full.endsWith(sep) ? full : full + sep;
    const endsInFolder = start.endsWith(sep) || start.endsWith('/');
    if (star >= 0) return path.startsWith(endsInFolder ? folder : full);
    return path === full || path.startsWith(folder);
  });
}

/** Windows knows no difference between the cases of letters, and takes both slashes. */
const comparable = (path: string, sep: string): string => (sep === '\\' ? path.replaceAll('/', '\\').toLowerCase() : path);
