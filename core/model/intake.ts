import { SnapshotFlag } from '../protocol/records.ts';
import type { ConsoleCalls } from './console-calls.ts';
import type { CounterTrack } from './counter-track.ts';
import type { Counters } from './counters.ts';
import { Definitions } from './definitions.ts';
import { EVENT_KINDS } from './event-rows.ts';
import type { Objects } from './objects.ts';
import type { Processes } from './processes.ts';
import { IgnoringVisitor } from './record-decoder.ts';
import type { Timeline } from './timeline/timeline.ts';

const COUNTER = EVENT_KINDS.indexOf('counter');
const INSTANT = EVENT_KINDS.indexOf('instant');
const SLICE = EVENT_KINDS.indexOf('slice');
const CREATED = EVENT_KINDS.indexOf('object-created');
const SNAPSHOT = EVENT_KINDS.indexOf('snapshot');
const DELETED = EVENT_KINDS.indexOf('object-deleted');
const GAP = EVENT_KINDS.indexOf('gap');
const STALL = EVENT_KINDS.indexOf('stall');

/** Takes the records of blocks into the tables. Hot: `counter` runs for each of millions of events a second. */
export class Intake extends IgnoringVisitor {
  /** Of the block, and of all blocks before it, by kind in the order of EVENT_KINDS. */
  readonly counts = new Uint32Array(EVENT_KINDS.length);
  readonly #before = new Float64Array(EVENT_KINDS.length);
  readonly #counters: Counters;
  readonly #objects: Objects;
  readonly #processes: Processes;
  readonly #timeline: Timeline;
  readonly #consoleCalls: ConsoleCalls;
  #records: Uint8Array = new Uint8Array(0);
  /** The block has calls. */
  hasCalls = false;
  #lastCallNs = Number.POSITIVE_INFINITY;
  #tracks = new Map<number, CounterTrack>();
  #definitions = new Definitions();
  #stream = 0;
  #process = 0;
  #block = 0;
  #offset = 0;

  constructor(counters: Counters, objects: Objects, processes: Processes, timeline: Timeline, consoleCalls: ConsoleCalls) {
    super();
    this.#consoleCalls = consoleCalls;
    this.#timeline = timeline;
    this.#counters = counters;
    this.#objects = objects;
    this.#processes = processes;
  }

  enter(stream: number, definitions: Definitions, block: number, offset: number, records: Uint8Array): void {
    this.#records = records;
    for (let kind = 0; kind < this.counts.length; kind++) this.#before[kind] = (this.#before[kind] as number) + (this.counts[kind] as number);
    this.counts.fill(0);
    this.hasCalls = false;
    this.#lastCallNs = Number.POSITIVE_INFINITY;
    this.#stream = stream;
    this.#process = this.#processes.thread(stream).process;
    this.#definitions = definitions;
    this.#tracks = this.#counters.tracksOf(stream);
    this.#block = block;
    this.#offset = offset;
  }

  /** All blocks so far, by kind. */
  get totals(): Float64Array {
    return this.#before.map((before, kind) => before + (this.counts[kind] as number));
  }

  #count(kind: number): void {
    this.counts[kind] = (this.counts[kind] as number) + 1;
  }

  override counter(timeNs: number, counter: number, values: Float64Array, first: number, count: number): void {
    let track = this.#tracks.get(counter);
    if (track === undefined) {
      track = this.#counters.addTrack(this.#stream, this.#process, counter, count, this.#definitions.counters.get(counter));
    }
    track.push(timeNs, values, first, count, this.#block, this.#offset);
    this.#count(COUNTER);
  }

  override instant(timeNs: number, name: number, category: number, _scope: number, argsAt: number, argsBytes: number, record: number): void {
    this.#count(INSTANT);
    this.#timeline.instant(timeNs, name, category, record);
    if (argsBytes > 0 && category !== 0 && this.#definitions.text(category) === 'console' && this.#definitions.text(name).startsWith('console.')) {
      this.#consoleCalls.add(this.#stream, timeNs, this.#records.subarray(argsAt, argsAt + argsBytes));
    }
  }

  override slice(endNs: number, durationNs: number, name: number, category: number, _argsAt: number, _argsBytes: number, record: number, track: number): void {
    this.#count(SLICE);
    this.#timeline.slice(endNs - durationNs, endNs, name, category, record, track);
  }

  override call(timeNs: number): void {
    this.hasCalls = true;
    this.#lastCallNs = timeNs;
  }

  override run(timeNs: number, functionId: number, call: number, kind: number, record: number): void {
    this.hasCalls = true;
    this.#timeline.run(timeNs, functionId, call, kind, record);
  }

  override asyncBegin(
    timeNs: number,
    number: number,
    scope: number,
    name: number,
    category: number,
    parent: number,
    flags: number,
    _argsAt: number,
    _argsBytes: number,
    record: number,
  ): void {
    this.#timeline.asyncBegin(timeNs, number, scope, name, category, parent, flags, record);
  }

  override flow(timeNs: number, number: number, scope: number, name: number, category: number, phase: number): void {
    this.#timeline.flow(timeNs, number, scope, name, category, phase);
  }

  override asyncEnd(timeNs: number, number: number, scope: number): void {
    this.#timeline.asyncEnd(timeNs, number, scope);
  }

  override objectCreated(timeNs: number, object: number): void {
    this.#count(CREATED);
    this.#objects.created(this.#stream, this.#process, object, this.#definitions, timeNs);
  }

  override objectSnapshot(timeNs: number, object: number, flags: number): void {
    this.#count(SNAPSHOT);
    this.#object(object)?.add(timeNs, this.#block, (flags & SnapshotFlag.KEYFRAME) !== 0);
  }

  override objectDeleted(timeNs: number, object: number): void {
    this.#count(DELETED);
    const deleted = this.#object(object);
    if (deleted) deleted.deletedNs = timeNs;
  }

  #object(object: number) {
    return this.#objects.track(this.#stream, this.#process, object, this.#definitions);
  }

  override gap(timeNs: number, lost: number): void {
    this.#count(GAP);
    this.#timeline.gap(Math.min(timeNs, this.#lastCallNs), timeNs, Math.max(0, lost));
    const thread = this.#processes.thread(this.#stream);
    if (lost > 0) thread.droppedByGaps += lost;
  }

  override stall(timeNs: number, waitedNs: number): void {
    this.#count(STALL);
    this.#timeline.stall(timeNs, Math.max(0, waitedNs));
    const thread = this.#processes.thread(this.#stream);
    if (waitedNs > 0) thread.stallByRecords += waitedNs;
  }
}
