/**
 * Slices that are taken in when they end, and given out in the order in which they begin, outer ones first, as formats of begins and ends need them.
 * Holds them until there are too many; what encloses slices that were given out before comes later then.
 */
import { SliceColumns } from './slice-columns.ts';

export interface OrderedSlice {
  readonly startNs: number;
  readonly durationNs: number;
  readonly name: number;
  readonly category: number;
  /** JSON; empty: none. */
  readonly args: Uint8Array;
  /** 0: it nests; else the lane beside them in which it does. */
  readonly lane: number;
}

const NO_ARGS = new Uint8Array(0);
const ROW_BYTES = 64;

export class SliceOrder {
  #columns = new SliceColumns();
  #names: number[] = [];
  #categories: number[] = [];
  #args = new Map<number, Uint8Array>();
  /** What it holds. */
  bytes = 0;

  add(startNs: number, durationNs: number, name: number, category: number, args: Uint8Array | undefined): void {
    const row = this.#names.push(name) - 1;
    this.#categories.push(category);
    if (args !== undefined) this.#args.set(row, args);
    this.#columns.add(startNs, durationNs, row);
    this.bytes += ROW_BYTES + (args?.length ?? 0);
  }

  /** Gives out all that is held: `open` and `close` in pairs that nest, by lane. A slice that ends a nanosecond behind what encloses it ends with it. */
  give(to: { open(slice: OrderedSlice): void; close(timeNs: number, lane: number): void }): void {
    const slices = this.#columns.nest();
    const [names, categories, args] = [this.#names, this.#categories, this.#args];
    this.#columns = new SliceColumns();
    this.#names = [];
    this.#categories = [];
    this.#args = new Map();
    this.bytes = 0;
    const open: { row: number; endNs: number }[][] = [];
    const closeTop = (lane: number, latestNs = Number.POSITIVE_INFINITY): void => {
      const top = open[lane]?.pop();
      if (top !== undefined) to.close(Math.min(top.endNs, latestNs), lane);
    };
    for (let row = 0; row < slices.count; row++) {
      const lane = slices.lanes[row] as number;
      while (open.length <= lane) open.push([]);
      const around = open[lane] as { row: number; endNs: number }[];
      while (around.length > 0 && around.at(-1)?.row !== slices.parents[row]) closeTop(lane, slices.starts[row]);
      const [startNs, durationNs, taken] = [slices.starts[row] as number, slices.durations[row] as number, slices.names[row] as number];
      to.open({ startNs, durationNs, name: names[taken] as number, category: categories[taken] as number, args: args.get(taken) ?? NO_ARGS, lane });
      around.push({ row, endNs: Math.min(startNs + durationNs, around.at(-1)?.endNs ?? Number.POSITIVE_INFINITY) });
    }
    for (const [lane, around] of open.entries()) while (around.length > 0) closeTop(lane);
  }
}
