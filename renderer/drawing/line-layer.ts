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

const isSame = (made: LinesInPixels | undefined, of: LinesInPixels): boolean =>
  made?.lines === of.lines && made.width === of.width && made.height === of.height && made.look === of.look;

/** One for all graphs: they are painted one after the other. */
const shared = new PixelInk();
