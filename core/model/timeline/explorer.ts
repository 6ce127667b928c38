import { FlowPhase, RecordKind } from '../../protocol/records.ts';
import { PLACE_WORDS, SliceFlag } from '../../protocol/summary/slice-table.ts';
import type { BlockStore } from '../block-store.ts';
import type { LinkedSlice, NameId, NameInfo, SliceDetails, SliceRef, SliceRow } from '../timeline-types.ts';
import { ItemFlag } from '../timeline-types.ts';
import type { ValueTree } from '../value-tree.ts';
import { fieldsTree } from '../value-tree.ts';
import { itemFlagsOf } from './band.ts';
import { CallBand } from './call-band.ts';
import { NO_POINT } from './flows.ts';
import { ROUNDING_NS } from './nesting.ts';
import { argsAt, kindAt } from './record-args.ts';
import { type FoundSlice, foundInTable, SliceFinder } from './slice-finder.ts';
import type { Slices, TreeNode } from './slice-tree.ts';
import { OverflowBand, SortedBand } from './sorted-band.ts';
import type { Timeline } from './timeline.ts';
import { bandAt, rowsAbove, type Track } from './track.ts';

/** A slice with its track. */
export interface PlacedSlice {
  readonly track: Track;
  readonly slice: FoundSlice;
}

/** Bytes of arguments that are shown. */
const MAX_ARGS = 64 * 1024;
const FIRST_CHILDREN = 20;
const MAX_PAGE = 5000;
const MAX_LINKS = 50;
const MAX_RUNS = 500;

const decoder = new TextDecoder();

/** Looks at single slices: what is at a place, what there is to say of it, what lies around it. Reads what is not in memory. */
export class Explorer {
  readonly #timeline: Timeline;
  readonly #blocks: BlockStore;

  constructor(timeline: Timeline, blocks: BlockStore) {
    this.#timeline = timeline;
    this.#blocks = blocks;
  }

  finder(slice: Pick<FoundSlice, 'band'>): SliceFinder {
    const { loader } = this.#timeline;
    return new SliceFinder(slice.band, loader);
  }

  /** `name`: where it is known already; what a slice holds is the number of its band. */
  rowOf({ track, slice }: PlacedSlice, endNs: number, name: NameId = slice.band.nameOf(slice.name)): SliceRow {
    const end = slice.endNs === Number.POSITIVE_INFINITY ? Math.max(slice.startNs, endNs) : slice.endNs;
    const flags = itemFlagsOf(slice.flags);
    const kind = track.kind === 'async' ? (flags & ~ItemFlag.RUN) | ItemFlag.ASYNC : track.kind === 'instants' ? flags | ItemFlag.INSTANT : flags;
    return {
      ref: slice.ref,
      track: track.id,
      row: rowsAbove(track, slice.band) + slice.row,
      name,
      startNs: slice.startNs,
      durationNs: end - slice.startNs,
      selfNs: Number.isNaN(slice.selfNs) || slice.endNs === Number.POSITIVE_INFINITY ? end - slice.startNs : slice.selfNs,
      flags: kind,
    };
  }

  /** What lies at a time in a row, or nearest to it; of what is narrower than the tolerance the longest. */
  async hit(track: Track, row: number, atNs: number, withinNs: number): Promise<PlacedSlice | undefined> {
    this.#timeline.refresh();
    const place = bandAt(track, row);
    if (!place) return undefined;
    const { band } = place;
    const finder = this.finder({ band });
    const within = Math.max(0, withinNs);
    const near = await finder.nearRow(place.row, atNs - within, atNs + within, atNs);
    let best: FoundSlice | undefined;
    for (const slice of near) {
      if (slice.startNs <= atNs && slice.endNs >= atNs && slice.endNs - slice.startNs > within) return { track, slice };
      if (!best || slice.endNs - slice.startNs > best.endNs - best.startNs) best = slice;
    }
    return best && { track, slice: best };
  }

  /** The slice that a number tells; undefined: there is none. */
  async find(ref: SliceRef): Promise<PlacedSlice | undefined> {
    this.#timeline.refresh();
    const block = Math.floor(ref / PLACE_WORDS) - 1;
    if (!(block >= 0 && block < this.#blocks.length)) return undefined;
    const stream = this.#blocks.streamOf(block);
    const calls = this.#timeline.trackOf('calls', stream);
    const called = calls && (await this.#findCall(calls, ref));
    if (called) return called;
    const byte = (ref - (block + 1) * PLACE_WORDS) * 4;
    const payload = await this.#blocks.payload(block);
    const kind = kindAt(payload, byte - (byte % 8));
    const candidates = this.#timeline.tracks.filter((track) =>
      kind === RecordKind.SLICE
        ? track.kind === 'slices' && track.stream === stream
        : kind === RecordKind.INSTANT
          ? track.kind === 'instants' && track.stream === stream
          : track.kind === 'async',
    );
    for (const track of candidates) {
      for (const band of track.bands) {
        const slice = await this.#findByRef(band, ref, block);
        if (slice) return { track, slice };
      }
    }
    return undefined;
  }

  async #findCall(track: Track, ref: SliceRef): Promise<PlacedSlice | undefined> {
    const [band] = track.bands as [CallBand];
    const begin = band.beginOfRef(ref);
    if (begin < 0) return undefined;
    const segment = band.segmentOf(begin);
    const slices = segment ? await this.#timeline.loader.slices(segment, band) : band.tail?.slices;
    if (!slices) return undefined;
    const i = band.indexOf(slices, segment, begin);
    if (i >= 0) return { track, slice: await this.finder({ band }).whole(foundInTable(band, slices, i, segment)) };
    // What was open at the very start of the stream has no record: it stands in front of the first block.
    for (let entry = 0; entry < slices.table.entries; entry++) {
      if (slices.table.entryBegin[entry] === begin) return { track, slice: await this.finder({ band }).whole(foundInTable(band, slices, entry, segment)) };
    }
    return undefined;
  }

  /** Slices that are sorted tell the blocks that they come from; lanes are looked through. */
  async #findByRef(band: FoundSlice['band'], ref: SliceRef, block: number): Promise<FoundSlice | undefined> {
    const search = (slices: Slices, node: TreeNode | undefined): FoundSlice | undefined => {
      const i = slices.refs?.subarray(0, slices.table.count).indexOf(ref) ?? -1;
      return i < 0 ? undefined : foundInTable(band, slices, i, node);
    };
    if (band.tail) {
      const found = search(band.tail.slices, undefined);
      if (found) return found;
    }
    for (const node of band.tree.segments) {
      if (band instanceof SortedBand && !band.hasBlock(node, block)) continue;
      const slices = node.slices ?? (band instanceof SortedBand ? await this.#timeline.loader.slices(node, band) : undefined);
      const found = slices && search(slices, node);
      if (found) return (found.flags & (SliceFlag.CAME | SliceFlag.LEFT)) === 0 ? found : this.finder({ band }).whole(found);
    }
    return undefined;
  }

  async details(ref: SliceRef, endNs: number): Promise<SliceDetails | undefined> {
    const placed = await this.find(ref);
    if (!placed) return undefined;
    const { track, slice } = placed;
    const row = this.rowOf(placed, endNs);
    const finder = this.finder(slice);
    const toRow = (other: FoundSlice): SliceRow => this.rowOf({ track, slice: other }, endNs);
    const isNested = track.kind !== 'async' && track.kind !== 'instants' && !(slice.band instanceof OverflowBand);
    const ancestors = isNested ? await this.#ancestors(finder, slice) : [];
    const children = isNested ? await this.children(placed, 0, FIRST_CHILDREN, endNs) : { rows: [], total: 0 };
    const previous = await finder.previous(slice.row, slice.startNs, slice.ref);
    const next = slice.endNs === Number.POSITIVE_INFINITY ? undefined : await finder.next(slice.row, slice.endNs, slice.ref);
    const texts = await this.#texts(placed);
    const async = track.kind === 'async' ? await this.#async(placed, endNs) : undefined;
    const exception = (slice.flags & SliceFlag.ERROR) !== 0 && track.stream !== undefined ? await this.#exception(track.stream, slice, endNs) : undefined;
    const { process, thread, stream } = this.#timeline.whereOf(placed.track, this.#streamOf(ref));
    return {
      ...row,
      kind: KINDS[track.kind] ?? 'slice',
      about: this.#timeline.names.get(row.name) as NameInfo,
      process,
      stream,
      thread,
      depth: isNested ? slice.row : 0,
      isOpen: slice.endNs === Number.POSITIVE_INFINITY,
      ...texts,
      ...(exception && { exception }),
      ancestors: ancestors.map(toRow),
      childCount: children.total,
      children: children.rows,
      links: track.stream === undefined ? [] : await this.#links(placed, endNs),
      ...(async && { async }),
      ...(previous && { previous: toRow(previous) }),
      ...(next && { next: toRow(next) }),
    };
  }

  #streamOf(ref: SliceRef): number {
    return this.#blocks.streamOf(Math.floor(ref / PLACE_WORDS) - 1);
  }

  /** From the outermost. */
  async #ancestors(finder: SliceFinder, slice: FoundSlice): Promise<FoundSlice[]> {
    const found: FoundSlice[] = [];
    for (let row = 0; row < slice.row; row++) {
      const around = await finder.inRow(row, slice.startNs, slice.startNs, 8);
      const end = slice.endNs;
      const above = around.findLast((one) => one.startNs <= slice.startNs && (one.endNs >= end - ROUNDING_NS || one.endNs === Number.POSITIVE_INFINITY));
      if (above) found.push(above);
    }
    return found;
  }

  /** Direct children: what lies in the row below, within its time. */
  async children(
    { track, slice }: PlacedSlice,
    from: number,
    count: number,
    endNs: number,
  ): Promise<{ readonly rows: readonly SliceRow[]; readonly total: number }> {
    if (track.kind === 'async' || track.kind === 'instants' || slice.band instanceof OverflowBand) return { rows: [], total: 0 };
    const { total, rows } = await this.finder(slice).childrenOf(slice, Math.max(0, from), Math.min(MAX_PAGE, Math.max(0, count)));
    return { rows: rows.map((child) => this.rowOf({ track, slice: child }, endNs)), total };
  }

  async neighbour(placed: PlacedSlice, step: 'next' | 'previous' | 'next-same-name' | 'previous-same-name'): Promise<PlacedSlice | undefined> {
    const { track, slice } = placed;
    const finder = this.finder(slice);
    const name = slice.band.nameOf(slice.name);
    if (step === 'next') {
      const next = await finder.next(slice.row, slice.endNs, slice.ref);
      return next && { track, slice: next };
    }
    if (step === 'previous') {
      const previous = await finder.previous(slice.row, slice.startNs, slice.ref);
      return previous && { track, slice: previous };
    }
    const found = await finder.nearestOfName(name, slice, step === 'previous-same-name');
    return found && { track, slice: found };
  }

  /** Arguments and result, read from the file. */
  async #texts({ slice }: PlacedSlice): Promise<Pick<SliceDetails, 'args' | 'result'>> {
    const args = await this.argsOf(slice.ref);
    const result = slice.band instanceof CallBand ? await this.#resultOf(slice.band, slice) : undefined;
    return {
      ...(args && { args: { json: textOf(args), isCut: args.length > MAX_ARGS, fields: fieldsOf(args) } }),
      ...(result && { result: { json: textOf(result), isCut: result.length > MAX_ARGS, value: treeOf(result) } }),
    };
  }

  /** Bytes of JSON; undefined: none were recorded. */
  async argsOf(ref: SliceRef): Promise<Uint8Array | undefined> {
    const block = Math.floor(ref / PLACE_WORDS) - 1;
    if (!(block >= 0 && block < this.#blocks.length)) return undefined;
    const byte = (ref - (block + 1) * PLACE_WORDS) * 4;
    if (byte < this.#blocks.firstWord(block) * 4) return undefined;
    return argsAt(await this.#blocks.payload(block), byte - (byte % 8));
  }

  async #resultOf(band: CallBand, slice: FoundSlice): Promise<Uint8Array | undefined> {
    if (slice.endNs === Number.POSITIVE_INFINITY) return undefined;
    const place = await band.resultPlace(slice, (node) => this.#timeline.loader.slices(node, band));
    if (!place) return undefined;
    return argsAt(await this.#blocks.payload(place.block), place.byte);
  }

  async #exception(stream: number, slice: FoundSlice, endNs: number): Promise<SliceDetails['exception']> {
    const track = this.#timeline.trackOf('instants', stream);
    const [band] = track?.bands ?? [];
    if (!band) return undefined;
    const until = Math.min(slice.endNs, endNs);
    const { names } = this.#timeline;
    const instants = await this.finder({ band }).inRow(0, slice.startNs, until, MAX_PAGE);
    const last = instants.findLast((one) => names.category(band.nameOf(one.name)) === 'exception');
    return last && { text: names.text(band.nameOf(last.name)), timeNs: last.startNs };
  }

  async #async({ track, slice }: PlacedSlice, endNs: number): Promise<NonNullable<SliceDetails['async']>> {
    const { async } = this.#timeline;
    const facts = async.factsOf(slice.ref);
    const rowOf = async (ref: SliceRef): Promise<SliceRow | undefined> => {
      const found = await this.find(ref);
      return found && this.rowOf(found, endNs);
    };
    const parent = facts?.parent === undefined ? undefined : await rowOf(facts.parent);
    const children: SliceRow[] = [];
    for (const child of facts?.children.slice(0, FIRST_CHILDREN) ?? []) {
      const row = await rowOf(child);
      if (row) children.push(row);
    }
    const all = async.runsOf(slice.ref);
    const runs: SliceRow[] = [];
    let runningNs = 0;
    const own = this.rowOf({ track, slice }, endNs);
    for (let i = 0; i < all.length; i += 2) {
      const from = all[i] as number;
      const durationNs = (all[i + 1] as number) - from;
      runningNs += durationNs;
      if (runs.length < MAX_RUNS) runs.push({ ...own, startNs: from, durationNs, selfNs: durationNs, flags: ItemFlag.RUN });
    }
    return {
      number: facts?.number ?? 0,
      ...(parent && { parent }),
      children,
      runs,
      runningNs,
      waitingNs: Math.max(0, own.durationNs - runningNs),
    };
  }

  /** Arrows that end or begin in a slice. */
  async #links(placed: PlacedSlice, endNs: number): Promise<LinkedSlice[]> {
    const { slice, track } = placed;
    const { flows } = this.#timeline;
    const stream = track.stream as number;
    const until = Math.min(slice.endNs, endNs);
    // Ends that wait for the next call stand in front of it.
    const points = [...flows.upTo(stream, slice.startNs, MAX_LINKS), ...flows.between(stream, slice.startNs, until, MAX_LINKS)];
    const links: LinkedSlice[] = [];
    for (const point of new Set(points)) {
      const bound = await this.boundTo(point);
      if (bound?.slice.ref !== slice.ref) continue;
      const before = flows.before[point] as number;
      if (before !== NO_POINT) links.push(await this.#link('in', point, before, endNs));
      for (const next of flows.after(point)) links.push(await this.#link('out', point, next, endNs));
      if (before === NO_POINT && flows.phase[point] !== FlowPhase.START) links.push(await this.#link('in', point, undefined, endNs));
    }
    return links.slice(0, MAX_LINKS);
  }

  async #link(direction: 'in' | 'out', point: number, other: number | undefined, endNs: number): Promise<LinkedSlice> {
    const { flows, names } = this.#timeline;
    const bound = other === undefined ? undefined : await this.boundTo(other);
    const name = flows.name[point] as number;
    return {
      direction,
      name: names.text(name),
      category: names.category(name),
      timeNs: flows.time[point] as number,
      ...(bound && { other: this.rowOf(bound, endNs) }),
      ...(other !== undefined && { otherNs: flows.time[other] as number }),
    };
  }

  /** The slice that a point of an arrow belongs to; undefined: there is none. */
  async boundTo(point: number): Promise<PlacedSlice | undefined> {
    const { flows } = this.#timeline;
    const stream = flows.stream[point] as number;
    const track = this.#timeline.trackOf('calls', stream) ?? this.#timeline.trackOf('slices', stream);
    const [band] = track?.bands ?? [];
    if (!track || !band) return undefined;
    const timeNs = flows.time[point] as number;
    const finder = this.finder({ band });
    if (flows.phase[point] !== FlowPhase.END) return placed(track, await finder.innermost(timeNs));
    const next = await finder.beginningAt(timeNs);
    return next && !this.#turnsBetween(point, next.startNs) ? { track, slice: next } : undefined;
  }

  /**
   * The event loop has turned between an arrow's end and `untilNs`: another arrow of its thread has ended since that only the loop itself brings. What the first led to
   * is not recorded then, and what begins next has nothing to do with it.
   */
  #turnsBetween(point: number, untilNs: number): boolean {
    const { flows, names } = this.#timeline;
    const since = flows.between(flows.stream[point] as number, flows.time[point] as number, untilNs, MAX_LINKS);
    // A promise may settle in the turn in which an operation that gives one comes back, and before that is told.
    const isPromise = names.category(flows.name[point] as number) === 'promise';
    return since.some((other) => {
      const name = flows.name[other] as number;
      const turns = OF_THE_LOOP.has(names.category(name)) && !(isPromise && names.text(name).includes('.promises.'));
      return turns && other > point && flows.phase[other] === FlowPhase.END;
    });
  }
}

/** Categories whose callbacks are called by nothing else; others may come within one another (a response within what its socket received). */
const OF_THE_LOOP: ReadonlySet<string> = new Set(['timer', 'fs']);

const placed = (track: Track, slice: FoundSlice | undefined): PlacedSlice | undefined => slice && { track, slice };

const KINDS: Readonly<Record<string, SliceDetails['kind']>> = { calls: 'call', slices: 'slice', async: 'async', instants: 'instant', object: 'object' };

const textOf = (json: Uint8Array): string => decoder.decode(json.subarray(0, MAX_ARGS));

/** Members of an object; what is none has one without a name. */
function fieldsOf(json: Uint8Array): readonly ValueTree[] {
  const [root] = fieldsTree(new Map([['', json.subarray(0, MAX_ARGS)]]), undefined).fields;
  return root?.type === 'object' && root.children ? root.children : root ? [root] : [];
}

function treeOf(json: Uint8Array): ValueTree {
  return fieldsTree(new Map([['', json.subarray(0, MAX_ARGS)]]), undefined).fields[0] as ValueTree;
}
