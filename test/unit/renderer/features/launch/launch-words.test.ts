import { describe, expect, it, vi } from 'vitest';
import type { LaunchConfig } from '../../../../../core/protocol/session-types.ts';
import { runCommand } from '../../../../../renderer/features/launch/command-text.ts';
import { problemAt } from '../../../../../renderer/features/launch/field-problems.ts';
import { BLANK_CONFIG } from '../../../../../renderer/state/launch-store.ts';
import { commandText } from '../../../../../renderer/state/shell-words.ts';

it('quotes what a shell would take apart', () => {
  expect(commandText(['node', '/a b/c.js', '--name=x', "it's", ''])).toBe("node '/a b/c.js' --name=x 'it'\\''s' ''");
});

describe('the run as a command line', () => {
  const config: LaunchConfig = {
    ...BLANK_CONFIG,
    target: { kind: 'script', path: '/home/ada/my app.js' },
    plugins: [
      { spec: 'vizplugins.gc -f 5', enabled: true },
      { spec: './off.js', enabled: false },
    ],
  };
  const inspection = { command: ['/usr/bin/node', '/home/ada/my app.js', '--port', '3000'], cwd: '/home/ada', problems: [] };

  it('has the plugins that are on, and the script behind two dashes', () => {
    expect(runCommand(config, inspection)).toBe(
      "cd /home/ada && trace-studio run --plugins 'vizplugins.gc -f 5' -o result.json -- '/home/ada/my app.js' --port 3000",
    );
  });
  it('has what else the form says', () => {
    const more: LaunchConfig = {
      ...config,
      plugins: [],
      nodePath: '/opt/node',
      nodeFlags: '--expose-gc --max-old-space-size=99',
      capture: { calls: 'off', include: ['src/**', 'lib/{a,b}'], packages: [], minDurationUs: 0.3, gc: false, whenFull: 'live', maskSecrets: false },
      environment: [{ name: 'TOKEN', value: 'a b' }],
    };
    const command = ['/opt/node', '--expose-gc', '--max-old-space-size=99', '/home/ada/my app.js'];
    expect(runCommand(more, { ...inspection, command })).toBe(
      "cd /home/ada && TOKEN='a b' trace-studio run --node /opt/node --node-flags '--expose-gc --max-old-space-size=99' --calls off --include 'src/**' --include 'lib/{a,b}' --no-packages --min-duration 0.3 --no-gc --when-full live --no-mask -o result.json -- '/home/ada/my app.js'",
    );
  });
  it('is the command as it is where no script is chosen', () => {
    const command = { ...inspection, command: ['/usr/bin/npm', 'run', 'dev'] };
    expect(runCommand({ ...BLANK_CONFIG, target: { kind: 'npm-script', folder: '/home/ada', name: 'dev' } }, command)).toBe(
      'cd /home/ada && trace-studio run -o result.json -- /usr/bin/npm run dev',
    );
  });
  it('is none while it would not run', () => {
    expect(runCommand(config, undefined)).toBeUndefined();
    expect(runCommand(config, { ...inspection, problems: [{ code: 'x', message: 'x', field: 'plugins' }] })).toBeUndefined();
  });
});

it('puts a problem at its field, with a fix that changes the form', () => {
  const inspection = { command: [], cwd: '/', problems: [{ code: 'cwd-not-found', message: 'There is no folder /x.', field: 'cwd' as const }] };
  const apply = vi.fn();
  expect(problemAt(inspection, 'target', apply)).toBeUndefined();
  const found = problemAt(inspection, 'cwd', apply);
  expect(found?.message).toBe('There is no folder /x.');
  found?.fix?.apply();
  expect(apply).toHaveBeenCalledWith({ cwd: '' });
});
