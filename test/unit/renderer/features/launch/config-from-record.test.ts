import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { LaunchRecord } from '../../../../../core/protocol/recording-format.ts';
import { splitWords } from '../../../../../main/services/launch/split-words.ts';
import { configFromRecord, valuesNotRecorded } from '../../../../../renderer/features/launch/config-from-record.ts';

const record = (change: Partial<LaunchRecord>): LaunchRecord => ({ command: ['/usr/bin/node', '/code/a.js'], cwd: '/code', environmentNames: [], ...change });

describe('configFromRecord', () => {
  it('is the form of a script, with its flags, arguments, folder, Node, variables and plugins', () => {
    const config = configFromRecord(
      record({
        command: ['/usr/bin/node', '--stack-trace-limit=7', '/code/a.js', '--name', 'two words'],
        script: '/code/a.js',
        nodePath: '/usr/bin/node',
        environmentNames: ['MODE', 'TOKEN'],
        environment: { MODE: 'fast', TOKEN: '' },
        plugins: ['vizplugins.cpu_usage -f 50'],
        capture: { calls: 'off', include: ['src/**'] },
      }),
    );
    expect(config).toMatchObject({
      target: { kind: 'script', path: '/code/a.js' },
      nodeFlags: '--stack-trace-limit=7',
      arguments: "--name 'two words'",
      cwd: '/code',
      nodePath: '/usr/bin/node',
      environment: [
        { name: 'MODE', value: 'fast' },
        { name: 'TOKEN', value: '' },
      ],
      recordEnvironmentValues: true,
      plugins: [{ spec: 'vizplugins.cpu_usage -f 50', enabled: true }],
      capture: { calls: 'off', include: ['src/**'] },
    });
  });

  it('is that of the command where there was no script, or it stands nowhere in the command', () => {
    expect(configFromRecord(record({ command: ['npx', 'vitest', 'run'] })).target).toEqual({ kind: 'command', command: 'npx vitest run' });
    expect(configFromRecord(record({ script: '/code/other.js' })).target).toEqual({ kind: 'command', command: '/usr/bin/node /code/a.js' });
  });

  it('keeps every argument whole', () => {
    fc.assert(
      fc.property(fc.array(fc.string({ unit: fc.constantFrom('a', ' ', '"', "'", '\\', '$', '*', 'ü') }), { maxLength: 6 }), (words) => {
        const { arguments: text } = configFromRecord(record({ command: ['/usr/bin/node', '/code/a.js', ...words], script: '/code/a.js' }));
        const split = splitWords(text, false);
        expect(split.ok && split.value.map((word) => word.text)).toEqual(words);
      }),
    );
  });

  it('says which values are missing', () => {
    expect(valuesNotRecorded(record({ environmentNames: ['A', 'B'] }))).toEqual(['A', 'B']);
    expect(valuesNotRecorded(record({ environmentNames: ['A', 'B'], environment: { A: '' } }))).toEqual(['B']);
  });
});
