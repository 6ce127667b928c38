import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { drawFlame, type FlameLook, flameOrder } from '../../../../renderer/drawing/flame.ts';
import { boxAt, type FlameBoxes, matchedShare, pathTo, sameBox, sandwichOf, stepFrom } from '../../../../renderer/drawing/flame-boxes.ts';
import { LabelCache } from '../../../../renderer/drawing/timeline/label-cache.ts';
import { PALETTE, recordingInk } from './timeline/recording-ink.ts';

type One = readonly [row: number, x0: number, x1: number, name: number];
const boxesOf = (list: readonly One[]): FlameBoxes => ({
  count: list.length,
  rows: list.reduce((most, [row]) => Math.max(most, row + 1), 0),
  row: list.map(([row]) => row),
  x0: list.map(([, x0]) => x0),
  x1: list.map(([, , x1]) => x1),
  name: list.map(([, , , name]) => name),
});

/** main holds work (a half) and rest; work holds parse. */
const TREE = boxesOf([
  [0, 0, 1, 1],
  [1, 0, 0.5, 2],
  [1, 0.5, 0.6, 3],
  [2, 0, 0.25, 4],
]);

function drawn(boxes: FlameBoxes, chosen = { active: -1, name: 0, matches: undefined as ReadonlySet<number> | undefined }, scrollTop = 0): string[] {
  const { ink, calls } = recordingInk();
  const labels = new LabelCache(ink);
  for (const [id, text] of ['', 'main', 'work', 'rest', 'parse'].entries()) labels.set(id, text);
  const colourOf = (name: number) => name;
  const look: FlameLook = {
    palette: PALETTE,
    rowPx: 18,
    nameFont: 'name',
    smallFont: 'small',
    labels,
    smallWidth: (text) => text.length * 5,
    colourOf,
    shareOf: (box) => `${Math.round(((boxes.x1[box] as number) - (boxes.x0[box] as number)) * 100)} %`,
  };
  drawFlame(ink, boxes, flameOrder(boxes, colourOf), { width: 400, height: 100, scrollTop }, look, chosen);
  return calls;
}

describe('a flame graph', () => {
  it('has a body and a strong edge for each box, colour by colour, then names with what part they are', () => {
    expect(drawn(TREE)).toEqual([
      'rect 0 0 400 100 bg-well',
      'rect 0 0 399 17 data-1-fill',
      'rect 0 0 2 17 data-1',
      'rect 0 18 199 17 data-2-fill',
      'rect 0 18 2 17 data-2',
      'rect 200 18 39 17 data-3-fill',
      'rect 200 18 2 17 data-3',
      'rect 0 36 99 17 data-4-fill',
      'rect 0 36 2 17 data-4',
      'text "main" 6 9',
      'text "work" 6 27',
      'text "rest" 206 27',
      'text "parse" 6 45',
      'text "100 %" 37 9',
      'text "50 %" 37 27',
      'text "25 %" 43 45',
    ]);
  });

  it('draws no row that is out of sight', () => {
    const calls = drawn(TREE, undefined, 36);
    expect(calls).toContain('rect 0 0 99 17 data-4-fill');
    expect(calls.some((call) => call.includes('data-1') || call.includes('main'))).toBe(false);
  });

  it('draws pale what is not looked for, outlines what is, and rings what is picked', () => {
    const calls = drawn(TREE, { active: 1, name: 3, matches: new Set([4]) });
    expect(calls).toContain('rect 0 0 399 17 data-1-fill at 0.25');
    expect(calls).toContain('rect 0 36 99 17 data-4-fill');
    expect(calls).toContain('frame 1 37 97 15 search-hit 2');
    expect(calls).toContain('rect 200 33.5 39 1.5 accent');
    expect(calls.slice(-2)).toEqual(['frame 0.5 18.5 198 16 seam 3.5', 'frame 0.5 18.5 198 16 accent 1.75']);
  });

  it('shows boxes below a pixel as an edge', () => {
    expect(drawn(boxesOf([[0, 0.5, 0.501, 2]])).slice(1)).toEqual(['rect 200 0 0.5 17 data-2']);
  });

  it('keeps every box once in its order', () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 0, max: 12 })), (names) => {
        const boxes = boxesOf(names.map((name) => [0, 0, 1, name]));
        const { order, first } = flameOrder(boxes, (name) => name);
        expect([...order].sort((a, b) => a - b)).toEqual(names.map((_, k) => k));
        expect(first[10]).toBe(names.length);
      }),
    );
  });
});

describe('boxes', () => {
  it('are found under a point, the widest of those that are just missed', () => {
    expect(boxAt(TREE, 1, 0.55)).toBe(2);
    expect(boxAt(TREE, 1, 0.7)).toBe(-1);
    expect(boxAt(TREE, 1, 0.61, 0.02)).toBe(2);
  });

  it('lead to those around them', () => {
    expect([stepFrom(TREE, 0, 'down'), stepFrom(TREE, 1, 'down'), stepFrom(TREE, 2, 'down')]).toEqual([1, 3, -1]);
    expect([stepFrom(TREE, 3, 'up'), stepFrom(TREE, 0, 'up')]).toEqual([1, -1]);
    expect([stepFrom(TREE, 1, 'right'), stepFrom(TREE, 2, 'left'), stepFrom(TREE, 2, 'right')]).toEqual([2, 1, -1]);
    expect(pathTo(TREE, 3)).toEqual([1, 2, 4]);
  });

  it('are the same in a newer answer by name, row and place', () => {
    const now = boxesOf([
      [0, 0, 1, 1],
      [1, 0, 0.4, 3],
      [1, 0.4, 0.7, 2],
      [1, 0.8, 0.9, 3],
    ]);
    expect(sameBox(now, { name: 3, row: 1, x0: 0.7 })).toBe(3);
    expect(sameBox(now, { name: 4, row: 2, x0: 0 })).toBe(-1);
  });

  it('cover each part of the width once', () => {
    expect(matchedShare(TREE, new Set([2, 4]))).toBeCloseTo(0.5);
    expect(matchedShare(TREE, new Set([2, 3]))).toBeCloseTo(0.6);
    expect(matchedShare(TREE, new Set())).toBe(0);
  });

  it('of a sandwich have callers above and callees below the function, which is there once', () => {
    const callers = boxesOf([
      [0, 0, 1, 9],
      [1, 0, 0.6, 1],
      [2, 0, 0.6, 2],
    ]);
    const callees = boxesOf([
      [0, 0, 1, 9],
      [1, 0, 0.3, 3],
    ]);
    const { count, rows, pivot, row, name } = sandwichOf(callers, callees);
    expect({ count, rows, pivot }).toEqual({ count: 4, rows: 4, pivot: 2 });
    expect([...(row as Uint16Array)].slice(0, count)).toEqual([2, 1, 0, 3]);
    expect([...(name as Uint32Array)].slice(0, count)).toEqual([9, 1, 2, 3]);
  });
});
