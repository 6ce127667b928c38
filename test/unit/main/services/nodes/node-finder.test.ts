import { symlinkSync } from 'node:fs';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { NodeFinder } from '../../../../../main/services/nodes/node-finder.ts';
import type { Probe } from '../../../../../main/services/nodes/node-probe.ts';
import { findProjectPin, matchPin } from '../../../../../main/services/nodes/project-pin.ts';
import { TemporaryFolder } from '../temporary-folder.ts';

let folder: TemporaryFolder;
beforeEach(() => {
  folder = new TemporaryFolder();
});
afterEach(() => folder.remove());

const finder = (pathFolders: readonly string[], more: { ownExecutable?: string } = {}) =>
  new NodeFinder({ environment: { PATH: pathFolders.map((name) => path.join(folder.path, name)).join(':') }, home: folder.path, ...more });
/** Without what the machine of the test has under /usr. */
const ours = async (nodes: NodeFinder) => (await nodes.all()).filter((node) => node.path.startsWith(folder.path));

describe('finding', () => {
  test('looks on PATH and into the version managers, newest first', async () => {
    folder.fakeNode('bin/node', 'v22.3.0');
    folder.fakeNode('.nvm/versions/node/v24.1.0/bin/node', 'v24.1.0');
    folder.fakeNode('.volta/tools/image/node/20.19.4/bin/node', 'v20.19.4');
    folder.fakeNode('.asdf/installs/nodejs/23.0.0/bin/node', 'v23.0.0');
    folder.fakeNode('.local/share/mise/installs/node/22.20.0/bin/node', 'v22.20.0');
    folder.fakeNode('.local/share/fnm/node-versions/v26.0.0/installation/bin/node', 'v26.0.0');
    const found = await ours(finder(['bin']));
    expect(found.map(({ source, version }) => `${source} ${version}`)).toEqual([
      'fnm v26.0.0',
      'nvm v24.1.0',
      'asdf v23.0.0',
      'mise v22.20.0',
      'PATH v22.3.0',
      'volta v20.19.4',
    ]);
  });

  test('lists a binary once, however many links lead to it', async () => {
    const real = folder.fakeNode('.nvm/versions/node/v24.1.0/bin/node', 'v24.1.0');
    folder.folder('bin');
    symlinkSync(real, path.join(folder.path, 'bin/node'));
    const found = await ours(finder(['bin'], { ownExecutable: real }));
    expect(found).toMatchObject([{ path: path.join(folder.path, 'bin/node'), source: 'PATH' }]);
  });

  test('shows what cannot be used, and why', async () => {
    folder.fakeNode('.nvm/versions/node/v18.20.0/bin/node', 'v18.20.0');
    folder.fakeNode('.nvm/versions/node/v20.18.9/bin/node', 'v20.18.9');
    folder.write('.nvm/versions/node/v21.0.0/bin/node', '#!/bin/sh\nexit 3\n', 0o755);
    folder.write('.nvm/versions/node/v22.0.0/bin/node', '#!/bin/sh\necho hello\n', 0o755);
    const problems = Object.fromEntries((await ours(finder([]))).map((node) => [/v\d+/.exec(node.path)?.[0], node.problem]));
    expect(problems).toEqual({
      v18: 'is v18.20.0; the tracer needs Node 20.19 or newer',
      v20: 'is v20.18.9; the tracer needs Node 20.19 or newer',
      v21: 'ended with code 3 when asked for its version',
      v22: 'is not a Node: its answer to a question for its version cannot be read',
    });
  });

  test('looks again only when asked', async () => {
    const nodes = finder(['bin']);
    expect(await ours(nodes)).toEqual([]);
    folder.fakeNode('bin/node', 'v24.1.0');
    expect(await ours(nodes)).toEqual([]);
    expect((await nodes.all(true)).some((node) => node.version === 'v24.1.0')).toBe(true);
  });

  test('asks again a Node that did not answer in time, and no other', async () => {
    const asked: string[] = [];
    const answers: Probe[] = [
      { ok: false, problem: 'did not answer within 10 seconds', passes: true },
      { ok: true, version: 'v24.1.0', arch: 'x64', execPath: '/slow/node', electron: false },
    ];
    const nodes = new NodeFinder({
      environment: { PATH: '' },
      home: folder.path,
      probe: async (file) => {
        asked.push(file);
        return answers[asked.length - 1] as Probe;
      },
    });
    expect(await nodes.at('/slow/node', '/')).toMatchObject({ problem: 'did not answer within 10 seconds' });
    expect(await nodes.at('/slow/node', '/')).toMatchObject({ version: 'v24.1.0' });
    expect(await nodes.at('/slow/node', '/')).toMatchObject({ version: 'v24.1.0' });
    expect(asked).toEqual(['/slow/node', '/slow/node']);
  });

  test('a path that leads nowhere is an answer with a problem', async () => {
    expect(await finder([]).at('/nowhere/node', '/')).toEqual({ path: '/nowhere/node', source: 'chosen', problem: 'is not there' });
  });
});

describe('choosing', () => {
  test('takes the first on PATH', async () => {
    folder.fakeNode('bin/node', 'v22.3.0');
    folder.fakeNode('.nvm/versions/node/v24.1.0/bin/node', 'v24.1.0');
    expect(await finder(['bin']).choose(folder.path)).toMatchObject({ version: 'v22.3.0', chosenBecause: 'first on PATH' });
  });

  test('takes what the project asks for', async () => {
    folder.fakeNode('bin/node', 'v22.3.0');
    folder.fakeNode('.nvm/versions/node/v24.1.0/bin/node', 'v24.1.0');
    folder.write('project/.nvmrc', '24\n');
    expect(await finder(['bin']).choose(folder.folder('project/src'))).toMatchObject({
      version: 'v24.1.0',
      chosenBecause: '.nvmrc of the project asks for 24',
    });
  });

  test('says when what the project asks for is not installed', async () => {
    folder.fakeNode('bin/node', 'v22.3.0');
    folder.write('.node-version', '21.7.3');
    const chosen = await finder(['bin']).choose(folder.path);
    expect(chosen?.chosenBecause).toBe('first on PATH (.node-version asks for 21.7.3, which was not found)');
  });

  test('passes over a Node on PATH that is too old', async () => {
    folder.fakeNode('bin/node', 'v16.0.0');
    const own = folder.fakeNode('own/node', 'v24.1.0');
    expect(await finder(['bin'], { ownExecutable: own }).choose(folder.path)).toMatchObject({ path: own, chosenBecause: 'the studio runs on it' });
  });
});

describe('a pin', () => {
  test.each([
    ['.nvmrc', '# ours\nlts/jod\n', 'lts/jod'],
    ['.node-version', 'v22.1.0', 'v22.1.0'],
    ['package.json', '{"volta":{"node":"20.19.0"}}', '20.19.0'],
    ['.tool-versions', 'python 3.12\nnodejs 22.2.0\n', '22.2.0'],
    ['mise.toml', '[env]\nnode = "no"\n[tools]\npython = "3"\nnode = ["22", "20"]\n', '22'],
    ['.mise.toml', '[tools]\nnode = { version = "24" }\n[x]\n', '24'],
  ])('is read from %s', async (name, content, wanted) => {
    folder.write(name, content);
    expect(await findProjectPin(folder.folder('a/b'))).toEqual({ wanted, file: name, folder: folder.path });
  });

  test.each([
    ['package.json', 'not json'],
    ['mise.toml', '[env]\nnode = "22"\n'],
    ['.nvmrc', '\n'],
  ])('is not seen in a %s without one', async (name, content) => {
    folder.write(name, content);
    expect((await findProjectPin(folder.path))?.folder).not.toBe(folder.path);
  });

  const installed = ['v26.0.1', 'v24.3.0', 'v23.1.0', 'v22.14.0', 'v22.3.0', 'v20.19.4'].map((version) => ({ version }));
  test.each([
    ['22', 'v22.14.0'],
    ['v22.3', 'v22.3.0'],
    ['22.3.0', 'v22.3.0'],
    ['^22.3.0', 'v22.14.0'],
    ['~22.3.0', 'v22.3.0'],
    ['>=22', 'v26.0.1'],
    ['lts/jod', 'v22.14.0'],
    ['lts/*', 'v26.0.1'],
    ['iron', 'v20.19.4'],
    ['node', 'v26.0.1'],
    ['21', undefined],
    ['22.15', undefined],
    ['2', undefined],
    ['nonsense', undefined],
  ])('%s is answered by %s', (wanted, version) => {
    expect(matchPin(wanted, installed)?.version).toBe(version);
  });
});
