/** One way to ask for a path in both hosts: the native dialog, or the studio's own panel. */
import { type ReactNode, useMemo, useState } from 'react';
import { useClients } from '../../state/clients.tsx';
import { libraryState } from '../../state/library-store.ts';
import { type FilePicker, FilePickerContext, type WriteTo } from '../../state/pick-file.tsx';
import { FilePanel, type PanelQuestion } from './file-panel.tsx';

interface Asked {
  readonly question: PanelQuestion;
  readonly write?: WriteTo | undefined;
  readonly answer: (path: string | undefined) => void;
}

export function FilePickerProvider({ children }: { readonly children: ReactNode }) {
  const { studio } = useClients();
  const [asked, setAsked] = useState<Asked | undefined>();

  const picker = useMemo<FilePicker>(() => {
    const panel = (question: PanelQuestion, write?: WriteTo) =>
      new Promise<string | undefined>((resolve) => {
        setAsked({
          question,
          write,
          answer: (path) => {
            setAsked(undefined);
            resolve(path);
          },
        });
      });
    const native = async () => (libraryState().info ?? (await studio.request('studio.info', null))).nativeDialogs;
    return {
      open: async (question) => ((await native()) ? studio.request('dialog.pickOpen', question) : panel(question)),
      save: async (question, write) => {
        if (!(await native())) return (await panel({ ...question, purpose: 'trace' }, write)) !== undefined;
        const path = await studio.request('dialog.pickSave', question);
        if (path !== undefined) await write(path, true);
        return path !== undefined;
      },
    };
  }, [studio]);

  return (
    <FilePickerContext picker={picker}>
      {children}
      {asked && <FilePanel question={asked.question} write={asked.write} onAnswer={asked.answer} />}
    </FilePickerContext>
  );
}
