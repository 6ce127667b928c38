/**
 * Notes of the open traces: named moments and ranges. They are part of the recording, or lie in a file beside a trace that has no place for them. What is
 * written here is shown at once and told to the host; other windows of the same recording are told by it.
 */
import { create } from 'zustand';
import { type NoteChange, Notes, type RecordingNote } from '../../core/protocol/notes.ts';
import type { StudioClient } from '../../core/protocol/studio-api.ts';
import type { TraceClient, TraceId } from '../trace/trace-worker-api.ts';
import { forgetEdits } from './edit-history.ts';
import { bringIntoSight, selectRange } from './selection.ts';
import { subscribeTraces } from './trace-store.ts';
import { goToMoment, type TimeRange } from './view-store.ts';

export type Note = RecordingNote;

interface Change {
  readonly change: NoteChange;
  /** The host knows it. What is written before the host knows the trace waits. */
  isTold: boolean;
  /** The host tells every window of a change, also the one that made it: that is still to come. */
  isAwaited: boolean;
}

/** What a trace's notes are made of, in this order. */
interface Sources {
  /** What the file holds, as far as it was read. */
  inside: readonly Note[];
  beside: readonly Note[];
  /** Made since, here or in another window. */
  readonly changes: Change[];
  revision: number;
  recording: string | undefined;
}

const NONE: readonly Note[] = [];
const store = create<{ readonly notes: Readonly<Record<TraceId, readonly Note[]>>; readonly isFixed: boolean }>(() => ({ notes: {}, isFixed: false }));
const sources = new Map<TraceId, Sources>();
let host: StudioClient | undefined;

export const useNotes = (trace: TraceId): readonly Note[] => store((state) => state.notes[trace] ?? NONE);
export const notesState = (trace: TraceId): readonly Note[] => store.getState().notes[trace] ?? NONE;
export const subscribeNotes = (listener: () => void): (() => void) => store.subscribe(listener);
/** A report: its notes can be read, not changed. */
export const useNotesFixed = (): boolean => store((state) => state.isFixed);

/** `studio` undefined: there is no host, and nothing can be changed. */
export function connectNotes(studio: StudioClient | undefined, traces: TraceClient): () => void {
  host = studio;
  store.setState({ isFixed: studio === undefined });
  const offs = [
    subscribeTraces((state) => {
      for (const open of state.open) follow(open.trace, open.recording, state.summaries[open.trace]?.notesRevision ?? 0, traces);
      for (const trace of sources.keys()) if (!state.open.some((open) => open.trace === trace)) forget(trace);
    }),
    ...(studio ? [studio.on('notes.changed', ({ recording, change }) => changedElsewhere(recording, change))] : []),
  ];
  return () => {
    for (const off of offs) off();
  };
}

function follow(trace: TraceId, recording: string | undefined, revision: number, traces: TraceClient): void {
  const mine = sources.get(trace) ?? { inside: NONE, beside: NONE, changes: [], revision: 0, recording: undefined };
  sources.set(trace, mine);
  if (recording !== mine.recording) {
    mine.recording = recording;
    if (recording !== undefined) void meetHost(trace, recording, mine);
  }
  if (revision === mine.revision) return;
  mine.revision = revision;
  traces.request('notes.list', { trace }).then(
    (inside) => {
      mine.inside = inside;
      show(trace);
    },
    () => {
      // The trace was closed meanwhile.
    },
  );
}

/** Its notes beside the file; and what was written before the host knew the trace, which was dropped into the page. */
async function meetHost(trace: TraceId, recording: string, mine: Sources): Promise<void> {
  try {
    for (const each of mine.changes) {
      if (each.isTold) continue;
      each.isAwaited = true;
      await host?.request('notes.change', { recording, change: each.change });
      each.isTold = true;
    }
    mine.beside = (await host?.request('notes.beside', { recording })) ?? NONE;
    show(trace);
  } catch {
    // The connection is away; what is shown stays, and the next change tells.
  }
}

function forget(trace: TraceId): void {
  sources.delete(trace);
  forgetEdits(trace);
  const { [trace]: _gone, ...notes } = store.getState().notes;
  store.setState({ notes });
}

function show(trace: TraceId): void {
  const mine = sources.get(trace);
  if (!mine) return;
  const all = new Notes();
  for (const put of [...mine.inside, ...mine.beside]) all.change({ put });
  for (const { change } of mine.changes) all.change(change);
  store.setState(({ notes }) => ({ notes: { ...notes, [trace]: all.list() } }));
}

/** Our own come back this way too, and are there already. */
function changedElsewhere(recording: string, change: NoteChange): void {
  for (const [trace, mine] of sources) {
    if (mine.recording !== recording) continue;
    const own = mine.changes.find((each) => each.isAwaited && sameChange(each.change, change));
    if (own) own.isAwaited = false;
    else {
      mine.changes.push({ change, isTold: true, isAwaited: false });
      show(trace);
    }
  }
}

const sameChange = (a: NoteChange, b: NoteChange): boolean => JSON.stringify(a) === JSON.stringify(b);

/** Where it is kept: in the recording, in a file beside it, or (`window`) as long as this window is open. Rejects with what is in the way; then nothing has changed. */
export async function changeNote(trace: TraceId, change: NoteChange): Promise<{ readonly kept: 'recording' | 'beside' | 'window'; readonly path?: string }> {
  const mine = sources.get(trace);
  if (!mine) return { kept: 'window' };
  const made: Change = { change, isTold: false, isAwaited: host !== undefined && mine.recording !== undefined };
  mine.changes.push(made);
  show(trace);
  if (!host || mine.recording === undefined) return { kept: 'window' };
  try {
    const { beside } = await host.request('notes.change', { recording: mine.recording, change });
    made.isTold = true;
    return beside === undefined ? { kept: 'recording' } : { kept: 'beside', path: beside };
  } catch (error) {
    mine.changes.splice(mine.changes.indexOf(made), 1);
    show(trace);
    throw error;
  }
}

export const newNote = ({ fromNs, toNs }: TimeRange, text: string): Note => ({ id: crypto.randomUUID(), fromNs, toNs, text });

/** "Mark 3": the next number that no note has. */
export function nextMarkName(trace: TraceId): string {
  const numbers = notesState(trace).map(({ text }) => Number(/^Mark (\d+)$/.exec(text)?.[1] ?? 0));
  return `Mark ${Math.max(0, ...numbers) + 1}`;
}

/** Brings a note into sight: a range becomes the selected range, a moment has the cross-hair. */
export function goToNote(trace: TraceId, { fromNs, toNs }: Note): void {
  if (toNs > fromNs) {
    selectRange(trace, { fromNs, toNs });
    bringIntoSight(trace, fromNs, toNs);
  } else goToMoment(trace, fromNs);
}

/** For tests: forget everything. */
export function resetNotes(): void {
  sources.clear();
  host = undefined;
  store.setState({ notes: {}, isFixed: false });
}
