/** How durations are spread: from all of them, sorted, or from bins where they are too many. */
import { BINS, binStart } from '../../protocol/summary/statistics.ts';
import type { DurationHistogram, NameId, Spread } from '../timeline-types.ts';
import type { NameTotals } from './name-totals.ts';

/** Numbers of a row while they are added up. */
export class Sum {
  count = 0;
  sum = 0;
  squares = 0;
  min = Number.POSITIVE_INFINITY;
  max = Number.NEGATIVE_INFINITY;
  total = 0;
  self = 0;

  take(totals: NameTotals, id: NameId, totalNs: number): this {
    this.count += totals.count(id);
    this.sum += totals.sum(id);
    this.squares += totals.squares(id);
    this.min = Math.min(this.min, totals.min(id));
    this.max = Math.max(this.max, totals.max(id));
    this.total += totalNs;
    this.self += totals.self(id);
    return this;
  }

  takeOne(durationNs: number, totalNs: number, selfNs: number): this {
    this.count++;
    this.sum += durationNs;
    this.squares += durationNs * durationNs;
    this.min = Math.min(this.min, durationNs);
    this.max = Math.max(this.max, durationNs);
    this.total += totalNs;
    this.self += selfNs;
    return this;
  }

  withTotal(totalNs: number): this {
    this.total = totalNs;
    return this;
  }
}

type SpreadNumbers = Omit<Spread, 'key' | 'isExact' | 'done'>;

/** Nearest rank: the least duration that so many are not above. */
const rankOf = (count: number, share: number): number => Math.max(0, Math.ceil(count * share) - 1);

export function spreadOfSorted(durations: Float64Array): SpreadNumbers {
  const count = durations.length;
  let sum = 0;
  for (const duration of durations) sum += duration;
  const mean = count > 0 ? sum / count : 0;
  let squares = 0;
  for (const duration of durations) squares += (duration - mean) ** 2;
  const at = (share: number): number => durations[rankOf(count, share)] ?? 0;
  return {
    count,
    meanNs: mean,
    deviationNs: count > 0 ? Math.sqrt(squares / count) : 0,
    minNs: durations[0] ?? 0,
    p50Ns: at(0.5),
    p90Ns: at(0.9),
    p99Ns: at(0.99),
    p999Ns: at(0.999),
    maxNs: durations[count - 1] ?? 0,
  };
}

export function spreadOfBins(bins: Float64Array, { count, sum, squares, min, max }: Sum): SpreadNumbers {
  const inBins = bins.reduce((all, one) => all + one, 0);
  const at = (share: number): number => {
    let rank = rankOf(inBins, share);
    for (let bin = 0; bin < BINS; bin++) {
      rank -= bins[bin] as number;
      // The middle of the bin, and never beyond what there is.
      if (rank < 0) return Math.min(max, Math.max(min, (binStart(bin) + binStart(bin + 1)) / 2));
    }
    return 0;
  };
  const mean = count > 0 ? sum / count : 0;
  return {
    count,
    meanNs: mean,
    deviationNs: count > 0 ? Math.sqrt(Math.max(0, squares / count - mean * mean)) : 0,
    minNs: count > 0 ? min : 0,
    p50Ns: at(0.5),
    p90Ns: at(0.9),
    p99Ns: at(0.99),
    p999Ns: at(0.999),
    maxNs: count > 0 ? max : 0,
  };
}

const MAX_BUCKETS = 500;

/** Edges from the least to beyond the greatest, each so many times the one before. */
function edgesBetween(least: number, greatest: number, buckets: number): Float64Array<ArrayBuffer> {
  const count = Math.min(MAX_BUCKETS, Math.max(1, Math.floor(buckets) || 1));
  const from = Math.max(1, least);
  const to = Math.max(from, greatest) * 1.000001 + 1;
  const factor = (to / from) ** (1 / count);
  return Float64Array.from({ length: count + 1 }, (_, i) => (i === 0 ? Math.min(from, least) : i === count ? to : from * factor ** i));
}

export function histogramOfSorted(durations: Float64Array, buckets: number): Pick<DurationHistogram, 'edgesNs' | 'counts'> {
  const edgesNs = edgesBetween(durations[0] ?? 0, durations.at(-1) ?? 0, buckets);
  const counts = new Float64Array(edgesNs.length - 1);
  let bucket = 0;
  for (const duration of durations) {
    while (bucket < counts.length - 1 && duration >= (edgesNs[bucket + 1] as number)) bucket++;
    counts[bucket] = (counts[bucket] as number) + 1;
  }
  return { edgesNs, counts };
}

export function histogramOfBins(bins: Float64Array, buckets: number): Pick<DurationHistogram, 'edgesNs' | 'counts'> {
  let first = bins.findIndex((count) => count > 0);
  if (first < 0) first = 0;
  const last = bins.findLastIndex((count) => count > 0);
  const edgesNs = edgesBetween(binStart(first), binStart(Math.max(first, last) + 1), buckets);
  const counts = new Float64Array(edgesNs.length - 1);
  let bucket = 0;
  for (let bin = first; bin <= last; bin++) {
    const middle = (binStart(bin) + binStart(bin + 1)) / 2;
    while (bucket < counts.length - 1 && middle >= (edgesNs[bucket + 1] as number)) bucket++;
    counts[bucket] = (counts[bucket] as number) + (bins[bin] as number);
  }
  return { edgesNs, counts };
}
