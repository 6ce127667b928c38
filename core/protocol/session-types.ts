/** A session as every process names it: what to run, what runs, how it ended. Plain JSON. */
import type { CaptureOptions } from './capture-options.ts';
import type { PluginLaunch } from './plugins.ts';
import type { SessionEnd } from './recording-format.ts';

export type SessionId = string;
/** A recording that the collector holds open: a live one, a saved `.tsr`, or any other trace file. */
export type RecordingId = string;

/** What the user fills in. Saved per project; the form keeps it whatever happens. */
export interface LaunchConfig {
  readonly target:
    | { readonly kind: 'script'; readonly path: string }
    | { readonly kind: 'npm-script'; readonly folder: string; readonly name: string }
    /** Split like a shell does, run without a shell. */
    | { readonly kind: 'command'; readonly command: string };
  /** Split like a shell does; quotes keep spaces. */
  readonly arguments: string;
  /** Empty: the script's (or package's) own folder. */
  readonly cwd: string;
  /** Added to the studio's own environment; an empty value is an empty variable. */
  readonly environment: readonly { readonly name: string; readonly value: string }[];
  /** Split like a shell does, put before the script: `--enable-source-maps --max-old-space-size=4096`. */
  readonly nodeFlags: string;
  /** Path of a Node binary, or empty: the project's pin, else the first on PATH. */
  readonly nodePath: string;
  /** Exact: a full ring makes the script wait. Live: it drops and counts. */
  readonly whenFull: 'exact' | 'live';
  /** Write the values of `environment` into the recording, not only the names. */
  readonly recordEnvironmentValues: boolean;
  /** Mask values in snapshots whose key looks secret. */
  readonly maskSecrets: boolean;
  /** In their order. Absent: none. */
  readonly plugins?: readonly PluginChoice[];
  /** What differs from the defaults. `whenFull` and `maskSecrets` above are not repeated here. */
  readonly capture?: Partial<CaptureOptions>;
}

/** A plugin in a run configuration: one that is not enabled stays there with its arguments. */
export interface PluginChoice {
  readonly spec: string;
  readonly enabled: boolean;
}

/** A LaunchConfig made concrete by the host: what the collector executes. Never contains a shell. */
export interface SpawnPlan {
  readonly title: string;
  readonly file: string;
  readonly args: readonly string[];
  readonly cwd: string;
  /** The whole environment of the child except what the collector adds for the tracer. */
  readonly environment: Readonly<Record<string, string>>;
  readonly script?: string;
  readonly nodePath?: string;
  readonly nodeVersion?: string;
  /** What the recording's head may tell of the environment. */
  readonly recordedEnvironment: { readonly names: readonly string[]; readonly values?: Readonly<Record<string, string>> };
  /** Absolute path of preload.cjs, forward slashes. */
  readonly preload: string;
  readonly whenFull: 'exact' | 'live';
  readonly maskSecrets: boolean;
  readonly plugins?: readonly PluginLaunch[];
  readonly capture?: CaptureOptions;
  /** Where instrumented files are kept for later runs. */
  readonly cacheFolder?: string;
}

/** What Stop waits between asking the process tree to end and ending it. */
export const STOP_GRACE_MS = 5000;

export type SessionState = 'starting' | 'running' | 'stopping' | 'ended';

export interface SessionInfo {
  readonly id: SessionId;
  readonly recording: RecordingId;
  readonly title: string;
  readonly command: readonly string[];
  readonly cwd: string;
  readonly nodePath?: string;
  readonly nodeVersion?: string;
  readonly state: SessionState;
  readonly pid?: number;
  readonly startedAtMs: number;
  readonly endedAtMs?: number;
  readonly end?: SessionEnd;
  /** Traced processes seen so far; 0 while running means that no tracer has connected (yet). */
  readonly processes: number;
  readonly events: number;
  readonly bytes: number;
  readonly dropped: number;
  /** Recording stopped writing, for example because the disk is full; the target goes on. */
  readonly recordingProblem?: string;
}

export interface RecordingInfoSummary {
  readonly id: RecordingId;
  /** Path of the file, for titles and saving. */
  readonly path: string;
  readonly title: string;
  /** By the first bytes: `recording` has the header of a `.tsr`. */
  readonly format: 'recording' | 'other';
  /** Still growing. */
  readonly live: boolean;
  readonly bytes: number;
  /** In the per-user folder, not yet saved by the user. */
  readonly unsaved: boolean;
}
