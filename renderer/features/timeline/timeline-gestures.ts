/** Pointer and wheel on the timeline. A drag selects a range over the tracks that it crosses, Shift pans, the wheel zooms with Ctrl. */
import { bringIntoSight, clearSelection, selectRange, selectSlice, selectTrack, zoomTo } from '../../state/selection.ts';
import { settingsState } from '../../state/settings-store.ts';
import { changeView, panView, pointAt, rangeInSight, selectObject, startOf, viewState, zoomView } from '../../state/view-store.ts';
import type { RowRange, TraceClient, TrackId } from '../../trace/trace-worker-api.ts';
import { isPlacedLane } from './lane-layout.ts';
import type { TimelineBoard } from './timeline-board.ts';
import { type Hit, hitAt } from './timeline-hit.ts';
import { eachInSight, RULER_PX } from './timeline-picture.ts';

export const POINTER_PANEL = 'timeline';

const LEAST_DRAG_PX = 4;
const SNAP_PX = 7;
const CLICK_REACH_PX = 2;

export interface GestureEvents {
  /** The pointer is over something; undefined: over nothing. */
  onHover(hit: Hit | undefined, event: PointerEvent | undefined): void;
  /** A range that is being dragged, not chosen yet; undefined: no longer. */
  onDraft(range: Draft | undefined): void;
  /** Shift and a drag on the ruler: a range that wants a name. */
  onNameRange(fromNs: number, toNs: number): void;
  /** What a right click is about, and the time there. */
  onMenu(hit: Hit | undefined, ns: number, event: MouseEvent): void;
}

export interface Draft {
  readonly fromNs: number;
  readonly toNs: number;
  readonly tracks: readonly TrackId[] | undefined;
}

interface Drag {
  readonly pointer: number;
  readonly kind: 'select' | 'pan' | 'name';
  readonly x: number;
  readonly y: number;
  readonly fromNs: number;
  lastX: number;
  moved: boolean;
  /** Where an end has snapped to. */
  snappedFrom: number | undefined;
  snappedTo: number | undefined;
}

export function bindTimelineGestures(host: HTMLElement, board: TimelineBoard, traces: TraceClient, events: GestureEvents): () => void {
  const stop = new AbortController();
  const { signal } = stop;
  const { trace } = board;
  let drag: Drag | undefined;

  const at = (event: MouseEvent) => {
    const box = host.getBoundingClientRect();
    return { x: event.clientX - box.left, y: event.clientY - box.top };
  };
  const timeAt = (x: number): number => {
    const { scene } = board;
    if (!scene) return 0;
    const { fromNs, toNs } = scene.range;
    return fromNs + ((x - scene.left) / (scene.width - scene.left)) * (toNs - fromNs);
  };
  const pixelNs = (): number => {
    const { scene } = board;
    return scene ? (scene.range.toNs - scene.range.fromNs) / (scene.width - scene.left) : 1;
  };
  const isPlot = (x: number) => board.scene !== undefined && x >= board.scene.left && x <= board.scene.width;
  const hit = (x: number, y: number): Hit | undefined => hitAt(board.regions(), board.shownView, board.shownRows, y, timeAt(x), pixelNs());

  const rowsNear = (y: number, all: boolean): readonly RowRange[] => {
    const rows: RowRange[] = [];
    for (const place of board.regions()) {
      eachInSight(place, (placed, top) => {
        if (!isPlacedLane(placed) || placed.lane.kind === 'counter') return;
        if (!all && (y < top || y >= top + placed.height)) return;
        for (const part of placed.parts) rows.push({ track: part.track.id, from: 0, count: part.rows });
      });
    }
    return rows;
  };
  /** Asks for the edge that is near; the answer moves the end, unless Alt is held or the pointer has gone on. */
  let snapping = false;
  const snap = (ns: number, y: number, take: (snapped: number | undefined) => void) => {
    if (snapping) return;
    snapping = true;
    traces
      .request('timeline.snap', { trace, rows: rowsNear(y, y < RULER_PX), atNs: ns, withinNs: SNAP_PX * pixelNs() })
      .then(
        (snapped) => take(snapped ?? undefined),
        () => take(undefined),
      )
      .finally(() => {
        snapping = false;
      });
  };

  const tracksBetween = (y0: number, y1: number): readonly TrackId[] | undefined => {
    const top = Math.min(y0, y1);
    const bottom = Math.max(y0, y1);
    if (top < RULER_PX) return undefined;
    const tracks: TrackId[] = [];
    for (const place of board.regions()) {
      eachInSight(place, (placed, y) => {
        if (!isPlacedLane(placed) || y + placed.height <= Math.max(top, place.top) || y >= bottom || y >= place.bottom) return;
        const { track, logged, collections, blocked } = placed.lane;
        for (const each of [track, logged, collections, blocked]) if (each) tracks.push(each.id);
      });
    }
    return tracks.length > 0 ? tracks : undefined;
  };
  const draftOf = (mine: Drag, x: number, y: number): Draft => ({
    fromNs: mine.snappedFrom ?? mine.fromNs,
    toNs: mine.snappedTo ?? timeAt(x),
    tracks: mine.kind === 'name' ? undefined : tracksBetween(mine.y, y),
  });

  host.addEventListener(
    'pointermove',
    (event) => {
      const { x, y } = at(event);
      if (drag && event.pointerId === drag.pointer) {
        const mine = drag;
        mine.moved ||= Math.abs(x - mine.x) >= LEAST_DRAG_PX;
        if (mine.moved && mine.kind === 'pan') {
          panView(trace, (mine.lastX - x) / Math.max(1, (board.scene?.width ?? 1) - (board.scene?.left ?? 0)));
          mine.lastX = x;
        } else if (mine.moved) {
          mine.snappedTo = undefined;
          if (settingsState().snap && !event.altKey) {
            const ns = timeAt(x);
            snap(ns, y, (snapped) => {
              if (drag !== mine || mine.lastX !== x) return;
              mine.snappedTo = snapped;
              events.onDraft(draftOf(mine, x, y));
            });
          }
          mine.lastX = x;
          events.onDraft(draftOf(mine, x, y));
        }
        pointAt(trace, { ns: timeAt(x), panel: POINTER_PANEL });
        return;
      }
      if (!isPlot(x)) {
        pointAt(trace, undefined);
        events.onHover(undefined, undefined);
        return;
      }
      pointAt(trace, { ns: timeAt(x), panel: POINTER_PANEL });
      events.onHover(hit(x, y), event);
    },
    { signal },
  );
  host.addEventListener(
    'pointerleave',
    () => {
      pointAt(trace, undefined);
      events.onHover(undefined, undefined);
    },
    { signal },
  );
  host.addEventListener(
    'pointerdown',
    (event) => {
      if (event.button !== 0 && event.button !== 1) return;
      if (event.target instanceof Element && event.target.closest('button, [role=slider], input, .tl-heads')) return;
      const { x, y } = at(event);
      if (!isPlot(x)) return;
      const onRuler = y < RULER_PX;
      const kind = event.button === 1 ? 'pan' : event.shiftKey ? (onRuler ? 'name' : 'pan') : 'select';
      drag = { pointer: event.pointerId, kind, x, y, fromNs: timeAt(x), lastX: x, moved: false, snappedFrom: undefined, snappedTo: undefined };
      const mine = drag;
      if (kind !== 'pan' && settingsState().snap && !event.altKey) {
        snap(mine.fromNs, y, (snapped) => {
          if (drag === mine) mine.snappedFrom = snapped;
        });
      }
      host.setPointerCapture(event.pointerId);
      host.querySelector<HTMLElement>('[data-timeline-focus]')?.focus({ preventScroll: true });
      // No selection of text, and no scrolling by the middle button.
      event.preventDefault();
    },
    { signal },
  );
  const release = (event: PointerEvent) => {
    if (!drag || event.pointerId !== drag.pointer) return;
    const mine = drag;
    drag = undefined;
    events.onDraft(undefined);
    if (event.type === 'pointercancel') return;
    const { x, y } = at(event);
    if (mine.kind === 'pan') return;
    if (!mine.moved) {
      if (mine.kind === 'select') click(x, y);
      return;
    }
    const { fromNs, toNs, tracks } = draftOf(mine, x, y);
    const ordered = { fromNs: Math.max(startOf(trace), Math.min(fromNs, toNs)), toNs: Math.max(fromNs, toNs) };
    selectRange(trace, ordered, tracks);
    if (mine.kind === 'name') events.onNameRange(ordered.fromNs, ordered.toNs);
  };
  host.addEventListener('pointerup', release, { signal });
  host.addEventListener('pointercancel', release, { signal });

  const click = (x: number, y: number) => {
    const ns = timeAt(x);
    const found = hit(x, y);
    if (y < RULER_PX) {
      changeView(trace, () => ({ cursorNs: ns }));
      return;
    }
    if (found?.lane?.lane.kind === 'object') {
      const { object } = found.lane.lane;
      if (object) selectObjectAt(object.id, ns);
      return;
    }
    if (found?.lane?.lane.kind === 'counter') {
      selectTrack(trace, found.lane.lane.track.id);
      changeView(trace, () => ({ cursorNs: ns }));
      return;
    }
    if (!found?.part || !found.item) {
      clearSelection(trace);
      return;
    }
    traces
      .request('timeline.hit', { trace, track: found.part.track.id, row: found.row, atNs: ns, withinNs: CLICK_REACH_PX * pixelNs() })
      .then((slice) => (slice ? selectSlice(trace, slice) : undefined))
      .catch(() => {
        // The trace was closed meanwhile.
      });
  };
  const selectObjectAt = (object: number, atNs: number) => {
    traces
      .request('objects.snapshot', { trace, object, atNs })
      .then((snapshot) => {
        selectObject(trace, object, snapshot?.index ?? 0);
        changeView(trace, () => ({ cursorNs: atNs }));
      })
      .catch(() => selectObject(trace, object));
  };

  host.addEventListener(
    'dblclick',
    (event) => {
      const { x, y } = at(event);
      if (!isPlot(x)) return;
      const { selection, range } = viewState(trace);
      const ns = timeAt(x);
      const found = hit(x, y);
      if (found?.part && found.item) {
        traces
          .request('timeline.hit', { trace, track: found.part.track.id, row: found.row, atNs: ns, withinNs: CLICK_REACH_PX * pixelNs() })
          .then((slice) => (slice ? selectSlice(trace, slice, 'zoom') : undefined))
          .catch(() => {
            // The trace was closed meanwhile.
          });
      } else if (range && ns >= range.fromNs && ns <= range.toNs) zoomTo(trace, range.fromNs, range.toNs);
      else if (selection?.kind === 'slice') bringIntoSight(trace, selection.slice.startNs, selection.slice.startNs + selection.slice.durationNs);
    },
    { signal },
  );
  host.addEventListener(
    'contextmenu',
    (event) => {
      const { x, y } = at(event);
      if (!isPlot(x)) return;
      event.preventDefault();
      events.onMenu(hit(x, y), timeAt(x), event);
    },
    { signal },
  );
  host.addEventListener(
    'wheel',
    (event) => {
      const { x } = at(event);
      const width = Math.max(1, (board.scene?.width ?? 1) - (board.scene?.left ?? 0));
      const withCtrl = event.ctrlKey || event.metaKey;
      const zooms =
        isPlot(x) && (settingsState().wheel === 'classic' ? !withCtrl && !event.shiftKey && Math.abs(event.deltaY) >= Math.abs(event.deltaX) : withCtrl);
      if (zooms) zoomView(trace, Math.exp(Math.max(-1, Math.min(1, event.deltaY / 250))), timeAt(x));
      else if (event.shiftKey) panView(trace, (event.deltaY || event.deltaX) / width);
      else if (Math.abs(event.deltaX) > Math.abs(event.deltaY)) panView(trace, event.deltaX / width);
      else if (withCtrl) {
        // Classic: the wheel with Ctrl scrolls what it scrolls alone in modern; the browser would change the size of the page.
        const scroller = event.target instanceof Element ? event.target.closest('.tl-scroller') : null;
        scroller?.scrollBy({ top: event.deltaY });
      } else return;
      event.preventDefault();
    },
    { signal, passive: false },
  );
  return () => {
    stop.abort();
    pointAt(trace, undefined);
  };
}

/** The middle of what is seen, for keys that zoom where no pointer is. */
export const middleOf = (trace: string): number => {
  const { fromNs, toNs } = rangeInSight(trace);
  return (fromNs + toNs) / 2;
};
