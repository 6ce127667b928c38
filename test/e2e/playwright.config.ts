import { availableParallelism } from 'node:os';
import { defineConfig } from 'playwright/test';
import type { HostOption } from './fixtures.ts';
import { takesPictures } from './pictures.ts';

/**
 * Files whose every test reaches the host: files, dialogs, windows, the clipboard, what is kept, a flood of bytes. These run on both hosts, and
 * so does any other test that is tagged (fixtures.ts). The others are about what the page does with a trace by itself, or about services,
 * which are the same bundles on either host: once is enough.
 */
const REACHES_THE_HOST = /\b(app|export|files|first-path|robustness)\.test\.ts|@both|@desktop/;

/** All tests on the web host in Chromium; those that reach the host on the unmodified Electron bundles on the stand-in too. */
export default defineConfig<HostOption>({
  testDir: '.',
  testMatch: '*.test.ts',
  outputDir: takesPictures ? '../output/pictures' : '../output/e2e',
  // Each waits now and then, for a process or for a second of a run.
  workers: Math.min(availableParallelism() + 1, 6),
  timeout: 60_000,
  expect: { timeout: 15_000 },
  forbidOnly: Boolean(process.env.CI),
  // Shared machines stall for seconds now and then. A test that needs a further try is named at the end, and worth a look.
  retries: process.env.CI ? 2 : 0,
  use: { viewport: { width: 1280, height: 800 }, trace: 'off' },
  projects: takesPictures
    ? [{ name: 'host: web', use: { host: 'web' }, grep: /@pictures/ }]
    : [
        { name: 'host: web', use: { host: 'web' }, grepInvert: /@desktop/ },
        { name: 'host: standin', use: { host: 'standin' }, grep: REACHES_THE_HOST, grepInvert: /@web/ },
      ],
});
