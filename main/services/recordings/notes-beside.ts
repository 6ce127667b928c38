/**
 * Notes of files that have no place for them: traces of other formats, and recordings that were cut. They lie in a small file beside the trace,
 * `<name>.notes.json`, that goes with it when it is saved as a recording or exported.
 */
import { copyFile, rm } from 'node:fs/promises';
import { ProblemError } from '../../../core/base/result.ts';
import { checkedNote, type NoteChange, Notes, type RecordingNote } from '../../../core/protocol/notes.ts';
import { readJsonFile, writeJsonFile } from '../json-file.ts';

export const notesFileOf = (trace: string): string => `${trace}.notes.json`;

/** None where there is no such file, or another one. */
export async function readNotesBeside(trace: string): Promise<readonly RecordingNote[]> {
  return (await readJsonFile(notesFileOf(trace), checkNotes))?.list() ?? [];
}

/** Gives the path of the file. */
export async function changeNotesBeside(trace: string, change: NoteChange): Promise<string> {
  const file = notesFileOf(trace);
  const notes = (await readJsonFile(file, checkNotes)) ?? new Notes();
  notes.change(change);
  try {
    if (notes.list().length === 0) await rm(file, { force: true });
    else await writeJsonFile(file, { version: 1, notes: notes.list() });
  } catch (error) {
    throw new ProblemError({
      code: 'notes-not-kept',
      message: `This trace has no place for notes, and ${file} could not be written: ${(error as Error).message}`,
      remedy: 'Save the trace as a recording (.tsr) first.',
    });
  }
  return file;
}

/** Of a trace that was copied as it is. */
export async function copyNotesBeside(from: string, to: string): Promise<void> {
  if ((await readNotesBeside(from)).length > 0) await copyFile(notesFileOf(from), notesFileOf(to));
}

function checkNotes(value: unknown): Notes | undefined {
  const { notes: listed } = (value ?? {}) as { readonly notes?: unknown };
  if (!Array.isArray(listed)) return undefined;
  const notes = new Notes();
  for (const each of listed) {
    const note = checkedNote(each);
    if (note) notes.change({ put: note });
  }
  return notes;
}
