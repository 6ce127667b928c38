import { splitMonotonic } from '../base/time.ts';
import { InstantScope, SnapshotFlag } from '../protocol/records.ts';
import { type DecimalTime, makeDecimalTime } from './decimal-time.ts';
import { EventNames } from './event-names.ts';
import { counterValue, joinedArgs, lastMember, NULL_WORD, readNumber, text, wrapMarkers } from './event-values.ts';
import { ImportLosses, MAX_ARGS_BYTES, MAX_MEMBERS, MAX_NAME_BYTES, MAX_OBJECTS, MAX_OPEN_SLICES, MAX_THREADS } from './import-losses.ts';
import { equals, JsonCopier, JsonMembers } from './json-bytes.ts';
import type { RecordingBuilder, RecordingStart } from './record-writer.ts';
import { swapMainThread } from './thread-id.ts';
import {
  decodeString,
  type EventFields,
  Field,
  notATrace,
  type TraceEventEnd,
  type TraceEventSink,
  type TraceEventTokenizer,
} from './trace-event-tokenizer.ts';

const WORD = 2 ** 32;
/** Blocks that wait for time 0 to be known. */
const MAX_WAITING_BYTES = 16 * 1024 * 1024;
/** Beyond 2^63 ns no clock of any tool has gone. */
const MAX_HIGH = 2 ** 31;
const MAX_OPEN_ARGS_BYTES = 64 * 1024 * 1024;
const MAX_SNAPSHOT_BYTES = 768 * 1024;
const MAX_METADATA_BYTES = 256 * 1024;
/** A stream's own numbers of names are in a table up to here, and in a map beyond: names are many, streams may be too. */
const TABLE_NAMES = 16_384;
/** Names of processes and threads that are no numbers get numbers of their own, beyond those of any system. */
const FIRST_NAMED_ID = 2 ** 40;

const bytesOf = (text: string): Uint8Array => new TextEncoder().encode(text);
const encoder = new TextEncoder();
const decoder = new TextDecoder();
const SNAPSHOT = bytesOf('snapshot');
const NAME = bytesOf('name');
const BUDGET = bytesOf('{"$ts":"budget"}');
const VALUE = bytesOf('value');

interface OpenSlice {
  readonly high: number;
  readonly low: number;
  readonly name: number;
  readonly category: number;
  readonly args: Uint8Array | undefined;
}

interface ImportedProcess {
  readonly index: number;
  readonly pid: number;
  name: string;
  readonly threads: Map<number, ImportedThread>;
  readonly objects: Map<string, { readonly thread: ImportedThread; readonly definition: number }>;
}

/** Counters of a thread: from the name along the series, so that a definition is found without making a key. */
interface CounterNode {
  definition: number;
  readonly next: Map<number, CounterNode>;
}

interface ImportedThread {
  readonly stream: number;
  readonly process: ImportedProcess;
  readonly tid: number;
  name: string;
  table: Int32Array;
  readonly more: Map<number, number>;
  readonly counters: Map<number, CounterNode>;
  readonly open: OpenSlice[];
  /** Begun beyond MAX_OPEN_SLICES: their ends are passed over too. */
  tooDeep: number;
}

/** Turns the events of Chrome Trace Event JSON into records. */
export class TraceEventImporter implements TraceEventSink {
  /** Events with a time so far. */
  #timed = 0;
  readonly #builder: RecordingBuilder;
  readonly #firstEvents: number;
  readonly #processes = new Map<number, ImportedProcess>();
  readonly #namedIds = new Map<string, number>();
  #threads = 0;
  #objects = 0;
  #lastThread: ImportedThread | undefined;
  #leastHigh = Number.POSITIVE_INFINITY;
  #leastLow = 0;
  #greatestHigh = -1;
  #greatestLow = 0;
  #startHigh = 0;
  #startLow = 0;
  #openArgsBytes = 0;
  #phased = 0;
  readonly #time: DecimalTime = makeDecimalTime();
  readonly #duration: DecimalTime = makeDecimalTime();
  readonly #members = new JsonMembers(MAX_MEMBERS);
  readonly #attributes = new JsonMembers(MAX_MEMBERS);
  readonly #copier = new JsonCopier();
  readonly #values = new Float64Array(MAX_MEMBERS);
  readonly #entries = new Uint32Array(MAX_MEMBERS * 2);
  readonly #metadata: Record<string, unknown> = {};
  #metadataBytes = 0;
  #baseTimeNs: bigint | undefined;
  #headHasEpoch = false;
  readonly #losses = new ImportLosses();
  readonly #names = new EventNames(this.#losses);

  /** Time 0 is `start`, or the least time of the first `firstEvents`. */
  constructor(builder: RecordingBuilder, firstEvents: number, start?: RecordingStart) {
    this.#builder = builder;
    this.#firstEvents = firstEvents;
    if (start) this.#startAt(start, true);
  }

  /** Makes the least time so far time 0 of the recording. */
  #start(): void {
    const known = this.#leastHigh !== Number.POSITIVE_INFINITY;
    const monotonicNs = known ? (BigInt(this.#leastHigh) << 32n) + BigInt(this.#leastLow) : 0n;
    const epochNs = this.#baseTimeNs === undefined ? 0n : this.#baseTimeNs + monotonicNs;
    this.#startAt({ monotonicNs, epochNs: epochNs > 0n ? epochNs : 0n }, epochNs > 0n);
  }

  #startAt(start: RecordingStart, isEpochKnown: boolean): void {
    const { high, low } = splitMonotonic(start.monotonicNs);
    this.#startHigh = high;
    this.#startLow = low;
    this.#headHasEpoch = isEpochKnown;
    this.#builder.setStart(start);
  }

  event(fields: EventFields): void {
    if (fields.end[Field.PH] === 0) {
      this.#losses.withoutPhase++;
      // A list of other objects is noticed early, before anything of it was handed on.
      if (this.#phased === 0 && this.#losses.withoutPhase > 1000) throw notEvents();
      return;
    }
    this.#phased++;
    const phase = this.#phaseOf(fields);
    // B C D E I M N O R X i
    switch (phase) {
      case 0x58:
        this.#complete(fields);
        return;
      case 0x43:
        this.#counter(fields);
        return;
      case 0x42:
        this.#begin(fields);
        return;
      case 0x45:
        this.#endSlice(fields);
        return;
      case 0x69:
      case 0x49:
      case 0x52:
        this.#instant(fields);
        return;
      case 0x4e:
      case 0x4f:
      case 0x44:
        this.#object(fields, phase);
        return;
      case 0x4d:
        this.#metadataEvent(fields);
        return;
      default: {
        const { phases } = this.#losses;
        const text = phases.size < 64 ? decodeString(fields.bytes, fields.start[Field.PH] as number, fields.end[Field.PH] as number).slice(0, 8) : '?';
        phases.set(text, (phases.get(text) ?? 0) + 1);
      }
    }
  }

  member(key: string, json: Uint8Array | undefined, bytes: number): void {
    this.#metadataBytes += key.length + (json?.length ?? 0);
    if (json === undefined || this.#metadataBytes > MAX_METADATA_BYTES) {
      this.#metadataBytes -= json?.length ?? 0;
      if (Object.keys(this.#metadata).length < 1000) this.#metadata[key.slice(0, 200)] = `(${bytes} bytes, not kept)`;
      return;
    }
    if (key === 'viztracer_metadata') {
      // Its digits go beyond what a double holds.
      const digits = /"baseTimeNanoseconds"\s*:\s*(\d{1,19})\b/.exec(decoder.decode(json))?.[1];
      if (digits !== undefined) this.#baseTimeNs = BigInt(digits);
    }
    if (!this.#copier.copy(json, 0, json.length)) return;
    // Short (see MAX_MEMBER_BYTES), and known to be JSON.
    const value: unknown = JSON.parse(decoder.decode(this.#copier.bytes.subarray(0, this.#copier.length)));
    if (key === 'viztracer_metadata' && this.#baseTimeNs !== undefined && typeof value === 'object' && value !== null) {
      Object.assign(value, { baseTimeNanoseconds: `${this.#baseTimeNs}` });
    }
    Object.defineProperty(this.#metadata, key, { value, enumerable: true, configurable: true, writable: true });
  }

  /** Ends open slices, tells what was lost, and sets the start if that is still to do. */
  finish(end: TraceEventEnd, text: Pick<TraceEventTokenizer, 'objects' | 'others' | 'tooLong'>, notes: readonly string[]): void {
    if (this.#phased === 0 && text.objects > 0) throw notEvents();
    this.#closeOpenSlices();
    if (!this.#builder.started) this.#start();
    const { high, low } = this.#greatestHigh < 0 ? { high: this.#startHigh, low: this.#startLow } : { high: this.#greatestHigh, low: this.#greatestLow };
    const timeNs = (high - this.#startHigh) * WORD + (low - this.#startLow);
    const told = [...notes.map((message) => ({ count: 1, message })), ...this.#losses.told(end, text)];
    for (const { count, message } of told) this.#builder.info({ kind: 'loss', what: 'imported', count, message, timeNs });
    const startNs = (BigInt(this.#startHigh) << 32n) + BigInt(this.#startLow);
    const epoch = this.#baseTimeNs !== undefined && !this.#headHasEpoch ? { startEpochNs: `${this.#baseTimeNs + startNs}` } : {};
    this.#builder.info({ kind: 'imported', format: 'Chrome Trace Event JSON', metadata: this.#metadata, ...epoch, timeNs });
  }

  #phaseOf(fields: EventFields): number {
    const at = fields.start[Field.PH] as number;
    const length = (fields.end[Field.PH] as number) - at;
    if (length === 1) return fields.bytes[at] as number;
    const text = decodeString(fields.bytes, at, at + length);
    return text.length === 1 ? text.charCodeAt(0) : 0;
  }

  #complete(fields: EventFields): void {
    if (!this.#readTime(fields)) return;
    const duration = this.#duration;
    duration.nanoseconds = 0;
    if (fields.end[Field.DUR] !== 0 && !readNumber(fields, Field.DUR, duration)) {
      this.#losses.unreadable++;
      return;
    }
    const durationNs = duration.negative ? 0 : duration.nanoseconds;
    const { high, low } = this.#time;
    const durationHigh = Math.floor(durationNs / WORD);
    let endLow = low + (durationNs - durationHigh * WORD);
    let endHigh = high + durationHigh;
    if (endLow >= WORD) {
      endLow -= WORD;
      endHigh++;
    }
    if (durationNs > Number.MAX_SAFE_INTEGER || endHigh >= MAX_HIGH) {
      this.#losses.unreadable++;
      return;
    }
    const thread = this.#threadOf(fields);
    if (thread === undefined) return;
    this.#noteTime(high, low);
    this.#noteEnd(endHigh, endLow);
    const name = this.#local(thread, this.#names.ofEvent(fields));
    const category = this.#category(thread, fields);
    const argsBytes = this.#args(fields);
    this.#builder.slice(thread.stream, endHigh, endLow, durationNs, name, category, this.#copier.bytes, argsBytes);
  }

  #begin(fields: EventFields): void {
    if (!this.#readTime(fields)) return;
    const thread = this.#threadOf(fields);
    if (thread === undefined) return;
    const { high, low } = this.#time;
    this.#noteTime(high, low);
    this.#noteEnd(high, low);
    if (thread.open.length >= MAX_OPEN_SLICES) {
      thread.tooDeep++;
      this.#losses.tooDeep++;
      return;
    }
    const name = this.#local(thread, this.#names.ofEvent(fields));
    thread.open.push({ high, low, name, category: this.#category(thread, fields), args: this.#keepArgs(fields) });
  }

  #keepArgs(fields: EventFields): Uint8Array | undefined {
    const bytes = this.#args(fields);
    if (bytes === 0) return undefined;
    if (this.#openArgsBytes + bytes > MAX_OPEN_ARGS_BYTES) {
      this.#losses.args++;
      return undefined;
    }
    this.#openArgsBytes += bytes;
    return this.#copier.bytes.slice(0, bytes);
  }

  #endSlice(fields: EventFields): void {
    if (!this.#readTime(fields)) return;
    const thread = this.#threadOf(fields);
    if (thread === undefined) return;
    if (thread.tooDeep > 0) {
      thread.tooDeep--;
      return;
    }
    const begin = thread.open.pop();
    if (begin === undefined) {
      this.#losses.endsWithoutBegin++;
      return;
    }
    const { high, low } = this.#time;
    this.#noteTime(high, low);
    this.#noteEnd(high, low);
    this.#openArgsBytes -= begin.args?.length ?? 0;
    const own = this.#args(fields);
    const args = own === 0 ? begin.args : joinedArgs(begin.args, this.#copier.bytes.subarray(0, own));
    this.#closeSlice(thread, begin, high, low, args !== undefined && args.length > MAX_ARGS_BYTES ? begin.args : args);
  }

  #closeSlice(thread: ImportedThread, begin: OpenSlice, high: number, low: number, args: Uint8Array | undefined): void {
    const durationNs = (high - begin.high) * WORD + (low - begin.low);
    // An end before its begin is a slice without length at its begin.
    if (durationNs >= 0) this.#builder.slice(thread.stream, high, low, durationNs, begin.name, begin.category, args);
    else this.#builder.slice(thread.stream, begin.high, begin.low, 0, begin.name, begin.category, args);
  }

  #closeOpenSlices(): void {
    for (const process of this.#processes.values()) {
      for (const thread of process.threads.values()) {
        for (let begin = thread.open.pop(); begin !== undefined; begin = thread.open.pop()) {
          this.#losses.beginsWithoutEnd++;
          this.#closeSlice(thread, begin, this.#greatestHigh, this.#greatestLow, begin.args);
        }
      }
    }
  }

  #instant(fields: EventFields): void {
    if (!this.#readTime(fields)) return;
    const thread = this.#threadOf(fields);
    if (thread === undefined) return;
    const { high, low } = this.#time;
    this.#noteTime(high, low);
    this.#noteEnd(high, low);
    const name = this.#local(thread, this.#names.ofEvent(fields));
    const category = this.#category(thread, fields);
    const letter = fields.end[Field.S] === 0 ? 0 : fields.bytes[fields.start[Field.S] as number];
    const scope = letter === 0x67 ? InstantScope.GLOBAL : letter === 0x70 ? InstantScope.PROCESS : InstantScope.THREAD;
    const argsBytes = this.#args(fields);
    this.#builder.instant(thread.stream, high, low, name, category, scope, this.#copier.bytes, argsBytes);
  }

  #counter(fields: EventFields): void {
    const { bytes } = fields;
    const argsStart = fields.start[Field.ARGS] as number;
    if (fields.end[Field.ARGS] === 0 || !this.#members.read(bytes, argsStart, fields.end[Field.ARGS] as number)) {
      this.#losses.unreadable++;
      return;
    }
    if (!this.#readTime(fields)) return;
    const thread = this.#threadOf(fields);
    if (thread === undefined) return;
    this.#losses.members += this.#members.skipped;
    const { high, low } = this.#time;
    this.#noteTime(high, low);
    this.#noteEnd(high, low);
    const name = this.#counterName(fields);
    let node = child(thread.counters, name);
    const { offsets, count } = this.#members;
    let series = 0;
    for (let m = 0; m < count; m++) {
      const value = counterValue(bytes, offsets[m * 4 + 2] as number, offsets[m * 4 + 3] as number);
      if (value === undefined) {
        this.#losses.counterValues++;
        continue;
      }
      const seriesName = this.#names.numberOf(bytes, offsets[m * 4] as number, offsets[m * 4 + 1] as number);
      node = child(node.next, seriesName);
      // Entries are free here: they serve snapshots, and hold the series in case they are new.
      this.#entries[series] = seriesName;
      this.#values[series++] = value;
    }
    if (node.definition === 0) {
      const names = Array.from(this.#entries.subarray(0, series), (one) => this.#local(thread, one));
      node.definition = this.#builder.counterDefinition(thread.stream, this.#local(thread, name), names);
    }
    this.#builder.counter(thread.stream, high, low, node.definition, this.#values, series);
  }

  /** A counter with an id is one of several of that name. */
  #counterName(fields: EventFields): number {
    if (fields.end[Field.ID] === 0) return this.#names.ofEvent(fields);
    const name = fields.end[Field.NAME] === 0 ? '' : text(fields, Field.NAME);
    const bytes = encoder.encode(`${name}[${text(fields, Field.ID)}]`.slice(0, MAX_NAME_BYTES));
    return this.#names.plain(bytes);
  }

  #object(fields: EventFields, phase: number): void {
    if (!this.#readTime(fields)) return;
    const seen = this.#threadOf(fields);
    if (seen === undefined) return;
    const { high, low } = this.#time;
    const name = this.#names.ofEvent(fields);
    // Addresses are used again by later objects, often of another name.
    const key = `${fields.end[Field.ID] !== 0 ? text(fields, Field.ID) : fields.end[Field.ID2] !== 0 ? text(fields, Field.ID2) : ''}\n${name}`;
    const { objects } = seen.process;
    let object = phase === 0x4e ? undefined : objects.get(key);
    if (object === undefined) {
      if (this.#objects >= MAX_OBJECTS) {
        this.#losses.objects++;
        return;
      }
      this.#objects++;
      object = { thread: seen, definition: this.#builder.objectDefinition(seen.stream, this.#local(seen, name), 0) };
      objects.set(key, object);
    }
    this.#noteTime(high, low);
    this.#noteEnd(high, low);
    // A definition belongs to one stream, so that an object's events all go to that of the thread which it was first seen in.
    const { thread, definition } = object;
    if (phase === 0x4e) this.#builder.objectCreated(thread.stream, high, low, definition);
    else if (phase === 0x4f) this.#snapshot(fields, thread, definition);
    else {
      objects.delete(key);
      this.#builder.objectDeleted(thread.stream, high, low, definition);
    }
  }

  #snapshot(fields: EventFields, thread: ImportedThread, definition: number): void {
    const { bytes } = fields;
    const { high, low } = this.#time;
    const members = this.#members;
    const value =
      fields.end[Field.ARGS] !== 0 && members.read(bytes, fields.start[Field.ARGS] as number, fields.end[Field.ARGS] as number)
        ? lastMember(members, bytes, SNAPSHOT)
        : -1;
    if (value < 0) {
      this.#losses.unreadable++;
      return;
    }
    const from = members.offsets[value * 4 + 2] as number;
    const to = members.offsets[value * 4 + 3] as number;
    const attributes = this.#attributes;
    const copier = this.#copier;
    copier.length = 0;
    let flags: number = SnapshotFlag.KEYFRAME;
    let count = 0;
    if (attributes.read(bytes, from, to)) {
      if (attributes.skipped > 0) flags |= SnapshotFlag.CUT;
      for (let m = 0; m < attributes.count; m++) {
        const [keyStart, keyEnd, start, end] = attributes.offsets.subarray(m * 4, m * 4 + 4) as unknown as readonly [number, number, number, number];
        const written = this.#appendValue(bytes, start, end);
        if (written === 0) flags |= SnapshotFlag.CUT;
        this.#entries[count * 2] = this.#local(thread, this.#names.numberOf(bytes, keyStart, keyEnd));
        this.#entries[count * 2 + 1] = written === 0 ? BUDGET.length : written;
        if (written === 0) copier.push(BUDGET);
        count++;
      }
    } else {
      // Not an object: shown as one attribute.
      const written = this.#appendValue(bytes, from, to);
      if (written === 0) copier.push(BUDGET);
      this.#entries[0] = this.#local(thread, this.#names.plain(VALUE));
      this.#entries[1] = copier.length;
      count = 1;
    }
    if ((flags & SnapshotFlag.CUT) !== 0) this.#losses.cutSnapshots++;
    this.#builder.objectSnapshot(thread.stream, high, low, definition, flags, this.#entries, count, copier.bytes, copier.length);
  }

  /** Bytes appended to the copier; 0 when the value is broken or does not fit any more. */
  #appendValue(bytes: Uint8Array, start: number, end: number): number {
    const copier = this.#copier;
    const before = copier.length;
    if (before + (end - start) > MAX_SNAPSHOT_BYTES || !copier.append(bytes, start, end)) return 0;
    if (copier.hasMarkerKey) wrapMarkers(copier, before);
    if (copier.length > MAX_SNAPSHOT_BYTES) {
      copier.length = before;
      return 0;
    }
    return copier.length - before;
  }

  #metadataEvent(fields: EventFields): void {
    const kind = fields.end[Field.NAME] === 0 ? '' : text(fields, Field.NAME);
    if (kind !== 'process_name' && kind !== 'thread_name') {
      const { phases } = this.#losses;
      phases.set('M', (phases.get('M') ?? 0) + 1);
      return;
    }
    const { bytes } = fields;
    const members = this.#members;
    const found =
      fields.end[Field.ARGS] !== 0 && members.read(bytes, fields.start[Field.ARGS] as number, fields.end[Field.ARGS] as number)
        ? lastMember(members, bytes, NAME)
        : -1;
    if (found < 0) {
      this.#losses.unreadable++;
      return;
    }
    const from = members.offsets[found * 4 + 2] as number;
    const to = members.offsets[found * 4 + 3] as number;
    const quoted = bytes[from] === 0x22;
    const name = decodeString(bytes, quoted ? from + 1 : from, quoted ? to - 1 : to).slice(0, 4096);
    const pid = fields.end[Field.PID] === 0 ? 0 : this.#idOf(fields, Field.PID);
    if (kind === 'process_name') {
      const process = this.#process(pid, name);
      if (process.name === name) return;
      process.name = name;
      this.#builder.info({ kind: 'process', process: process.index, pid, ppid: 0, name, argv: [], nodeVersion: '', timeNs: 0 });
      return;
    }
    const tid = fields.end[Field.TID] === 0 ? 0 : this.#idOf(fields, Field.TID);
    const thread = this.#thread(this.#process(pid), tid, name);
    if (thread === undefined || thread.name === name) return;
    thread.name = name;
    this.#builder.info({
      kind: 'thread',
      stream: thread.stream,
      process: thread.process.index,
      thread: swapMainThread(thread.process.pid, tid),
      name,
      timeNs: 0,
    });
  }

  #readTime(fields: EventFields): boolean {
    const time = this.#time;
    if (fields.end[Field.TS] === 0 || !readNumber(fields, Field.TS, time)) {
      this.#losses.unreadable++;
      return false;
    }
    if (time.negative && (time.high !== 0 || time.low !== 0)) {
      // The clock of a recording has no times before its own zero.
      this.#losses.negativeTime++;
      time.high = 0;
      time.low = 0;
    }
    return true;
  }

  #noteTime(high: number, low: number): void {
    this.#timed++;
    if (high < this.#leastHigh || (high === this.#leastHigh && low < this.#leastLow)) {
      this.#leastHigh = high;
      this.#leastLow = low;
    }
    const builder = this.#builder;
    if (!builder.started) {
      // Decided by events alone, so that it does not depend on the pieces in which the file comes.
      if (this.#timed >= this.#firstEvents || builder.waitingBytes > MAX_WAITING_BYTES) this.#start();
    } else if (high < this.#startHigh || (high === this.#startHigh && low < this.#startLow)) this.#losses.beforeStart++;
  }

  #noteEnd(high: number, low: number): void {
    if (high > this.#greatestHigh || (high === this.#greatestHigh && low > this.#greatestLow)) {
      this.#greatestHigh = high;
      this.#greatestLow = low;
    }
  }

  #threadOf(fields: EventFields): ImportedThread | undefined {
    const pid = fields.end[Field.PID] === 0 ? 0 : this.#idOf(fields, Field.PID);
    const tid = fields.end[Field.TID] === 0 ? 0 : this.#idOf(fields, Field.TID);
    const last = this.#lastThread;
    if (last !== undefined && last.tid === tid && last.process.pid === pid) return last;
    const process = this.#processes.get(pid) ?? this.#process(pid);
    const thread = process.threads.get(tid) ?? this.#thread(process, tid);
    if (thread === undefined) this.#losses.threads++;
    else this.#lastThread = thread;
    return thread;
  }

  #process(pid: number, name = `Process ${pid}`): ImportedProcess {
    let process = this.#processes.get(pid);
    if (process === undefined) {
      // Bounded by what the threads are bounded by: beyond, events of new processes belong to none.
      process = { index: this.#threads >= MAX_THREADS ? -1 : this.#builder.process({ pid, name }), pid, name, threads: new Map(), objects: new Map() };
      if (process.index >= 0) this.#processes.set(pid, process);
    }
    return process;
  }

  #thread(process: ImportedProcess, tid: number, name = `Thread ${tid}`): ImportedThread | undefined {
    let thread = process.threads.get(tid);
    if (thread === undefined) {
      if (this.#threads >= MAX_THREADS || process.index < 0) return undefined;
      this.#threads++;
      const stream = this.#builder.thread(process.index, swapMainThread(process.pid, tid), name);
      thread = { stream, process, tid, name, table: new Int32Array(64), more: new Map(), counters: new Map(), open: [], tooDeep: 0 };
      process.threads.set(tid, thread);
    }
    return thread;
  }

  /** pid or tid: a number, digits in a string, or a name that gets a number. */
  #idOf(fields: EventFields, field: typeof Field.PID | typeof Field.TID): number {
    const { bytes } = fields;
    const start = fields.start[field] as number;
    const end = fields.end[field] as number;
    let id = 0;
    let at = start;
    for (; at < end && at - start < 15; at++) {
      const digit = (bytes[at] as number) - 48;
      if (digit < 0 || digit > 9) break;
      id = id * 10 + digit;
    }
    if (at === end && at > start) return id;
    const name = decodeString(bytes, start, end).slice(0, 4096);
    const number = name.trim() === '' ? Number.NaN : Number(name);
    if (Number.isFinite(number)) return number;
    let named = this.#namedIds.get(name);
    if (named === undefined) {
      named = FIRST_NAMED_ID + this.#namedIds.size;
      if (this.#namedIds.size < MAX_THREADS * 2) this.#namedIds.set(name, named);
    }
    return named;
  }

  #category(thread: ImportedThread, fields: EventFields): number {
    const start = fields.start[Field.CAT] as number;
    const end = fields.end[Field.CAT] as number;
    // An absent one ends at 0.
    return end <= start ? 0 : this.#local(thread, this.#names.numberOf(fields.bytes, start, end));
  }

  /** The stream's own definition of a name. */
  #local(thread: ImportedThread, name: number): number {
    if (name < thread.table.length) {
      const known = thread.table[name] as number;
      if (known !== 0) return known;
    } else {
      const known = thread.more.get(name);
      if (known !== undefined) return known;
    }
    const id = this.#builder.stringBytes(thread.stream, this.#names.bytesOf(name));
    if (name >= thread.table.length && name < TABLE_NAMES) {
      const grown = new Int32Array(Math.min(TABLE_NAMES, Math.max(thread.table.length * 2, name + 1)));
      grown.set(thread.table);
      // What the map held so far moves to the table.
      for (const [other, otherId] of thread.more) {
        if (other >= grown.length) continue;
        grown[other] = otherId;
        thread.more.delete(other);
      }
      thread.table = grown;
    }
    if (name < thread.table.length) thread.table[name] = id;
    else thread.more.set(name, id);
    return id;
  }

  /** Copies args to the copier; 0 bytes when there are none worth keeping. */
  #args(fields: EventFields): number {
    if (fields.end[Field.ARGS] === 0) return 0;
    // Not only objects: what a tool hands on as it was given may be a text, with its quotes here.
    const quote = fields.isString[Field.ARGS] as number;
    const start = (fields.start[Field.ARGS] as number) - quote;
    const end = (fields.end[Field.ARGS] as number) + quote;
    if (end - start <= 2 || equals(fields.bytes, start, end, NULL_WORD)) return 0;
    const copier = this.#copier;
    if (end - start > MAX_ARGS_BYTES || !copier.copy(fields.bytes, start, end)) {
      this.#losses.args++;
      return 0;
    }
    if (copier.hasMarkerKey) wrapMarkers(copier, 0);
    if (copier.length > MAX_ARGS_BYTES) {
      this.#losses.args++;
      return 0;
    }
    return copier.length <= 2 ? 0 : copier.length;
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
