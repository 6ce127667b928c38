/** Starts the built app on the stand-in, and gives a test the window as a Playwright page and the main process to steer. */
import { type ChildProcess, fork } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import type * as Electron from 'electron';
import { type Browser, chromium, type Page } from 'playwright';
import { chromiumPath } from '../helpers/chromium.ts';
import { buildStandin } from './build.ts';
import type { DialogAnswers, OutsideCall } from './main/dialog-and-shell.ts';
import type { ControlAnswer, ControlRequest } from './main/test-control.ts';

const repository = path.join(path.dirname(fileURLToPath(import.meta.url)), '..', '..');

export interface StandinOptions {
  /** Folder with package.json and dist; the repository itself by default. */
  readonly appFolder?: string;
  /** Words of the user, as behind the executable's name. */
  readonly args?: readonly string[];
  /** By default a new folder that `close` removes. */
  readonly userData?: string;
  readonly cwd?: string;
  readonly environment?: Readonly<Record<string, string>>;
  /** What webUtils.getPathForFile answers, by `name:size`. */
  readonly filePaths?: Readonly<Record<string, string>>;
  /** Starts as a packaged app does: app.isPackaged, and no app folder among the arguments. */
  readonly packaged?: boolean;
}

type ElectronModule = typeof Electron;

export interface StandinApp {
  /** The first window. */
  readonly page: Page;
  readonly userData: string;
  readonly process: ChildProcess;
  /** Exit code, or null after a signal. */
  readonly exited: Promise<number | null>;
  /** Everything printed so far. */
  output(): string;
  /** Runs `fn` in the main process; it sees nothing of the test but `argument`. */
  evaluate<R, A = null>(fn: (electron: ElectronModule, argument: A) => R | Promise<R>, argument?: A): Promise<R>;
  /** The answer to the next dialog of this kind. Without one a dialog is cancelled. */
  prepareDialog<K extends keyof DialogAnswers>(dialog: K, answer: DialogAnswers[K]): Promise<void>;
  /** Dialogs shown, links opened, files revealed, recent documents. */
  outsideCalls(): Promise<readonly OutsideCall[]>;
  /** Windows that are open now. */
  pages(): readonly Page[];
  nextPage(): Promise<Page>;
  /** Starts the app once more for the same user. Resolves with the exit code. */
  startAgain(args: readonly string[]): Promise<number | null>;
  close(): Promise<void>;
}

export async function launchStandin(options: StandinOptions = {}): Promise<StandinApp> {
  const userData = options.userData ?? mkdtempSync(path.join(os.tmpdir(), 'standin-user-'));
  const first = await startMain(options, userData, options.args ?? []);
  const end = async () => {
    if (first.child.exitCode === null && first.child.signalCode === null) first.child.kill('SIGTERM');
    await first.exited;
    if (options.userData === undefined) rmSync(userData, { recursive: true, force: true, maxRetries: 5 });
  };
  let browser: Browser;
  let page: Page;
  try {
    browser = await chromium.connectOverCDP(await first.endpoint);
    page = await firstPage(browser);
  } catch (error) {
    await end();
    throw new Error(`the app did not start on the stand-in: ${error instanceof Error ? error.message : error}\n${first.output()}`);
  }
  const context = () => browser.contexts()[0];
  return {
    page,
    userData,
    process: first.child,
    exited: first.exited,
    output: first.output,
    evaluate: async <R, A>(fn: (electron: ElectronModule, argument: A) => R | Promise<R>, argument?: A) =>
      (await first.ask({ kind: 'evaluate', code: fn.toString(), argument })) as R,
    prepareDialog: async (dialog, answer) => void (await first.ask({ kind: 'prepare', dialog, answer })),
    outsideCalls: async () => (await first.ask({ kind: 'outside-calls' })) as readonly OutsideCall[],
    pages: () => context()?.pages() ?? [],
    nextPage: async () => {
      const next = await context()?.waitForEvent('page');
      if (!next) throw new Error('the browser of the stand-in is gone');
      return next;
    },
    startAgain: async (args) => {
      const second = await startMain(options, userData, args);
      return second.exited;
    },
    close: async () => {
      await browser.close().catch(() => {}); // it may have ended with the app
      await end();
    },
  };
}

/** Without a window to wait for: for apps that end by themselves (`--smoke`). Resolves when it has ended. */
export async function runStandin(options: StandinOptions & { readonly userData: string }): Promise<{ readonly code: number | null; readonly output: string }> {
  const { exited, output, endpoint } = await startMain(options, options.userData, options.args ?? []);
  endpoint.catch(() => {}); // an app that ends at once never says that it is ready
  return { code: await exited, output: output() };
}

interface MainProcess {
  readonly child: ChildProcess;
  readonly exited: Promise<number | null>;
  readonly endpoint: Promise<string>;
  output(): string;
  ask(request: WithoutId<ControlRequest>): Promise<unknown>;
}
type WithoutId<T> = T extends unknown ? Omit<T, 'id'> : never;

async function startMain(options: StandinOptions, userData: string, words: readonly string[]): Promise<MainProcess> {
  const register = await buildStandin();
  const appFolder = options.appFolder ?? repository;
  const manifest = JSON.parse(readFileSync(path.join(appFolder, 'package.json'), 'utf8')) as { main: string };
  const child = fork(path.join(appFolder, manifest.main), [`--user-data-dir=${userData}`, ...words], {
    cwd: options.cwd ?? appFolder,
    execArgv: ['--require', register],
    stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
    env: {
      ...process.env,
      ...options.environment,
      STANDIN_CHROMIUM: await chromiumPath(),
      STANDIN_FILE_PATHS: JSON.stringify(options.filePaths ?? {}),
      STANDIN_PACKAGED: options.packaged ? '1' : '0',
      STANDIN_ELECTRON_VERSION: installedElectronVersion(),
      // Of the test runner, not of the app.
      NODE_OPTIONS: '',
    },
  });
  let printed = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream?.on('data', (data: Buffer) => {
      printed += data;
    });
  }
  const waiting = new Map<number, { resolve: (value: unknown) => void; reject: (error: Error) => void }>();
  const exited = new Promise<number | null>((resolve) => child.on('close', resolve));
  const endpoint = new Promise<string>((resolve, reject) => {
    child.on('message', (answer: ControlAnswer) => {
      if (answer.kind === 'ready') {
        resolve(answer.endpoint);
        return;
      }
      const request = waiting.get(answer.id);
      waiting.delete(answer.id);
      if (answer.kind === 'done') request?.resolve(answer.value);
      else request?.reject(new Error(answer.error));
    });
    child.on('exit', (code) => {
      reject(new Error(`it ended with exit code ${code}`));
      for (const request of waiting.values()) request.reject(new Error(`the app ended with exit code ${code}\n${printed}`));
    });
  });
  endpoint.catch(() => {}); // told to whoever waits for it; nobody may
  let nextId = 1;
  return {
    child,
    exited,
    endpoint,
    output: () => printed,
    ask: (request) =>
      new Promise((resolve, reject) => {
        const id = nextId++;
        waiting.set(id, { resolve, reject });
        child.send({ ...request, id });
      }),
  };
}

async function firstPage(browser: Browser): Promise<Page> {
  const context = browser.contexts()[0] ?? (await browser.newContext());
  const page = context.pages()[0] ?? (await context.waitForEvent('page'));
  await page.waitForURL(/\.localhost:/);
  return page;
}

function installedElectronVersion(): string {
  const manifest = path.join(repository, 'node_modules', 'electron', 'package.json');
  return (JSON.parse(readFileSync(manifest, 'utf8')) as { version: string }).version;
}
