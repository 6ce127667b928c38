import { pictureOf } from '../../protocol/summary/picture.ts';
import { END, FLAGS_SHIFT, FLOATS, SELF, SHAPE, SliceFlag, SliceTable, WORDS } from '../../protocol/summary/slice-table.ts';
import { statisticsOf } from '../../protocol/summary/statistics.ts';
import type { NameId, SliceRef } from '../timeline-types.ts';
import type { Tail } from './band.ts';
import { LanePacker } from './lane-packer.ts';
import { RefBand } from './ref-band.ts';
import { Slices, SliceTree, type TreeNode } from './slice-tree.ts';

/** Ended slices of a segment. */
const SEGMENT_SLICES = 32_768;
/** Segments whose slices stay in memory, some 2 million; of older ones there is only the picture. */
const MAX_SEGMENTS = 64;
const MAX_LANES = 0xffff;

/**
 * Slices that overlap, each in a lane: what takes time beside the calls. They are told when they begin and again when they end; a segment is full of
 * slices that ended, those still open go on in the next.
 */
export class LaneBand extends RefBand {
  readonly tree = new SliceTree();
  rows = 0;
  firstNs = Number.POSITIVE_INFINITY;
  lastNs = Number.NEGATIVE_INFINITY;
  count = 0;
  /** Of the count: those that are open. */
  open = 0;
  readonly #lanes = new LanePacker();
  #tail = new Slices(new SliceTable(), new Float64Array(0));
  /** By index in the tail's table: what `begin` gave, so that it can be found when it ends. */
  #tickets: number[] = [];
  readonly #indexOfTicket = new Map<number, number>();
  #lastTicket = 0;
  /** Indices in the tail's table. */
  readonly #openOfLane = new Map<number, number>();
  readonly #entryOfLane = new Map<number, number>();
  #ended = 0;
  #fromNs = Number.NaN;

  load(node: TreeNode): Promise<Slices> {
    return node.slices ? Promise.resolve(node.slices) : Promise.reject(new Error('they are not kept'));
  }

  get tail(): Tail {
    return {
      slices: this.#tail,
      fromNs: this.#fromNs,
      toNs: this.lastNs,
      entryAt: (row) => this.#entryOfLane.get(row) ?? -1,
      openAt: (row) => this.#openOfLane.get(row) ?? -1,
    };
  }

  /** Returns a ticket for `end`. `flags`: see SliceFlag. */
  begin(startNs: number, name: NameId, ref: SliceRef, flags: number): number {
    const lane = Math.min(MAX_LANES, this.#lanes.place(startNs, Number.POSITIVE_INFINITY));
    if (lane >= this.rows) this.rows = lane + 1;
    if (Number.isNaN(this.#fromNs)) this.#fromNs = startNs;
    this.firstNs = Math.min(this.firstNs, startNs);
    this.lastNs = Math.max(this.lastNs, startNs);
    const ticket = ++this.#lastTicket;
    this.#append(startNs, name, lane, ref, flags | SliceFlag.LEFT, ticket);
    this.count++;
    this.open++;
    return ticket;
  }

  #append(startNs: number, name: NameId, lane: number, ref: SliceRef, flags: number, ticket: number): void {
    const { table } = this.#tail;
    const i = table.count;
    let { refs } = this.#tail;
    if (i === table.capacity) table.grow();
    if (!refs || refs.length < table.capacity) {
      const larger = new Float64Array(table.capacity);
      larger.set(refs ?? []);
      refs = larger;
      this.#tail = new Slices(table, refs);
    }
    table.put(i, startNs, Number.POSITIVE_INFINITY, 0, name, lane, flags);
    refs[i] = ref;
    table.count = i + 1;
    this.#tickets[i] = ticket;
    this.#indexOfTicket.set(ticket, i);
    this.#openOfLane.set(lane, i);
  }

  /** `flags` are added. */
  end(ticket: number, endNs: number, flags = 0): void {
    const i = this.#indexOfTicket.get(ticket);
    if (i === undefined) return;
    this.#indexOfTicket.delete(ticket);
    const { table } = this.#tail;
    const end = Math.max(endNs, table.startOf(i));
    table.floats[i * FLOATS + END] = end;
    table.floats[i * FLOATS + SELF] = end - table.startOf(i);
    table.words[i * WORDS + SHAPE] = ((table.words[i * WORDS + SHAPE] as number) & ~(SliceFlag.LEFT << FLAGS_SHIFT)) | (flags << FLAGS_SHIFT);
    const lane = table.depthOf(i);
    this.#lanes.release(lane, end);
    if (this.#openOfLane.get(lane) === i) this.#openOfLane.delete(lane);
    this.lastNs = Math.max(this.lastNs, end);
    this.open--;
    this.#tail.changed();
    if (++this.#ended >= SEGMENT_SLICES) this.#seal();
  }

  /** Ended slices become a segment, by start; open ones begin the next tail. */
  #seal(): void {
    const { table, refs } = this.#tail;
    const toNs = this.lastNs;
    const fromNs = this.#fromNs;
    const order = Array.from({ length: table.count }, (_, i) => i).sort((a, b) => table.startOf(a) - table.startOf(b) || a - b);
    const sealed = new SliceTable(this.#ended);
    const sealedRefs = new Float64Array(this.#ended);
    const tickets = this.#tickets;
    this.#tail = new Slices(new SliceTable(), new Float64Array(0));
    this.#tickets = [];
    this.#openOfLane.clear();
    this.#entryOfLane.clear();
    const segments = this.tree.segments.length;
    for (const i of order) {
      const flags = table.flagsOf(i);
      if ((flags & SliceFlag.LEFT) !== 0) {
        this.#append(table.startOf(i), table.nameOf(i), table.depthOf(i), refs?.[i] as number, flags | SliceFlag.CAME, tickets[i] as number);
        continue;
      }
      // One that began before this stretch, found out late: it came into it.
      const isLate = segments > 0 && table.startOf(i) < fromNs ? SliceFlag.CAME : 0;
      sealed.put(sealed.count, table.startOf(i), table.endOf(i), table.selfOf(i), table.nameOf(i), table.depthOf(i), flags | isLate);
      sealedRefs[sealed.count++] = refs?.[i] as number;
    }
    const { table: next } = this.#tail;
    next.entries = next.count;
    for (const [lane, i] of this.#openOfLane) this.#entryOfLane.set(lane, i);
    next.entryBegin = this.#tail.refs?.slice(0, next.count) ?? new Float64Array(0);
    const picture = pictureOf(sealed, fromNs, toNs, Number.NEGATIVE_INFINITY, (i) => sealedRefs[i] as number);
    const statistics = statisticsOf(sealed, fromNs, toNs, true);
    this.tree.addSegment({ fromNs, toNs, picture, statistics, slices: new Slices(sealed, sealedRefs), segment: segments });
    const oldest = this.tree.segments[segments - MAX_SEGMENTS];
    if (oldest) oldest.slices = undefined;
    this.#fromNs = toNs;
    this.#ended = 0;
  }
}
