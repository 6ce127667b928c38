import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { PixelInk, stripesOf } from '../../../../renderer/drawing/pixel-ink.ts';

/** Pixels as `#rrggbbaa`, row by row; a dot where nothing was drawn. */
function shown(ink: PixelInk): string[][] {
  return Array.from({ length: ink.height }, (_, y) =>
    Array.from({ length: ink.width }, (_, x) => {
      const pixel = ink.pixels[y * ink.width + x] as number;
      if (pixel === 0) return '.';
      const bytes = [pixel, pixel >>> 8, pixel >>> 16, pixel >>> 24].map((byte) => (byte & 255).toString(16).padStart(2, '0'));
      return `#${bytes.join('')}`;
    }),
  );
}

function inkOf(width: number, height: number, ratio = 1): PixelInk {
  const ink = new PixelInk();
  ink.begin(0, 0, width, height, ratio);
  return ink;
}

const RED = '#ff0000ff';

describe('rectangles in pixels', () => {
  it('are whole pixels, and never less than one', () => {
    const ink = inkOf(4, 2);
    ink.fillStyle = '#ff0000';
    ink.fillRect(1.2, 0, 0.3, 1);
    ink.fillRect(2.6, 1, 1, 1);
    expect(shown(ink)).toEqual([
      ['.', RED, '.', '.'],
      ['.', '.', '.', RED],
    ]);
  });

  it('are cut at the sides, wherever they begin and end', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: -9, max: 9 }),
        fc.integer({ min: -9, max: 9 }),
        fc.integer({ min: 1, max: 20 }),
        fc.integer({ min: 1, max: 20 }),
        (x, y, w, h) => {
          const ink = inkOf(5, 3);
          ink.fillStyle = '#ff0000';
          ink.fillRect(x, y, w, h);
          const expected = Array.from({ length: 3 }, (_, row) =>
            Array.from({ length: 5 }, (_, column) => (column >= x && column < x + w && row >= y && row < y + h ? RED : '.')),
          );
          expect(shown(ink)).toEqual(expected);
        },
      ),
    );
  });

  it('lie where they belong on a canvas of which only a part is drawn, at two pixels of the screen each', () => {
    const ink = new PixelInk();
    ink.begin(10, 20, 12, 21, 2);
    ink.fillStyle = '#ff0000';
    ink.fillRect(11, 20, 1, 1);
    expect([ink.left, ink.top, ink.width, ink.height]).toEqual([20, 40, 4, 2]);
    expect(shown(ink)).toEqual([
      ['.', '.', RED, RED],
      ['.', '.', RED, RED],
    ]);
  });

  it('let through what is below them as much as they are transparent', () => {
    const ink = inkOf(3, 1);
    ink.fillStyle = '#ff0000';
    ink.fillRect(0, 0, 1, 1);
    ink.fillStyle = '#0000ff80';
    ink.fillRect(0, 0, 2, 1);
    // Twice half: three quarters, and no colour of its own below.
    ink.fillRect(2, 0, 1, 1);
    ink.fillRect(2, 0, 1, 1);
    expect(shown(ink)).toEqual([['#7f0080ff', '#0000ff80', '#0000ffc0']]);
  });

  it('are paler as the whole is', () => {
    const ink = inkOf(1, 1);
    ink.fillStyle = '#ff0000';
    ink.globalAlpha = 0.5;
    ink.fillRect(0, 0, 1, 1);
    expect(shown(ink)).toEqual([['#ff000080']]);
  });

  it('leave every second column of the page free in stripes, wherever the layer begins', () => {
    const ink = new PixelInk();
    ink.begin(3, 0, 8, 1, 1);
    ink.fillStyle = stripesOf('#ff0000');
    ink.fillRect(0, 0, 20, 1);
    expect(shown(ink)).toEqual([['.', RED, '.', RED, '.']]);
  });

  it('fade from one colour to another', () => {
    const ink = inkOf(4, 1);
    const fade = ink.createLinearGradient(0, 0, 4, 0);
    fade.addColorStop(0, '#ff0000');
    fade.addColorStop(1, '#0000ff00');
    ink.fillStyle = fade;
    ink.fillRect(0, 0, 4, 1);
    expect(shown(ink)).toEqual([['#df0020df', '#9f00609f', '#60009f60', '#2000df20']]);
  });

  it('begin anew with each frame, of another size or the same', () => {
    const ink = inkOf(2, 1);
    ink.fillStyle = '#ff0000';
    ink.fillRect(0, 0, 2, 1);
    ink.begin(0, 0, 2, 1, 1);
    expect(shown(ink)).toEqual([['.', '.']]);
    ink.begin(0, 0, 1, 2, 1);
    expect(shown(ink)).toEqual([['.'], ['.']]);
  });
});
