/** webContents: one Chromium target, the preload script in its isolated world, and the connection between that world and main. */
import { randomBytes } from 'node:crypto';
import { readFileSync } from 'node:fs';
import type { Frame, PageSetup } from '../shared/frames.ts';
import { decodeValue, encodeValue } from '../shared/value-codec.ts';
import { emitPreventable, GuardedEmitter } from './guarded-emitter.ts';
import { IpcMain } from './ipc-main.ts';
import { nativeTheme } from './native-theme.ts';
import { type Connection, cloneValue, connectionLost, portsArrived, receivePortFrame, takePorts } from './ports.ts';
import { addresses, chromium } from './runtime.ts';
import { decidePermission, defaultSession, PERMISSIONS } from './session.ts';

export interface WebPreferences {
  readonly preload?: string;
  readonly sandbox?: boolean;
  readonly contextIsolation?: boolean;
  readonly nodeIntegration?: boolean;
  readonly webviewTag?: boolean;
  readonly additionalArguments?: readonly string[];
}

/** Scripts of test/standin/page, built by build.ts and handed over by start.ts. */
export interface PageScripts {
  readonly isolatedWorld: string;
  readonly mainWorld: string;
}

/** A WebSocket of a page, as far as it is used here. */
export interface PageSocket {
  send(bytes: Uint8Array): void;
  close(): void;
}

type WindowOpenHandler = (details: { url: string; frameName: string; features: string; disposition: string }) => { action: 'allow' | 'deny' };

export const ipcMain = new IpcMain();
export const allWebContents = new Map<number, WebContents>();
let pageScripts: PageScripts = { isolatedWorld: '', mainWorld: '' };
export const setPageScripts = (scripts: PageScripts): void => {
  pageScripts = scripts;
};
let nextId = 1;

export class WebContents extends GuardedEmitter {
  readonly id = nextId++;
  readonly session = defaultSession;
  readonly #preferences: WebPreferences;
  readonly #key = randomBytes(16).toString('hex');
  readonly #created: Promise<void>;
  #target = '';
  #cdpSession = '';
  #url = '';
  #crashed = false;
  #destroyed = false;
  /** A navigation that main asked for: nobody is asked whether it may happen. */
  #expected: string | undefined;
  #socket: PageSocket | undefined;
  #toSend: Frame[] = [];
  #windowOpenHandler: WindowOpenHandler = () => ({ action: 'allow' });
  readonly #connection: Connection = { send: (frame) => this.#send(frame) };

  constructor(preferences: WebPreferences, size: { readonly width: number; readonly height: number }) {
    super();
    this.#preferences = preferences;
    allWebContents.set(this.id, this);
    this.#created = this.#create(size);
    // loadURL reports it; without a load nobody would.
    this.#created.catch((error: unknown) => console.error('stand-in: a window was not created:', error));
    nativeTheme.on('updated', this.#applyTheme);
  }

  get mainFrame() {
    const url = addresses.toApp(this.#url);
    return {
      url,
      origin: /^[a-z][a-z0-9+.-]*:\/\/[^/]*/i.exec(url)?.[0] ?? 'null',
      parent: null,
      frameTreeNodeId: this.id,
      processId: this.id,
      routingId: 1,
      detached: false,
    };
  }
  getURL(): string {
    return addresses.toApp(this.#url);
  }
  isDestroyed(): boolean {
    return this.#destroyed;
  }
  isCrashed(): boolean {
    return this.#crashed;
  }
  setWindowOpenHandler(handler: WindowOpenHandler): void {
    this.#windowOpenHandler = handler;
  }
  send(channel: string, ...args: unknown[]): void {
    this.#send({ kind: 'ipc', channel, args: cloneValue(args) as unknown[], ports: [] });
  }
  postMessage(channel: string, message: unknown, transfer?: readonly unknown[]): void {
    this.#send({ kind: 'ipc', channel, args: [cloneValue(message)], ports: takePorts(transfer) });
  }
  /** In the page's own world, as Electron does. */
  async executeJavaScript(code: string): Promise<unknown> {
    const { result, exceptionDetails } = (await this.#cdp('Runtime.evaluate', { expression: code, awaitPromise: true, returnByValue: true })) as {
      result: { value?: unknown };
      exceptionDetails?: { text: string; exception?: { description?: string } };
    };
    if (exceptionDetails) throw new Error(exceptionDetails.exception?.description ?? exceptionDetails.text);
    return result.value;
  }
  reload(): void {
    this.#expected = this.#url;
    void this.#cdp('Page.reload');
  }
  /** Chromium's own crash page: the way to test what main does when a window's process is gone. */
  forcefullyCrashRenderer(): void {
    // Never answered: the process that would is gone.
    this.#cdp('Page.crash').catch(() => {});
  }

  readonly standin = {
    loadURL: async (url: string): Promise<void> => {
      await this.#created;
      const real = addresses.toChromium(url);
      const loaded = new Promise<void>((resolve) => this.once('did-finish-load', () => resolve()));
      this.#expected = real;
      const { errorText } = await this.#cdp('Page.navigate', { url: real });
      if (typeof errorText === 'string') {
        this.emit('did-fail-load', {}, -2, errorText, url, true);
        throw new Error(`${errorText} (-2) loading '${url}'`);
      }
      await loaded;
    },
    key: this.#key,
    target: (): string => this.#target,
    cdpSession: (): string => this.#cdpSession,
    opening: (url: string): void => this.#opening(url),
    connected: (socket: PageSocket): void => this.#connected(socket),
    disconnected: (socket: PageSocket): void => {
      if (this.#socket === socket) this.#dropSocket();
    },
    receive: (bytes: Uint8Array): void => this.#receive(decodeValue(bytes) as Frame),
    onCdp: (method: string, params: Record<string, unknown>): void => this.#onCdp(method, params),
    crashed: (): void => {
      this.#crashed = true;
      this.#dropSocket();
      this.emit('render-process-gone', {}, { reason: 'crashed', exitCode: 1 });
    },
    destroy: (): void => {
      if (this.#destroyed) return;
      this.#destroyed = true;
      nativeTheme.off('updated', this.#applyTheme);
      allWebContents.delete(this.id);
      this.#dropSocket();
      if (this.#target)
        chromium()
          .send('Target.closeTarget', { targetId: this.#target })
          .catch(() => {}); // Chromium may be gone as well
      this.emit('destroyed');
    },
  };

  async #create(size: { readonly width: number; readonly height: number }): Promise<void> {
    const { targetId } = await chromium().send('Target.createTarget', { url: 'about:blank', newWindow: true, ...size });
    this.#target = String(targetId);
    const { sessionId } = await chromium().send('Target.attachToTarget', { targetId, flatten: true });
    this.#cdpSession = String(sessionId);
    await Promise.all([
      this.#cdp('Page.enable'),
      this.#cdp('Runtime.enable'),
      this.#cdp('Page.setLifecycleEventsEnabled', { enabled: true }),
      this.#cdp('Fetch.enable', { patterns: [{ resourceType: 'Document', requestStage: 'Request' }] }),
    ]);
    const bridge = `standin-${randomBytes(12).toString('hex')}`;
    await this.#cdp('Page.addScriptToEvaluateOnNewDocument', {
      source: `if (location.protocol !== 'about:' && window === top) {${pageScripts.mainWorld.replaceAll('__BRIDGE__', bridge)}\n}`,
    });
    await this.#installPreload(bridge);
    await this.#applyPermissions();
    await this.#applyTheme();
  }

  async #installPreload(bridge: string): Promise<void> {
    if (this.#preferences.preload === undefined) return;
    const setup: PageSetup = {
      socketPath: `/__standin__/socket?contents=${this.id}&key=${this.#key}`,
      bridge,
      platform: process.platform,
      arch: process.arch,
      versions: Object.fromEntries(Object.entries(process.versions).map(([name, version]) => [name, String(version)])),
      additionalArguments: this.#preferences.additionalArguments ?? [],
      filePaths: JSON.parse(process.env.STANDIN_FILE_PATHS ?? '{}') as Record<string, string>,
    };
    const preload = readFileSync(this.#preferences.preload, 'utf8');
    await this.#cdp('Page.addScriptToEvaluateOnNewDocument', {
      worldName: 'Electron Isolated Context',
      source: `if (location.protocol !== 'about:' && window === top) {
const __STANDIN_SETUP__ = ${JSON.stringify(setup)};
${pageScripts.isolatedWorld}
(function (require, process, global, exports, module) {${preload}
}).call(globalThis, globalThis.__standinRequire, globalThis.__standinProcess, globalThis, {}, { exports: {} });
}`,
    });
  }

  /** A headless page is never asked, so Chromium gets the answers of the app's handlers before the page loads. */
  async #applyPermissions(): Promise<void> {
    for (const [electronName, chromiumName] of PERMISSIONS) {
      const granted = await decidePermission(this, electronName, 'app://studio');
      const permission = chromiumName === 'clipboard-sanitized-write' ? { name: 'clipboard-write', allowWithoutSanitization: false } : { name: chromiumName };
      await chromium().send('Browser.setPermission', {
        permission,
        setting: granted ? 'granted' : 'denied',
        origin: addresses.toChromium('app://studio/').replace(/\/$/, ''),
      });
    }
  }

  readonly #applyTheme = async (): Promise<void> => {
    const value = nativeTheme.shouldUseDarkColors ? 'dark' : 'light';
    await this.#cdp('Emulation.setEmulatedMedia', { features: [{ name: 'prefers-color-scheme', value }] });
  };

  #cdp(method: string, params: object = {}): Promise<Record<string, unknown>> {
    return chromium().send(method, params, this.#cdpSession);
  }

  // ---- connection to the isolated world

  #connected(socket: PageSocket): void {
    this.#dropSocket();
    this.#socket = socket;
    for (const frame of this.#toSend.splice(0)) this.#send(frame);
  }

  #dropSocket(): void {
    this.#socket?.close();
    this.#socket = undefined;
    connectionLost(this.#connection);
  }

  #send(frame: Frame): void {
    if (this.#destroyed) return;
    if (!this.#socket) {
      this.#toSend.push(frame);
      return;
    }
    this.#socket.send(encodeValue(frame));
    if (frame.kind === 'ipc') portsArrived(frame.ports, this.#connection);
  }

  #receive(frame: Frame): void {
    switch (frame.kind) {
      case 'port-message':
      case 'port-close':
        receivePortFrame(frame);
        return;
      case 'ipc':
        ipcMain.emit(frame.channel, this.#event(), ...frame.args);
        return;
      case 'invoke':
        ipcMain.standin.invoke(frame.channel, this.#event(), frame.args).then(
          (value) => this.#send({ kind: 'answer', id: frame.id, value }),
          (error: unknown) => this.#send({ kind: 'refusal', id: frame.id, error: String(error) }),
        );
        return;
      case 'window-open':
        this.#opening(frame.url);
        return;
      default:
        throw new Error(`stand-in: main got a frame of kind ${frame.kind} from a page`);
    }
  }

  #opening(url: string): void {
    const { action } = this.#windowOpenHandler({ url: addresses.toApp(url), frameName: '', features: '', disposition: 'foreground-tab' });
    if (action === 'allow') throw new Error(`stand-in: a page may open ${url}, which is not implemented`);
  }

  #event() {
    return { type: 'frame', sender: this, senderFrame: this.mainFrame, frameId: 1, processId: this.id, ports: [] };
  }

  // ---- what Chromium tells

  #onCdp(method: string, params: Record<string, unknown>): void {
    switch (method) {
      case 'Fetch.requestPaused':
        this.#navigating(params as unknown as PausedRequest);
        return;
      case 'Page.frameNavigated': {
        const { frame } = params as unknown as { frame: { url: string; parentId?: string } };
        if (frame.parentId !== undefined) return;
        this.#url = frame.url;
        this.#crashed = false;
        this.emit('did-navigate', {}, addresses.toApp(frame.url), 200, 'OK');
        return;
      }
      case 'Page.domContentEventFired':
        this.emit('dom-ready', {});
        return;
      case 'Page.lifecycleEvent': {
        const { name, frameId } = params as unknown as { name: string; frameId: string };
        if (frameId !== this.#target || this.#url.startsWith('about:')) return;
        if (name === 'load') this.emit('did-finish-load');
        if (name === 'firstPaint' || name === 'load') this.emit('standin-painted');
        return;
      }
      case 'Runtime.consoleAPICalled': {
        const { type, args } = params as unknown as { type: string; args: readonly { value?: unknown; description?: string }[] };
        const message = args.map((argument) => argument.value ?? argument.description).join(' ');
        this.emit('console-message', { level: type, message });
        return;
      }
    }
  }

  /** A document is about to load: the one moment where preventing it really prevents it. */
  #navigating(paused: PausedRequest): void {
    const isMainFrame = paused.frameId === this.#target;
    const expected = isMainFrame && paused.request.url === this.#expected;
    if (isMainFrame) this.#expected = undefined;
    const url = addresses.toApp(paused.request.url);
    const details = { url, isMainFrame, isSameDocument: false, frame: this.mainFrame, initiator: this.mainFrame };
    const prevented =
      !expected && [isMainFrame && emitPreventable(this, 'will-navigate', details, url), emitPreventable(this, 'will-frame-navigate', details)].includes(true);
    if (!prevented) this.emit('did-start-navigation', details, url, false, isMainFrame);
    const answer = prevented
      ? this.#cdp('Fetch.failRequest', { requestId: paused.requestId, errorReason: 'Aborted' })
      : this.#cdp('Fetch.continueRequest', { requestId: paused.requestId });
    answer.catch(() => {}); // the page may be gone before Chromium is answered
  }
}

interface PausedRequest {
  readonly requestId: string;
  readonly frameId: string;
  readonly request: { readonly url: string };
}
