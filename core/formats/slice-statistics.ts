/** Statistics of slices by name. A slice's total counts a recursive call once, its self time is without its direct children. */
import { ProblemError } from '../base/result.ts';
import { collectSlices, type SliceTrack } from './slice-collector.ts';
import type { NestedSlices } from './slice-columns.ts';

export interface NameStatistics {
  readonly name: string;
  readonly count: number;
  readonly totalNs: number;
  readonly selfNs: number;
  readonly minNs: number;
  readonly maxNs: number;
  readonly meanNs: number;
  readonly p50Ns: number;
  readonly p90Ns: number;
  readonly p99Ns: number;
}

export interface StatisticsChoice {
  /** Since the start of the recording. Of slices that reach beyond the range only what lies in it counts. */
  readonly fromNs?: number;
  readonly toNs?: number;
  /** Of the thread with this number or name. */
  readonly thread?: string;
  /** Of names that hold this text, whatever the case of its letters; between slashes it is a regular expression. */
  readonly match?: string;
}

/** By total, the greatest first; of equal ones by name. Throws a ProblemError for a thread that is not there. */
export async function statisticsOf(recording: AsyncIterable<Uint8Array>, choice: StatisticsChoice = {}): Promise<readonly NameStatistics[]> {
  const { fromNs, toNs } = choice;
  const collector = await collectSlices(recording, { callsApart: true, ...(fromNs !== undefined && { fromNs }), ...(toNs !== undefined && { toNs }) });
  const wanted = collector.tracks.filter((track) => isOfThread(track, choice.thread));
  if (choice.thread !== undefined && wanted.length === 0) throw noSuchThread(choice.thread, collector.tracks);
  const tables = wanted.map((track) => track.columns.nest());
  return summarise(tables, collector.names, choice);
}

function isOfThread({ stream, track }: SliceTrack, thread: string | undefined): boolean {
  if (thread === undefined) return true;
  return thread === stream.name || thread === track || thread === String(stream.thread);
}

const MOST_NAMED = 8;

function noSuchThread(thread: string, tracks: readonly SliceTrack[]): ProblemError {
  const names = [...new Set(tracks.map(({ stream, track }) => stream.name || track || String(stream.thread)))];
  const more = names.length > MOST_NAMED ? `, and ${names.length - MOST_NAMED} more` : '';
  return new ProblemError({
    code: 'no-such-thread',
    message: `No thread with slices is called ${thread.slice(0, 100)}.`,
    remedy: names.length === 0 ? 'The trace has no slices at all.' : `There are: ${names.slice(0, MOST_NAMED).join(', ')}${more}.`,
  });
}

/** Throws a SyntaxError for a regular expression that is none. */
export function matcherOf(match: string | undefined): (name: string) => boolean {
  if (match === undefined) return () => true;
  const [, source, flags] = /^\/(.+)\/([imsu]*)$/s.exec(match) ?? [];
  if (source !== undefined) {
    const pattern = new RegExp(source, flags);
    return (name) => pattern.test(name);
  }
  const text = match.toLowerCase();
  return (name) => name.toLowerCase().includes(text);
}

function summarise(tables: readonly NestedSlices[], names: readonly string[], choice: StatisticsChoice): readonly NameStatistics[] {
  const counts = new Float64Array(names.length);
  const totals = new Float64Array(names.length);
  const selfs = new Float64Array(names.length);
  for (const table of tables) addTable(table, choice, counts, totals, selfs);
  const ends = new Float64Array(names.length);
  let all = 0;
  for (let name = 0; name < names.length; name++) {
    all += counts[name] as number;
    ends[name] = all;
  }
  const durations = durationsByName(tables, choice, ends, all);
  const matches = matcherOf(choice.match);
  const rows: NameStatistics[] = [];
  for (const [name, text] of names.entries()) {
    const count = counts[name] as number;
    if (count === 0 || !matches(text)) continue;
    const own = durations.subarray((ends[name] as number) - count, ends[name]).sort();
    const totalNs = totals[name] as number;
    const sum = own.reduce((before, one) => before + one, 0);
    const [minNs, maxNs] = [own[0] as number, own[count - 1] as number];
    const percentiles = { p50Ns: rank(own, 0.5), p90Ns: rank(own, 0.9), p99Ns: rank(own, 0.99) };
    rows.push({ name: text, count, totalNs, selfNs: selfs[name] as number, minNs, maxNs, meanNs: sum / count, ...percentiles });
  }
  return rows.sort((a, b) => b.totalNs - a.totalNs || (a.name < b.name ? -1 : 1));
}

/** The least duration that this part of all does not exceed. */
const rank = (sorted: Float64Array, part: number): number => sorted[Math.max(0, Math.ceil(part * sorted.length) - 1)] as number;

/** What of a slice lies in the range; below 0: nothing does. */
function within(table: NestedSlices, row: number, fromNs: number, toNs: number): number {
  const start = table.starts[row] as number;
  const end = start + (table.durations[row] as number);
  const isIn = start < toNs && (end > fromNs || (start === end && start === fromNs));
  return isIn ? Math.min(end, toNs) - Math.max(start, fromNs) : -1;
}

function addTable(table: NestedSlices, { fromNs, toNs }: StatisticsChoice, counts: Float64Array, totals: Float64Array, selfs: Float64Array): void {
  const from = fromNs ?? Number.NEGATIVE_INFINITY;
  const to = toNs ?? Number.POSITIVE_INFINITY;
  const { count, names, parents, lanes } = table;
  const openNames = new OpenNames(counts.length);
  const open: number[][] = [];
  for (let row = 0; row < count; row++) {
    const name = names[row] as number;
    const parent = parents[row] as number;
    const lane = lanes[row] as number;
    while (open.length <= lane) open.push([]);
    const around = open[lane] as number[];
    while (around.length > 0 && around[around.length - 1] !== parent) openNames.end(lane, names[around.pop() as number] as number);
    const durationNs = within(table, row, from, to);
    const isOutermost = openNames.begin(lane, name);
    around.push(row);
    if (durationNs < 0) continue;
    counts[name] = (counts[name] as number) + 1;
    selfs[name] = (selfs[name] as number) + durationNs;
    if (isOutermost) totals[name] = (totals[name] as number) + durationNs;
    if (parent >= 0) {
      const parentName = names[parent] as number;
      selfs[parentName] = (selfs[parentName] as number) - durationNs;
    }
  }
}

/** How often each name is open in each lane, while slices go by in the order of their begin. */
class OpenNames {
  /** Of lane 0, in which nearly all are. */
  readonly #first: Int32Array;
  readonly #others = new Map<number, number>();

  constructor(names: number) {
    this.#first = new Int32Array(names);
  }

  /** True: it was not open. */
  begin(lane: number, name: number): boolean {
    if (lane === 0) {
      const before = this.#first[name] as number;
      this.#first[name] = before + 1;
      return before === 0;
    }
    const key = lane * this.#first.length + name;
    const before = this.#others.get(key) ?? 0;
    this.#others.set(key, before + 1);
    return before === 0;
  }

  end(lane: number, name: number): void {
    if (lane === 0) this.#first[name] = (this.#first[name] as number) - 1;
    else {
      const key = lane * this.#first.length + name;
      this.#others.set(key, (this.#others.get(key) ?? 1) - 1);
    }
  }
}

function durationsByName(tables: readonly NestedSlices[], { fromNs, toNs }: StatisticsChoice, ends: Float64Array, all: number): Float64Array {
  const durations = new Float64Array(all);
  const next = ends.slice();
  for (const table of tables) {
    for (let row = 0; row < table.count; row++) {
      const durationNs = within(table, row, fromNs ?? Number.NEGATIVE_INFINITY, toNs ?? Number.POSITIVE_INFINITY);
      if (durationNs < 0) continue;
      const name = table.names[row] as number;
      const at = (next[name] as number) - 1;
      next[name] = at;
      durations[at] = durationNs;
    }
  }
  return durations;
}
