import { createHash } from 'node:crypto';
import { mkdirSync, symlinkSync } from 'node:fs';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { listFolder } from '../../../../../main/services/files/list-folder.ts';
import { LOCATE_LIMITS, locateFile } from '../../../../../main/services/files/locate.ts';
import { isInside, Roots } from '../../../../../main/services/files/roots.ts';
import { TemporaryFolder } from '../temporary-folder.ts';

let folder: TemporaryFolder;
let root: string;
let roots: Roots;
beforeEach(() => {
  folder = new TemporaryFolder();
  root = folder.folder('root');
  folder.write('outside/secret.json', '{}');
  symlinkSync(path.join(folder.path, 'outside'), path.join(root, 'way-out'));
  symlinkSync(path.join(folder.path, 'outside/secret.json'), path.join(root, 'secret.json'));
  roots = new Roots([root], []);
});
afterEach(() => folder.remove());

describe('roots', () => {
  test('let in what lies below them', async () => {
    const file = folder.write('root/a/b.tsr');
    expect(await roots.resolveExisting(file)).toBe(file);
    expect(await roots.resolveExisting(`${root}/a/../a/b.tsr`)).toBe(file);
    expect(await roots.resolveNew(path.join(root, 'a/new.tsr'))).toBe(path.join(root, 'a/new.tsr'));
  });

  test.each(['../outside/secret.json', 'way-out/secret.json', 'secret.json', '..'])('keep out %s', async (name) => {
    await expect(roots.resolveExisting(path.join(root, name))).rejects.toMatchObject({ code: 'outside-roots' });
  });

  test.each(['../new.tsr', 'way-out/new.tsr', 'secret.json'])('do not let %s be written', async (name) => {
    await expect(roots.resolveNew(path.join(root, name))).rejects.toMatchObject({ code: 'outside-roots' });
  });

  test('want whole paths, and folders that exist', async () => {
    await expect(roots.resolveExisting('a.tsr')).rejects.toMatchObject({ code: 'relative-path' });
    await expect(roots.resolveExisting(path.join(root, 'gone.tsr'))).rejects.toMatchObject({ code: 'file-not-found' });
    await expect(roots.resolveNew(path.join(root, 'gone/a.tsr'))).rejects.toMatchObject({ code: 'folder-not-found' });
  });

  test('do not call themselves outside of themselves', async () => {
    expect(await roots.resolveNew(root)).toBe(root);
  });

  test('a root that is a link is followed once', async () => {
    const file = folder.write('root/a.tsr');
    symlinkSync(root, path.join(folder.path, 'linked'));
    const linked = new Roots([path.join(folder.path, 'linked')], []);
    expect(await linked.resolveExisting(path.join(folder.path, 'linked/a.tsr'))).toBe(file);
  });

  test('are listed with a name each, without those that are gone', async () => {
    expect(await new Roots([root, root, '/nowhere/at/all'], []).list()).toEqual([{ id: 'root-0', label: 'root', path: root }]);
  });

  test('without limits let in everything', async () => {
    expect(await new Roots(undefined, [root]).resolveExisting(path.join(root, 'secret.json'))).toBe(path.join(folder.path, 'outside/secret.json'));
  });

  test.each([
    ['/a', '/a', true],
    ['/a', '/a/b', true],
    ['/a', '/ab', false],
    ['/a', '/', false],
    ['/', '/a', true],
    ['/a', '/a/..b', true],
  ])('%s holds %s: %s', (outer, inner, expected) => {
    expect(isInside(outer, inner)).toBe(expected);
  });
});

describe('a folder', () => {
  const names = async (purpose: 'script' | 'folder' | 'trace' | 'node', at = root) => (await listFolder(at, purpose, roots)).entries.map(({ name }) => name);

  test('shows what the purpose can use, folders first, hidden ones and ways out never', async () => {
    for (const name of ['b.js', 'a.ts', 'c.tsr', 'd.json.gz', 'e.txt', '.hidden.js', 'tool', 'node20']) folder.write(`root/${name}`);
    for (const name of ['src', '.git']) mkdirSync(path.join(root, name));
    symlinkSync('/nowhere/at/all', path.join(root, 'broken.js'));
    expect(await names('script')).toEqual(['src', 'a.ts', 'b.js', 'node20', 'tool']);
    expect(await names('trace')).toEqual(['src', 'c.tsr', 'd.json.gz', 'e.txt']);
    expect(await names('folder')).toEqual(['src']);
    expect(await names('node')).toEqual(['src', 'node20']);
  });

  test('has a parent below a root, and none at it', async () => {
    folder.folder('root/src');
    expect(await listFolder(root, 'script', roots)).not.toHaveProperty('parent');
    expect((await listFolder(path.join(root, 'src'), 'script', roots)).parent).toBe(root);
  });

  test('of very many files is cut, and says so', async () => {
    for (let i = 0; i < 2001; i++) folder.write(`root/many/${i}.js`);
    const listing = await listFolder(path.join(root, 'many'), 'script', roots);
    expect(listing.entries).toHaveLength(2000);
    expect(listing.cut).toBe(true);
  });

  test('that is a file, or outside, is refused', async () => {
    await expect(names('script', folder.write('root/a.js'))).rejects.toMatchObject({ code: 'not-a-folder' });
    await expect(names('script', path.join(root, 'way-out'))).rejects.toMatchObject({ code: 'outside-roots' });
  });
});

describe('a dropped file', () => {
  const content = 'console.log(1)';
  const wanted = { name: 'a.js', bytes: content.length, sha256: createHash('sha256').update(content).digest('hex') };

  test('is found by name, size and content, near ones first', async () => {
    const deep = folder.write('root/x/y/a.js', content);
    const near = folder.write('root/a.js', content);
    folder.write('root/other/a.js', 'console.log(2)');
    folder.write('root/b.js', content);
    expect(await locateFile(wanted, [root])).toEqual([near, deep]);
  });

  test('is not looked for in packages, hidden folders and behind links', async () => {
    folder.write('root/node_modules/p/a.js', content);
    folder.write('root/.cache/a.js', content);
    folder.write('outside/a.js', content);
    expect(await locateFile(wanted, [root])).toEqual([]);
  });

  test('is given up after so many folders', async () => {
    folder.write('root/x/y/a.js', content);
    expect(await locateFile(wanted, [root], { ...LOCATE_LIMITS, folders: 2 })).toEqual([]);
    expect(await locateFile(wanted, [root], { ...LOCATE_LIMITS, depth: 1 })).toEqual([]);
  });
});
