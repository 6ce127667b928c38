/** Notes of a trace: named moments and ranges. They are part of its recording. */
import { create } from 'zustand';
import type { TraceId } from '../trace/trace-worker-api.ts';

export interface Note {
  readonly id: string;
  readonly fromNs: number;
  readonly toNs: number;
  readonly text: string;
}

const NONE: readonly Note[] = [];
const store = create<{ readonly notes: Readonly<Record<TraceId, readonly Note[]>> }>(() => ({ notes: {} }));

export const useNotes = (trace: TraceId): readonly Note[] => store((state) => state.notes[trace] ?? NONE);
export const notesState = (trace: TraceId): readonly Note[] => store.getState().notes[trace] ?? NONE;
