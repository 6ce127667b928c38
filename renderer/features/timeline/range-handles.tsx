/** Both edges of the selected range: dragged, or moved with the arrow keys. They snap to edges of slices, unless Alt is held. */
import { type KeyboardEvent, type PointerEvent, useRef } from 'react';
import { formatMoment } from '../../drawing/format.ts';
import { useClients } from '../../state/clients.tsx';
import { selectRange, zoomTo } from '../../state/selection.ts';
import { settingsState } from '../../state/settings-store.ts';
import { startOf, useView } from '../../state/view-store.ts';
import { isPlacedLane } from './lane-layout.ts';
import type { TimelineBoard } from './timeline-board.ts';
import type { Draft } from './timeline-gestures.ts';
import { eachInSight } from './timeline-picture.ts';
import { words } from './words.ts';

const SNAP_PX = 7;

interface HandlesProps {
  readonly board: TimelineBoard;
  readonly onDraft: (draft: Draft | undefined) => void;
}

export function RangeHandles({ board, onDraft }: HandlesProps) {
  const range = useView(board.trace, (view) => view.range);
  if (!range) return null;
  return (
    <>
      <Handle board={board} onDraft={onDraft} edge="from" range={range} />
      <Handle board={board} onDraft={onDraft} edge="to" range={range} />
    </>
  );
}

function Handle({ board, onDraft, edge, range }: HandlesProps & { readonly edge: 'from' | 'to'; readonly range: Draft }) {
  const { traces } = useClients();
  const { trace } = board;
  const drag = useRef<{ at: number; snapped: number | undefined; lastX: number } | undefined>(undefined);
  const ns = edge === 'from' ? range.fromNs : range.toNs;
  const moved = (to: number): Draft => (edge === 'from' ? { ...range, fromNs: to } : { ...range, toNs: to });
  const pixelNs = () => {
    const { scene } = board;
    return scene ? (scene.range.toNs - scene.range.fromNs) / (scene.width - scene.left) : 1;
  };
  const timeAt = (event: PointerEvent) => {
    const { scene } = board;
    const host = event.currentTarget.parentElement;
    if (!scene || !host) return ns;
    return Math.max(startOf(trace), scene.range.fromNs + (event.clientX - host.getBoundingClientRect().left - scene.left) * pixelNs());
  };
  const commit = (to: number) => {
    onDraft(undefined);
    selectRange(trace, moved(to), range.tracks);
  };
  const onPointerMove = (event: PointerEvent) => {
    const mine = drag.current;
    if (!mine) return;
    mine.at = timeAt(event);
    mine.snapped = undefined;
    mine.lastX = event.clientX;
    onDraft(moved(mine.at));
    if (!settingsState().snap || event.altKey) return;
    const rows = board.regions().flatMap((place) => {
      const found: { track: number; from: number; count: number }[] = [];
      eachInSight(place, (placed) => {
        if (isPlacedLane(placed)) for (const part of placed.parts) found.push({ track: part.track.id, from: 0, count: part.rows });
      });
      return found;
    });
    traces.request('timeline.snap', { trace, rows, atNs: mine.at, withinNs: SNAP_PX * pixelNs() }).then(
      (snapped) => {
        if (drag.current !== mine || snapped === null || mine.lastX !== event.clientX) return;
        mine.snapped = snapped;
        onDraft(moved(snapped));
      },
      () => {
        // The trace was closed meanwhile.
      },
    );
  };
  const onKeyDown = (event: KeyboardEvent) => {
    const step = pixelNs() * (event.shiftKey ? 20 : 2);
    if (event.key === 'ArrowLeft') commit(Math.max(startOf(trace), ns - step));
    else if (event.key === 'ArrowRight') commit(ns + step);
    else if (event.key === 'Enter') zoomTo(trace, range.fromNs, range.toNs);
    else return;
    event.preventDefault();
    event.stopPropagation();
  };
  return (
    <div
      role="slider"
      tabIndex={0}
      className="tl-handle"
      data-edge={edge}
      aria-label={edge === 'from' ? words.selectionStart : words.selectionEnd}
      aria-valuenow={Math.round(ns / 1000)}
      aria-valuemin={0}
      aria-valuemax={Math.max(Math.round(ns / 1000), Math.round(range.toNs / 1000))}
      aria-valuetext={formatMoment(ns)}
      onKeyDown={onKeyDown}
      onPointerDown={(event) => {
        if (event.button !== 0) return;
        drag.current = { at: ns, snapped: undefined, lastX: event.clientX };
        event.currentTarget.setPointerCapture(event.pointerId);
        event.stopPropagation();
      }}
      onPointerMove={onPointerMove}
      onPointerUp={() => {
        const mine = drag.current;
        drag.current = undefined;
        if (mine) commit(mine.snapped ?? mine.at);
      }}
      onPointerCancel={() => {
        drag.current = undefined;
        onDraft(undefined);
      }}
    />
  );
}
