import { FLAGS_SHIFT, SHAPE, SliceFlag, WORDS } from '../../protocol/summary/slice-table.ts';
import type { Explorer, PlacedSlice } from './explorer.ts';
import type { Accumulator } from './scan-jobs.ts';
import type { CompiledQuery } from './search-query.ts';
import type { Accepts, Collected } from './slice-collector.ts';
import { type FoundSlice, foundInTable } from './slice-finder.ts';
import type { Slices, TreeNode } from './slice-tree.ts';
import type { Timeline } from './timeline.ts';
import { rowsAbove, type Track } from './track.ts';
import type { Stretch, Unit } from './units.ts';

const MAX_HELD = 100_000;
const decoder = new TextDecoder();
const CROSSES = (SliceFlag.CAME | SliceFlag.LEFT) << FLAGS_SHIFT;

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

/** Order in which matches follow each other: start, track, row. */
interface Position {
  readonly startNs: number;
  readonly track: number;
  readonly row: number;
}

const compare = (a: Position, b: Position): number => a.startNs - b.startNs || a.track - b.track || a.row - b.row;

export interface StepQuery extends Tools {
  readonly stretch: Stretch;
  readonly from: PlacedSlice | { readonly timeNs: number };
  readonly backwards: boolean;
}

/** The next match behind a slice or a time, or the one before. */
export async function stepTo(step: StepQuery): Promise<PlacedSlice | undefined> {
  let best: PlacedSlice | undefined;
  for (const track of step.stretch.tracks) {
    for (const band of track.bands) {
      const found = await new BandStep(step, track, best).search(band);
      if (found) best = found;
    }
  }
  return best;
}

/** Looks through one band for a match that is nearer than the best one so far. */
class BandStep {
  readonly #step: StepQuery;
  readonly #track: Track;
  readonly #from: Position;
  #best: PlacedSlice | undefined;
  #found = false;

  constructor(step: StepQuery, track: Track, best: PlacedSlice | undefined) {
    this.#step = step;
    this.#track = track;
    this.#best = best;
    const { from, backwards } = step;
    this.#from =
      'timeNs' in from
        ? { startNs: from.timeNs, track: backwards ? -1 : Number.POSITIVE_INFINITY, row: 0 }
        : { startNs: from.slice.startNs, track: from.track.id, row: rowsAbove(from.track, from.slice.band) + from.slice.row };
  }

  #positionOf({ track, slice }: PlacedSlice): Position {
    return { startNs: slice.startNs, track: track.id, row: rowsAbove(track, slice.band) + slice.row };
  }

  /** It lies behind where the step begins, in the stretch, and before the best so far. */
  #isNearer(placed: PlacedSlice): boolean {
    const { backwards, stretch } = this.#step;
    const position = this.#positionOf(placed);
    const sign = backwards ? -1 : 1;
    if (sign * compare(position, this.#from) <= 0) return false;
    if (placed.slice.startNs > stretch.toNs || placed.slice.endNs < stretch.fromNs) return false;
    return !this.#best || sign * compare(position, this.#positionOf(this.#best)) < 0;
  }

  async #consider(slice: FoundSlice): Promise<boolean> {
    const placed = { track: this.#track, slice };
    if (!this.#isNearer(placed) || !(await isMatch(this.#step, placed, this.#step.stretch.endNs))) return false;
    this.#best = placed;
    this.#found = true;
    return true;
  }

  async search(band: FoundSlice['band']): Promise<PlacedSlice | undefined> {
    const { backwards, explorer, stretch, timeline } = this.#step;
    const at = this.#from.startNs;
    const crossing = backwards
      ? await explorer.finder({ band }).crossing(Number.NEGATIVE_INFINITY, at)
      : await explorer.finder({ band }).crossing(at, Number.POSITIVE_INFINITY);
    for (const slice of crossing) await this.#consider(slice);
    const { segments } = band.tree;
    const { tail } = band;
    if (backwards && tail) await this.#ofTable(band, tail.slices, undefined);
    for (let n = 0; n < segments.length; n++) {
      const node = segments[backwards ? segments.length - 1 - n : n] as TreeNode;
      if (backwards ? node.fromNs > at : node.toNs < at) continue;
      if (node.fromNs > stretch.toNs || node.toNs < stretch.fromNs) continue;
      const bestNs = this.#best?.slice.startNs;
      if (bestNs !== undefined && (backwards ? node.toNs < bestNs : node.fromNs > bestNs)) break;
      if (node.statistics && !node.statistics.name.some((name) => this.#step.query.mayMatch(timeline.names, band.nameOf(name)))) continue;
      const slices = await timeline.loader.load(node, band);
      if (slices) await this.#ofTable(band, slices, node);
    }
    if (!backwards && tail) await this.#ofTable(band, tail.slices, undefined);
    return this.#found ? this.#best : undefined;
  }

  /** The first match of a table that does not cross borders. */
  async #ofTable(band: FoundSlice['band'], slices: Slices, node: TreeNode | undefined): Promise<void> {
    const { table } = slices;
    const { backwards, query, timeline } = this.#step;
    const from = slices.firstStartingAfter(this.#from.startNs);
    let i = backwards ? from - 1 : from;
    while (!backwards && i > table.entries && table.startOf(i - 1) === this.#from.startNs) i--;
    for (; i >= table.entries && i < table.count; i += backwards ? -1 : 1) {
      if (((table.words[i * WORDS + SHAPE] as number) & CROSSES) !== 0 || !query.mayMatch(timeline.names, band.nameOf(table.nameOf(i)))) continue;
      const start = table.startOf(i);
      const bestNs = this.#best?.slice.startNs;
      if (bestNs !== undefined && (backwards ? start < bestNs : start > bestNs)) return;
      await this.#consider(foundInTable(band, slices, i, node));
    }
  }
}
