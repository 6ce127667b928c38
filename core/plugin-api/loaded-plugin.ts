import type { PluginFailure, PluginLaunch, PluginState, PluginWhen } from '../protocol/plugins.ts';
import { splitWords } from './split-words.ts';
import type { VizPluginBase } from './viz-plugin-base.ts';

const MAX_FAILURES = 20;
const MAX_WARNINGS = 20;

/** What is called of a plugin: it need not extend VizPluginBase. */
export type PluginInstance = Pick<VizPluginBase, 'message'>;

/** The first word of a plugin's text, quotes taken off: a name or a path. */
export const moduleOf = (spec: string): string => splitWords(spec).words[0]?.text ?? '';

/** One plugin, and what has become of it so far. */
export class LoadedPlugin {
  readonly index: number;
  readonly launch: PluginLaunch;
  readonly #ranIn: PluginState['ranIn'];
  instance: PluginInstance | undefined;
  name: string;
  file: string | undefined;
  supportVersion: string | undefined;
  state: PluginState['state'] = 'loading';
  handler: PluginState['handler'] = 'none';
  /** It took longer than it may: nothing but `terminate` is sent to it any more. */
  hung = false;
  /** What it was called for last. */
  doing: PluginFailure['during'] = 'load';
  spentMs = 0;
  lastAnswer: string | undefined;
  #messages = 0;
  #lastMessage: PluginWhen | undefined;
  #failures: PluginFailure[] = [];
  #failureCount = 0;
  #warnings: string[] = [];

  constructor(index: number, launch: PluginLaunch, ranIn: PluginState['ranIn']) {
    this.index = index;
    this.launch = launch;
    this.#ranIn = ranIn;
    this.file = launch.file;
    this.name = moduleOf(launch.spec) || JSON.stringify(launch.spec);
  }

  sending(when: PluginWhen): void {
    this.#messages++;
    this.#lastMessage = when;
  }

  failed(failure: PluginFailure): void {
    this.#failureCount++;
    this.#failures = [...this.#failures, failure].slice(-MAX_FAILURES);
  }

  /** False: it was said before. */
  warned(text: string): boolean {
    if (this.#warnings.includes(text) || this.#warnings.length >= MAX_WARNINGS) return false;
    this.#warnings = [...this.#warnings, text];
    return true;
  }

  snapshot(): PluginState {
    const { index, name, file, supportVersion, state, lastAnswer, spentMs, handler } = this;
    return {
      index,
      spec: this.launch.spec,
      name,
      ...(file !== undefined && { file }),
      ...(supportVersion !== undefined && { supportVersion }),
      state,
      messages: this.#messages,
      ...(this.#lastMessage !== undefined && { lastMessage: this.#lastMessage }),
      ...(lastAnswer !== undefined && { lastAnswer }),
      spentMs,
      handler,
      ranIn: this.#ranIn,
      failures: this.#failures,
      failureCount: this.#failureCount,
      warnings: this.#warnings,
    };
  }
}
