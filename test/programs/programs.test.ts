/**
 * Real programs, as they are installed from npm, do the same with and without the tracer: what they print, what they end with, what they write.
 * Three measures of recording: the project's own code, that of all packages, and with it every value and every promise.
 */
import { describe, expect, it } from 'vitest';
import { type Mask, Project, packageFile, programsAreMissing, programVersions } from './project.ts';

interface Program {
  readonly title: string;
  /** Folder of test/fixtures/programs. */
  readonly folder: string;
  /** Files of packages that are copied into the project, to have something to work on. */
  readonly inputs?: Readonly<Record<string, string>>;
  readonly script: string;
  readonly args?: readonly string[];
  readonly code: number;
  /** What may differ from run to run of the program itself. */
  readonly masks?: readonly Mask[];
  /** False: everything that runs is in packages. */
  readonly hasOwnCode?: boolean;
  /** Not with every value recorded: why. */
  readonly notEverything?: string;
}

const DURATION: Mask = { what: 'durations', pattern: /(?<![\d.])\d+(?:\.\d+)? ?m?s\b/g };
const PORT: Mask = { what: 'ports', pattern: /(?<=localhost:|"port": ?)\d+/g };
const PID: Mask = { what: 'process ids', pattern: /(?<=\(node:)\d+/g };

const COMPILATION = { 'src/compilation.js': 'webpack/lib/Compilation.js' };
const EXPRESS = { 'src/application.js': 'express/lib/application.js', 'src/response.js': 'express/lib/response.js', 'src/utils.js': 'express/lib/utils.js' };
const uncaught = (name: string, masks: readonly Mask[] = []): Program => ({
  title: `uncaught: ${name}`,
  folder: 'uncaught',
  script: name,
  code: 1,
  masks: [PID, ...masks],
});

const PROGRAMS: readonly Program[] = [
  {
    title: 'prettier formats a large file, and a language of the project’s own',
    folder: 'prettier',
    inputs: COMPILATION,
    script: packageFile('prettier/bin/prettier.cjs'),
    args: ['--write', 'src', 'words.calm', 'prettier.config.mjs'],
    code: 0,
    masks: [DURATION],
    notEverything: 'the values of millions of calls are gigabytes',
  },
  {
    title: 'prettier tells of what it cannot read',
    folder: 'prettier',
    script: packageFile('prettier/bin/prettier.cjs'),
    args: ['--check', 'broken.js', 'empty.calm', 'not-there.js'],
    code: 2,
  },
  {
    title: 'eslint, with a rule of the project’s own',
    folder: 'eslint',
    inputs: EXPRESS,
    script: packageFile('eslint/bin/eslint.js'),
    args: ['src', '--format', 'json', '-o', 'out/report.json'],
    code: 1,
    notEverything: 'the values of millions of calls are gigabytes',
  },
  { title: 'eslint, with a rule that fails', folder: 'eslint', script: packageFile('eslint/bin/eslint.js'), args: ['crash'], code: 2 },
  {
    title: 'tsc -p',
    folder: 'tsc',
    script: packageFile('typescript/bin/tsc'),
    args: ['-p', '.', '--listEmittedFiles'],
    code: 0,
    hasOwnCode: false,
    notEverything: 'the values of millions of calls are gigabytes',
  },
  {
    title: 'tsc -p, of a program with errors',
    folder: 'tsc',
    script: packageFile('typescript/bin/tsc'),
    args: ['-p', 'tsconfig.wrong.json'],
    code: 1,
    hasOwnCode: false,
    notEverything: 'the values of millions of calls are gigabytes',
  },
  {
    title: 'webpack, with a plugin and a loader of the project’s own',
    folder: 'webpack',
    script: 'build.cjs',
    code: 0,
    masks: [DURATION],
    notEverything: 'the values of millions of calls are gigabytes',
  },
  { title: 'webpack, with a loader that fails', folder: 'webpack', script: 'build.cjs', args: ['wrong'], code: 3, masks: [DURATION] },
  { title: 'webpack, of a file that it cannot parse', folder: 'webpack', script: 'build.cjs', args: ['broken'], code: 3, masks: [DURATION] },
  { title: 'rollup', folder: 'rollup', script: packageFile('rollup/dist/bin/rollup'), args: ['-c'], code: 0, masks: [DURATION] },
  { title: 'mocha', folder: 'mocha', script: packageFile('mocha/bin/mocha.js'), args: ['--recursive'], code: 8, masks: [DURATION] },
  {
    title: 'mocha --parallel',
    folder: 'mocha',
    script: packageFile('mocha/bin/mocha.js'),
    // One file: of several the one that is done first comes first.
    args: ['--parallel', '--jobs', '2', 'test/queue.spec.js'],
    code: 7,
    masks: [DURATION],
  },
  { title: 'express under a thousand requests', folder: 'express', script: 'main.mjs', code: 0, masks: [PORT] },
  uncaught('hook.cjs'),
  uncaught('route.cjs'),
  uncaught('several.mjs'),
  uncaught('text.cjs'),
  uncaught('wrong-syntax.mjs'),
];

const ALL_PACKAGES = ['--packages', '*'];
const MEASURES = [
  { measure: 'own code', options: [] },
  { measure: 'all packages', options: ALL_PACKAGES },
  { measure: 'everything', options: [...ALL_PACKAGES, '--log-args', '--log-return', '--async-hooks'] },
] as const;

describe.skipIf(programsAreMissing())('real programs', () => {
  describe.each(programVersions())('$title', ({ path: node }) => {
    it.each(PROGRAMS)('$title', async ({ folder, inputs, script, args, code, masks, hasOwnCode = true, notEverything }) => {
      const project = new Project(folder, { node, masks, inputs });
      try {
        const plain = await project.run(script, args);
        expect(plain.code).toBe(code);
        for (const { measure, options } of MEASURES) {
          if (measure === 'everything' && notEverything !== undefined) continue;
          const { outcome, recording } = await project.record(options, script, args);
          expect({ measure, ...outcome }).toEqual({ measure, ...plain });
          const { calls, lost, amiss } = recording;
          expect({ measure, hasCalls: calls > 0, lost, amiss }).toEqual({ measure, hasCalls: hasOwnCode || measure !== 'own code', lost: 0, amiss: [] });
        }
      } finally {
        project.remove();
      }
    });
  });
});
