/** The app around its windows: which there are, what is opened in them, when it ends. */
import { app } from 'electron';
import type { StudioCommand } from '../../core/protocol/studio-api.ts';
import type { Studio } from '../services/host-port.ts';
import type { CollectorProcess } from './collector-process.ts';
import { StudioWindow } from './studio-window.ts';

export interface StudioAppOptions {
  readonly studio: Studio;
  readonly collector: CollectorProcess;
  readonly preload: string;
  readonly icon: string;
  /** After the first page is up. */
  readonly onUp: () => void;
}

/** How often an app without windows looks whether its last run has ended. */
const LOOK_MS = 500;

export class StudioApp {
  readonly #options: StudioAppOptions;
  readonly #windows: StudioWindow[] = [];
  /** Files to open as soon as a page is there to do it. */
  #pathsToOpen: string[] = [];
  #quitting = false;
  #ending = false;

  constructor(options: StudioAppOptions) {
    this.#options = options;
    options.collector.onEnded = () => {
      for (const window of this.#windows) window.collectorEnded();
    };
  }

  openWindow(): StudioWindow {
    const { studio, collector, preload, icon, onUp } = this.#options;
    const window = new StudioWindow({
      studio,
      collector,
      preload,
      icon,
      stopAndQuit: () => this.#end(),
      mustAskBeforeClosing: () => studio.runningSessions() > 0 && (this.#quitting || this.#windows.length === 1),
      closingCancelled: () => {
        this.#quitting = false;
      },
      addRecent: (path) => app.addRecentDocument(path),
      onUp: (up) => {
        for (const path of this.#pathsToOpen.splice(0)) up.push('open-path', { path });
        onUp();
      },
      onClosed: (closed) => this.#windows.splice(this.#windows.indexOf(closed), 1),
    });
    // The newest is at the end; focus moves a window there.
    this.#windows.push(window);
    window.browserWindow.on('focus', () => this.#windows.push(...this.#windows.splice(this.#windows.indexOf(window), 1)));
    window.load().catch((error: unknown) => console.error('trace-studio: the window did not load:', error));
    return window;
  }

  /** By `webContents`: the sender of a message. */
  windowOf(contents: unknown): StudioWindow | undefined {
    return this.#windows.find((window) => window.browserWindow.webContents === contents);
  }

  openPaths(paths: readonly string[]): void {
    const window = this.#windows.at(-1);
    if (window?.isUp) for (const path of paths) window.push('open-path', { path });
    else this.#pathsToOpen.push(...paths);
  }

  /** Started again by the user while it runs. */
  show(paths: readonly string[]): void {
    if (this.#ending) return;
    const window = this.#windows.at(-1) ?? this.openWindow();
    window.focus();
    this.openPaths(paths);
  }

  command(command: StudioCommand): void {
    if (command === 'new-window') this.openWindow();
    else this.#windows.at(-1)?.push('command', { command });
  }

  quitRequested(): void {
    this.#quitting = true;
  }

  /** Runs that the user chose to keep go on without a window; the app ends with the last of them. */
  allWindowsClosed(): void {
    this.#quitting = false;
    const endWithLastRun = () => {
      if (this.#windows.length > 0) return;
      if (this.#options.studio.runningSessions() === 0) this.#end();
      else setTimeout(endWithLastRun, LOOK_MS);
    };
    endWithLastRun();
  }

  /** The app is about to end for good. False: it does so by itself, after the runs and the collector. */
  mayEnd(): boolean {
    if (!this.#ending) this.#end();
    return false;
  }

  #end(): void {
    if (this.#ending) return;
    this.#ending = true;
    this.#options.studio.shutdown({ stopTargets: true }).then(
      () => app.exit(0),
      (error: unknown) => {
        console.error('trace-studio: ending the runs failed:', error);
        app.exit(1);
      },
    );
  }
}
