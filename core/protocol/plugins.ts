/**
 * What processes tell each other about plugins. A plugin runs in the target (or in a plugin host, a process of its own that
 * does a target's work after its end), never in the studio: here are only its name, its arguments and what became of it.
 */

/** One plugin of a launch. */
export interface PluginLaunch {
  /** As the user wrote it: the module, then its arguments. The hook gets it whole and untouched. */
  readonly spec: string;
  /** Absolute path of the module where the host has found it already (and the user trusts it); else the target looks for it. */
  readonly file?: string;
}

export type PluginWhen = 'initialize' | 'pre-start' | 'post-stop' | 'pre-save' | 'terminate';

export interface PluginFailure {
  /** What it was doing: being loaded, answering a message, or handling data. */
  readonly during: 'load' | PluginWhen | 'handle_data';
  /** One sentence: what went wrong. */
  readonly message: string;
  /** Stack of an error of the plugin's own. */
  readonly stack?: string;
}

/** How one plugin fares in one process. Sent anew with every change; the last one counts. */
export interface PluginState {
  /** Place in the launch's list, from 0; those of the script's own tracers come behind, in the order in which they are made. */
  readonly index: number;
  /** Of a `VizTracer` that the script has made: no launch has asked for it. */
  readonly ofScript?: true;
  readonly spec: string;
  /** Of the plugin's class; else the module's. */
  readonly name: string;
  /** File of the module; undefined while it has not been found. */
  readonly file?: string;
  /** What `support_version` answered. */
  readonly supportVersion?: string;
  /** `failed`: it could not be loaded, no message goes to it. */
  readonly state: 'loading' | 'ready' | 'failed' | 'terminated';
  /** Messages sent, and the last of them. */
  readonly messages: number;
  readonly lastMessage?: PluginWhen;
  /** The last answer as bounded text. */
  readonly lastAnswer?: string;
  /** Milliseconds inside the plugin, in all. */
  readonly spentMs: number;
  /** `needed`: it wants to handle the data, but there are too many for the target; a plugin host does it. */
  readonly handler: 'none' | 'ran' | 'needed';
  readonly ranIn: 'target' | 'plugin-host';
  /** At most the last 20. */
  readonly failures: readonly PluginFailure[];
  readonly failureCount: number;
  /** Told once, for example that the plugin is made for a newer version. */
  readonly warnings: readonly string[];
}

/** Bounds of what plugins may take of a process. Each has a default; tests set them. */
export interface PluginLimits {
  /** A message, or the answer to it (a promise), takes at most so long. Default 5000 ms. */
  readonly messageMs?: number;
  /** Loading a module, and its hook. Default 10,000 ms. */
  readonly loadMs?: number;
  /** One `handle_data` handler. Default 30,000 ms. */
  readonly handlerMs?: number;
  /** Where no limit can be set (behind an `await`, in a callback): the main thread may be kept by a plugin for so long. Default 5000 ms. */
  readonly blockedMs?: number;
  /** With more events than this, handlers run in a plugin host. Default: what the launch's capture options say, else 1,000,000. */
  readonly events?: number;
}

/** `args_schema` of a plugin's module: what the form in the window is made of. JSON. */
export interface ArgsSchema {
  readonly description?: string;
  readonly options?: readonly ArgOption[];
  /** Words without a flag, in their order. */
  readonly positionals?: readonly ArgOption[];
}

export interface ArgOption {
  /** Key of the value: `frequency`. */
  readonly name: string;
  /** As typed: `['-f', '--frequency']`; the first is what the form writes. Options only. */
  readonly flags?: readonly string[];
  readonly type: 'string' | 'number' | 'integer' | 'boolean' | 'choice' | 'path';
  readonly choices?: readonly string[];
  readonly min?: number;
  readonly max?: number;
  /** Shown beside the field: `Hz`. */
  readonly unit?: string;
  readonly default?: string | number | boolean;
  readonly required?: boolean;
  readonly help?: string;
}

/**
 * What `plugin-host.cjs` (beside the preload) is to do: the only argument, as JSON. It tells each `PluginState` (with `ranIn`
 * `plugin-host`) as one line of JSON on file descriptor 3, what goes wrong with itself on stderr, and exits with 0 when it is done,
 * whatever the plugins did. `output` is there only if a handler ran to its end; it is renamed into place when it is whole.
 */
export interface PluginHostTask {
  /** The session's recording as far as it goes: it has no footer yet. */
  readonly recording: string;
  /** Of the process in the recording. */
  readonly process: number;
  readonly pid: number;
  readonly plugins: readonly PluginLaunch[];
  /** Those of them that are left out, by their places: they have ended such a process before. */
  readonly skip?: readonly number[];
  /** Of the process, where modules are looked for too; it may be gone. */
  readonly cwd: string;
  /** Absolute path; modules are looked for beside it first. Absent: the process ran none (`node -e`). */
  readonly script?: string;
  /** Absolute path of the trace-event JSON that the handlers leave. */
  readonly output: string;
  readonly limits?: PluginLimits;
}

/** What is said of a process whose events a plugin host has handled. `reason`: a sentence. */
export const pluginHostNote = (pid: number, reason: string): string =>
  `The events of process ${pid} were handled by plugins after its end, in a process of their own. ${reason}`.trimEnd();
