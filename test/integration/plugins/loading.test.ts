/** Where plugins are found and how they are loaded: the reference's section 4 and the rows of "Bad input". */
import { rmSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { nodeVersions } from '../tracer/node-matrix.ts';
import { runTarget, writeScript } from '../tracer/run-target.ts';
import { TestCollector } from '../tracer/test-collector.ts';
import { runWithPlugins, told } from './plugin-run.ts';

const hook = (name: string): string =>
  `exports.get_vizplugin = (text) => ({ support_version: () => '0.1.0', message: () => (console.log('${name} of ' + text), { success: true }) });`;
const GOOD = told({ name: 'B' });

/** The plugin is told of, and the script and the other plugin go on. */
async function failureOf(spec: string, files: Readonly<Record<string, string>> = {}): Promise<string | undefined> {
  const run = await runWithPlugins([spec, GOOD], { files });
  expect(run.code).toBe(0);
  expect(run.lines).toContain('the script ends');
  expect(run.states[0]).toMatchObject({ state: 'failed', messages: 0, failureCount: 1, failures: [{ during: 'load' }] });
  expect(run.states[1]).toMatchObject({ state: 'terminated', failures: [] });
  expect(run.told).toHaveLength(1);
  return run.states[0]?.failures[0]?.message;
}

describe('Messages on stdout, then process exit code 1: here a failure of that plugin', () => {
  it("There's no module named X, maybe you need to install it", async () => {
    expect(await failureOf('not_there -f 5')).toMatch(/^There's no module named not_there, maybe you need to install it \(looked for in .+\)$/);
    expect(await failureOf('vizplugins.nope')).toMatch(
      /^There's no module named vizplugins\.nope, .+; built in are vizplugins\.active_handles, vizplugins\.cpu_usage, vizplugins\.event_loop, vizplugins\.gc, vizplugins\.memory_usage$/,
    );
  });
  it('an import error inside the plugin module names what is missing there', async () => {
    expect(await failureOf('./plugin.cjs', { 'plugin.cjs': "require('not-installed')" })).toMatch(/^Error: Cannot find module 'not-installed'/);
  });
  it('module that throws at import', async () => {
    expect(await failureOf('./plugin.cjs', { 'plugin.cjs': "throw new TypeError('at import')" })).toBe('TypeError: at import');
  });
  it('module with a syntax error', async () => {
    expect(await failureOf('./plugin.cjs', { 'plugin.cjs': 'const = 5;' })).toMatch(/^SyntaxError: /);
  });
  it('Unable to find get_vizplugin in X. Incorrect plugin.', async () => {
    expect(await failureOf('./plugin.cjs', { 'plugin.cjs': 'exports.other = 1;' })).toBe('Unable to find get_vizplugin in ./plugin.cjs. Incorrect plugin.');
  });
  it('Unable to find get_vizplugin as a callable in X. Incorrect plugin.', async () => {
    expect(await failureOf('./plugin.cjs', { 'plugin.cjs': 'exports.get_vizplugin = 5;' })).toBe(
      'Unable to find get_vizplugin as a callable in ./plugin.cjs. Incorrect plugin.',
    );
  });
  it.each(['null', 'undefined', '5', '{}', '{ message: 5 }', 'Promise.resolve(null)'])('hook that returns junk: %s', async (junk) => {
    expect(await failureOf('./plugin.cjs', { 'plugin.cjs': `exports.get_vizplugin = () => (${junk});` })).toBe(
      'get_vizplugin has to give a plugin: an object with a method message',
    );
  });
  it('hook that throws', async () => {
    expect(await failureOf('./plugin.cjs', { 'plugin.cjs': "exports.get_vizplugin = () => { throw new Error('in the hook') };" })).toBe('Error: in the hook');
  });
  it.each([
    ['that throws a text', "throw 'a text'", 'it threw "a text"'],
    ['that throws an object that cannot be shown', 'throw { get message() { throw 1 } }', 'it threw something that cannot be shown'],
  ])('hook %s', async (_, body, message) => {
    expect(await failureOf('./plugin.cjs', { 'plugin.cjs': `exports.get_vizplugin = () => { ${body} };` })).toBe(message);
  });
  it.each(['', '   ', '""'])('Empty string: %j', async (spec) => {
    expect(await failureOf(spec)).toBe('its text is empty: it begins with the name or the path of a module');
  });
  it('a module that hangs', async () => {
    const run = await runWithPlugins(['./plugin.cjs', GOOD], { files: { 'plugin.cjs': 'for (;;);' }, options: { pluginLimits: { loadMs: 600 } } });
    expect(run.states).toMatchObject([
      { state: 'failed', failures: [{ during: 'load', message: 'it took longer than 600 ms, and was ended' }] },
      { state: 'terminated' },
    ]);
    expect(run.code).toBe(0);
  });
});

describe('Version check', () => {
  const versioned = (version: string): Record<string, string> => ({
    'plugin.cjs': `exports.get_vizplugin = () => ({ support_version: () => (${version}), message: () => ({ success: true }) });`,
  });

  it.each(["'0.1.0'", "'0'", "'0.1'", "'0.0.9'"])('Lower or equal: silent (%s)', async (version) => {
    const run = await runWithPlugins(['./plugin.cjs'], { files: versioned(version) });
    expect(run.states).toMatchObject([{ state: 'terminated', warnings: [], failures: [] }]);
    expect(run.stderr).toBe('');
  });
  it.each(["'0.1.1'", "'0.1.0.1'", "'1'", "'0.10'"])('higher than the running version: says so once and goes on (%s)', async (version) => {
    const run = await runWithPlugins(['./plugin.cjs'], { files: versioned(version) });
    const made = version.slice(1, -1);
    const warning = `The plugin support version ${made} is higher than the version 0.1.0 of Trace Studio. Consider an update.`;
    expect(run.states).toMatchObject([{ state: 'terminated', supportVersion: made, warnings: [warning], failures: [] }]);
    expect(run.told).toHaveLength(1);
  });
  it.each([
    ["'soon'", '"soon"'],
    ["'1.x'", '"1.x"'],
    ["''", '""'],
  ])('Not numeric: told, not fatal (%s)', async (version, shown) => {
    const run = await runWithPlugins(['./plugin.cjs'], { files: versioned(version) });
    expect(run.states).toMatchObject([{ state: 'terminated', warnings: [`support_version gave ${shown}, which is no version like 1.2.3`], failures: [] }]);
  });
  it('not a string: told, not fatal', async () => {
    const run = await runWithPlugins(['./plugin.cjs'], { files: versioned('{ version: 1 }') });
    expect(run.states).toMatchObject([{ state: 'terminated', warnings: ['support_version gave a value of type object, which is no version like 1.2.3'] }]);
  });
  it('support_version() must be overridden', async () => {
    const files = { 'plugin.cjs': "const { VizPluginBase } = require('trace-studio'); exports.get_vizplugin = () => new VizPluginBase();" };
    expect(await failureOf('./plugin.cjs', files)).toBe('Error: Plugin of viztracer has to implement support_version method');
  });
  it('a duck type without support_version', async () => {
    expect(await failureOf('./plugin.cjs', { 'plugin.cjs': 'exports.get_vizplugin = () => ({ message() {} });' })).toBe(
      'Plugin of viztracer has to implement support_version method',
    );
  });
  it('called once, under either name', async () => {
    const files = {
      'plugin.cjs': `const { VizPluginBase } = require('trace-studio');
exports.getVizPlugin = () => new (class Named extends VizPluginBase { supportVersion() { console.log('asked'); return '0.0.1'; } });`,
    };
    const run = await runWithPlugins(['./plugin.cjs'], { files });
    expect(run.lines.filter((line) => line === 'asked')).toHaveLength(1);
    expect(run.states).toMatchObject([{ name: 'Named', supportVersion: '0.0.1', state: 'terminated' }]);
  });
});

describe('Where modules are found', () => {
  const manifest = (fields: object): string => JSON.stringify({ name: 'a-package', version: '1.0.0', ...fields });

  it.each([
    ['beside the script', 'plugin', { 'plugin.js': hook('found') }],
    ['with its extension', 'plugin.cjs -x', { 'plugin.cjs': hook('found') }],
    ['in a folder below, with slashes', 'my/plugin', { 'my/plugin.cjs': hook('found') }],
    ['in a folder below, with dots', 'my.plugin', { 'my/plugin.js': hook('found') }],
    ['as a folder with an index', './my', { 'my/index.js': hook('found') }],
    ['by a path with spaces in quotes', '"./my folder/plugin.cjs" -x "a  b"', { 'my folder/plugin.cjs': hook('found') }],
    ['as a package', 'a-package -x', { 'node_modules/a-package/package.json': manifest({ main: 'main.js' }), 'node_modules/a-package/main.js': hook('found') }],
    [
      'as a package for import alone',
      'a-package',
      {
        'node_modules/a-package/package.json': manifest({ type: 'module', exports: { '.': { import: './main.js' } } }),
        'node_modules/a-package/main.js': hook('found').replace('exports.get_vizplugin', 'export const get_vizplugin'),
      },
    ],
    ['before a package of that name', 'a-package', { 'node_modules/a-package/index.js': hook('package'), 'a-package.js': hook('found') }],
  ])('%s', async (_, spec, files) => {
    const run = await runWithPlugins([spec], { files: files as Record<string, string> });
    expect(run.told).toEqual([]);
    expect(run.lines).toContain(`found of ${spec}`);
  });

  it('in the working directory, after the folder of the script', async () => {
    const files = {
      'script.cjs': '',
      'inner/script.cjs': "require('../script.cjs'); console.log('inner')",
      'plugin.cjs': hook('outer'),
      'inner/both.cjs': hook('inner'),
      'both.cjs': hook('outer'),
    };
    const run = await runWithPlugins(['plugin', 'both'], { files, script: 'inner/script.cjs', cwd: '..' });
    expect(run.lines).toContain('outer of plugin');
    expect(run.lines).toContain('inner of both');
  });

  it.each(['vizplugins', 'vizplugins.cpu_usage', 'vizplugins/cpu_usage -f 50'])('built in: %s', async (spec) => {
    const run = await runWithPlugins([spec]);
    expect(run.states).toMatchObject([{ state: 'terminated', file: expect.stringMatching(/plugins.cpu_usage\.cjs$/), failures: [] }]);
  });

  it("Node's own modules are no plugins", async () => {
    expect(await failureOf('fs')).toMatch(/^There's no module named fs/);
  });
});

describe.each(nodeVersions())('kinds of modules in $title', ({ path: node, major }) => {
  const body = (type: string): string => `class Kind extends VizPluginBase {
  override support_version()${type} { return '0.1.0'; }
  override message(type${type}, payload${type && ': { when?: string; cmd_type?: string }'}) {
    if (payload.when === 'pre-start') console.log('pre-start', globalThis.begun === true);
    return { success: true };
  }
}`;
  const js = (text: string): string => text.replaceAll('override ', '');
  const esm = (type: string): string => `import { VizPluginBase } from 'trace-studio';\n${body(type)}\nexport const get_vizplugin = () => new Kind();`;
  const cjs = (type: string): string =>
    `const { VizPluginBase } = require('trace-studio');\n${body(type)}\nmodule.exports = { getVizPlugin: () => new Kind() };`;
  const kinds: [title: string, file: string, text: string, late?: boolean][] = [
    ['a CommonJS module', 'plugin.cjs', js(cjs(''))],
    ['a .js file', 'plugin.js', js(cjs(''))],
    ['TypeScript, CommonJS', 'plugin.cts', cjs(': string')],
    ['an ES module', 'plugin.mjs', js(esm('')), major === 20],
    ['TypeScript, an ES module', 'plugin.mts', esm(': string'), major === 20],
    ['a .ts file with import', 'plugin.ts', esm(': string'), major === 20],
    [
      'a default export',
      'plugin.mjs',
      js(esm('')).replace('export const get_vizplugin =', 'export default { get_vizplugin:').replace(/;$/, ' };'),
      major === 20,
    ],
    ['an ES module with top-level await', 'plugin.mjs', `await null;\n${js(esm(''))}`, true],
    ['an async hook', 'plugin.cjs', js(cjs('')).replace('() => new Kind()', 'async () => new Kind()'), true],
  ];

  it.each(kinds)('%s', async (_, file, text, late = false) => {
    const files = { 'script.cjs': "globalThis.begun = true; console.log('begin'); setTimeout(() => console.log('end'), 30);", [file]: text };
    const run = await runWithPlugins([`./${file}`], { node, files });
    expect(run.stderr).toBe('');
    expect(run.code).toBe(0);
    expect(run.states).toMatchObject([{ name: 'Kind', state: 'terminated', messages: 5, failures: [] }]);
    // One that is not there at once joins as soon as it is.
    expect(run.lines.filter((line) => !line.startsWith('pre-start'))).toEqual(['begin', 'end']);
    expect(run.lines).toContain(`pre-start ${late}`);
  });
});

describe("without the tracer's own part of plugins", () => {
  it('each plugin is told of as failed, and the script runs traced', async () => {
    const collector = new TestCollector();
    await collector.listen();
    try {
      rmSync(path.join(collector.tracerFolder, 'target-plugins.cjs'));
      const script = writeScript(collector, { 'script.cjs': "require('trace-studio').getTracer().counter('work', { a: 1 }); console.log('ran')" });
      const run = await runTarget(collector, script, { options: { plugins: [{ spec: 'a' }, { spec: 'b' }] } });
      expect(run).toEqual({ stdout: 'ran\n', stderr: '', code: 0, signal: null });
      expect([...(collector.targets[0]?.plugins.values() ?? [])]).toMatchObject(Array(2).fill({ state: 'failed', failureCount: 1 }));
      expect(collector.counters).toBe(1);
    } finally {
      await collector.close();
    }
  });
});
