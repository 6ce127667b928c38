import { PixelInk } from './pixel-ink.ts';

/** In pixels of the page. */
export interface PixelBox {
  readonly left: number;
  readonly top: number;
  readonly right: number;
  readonly bottom: number;
}

/** A layer of pixels that is laid over what a canvas shows already. Its memory is kept from frame to frame. */
export class PixelLayer {
  readonly #ink = new PixelInk();
  #image: ImageData | undefined;
  #canvas: HTMLCanvasElement | undefined;
  #context: CanvasRenderingContext2D | null = null;

  /** `target` is scaled to pixels of the page. */
  draw(target: CanvasRenderingContext2D, box: PixelBox, paint: (ink: PixelInk) => void): void {
    const ink = this.#ink;
    const ratio = devicePixelRatio || 1;
    ink.begin(box.left, box.top, box.right, box.bottom, ratio);
    paint(ink);
    this.#canvas ??= document.createElement('canvas');
    if (this.#canvas.width !== ink.width || this.#canvas.height !== ink.height) {
      this.#canvas.width = ink.width;
      this.#canvas.height = ink.height;
    }
    this.#context ??= this.#canvas.getContext('2d');
    if (this.#image?.data.buffer !== ink.pixels.buffer) {
      this.#image = new ImageData(new Uint8ClampedArray(ink.pixels.buffer), ink.width, ink.height);
    }
    this.#context?.putImageData(this.#image, 0, 0);
    target.imageSmoothingEnabled = false;
    target.drawImage(this.#canvas, ink.left / ratio, ink.top / ratio, ink.width / ratio, ink.height / ratio);
  }
}
