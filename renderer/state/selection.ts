/** What is picked in a trace: a slice, a track, a range of time, and what is highlighted. All panels read it from the view and change it here. */
import type { NameId, SliceRow, TraceId, TrackId } from '../trace/trace-worker-api.ts';
import { changeView, fitView, rangeInSight, setRange, type TimeRange, viewState } from './view-store.ts';

/** Room at each side of what is zoomed to: it takes 80 % of the width. */
const ZOOM_MARGIN = 0.125;

/** Picks a slice. `row` scrolls to its row and leaves time as it is, `reveal` brings it into sight without a change of zoom, `zoom` makes it fill the view. */
export function selectSlice(trace: TraceId, slice: SliceRow | undefined, how: 'stay' | 'row' | 'reveal' | 'zoom' = 'stay'): void {
  changeView(trace, () => ({ selection: slice && { kind: 'slice', slice } }));
  if (!slice || how === 'stay') return;
  changeView(trace, ({ revealRow }) => ({ revealRow: { track: slice.track, row: slice.row, turn: (revealRow?.turn ?? 0) + 1 } }));
  if (how === 'row') return;
  const toNs = slice.startNs + slice.durationNs;
  if (how === 'zoom') zoomTo(trace, slice.startNs, toNs);
  else bringIntoSight(trace, slice.startNs, toNs);
}

export function selectTrack(trace: TraceId, track: TrackId): void {
  changeView(trace, () => ({ selection: { kind: 'track', track } }));
}

/** Brings a track into sight and picks it. */
export function revealTrack(trace: TraceId, track: TrackId): void {
  changeView(trace, ({ revealRow }) => ({ selection: { kind: 'track', track }, revealRow: { track, row: 0, turn: (revealRow?.turn ?? 0) + 1 } }));
}

/** Picks a range of time, on some tracks or (undefined) on all. */
export function selectRange(trace: TraceId, range: TimeRange | undefined, tracks?: readonly TrackId[]): void {
  if (!range) {
    changeView(trace, () => ({ range: undefined }));
    return;
  }
  const fromNs = Math.min(range.fromNs, range.toNs);
  const toNs = Math.max(range.fromNs, range.toNs);
  changeView(trace, () => ({ range: { fromNs, toNs, tracks } }));
}

/** Text of a search whose matches are outlined; `dimOthers` draws the rest pale. */
export function highlight(trace: TraceId, text: string, dimOthers = false): void {
  changeView(trace, () => ({ highlight: text, dimOthers: dimOthers && text !== '' }));
}

/** Underlines all slices of a name; undefined: only those of the selected one. */
export function highlightName(trace: TraceId, name: NameId | undefined): void {
  if (viewState(trace).sameName !== name) changeView(trace, () => ({ sameName: name }));
}

/** Makes a range fill 80 % of the view, and leaves a crumb. A moment: the zoom stays. */
export function zoomTo(trace: TraceId, fromNs: number, toNs: number): void {
  if (toNs <= fromNs) {
    bringIntoSight(trace, fromNs, toNs);
    return;
  }
  const margin = (toNs - fromNs) * ZOOM_MARGIN;
  setRange(trace, fromNs - margin, toNs + margin);
  const seen = rangeInSight(trace);
  // Crumbs that do not hold it are another way.
  changeView(trace, ({ crumbs }) => ({
    crumbs: [...crumbs.filter((crumb) => crumb.fromNs <= seen.fromNs && crumb.toNs >= seen.toNs && !sameRange(crumb, seen)), seen].slice(-MOST_CRUMBS),
  }));
}

const MOST_CRUMBS = 8;
const sameRange = (a: TimeRange, b: TimeRange): boolean => a.fromNs === b.fromNs && a.toNs === b.toNs;

/** Back to a range that was zoomed to; what was zoomed to from there is forgotten. Undefined: to everything. */
export function goToCrumb(trace: TraceId, index: number | undefined): void {
  const { crumbs } = viewState(trace);
  const crumb = index === undefined ? undefined : crumbs[index];
  if (!crumb || index === undefined) {
    changeView(trace, () => ({ crumbs: [] }));
    fitView(trace);
    return;
  }
  changeView(trace, () => ({ crumbs: crumbs.slice(0, index + 1) }));
  setRange(trace, crumb.fromNs, crumb.toNs);
}

/** What there is to zoom to: the slice that is picked, else the range. */
export function zoomToSelection(trace: TraceId): boolean {
  const { selection, range } = viewState(trace);
  if (selection?.kind === 'slice') {
    const { startNs, durationNs } = selection.slice;
    // Seen as it would be: the range around it is next.
    const seen = rangeInSight(trace);
    const isThere = Math.abs(seen.toNs - seen.fromNs - durationNs * (1 + 2 * ZOOM_MARGIN)) < (seen.toNs - seen.fromNs) * 0.01 && startNs >= seen.fromNs;
    if (!isThere || !range) {
      zoomTo(trace, startNs, startNs + durationNs);
      return true;
    }
  }
  if (!range) return false;
  zoomTo(trace, range.fromNs, range.toNs);
  return true;
}

/** The picked slice becomes the range. */
export function rangeOfSelection(trace: TraceId): boolean {
  const { selection } = viewState(trace);
  if (selection?.kind !== 'slice') return false;
  const { startNs, durationNs } = selection.slice;
  selectRange(trace, { fromNs: startNs, toNs: startNs + durationNs });
  return true;
}

/** What a mark or a note would be about: the picked slice, else the range, else the moment under the pointer or the cross-hair. */
export function placeToMark(trace: TraceId, pointerNs: number | undefined): TimeRange | undefined {
  const { selection, range, cursorNs } = viewState(trace);
  if (selection?.kind === 'slice') return { fromNs: selection.slice.startNs, toNs: selection.slice.startNs + selection.slice.durationNs };
  if (range) return { fromNs: range.fromNs, toNs: range.toNs };
  const at = pointerNs ?? cursorNs;
  return at === undefined ? undefined : { fromNs: at, toNs: at };
}

/** Nothing is picked any more. False: nothing was. */
export function clearSelection(trace: TraceId): boolean {
  const { selection, range, cursorNs } = viewState(trace);
  if (!selection && !range && cursorNs === undefined) return false;
  changeView(trace, () => ({ selection: undefined, range: undefined, cursorNs: undefined }));
  return true;
}

/** The ruler counts from a moment; undefined: from the start again. */
export function countFrom(trace: TraceId, zeroNs: number | undefined): void {
  changeView(trace, () => ({ zeroNs }));
}

/** Moves the view as little as needed for the range, or its start where it is longer than the view, to be seen. */
export function bringIntoSight(trace: TraceId, fromNs: number, toNs: number): void {
  const seen = rangeInSight(trace);
  const span = seen.toNs - seen.fromNs;
  if (fromNs >= seen.fromNs && toNs <= seen.toNs) return;
  // Longer than the view and all over it: it is seen already.
  if (fromNs <= seen.fromNs && toNs >= seen.toNs) return;
  const length = Math.min(toNs - fromNs, span * 0.8);
  const start = fromNs - (span - length) / 2;
  setRange(trace, start, start + span);
}
