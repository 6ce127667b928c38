/** What the timeline in sight can do for keys, menus and the command palette, and which tracks it has. Its panel registers itself here. */
import { create } from 'zustand';
import type { ObjectId, SeriesId, TrackId } from '../trace/trace-worker-api.ts';

export interface TrackChoice {
  readonly track: TrackId;
  /** Cut for display. */
  readonly title: string;
  /** What it lies in: process, group. */
  readonly where: string;
}

export interface TimelineControl {
  /** The search field takes the keys. */
  focusSearch(): void;
  /** Pins the track of what is picked, or unpins it. False: nothing is picked. */
  pinSelected(): boolean;
  /** What is drawn now, heads and ruler too, as a PNG. Undefined: nothing is drawn yet. */
  picture(): Promise<Blob | undefined>;
  /** The track that shows an object, or a series of a counter; undefined: none does. */
  trackOf(what: { readonly object: ObjectId } | { readonly series: SeriesId }): TrackId | undefined;
  /** All tracks by name, in the order of the screen. Made when it is asked for. */
  tracks(): readonly TrackChoice[];
}

const store = create<{ readonly control: TimelineControl | undefined }>(() => ({ control: undefined }));

export const setTimelineControl = (control: TimelineControl | undefined): void => store.setState({ control });
export const timelineControl = (): TimelineControl | undefined => store.getState().control;
/** Another one when its tracks are others. */
export const useTimelineControl = (): TimelineControl | undefined => store((state) => state.control);
