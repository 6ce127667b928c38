import { BINS, type Statistics } from '../../protocol/summary/statistics.ts';
import type { NameId } from '../timeline-types.ts';

const COUNT = 0;
const SUM = 1;
const SQUARES = 2;
const MIN = 3;
const MAX = 4;
const TOTAL = 5;
const SELF = 6;
const NUMBERS = 8;

/** Statistics of many stretches and tracks by name of the trace. */
export class NameTotals {
  #numbers = new Float64Array(0);
  /** By name: counts by bin of the duration. */
  readonly #bins = new Map<NameId, Float64Array>();
  /** Part of what was added came without durations by bin. */
  lacksHistogram = false;

  /** `only`: durations by bin are wanted of these names alone. */
  add(statistics: Statistics, nameOf: (name: number) => NameId, only?: ReadonlySet<NameId>): void {
    const { name, count, sum, squares, min, max, total, self, histogram } = statistics;
    for (let row = 0; row < name.length; row++) {
      const id = nameOf(name[row] as number);
      const n = this.#at(id);
      const numbers = this.#numbers;
      numbers[n + COUNT] = (numbers[n + COUNT] as number) + (count[row] as number);
      numbers[n + SUM] = (numbers[n + SUM] as number) + (sum[row] as number);
      numbers[n + SQUARES] = (numbers[n + SQUARES] as number) + (squares[row] as number);
      numbers[n + MIN] = Math.min(numbers[n + MIN] as number, min[row] as number);
      numbers[n + MAX] = Math.max(numbers[n + MAX] as number, max[row] as number);
      numbers[n + TOTAL] = (numbers[n + TOTAL] as number) + (total[row] as number);
      numbers[n + SELF] = (numbers[n + SELF] as number) + (self[row] as number);
      if (!only?.has(id)) continue;
      if (!histogram) {
        this.lacksHistogram = true;
        continue;
      }
      const bins = this.bins(id);
      for (let i = histogram.from[row] as number; i < (histogram.from[row + 1] as number); i++) {
        bins[histogram.bin[i] as number] = (bins[histogram.bin[i] as number] as number) + (histogram.count ? (histogram.count[i] as number) : 1);
      }
    }
  }

  /** A slice that has not ended in the stretch. */
  addOpen(id: NameId, durationNs: number): void {
    const n = this.#at(id);
    const numbers = this.#numbers;
    numbers[n + COUNT] = (numbers[n + COUNT] as number) + 1;
    numbers[n + SUM] = (numbers[n + SUM] as number) + durationNs;
    numbers[n + SQUARES] = (numbers[n + SQUARES] as number) + durationNs * durationNs;
    numbers[n + MIN] = Math.min(numbers[n + MIN] as number, durationNs);
    numbers[n + MAX] = Math.max(numbers[n + MAX] as number, durationNs);
  }

  #at(id: NameId): number {
    const n = id * NUMBERS;
    if (n >= this.#numbers.length) {
      const larger = new Float64Array(Math.max((id + 1) * NUMBERS, this.#numbers.length * 2));
      larger.set(this.#numbers);
      for (let i = this.#numbers.length; i < larger.length; i += NUMBERS) {
        larger[i + MIN] = Number.POSITIVE_INFINITY;
        larger[i + MAX] = Number.NEGATIVE_INFINITY;
      }
      this.#numbers = larger;
    }
    return n;
  }

  /** Calls `each` for every name that has a slice or time. */
  each(each: (id: NameId) => void): void {
    for (let id = 0; id < this.#numbers.length / NUMBERS; id++) if (this.count(id) > 0 || this.total(id) > 0) each(id);
  }

  count(id: NameId): number {
    return this.#numbers[id * NUMBERS + COUNT] ?? 0;
  }
  /** Of whole durations. */
  sum(id: NameId): number {
    return this.#numbers[id * NUMBERS + SUM] ?? 0;
  }
  squares(id: NameId): number {
    return this.#numbers[id * NUMBERS + SQUARES] ?? 0;
  }
  min(id: NameId): number {
    return this.#numbers[id * NUMBERS + MIN] ?? Number.POSITIVE_INFINITY;
  }
  max(id: NameId): number {
    return this.#numbers[id * NUMBERS + MAX] ?? Number.NEGATIVE_INFINITY;
  }
  total(id: NameId): number {
    return this.#numbers[id * NUMBERS + TOTAL] ?? 0;
  }
  self(id: NameId): number {
    return this.#numbers[id * NUMBERS + SELF] ?? 0;
  }

  bins(id: NameId): Float64Array {
    let bins = this.#bins.get(id);
    if (!bins) {
      bins = new Float64Array(BINS);
      this.#bins.set(id, bins);
    }
    return bins;
  }
}
