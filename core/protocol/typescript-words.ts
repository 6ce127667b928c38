import type { TypeScriptWay } from './target-wire.ts';

const WORDS: Readonly<Record<TypeScriptWay, string>> = {
  node: 'stripped by Node',
  blanks: 'stripped by Trace Studio',
  amaro: 'transformed by Trace Studio (amaro)',
  project: 'transformed by the project’s TypeScript',
  bundled: 'transformed by Trace Studio (TypeScript)',
  loader: 'transformed by a loader of the project',
};

/** `TypeScript: stripped by Node`; undefined where there was none. Several ways where files differ. */
export const typeScriptInWords = (ways: readonly TypeScriptWay[] = []): string | undefined =>
  ways.length === 0 ? undefined : `TypeScript: ${ways.map((way) => WORDS[way]).join('; ')}`;
