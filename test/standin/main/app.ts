/** app: life cycle, paths, single instance. */
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, rmSync } from 'node:fs';
import net from 'node:net';
import os from 'node:os';
import path from 'node:path';
import { outsideCalls } from './dialog-and-shell.ts';
import { emitPreventable, GuardedEmitter } from './guarded-emitter.ts';

/** What app needs of its windows; browser-window.ts fills it in. */
export interface WindowList {
  all(): readonly { close(): void; destroy(): void; isDestroyed(): boolean }[];
}

/** Ends the browser and the server before the process exits; start.ts fills it in. */
type Cleanup = () => Promise<void>;

class App extends GuardedEmitter {
  readonly isPackaged = process.env.STANDIN_PACKAGED === '1';
  readonly #paths = new Map<string, string>();
  #name: string | undefined;
  readonly #utilities = new Set<{ readonly pid: number; readonly serviceName: string }>();
  #ready = false;
  #quitting = false;
  #lock: net.Server | undefined;
  #windows: WindowList = { all: () => [] };
  #cleanup: Cleanup = async () => {};
  readonly #whenReady = new Promise<void>((resolve) => this.once('ready', () => resolve()));

  get name(): string {
    return this.#name ?? this.#manifest.productName ?? this.#manifest.name ?? 'app';
  }
  getName(): string {
    return this.name;
  }
  setName(name: string): void {
    this.#name = name;
  }
  getVersion(): string {
    return this.#manifest.version ?? '0.0.0';
  }
  getAppPath(): string {
    return appFolder();
  }
  getPath(name: string): string {
    const set = this.#paths.get(name);
    if (set !== undefined) return set;
    if (name === 'temp') return os.tmpdir();
    if (name === 'home') return os.homedir();
    if (name === 'exe') return process.execPath;
    // Anything else would write outside a test's own folder.
    throw new Error(`stand-in: the path ${name} was not set; start with --user-data-dir or call app.setPath`);
  }
  setPath(name: string, value: string): void {
    this.#paths.set(name, value);
  }
  setAppUserModelId(_id: string): void {}
  setAboutPanelOptions(_options: object): void {}
  enableSandbox(): void {
    if (this.#ready) throw new Error('app.enableSandbox() can only be called before app is ready');
  }
  addRecentDocument(file: string): void {
    outsideCalls.push({ what: 'app.addRecentDocument', argument: file });
  }
  focus(_options?: object): void {}
  /** Only the utility processes: what a test looks for. */
  getAppMetrics(): { readonly type: string; readonly pid: number; readonly serviceName: string }[] {
    return [...this.#utilities].map(({ pid, serviceName }) => ({ type: 'Utility', pid, serviceName }));
  }
  isReady(): boolean {
    return this.#ready;
  }
  whenReady(): Promise<void> {
    return this.#whenReady;
  }

  quit(): void {
    if (emitPreventable(this, 'before-quit')) return;
    this.#quitting = true;
    for (const window of this.#windows.all()) {
      window.close();
      if (window.isDestroyed()) continue;
      this.#quitting = false;
      return;
    }
    if (emitPreventable(this, 'will-quit')) {
      this.#quitting = false;
      return;
    }
    this.emit('quit', {}, 0);
    this.#end(0);
  }
  /** Without asking anybody. */
  exit(code = 0): void {
    for (const window of this.#windows.all()) window.destroy();
    this.emit('quit', {}, code);
    this.#end(code);
  }

  requestSingleInstanceLock(additionalData?: unknown): boolean {
    const folder = this.getPath('userData');
    mkdirSync(folder, { recursive: true });
    const address = process.platform === 'win32' ? `\\\\.\\pipe\\standin-${folder.replace(/[^a-z0-9]/gi, '-')}` : path.join(folder, 'standin.sock');
    const message = JSON.stringify({ argv: process.argv, cwd: process.cwd(), additionalData });
    // Electron answers at once, a socket does not: a helper process asks.
    const asked = spawnSync(process.execPath, ['-e', ASK_FIRST_INSTANCE, address, message]);
    if (asked.status === FIRST_INSTANCE_ANSWERED) return false;
    if (process.platform !== 'win32') rmSync(address, { force: true });
    this.#lock = net.createServer((socket) => {
      let text = '';
      socket.on('data', (data) => {
        text += data;
      });
      socket.on('error', () => {}); // the second instance is gone already
      socket.on('end', () => {
        const second = JSON.parse(text) as { argv: string[]; cwd: string; additionalData: unknown };
        this.emit('second-instance', {}, second.argv, second.cwd, second.additionalData);
        socket.end();
      });
    });
    this.#lock.listen(address);
    return true;
  }

  readonly standin = {
    setWindows: (windows: WindowList): void => {
      this.#windows = windows;
    },
    setCleanup: (cleanup: Cleanup): void => {
      this.#cleanup = cleanup;
    },
    becomeReady: (): void => {
      this.#ready = true;
      this.emit('ready', {}, {});
    },
    isEnding: (): boolean => this.#ending,
    utilityStarted: (utility: { readonly pid: number; readonly serviceName: string }): void => void this.#utilities.add(utility),
    utilityEnded: (pid: number | undefined): void => {
      for (const utility of this.#utilities) if (utility.pid === pid) this.#utilities.delete(utility);
    },
    windowClosed: (): void => {
      if (this.#windows.all().length > 0 || this.#quitting || this.#ending) return;
      if (this.listenerCount('window-all-closed') > 0) this.emit('window-all-closed');
      else this.quit();
    },
  };

  #ending = false;
  #end(code: number): void {
    if (this.#ending) return;
    this.#ending = true;
    this.#lock?.close();
    void this.#cleanup().finally(() => process.exit(code));
  }

  get #manifest(): { readonly name?: string; readonly productName?: string; readonly version?: string } {
    return JSON.parse(readFileSync(path.join(appFolder(), 'package.json'), 'utf8'));
  }
}

const FIRST_INSTANCE_ANSWERED = 7;
const ASK_FIRST_INSTANCE = `
const [address, message] = process.argv.slice(1);
const socket = require('node:net').connect(address, () => socket.end(message));
socket.on('error', () => process.exit(0));
socket.on('close', () => process.exit(${FIRST_INSTANCE_ANSWERED}));
socket.resume();`;

/** The folder of the nearest package.json above the main script. */
function appFolder(): string {
  const main = process.env.STANDIN_MAIN ?? '';
  for (let folder = path.dirname(main); ; folder = path.dirname(folder)) {
    if (existsSync(path.join(folder, 'package.json'))) return folder;
    if (folder === path.dirname(folder)) throw new Error(`stand-in: there is no package.json above ${main}`);
  }
}

export const app = new App();
