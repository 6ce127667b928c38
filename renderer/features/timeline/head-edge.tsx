/** The edge between the heads of tracks and their time: dragged, or moved with the arrow keys; a double click gives it back to the window. */
import { type KeyboardEvent, type PointerEvent, useRef } from 'react';
import { settingsState } from '../../state/settings-store.ts';
import { words } from './words.ts';

const HEAD_PX = 152;
const NARROW_HEAD_PX = 132;
const NARROW_FROM_PX = 800;
const LEAST_PX = 90;
const MOST_PX = 1000;
const STEP_PX = 12;
/** What the time keeps at least. */
const MOST_PART = 0.6;

/** How wide the heads are in a timeline of that width: as chosen, else by the window. */
export function headWidthIn(width: number, chosen = settingsState().trackHeadWidth): number {
  const wanted = chosen > 0 ? chosen : width < NARROW_FROM_PX ? NARROW_HEAD_PX : HEAD_PX;
  return Math.round(Math.max(LEAST_PX, Math.min(wanted, MOST_PX, width * MOST_PART)));
}

interface HeadEdgeProps {
  readonly width: number;
  /** While it is dragged, and once it is let go of; 0: as the window has it. */
  readonly onMove: (width: number) => void;
  readonly onSettled: (width: number) => void;
}

export function HeadEdge({ width, onMove, onSettled }: HeadEdgeProps) {
  const drag = useRef<{ readonly grip: number; width: number; moved: boolean } | undefined>(undefined);
  const onPointerDown = (event: PointerEvent<HTMLElement>) => {
    if (event.button !== 0) return;
    drag.current = { grip: event.clientX - width, width, moved: false };
    event.currentTarget.setPointerCapture(event.pointerId);
    event.stopPropagation();
  };
  const onPointerMove = (event: PointerEvent<HTMLElement>) => {
    const mine = drag.current;
    if (!mine) return;
    mine.moved = true;
    mine.width = Math.max(LEAST_PX, Math.round(event.clientX - mine.grip));
    onMove(mine.width);
  };
  const onPointerUp = () => {
    const mine = drag.current;
    drag.current = undefined;
    if (mine?.moved) onSettled(mine.width);
  };
  const onKeyDown = (event: KeyboardEvent) => {
    const by = event.key === 'ArrowRight' ? STEP_PX : event.key === 'ArrowLeft' ? -STEP_PX : 0;
    if (by === 0 && event.key !== 'Home') return;
    event.preventDefault();
    event.stopPropagation();
    onSettled(by === 0 ? 0 : Math.max(LEAST_PX, width + by));
  };
  return (
    // biome-ignore lint/a11y/useSemanticElements: a line of a document does not move.
    <div
      role="separator"
      tabIndex={0}
      aria-orientation="vertical"
      aria-label={words.headWidth}
      aria-valuenow={width}
      aria-valuemin={LEAST_PX}
      aria-valuemax={MOST_PX}
      title={words.headWidthHint}
      className="tl-head-edge"
      style={{ left: width }}
      onPointerDown={onPointerDown}
      onPointerMove={onPointerMove}
      onPointerUp={onPointerUp}
      onDoubleClick={() => onSettled(0)}
      onKeyDown={onKeyDown}
    />
  );
}
