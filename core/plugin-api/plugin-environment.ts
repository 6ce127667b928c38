import type { PluginLaunch, PluginState } from '../protocol/plugins.ts';
import type { TraceData } from './trace-data.ts';

export type LimitOf = 'load' | 'message' | 'handler';

/** What the plugin manager needs of where it runs. */
export interface PluginEnvironment {
  /** Of the running product: `0.1.0`. */
  readonly version: string;
  /** Milliseconds on a clock that only grows. */
  now(): number;
  /** Where the module of a plugin lies; throws a `PluginProblem` if it is nowhere. */
  find(plugin: PluginLaunch): string;
  /** Loads it; a promise where it, or something it needs, has top-level await. Called within `call`. */
  load(file: string): unknown;
  /** Calls into a plugin. Throws what it throws, or a `PluginTimeout` when it takes longer than it may. `index` says which plugin. */
  call<T>(limit: LimitOf, index: number, run: () => T): T;
  /** What the promise gives; rejects as it does, or with a `PluginTimeout`. */
  settle(limit: LimitOf, index: number, promise: PromiseLike<unknown>): Promise<unknown>;
  /** A copy of what handlers have left, to be had when it is needed. Reads what plugins have put there, which may hang. Called within `call`. */
  copy(data: TraceData): () => TraceData;
  /** Told at every change. */
  changed(state: PluginState): void;
  /** One line for the user who looks at the console: a failure or a warning. */
  tell(line: string): void;
}

/** The data of a process, or that there is too much of it for this one. Called when the first handler asks for it; each call gives objects of its own. */
export type DataSource = () => TraceData | 'elsewhere';
