/** Arrows between slices: they leave from a dot and enter the leading edge from the left, with a halo in the colour of the ground. */
import { type Palette, withAlpha } from '../palette.ts';

export type FlowInk = Pick<
  CanvasRenderingContext2D,
  'fillStyle' | 'strokeStyle' | 'lineWidth' | 'beginPath' | 'moveTo' | 'lineTo' | 'bezierCurveTo' | 'closePath' | 'arc' | 'fill' | 'stroke'
>;

/** Ends in pixels of the canvas; an end out of sight may lie outside of it. */
export interface Arrow {
  readonly x1: number;
  readonly y1: number;
  readonly x2: number;
  readonly y2: number;
  readonly isSelected: boolean;
}

const HEAD_PX = 6;
const HEAD_HALF_PX = 3.4;

/** Those of the selection last, so that they lie over the others. */
export function drawArrows(ink: FlowInk, arrows: readonly Arrow[], palette: Palette): void {
  for (const selected of [false, true]) {
    const colour = selected ? palette.accent : withAlpha(palette.text2, 0.8);
    const mine = arrows.filter((arrow) => arrow.isSelected === selected);
    if (mine.length === 0) continue;
    for (const halo of [true, false]) {
      ink.strokeStyle = halo ? withAlpha(palette.well, 0.75) : colour;
      ink.lineWidth = halo ? 3.5 : selected ? 1.5 : 1.1;
      ink.beginPath();
      for (const { x1, y1, x2, y2 } of mine) {
        const bow = Math.max(16, Math.min(40, Math.abs(y2 - y1) * 0.3));
        ink.moveTo(x1, y1);
        ink.bezierCurveTo(x1 + bow, y1, x2 - HEAD_PX - bow, y2, x2 - HEAD_PX, y2);
      }
      ink.stroke();
    }
    ink.fillStyle = colour;
    ink.beginPath();
    for (const { x1, y1, x2, y2 } of mine) {
      ink.moveTo(x1 + 2.4, y1);
      ink.arc(x1, y1, 2.4, 0, Math.PI * 2);
      ink.moveTo(x2 + 0.5, y2);
      ink.lineTo(x2 - HEAD_PX - 0.5, y2 - HEAD_HALF_PX);
      ink.lineTo(x2 - HEAD_PX - 0.5, y2 + HEAD_HALF_PX);
      ink.closePath();
    }
    ink.fill();
  }
}
