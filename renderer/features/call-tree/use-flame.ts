/** What a flame graph draws: the answer to its mode as boxes, and what a box is. */
import { useMemo } from 'react';
import { type FlameBoxes, NO_BOXES, sandwichOf } from '../../drawing/flame-boxes.ts';
import { type FlameMode, useCallTree } from '../../state/call-tree-store.ts';
import type { Place } from '../../state/use-place.ts';
import { useTraceQuery } from '../../state/use-trace-query.ts';
import type { FlameLayout, NameId, TimelineView, TraceId, TrackInfo } from '../../trace/trace-worker-api.ts';
import type { TreePath } from './tree-rows.ts';

const EVERY_MS = 500;
/** Deeper calls of a track are in the timeline. */
const MOST_ROWS = 300;

/** Figures of a box; what is not known is absent. */
export interface BoxFigures {
  readonly totalNs: number;
  readonly selfNs: number;
  readonly calls: number;
  /** 0 … 1 of all that ran, or of the function of a sandwich. */
  readonly share: number;
  /** Slices that are drawn as one. */
  readonly merged: number;
}

export interface Flame {
  readonly boxes: FlameBoxes;
  readonly figuresOf: (box: number) => BoxFigures;
  readonly pivot: number | undefined;
  /** Of a sandwich: the function that the boxes are about, which may be the one of before for a moment. */
  readonly of: NameId | undefined;
  /** Undefined: not answered yet. */
  readonly done: number | undefined;
  readonly problem: string | undefined;
  /** Of time order: what was drawn, to ask what lies there. */
  readonly view: TimelineView | undefined;
}

interface FlameQuestion {
  readonly mode: FlameMode;
  readonly place: Place;
  readonly zoom: TreePath;
  readonly sandwich: NameId | undefined;
  readonly track: TrackInfo | undefined;
  readonly width: number;
}

export function useFlame(trace: TraceId, { mode, place, zoom, sandwich, track, width }: FlameQuestion): Flame {
  const { changes } = useCallTree(trace);
  const { scope, range } = place;
  const transforms = changes.map(({ transform }) => transform);
  // Half a pixel: what is smaller cannot be seen. By steps, so that a side that is dragged asks little.
  const minShare = 0.5 / Math.max(200, Math.ceil(width / 100) * 100);
  const all = { scope, transforms, minShare };
  const isReady = width > 0;
  const heavy = useTraceQuery(trace, 'analysis.flame', isReady && mode === 'heavy' ? { ...all, direction: 'callees', path: zoom } : undefined, EVERY_MS);
  const half = isReady && mode === 'sandwich' && sandwich !== undefined ? { ...all, of: sandwich, path: [] } : undefined;
  const callers = useTraceQuery(trace, 'analysis.flame', half && { ...half, direction: 'callers' }, EVERY_MS);
  const callees = useTraceQuery(trace, 'analysis.flame', half && { ...half, direction: 'callees' }, EVERY_MS);
  const inTime =
    isReady && mode === 'time' && track
      ? {
          rows: [{ track: track.id, from: 0, count: Math.min(MOST_ROWS, Math.max(1, track.rows)) }],
          fromNs: range.fromNs,
          toNs: range.toNs,
          columns: Math.max(1, Math.floor(width)),
        }
      : undefined;
  const timed = useTraceQuery(trace, 'timeline.view', inTime, EVERY_MS);

  return useMemo((): Flame => {
    if (mode === 'time') {
      const view = timed.value;
      return {
        boxes: view ? boxesOf(view) : NO_BOXES,
        figuresOf: (box) => (view ? sliceFigures(view, box) : NOTHING),
        pivot: undefined,
        of: undefined,
        done: view && 1,
        problem: timed.problem,
        view,
      };
    }
    if (mode === 'heavy') {
      const layout = heavy.value;
      return {
        boxes: layout ?? NO_BOXES,
        figuresOf: (box) => (layout ? figuresIn(layout, box, layout.totalOfAllNs) : NOTHING),
        pivot: undefined,
        of: undefined,
        done: layout?.done,
        problem: heavy.problem,
        view: undefined,
      };
    }
    const [above, below] = [callers.value, callees.value];
    const of = callers.argument?.of;
    if (!above || !below || of !== callees.argument?.of) {
      return { boxes: NO_BOXES, figuresOf: () => NOTHING, pivot: undefined, of, done: undefined, problem: callers.problem ?? callees.problem, view: undefined };
    }
    const boxes = sandwichOf(above, below);
    const { fromCallers } = boxes;
    const skipped = above.count === 0 ? 0 : below.row.filter((row) => row === 0).length;
    return {
      boxes,
      // The boxes of the function itself come first in an answer, and those of the callees are left out.
      figuresOf: (box) => (box < fromCallers ? figuresIn(above, box, above.totalOfAllNs) : figuresIn(below, box - fromCallers + skipped, below.totalOfAllNs)),
      pivot: boxes.pivot,
      of,
      done: Math.min(above.done, below.done),
      problem: callers.problem ?? callees.problem,
      view: undefined,
    };
  }, [mode, timed, heavy, callers, callees]);
}

const NOTHING: BoxFigures = { totalNs: 0, selfNs: 0, calls: 0, share: 0, merged: 1 };

const figuresIn = (layout: FlameLayout, box: number, allNs: number): BoxFigures => {
  const totalNs = layout.totalNs[box] ?? 0;
  return { totalNs, selfNs: layout.selfNs[box] ?? 0, calls: layout.calls[box] ?? 0, share: allNs > 0 ? Math.min(1, totalNs / allNs) : 0, merged: 1 };
};

/** A piece of the timeline as boxes: what it shows in pixels, here as parts of the width. */
export function boxesOf({ count, columns, row, x0, x1, name }: TimelineView): FlameBoxes {
  const [from, to] = [new Float64Array(count), new Float64Array(count)];
  let rows = 0;
  for (let k = 0; k < count; k++) {
    from[k] = Math.max(0, (x0[k] as number) / columns);
    to[k] = Math.min(1, (x1[k] as number) / columns);
    rows = Math.max(rows, (row[k] as number) + 1);
  }
  return { count, rows, row, x0: from, x1: to, name };
}

function sliceFigures(view: TimelineView, box: number): BoxFigures {
  const share = Math.max(0, (view.x1[box] as number) - (view.x0[box] as number)) / view.columns;
  const merged = view.merged[box] as number;
  return { totalNs: share * (view.toNs - view.fromNs), selfNs: 0, calls: merged, share, merged };
}
