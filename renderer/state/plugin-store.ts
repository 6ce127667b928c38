/**
 * Plugins: those that the host offers, and the question that is asked before a file of the user's may run. Which of them are on
 * is no matter of this store: that is part of the launch form.
 */
import { create } from 'zustand';
import type { PluginChoice } from '../../core/protocol/session-types.ts';
import type { PluginEntry, PluginFileInfo, StudioClient } from '../../core/protocol/studio-api.ts';
import { changeDraft, launchState } from './launch-store.ts';

interface TrustQuestion {
  readonly info: PluginFileInfo;
  /** It was trusted with another content. */
  readonly changed: boolean;
  readonly answer: (trust: boolean) => void;
}

interface PluginState {
  /** Undefined: not asked for yet. */
  readonly entries: readonly PluginEntry[] | undefined;
  readonly loading: boolean;
  readonly problem: string | undefined;
  readonly question: TrustQuestion | undefined;
  /** Module of the one that the manager shows. */
  readonly selected: string | undefined;
  /** Or a plugin of a run, which need not be on the list. */
  readonly selectedRun: RunPluginChoice | undefined;
}

export interface RunPluginChoice {
  readonly spec: string;
  readonly file: string | undefined;
}

const store = create<PluginState>(() => ({
  entries: undefined,
  loading: false,
  problem: undefined,
  question: undefined,
  selected: undefined,
  selectedRun: undefined,
}));

/** Grows when an entry comes or goes: a list that was asked for before does not know of it. */
let changes = 0;

export async function refreshPlugins(studio: StudioClient): Promise<void> {
  store.setState({ loading: true });
  try {
    let known: number;
    let entries: readonly PluginEntry[];
    do {
      known = changes;
      entries = await studio.request('plugins.list', null);
    } while (known !== changes);
    store.setState({ entries, problem: undefined });
  } catch (error) {
    store.setState({ problem: error instanceof Error ? error.message : String(error) });
  } finally {
    store.setState({ loading: false });
  }
}

/**
 * Adds a file, after the question unless this content is trusted already. Undefined: the user did not want it.
 * Throws what the host says of a file that cannot be one.
 */
export async function addPlugin(studio: StudioClient, path: string): Promise<PluginEntry | undefined> {
  const info = await studio.request('plugins.examine', { path });
  if (!info.trusted && !(await askTrust(info))) return undefined;
  const entry = await studio.request('plugins.add', { path: info.path, sha256: info.sha256 });
  noteEntry(entry);
  return entry;
}

export async function createPlugin(studio: StudioClient, path: string): Promise<PluginEntry> {
  const entry = await studio.request('plugins.create', { path });
  noteEntry(entry);
  return entry;
}

export async function removePlugin(studio: StudioClient, entry: PluginEntry): Promise<void> {
  if (entry.file !== undefined) await studio.request('plugins.remove', { path: entry.file });
  changes += 1;
  store.setState(({ entries, selected }) => ({
    entries: entries?.filter((each) => each.module !== entry.module),
    selected: selected === entry.module ? undefined : selected,
  }));
  // The form is looked at anew: what is on in it and not trusted any more has to be told.
  changeDraft({});
}

function askTrust(info: PluginFileInfo): Promise<boolean> {
  store.getState().question?.answer(false);
  return new Promise((resolve) => {
    store.setState((state) => ({
      question: {
        info,
        changed: state.entries?.some((entry) => entry.file === info.path && entry.trust === 'changed') ?? false,
        answer: (trust) => {
          store.setState({ question: undefined });
          resolve(trust);
        },
      },
    }));
  });
}

function noteEntry(entry: PluginEntry): void {
  changes += 1;
  store.setState(({ entries }) => {
    if (!entries) return {}; // The list is on its way, and will have it.
    const known = entries.some((each) => each.module === entry.module);
    return { entries: known ? entries.map((each) => (each.module === entry.module ? entry : each)) : [...entries, entry] };
  });
  changeDraft({});
}

export const selectPlugin = (module: string | undefined): void => store.setState({ selected: module, selectedRun: undefined });
export const selectRunPlugin = (plugin: RunPluginChoice): void => store.setState({ selected: undefined, selectedRun: plugin });

export const usePlugins = <T>(pick: (state: PluginState) => T): T => store(pick);
export const pluginState = () => store.getState();

/** For tests: forget everything. */
export function resetPlugins(): void {
  store.setState({ entries: undefined, loading: false, problem: undefined, question: undefined, selected: undefined, selectedRun: undefined });
}

// --- the plugins of the launch form --------------------------------------------------------------------------------

export const draftPlugins = (): readonly PluginChoice[] => launchState().draft.plugins ?? [];

export function setChoice(index: number, change: Partial<PluginChoice>): void {
  changeDraft({ plugins: draftPlugins().map((each, at) => (at === index ? { ...each, ...change } : each)) });
}

export const addChoice = (spec: string): void => changeDraft({ plugins: [...draftPlugins(), { spec, enabled: true }] });
export const removeChoice = (index: number): void => changeDraft({ plugins: draftPlugins().filter((_, at) => at !== index) });

/** Takes one out and puts it in at `to`. */
export function moveChoice(from: number, to: number): void {
  const plugins = [...draftPlugins()];
  const [moved] = plugins.splice(from, 1);
  if (moved === undefined || to < 0 || to > plugins.length) return;
  plugins.splice(to, 0, moved);
  changeDraft({ plugins });
}
