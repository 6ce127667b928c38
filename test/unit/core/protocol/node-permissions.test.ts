import path from 'node:path';
import { describe, expect, test } from 'vitest';
import { isGranted, nodeFlagsOf, nodePermissions } from '../../../../core/protocol/node-permissions.ts';

const none = { read: [], write: [], worker: false, inspector: false };

describe('flags of Node', () => {
  test.each([
    ['--permission', none],
    ['--experimental-permission', none],
    ['--experimental_permission', none],
    ['', undefined],
    ['--permission-audit --allow-worker', undefined],
    ['--permission --no-permission', undefined],
    ['--allow-worker --permission', { ...none, worker: true }],
    ['--permission --allow-worker --no-allow-worker', none],
    ['--permission --allow-inspector', { ...none, inspector: true }],
    ['--permission --allow-fs-read=/a --allow-fs-read /b --allow_fs_write=*', { ...none, read: ['/a', '/b'], write: ['*'] }],
  ])('%s', (line, permissions) => {
    expect(nodePermissions(line.split(' '))).toEqual(permissions);
  });

  test.each([
    ['node --permission app.js --permission', 'node --permission'],
    ['node --require hook.cjs --permission app.mjs', 'node --require hook.cjs --permission'],
    ['node --import=./hook.mjs --permission src/app.ts x.js', 'node --import=./hook.mjs --permission'],
    ['node --permission', 'node --permission'],
  ])('%s: what stands behind the script is its own', (line, flags) => {
    expect(nodeFlagsOf(line.split(' ')).join(' ')).toBe(flags);
  });
});

describe('a path is granted', () => {
  const posix = { resolve: (file: string) => path.posix.resolve('/code', file), sep: '/' };
  test.each([
    ['*', '/a/b', true],
    ['/a', '/a/b', true],
    ['/a', '/a', true],
    ['/a', '/ab', false],
    ['/a/', '/a/b', true],
    ['/a/*', '/a/b/c', true],
    ['/a/*', '/ab', false],
    ['/a*', '/ab', true],
    ['/a/*.js', '/a/b', true],
    ['a', '/code/a/b', true],
    ['.', '/code/x', true],
    ['./*', '/other', false],
    ['/', '/a', true],
    ['/*', '/a', true],
  ])('by %s: %s %s', (pattern, file, granted) => {
    expect(isGranted([pattern], file, posix)).toBe(granted);
    expect(isGranted(['/nowhere', pattern], file, posix)).toBe(granted);
  });

  test('on Windows in any case, with both slashes', () => {
    const windows = { resolve: (file: string) => path.win32.resolve('C:\\Work', file), sep: '\\' };
    expect(isGranted(['c:/users/ME/*'], 'C:\\Users\\me\\tracer\\preload.cjs', windows)).toBe(true);
    expect(isGranted(['C:\\Users'], 'C:/Users/me', windows)).toBe(true);
    expect(isGranted(['C:\\Use'], 'C:/Users/me', windows)).toBe(false);
  });
});
