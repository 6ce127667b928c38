import { describe, expect, it } from 'vitest';
import { Flag, ItemOrder, type Items, type Placement, RowKind, type RowPlaces } from '../../../../../renderer/drawing/timeline/items.ts';
import { LabelCache } from '../../../../../renderer/drawing/timeline/label-cache.ts';
import { Durations, drawLabels, type LabelLook } from '../../../../../renderer/drawing/timeline/slice-labels.ts';
import { drawErrors, drawOutlines, drawSlices, type SliceLook } from '../../../../../renderer/drawing/timeline/slices.ts';
import { PALETTE, recordingInk } from './recording-ink.ts';

interface One {
  readonly from: number;
  readonly to: number;
  readonly row?: number;
  readonly name?: number;
  readonly merged?: number;
  readonly busy?: number;
  readonly flags?: number;
  readonly ref?: number;
}

function itemsOf(list: readonly One[]): Items {
  return {
    count: list.length,
    row: Uint32Array.from(list, (one) => one.row ?? 0),
    x0: Float32Array.from(list, (one) => one.from),
    x1: Float32Array.from(list, (one) => one.to),
    name: Uint32Array.from(list, (one) => one.name ?? 1),
    merged: Uint32Array.from(list, (one) => one.merged ?? 1),
    busy: Float32Array.from(list, (one) => one.busy ?? 1),
    flags: Uint8Array.from(list, (one) => one.flags ?? 0),
    ref: Float64Array.from(list, (one) => one.ref ?? 0),
  };
}

const ROWS: RowPlaces = { kind: Uint8Array.of(RowKind.SLICES, RowKind.SLICES, RowKind.NONE), y: Float32Array.of(0, 18, 36), colour: new Uint8Array(3) };
const PLACEMENT: Placement = { scale: 1, shift: 0, left: 0, right: 1000 };
/** Name 1 is teal, name 2 is apricot. */
const COLOURS = Uint8Array.of(0, 1, 2);
const LOOK: SliceLook = { palette: PALETTE, rowPx: 18, stripes: (colour) => `stripes of ${colour}`, dimOthers: false };

function drawn(list: readonly One[], placement = PLACEMENT, look = LOOK): string[] {
  const { ink, calls } = recordingInk();
  const items = itemsOf(list);
  const order = new ItemOrder();
  order.sort(items, ROWS, placement, COLOURS);
  drawSlices(ink, items, order, ROWS, placement, look);
  return calls;
}

describe('slices', () => {
  it('have a quiet body and a strong edge of two pixels at their start', () => {
    expect(drawn([{ from: 100, to: 105 }])).toEqual(['rect 100 0 4 17 data-1-fill', 'rect 100 0 2 17 data-1']);
  });

  it('that are below two pixels are an edge, and never less than a pixel', () => {
    expect(drawn([{ from: 10, to: 10.2 }])).toEqual(['rect 10 0 1 17 data-1']);
    expect(drawn([{ from: 10, to: 11.5 }])).toEqual(['rect 10 0 1.5 17 data-1']);
  });

  it('that began left of the plot have no edge there, and none reaches out of it', () => {
    const calls = drawn([{ from: -50, to: 2000 }]);
    expect(calls.some((call) => call.endsWith('data-1'))).toBe(false);
    expect(calls[0]).toBe('rect 0 1 999 15 data-1-fill');
  });

  it('are drawn colour by colour, whatever the order of time', () => {
    const calls = drawn([
      { from: 0, to: 5, name: 1 },
      { from: 10, to: 15, name: 2 },
      { from: 20, to: 25, name: 1 },
    ]);
    expect(calls.map((call) => call.split(' ').at(-1))).toEqual(['data-1-fill', 'data-1-fill', 'data-1', 'data-1', 'data-2-fill', 'data-2']);
  });

  it('outside of the plot, and of rows out of sight, are not drawn', () => {
    expect(
      drawn([
        { from: -100, to: -50 },
        { from: 1100, to: 1200 },
        { from: 10, to: 50, row: 2 },
      ]),
    ).toEqual([]);
  });

  it('move with the view until their own answer is there', () => {
    expect(drawn([{ from: 100, to: 102 }], { ...PLACEMENT, scale: 2, shift: -50 })).toEqual(['rect 150 0 3 17 data-1-fill', 'rect 150 0 2 17 data-1']);
  });

  it('that are too many for their pixels are a tint with columns as high as their share of time', () => {
    expect(drawn([{ from: 10, to: 30, merged: 148, busy: 0.5 }])).toEqual([
      expect.stringMatching(/^rect 10 0 20 17 .*data-1/),
      'rect 10 8 20 9 stripes of data-1',
    ]);
  });

  it('that a search does not match are pale, where that is wanted', () => {
    const calls = drawn(
      [
        { from: 0, to: 5 },
        { from: 10, to: 15, flags: Flag.HIT },
      ],
      PLACEMENT,
      { ...LOOK, dimOthers: true },
    );
    expect(calls.filter((call) => call.startsWith('rect 0 ')).every((call) => call.endsWith('at 0.25'))).toBe(true);
    expect(calls.filter((call) => call.startsWith('rect 10 ')).some((call) => call.endsWith('at 0.25'))).toBe(false);
  });
});

describe('what is seen from afar', () => {
  const marks = (list: readonly One[], chosen = { hits: true, name: 0, otherName: 0, ref: 0 }, rows = ROWS) => {
    const { ink, calls } = recordingInk();
    const items = itemsOf(list);
    const order = new ItemOrder();
    order.sort(items, rows, PLACEMENT, COLOURS);
    drawErrors(ink, items, order, rows, PLACEMENT, LOOK);
    drawOutlines(ink, items, order, rows, PLACEMENT, LOOK, chosen);
    return calls;
  };

  it('an error is a corner, on a thin slice a mark that sticks out', () => {
    expect(marks([{ from: 0, to: 100, flags: Flag.ERROR }])).toEqual(['move 89 0', 'line 99 0', 'line 99 10', 'fill error']);
    expect(marks([{ from: 50, to: 51, flags: Flag.ERROR }])).toEqual(['rect 49 -1 3 5 error', 'fill error']);
  });

  it('a match has an outline, the picked slice a ring over a seam, its namesakes a line below', () => {
    const calls = marks(
      [
        { from: 0, to: 50, name: 1, ref: 7, flags: Flag.HIT },
        { from: 60, to: 100, name: 1, ref: 8 },
      ],
      { hits: true, name: 1, otherName: 0, ref: 7 },
    );
    expect(calls).toEqual([
      'rect 0 15.5 49 1.5 accent',
      'frame 1 1 47 15 search-hit 2',
      'rect 60 15.5 39 1.5 accent',
      'frame -0.5 -0.5 50 18 seam 3.5',
      'frame -0.5 -0.5 50 18 accent 1.75',
    ]);
  });

  it('a blocked loop that is picked has its ring round the strip over the thread, and its namesakes no line', () => {
    const strip: RowPlaces = { kind: Uint8Array.of(RowKind.LOOP), y: Float32Array.of(4), colour: Uint8Array.of(9) };
    const loops = [
      { from: 10, to: 60, ref: 7 },
      { from: 70, to: 100, ref: 8 },
    ];
    expect(marks(loops, { hits: false, name: 1, otherName: 0, ref: 7 }, strip)).toEqual(['frame 9.5 3.5 50 14 seam 3.5', 'frame 9.5 3.5 50 14 accent 1.75']);
  });
});

describe('names on slices', () => {
  const texts = (list: readonly One[], names: Record<number, string>) => {
    const { ink, calls } = recordingInk();
    const items = itemsOf(list);
    const order = new ItemOrder();
    order.sort(items, ROWS, PLACEMENT, COLOURS);
    const labels = new LabelCache({ measureText: (text) => ({ width: text.length * 6 }) });
    for (const [id, name] of Object.entries(names)) labels.set(Number(id), name);
    const look: LabelLook = {
      palette: PALETTE,
      rowPx: 18,
      nameFont: 'name',
      smallFont: 'small',
      labels,
      durationOf: () => '194 ms',
      smallWidth: (text) => text.length * 5,
    };
    drawLabels(ink, items, order, ROWS, PLACEMENT, look, new Durations());
    return calls;
  };

  it('stand six pixels from the start, with the duration where there is room', () => {
    expect(texts([{ from: 100, to: 300 }], { 1: 'checkout' })).toEqual(['text "checkout" 106 9', 'text "194 ms" 161 9']);
    expect(texts([{ from: 100, to: 165 }], { 1: 'checkout' })).toEqual(['text "checkout" 106 9']);
  });

  it('stay in sight at the left side', () => {
    expect(texts([{ from: -400, to: 80 }], { 1: 'checkout' })[0]).toBe('text "checkout" 6 9');
  });

  it('are cut with an ellipsis, and left out below three letters', () => {
    expect(texts([{ from: 0, to: 50 }], { 1: 'applyDiscounts' })[0]).toMatch(/^text "appl.*…" 6 9$/);
    expect(texts([{ from: 0, to: 25 }], { 1: 'applyDiscounts' })).toEqual([]);
  });

  it('of a megabyte, and those that turn writing round, are one short line', () => {
    const [long] = texts([{ from: 0, to: 900 }], { 1: 'x\n'.repeat(1 << 19) });
    expect((long as string).length).toBeLessThan(160);
    expect(texts([{ from: 0, to: 900 }], { 1: 'a\u202Eb' })[0]).not.toContain('\u202E');
  });
});
