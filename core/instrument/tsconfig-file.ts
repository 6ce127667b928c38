import { createPathsMatcher, getTsconfig } from 'get-tsconfig';

/** What `tsconfig.json` says of a file. */
export interface TsconfigOfFile {
  readonly folder: string;
  /** As it is written there, with what it extends. */
  readonly compilerOptions: Readonly<Record<string, unknown>>;
  /** Files that `paths` and `baseUrl` may mean by a name, without their endings; none for a relative one. */
  readonly candidates: (specifier: string) => readonly string[];
}

const known = new Map<string, unknown>();

/** The nearest one; undefined where there is none, or one that cannot be read. */
export function tsconfigOf(file: string): TsconfigOfFile | undefined {
  try {
    const found = getTsconfig(file, 'tsconfig.json', known as never);
    if (!found) return undefined;
    const matcher = createPathsMatcher(found);
    return {
      folder: found.path.replace(/[\\/][^\\/]*$/, ''),
      compilerOptions: (found.config.compilerOptions as Record<string, unknown> | undefined) ?? {},
      candidates: (specifier) => matcher?.(specifier) ?? [],
    };
  } catch {
    return undefined;
  }
}
