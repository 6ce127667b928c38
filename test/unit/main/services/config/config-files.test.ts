import { chmodSync, chownSync, mkdirSync, symlinkSync } from 'node:fs';
import path from 'node:path';
import { afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { ConfigFiles } from '../../../../../main/services/config/config-files.ts';
import { ConfigTrust } from '../../../../../main/services/config/config-trust.ts';
import { findConfig } from '../../../../../main/services/config/find-config.ts';
import { runConfig } from '../../../../../main/services/config/run-config.ts';
import { TemporaryFolder } from '../temporary-folder.ts';

let folder: TemporaryFolder;
beforeEach(() => {
  folder = new TemporaryFolder();
});
afterEach(() => folder.remove());

const IS_ROOT = process.getuid?.() === 0;

describe('a config file is found', () => {
  const found = async (from: string) => {
    const config = await findConfig(path.join(folder.path, from));
    return config && `${config.kind} ${path.relative(folder.path, config.file)}`;
  };
  beforeEach(() => mkdirSync(path.join(folder.path, 'a/b/c'), { recursive: true }));

  test('nearest first, up to the folder with package.json', async () => {
    folder.write('trace-studio.config.json', '{}');
    folder.write('a/package.json', '{}');
    expect(await found('a/b/c')).toBeUndefined();
    folder.write('a/trace-studio.config.mjs', '');
    expect(await found('a/b/c')).toBe('module a/trace-studio.config.mjs');
    folder.write('a/b/trace-studio.config.json', '{}');
    expect(await found('a/b/c')).toBe('data a/b/trace-studio.config.json');
  });

  test('up to the folder of the repository, too', async () => {
    mkdirSync(path.join(folder.path, 'a/.git'));
    folder.write('a/trace-studio.config.ts', '');
    expect(await found('a/b/c')).toBe('module a/trace-studio.config.ts');
  });

  test('without a project only beside the script: further up may be anybody’s', async () => {
    folder.write('a/trace-studio.config.json', '{}');
    expect(await found('a/b/c')).toBeUndefined();
    expect(await found('a')).toBe('data a/trace-studio.config.json');
  });

  test('as a key of package.json, behind a file of its own', async () => {
    folder.write('package.json', '{ "name": "x", "description": "about \\"trace-studio\\"" }');
    expect(await found('a/b')).toBeUndefined();
    folder.write('package.json', '{ "trace-studio": { "gc": false } }');
    expect(await found('a/b')).toBe('package package.json');
    folder.write('trace-studio.config.cjs', '');
    expect(await found('a/b')).toBe('module trace-studio.config.cjs');
  });

  test('and a package.json that is broken, or of which there is none, is no mistake of ours', async () => {
    folder.write('package.json', '{ "trace-studio": ');
    expect(await found('a/b')).toBeUndefined();
    expect(await found('nowhere')).toBeUndefined();
  });
});

/** What stands for the tracer's probe: prints what the file says it exports. */
const PROBE = `const { readFileSync } = require('node:fs'); console.log('hello'); console.log(JSON.stringify({ config: eval('(' + readFileSync(process.argv[2], 'utf8') + ')') }));`;

describe('config files', () => {
  let program: string;
  beforeEach(() => {
    program = folder.write('probe.cjs', PROBE);
    folder.write('package.json', '{}');
  });
  const trust = () => new ConfigTrust(path.join(folder.path, 'data/config-trust.json'));
  const inspect = (files = new ConfigFiles({ program }), named?: string) => files.inspect(named, folder.path, process.execPath);

  test('of JSON are read here, with a sentence for what is wrong', async () => {
    const file = folder.write('trace-studio.config.json', '\uFEFF{ "gc": false, "maxDepth": "deep", "x": 1 }');
    const { inspection, problems } = await inspect();
    expect(inspection).toEqual({ path: file, trust: 'data', bytes: 46, capture: { gc: false } });
    expect(problems.map(({ code }) => code)).toEqual(['config-value', 'config-key']);
    folder.write('trace-studio.config.json', '{ "gc": fal');
    expect((await inspect()).problems).toMatchObject([{ code: 'config-no-json', message: expect.stringContaining('trace-studio.config.json is no JSON') }]);
    folder.write('trace-studio.config.json', `{ "gc": false, "x": "${'y'.repeat(300_000)}" }`);
    expect((await inspect()).problems).toMatchObject([{ code: 'config-large' }]);
  });

  test('of package.json are named as its key', async () => {
    folder.write('package.json', '{ "trace-studio": { "calls": 1 } }');
    expect((await inspect()).problems[0]?.message).toBe('In the key trace-studio of package.json, calls cannot be 1.');
  });

  test('in JavaScript run in a process of their own, on the command line at once', async () => {
    folder.write('trace-studio.config.js', '{ keep: "last", keepSeconds: 5 }');
    const { inspection, problems } = await inspect();
    expect(problems).toEqual([]);
    expect(inspection).toMatchObject({ trust: 'trusted', capture: { keep: 'last', keepSeconds: 5 }, sha256: expect.stringMatching(/^[0-9a-f]{64}$/) });
  });

  test('in the window only once they are trusted with this content, which is remembered', async () => {
    const file = folder.write('trace-studio.config.js', '{ gc: false }');
    const files = new ConfigFiles({ program, trust: trust() });
    const { inspection, problems } = await inspect(files);
    expect(inspection).toMatchObject({ trust: 'untrusted', capture: {} });
    expect(problems).toMatchObject([{ code: 'config-untrusted', remedy: 'Trust it, or run without it.' }]);
    await expect(files.trust(file, '0'.repeat(64))).rejects.toMatchObject({ code: 'config-changed' });
    await files.trust(file, inspection?.sha256 ?? '');
    expect((await inspect(files)).inspection).toMatchObject({ trust: 'trusted', capture: { gc: false } });
    expect((await inspect(new ConfigFiles({ program, trust: trust() }))).inspection).toMatchObject({ trust: 'trusted' });
    folder.write('trace-studio.config.js', '{ gc: false, marks: false }');
    expect(await inspect(files)).toMatchObject({ inspection: { trust: 'changed', capture: {} }, problems: [{ code: 'config-changed' }] });
    folder.write('trace-studio.config.js', '{ gc: false }');
    expect((await inspect(files)).inspection).toMatchObject({ trust: 'trusted' });
  });

  test('are trusted by the file that a link leads to', async () => {
    const real = folder.write('elsewhere.js', '{ gc: false }');
    symlinkSync(real, path.join(folder.path, 'trace-studio.config.js'));
    const files = new ConfigFiles({ program, trust: trust() });
    const { inspection } = await inspect(files);
    expect(inspection?.path).toBe(real);
    await files.trust(path.join(folder.path, 'trace-studio.config.js'), inspection?.sha256 ?? '');
    expect((await inspect(files)).inspection).toMatchObject({ trust: 'trusted' });
  });

  test('are taken by name, or not at all', async () => {
    folder.write('trace-studio.config.json', '{ "gc": false }');
    const other = folder.write('other.json', '{ "marks": false }');
    expect((await inspect(undefined, other)).inspection?.capture).toEqual({ marks: false });
    expect(await inspect(undefined, '')).toEqual({ problems: [] });
    expect((await inspect(undefined, path.join(folder.path, 'none.json'))).problems).toMatchObject([{ code: 'config-missing' }]);
    expect((await inspect(undefined, folder.path)).problems).toMatchObject([{ code: 'config-missing' }]);
  });

  test('of another user are not taken by themselves', async ({ skip }) => {
    skip(!IS_ROOT, 'only root can give a file to another user');
    const file = folder.write('trace-studio.config.json', '{ "gc": false }');
    chownSync(file, 12345, 12345);
    expect((await inspect()).problems).toMatchObject([{ code: 'config-foreign' }]);
    expect((await inspect(undefined, file)).inspection?.capture).toEqual({ gc: false });
    // A project that is all that user's, as in a container.
    chownSync(folder.path, 12345, 12345);
    expect((await inspect()).inspection?.capture).toEqual({ gc: false });
  });

  test('that may not be read are told', async ({ skip }) => {
    skip(IS_ROOT, 'root may read any file');
    chmodSync(folder.write('trace-studio.config.json', '{}'), 0o000);
    expect((await inspect()).problems).toMatchObject([{ code: 'config-unreadable' }]);
  });
});

describe('the process that reads one', () => {
  const run = (program: string, limitMs = 10_000) =>
    runConfig({ node: process.execPath, program: folder.write('probe.cjs', program), file: folder.write('trace-studio.config.js'), limitMs });
  beforeAll(() => {
    process.env.STUDIO_SECRET_OF_TEST = 'hush';
  });

  test('gives the last answer, whatever the file prints', async () => {
    expect(await run(`console.log('{"not": json'); console.log(JSON.stringify({ config: { gc: false } })); console.log('bye')`)).toEqual({ gc: false });
  });
  test('is ended after its time, and at too much output', async () => {
    await expect(run('setInterval(() => {}, 1000)', 300)).rejects.toMatchObject({ code: 'config-slow' });
    await expect(run('const say = () => console.log("x".repeat(100000), setImmediate(say)); say()')).rejects.toMatchObject({ code: 'config-broken' });
  });
  test('says what was wrong in words', async () => {
    await expect(run(`console.log(JSON.stringify({ problem: { message: 'line 3 fails' } }))`)).rejects.toThrow('line 3 fails');
    await expect(run('throw new TypeError("no such thing")')).rejects.toThrow('trace-studio.config.js could not be read: ');
  });
  test('has nothing of the studio’s environment', async () => {
    expect(await run('console.log(JSON.stringify({ config: String(process.env.STUDIO_SECRET_OF_TEST) }))')).toBe('undefined');
  });
});
