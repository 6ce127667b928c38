/** The whole recording as a strip: how busy it was, one counter, where the loop was blocked, marks, and the part that is in view. */
import { type Palette, withAlpha } from '../palette.ts';
import type { RulerMark } from './ruler.ts';

export type MinimapInk = Pick<
  CanvasRenderingContext2D,
  | 'fillStyle'
  | 'strokeStyle'
  | 'lineWidth'
  | 'font'
  | 'textAlign'
  | 'textBaseline'
  | 'fillRect'
  | 'strokeRect'
  | 'fillText'
  | 'measureText'
  | 'beginPath'
  | 'moveTo'
  | 'lineTo'
  | 'closePath'
  | 'fill'
  | 'stroke'
  | 'roundRect'
>;

export interface MinimapScene {
  readonly width: number;
  readonly height: number;
  /** Busy share of each column of two pixels, 0 … 1; of several threads the sum, cut at 1. */
  readonly busy: Float32Array;
  /** Parts of the width, 0 … 1, in pairs: where the event loop was blocked, and where something threw. */
  readonly blocked: readonly number[];
  readonly errors: readonly number[];
  /** One value a column of a counter, 0 … 1; NaN: none. */
  readonly line: Float32Array | undefined;
  readonly lineColour: number;
  /** Part of the width that is in view. */
  readonly from: number;
  readonly to: number;
  readonly marks: readonly RulerMark[];
  readonly notes: readonly { readonly from: number; readonly to: number; readonly text: string }[];
  /** Part of the width that has been recorded. */
  readonly end: number;
  readonly live: boolean;
}

export const AXIS_PX = 13;
const TOP_PX = 8;

export function drawMinimap(ink: MinimapInk, scene: MinimapScene, palette: Palette): void {
  const { width, height } = scene;
  const base = height - AXIS_PX;
  ink.fillStyle = palette.well;
  ink.fillRect(0, 0, width, height);
  drawBusy(ink, scene, palette, base);
  drawLine(ink, scene, palette, base);
  drawTicks(ink, scene.blocked, palette.blocked, 2, 3, width);
  drawTicks(ink, scene.errors, palette.error, 5, 4, width);
  drawAxis(ink, scene, palette, base);
  drawWindow(ink, scene, palette, base);
  drawNotes(ink, scene, palette, base);
}

function drawBusy(ink: MinimapInk, { busy, width }: MinimapScene, palette: Palette, base: number): void {
  if (busy.length === 0) return;
  ink.fillStyle = withAlpha(palette.text2, 0.42);
  const column = width / busy.length;
  for (let k = 0; k < busy.length; k++) {
    const share = Math.min(1, busy[k] as number);
    if (share <= 0) continue;
    const high = Math.max(1, (base - TOP_PX) * share);
    const from = Math.round(k * column);
    ink.fillRect(from, base - high, Math.max(1, Math.round((k + 1) * column) - from), high);
  }
}

function drawLine(ink: MinimapInk, { line, lineColour, width }: MinimapScene, palette: Palette, base: number): void {
  if (!line || line.length === 0) return;
  ink.strokeStyle = palette.data[lineColour] ?? palette.text3;
  ink.lineWidth = 1.2;
  ink.beginPath();
  let drawing = false;
  for (let k = 0; k < line.length; k++) {
    const value = line[k] as number;
    if (Number.isNaN(value)) {
      drawing = false;
      continue;
    }
    const x = ((k + 0.5) / line.length) * width;
    const y = base - 1 - (base - TOP_PX - 2) * value;
    if (drawing) ink.lineTo(x, y);
    else ink.moveTo(x, y);
    drawing = true;
  }
  ink.stroke();
}

function drawTicks(ink: MinimapInk, spans: readonly number[], colour: string, y: number, high: number, width: number): void {
  ink.fillStyle = colour;
  for (let k = 0; k + 1 < spans.length; k += 2) {
    const from = (spans[k] as number) * width;
    ink.fillRect(from, y, Math.max(2, ((spans[k + 1] as number) - (spans[k] as number)) * width), high);
  }
}

function drawAxis(ink: MinimapInk, scene: MinimapScene, palette: Palette, base: number): void {
  ink.font = `450 10px ${palette.uiFont}`;
  ink.textBaseline = 'middle';
  ink.textAlign = 'left';
  for (const mark of scene.marks) {
    if (mark.text === '') continue;
    ink.fillStyle = palette.line1;
    ink.fillRect(Math.round(mark.x), TOP_PX, 1, base - TOP_PX);
    const wide = ink.measureText(mark.text).width;
    const x = Math.max(3, Math.min(scene.width - wide - 3, mark.x - wide / 2));
    ink.fillStyle = palette.text3;
    ink.fillText(mark.text, x, scene.height - 6);
  }
  if (!scene.live) return;
  ink.fillStyle = palette.live;
  ink.fillRect(Math.min(scene.width - 1, scene.end * scene.width), 0, 1, base);
}

/** What is not in view is paler; the view has a frame and a handle at each side. */
function drawWindow(ink: MinimapInk, { from, to, width }: MinimapScene, palette: Palette, base: number): void {
  const left = from * width;
  const right = Math.max(left + 2, to * width);
  ink.fillStyle = withAlpha(palette.well, 0.34);
  ink.fillRect(0, 0, left, base);
  ink.fillRect(right, 0, width - right, base);
  ink.fillStyle = palette.selectRange;
  ink.fillRect(left, 0, right - left, base);
  ink.strokeStyle = palette.accent;
  ink.lineWidth = 1;
  ink.strokeRect(Math.round(left) + 0.5, 0.5, Math.max(1, Math.round(right - left) - 1), base - 0.5);
  for (const x of [Math.max(4, left), Math.min(width - 4, right)]) {
    ink.fillStyle = palette.well;
    ink.beginPath();
    ink.roundRect(Math.round(x) - 4, base / 2 - 9, 8, 18, 3.5);
    ink.fill();
    ink.fillStyle = palette.accent;
    ink.beginPath();
    ink.roundRect(Math.round(x) - 3, base / 2 - 8, 6, 16, 3);
    ink.fill();
    ink.fillStyle = palette.well;
    ink.fillRect(Math.round(x) - 1, base / 2 - 3.5, 0.8, 7);
    ink.fillRect(Math.round(x) + 0.5, base / 2 - 3.5, 0.8, 7);
  }
}

const FLAG_PX = 7;

function drawNotes(ink: MinimapInk, { notes, width }: MinimapScene, palette: Palette, base: number): void {
  let free = Number.NEGATIVE_INFINITY;
  for (const note of notes) {
    const x = Math.round(note.from * width) + 0.5;
    ink.fillStyle = palette.accent;
    ink.fillRect(x - 0.5, TOP_PX, 1, base - TOP_PX);
    if (note.to > note.from) ink.fillRect(x, base - 3, Math.max(1, (note.to - note.from) * width), 2);
    ink.beginPath();
    ink.moveTo(x, TOP_PX - 1);
    ink.lineTo(x + FLAG_PX, TOP_PX + 2);
    ink.lineTo(x, TOP_PX + 5);
    ink.closePath();
    ink.fill();
    ink.font = `500 10px ${palette.uiFont}`;
    ink.textAlign = 'left';
    ink.textBaseline = 'middle';
    const wide = ink.measureText(note.text).width;
    if (note.text === '' || x + 10 < free || x + 12 + wide > width) continue;
    ink.fillStyle = withAlpha(palette.well, 0.8);
    ink.fillRect(x + 8, 5, wide + 4, 11);
    ink.fillStyle = palette.text1;
    ink.fillText(note.text, x + 10, 10.5);
    free = x + 14 + wide;
  }
}
