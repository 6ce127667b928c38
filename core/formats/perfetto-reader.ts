/**
 * Reads Perfetto's trace format (`.pftrace`, `.perfetto-trace`: protocol buffers) as a stream of bytes: track events, track descriptors, counters, flows,
 * interned data with the state of each sequence, clocks, compressed packets. Packets of other kinds (ftrace, samples of perf, heap dumps) are counted.
 */
import { counted } from '../base/counted.ts';
import { ProblemError } from '../base/result.ts';
import { SnapshotFlag } from '../protocol/records.ts';
import { lastMember } from './event-values.ts';
import { ImportClock } from './import-clock.ts';
import { ImportLosses, MAX_OBJECTS } from './import-losses.ts';
import { JsonCopier, JsonMembers } from './json-bytes.ts';
import { type LegacyObjects, PerfettoEvents, type SequenceState } from './perfetto-events.ts';
import { Clock, ClockId, ClockSnapshot, Defaults, Entry, Event, Interned, Location, Packet, SequenceFlag, ThreadDescriptor, Trace } from './perfetto-fields.ts';
import { PerfettoTracks, type Target } from './perfetto-tracks.ts';
import type { ReadOptions } from './profile-recording.ts';
import { ProtoFields, Wire } from './proto-bytes.ts';
import { RecordingBuilder } from './record-writer.ts';
import { decodeString } from './trace-event-fields.ts';

export interface PerfettoReadOptions extends ReadOptions {
  /** Undoes zlib's format; at most `limit` bytes come out, or it throws. Absent: compressed packets are left out, and told. */
  readonly inflate?: (bytes: Uint8Array, limit: number) => Promise<Uint8Array>;
  /** Time 0 is the least time of this many first events: 20,000. */
  readonly firstEvents?: number;
}

const FIRST_EVENTS = 20_000;
/** A longer packet is damage: the service cuts them at some MB. */
const MAX_PACKET_BYTES = 256 * 1024 * 1024;
/** What a compressed packet may hold. */
const MAX_INFLATED_BYTES = 256 * 1024 * 1024;
/** And how many times its size, beyond what is small. */
const MAX_RATIO = 200;
const SMALL_BYTES = 1024 * 1024;
const MAX_SEQUENCES = 100_000;
const MAX_TEXTS = 1_000_000;
const PACKET_TAG = Trace.PACKET * 8 + Wire.BYTES;
const WORD = 2 ** 32;

/** Whether a file begins with a packet, as far as its first bytes tell. */
export function looksLikePerfetto(first: Uint8Array): boolean {
  if (first[0] !== PACKET_TAG) return false;
  const fields = new ProtoFields().reset(first, 0, first.length);
  // A packet that is longer than what is seen shows by its first field.
  let at = 1;
  while (at < first.length && at < 6 && (first[at] as number) >= 0x80) at++;
  at++;
  if (fields.next()) {
    const inside = new ProtoFields().reset(first, fields.start, fields.end);
    while (inside.next()) if (inside.field > 2000) return false;
    return !inside.damaged;
  }
  const inner = new ProtoFields().reset(first, at, first.length);
  return at < 7 && at < first.length && (inner.next() || inner.field > 0) && inner.field <= 2000;
}

export async function* readPerfetto(source: AsyncIterable<Uint8Array>, options: PerfettoReadOptions): AsyncGenerator<Uint8Array, void, undefined> {
  const importer = new PerfettoImporter(options);
  const packets = new PacketStream();
  for await (const chunk of source) {
    for (const packet of packets.push(chunk)) {
      const compressed = importer.packet(packet.bytes, packet.start, packet.end, packet.offset);
      if (compressed !== undefined) await importer.compressed(compressed, options.inflate);
    }
    yield* importer.builder.take();
    if (packets.damagedAt !== undefined) break;
  }
  importer.finish(packets);
  yield* importer.builder.finish();
}

interface FoundPacket {
  readonly bytes: Uint8Array;
  readonly start: number;
  readonly end: number;
  readonly offset: number;
}

/** Cuts the stream into packets. Holds the one that is not whole yet. */
class PacketStream {
  damagedAt: number | undefined;
  #held = new Uint8Array(0);
  #base = 0;
  /** Bytes that have to be there before another look is worth it. */
  #wanted = 0;
  #parts: Uint8Array[] = [];
  #partBytes = 0;

  /** Bytes at the end that are no whole packet. */
  get rest(): number {
    return this.#held.length + this.#partBytes;
  }

  get offset(): number {
    return this.#base;
  }

  *push(chunk: Uint8Array): Generator<FoundPacket, void, undefined> {
    if (this.#held.length + this.#partBytes + chunk.length < this.#wanted) {
      this.#parts.push(chunk.slice());
      this.#partBytes += chunk.length;
      return;
    }
    const bytes = this.#joined(chunk);
    let at = 0;
    while (at < bytes.length && this.damagedAt === undefined) {
      const header = headerOf(bytes, at);
      if (header === undefined) break;
      const { isPacket, start, length } = header;
      if (length < 0 || length > MAX_PACKET_BYTES) {
        this.damagedAt = this.#base + at;
        break;
      }
      if (start + length > bytes.length) {
        this.#wanted = start + length - at;
        break;
      }
      if (isPacket) yield { bytes, start, end: start + length, offset: this.#base + at };
      at = start + length;
      this.#wanted = 0;
    }
    this.#held = bytes.slice(at);
    this.#base += at;
  }

  #joined(chunk: Uint8Array): Uint8Array {
    if (this.#held.length === 0 && this.#partBytes === 0) return chunk;
    const out = new Uint8Array(this.#held.length + this.#partBytes + chunk.length);
    out.set(this.#held);
    let at = this.#held.length;
    for (const part of [...this.#parts, chunk]) {
      out.set(part, at);
      at += part.length;
    }
    this.#parts = [];
    this.#partBytes = 0;
    return out;
  }
}

/** Undefined: it is not whole yet. `length` -1: it is none. Other fields of the trace than packets are stepped over. */
function headerOf(bytes: Uint8Array, at: number): { readonly isPacket: boolean; readonly start: number; readonly length: number } | undefined {
  const tag = varintAt(bytes, at);
  if (tag === undefined) return undefined;
  if (tag.value < 0 || tag.value % 8 !== Wire.BYTES || tag.value < 8) return { isPacket: false, start: at, length: -1 };
  const length = varintAt(bytes, tag.next);
  if (length === undefined) return undefined;
  return { isPacket: tag.value === PACKET_TAG, start: length.next, length: length.value };
}

/** `value` -1: it is none. */
function varintAt(bytes: Uint8Array, at: number): { readonly value: number; readonly next: number } | undefined {
  let value = 0;
  for (let i = 0; i < 6; i++) {
    if (at + i >= bytes.length) return undefined;
    const byte = bytes[at + i] as number;
    value += (byte & 0x7f) * 2 ** (7 * i);
    if (byte < 0x80) return { value, next: at + i + 1 };
  }
  return { value: -1, next: at };
}

interface SequenceClock {
  readonly multiplier: number;
  readonly isIncremental: boolean;
  /** Of the clock, and of the trace in ns, at one moment. */
  raw: number;
  readonly rawAnchor: number;
  readonly traceAnchor: number;
}

class Sequence implements SequenceState {
  readonly texts = new Map<number, Map<number, string>>();
  readonly locations = new Map<number, Readonly<Record<string, string | number>>>();
  defaultTrack: bigint | undefined;
  defaultExtraTracks: readonly bigint[] = [];
  defaultClock = 0;
  readonly clocks = new Map<number, SequenceClock>();
  /** False: what it interned has been lost, until it begins anew. */
  isKnown = true;
  /** Of the older way to tell time: microseconds since the last event. */
  referenceUs = 0;
  textCount = 0;

  clear(): void {
    this.texts.clear();
    this.locations.clear();
    this.textCount = 0;
    this.defaultTrack = undefined;
    this.defaultExtraTracks = [];
    this.defaultClock = 0;
    this.isKnown = true;
  }
}

class PerfettoImporter {
  readonly builder: RecordingBuilder;
  readonly #options: PerfettoReadOptions;
  readonly #clock: ImportClock;
  readonly #losses = new ImportLosses();
  readonly #tracks: PerfettoTracks;
  readonly #events: PerfettoEvents;
  readonly #sequences = new Map<number, Sequence>();
  /** Nanoseconds to add to a clock of the machine, to get that of the trace. */
  readonly #clockOffsets = new Map<number, number>();
  readonly #otherPackets = new Map<number, number>();
  #packets = 0;
  /** Of the calendar against the clock of the trace, in ns: more than a double holds. */
  #realtimeOffset: bigint | undefined;
  #notInflated = 0;
  #inflateProblem = '';
  #withoutState = 0;

  constructor(options: PerfettoReadOptions) {
    this.#options = options;
    this.builder = new RecordingBuilder(options);
    this.#clock = new ImportClock(this.builder, options.firstEvents ?? FIRST_EVENTS);
    this.#tracks = new PerfettoTracks(this.builder);
    this.#events = new PerfettoEvents(this.builder, this.#clock, this.#losses, this.#tracks, new Objects(this.builder, this.#clock, this.#losses));
  }

  /** Returns what it holds if it is compressed. */
  packet(bytes: Uint8Array, start: number, end: number, offset: number): Uint8Array | undefined {
    this.#packets++;
    const fields = new ProtoFields().reset(bytes, start, end);
    let compressed: Uint8Array | undefined;
    let sequenceId = 0;
    let timestamp = -1;
    let clockId = 0;
    let isCleared = false;
    let isLossy = false;
    let needsState = false;
    const parts = new Map<number, readonly [number, number]>();
    const interned: (readonly [number, number])[] = [];
    while (fields.next()) {
      switch (fields.field) {
        case Packet.TIMESTAMP:
          timestamp = fields.number;
          this.#high = fields.high;
          this.#low = fields.low;
          break;
        case Packet.TIMESTAMP_CLOCK:
          clockId = fields.low;
          break;
        case Packet.SEQUENCE_ID:
          sequenceId = fields.low;
          break;
        case Packet.SEQUENCE_FLAGS:
          isCleared ||= (fields.low & SequenceFlag.CLEARED) !== 0;
          needsState = (fields.low & SequenceFlag.NEEDS_STATE) !== 0;
          break;
        case Packet.STATE_CLEARED:
          isCleared ||= fields.bool;
          break;
        case Packet.PREVIOUS_DROPPED:
          isLossy = fields.bool;
          break;
        case Packet.COMPRESSED_PACKETS:
          compressed = bytes.slice(fields.start, fields.end);
          break;
        case Packet.INTERNED_DATA:
          if (fields.wire === Wire.BYTES) interned.push([fields.start, fields.end]);
          break;
        default:
          if (fields.wire === Wire.BYTES) parts.set(fields.field, [fields.start, fields.end]);
      }
    }
    if (fields.damaged) this.#losses.add('unreadable-event', () => `packet at byte ${offset}`);
    const sequence = this.#sequence(sequenceId);
    if (sequence === undefined) return compressed;
    if (isLossy && !isCleared) sequence.isKnown = false;
    if (isCleared) sequence.clear();
    for (const [from, to] of interned) this.#intern(sequence, bytes, from, to);
    const where = (): string => `packet at byte ${offset}`;
    for (const [field, [from, to]] of parts) {
      switch (field) {
        case Packet.DEFAULTS:
          this.#defaults(sequence, bytes, from, to);
          break;
        case Packet.CLOCK_SNAPSHOT:
          this.#snapshot(sequence, bytes, from, to);
          break;
        case Packet.TRACK_DESCRIPTOR:
          this.#tracks.describe(bytes, from, to);
          break;
        case Packet.PROCESS_DESCRIPTOR:
          this.#tracks.describeProcess(bytes, from, to);
          break;
        case Packet.THREAD_DESCRIPTOR:
          this.#threadOf(sequence, bytes, from, to);
          break;
        case Packet.TRACK_EVENT:
          break;
        default:
          this.#otherPackets.set(field, (this.#otherPackets.get(field) ?? 0) + 1);
      }
    }
    const event = parts.get(Packet.TRACK_EVENT);
    if (event === undefined) return compressed;
    if (needsState && !sequence.isKnown) {
      this.#withoutState++;
      return compressed;
    }
    if (!this.#setTime(sequence, timestamp, clockId || sequence.defaultClock, bytes, event[0], event[1])) this.#losses.add('unreadable-event', where);
    else this.#events.event(bytes, event[0], event[1], sequence, where);
    return compressed;
  }

  #high = 0;
  #low = 0;

  #sequence(id: number): Sequence | undefined {
    let sequence = this.#sequences.get(id);
    if (sequence === undefined && this.#sequences.size < MAX_SEQUENCES) {
      sequence = new Sequence();
      this.#sequences.set(id, sequence);
    }
    return sequence;
  }

  /** Sets the clock to the packet's time. */
  #setTime(sequence: Sequence, timestamp: number, clockId: number, bytes: Uint8Array, start: number, end: number): boolean {
    if (timestamp < 0) return this.#setOldTime(sequence, bytes, start, end);
    const clock = sequence.clocks.get(clockId);
    if (clock !== undefined) {
      clock.raw = clock.isIncremental ? clock.raw + timestamp : timestamp;
      this.#setNs(clock.traceAnchor + (clock.raw - clock.rawAnchor) * clock.multiplier);
      return true;
    }
    if (clockId >= ClockId.FIRST_OF_SEQUENCE && clockId < ClockId.BEHIND_SEQUENCE) return false;
    const offset = this.#clockOffsets.get(clockId) ?? 0;
    if (clockId === 0 || clockId === ClockId.BOOTTIME || offset === 0) {
      if (this.#high >= 2 ** 31) return false;
      this.#clock.setWords(this.#high, this.#low);
    } else this.#setNs(timestamp + offset);
    return true;
  }

  #setNs(ns: number): void {
    const whole = Math.max(0, Math.round(ns));
    this.#clock.setWords(Math.floor(whole / WORD), whole % WORD);
  }

  /** Microseconds inside of the event, as the first writers of track events told them. */
  #setOldTime(sequence: Sequence, bytes: Uint8Array, start: number, end: number): boolean {
    const fields = new ProtoFields().reset(bytes, start, end);
    while (fields.next()) {
      if (fields.field === Event.TIMESTAMP_ABSOLUTE_US) {
        this.#setNs(fields.signed * 1000);
        return true;
      }
      if (fields.field === Event.TIMESTAMP_DELTA_US) {
        sequence.referenceUs += fields.signed;
        this.#setNs(sequence.referenceUs * 1000);
        return true;
      }
    }
    return false;
  }

  #intern(sequence: Sequence, bytes: Uint8Array, start: number, end: number): void {
    const kinds = new ProtoFields().reset(bytes, start, end);
    while (kinds.next()) {
      if (kinds.wire !== Wire.BYTES) continue;
      const { field } = kinds;
      if (field === Interned.SOURCE_LOCATIONS) this.#internLocation(sequence, bytes, kinds.start, kinds.end);
      else if (field === Interned.CATEGORIES || field === Interned.NAMES || field === Interned.ANNOTATION_NAMES || field === Interned.STRING_VALUES) {
        const entry = new ProtoFields().reset(bytes, kinds.start, kinds.end);
        let iid = 0;
        let text = '';
        while (entry.next()) {
          if (entry.field === Entry.IID) iid = entry.number;
          else if (entry.field === Entry.TEXT && entry.wire === Wire.BYTES) text = entry.text.slice(0, 65_536);
        }
        if (sequence.textCount++ >= MAX_TEXTS) continue;
        const texts = sequence.texts.get(field) ?? new Map<number, string>();
        sequence.texts.set(field, texts);
        texts.set(iid, text);
      }
    }
  }

  #internLocation(sequence: Sequence, bytes: Uint8Array, start: number, end: number): void {
    const entry = new ProtoFields().reset(bytes, start, end);
    let iid = 0;
    const location: Record<string, string | number> = {};
    while (entry.next()) {
      if (entry.field === Location.IID) iid = entry.number;
      else if (entry.field === Location.FILE) location.file = entry.text.slice(0, 4096);
      else if (entry.field === Location.FUNCTION) location.function = entry.text.slice(0, 4096);
      else if (entry.field === Location.LINE) location.line = entry.low;
    }
    if (sequence.locations.size < MAX_TEXTS) sequence.locations.set(iid, location);
  }

  #defaults(sequence: Sequence, bytes: Uint8Array, start: number, end: number): void {
    const fields = new ProtoFields().reset(bytes, start, end);
    while (fields.next()) {
      if (fields.field === Defaults.TIMESTAMP_CLOCK) sequence.defaultClock = fields.low;
      else if (fields.field === Defaults.TRACK_EVENT && fields.wire === Wire.BYTES) {
        const event = new ProtoFields().reset(bytes, fields.start, fields.end);
        const extra: bigint[] = [];
        while (event.next()) {
          if (event.field === Event.TRACK_UUID) sequence.defaultTrack = event.bits;
          else if (event.field === Event.EXTRA_COUNTER_TRACKS && event.wire === Wire.VARINT && extra.length < 100) extra.push(event.bits);
        }
        sequence.defaultExtraTracks = extra;
      }
    }
  }

  /** Clocks of the machine, and those of the sequence, read at one moment. */
  #snapshot(sequence: Sequence, bytes: Uint8Array, start: number, end: number): void {
    const clocks = new ProtoFields().reset(bytes, start, end);
    const read = new Map<number, { readonly timestamp: number; readonly bits: bigint; readonly isIncremental: boolean; readonly multiplier: number }>();
    while (clocks.next()) {
      if (clocks.field !== ClockSnapshot.CLOCKS || clocks.wire !== Wire.BYTES) continue;
      const clock = new ProtoFields().reset(bytes, clocks.start, clocks.end);
      let id = 0;
      const told = { timestamp: 0, bits: 0n, isIncremental: false, multiplier: 1 };
      while (clock.next()) {
        if (clock.field === Clock.ID) id = clock.low;
        else if (clock.field === Clock.TIMESTAMP) Object.assign(told, { timestamp: clock.number, bits: clock.bits });
        else if (clock.field === Clock.IS_INCREMENTAL) told.isIncremental = clock.bool;
        else if (clock.field === Clock.UNIT_MULTIPLIER) told.multiplier = clock.number || 1;
      }
      read.set(id, told);
    }
    const own = read.get(ClockId.BOOTTIME) ?? read.get(ClockId.MONOTONIC);
    if (own === undefined) return;
    const trace = own.timestamp;
    for (const [id, { timestamp, bits, isIncremental, multiplier }] of read) {
      if (id >= ClockId.FIRST_OF_SEQUENCE && id < ClockId.BEHIND_SEQUENCE) {
        sequence.clocks.set(id, { multiplier, isIncremental, raw: timestamp, rawAnchor: timestamp, traceAnchor: trace });
      } else {
        if (id === ClockId.REALTIME) this.#realtimeOffset = bits - own.bits;
        this.#clockOffsets.set(id, trace - timestamp);
      }
    }
  }

  /** The older way: a sequence's thread is told once, and its events name no track. */
  #threadOf(sequence: Sequence, bytes: Uint8Array, start: number, end: number): void {
    const fields = new ProtoFields().reset(bytes, start, end);
    let pid = 0;
    let tid = 0;
    let name = '';
    while (fields.next()) {
      if (fields.field === ThreadDescriptor.PID) pid = fields.low;
      else if (fields.field === ThreadDescriptor.TID) tid = fields.low;
      else if (fields.field === ThreadDescriptor.NAME) name = fields.text.slice(0, 4096);
      else if (fields.field === ThreadDescriptor.REFERENCE_US) sequence.referenceUs = fields.signed;
    }
    // An id that no track of a file has: beyond 64 bits.
    const uuid = (1n << 64n) + (BigInt(pid) << 32n) + BigInt(tid);
    const track = this.#tracks.track(uuid);
    if (track !== undefined) track.thread = { pid, tid, name, sortIndex: undefined };
    sequence.defaultTrack ??= uuid;
  }

  async compressed(bytes: Uint8Array, inflate: PerfettoReadOptions['inflate']): Promise<void> {
    try {
      if (inflate === undefined) throw new Error('this program has nothing to decompress them with');
      const inside = await inflate(bytes, Math.min(MAX_INFLATED_BYTES, SMALL_BYTES + bytes.length * MAX_RATIO));
      const packets = new PacketStream();
      for (const { bytes: whole, start, end, offset } of packets.push(inside)) this.packet(whole, start, end, offset);
      if (packets.damagedAt !== undefined || packets.rest > 0) throw new Error('what they hold is damaged');
    } catch (error) {
      this.#notInflated++;
      this.#inflateProblem ||= error instanceof Error ? error.message : String(error);
    }
  }

  finish(packets: PacketStream): void {
    if (this.#packets === 0) {
      const message = 'This is not a trace: it begins like a Perfetto trace, but holds no whole packet.';
      throw new ProblemError({ code: 'not-a-trace', message, remedy: 'Record or copy it again.' });
    }
    this.#events.finish();
    this.#clock.start();
    const timeNs = this.#clock.nsOf(this.#clock.last);
    const tell = (issue: string, count: number, message: string, example = message): void => {
      if (count > 0) this.builder.info({ kind: 'loss', what: 'imported', count, message, issue, example, timeNs });
    };
    for (const note of this.#options.notes?.() ?? []) tell('cut', 1, note);
    const { damagedAt, offset, rest } = packets;
    if (damagedAt !== undefined) tell('damaged', 1, `The trace is damaged at byte ${damagedAt}: it was read up to there.`, `byte ${damagedAt}`);
    else if (rest > 0) tell('cut', 1, `The trace was cut at byte ${offset + rest}, inside of the packet that begins at byte ${offset}.`, `byte ${offset}`);
    for (const { kind, count, message, example } of this.#losses.told()) tell(kind, count, message, example);
    tell('not-inflated', this.#notInflated, `${this.#notInflated} compressed packets could not be read: ${this.#inflateProblem}.`);
    tell(
      'lost-state',
      this.#withoutState,
      counted('# {event|events} came after a loss of data, and cannot be understood without what was lost.', this.#withoutState),
    );
    tell('many-threads', this.#tracks.tooMany, counted('# {event|events} of tracks beyond what is kept {was|were} left out.', this.#tracks.tooMany));
    const others = [...this.#otherPackets].sort(([, a], [, b]) => b - a);
    const count = others.reduce((sum, [, one]) => sum + one, 0);
    const kinds = others.slice(0, 20).map(([field, one]) => `${one} of field ${field}`);
    tell('other-packets', count, `${counted('# {packet holds|packets hold} data of kinds that are not shown', count)}: ${kinds.join(', ')}.`, kinds[0] ?? '');
    const start = this.#clock.startNs;
    const epoch = this.#realtimeOffset === undefined ? {} : { startEpochNs: `${start + this.#realtimeOffset}` };
    this.builder.info({ kind: 'imported', format: 'Perfetto trace', metadata: {}, ...epoch, timeNs });
  }
}

const SNAPSHOT = new TextEncoder().encode('snapshot');
const MAX_ATTRIBUTES = 4096;

/** Objects that were written with their snapshots as arguments, as trace events have them. */
class Objects implements LegacyObjects {
  readonly #builder: RecordingBuilder;
  readonly #clock: ImportClock;
  readonly #losses: ImportLosses;
  readonly #objects = new Map<string, { readonly stream: number; readonly definition: number }>();
  readonly #members = new JsonMembers(MAX_ATTRIBUTES);
  readonly #attributes = new JsonMembers(MAX_ATTRIBUTES);
  readonly #entries = new Uint32Array(MAX_ATTRIBUTES * 2);
  readonly #copier = new JsonCopier();

  constructor(builder: RecordingBuilder, clock: ImportClock, losses: ImportLosses) {
    this.#builder = builder;
    this.#clock = clock;
    this.#losses = losses;
  }

  event({ stream: seen }: Target, phase: number, id: string, name: string, args: Uint8Array | undefined): void {
    const { high, low } = this.#clock;
    const key = `${id}\n${name}`;
    let object = phase === 0x4e ? undefined : this.#objects.get(key);
    if (object === undefined) {
      if (this.#objects.size >= MAX_OBJECTS) {
        this.#losses.add('many-objects');
        return;
      }
      object = { stream: seen, definition: this.#builder.objectDefinition(seen, this.#builder.string(seen, name), 0) };
      this.#objects.set(key, object);
    }
    const { stream, definition } = object;
    if (phase === 0x4e) this.#builder.objectCreated(stream, high, low, definition);
    else if (phase === 0x44) {
      this.#objects.delete(key);
      this.#builder.objectDeleted(stream, high, low, definition);
    } else this.#snapshot(stream, definition, args);
  }

  #snapshot(stream: number, definition: number, args: Uint8Array | undefined): void {
    const value = args !== undefined && this.#members.read(args, 0, args.length) ? lastMember(this.#members, args, SNAPSHOT) : -1;
    if (args === undefined || value < 0) {
      this.#losses.add('unreadable-event');
      return;
    }
    const [from, to] = [this.#members.offsets[value * 4 + 2] as number, this.#members.offsets[value * 4 + 3] as number];
    this.#copier.length = 0;
    let count = 0;
    if (this.#attributes.read(args, from, to)) {
      for (let m = 0; m < this.#attributes.count; m++) {
        const at = m * 4;
        const { offsets } = this.#attributes;
        const before = this.#copier.length;
        if (!this.#copier.append(args, offsets[at + 2] as number, offsets[at + 3] as number)) continue;
        this.#entries[count * 2] = this.#builder.string(stream, decodeString(args, offsets[at] as number, offsets[at + 1] as number));
        this.#entries[count * 2 + 1] = this.#copier.length - before;
        count++;
      }
    }
    const { high, low } = this.#clock;
    this.#builder.objectSnapshot(stream, high, low, definition, SnapshotFlag.KEYFRAME, this.#entries, count, this.#copier.bytes, this.#copier.length);
  }
}
