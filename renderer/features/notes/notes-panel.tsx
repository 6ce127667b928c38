/** All notes of a trace in the order of time: shown in the timeline, changed, removed. */
import { EyeOff, Flag, Pencil, StickyNote, Trash2 } from 'lucide-react';
import { clipText } from '../../drawing/format.ts';
import { goToNote, type Note, useNotes, useNotesFixed } from '../../state/notes-store.ts';
import { changeSettings, useSettings } from '../../state/settings-store.ts';
import { showDialog } from '../../state/window-store.ts';
import type { TraceId } from '../../trace/trace-worker-api.ts';
import { Button, EmptyState, Icon, IconButton } from '../../widgets/index.ts';
import { removeNote } from './keep-note.ts';
import './notes.css';
import { words } from './words.ts';

export function NotesPanel({ trace }: { readonly trace: TraceId }) {
  const notes = useNotes(trace);
  const isFixed = useNotesFixed();
  const { showNotes } = useSettings();
  return (
    <section className="notes" aria-label={words.panel}>
      {notes.length === 0 ? (
        <div className="notes-empty">
          <EmptyState icon={StickyNote} title={words.noneTitle}>
            {isFixed ? words.noneFixed : words.noneWhy}
          </EmptyState>
        </div>
      ) : (
        <>
          {!showNotes && (
            <p className="notes-hidden">
              <Icon of={EyeOff} size="xs" />
              <span className="t2">{words.hidden}</span>
              <Button size="s" kind="quiet" onClick={() => changeSettings({ showNotes: true })}>
                {words.show}
              </Button>
            </p>
          )}
          <ul className="notes-list" aria-label={words.list}>
            {notes.map((note) => (
              <NoteRow key={note.id} trace={trace} note={note} isFixed={isFixed} />
            ))}
          </ul>
        </>
      )}
    </section>
  );
}

/** Beside the title of the tab. */
export function NotesCount({ trace }: { readonly trace: TraceId }) {
  const count = useNotes(trace).length;
  return count === 0 ? null : <span className="notes-count">{count}</span>;
}

function NoteRow({ trace, note, isFixed }: { readonly trace: TraceId; readonly note: Note; readonly isFixed: boolean }) {
  const name = clipText(note.text, 60);
  return (
    <li className="note-row">
      <button type="button" className="note-place" onClick={() => goToNote(trace, note)}>
        <Icon of={Flag} size="xs" className="accent" />
        <bdi className="note-words">{clipText(note.text, 500)}</bdi>
        <span className="note-when t3">{words.where(note)}</span>
      </button>
      {!isFixed && (
        <>
          <IconButton icon={Pencil} size="s" label={words.edit(name)} onClick={() => showDialog({ kind: 'note', trace, note })} />
          <IconButton icon={Trash2} size="s" label={words.remove(name)} onClick={() => removeNote(trace, note)} />
        </>
      )}
    </li>
  );
}
