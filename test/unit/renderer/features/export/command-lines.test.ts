import { describe, expect, test } from 'vitest';
import { FIRST_CHOICES, questionOf } from '../../../../../renderer/features/export/choices.ts';
import { convertCommand, runAgainCommand } from '../../../../../renderer/features/export/command-lines.ts';

const RANGES = { view: { fromNs: 0.4, toNs: 99.2 }, selection: { fromNs: 10, toNs: 20 } };

test('the question to the host says what was chosen, and no more', () => {
  expect(questionOf('r', FIRST_CHOICES, RANGES, undefined)).toEqual({ recording: 'r', format: 'chrome-json' });
  expect(questionOf('r', { ...FIRST_CHOICES, range: 'view', without: ['console'] }, RANGES, 'raw')).toEqual({
    recording: 'r',
    format: 'chrome-json',
    view: 'raw',
    fromNs: 0,
    toNs: 100,
    without: ['console'],
  });
  expect(questionOf('r', { ...FIRST_CHOICES, format: 'csv', table: 'slices', thread: 'main' }, RANGES, undefined)).toEqual({
    recording: 'r',
    format: 'csv',
    table: 'slices',
  });
  expect(questionOf('r', { ...FIRST_CHOICES, format: 'cpuprofile', thread: 'main' }, RANGES, undefined)).toEqual({
    recording: 'r',
    format: 'cpuprofile',
    thread: 'main',
  });
  expect(questionOf('r', { ...FIRST_CHOICES, format: 'png' }, RANGES, undefined)).toBeUndefined();
});

test('an export is a command that a shell takes', () => {
  const question = { format: 'csv', fromNs: 10, toNs: 20, without: ['console', 'notes'], table: 'slices', view: 'raw' } as const;
  expect(convertCommand('/w/my run.tsr', '/w/out.csv', question)).toBe(
    `trace-studio convert '/w/my run.tsr' --format csv --from 10 --to 20 --table slices --without console,notes --raw -o /w/out.csv`,
  );
});

describe('a run again', () => {
  const record = { cwd: '/w', environmentNames: [] };

  test('of a script, with its Node, flags, plugins and options', () => {
    const command = ['/bin/node', '--expose-gc', '/w/a b.js', '--load', '10'];
    const options = { script: '/w/a b.js', nodePath: '/bin/node', plugins: ['vizplugins.gc'], capture: { gc: false } };
    expect(runAgainCommand({ ...record, command, ...options })).toBe(
      `cd /w && trace-studio run --plugins vizplugins.gc --node /bin/node --node-flags --expose-gc --no-gc -o result.json -- '/w/a b.js' --load 10`,
    );
  });

  test('of a command, as it is; of what is not known there is none', () => {
    expect(runAgainCommand({ ...record, command: ['npm', 'test'] })).toBe('cd /w && trace-studio run -o result.json -- npm test');
    expect(runAgainCommand({ ...record, command: [] })).toBeUndefined();
  });
});
