import { describe, expect, it } from 'vitest';
import { bucketAt, bucketsBetween, bucketX, countIn, countMarks, drawHistogram, durationX, type Histogram } from '../../../../renderer/drawing/histogram.ts';
import { PALETTE, recordingInk } from './timeline/recording-ink.ts';

/** From 1 to 16 µs, each bucket twice the one before. */
const HISTOGRAM: Histogram = { edgesNs: [1000, 2000, 4000, 8000, 16_000], counts: [10, 0, 5, 1] };
const WIDTH = 454;

function drawn(look: Partial<Parameters<typeof drawHistogram>[3]> = {}): string[] {
  const { ink, calls } = recordingInk();
  drawHistogram(ink, HISTOGRAM, { width: WIDTH, height: 138 }, { palette: PALETTE, isLog: false, colour: 2, brush: undefined, marks: [], ...look });
  return calls;
}

describe('a histogram', () => {
  it('has bars of one width, as high as their counts, with a strong upper edge', () => {
    const bars = drawn().filter((call) => call.includes('data-2'));
    expect(bars).toEqual([
      'rect 44 18 99 100 data-2-fill',
      'rect 244 68 99 50 data-2-fill',
      'rect 344 108 99 10 data-2-fill',
      'rect 44 18 99 2 data-2',
      'rect 244 68 99 2 data-2',
      'rect 344 108 99 2 data-2',
    ]);
  });

  it('shows a single one on a logarithmic axis', () => {
    const bars = drawn({ isLog: true }).filter((call) => call.endsWith('data-2-fill'));
    expect(bars).toEqual(['rect 44 18 99 100 data-2-fill', 'rect 244 41.2 99 76.8 data-2-fill', 'rect 344 94.9 99 23.1 data-2-fill']);
  });

  it('draws pale what the brush leaves out', () => {
    const calls = drawn({ brush: { from: 2, to: 3 } });
    expect(calls).toContain('rect 244 18 200 100 sel-range');
    expect(calls).toContain('rect 44 18 99 100 data-2-fill at 0.25');
    expect(calls).toContain('rect 244 68 99 50 data-2-fill');
  });

  it('names durations below, counts at the side and marks above, where there is room', () => {
    const calls = drawn({
      marks: [
        { text: 'P50', ns: 1500 },
        { text: 'P90', ns: 1510 },
        { text: 'P99', ns: 16_000 },
      ],
    });
    expect(calls.filter((call) => call.startsWith('text'))).toEqual([
      'text "5" 38 68',
      'text "10" 38 18',
      'text "1 µs" 44 130',
      'text "2 µs" 144 130',
      'text "5 µs" 276.2 130',
      'text "10 µs" 376.2 130',
      'text "P50" 102 9',
      'text "P99" 443 9',
    ]);
  });

  it('finds buckets by pixel and by duration', () => {
    expect([bucketAt(0, 4, WIDTH), bucketAt(150, 4, WIDTH), bucketAt(1000, 4, WIDTH)]).toEqual([0, 1, 3]);
    expect(bucketX(4, 4, WIDTH)).toBe(444);
    expect(durationX(1000, HISTOGRAM, WIDTH)).toBe(44);
    expect(durationX(1e9, HISTOGRAM, WIDTH)).toBe(444);
    expect(bucketsBetween(HISTOGRAM, 2000, 8000)).toEqual({ from: 1, to: 2 });
    expect(bucketsBetween(HISTOGRAM, 20_000, 30_000)).toBeUndefined();
    expect(countIn(HISTOGRAM, { from: 1, to: 3 })).toBe(6);
  });

  it('has marks of round counts', () => {
    expect(countMarks(0, false)).toEqual([]);
    expect(countMarks(1, false)).toEqual([1]);
    expect(countMarks(31, false)).toEqual([20]);
    expect(countMarks(300, false)).toEqual([100, 200, 300]);
    expect(countMarks(5000, true)).toEqual([1, 10, 100, 1000]);
  });
});
