import { expect, test } from 'vitest';
import { bringsTypeStripping, judgeScript, parseVersion, stripsTypes } from '../../../../../main/services/launch/script-file.ts';

const bytes = (content: string | number[]) => (typeof content === 'string' ? new TextEncoder().encode(content) : new Uint8Array(content));
const judge = (name: string, content: string | number[] = 'let a', hasLoader = false) => {
  const judged = judgeScript(`/project/${name}`, bytes(content), hasLoader);
  return judged.ok ? judged.value : judged.problem.message;
};

test.each(['a.js', 'a.mjs', 'a.cjs', 'A.JS', 'Makefile.js', 'noextension', '.hidden'])('%s is JavaScript', (name) => {
  expect(judge(name)).toBe('javascript');
});

test.each(['a.ts', 'a.mts', 'a.cts'])('%s is TypeScript', (name) => {
  expect(judge(name)).toBe('typescript');
});

test.each([
  ['picture.png', [0x89, 0x50, 0x4e, 0x47, 0, 1], 'picture.png is a PNG image, not JavaScript.'],
  ['picture.js', [0xff, 0xd8, 0xff, 0xe0], 'picture.js is a JPEG image, not JavaScript.'],
  ['video.ts', [0x47, 0x40, 0x00, 0x10], 'video.ts holds binary data, not JavaScript.'],
  ['program', [0x7f, 0x45, 0x4c, 0x46], 'program is a program for Linux, not JavaScript.'],
  ['run.tsr', [...Buffer.from('TSRECORD')], 'run.tsr is a recording of this studio, not JavaScript.'],
  ['notes.txt', 'hello', 'notes.txt is not JavaScript or TypeScript: its name ends in .txt.'],
  ['deploy.sh', '#!/bin/bash\n', 'deploy.sh is a script for bash, not for Node.'],
  ['tool', '#!/usr/bin/env -S python3 -u\n', 'tool is a script for python3, not for Node.'],
  ['page.tsx', 'let a', 'Node cannot run .tsx files by itself: page.tsx.'],
])('%s is refused', (name, content, sentence) => {
  expect(judge(name, content)).toBe(sentence);
});

test.each(['#!/usr/bin/env node\n', '#!/usr/bin/env -S node --no-warnings\n', '#!/usr/local/bin/node\n'])(
  'a program that begins with %j is for Node',
  (line) => {
    expect(judge('tool', line)).toBe('javascript');
    expect(judge('tool.run', line)).toBe('javascript');
  },
);

test.each([
  ['page.tsx', 'typescript'],
  ['page.jsx', 'javascript'],
])('%s is %s where the tracer compiles it', (name, language) => {
  const judged = judgeScript(`/project/${name}`, bytes('let a'), false, true);
  expect(judged.ok && judged.value).toBe(language);
});

test('a loader takes other extensions', () => {
  expect(judge('page.tsx', 'let a', true)).toBe('typescript');
  expect(judge('page.vue', '<script>', true)).toBe('javascript');
});

test('text in UTF-16 is no binary data', () => {
  expect(judge('a.js', [0xff, 0xfe, 0x61, 0x00])).toBe('javascript');
});

test.each([
  ['v20.19.0', false],
  ['v22.17.1', false],
  ['v22.18.0', true],
  ['v23.5.0', false],
  ['v23.6.0', true],
  ['v24.0.0', true],
  ['v26.1.0', true],
])('%s strips types by itself: %s', (version, expected) => {
  const parsed = parseVersion(version);
  expect(parsed && stripsTypes(parsed)).toBe(expected);
});

test('knows the flags that make TypeScript run', () => {
  expect(bringsTypeStripping(['--import', 'tsx'])).toBe(true);
  expect(bringsTypeStripping(['-r=ts-node/register'])).toBe(true);
  expect(bringsTypeStripping(['--experimental-strip-types'])).toBe(true);
  expect(bringsTypeStripping(['--enable-source-maps'])).toBe(false);
});
