import { END, FLAGS_SHIFT, FLOATS, NAME, SELF, SHAPE, SliceFlag, START, WORDS } from '../../protocol/summary/slice-table.ts';
import type { NameId, SliceRef } from '../timeline-types.ts';
import type { Accumulator } from './scan-jobs.ts';
import type { Slices } from './slice-tree.ts';
import type { Track } from './track.ts';
import type { Stretch, Unit } from './units.ts';

/** Which slices a list wants. */
export type Accepts = (name: NameId, durationNs: number, selfNs: number, flags: number, track: Track) => boolean;

/** Slices that are held to be sorted; beyond, the shorter half is given up again and again. */
const MAX_HELD = 500_000;
const LEFT = SliceFlag.LEFT << FLAGS_SHIFT;

export interface Collected {
  readonly track: Track;
  readonly band: Unit['band'];
  readonly row: number;
  readonly startNs: number;
  readonly endNs: number;
  readonly selfNs: number;
  readonly name: NameId;
  readonly flags: number;
  readonly ref: SliceRef;
}

/** Slices that ended in a stretch and pass a test. */
export class SliceCollector implements Accumulator {
  readonly #accepts: Accepts;
  readonly #by: 'duration' | 'self';
  #held: Collected[] = [];
  /** That passed, held or not. */
  found = 0;
  /** Shorter ones are not held any more. */
  #leastNs = Number.NEGATIVE_INFINITY;
  isCut = false;
  #kept: { readonly held: number; readonly found: number } | undefined;

  /** `by`: what decides which ones are held if they are too many. */
  constructor(accepts: Accepts, by: 'duration' | 'self') {
    this.#accepts = accepts;
    this.#by = by;
  }

  get held(): readonly Collected[] {
    return this.#held;
  }

  add(unit: Unit, slices: Slices, stretch: Stretch): void {
    const { track, band, node } = unit;
    const { table } = slices;
    const { count, floats, words } = table;
    for (let i = 0, u = 0, f = 0; i < count; i++, u += WORDS, f += FLOATS) {
      const shape = words[u + SHAPE] as number;
      // One that is open is told by who knows when it ends.
      if ((shape & LEFT) !== 0) continue;
      const startNs = floats[f + START] as number;
      const endNs = floats[f + END] as number;
      if (endNs <= stretch.fromNs || endNs > stretch.toNs) continue;
      const selfNs = floats[f + SELF] as number;
      const name = band.nameOf(words[u + NAME] as number);
      const flags = shape >>> FLAGS_SHIFT;
      if (!this.#accepts(name, endNs - startNs, selfNs, flags, track)) continue;
      this.put({ track, band, row: table.depthOf(i), startNs, endNs, selfNs, name, flags, ref: band.refOf(slices, i, node) });
    }
  }

  accepts(slice: Collected): boolean {
    return this.#accepts(slice.name, slice.endNs - slice.startNs, slice.selfNs, slice.flags, slice.track);
  }

  put(slice: Collected): void {
    this.found++;
    if (this.#sizeOf(slice) < this.#leastNs) return;
    this.#held.push(slice);
    if (this.#held.length > MAX_HELD) this.#thin();
  }

  #sizeOf(slice: Collected): number {
    return this.#by === 'self' ? slice.selfNs : slice.endNs - slice.startNs;
  }

  #thin(): void {
    this.isCut = true;
    const sizes = Float64Array.from(this.#held, (slice) => this.#sizeOf(slice)).sort();
    this.#leastNs = sizes[sizes.length >> 1] as number;
    const kept = this.#held.filter((slice) => this.#sizeOf(slice) > this.#leastNs);
    // All of one length: any half.
    this.#held = kept.length > 0 ? kept : this.#held.slice(0, MAX_HELD / 2);
  }

  checkpoint(): void {
    this.#kept = { held: this.#held.length, found: this.found };
  }

  rollback(): void {
    if (!this.#kept) return;
    // What was given up while the tail was there stays so: the list says that it is cut.
    this.#held.length = Math.min(this.#held.length, this.#kept.held);
    this.found = this.#kept.found;
    this.#kept = undefined;
  }
}

/** Durations of the slices that ended in a stretch, by group. */
export class Durations implements Accumulator {
  readonly #groupOf: (name: NameId, track: Track) => number;
  readonly #lists = new Map<number, Growing>();
  #kept: Map<number, number> | undefined;

  /** `groupOf`: -1: not wanted. */
  constructor(groupOf: (name: NameId, track: Track) => number) {
    this.#groupOf = groupOf;
  }

  /** In any order. */
  of(group: number): Float64Array {
    return this.#lists.get(group)?.values ?? new Float64Array(0);
  }

  put(group: number, durationNs: number): void {
    let list = this.#lists.get(group);
    if (!list) {
      list = new Growing();
      this.#lists.set(group, list);
    }
    list.push(durationNs);
  }

  add({ band, track }: Unit, slices: Slices, stretch: Stretch): void {
    const { count, floats, words } = slices.table;
    for (let i = 0, u = 0, f = 0; i < count; i++, u += WORDS, f += FLOATS) {
      const end = floats[f + END] as number;
      if (end <= stretch.fromNs || end > stretch.toNs || end === Number.POSITIVE_INFINITY) continue;
      const group = this.#groupOf(band.nameOf(words[u + NAME] as number), track);
      if (group >= 0) this.put(group, end - (floats[f + START] as number));
    }
  }

  checkpoint(): void {
    this.#kept = new Map([...this.#lists].map(([group, list]) => [group, list.length]));
  }

  rollback(): void {
    if (!this.#kept) return;
    for (const [group, list] of this.#lists) list.length = this.#kept.get(group) ?? 0;
    this.#kept = undefined;
  }
}

class Growing {
  #numbers = new Float64Array(64);
  length = 0;

  get values(): Float64Array {
    return this.#numbers.subarray(0, this.length);
  }

  push(value: number): void {
    if (this.length === this.#numbers.length) {
      const larger = new Float64Array(this.length * 2);
      larger.set(this.#numbers);
      this.#numbers = larger;
    }
    this.#numbers[this.length++] = value;
  }
}
