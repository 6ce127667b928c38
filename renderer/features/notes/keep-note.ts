/** Changes of notes as a user makes them: where they are kept is told once a trace, a failure always. */
import type { NoteChange } from '../../../core/protocol/notes.ts';
import { type Edit, noteEdit, undoEdit } from '../../state/edit-history.ts';
import { changeNote, type Note, newNote, nextMarkName, notesState } from '../../state/notes-store.ts';
import { placeToMark } from '../../state/selection.ts';
import { pointerState } from '../../state/view-store.ts';
import { showDialog } from '../../state/window-store.ts';
import type { TraceId } from '../../trace/trace-worker-api.ts';
import { toast, toastProblem } from '../../widgets/index.ts';
import { words } from './words.ts';

const told = new Set<TraceId>();

/** `onKept` is told how it is taken back, once it is kept. */
export function keepNote(trace: TraceId, change: NoteChange, onKept?: (undo: () => void) => void): void {
  const id = 'put' in change ? change.put.id : change.remove;
  const edit = editOf(
    trace,
    change,
    notesState(trace).find((note) => note.id === id),
  );
  changeNote(trace, change).then(
    ({ kept, path }) => {
      noteEdit(edit);
      onKept?.(() => undoEdit(trace, edit));
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

/** `before`: the note as it was; undefined: there was none. */
function editOf(trace: TraceId, change: NoteChange, before: Note | undefined): Edit {
  const back: NoteChange = before ? { put: before } : { remove: 'put' in change ? change.put.id : change.remove };
  const apply = (to: NoteChange) => () => {
    changeNote(trace, to).catch((error: unknown) => toastProblem(error, words.notKept));
  };
  return { label: words.edits['remove' in change ? 'removed' : before ? 'changed' : 'made'], of: trace, undo: apply(back), redo: apply(change) };
}

export function removeNote(trace: TraceId, note: Note): void {
  keepNote(trace, { remove: note.id }, (undo) => toast({ tone: 'ok', key: 'note-removed', title: words.removed, action: { label: words.undo, apply: undo } }));
}

/** A mark that the host has made in a run: it is taken back like one that was made here. */
export function markWasMade(trace: TraceId, note: Note): void {
  noteEdit(editOf(trace, { put: note }, undefined));
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
