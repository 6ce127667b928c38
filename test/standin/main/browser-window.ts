/** BrowserWindow: what the studio uses of it, over one WebContents. */
import { app } from './app.ts';
import { emitPreventable, GuardedEmitter } from './guarded-emitter.ts';
import { WebContents, type WebPreferences } from './web-contents.ts';

export interface BrowserWindowOptions {
  readonly width?: number;
  readonly height?: number;
  readonly minWidth?: number;
  readonly minHeight?: number;
  readonly title?: string;
  readonly show?: boolean;
  readonly name?: string;
  readonly windowStatePersistence?: boolean;
  readonly backgroundColor?: string;
  readonly icon?: string;
  readonly webPreferences?: WebPreferences;
}

const windows = new Set<BrowserWindow>();
let nextId = 1;

export class BrowserWindow extends GuardedEmitter {
  readonly id = nextId++;
  readonly webContents: WebContents;
  readonly #bounds: { x: number; y: number; width: number; height: number };
  #title: string;
  #visible: boolean;
  #destroyed = false;
  #edited = false;
  #representedFile = '';

  constructor(options: BrowserWindowOptions = {}) {
    super();
    if (!app.isReady()) throw new Error('Cannot create BrowserWindow before app is ready');
    const { nodeIntegration, contextIsolation, sandbox } = options.webPreferences ?? {};
    if (nodeIntegration === true || contextIsolation === false || sandbox === false) {
      throw new Error('stand-in: only sandboxed, isolated windows are supported');
    }
    this.#bounds = { x: 0, y: 0, width: options.width ?? 800, height: options.height ?? 600 };
    this.#title = options.title ?? app.name;
    this.#visible = options.show !== false;
    this.webContents = new WebContents(options.webPreferences ?? {}, { width: this.#bounds.width, height: this.#bounds.height });
    windows.add(this);
    this.webContents.once('standin-painted', () => this.emit('ready-to-show', {}));
    app.emit('web-contents-created', {}, this.webContents);
    app.emit('browser-window-created', {}, this);
  }

  loadURL(url: string): Promise<void> {
    return this.webContents.standin.loadURL(url);
  }
  close(): void {
    if (this.#destroyed) return;
    if (!emitPreventable(this, 'close')) this.destroy();
  }
  destroy(): void {
    if (this.#destroyed) return;
    this.#destroyed = true;
    windows.delete(this);
    this.webContents.standin.destroy();
    this.emit('closed');
    app.standin.windowClosed();
  }
  isDestroyed(): boolean {
    return this.#destroyed;
  }
  show(): void {
    this.#visible = true;
    this.focus();
    this.emit('show');
  }
  hide(): void {
    this.#visible = false;
    this.emit('hide');
  }
  isVisible(): boolean {
    return this.#visible;
  }
  focus(): void {
    if (focused === this) return;
    focused?.emit('blur', {});
    focused = this;
    this.emit('focus', {});
  }
  isFocused(): boolean {
    return focused === this;
  }
  isMinimized(): boolean {
    return false;
  }
  restore(): void {}
  getBounds() {
    return { ...this.#bounds };
  }
  setTitle(title: string): void {
    this.#title = title;
  }
  getTitle(): string {
    return this.#title;
  }
  setDocumentEdited(edited: boolean): void {
    this.#edited = edited;
  }
  isDocumentEdited(): boolean {
    return this.#edited;
  }
  setRepresentedFilename(file: string): void {
    this.#representedFile = file;
  }
  getRepresentedFilename(): string {
    return this.#representedFile;
  }

  readonly standin = {
    pageTitleChanged: (title: string): void => {
      if (!emitPreventable(this, 'page-title-updated', {}, title, true)) this.setTitle(title);
    },
  };

  static getAllWindows(): BrowserWindow[] {
    return [...windows];
  }
  static getFocusedWindow(): BrowserWindow | null {
    return focused && !focused.isDestroyed() ? focused : null;
  }
  static fromWebContents(webContents: unknown): BrowserWindow | null {
    return [...windows].find((window) => window.webContents === webContents) ?? null;
  }
}

let focused: BrowserWindow | undefined;
app.standin.setWindows({ all: () => [...windows] });
