/**
 * The seam between the studio's services and the process that hosts them. Electron and web differ in these and in who
 * carries a ByteChannel; everything else is the same code.
 */
import type { ByteChannel } from '../../core/protocol/byte-channel.ts';
import type { FilePurpose, StudioPushes } from '../../core/protocol/studio-api.ts';

/** One window's host. Paths are absolute. */
export interface HostPort {
  readonly kind: 'electron' | 'web';
  /** False: the window shows its own file panel and never asks for these dialogs. */
  readonly nativeDialogs: boolean;
  pickOpen(question: { readonly purpose: FilePurpose; readonly title: string; readonly folder?: string }): Promise<string | undefined>;
  pickSave(question: {
    readonly title: string;
    readonly suggestedName: string;
    readonly extension: string;
    readonly folder?: string;
  }): Promise<string | undefined>;
  /** Only https and mailto, checked by the caller. */
  openExternal(url: string): Promise<void>;
  reveal(path: string): Promise<void>;
  setDocument(document: { readonly title: string; readonly unsaved: boolean; readonly running: number }): void;
  /** The system's own list of recent documents, where it has one. */
  addRecent(path: string): void;
  /** The user answered the closing question. */
  close(choice: 'stop-and-close' | 'keep-recording' | 'cancel'): void;
}

/** A running collector, however it was started. */
export interface CollectorLink {
  /** Serves CollectorControl, notifies CollectorEvents. */
  readonly control: ByteChannel;
  /** A channel that serves CollectorReading and CollectorStreams to one window (web host, command line). */
  openWindow(): Promise<ByteChannel>;
  /** Called once if the collector ends; `expected` after shutdown. */
  onExit: (why: { readonly expected: boolean; readonly description: string }) => void;
  dispose(): void;
}

export interface StudioOptions {
  readonly host: 'electron' | 'web';
  /** Per-user folder for settings, recents, unsaved recordings and the installed tracer. */
  readonly dataFolder: string;
  /** dist/tracer of this installation, from which the tracer is copied to a versioned per-user folder before a launch. */
  readonly tracerFolder: string;
  readonly examplesFolder: string;
  /** dist/collector/export-worker.cjs. */
  readonly exportWorker: string;
  /** Where relative paths of the user begin. */
  readonly cwd: string;
  /** With `dataFolder` as the folder for its sockets. */
  readonly spawnCollector: () => Promise<CollectorLink>;
  /** Web host: folders that the file panel, opening and saving are limited to. Undefined: anywhere the user may. */
  readonly fileRoots?: readonly string[];
  /** Default true. False where the window is on another machine than the studio: an editor would open where nobody sees it. */
  readonly opensEditor?: boolean;
  /** Electron: its own executable is never offered as a Node. */
  readonly isElectron: boolean;
}

/** The services of one host process. `createStudio(options)` in studio.ts makes it. */
export interface Studio {
  /** Serves StudioRequests to one window and pushes StudioPushes to it until its channel closes. */
  attachWindow(channel: ByteChannel, host: HostPort): void;
  /** A channel to the collector for a window's trace worker (web host). */
  openCollectorWindow(): Promise<ByteChannel>;
  push<K extends keyof StudioPushes>(event: K, payload: StudioPushes[K]): void;
  runningSessions(): number;
  /** Ends targets and collector. */
  shutdown(options: { readonly stopTargets: boolean }): Promise<void>;
}
