/** Adding, making and removing plugins, from wherever the user asks. A failure is told, never lost. */
import { useMemo } from 'react';
import { quoteWord } from '../../../core/plugin-api/split-words.ts';
import type { PluginEntry } from '../../../core/protocol/studio-api.ts';
import { useClients } from '../../state/clients.tsx';
import { launchState } from '../../state/launch-store.ts';
import { useFilePicker } from '../../state/pick-file.tsx';
import { addChoice, addPlugin, createPlugin, draftPlugins, removeChoice, removePlugin, selectPlugin, setChoice } from '../../state/plugin-store.ts';
import { toast, toastProblem } from '../../widgets/index.ts';
import { choiceIndex } from './same-plugin.ts';
import { words } from './words.ts';

export interface PluginActions {
  /** Asks for a file, then whether to trust it; it is on afterwards. */
  addFromFile(): void;
  addPath(path: string): void;
  /** The trust question again, for one that changed; no change of the run configuration. */
  trust(path: string): void;
  /** Asks the module again who it is. */
  reload(entry: PluginEntry): void;
  create(): void;
  remove(entry: PluginEntry): void;
}

/** Place of the entry in the run configuration; -1: it is not in it. */
export const choiceIndexOf = (entry: PluginEntry): number => choiceIndex(entry, draftPlugins(), launchState().inspection);

export function usePluginActions(): PluginActions {
  const { studio } = useClients();
  const picker = useFilePicker();
  return useMemo(() => {
    const told = (work: Promise<unknown>) => void work.catch((error: unknown) => toastProblem(error));
    const switchOn = (entry: PluginEntry | undefined) => {
      if (!entry) return;
      const index = choiceIndexOf(entry);
      if (index < 0) addChoice(quoteWord(entry.module));
      else setChoice(index, { enabled: true });
      selectPlugin(entry.module);
    };
    const addPath = (path: string) => told(addPlugin(studio, path).then(switchOn));
    return {
      addPath,
      addFromFile: () => told(picker.open({ purpose: 'plugin', title: 'Choose a plugin' }).then((path) => path !== undefined && addPath(path))),
      trust: (path) => told(addPlugin(studio, path)),
      reload: (entry) => {
        if (entry.file !== undefined) told(addPlugin(studio, entry.file));
      },
      create: () =>
        told(
          picker.save({ title: 'Save the new plugin as', suggestedName: 'my-plugin.ts', extension: 'ts' }, async (path) => {
            const entry = await createPlugin(studio, path);
            switchOn(entry);
            toast({ tone: 'ok', title: words.written(entry.title), text: words.writtenText });
          }),
        ),
      remove: (entry) => {
        told(
          removePlugin(studio, entry).then(() => {
            const index = choiceIndexOf(entry);
            if (index >= 0) removeChoice(index);
            toast({ tone: 'info', title: words.removed(entry.title), text: words.removedText });
          }),
        );
      },
    };
  }, [studio, picker]);
}
