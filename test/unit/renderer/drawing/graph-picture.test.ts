import { describe, expect, it } from 'vitest';
import { drawGraph, type GraphInk, type GraphScene, plotBox, timeAxis } from '../../../../renderer/drawing/graph-picture.ts';
import type { LinesInPixels } from '../../../../renderer/drawing/line-layer.ts';
import { type Palette, readPalette } from '../../../../renderer/drawing/palette.ts';
import { PixelInk } from '../../../../renderer/drawing/pixel-ink.ts';
import type { PixelBox } from '../../../../renderer/drawing/pixel-layer.ts';

const PALETTE: Palette = readPalette({ getPropertyValue: (name) => (name === '--area' ? '.16' : name.slice(2)) });

/** Records the calls that leave a mark, with the colour in force. */
function recordingInk() {
  const calls: string[] = [];
  const ink = {
    fillStyle: '',
    strokeStyle: '',
    lineWidth: 1,
    save: () => calls.push('save'),
    restore: () => calls.push('restore'),
    beginPath() {},
    clip: () => calls.push('clip'),
    rect() {},
    roundRect() {},
    arc: (x: number, y: number) => calls.push(`dot ${x},${y} ${ink.fillStyle}`),
    fill() {},
    moveTo: (x: number, y: number) => calls.push(`M${x},${y}`),
    lineTo: (x: number, y: number) => calls.push(`L${x},${y}`),
    stroke: () => calls.push(`stroke ${ink.strokeStyle}`),
    setLineDash() {},
    fillRect: (x: number, y: number, w: number, h: number) => calls.push(`rect ${x},${y} ${w}x${h} ${ink.fillStyle}`),
    fillText: (text: string) => calls.push(`text "${text}"`),
    measureText: (text: string) => ({ width: text.length * 6 }),
    clearRect() {},
  };
  return { ink: ink as unknown as GraphInk, calls };
}

/** Ten pixels a column, values 0 to 100 over 100 pixels. */
function scene(change: Partial<GraphScene> = {}): GraphScene {
  return {
    width: 46 + 100 + 16,
    height: 8 + 100 + 20,
    range: { fromNs: 0, toNs: 10e9 },
    endNs: 10e9,
    relative: false,
    live: false,
    axis: { scale: 'linear', low: 0, high: 100, marks: [0, 50, 100] },
    markText: String,
    lines: {
      fromNs: 0,
      toNs: 10e9,
      columns: 2,
      y: Float64Array.from([20, 20, 20, 20, 60, 60, 60, 60]),
      sampled: Uint8Array.from([1, 1]),
      edges: new Float64Array(4).fill(Number.NaN),
    },
    series: [{ color: 1, dash: undefined, isShown: true }],
    shape: 'step',
    thresholds: [],
    ...change,
  };
}

const drawn = (of: GraphScene, ratio = 1) => {
  const { ink, calls } = recordingInk();
  drawGraph(ink, of, PALETTE, ratio);
  return calls;
};

describe('the picture of a graph', () => {
  it('has grid and words of both axes, the line with its area inside the plot, and a dot at the newest value', () => {
    const calls = drawn(scene());
    expect(plotBox(162, 128)).toEqual({ left: 46, top: 8, width: 100, height: 100 });
    expect(calls).toEqual(expect.arrayContaining(['text "0"', 'text "50"', 'text "100"', 'text "0 s"', 'text "10 s"']));
    const inside = calls.slice(calls.indexOf('clip'), calls.indexOf('restore'));
    expect(inside.filter((call) => call.endsWith('data-1')).length).toBeGreaterThan(2);
    // The area: translucent in real colours.
    expect(inside).toContain('rect 46,88 50x20 data-1');
    expect(calls).toContain('dot 146,48 data-1');
  });

  it('leaves out what is hidden, and the area where zero is not on the axis', () => {
    expect(drawn(scene({ series: [{ color: 1, dash: undefined, isShown: false }] })).some((call) => call.includes('data-1'))).toBe(false);
    expect(drawn(scene({ axis: { scale: 'linear', low: 10, high: 110, marks: [10, 110] } }))).not.toContain('rect 46,88 50x20 data-1');
  });

  it('draws straight lines and dashed ones as strokes, on the same places at every ratio', () => {
    const line = drawn(scene({ shape: 'line' }));
    expect(line.filter((call) => /^[ML]/.test(call))).toEqual(['M71,88', 'L121,48', 'L146,48']);
    expect(line).toContain('stroke data-1');
    expect(drawn(scene({ shape: 'line' }), 2).filter((call) => /^[ML]/.test(call))).toEqual(['M71,88', 'L121,48', 'L146,48']);
    expect(drawn(scene({ series: [{ color: 3, dash: [4, 2], isShown: true }] }))).toContain('stroke data-3');
  });

  it('draws a threshold with its value, and none that is not on the axis', () => {
    const calls = drawn(scene({ thresholds: [70, 700] }));
    expect(calls).toContain('text "70"');
    expect(calls).not.toContain('text "700"');
    expect(calls.filter((call) => /^rect [\d.]+,38 4x1 warn$/.test(call)).length).toBeGreaterThan(10);
  });

  /** Twenty series, of which one is shown: 27 in the first half, 60 in the other. */
  function many(change: Partial<GraphScene> = {}): GraphScene {
    const series = Array.from({ length: 20 }, (_, s) => ({ color: 1, dash: undefined, isShown: s === 7 }));
    const lines = {
      ...scene().lines,
      columns: 100,
      y: Float64Array.from(series.flatMap((_, s) => Array.from({ length: 400 }, (_, p) => (p < 200 ? 20 + s : 60)))),
      sampled: new Uint8Array(2000).fill(1),
      edges: new Float64Array(80).fill(Number.NaN),
    };
    return scene({ series, lines, ...change });
  }

  /** What a layer is told, and the pixels that it is to keep. */
  function layered(of: GraphScene, ratio: number) {
    const { ink, calls } = recordingInk();
    const told: { place: PixelBox; of: LinesInPixels; pixels: PixelInk }[] = [];
    drawGraph(ink, of, { ...PALETTE, data: ['', '#010203'], area: 0.5 }, ratio, (place, made, paint) => {
      const pixels = new PixelInk();
      pixels.begin(0, 0, made.width, made.height, 1);
      paint(pixels);
      told.push({ place, of: made, pixels });
    });
    return { told, calls };
  }

  it('writes the lines of many series into pixels, a column of the answer beside the other', () => {
    for (const ratio of [1, 2]) {
      const { told } = layered(many(), ratio);
      expect(told).toHaveLength(1);
      const [{ place, of, pixels } = {} as never] = told;
      expect(place).toEqual({ left: 46, top: 8, right: 146, bottom: 109 });
      expect([of.width, of.height]).toEqual([100 * ratio, 101 * ratio]);
      const { width, height } = pixels;
      const column = (x: number) => Array.from({ length: height }, (_, y) => y).filter((y) => (pixels.pixels[y * width + x * ratio] as number) >>> 24 === 255);
      // As many pixels thick as there are in one of the page.
      expect(column(20)).toEqual(ratio === 1 ? [73] : [145, 146]);
      expect(column(80)).toEqual(ratio === 1 ? [40] : [79, 80]);
      expect(column(50)).toHaveLength(34 * ratio);
      // The area of the first that is shown.
      expect((pixels.pixels[90 * ratio * width + 20 * ratio] as number) >>> 24).toBe(128);
      expect(pixels.pixels[10 * ratio * width + 20 * ratio]).toBe(0);
    }
  });

  it('only moves and stretches those pixels while the range moves, and says when they are others', () => {
    const at = (change: Partial<GraphScene>) => layered(many(change), 1).told[0] as { place: PixelBox; of: LinesInPixels };
    const whole = many();
    const moved = at({ lines: whole.lines, range: { fromNs: 1e9, toNs: 11e9 } });
    expect(moved.place).toMatchObject({ left: 36, right: 136 });
    expect(at({ lines: whole.lines, range: { fromNs: 0, toNs: 5e9 } }).place).toMatchObject({ left: 46, right: 246 });
    expect(at({ lines: whole.lines }).of).toEqual(moved.of);
    expect(at({ lines: whole.lines, axis: { scale: 'linear', low: 0, high: 200, marks: [0, 200] } }).of.look).not.toBe(moved.of.look);
    expect(at({ lines: whole.lines, series: whole.series.map((each) => ({ ...each, isShown: true })) }).of.look).not.toBe(moved.of.look);
  });

  it('draws on to now behind the last column of such pixels', () => {
    const { calls } = layered(many({ range: { fromNs: 0, toNs: 20e9 }, endNs: 12e9 }), 1);
    expect(calls).toContain('rect 96,48 10x1 #010203');
  });

  it('draws straight lines as strokes unless most columns have a sample', () => {
    expect(layered(many({ shape: 'line', lines: { ...many().lines, sampled: new Uint8Array(2000) } }), 1).told).toHaveLength(0);
    const dense = many().lines;
    const shown = many().series.map((each) => ({ ...each, isShown: true }));
    const wide = { ...dense, columns: 200, y: new Float64Array(20 * 800).fill(5), sampled: new Uint8Array(4000).fill(1) };
    expect(layered(many({ shape: 'line', lines: wide, series: shown }), 1).told).toHaveLength(1);
  });

  it('counts back from now while it follows, and marks now where it has room to the right', () => {
    const marks = timeAxis({ range: { fromNs: 20e9, toNs: 50e9 }, relative: true }, 240);
    expect(marks.map((mark) => mark.text)).toEqual(['−30 s', '−20 s', '−10 s', 'now']);
    expect(drawn(scene({ live: true, endNs: 5e9 }))).toContain('text "now"');
    expect(drawn(scene({ live: false, endNs: 5e9 }))).not.toContain('text "now"');
  });
});
