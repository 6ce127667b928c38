export { addMark, markWasMade, writeNote } from './keep-note.ts';
export { NoteDialog } from './note-dialog.tsx';
export { NotesCount, NotesPanel } from './notes-panel.tsx';
