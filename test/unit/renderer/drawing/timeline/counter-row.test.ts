import { describe, expect, it } from 'vitest';
import type { LinesInPixels } from '../../../../../renderer/drawing/line-layer.ts';
import { type Palette, readPalette } from '../../../../../renderer/drawing/palette.ts';
import { PixelInk } from '../../../../../renderer/drawing/pixel-ink.ts';
import type { PixelBox } from '../../../../../renderer/drawing/pixel-layer.ts';
import { type CounterRowBox, drawCounterLayer, type RowLines } from '../../../../../renderer/drawing/timeline/counter-row.ts';

const PALETTE: Palette = { ...readPalette({ getPropertyValue: (name) => name.slice(2) }), area: 0.5 };
const BOX: CounterRowBox = { left: 100, right: 200, top: 40, height: 34, fromNs: 0, toNs: 100, endNs: 100 };

/** Two counters of an answer of 100 columns; the lane's own is the second one, 0 at first and 20 from the middle on. */
function lines(): RowLines {
  const y = new Float64Array(800);
  y.fill(20, 600);
  return {
    grid: { fromNs: 0, toNs: 100, columns: 100, y, sampled: new Uint8Array(200), edges: new Float64Array(8) },
    first: 1,
    count: 1,
  };
}

function drawn(of: RowLines, box: CounterRowBox, ratio = 1) {
  const rects: string[] = [];
  const ink = { fillStyle: '', fillRect: (...numbers: number[]) => rects.push(`${numbers.join(' ')} ${ink.fillStyle}`) };
  const told: { place: PixelBox; of: LinesInPixels; pixels: PixelInk }[] = [];
  const layer = (place: PixelBox, made: LinesInPixels, paint: (pixels: PixelInk) => void) => {
    const pixels = new PixelInk();
    pixels.begin(0, 0, made.width, made.height, 1);
    paint(pixels);
    told.push({ place, of: made, pixels });
  };
  drawCounterLayer(ink as never, layer, of, { low: 0, high: 20, step: 10 }, box, ['#010203'], PALETTE, ratio);
  return { rects, ...(told[0] as (typeof told)[number]) };
}

describe('a counter among the tracks, as pixels', () => {
  it('has its line between the upper and the lower edge of its row, on an area', () => {
    for (const ratio of [1, 2]) {
      const { place, pixels } = drawn(lines(), BOX, ratio);
      expect(place).toEqual({ left: 100, top: 40, right: 200, bottom: 74 });
      const rowsOf = (column: number) =>
        Array.from({ length: pixels.height }, (_, row) => row).filter((row) => (pixels.pixels[row * pixels.width + column * ratio] as number) >>> 24 === 255);
      expect(rowsOf(10)).toEqual(ratio === 1 ? [28] : [55, 56]);
      expect(rowsOf(80)).toEqual(ratio === 1 ? [8] : [15, 16]);
      expect((pixels.pixels[20 * ratio * pixels.width + 80 * ratio] as number) >>> 24).toBe(128);
    }
  });

  it('moves and is stretched with the view, and goes on to now', () => {
    const of = lines();
    const { place, of: made, rects } = drawn(of, { ...BOX, toNs: 200, endNs: 120 });
    expect(place).toMatchObject({ left: 100, right: 150 });
    expect(rects).toContain('150 48 10 1 #010203');
    expect(drawn(of, BOX).of).toEqual(made);
  });
});
