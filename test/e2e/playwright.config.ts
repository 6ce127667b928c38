import { defineConfig } from 'playwright/test';
import type { HostOption } from './fixtures.ts';

/** The same tests on both hosts: the web host in Chromium, and the unmodified Electron bundles on the stand-in. */
export default defineConfig<HostOption>({
  testDir: '.',
  testMatch: '*.test.ts',
  outputDir: '../output/e2e',
  workers: 1,
  timeout: 60_000,
  expect: { timeout: 15_000 },
  forbidOnly: Boolean(process.env.CI),
  // Shared machines stall for seconds now and then. A test that needs its second try is listed as flaky, and worth a look.
  retries: process.env.CI ? 1 : 0,
  use: { viewport: { width: 1280, height: 800 }, trace: 'off' },
  projects: [
    { name: 'host: web', use: { host: 'web' } },
    { name: 'host: standin', use: { host: 'standin' } },
  ],
});
