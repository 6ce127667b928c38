import { defineConfig } from 'playwright/test';
import type { HostOption } from './fixtures.ts';

/**
 * What reaches the host: files, processes, dialogs, the clipboard, what is kept. These run on both hosts. The others are about what the page does
 * with a trace by itself, in the same bundle and the same browser on either host: once is enough.
 */
const REACHES_THE_HOST = [
  'app',
  'attach',
  'capture',
  'control',
  'details',
  'export',
  'files',
  'first-path',
  'launch',
  'notes',
  'panels',
  'plugins',
  'robustness',
  'source',
];

/** All tests on the web host in Chromium; those that reach the host on the unmodified Electron bundles on the stand-in too. */
export default defineConfig<HostOption>({
  testDir: '.',
  testMatch: '*.test.ts',
  outputDir: '../output/e2e',
  workers: 2,
  timeout: 60_000,
  expect: { timeout: 15_000 },
  forbidOnly: Boolean(process.env.CI),
  // Shared machines stall for seconds now and then. A test that needs its second try is listed as flaky, and worth a look.
  retries: process.env.CI ? 2 : 0,
  use: { viewport: { width: 1280, height: 800 }, trace: 'off' },
  projects: [
    { name: 'host: web', use: { host: 'web' } },
    { name: 'host: standin', use: { host: 'standin' }, testMatch: REACHES_THE_HOST.map((name) => `${name}.test.ts`) },
  ],
});
