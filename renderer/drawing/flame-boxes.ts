/** Boxes of a flame graph as numbers: where they lie, which is under a point, which is beside another. Nothing here draws. */

/** Parallel arrays of `count` boxes, 0 … 1 from left to right, row 0 uppermost. */
export interface FlameBoxes {
  readonly count: number;
  readonly rows: number;
  readonly row: ArrayLike<number>;
  readonly x0: ArrayLike<number>;
  readonly x1: ArrayLike<number>;
  readonly name: ArrayLike<number>;
}

export const NO_BOXES: FlameBoxes = { count: 0, rows: 0, row: [], x0: [], x1: [], name: [] };

const SAME = 1e-9;

/** The box at a place; where several are thinner than what a pointer can hit, the widest within `within`. -1: none. */
export function boxAt({ count, row, x0, x1 }: FlameBoxes, atRow: number, x: number, within = 0): number {
  let best = -1;
  let width = -1;
  for (let k = 0; k < count; k++) {
    if (row[k] !== atRow) continue;
    const [from, to] = [x0[k] as number, x1[k] as number];
    if (x >= from && x < to) return k;
    if (x < from - within || x > to + within || to - from <= width) continue;
    best = k;
    width = to - from;
  }
  return best;
}

export type FlameStep = 'up' | 'down' | 'left' | 'right';

/** The next box in a direction: above and below what overlaps it most, beside the nearest of the row. -1: there is none. */
export function stepFrom(boxes: FlameBoxes, from: number, step: FlameStep): number {
  const { count, row, x0, x1 } = boxes;
  const [mine, left, right] = [row[from] as number, x0[from] as number, x1[from] as number];
  let best = -1;
  let worth = 0;
  for (let k = 0; k < count; k++) {
    const [a, b] = [x0[k] as number, x1[k] as number];
    let value = 0;
    if (step === 'up' || step === 'down') {
      if (row[k] !== mine + (step === 'up' ? -1 : 1)) continue;
      value = Math.min(b, right) - Math.max(a, left);
      // Of equals the first: it is the heaviest one.
      if (value <= SAME) continue;
    } else {
      if (row[k] !== mine || k === from) continue;
      if (step === 'right' ? a < right - SAME : b > left + SAME) continue;
      value = 2 - Math.abs(step === 'right' ? a - right : left - b);
    }
    if (value > worth + SAME) {
      best = k;
      worth = value;
    }
  }
  return best;
}

/** Names from the uppermost box down to this one: boxes of a call tree lie within the one that called them. */
export function pathTo(boxes: FlameBoxes, box: number): number[] {
  const path: number[] = [];
  for (let k = box; k >= 0; k = stepFrom(boxes, k, 'up')) path.unshift(boxes.name[k] as number);
  return path;
}

/** The box of a name in a row nearest to a place: the same one in a newer answer. -1: it is gone. */
export function sameBox({ count, row, x0, name }: FlameBoxes, wanted: { readonly name: number; readonly row: number; readonly x0: number }): number {
  let best = -1;
  for (let k = 0; k < count; k++) {
    if (row[k] !== wanted.row || name[k] !== wanted.name) continue;
    if (best < 0 || Math.abs((x0[k] as number) - wanted.x0) < Math.abs((x0[best] as number) - wanted.x0)) best = k;
  }
  return best;
}

/** Which part of the width boxes of these names cover, each part once. `matches`: by name id. */
export function matchedShare({ count, x0, x1, name }: FlameBoxes, matches: ReadonlySet<number>): number {
  const parts: [number, number][] = [];
  for (let k = 0; k < count; k++) if (matches.has(name[k] as number)) parts.push([x0[k] as number, x1[k] as number]);
  parts.sort((a, b) => a[0] - b[0]);
  let covered = 0;
  let reached = 0;
  for (const [from, to] of parts) {
    if (to <= reached) continue;
    covered += to - Math.max(from, reached);
    reached = to;
  }
  return covered;
}

/** Both halves of a sandwich as one: callers grow upwards from the function, callees downwards. `pivot`: the row of the function. */
export function sandwichOf(callers: FlameBoxes, callees: FlameBoxes): FlameBoxes & { readonly pivot: number; readonly fromCallers: number } {
  const pivot = Math.max(0, callers.rows - 1);
  const count = callers.count + callees.count;
  const made = { row: new Uint16Array(count), x0: new Float64Array(count), x1: new Float64Array(count), name: new Uint32Array(count) };
  let at = 0;
  const take = (boxes: FlameBoxes, rowOf: (row: number) => number, isWanted: (row: number) => boolean): void => {
    for (let k = 0; k < boxes.count; k++) {
      const row = boxes.row[k] as number;
      if (!isWanted(row)) continue;
      made.row[at] = rowOf(row);
      made.x0[at] = boxes.x0[k] as number;
      made.x1[at] = boxes.x1[k] as number;
      made.name[at] = boxes.name[k] as number;
      at++;
    }
  };
  take(
    callers,
    (row) => pivot - row,
    () => true,
  );
  const fromCallers = at;
  // The function itself is in both halves: it is drawn once, where there are callers at all.
  take(
    callees,
    (row) => pivot + row,
    (row) => row > 0 || callers.count === 0,
  );
  return { ...made, count: at, rows: pivot + Math.max(1, callees.rows), pivot, fromCallers };
}
