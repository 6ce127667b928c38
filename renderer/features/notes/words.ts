/** Every text of the notes that a user reads. */
import { formatDuration, formatMoment } from '../../drawing/format.ts';
import type { Note } from '../../state/notes-store.ts';

export const words = {
  panel: 'Notes',
  list: 'Notes of this trace',
  noneTitle: 'No notes',
  noneWhy: 'Select a slice or a range, or point at a moment of the timeline: M marks it, Shift M writes a note there. Notes are kept in the recording.',
  noneFixed: 'The recording of this report holds none.',
  where: ({ fromNs, toNs }: Note) => (toNs > fromNs ? `${formatMoment(fromNs)}, for ${formatDuration(toNs - fromNs)}` : formatMoment(fromNs)),
  edit: (text: string) => `Edit “${text}”`,
  remove: (text: string) => `Remove “${text}”`,
  write: 'Write a note…',
  newTitle: 'New note',
  editTitle: 'Edit note',
  text: 'Text',
  keep: 'Keep',
  cancel: 'Cancel',
  hint: 'Enter keeps it, Shift Enter begins a new line.',
  removed: 'The note was removed',
  undo: 'Undo',
  /** As part of "Undo …". */
  edits: { made: 'new note', changed: 'change of a note', removed: 'removal of a note' },
  hidden: 'Notes are hidden in the timeline.',
  show: 'Show them',
  notKept: 'The note was not kept',
  beside: 'The note lies beside the trace',
  besideWhy: (path: string) => `A trace of this format has no place for notes: they are in ${path}, and come along when it is saved as a recording.`,
  window: 'The note is kept while this window is open',
  windowWhy: 'This trace was dropped into the window. Save it (File, Save as) to keep its notes.',
  marked: (text: string) => `${text} was set`,
  nowhere: 'Nothing to mark',
  nowhereWhy: 'Select a slice or a range, or point at a moment of the timeline.',
} as const;
