/**
 * The contract between a window and its host (Electron or web): requests, and what the host pushes.
 * Both ends derive from these two maps; a handler that is missing does not compile. See `handlersFor` and `StudioClient`.
 */

import type { Problem } from '../base/result.ts';
import type { AttachOptions, NodeProcess } from './attach.ts';
import type { CaptureOptions } from './capture-options.ts';
import type { ExportFormat, ExportPart, ExportTable } from './export-formats.ts';
import type { Marked, NoteChange, RecordingNote } from './notes.ts';
import type { ArgsSchema } from './plugins.ts';
import type { SessionEnd } from './recording-format.ts';
import type { TakeKind, TakeProgress } from './sampling.ts';
import type { LaunchConfig, RecordingId, RecordingInfoSummary, SessionId, SessionInfo } from './session-types.ts';
import type { FunctionRule } from './target-wire.ts';

export interface StudioInfo {
  readonly version: string;
  readonly host: 'electron' | 'web';
  readonly platform: string;
  readonly home: string;
  readonly cwd: string;
  /** Native dialogs exist. Otherwise the window shows its own file panel over `files.*`. */
  readonly nativeDialogs: boolean;
  /** What happens with unsaved recordings, in words: "Kept for 30 days or 5 GB, whichever comes first". */
  readonly keepRule: string;
  /** An editor on the machine of this studio is one that the user sees. */
  readonly opensEditor: boolean;
  /** Where no tracing of a launch can work, why: for example a folder that cannot be written. */
  readonly problem?: Problem;
}

export interface NodeInstall {
  readonly path: string;
  /** `v22.14.0`, or undefined when it could not be asked. */
  readonly version?: string;
  readonly arch?: string;
  /** Where it was found: PATH, nvm, fnm, volta, asdf, mise, system, studio, chosen. */
  readonly source: string;
  /** Why it cannot be used: below the floor, did not answer, not executable. */
  readonly problem?: string;
  /** The one that an empty `nodePath` means, and why (".nvmrc of the project", "first on PATH"). */
  readonly chosenBecause?: string;
}

/** What the form shows about what was typed, before anything runs. */
export interface LaunchInspection {
  /** The command as it would run, for the preview; empty while there is a problem. */
  readonly command: readonly string[];
  readonly cwd: string;
  readonly language?: 'javascript' | 'typescript';
  readonly node?: NodeInstall;
  /** Problems by field; an empty list means Run will start. */
  readonly problems: readonly (Problem & {
    readonly field: 'target' | 'arguments' | 'cwd' | 'environment' | 'nodeFlags' | 'nodePath' | 'plugins' | 'capture';
  })[];
  /** For each of the form's plugins, in their order: what its first word means here. */
  readonly plugins?: readonly PluginInspection[];
  /** The config file that lies where the target does, and what it says. */
  readonly configFile?: ConfigFileInspection;
  /** The run would start, and its tracer could not do all of its work. */
  readonly permissions?: PermissionNote;
  /** package.json nearest to the target, and its scripts. */
  readonly project?: { readonly folder: string; readonly name: string; readonly scripts: readonly { readonly name: string; readonly command: string }[] };
}

/** Node's permission model keeps the tracer from something. */
export interface PermissionNote {
  readonly message: string;
  readonly remedy: string;
  /** What is missing, as it is typed after other flags. */
  readonly flags: string;
}

export interface ConfigFileInspection {
  readonly path: string;
  /** `data`: nothing of it is run. Of the others, nothing runs that is not trusted. */
  readonly trust: 'data' | 'trusted' | 'changed' | 'untrusted';
  /** Absent for `data`. */
  readonly sha256?: string;
  readonly bytes: number;
  /** What it says; empty where it may not be run, or could not be read. */
  readonly capture: Partial<CaptureOptions>;
}

export interface ExampleInfo {
  readonly path: string;
  readonly title: string;
  readonly description: string;
  readonly kind: 'queue' | 'sorting' | 'server' | 'simulation';
}

/** What a recording holds, as a window that had all of it before it told: for lists of recordings. */
export interface RecordingGlance {
  readonly durationNs: number;
  /** Calls, slices, async operations. */
  readonly slices: number;
  readonly counters: number;
  readonly objects: number;
  /** A small picture of its timeline, at most `MAX_GLANCE_ROWS` rows: in each a digit for each of its parts, the data colour of what ran, 0 where nothing did. */
  readonly rows: readonly string[];
  /** Its first counter: a digit for each part from 0, the least, to 9, the greatest; a dash where it had no value yet. Empty: none. */
  readonly counter: string;
}
export const MAX_GLANCE_PARTS = 64;
export const MAX_GLANCE_ROWS = 6;

export interface RecentItem {
  /** Opaque id of the entry: what `recordings.openRecent` takes. */
  readonly ref: string;
  readonly title: string;
  readonly path: string;
  readonly bytes: number;
  readonly durationNs?: number;
  readonly openedAtMs: number;
  /** A recording in the per-user folder that was never saved; after a crash these are offered first. */
  readonly unsaved: boolean;
  /** The studio ended before this recording did. */
  readonly recovered: boolean;
  /** How its run ended. */
  readonly end?: SessionEnd;
  readonly missing?: boolean;
  readonly glance?: RecordingGlance;
}

export interface SavedAside {
  readonly ref: string;
  readonly title: string;
}

export interface RecentScript {
  readonly config: LaunchConfig;
  /** Environment variables whose values were not kept: a run without them would be another one. */
  readonly forgotten?: readonly string[];
  readonly usedAtMs: number;
}

/** A run configuration of a project, under a name. */
export interface SavedConfig {
  readonly name: string;
  readonly config: LaunchConfig;
  /** As of RecentScript. */
  readonly forgotten?: readonly string[];
}

/** A plugin that the window offers: built in, or added from a file. */
export interface PluginEntry {
  /** First word of a spec: `vizplugins.cpu_usage`, or the path of the file. */
  readonly module: string;
  readonly title: string;
  readonly description: string;
  readonly builtIn: boolean;
  readonly version?: string;
  /** Markdown. */
  readonly readme?: string;
  /** Absolute path of the source. */
  readonly file?: string;
  readonly sha256?: string;
  /** `changed`: trusted once, and another file since. Nothing of an untrusted one runs. */
  readonly trust: 'built-in' | 'trusted' | 'changed' | 'untrusted' | 'missing';
  readonly argsSchema?: ArgsSchema;
  /** Why it cannot be used: what the probe, a short-lived process, was told. */
  readonly problem?: Problem;
}

/** A plugin of a run configuration, looked at from where its script lies. */
export interface PluginInspection {
  /** First word of the spec. */
  readonly module: string;
  /** Undefined: no such module was found. */
  readonly file?: string;
  readonly trust: PluginEntry['trust'];
  readonly argsSchema?: ArgsSchema;
  /** Why it would not run. */
  readonly problem?: Problem;
}

/** What the trust question shows. */
export interface PluginFileInfo {
  readonly path: string;
  readonly sha256: string;
  readonly bytes: number;
  readonly trusted: boolean;
}

/** Lines of a file around a place. */
export interface SourceExcerpt {
  /** Absolute. */
  readonly path: string;
  /** From 1; where a source map led, if `isMapped`. */
  readonly line: number;
  readonly column: number;
  /** Number of the first of the lines. */
  readonly first: number;
  readonly lines: readonly string[];
  /** Of the whole file. */
  readonly total: number;
  readonly isMapped: boolean;
  /** When the file was written last: later than the run, its lines may be others. */
  readonly modifiedMs: number;
  /** CRC-32 of the file that the trace names, as it is now. */
  readonly sum: number;
}

export interface FileRoot {
  readonly id: string;
  readonly label: string;
  readonly path: string;
}
export interface FileEntry {
  readonly name: string;
  readonly path: string;
  readonly kind: 'file' | 'folder';
  readonly bytes?: number;
  readonly modifiedMs?: number;
}
export interface FileListing {
  readonly path: string;
  /** Undefined at a root. */
  readonly parent?: string;
  readonly entries: readonly FileEntry[];
  /** More entries than are sent. */
  readonly cut: boolean;
}

export type FilePurpose = 'script' | 'folder' | 'trace' | 'node' | 'plugin';

/** `processed`: what plugins left, where they changed anything; the default. `raw`: what was recorded. */
export type TraceView = 'processed' | 'raw';

/** Above this a trace is copied by other means; it would be half of what unsaved recordings may fill. */
export const MOST_UPLOAD_BYTES = 2_000_000_000;
export const UPLOAD_PIECE_BYTES = 1024 * 1024;

export type { ExportFormat };
/** What is to be exported. */
export interface ExportQuestion {
  readonly recording: RecordingId;
  readonly format: ExportFormat;
  readonly view?: TraceView;
  /** A part of it: ns since its start. */
  readonly fromNs?: number;
  readonly toNs?: number;
  readonly without?: readonly ExportPart[];
  /** Of CSV. */
  readonly table?: ExportTable;
  /** Of formats that hold one thread: its name or number. */
  readonly thread?: string;
}

export interface ExportPreview {
  /** Of the file; absent: it could not be told soon enough. */
  readonly bytes?: number;
  /** All of it was looked at. */
  readonly isExact: boolean;
  readonly events?: number;
  /** What the format could not hold, in words; only of what was looked at to its end. */
  readonly notes: readonly string[];
  /** How the file begins, where it is text. */
  readonly text?: string;
}

export interface ExportProgress {
  readonly job: string;
  readonly doneBytes: number;
  readonly totalBytes: number;
  readonly state: 'running' | 'done' | 'failed' | 'cancelled';
  readonly path: string;
  readonly events: number;
  /** What the format could not hold, in words. */
  readonly notes: readonly string[];
  readonly problem?: Problem;
}

export interface Settings {
  readonly theme: 'system' | 'light' | 'dark';
  readonly density: 'compact' | 'comfortable';
  readonly sidebarWidth: number;
  readonly inspectorWidth: number;
  readonly drawerHeight: number;
  /** Of the names of tracks in the timeline; 0: by the width of the window. */
  readonly trackHeadWidth: number;
  /** Arrangement of the panels that the next window begins with, by view, as the window writes it. Empty: the one that the product comes with. */
  readonly layout: string;
  /** Arrangements that were given a name. */
  readonly layouts: readonly { readonly name: string; readonly text: string }[];
  /** How tracks are arranged, as the window writes it. Empty: as they come. */
  readonly tracks: string;
  /** How the graphs of each script are arranged, as the window writes it. Empty: as they come. */
  readonly graphs: string;
  /** Keys that differ from the product's own: by command, "Ctrl+Shift+X". Empty text: the command has no key. */
  readonly keys: readonly { readonly command: string; readonly keys: string }[];
  /** What a wheel does over the timeline: scroll, and zoom with Ctrl, or the other way round. */
  readonly wheel: 'modern' | 'classic';
  /** Ruler and moments: since the start of the recording, or as a clock showed it. */
  readonly timeFormat: 'elapsed' | 'clock';
  readonly colourBy: 'category' | 'name' | 'thread';
  /** Which arrows between slices are drawn. */
  readonly flows: 'selection' | 'all' | 'none';
  /** Edges of a range that is dragged snap to edges of slices. */
  readonly snap: boolean;
  /** Marks and notes are drawn in the timeline. */
  readonly showNotes: boolean;
  /** Decoded detail that a trace may keep in memory, in MB; 0: by the machine. */
  readonly traceMemory: number;
  /** Command that opens a place of the source: {file}, {line} and {column} stand for it. Empty: none is chosen. */
  readonly editor: string;
  /** The tour was taken, or is not wanted: it is not offered any more. */
  readonly tourSeen: boolean;
}

export const DEFAULT_SETTINGS: Settings = {
  theme: 'system',
  density: 'compact',
  sidebarWidth: 232,
  inspectorWidth: 344,
  drawerHeight: 240,
  trackHeadWidth: 0,
  layout: '',
  layouts: [],
  tracks: '',
  graphs: '',
  keys: [],
  wheel: 'modern',
  timeFormat: 'elapsed',
  colourBy: 'category',
  flows: 'selection',
  snap: true,
  showNotes: true,
  traceMemory: 0,
  editor: '',
  tourSeen: false,
};

/** An action that also exists as a menu item or command-line word. */
export type StudioCommand =
  | 'open'
  | 'save'
  | 'save-as'
  | 'export'
  | 'close'
  | 'run'
  | 'stop'
  | 'restart'
  | 'record'
  | 'snapshot'
  | 'mark'
  | 'save-last'
  | 'sampling'
  | 'cpu-profile'
  | 'heap-snapshot'
  | 'attach'
  | 'plugins'
  | 'new-window'
  | 'settings'
  | 'help';

/** What a window may ask of its host. Failures arrive as ProblemError. */
export interface StudioRequests {
  'studio.info': (argument: null) => StudioInfo;
  'settings.get': (argument: null) => Settings;
  'settings.set': (argument: Partial<Settings>) => Settings;

  'launch.inspect': (argument: LaunchConfig) => LaunchInspection;
  /** The user trusts this config file with this content: it may be run, in a short-lived process, to read it. */
  'launch.trustConfig': (argument: { readonly path: string; readonly sha256: string }) => null;
  'launch.nodes': (argument: { readonly refresh: boolean }) => readonly NodeInstall[];
  'launch.examples': (argument: null) => readonly ExampleInfo[];
  'launch.recent': (argument: null) => readonly RecentScript[];
  /** Configurations of a project, by the folder of its package.json, else the folder of the run. In the order of their names. */
  'launch.saved': (argument: { readonly folder: string }) => readonly SavedConfig[];
  /** All of them, with this one. */
  'launch.keep': (argument: { readonly folder: string; readonly name: string; readonly config: LaunchConfig }) => readonly SavedConfig[];
  'launch.forget': (argument: { readonly folder: string; readonly name: string }) => readonly SavedConfig[];
  /** For a file dropped in a browser, where only its name and content are known: paths under the roots that match both. */
  'launch.locate': (argument: { readonly name: string; readonly sha256: string; readonly bytes: number }) => readonly string[];

  'session.start': (argument: LaunchConfig) => SessionInfo;
  'session.stop': (argument: { readonly session: SessionId }) => SessionInfo;
  'session.restart': (argument: { readonly session: SessionId }) => SessionInfo;
  'session.stdin': (argument: { readonly session: SessionId; readonly text: string; readonly end?: boolean }) => null;
  /** Recording on or off, for the whole session. */
  'session.record': (argument: { readonly session: SessionId; readonly on: boolean }) => SessionInfo;
  /** All objects now; a thread that is blocked follows when it is not. How many processes were asked. */
  'session.snapshot': (argument: { readonly session: SessionId }) => { readonly processes: number };
  /** Marks this moment. Empty: named by its number. */
  'session.mark': (argument: { readonly session: SessionId; readonly name: string }) => Marked;
  /** Calls of these functions are not recorded from now on, or again. A rule with a file alone means all of its functions. */
  'session.mute': (argument: { readonly session: SessionId; readonly functions: readonly FunctionRule[]; readonly muted: boolean }) => SessionInfo;
  /** Of a run that keeps only the newest: what is there now, as an unsaved recording of its own. `ref` is what `recordings.openRecent` takes. */
  'session.saveLast': (argument: { readonly session: SessionId }) => SavedAside;
  /** Sampling on or off, in every process of the session. */
  'session.sampling': (argument: { readonly session: SessionId; readonly on: boolean }) => null;
  /** A CPU profile or a heap snapshot, written by the script's own process. Resolves when the file is there. */
  'session.take': (argument: {
    readonly session: SessionId;
    readonly what: TakeKind;
    readonly path: string;
    readonly overwrite?: boolean;
    /** Of a profile; default 5. */
    readonly seconds?: number;
  }) => { readonly path: string; readonly bytes: number; readonly message: string };
  'session.list': (argument: null) => readonly SessionInfo[];

  /** Node programs that run on this machine, the newest first. */
  'attach.list': (argument: null) => readonly NodeProcess[];
  /** `config`: what the config file of its project says counts, too. */
  'attach.start': (argument: { readonly pid: number; readonly options: AttachOptions; readonly config: boolean }) => SessionInfo;

  /** Built-in ones first, then the added ones in the order of their adding. */
  'plugins.list': (argument: null) => readonly PluginEntry[];
  /** Looks at a file without running anything of it. */
  'plugins.examine': (argument: { readonly path: string }) => PluginFileInfo;
  /** The user trusts the file with this content: remembers it and asks it for its schema in a short-lived process. */
  'plugins.add': (argument: { readonly path: string; readonly sha256: string }) => PluginEntry;
  'plugins.remove': (argument: { readonly path: string }) => null;
  /** Writes a working plugin as a beginning, and adds it; refuses to overwrite. `.ts .mts .cts .js .mjs .cjs` */
  'plugins.create': (argument: { readonly path: string }) => PluginEntry;

  'recordings.recent': (argument: null) => readonly RecentItem[];
  'recordings.openRecent': (argument: { readonly ref: string }) => RecordingInfoSummary;
  /** A path that the user chose or typed (file panel), or that a drop told. */
  'recordings.openPath': (argument: { readonly path: string }) => RecordingInfoSummary;
  'recordings.discard': (argument: { readonly ref: string }) => null;
  /** Kept beside the recording's place in the list of recent ones. */
  'recordings.glance': (argument: { readonly recording: RecordingId; readonly glance: RecordingGlance }) => null;
  'recordings.list': (argument: null) => readonly RecordingInfoSummary[];
  'recordings.close': (argument: { readonly recording: RecordingId }) => null;
  /** Undefined path: where it was saved before. Refuses to overwrite unless `overwrite`. */
  'recordings.save': (argument: { readonly recording: RecordingId; readonly path?: string; readonly overwrite?: boolean }) => RecordingInfoSummary;

  /** Notes that lie beside the file, since it has no place for them: of another format, or cut. Those that a recording holds come with it. */
  'notes.beside': (argument: { readonly recording: RecordingId }) => readonly RecordingNote[];
  /** Written into the recording, or beside the file; `beside`: the path of that. Told to all windows by `notes.changed`. */
  'notes.change': (argument: { readonly recording: RecordingId; readonly change: NoteChange }) => { readonly beside?: string };

  /** Only of a file that the recording names as a place of its functions; inside the roots, text, of limited size. */
  'source.read': (argument: {
    readonly recording: RecordingId;
    readonly file: string;
    readonly line: number;
    readonly column: number;
    readonly before: number;
    readonly after: number;
  }) => SourceExcerpt;
  /** In the editor of the settings. Of the same files. */
  'source.open': (argument: { readonly recording: RecordingId; readonly file: string; readonly line: number; readonly column: number }) => null;

  /**
   * A trace that only the browser can read, because its user wants to save or export it: `bytes` of it in pieces of at most
   * UPLOAD_PIECE_BYTES beside `upload.append`, each after the answer to the one before. Then it is an unsaved recording.
   */
  'upload.begin': (argument: { readonly name: string; readonly bytes: number }) => { readonly upload: string };
  'upload.append': (argument: { readonly upload: string }) => null;
  'upload.finish': (argument: { readonly upload: string }) => RecordingInfoSummary;
  'upload.cancel': (argument: { readonly upload: string }) => null;

  'export.start': (argument: ExportQuestion & { readonly path: string; readonly overwrite?: boolean }) => { readonly job: string };
  /** What it would be. Asked again before the answer, the first question fails with `preview-replaced`. */
  'export.preview': (argument: ExportQuestion) => ExportPreview;
  /** A picture that the window has drawn: a PNG, beside the argument. */
  'export.picture': (argument: { readonly path: string; readonly overwrite?: boolean }) => { readonly path: string; readonly bytes: number };
  'export.cancel': (argument: { readonly job: string }) => null;

  /** Native dialogs (Electron). Undefined when the user cancelled. */
  'dialog.pickOpen': (argument: { readonly purpose: FilePurpose; readonly title: string; readonly folder?: string }) => string | undefined;
  'dialog.pickSave': (argument: {
    readonly title: string;
    readonly suggestedName: string;
    readonly extension: string;
    readonly folder?: string;
  }) => string | undefined;
  /** Server-side file panel (web), under the chosen roots only. */
  'files.roots': (argument: null) => readonly FileRoot[];
  'files.list': (argument: { readonly path: string; readonly purpose: FilePurpose }) => FileListing;

  /** Tells the host what the window's title and closing question depend on. */
  'window.setDocument': (argument: { readonly title: string; readonly unsaved: boolean; readonly running: number }) => null;
  /** The user's answer to `close-requested`. */
  'window.close': (argument: { readonly choice: 'stop-and-close' | 'keep-recording' | 'cancel' }) => null;
  'window.openExternal': (argument: { readonly url: string }) => null;
  'window.reveal': (argument: { readonly path: string }) => null;
}

/** What a host pushes to every window. */
export interface StudioPushes {
  'session.changed': SessionInfo;
  /** What a run that keeps only the newest had at that moment was saved by itself; `why` in words. */
  'session.saved': SavedAside & { readonly session: SessionId; readonly why: string };
  /** While a `session.take` goes on. */
  'session.take': { readonly session: SessionId; readonly progress: TakeProgress };
  'recordings.changed': null;
  'notes.changed': { readonly recording: RecordingId; readonly change: NoteChange };
  'export.progress': ExportProgress;
  command: { readonly command: StudioCommand };
  /** Files named on the command line, by association or by a second instance. */
  'open-path': { readonly path: string };
  /** The window is about to close while runs are on: ask, then call window.close. */
  'close-requested': { readonly running: number };
}

/** Complete by the compiler: a request without a name here does not compile. */
export const STUDIO_REQUESTS = {
  'studio.info': true,
  'settings.get': true,
  'settings.set': true,
  'launch.inspect': true,
  'launch.trustConfig': true,
  'launch.nodes': true,
  'launch.examples': true,
  'launch.recent': true,
  'launch.saved': true,
  'launch.keep': true,
  'launch.forget': true,
  'launch.locate': true,
  'session.start': true,
  'session.stop': true,
  'session.restart': true,
  'session.stdin': true,
  'session.record': true,
  'session.snapshot': true,
  'session.mark': true,
  'session.mute': true,
  'session.saveLast': true,
  'session.sampling': true,
  'session.take': true,
  'session.list': true,
  'attach.list': true,
  'attach.start': true,
  'plugins.list': true,
  'plugins.examine': true,
  'plugins.add': true,
  'plugins.remove': true,
  'plugins.create': true,
  'recordings.recent': true,
  'recordings.openRecent': true,
  'recordings.openPath': true,
  'recordings.discard': true,
  'recordings.glance': true,
  'recordings.list': true,
  'recordings.close': true,
  'recordings.save': true,
  'notes.beside': true,
  'notes.change': true,
  'source.read': true,
  'source.open': true,
  'upload.begin': true,
  'upload.append': true,
  'upload.finish': true,
  'upload.cancel': true,
  'export.start': true,
  'export.preview': true,
  'export.picture': true,
  'export.cancel': true,
  'dialog.pickOpen': true,
  'dialog.pickSave': true,
  'files.roots': true,
  'files.list': true,
  'window.setDocument': true,
  'window.close': true,
  'window.openExternal': true,
  'window.reveal': true,
} as const satisfies Record<keyof StudioRequests, true>;

export type StudioHandlers = {
  /** `bytes`: what lies beside the argument. */
  readonly [K in keyof StudioRequests]: (
    argument: Parameters<StudioRequests[K]>[0],
    bytes: Uint8Array,
  ) => ReturnType<StudioRequests[K]> | Promise<ReturnType<StudioRequests[K]>>;
};

/** A window's view of its host. */
export interface StudioClient {
  request<K extends keyof StudioRequests>(method: K, argument: Parameters<StudioRequests[K]>[0], bytes?: Uint8Array): Promise<ReturnType<StudioRequests[K]>>;
  /** Returns the function that ends the subscription. */
  on<K extends keyof StudioPushes>(event: K, listener: (payload: StudioPushes[K]) => void): () => void;
}

/** What preload exposes as `window.studioHost` in Electron, and the whole of it. */
export interface StudioHostBridge {
  /** Asks main for two ports, which arrive by window.postMessage as `{ studioPorts: ['services', 'collector'] }` with both ports. */
  connect(): void;
  pathOf(file: unknown): string;
}
