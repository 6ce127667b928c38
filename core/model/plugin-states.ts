import { MAX_PLUGINS, readPluginState } from '../protocol/plugin-state.ts';
import type { PluginState } from '../protocol/plugins.ts';
import type { RecordingInfo } from '../protocol/recording-format.ts';

export interface PluginView {
  readonly process: number;
  readonly state: PluginState;
}

/** A run of ten thousand processes has a state for each plugin of each: beyond this many they are not listed. */
const MAX_STATES = 10_000;

/** How the plugins of each process fare: the last word of the recording on each. */
export class PluginStates {
  readonly #states = new Map<number, PluginView>();
  /** Grows with every change; 0 as long as no plugin was told of. */
  revision = 0;

  /** A line of a file is outside data: its state is read like any other. */
  add(line: Extract<RecordingInfo, { readonly kind: 'plugin' }>): void {
    const state = readPluginState(line.state);
    if (state === undefined || !Number.isSafeInteger(line.process) || line.process < 0) return;
    const key = line.process * MAX_PLUGINS + state.index;
    if (!this.#states.has(key) && this.#states.size >= MAX_STATES) return;
    this.#states.set(key, { process: line.process, state });
    this.revision++;
  }

  /** By process, then in the order of the launch. */
  list(): PluginView[] {
    return [...this.#states].sort(([a], [b]) => a - b).map(([, view]) => view);
  }
}
