/** The text of a note, new or written before. */
import { useState } from 'react';
import { MAX_NOTE_CHARS } from '../../../core/protocol/notes.ts';
import type { Note } from '../../state/notes-store.ts';
import type { TraceId } from '../../trace/trace-worker-api.ts';
import { Button, Dialog, Field } from '../../widgets/index.ts';
import { keepNote } from './keep-note.ts';
import './notes.css';
import { words } from './words.ts';

interface NoteDialogProps {
  readonly trace: TraceId;
  readonly note: Note;
  readonly onClose: () => void;
}

export function NoteDialog({ trace, note, onClose }: NoteDialogProps) {
  const [text, setText] = useState(note.text);
  const wanted = text.trim();
  const keep = () => {
    if (wanted === '') return;
    keepNote(trace, { put: { ...note, text: wanted } });
    onClose();
  };
  return (
    <Dialog
      open
      onClose={onClose}
      title={note.text === '' ? words.newTitle : words.editTitle}
      about={words.where(note)}
      width={440}
      sticky
      foot={
        <>
          <Button size="l" kind="quiet" onClick={onClose}>
            {words.cancel}
          </Button>
          <Button size="l" kind="primary" disabled={wanted === ''} onClick={keep}>
            {words.keep}
          </Button>
        </>
      }
    >
      <div className="note-form">
        <Field label={words.text} hint={words.hint}>
          {({ bad: _never, ...control }) => (
            <textarea
              {...control}
              className="input note-text"
              rows={4}
              maxLength={MAX_NOTE_CHARS}
              value={text}
              onChange={(event) => setText(event.target.value)}
              onKeyDown={(event) => {
                if (event.key !== 'Enter' || event.shiftKey || event.nativeEvent.isComposing) return;
                event.preventDefault();
                keep();
              }}
            />
          )}
        </Field>
      </div>
    </Dialog>
  );
}
