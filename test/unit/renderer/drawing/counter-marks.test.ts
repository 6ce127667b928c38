import { describe, expect, it } from 'vitest';
import { drawCrossHair, drawDot, drawNow, drawSelection, type Ink, spreadLabels } from '../../../../renderer/drawing/counter-marks.ts';
import { type Palette, readPalette, seriesStyle, withAlpha } from '../../../../renderer/drawing/palette.ts';

const PALETTE: Palette = readPalette({ getPropertyValue: (name) => (name === '--area' ? ' .16' : name === '--font-ui' ? 'Inter' : ` ${name.slice(2)}`) });
const BOX = { left: 40, top: 10, width: 200, height: 100 };

/** Records the calls that leave a mark, with the colour in force. */
function recordingInk() {
  const calls: string[] = [];
  const ink = {
    fillStyle: '',
    font: '',
    textAlign: 'left',
    textBaseline: 'middle',
    beginPath() {},
    fill: () => calls.push(`fill ${ink.fillStyle}`),
    arc: (x: number, y: number, r: number) => calls.push(`arc ${x},${y} r${r}`),
    fillRect: (x: number, y: number, w: number, h: number) => calls.push(`rect ${x},${y} ${w}x${h} ${ink.fillStyle}`),
    roundRect: (x: number, y: number, w: number, h: number) => calls.push(`plate ${x},${y} ${w}x${h}`),
    fillText: (text: string, x: number, y: number) => calls.push(`text "${text}" ${x},${y} ${ink.fillStyle}`),
    measureText: (text: string) => ({ width: text.length * 6 }),
    clearRect() {},
  };
  return { ink: ink as unknown as Ink, calls };
}

describe('marks of a counter graph', () => {
  it('puts a halo in the colour of the ground under the newest value', () => {
    const { ink, calls } = recordingInk();
    drawDot(ink, 50, 60, 'data-1', 'bg-panel', 2.2);
    expect(calls).toEqual(['arc 50,60 r3.7', 'fill bg-panel', 'arc 50,60 r2.2', 'fill data-1']);
  });

  it('draws the cross-hair as one line, a dot and a value for each series, and the time where the pointer is', () => {
    const { ink, calls } = recordingInk();
    drawCrossHair(
      ink,
      PALETTE,
      BOX,
      80,
      [
        { y: 30, color: 'data-1', text: '84.1' },
        { y: 70, color: 'data-2', text: '12' },
      ],
      '13.934 600 s',
    );
    expect(calls).toContain('rect 80,10 1x100 text-1');
    expect(calls.filter((call) => call.startsWith('text'))).toEqual([
      'text "84.1" 92,30.5 text-1',
      'text "12" 92,70.5 text-1',
      expect.stringContaining('"13.934 600 s"'),
    ]);
  });

  it('turns the values to the left side near the right border, and keeps the time inside', () => {
    const { ink, calls } = recordingInk();
    drawCrossHair(ink, PALETTE, BOX, 239, [{ y: 30, color: 'data-1', text: '84.1' }], '13.934 600 s');
    const [value, time] = calls.filter((call) => call.startsWith('plate')).map((call) => call.split(' '));
    expect(Number(value?.[1]?.split(',')[0]) + Number(value?.[2]?.split('x')[0])).toBeLessThan(239);
    expect(Number(time?.[1]?.split(',')[0]) + Number(time?.[2]?.split('x')[0])).toBeLessThanOrEqual(240);
  });

  it('marks now with its word', () => {
    const { ink, calls } = recordingInk();
    drawNow(ink, PALETTE, BOX, 150, true);
    expect(calls[0]).toBe('rect 149.5,10 1.5x100 live');
    expect(calls.at(-1)).toContain('"now"');
  });

  it('keeps a dragged range inside the plot, whichever way it was dragged', () => {
    const { ink, calls } = recordingInk();
    drawSelection(ink, PALETTE, BOX, 300, 100);
    expect(calls[0]).toBe('rect 100,10 140x100 sel-range');
  });
});

describe('spreadLabels', () => {
  it('leaves labels that do not meet where they are', () => {
    expect(spreadLabels([30, 70], 16, 0, 100)).toEqual([30, 70]);
  });
  it('moves those that meet apart, inside the borders and in order', () => {
    const placed = spreadLabels([98, 50, 52, 99], 16, 0, 100);
    const sorted = [...placed].sort((a, b) => a - b);
    for (let k = 1; k < sorted.length; k++) expect((sorted[k] as number) - (sorted[k - 1] as number)).toBeGreaterThanOrEqual(16);
    expect(Math.max(...placed)).toBeLessThanOrEqual(92);
    expect(placed[1] as number).toBeLessThan(placed[2] as number);
  });
});

describe('colours', () => {
  it('takes the tokens of the theme without their blanks', () => {
    expect(PALETTE.data[1]).toBe('data-1');
    expect(PALETTE.area).toBe(0.16);
  });
  it('adds an opacity to a hex colour and leaves others alone', () => {
    expect(withAlpha('#0aa49e', 0.5)).toBe('#0aa49e80');
    expect(withAlpha('#fff', 0.5)).toBe('#ffffff80');
    expect(withAlpha('rgb(1 2 3)', 0.5)).toBe('rgb(1 2 3)');
  });
  it('gives neighbours different colours, never slate, and dashes above four series', () => {
    expect(seriesStyle(0, 0, 2)).toEqual({ color: 1, dash: undefined });
    expect(seriesStyle(1, 0, 2).color).toBe(2);
    expect(Array.from({ length: 40 }, (_, k) => seriesStyle(k, 3, 4).color)).not.toContain(9);
    expect(seriesStyle(0, 4, 6).dash).toEqual([4, 2]);
    expect(seriesStyle(0, 8, 10).dash).toEqual([1.5, 2.5]);
    expect(seriesStyle(0, 3, 4).dash).toBeUndefined();
  });
});
