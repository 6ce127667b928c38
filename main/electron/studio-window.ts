/** One window of the studio: what it may load, how it reaches services and collector, and the question before it closes. */
import { BrowserWindow, MessageChannelMain, type MessagePortMain, nativeTheme, shell } from 'electron';
import type { ByteChannel } from '../../core/protocol/byte-channel.ts';
import { Peer } from '../../core/protocol/rpc.ts';
import type { StudioPushes } from '../../core/protocol/studio-api.ts';
import type { HostPort, Studio } from '../services/host-port.ts';
import type { CollectorProcess } from './collector-process.ts';
import { askNatively, askToReload, type CloseChoice, pickOpen, pickSave } from './dialogs.ts';
import { START_PAGE } from './origin.ts';
import { observe, portChannel } from './port-channel.ts';

export interface WindowSurroundings {
  readonly studio: Studio;
  readonly collector: CollectorProcess;
  readonly preload: string;
  readonly icon: string;
  /** Ends every run and the app. */
  readonly stopAndQuit: () => void;
  /** Whether closing this window would leave runs that nobody sees. */
  readonly mustAskBeforeClosing: (window: StudioWindow) => boolean;
  /** The user thought better of it: quitting as well. */
  readonly closingCancelled: () => void;
  readonly addRecent: (path: string) => void;
  /** The page has been served its first answer, after each load. */
  readonly onUp: (window: StudioWindow) => void;
  readonly onClosed: (window: StudioWindow) => void;
}

/** A window that crashes again sooner than this is not loaded again by itself. */
const CRASH_PAUSE_MS = 10_000;

export class StudioWindow {
  readonly browserWindow: BrowserWindow;
  readonly #around: WindowSurroundings;
  readonly #host: HostPort;
  #isUp = false;
  #mayClose = false;
  #question: 'none' | 'in-window' | 'native' = 'none';
  /** The collector's generation that this load's ports were handed out under. */
  #portsOf: number | undefined;
  #wantsPorts = false;
  #dataPort: MessagePortMain | undefined;
  /** One for each services port that the page keeps: after a collector's end it may have been given a second. */
  readonly #pushers = new Set<Peer>();
  #crashedAt = Number.NEGATIVE_INFINITY;

  constructor(around: WindowSurroundings) {
    this.#around = around;
    const window = new BrowserWindow({
      width: 1280,
      height: 800,
      minWidth: 760,
      minHeight: 480,
      show: false,
      // Electron itself remembers where a named window was.
      name: 'studio',
      windowStatePersistence: true,
      backgroundColor: nativeTheme.shouldUseDarkColors ? '#111214' : '#ffffff',
      icon: around.icon,
      title: 'Trace Studio',
      webPreferences: { preload: around.preload, sandbox: true, contextIsolation: true, nodeIntegration: false, webviewTag: false },
    });
    this.browserWindow = window;
    this.#host = this.#makeHost();
    window.once('ready-to-show', () => window.show());
    // setDocument names the window; the page's own title is for browsers.
    window.on('page-title-updated', (event) => event.preventDefault());
    window.on('close', (event) => {
      if (this.#mayClose || !around.mustAskBeforeClosing(this)) return;
      event.preventDefault();
      this.#askBeforeClosing();
    });
    window.on('closed', () => {
      this.#forgetLoad();
      around.onClosed(this);
    });
    window.webContents.on('did-start-navigation', (details) => {
      if (details.isMainFrame && !details.isSameDocument) this.#forgetLoad();
    });
    window.webContents.on('render-process-gone', (_event, { reason }) => this.#pageDied(reason));
  }

  load(): Promise<void> {
    return this.browserWindow.loadURL(START_PAGE);
  }

  get isUp(): boolean {
    return this.#isUp;
  }

  /**
   * The page asks for its two ports. They are handed out once for each load: who gets into the page later finds the door shut.
   * Only when the collector at the other end is gone does the page get a new pair.
   */
  connect(): void {
    if (this.#portsOf === this.#around.collector.generation) {
      this.#wantsPorts = true;
      return;
    }
    this.#wantsPorts = false;
    this.#portsOf = this.#around.collector.generation;
    const services = new MessageChannelMain();
    const data = new MessageChannelMain();
    const channel = observe(portChannel(services.port1), { answered: () => this.#pageIsUp(), closed: () => this.#pushers.delete(pusher) });
    const pusher = pusherOver(channel);
    this.#pushers.add(pusher);
    this.#around.studio.attachWindow(channel, this.#host);
    this.#dataPort = data.port1;
    this.#around.collector.connectWindow(data.port1);
    this.browserWindow.webContents.postMessage('ports', ['services', 'collector'], [services.port2, data.port2]);
  }

  /** The page may have noticed the collector's end, and asked, before main did. */
  collectorEnded(): void {
    if (this.#wantsPorts) this.connect();
  }

  /** To this window alone: a menu click and a closing question belong to the window that they were made in. */
  push<K extends keyof StudioPushes>(event: K, payload: StudioPushes[K]): void {
    for (const pusher of this.#pushers) pusher.notify(event, payload);
  }

  focus(): void {
    if (this.browserWindow.isMinimized()) this.browserWindow.restore();
    this.browserWindow.show();
    this.browserWindow.focus();
  }

  #pageIsUp(): void {
    this.#isUp = true;
    this.#around.onUp(this);
  }

  #forgetLoad(): void {
    this.#isUp = false;
    this.#portsOf = undefined;
    this.#wantsPorts = false;
    this.#pushers.clear();
    if (this.#dataPort) this.#around.collector.forgetWindow(this.#dataPort);
    if (this.#question === 'in-window') this.#question = 'none';
  }

  /** Asked in the window; natively where the page is not there to ask, or does not answer and the user tries again. */
  #askBeforeClosing(): void {
    if (this.#question === 'native') return;
    const running = this.#around.studio.runningSessions();
    if (this.#isUp && this.#question === 'none') {
      this.#question = 'in-window';
      this.push('close-requested', { running });
      return;
    }
    this.#question = 'native';
    askNatively(this.browserWindow, running).then(
      (choice) => this.#closingAnswered(choice),
      () => this.#closingAnswered('cancel'), // the dialog went with its window
    );
  }

  #closingAnswered(choice: CloseChoice): void {
    const asked = this.#question !== 'none';
    this.#question = 'none';
    if (this.browserWindow.isDestroyed()) return;
    if (choice === 'cancel') {
      this.#around.closingCancelled();
      return;
    }
    // Nobody asked: the page closes its window as a user would, and may be asked back.
    if (!asked) {
      this.browserWindow.close();
      return;
    }
    if (choice === 'stop-and-close') {
      this.#around.stopAndQuit();
      return;
    }
    this.#mayClose = true;
    this.browserWindow.close();
  }

  #pageDied(reason: string): void {
    this.#forgetLoad();
    if (reason === 'clean-exit' || this.browserWindow.isDestroyed()) return;
    const now = performance.now();
    const again = now - this.#crashedAt < CRASH_PAUSE_MS;
    this.#crashedAt = now;
    console.error(`trace-studio: the window's process is gone (${reason})`);
    if (!again) {
      this.browserWindow.webContents.reload();
      return;
    }
    askToReload(this.browserWindow, reason).then(
      (reload) => (reload ? this.browserWindow.webContents.reload() : this.browserWindow.close()),
      () => {}, // the dialog went with its window
    );
  }

  #makeHost(): HostPort {
    const window = this.browserWindow;
    return {
      kind: 'electron',
      nativeDialogs: true,
      pickOpen: (question) => pickOpen(window, question),
      pickSave: (question) => pickSave(window, question),
      openExternal: (url) => shell.openExternal(url),
      reveal: async (path) => shell.showItemInFolder(path),
      setDocument: ({ title, unsaved }) => {
        if (window.isDestroyed()) return;
        window.setTitle(title === '' ? 'Trace Studio' : `${title} — Trace Studio`);
        window.setDocumentEdited(unsaved);
      },
      addRecent: this.#around.addRecent,
      close: (choice) => this.#closingAnswered(choice),
    };
  }
}

/** A peer that only notifies: what arrives is for the services, who listen on the channel itself. */
const pusherOver = ({ send }: ByteChannel): Peer => new Peer({ send, onFrame: () => {}, onClose: () => {}, close: () => {} });
