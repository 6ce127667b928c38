/**
 * Lines written into pixels by hand. Of dozens of series a graph has a hundred thousand pieces, and a canvas without a GPU takes a
 * tenth of a second for as many rectangles; stores into an array take some milliseconds.
 */
import type { PathSink } from './step-path.ts';

export interface Raster {
  /** Row after row; RGBA in the order of the machine's bytes. */
  readonly pixels: Uint32Array;
  readonly width: number;
  readonly height: number;
}

/** `#rrggbb` as such a pixel. Undefined: another notation. */
export function pixelOf(color: string): number | undefined {
  const match = /^#([0-9a-f]{2})([0-9a-f]{2})([0-9a-f]{2})$/i.exec(color);
  if (!match) return undefined;
  const bytes = Uint8Array.of(...match.slice(1).map((part) => Number.parseInt(part, 16)), 255);
  return new Uint32Array(bytes.buffer)[0];
}

/** The line of a step path, `thickness` whole pixels thick. Coordinates are whole numbers; what is outside is left out. */
export function rasterLine({ pixels, width, height }: Raster, color: number, thickness: number): PathSink {
  let x = 0;
  let y = 0;
  // Hot: each piece of each series.
  const level = (from: number, to: number) => {
    const begin = Math.max(0, from);
    const end = Math.min(width, to);
    if (begin >= end) return;
    for (let row = Math.max(0, y); row < Math.min(height, y + thickness); row++) pixels.fill(color, row * width + begin, row * width + end);
  };
  const upright = (fromY: number, toY: number) => {
    const top = Math.max(0, Math.min(fromY, toY));
    const bottom = Math.min(height, Math.max(fromY, toY) + thickness);
    for (let column = Math.max(0, x); column < Math.min(width, x + thickness); column++) {
      for (let at = top * width + column, end = bottom * width; at < end; at += width) pixels[at] = color;
    }
  };
  return {
    moveTo(toX, toY) {
      x = toX;
      y = toY;
    },
    lineTo(toX, toY) {
      if (toX > x) {
        level(x, toX + thickness);
        x = toX;
      }
      if (toY !== y) upright(y, toY);
      y = toY;
    },
    end() {},
  };
}
