/** The catalogue with the built tracer: its probe, its built-in plugins, and runs of what the template writes. */
import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { PluginState } from '../../../core/protocol/plugins.ts';
import type { RecordingInfo } from '../../../core/protocol/recording-format.ts';
import { readAll, repository, StudioFixture, scriptConfig, type WindowClient } from './studio-fixture.ts';

let fixture: StudioFixture;
let window: WindowClient;
beforeEach(() => {
  fixture = new StudioFixture();
  window = fixture.window();
});
afterEach(() => fixture.end());

async function trust(file: string) {
  const { sha256 } = await window.request('plugins.examine', { path: file });
  return window.request('plugins.add', { path: file, sha256 });
}

/** Runs it to its end, and gives the last word about each of its plugins. */
async function states(script: string, specs: readonly string[], nodePath = process.execPath): Promise<readonly PluginState[]> {
  const plugins = specs.map((spec) => ({ spec, enabled: true }));
  const started = await window.request('session.start', scriptConfig(script, { plugins, nodePath }));
  await window.ended(started.id);
  const text = (await readAll(await fixture.reader(), started.recording)).toString('utf8');
  const last = new Map<number, PluginState>();
  for (const found of text.matchAll(/\{"kind":"plugin",.*?"timeNs":[\d.]+\}/g)) {
    const info = JSON.parse(found[0]) as Extract<RecordingInfo, { kind: 'plugin' }>;
    last.set(info.state.index, info.state);
  }
  return [...last.entries()].sort(([a], [b]) => a - b).map(([, state]) => state);
}

const SHORT = `setTimeout(() => console.log('done'), 120);`;

test('lists the built-in plugins with version, description, readme and arguments', async () => {
  const entries = await window.request('plugins.list', null);
  expect(entries.map(({ module }) => module)).toEqual(['active_handles', 'cpu_usage', 'event_loop', 'gc', 'memory_usage'].map((name) => `vizplugins.${name}`));
  for (const entry of entries) {
    expect(entry).toMatchObject({
      builtIn: true,
      trust: 'built-in',
      version: expect.any(String),
      description: expect.stringMatching(/\w{3}/),
      readme: expect.any(String),
    });
    expect(entry.problem).toBeUndefined();
    expect(entry.argsSchema?.options?.map(({ flags }) => flags)).toContainEqual(['-f', '--frequency']);
  }
});

test('a run with built-in plugins takes those of the installed tracer', async () => {
  const [cpu, gc] = await states(fixture.write('short.js', SHORT), ['vizplugins.cpu_usage -f 20', 'vizplugins/gc']);
  expect(cpu).toMatchObject({ state: 'terminated', failureCount: 0, file: expect.stringContaining(path.join(fixture.folder, 'data', 'tracer')) });
  expect(gc).toMatchObject({ state: 'terminated', failureCount: 0 });
});

describe('a new plugin', () => {
  test.each(['ts', 'mts', 'cts', 'js', 'mjs', 'cjs'])('in .%s says what it is, and runs as it is', async (extension) => {
    const file = path.join(fixture.folder, 'work', `my-plugin.${extension}`);
    const entry = await window.request('plugins.create', { path: file });
    expect(entry).toMatchObject({
      trust: 'trusted',
      version: '1.0.0',
      description: 'Counts the seconds of a run.',
      argsSchema: { options: [{ name: 'frequency' }] },
    });
    expect(entry.problem).toBeUndefined();
    const [state] = await states(fixture.write('short.js', SHORT), [`./my-plugin.${extension} -f 50`]);
    expect(state).toMatchObject({ state: 'terminated', failureCount: 0, handler: 'ran', supportVersion: '0.1.0' });
  });

  test('in TypeScript has no error of types', async () => {
    const file = path.join(fixture.folder, 'work', 'my-plugin.ts');
    await window.request('plugins.create', { path: file });
    const config = fixture.write(
      'tsconfig.json',
      JSON.stringify({
        compilerOptions: {
          strict: true,
          noEmit: true,
          module: 'nodenext',
          target: 'es2023',
          types: ['node'],
          typeRoots: [path.join(repository, 'node_modules/@types')],
          noImplicitOverride: true,
          paths: { 'trace-studio': [path.join(repository, 'core/tracer/api.ts')] },
          allowImportingTsExtensions: true,
          erasableSyntaxOnly: true,
          skipLibCheck: true,
        },
        files: [file],
      }),
    );
    execFileSync(process.execPath, [path.join(repository, 'node_modules/typescript/bin/tsc'), '-p', config], { stdio: 'pipe', encoding: 'utf8' });
  });
});

describe('a run is refused in words', () => {
  test('and nothing of a plugin runs before it is trusted', async () => {
    const mark = path.join(fixture.folder, 'work', 'ran');
    const file = fixture.write(
      'mine.cjs',
      `require('fs').writeFileSync(${JSON.stringify(mark)}, 'x'); exports.get_vizplugin = () => ({ support_version: () => '0.1.0', message: () => ({ success: true }) });`,
    );
    const config = scriptConfig(fixture.write('short.js', SHORT), { plugins: [{ spec: './mine.cjs', enabled: true }] });
    expect((await window.request('launch.inspect', config)).problems).toMatchObject([{ field: 'plugins', code: 'plugin-untrusted' }]);
    await expect(window.request('session.start', config)).rejects.toMatchObject({ code: 'plugin-untrusted', message: expect.stringContaining('mine.cjs') });
    await window.request('plugins.examine', { path: file });
    await window.request('plugins.list', null);
    expect(existsSync(mark)).toBe(false);
    await trust(file);
    expect(existsSync(mark)).toBe(true);
    expect((await window.request('launch.inspect', config)).problems).toEqual([]);
  });

  test('also when it is run again after the plugin changed', async () => {
    const file = fixture.write('mine.cjs', `exports.get_vizplugin = () => ({ support_version: () => '0.1.0', message: () => ({ success: true }) });`);
    await trust(file);
    const started = await window.request('session.start', scriptConfig(fixture.write('short.js', SHORT), { plugins: [{ spec: './mine.cjs', enabled: true }] }));
    await window.ended(started.id);
    writeFileSync(file, `${readFileSync(file, 'utf8')}\n// another`);
    await expect(window.request('session.restart', { session: started.id })).rejects.toMatchObject({ code: 'plugin-changed' });
  });

  test('and not when it is off', async () => {
    const config = scriptConfig(fixture.write('short.js', SHORT), { plugins: [{ spec: './nowhere.js', enabled: false }] });
    expect((await window.request('launch.inspect', config)).problems).toEqual([]);
    await window.ended((await window.request('session.start', config)).id);
  });
});

test('files outside of the roots are no plugins', async () => {
  const outside = path.join(fixture.folder, 'outside.js');
  writeFileSync(outside, '');
  await expect(window.request('plugins.examine', { path: outside })).rejects.toMatchObject({ code: 'outside-roots' });
  await expect(window.request('plugins.add', { path: outside, sha256: '0'.repeat(64) })).rejects.toMatchObject({ code: 'outside-roots' });
  await expect(window.request('plugins.create', { path: path.join(fixture.folder, 'new.ts') })).rejects.toMatchObject({ code: 'outside-roots' });
});

test.each([
  ['throws at import', 'throw new Error("boom at import")', /boom at import/],
  ['has a syntax error', 'const = 5', /SyntaxError|Unexpected|fails while/],
  ['has no hook', 'exports.x = 1', /get_vizplugin/],
  ['ends its process', 'process.exit(0)', /ends its process/],
])('a trusted plugin that %s is listed with what is wrong', async (_, code, message) => {
  const entry = await trust(fixture.write('bad.cjs', code));
  expect(entry).toMatchObject({ trust: 'trusted', problem: { message: expect.stringMatching(message) } });
});
