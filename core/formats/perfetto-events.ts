/** Track events of a Perfetto trace, to records. */
import { AsyncScope, FlowPhase, InstantScope, RecordKind } from '../protocol/records.ts';
import { writeEnded } from './ended-slices.ts';
import type { ImportClock } from './import-clock.ts';
import { type ImportLosses, MAX_ARGS_BYTES, MAX_FLOWS, MAX_OPEN_ASYNC, MAX_OPEN_SLICES } from './import-losses.ts';
import { type InternedTexts, readAnnotation } from './perfetto-arguments.ts';
import { Event, EventType, Interned, Legacy } from './perfetto-fields.ts';
import type { OpenEvent, PerfettoTrack, PerfettoTracks, Target } from './perfetto-tracks.ts';
import { ProtoFields, Wire } from './proto-bytes.ts';
import type { RecordingBuilder } from './record-writer.ts';

const WORD = 2 ** 32;
const encoder = new TextEncoder();
const MAX_ANNOTATIONS = 4096;
const ONE = new Float64Array(1);

/** What a sequence of packets has told so far. */
export interface SequenceState {
  readonly texts: Map<number, Map<number, string>>;
  readonly locations: Map<number, Readonly<Record<string, string | number>>>;
  defaultTrack: bigint | undefined;
  defaultExtraTracks: readonly bigint[];
}

/** Objects of the older JSON format that travel as legacy events. */
export interface LegacyObjects {
  event(target: Target, phase: number, id: string, name: string, args: Uint8Array | undefined): void;
}

interface LegacyEvent {
  nameIid: number;
  phase: number;
  durationNs: number;
  /** '': none. */
  id: string;
  enclosing: boolean;
  scope: number;
}

interface ReadEvent {
  type: number;
  name: string;
  category: string;
  track: bigint | undefined;
  counterValue: number | undefined;
  readonly entries: (readonly [string, unknown])[];
  legacy: LegacyEvent | undefined;
  readonly flows: bigint[];
  readonly endingFlows: bigint[];
  extraTracks: bigint[];
  readonly extraValues: number[];
  extraDoubleTracks: bigint[];
  readonly extraDoubleValues: number[];
}

export class PerfettoEvents {
  readonly #builder: RecordingBuilder;
  readonly #clock: ImportClock;
  readonly #losses: ImportLosses;
  readonly #tracks: PerfettoTracks;
  readonly #objects: LegacyObjects;
  readonly #async = new Map<string, { readonly number: number; readonly name: string }[]>();
  #openAsync = 0;
  #asyncNumbers = 0;
  readonly #flows = new Map<string, number>();
  readonly #fields = new ProtoFields();

  constructor(builder: RecordingBuilder, clock: ImportClock, losses: ImportLosses, tracks: PerfettoTracks, objects: LegacyObjects) {
    this.#builder = builder;
    this.#clock = clock;
    this.#losses = losses;
    this.#tracks = tracks;
    this.#objects = objects;
  }

  /** A TrackEvent at the time that the clock is set to. */
  event(bytes: Uint8Array, start: number, end: number, state: SequenceState, where: () => string): void {
    const event = this.#read(bytes, start, end, state);
    const track = this.#tracks.track(event.track ?? state.defaultTrack ?? 0n);
    if (track === undefined) return;
    const target = this.#tracks.target(track);
    if (target === undefined) return;
    const isCounter = event.type === EventType.COUNTER;
    this.#extraCounters(event, state);
    if (isCounter) {
      if (event.counterValue === undefined) this.#losses.add('unreadable-event', where);
      else this.#sample(track, target, event.counterValue);
      return;
    }
    const kind = event.type === 0 && event.legacy !== undefined ? event.legacy.phase : event.type;
    switch (kind) {
      case EventType.SLICE_BEGIN:
      case 0x42: // B
        this.#flowPoints(event, target);
        this.#begin(track, target, event, where);
        return;
      case EventType.SLICE_END:
      case 0x45: // E
        this.#flowPoints(event, target);
        this.#end(track, target, event, where);
        return;
      case EventType.INSTANT:
      case 0x49: // I
      case 0x69: // i
      case 0x52: // R
        this.#clock.note(0);
        this.#flowPoints(event, target);
        this.#instant(track, target, event);
        return;
      case 0x58: // X
        this.#complete(target, event, where);
        return;
      case 0x62: // b
      case 0x53: // S
      case 0x6e: // n
      case 0x54: // T
      case 0x70: // p
      case 0x65: // e
      case 0x46: // F
        this.#clock.note(0);
        this.#asyncEvent(track, target, event, kind, where);
        return;
      case 0x73: // s
      case 0x74: // t
      case 0x66: // f
        this.#clock.note(0);
        this.#flow(
          target,
          `${event.category}\n${event.name}\n${event.legacy?.id}`,
          event,
          kind === 0x73 ? FlowPhase.START : kind === 0x74 ? FlowPhase.STEP : event.legacy?.enclosing ? FlowPhase.END_ENCLOSING : FlowPhase.END,
        );
        return;
      case 0x4e: // N
      case 0x4f: // O
      case 0x44: // D
        this.#clock.note(0);
        this.#objects.event(target, kind, event.legacy?.id ?? '', event.name, this.#args(event));
        return;
      default:
        this.#losses.unknownPhase(kind > 32 && kind < 127 ? String.fromCharCode(kind) : `type ${kind}`, where);
    }
  }

  /** Hot: most packets of a trace. */
  #read(bytes: Uint8Array, start: number, end: number, { texts, locations }: SequenceState): ReadEvent {
    const fields = this.#fields.reset(bytes, start, end);
    const event: ReadEvent = {
      type: 0,
      name: '',
      category: '',
      track: undefined,
      counterValue: undefined,
      entries: [],
      legacy: undefined,
      flows: [],
      endingFlows: [],
      extraTracks: [],
      extraValues: [],
      extraDoubleTracks: [],
      extraDoubleValues: [],
    };
    let nameIid = 0;
    while (fields.next()) {
      switch (fields.field) {
        case Event.TYPE:
          event.type = fields.low;
          break;
        case Event.TRACK_UUID:
          event.track = fields.bits;
          break;
        case Event.NAME_IID:
          nameIid = fields.number;
          break;
        case Event.NAME:
          event.name = fields.text.slice(0, 65_536);
          break;
        case Event.CATEGORY_IIDS:
          for (const iid of repeated(fields)) event.category = joinedText(event.category, textOf(texts, Interned.CATEGORIES, Number(iid)));
          break;
        case Event.CATEGORIES:
          event.category = joinedText(event.category, fields.text.slice(0, 4096));
          break;
        case Event.COUNTER_VALUE:
          event.counterValue = fields.signed;
          break;
        case Event.DOUBLE_COUNTER_VALUE:
          event.counterValue = fields.double;
          break;
        case Event.DEBUG_ANNOTATIONS:
          if (fields.wire === Wire.BYTES && event.entries.length < MAX_ANNOTATIONS) {
            event.entries.push(readAnnotation(bytes, fields.start, fields.end, texts));
          }
          break;
        case Event.LEGACY:
          if (fields.wire === Wire.BYTES) event.legacy = readLegacy(bytes, fields.start, fields.end);
          break;
        case Event.SOURCE_LOCATION_IID:
          if (locations.has(fields.number)) event.entries.push(['source', locations.get(fields.number)]);
          break;
        case Event.FLOW_IDS:
        case Event.FLOW_IDS_OLD:
          event.flows.push(...repeated(fields));
          break;
        case Event.TERMINATING_FLOW_IDS:
        case Event.TERMINATING_FLOW_IDS_OLD:
          event.endingFlows.push(...repeated(fields));
          break;
        case Event.EXTRA_COUNTER_TRACKS:
          event.extraTracks.push(...repeated(fields));
          break;
        case Event.EXTRA_COUNTER_VALUES:
          event.extraValues.push(...repeated(fields).map((bits) => Number(BigInt.asIntN(64, bits))));
          break;
        case Event.EXTRA_DOUBLE_COUNTER_TRACKS:
          event.extraDoubleTracks.push(...repeated(fields));
          break;
        case Event.EXTRA_DOUBLE_COUNTER_VALUES:
          event.extraDoubleValues.push(...doubles(fields));
          break;
        default:
      }
    }
    const iid = nameIid || (event.legacy?.nameIid ?? 0);
    if (event.name === '' && iid !== 0) event.name = textOf(texts, Interned.NAMES, iid);
    if (fields.damaged) this.#losses.add('unreadable-event', () => 'a track event whose fields leave it');
    return event;
  }

  #args({ entries }: ReadEvent): Uint8Array | undefined {
    if (entries.length === 0) return undefined;
    const json = encoder.encode(JSON.stringify(Object.fromEntries(entries)));
    if (json.length <= MAX_ARGS_BYTES) return json;
    this.#losses.add('unreadable-args');
    return undefined;
  }

  #text(target: Target, text: string): number {
    return text === '' ? 0 : this.#builder.string(target.stream, text);
  }

  #begin(track: PerfettoTrack, target: Target, event: ReadEvent, where: () => string): void {
    const { high, low } = this.#clock;
    this.#clock.note(0);
    const args = this.#args(event);
    const early = track.early.findIndex((end) => end.high > high || (end.high === high && end.low >= low));
    if (early >= 0) {
      const [end] = track.early.splice(early, 1) as [PerfettoTrack['early'][number]];
      this.#slice(track, target, { high, low, name: event.name, category: event.category, args }, end.high, end.low, end.args);
      return;
    }
    if (track.open.length >= MAX_OPEN_SLICES) this.#losses.add('deep-slice', where);
    else track.open.push({ high, low, name: event.name, category: event.category, args });
  }

  #end(track: PerfettoTrack, target: Target, event: ReadEvent, where: () => string): void {
    const { high, low } = this.#clock;
    this.#clock.note(0);
    const begin = track.open.pop();
    if (begin !== undefined) this.#slice(track, target, begin, high, low, this.#args(event));
    // On a track that several threads write to, an end may come first.
    else if (track.thread === undefined && track.early.length < 1000) track.early.push({ high, low, args: this.#args(event) });
    else this.#losses.add('end-without-begin', where);
  }

  /** `begin` is open no longer. */
  #slice(track: PerfettoTrack, target: Target, begin: OpenEvent, high: number, low: number, endArgs: Uint8Array | undefined): void {
    const durationNs = (high - begin.high) * WORD + (low - begin.low);
    if (durationNs > Number.MAX_SAFE_INTEGER) {
      this.#losses.add('unreadable-event', () => `${begin.name} ends more than 104 days after its begin`);
      return;
    }
    const { name, category } = begin;
    if (durationNs < 0) this.#losses.add('negative-duration', () => name);
    const [endHigh, endLow] = durationNs < 0 ? [begin.high, begin.low] : [high, low];
    track.ended.push({ high: endHigh, low: endLow, durationNs: Math.max(0, durationNs), name, category, args: joinedObjects(begin.args, endArgs) });
    writeEnded(track.ended, begin, track.open.at(-1), (ended) => {
      const texts = [this.#text(target, ended.name), this.#text(target, ended.category)] as const;
      this.#builder.slice(target.stream, ended.high, ended.low, ended.durationNs, ...texts, ended.args, ended.args?.length, target.track);
    });
  }

  #complete(target: Target, event: ReadEvent, where: () => string): void {
    const durationNs = event.legacy?.durationNs ?? 0;
    if (durationNs < 0) this.#losses.add('negative-duration', where);
    const length = Math.max(0, durationNs);
    if (!this.#clock.setEnd(length)) {
      this.#losses.add('unreadable-event', where);
      return;
    }
    this.#flowPoints(event, target);
    this.#clock.note(length);
    const args = this.#args(event);
    const texts = [this.#text(target, event.name), this.#text(target, event.category)] as const;
    this.#builder.slice(target.stream, this.#clock.endHigh, this.#clock.endLow, length, ...texts, args, args?.length, target.track);
  }

  #instant(track: PerfettoTrack, target: Target, event: ReadEvent): void {
    const scopes: Readonly<Record<number, number>> = { 1: InstantScope.GLOBAL, 2: InstantScope.PROCESS, 3: InstantScope.THREAD };
    const own = track.thread !== undefined ? InstantScope.THREAD : track.process !== undefined ? InstantScope.PROCESS : InstantScope.THREAD;
    const scope = scopes[event.legacy?.scope ?? 0] ?? own;
    const { high, low } = this.#clock;
    this.#builder.instant(target.stream, high, low, this.#text(target, event.name), this.#text(target, event.category), scope, this.#args(event));
  }

  #extraCounters(event: ReadEvent, state: SequenceState): void {
    if (event.extraValues.length > 0) {
      const tracks = event.extraTracks.length > 0 ? event.extraTracks : state.defaultExtraTracks;
      for (const [i, value] of event.extraValues.entries()) this.#extra(tracks[i], value);
    }
    for (const [i, value] of event.extraDoubleValues.entries()) this.#extra(event.extraDoubleTracks[i], value);
  }

  #extra(uuid: bigint | undefined, value: number): void {
    const track = uuid === undefined ? undefined : this.#tracks.track(uuid);
    const target = track && this.#tracks.target(track);
    if (track !== undefined && target !== undefined) this.#sample(track, target, value);
  }

  #sample(track: PerfettoTrack, target: Target, value: number): void {
    track.counter ??= { multiplier: 1, isIncremental: false, value: 0, definition: 0 };
    const { counter } = track;
    counter.value = counter.isIncremental ? counter.value + value : value;
    if (counter.definition === 0) {
      const name = this.#builder.string(target.stream, track.name || `counter ${track.uuid}`);
      counter.definition = this.#builder.counterDefinition(target.stream, name, [this.#builder.string(target.stream, 'value')]);
    }
    this.#clock.note(0);
    ONE[0] = counter.value * counter.multiplier;
    this.#builder.counter(target.stream, this.#clock.high, this.#clock.low, counter.definition, ONE, 1);
  }

  /** Flows of the newer kind: the first event of an id is the arrow's start. */
  #flowPoints(event: ReadEvent, target: Target): void {
    for (const id of event.flows) this.#flow(target, `\n${id}`, event, this.#flows.has(`\n${id}`) ? FlowPhase.STEP : FlowPhase.START);
    for (const id of event.endingFlows) this.#flow(target, `\n${id}`, event, FlowPhase.END_ENCLOSING);
  }

  #flow(target: Target, key: string, event: ReadEvent, phase: number): void {
    let number = this.#flows.get(key);
    if (number === undefined) {
      if (this.#flows.size >= MAX_FLOWS) {
        this.#losses.add('many-flows');
        return;
      }
      number = this.#flows.size + 1;
      this.#flows.set(key, number);
    }
    const { high, low } = this.#clock;
    const texts = [this.#text(target, event.name || 'flow'), this.#text(target, event.category)] as const;
    this.#builder.flow(target.stream, high, low, number, AsyncScope.RECORDING, ...texts, phase);
  }

  #asyncEvent(track: PerfettoTrack, target: Target, event: ReadEvent, phase: number, where: () => string): void {
    const { high, low } = this.#clock;
    const isOld = phase === 0x53 || phase === 0x54 || phase === 0x70 || phase === 0x46;
    const pid = track.thread?.pid ?? track.process?.pid ?? 0;
    const key = `${isOld ? event.name : event.category}\n${event.legacy?.id}${event.legacy?.id.startsWith('local') ? `\n${pid}` : ''}`;
    const open = this.#async.get(key) ?? [];
    const args = this.#args(event);
    const name = this.#text(target, event.name);
    if (phase === 0x62 || phase === 0x53) {
      if (this.#openAsync >= MAX_OPEN_ASYNC) {
        this.#losses.add('many-open-async', where);
        return;
      }
      const number = ++this.#asyncNumbers;
      const parent = open.at(-1)?.number ?? 0;
      this.#builder.asyncBegin(target.stream, high, low, number, AsyncScope.RECORDING, name, this.#text(target, event.category), parent, 0, args);
      open.push({ number, name: event.name });
      this.#async.set(key, open);
      this.#openAsync++;
      return;
    }
    if (phase === 0x65 || phase === 0x46) {
      const named = open.slice(-256).findLastIndex((one) => one.name === event.name);
      const index = named >= 0 ? named + Math.max(0, open.length - 256) : open.length - 1;
      const [begun] = index < 0 ? [] : open.splice(index, 1);
      if (begun === undefined) {
        this.#losses.add('async-end-without-begin', where);
        return;
      }
      if (open.length === 0) this.#async.delete(key);
      this.#openAsync--;
      this.#builder.asyncMore(target.stream, high, low, RecordKind.ASYNC_END, begun.number, AsyncScope.RECORDING, 0, args);
      return;
    }
    const number = open.at(-1)?.number ?? ++this.#asyncNumbers;
    this.#builder.asyncMore(target.stream, high, low, RecordKind.ASYNC_INSTANT, number, AsyncScope.RECORDING, name, args);
  }

  /** What is open lasts to the end of the trace. */
  finish(): void {
    const { high, low } = this.#clock.last;
    for (const track of this.#tracks.all()) {
      this.#losses.add('end-without-begin', () => track.name, track.early.length);
      const target = track.open.length === 0 ? undefined : this.#tracks.target(track);
      for (let begin = track.open.pop(); begin !== undefined; begin = track.open.pop()) {
        const { name } = begin;
        this.#losses.add('begin-without-end', () => name);
        if (target !== undefined) this.#slice(track, target, begin, high, low, undefined);
      }
    }
    for (const open of this.#async.values()) this.#losses.add('async-begin-without-end', () => open[0]?.name ?? '', open.length);
  }
}

function readLegacy(bytes: Uint8Array, start: number, end: number): LegacyEvent {
  const fields = new ProtoFields().reset(bytes, start, end);
  const legacy: LegacyEvent = { nameIid: 0, phase: 0, durationNs: 0, id: '', enclosing: false, scope: 0 };
  let scope = '';
  while (fields.next()) {
    switch (fields.field) {
      case Legacy.NAME_IID:
        legacy.nameIid = fields.number;
        break;
      case Legacy.PHASE:
        legacy.phase = fields.low;
        break;
      case Legacy.DURATION_US:
        legacy.durationNs = fields.signed * 1000;
        break;
      case Legacy.UNSCOPED_ID:
      case Legacy.GLOBAL_ID:
        legacy.id = fields.bits.toString();
        break;
      case Legacy.LOCAL_ID:
        legacy.id = `local ${fields.bits}`;
        break;
      case Legacy.ID_SCOPE:
        scope = fields.text.slice(0, 200);
        break;
      case Legacy.BIND_TO_ENCLOSING:
        legacy.enclosing = fields.bool;
        break;
      case Legacy.INSTANT_SCOPE:
        legacy.scope = fields.low;
        break;
      default:
    }
  }
  if (scope !== '') legacy.id = `${legacy.id} ${scope}`;
  return legacy;
}

const textOf = (texts: InternedTexts, kind: number, iid: number): string => texts.get(kind)?.get(iid) ?? `(undefined text ${iid})`;
const joinedText = (before: string, more: string): string => (before === '' ? more : `${before},${more}`.slice(0, 4096));

/** One value, or several that are packed. */
function repeated(fields: ProtoFields): bigint[] {
  if (fields.wire !== Wire.BYTES) return [fields.bits];
  const { bytes, start, end } = fields;
  const values: bigint[] = [];
  let value = 0n;
  let shift = 0n;
  for (let at = start; at < end && values.length < MAX_ANNOTATIONS; at++) {
    const byte = bytes[at] as number;
    value |= BigInt(byte & 0x7f) << shift;
    shift += 7n;
    if (byte >= 0x80 && shift < 70n) continue;
    values.push(BigInt.asUintN(64, value));
    value = 0n;
    shift = 0n;
  }
  return values;
}

function doubles(fields: ProtoFields): number[] {
  if (fields.wire !== Wire.BYTES) return [fields.double];
  const view = new DataView(fields.bytes.buffer, fields.bytes.byteOffset + fields.start, fields.end - fields.start);
  return Array.from({ length: Math.min(MAX_ANNOTATIONS, Math.floor(view.byteLength / 8)) }, (_, i) => view.getFloat64(i * 8, true));
}

/** The members of two objects, as one; the second one's count where both have one. */
function joinedObjects(a: Uint8Array | undefined, b: Uint8Array | undefined): Uint8Array | undefined {
  if (a === undefined || b === undefined) return a ?? b;
  const joined = new Uint8Array(a.length + b.length - 1);
  joined.set(a.subarray(0, a.length - 1));
  joined[a.length - 1] = 0x2c;
  joined.set(b.subarray(1), a.length);
  return joined.length <= MAX_ARGS_BYTES ? joined : a;
}
