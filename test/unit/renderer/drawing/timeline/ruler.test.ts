import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { drawArrows } from '../../../../../renderer/drawing/timeline/flow-arrows.ts';
import { rulerMarks } from '../../../../../renderer/drawing/timeline/ruler.ts';
import { PALETTE, recordingInk } from './recording-ink.ts';

const labels = (...range: Parameters<typeof rulerMarks>) => rulerMarks(...range).flatMap(({ text }) => (text === '' ? [] : [text]));

describe('the ruler', () => {
  it('has the unit at round times only', () => {
    expect(labels(0, 1e9, 0, 700, { kind: 'elapsed' })).toEqual(['0 s', '0.1', '0.2', '0.3', '0.4', '0.5', '0.6', '0.7', '0.8', '0.9', '1 s']);
  });

  it('counts from a mark, before it below zero', () => {
    const texts = labels(1e9, 3e9, 0, 400, { kind: 'mark', atNs: 2e9 });
    expect(texts[0]).toMatch(/^−1/);
    expect(texts.at(-1)).toMatch(/^\+1/);
  });

  it('shows the clock of the zone', () => {
    const startEpochMs = Date.UTC(2026, 0, 1, 13, 3, 20);
    const texts = labels(0, 10e9, 0, 600, { kind: 'clock', startEpochMs, offsetMinutes: 60 });
    expect(texts.some((text) => text.startsWith('14:03:2'))).toBe(true);
  });

  it('never crowds, whatever the range', () => {
    fc.assert(
      fc.property(
        fc.double({ min: 0, max: 1e15, noNaN: true }),
        fc.double({ min: 100, max: 1e15, noNaN: true }),
        fc.integer({ min: 50, max: 4000 }),
        (from, span, width) => {
          const marks = rulerMarks(from, from + span, 0, width, { kind: 'elapsed' });
          const worded = marks.filter(({ text }) => text !== '');
          for (let k = 1; k < worded.length; k++) expect((worded[k]?.x ?? 0) - (worded[k - 1]?.x ?? 0)).toBeGreaterThan(40);
          expect(marks.length).toBeLessThan(500);
        },
      ),
      { numRuns: 200 },
    );
  });

  it('of no time at all is empty', () => {
    expect(rulerMarks(5, 5, 0, 100, { kind: 'elapsed' })).toEqual([]);
    expect(rulerMarks(0, 1e9, 0, 0, { kind: 'elapsed' })).toEqual([]);
  });
});

describe('arrows', () => {
  it('leave from a dot and enter from the left; those of the selection lie over the others', () => {
    const { ink, calls } = recordingInk();
    const arrow = { x1: 10, y1: 20, x2: 110, y2: 80 };
    drawArrows(
      ink,
      [
        { ...arrow, isSelected: true },
        { ...arrow, isSelected: false },
      ],
      PALETTE,
    );
    const strokes = calls.filter((call) => call.startsWith('stroke'));
    expect(strokes).toHaveLength(4);
    expect(strokes.at(-1)).toBe('stroke accent 1.5');
    expect(calls.find((call) => call.startsWith('curve'))).toBe('curve 28 20 86 80 104 80');
    expect(calls).toContain('arc 10 20 2.4');
    expect(calls).toContain('move 110.5 80');
  });
});
