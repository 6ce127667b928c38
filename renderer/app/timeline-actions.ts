/** What keys and menus do in the timeline in sight. They answer false where there is nothing to do it to, and the key goes on. */
import { stepToChange } from '../features/objects/index.ts';
import { type SliceStep, stepSearch, stepSlice } from '../state/slice-steps.ts';
import { timelineControl } from '../state/timeline-control.ts';
import { traceState } from '../state/trace-store.ts';
import { shownSnapshot, viewState } from '../state/view-store.ts';
import type { TraceClient } from '../trace/trace-worker-api.ts';

export interface TimelineActions {
  stepSlice(step: SliceStep): boolean;
  stepSearch(backwards: boolean): boolean;
  /** Puts the focus into the search field of the timeline. */
  search(): boolean;
  pinSelected(): boolean;
  /** To the next or last change of what is chosen in the object that is shown. */
  stepChange(backwards: boolean): boolean;
}

export function timelineActions(traces: TraceClient, onProblem: (error: unknown) => void): TimelineActions {
  return {
    stepSlice: (step) => {
      const { active } = traceState();
      if (active === undefined) return false;
      stepSlice(traces, active, step).catch(onProblem);
      return true;
    },
    stepSearch: (backwards) => {
      const { active } = traceState();
      if (active === undefined || viewState(active).highlight === '') return false;
      stepSearch(traces, active, backwards).catch(onProblem);
      return true;
    },
    search: () => {
      const timeline = timelineControl();
      timeline?.focusSearch();
      return timeline !== undefined;
    },
    pinSelected: () => timelineControl()?.pinSelected() ?? false,
    stepChange: (backwards) => {
      const { active } = traceState();
      if (active === undefined || !shownSnapshot(active)) return false;
      stepToChange(traces, active, backwards);
      return true;
    },
  };
}
