/** Changes of notes as a user makes them: where they are kept is told once a trace, a failure always. */
import type { NoteChange } from '../../../core/protocol/notes.ts';
import { changeNote, type Note, newNote, nextMarkName } from '../../state/notes-store.ts';
import { placeToMark } from '../../state/selection.ts';
import { pointerState } from '../../state/view-store.ts';
import { showDialog } from '../../state/window-store.ts';
import type { TraceId } from '../../trace/trace-worker-api.ts';
import { toast, toastProblem } from '../../widgets/index.ts';
import { words } from './words.ts';

const told = new Set<TraceId>();

export function keepNote(trace: TraceId, change: NoteChange): void {
  changeNote(trace, change).then(
    ({ kept, path }) => {
      if (kept === 'recording' || 'remove' in change || told.has(trace)) return;
      told.add(trace);
      const isBeside = kept === 'beside' && path !== undefined;
      toast({
        tone: 'info',
        title: isBeside ? words.beside : words.window,
        text: isBeside ? words.besideWhy(path) : words.windowWhy,
      });
    },
    (error: unknown) => toastProblem(error, words.notKept),
  );
}

export function removeNote(trace: TraceId, note: Note): void {
  keepNote(trace, { remove: note.id });
  toast({ tone: 'ok', key: 'note-removed', title: words.removed, action: { label: words.undo, apply: () => keepNote(trace, { put: note }) } });
}

/** A mark without a question: its name is a number, and can be changed. */
export function addMark(trace: TraceId): void {
  const place = placeToMark(trace, pointerState(trace)?.ns);
  if (place) keepNote(trace, { put: newNote(place, nextMarkName(trace)) });
  else toast({ tone: 'info', key: 'nothing-to-mark', title: words.nowhere, text: words.nowhereWhy });
}

/** Asks for the text of a new note. */
export function writeNote(trace: TraceId): void {
  const place = placeToMark(trace, pointerState(trace)?.ns);
  if (place) showDialog({ kind: 'note', trace, note: newNote(place, '') });
  else toast({ tone: 'info', key: 'nothing-to-mark', title: words.nowhere, text: words.nowhereWhy });
}
