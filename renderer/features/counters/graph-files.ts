/** A graph as a file: picture (PNG, SVG) and values (CSV) of what is shown. */
import { csvRow } from '../../../core/base/csv.ts';
import { clipText, formatMomentShort } from '../../drawing/format.ts';
import type { GraphInk } from '../../drawing/graph-picture.ts';
import { drawSheet, type GraphSheet, sheetSize } from '../../drawing/graph-sheet.ts';
import type { Palette } from '../../drawing/palette.ts';
import { SvgInk } from '../../drawing/svg-ink.ts';
import type { ShownGraph } from './counter-plot.ts';
import { words } from './words.ts';

const PNG_RATIO = 2;
/** Of a picture's graph: one of a panel in a corner of the window is too small to show around. */
const LEAST_WIDTH = 640;
const LEAST_HEIGHT = 220;

export function sheetOf(shown: ShownGraph, title: string, unit: string): GraphSheet {
  const { fromNs, toNs } = shown.scene.range;
  const { now, min, max, mean } = words.columns;
  return {
    title: clipText(title, 100),
    unit,
    range: `${formatMomentShort(fromNs)} to ${formatMomentShort(toNs)} s`,
    // What counts back from now would mean nothing tomorrow.
    scene: {
      ...shown.scene,
      width: Math.max(shown.scene.width, LEAST_WIDTH),
      height: Math.max(shown.scene.height, LEAST_HEIGHT),
      relative: false,
      live: false,
    },
    columns: [now, min, max, mean],
    lines: shown.series.map(({ name }, s) => {
      const numbers = shown.numbers[s];
      return { name, numbers: numbers ? [numbers.now, numbers.min, numbers.max, numbers.mean] : [] };
    }),
  };
}

export function pngOf(sheet: GraphSheet, palette: Palette): Promise<Blob | undefined> {
  const { width, height } = sheetSize(sheet);
  const canvas = document.createElement('canvas');
  canvas.width = width * PNG_RATIO;
  canvas.height = height * PNG_RATIO;
  const ink = canvas.getContext('2d');
  if (!ink) return Promise.resolve(undefined);
  const ground = (by: number) => ink.setTransform(PNG_RATIO, 0, 0, PNG_RATIO, 0, by * PNG_RATIO);
  ground(0);
  drawSheet(ink, sheet, palette, PNG_RATIO, (by, draw) => {
    ground(by);
    draw(ink);
    ground(0);
  });
  return new Promise((resolve) => canvas.toBlob((blob) => resolve(blob ?? undefined), 'image/png'));
}

/** `measure`: width of a text in a font. */
export function svgOf(sheet: GraphSheet, palette: Palette, measure: (text: string, font: string) => number): string {
  const { width, height } = sheetSize(sheet);
  const ink = new SvgInk(width, height, measure);
  drawSheet(ink, sheet, palette, 1, (by, draw) => ink.lowered(by, () => draw(ink)));
  return ink.text(sheet.title);
}

export function measureText(text: string, font: string): number {
  const ink: Pick<GraphInk, 'font' | 'measureText'> | null = document.createElement('canvas').getContext('2d');
  if (!ink) return text.length * 6;
  ink.font = font;
  return ink.measureText(text).width;
}

/**
 * A row for each pixel column in which a shown series has samples: time of its beginning in seconds, and of each series the value at
 * its end; of values also least and greatest, which differ from it where a column has several samples.
 */
export function csvOf({ lines, scene, series }: ShownGraph, withExtent: boolean): string {
  const shown = series.flatMap(({ name }, s) => (scene.series[s]?.isShown ? [{ name, s }] : []));
  const heads = shown.flatMap(({ name }) => (withExtent ? [name, `${name} min`, `${name} max`] : [name]));
  const { columns, y, sampled, fromNs, toNs } = lines;
  const cell = (value: number) => (Number.isNaN(value) ? '' : value);
  const rows: string[] = [csvRow('time_s', ...heads)];
  for (let c = 0; c < columns; c++) {
    if (!shown.some(({ s }) => sampled[s * columns + c] === 1)) continue;
    const cells = shown.flatMap(({ s }) => {
      const p = (s * columns + c) * 4;
      const last = cell(y[p + 3] as number);
      return withExtent ? [last, cell(y[p + 1] as number), cell(y[p + 2] as number)] : [last];
    });
    rows.push(csvRow(Number(((fromNs + (c * (toNs - fromNs)) / columns) / 1e9).toFixed(9)), ...cells));
  }
  return rows.join('');
}

/** Hands a file to the browser, which asks where to put it or does as it always does. */
export function saveFile(name: string, content: Blob): void {
  const link = document.createElement('a');
  const url = URL.createObjectURL(content);
  link.href = url;
  link.download = name;
  link.click();
  // The browser has begun to read it by then.
  setTimeout(() => URL.revokeObjectURL(url), 60_000);
}

export const fileName = (title: string, extension: string): string =>
  `${
    title
      .replace(/[^\p{L}\p{N}.-]+/gu, '-')
      .replace(/^[-.]+|-+$/g, '')
      .slice(0, 80) || 'graph'
  }.${extension}`;
