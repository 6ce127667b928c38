/** Opening, saving and closing recordings. Each throws a ProblemError in words that can be shown. */
import type { RecordingInfoSummary } from '../../../core/protocol/session-types.ts';
import { type StudioClient, UPLOAD_PIECE_BYTES } from '../../../core/protocol/studio-api.ts';
import { libraryState, refreshRecent } from '../../state/library-store.ts';
import type { FilePicker, SaveQuestion } from '../../state/pick-file.tsx';
import { sessionState } from '../../state/session-store.ts';
import { closeTrace, droppedFile, type OpenTrace, openTrace, updateTrace } from '../../state/trace-store.ts';
import { baseName, folderOf } from '../../state/words.ts';

export interface RecordingActions {
  show(recording: RecordingInfoSummary): void;
  openPath(path: string): Promise<void>;
  openRecent(ref: string): Promise<void>;
  /** A file that only the page can read: it stays in the browser, until its user wants it uploaded. */
  openDropped(file: File): void;
  /** Sends a dropped file to the host, where it is an unsaved recording then. `onSent`: bytes so far. Rejects with an AbortError. */
  upload(open: OpenTrace, onSent: (bytes: number) => void, signal: AbortSignal): Promise<void>;
  /** False: the user cancelled. */
  save(open: OpenTrace): Promise<boolean>;
  saveAs(open: OpenTrace): Promise<boolean>;
  /** Takes it out of this window; a live run goes on. */
  close(open: OpenTrace): Promise<void>;
  discard(open: OpenTrace): Promise<void>;
}

export function recordingActions(studio: StudioClient, picker: FilePicker): RecordingActions {
  const show = (recording: RecordingInfoSummary) => {
    const session = Object.values(sessionState()).find((each) => each.recording === recording.id);
    openTrace(
      { kind: 'collector', recording: recording.id },
      {
        title: recording.title,
        recording: recording.id,
        path: recording.path,
        unsaved: recording.unsaved,
        format: recording.format,
        bytes: recording.bytes,
        ...(session && { session: session.id }),
      },
    );
    void refreshRecent(studio);
  };

  const saveAs = async (open: OpenTrace): Promise<boolean> => {
    if (open.recording === undefined) return false;
    const suggestedName = `${baseName(open.path || open.title).replace(/\.(tsr|json|json\.gz|gz)$/, '')}.tsr`;
    const question: SaveQuestion = {
      title: 'Save recording',
      suggestedName: open.unsaved
        ? `${
            open.title
              .replace(/\.([cm]?[jt]sx?|tsr|json|json\.gz|gz)$/, '')
              .replace(/[^\w.-]+/g, '-')
              .replace(/^-+|-+$/g, '') || 'recording'
          }.tsr`
        : suggestedName,
      extension: 'tsr',
      ...(!open.unsaved && open.path !== '' && { folder: folderOf(open.path) }),
    };
    const { recording } = open;
    return picker.save(question, async (path, overwrite) => saved(open, await studio.request('recordings.save', { recording, path, overwrite })));
  };

  const saved = (open: OpenTrace, now: RecordingInfoSummary) => {
    updateTrace(open.trace, { path: now.path, unsaved: now.unsaved, title: now.title, bytes: now.bytes });
    void refreshRecent(studio);
  };

  const close = async (open: OpenTrace): Promise<void> => {
    const session = open.session === undefined ? undefined : sessionState()[open.session];
    closeTrace(open.trace);
    if (open.recording === undefined || (session && session.state !== 'ended')) return;
    await studio.request('recordings.close', { recording: open.recording });
    await refreshRecent(studio);
  };

  return {
    show,
    saveAs,
    close,
    openPath: async (path) => show(await studio.request('recordings.openPath', { path })),
    openRecent: async (ref) => show(await studio.request('recordings.openRecent', { ref })),
    openDropped: (file) => {
      openTrace({ kind: 'file', file }, { title: file.name, path: '', unsaved: false, format: 'other', bytes: file.size });
    },
    upload: async (open, onSent, signal) => {
      const file = droppedFile(open.trace);
      if (!file) return;
      const { upload } = await studio.request('upload.begin', { name: file.name, bytes: file.size });
      try {
        for (let at = 0; at < file.size; at += UPLOAD_PIECE_BYTES) {
          const piece = new Uint8Array(await file.slice(at, at + UPLOAD_PIECE_BYTES).arrayBuffer());
          signal.throwIfAborted();
          await studio.request('upload.append', { upload }, piece);
          onSent(at + piece.length);
        }
        signal.throwIfAborted();
      } catch (error) {
        studio.request('upload.cancel', { upload }).catch(() => {}); // Without a connection the host gives it up by itself.
        throw error;
      }
      const { id: recording, path, title, format, unsaved, bytes } = await studio.request('upload.finish', { upload });
      updateTrace(open.trace, { recording, path, title, format, unsaved, bytes });
      await refreshRecent(studio);
    },
    save: async (open) => {
      if (open.recording === undefined) return false;
      if (open.unsaved || open.format !== 'recording') return saveAs(open);
      saved(open, await studio.request('recordings.save', { recording: open.recording }));
      return true;
    },
    discard: async (open) => {
      await close(open);
      const entry = libraryState().recent?.find((each) => each.path === open.path && each.unsaved);
      if (entry) await studio.request('recordings.discard', { ref: entry.ref });
      await refreshRecent(studio);
    },
  };
}
