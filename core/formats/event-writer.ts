/** Records of a recording as events of Chrome Trace Event JSON. README.md says what becomes what. */
import { counted } from '../base/counted.ts';
import { snapshotEntries } from '../model/record-decoder.ts';
import type { BlockHeader, RecordingHead, RecordingInfo } from '../protocol/recording-format.ts';
import { AsyncFlag, FlowPhase, InstantScope, SnapshotFlag } from '../protocol/records.ts';
import { STUDIO_VERSION } from '../protocol/version.ts';
import { writeEnded } from './ended-slices.ts';
import { bytesOf, EventOutput, jsonOf } from './event-output.ts';
import { ImportedMembers } from './imported-members.ts';
import { type KnownAsync, KnownAsyncSlices } from './known-async.ts';
import { RecordingWalker, type WalkedStream } from './recording-walker.ts';
import { SourceTotals } from './source-totals.ts';
import { type CallText, type ObjectText, placeOf, StreamTexts } from './trace-event-texts.ts';
import { TraceIds } from './trace-ids.ts';

const BEGIN = bytesOf('{"traceEvents":[');
const ARGS_OPEN = bytesOf(',"args":{');
const ARGS_CLOSE = bytesOf('}}');
const SNAPSHOT = bytesOf(',"args":{"snapshot":{');
const SNAPSHOT_CLOSE = bytesOf('}}}');
const CLOSE = bytesOf('}');
const COMMA = bytesOf(',');
const SCOPES: Readonly<Record<number, Uint8Array>> = {
  [InstantScope.THREAD]: bytesOf(',"s":"t"'),
  [InstantScope.PROCESS]: bytesOf(',"s":"p"'),
  [InstantScope.GLOBAL]: bytesOf(',"s":"g"'),
};
const THREAD_SCOPE = SCOPES[InstantScope.THREAD] as Uint8Array;
const BINDS_ENCLOSING = bytesOf(',"bp":"e"');
/** Async slices that are open at one time, and arrows whose beginnings are known. */
const MAX_KNOWN = 1_000_000;

/** `viztracer`: names of functions with their place, as VizTracer writes and its tools expect them. */
export type TraceEventShape = 'chrome' | 'viztracer';

/** What calls are called in each shape. */
const SHAPES = {
  chrome: { category: 'call', args: bytesOf('"arguments":'), result: bytesOf('"result":') },
  viztracer: { category: 'FEE', args: bytesOf('"func_args":'), result: bytesOf('"return_value":') },
} as const;

/** What stands beside the events. */
export interface BesideEvents {
  readonly metadata: Readonly<Record<string, unknown>>;
  /** JSON by key, the key as it stands between its quotes. */
  readonly members: ReadonlyMap<string, Uint8Array>;
}

/** The start of time is told by the recording. */
const withoutStart = (metadata: Readonly<Record<string, unknown>>): Readonly<Record<string, unknown>> =>
  Object.fromEntries(Object.entries(metadata).filter(([key]) => key !== 'baseTimeNanoseconds'));

/** Recording items to text, without a stream: what a process that is at its end can use. Visits the records of one block after the other. Hot: `counter`, `slice` and calls run millions of times. */
export class EventWriter extends RecordingWalker {
  readonly #to = new EventOutput();
  readonly output = this.#to.bytes;
  written = 0;
  readonly #shape: (typeof SHAPES)[TraceEventShape];
  readonly #isViz: boolean;
  readonly #texts = new Map<WalkedStream, StreamTexts>();
  readonly #ids = new TraceIds(this);
  readonly #names = new Map<string, string>();
  readonly #members = new ImportedMembers();
  /** Async slices that are open, and where arrows began, by id. */
  readonly #async = new KnownAsyncSlices();
  readonly #arrows = new Map<number, Omit<KnownAsync, 'id'>>();
  readonly #places = new Map<string, readonly [string, number]>();
  #text = new StreamTexts();
  #objects = 0;
  #unfinite = 0;
  #stalls = 0;
  #consoleChunks = 0;
  #cutSnapshots = 0;
  readonly #sources = new SourceTotals();

  constructor(shape: TraceEventShape = 'chrome') {
    super();
    this.#shape = SHAPES[shape];
    this.#isViz = shape === 'viztracer';
    this.output.bytesOf(BEGIN);
  }

  /** Stands in `file_info`, as VizTracer has it. */
  sourceText(file: string, text: string): void {
    this.#members.sourceText(file, text);
  }

  /** An event that is JSON already. It is not counted. */
  verbatim(event: Uint8Array): void {
    this.#to.whole(event);
  }

  /** `beside`: what stands beside the events in place of what an imported file has there. */
  finish(beside?: BesideEvents): void {
    for (const [stream, texts] of this.#texts) {
      this.stream = stream;
      this.#text = texts;
      this.#writeEnded(0, Number.NaN);
    }
    this.finishCalls();
    this.#writeNotes();
    const { output } = this;
    const theirs = beside ? withoutStart(beside.metadata) : this.#members.metadata;
    const overflow = this.dropped > 0 || theirs.overflow === true;
    const text = jsonOf({ ...theirs, version: (beside && theirs.version) ?? STUDIO_VERSION, overflow });
    output.bytesOf(bytesOf('\n],"viztracer_metadata":'));
    output.bytesOf(text.subarray(0, text.length - 1));
    if (this.head !== undefined && this.epochNs > 0n) {
      // Digits, since a double does not hold them.
      output.bytesOf(bytesOf(`,"baseTimeNanoseconds":${this.epochNs - BigInt(this.head.startMonotonicNs)}`));
    }
    output.bytesOf(CLOSE);
    for (const [key, json] of beside?.members ?? []) {
      output.bytesOf(bytesOf(`,\n"${key}":`));
      output.bytesOf(json);
    }
    const functions = this.#isViz ? Object.fromEntries(this.#places) : {};
    for (const [key, json] of beside ? [] : this.#members.texts(functions)) {
      output.bytesOf(bytesOf(`,\n${JSON.stringify(key)}:`));
      for (const part of json) output.bytesOf(part);
    }
    output.bytesOf(bytesOf(beside?.members.has('displayTimeUnit') ? '}\n' : ',"displayTimeUnit":"ns"}\n'));
  }

  notes(): string[] {
    const notes = [...this.told];
    const tell = (count: number, sentence: string): void => {
      if (count > 0) notes.push(counted(sentence, count));
    };
    tell(this.dropped, '# {event was|events were} lost while recording; "overflow" says so.');
    tell(this.#consoleChunks, '# {chunk of console output was|chunks of console output were} left out: the format has no place for {it|them}.');
    tell(this.#unfinite, '# counter {value that is a gap or not finite was|values that are gaps or not finite were} left out.');
    tell(this.#stalls, '# {wait of the script for the recorder was|waits of the script for the recorder were} left out.');
    tell(this.#cutSnapshots, '# {snapshot holds more than was recorded of it|snapshots hold more than was recorded of them}.');
    tell(this.unreadable + this.#to.unreadable, '# {record or value|records or values} could not be understood and {was|were} left out.');
    tell(this.#ids.changedPids, '# {process has a new number: its own|processes have a new number: theirs} is that of another process of the trace.');
    const more = this.#isViz ? 'this program cannot undo its compression' : 'the format has no place for source texts, VizTracer’s JSON has';
    notes.push(...this.#sources.leftOut(more, (file) => this.#members.hasText(file)));
    return [...notes, ...this.#members.notes];
  }

  override begun(head: RecordingHead): void {
    this.#to.setStart(BigInt(head.startMonotonicNs));
  }

  override beginBlock(_header: BlockHeader): void {
    this.#text = this.#textsOf(this.stream);
  }

  override console(header: BlockHeader): void {
    this.#consoleChunks += header.count;
  }

  override source(payload: Uint8Array): void {
    this.#sources.add(payload);
  }

  override attached(attachment: number, piece: Uint8Array): void {
    this.#members.attached(attachment, piece);
  }

  #textsOf(stream: WalkedStream): StreamTexts {
    let texts = this.#texts.get(stream);
    if (texts === undefined) {
      texts = new StreamTexts();
      this.#texts.set(stream, texts);
    }
    return texts;
  }

  override line(line: RecordingInfo): void {
    switch (line.kind) {
      case 'process': {
        const { process, name, sortIndex, labels = [] } = line;
        this.#ids.forget(process, line.pid);
        const pid = this.#ids.pid(process);
        for (const stream of this.streams.values()) if (stream.process === process) this.#textsOf(stream).forget();
        if (name !== '') this.#nameEvent(`p${process}`, pid, pid, 'process_name', { name });
        if (sortIndex !== undefined) this.#nameEvent(`ps${process}`, pid, pid, 'process_sort_index', { sort_index: sortIndex });
        if (labels.length > 0) this.#nameEvent(`pl${process}`, pid, pid, 'process_labels', { labels: labels.join(',') });
        return;
      }
      case 'thread': {
        const stream = this.streamOf(line.stream);
        this.#textsOf(stream).forget();
        const { pid, tid } = this.#ids.lane(stream);
        if (line.name !== '') this.#nameEvent(`t${line.stream}`, pid, tid, 'thread_name', { name: line.name });
        if (line.sortIndex !== undefined) this.#nameEvent(`ts${line.stream}`, pid, tid, 'thread_sort_index', { sort_index: line.sortIndex });
        return;
      }
      case 'metadata': {
        const pid = this.#ids.pid(line.process);
        const tid = line.stream === undefined ? pid : this.#ids.lane(this.streamOf(line.stream)).tid;
        this.#to.whole(jsonOf({ ph: 'M', pid, tid, name: line.name, args: line.args }));
        return;
      }
      case 'loss':
        this.note(line.message);
        return;
      default:
        this.#members.line(line);
    }
  }

  /** Once for the same text. */
  #nameEvent(of: string, pid: number, tid: number, kind: string, args: object): void {
    const text = JSON.stringify({ ph: 'M', pid, tid, name: kind, args });
    if (this.#names.get(of) === text) return;
    this.#names.set(of, text);
    this.#to.whole(bytesOf(text));
  }

  /** `{"ph":"C","pid":1,"tid":1,"name":"n","ts":` */
  #headOf(phase: string, name: string, more = '', track = 0): Uint8Array {
    return this.#to.headOf(phase, this.#ids.lane(this.stream, track), name, more);
  }

  override counter(timeNs: number, counter: number, values: Float64Array, first: number, count: number): void {
    const texts = this.#text;
    let text = texts.counters.get(counter);
    if (text === undefined) {
      const definition = this.stream.definitions.counters.get(counter);
      const series = definition?.series ?? Array.from({ length: count }, (_, s) => String(s));
      text = { head: this.#headOf('C', definition?.name ?? `(undefined counter ${counter})`), keys: series.map((one) => bytesOf(`${JSON.stringify(one)}:`)) };
      texts.counters.set(counter, text);
    }
    const { output } = this;
    this.#to.begin(text.head, timeNs);
    output.shortBytes(ARGS_OPEN);
    let comma = false;
    for (let s = 0; s < count; s++) {
      const value = values[first + s] as number;
      const key = text.keys[s];
      if (key === undefined || value - value !== 0) {
        this.#unfinite++;
        continue;
      }
      output.reserve(key.length + 64);
      if (comma) output.byte(0x2c);
      comma = true;
      output.shortBytes(key);
      output.number(value);
    }
    output.shortBytes(ARGS_CLOSE);
    this.written++;
  }

  override slice(endNs: number, durationNs: number, name: number, category: number, argsAt: number, argsBytes: number, _record: number, track: number): void {
    const heads = this.#text.slicesOf(track);
    let head = heads.get(name, category);
    if (head === undefined) {
      if (track !== 0) this.#nameTrack(track);
      head = this.#headOf('X', this.stream.definitions.text(name), this.#categoryText(category), track);
      heads.set(name, category, head);
    }
    const duration = Math.round(durationNs);
    this.#to.begin(head, endNs - duration);
    this.#to.duration(duration);
    if (argsBytes > 0) this.#to.args(this.payload.subarray(argsAt, argsAt + argsBytes));
    this.output.shortBytes(CLOSE);
    this.written++;
  }

  #nameTrack(track: number): void {
    const { pid, tid } = this.#ids.lane(this.stream, track);
    this.#nameEvent(`t${this.stream.index}/${track}`, pid, tid, 'thread_name', { name: this.stream.definitions.text(track) });
  }

  #categoryText(category: number): string {
    return category === 0 ? '' : `,"cat":${JSON.stringify(this.stream.definitions.text(category))}`;
  }

  override instant(timeNs: number, name: number, category: number, scope: number, argsAt: number, argsBytes: number): void {
    const { instants } = this.#text;
    let head = instants.get(name, category);
    if (head === undefined) {
      head = this.#headOf('i', this.stream.definitions.text(name), this.#categoryText(category));
      instants.set(name, category, head);
    }
    this.#to.begin(head, timeNs);
    this.output.shortBytes(SCOPES[scope] ?? THREAD_SCOPE);
    if (argsBytes > 0) this.#to.args(this.payload.subarray(argsAt, argsAt + argsBytes));
    this.output.shortBytes(CLOSE);
    this.written++;
  }

  /** A moment as an instant of the whole trace, a range as an async slice: neither is a part of any thread. */
  #writeNotes(): void {
    this.userNotes.list().forEach(({ fromNs, toNs, text }, index) => {
      const isMoment = fromNs === toNs;
      const about = isMoment ? ',"cat":"note","s":"g"' : `,"cat":"note","id":"note-${index + 1}"`;
      for (const phase of isMoment ? ['i'] : ['b', 'e']) {
        this.#to.begin(this.#headOf(phase, text, about), phase === 'e' ? toNs : fromNs);
        this.output.shortBytes(CLOSE);
      }
      this.written++;
    });
  }

  // Calls

  override callEnded(startNs: number, endNs: number, functionId: number, _call: number, args: Uint8Array | undefined, result: Uint8Array | undefined): void {
    const { ended } = this.#text;
    const { innermostStartNs } = this.stream.calls;
    if (ended.length === 0 && innermostStartNs !== startNs) {
      this.#writeCall(startNs, endNs, functionId, args, result);
      return;
    }
    ended.push({ startNs, high: 0, low: endNs, durationNs: endNs - startNs, functionId, args, result });
    this.#writeEnded(startNs, innermostStartNs);
  }

  /** What need not wait any more for the call around it. */
  #writeEnded(startNs: number, aroundNs: number): void {
    writeEnded(this.#text.ended, { high: 0, low: startNs }, { high: 0, low: aroundNs }, (call) =>
      this.#writeCall(call.startNs, call.low, call.functionId, call.args, call.result),
    );
  }

  #writeCall(startNs: number, endNs: number, functionId: number, args: Uint8Array | undefined, result: Uint8Array | undefined): void {
    const text = this.#callText(functionId);
    this.#to.begin(text.head, startNs);
    this.#to.duration(Math.round(endNs - startNs));
    this.#callArgs(text, args, result);
    this.output.shortBytes(CLOSE);
    this.written++;
  }

  /** As a begin without its end: that is what it is. */
  override callLeft(startNs: number, _endNs: number, functionId: number, _call: number, args: Uint8Array | undefined): void {
    this.#text = this.#textsOf(this.stream);
    const { name, category } = this.#functionOf(functionId);
    this.#to.begin(this.#headOf('B', name, `,"cat":"${category}"`), startNs);
    this.#callArgs(this.#callText(functionId), args, undefined);
    this.output.shortBytes(CLOSE);
    this.written++;
  }

  #functionOf(functionId: number): { readonly name: string; readonly category: string; readonly place: string } {
    const definition = this.stream.definitions.functions.get(functionId);
    const name = this.stream.definitions.functionName(functionId);
    const place = placeOf(definition);
    const { category } = this.#shape;
    if (!this.#isViz || definition === undefined || definition.file === '') return { name, category, place };
    const withPlace = `${name} (${definition.file}:${definition.line})`;
    if (this.#places.size < MAX_KNOWN) this.#places.set(withPlace, [definition.file, definition.line]);
    return { name: withPlace, category, place: '' };
  }

  #callText(functionId: number): CallText {
    let text = this.#text.calls.get(functionId);
    if (text === undefined) {
      const { name, category, place } = this.#functionOf(functionId);
      text = { head: this.#headOf('X', name, `,"cat":"${category}"`), place: place === '' ? new Uint8Array(0) : bytesOf(`"at":${JSON.stringify(place)}`) };
      this.#text.calls.set(functionId, text);
    }
    return text;
  }

  #callArgs({ place }: CallText, args: Uint8Array | undefined, result: Uint8Array | undefined): void {
    if (place.length === 0 && args === undefined && result === undefined) return;
    const { output } = this;
    output.shortBytes(ARGS_OPEN);
    output.bytesOf(place);
    let more = place.length > 0;
    const member = (key: Uint8Array, json: Uint8Array | undefined): void => {
      if (json === undefined) return;
      if (more) output.bytesOf(COMMA);
      more = true;
      output.bytesOf(key);
      output.bytesOf(this.#to.readable(json));
    };
    member(this.#shape.args, args);
    member(this.#shape.result, result);
    output.reserve(64);
    output.shortBytes(CLOSE);
  }

  /** An async function or generator that waits, from its begin to its end: an async slice beside its runs. */
  override activationBegan(startNs: number, functionId: number, call: number): void {
    const { name, category } = this.#functionOf(functionId);
    this.#asyncEvent('b', startNs, { id: this.#activationId(call), name, category: `async ${category}` });
  }

  override activationEnded(timeNs: number, functionId: number, call: number): void {
    const { name, category } = this.#functionOf(functionId);
    this.#asyncEvent('e', timeNs, { id: this.#activationId(call), name, category: `async ${category}` });
  }

  /** Activations are numbered per thread, beside the async slices. */
  #activationId(call: number): number {
    return TraceIds.idOf(this.stream, call, ACTIVATION_SCOPE);
  }

  // Async slices and arrows

  override asyncBegin(
    timeNs: number,
    number: number,
    scope: number,
    name: number,
    category: number,
    parent: number,
    flags: number,
    argsAt: number,
    argsBytes: number,
  ): void {
    const own = TraceIds.idOf(this.stream, number, scope);
    const known = this.#async.begin(this.stream, number, scope, name, category, parent);
    this.#asyncEvent('b', timeNs, known, argsAt, argsBytes);
    if ((flags & AsyncFlag.FLOW) !== 0) this.#arrow('s', timeNs, own, { name: known.name, category: known.category }, false);
  }

  override asyncInstant(timeNs: number, number: number, scope: number, name: number, argsAt: number, argsBytes: number): void {
    this.#asyncEvent('n', timeNs, this.#async.instant(this.stream, number, scope, name), argsAt, argsBytes);
  }

  override asyncEnd(timeNs: number, number: number, scope: number, name: number, argsAt: number, argsBytes: number): void {
    this.#asyncEvent('e', timeNs, this.#async.end(this.stream, number, scope, name), argsAt, argsBytes);
  }

  #asyncEvent(phase: 'b' | 'n' | 'e', timeNs: number, { id, name, category }: KnownAsync, argsAt = 0, argsBytes = 0): void {
    const more = `,"cat":${JSON.stringify(category)},"id":"${TraceIds.idText(id)}"`;
    this.#to.begin(this.#headOf(phase, name, more), timeNs);
    if (argsBytes > 0) this.#to.args(this.payload.subarray(argsAt, argsAt + argsBytes));
    this.output.shortBytes(CLOSE);
    this.written++;
  }

  override flow(timeNs: number, number: number, scope: number, name: number, category: number, phase: number): void {
    const id = TraceIds.idOf(this.stream, number, scope);
    const { definitions } = this.stream;
    const began = this.#arrows.get(id);
    const called = {
      name: name === 0 ? (began?.name ?? 'flow') : definitions.text(name),
      category: category === 0 ? (began?.category ?? 'flow') : definitions.text(category),
    };
    const letter = phase === FlowPhase.START ? 's' : phase === FlowPhase.STEP ? 't' : 'f';
    this.#arrow(letter, timeNs, id, called, phase === FlowPhase.END_ENCLOSING);
  }

  #arrow(phase: 's' | 't' | 'f', timeNs: number, id: number, called: Omit<KnownAsync, 'id'>, enclosing: boolean): void {
    if (phase === 's' && this.#arrows.size < MAX_KNOWN) this.#arrows.set(id, called);
    // Points of one arrow have one name and category, or they are not bound.
    const { name, category } = this.#arrows.get(id) ?? called;
    this.#to.begin(this.#headOf(phase, name, `,"cat":${JSON.stringify(category)},"id":"${TraceIds.idText(id)}"`), timeNs);
    if (enclosing) this.output.shortBytes(BINDS_ENCLOSING);
    this.output.shortBytes(CLOSE);
    this.written++;
  }

  #object(object: number): ObjectText {
    let text = this.#text.objects.get(object);
    if (text === undefined) {
      const name = this.stream.definitions.objects.get(object)?.name ?? `(undefined object ${object})`;
      const id = `,"id":"${++this.#objects}"`;
      text = { created: this.#headOf('N', name, id), snapshot: this.#headOf('O', name, id), deleted: this.#headOf('D', name, id), attributes: new Map() };
      this.#text.objects.set(object, text);
    }
    return text;
  }

  override objectCreated(timeNs: number, object: number): void {
    this.#plain(this.#object(object).created, timeNs);
  }

  override objectDeleted(timeNs: number, object: number): void {
    this.#plain(this.#object(object).deleted, timeNs);
    this.#text.objects.get(object)?.attributes.clear();
  }

  #plain(head: Uint8Array, timeNs: number): void {
    this.#to.begin(head, timeNs);
    this.output.shortBytes(CLOSE);
    this.written++;
  }

  override objectSnapshot(timeNs: number, object: number, flags: number, record: number): void {
    const { snapshot, attributes } = this.#object(object);
    if ((flags & SnapshotFlag.CUT) !== 0) this.#cutSnapshots++;
    if ((flags & SnapshotFlag.KEYFRAME) !== 0) attributes.clear();
    for (const { key, json } of snapshotEntries(this.payload, record)) {
      if (json === undefined) attributes.delete(key);
      else attributes.set(key, this.#attribute(key, json));
    }
    const output = this.output;
    this.#to.begin(snapshot, timeNs);
    output.shortBytes(SNAPSHOT);
    let comma = false;
    for (const attribute of attributes.values()) {
      output.reserve(attribute.length + 16);
      if (comma) output.byte(0x2c);
      comma = true;
      output.bytesOf(attribute);
    }
    output.shortBytes(SNAPSHOT_CLOSE);
    this.written++;
  }

  #attribute(key: number, json: Uint8Array): Uint8Array {
    const name = bytesOf(`${JSON.stringify(this.stream.definitions.text(key))}:`);
    const value = this.#to.readable(json);
    const attribute = new Uint8Array(name.length + value.length);
    attribute.set(name);
    attribute.set(value, name.length);
    return attribute;
  }

  override stall(): void {
    this.#stalls++;
  }
}

/** Of an activation: none of AsyncScope, numbered per thread. */
const ACTIVATION_SCOPE = 3;
