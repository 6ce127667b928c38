import { afterEach, beforeEach, expect, test } from 'vitest';
import { loginShellPath } from '../../../../../main/services/nodes/login-path.ts';
import { TemporaryFolder } from '../temporary-folder.ts';

let folder: TemporaryFolder;
beforeEach(() => {
  folder = new TemporaryFolder();
});
afterEach(() => folder.remove());

/** A shell whose start-up files do `startUp`. */
const shell = (startUp: string) => folder.write('shell', `#!/bin/sh\n${startUp}\nexec /bin/sh -c "$2"\n`, 0o755);
const PATH = '/usr/bin:/bin';

test('is what the start-up files make it, whatever they print', async () => {
  expect(await loginShellPath({ PATH, SHELL: shell('echo welcome; PATH="/mine/bin:$PATH"; export PATH') })).toBe('/mine/bin:/usr/bin:/bin');
});

test('is unknown without a shell, with a broken one and with one that hangs', async () => {
  expect(await loginShellPath({ PATH })).toBeUndefined();
  expect(await loginShellPath({ PATH, SHELL: '/nowhere/sh' })).toBeUndefined();
  expect(await loginShellPath({ PATH, SHELL: shell('exit 1') })).toBeUndefined();
  expect(await loginShellPath({ PATH, SHELL: shell('sleep 60') }, 50)).toBeUndefined();
});
