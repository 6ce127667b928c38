import { InstantScope } from '../protocol/records.ts';
import type { EventScanner } from './event-scanner.ts';
import { counterValue, text } from './event-values.ts';
import { ImportAsync } from './import-async.ts';
import { ImportContext } from './import-context.ts';
import { type Issue, issueOfEnd, MAX_MEMBERS, MAX_NAME_BYTES } from './import-losses.ts';
import { ImportMetadata } from './import-metadata.ts';
import { ImportObjects } from './import-objects.ts';
import { ImportSamples } from './import-samples.ts';
import { ImportSlices } from './import-slices.ts';
import type { CounterNode } from './import-tracks.ts';
import type { RecordingBuilder } from './record-writer.ts';
import type { RecordingStart } from './sealed-blocks.ts';
import { decodeString, type EventFields, Field } from './trace-event-fields.ts';
import { notATrace, type TraceEventEnd, type TraceEventSink, type TraceEventTokenizer } from './trace-event-tokenizer.ts';

const encoder = new TextEncoder();

/** Turns the events of Chrome Trace Event JSON into records. */
export class TraceEventImporter implements TraceEventSink {
  readonly #to: ImportContext;
  readonly #slices: ImportSlices;
  readonly #objects: ImportObjects;
  readonly #async: ImportAsync;
  readonly #samples: ImportSamples;
  readonly #metadata: ImportMetadata;
  readonly #values = new Float64Array(MAX_MEMBERS);
  readonly #series = new Uint32Array(MAX_MEMBERS);
  #phased = 0;

  /** Time 0 is `start`, or the least time of the first `firstEvents`. */
  constructor(builder: RecordingBuilder, firstEvents: number, start?: RecordingStart) {
    this.#to = new ImportContext(builder, firstEvents, start);
    this.#slices = new ImportSlices(this.#to);
    this.#objects = new ImportObjects(this.#to);
    this.#async = new ImportAsync(this.#to);
    this.#samples = new ImportSamples(this.#to);
    this.#metadata = new ImportMetadata(this.#to);
  }

  event(fields: EventFields, offset: number): void {
    this.#to.offset = offset;
    if (fields.phase === 0 && fields.end[Field.PH] === 0) {
      this.#to.losses.add('unreadable-event', () => this.#to.where(fields));
      // A list of other objects is noticed early, before anything of it was handed on.
      if (this.#phased === 0 && this.#to.losses.count('unreadable-event') > 1000) throw notEvents();
      return;
    }
    this.#phased++;
    const phase = fields.phase === 0 || fields.phase === 0x5c ? this.#oddPhase(fields) : fields.phase;
    switch (phase) {
      case 0x58: // X
        this.#slices.complete(fields);
        return;
      case 0x43: // C
        this.#counter(fields);
        return;
      case 0x42: // B
        this.#slices.begin(fields);
        return;
      case 0x45: // E
        this.#slices.end(fields);
        return;
      case 0x69: // i
      case 0x49: // I
      case 0x52: // R
        this.#instant(fields);
        return;
      case 0x4e: // N
      case 0x4f: // O
      case 0x44: // D
        this.#objects.event(fields, phase);
        return;
      case 0x62: // b
      case 0x6e: // n
      case 0x65: // e
      case 0x53: // S
      case 0x54: // T
      case 0x70: // p
      case 0x46: // F
      case 0x73: // s
      case 0x74: // t
      case 0x66: // f
        this.#async.event(fields, phase);
        return;
      case 0x4d: // M
        this.#metadata.event(fields);
        return;
      case 0x50: // P
        // A sample of another kind is a moment that has a name.
        if (!this.#samples.event(fields)) this.#instant(fields);
        return;
      case 0x63: // c: clocks of processes that wrote one trace. Its events have one clock already.
        this.#instant(fields);
        return;
      default:
        this.#to.losses.unknownPhase(text(fields, Field.PH), () => this.#to.where(fields));
    }
  }

  runs(scanner: EventScanner, run: number, count: number): number {
    const next = this.#slices.runs(scanner, run, count);
    for (let taken = run; taken < next; taken++) this.#phased += scanner.countOf(taken);
    return next;
  }

  /** A letter that is written as an escape. */
  #oddPhase(fields: EventFields): number {
    const phase = decodeString(fields.bytes, fields.start[Field.PH] as number, fields.end[Field.PH] as number);
    return phase.length === 1 ? phase.charCodeAt(0) : 0;
  }

  member(key: string, json: Uint8Array | undefined, bytes: number): void {
    this.#metadata.member(key, json, bytes);
  }

  /** Ends open slices, tells what was lost, and sets the start if that is still to do. */
  finish(end: TraceEventEnd, read: Pick<TraceEventTokenizer, 'objects' | 'others' | 'tooLong'>, notes: readonly string[]): void {
    const { clock, losses, builder } = this.#to;
    if (this.#phased === 0 && read.objects > 0) throw notEvents();
    this.#samples.finish();
    this.#slices.finish();
    this.#async.finish();
    clock.start();
    losses.add('not-an-event', undefined, read.others);
    losses.add('long-event', undefined, read.tooLong);
    losses.add('event-before-start', undefined, clock.beforeStart);
    const timeNs = clock.nsOf(clock.last);
    const ending = issueOfEnd(end);
    const noted: Issue[] = notes.map((message) => ({ kind: 'cut', count: 1, message }));
    for (const { kind, count, message, example } of [...noted, ...(ending ? [ending] : []), ...losses.told()]) {
      builder.info({ kind: 'loss', what: 'imported', count, message, issue: kind, ...(example !== undefined && { example }), timeNs });
    }
    this.#metadata.finish(timeNs, clock.lateStartEpochNs);
  }

  #instant(fields: EventFields): void {
    const { clock, builder, copier } = this.#to;
    if (!this.#to.readTime(fields)) return;
    const thread = this.#to.threadOf(fields);
    if (thread === undefined) return;
    clock.note(0);
    const name = this.#to.nameOf(thread, fields);
    const category = this.#to.categoryOf(thread, fields);
    const letter = fields.end[Field.S] === 0 ? 0 : fields.bytes[fields.start[Field.S] as number];
    const scope = letter === 0x67 ? InstantScope.GLOBAL : letter === 0x70 ? InstantScope.PROCESS : InstantScope.THREAD;
    const argsBytes = this.#to.args(fields);
    builder.instant(thread.stream, clock.high, clock.low, name, category, scope, copier.bytes, argsBytes);
  }

  #counter(fields: EventFields): void {
    const { clock, builder, losses, names, tracks, members } = this.#to;
    const { bytes } = fields;
    if (!this.#to.readMembers(fields)) {
      losses.add('unreadable-event', () => this.#to.where(fields));
      return;
    }
    if (!this.#to.readTime(fields)) return;
    const thread = this.#to.threadOf(fields);
    if (thread === undefined) return;
    if (members.skipped > 0) losses.add('many-series', () => this.#to.where(fields), members.skipped);
    clock.note(0);
    const name = this.#counterName(fields);
    let node = child(thread.counters, name);
    const { offsets, count } = members;
    let series = 0;
    for (let m = 0; m < count; m++) {
      const value = counterValue(bytes, offsets[m * 4 + 2] as number, offsets[m * 4 + 3] as number);
      if (value === undefined) {
        losses.add('not-a-number', () => this.#to.where(fields));
        continue;
      }
      const seriesName = names.numberOf(bytes, offsets[m * 4] as number, offsets[m * 4 + 1] as number);
      node = child(node.next, seriesName);
      this.#series[series] = seriesName;
      this.#values[series++] = value;
    }
    if (node.definition === 0) {
      const local = Array.from(this.#series.subarray(0, series), (one) => tracks.local(thread, one));
      node.definition = builder.counterDefinition(thread.stream, tracks.local(thread, name), local);
    }
    builder.counter(thread.stream, clock.high, clock.low, node.definition, this.#values, series);
  }

  /** A counter with an id is one of several of that name. */
  #counterName(fields: EventFields): number {
    const { names } = this.#to;
    if (fields.end[Field.ID] === 0) return names.ofEvent(fields);
    const name = fields.end[Field.NAME] === 0 ? '' : text(fields, Field.NAME);
    return names.plain(encoder.encode(`${name}[${text(fields, Field.ID)}]`.slice(0, MAX_NAME_BYTES)));
  }
}

const notEvents = (): Error => notATrace('its objects have no "ph", so they are no trace events');

function child(nodes: Map<number, CounterNode>, id: number): CounterNode {
  let node = nodes.get(id);
  if (node === undefined) {
    node = { definition: 0, next: new Map() };
    nodes.set(id, node);
  }
  return node;
}
