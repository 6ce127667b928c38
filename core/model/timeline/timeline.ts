import type { MonotonicTime } from '../../base/time.ts';
import { type BlockHeader, BlockType } from '../../protocol/recording-format.ts';
import { AsyncFlag, FlowPhase } from '../../protocol/records.ts';
import { SEGMENT_RULE, type SegmentRule } from '../../protocol/summary/segment-rule.ts';
import type { BlockStore } from '../block-store.ts';
import { partitionPoint } from '../column.ts';
import type { CounterView } from '../counters.ts';
import type { Definitions } from '../definitions.ts';
import type { DetailBudget } from '../detail-budget.ts';
import type { Objects, ObjectView } from '../objects.ts';
import {
  ItemFlag,
  type NameId,
  type NameInfo,
  type RowRange,
  type SliceRef,
  type TimelineView,
  type TrackId,
  type TrackInfo,
  type TrackKind,
  type ViewQuery,
} from '../timeline-types.ts';
import { AsyncSlices } from './async-slices.ts';
import type { Band, IsHit } from './band.ts';
import { CallBand, type KnownNode } from './call-band.ts';
import { Flows } from './flows.ts';
import { GapMarks } from './gap-marks.ts';
import { LaneBand } from './lane-band.ts';
import { looseReader, refOfRecord } from './loose-reader.ts';
import { Names, StreamNames } from './names.ts';
import { NodeLoader, Wanted } from './node-loader.ts';
import type { TreeNode } from './slice-tree.ts';
import { SEGMENT_SLICES, SortedBand } from './sorted-band.ts';
import { bandAt, rowsOf, type Track } from './track.ts';
import { ViewBuilder } from './view-builder.ts';

export interface TimelineOptions {
  readonly blocks: BlockStore;
  readonly budget: DetailBudget;
  readonly start: () => MonotonicTime;
  readonly pause: () => Promise<void>;
  readonly onLoaded: (problem?: unknown) => void;
  /** Of a stream, as far as it is known by now. */
  readonly facts: (stream: number) => { readonly process: number; readonly thread: number; readonly threadName: string };
  readonly processName: (process: number) => string;
  readonly segments: SegmentSizes;
  readonly counters: (most: number) => readonly CounterView[];
  readonly objects: Pick<Objects, 'list' | 'life' | 'size'>;
}

/** How large segments are. Tests make them small. */
export interface SegmentSizes extends SegmentRule {
  /** Slices of a segment, where they are sorted. */
  readonly slices: number;
}
export const SEGMENT_SIZES: SegmentSizes = { ...SEGMENT_RULE, slices: SEGMENT_SLICES };

const MAX_COLUMNS = 16_384;
const MAX_ROWS = 4096;
const MAX_NAMES = 10_000;
/** Objects, and counters, beyond have no track of their own. */
const MAX_OTHERS = 2000;
const SAMPLED = / \(sampled\)$/;
/** An async slice of so many pixels shows when it ran. */
const RUNS_FROM_PIXELS = 4;

/** What one stream of records feeds. */
interface Stream {
  readonly number: number;
  readonly definitions: Definitions;
  readonly names: StreamNames;
  calls: CallBand | undefined;
  /** By track definition; 0: the thread's own. */
  readonly slices: Map<number, SortedBand>;
  instants: SortedBand | undefined;
}

/**
 * Everything that is drawn over time: tracks, and the slices in them. Fed by `Trace` with the records of blocks; `enter` says whose they are.
 */
export class Timeline {
  readonly names = new Names();
  readonly loader: NodeLoader;
  readonly async: AsyncSlices;
  readonly flows = new Flows();
  readonly gaps = new GapMarks();
  /** More blocks are on their way: what has to be sorted waits for them, but for a first look. */
  isLoading = false;
  readonly #options: TimelineOptions;
  readonly #streams = new Map<number, Stream>();
  readonly #tracks: Track[] = [];
  readonly #lanes = new Map<number, LaneBand>();
  readonly #counterTracks = new Map<string, Track>();
  readonly #objectTracks: Track[] = [];
  // Of the records that are told now.
  #stream: Stream | undefined;
  #process = 0;
  #block = 0;
  #firstWord = 0;

  constructor(options: TimelineOptions) {
    this.#options = options;
    this.loader = new NodeLoader(options);
    this.async = new AsyncSlices((process) => this.#laneBand(process));
  }

  /** The next records are those of a block of this stream; behind its open stack they begin at word `firstWord` of the payload. */
  enter(number: number, definitions: Definitions, block: number, firstWord: number): void {
    let stream = this.#streams.get(number);
    if (!stream) {
      stream = { number, definitions, names: new StreamNames(this.names, definitions), calls: undefined, slices: new Map(), instants: undefined };
      this.#streams.set(number, stream);
    }
    this.#stream = stream;
    this.#process = this.#options.facts(number).process;
    this.#block = block;
    this.#firstWord = firstWord;
  }

  /** Calls of the block that was entered: `payload` is all of it. */
  calls(header: BlockHeader, payload: Uint8Array): void {
    this.#callsOf(this.#stream as Stream).add(header, payload, this.#block);
  }

  /** Calls of a stream that is known by its summaries. False: these do not fit together. */
  async adopt(number: number, definitions: Definitions, nodes: readonly KnownNode[], blocks: readonly number[]): Promise<boolean> {
    this.enter(number, definitions, blocks[0] ?? 0, 0);
    const band = this.#callsOf(this.#stream as Stream);
    if (!band.adopt(nodes, blocks)) return false;
    await Promise.all(band.tree.roots.map((root) => this.loader.load('picture', root, band)));
    band.noteRoots();
    return true;
  }

  /** A part of a summary went by in the file: from now on it can be read again there. The first part of a segment's says that the segment is whole. */
  summary(header: BlockHeader, offset: number): void {
    const band = this.#streams.get(header.stream)?.calls;
    if (!band) return;
    const isPicture = header.type === BlockType.SUMMARY;
    if (isPicture && header.count === 0 && header.clockHigh === 0) band.seal();
    const node = band.noteSource(header.count, header.firstNs, header.lastNs);
    if (!node) return;
    const row = { offset, header };
    const { picture = [], statistics = [] } = node.source ?? {};
    node.source = isPicture ? { picture: [...picture, row], statistics } : { picture, statistics: [...statistics, row] };
    // Only when both are there does it stand for the node.
    if (!isPicture) for (const part of ['picture', 'statistics'] as const) this.loader.keep(part, node);
  }

  #callsOf(stream: Stream): CallBand {
    if (!stream.calls) {
      const { blocks, start, segments } = this.#options;
      const { definitions, names } = stream;
      const onSegment = (node: TreeNode) => this.loader.keep('slices', node);
      stream.calls = new CallBand({ blocks, start, definitions, names, rule: segments, onSegment });
      this.#addTrack('calls', stream.number, '', [stream.calls]);
    }
    return stream.calls;
  }

  /** Of the stream that was entered: it has had calls, so its blocks are told to `calls`. */
  get hasCalls(): boolean {
    return this.#stream?.calls !== undefined;
  }

  slice(startNs: number, endNs: number, name: number, category: number, record: number, track: number): void {
    const stream = this.#stream as Stream;
    const band = stream.slices.get(track) ?? this.#addSlices(stream, track);
    band.add(startNs, endNs, stream.names.text(name, category), this.#ref(record));
  }

  instant(timeNs: number, name: number, category: number, record: number): void {
    const stream = this.#stream as Stream;
    const band = stream.instants ?? this.#addInstants(stream);
    band.add(timeNs, timeNs, stream.names.text(name, category), this.#ref(record));
  }

  asyncBegin(timeNs: number, number: number, scope: number, name: number, category: number, parent: number, flags: number, record: number): void {
    const stream = this.#stream as Stream;
    const id = stream.names.text(name, category);
    this.async.begin(stream.number, this.#process, timeNs, number, scope, id, parent, this.#ref(record));
    if ((flags & AsyncFlag.FLOW) !== 0) this.flows.add(stream.number, this.#process, timeNs, number, scope, id, FlowPhase.START);
  }

  flow(timeNs: number, number: number, scope: number, name: number, category: number, phase: number): void {
    const stream = this.#stream as Stream;
    this.flows.add(stream.number, this.#process, timeNs, number, scope, stream.names.text(name, category), phase);
  }

  gap(fromNs: number, timeNs: number, lost: number): void {
    this.gaps.gap((this.#stream as Stream).number, fromNs, timeNs, lost);
  }

  stall(timeNs: number, waitedNs: number): void {
    this.gaps.stall((this.#stream as Stream).number, timeNs - waitedNs, timeNs);
  }

  asyncEnd(timeNs: number, number: number, scope: number): void {
    this.async.end((this.#stream as Stream).number, this.#process, timeNs, number, scope);
  }

  run(timeNs: number, functionId: number, call: number, kind: number, record: number): void {
    const stream = this.#stream as Stream;
    // The second word of the record: the first one tells the call that it is on its thread.
    this.async.run(stream.number, this.#process, timeNs, stream.names.function(functionId), call, kind, this.#ref(record) + 1);
  }

  #ref(record: number): SliceRef {
    return refOfRecord(this.#block, this.#firstWord, record);
  }

  #addSlices(stream: Stream, track: number): SortedBand {
    const band = this.#sortedBand(stream, 'slice', track);
    stream.slices.set(track, band);
    this.#addTrack('slices', stream.number, track === 0 ? '' : stream.definitions.text(track), [band, band.overflow]);
    return band;
  }

  #addInstants(stream: Stream): SortedBand {
    const band = this.#sortedBand(stream, 'instant', 0);
    stream.instants = band;
    this.#addTrack('instants', stream.number, '', [band]);
    return band;
  }

  #sortedBand(stream: Stream, kind: 'slice' | 'instant', track: number): SortedBand {
    const { blocks, start } = this.#options;
    const read = looseReader({ blocks, start }, stream.names, kind, track);
    return new SortedBand({ read, segmentSlices: this.#options.segments.slices, onSegment: (node) => this.loader.keep('slices', node) });
  }

  #laneBand(process: number): LaneBand {
    let band = this.#lanes.get(process);
    if (!band) {
      band = new LaneBand();
      this.#lanes.set(process, band);
      this.#tracks.push({ id: this.#tracks.length, kind: 'async', process, stream: undefined, beside: '', bands: [band] });
    }
    return band;
  }

  #addTrack(kind: TrackKind, stream: number, beside: string, bands: readonly Band[]): void {
    this.#tracks.push({ id: this.#tracks.length, kind, process: this.#process, stream, beside, bands });
  }

  /** All tracks are as new as what came. */
  refresh(): void {
    this.#refresh(this.#tracks.flatMap((track) => track.bands));
  }

  /** What a track is called in a table: its thread, and what lies beside it. */
  labelOf(track: Track): string {
    const { stream, process, beside } = track;
    const name = stream === undefined ? this.#options.processName(process) : this.#options.facts(stream).threadName;
    return beside === '' ? name : `${name} · ${beside}`;
  }

  /** Puts what came in any order in its places. */
  #refresh(bands: Iterable<Band>): ReadonlyMap<TreeNode, Band> {
    const missing = new Map<TreeNode, Band>();
    for (const band of bands) if (band instanceof SortedBand) for (const node of band.refresh(this.isLoading)) missing.set(node, band);
    return missing;
  }

  /** The thread's own calls, slices or instants; undefined: it has none. */
  trackOf(kind: TrackKind, stream: number): Track | undefined {
    return this.#tracks.find((track) => track.kind === kind && track.stream === stream && track.beside === '');
  }

  /** Whose a slice is. A track of a process has slices of several threads: `stream` is that of the slice. */
  whereOf(track: Track, stream: number): { readonly process: number; readonly stream: number; readonly thread: number } {
    const { process, thread } = this.#options.facts(stream);
    return { process: track.stream === undefined ? track.process : process, stream, thread };
  }

  /** Ids of names without a definition. */
  get missingNames(): number {
    let missing = 0;
    for (const { names } of this.#streams.values()) missing += names.missing;
    return missing;
  }

  /** Grows with what is an issue in calls and slices. */
  get problemCount(): number {
    let count = 0;
    for (const track of this.#tracks) {
      for (const band of track.bands) {
        if (band instanceof CallBand) count += band.problems.jumps + band.problems.tooDeep + band.unmatched;
        else if (band instanceof SortedBand) count += band.overflow.count;
      }
    }
    return count;
  }

  get tracks(): readonly Track[] {
    return this.#tracks;
  }

  /** Grows when there are new tracks or rows. */
  get size(): number {
    let size = this.#tracks.length;
    for (const track of this.#tracks) size += rowsOf(track);
    return size;
  }

  /** Slices of all tracks, open ones too; instants are none. */
  get slices(): number {
    let slices = 0;
    for (const track of this.#tracks) if (track.kind !== 'instants') for (const band of track.bands) slices += band.count;
    return slices;
  }

  /** By process, in it by kind, and then in the order in which they came. */
  list(): TrackInfo[] {
    this.refresh();
    const counters = this.#options.counters(MAX_OTHERS);
    const objects = this.#options.objects.list().slice(0, MAX_OTHERS);
    const others = [...counters.map((counter) => this.#counterInfo(counter)), ...objects.map((object) => this.#objectInfo(object))];
    const own = this.#tracks.filter((track) => track.bands.length > 0).map((track) => this.#info(track));
    return [...own, ...others].sort((a, b) => a.process - b.process || KINDS.indexOf(a.kind) - KINDS.indexOf(b.kind) || a.id - b.id);
  }

  #counterInfo({ key, name, process, series }: CounterView): TrackInfo {
    let track = this.#counterTracks.get(key);
    if (!track) {
      track = { id: this.#tracks.length, kind: 'counter', process, stream: undefined, beside: '', bands: [], counter: key };
      this.#tracks.push(track);
      this.#counterTracks.set(key, track);
    }
    const items = series.reduce((sum, one) => sum + one.samples, 0);
    return { ...otherInfo(track, name, items), series: series.map(({ id }) => id) };
  }

  #objectInfo({ id, name, process, snapshots }: ObjectView): TrackInfo {
    let track = this.#objectTracks[id];
    if (!track) {
      track = { id: this.#tracks.length, kind: 'object', process, stream: undefined, beside: '', bands: [], object: id };
      this.#tracks.push(track);
      this.#objectTracks[id] = track;
    }
    const life = this.#options.objects.life(id);
    return { ...otherInfo(track, name, snapshots), object: id, firstNs: life?.startNs ?? 0, lastNs: life?.times.at(-1) ?? 0 };
  }

  #info(track: Track): TrackInfo {
    const { id, kind, process, stream, beside, bands } = track;
    const [main] = bands as [Band];
    const name = stream === undefined ? this.#options.processName(process) : this.#options.facts(stream).threadName;
    return {
      id,
      kind,
      process,
      ...(stream !== undefined && { stream }),
      name,
      beside,
      rows: rowsOf(track),
      overflowRow: main.rows,
      items: bands.reduce((sum, band) => sum + band.count, 0),
      firstNs: main.firstNs,
      lastNs: main.lastNs,
      isSampled: kind === 'calls' && SAMPLED.test(name),
    };
  }

  namesOf(ids: readonly NameId[]): NameInfo[] {
    return ids.slice(0, MAX_NAMES).flatMap((id) => this.names.get(id) ?? []);
  }

  /** See TimelineView. `endNs`: where open slices end. */
  view(query: ViewQuery & { readonly endNs: number }, isHit?: IsHit): TimelineView {
    const fromNs = Number.isFinite(query.fromNs) ? query.fromNs : 0;
    const toNs = query.toNs > fromNs ? query.toNs : fromNs + 1;
    const columns = Math.min(MAX_COLUMNS, Math.max(1, Math.floor(query.columns) || 1));
    const builder = new ViewBuilder(fromNs, toNs, columns);
    const wanted = new Wanted();
    let row = 0;
    for (const range of query.rows) {
      const track = this.#tracks[range.track];
      const count = Math.min(Math.max(0, range.count), MAX_ROWS - row);
      if (track) this.#paint(track, range.from, count, row, builder, query.endNs, wanted, isHit);
      row += count;
    }
    const isMore = this.loader.want(wanted);
    return { ...builder.view(), isCoarse: builder.isCoarse && isMore };
  }

  #paint(track: Track, from: number, count: number, firstRow: number, builder: ViewBuilder, endNs: number, wanted: Wanted, isHit: IsHit | undefined): void {
    if (track.object !== undefined && from <= 0 && count > 0) this.#paintObject(track.object, firstRow, builder, endNs);
    for (const [node, band] of this.#refresh(track.bands)) wanted.use('slices', node, band);
    builder.setTrack(track.kind === 'async' ? ItemFlag.ASYNC : track.kind === 'instants' ? ItemFlag.INSTANT : 0, track.kind === 'async' ? ItemFlag.RUN : 0);
    for (let r = 0; r < count; r++) {
      const place = bandAt(track, from + r);
      if (!place) break;
      builder.beginRow(firstRow + r);
      place.band.paint(place.row, builder, endNs, wanted, isHit);
      builder.endRow();
      if (track.kind === 'async') this.#paintRuns(builder);
    }
  }

  /** Its life as a slice, each snapshot as an instant on it. */
  #paintObject(object: number, row: number, builder: ViewBuilder, endNs: number): void {
    const life = this.#options.objects.life(object);
    if (!life) return;
    const { startNs, times, every } = life;
    const isOpen = life.endNs === Number.POSITIVE_INFINITY;
    builder.setTrack(0, 0);
    builder.beginRow(row);
    builder.setSource({ nameOf: () => 0, refOf: () => 0 });
    builder.slice(startNs, isOpen ? Math.max(startNs, endNs) : life.endNs, isOpen ? ItemFlag.OPEN : 0, 0);
    builder.endRow();
    const first = partitionPoint(times.length, (i) => (times[i] as number) >= builder.fromNs);
    for (let i = first; i < times.length && (times[i] as number) <= builder.toNs; i++) {
      const timeNs = times[i] as number;
      builder.cell(timeNs, timeNs, every, 0, ItemFlag.INSTANT, 0);
    }
    builder.endRow();
  }

  /** Over async functions that are wide enough: when they ran. */
  #paintRuns(builder: ViewBuilder): void {
    const wide = builder.wideItems(RUNS_FROM_PIXELS);
    builder.setTrack(ItemFlag.RUN, 0);
    for (const { ref, name } of wide) {
      const runs = this.async.runsOf(ref);
      builder.setSource({ nameOf: () => name, refOf: () => ref });
      for (let i = 0; i < runs.length; i += 2) builder.slice(runs[i] as number, runs[i + 1] as number, 0, 0);
      builder.endRow();
    }
    builder.setTrack(ItemFlag.ASYNC, ItemFlag.RUN);
  }

  /** The start or end of a slice nearest to a time; from what is drawn there. */
  snap(rows: readonly RowRange[], atNs: number, withinNs: number, endNs: number): number | undefined {
    const within = Math.max(1, withinNs);
    const columns = 64;
    const view = this.view({ rows, fromNs: atNs - within, toNs: atNs + within, columns, endNs });
    let best: number | undefined;
    for (let i = 0; i < view.count; i++) {
      if (view.merged[i] !== 1) continue;
      for (const x of [view.x0[i] as number, view.x1[i] as number]) {
        if (x < 0 || x > columns) continue;
        const timeNs = view.fromNs + (x / columns) * (view.toNs - view.fromNs);
        if (best === undefined || Math.abs(timeNs - atNs) < Math.abs(best - atNs)) best = timeNs;
      }
    }
    return best === undefined ? undefined : Math.round(best);
  }

  /** Four numbers for each place where records were lost or the target waited: track, from, to, records lost. */
  gapsIn(tracks: readonly TrackId[], fromNs: number, toNs: number): Float64Array {
    const found: number[] = [];
    for (const id of tracks) {
      const stream = this.#tracks[id]?.stream;
      if (stream !== undefined) this.gaps.each(stream, fromNs, toNs, (from, to, lost) => found.push(id, from, to, lost));
    }
    return Float64Array.from(found);
  }

  /** Resolves when nothing is being read again. */
  settled(): Promise<void> {
    return this.loader.settled();
  }
}

const otherInfo = ({ id, kind, process }: Track, name: string, items: number): TrackInfo => ({
  id,
  kind,
  process,
  name,
  beside: '',
  rows: 1,
  overflowRow: 1,
  items,
  firstNs: 0,
  lastNs: 0,
  isSampled: false,
});

const KINDS: readonly TrackKind[] = ['calls', 'slices', 'instants', 'async', 'counter', 'object'];
