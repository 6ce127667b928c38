/** What is drawn over a counter graph: newest value, cross-hair with values, selection, now. Pixels of CSS size. */
import type { Palette } from './palette.ts';
import { withAlpha } from './palette.ts';

/** The part of CanvasRenderingContext2D that is used here. */
export type Ink = Pick<
  CanvasRenderingContext2D,
  'beginPath' | 'arc' | 'fill' | 'fillRect' | 'fillText' | 'measureText' | 'roundRect' | 'clearRect' | 'fillStyle' | 'font' | 'textAlign' | 'textBaseline'
>;

export interface PlotBox {
  readonly left: number;
  readonly top: number;
  readonly width: number;
  readonly height: number;
}

export const uiFont = (palette: Palette, px: number, weight = 450): string => `${weight} ${px}px ${palette.uiFont}`;

/** A dot with a halo in the colour of the ground, so that the eye finds it on any line. */
export function drawDot(ink: Ink, x: number, y: number, color: string, halo: string, radius: number): void {
  ink.fillStyle = halo;
  ink.beginPath();
  ink.arc(x, y, radius + 1.5, 0, Math.PI * 2);
  ink.fill();
  ink.fillStyle = color;
  ink.beginPath();
  ink.arc(x, y, radius, 0, Math.PI * 2);
  ink.fill();
}

/** Text on a rounded plate. Returns the plate's width. */
function drawPlate(
  ink: Ink,
  text: string,
  x: number,
  y: number,
  style: { readonly font: string; readonly ground: string; readonly color: string; readonly align?: 'left' | 'center' | 'right'; readonly height?: number },
): number {
  const height = style.height ?? 15;
  ink.font = style.font;
  const width = ink.measureText(text).width + 8;
  const left = style.align === 'center' ? x - width / 2 : style.align === 'right' ? x - width : x;
  ink.fillStyle = style.ground;
  ink.beginPath();
  ink.roundRect(left, y - height / 2, width, height, 3);
  ink.fill();
  ink.fillStyle = style.color;
  ink.textAlign = 'left';
  ink.textBaseline = 'middle';
  ink.fillText(text, left + 4, y + 0.5);
  return width;
}

export interface CrossValue {
  readonly y: number;
  readonly color: string;
  readonly text: string;
}

/** Places labels of `height` near their wanted middles without overlap, inside top…bottom. Returns middles in the order given. */
export function spreadLabels(wanted: readonly number[], height: number, top: number, bottom: number): number[] {
  const order = wanted.map((_, k) => k).sort((a, b) => (wanted[a] as number) - (wanted[b] as number));
  const placed = [...wanted];
  let edge = top;
  for (const k of order) {
    placed[k] = Math.max(edge + height / 2, wanted[k] as number);
    edge = (placed[k] as number) + height / 2;
  }
  edge = bottom;
  for (const k of [...order].reverse()) {
    placed[k] = Math.min(placed[k] as number, edge - height / 2);
    edge = (placed[k] as number) - height / 2;
  }
  return placed;
}

/** Vertical line at `x` with a dot and a value per series, and the time on a plate when this panel is the one pointed at. */
export function drawCrossHair(ink: Ink, palette: Palette, box: PlotBox, x: number, values: readonly CrossValue[], time: string | undefined): void {
  const column = Math.round(x);
  ink.fillStyle = withAlpha(palette.text1, 0.75);
  ink.fillRect(column, box.top, 1, box.height);
  const middles = spreadLabels(
    values.map((value) => value.y),
    16,
    box.top,
    box.top + box.height,
  );
  const font = uiFont(palette, 10.5, 550);
  // On the right half the labels stand to the left, so that none is cut by the border.
  const leftSide = x > box.left + box.width * 0.62;
  for (let k = 0; k < values.length; k++) {
    const value = values[k] as CrossValue;
    drawDot(ink, column + 0.5, value.y, value.color, palette.well, 3);
    drawPlate(ink, value.text, column + (leftSide ? -7 : 8), middles[k] as number, {
      font,
      ground: withAlpha(palette.raised, 0.95),
      color: palette.text1,
      align: leftSide ? 'right' : 'left',
    });
  }
  if (time !== undefined) {
    ink.font = uiFont(palette, 10.5, 600);
    const half = ink.measureText(time).width / 2 + 4;
    const middle = Math.min(Math.max(column, box.left + half), box.left + box.width - half);
    drawPlate(ink, time, middle, box.top + box.height + 9, { font: uiFont(palette, 10.5, 600), ground: palette.text1, color: palette.well, align: 'center' });
  }
}

/** Where the recording ends: a line in the live colour, and what has not happened yet in the ground of a track. */
export function drawNow(ink: Ink, palette: Palette, box: PlotBox, x: number, label: boolean): void {
  ink.fillStyle = palette.live;
  ink.fillRect(Math.round(x) - 0.5, box.top, 1.5, box.height);
  if (label) drawPlate(ink, 'now', x, box.top + 7, { font: uiFont(palette, 10, 650), ground: palette.live, color: palette.well, align: 'center', height: 14 });
}

/** A range being dragged. */
export function drawSelection(ink: Ink, palette: Palette, box: PlotBox, from: number, to: number): void {
  const left = Math.max(box.left, Math.min(from, to));
  const right = Math.min(box.left + box.width, Math.max(from, to));
  ink.fillStyle = palette.selectRange;
  ink.fillRect(left, box.top, right - left, box.height);
  ink.fillStyle = palette.accent;
  ink.fillRect(Math.round(left), box.top, 1, box.height);
  ink.fillRect(Math.round(right) - 1, box.top, 1, box.height);
}
