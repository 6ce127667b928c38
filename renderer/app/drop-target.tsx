/** The whole window takes what is dropped: a script, a folder with package.json, a trace. */
import { useEffect, useState } from 'react';
import { pathOfFile } from '../bridge/host.ts';
import { type Dropped, LocateDialog, understandDrop } from '../features/files/index.ts';
import { usePluginActions } from '../features/plugins/index.ts';
import { useClients } from '../state/clients.tsx';
import { BLANK_CONFIG, setDraft } from '../state/launch-store.ts';
import { activateTrace } from '../state/trace-store.ts';
import { windowState } from '../state/window-store.ts';
import { toast, toastProblem } from '../widgets/index.ts';
import type { Actions } from './use-actions.ts';
import { words } from './words.ts';

/** Where plugins are worked with, a dropped script is one. */
const takesPlugins = (): boolean => {
  const { screen, dialog } = windowState();
  return screen === 'plugins' || dialog?.kind === 'run-config';
};

/** Resolves what was dropped, and whether something is being dragged over the window now. */
export function useDrop(actions: Actions): { readonly dragging: boolean; readonly dialog: React.ReactNode } {
  const { studio } = useClients();
  const [dragging, setDragging] = useState(false);
  const [ask, setAsk] = useState<(Extract<Dropped, { kind: 'script-candidates' }> & { readonly plugin?: boolean }) | undefined>();
  const plugins = usePluginActions();

  useEffect(() => {
    const act = (dropped: Dropped) => {
      switch (dropped.kind) {
        case 'script':
          actions.chooseScript(dropped.path);
          break;
        case 'project':
          activateTrace(undefined);
          setDraft({ ...BLANK_CONFIG, target: { kind: 'npm-script', folder: dropped.folder, name: '' } });
          break;
        case 'trace-path':
          actions.openPath(dropped.path);
          break;
        case 'trace-file':
          actions.recordings.openDropped(dropped.file);
          break;
        case 'script-candidates':
          if (dropped.paths.length === 1 && dropped.paths[0] !== undefined) actions.chooseScript(dropped.paths[0]);
          else setAsk(dropped);
          break;
        case 'refused':
          toast({ tone: 'warn', title: dropped.why });
      }
    };
    const actAsPlugin = (dropped: Dropped) => {
      if (dropped.kind === 'script') plugins.addPath(dropped.path);
      else if (dropped.kind === 'script-candidates') {
        if (dropped.paths.length === 1 && dropped.paths[0] !== undefined) plugins.addPath(dropped.paths[0]);
        else setAsk({ ...dropped, plugin: true });
      } else toast({ tone: 'warn', title: words.notAPlugin, text: words.whatPluginsAre });
    };
    const over = (event: DragEvent) => {
      if (!event.dataTransfer?.types.includes('Files')) return;
      event.preventDefault();
      setDragging(true);
    };
    const leave = (event: DragEvent) => {
      if (event.relatedTarget === null) setDragging(false);
    };
    const drop = (event: DragEvent) => {
      if (!event.dataTransfer?.types.includes('Files')) return;
      event.preventDefault();
      setDragging(false);
      const asPlugin = takesPlugins();
      for (const item of event.dataTransfer.items) {
        const isFolder = item.webkitGetAsEntry?.()?.isDirectory ?? false;
        const file = item.getAsFile();
        if (file)
          understandDrop(file, isFolder, pathOfFile(file), studio).then(
            (dropped) => (asPlugin ? actAsPlugin(dropped) : act(dropped)),
            (error: unknown) => toastProblem(error),
          );
      }
    };
    window.addEventListener('dragover', over);
    window.addEventListener('dragleave', leave);
    window.addEventListener('drop', drop);
    return () => {
      window.removeEventListener('dragover', over);
      window.removeEventListener('dragleave', leave);
      window.removeEventListener('drop', drop);
    };
  }, [actions, plugins, studio]);

  const dialog = ask && (
    <LocateDialog
      name={ask.name}
      paths={ask.paths}
      onClose={() => setAsk(undefined)}
      onChoose={(path) => {
        setAsk(undefined);
        if (ask.plugin) plugins.addPath(path);
        else actions.chooseScript(path);
      }}
      onBrowse={() => {
        setAsk(undefined);
        if (ask.plugin) {
          plugins.addFromFile();
          return;
        }
        activateTrace(undefined);
        actions.browseScript();
      }}
    />
  );
  return { dragging, dialog };
}
