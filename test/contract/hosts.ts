/** The same few doors on both hosts: the stand-in, and Electron itself where its binary is. */
import { spawn } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import type * as Electron from 'electron';
import { _electron, type ElectronApplication, type Page } from 'playwright';
import { launchStandin, runStandin, type StandinApp, type StandinOptions } from '../standin/launch.ts';
import type { DialogAnswers, OutsideCall } from '../standin/main/dialog-and-shell.ts';

const repository = path.join(path.dirname(fileURLToPath(import.meta.url)), '..', '..');

export type HostKind = 'standin' | 'electron';
export type LaunchOptions = Pick<StandinOptions, 'args' | 'userData' | 'cwd' | 'filePaths'> & { readonly appFolder: string };
export type HostApp = Omit<StandinApp, 'process'>;

/** Electron's executable, if `npx install-electron` has brought it. */
export function electronBinary(): string | undefined {
  const folder = path.join(repository, 'node_modules', 'electron');
  const pointer = path.join(folder, 'path.txt');
  if (!existsSync(pointer)) return undefined;
  const binary = path.join(folder, 'dist', readFileSync(pointer, 'utf8').trim());
  return existsSync(binary) ? binary : undefined;
}

export function launch(kind: HostKind, options: LaunchOptions): Promise<HostApp> {
  return kind === 'standin' ? launchStandin(options) : launchElectron(options);
}

/** Starts an app that ends by itself. */
export async function runToEnd(kind: HostKind, options: LaunchOptions & { readonly userData: string }): Promise<{ code: number | null; output: string }> {
  return kind === 'standin' ? runStandin(options) : runElectron(options);
}

function electronCommand({ appFolder, args = [] }: LaunchOptions, userData: string) {
  const binary = electronBinary();
  if (binary === undefined) throw new Error('Electron’s binary is not there: npx install-electron brings it');
  const sandbox = process.platform === 'linux' && process.getuid?.() === 0 ? ['--no-sandbox'] : [];
  return { binary, words: [...sandbox, appFolder, `--user-data-dir=${userData}`, ...args] };
}

function runElectron(options: LaunchOptions & { readonly userData: string }): Promise<{ code: number | null; output: string }> {
  const { binary, words } = electronCommand(options, options.userData);
  const child = spawn(binary, words, { cwd: options.cwd ?? options.appFolder, stdio: ['ignore', 'pipe', 'pipe'] });
  let output = '';
  const collect = (data: Buffer) => {
    output += data;
  };
  child.stdout.on('data', collect);
  child.stderr.on('data', collect);
  return new Promise((resolve) => child.on('close', (code) => resolve({ code, output })));
}

async function launchElectron(options: LaunchOptions): Promise<HostApp> {
  const userData = options.userData ?? mkdtempSync(path.join(os.tmpdir(), 'electron-user-'));
  const { binary, words } = electronCommand(options, userData);
  const app = await _electron.launch({ executablePath: binary, args: words, cwd: options.cwd ?? options.appFolder });
  let output = '';
  for (const stream of [app.process().stdout, app.process().stderr]) {
    stream?.on('data', (data: Buffer) => {
      output += data;
    });
  }
  const exited = new Promise<number | null>((resolve) => app.process().on('exit', resolve));
  await replaceOutside(app);
  return {
    page: await app.firstWindow(),
    userData,
    exited,
    output: () => output,
    evaluate: async <R, A>(fn: (electron: typeof Electron, argument: A) => R | Promise<R>, argument?: A) =>
      app.evaluate(fn as (electron: typeof Electron, argument: unknown) => R | Promise<R>, argument),
    prepareDialog: async (dialog, answer) => {
      await app.evaluate((_electron, prepared) => outsideOfApp().answers[prepared.dialog].push(prepared.answer), { dialog, answer });
    },
    outsideCalls: () => app.evaluate(() => outsideOfApp().calls),
    pages: () => app.windows(),
    nextPage: (): Promise<Page> => app.waitForEvent('window'),
    startAgain: async (args) => (await runElectron({ ...options, userData, args })).code,
    close: async () => {
      await app.close();
      if (options.userData === undefined) rmSync(userData, { recursive: true, force: true, maxRetries: 5 });
    },
  };
}

/** What `replaceOutside` leaves in Electron's main process. */
interface Outside {
  readonly calls: OutsideCall[];
  readonly answers: { [K in keyof DialogAnswers]: unknown[] };
}
declare function outsideOfApp(): Outside;

/** Nobody is there to click in a native dialog: the calls are recorded and answered, as the stand-in does. */
async function replaceOutside(app: ElectronApplication): Promise<void> {
  await app.evaluate(({ app: electronApp, dialog, shell }) => {
    const outside: Outside = { calls: [], answers: { open: [], save: [], message: [] } };
    const note = (what: string, argument: unknown) => void outside.calls.push({ what, argument });
    const replace = (target: object, name: string, what: string, answer: () => unknown) =>
      Object.assign(target, {
        [name]: (...args: unknown[]) => {
          note(what, args.at(-1));
          return answer();
        },
      });
    Object.assign(globalThis, { outsideOfApp: () => outside });
    replace(dialog, 'showOpenDialog', 'dialog.showOpenDialog', async () => outside.answers.open.shift() ?? { canceled: true, filePaths: [] });
    replace(dialog, 'showSaveDialog', 'dialog.showSaveDialog', async () => outside.answers.save.shift() ?? { canceled: true, filePath: '' });
    replace(dialog, 'showMessageBox', 'dialog.showMessageBox', async () => outside.answers.message.shift() ?? { response: 0, checkboxChecked: false });
    replace(shell, 'openExternal', 'shell.openExternal', async () => undefined);
    replace(shell, 'showItemInFolder', 'shell.showItemInFolder', () => undefined);
    replace(electronApp, 'addRecentDocument', 'app.addRecentDocument', () => undefined);
  });
}
