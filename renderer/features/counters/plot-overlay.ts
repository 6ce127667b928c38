/** What lies over the picture of a graph: cross-hair, a range or a threshold under the hand. A canvas of its own, so that a moving pointer redraws only that. */
import { type CrossValue, drawCrossHair, drawSelection, type PlotBox } from '../../drawing/counter-marks.ts';
import { formatMoment } from '../../drawing/format.ts';
import { drawThreshold } from '../../drawing/graph-picture.ts';
import type { Palette } from '../../drawing/palette.ts';

export interface OverPlot {
  /** Pixels of a range being dragged. */
  readonly dragged: { readonly from: number; readonly to: number } | undefined;
  /** A threshold that is being drawn. */
  readonly draft: { readonly y: number; readonly text: string } | undefined;
  /** `isPointed`: the pointer is over this graph. */
  readonly cross: { readonly ns: number; readonly x: number; readonly values: readonly CrossValue[]; readonly isPointed: boolean } | undefined;
}

export class PlotOverlay {
  readonly #canvas = document.createElement('canvas');

  constructor(host: HTMLElement) {
    this.#canvas.className = 'counter-overlay';
    this.#canvas.hidden = true;
    host.append(this.#canvas);
  }

  remove(): void {
    this.#canvas.remove();
  }

  /** Out of sight while there is nothing: without a GPU a second canvas over the first costs as much as the first. */
  draw(width: number, height: number, palette: Palette, box: PlotBox, { dragged, draft, cross }: OverPlot): void {
    const canvas = this.#canvas;
    const hidden = !cross && !dragged && !draft;
    if (hidden && canvas.hidden) return;
    if (hidden !== canvas.hidden) canvas.hidden = hidden;
    // The cross-hair in words, for whoever cannot see its pixels.
    if (cross) canvas.dataset.moment = formatMoment(cross.ns);
    else delete canvas.dataset.moment;
    if (hidden) return;
    const ink = sized(canvas, width, height).getContext('2d');
    if (!ink) return;
    const ratio = devicePixelRatio || 1;
    ink.setTransform(ratio, 0, 0, ratio, 0, 0);
    ink.clearRect(0, 0, width, height);
    if (dragged) drawSelection(ink, palette, box, dragged.from, dragged.to);
    if (draft) drawThreshold(ink, palette, box, draft.y, draft.text);
    else if (cross) drawCrossHair(ink, palette, box, cross.x, cross.values, cross.isPointed ? formatMoment(cross.ns) : undefined);
  }
}

/** The canvas in that size, in CSS pixels. */
export function sized(canvas: HTMLCanvasElement, width: number, height: number): HTMLCanvasElement {
  const ratio = devicePixelRatio || 1;
  const [pixels, lines] = [Math.round(width * ratio), Math.round(height * ratio)];
  if (canvas.width !== pixels || canvas.height !== lines) {
    canvas.width = pixels;
    canvas.height = lines;
    canvas.style.width = `${width}px`;
    canvas.style.height = `${height}px`;
  }
  return canvas;
}
