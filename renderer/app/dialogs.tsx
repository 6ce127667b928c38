import { lazy, Suspense } from 'react';
import { AttachDialog } from '../features/attach/index.ts';
import { ExportDialog } from '../features/export/index.ts';
import { RunConfigDialog } from '../features/launch/index.ts';
import { NoteDialog } from '../features/notes/index.ts';
import { PluginChoices, TrustDialog } from '../features/plugins/index.ts';
import { CloseRunningDialog, CloseUnsavedDialog, DiscardDialog, UploadDialog } from '../features/recordings/index.ts';
import { stopRun } from '../features/session/index.ts';
import { AboutDialog, SettingsDialog, ShortcutsDialog } from '../features/settings/index.ts';
import { useClients } from '../state/clients.tsx';
import { refreshRecent, useLibrary } from '../state/library-store.ts';
import { type OpenTrace, useOpenTraces } from '../state/trace-store.ts';
import { showDialog, useWindow } from '../state/window-store.ts';
import { toastProblem } from '../widgets/index.ts';
import { CommandPalette } from './command-palette.tsx';
import { LayoutsDialog } from './layouts-dialog.tsx';
import { NotificationsDialog } from './notifications-dialog.tsx';
import { type Actions, sessionOf } from './use-actions.ts';
import { words } from './words.ts';

const HelpDialog = lazy(() => import('../features/help/index.ts').then(({ HelpDialog }) => ({ default: HelpDialog })));

/** The one dialog that is open, and over it the question that a plugin may ask. */
export function Dialogs({ actions }: { readonly actions: Actions }) {
  const inForm = useWindow((state) => state.dialog?.kind === 'run-config');
  return (
    <>
      <OpenDialog actions={actions} />
      {!inForm && <TrustDialog />}
    </>
  );
}

function OpenDialog({ actions }: { readonly actions: Actions }) {
  const { studio } = useClients();
  const dialog = useWindow((state) => state.dialog);
  const traces = useOpenTraces();
  const keepRule = useLibrary((library) => library.info?.keepRule) ?? '';
  const close = () => showDialog(undefined);
  const told = (work: Promise<unknown>) => {
    close();
    work.catch((error: unknown) => toastProblem(error));
  };
  if (!dialog) return null;
  const open: OpenTrace | undefined = 'trace' in dialog ? traces.find((each) => each.trace === dialog.trace) : undefined;

  switch (dialog.kind) {
    case 'run-config':
      return (
        <RunConfigDialog
          page={dialog.page}
          plugins={
            <>
              <PluginChoices onManage={actions.showPlugins} />
              {/* Within the form, so that a key that answers it does not close the form too. */}
              <TrustDialog />
            </>
          }
          onClose={close}
          onRun={async (config) => {
            if (await actions.runOrFail(config)) close();
          }}
        />
      );
    case 'export':
      return open ? <ExportDialog open={open} onClose={close} /> : null;
    case 'upload':
      return open ? (
        <UploadDialog
          open={open}
          purpose={dialog.purpose}
          upload={actions.recordings.upload}
          onClose={close}
          onDone={() => {
            close();
            if (dialog.purpose === 'save') actions.saveAs();
            else actions.exportTrace();
          }}
        />
      ) : null;
    case 'discard': {
      const { item } = dialog;
      return (
        <DiscardDialog
          item={item}
          onCancel={close}
          onDiscard={() => told(studio.request('recordings.discard', { ref: item.ref }).then(() => refreshRecent(studio)))}
        />
      );
    }
    case 'close-running':
      return open ? (
        <CloseRunningDialog
          title={open.title}
          count={1}
          onCancel={close}
          onKeep={() => told(actions.recordings.close(open))}
          onStop={() => {
            const session = sessionOf(open);
            told((session ? stopRun(studio, session) : Promise.resolve()).then(() => actions.recordings.close(open)));
          }}
        />
      ) : null;
    case 'close-unsaved':
      return open ? (
        <CloseUnsavedDialog
          title={open.title}
          keepRule={keepRule}
          onCancel={close}
          onKeep={() => told(actions.recordings.close(open))}
          onDiscard={() => told(actions.recordings.discard(open))}
          onSave={() => told(actions.recordings.saveAs(open).then((saved) => (saved ? actions.recordings.close(open) : undefined)))}
        />
      ) : null;
    case 'close-window':
      return (
        <CloseRunningDialog
          title={traces.find((each) => sessionOf(each)?.state !== 'ended')?.title ?? words.aScript}
          count={dialog.running}
          onCancel={() => told(studio.request('window.close', { choice: 'cancel' }))}
          onKeep={() => told(studio.request('window.close', { choice: 'keep-recording' }))}
          onStop={() => told(studio.request('window.close', { choice: 'stop-and-close' }))}
        />
      );
    case 'attach':
      return (
        <AttachDialog
          onClose={close}
          onAttach={async (pid, options, config) => {
            await actions.attachTo(pid, options, config);
            close();
          }}
        />
      );
    case 'settings':
      return <SettingsDialog page={dialog.page} onClose={close} />;
    case 'shortcuts':
      return <ShortcutsDialog onClose={close} />;
    case 'palette':
      return <CommandPalette key={dialog.of} of={dialog.of} actions={actions} onClose={close} />;
    case 'note':
      return <NoteDialog trace={dialog.trace} note={dialog.note} onClose={close} />;
    case 'manual':
      return (
        <Suspense fallback={null}>
          <HelpDialog onClose={close} />
        </Suspense>
      );
    case 'notifications':
      return <NotificationsDialog onClose={close} />;
    case 'layouts':
      return <LayoutsDialog onClose={close} />;
    case 'about':
      return <AboutDialog onClose={close} />;
  }
}
