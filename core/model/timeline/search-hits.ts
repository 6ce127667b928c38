import { SliceFlag } from '../../protocol/summary/slice-table.ts';
import type { Explorer, PlacedSlice } from './explorer.ts';
import type { Accumulator } from './scan-jobs.ts';
import type { CompiledQuery } from './search-query.ts';
import type { Accepts, Collected } from './slice-collector.ts';
import { foundInTable } from './slice-finder.ts';
import type { Slices } from './slice-tree.ts';
import type { Timeline } from './timeline.ts';
import { rowsAbove } from './track.ts';
import type { Stretch, Unit } from './units.ts';

const MAX_HELD = 100_000;
const decoder = new TextDecoder();

interface Tools {
  readonly query: CompiledQuery;
  readonly timeline: Timeline;
  readonly explorer: Explorer;
}

/** Whether a slice matches, its arguments too. These are read from the file only if the rest matches. */
async function isMatch({ query, timeline, explorer }: Tools, { track, slice }: PlacedSlice, endNs: number): Promise<boolean> {
  const { names } = timeline;
  const name = slice.band.nameOf(slice.name);
  const until = slice.endNs === Number.POSITIVE_INFINITY ? endNs : slice.endNs;
  const candidate = {
    durationNs: until - slice.startNs,
    selfNs: slice.selfNs,
    flags: slice.flags,
    isAsync: track.kind === 'async',
    thread: timeline.labelOf(track),
  };
  if (!query.matches(names, name, candidate)) return false;
  if (!query.looksAtArgs) return true;
  const json = slice.ref === 0 ? undefined : await explorer.argsOf(slice.ref);
  return query.matchesWithArgs(names, name, candidate, json ? decoder.decode(json) : '');
}

/** Slices whose arguments match. */
export class SearchHits implements Accumulator {
  readonly #tools: Tools & { readonly accepts: Accepts };
  #held: Collected[] = [];
  found = 0;
  #kept: { readonly held: number; readonly found: number } | undefined;

  constructor(tools: Tools & { readonly accepts: Accepts }) {
    this.#tools = tools;
  }

  get held(): readonly Collected[] {
    return this.#held;
  }

  async add({ track, band, node }: Unit, slices: Slices, stretch: Stretch): Promise<void> {
    const { table } = slices;
    for (let i = 0; i < table.count; i++) {
      const slice = foundInTable(band, slices, i, node);
      if ((slice.flags & SliceFlag.LEFT) !== 0 && node) continue;
      const endNs = slice.endNs === Number.POSITIVE_INFINITY ? stretch.endNs : slice.endNs;
      if (endNs <= stretch.fromNs || slice.startNs > stretch.toNs) continue;
      const name = band.nameOf(slice.name);
      if (!this.#tools.accepts(name, endNs - slice.startNs, slice.selfNs, slice.flags, track)) continue;
      if (!(await isMatch(this.#tools, { track, slice }, stretch.endNs))) continue;
      this.found++;
      if (this.#held.length < MAX_HELD) this.#held.push({ ...slice, track, name, endNs });
    }
  }

  checkpoint(): void {
    this.#kept = { held: this.#held.length, found: this.found };
  }

  rollback(): void {
    if (!this.#kept) return;
    this.#held = this.#held.slice(0, this.#kept.held);
    this.found = this.#kept.found;
    this.#kept = undefined;
  }
}

export interface StepQuery extends Tools {
  readonly stretch: Stretch;
  readonly from: PlacedSlice | { readonly timeNs: number };
  readonly backwards: boolean;
}

/** Order in which matches follow each other: start, track, row. */
interface Position {
  readonly startNs: number;
  readonly track: number;
  readonly row: number;
}

const compare = (a: Position, b: Position): number => a.startNs - b.startNs || a.track - b.track || a.row - b.row;
const positionOf = ({ track, slice }: PlacedSlice): Position => ({ startNs: slice.startNs, track: track.id, row: rowsAbove(track, slice.band) + slice.row });

/** The next match behind a slice or a time, or the one before. */
export async function stepTo(step: StepQuery): Promise<PlacedSlice | undefined> {
  const { backwards, explorer, query, stretch, timeline } = step;
  const sign = backwards ? -1 : 1;
  const from: Position = 'timeNs' in step.from ? { startNs: step.from.timeNs, track: sign * Number.POSITIVE_INFINITY, row: 0 } : positionOf(step.from);
  let best: PlacedSlice | undefined;
  for (const track of stretch.tracks) {
    for (const band of track.bands) {
      const known = best;
      const found = await explorer.finder({ band }).nearest({
        fromNs: from.startNs,
        isBackwards: backwards,
        mayHave: (name) => query.mayMatch(timeline.names, name),
        accepts: async (slice) => {
          const placed = { track, slice };
          const position = positionOf(placed);
          if (sign * compare(position, from) <= 0 || slice.startNs > stretch.toNs || slice.endNs < stretch.fromNs) return false;
          if (known && sign * compare(position, positionOf(known)) > 0) return false;
          return isMatch(step, placed, stretch.endNs);
        },
        isBeyond: (timeNs) =>
          (known !== undefined && sign * (timeNs - known.slice.startNs) > 0) || (backwards ? timeNs < stretch.fromNs : timeNs > stretch.toNs),
      });
      if (found) best = { track, slice: found };
    }
  }
  return best;
}
