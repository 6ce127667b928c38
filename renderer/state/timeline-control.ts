/** What the timeline in sight can do for keys, menus and the command palette. Its panel registers itself here. */
import type { TrackId } from '../trace/trace-worker-api.ts';

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
  /** All tracks by name, in the order of the screen. */
  tracks(): readonly TrackChoice[];
}

let control: TimelineControl | undefined;

export function setTimelineControl(next: TimelineControl | undefined): void {
  control = next;
}
export const timelineControl = (): TimelineControl | undefined => control;
