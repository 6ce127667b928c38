/** What the host knows beside the open traces: itself, Nodes, examples, recent scripts and recordings. */
import { create } from 'zustand';
import type { RecordingInfoSummary } from '../../core/protocol/session-types.ts';
import type { ExampleInfo, NodeInstall, RecentItem, RecentScript, StudioClient, StudioInfo } from '../../core/protocol/studio-api.ts';
import { traceState, updateTrace } from './trace-store.ts';

export interface Library {
  readonly info: StudioInfo | undefined;
  /** Undefined while they are looked for. */
  readonly nodes: readonly NodeInstall[] | undefined;
  readonly examples: readonly ExampleInfo[] | undefined;
  readonly recentScripts: readonly RecentScript[] | undefined;
  readonly recent: readonly RecentItem[] | undefined;
  readonly recordings: readonly RecordingInfoSummary[];
}

const EMPTY: Library = { info: undefined, nodes: undefined, examples: undefined, recentScripts: undefined, recent: undefined, recordings: [] };
const store = create<Library>(() => EMPTY);

/** Loads what it can; what fails stays as it was until the next try. */
export async function loadLibrary(studio: StudioClient): Promise<void> {
  const into = async <T>(request: Promise<T>, put: (value: T) => Partial<Library>) => {
    try {
      store.setState(put(await request));
    } catch {
      // Shown as not there; the connection banner or the next refresh deals with it.
    }
  };
  await Promise.all([
    into(studio.request('studio.info', null), (info) => ({ info })),
    into(studio.request('launch.examples', null), (examples) => ({ examples })),
    into(studio.request('launch.nodes', { refresh: false }), (nodes) => ({ nodes })),
    refreshRecent(studio),
  ]);
}

export async function refreshNodes(studio: StudioClient): Promise<void> {
  store.setState({ nodes: await studio.request('launch.nodes', { refresh: true }) });
}

/** Recent lists and open recordings; open traces learn their path, size and whether they are saved. */
export async function refreshRecent(studio: StudioClient): Promise<void> {
  const [recent, recentScripts, recordings] = await Promise.allSettled([
    studio.request('recordings.recent', null),
    studio.request('launch.recent', null),
    studio.request('recordings.list', null),
  ]);
  store.setState({
    recent: recent.status === 'fulfilled' ? recent.value : (store.getState().recent ?? []),
    ...(recentScripts.status === 'fulfilled' && { recentScripts: recentScripts.value }),
    ...(recordings.status === 'fulfilled' && { recordings: recordings.value }),
  });
  for (const each of traceState().open) {
    const now = store.getState().recordings.find((recording) => recording.id === each.recording);
    if (now && (now.path !== each.path || now.unsaved !== each.unsaved || now.title !== each.title)) {
      updateTrace(each.trace, { path: now.path, unsaved: now.unsaved, title: now.title, format: now.format });
    }
  }
}

export function connectLibrary(studio: StudioClient): () => void {
  const refresh = () => void refreshRecent(studio);
  return studio.on('recordings.changed', refresh);
}

export const useLibrary = <T>(pick: (library: Library) => T): T => store(pick);
export const libraryState = () => store.getState();

/** The Node that runs when none is chosen. */
export const defaultNode = (nodes: readonly NodeInstall[] | undefined): NodeInstall | undefined =>
  nodes?.find((node) => node.chosenBecause !== undefined) ?? nodes?.find((node) => node.problem === undefined);
