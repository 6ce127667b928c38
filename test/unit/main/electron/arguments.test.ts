import path from 'node:path';
import { expect, test } from 'vitest';
import { parseArguments } from '../../../../main/electron/arguments.ts';

const cwd = path.resolve('/home/ada/my folder');

test('words are files, from the folder where the command was given', () => {
  expect(parseArguments(['a.tsr', path.resolve('/b/c.json')], cwd)).toEqual({ files: [path.join(cwd, 'a.tsr'), path.resolve('/b/c.json')], smoke: false });
});

test('switches that Chromium or a system adds are passed over', () => {
  expect(parseArguments(['--no-sandbox', '-psn_0_12345', '--allow-file-access', 'a.tsr', ''], cwd).files).toEqual([path.join(cwd, 'a.tsr')]);
});

test('behind -- everything is a file', () => {
  expect(parseArguments(['--smoke', '--', '--smoke.tsr', '-x'], cwd)).toEqual({ files: [path.join(cwd, '--smoke.tsr'), path.join(cwd, '-x')], smoke: true });
});

test('a switch behind -- is no switch', () => {
  expect(parseArguments(['--', '--user-data-dir=/elsewhere', '--smoke'], cwd)).toMatchObject({ smoke: false });
  expect(parseArguments(['--', '--user-data-dir=/elsewhere'], cwd)).not.toHaveProperty('userData');
});

test('the folder of the user may be relative, and the last one counts', () => {
  expect(parseArguments(['--user-data-dir=one', '--user-data-dir=two'], cwd).userData).toBe(path.join(cwd, 'two'));
});
