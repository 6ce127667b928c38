import type { TraceData } from './trace-data.ts';

/** `event` comes with `when`, `command` with `cmd_type`. */
export type PluginMessageType = 'event' | 'command';

export interface PluginPayload {
  readonly when?: 'initialize' | 'pre-start' | 'post-stop' | 'pre-save';
  readonly cmd_type?: 'terminate';
}

/** Changes the data in place, or gives other data (also as a promise). A number, and parts of the data itself, mean nothing. */
export type DataHandler = (data: TraceData) => unknown;

/** What a plugin answers. Nothing, `null` and `{}` mean that there is nothing to do. */
export interface PluginReply {
  /** To an event: `handle_data`, with `handler`. */
  readonly action?: string;
  readonly handler?: DataHandler;
  /** To the command `terminate`: true, or the plugin is told of as failed. */
  readonly success?: boolean;
  readonly [key: string]: unknown;
}

// biome-ignore lint/suspicious/noConfusingVoidType: a `message` that returns nothing is to compile.
type SettledAnswer = PluginReply | null | undefined | void;
export type PluginAnswer = SettledAnswer | Promise<SettledAnswer>;

const NOT_IMPLEMENTED = 'Plugin of viztracer has to implement support_version method';

/**
 * What a plugin extends. It is made by the hook of its module:
 *
 *     export const get_vizplugin = (argument) => new MyPlugin(argument);
 */
export class VizPluginBase {
  /** The version of the tracer that the plugin was made for: `'0.1.0'`. A newer one than the running is warned of. Has to be overridden. */
  support_version(): string {
    if (this.supportVersion !== VizPluginBase.prototype.supportVersion) return this.supportVersion();
    throw new Error(NOT_IMPLEMENTED);
  }

  /** `support_version` in another spelling: one of the two is enough. */
  supportVersion(): string {
    if (this.support_version !== VizPluginBase.prototype.support_version) return this.support_version();
    throw new Error(NOT_IMPLEMENTED);
  }

  /**
   * Called at each step: the events `initialize`, `pre-start`, `post-stop`, `pre-save`, and last the command `terminate`.
   * An event may be answered with `{ action: 'handle_data', handler }`, `terminate` has to be with `{ success: true }`.
   */
  message(type: PluginMessageType, payload: PluginPayload): PluginAnswer {
    return type === 'command' && payload.cmd_type === 'terminate' ? { success: true } : {};
  }
}
