import { mkdirSync, readFileSync, rmSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { PluginCatalogue } from '../../../../../main/services/plugins/catalogue.ts';
import type { ProbeAnswer } from '../../../../../main/services/plugins/probe.ts';
import { TemporaryFolder } from '../temporary-folder.ts';

let folder: TemporaryFolder;
let probed: string[];
let answer: ProbeAnswer;
beforeEach(() => {
  folder = new TemporaryFolder();
  probed = [];
  answer = { facts: { version: '1.2.0', description: 'Counts.', argsSchema: { options: [{ name: 'frequency', flags: ['-f'], type: 'number', max: 100 }] } } };
});
afterEach(() => folder.remove());

const catalogue = () =>
  new PluginCatalogue({
    file: path.join(folder.path, 'plugins.json'),
    tracerFolder: path.join(folder.path, 'tracer'),
    probe: async (file) => {
      probed.push(path.basename(file));
      return answer;
    },
  });
const places = () => ({ scriptFolder: folder.path, cwd: folder.path, home: folder.path });

async function trusted(one: PluginCatalogue, file: string) {
  return one.add(file, (await one.examine(file)).sha256);
}

describe('the list', () => {
  test('has the built-in ones first, with what they say of themselves and their readme', async () => {
    folder.write('tracer/plugins/gc.cjs', '1');
    folder.write('tracer/plugins/cpu_usage.cjs', '2');
    folder.write('tracer/plugins/cpu_usage.cjs.map', '{}');
    folder.write('tracer/plugins/cpu_usage.md', '# cpu');
    const one = catalogue();
    await trusted(one, folder.write('mine.js', '3'));
    const entries = await one.list();
    expect(entries.map(({ module, builtIn, trust }) => [module, builtIn, trust])).toEqual([
      ['vizplugins.cpu_usage', true, 'built-in'],
      ['vizplugins.gc', true, 'built-in'],
      [path.join(folder.path, 'mine.js'), false, 'trusted'],
    ]);
    expect(entries[0]).toMatchObject({ title: 'cpu_usage', version: '1.2.0', description: 'Counts.', readme: '# cpu' });
    expect(entries[1]?.readme).toBeUndefined();
  });

  test('asks each content once, also over a restart', async () => {
    folder.write('tracer/plugins/gc.cjs', '1');
    await catalogue().list();
    await catalogue().list();
    expect(probed).toEqual(['gc.cjs']);
  });

  test('asks again after an update, and what had a problem after a restart', async () => {
    folder.write('tracer/plugins/gc.cjs', '1');
    answer = { facts: {}, problem: { code: 'plugin-broken', message: 'gc.cjs could not be loaded.' } };
    expect((await catalogue().list())[0]?.problem?.code).toBe('plugin-broken');
    await catalogue().list();
    folder.write('tracer/plugins/gc.cjs', '1.1');
    await catalogue().list();
    expect(probed).toHaveLength(3);
  });

  test('is empty in an installation without any', async () => {
    expect(await catalogue().list()).toEqual([]);
  });
});

describe('trust', () => {
  test('nothing of a file runs before it is trusted', async () => {
    const file = folder.write('mine.js', 'x');
    const one = catalogue();
    expect(await one.examine(file)).toEqual({ path: file, sha256: expect.stringMatching(/^[0-9a-f]{64}$/), bytes: 1, trusted: false });
    await one.inspect([{ spec: file, enabled: true }], places());
    expect(probed).toEqual([]);
    expect(await trusted(one, file)).toMatchObject({ trust: 'trusted', version: '1.2.0' });
    expect(probed).toEqual(['mine.js']);
    expect((await one.examine(file)).trusted).toBe(true);
  });

  test('is of the content that was shown: one that changed meanwhile is refused', async () => {
    const file = folder.write('mine.js', 'x');
    const one = catalogue();
    const { sha256 } = await one.examine(file);
    writeFileSync(file, 'y');
    await expect(one.add(file, sha256)).rejects.toMatchObject({ code: 'plugin-changed' });
    expect(probed).toEqual([]);
  });

  test('a changed file asks again, one that changed back does not, and both are remembered', async () => {
    const file = folder.write('mine.js', 'x');
    await trusted(catalogue(), file);
    writeFileSync(file, 'y');
    expect(await catalogue().list()).toMatchObject([{ trust: 'changed' }]);
    expect((await catalogue().list())[0]).not.toHaveProperty('argsSchema');
    writeFileSync(file, 'x');
    expect(await catalogue().list()).toMatchObject([{ trust: 'trusted' }]);
    expect(probed).toEqual(['mine.js']);
  });

  test('a trusted content elsewhere is another file', async () => {
    const one = catalogue();
    await trusted(one, folder.write('mine.js', 'x'));
    expect((await one.examine(folder.write('other/mine.js', 'x'))).trusted).toBe(false);
  });

  test('ends with removal; the file stays', async () => {
    const file = folder.write('mine.js', 'x');
    const one = catalogue();
    await trusted(one, file);
    await one.remove(file);
    expect(await one.list()).toEqual([]);
    expect((await one.examine(file)).trusted).toBe(false);
    expect(readFileSync(file, 'utf8')).toBe('x');
  });

  test('is written for the eyes of its owner, and a damaged file of it means that all are asked about again', async () => {
    const file = folder.write('mine.js', 'x');
    await trusted(catalogue(), file);
    const kept = path.join(folder.path, 'plugins.json');
    expect(statSync(kept).mode & 0o777).toBe(0o600);
    writeFileSync(kept, JSON.stringify({ added: [{ path: file, trusted: ['yes'], addedAtMs: 1 }, null], known: 7 }));
    expect(await catalogue().list()).toEqual([]);
    expect((await catalogue().examine(file)).trusted).toBe(false);
  });

  test.each([
    ['notes.txt', 'not-a-plugin'],
    ['nowhere.js', 'plugin-missing'],
    ['folder.js', 'not-a-plugin'],
  ])('%s is refused in words', async (name, code) => {
    folder.write('notes.txt');
    mkdirSync(path.join(folder.path, 'folder.js'));
    await expect(catalogue().examine(path.join(folder.path, name))).rejects.toMatchObject({ code });
  });
});

describe('the plugins of a form', () => {
  const inspect = async (one: PluginCatalogue, spec: string, enabled = true) => one.inspect([{ spec, enabled }], places());

  test.each(['mine.js', './mine.js', './mine', '"./mine.js" -f 5', 'mine'])('%s is the file beside the script', async (spec) => {
    const file = folder.write('mine.js', 'x');
    const one = catalogue();
    await trusted(one, file);
    expect(await inspect(one, spec)).toMatchObject({
      inspections: [{ file, trust: 'trusted', argsSchema: answer.facts.argsSchema }],
      launch: [{ spec, file }],
    });
  });

  test('a link is the file that it leads to', async () => {
    const one = catalogue();
    await trusted(one, folder.write('real/mine.js', 'x'));
    symlinkSync(path.join(folder.path, 'real/mine.js'), path.join(folder.path, 'link.js'));
    expect((await inspect(one, './link.js')).inspections).toMatchObject([{ trust: 'trusted' }]);
  });

  test.each(['vizplugins.gc', 'vizplugins/gc -f 5'])('%s is built in, and taken from the installed tracer', async (spec) => {
    folder.write('tracer/plugins/gc.cjs', 'x');
    expect(await inspect(catalogue(), spec)).toMatchObject({ inspections: [{ trust: 'built-in' }], launch: [{ spec, builtIn: 'gc' }] });
  });

  test('a file beside the script goes before the built-in one of its name, and has to be trusted', async () => {
    folder.write('tracer/plugins/gc.cjs', 'x');
    folder.write('vizplugins/gc.js', 'y');
    expect((await inspect(catalogue(), 'vizplugins/gc')).inspections).toMatchObject([{ trust: 'untrusted', problem: { code: 'plugin-untrusted' } }]);
  });

  test.each([
    ['a package', { main: 'lib/it.cjs' }],
    ['one for import alone', { type: 'module', exports: { '.': { import: './lib/it.cjs' } } }],
  ])('%s is found from the folder of the script, and has to be trusted', async (_, manifest) => {
    folder.write('node_modules/viz-thing/package.json', JSON.stringify({ name: 'viz-thing', ...manifest }));
    const file = folder.write('node_modules/viz-thing/lib/it.cjs', 'x');
    const one = catalogue();
    expect((await inspect(one, 'viz-thing')).inspections).toMatchObject([{ file, trust: 'untrusted' }]);
    await trusted(one, file);
    expect((await inspect(one, 'viz-thing')).inspections).toMatchObject([{ trust: 'trusted' }]);
  });

  test.each(['nowhere', './nowhere.js', 'fs', ''])('%j is told as missing', async (spec) => {
    const { inspections } = await inspect(catalogue(), spec);
    expect(inspections).toMatchObject([{ trust: 'missing', problem: { message: expect.any(String), remedy: expect.any(String) } }]);
  });

  test('one that changed is refused, one whose file went is missing', async () => {
    const file = folder.write('mine.js', 'x');
    const one = catalogue();
    await trusted(one, file);
    writeFileSync(file, 'y');
    expect((await inspect(one, './mine.js')).inspections).toMatchObject([{ trust: 'changed', problem: { code: 'plugin-changed' } }]);
    rmSync(file);
    expect((await inspect(one, './mine.js')).inspections).toMatchObject([{ trust: 'missing' }]);
  });

  test('a wrong argument is told before the run', async () => {
    const one = catalogue();
    await trusted(one, folder.write('mine.js', 'x'));
    const { inspections } = await inspect(one, './mine.js -f 500');
    expect(inspections[0]?.problem).toMatchObject({ code: 'plugin-arguments', message: expect.stringContaining('500') });
  });

  test('what is off is looked at and not launched', async () => {
    expect(await inspect(catalogue(), './nowhere.js', false)).toMatchObject({ inspections: [{ trust: 'missing' }], launch: [] });
  });
});

describe('a new plugin', () => {
  test('is written, trusted and listed; a file that is there is never replaced', async () => {
    const file = path.join(folder.path, 'my-plugin.ts');
    const one = catalogue();
    expect(await one.create(file)).toMatchObject({ module: file, trust: 'trusted' });
    expect(readFileSync(file, 'utf8')).toContain('class MyPlugin extends VizPluginBase');
    writeFileSync(file, 'mine now');
    await expect(one.create(file)).rejects.toMatchObject({ code: 'plugin-file-exists' });
    expect(readFileSync(file, 'utf8')).toBe('mine now');
  });

  test.each(['plugin', 'plugin.txt', 'plugin.py'])('%s is no name for one', async (name) => {
    await expect(catalogue().create(path.join(folder.path, name))).rejects.toMatchObject({ code: 'not-a-plugin' });
  });
});
