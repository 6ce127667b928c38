import type { Recorder } from '../events/recorder.ts';
import { extendedTag, GapReason, InstantScope, padTo8, REMOVED, RecordKind } from '../protocol/records.ts';
import { DEFAULT_SNAPSHOT_LIMITS, type SnapshotLimits } from '../protocol/snapshot-value.ts';
import { waitAsync } from './atomics.ts';
import { DefinitionWriter } from './definition-writer.ts';
import { OwnMap } from './own-map.ts';
import { DrainState, FunctionState, MAX_FUNCTIONS, ProcessWord, RING_HEADER_BYTES, RingFloat, RingWord } from './ring-layout.ts';

// Taken at load: a script may replace them (fake timers do).
const hrtime = process.hrtime.bigint;
const { wait, notify, load, store } = Atomics;
const { then } = Promise.prototype;

/** x64 keeps the order of plain stores; elsewhere the position is published by an atomic store. */
const PLAIN_PUBLISH = process.arch === 'x64' || process.arch === 'ia32';

const EPOCH_UNITS = 1;
const GAP_UNITS = 4;
const STALL_UNITS = 2;
/** In place of a time of `now()`: this moment, read as the record is written. */
const NOW = Number.POSITIVE_INFINITY;
/** Always left free besides the record itself. Two epochs: a record may lie in the past. */
const RESERVE = 2 * EPOCH_UNITS + GAP_UNITS + STALL_UNITS;
/** A full ring makes the target wait as long as the drain gets on; without any progress at most so long. */
const STALL_LIMIT_MS = 5000;
/** The collector has so long after the thread's start to be found before a full ring drops rather than waits. */
const CONNECT_LIMIT_MS = 1000;
/** So long a file that is loaded while functions are muted waits at most for the drain to mute those of its own: it answers in a millisecond, or is not run just now. */
const MUTE_WAIT_MS = 500;
const SHORT_TEXT = 48;
/** Shorter payloads are copied word by word: making a view of the scratch costs more. */
const SHORT_PAYLOAD = 512;
const EPOCH_TAG = extendedTag(RecordKind.EPOCH, 0);
const RUN_UNITS = 2;
/** Deeper calls are counted, not named: a gap does not tell of them. */
const MAX_STACK = 65_536;
/** The token of a call that may wait is its function and its number in one double, exact below 2^53. */
const CALLS = 2 ** 32;

/**
 * How soon the drain is needed. `patient`: what is beside the calls (modules that load, collections) is in no hurry to be seen, and every process has
 * some. `now`: the ring is half full.
 */
export type Urgency = 'patient' | 'soon' | 'now';

export interface RingOptions {
  readonly buffer: SharedArrayBuffer;
  readonly ringBytes: number;
  readonly process: Int32Array;
  readonly whenFull: 'exact' | 'live';
  readonly maskSecrets: boolean;
  readonly report: (message: string) => void;
  /**
   * Called by records until it says that the drain knows this ring: a script that records nothing need not start one.
   */
  readonly attach: (urgency: Urgency) => boolean;
  /** By function: see FunctionState. Absent: calls are not recorded. */
  readonly functions?: Uint8Array;
  /** A function that the table does not know is called: true once it is to be recorded. */
  readonly look?: (id: number) => boolean;
  /** Calls deeper than this are not recorded; 0: no limit. */
  readonly maxDepth?: number;
  /** Where there is no drain: takes what the ring holds, or that of the definitions. Never called between a look at `gaps` and the record that follows. */
  readonly empty?: (ring: 'records' | 'definitions') => void;
}

/** Writes the records of one JS thread. Every method may be called at any time, also from getters of the user's; none throws. */
export class RingWriter implements Recorder {
  readonly maskSecrets: boolean;
  readonly limits: SnapshotLimits;
  readonly #words: Int32Array;
  readonly #totals: Float64Array;
  readonly #process: Int32Array;
  readonly #u32: Uint32Array;
  readonly #f64: Float64Array;
  readonly #bytes: Uint8Array;
  readonly #capacity: number;
  readonly #mask: number;
  /** A longer record is refused: it could fill the ring alone. */
  readonly #quarter: number;
  readonly #exact: boolean;
  readonly #report: (message: string) => void;
  readonly #attach: RingOptions['attach'];
  readonly #empty: RingOptions['empty'];
  #attached = false;
  /** The record under way is one that is beside the calls. */
  #patient = false;
  readonly #definitions: DefinitionWriter;
  readonly #clock = new BigUint64Array(1);
  readonly #clockWords = new Uint32Array(this.#clock.buffer);
  readonly #startNs = hrtime();
  #scratch = Buffer.allocUnsafeSlow(4096);
  /** The scratch as words. */
  #scratchWords = wordsOf(this.#scratch);
  /** Own copy of RingWord.WRITE. */
  #write = 0;
  /** Up to here the fast path may write without looking at the drain. */
  #limit = 0;
  #high = -1;
  #lost = 0;
  #lostReason: number = GapReason.RING_FULL;
  #gaps = 0;
  readonly #functions: Uint8Array;
  readonly #look: (id: number) => boolean;
  readonly #maxDepth: number;
  /** Tokens of the calls that are open, from 1: what a gap tells. */
  readonly #stack: Float64Array;
  #depth = 0;
  /** Number of the last activation. */
  #calls = 0;
  /** By word: where the drain stood when a wait for it was in vain. */
  readonly #stalledAt = new OwnMap<number, number>();

  constructor(options: RingOptions) {
    const { buffer, ringBytes } = options;
    this.maskSecrets = options.maskSecrets;
    this.limits = { ...DEFAULT_SNAPSHOT_LIMITS, maxBytes: Math.min(DEFAULT_SNAPSHOT_LIMITS.maxBytes, ringBytes >>> 4) };
    this.#words = new Int32Array(buffer, 0, RING_HEADER_BYTES / 4);
    this.#totals = new Float64Array(buffer, 0, RING_HEADER_BYTES / 8);
    this.#process = options.process;
    this.#u32 = new Uint32Array(buffer, RING_HEADER_BYTES, ringBytes / 4);
    this.#f64 = new Float64Array(buffer, RING_HEADER_BYTES, ringBytes / 8);
    this.#bytes = new Uint8Array(buffer, RING_HEADER_BYTES, ringBytes);
    this.#capacity = ringBytes / 8;
    this.#mask = this.#capacity - 1;
    this.#quarter = this.#capacity / 4;
    this.#exact = options.whenFull === 'exact';
    this.#report = options.report;
    this.#attach = options.attach;
    this.#empty = options.empty;
    this.#functions = options.functions ?? new Uint8Array(0);
    this.#look = options.look ?? (() => false);
    this.#maxDepth = options.maxDepth || Number.MAX_SAFE_INTEGER;
    this.#stack = new Float64Array(options.functions ? MAX_STACK : 0);
    this.#definitions = new DefinitionWriter(buffer, ringBytes, (position) => this.#waitForDrain(RingWord.DEF_READ, position));
  }

  get recording(): boolean {
    return this.#process[ProcessWord.GATE] === 1;
  }

  get gaps(): number {
    // A snapshot that tells a difference is not to be parted from the one before it: there is room for it now, or after this.
    if (this.#empty && this.#free() < this.#capacity >> 1) this.#empty('records');
    return this.#gaps + (this.#process[ProcessWord.GENERATION] as number);
  }

  defineCounter(name: string, series: readonly string[]): number {
    return this.#definitions.counter(name, series);
  }
  defineObject(name: string, className: string): number {
    return this.#definitions.object(name, className);
  }
  text(text: string): number {
    return this.#definitions.text(text);
  }
  report(message: string): void {
    this.#report(message);
  }
  now(): number {
    return Number(hrtime() - this.#startNs);
  }

  /** Hot: a counter written in a loop passes here a million times a second. No allocation, one clock reading. */
  counter(definition: number, values: Float64Array, count: number): void {
    if (this.#process[ProcessWord.GATE] !== 1) return;
    if (definition === 0) {
      this.#lose(1, GapReason.RING_FULL);
      return;
    }
    const units = 2 + count;
    if (units > this.#quarter) {
      this.#lose(1, GapReason.RECORD_TOO_LARGE);
      return;
    }
    let at = this.#begin(units, extendedTag(RecordKind.COUNTER, 8 + 8 * count));
    if (at < 0) return;
    const mask = this.#mask;
    at = (at + 1) & mask;
    this.#u32[at * 2] = definition;
    this.#u32[at * 2 + 1] = count;
    const f64 = this.#f64;
    for (let i = 0; i < count; i++) {
      const value = values[i] as number;
      f64[(at + 1 + i) & mask] = value - value === 0 ? value : Number.NaN;
    }
    this.#publish(units);
  }

  /**
   * The token of a recorded call, which is its function; 0: it is not recorded. Whatever makes it so (muted, switched off, too deep, no
   * room) may change while the call is open: its end goes by the token.
   *
   * The hottest of all: two clock readings are three quarters of what a call costs.
   */
  enter(id: number): number {
    const state = this.#functions[id];
    if (state !== FunctionState.RECORDED && (state === FunctionState.MUTED || !this.#known(id))) return 0;
    if (this.#process[ProcessWord.GATE] !== 1 || this.#depth >= this.#maxDepth) return 0;
    if (this.#begin(1, id << 1) < 0) return 0;
    this.#publish(1);
    this.#stack[++this.#depth] = id;
    return id;
  }

  exit(token: number): void {
    if (token === 0) return;
    // First: a gap that is told of here has the call among those that are open.
    if (this.#begin(1, (token << 1) | 1) >= 0) this.#publish(1);
    if (this.#stack[this.#depth] === token) this.#depth--;
    else this.#unwind(token);
  }

  /** As `enter`, of a call that may wait. Its token is more than its function, since many of them may be open at once. */
  begin(id: number): number {
    if (this.#functions[id] !== FunctionState.RECORDED && !this.#known(id)) return 0;
    if (this.#process[ProcessWord.GATE] !== 1 || this.#depth >= this.#maxDepth) return 0;
    this.#calls = (this.#calls + 1) >>> 0 || 1;
    const token = id * CALLS + this.#calls;
    if (!this.#run(RecordKind.CALL_BEGIN, token)) return 0;
    this.#stack[++this.#depth] = token;
    return token;
  }

  suspend(token: number): void {
    // One that does not run has been told to wait already: by what surrounds it.
    if (token === 0 || !this.#onTop(token)) return;
    this.#run(RecordKind.CALL_SUSPEND, token);
    this.#depth--;
  }

  resume(token: number): void {
    // It has not waited: a `catch` was reached without.
    if (token === 0 || this.#onTop(token)) return;
    if (this.#run(RecordKind.CALL_RESUME, token)) this.#stack[++this.#depth] = token;
  }

  finish(token: number): void {
    if (token === 0) return;
    this.#run(RecordKind.CALL_END, token);
    if (this.#onTop(token)) this.#depth--;
  }

  /** Ends what is open above `token`, and `token`; nothing where it is not open: an error has passed through code that is not recorded. */
  close(token: number): void {
    for (let at = Math.min(this.#depth, MAX_STACK - 1); at > 0; at--) {
      if (this.#stack[at] !== token) continue;
      if (token < CALLS) this.exit(token);
      return;
    }
  }

  /** JSON of the arguments of the call that was entered just now. */
  callArguments(json: string): void {
    this.#callValue(RecordKind.CALL_ARGUMENTS, json);
  }
  /** JSON of what the innermost open call is about to return. */
  callResult(json: string): void {
    this.#callValue(RecordKind.CALL_RESULT, json);
  }

  /** Functions of `file` with the numbers from `first` on; a line for each, see DEF_FUNCTIONS. False: there is no room, and none may be called. */
  defineFunctions(first: number, file: string, lines: readonly string[]): boolean {
    if (!this.#definitions.functions(first, file, lines)) return false;
    // Some may be muted: the drain does that, and a call of theirs may come next.
    if (this.#process[ProcessWord.MUTE_RULES] !== 0) this.#waitAWhile(RingWord.DEF_READ, this.#words[RingWord.DEF_WRITE] as number, MUTE_WAIT_MS);
    return true;
  }

  #waitAWhile(word: number, position: number, limitMs: number): void {
    const began = hrtime();
    notify(this.#process, ProcessWord.BELL);
    for (let now = load(this.#words, word); ((now - position) | 0) < 0; now = load(this.#words, word)) {
      const left = limitMs - Number(hrtime() - began) / 1e6;
      if (left <= 0 || load(this.#process, ProcessWord.STATE) === DrainState.GONE) return;
      wait(this.#words, word, now, left);
    }
  }

  #known(id: number): boolean {
    const state = this.#functions[id];
    return state === FunctionState.UNKNOWN && id < MAX_FUNCTIONS && this.#look(id);
  }

  #onTop(token: number): boolean {
    return this.#stack[this.#depth] === token;
  }

  /** Its call is not the innermost open one: those above it ended without being told of, as the reader takes it, too. */
  #unwind(token: number): void {
    if (this.#depth >= MAX_STACK) {
      this.#depth--;
      return;
    }
    for (let at = this.#depth - 1; at > 0; at--) {
      if (this.#stack[at] !== token) continue;
      this.#depth = at - 1;
      return;
    }
  }

  #run(kind: RecordKind, token: number): boolean {
    const at = this.#begin(RUN_UNITS, extendedTag(kind, 8));
    if (at < 0) return false;
    const call = token >>> 0; // The lower 32 bits of an integer of any size.
    const word = ((at + 1) & this.#mask) * 2;
    this.#u32[word] = (token - call) / CALLS;
    this.#u32[word + 1] = call;
    this.#publish(RUN_UNITS);
    return true;
  }

  #callValue(kind: RecordKind, json: string): void {
    const length = this.#encode(8, json);
    const head = this.#scratchWords;
    head[0] = length;
    head[1] = 0;
    this.#variable(kind, 8 + length, true);
  }

  instant(name: string, category: string, scope: number, args: string): void {
    this.#instant(name, category, scope, args, NOW);
  }

  /** Of the runtime's; `timeNs` is of `now()`: of the past, where it is given. */
  runtimeInstant(name: string, category: string, args: string, timeNs = NOW): void {
    this.#instant(name, category, InstantScope.THREAD, args, timeNs);
  }

  #instant(name: string, category: string, scope: number, args: string, timeNs: number): void {
    if (!this.recording) return;
    const nameId = this.text(name);
    const categoryId = category === '' ? 0 : this.text(category);
    const length = this.#encode(16, args);
    const head = this.#scratchWords;
    head[0] = nameId;
    head[1] = categoryId;
    head[2] = scope;
    head[3] = length;
    this.#variable(RecordKind.INSTANT, 16 + length, nameId !== 0, timeNs);
  }

  slice(name: string, category: string, startNs: number, args: string): void {
    this.#slice('', name, category, this.now() - startNs, args, NOW);
  }

  /** Beside the thread's calls, on the track of that name. Both times are of `now()`, and may lie before records in front of it. */
  sliceBetween(track: string, name: string, category: string, startNs: number, endNs: number, args: string): void {
    this.#patient = true;
    this.#slice(track, name, category, endNs - startNs, args, endNs);
    this.#patient = false;
  }

  #slice(track: string, name: string, category: string, durationNs: number, args: string, endNs: number): void {
    if (!this.recording) return;
    const nameId = this.text(name);
    const categoryId = category === '' ? 0 : this.text(category);
    const trackId = track === '' ? 0 : this.text(track);
    const length = this.#encode(24, args);
    const head = this.#scratchWords;
    head[0] = nameId;
    head[1] = categoryId;
    this.#scratch.writeDoubleLE(Math.max(0, durationNs), 8);
    head[4] = length;
    head[5] = trackId;
    this.#variable(RecordKind.SLICE, 24 + length, nameId !== 0 && (track === '' || trackId !== 0), endNs);
  }

  /** See ASYNC_BEGIN. `parent`: number of the async slice that it belongs to, 0: none. False: lost, and its end need not be told. */
  asyncBegin(number: number, scope: number, name: string, category: string, parent: number, flags: number, args: string, timeNs = NOW): boolean {
    if (!this.recording) return false;
    const nameId = this.text(name);
    const categoryId = category === '' ? 0 : this.text(category);
    const length = this.#encode(32, args);
    const head = this.#scratchWords;
    head[0] = number;
    head[1] = scope;
    head[2] = nameId;
    head[3] = categoryId;
    head[4] = parent;
    head[5] = flags;
    head[6] = length;
    head[7] = 0;
    return this.#variable(RecordKind.ASYNC_BEGIN, 32 + length, nameId !== 0, timeNs);
  }

  /** `name` empty: that of the slice. */
  asyncInstant(number: number, scope: number, name: string, args: string, timeNs = NOW): void {
    if (!this.recording) return;
    this.#asyncPoint(RecordKind.ASYNC_INSTANT, number, scope, name, args, timeNs);
  }
  /** Of one whose beginning was recorded, also when recording is off by now: it did not go on without end. */
  asyncEnd(number: number, scope: number, name: string, args: string, timeNs = NOW): void {
    this.#asyncPoint(RecordKind.ASYNC_END, number, scope, name, args, timeNs);
  }

  #asyncPoint(kind: RecordKind, number: number, scope: number, name: string, args: string, timeNs: number): void {
    const nameId = name === '' ? 0 : this.text(name);
    const length = this.#encode(16, args);
    const head = this.#scratchWords;
    head[0] = number;
    head[1] = scope;
    head[2] = nameId;
    head[3] = length;
    this.#variable(kind, 16 + length, name === '' || nameId !== 0, timeNs);
  }

  /** A point of an arrow, at this moment. See FlowPhase. */
  flow(number: number, scope: number, name: string, category: string, phase: number): void {
    if (!this.recording) return;
    const nameId = this.text(name);
    const categoryId = category === '' ? 0 : this.text(category);
    this.#need(24);
    const head = this.#scratchWords;
    head[0] = number;
    head[1] = scope;
    head[2] = nameId;
    head[3] = categoryId;
    head[4] = phase;
    head[5] = 0;
    this.#variable(RecordKind.FLOW, 24, nameId !== 0);
  }

  objectCreated(definition: number): boolean {
    return this.#object(RecordKind.OBJECT_CREATED, definition);
  }
  objectDeleted(definition: number): void {
    this.#object(RecordKind.OBJECT_DELETED, definition);
  }

  objectSnapshot(definition: number, flags: number, keys: readonly string[], values: readonly (string | undefined)[], count = keys.length): boolean {
    if (!this.recording) return false;
    let defined = definition !== 0;
    const start = 16 + 8 * count;
    this.#need(start);
    let end = start;
    // No allocation for each attribute: an object that changes one field many times a second passes here.
    for (let i = 0; i < count; i++) {
      const value = values[i];
      const id = this.text(keys[i] as string);
      if (id === 0) defined = false;
      const length = value === undefined ? REMOVED : this.#encode(end, value);
      if (value !== undefined) end += length;
      const head = this.#scratchWords;
      head[4 + 2 * i] = id;
      head[5 + 2 * i] = length;
    }
    const head = this.#scratchWords;
    head[0] = definition;
    head[1] = flags;
    head[2] = count;
    head[3] = end - start;
    return this.#variable(RecordKind.OBJECT_SNAPSHOT, end, defined);
  }

  /** A turn of a blocked thread comes when it is not blocked any more. */
  onSnapshotsAsked(listener: () => void): void {
    if (this.#empty) return; // Without the studio nobody asks.
    let seen = load(this.#process, ProcessWord.SNAPSHOTS);
    const watch = (): void => {
      for (let now = load(this.#process, ProcessWord.SNAPSHOTS); now !== seen; now = load(this.#process, ProcessWord.SNAPSHOTS)) {
        seen = now;
        listener();
      }
      const next = waitAsync(this.#process, ProcessWord.SNAPSHOTS, seen);
      if (next.async) Reflect.apply(then, next.value, [watch]);
      else watch();
    };
    watch();
  }

  #object(kind: RecordKind, definition: number): boolean {
    if (!this.recording) return false;
    this.#need(8);
    const head = this.#scratchWords;
    head[0] = definition;
    head[1] = 0;
    return this.#variable(kind, 8, definition !== 0);
  }

  /** Takes `payload` bytes of the scratch as the payload of a record. Nothing of the user's runs from the encoding to here. */
  #variable(kind: RecordKind, payload: number, defined: boolean, timeNs = NOW): boolean {
    if (!defined) {
      this.#lose(1, GapReason.RING_FULL);
      return false;
    }
    const padded = padTo8(payload);
    const units = 1 + padded / 8;
    if (units > this.#quarter) {
      this.#lose(1, GapReason.RECORD_TOO_LARGE);
      return false;
    }
    this.#need(padded);
    for (let i = payload; i < padded; i++) this.#scratch[i] = 0;
    const tag = extendedTag(kind, padded);
    const at = timeNs === NOW ? this.#begin(units, tag) : this.#beginAt(units, tag, timeNs);
    if (at < 0) return false;
    this.#copy(padded, ((at + 1) & this.#mask) * 8);
    this.#publish(units);
    return true;
  }

  /** The first `bytes` of the scratch, a multiple of 8, to `from` of the ring. */
  #copy(bytes: number, from: number): void {
    const first = Math.min(bytes, this.#bytes.length - from);
    if (first === bytes && bytes <= SHORT_PAYLOAD) {
      const [words, ring] = [this.#scratchWords, this.#u32];
      for (let i = 0; i < bytes >>> 2; i++) ring[(from >>> 2) + i] = words[i] as number;
      return;
    }
    this.#bytes.set(this.#scratch.subarray(0, first), from);
    if (first < bytes) this.#bytes.set(this.#scratch.subarray(first, bytes), 0);
  }

  /** Makes room for a record and writes its header. The index (in units) of the header, or -1 when the record is lost. */
  #begin(units: number, tag: number): number {
    if (((this.#limit - this.#write) | 0) < units + RESERVE && !this.#makeRoom(units + RESERVE)) {
      this.#lose(1, GapReason.RING_FULL);
      return -1;
    }
    this.#clock[0] = hrtime();
    return this.#header(tag);
  }

  /** As `#begin`, of something that happened at `timeNs`. Where the clock's high word was another then, epochs stand around it. */
  #beginAt(units: number, tag: number, timeNs: number): number {
    if (((this.#limit - this.#write) | 0) < units + RESERVE && !this.#makeRoom(units + RESERVE)) {
      this.#lose(1, GapReason.RING_FULL);
      return -1;
    }
    this.#clock[0] = this.#startNs + BigInt(Math.round(timeNs));
    return this.#header(tag);
  }

  #header(tag: number): number {
    const clock = this.#clockWords;
    if (clock[1] !== this.#high) this.#epoch();
    const at = this.#write & this.#mask;
    this.#u32[at * 2] = clock[0] as number;
    this.#u32[at * 2 + 1] = tag;
    return at;
  }

  #publish(units: number): void {
    const write = (this.#write + units) | 0;
    this.#write = write;
    if (PLAIN_PUBLISH) this.#words[RingWord.WRITE] = write;
    else store(this.#words, RingWord.WRITE, write);
    if (this.#process[ProcessWord.DOZES] === 1) this.#ring();
  }

  /** Waking a thread takes microseconds: only the first record after a pause does it. */
  #ring(): void {
    this.#process[ProcessWord.DOZES] = 0;
    notify(this.#process, ProcessWord.BELL);
  }

  #epoch(): void {
    const high = this.#clockWords[1] as number;
    const at = this.#write & this.#mask;
    this.#u32[at * 2] = high;
    this.#u32[at * 2 + 1] = EPOCH_TAG;
    this.#high = high;
    this.#publish(EPOCH_UNITS);
  }

  /** Counts what is lost; a GAP record tells of it as soon as there is room. */
  #lose(count: number, reason: number): void {
    this.#lost += count;
    this.#lostReason = reason;
    this.#gaps++;
    this.#totals[RingFloat.DROPPED] = (this.#totals[RingFloat.DROPPED] as number) + count;
    this.#limit = this.#write;
  }

  /** Looks how far the drain is; waits for it in exact mode. False: the record has to be dropped. `units` includes the reserve. */
  #makeRoom(units: number): boolean {
    const eighth = this.#capacity >> 3;
    if (this.#lost > 0) units += this.#stackUnits();
    if (this.#empty && this.#free() < units) this.#empty('records');
    const free = this.#free();
    const isHalfFull = free < this.#capacity >> 1;
    this.#attached ||= this.#attach(isHalfFull ? 'now' : this.#patient ? 'patient' : 'soon');
    if (isHalfFull) notify(this.#process, ProcessWord.BELL);
    // Once full, wait for an eighth: room for one record at a time would make a gap of every second one.
    const full = this.#lost > 0 && this.#lostReason === GapReason.RING_FULL;
    if (free < (full ? Math.max(units, eighth) : units)) {
      const before = hrtime();
      if (!this.#waitForDrain(RingWord.READ, (this.#write + Math.max(units, eighth) - this.#capacity) | 0)) return false;
      this.#stall(Number(hrtime() - before));
    }
    if (this.#lost > 0) this.#gap();
    // The next look at the drain is due after an eighth of the ring, or at once as long as there is none.
    this.#limit = (this.#write + (this.#attached ? Math.min(this.#free(), Math.max(units, eighth)) : units)) | 0;
    return true;
  }

  #free(): number {
    return this.#capacity - ((this.#write - load(this.#words, RingWord.READ)) | 0);
  }

  /** Waits until `word` has reached `position`, as exact mode does. False: it may not wait, or there was no progress. */
  #waitForDrain(word: number, position: number): boolean {
    if (this.#empty) {
      this.#empty(word === RingWord.READ ? 'records' : 'definitions');
      return ((load(this.#words, word) - position) | 0) >= 0;
    }
    this.#attached ||= this.#attach('now');
    if (!this.#exact) return false;
    let seen = load(this.#words, word);
    // After a wait in vain every further record is dropped at once, until the drain gets on.
    if (this.#stalledAt.get(word) === seen) return false;
    let since = hrtime();
    for (;;) {
      const now = load(this.#words, word);
      if (((now - position) | 0) >= 0) break;
      if (now !== seen) {
        seen = now;
        since = hrtime();
      }
      const state = load(this.#process, ProcessWord.STATE);
      const waitedMs = Number(hrtime() - since) / 1e6;
      const late = state !== DrainState.CONNECTED && Number(hrtime() - this.#startNs) / 1e6 > CONNECT_LIMIT_MS;
      if (state === DrainState.GONE || late || waitedMs > STALL_LIMIT_MS) {
        this.#stalledAt.set(word, now);
        return false;
      }
      notify(this.#process, ProcessWord.BELL);
      wait(this.#words, word, now, 5);
    }
    this.#stalledAt.delete(word);
    return true;
  }

  #stall(ns: number): void {
    this.#totals[RingFloat.STALLS] = (this.#totals[RingFloat.STALLS] as number) + 1;
    this.#totals[RingFloat.STALL_NS] = (this.#totals[RingFloat.STALL_NS] as number) + ns;
    const at = this.#beginUnchecked(extendedTag(RecordKind.STALL, 8));
    this.#f64[(at + 1) & this.#mask] = ns;
    this.#publish(STALL_UNITS);
  }

  /** What the open stack takes in a gap. */
  #stackUnits(): number {
    return (this.#told() + 1) >> 1;
  }

  /** How many open calls a gap tells of: from the outermost, as many as half of a quarter of the ring holds. */
  #told(): number {
    return Math.min(this.#depth, Math.max(0, this.#stack.length - 1), this.#quarter);
  }

  #gap(): void {
    const depth = this.#told();
    const at = this.#beginUnchecked(extendedTag(RecordKind.GAP, 24 + 8 * this.#stackUnits()));
    const [low, high] = [this.#clockWords[0] as number, this.#clockWords[1] as number];
    this.#f64[(at + 1) & this.#mask] = this.#lost;
    const second = ((at + 2) & this.#mask) * 2;
    this.#u32[second] = high;
    this.#u32[second + 1] = low;
    const third = ((at + 3) & this.#mask) * 2;
    this.#u32[third] = this.#lostReason;
    this.#u32[third + 1] = depth;
    for (let i = 0; i < 2 * this.#stackUnits(); i++) {
      const token = i < depth ? (this.#stack[i + 1] as number) : 0;
      this.#u32[((at + 4 + (i >> 1)) & this.#mask) * 2 + (i & 1)] = token < CALLS ? token : Math.floor(token / CALLS);
    }
    this.#lost = 0;
    this.#publish(GAP_UNITS + this.#stackUnits());
  }

  /** As `#begin`, in the reserve: for the ring's own records. */
  #beginUnchecked(tag: number): number {
    this.#clock[0] = hrtime();
    if (this.#clockWords[1] !== this.#high) this.#epoch();
    const at = this.#write & this.#mask;
    this.#u32[at * 2] = this.#clockWords[0] as number;
    this.#u32[at * 2 + 1] = tag;
    return at;
  }

  /** Puts `text` at `offset` of the scratch, as UTF-8. Its length in bytes. */
  #encode(offset: number, text: string): number {
    this.#need(offset + text.length * 3);
    const { length } = text;
    const scratch = this.#scratch;
    if (length > SHORT_TEXT) return scratch.write(text, offset, 'utf8');
    // Most values are a few digits or letters: a call into the engine costs more than they do.
    for (let i = 0; i < length; i++) {
      const code = text.charCodeAt(i);
      if (code > 0x7f) return scratch.write(text, offset, 'utf8');
      scratch[offset + i] = code;
    }
    return length;
  }

  #need(bytes: number): void {
    if (bytes + 8 <= this.#scratch.length) return;
    const larger = Buffer.allocUnsafeSlow(2 ** Math.ceil(Math.log2(bytes + 8)));
    this.#scratch.copy(larger);
    this.#scratch = larger;
    this.#scratchWords = wordsOf(larger);
  }
}

const wordsOf = (scratch: Buffer): Uint32Array => new Uint32Array(scratch.buffer, 0, scratch.length >>> 2);
