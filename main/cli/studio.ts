/** `trace-studio` and `trace-studio serve`: the studio with a window, in Electron where that is, else in a browser. */
import { spawn } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { spawnCollector } from '../collector/spawn-collector.ts';
import { dataFolder } from '../services/data-folder.ts';
import { createStudio } from '../services/studio.ts';
import { startWebHost, type WebHost } from '../web/web-host.ts';
import { openBrowser } from './browser.ts';
import type { Command } from './command-line.ts';
import { findElectron } from './electron-binary.ts';
import { type InstallPaths, installPaths } from './install-paths.ts';

type ServeCommand = Extract<Command, { kind: 'serve' }>;
type OpenCommand = Extract<Command, { kind: 'open' }>;

const say = (line: string): void => void process.stdout.write(`${line}\n`);

/** Electron that ends with a failure this early has not shown a window: a missing library, a forbidden sandbox. */
const ELECTRON_EARLY_MS = 5000;

export async function open(command: OpenCommand): Promise<number> {
  const install = installPaths(import.meta.dirname);
  const files = existingFiles(command.files);
  const isInteractive = process.stdout.isTTY === true;
  const electron = await findElectron({ from: [install.root, process.cwd()], fetch: command.forStart && isInteractive, say });
  let why = electron.kind === 'absent' ? electron.why : undefined;
  if (electron.kind === 'ready') {
    say(`Desktop window, because Electron is there: ${electron.file}`);
    const end = await runElectron(electron.file, install, files);
    if (!end.early) return end.code;
    why = `Electron ended at once with code ${end.code}`;
  }
  say(`No desktop window (${why}): the studio runs in the browser.`);
  return serveStudio({ kind: 'serve', files, port: 0, host: '127.0.0.1', allowHosts: [], roots: [], openBrowser: true }, install);
}

export function serve(command: ServeCommand): Promise<number> {
  return serveStudio({ ...command, files: existingFiles(command.files) }, installPaths(import.meta.dirname));
}

/** Absolute paths; one that is not there is a mistake of the command line, told before anything starts. */
function existingFiles(files: readonly string[]): readonly string[] {
  const absolute = files.map((file) => path.resolve(file));
  const missing = absolute.find((file) => !existsSync(file));
  if (missing !== undefined) throw new Error(`There is no file ${missing}. Check the path.`);
  return absolute;
}

function runElectron(file: string, install: InstallPaths, files: readonly string[]): Promise<{ readonly code: number; readonly early: boolean }> {
  const began = performance.now();
  const { ELECTRON_RUN_AS_NODE: _, ...env } = process.env;
  return new Promise((resolve) => {
    const child = spawn(file, [install.root, ...files], { stdio: 'inherit', env });
    child.once('error', () => resolve({ code: 1, early: true }));
    child.once('exit', (code, signal) => {
      const failed = signal !== null || code !== 0;
      resolve({ code: code ?? 1, early: failed && performance.now() - began < ELECTRON_EARLY_MS });
    });
  });
}

async function serveStudio(command: ServeCommand, install: InstallPaths): Promise<number> {
  const folder = dataFolder(process.env, os.homedir());
  const cwd = process.cwd();
  const studio = createStudio({
    host: 'web',
    dataFolder: folder,
    tracerFolder: install.tracer,
    examplesFolder: install.examples,
    exportWorker: install.exportWorker,
    cwd,
    spawnCollector: () => spawnCollector({ script: install.collector, folder }),
    fileRoots: rootsOf(command, cwd),
    opensEditor: isLoopback(command.host),
    isElectron: false,
  });
  const { port, host, allowHosts, files } = command;
  const web = await startWebHost({ studio, rendererFolder: install.renderer, port, host, allowHosts, openPaths: files }).catch(
    (error: NodeJS.ErrnoException) => {
      throw new Error(listenFailure(error, port, host));
    },
  );
  const ended = untilEnded(() => studio.runningSessions());
  if (!isLoopback(host)) {
    say(
      `Warning: listening on ${host}. Whoever has the link can run programs as you, and it travels unencrypted. Use it inside a container or behind a proxy only.`,
    );
  }
  // Where there is no terminal to press Enter in: a container.
  if (process.platform !== 'win32') process.on('SIGUSR2', () => say(`Trace Studio: ${web.freshLink()}`));
  say(`Trace Studio: ${web.freshLink()}`);
  if (command.openBrowser && (await openBrowser(web.freshLink()))) say('Opened in your browser.');
  offerLinks(web);
  await ended;
  await web.close();
  await studio.shutdown({ stopTargets: true });
  return 0;
}

function rootsOf({ roots, files }: ServeCommand, cwd: string): readonly string[] {
  const chosen = roots.length > 0 ? roots.map((root) => path.resolve(root)) : [cwd, os.homedir()];
  const missing = chosen.find((root) => !existsSync(root));
  if (missing !== undefined) throw new Error(`There is no folder ${missing}. Check --root.`);
  // A file that was named on the command line may be opened, wherever it lies.
  return [...new Set([...chosen, ...files.map((file) => path.dirname(file))])];
}

const isLoopback = (host: string): boolean => /^(127\.0\.0\.1|::1|localhost)$/.test(host);

function listenFailure(error: NodeJS.ErrnoException, port: number, host: string): string {
  if (error.code === 'EADDRINUSE') return `Port ${port} is taken by another program. Choose another --port, or 0 for any free one.`;
  if (error.code === 'EACCES') return `Port ${port} may not be used by this user. Choose one above 1023, or 0 for any free one.`;
  if (error.code === 'EADDRNOTAVAIL') return `${host} is not an address of this machine. Check --host.`;
  return `The studio cannot listen on ${host}:${port}: ${error.message}`;
}

/** A link works once. Whoever sits at the terminal gets another one by Enter. */
function offerLinks(web: WebHost): void {
  if (!process.stdin.isTTY || !isInForeground()) return;
  say('Press Enter for a fresh link, Ctrl+C to end.');
  process.stdin.setEncoding('utf8');
  process.stdin.on('data', () => say(`Trace Studio: ${web.freshLink()}`));
}

/** A job in the background (`serve &`) that reads its terminal is stopped by the system. Only Linux tells easily. */
function isInForeground(): boolean {
  try {
    const status = readFileSync('/proc/self/stat', 'utf8');
    // After the name in brackets: state, parent, process group, session, terminal, group in the foreground of the terminal.
    const [, , group, , , foreground] = status.slice(status.lastIndexOf(')') + 2).split(' ');
    return group === foreground;
  } catch {
    return true;
  }
}

/** Resolves at the first Ctrl+C (or its like); a second one ends the process at once. */
function untilEnded(running: () => number): Promise<void> {
  return new Promise((resolve) => {
    let asked = false;
    const end = () => {
      if (asked) process.exit(130);
      asked = true;
      const count = running();
      if (count > 0) say(`Stopping ${count === 1 ? 'one run' : `${count} runs`}; what was recorded is kept. Ctrl+C again ends at once.`);
      resolve();
    };
    for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, end);
  });
}
