/** One headless Chromium, spoken to over one raw CDP connection. Tests attach Playwright to the same browser. */
import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { WebSocket } from 'ws';

export type CdpListener = (method: string, params: Record<string, unknown>, session: string | undefined) => void;

export class Chromium {
  /** Address for `chromium.connectOverCDP`. */
  readonly endpoint: string;
  onEvent: CdpListener = () => {};
  readonly #process: ChildProcess;
  readonly #socket: WebSocket;
  readonly #profile: string;
  readonly #waiting = new Map<number, { method: string; resolve: (result: Record<string, unknown>) => void; reject: (error: Error) => void }>();
  #nextId = 1;

  private constructor(process: ChildProcess, socket: WebSocket, endpoint: string, profile: string) {
    this.endpoint = endpoint;
    this.#process = process;
    this.#socket = socket;
    this.#profile = profile;
    socket.on('message', (data) => this.#receive(JSON.parse(String(data)) as CdpMessage));
    socket.on('close', () => {
      for (const waiting of this.#waiting.values()) waiting.reject(new Error(`${waiting.method}: Chromium is gone`));
      this.#waiting.clear();
    });
  }

  static async launch(executable: string): Promise<Chromium> {
    const profile = mkdtempSync(path.join(os.tmpdir(), 'standin-chromium-'));
    const child = spawn(
      executable,
      [
        '--headless=new',
        '--no-sandbox',
        '--disable-gpu',
        '--disable-dev-shm-usage',
        '--no-first-run',
        '--no-startup-window',
        '--disable-background-networking',
        // No window is in front on a headless machine: none may be slowed down for that.
        '--disable-background-timer-throttling',
        '--disable-backgrounding-occluded-windows',
        '--disable-renderer-backgrounding',
        '--disable-sync',
        '--mute-audio',
        '--password-store=basic',
        '--force-color-profile=srgb',
        '--disable-component-update',
        '--disable-extensions',
        '--disable-features=Translate,MediaRouter,LocalNetworkAccessChecks',
        // Electron's ports tell a page when their other end has gone; Chromium's do so only when asked.
        '--enable-blink-features=MessagePortCloseEvent',
        '--remote-debugging-port=0',
        // Nobody speaks through this pipe. Chromium ends when it closes, even where this process is killed without a word.
        '--remote-debugging-pipe',
        `--user-data-dir=${profile}`,
      ],
      { stdio: ['ignore', 'ignore', 'pipe', 'pipe', 'pipe'] },
    );
    process.on('exit', () => {
      child.kill('SIGKILL');
      try {
        rmSync(profile, { recursive: true, force: true });
      } catch {
        // Chromium was still writing. The folder is the system's temporary one.
      }
    });
    const endpoint = await devToolsAddress(child, executable);
    const socket = new WebSocket(endpoint, { maxPayload: 1 << 30, perMessageDeflate: false });
    await new Promise<void>((resolve, reject) => socket.once('open', resolve).once('error', reject));
    return new Chromium(child, socket, endpoint, profile);
  }

  send(method: string, params: object = {}, session?: string): Promise<Record<string, unknown>> {
    if (this.#socket.readyState !== WebSocket.OPEN) return Promise.reject(new Error(`${method}: Chromium is gone`));
    const id = this.#nextId++;
    this.#socket.send(JSON.stringify({ id, method, params, sessionId: session }));
    return new Promise((resolve, reject) => this.#waiting.set(id, { method, resolve, reject }));
  }

  async close(): Promise<void> {
    this.#socket.close();
    const gone =
      this.#process.exitCode === null && this.#process.signalCode === null ? new Promise((resolve) => this.#process.once('exit', resolve)) : undefined;
    this.#process.kill('SIGKILL');
    await gone;
    rmSync(this.#profile, { recursive: true, force: true, maxRetries: 5 });
  }

  #receive(message: CdpMessage): void {
    if (message.id === undefined) {
      if (message.method) this.onEvent(message.method, message.params ?? {}, message.sessionId);
      return;
    }
    const waiting = this.#waiting.get(message.id);
    this.#waiting.delete(message.id);
    if (message.error) waiting?.reject(new Error(`${waiting.method}: ${message.error.message}`));
    else waiting?.resolve(message.result ?? {});
  }
}

interface CdpMessage {
  readonly id?: number;
  readonly method?: string;
  readonly params?: Record<string, unknown>;
  readonly sessionId?: string;
  readonly result?: Record<string, unknown>;
  readonly error?: { readonly message: string };
}

function devToolsAddress(child: ChildProcess, executable: string): Promise<string> {
  return new Promise((resolve, reject) => {
    let printed = '';
    child.stderr?.on('data', (data: Buffer) => {
      printed += data;
      const address = /DevTools listening on (ws:\S+)/.exec(printed)?.[1];
      if (address) resolve(address);
    });
    child.on('error', (error) => reject(new Error(`stand-in: ${executable} did not start: ${error.message}`)));
    child.on('exit', (code) => reject(new Error(`stand-in: ${executable} ended with ${code} before it listened:\n${printed}`)));
  });
}
