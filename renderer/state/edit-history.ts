/**
 * What can be undone: changes of the panels and of notes, in the order in which they were made. Each tells how it is taken back; a change of a trace
 * is undone only while that trace is in sight, so that nothing changes unseen.
 */
import { create } from 'zustand';

export interface Edit {
  /** In words, as part of "Undo …". */
  readonly label: string;
  /** What it is a change of: the id of a trace, or `layout`. */
  readonly of: string;
  readonly undo: () => void;
  readonly redo: () => void;
}

const MOST = 100;
export const LAYOUT = 'layout';

interface Edits {
  readonly past: readonly Edit[];
  readonly future: readonly Edit[];
}

const store = create<Edits>(() => ({ past: [], future: [] }));

/** A change that was made. What was undone before it cannot be redone any more. */
export function noteEdit(edit: Edit): void {
  store.setState(({ past }) => ({ past: [...past, edit].slice(-MOST), future: [] }));
}

const lastOf = (edits: readonly Edit[], trace: string | undefined): Edit | undefined => edits.findLast(({ of }) => of === LAYOUT || of === trace);

/** Takes back the last change of the panels or of the trace in sight; or the one that is given. False: there is none. */
export function undoEdit(trace: string | undefined, wanted?: Edit): boolean {
  const { past, future } = store.getState();
  const edit = wanted ?? lastOf(past, trace);
  if (!edit || !past.includes(edit)) return false;
  store.setState({ past: past.filter((each) => each !== edit), future: [...future, edit] });
  edit.undo();
  return true;
}

export function redoEdit(trace: string | undefined): boolean {
  const { past, future } = store.getState();
  const edit = lastOf(future, trace);
  if (!edit) return false;
  store.setState({ past: [...past, edit], future: future.filter((each) => each !== edit) });
  edit.redo();
  return true;
}

/** What it was a change of is not there any more. */
export function forgetEdits(of: string): void {
  const { past, future } = store.getState();
  if (![...past, ...future].some((edit) => edit.of === of)) return;
  const rest = (edits: readonly Edit[]) => edits.filter((edit) => edit.of !== of);
  store.setState({ past: rest(past), future: rest(future) });
}

/** Labels of what would be undone and redone; undefined: nothing. */
export const useEdits = (trace: string | undefined) => ({
  undo: store(({ past }) => lastOf(past, trace)?.label),
  redo: store(({ future }) => lastOf(future, trace)?.label),
});

/** For tests: forget everything. */
export function resetEdits(): void {
  store.setState({ past: [], future: [] });
}
