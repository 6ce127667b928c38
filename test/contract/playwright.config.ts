import { defineConfig } from 'playwright/test';
import type { ContractWorker } from './fixtures.ts';
import { electronBinary } from './hosts.ts';

const hasElectron = electronBinary() !== undefined;
// Workers load this file too: said once.
if (!hasElectron && process.env.TEST_WORKER_INDEX === undefined) {
  console.log('host: electron is skipped: Electron’s binary is not here (npx install-electron brings it). What follows ran on host: standin only.');
}

export default defineConfig<object, ContractWorker>({
  testDir: '.',
  testMatch: '*.test.ts',
  outputDir: '../output/contract-results',
  timeout: 120_000,
  expect: { timeout: 30_000 },
  // Each worker has an app and a browser of its own.
  workers: 1,
  forbidOnly: true,
  // As in the end-to-end tests: a second try on a shared machine, listed as flaky.
  retries: process.env.CI ? 2 : 0,
  reporter: 'list',
  projects: [
    { name: 'host: standin', use: { hostKind: 'standin' } },
    ...(hasElectron ? [{ name: 'host: electron', use: { hostKind: 'electron' as const } }] : []),
  ],
});
