/**
 * Writes a recording as a Perfetto trace, as a stream: track events, counters, arrows, async slices. Calls are written as they begin and end; slices,
 * which a recording has when they end, are put in the order of their begin first. Opens in ui.perfetto.dev and its trace processor, at any size.
 */
import { counted } from '../base/counted.ts';
import { snapshotEntries } from '../model/record-decoder.ts';
import type { BlockHeader, RecordingHead, RecordingInfo } from '../protocol/recording-format.ts';
import { AsyncFlag, FlowPhase, InstantScope, SnapshotFlag } from '../protocol/records.ts';
import { JsonCopier, JsonMembers } from './json-bytes.ts';
import { KnownAsyncSlices } from './known-async.ts';
import {
  Annotation,
  Clock,
  ClockId,
  ClockSnapshot,
  Event,
  EventType,
  Interned,
  Legacy,
  Packet,
  ProcessDescriptor,
  ThreadDescriptor,
  Track,
} from './perfetto-fields.ts';
import { PerfettoPackets } from './perfetto-packets.ts';
import { readableValue } from './readable-value.ts';
import { RecordingWalker, type WalkedStream, walk } from './recording-walker.ts';
import { SliceOrder } from './slice-order.ts';
import { SourceTotals } from './source-totals.ts';
import { decodeString } from './trace-event-fields.ts';
import { placeOf } from './trace-event-texts.ts';
import type { ExportOptions, TraceExport } from './trace-export.ts';
import { TraceIds } from './trace-ids.ts';

/** Slices that wait to be put in order. */
const MAX_HELD_BYTES = 96 * 1024 * 1024;
const MAX_KNOWN = 1_000_000;
const MAX_ANNOTATIONS = 4096;
const WORD = 2 ** 32;
const ACTIVATION_SCOPE = 3;
const decoder = new TextDecoder();
const encoder = new TextEncoder();
const SCOPES: Readonly<Record<number, number>> = { [InstantScope.GLOBAL]: 1, [InstantScope.PROCESS]: 2 };

export class PerfettoExport implements TraceExport {
  readonly #recording: AsyncIterable<Uint8Array>;
  readonly #live: boolean;
  readonly #writer = new PerfettoWriter();

  constructor(recording: AsyncIterable<Uint8Array>, { live = false }: ExportOptions = {}) {
    this.#recording = recording;
    this.#live = live;
  }

  get events(): number {
    return this.#writer.written;
  }
  get notes(): readonly string[] {
    return this.#writer.notes();
  }

  async *[Symbol.asyncIterator](): AsyncGenerator<Uint8Array, void, undefined> {
    for await (const _ of walk(this.#recording, this.#writer, this.#live)) yield* this.#writer.ready();
    yield* this.#writer.finish();
  }
}

class PerfettoWriter extends RecordingWalker {
  written = 0;
  #packets = new PerfettoPackets({ high: 0, low: 0 });
  readonly #ids = new TraceIds(this);
  /** By what they stand for. */
  readonly #uuids = new Map<string, number>();
  /** Texts of descriptors that were written. */
  readonly #described = new Map<number, string>();
  /** Tracks that were described: of a stream, by track beside its calls; of its counters, by series. Hot. */
  readonly #tracks = new Map<WalkedStream, Map<number, number>>();
  readonly #series = new Map<WalkedStream, Map<number, number[]>>();
  readonly #orders = new Map<string, { readonly order: SliceOrder; readonly stream: WalkedStream; readonly track: number }>();
  #heldBytes = 0;
  readonly #async = new KnownAsyncSlices();
  readonly #arrows = new Map<number, { readonly name: string; readonly category: string }>();
  readonly #members = new JsonMembers(MAX_ANNOTATIONS);
  readonly #copier = new JsonCopier();
  readonly #objects = new Map<string, { readonly id: number; readonly attributes: Map<number, Uint8Array> }>();
  #consoleChunks = 0;
  #gapValues = 0;
  #stalls = 0;
  readonly #sources = new SourceTotals();
  #flushes = 0;
  #overlapping = 0;

  /** Bytes that are ready. */
  ready(): Uint8Array[] {
    return this.#packets.take();
  }

  finish(): Uint8Array[] {
    this.finishCalls();
    this.#giveOrdered();
    this.#writeNotes();
    return this.#packets.finish();
  }

  notes(): string[] {
    const notes = [...this.told];
    const tell = (count: number, sentence: string): void => {
      if (count > 0) notes.push(counted(sentence, count));
    };
    tell(this.dropped, '# {event was|events were} lost while recording.');
    tell(this.#consoleChunks, '# {chunk of console output was|chunks of console output were} left out: the format has no place for {it|them}.');
    tell(this.#gapValues, '# counter {value that is a gap was|values that are gaps were} left out.');
    tell(this.#stalls, '# {wait of the script for the recorder was|waits of the script for the recorder were} left out.');
    tell(
      this.#overlapping,
      '# {slice overlaps others without nesting in them: it is on a track of its own|slices overlap others without nesting in them: they are on tracks of their own}.',
    );
    tell(this.unreadable, '# {record or value|records or values} could not be understood and {was|were} left out.');
    notes.push(...this.#sources.leftOut('the format has no place for source texts'));
    if (this.#objects.size > 0) notes.push('Objects are in the file, but Perfetto does not show them.');
    if (this.#flushes > 1)
      notes.push('The trace is large: a slice that begins in the very nanosecond in which one inside of it does may be shown inside of that one.');
    return notes;
  }

  override begun(head: RecordingHead): void {
    this.#packets = new PerfettoPackets(this.start);
    const epoch = BigInt(head.startEpochNs);
    if (epoch === 0n) return;
    // What time it was: the trace's clock and that of the calendar, at time 0.
    this.#packets.begin(0);
    const { body } = this.#packets;
    const snapshot = body.begin(Packet.CLOCK_SNAPSHOT);
    for (const [id, high, low] of [
      [ClockId.BOOTTIME, this.start.high, this.start.low],
      [ClockId.REALTIME, Number(epoch >> 32n), Number(epoch & 0xffffffffn)],
    ] as const) {
      const clock = body.begin(ClockSnapshot.CLOCKS);
      body.number(Clock.ID, id);
      body.wide(Clock.TIMESTAMP, high, low);
      body.endMessage(clock);
    }
    body.endMessage(snapshot);
    this.#packets.end();
  }

  override line(line: RecordingInfo): void {
    // Names and numbers of processes and threads may be others from here on.
    this.#tracks.clear();
    this.#series.clear();
    if (line.kind === 'process') this.#describeProcess(line.process);
    else if (line.kind === 'thread') this.#describeThread(this.streamOf(line.stream));
    else if (line.kind === 'loss') this.note(line.message);
  }

  override console(header: BlockHeader): void {
    this.#consoleChunks += header.count;
  }

  #uuid(of: string): number {
    let uuid = this.#uuids.get(of);
    if (uuid === undefined) {
      uuid = this.#uuids.size + 1;
      this.#uuids.set(of, uuid);
    }
    return uuid;
  }

  /** Writes a track's descriptor, once for the same words. */
  #describe(uuid: number, words: string, write: () => void): number {
    if (this.#described.get(uuid) === words) return uuid;
    this.#described.set(uuid, words);
    const { body } = this.#packets;
    this.#packets.begin(undefined);
    const descriptor = body.begin(Packet.TRACK_DESCRIPTOR);
    body.number(Track.UUID, uuid);
    write();
    body.endMessage(descriptor);
    this.#packets.end();
    return uuid;
  }

  #describeProcess(index: number): number {
    const process = this.processes.get(index);
    const pid = this.#ids.pid(index);
    const name = process?.name ?? '';
    const { labels = [], sortIndex } = process ?? {};
    return this.#describe(this.#uuid(`p${index}`), JSON.stringify([pid, name, labels, sortIndex]), () => {
      const { body } = this.#packets;
      const own = body.begin(Track.PROCESS);
      body.number(ProcessDescriptor.PID, pid);
      if (sortIndex !== undefined) body.signed(ProcessDescriptor.SORT_INDEX, Math.round(sortIndex));
      if (name !== '') body.text(ProcessDescriptor.NAME, name);
      for (const label of labels) body.text(ProcessDescriptor.LABELS, label);
      body.endMessage(own);
    });
  }

  #describeThread(stream: WalkedStream, track = 0): number {
    this.#describeProcess(stream.process);
    const { pid, tid } = this.#ids.lane(stream);
    const { name, sortIndex } = stream;
    const thread = this.#describe(this.#uuid(`t${stream.index}`), JSON.stringify([pid, tid, name, sortIndex]), () => {
      const { body } = this.#packets;
      const own = body.begin(Track.THREAD);
      body.number(ThreadDescriptor.PID, pid);
      body.number(ThreadDescriptor.TID, tid);
      if (sortIndex !== undefined) body.signed(ThreadDescriptor.SORT_INDEX, Math.round(sortIndex));
      if (name !== '') body.text(ThreadDescriptor.NAME, name);
      body.endMessage(own);
    });
    return track === 0 ? thread : this.#describeBeside(`t${stream.index}/${track}`, thread, stream.definitions.text(track));
  }

  #trackOf(stream: WalkedStream, track = 0): number {
    let tracks = this.#tracks.get(stream);
    if (tracks === undefined) {
      tracks = new Map();
      this.#tracks.set(stream, tracks);
    }
    let uuid = tracks.get(track);
    if (uuid === undefined) {
      uuid = this.#describeThread(stream, track);
      tracks.set(track, uuid);
    }
    return uuid;
  }

  /** A track beside the calls of a thread, or beside the threads of a process. */
  #describeBeside(of: string, parent: number, name: string): number {
    return this.#describe(this.#uuid(of), `${parent} ${name}`, () => {
      const { body } = this.#packets;
      body.number(Track.PARENT_UUID, parent);
      body.text(Track.NAME, name);
    });
  }

  /** Begins a packet with an event; write more of the event to `body`, then `#end` with what this returned. */
  #begin(timeNs: number, track: number, type: number): number {
    this.#packets.begin(timeNs);
    const event = this.#packets.body.begin(Packet.TRACK_EVENT);
    this.#packets.body.number(Event.TRACK_UUID, track);
    if (type !== 0) this.#packets.body.number(Event.TYPE, type);
    return event;
  }

  #end(event: number): void {
    this.#packets.body.endMessage(event);
    this.#packets.end();
  }

  #name(name: string, category: string): void {
    const { body } = this.#packets;
    const nameIid = this.#packets.iid(Interned.NAMES, name);
    if (nameIid === 0) body.text(Event.NAME, name);
    else body.number(Event.NAME_IID, nameIid);
    if (category === '') return;
    const categoryIid = this.#packets.iid(Interned.CATEGORIES, category);
    if (categoryIid === 0) body.text(Event.CATEGORIES, category);
    else body.number(Event.CATEGORY_IIDS, categoryIid);
  }

  // Arguments

  #args(json: Uint8Array): void {
    const { copier, members } = { copier: this.#copier, members: this.#members };
    if (json.length === 0 || !copier.copy(json, 0, json.length)) {
      if (json.length > 0) this.unreadable++;
      return;
    }
    const plain = copier.bytes.slice(0, copier.length);
    const readable = holdsMarker(plain) ? encoder.encode(JSON.stringify(readableValue(JSON.parse(decoder.decode(plain))))) : plain;
    if (!members.read(readable, 0, readable.length)) {
      this.#annotation('value', readable, 0, readable.length);
      return;
    }
    const offsets = members.offsets.slice(0, members.count * 4);
    for (let at = 0; at < offsets.length; at += 4) {
      const name = decodeString(readable, offsets[at] as number, offsets[at + 1] as number);
      this.#annotation(name, readable, offsets[at + 2] as number, offsets[at + 3] as number);
    }
  }

  /** What JSON can hold and the format has a place for; the rest is JSON there too. */
  #annotation(name: string, json: Uint8Array, start: number, end: number): void {
    const { body } = this.#packets;
    const annotation = body.begin(Event.DEBUG_ANNOTATIONS);
    const iid = this.#packets.iid(Interned.ANNOTATION_NAMES, name);
    if (iid === 0) body.text(Annotation.NAME, name);
    else body.number(Annotation.NAME_IID, iid);
    const first = json[start] as number;
    if (first === 0x22) body.text(Annotation.STRING, decodeString(json, start + 1, end - 1));
    else if (first === 0x74 || first === 0x66) body.number(Annotation.BOOL, first === 0x74 ? 1 : 0);
    else if (first === 0x7b || first === 0x5b || first === 0x6e) body.bytesField(Annotation.JSON, json, start, end);
    else {
      const value = Number(decoder.decode(json.subarray(start, end)));
      if (Number.isSafeInteger(value) && !Object.is(value, -0)) body.signed(Annotation.INT, value);
      else body.double(Annotation.DOUBLE, value);
    }
    body.endMessage(annotation);
  }

  #argsAt(at: number, bytes: number): void {
    if (bytes > 0) this.#args(this.payload.subarray(at, at + bytes));
  }

  // Calls

  override callOpened(startNs: number, functionId: number): void {
    const event = this.#begin(startNs, this.#trackOf(this.stream), EventType.SLICE_BEGIN);
    this.#name(this.stream.definitions.functionName(functionId), 'call');
    const place = placeOf(this.stream.definitions.functions.get(functionId));
    if (place !== '') this.#text('at', place);
    this.#end(event);
    this.written++;
  }

  #text(name: string, value: string): void {
    const { body } = this.#packets;
    const annotation = body.begin(Event.DEBUG_ANNOTATIONS);
    const iid = this.#packets.iid(Interned.ANNOTATION_NAMES, name);
    if (iid === 0) body.text(Annotation.NAME, name);
    else body.number(Annotation.NAME_IID, iid);
    body.text(Annotation.STRING, value);
    body.endMessage(annotation);
  }

  override callEnded(_startNs: number, endNs: number, _functionId: number, _call: number, args: Uint8Array | undefined, result: Uint8Array | undefined): void {
    const event = this.#begin(endNs, this.#trackOf(this.stream), EventType.SLICE_END);
    if (args !== undefined) this.#annotation('arguments', args, 0, args.length);
    if (result !== undefined) this.#annotation('result', result, 0, result.length);
    this.#end(event);
  }

  override activationBegan(startNs: number, functionId: number, call: number): void {
    this.#legacy('b', startNs, TraceIds.idOf(this.stream, call, ACTIVATION_SCOPE), this.stream.definitions.functionName(functionId), 'async call');
  }

  override activationEnded(timeNs: number, functionId: number, call: number): void {
    this.#legacy('e', timeNs, TraceIds.idOf(this.stream, call, ACTIVATION_SCOPE), this.stream.definitions.functionName(functionId), 'async call');
  }

  // Slices

  override slice(endNs: number, durationNs: number, name: number, category: number, at: number, bytes: number, _record: number, track: number): void {
    const key = `${this.stream.index}/${track}`;
    let held = this.#orders.get(key);
    if (held === undefined) {
      held = { order: new SliceOrder(), stream: this.stream, track };
      this.#orders.set(key, held);
    }
    const before = held.order.bytes;
    held.order.add(endNs - durationNs, durationNs, name, category, bytes === 0 ? undefined : this.payload.slice(at, at + bytes));
    this.#heldBytes += held.order.bytes - before;
    this.written++;
    if (this.#heldBytes > MAX_HELD_BYTES) this.#giveOrdered();
  }

  #giveOrdered(): void {
    this.#flushes++;
    this.#heldBytes = 0;
    for (const { order, stream, track } of this.#orders.values()) {
      const { definitions } = stream;
      const own = this.#describeThread(stream, track);
      const trackOf = (lane: number): number =>
        lane === 0 ? own : this.#describeBeside(`t${stream.index}/${track}/${lane}`, own, `${definitions.text(track) || stream.name} (overlapping ${lane})`);
      order.give({
        open: ({ startNs, name, category, args, lane }) => {
          if (lane > 0) this.#overlapping++;
          const uuid = trackOf(lane);
          const event = this.#begin(startNs, uuid, EventType.SLICE_BEGIN);
          this.#name(definitions.text(name), definitions.text(category));
          this.#args(args);
          this.#end(event);
        },
        close: (timeNs, lane) => this.#end(this.#begin(timeNs, trackOf(lane), EventType.SLICE_END)),
      });
    }
  }

  // Everything else

  override instant(timeNs: number, name: number, category: number, scope: number, at: number, bytes: number): void {
    const { definitions } = this.stream;
    const event = this.#begin(timeNs, this.#trackOf(this.stream), EventType.INSTANT);
    this.#name(definitions.text(name), definitions.text(category));
    this.#argsAt(at, bytes);
    const wide = SCOPES[scope];
    if (wide !== undefined) {
      const { body } = this.#packets;
      const legacy = body.begin(Event.LEGACY);
      body.number(Legacy.INSTANT_SCOPE, wide);
      body.endMessage(legacy);
    }
    this.#end(event);
    this.written++;
  }

  /** Moments on a track of their own; each range on one, since ranges may overlap. */
  #writeNotes(): void {
    this.userNotes.list().forEach(({ fromNs, toNs, text }, index) => {
      const isMoment = fromNs === toNs;
      const title = isMoment ? 'Notes' : `Note ${index + 1}`;
      const track = this.#describe(this.#uuid(`note ${isMoment ? '' : index}`), title, () => this.#packets.body.text(Track.NAME, title));
      const event = this.#begin(fromNs, track, isMoment ? EventType.INSTANT : EventType.SLICE_BEGIN);
      this.#name(text, 'note');
      this.#end(event);
      if (!isMoment) this.#end(this.#begin(toNs, track, EventType.SLICE_END));
      this.written++;
    });
  }

  override counter(timeNs: number, counter: number, values: Float64Array, first: number, count: number): void {
    const uuids = this.#seriesOf(counter, count);
    for (let s = 0; s < count; s++) {
      const value = values[first + s] as number;
      if (Number.isNaN(value)) {
        this.#gapValues++;
        continue;
      }
      const event = this.#begin(timeNs, uuids[s] as number, EventType.COUNTER);
      this.#packets.body.double(Event.DOUBLE_COUNTER_VALUE, value);
      this.#end(event);
    }
    this.written++;
  }

  /** Each series is a track of its own. */
  #seriesOf(counter: number, count: number): readonly number[] {
    let counters = this.#series.get(this.stream);
    if (counters === undefined) {
      counters = new Map();
      this.#series.set(this.stream, counters);
    }
    let uuids = counters.get(counter);
    if (uuids === undefined || uuids.length < count) {
      const definition = this.stream.definitions.counters.get(counter);
      const name = definition?.name ?? `(undefined counter ${counter})`;
      const process = this.#describeProcess(this.stream.process);
      uuids = Array.from({ length: count }, (_, s) => this.#describeSeries(process, name, definition?.series[s] ?? String(s), count));
      counters.set(counter, uuids);
    }
    return uuids;
  }

  #describeSeries(process: number, name: string, series: string, count: number): number {
    const shown = count === 1 && (series === 'value' || series === name) ? name : `${name}.${series}`;
    return this.#describe(this.#uuid(`c${process}/${name}\n${series}`), shown, () => {
      const { body } = this.#packets;
      body.number(Track.PARENT_UUID, process);
      body.text(Track.NAME, shown);
      body.endMessage(body.begin(Track.COUNTER));
    });
  }

  override asyncBegin(
    timeNs: number,
    number: number,
    scope: number,
    name: number,
    category: number,
    parent: number,
    flags: number,
    at: number,
    bytes: number,
  ): void {
    const own = TraceIds.idOf(this.stream, number, scope);
    const known = this.#async.begin(this.stream, number, scope, name, category, parent);
    this.#legacy('b', timeNs, known.id, known.name, known.category, at, bytes);
    if ((flags & AsyncFlag.FLOW) !== 0) this.#arrow('s', timeNs, own, known.name, known.category, false);
    this.written++;
  }

  override asyncInstant(timeNs: number, number: number, scope: number, name: number, at: number, bytes: number): void {
    const known = this.#async.instant(this.stream, number, scope, name);
    this.#legacy('n', timeNs, known.id, known.name, known.category, at, bytes);
    this.written++;
  }

  override asyncEnd(timeNs: number, number: number, scope: number, name: number, at: number, bytes: number): void {
    const known = this.#async.end(this.stream, number, scope, name);
    this.#legacy('e', timeNs, known.id, known.name, known.category, at, bytes);
    this.written++;
  }

  override flow(timeNs: number, number: number, scope: number, name: number, category: number, phase: number): void {
    const id = TraceIds.idOf(this.stream, number, scope);
    const { definitions } = this.stream;
    const began = this.#arrows.get(id);
    const called = name === 0 ? (began?.name ?? 'flow') : definitions.text(name);
    const kind = category === 0 ? (began?.category ?? 'flow') : definitions.text(category);
    const letter = phase === FlowPhase.START ? 's' : phase === FlowPhase.STEP ? 't' : 'f';
    this.#arrow(letter, timeNs, id, called, kind, phase === FlowPhase.END_ENCLOSING);
    this.written++;
  }

  #arrow(phase: string, timeNs: number, id: number, name: string, category: string, enclosing: boolean): void {
    if (phase === 's' && this.#arrows.size < MAX_KNOWN) this.#arrows.set(id, { name, category });
    // Points of one arrow have one name and category, or they are not bound.
    const called = this.#arrows.get(id) ?? { name, category };
    this.#legacy(phase, timeNs, id, called.name, called.category, 0, 0, enclosing);
  }

  /** An event of the older kind, for what the newer ones have no words for. */
  #legacy(phase: string, timeNs: number, id: number, name: string, category: string, at = 0, bytes = 0, enclosing = false): void {
    const event = this.#begin(timeNs, this.#trackOf(this.stream), 0);
    this.#name(name, category);
    this.#argsAt(at, bytes);
    this.#legacyFields(phase, id, enclosing);
    this.#end(event);
  }

  #legacyFields(phase: string, id: number, enclosing = false): void {
    const { body } = this.#packets;
    const legacy = body.begin(Event.LEGACY);
    body.number(Legacy.PHASE, phase.charCodeAt(0));
    body.wide(Legacy.UNSCOPED_ID, Math.floor(id / WORD), id % WORD);
    if (enclosing) body.number(Legacy.BIND_TO_ENCLOSING, 1);
    body.endMessage(legacy);
  }

  override objectCreated(timeNs: number, object: number): void {
    this.#object('N', timeNs, object);
  }

  override objectDeleted(timeNs: number, object: number): void {
    this.#object('D', timeNs, object);
    this.#objects.get(`${this.stream.index}/${object}`)?.attributes.clear();
  }

  override objectSnapshot(timeNs: number, object: number, flags: number, record: number): void {
    const { attributes } = this.#known(object);
    if ((flags & SnapshotFlag.KEYFRAME) !== 0) attributes.clear();
    for (const { key, json } of snapshotEntries(this.payload, record)) {
      if (json === undefined) attributes.delete(key);
      else attributes.set(key, json.slice());
    }
    const members = Array.from(attributes, ([key, json]) => `${JSON.stringify(this.stream.definitions.text(key))}:${this.#readable(json)}`);
    this.#object('O', timeNs, object, encoder.encode(`{${members.join(',')}}`));
  }

  #readable(json: Uint8Array): string {
    if (!this.#copier.copy(json, 0, json.length)) {
      this.unreadable++;
      return '"(not readable)"';
    }
    const text = decoder.decode(this.#copier.bytes.subarray(0, this.#copier.length));
    return text.includes('$ts') ? JSON.stringify(readableValue(JSON.parse(text))) : text;
  }

  #known(object: number) {
    const key = `${this.stream.index}/${object}`;
    let known = this.#objects.get(key);
    if (known === undefined) {
      known = { id: this.#objects.size + 1, attributes: new Map() };
      this.#objects.set(key, known);
    }
    return known;
  }

  #object(phase: string, timeNs: number, object: number, snapshot?: Uint8Array): void {
    const event = this.#begin(timeNs, this.#trackOf(this.stream), 0);
    this.#name(this.stream.definitions.objects.get(object)?.name ?? `(undefined object ${object})`, 'object');
    if (snapshot !== undefined) this.#annotation('snapshot', snapshot, 0, snapshot.length);
    this.#legacyFields(phase, this.#known(object).id);
    this.#end(event);
    this.written++;
  }

  override source(payload: Uint8Array): void {
    this.#sources.add(payload);
  }

  override stall(): void {
    this.#stalls++;
  }
}

/** `$ts`, as markers of snapshots have it. */
function holdsMarker(json: Uint8Array): boolean {
  for (let at = json.indexOf(0x24); at >= 0; at = json.indexOf(0x24, at + 1)) if (json[at + 1] === 0x74 && json[at + 2] === 0x73) return true;
  return false;
}
