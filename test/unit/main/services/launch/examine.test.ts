import path from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { LaunchConfig } from '../../../../../core/protocol/session-types.ts';
import type { NodeInstall } from '../../../../../core/protocol/studio-api.ts';
import { examineLaunch } from '../../../../../main/services/launch/examine.ts';
import type { TracerPlaces } from '../../../../../main/services/launch/permissions.ts';
import { makeSpawnPlan } from '../../../../../main/services/launch/spawn-plan.ts';
import { TemporaryFolder } from '../temporary-folder.ts';

let folder: TemporaryFolder;
beforeEach(() => {
  folder = new TemporaryFolder();
});
afterEach(() => folder.remove());

const NODE: NodeInstall = { path: '/opt/node/bin/node', version: 'v24.1.0', arch: 'x64', source: 'PATH' };

const form = (target: LaunchConfig['target'], more: Partial<LaunchConfig> = {}): LaunchConfig => ({
  target,
  arguments: '',
  cwd: '',
  environment: [],
  nodeFlags: '',
  nodePath: '',
  recordEnvironmentValues: false,
  ...more,
});
const script = (file: string, more: Partial<LaunchConfig> = {}) => form({ kind: 'script', path: file }, more);

interface Around {
  node?: NodeInstall | undefined;
  environment?: Record<string, string>;
  tracerStripsTypes?: boolean;
  places?: TracerPlaces;
}
const examine = (config: LaunchConfig, { node = NODE, environment = { PATH: '/usr/bin' }, tracerStripsTypes = false, places }: Around = {}) =>
  examineLaunch(config, {
    cwd: folder.path,
    home: folder.path,
    environment,
    tracerStripsTypes,
    ...(places && { places }),
    nodes: { choose: async () => node, at: async (file) => ({ ...node, path: file }), all: async () => [node] },
  });
const problems = async (config: LaunchConfig, around?: Around) => (await examine(config, around)).inspection.problems;

describe('a script', () => {
  test('runs with flags before and arguments after it, in its own folder', async () => {
    const file = folder.write('sub/a.js');
    const { inspection, start } = await examine(script('sub/a.js', { nodeFlags: '--max-old-space-size=512', arguments: '-x "y z"' }));
    expect(inspection).toMatchObject({ problems: [], language: 'javascript', cwd: path.dirname(file), node: NODE });
    expect(inspection.command).toEqual([NODE.path, '--max-old-space-size=512', file, '-x', 'y z']);
    expect(start).toMatchObject({ title: 'a.js', file: NODE.path, script: file });
  });

  test.each([
    ['nowhere.js', 'script-not-found'],
    ['', 'no-script'],
    ['folder', 'script-is-folder'],
    ['a.js/b.js', 'script-not-found'],
  ])('%j is refused at its field', async (name, code) => {
    folder.write('a.js');
    folder.folder('folder');
    expect(await problems(script(name))).toMatchObject([{ field: 'target', code }]);
  });

  test('of the home folder is found by ~', async () => {
    const file = folder.write('a.js');
    expect((await examine(script('~/a.js'))).start?.script).toBe(file);
  });

  test('tells every problem at once, each at its field', async () => {
    const found = await problems(
      script('nowhere.js', {
        arguments: '"open',
        nodeFlags: 'script.js',
        cwd: '/nowhere/at/all',
        environment: [{ name: 'A B', value: '1' }],
        nodePath: '/x/node',
      }),
      { node: { ...NODE, problem: 'is not there' } },
    );
    expect(found.map(({ field }) => field).sort()).toEqual(['arguments', 'cwd', 'environment', 'nodeFlags', 'nodePath', 'target']);
    for (const { message, remedy } of found) {
      expect(message).toMatch(/\S\.?$/);
      expect(remedy).toBeTruthy();
    }
  });

  test.each(['-e', '--eval=1', '-p', '--check', '--version', '--', '-'])('with the Node flag %s is refused: Node would not run it', async (flag) => {
    folder.write('a.js');
    expect(await problems(script('a.js', { nodeFlags: flag }))).toMatchObject([{ field: 'nodeFlags', code: 'bad-node-flag' }]);
  });
});

describe('TypeScript', () => {
  const old: NodeInstall = { ...NODE, version: 'v20.19.0' };
  beforeEach(() => {
    folder.write('a.ts', 'let a: number');
  });

  test('runs on a Node that strips types', async () => {
    expect((await examine(script('a.ts'))).inspection).toMatchObject({ problems: [], language: 'typescript' });
  });

  test('on an older Node needs a newer one or a loader', async () => {
    const [problem] = await problems(script('a.ts'), { node: old });
    expect(problem).toMatchObject({
      field: 'target',
      code: 'typescript-unsupported',
      message: 'a.ts is TypeScript, which Node v20.19.0 cannot run by itself.',
    });
    expect(problem?.remedy).toBe('Choose Node 22.18 or newer, or add a loader to the Node flags, for example --import tsx.');
  });

  test('offers the flag where there is one, and the loader that is installed', async () => {
    folder.folder('node_modules/tsx');
    const [problem] = await problems(script('a.ts'), { node: { ...NODE, version: 'v22.10.0' } });
    expect(problem?.remedy).toContain('--experimental-strip-types');
    expect(problem?.remedy).toContain('tsx is installed in this project');
  });

  test.each([{ nodeFlags: '--import tsx' }, { environment: [{ name: 'NODE_OPTIONS', value: '--import tsx' }] }])(
    'runs on an older Node with %j',
    async (more) => {
      expect(await problems(script('a.ts', more), { node: old })).toEqual([]);
    },
  );

  test('runs on an older Node when the tracer strips types', async () => {
    expect(await problems(script('a.ts'), { node: old, tracerStripsTypes: true })).toEqual([]);
  });
});

describe('an npm script', () => {
  const npmScript = (name: string, more: Partial<LaunchConfig> = {}) => form({ kind: 'npm-script', folder: '', name }, more);

  test('runs by npm of the chosen Node, with that Node first on PATH', async () => {
    folder.write('package.json', '{"name":"sample","scripts":{"go":"node go.js"}}');
    const node = { ...NODE, path: folder.fakeNode('nodes/bin/node', 'v24.1.0') };
    const npm = folder.write('nodes/lib/node_modules/npm/bin/npm-cli.js');
    const { inspection, start } = await examine(npmScript('go', { arguments: 'a "b c"' }), { node });
    expect(inspection.command).toEqual([node.path, npm, 'run', 'go', '--', 'a', 'b c']);
    expect(start?.environment.PATH).toBe(`${path.dirname(node.path)}:/usr/bin`);
  });

  test('that is not there is refused with the ones that are', async () => {
    folder.write('package.json', '{"name":"sample","scripts":{"go":"x","build":"y"}}');
    expect(await problems(npmScript('gone'))).toMatchObject([{ field: 'target', code: 'no-npm-script', remedy: 'Choose one of: go, build.' }]);
  });

  test('of a folder without a package.json is refused', async () => {
    expect(await problems(npmScript('go'))).toMatchObject([{ code: 'no-package' }]);
  });
});

describe('a command', () => {
  const command = (line: string, more: Partial<LaunchConfig> = {}) => form({ kind: 'command', command: line }, more);

  test('of node means the chosen one', async () => {
    const { inspection } = await examine(command('node --test "a b.js"', { nodeFlags: '--no-warnings', arguments: 'last' }));
    expect(inspection.command).toEqual([NODE.path, '--no-warnings', '--test', 'a b.js', 'last']);
  });

  test('is looked up on PATH', async () => {
    const tool = folder.write('bin/tool', '#!/bin/sh\n', 0o755);
    const { inspection } = await examine(command('tool --fast'), { environment: { PATH: path.dirname(tool) } });
    expect(inspection.command).toEqual([tool, '--fast']);
  });

  test.each([
    ['tool && other', 'needs-shell'],
    ['tool > out.txt', 'needs-shell'],
    ['tool 2>err.txt', 'needs-shell'],
    ['A=1 tool', 'needs-shell'],
    ['nowhere-to-be-found', 'command-not-found'],
    ['./nowhere', 'command-not-found'],
    ['', 'no-command'],
    [`tool 'open`, 'open-quote'],
  ])('%j is refused', async (line, code) => {
    expect(await problems(command(line))).toMatchObject([{ field: 'target', code }]);
  });
});

describe('the environment', () => {
  test('is the own one with the additions, without what Electron and an outer session left', async () => {
    folder.write('a.js');
    const environment = { PATH: '/usr/bin', ELECTRON_RUN_AS_NODE: '1', TRACE_STUDIO_SECRET: 'x', KEPT: 'old' };
    const { start } = await examine(
      script('a.js', {
        environment: [
          { name: 'KEPT', value: 'new' },
          { name: 'EMPTY', value: '' },
          { name: '', value: '' },
        ],
      }),
      { environment },
    );
    expect(start?.environment).toEqual({ PATH: '/usr/bin', KEPT: 'new', EMPTY: '' });
  });

  test('is recorded by name, and by value only when chosen', async () => {
    folder.write('a.js');
    const config = script('a.js', { environment: [{ name: 'TOKEN', value: 'secret' }] });
    const { start } = await examine(config);
    if (!start) throw new Error('expected a launch without problems');
    expect(makeSpawnPlan(config, start, '/tracer').recordedEnvironment).toEqual({ names: ['TOKEN'] });
    expect(makeSpawnPlan({ ...config, recordEnvironmentValues: true }, start, '/tracer').recordedEnvironment).toEqual({
      names: ['TOKEN'],
      values: { TOKEN: 'secret' },
    });
    expect(makeSpawnPlan(config, start, 'C:\\data\\tracer').preload).toBe('C:/data/tracer/preload.cjs');
  });
});

describe('the permission model of Node', () => {
  const places = { tracers: path.resolve('/data/tracer'), socketParents: [path.resolve('/data')] };
  const preloadFolder = path.resolve('/data/tracer/1.0-abc');
  const note = async (config: LaunchConfig, around: Around = {}) => (await examine(config, { places, ...around })).inspection.permissions;
  const asked = `--allow-fs-read=${path.join(places.tracers, '*')} --allow-worker --allow-fs-write=${path.resolve('/data/ts-')}*`;

  test('is off: nothing is said, and the target is traced', async () => {
    folder.write('a.js');
    const { inspection, start } = await examine(script('a.js', { nodeFlags: '--allow-worker' }), { places });
    expect(inspection.permissions).toBeUndefined();
    expect(start && makeSpawnPlan(script('a.js'), start, preloadFolder)).not.toHaveProperty('untraced');
  });

  test('is on: the flags that are missing are told, Run goes, without a tracer that could not be read', async () => {
    folder.write('a.js');
    const config = script('a.js', { nodeFlags: '--permission --allow-fs-read=.' });
    const { inspection, start } = await examine(config, { places });
    expect(inspection).toMatchObject({ problems: [], permissions: { flags: asked, remedy: `Add to the flags of Node: ${asked}` } });
    expect(inspection.permissions?.message).toContain('nothing of it is recorded');
    expect(start && makeSpawnPlan(config, start, preloadFolder).untraced).toContain('Nothing is recorded');
  });

  test('one installed tracer may be granted by itself', async () => {
    folder.write('a.js');
    const config = script('a.js', { nodeFlags: `--permission --allow-fs-read=${preloadFolder} --allow-worker` });
    const { inspection, start } = await examine(config, { places });
    expect(inspection.permissions).toMatchObject({ flags: `--allow-fs-write=${path.resolve('/data/ts-')}*` });
    expect(inspection.permissions?.message).toContain('what a process could not send');
    expect(start && makeSpawnPlan(config, start, preloadFolder)).not.toHaveProperty('untraced');
    expect(start && makeSpawnPlan(config, start, path.resolve('/data/tracer/2.0-def')).untraced).toBeDefined();
  });

  test('is seen in NODE_OPTIONS, in a command and in an npm script', async () => {
    folder.write('a.js');
    folder.write('package.json', JSON.stringify({ scripts: { start: 'node --permission a.js', plain: 'node a.js --permission' } }));
    expect(await note(script('a.js'), { environment: { PATH: '/usr/bin', NODE_OPTIONS: '--permission' } })).toMatchObject({ flags: asked });
    expect(await note(form({ kind: 'command', command: 'node --permission a.js' }))).toMatchObject({ flags: asked });
    expect(await note(form({ kind: 'command', command: 'node a.js --permission' }))).toBeUndefined();
    expect(await note(form({ kind: 'npm-script', folder: '', name: 'start' }))).toMatchObject({ flags: asked });
    expect(await note(form({ kind: 'npm-script', folder: '', name: 'plain' }))).toBeUndefined();
  });

  test('a sampler needs the inspector, from the Node on that has a flag for it', async () => {
    folder.write('a.js');
    const config = script('a.js', { nodeFlags: '--permission --allow-fs-read=* --allow-fs-write=* --allow-worker', capture: { calls: 'sampling' } });
    expect(await note(config)).toMatchObject({ flags: '--allow-inspector' });
    expect(await note(config, { node: { ...NODE, version: 'v22.20.0' } })).toBeUndefined();
    expect(await note({ ...config, capture: { calls: 'exact' } })).toBeUndefined();
  });

  test('a path with a space is quoted, as it is typed', async () => {
    folder.write('a.js');
    const spaced = { tracers: path.resolve('/my data/tracer'), socketParents: [path.resolve('/my data')] };
    const flags = (await note(script('a.js', { nodeFlags: '--permission' }), { places: spaced }))?.flags ?? '';
    expect(flags).toContain('"--allow-fs-read=');
    expect(await note(script('a.js', { nodeFlags: `--permission ${flags}` }), { places: spaced })).toBeUndefined();
  });
});
