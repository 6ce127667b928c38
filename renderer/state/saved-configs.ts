/** Run configurations of the project that the form is about. */
import { useEffect } from 'react';
import { create } from 'zustand';
import type { LaunchConfig } from '../../core/protocol/session-types.ts';
import type { LaunchInspection, SavedConfig, StudioClient } from '../../core/protocol/studio-api.ts';
import { useClients } from './clients.tsx';
import { forgetValues, setDraft } from './launch-store.ts';

interface Saved {
  readonly folder: string | undefined;
  readonly configs: readonly SavedConfig[];
}

const NONE: readonly SavedConfig[] = [];
const store = create<Saved>(() => ({ folder: undefined, configs: NONE }));

/** What a configuration belongs to; undefined while nothing is known of what would run. */
export const projectFolder = (inspection: LaunchInspection | undefined): string | undefined => inspection?.project?.folder ?? (inspection?.cwd || undefined);

export function useSavedConfigs(folder: string | undefined): readonly SavedConfig[] {
  const { studio } = useClients();
  useEffect(() => {
    if (folder === undefined || store.getState().folder === folder) return;
    store.setState({ folder, configs: NONE });
    studio.request('launch.saved', { folder }).then(
      (configs) => show(folder, configs),
      () => store.setState({ folder: undefined }), // Asked again when the form is about something else.
    );
  }, [studio, folder]);
  return store((state) => (folder !== undefined && state.folder === folder ? state.configs : NONE));
}

const show = (folder: string, configs: readonly SavedConfig[]): void => {
  if (store.getState().folder === folder) store.setState({ configs });
};

export async function keepConfig(studio: StudioClient, folder: string, name: string, config: LaunchConfig): Promise<void> {
  show(folder, await studio.request('launch.keep', { folder, name, config }));
}

export async function forgetConfig(studio: StudioClient, folder: string, name: string): Promise<void> {
  show(folder, await studio.request('launch.forget', { folder, name }));
}

/** It becomes the form. Values of its variables were not kept: the form says which, before it runs. */
export function takeConfig({ config, forgotten = [] }: SavedConfig): void {
  setDraft(config);
  forgetValues(forgotten);
}
