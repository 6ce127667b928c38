/** A graph as a picture to give away: its name, the graph, and its legend with numbers, on the ground of the theme in force. */
import { uiFont } from './counter-marks.ts';
import { drawGraph, type GraphInk, type GraphScene } from './graph-picture.ts';
import type { Palette } from './palette.ts';

export interface SheetLine {
  readonly name: string;
  /** In the order of `columns`. */
  readonly numbers: readonly string[];
}

export interface GraphSheet {
  readonly title: string;
  readonly unit: string;
  /** From when to when, in words. */
  readonly range: string;
  readonly scene: GraphScene;
  /** Heads of the numbers. */
  readonly columns: readonly string[];
  /** One for each series of the scene. */
  readonly lines: readonly SheetLine[];
}

const SIDE = 14;
const HEAD = 30;
const ROW = 17;
const COLUMN = 74;
const FOOT = 12;
/** A picture of hundreds of names is no picture. */
const MOST_ROWS = 40;

const rowsOf = ({ scene, lines }: GraphSheet) => lines.filter((_, s) => scene.series[s]?.isShown).slice(0, MOST_ROWS);

export const sheetSize = (sheet: GraphSheet): { readonly width: number; readonly height: number } => ({
  width: sheet.scene.width,
  height: HEAD + sheet.scene.height + (rowsOf(sheet).length + 1) * ROW + FOOT,
});

/** `lowered`: draws what it is given lower by that many pixels; a canvas by its transform. */
export function drawSheet(
  ink: GraphInk,
  sheet: GraphSheet,
  palette: Palette,
  ratio: number,
  lowered: (by: number, draw: (ink: GraphInk) => void) => void,
): void {
  const { scene, columns } = sheet;
  const { width, height } = sheetSize(sheet);
  ink.fillStyle = palette.well;
  ink.fillRect(0, 0, width, height);
  ink.textBaseline = 'middle';
  ink.textAlign = 'left';
  ink.font = uiFont(palette, 12, 600);
  ink.fillStyle = palette.text1;
  ink.fillText(sheet.title, SIDE, HEAD / 2);
  const titleWidth = ink.measureText(sheet.title).width;
  ink.font = uiFont(palette, 11, 430);
  ink.fillStyle = palette.text3;
  ink.fillText(sheet.unit, SIDE + titleWidth + 8, HEAD / 2);
  ink.textAlign = 'right';
  ink.fillText(sheet.range, width - SIDE, HEAD / 2);
  lowered(HEAD, (below) => drawGraph(below, scene, palette, ratio));
  const top = HEAD + scene.height;
  const shown = scene.series.flatMap((series, s) => (series.isShown ? [{ series, line: sheet.lines[s] }] : [])).slice(0, MOST_ROWS);
  ink.font = uiFont(palette, 10.5, 450);
  ink.textBaseline = 'middle';
  const numberX = (k: number) => width - SIDE - (columns.length - 1 - k) * COLUMN;
  ink.fillStyle = palette.text3;
  ink.textAlign = 'right';
  for (const [k, column] of columns.entries()) ink.fillText(column, numberX(k), top + ROW / 2);
  for (const [row, { series, line }] of shown.entries()) {
    const y = top + (row + 1.5) * ROW;
    ink.fillStyle = palette.data[series.color] ?? palette.text1;
    ink.fillRect(SIDE, Math.round(y) - 1, 14, 2);
    ink.fillStyle = palette.text1;
    ink.textAlign = 'left';
    ink.fillText(fitted(ink, line?.name ?? '', numberX(0) - COLUMN - SIDE - 22), SIDE + 22, y);
    ink.textAlign = 'right';
    for (const [k, text] of (line?.numbers ?? []).entries()) ink.fillText(text, numberX(k), y);
  }
}

function fitted(ink: GraphInk, text: string, width: number): string {
  if (ink.measureText(text).width <= width) return text;
  let length = Math.min(text.length, 200);
  while (length > 1 && ink.measureText(`${text.slice(0, length)}…`).width > width) length--;
  return `${text.slice(0, length)}…`;
}
