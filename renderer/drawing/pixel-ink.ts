/**
 * Rectangles written straight into pixels. A canvas takes about a microsecond for each rectangle, without a GPU two; where a view holds
 * ten thousands of calls a few pixels wide, that was nearly all of a frame. Here such a rectangle is a few dozen stores.
 *
 * It stands in for a 2D context where only rectangles are drawn. Edges are whole pixels of the screen, as wide as they are, at least one.
 */

/** What rectangles are drawn with: a canvas's 2D context, or `PixelInk`. */
export interface RectInk {
  fillStyle: string | CanvasGradient | CanvasPattern;
  globalAlpha: number;
  fillRect(x: number, y: number, width: number, height: number): void;
  createLinearGradient(x0: number, y0: number, x1: number, y1: number): CanvasGradient;
}

/** Every second pixel column of the page in this colour, the others free. */
export const stripesOf = (colour: string): string => `stripes ${colour}`;

interface Colour {
  readonly rgb: number;
  /** 0…255 */
  readonly alpha: number;
}

/** Along x, two colours: all that the timeline draws. */
class Fade implements CanvasGradient {
  readonly x0: number;
  readonly x1: number;
  readonly stops: Colour[] = [];
  constructor(x0: number, x1: number) {
    this.x0 = x0;
    this.x1 = x1;
  }
  addColorStop(_offset: number, color: string): void {
    this.stops.push(parseColour(color));
  }
}

export class PixelInk implements RectInk {
  globalAlpha = 1;
  /** One number a pixel, red in its lowest byte and opacity in its highest: what ImageData holds, on the little-endian machines that browsers run on. */
  pixels = new Uint32Array(0);
  width = 0;
  height = 0;
  #left = 0;
  #top = 0;
  #ratio = 1;
  #style: string | CanvasGradient | CanvasPattern = '#000000';
  #colour: Colour = { rgb: 0, alpha: 255 };
  #striped = false;
  readonly #known = new Map<string, Colour>();

  /** Transparent pixels for a part of the canvas. `left` … `bottom` in pixels of the page, `ratio` those of the screen in each. */
  begin(left: number, top: number, right: number, bottom: number, ratio: number): void {
    this.#left = Math.floor(left * ratio);
    this.#top = Math.floor(top * ratio);
    this.#ratio = ratio;
    this.width = Math.max(1, Math.ceil(right * ratio) - this.#left);
    this.height = Math.max(1, Math.ceil(bottom * ratio) - this.#top);
    if (this.pixels.length === this.width * this.height) this.pixels.fill(0);
    else this.pixels = new Uint32Array(this.width * this.height);
    this.globalAlpha = 1;
  }

  /** Where the pixels belong on the canvas, in pixels of the screen. */
  get left(): number {
    return this.#left;
  }
  get top(): number {
    return this.#top;
  }
  /** Pixels of the screen in one of the page. */
  get ratio(): number {
    return this.#ratio;
  }

  /** The colour that is drawn with, opaque, as a pixel. */
  get solid(): number {
    return (this.#colour.rgb | 0xff000000) >>> 0;
  }

  get fillStyle(): string | CanvasGradient | CanvasPattern {
    return this.#style;
  }
  set fillStyle(style: string | CanvasGradient | CanvasPattern) {
    this.#style = style;
    if (typeof style !== 'string') return;
    let colour = this.#known.get(style);
    this.#striped = style.startsWith('stripes ');
    if (!colour) {
      colour = parseColour(this.#striped ? style.slice(8) : style);
      this.#known.set(style, colour);
    }
    this.#colour = colour;
  }

  createLinearGradient(x0: number, _y0: number, x1: number, _y1: number): CanvasGradient {
    return new Fade(x0, x1);
  }

  fillRect(x: number, y: number, width: number, height: number): void {
    const ratio = this.#ratio;
    const fromX = Math.round(x * ratio) - this.#left;
    const fromY = Math.round(y * ratio) - this.#top;
    const toX = Math.min(this.width, Math.max(fromX + 1, Math.round((x + width) * ratio) - this.#left));
    const toY = Math.min(this.height, Math.max(fromY + 1, Math.round((y + height) * ratio) - this.#top));
    const x0 = Math.max(0, fromX);
    const y0 = Math.max(0, fromY);
    if (x0 >= toX || y0 >= toY) return;
    if (this.#style instanceof Fade) {
      this.#fade(this.#style, x0, y0, toX, toY);
      return;
    }
    const alpha = this.#colour.alpha * this.globalAlpha;
    const { rgb } = this.#colour;
    if (this.#striped) {
      for (let column = x0; column < toX; column++) {
        if ((Math.floor((column + this.#left) / ratio) & 1) === 0) this.#paint(column, y0, column + 1, toY, rgb, alpha);
      }
    } else this.#paint(x0, y0, toX, toY, rgb, alpha);
  }

  #fade({ x0: from, x1: to, stops }: Fade, x0: number, y0: number, x1: number, y1: number): void {
    const first = stops[0] ?? { rgb: 0, alpha: 0 };
    const last = stops.at(-1) ?? first;
    for (let column = x0; column < x1; column++) {
      const along = Math.min(1, Math.max(0, ((column + 0.5 + this.#left) / this.#ratio - from) / (to - from || 1)));
      const rgb = mix(first.rgb, last.rgb, along);
      this.#paint(column, y0, column + 1, y1, rgb, (first.alpha + (last.alpha - first.alpha) * along) * this.globalAlpha);
    }
  }

  #paint(x0: number, y0: number, x1: number, y1: number, rgb: number, alpha: number): void {
    const { pixels, width } = this;
    if (alpha >= 254.5) {
      const solid = (rgb | 0xff000000) >>> 0;
      for (let y = y0; y < y1; y++) {
        const row = y * width;
        for (let at = row + x0; at < row + x1; at++) pixels[at] = solid;
      }
      return;
    }
    const thin = (rgb | (Math.round(alpha) << 24)) >>> 0;
    const share = alpha / 255;
    for (let y = y0; y < y1; y++) {
      const row = y * width;
      for (let at = row + x0; at < row + x1; at++) {
        const under = pixels[at] as number;
        pixels[at] = under === 0 ? thin : over(under, rgb, share);
      }
    }
  }
}

/** A colour of this share over what is there, neither premultiplied. */
function over(under: number, rgb: number, share: number): number {
  const below = (under >>> 24) / 255;
  const alpha = share + below * (1 - share);
  return (mix(under & 0xffffff, rgb, share / alpha) | (Math.round(alpha * 255) << 24)) >>> 0;
}

function mix(a: number, b: number, share: number): number {
  const red = (a & 255) + ((b & 255) - (a & 255)) * share;
  const green = ((a >> 8) & 255) + (((b >> 8) & 255) - ((a >> 8) & 255)) * share;
  const blue = ((a >> 16) & 255) + (((b >> 16) & 255) - ((a >> 16) & 255)) * share;
  return Math.round(red) | (Math.round(green) << 8) | (Math.round(blue) << 16);
}

/** `#rrggbb` and `#rrggbbaa`, the notations of the tokens; anything else is drawn in a grey that is seen in both themes. */
function parseColour(text: string): Colour {
  if (!/^#[0-9a-f]{6}([0-9a-f]{2})?$/i.test(text)) return { rgb: 0x808080, alpha: 255 };
  const [red, green, blue, alpha] = [1, 3, 5, 7].map((at) => Number.parseInt(text.slice(at, at + 2) || 'ff', 16)) as [number, number, number, number];
  return { rgb: red | (green << 8) | (blue << 16), alpha };
}
