import { describe, expect, it } from 'vitest';
import { FrameBudget } from '../../../../../renderer/features/counters/frame-budget.ts';

/** Drawings in each of `frames` frames that take `tookMs`, with `wanted` panels that would be drawn, each in `drawMs`. */
function drawings(budget: FrameBudget, frames: number, tookMs: number, wanted: number, from = 0, drawMs = 6): number[] {
  return Array.from({ length: frames }, (_, k) => {
    budget.begin(from + k * tookMs, wanted);
    let taken = 0;
    while (taken < wanted && budget.take()) {
      taken++;
      budget.spent(drawMs);
    }
    return taken;
  });
}

const sum = (list: readonly number[]) => list.reduce((a, b) => a + b, 0);

describe('FrameBudget', () => {
  it('draws every panel in every frame while frames are quick', () => {
    expect(drawings(new FrameBudget(), 20, 16, 6)).toEqual(Array(20).fill(6));
  });

  it('lets panels take turns while frames are slow, each at least in every third', () => {
    const slow = drawings(new FrameBudget(), 60, 40, 6).slice(30);
    expect(sum(slow) / slow.length).toBeCloseTo(2, 1);
  });

  it('lets a single panel wait for a frame or two, too, never for more', () => {
    const slow = drawings(new FrameBudget(), 90, 40, 1).slice(30);
    expect(sum(slow)).toBeGreaterThanOrEqual(19);
    expect(sum(slow)).toBeLessThan(40);
    expect(slow.join('')).not.toContain('000');
  });

  it('draws every panel where frames are slow for other reasons than drawing', () => {
    expect(drawings(new FrameBudget(), 20, 40, 6, 0, 0.5)).toEqual(Array(20).fill(6));
  });

  it('comes back to every frame when frames are quick again', () => {
    const budget = new FrameBudget();
    drawings(budget, 60, 40, 2);
    const quick = drawings(budget, 120, 16, 2, 60 * 40);
    expect(quick.slice(-10)).toEqual(Array(10).fill(2));
  });

  it('does not take a hidden tab for a slow one', () => {
    const budget = new FrameBudget();
    drawings(budget, 5, 16, 3);
    budget.begin(60_000, 3);
    expect([budget.take(), budget.take(), budget.take()]).toEqual([true, true, true]);
  });
});
