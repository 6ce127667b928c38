import { afterEach, beforeEach, expect, test } from 'vitest';
import { listExamples, readExample } from '../../../../main/services/examples.ts';
import { TemporaryFolder } from './temporary-folder.ts';

let folder: TemporaryFolder;
beforeEach(() => {
  folder = new TemporaryFolder();
});
afterEach(() => folder.remove());

test('lists scripts that name themselves, queues first', async () => {
  folder.write('b.mjs', '// @title Lifts\n// @kind simulation\n');
  const queue = folder.write('a.cjs', '#!/usr/bin/env node\n// @title A queue\n// @description Work waits.\n// @kind queue\n\nlet x;');
  folder.write('README.md', '// @title Not a script');
  folder.write('helper.js', 'let x; // @title Not at the beginning');
  folder.write('types.d.ts', '// @title Types');
  expect(await listExamples(folder.path)).toMatchObject([
    { path: queue, title: 'A queue', description: 'Work waits.', kind: 'queue' },
    { title: 'Lifts', description: '' },
  ]);
});

test('is empty where there are none', async () => {
  expect(await listExamples('/nowhere/at/all')).toEqual([]);
});

test('reads a block comment, and stops at the first line of code', () => {
  expect(readExample('x.ts', '/**\n * @title Server\n * @kind server\n */\nimport x;\n// @description late')).toEqual({
    path: 'x.ts',
    title: 'Server',
    description: '',
    kind: 'server',
  });
});
