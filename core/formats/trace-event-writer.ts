/**
 * Writes a recording as Chrome Trace Event JSON, as a stream: an object with `traceEvents`, `viztracer_metadata` and
 * `displayTimeUnit`, as VizTracer writes it and Perfetto, Chrome and VizTracer's viewer read it. README.md says what becomes what.
 */

import { ProblemError } from '../base/result.ts';
import { type MonotonicTime, splitMonotonic } from '../base/time.ts';
import { Definitions } from '../model/definitions.ts';
import { decodeRecords, IgnoringVisitor, snapshotEntries } from '../model/record-decoder.ts';
import { BlockType, type RecordingHead, type RecordingInfo } from '../protocol/recording-format.ts';
import { BlockReader, decodeInfo, type RecordingItem } from '../protocol/recording-reader.ts';
import { InstantScope, padTo8, SnapshotFlag } from '../protocol/records.ts';
import { STUDIO_VERSION } from '../protocol/version.ts';
import { ByteOutput } from './byte-output.ts';
import { JsonCopier } from './json-bytes.ts';
import { readableValue } from './readable-value.ts';
import { swapMainThread } from './thread-id.ts';

const encoder = new TextEncoder();
const decoder = new TextDecoder();
const bytesOf = (text: string): Uint8Array => encoder.encode(text);
const jsonOf = (value: unknown): Uint8Array => encoder.encode(JSON.stringify(value));

const BEGIN = bytesOf('{"traceEvents":[');
const SEPARATOR = bytesOf(',\n');
const FIRST_SEPARATOR = bytesOf('\n');
const DURATION = bytesOf(',"dur":');
const ARGS = bytesOf(',"args":');
const ARGS_OPEN = bytesOf(',"args":{');
const ARGS_CLOSE = bytesOf('}}');
const SNAPSHOT = bytesOf(',"args":{"snapshot":{');
const SNAPSHOT_CLOSE = bytesOf('}}}');
const CLOSE = bytesOf('}');
const SCOPES: Readonly<Record<number, Uint8Array>> = {
  [InstantScope.THREAD]: bytesOf(',"s":"t"'),
  [InstantScope.PROCESS]: bytesOf(',"s":"p"'),
  [InstantScope.GLOBAL]: bytesOf(',"s":"g"'),
};
const THREAD_SCOPE = SCOPES[InstantScope.THREAD] as Uint8Array;
const NOT_READABLE = bytesOf('"(not readable)"');
const MARKER_KEY = [0x24, 0x74, 0x73];
/** Beginnings of events are kept for names that come again: up to here for a thread. */
const MAX_HEADS = 100_000;
const NOT_KEPT = /^\(\d+ bytes, not kept\)$/;

interface CounterText {
  readonly head: Uint8Array;
  /** `"series":` */
  readonly keys: readonly Uint8Array[];
}

interface ObjectText {
  readonly created: Uint8Array;
  readonly snapshot: Uint8Array;
  readonly deleted: Uint8Array;
  /** Key definition → `"key":value`: what the next snapshot does not change. */
  readonly attributes: Map<number, Uint8Array>;
}

/** Beginnings of events by name and category. Two maps of small numbers: a map of doubles would make an object for each look-up. */
class Heads {
  readonly #byCategory = new Map<number, Map<number, Uint8Array>>();
  #size = 0;

  get(name: number, category: number): Uint8Array | undefined {
    return this.#byCategory.get(category)?.get(name);
  }

  set(name: number, category: number, head: Uint8Array): void {
    if (this.#size >= MAX_HEADS) this.clear();
    this.#size++;
    const heads = this.#byCategory.get(category) ?? new Map<number, Uint8Array>();
    this.#byCategory.set(category, heads);
    heads.set(name, head);
  }

  clear(): void {
    this.#byCategory.clear();
    this.#size = 0;
  }
}

class StreamText {
  readonly definitions = new Definitions();
  process = 0;
  thread = 0;
  name = '';
  counters = new Map<number, CounterText>();
  objects = new Map<number, ObjectText>();
  slices = new Heads();
  instants = new Heads();
}

/** One export: iterate it once for the bytes of the JSON. `events` and `notes` tell how far it is and what the format could not hold. */
export class TraceEventExport implements AsyncIterable<Uint8Array> {
  readonly #recording: AsyncIterable<Uint8Array>;
  readonly #live: boolean;
  readonly #events: EventWriter = new EventWriter();

  /** `live`: the recording is still written, so that its end is none is no news. */
  constructor(recording: AsyncIterable<Uint8Array>, { live = false }: { readonly live?: boolean } = {}) {
    this.#recording = recording;
    this.#live = live;
  }

  /** Events written so far, names of processes and threads not counted. */
  get events(): number {
    return this.#events.written;
  }

  /** In words, complete once the last byte was given. */
  get notes(): readonly string[] {
    return this.#events.notes();
  }

  /** Throws a ProblemError when the bytes are no recording that can be read. A recording that was cut gives what is whole. */
  async *[Symbol.asyncIterator](): AsyncGenerator<Uint8Array, void, undefined> {
    const reader = new BlockReader();
    const events = this.#events;
    for await (const chunk of this.#recording) {
      for (const item of reader.push(chunk)) {
        events.take(item);
        yield* events.output.takeFull();
      }
    }
    for (const item of reader.end()) if (!this.#live || item.kind !== 'cut') events.take(item);
    events.finish();
    yield* events.output.takeAll();
  }
}

export const writeTraceEvents = (recording: AsyncIterable<Uint8Array>, options: { readonly live?: boolean } = {}): TraceEventExport =>
  new TraceEventExport(recording, options);

/** Recording items to text, without a stream: what a process that is at its end can use. Visits the records of one block after the other. Hot: `counter` and `slice` run millions of times. */
export class EventWriter extends IgnoringVisitor {
  readonly output = new ByteOutput();
  written = 0;
  readonly #streams = new Map<number, StreamText>();
  readonly #processes = new Map<number, { pid: number; name: string }>();
  readonly #copier = new JsonCopier();
  readonly #notes: string[] = [];
  #head: RecordingHead | undefined;
  #start: MonotonicTime = { high: 0, low: 0 };
  #startMicros = 0;
  #startNanos = 0;
  #first = true;
  #stream = new StreamText();
  #pid = 0;
  #payload = new Uint8Array(0);
  #objects = 0;
  #imported: Readonly<Record<string, unknown>> = {};
  #epochNs = 0n;
  #gaps = 0;
  #unfinite = 0;
  #calls = 0;
  #stalls = 0;
  #consoleChunks = 0;
  #unreadable = 0;
  #cutSnapshots = 0;
  #droppedBefore = new Map<number, number>();

  constructor() {
    super();
    this.output.bytesOf(BEGIN);
  }

  take(item: RecordingItem): void {
    switch (item.kind) {
      case 'head':
        this.#begin(item.head);
        return;
      case 'refused':
        throw new ProblemError(item.problem);
      case 'cut':
      case 'damage':
        this.#note(item.problem.message);
        return;
      default:
    }
    const { header, payload } = item;
    switch (header.type) {
      case BlockType.INFO:
        for (const line of decodeInfo(payload)) this.#info(line);
        return;
      case BlockType.DEFS:
        this.#unreadable += this.#streamOf(header.stream).definitions.add(payload);
        return;
      case BlockType.DATA: {
        this.#stream = this.#streamOf(header.stream);
        this.#pid = this.#processes.get(this.#stream.process)?.pid ?? 0;
        this.#payload = payload.subarray(padTo8(header.openStackWords * 4));
        if (header.droppedBefore > (this.#droppedBefore.get(header.stream) ?? 0)) this.#droppedBefore.set(header.stream, header.droppedBefore);
        this.#unreadable += decodeRecords(this.#payload, header.clockHigh, this.#start, this);
        return;
      }
      case BlockType.CONSOLE:
        this.#consoleChunks += header.count;
        return;
      default:
    }
  }

  finish(): void {
    const output = this.output;
    const theirs = this.#importedMetadata();
    const overflow = this.#dropped() > 0 || theirs.overflow === true;
    const text = jsonOf({ ...theirs, version: STUDIO_VERSION, overflow });
    output.bytesOf(bytesOf('\n],"viztracer_metadata":'));
    output.bytesOf(text.subarray(0, text.length - 1));
    if (this.#head !== undefined && this.#epochNs > 0n) {
      // Digits, since a double does not hold them.
      output.bytesOf(bytesOf(`,"baseTimeNanoseconds":${this.#epochNs - BigInt(this.#head.startMonotonicNs)}`));
    }
    output.bytesOf(CLOSE);
    for (const [key, value] of Object.entries(this.#imported)) {
      if (key === 'traceEvents' || key === 'viztracer_metadata' || key === 'displayTimeUnit') continue;
      if (typeof value === 'string' && NOT_KEPT.test(value)) this.#note(`"${key}" of the imported file was too large to be kept.`);
      else output.bytesOf(bytesOf(`,\n${JSON.stringify(key)}:${JSON.stringify(value)}`));
    }
    output.bytesOf(bytesOf(',"displayTimeUnit":"ns"}\n'));
  }

  /** What a file that was imported, or a plugin, has there besides; the start of time is told by the recording. */
  #importedMetadata(): Readonly<Record<string, unknown>> {
    const { viztracer_metadata: metadata } = this.#imported;
    if (typeof metadata !== 'object' || metadata === null || Array.isArray(metadata)) return {};
    return Object.fromEntries(Object.entries(metadata).filter(([key]) => key !== 'baseTimeNanoseconds'));
  }

  notes(): string[] {
    const notes = [...this.#notes];
    const tell = (count: number, words: string): void => {
      if (count > 0) notes.push(`${count.toLocaleString('en-US')} ${words}`);
    };
    tell(this.#dropped(), 'events were lost while recording; "overflow" says so.');
    tell(this.#consoleChunks, 'chunks of console output were left out: the format has no place for them.');
    tell(this.#unfinite, 'counter values that are gaps or not finite were left out.');
    tell(this.#stalls, 'waits of the script for the recorder were left out.');
    tell(this.#calls, 'function calls were left out: their names are not recorded yet.');
    tell(this.#cutSnapshots, 'snapshots hold more than was recorded of them.');
    tell(this.#unreadable, 'records or values could not be understood and were left out.');
    return notes;
  }

  #dropped(): number {
    let byHeaders = 0;
    for (const dropped of this.#droppedBefore.values()) byHeaders += dropped;
    return Math.max(this.#gaps, byHeaders);
  }

  #note(note: string): void {
    if (this.#notes.length < 100) this.#notes.push(note);
  }

  #begin(head: RecordingHead): void {
    this.#head = head;
    const start = BigInt(head.startMonotonicNs);
    this.#start = splitMonotonic(start);
    this.#startMicros = Number(start / 1000n);
    this.#startNanos = Number(start % 1000n);
    this.#epochNs = BigInt(head.startEpochNs);
  }

  #streamOf(index: number): StreamText {
    let stream = this.#streams.get(index);
    if (stream === undefined) {
      stream = new StreamText();
      this.#streams.set(index, stream);
    }
    return stream;
  }

  #info(line: RecordingInfo): void {
    switch (line.kind) {
      case 'process': {
        const known = this.#processes.get(line.process);
        if (known?.name !== line.name && line.name !== '') this.#nameEvent(line.pid, line.pid, 'process_name', line.name);
        this.#processes.set(line.process, { pid: line.pid, name: line.name });
        if (known !== undefined && known.pid !== line.pid) for (const stream of this.#streams.values()) if (stream.process === line.process) forget(stream);
        return;
      }
      case 'thread': {
        const stream = this.#streamOf(line.stream);
        if (stream.thread !== line.thread || stream.process !== line.process) forget(stream);
        const pid = this.#processes.get(line.process)?.pid ?? 0;
        if (line.name !== '' && line.name !== stream.name) this.#nameEvent(pid, swapMainThread(pid, line.thread), 'thread_name', line.name);
        stream.process = line.process;
        stream.thread = line.thread;
        stream.name = line.name;
        return;
      }
      case 'imported':
        this.#imported = typeof line.metadata === 'object' && line.metadata !== null ? line.metadata : {};
        if (line.startEpochNs !== undefined && /^\d{1,20}$/.test(line.startEpochNs)) this.#epochNs = BigInt(line.startEpochNs);
        return;
      case 'loss':
        this.#note(line.message);
        return;
      default:
    }
  }

  #nameEvent(pid: number, tid: number, kind: 'process_name' | 'thread_name', name: string): void {
    this.output.reserve(256);
    this.#separate();
    this.output.bytesOf(jsonOf({ ph: 'M', pid, tid, name: kind, args: { name } }));
  }

  #separate(): void {
    this.output.shortBytes(this.#first ? FIRST_SEPARATOR : SEPARATOR);
    this.#first = false;
  }

  /** `{"ph":"C","pid":1,"tid":1,"name":"n","ts":` */
  #headOf(phase: string, name: string, more = ''): Uint8Array {
    return bytesOf(`{"ph":"${phase}","pid":${this.#pid},"tid":${swapMainThread(this.#pid, this.#stream.thread)},"name":${JSON.stringify(name)}${more},"ts":`);
  }

  #time(timeNs: number): void {
    const nanos = this.#startNanos + timeNs;
    const micros = Math.floor(nanos / 1000);
    const whole = this.#startMicros + micros;
    // Only a damaged file has times before the zero of its clock.
    this.output.microseconds(Math.max(0, whole), nanos - micros * 1000);
  }

  override counter(timeNs: number, counter: number, values: Float64Array, first: number, count: number): void {
    let text = this.#stream.counters.get(counter);
    if (text === undefined) {
      const definition = this.#stream.definitions.counters.get(counter);
      const series = definition?.series ?? Array.from({ length: count }, (_, s) => String(s));
      text = { head: this.#headOf('C', definition?.name ?? `(undefined counter ${counter})`), keys: series.map((one) => bytesOf(`${JSON.stringify(one)}:`)) };
      this.#stream.counters.set(counter, text);
    }
    const output = this.output;
    output.reserve(text.head.length + 64);
    this.#separate();
    output.shortBytes(text.head);
    this.#time(timeNs);
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

  override slice(endNs: number, durationNs: number, name: number, category: number, argsAt: number, argsBytes: number): void {
    const { slices, definitions } = this.#stream;
    let head = slices.get(name, category);
    if (head === undefined) {
      head = this.#headOf('X', definitions.text(name), category === 0 ? '' : `,"cat":${JSON.stringify(definitions.text(category))}`);
      slices.set(name, category, head);
    }
    const output = this.output;
    const duration = Math.round(durationNs);
    output.reserve(head.length + 128);
    this.#separate();
    output.shortBytes(head);
    this.#time(endNs - duration);
    output.shortBytes(DURATION);
    const micros = Math.floor(duration / 1000);
    output.microseconds(micros, duration - micros * 1000);
    if (argsBytes > 0) this.#args(argsAt, argsBytes);
    output.shortBytes(CLOSE);
    this.written++;
  }

  override instant(timeNs: number, name: number, category: number, scope: number, argsAt: number, argsBytes: number): void {
    const { instants, definitions } = this.#stream;
    let head = instants.get(name, category);
    if (head === undefined) {
      head = this.#headOf('i', definitions.text(name), category === 0 ? '' : `,"cat":${JSON.stringify(definitions.text(category))}`);
      instants.set(name, category, head);
    }
    const output = this.output;
    output.reserve(head.length + 128);
    this.#separate();
    output.shortBytes(head);
    this.#time(timeNs);
    output.shortBytes(SCOPES[scope] ?? THREAD_SCOPE);
    if (argsBytes > 0) this.#args(argsAt, argsBytes);
    output.shortBytes(CLOSE);
    this.written++;
  }

  #args(at: number, bytes: number): void {
    const json = this.#readable(this.#payload.subarray(at, at + bytes));
    this.output.reserve(json.length + 64);
    this.output.shortBytes(ARGS);
    this.output.bytesOf(json);
  }

  /** Valid JSON without markers. Valid until the next call. */
  #readable(json: Uint8Array): Uint8Array {
    const copier = this.#copier;
    if (!copier.copy(json, 0, json.length)) {
      this.#unreadable++;
      return NOT_READABLE;
    }
    const copied = copier.bytes.subarray(0, copier.length);
    if (!holdsMarker(copied)) return copied;
    // At most a record's payload, 1 MB, and only values that JSON cannot hold.
    return jsonOf(readableValue(JSON.parse(decoder.decode(copied))));
  }

  #object(object: number): ObjectText {
    let text = this.#stream.objects.get(object);
    if (text === undefined) {
      const name = this.#stream.definitions.objects.get(object)?.name ?? `(undefined object ${object})`;
      const id = `,"id":"${++this.#objects}"`;
      text = { created: this.#headOf('N', name, id), snapshot: this.#headOf('O', name, id), deleted: this.#headOf('D', name, id), attributes: new Map() };
      this.#stream.objects.set(object, text);
    }
    return text;
  }

  override objectCreated(timeNs: number, object: number): void {
    this.#plain(this.#object(object).created, timeNs);
  }

  override objectDeleted(timeNs: number, object: number): void {
    this.#plain(this.#object(object).deleted, timeNs);
    this.#stream.objects.get(object)?.attributes.clear();
  }

  #plain(head: Uint8Array, timeNs: number): void {
    this.output.reserve(head.length + 64);
    this.#separate();
    this.output.shortBytes(head);
    this.#time(timeNs);
    this.output.shortBytes(CLOSE);
    this.written++;
  }

  override objectSnapshot(timeNs: number, object: number, flags: number, record: number): void {
    const { snapshot, attributes } = this.#object(object);
    if ((flags & SnapshotFlag.CUT) !== 0) this.#cutSnapshots++;
    if ((flags & SnapshotFlag.KEYFRAME) !== 0) attributes.clear();
    for (const { key, json } of snapshotEntries(this.#payload, record)) {
      if (json === undefined) attributes.delete(key);
      else attributes.set(key, this.#attribute(key, json));
    }
    const output = this.output;
    output.reserve(snapshot.length + 64);
    this.#separate();
    output.shortBytes(snapshot);
    this.#time(timeNs);
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
    const name = bytesOf(`${JSON.stringify(this.#stream.definitions.text(key))}:`);
    const value = this.#readable(json);
    const attribute = new Uint8Array(name.length + value.length);
    attribute.set(name);
    attribute.set(value, name.length);
    return attribute;
  }

  override gap(_timeNs: number, lost: number): void {
    if (lost > 0) this.#gaps += lost;
  }

  override stall(): void {
    this.#stalls++;
  }

  override call(): void {
    this.#calls++;
  }
}

/** Beginnings of events hold the process and thread: made anew after these changed. */
function forget(stream: StreamText): void {
  stream.counters.clear();
  stream.slices.clear();
  stream.instants.clear();
}

function holdsMarker(json: Uint8Array): boolean {
  const [dollar, t, s] = MARKER_KEY as [number, number, number];
  for (let at = json.indexOf(dollar); at >= 0; at = json.indexOf(dollar, at + 1)) if (json[at + 1] === t && json[at + 2] === s) return true;
  return false;
}
