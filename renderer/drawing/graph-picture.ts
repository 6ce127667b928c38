/** A graph as it is seen: axes with their words, lines, thresholds, newest values. On a canvas, or as SVG (`svg-ink.ts`). */

import { timeMarks, timeStep } from './axis-range.ts';
import { type ColumnLines, type ColumnPlace, lineValueAt, stepColumns, straightColumns } from './column-lines.ts';
import { drawDot, drawNow, type PlotBox, uiFont } from './counter-marks.ts';
import { formatShortAxisTime } from './format.ts';
import { drawTails, type LinesInPixels, layerColumns } from './line-layer.ts';
import { type Palette, withAlpha } from './palette.ts';
import type { PixelInk } from './pixel-ink.ts';
import type { PixelBox } from './pixel-layer.ts';
import type { PathSink } from './step-path.ts';
import { rasterSteps } from './step-raster.ts';
import { areaRects, lineRects } from './step-rects.ts';
import { placeOn, placesOn, type ValueAxis } from './value-axis.ts';

/** The part of CanvasRenderingContext2D that a graph is drawn with. */
export type GraphInk = Pick<
  CanvasRenderingContext2D,
  | 'save'
  | 'restore'
  | 'beginPath'
  | 'moveTo'
  | 'lineTo'
  | 'rect'
  | 'arc'
  | 'roundRect'
  | 'clip'
  | 'fill'
  | 'stroke'
  | 'setLineDash'
  | 'fillRect'
  | 'clearRect'
  | 'fillText'
  | 'measureText'
  | 'fillStyle'
  | 'strokeStyle'
  | 'lineWidth'
  | 'lineJoin'
  | 'font'
  | 'textAlign'
  | 'textBaseline'
>;

export interface GraphSeries {
  /** 1…8 */
  readonly color: number;
  readonly dash: readonly number[] | undefined;
  readonly isShown: boolean;
}

export interface GraphScene {
  readonly width: number;
  readonly height: number;
  readonly range: { readonly fromNs: number; readonly toNs: number };
  /** Values hold up to here: now, or the end of the recording. */
  readonly endNs: number;
  /** The axis counts back from now. */
  readonly relative: boolean;
  readonly live: boolean;
  readonly axis: ValueAxis;
  readonly markText: (value: number) => string;
  readonly lines: ColumnLines;
  readonly series: readonly GraphSeries[];
  readonly shape: 'step' | 'line';
  readonly thresholds: readonly number[];
}

const LINE_PX = 1.4;
const AXIS_LEFT = 46;
const AXIS_BOTTOM = 20;
const TOP = 8;
const RIGHT = 16;
const MARK_EVERY_PX = 78;
/** Behind the value axis lies the handle that draws a threshold. */
export const VALUE_AXIS_PX = AXIS_LEFT;

export const plotBox = (width: number, height: number): PlotBox => ({
  left: AXIS_LEFT,
  top: TOP,
  width: Math.max(1, width - AXIS_LEFT - RIGHT),
  height: Math.max(1, height - TOP - AXIS_BOTTOM),
});

/** Lays lines as pixels over the canvas that the graph is drawn on (`LineLayer`); `paint` is called where they are not those of before. */
export type GraphLayer = (place: PixelBox, of: LinesInPixels, paint: (ink: PixelInk) => void) => void;

/** `ratio`: device pixels a CSS pixel; the ink is scaled by it. Lines lie on whole device pixels. `layer`: for lines of very many pieces. */
export function drawGraph(ink: GraphInk, scene: GraphScene, palette: Palette, ratio: number, layer?: GraphLayer): void {
  const box = plotBox(scene.width, scene.height);
  drawAxes(ink, scene, palette, box);
  ink.save();
  ink.beginPath();
  ink.rect(box.left, box.top - 1, box.width, box.height + 2);
  ink.clip();
  if (layer && isDense(scene)) drawLayer(ink, scene, palette, box, ratio, layer);
  else drawLines(ink, scene, palette, box, ratio);
  drawThresholds(ink, scene, palette, box);
  ink.restore();
  drawNewest(ink, scene, palette, box);
}

const xOf = ({ range }: GraphScene, box: PlotBox, ns: number): number => box.left + ((ns - range.fromNs) / (range.toNs - range.fromNs)) * box.width;

function drawAxes(ink: GraphInk, scene: GraphScene, palette: Palette, box: PlotBox): void {
  const { axis } = scene;
  const yOf = placeOn(axis, box);
  const bottom = box.top + box.height;
  const times = timeAxis(scene, box.width);
  ink.fillStyle = palette.grid;
  for (const { ns } of times) ink.fillRect(Math.round(xOf(scene, box, ns)), box.top, 1, box.height);
  for (const value of axis.marks) ink.fillRect(box.left, Math.round(yOf(value)), box.width, 1);
  // The line that values stand on is stronger than the grid.
  ink.fillStyle = palette.line2;
  ink.fillRect(box.left, Math.round(axis.scale === 'log' ? bottom : yOf(Math.min(Math.max(0, axis.low), axis.high))), box.width, 1);
  ink.fillStyle = palette.text3;
  ink.font = uiFont(palette, 10, 430);
  ink.textBaseline = 'middle';
  ink.textAlign = 'right';
  for (const value of axis.marks) ink.fillText(scene.markText(value), box.left - 6, Math.round(yOf(value)) + 0.5);
  ink.textAlign = 'center';
  for (const { ns, text } of times) {
    const half = ink.measureText(text).width / 2;
    ink.fillText(text, Math.min(Math.max(xOf(scene, box, ns), half + 2), scene.width - half - 2), bottom + 11);
  }
}

/** Marks of the time axis; where the right side is now they count back from it. */
export function timeAxis(
  { range, relative }: Pick<GraphScene, 'range' | 'relative'>,
  widthPx: number,
): readonly { readonly ns: number; readonly text: string }[] {
  const { fromNs, toNs } = range;
  const step = timeStep(toNs - fromNs, Math.max(1, Math.floor(widthPx / MARK_EVERY_PX)));
  const greatest = relative ? toNs - fromNs : Math.max(Math.abs(fromNs), Math.abs(toNs));
  const textOf = (ns: number) => formatShortAxisTime(ns, step, greatest);
  if (!relative) return timeMarks(fromNs, toNs, step).map((ns) => ({ ns, text: textOf(ns) }));
  const marks: { readonly ns: number; readonly text: string }[] = [];
  for (let k = 0; toNs - k * step >= fromNs - step * 1e-6 && k < 100; k++) {
    marks.unshift({ ns: toNs - k * step, text: k === 0 ? 'now' : textOf(-k * step) });
  }
  return marks;
}

/**
 * From so many on lines are written pixel by pixel: of dozens of series a graph has a hundred thousand pieces, and a canvas without a GPU
 * takes a tenth of a second for as many rectangles.
 */
const MANY_SERIES = 16;
/** The same for fewer that have a sample in most columns: so many columns of them, each a rectangle or two. */
const DENSE_COLUMNS = 3000;

/** Straight lines are steps to the eye only where most columns have a sample. */
function isDense({ series, shape, lines: { sampled, columns } }: GraphScene): boolean {
  const isSmooth = shape === 'line';
  if (!isSmooth && series.length >= MANY_SERIES) return true;
  let shown = 0;
  let dense = 0;
  for (let s = 0; s < series.length; s++) {
    if (!series[s]?.isShown) continue;
    shown += columns;
    for (let c = s * columns; c < (s + 1) * columns; c++) dense += sampled[c] as number;
    if (!isSmooth && dense >= DENSE_COLUMNS) return true;
  }
  return dense >= DENSE_COLUMNS && dense > shown * 0.8;
}

/** Lines as pixels: one column of the answer beside the other, so that they stay as they are while the view moves. */
function drawLayer(ink: GraphInk, scene: GraphScene, palette: Palette, box: PlotBox, ratio: number, layer: GraphLayer): void {
  const { lines, axis, series } = scene;
  const at = columnPlace(scene, { ...box, left: box.left * ratio, width: box.width * ratio });
  const { columnPx, width, left, right } = layerColumns(at, lines.columns, ratio);
  const plot = { left: 0, top: 0, width, height: Math.round(box.height * ratio) };
  const look = `${axis.scale} ${axis.low} ${axis.high} ${palette.well} ${series.map((each) => (each.isShown ? each.color : '')).join()}`;
  // A line at the lower edge is as thick as others.
  const height = plot.height + columnPx;
  layer({ left, top: box.top, right, bottom: box.top + height / ratio }, { lines, width, height, look }, (pixels) =>
    paintLines(pixels, scene, palette, plot, columnPx),
  );
  const rowOf = placeOn(axis, { ...box, top: box.top * ratio, height: box.height * ratio });
  drawTails(ink, lines, [0, series.length], at, ratio, rowOf, (s) => (series[s]?.isShown ? (palette.data[series[s].color] ?? palette.text1) : undefined));
}

function paintLines(pixels: PixelInk, { lines, axis, series }: GraphScene, palette: Palette, plot: PlotBox, columnPx: number): void {
  const at = { left: 0, columnPx, endX: plot.width };
  const place = placesOn(axis, plot);
  const first = series.findIndex((each) => each.isShown);
  for (const [s, { color, dash, isShown }] of series.entries()) {
    if (!isShown) continue;
    const shade = palette.data[color] ?? palette.text1;
    if (s === first && hasArea(axis)) {
      pixels.fillStyle = withAlpha(shade, palette.area);
      const rowOf = placeOn(axis, plot);
      stepColumns(areaRects(pixels, Math.round(rowOf(0))), lines, s, at, rowOf);
    }
    pixels.fillStyle = shade;
    rasterSteps(pixels, lines, s, at, place, {
      thickness: columnPx,
      dash: dash && [Math.round((dash[0] ?? 1) * columnPx), Math.ceil((dash[1] ?? 1) * columnPx)],
    });
  }
}

/** Only from zero on does the area tell a size. */
const hasArea = ({ scale, low, high }: ValueAxis): boolean => scale === 'linear' && low <= 0 && high >= 0;

function columnPlace({ lines, range, endNs }: GraphScene, box: PlotBox): ColumnPlace {
  const pixelsPerNs = box.width / (range.toNs - range.fromNs);
  return {
    left: box.left + (lines.fromNs - range.fromNs) * pixelsPerNs,
    columnPx: ((lines.toNs - lines.fromNs) / lines.columns) * pixelsPerNs,
    endX: box.left + (Math.min(endNs, range.toNs) - range.fromNs) * pixelsPerNs,
  };
}

function drawLines(ink: GraphInk, scene: GraphScene, palette: Palette, box: PlotBox, ratio: number): void {
  const { lines, axis, shape } = scene;
  const scaled = { left: box.left * ratio, top: box.top * ratio, width: box.width * ratio, height: box.height * ratio };
  const place = placeOn(axis, scaled);
  const at = columnPlace(scene, scaled);
  const isSmooth = shape === 'line';
  const walk = (sink: PathSink, series: number) => (isSmooth ? straightColumns : stepColumns)(sink, lines, series, at, place);
  const inPixels: Pick<GraphInk, 'fillRect'> =
    ratio === 1 ? ink : { fillRect: (x, y, width, height) => ink.fillRect(x / ratio, y / ratio, width / ratio, height / ratio) };
  const first = scene.series.findIndex((each) => each.isShown);
  for (let s = 0; s < scene.series.length; s++) {
    const series = scene.series[s] as GraphSeries;
    if (!series.isShown) continue;
    const color = palette.data[series.color] ?? palette.text1;
    if (s === first && !isSmooth && hasArea(axis)) {
      ink.fillStyle = withAlpha(color, palette.area);
      walk(areaRects(inPixels, Math.round(place(0))), s);
    }
    if (isSmooth || series.dash) {
      ink.strokeStyle = color;
      ink.lineWidth = LINE_PX;
      ink.lineJoin = 'round';
      ink.setLineDash([...(series.dash ?? [])]);
      ink.beginPath();
      walk({ moveTo: (x, y) => ink.moveTo(x / ratio, y / ratio), lineTo: (x, y) => ink.lineTo(x / ratio, y / ratio), end: () => {} }, s);
      ink.stroke();
      continue;
    }
    ink.fillStyle = color;
    walk(lineRects(inPixels, LINE_PX * ratio), s);
  }
  ink.setLineDash([]);
}

function drawThresholds(ink: GraphInk, { thresholds, axis, markText }: GraphScene, palette: Palette, box: PlotBox): void {
  const yOf = placeOn(axis, box);
  for (const value of thresholds) if (value >= axis.low && value <= axis.high) drawThreshold(ink, palette, box, Math.round(yOf(value)), markText(value));
}

/** A dashed line with its value at the right. */
export function drawThreshold(
  ink: Pick<GraphInk, 'fillStyle' | 'fillRect' | 'font' | 'textAlign' | 'textBaseline' | 'fillText' | 'measureText'>,
  palette: Palette,
  box: PlotBox,
  y: number,
  text: string,
): void {
  ink.fillStyle = palette.warn;
  for (let x = box.left; x < box.left + box.width; x += 7) ink.fillRect(x, y, Math.min(4, box.left + box.width - x), 1);
  ink.font = uiFont(palette, 10, 550);
  ink.textAlign = 'right';
  ink.textBaseline = 'middle';
  const width = ink.measureText(text).width;
  const middle = y - 7 < box.top + 5 ? y + 7 : y - 7;
  ink.fillStyle = withAlpha(palette.well, 0.75);
  ink.fillRect(box.left + box.width - width - 6, middle - 6, width + 6, 12);
  ink.fillStyle = palette.warn;
  ink.fillText(text, box.left + box.width - 3, middle);
}

/** A dot at each newest value (at the end of the recording, or where the view ends before it), and now. */
function drawNewest(ink: GraphInk, scene: GraphScene, palette: Palette, box: PlotBox): void {
  const { range, endNs, axis, lines } = scene;
  const lastNs = Math.min(endNs, range.toNs);
  const yOf = placeOn(axis, box);
  if (lastNs >= range.fromNs && scene.series.length <= MOST_DOTS) {
    for (const [s, series] of scene.series.entries()) {
      const value = series.isShown ? lineValueAt(lines, s, lastNs) : Number.NaN;
      if (Number.isNaN(value) || value < axis.low || value > axis.high) continue;
      drawDot(ink, xOf(scene, box, lastNs), yOf(value), palette.data[series.color] ?? palette.text1, palette.panel, 2.2);
    }
  }
  if (scene.live && !scene.relative && endNs < range.toNs && endNs >= range.fromNs) drawNow(ink, palette, box, xOf(scene, box, endNs), true);
}
/** More are a string of beads. */
const MOST_DOTS = 24;
