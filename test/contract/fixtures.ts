/** Fixtures of the contract tests: one app for the checks that leave it as they found it, `launch` for those that do not. */
import { mkdtempSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { test as base, expect } from 'playwright/test';
import { type ContractApp, makeContractApp } from './contract-app.ts';
import { type HostApp, type HostKind, type LaunchOptions, launch, runToEnd } from './hosts.ts';

export { expect };

export interface ContractFixtures {
  /** Starts another app with its own user data; it is closed after the test. */
  readonly launchApp: (options?: Partial<LaunchOptions>) => Promise<HostApp>;
  readonly runApp: (args: readonly string[]) => Promise<{ readonly code: number | null; readonly output: string }>;
  /** A folder for the test's own files. */
  readonly folder: string;
}
export interface ContractWorker {
  readonly hostKind: HostKind;
  readonly contractApp: ContractApp;
  readonly app: HostApp;
}

export const FILE_OF_PAGE = { name: 'dropped.tsr', size: 7, path: path.join(os.tmpdir(), 'dropped.tsr') };

export const test = base.extend<ContractFixtures, ContractWorker>({
  hostKind: ['standin', { option: true, scope: 'worker' }],
  contractApp: [
    // biome-ignore lint/correctness/noEmptyPattern: Playwright reads the names of the fixtures from this pattern
    async ({}, use) => {
      const app = await makeContractApp();
      await use(app);
      app.remove();
    },
    { scope: 'worker' },
  ],
  app: [
    async ({ hostKind, contractApp }, use) => {
      const filePaths = { [`${FILE_OF_PAGE.name}:${FILE_OF_PAGE.size}`]: FILE_OF_PAGE.path };
      const app = await launch(hostKind, { appFolder: contractApp.folder, filePaths });
      await app.page.evaluate(() => window.contract.connected);
      await use(app);
      await app.close();
      // Nothing that the shared checks do is worth a word of the app.
      if (app.output() !== '') console.log(`output of the app that the checks shared:\n${app.output()}`);
    },
    { scope: 'worker', timeout: 60_000 },
  ],
  launchApp: async ({ hostKind, contractApp }, use, info) => {
    const apps: HostApp[] = [];
    await use(async (options) => {
      const app = await launch(hostKind, { appFolder: contractApp.folder, ...options });
      apps.push(app);
      await app.page.evaluate(() => window.contract.connected);
      return app;
    });
    for (const app of apps) {
      await app.close();
      if (info.status !== info.expectedStatus) await info.attach('output of the app', { body: app.output(), contentType: 'text/plain' });
    }
  },
  runApp: async ({ hostKind, contractApp, folder }, use) => {
    await use((args) => runToEnd(hostKind, { appFolder: contractApp.folder, userData: path.join(folder, 'user'), args }));
  },
  // biome-ignore lint/correctness/noEmptyPattern: Playwright reads the names of the fixtures from this pattern
  folder: async ({}, use) => {
    const folder = mkdtempSync(path.join(os.tmpdir(), 'contract-'));
    await use(folder);
    rmSync(folder, { recursive: true, force: true, maxRetries: 5 });
  },
});

/** Waits until the page was pushed `event`, and answers with what came. */
export async function pushed(app: HostApp, event: string, page = app.page): Promise<unknown> {
  const found = await page.waitForFunction((name) => window.contract.pushed.find((push) => push.event === name), event);
  return ((await found.jsonValue()) as { payload: unknown }).payload;
}

/** What the services answer, or the code of the problem that they refuse with. */
export function ask(app: HostApp, method: string, argument: unknown = null, page = app.page): Promise<unknown> {
  return page.evaluate(
    ([name, value]) =>
      window.contract.ask(String(name), value).catch((error: { code?: string; message: string }) => ({ refused: error.code ?? error.message })),
    [method, argument],
  );
}
