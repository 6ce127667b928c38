/** A session as every process names it: what to run, what runs, how it ended. Plain JSON. */
import type { CaptureOptions } from './capture-options.ts';
import type { MuteRule } from './function-rules.ts';
import type { PluginLaunch } from './plugins.ts';
import type { RecordingCause, SessionEnd } from './recording-format.ts';
import type { SamplingState } from './sampling.ts';
import type { TypeScriptWay } from './target-wire.ts';

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
  /** Write the values of `environment` into the recording, not only the names. */
  readonly recordEnvironmentValues: boolean;
  /** In their order. Absent: none. */
  readonly plugins?: readonly PluginChoice[];
  /** What was chosen here: it goes before what a config file says, and that before the defaults. */
  readonly capture?: Partial<CaptureOptions>;
  /** Path of a config file; empty: none. Absent: the one of the project, if there is one. */
  readonly configFile?: string;
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
  /** Why the target gets no tracer, in words: it would not run with one. */
  readonly untraced?: string;
  readonly plugins?: readonly PluginLaunch[];
  /** All of them. Absent: nothing is recorded but what the script tells by itself, all of it, and the script waits. */
  readonly capture?: CaptureOptions;
  /** Where instrumented files are kept for later runs. */
  readonly cacheFolder?: string;
  /** Of a process that is attached to: every call of code that it loads from then on is recorded. */
  readonly laterCalls?: boolean;
}

/** How a tracer finds its collector: what `process.env` tells one that is launched. */
export interface TracerAddress {
  readonly socket: string;
  readonly secret: string;
  readonly spillFolder: string;
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
  /** The process ran before: it is left, not ended. */
  readonly attached?: boolean;
  readonly startedAtMs: number;
  readonly endedAtMs?: number;
  readonly end?: SessionEnd;
  /** Traced processes seen so far; 0 while running means that no tracer has connected (yet). */
  readonly processes: number;
  /** Why the target runs without a tracer, in words. */
  readonly untraced?: string;
  /** What its TypeScript was made to JavaScript by, in all of its processes. Absent: there was none yet. */
  readonly typescript?: readonly TypeScriptWay[];
  readonly events: number;
  readonly bytes: number;
  readonly dropped: number;
  /** Whether events are recorded now, and who said so last. Absent: they are. */
  readonly gate?: RecordingGate;
  /** Functions and files whose calls are not recorded now, because a window said so. Absent: none. */
  readonly mutes?: readonly MuteRule[];
  /** While it runs. */
  readonly load?: SessionLoad;
  /** Where only the newest is kept: what of it is there now. Absent: everything is kept. */
  readonly kept?: SessionKept;
  /** Of the process that began last to be sampled. Absent: nothing was sampled yet. */
  readonly sampling?: SamplingState;
  /** Recording stopped writing, for example because the disk is full; the target goes on. */
  readonly recordingProblem?: string;
}

export interface RecordingGate {
  readonly on: boolean;
  readonly by: RecordingCause;
  /** With `limit`: which one, in words. */
  readonly why?: string;
}

export interface SessionKept {
  /** In ns since the recording's start. */
  readonly fromNs: number;
  readonly bytes: number;
  /** As the launch wants it; 0: no limit. */
  readonly seconds: number;
  readonly megabytes: number;
}

export interface SessionLoad {
  /** How full the fullest ring of a thread was lately, from 0 to 1: at 1 the script waits, or events are dropped. */
  readonly bufferShare: number;
  /** Into the recording, over the last second. */
  readonly bytesPerSecond: number;
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
  /** While only the newest is kept: the recording as it begins for who opens it now. To be given with each read. */
  readonly view?: number;
}
