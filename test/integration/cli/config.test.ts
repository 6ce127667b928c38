/** Config files of `run`: every kind of them, on every Node, and who has the last word. */
import { mkdirSync } from 'node:fs';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { CaptureOptions } from '../../../core/protocol/capture-options.ts';
import { TargetEnvironment } from '../../../core/protocol/target-wire.ts';
import { nodeVersions } from '../tracer/node-matrix.ts';
import { CliFolder, type Ended } from './cli-process.ts';

let folder: CliFolder;
beforeEach(() => {
  folder = new CliFolder();
  folder.write('package.json', '{}');
});
afterEach(() => folder.remove());

const NO_ENV = process.platform === 'win32';

/** The options that a target gets: `env` prints what is for the tracer, which is not in it. */
async function run(...options: string[]): Promise<Ended & { readonly capture: Partial<CaptureOptions> }> {
  const ended = await folder.run(['run', '-o', 'r.tsr', ...options, '--', 'env']);
  const name = `${TargetEnvironment.OPTIONS}=`;
  const line = ended.stdout.split('\n').find((each) => each.startsWith(name));
  return { ...ended, capture: line === undefined ? {} : (JSON.parse(line.slice(name.length)) as { capture: CaptureOptions }).capture };
}

const KINDS: Readonly<Record<string, string>> = {
  'trace-studio.config.json': '{ "maxDepth": 20, "include": ["src/**"] }',
  'trace-studio.config.cjs': `const { join } = require('node:path'); module.exports = { maxDepth: 4 * 5, include: [join('src', '**')] };`,
  'trace-studio.config.mjs': `import { join } from 'node:path'; export default { maxDepth: 20, include: [join('src', '**')] };`,
  'trace-studio.config.js': `console.log('printed'); module.exports = Promise.resolve({ maxDepth: 20, include: ['src/**'] });`,
  'trace-studio.config.ts': `import type { TraceStudioConfig } from 'trace-studio';
    const config: TraceStudioConfig = { maxDepth: 20, include: ['src/**'] };
    export default config;`,
  'package.json': '{ "trace-studio": { "maxDepth": 20, "include": ["src/**"] } }',
};

describe.skipIf(NO_ENV)('a config file', () => {
  test.each(Object.keys(KINDS))('%s is taken, and named', async (name) => {
    folder.write(name, KINDS[name] as string);
    const { capture, stderr, stdout, code } = await run();
    expect(code).toBe(0);
    expect(stderr).toContain(`trace-studio: options of ${name}.`);
    expect(stdout).not.toContain('printed');
    expect(capture).toMatchObject({ maxDepth: 20, include: ['src/**'], gc: true });
  });

  test.each(nodeVersions())('in TypeScript is read by $title', async ({ path: node }) => {
    folder.write('trace-studio.config.ts', KINDS['trace-studio.config.ts'] as string);
    expect((await run('--node', node)).capture).toMatchObject({ maxDepth: 20 });
  });

  test('of the folder of the script goes before one further up; one word of the command line before both', async () => {
    folder.write('trace-studio.config.json', '{ "maxDepth": 1 }');
    mkdirSync(path.join(folder.path, 'sub'));
    folder.write('sub/trace-studio.config.json', '{ "maxDepth": 2, "gc": false, "include": ["a"] }');
    folder.write('sub/show.cjs', `console.log(require('node:child_process').execFileSync('env').toString())`);
    const ended = await folder.run(['run', '-o', 'r.tsr', '--gc', '--no-include', '--', 'sub/show.cjs']);
    expect(ended.stderr).toContain(`options of ${path.join('sub', 'trace-studio.config.json')}.`);
    expect(ended.stdout).toContain('"maxDepth":2');
    expect(ended.stdout).toContain('"gc":true');
    expect(ended.stdout).toContain('"include":[]');
  });

  test('is named, or left out', async () => {
    folder.write('trace-studio.config.json', '{ "maxDepth": 1 }');
    folder.write('other.json', '{ "maxDepth": 2 }');
    expect((await run('--config', 'other.json')).capture.maxDepth).toBe(2);
    const without = await run('--no-config');
    expect(without.capture.maxDepth).toBe(0);
    expect(without.stderr).not.toContain('options of');
    expect((await run('--quiet')).stderr).toBe('');
  });

  test.each([
    ['trace-studio.config.json', '{ "maxDepth": "deep" }', 'In trace-studio.config.json, maxDepth cannot be "deep". Depth at most is a number from 0'],
    ['trace-studio.config.json', '{ oops', 'trace-studio.config.json is no JSON: '],
    ['trace-studio.config.mjs', 'export default { gc: 1 }', 'In trace-studio.config.mjs, gc cannot be 1. Garbage collection is true or false.'],
    ['trace-studio.config.mjs', 'export const gc = false', 'trace-studio.config.mjs exports no config: it needs a default export.'],
    ['trace-studio.config.cjs', '\n\nthrow new Error("as told")', 'trace-studio.config.cjs, line 3, fails while it is loaded: as told. Mend it, '],
    ['trace-studio.config.cjs', 'process.exit(0)', 'trace-studio.config.cjs ends its process while it is loaded.'],
    ['trace-studio.config.cjs', 'module.exports = { maxDepth: 1n }', 'What trace-studio.config.cjs exports is not what JSON can hold'],
    ['trace-studio.config.cjs', 'module.exports = () => ({})', 'trace-studio.config.cjs has to hold an object of options.'],
    ['trace-studio.config.ts', 'export default { ', 'trace-studio.config.ts'],
  ])('%s with %j is answered in words, and nothing runs', async (name, content, words) => {
    folder.write(name, content);
    const { code, stdout, stderr } = await run();
    expect(stderr).toContain(words);
    expect(stderr).not.toContain('options of');
    expect(stdout).toBe('');
    expect(code).toBe(1);
  });

  test('that is not there is told', async () => {
    const { code, stderr } = await run('--config', 'none.ts');
    expect(stderr).toContain(`There is no config file ${path.join(folder.path, 'none.ts')}. Check its path, or go without one.`);
    expect(code).toBe(1);
  });
});
