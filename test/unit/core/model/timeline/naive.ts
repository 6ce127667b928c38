/** Slices as arrays of objects, computed the slow and plain way: what the engine is compared with. */
export interface NaiveSlice {
  readonly start: number;
  end: number;
  readonly name: string;
  readonly depth: number;
  self: number;
  readonly parent: NaiveSlice | undefined;
  isOpen: boolean;
}

/** One step of a thread: a call of a function, the end of the innermost one, or time that passes. */
export type Step = { readonly kind: 'enter'; readonly name: string } | { readonly kind: 'exit' };

export class NaiveCalls {
  readonly slices: NaiveSlice[] = [];
  readonly stack: NaiveSlice[] = [];

  enter(time: number, name: string): void {
    const slice = { start: time, end: Number.POSITIVE_INFINITY, name, depth: this.stack.length, self: 0, parent: this.stack.at(-1), isOpen: true };
    this.slices.push(slice);
    this.stack.push(slice);
  }

  exit(time: number): void {
    const slice = this.stack.pop() as NaiveSlice;
    slice.end = time;
    slice.isOpen = false;
    const children = this.slices.filter((one) => one.parent === slice);
    slice.self = time - slice.start - children.reduce((sum, child) => sum + child.end - child.start, 0);
  }
}

/** Nests slices that come in any order; those that do not nest go to `overlapping`. */
export function nested(slices: readonly { readonly start: number; readonly end: number; readonly name: string }[]): {
  readonly nested: readonly NaiveSlice[];
  readonly overlapping: readonly { readonly start: number; readonly end: number; readonly name: string }[];
} {
  const sorted = slices.map((slice, i) => ({ ...slice, i })).sort((a, b) => a.start - b.start || b.end - a.end || a.i - b.i);
  const placed: NaiveSlice[] = [];
  const overlapping: (typeof sorted)[number][] = [];
  const stack: { readonly slice: NaiveSlice; readonly until: number }[] = [];
  for (const { start, end, name, i } of sorted) {
    while (stack.length > 0 && (stack.at(-1) as (typeof stack)[number]).until <= start) stack.pop();
    const top = stack.at(-1);
    if (top && end > top.until + 1) {
      overlapping.push({ start, end, name, i });
      continue;
    }
    const slice: NaiveSlice = { start, end, name, depth: stack.length, self: end - start, parent: top?.slice, isOpen: false };
    if (top) top.slice.self -= end - start;
    placed.push(slice);
    stack.push({ slice, until: Math.min(end, top?.until ?? Number.POSITIVE_INFINITY) });
  }
  return { nested: placed, overlapping };
}
