/** How plugins fare in a run, put together for showing: one line for a plugin of the launch, with its processes. */
import type { PluginState } from '../../../core/protocol/plugins.ts';
import type { PluginEntry } from '../../../core/protocol/studio-api.ts';
import { baseName } from '../../state/words.ts';
import { splitSpec } from './argument-text.ts';
import { isEntry } from './same-plugin.ts';

export interface ProcessState {
  readonly process: number;
  readonly state: PluginState;
}

export interface RunPlugin {
  /** Place in the launch's list. */
  readonly index: number;
  readonly spec: string;
  readonly title: string;
  readonly processes: readonly ProcessState[];
  readonly failures: number;
  readonly warnings: readonly string[];
}

export function byPlugin(states: readonly ProcessState[]): readonly RunPlugin[] {
  const groups = new Map<number | string, ProcessState[]>();
  for (const each of states) {
    // Those of the script's own tracers have a place that says nothing: each process makes its own.
    const { index, spec, ofScript } = each.state;
    const key = ofScript ? spec : index;
    groups.set(key, [...(groups.get(key) ?? []), each]);
  }
  return [...groups.values()]
    .sort(([a], [b]) => (a as ProcessState).state.index - (b as ProcessState).state.index)
    .map((processes) => {
      const { spec, index } = (processes[0] as ProcessState).state;
      const { module } = splitSpec(spec);
      return {
        index,
        spec,
        title: module.startsWith('vizplugins') ? module.slice(11) || module : baseName(module),
        processes,
        failures: processes.reduce((sum, { state }) => sum + state.failureCount, 0),
        warnings: [...new Set(processes.flatMap(({ state }) => state.warnings))],
      };
    });
}

/** The plugins of a run that are this entry. */
export const ofEntry = (plugins: readonly RunPlugin[], entry: PluginEntry): readonly RunPlugin[] =>
  plugins.filter(({ spec, processes }) => isEntry(entry, { module: splitSpec(spec).module, file: fileOf(processes) }));

const fileOf = (processes: readonly ProcessState[]): string | undefined => processes.find(({ state }) => state.file !== undefined)?.state.file;

/** In a word, and how serious. */
export function standingOf({ processes, failures }: RunPlugin): { readonly word: string; readonly tone: 'live' | 'error' | 'warn' | 'ring' } {
  const states = new Set(processes.map(({ state }) => state.state));
  if (failures > 0) return { word: failures === 1 ? '1 error' : `${failures} errors`, tone: 'error' };
  if (states.has('failed')) return { word: 'Not loaded', tone: 'error' };
  if (states.has('loading')) return { word: 'Loading', tone: 'live' };
  if (states.has('ready')) return { word: 'Active', tone: 'live' };
  return { word: 'Ended', tone: 'ring' };
}

export function handlerWords({ handler, ranIn }: PluginState): string {
  if (handler === 'needed') return 'to be done in the plugin host';
  if (handler === 'none') return 'no';
  return ranIn === 'plugin-host' ? 'yes, in the plugin host' : 'yes, in the script';
}

export const spentWords = (ms: number): string => (ms < 10 ? `${ms.toFixed(2)} ms` : ms < 10_000 ? `${Math.round(ms)} ms` : `${(ms / 1000).toFixed(1)} s`);
