/** One way to ask for a path in both hosts: the native dialog, or the studio's own panel. */
import { type ReactNode, useMemo, useState } from 'react';
import { useClients } from '../../state/clients.tsx';
import { libraryState } from '../../state/library-store.ts';
import { type FilePicker, FilePickerContext } from '../../state/pick-file.tsx';
import { FilePanel, type PanelQuestion } from './file-panel.tsx';

interface Asked {
  readonly question: PanelQuestion;
  readonly answer: (path: string | undefined) => void;
}

export function FilePickerProvider({ children }: { readonly children: ReactNode }) {
  const { studio } = useClients();
  const [asked, setAsked] = useState<Asked | undefined>();

  const picker = useMemo<FilePicker>(() => {
    const panel = (question: PanelQuestion) =>
      new Promise<string | undefined>((resolve) => {
        setAsked({
          question,
          answer: (path) => {
            setAsked(undefined);
            resolve(path);
          },
        });
      });
    const native = async () => (libraryState().info ?? (await studio.request('studio.info', null))).nativeDialogs;
    return {
      open: async (question) => ((await native()) ? studio.request('dialog.pickOpen', question) : panel(question)),
      save: async (question) => ((await native()) ? studio.request('dialog.pickSave', question) : panel({ ...question, purpose: 'trace' })),
    };
  }, [studio]);

  return (
    <FilePickerContext picker={picker}>
      {children}
      {asked && <FilePanel question={asked.question} onAnswer={asked.answer} />}
    </FilePickerContext>
  );
}
