import type { ColumnLines, ColumnPlace } from './column-lines.ts';
import { PixelInk } from './pixel-ink.ts';
import type { PixelBox } from './pixel-layer.ts';

/** What the pixels of lines were made of: while all of it stays the same, so do they. */
export interface LinesInPixels {
  /** The answer that they are of. */
  readonly lines: object;
  /** Pixels of the screen. */
  readonly width: number;
  readonly height: number;
  /** Axis, colours and whatever else they depend on. */
  readonly look: string;
}

/**
 * The lines of a graph as pixels of their own, one column of the answer beside the other. They are made once for each answer; a frame in which
 * the view moves lays the same ones where they belong now, stretched while the answer for another range is under way.
 */
export class LineLayer {
  #made: LinesInPixels | undefined;
  #canvas: HTMLCanvasElement | undefined;
  #context: CanvasRenderingContext2D | null = null;

  /** `target` is scaled to pixels of the page, and so is `place`. */
  draw(target: CanvasRenderingContext2D, place: PixelBox, of: LinesInPixels, paint: (ink: PixelInk) => void): void {
    const { width, height } = of;
    this.#canvas ??= document.createElement('canvas');
    const canvas = this.#canvas;
    if (!isSame(this.#made, of)) {
      if (canvas.width !== width || canvas.height !== height) {
        canvas.width = width;
        canvas.height = height;
      }
      this.#context ??= canvas.getContext('2d');
      shared.begin(0, 0, width, height, 1);
      paint(shared);
      this.#context?.putImageData(new ImageData(new Uint8ClampedArray(shared.pixels.buffer), width, height), 0, 0);
      this.#made = of;
    }
    target.imageSmoothingEnabled = false;
    target.drawImage(canvas, place.left, place.top, place.right - place.left, place.bottom - place.top);
  }

  /** Gives back the memory: nobody sees the graph. */
  forget(): void {
    this.#made = undefined;
    this.#canvas = undefined;
    this.#context = null;
  }
}

/** Columns as pixels of a layer, and where that lies. `width`, `columnPx`: of the layer, in its pixels; `left`, `right`: in pixels of the page. */
export interface LayerColumns {
  readonly columnPx: number;
  readonly width: number;
  readonly left: number;
  readonly right: number;
}

/** `at`: where the columns lie, in pixels of the screen. Those as wide as in the layer lie on whole pixels; others are stretched. */
export function layerColumns({ left, columnPx }: ColumnPlace, columns: number, ratio: number): LayerColumns {
  const own = Math.max(1, Math.round(ratio));
  const isExact = Math.abs(columnPx - own) < own * 1e-6;
  const from = isExact ? Math.round(left) : left;
  const width = own * columns;
  return { columnPx: own, width, left: from / ratio, right: (from + (isExact ? width : columnPx * columns)) / ratio };
}

/**
 * What holds until now, behind the last column: a level piece of each series. `rowOf` and `at` in pixels of the screen; `colourOf` undefined: the series
 * is not shown.
 */
export function drawTails(
  ink: Pick<CanvasRenderingContext2D, 'fillStyle' | 'fillRect'>,
  { y, columns }: Pick<ColumnLines, 'y' | 'columns'>,
  [first, end]: readonly [number, number],
  at: ColumnPlace,
  ratio: number,
  rowOf: (value: number) => number,
  colourOf: (series: number) => string | undefined,
): void {
  const from = Math.round(at.left + at.columnPx * columns);
  const width = Math.round(at.endX) - from;
  if (width <= 0) return;
  for (let s = first; s < end; s++) {
    const colour = colourOf(s);
    const last = y[(s + 1) * columns * 4 - 1] as number;
    if (colour === undefined || Number.isNaN(last)) continue;
    ink.fillStyle = colour;
    ink.fillRect(from / ratio, Math.round(rowOf(last)) / ratio, width / ratio, Math.max(1, Math.round(ratio)) / ratio);
  }
}

const isSame = (made: LinesInPixels | undefined, of: LinesInPixels): boolean =>
  made?.lines === of.lines && made.width === of.width && made.height === of.height && made.look === of.look;

/** One for all graphs: they are painted one after the other. */
const shared = new PixelInk();
