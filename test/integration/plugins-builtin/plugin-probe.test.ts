/** What the probe tells of a plugin's module: one JSON line, whatever the module does. */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { nodeVersions } from '../tracer/node-matrix.ts';

const tracer = path.resolve(import.meta.dirname, '../../../dist/tracer');
const folder = mkdtempSync(path.join(os.tmpdir(), 'trace-studio-probe-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

interface Answer {
  readonly version?: string;
  readonly description?: string;
  readonly args_schema?: unknown;
  readonly hook?: boolean;
  readonly problem?: { readonly message: string };
}

function probe(node: string, file: string): Answer {
  const { stdout, status } = spawnSync(node, [path.join(tracer, 'plugin-probe.cjs'), file], { encoding: 'utf8', env: {} });
  expect(status).toBe(0);
  return JSON.parse(stdout.trimEnd().split('\n').at(-1) ?? '') as Answer;
}

function probeText(node: string, name: string, text: string): Answer {
  const file = path.join(folder, name);
  writeFileSync(file, text);
  return probe(node, file);
}

const SCHEMA = `{ options: [{ name: 'level', flags: ['-l'], type: 'integer', default: 2 }] }`;
const FACTS = {
  version: '2.1.0',
  description: 'It does.',
  hook: true,
  args_schema: { options: [{ name: 'level', flags: ['-l'], type: 'integer', default: 2 }] },
};
const ES = `import { VizPluginBase } from 'trace-studio';
export const version = '2.1.0', description = 'It does.', args_schema = ${SCHEMA};
export const get_vizplugin = () => new (class extends VizPluginBase {})();`;
const COMMON = `const { VizPluginBase } = require('trace-studio');
class Mine extends VizPluginBase {}
module.exports = { version: '2.1.0', description: 'It does.', args_schema: ${SCHEMA}, getVizPlugin: () => new Mine() };`;

describe.each(nodeVersions())('$title', ({ path: node }) => {
  it.each([
    ['es.mjs', ES],
    ['common.cjs', COMMON],
    [
      'default.mjs',
      `import { VizPluginBase } from 'trace-studio'; export default { version: '2.1.0', description: 'It does.', args_schema: ${SCHEMA}, get_vizplugin() { return VizPluginBase; } };`,
    ],
    ['typed.ts', `const level: number = 2;\n${ES}`],
    ['typed.mts', `const level: number = 2;\n${ES}`],
    ['typed.cts', `const level: number = 2;\n${COMMON}`],
    ['late.mjs', `await new Promise((resolve) => setTimeout(resolve, 1));\n${ES}`],
    ['noisy.mjs', `console.log('{"version":"no"}'); process.stdout.write('{');\n${ES}`],
    ['stays.mjs', `setInterval(() => {}, 1000);\n${ES}`],
  ])('tells of %s', (name, text) => expect(probeText(node, name, text)).toEqual(FACTS));

  it('says that there is no hook', () => {
    expect(probeText(node, 'none.mjs', 'export const get_vizplugin = 3;')).toEqual({ hook: false });
  });
});

describe('a module that fails', () => {
  it.each([
    ['throws.cjs', `\n\nthrow new Error('not today\\nand more');`, 'throws.cjs, line 3, fails while it is loaded: not today'],
    ['null.mjs', `throw null;`, 'null.mjs fails while it is loaded: null'],
    ['syntax.cjs', `\nlet 3;`, 'syntax.cjs, line 2, fails while it is loaded: Unexpected number'],
    ['needs.cjs', `require('not-installed');`, `needs.cjs, line 1, fails while it is loaded: Cannot find module 'not-installed'`],
    ['exits.cjs', `process.exit(3);`, 'exits.cjs ends its process while it is loaded.'],
    ['never.mjs', `await new Promise(() => {});`, 'never.mjs is never loaded: its top-level await does not settle.'],
    ['later.mjs', `setTimeout(() => { throw new Error('late'); }); await new Promise(() => {});`, 'later.mjs, line 1, fails while it is loaded: late'],
    ['cycle.cjs', `exports.args_schema = {}; exports.args_schema.self = exports.args_schema;`, 'The args_schema of cycle.cjs is not what JSON can hold'],
  ])('%s gives a problem in words', (name, text, message) => {
    expect(probeText(process.execPath, name, text).problem?.message).toContain(message);
  });

  it('a file that is not there, too', () => {
    const file = path.join(folder, 'missing.js');
    expect(probe(process.execPath, file)).toEqual({ problem: { message: `There is no file ${file}.` } });
  });
});

describe('the built-in plugins', () => {
  it.each(['cpu_usage', 'memory_usage', 'event_loop', 'gc', 'active_handles'])('%s has a version, a description and a frequency', (name) => {
    const frequency = expect.objectContaining({ name: 'frequency', flags: ['-f', '--frequency'], default: 50 });
    expect(probe(process.execPath, path.join(tracer, 'plugins', `${name}.cjs`))).toEqual({
      version: expect.stringMatching(/^\d+\.\d+\.\d+$/),
      description: expect.stringMatching(/\.$/),
      hook: true,
      args_schema: { description: expect.any(String), options: [frequency] },
    });
  });
});
