/** TypeScript through the loaders that people use: what it does is the same, and its functions are where they were written. */
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { Project, packageFile, programsAreMissing, programVersions } from './project.ts';

interface Loader {
  readonly title: string;
  readonly flags?: readonly string[];
  /** A program that starts the script; else Node does. */
  readonly by?: string;
}

const LOADERS: readonly Loader[] = [
  { title: 'node --import tsx', flags: ['--import', 'tsx'] },
  { title: 'tsx', by: packageFile('tsx/dist/cli.mjs') },
  { title: 'ts-node --transpile-only', by: packageFile('ts-node/dist/bin-transpile.js') },
  { title: 'node --require ts-node/register/transpile-only', flags: ['--require', 'ts-node/register/transpile-only'] },
  { title: 'node --require esbuild-register', flags: ['--require', 'esbuild-register'] },
];

/** As they stand in the fixture. Where a map has nothing for the bracket of an arrow function, the place is that of its first parameter. */
const PLACES = ['main main.ts:9:1', expect.stringMatching(/^total main\.ts:7:1[56]$/), 'new Square shapes.ts:9:3', 'Square.area shapes.ts:14:3'];

describe.skipIf(programsAreMissing())('loaders of TypeScript', () => {
  describe.each(programVersions())('$title', ({ path: node }) => {
    it.each(LOADERS)('$title', async ({ flags = [], by }) => {
      const project = new Project('loaders', { node, flags });
      try {
        for (const args of [[], ['fail']]) {
          const [script = '', ...rest] = [...(by === undefined ? [] : [by]), 'main.ts', ...args];
          const plain = await project.run(script, rest);
          expect(plain.code).toBe(args.length);
          const { outcome, recording } = await project.record([], script, rest);
          expect(outcome).toEqual(plain);
          const { functions, lost, amiss } = recording;
          const places = functions.map(({ name, file, line, column }) => `${name} ${path.relative(project.folder, file)}:${line}:${column}`);
          expect({ places, lost, amiss }).toEqual({ places: expect.arrayContaining(PLACES), lost: 0, amiss: [] });
        }
      } finally {
        project.remove();
      }
    });
  });
});
