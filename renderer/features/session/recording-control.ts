/** What is recorded of a running script, switched and saved from wherever the user asks. */
import type { RecordingNote } from '../../../core/protocol/notes.ts';
import type { SessionInfo } from '../../../core/protocol/session-types.ts';
import type { StudioClient } from '../../../core/protocol/studio-api.ts';
import { noteSession } from '../../state/session-store.ts';
import { plural } from '../../state/words.ts';
import { toast } from '../../widgets/index.ts';
import { isRecording, keptWords } from './session-words.ts';
import { words } from './words.ts';

export async function switchRecording(studio: StudioClient, session: SessionInfo): Promise<void> {
  noteSession(await studio.request('session.record', { session: session.id, on: !isRecording(session) }));
}

export async function snapshotObjects(studio: StudioClient, session: SessionInfo): Promise<void> {
  const { processes } = await studio.request('session.snapshot', { session: session.id });
  const asked =
    processes === 0 ? 'No process is traced yet.' : `${plural(processes, 'process', 'processes')} asked. A thread that is busy follows at its next turn.`;
  toast({
    tone: processes === 0 ? 'warn' : 'info',
    key: 'snapshot',
    title: words.snapshotOfAllObjects,
    text: isRecording(session) ? asked : words.recordingIsOff(asked),
  });
}

/** The note that stands for it. */
export async function markMoment(studio: StudioClient, session: SessionInfo): Promise<RecordingNote> {
  const { name, note } = await studio.request('session.mark', { session: session.id, name: '' });
  toast({ tone: 'info', key: 'marked', title: name, text: words.marked });
  return note;
}

/** `open` shows what was saved, by its ref. */
export async function saveLast(studio: StudioClient, session: SessionInfo, open: (ref: string) => void): Promise<void> {
  const { ref, title } = await studio.request('session.saveLast', { session: session.id });
  const what = session.kept ? `Saved ${keptWords(session.kept)}` : 'Saved';
  toast({ tone: 'ok', title: what, text: words.keptIt(title), action: { label: 'Open', apply: () => open(ref) } });
}
