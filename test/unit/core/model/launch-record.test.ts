import fc from 'fast-check';
import { expect, it } from 'vitest';
import { launchRecordOf } from '../../../../core/model/launch-record.ts';

const whole = {
  command: ['node', 'a.js'],
  cwd: '/code',
  script: '/code/a.js',
  nodePath: '/usr/bin/node',
  nodeVersion: 'v22.0.0',
  environmentNames: ['A'],
  environment: { A: '1' },
  plugins: ['x'],
  capture: { calls: 'off', maxDepth: 3 },
};

it('takes over what a recording says', () => {
  expect(launchRecordOf(whole)).toEqual(whole);
  expect(launchRecordOf({ command: ['a'], cwd: '/' })).toEqual({ command: ['a'], cwd: '/', environmentNames: [] });
});

it('leaves out what is of another kind, and all of it where the command or the folder is', () => {
  expect(
    launchRecordOf({ ...whole, nodeVersion: 22, environment: { A: 1 }, plugins: 'x', script: null, capture: { calls: 'all', maxDepth: -1, other: 1 } }),
  ).toEqual({
    command: whole.command,
    cwd: whole.cwd,
    nodePath: whole.nodePath,
    environmentNames: ['A'],
    capture: {},
  });
  for (const bad of [undefined, null, 'node a.js', [], { ...whole, command: [] }, { ...whole, command: [1] }, { ...whole, cwd: undefined }]) {
    expect(launchRecordOf(bad)).toBeUndefined();
  }
  expect(launchRecordOf({ ...whole, command: ['x'.repeat(2_000_000)] })).toBeUndefined();
});

it('never throws', () => {
  fc.assert(fc.property(fc.anything(), (value) => void launchRecordOf(JSON.parse(JSON.stringify(value ?? null)))));
});
