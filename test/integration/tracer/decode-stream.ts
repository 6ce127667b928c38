/** Decodes what a target sends into lists that a test can compare. Written from the protocol alone, not from the product's decoder. */
import { isExtended, kindOf, padTo8, REMOVED, RecordKind, recordBytes } from '../../../core/protocol/records.ts';

export type TracedEvent =
  | { kind: 'counter'; timeNs: bigint; name: string; values: Record<string, number> }
  | { kind: 'instant'; timeNs: bigint; name: string; category?: string; scope: number; args: unknown }
  | { kind: 'slice'; timeNs: bigint; name: string; category?: string; durationNs: number; args: unknown; track?: string }
  | {
      kind: 'async-begin';
      timeNs: bigint;
      number: number;
      scope: number;
      name: string;
      category: string;
      parent: number;
      flags: number;
      args: unknown;
    }
  | { kind: 'async-instant' | 'async-end'; timeNs: bigint; number: number; scope: number; name: string; args: unknown }
  | { kind: 'flow'; timeNs: bigint; number: number; scope: number; name: string; category: string; phase: number }
  | { kind: 'created' | 'deleted'; timeNs: bigint; object: number; name: string; className: string }
  | { kind: 'snapshot'; timeNs: bigint; object: number; name: string; flags: number; changes: Record<string, unknown>; state: Record<string, unknown> }
  | { kind: 'gap'; timeNs: bigint; lost: number; reason: number; clock: bigint; stack: string[] }
  | { kind: 'stall'; timeNs: bigint; ns: number };

/** A call or a run of one, in the order of the stream. */
export interface TracedCall {
  readonly kind: 'enter' | 'exit' | 'begin' | 'suspend' | 'resume' | 'end';
  readonly timeNs: bigint;
  readonly function: TracedFunction;
  /** Number of the activation; 0 for a plain call. */
  readonly call: number;
  args?: unknown;
  result?: unknown;
}
export interface TracedFunction {
  readonly name: string;
  readonly file: string;
  readonly line: number;
  readonly column: number;
  readonly flags: number;
}
const RUN_KINDS = new Map<number, TracedCall['kind']>([
  [RecordKind.CALL_BEGIN, 'begin'],
  [RecordKind.CALL_SUSPEND, 'suspend'],
  [RecordKind.CALL_RESUME, 'resume'],
  [RecordKind.CALL_END, 'end'],
]);

interface CounterDefinition {
  name: string;
  series: string[];
}
interface ObjectDefinition {
  name: string;
  className: string;
}

const decoder = new TextDecoder('utf-8', { fatal: true });

/** What Node tells of afterwards: pauses, marks, lookups. */
const MAY_LIE_IN_THE_PAST: ReadonlySet<number> = new Set([
  RecordKind.INSTANT,
  RecordKind.SLICE,
  RecordKind.ASYNC_BEGIN,
  RecordKind.ASYNC_INSTANT,
  RecordKind.ASYNC_END,
]);

/** The stream of one thread. Counters are only counted when `keepCounters` is false. */
export class StreamDecoder {
  readonly events: TracedEvent[] = [];
  counters = 0;
  lastCounter: Extract<TracedEvent, { kind: 'counter' }> | undefined;
  definitionBytes = 0;
  dataBytes = 0;
  readonly #keepCounters: boolean;
  /** Calls, apart from the events. Only counted when `keepCounters` is false. */
  readonly calls: TracedCall[] = [];
  callRecords = 0;
  readonly functions = new Map<number, TracedFunction>();
  readonly #texts = new Map<number, string>();
  readonly #counters = new Map<number, CounterDefinition>();
  readonly #objects = new Map<number, ObjectDefinition>();
  readonly #states = new Map<number, Record<string, unknown>>();
  #carry = new Uint8Array(0);
  #high: number | undefined;
  #last = 0n;

  constructor(keepCounters: boolean) {
    this.#keepCounters = keepCounters;
  }

  /** Bytes of a record that has not arrived whole. */
  get rest(): number {
    return this.#carry.length;
  }

  definitions(body: Uint8Array): void {
    this.definitionBytes += body.length;
    const view = viewOf(body);
    let at = 0;
    while (at < body.length) {
      const tag = view.getUint32(at + 4, true);
      this.#define(kindOf(tag), view, body, at + 8);
      at += recordBytes(tag);
    }
    if (at !== body.length) throw new Error(`a DEFS body ends inside a record: ${at} of ${body.length}`);
  }

  data(body: Uint8Array): void {
    this.dataBytes += body.length;
    const bytes = this.#carry.length === 0 ? body : concat(this.#carry, body);
    const view = viewOf(bytes);
    let at = 0;
    while (at + 8 <= bytes.length) {
      const tag = view.getUint32(at + 4, true);
      const next = at + recordBytes(tag);
      if (next > bytes.length) break;
      this.#record(tag, view, bytes, at);
      at = next;
    }
    this.#carry = bytes.slice(at);
  }

  #define(kind: number, view: DataView, bytes: Uint8Array, at: number): void {
    const word = (n: number): number => view.getUint32(at + 4 * n, true);
    if (kind === RecordKind.DEF_STRING) this.#texts.set(word(0), decoder.decode(bytes.slice(at + 8, at + 8 + word(1))));
    else if (kind === RecordKind.DEF_COUNTER) {
      const series = Array.from({ length: word(2) }, (_, i) => this.#text(word(4 + i)));
      this.#counters.set(word(0), { name: this.#text(word(1)), series });
    } else if (kind === RecordKind.DEF_OBJECT) this.#objects.set(word(0), { name: this.#text(word(1)), className: this.#text(word(2)) });
    else if (kind === RecordKind.DEF_FUNCTIONS) {
      const lines = decoder.decode(bytes.slice(at + 16, at + 16 + word(3))).split('\n', word(1));
      for (const [i, text] of lines.entries()) {
        const [, line, column, flags, name = ''] = known(/^(\d+) (\d+) (\d+) (.*)$/.exec(text) ?? undefined, `a function's line "${text}"`);
        this.functions.set(word(0) + i, { name, file: this.#text(word(2)), line: Number(line), column: Number(column), flags: Number(flags) });
      }
    } else throw new Error(`a DEFS frame carries a record of kind ${kind}`);
  }

  #text(id: number): string {
    return known(this.#texts.get(id), `text ${id}`);
  }

  #category(id: number): { category?: string } {
    return id === 0 ? {} : { category: this.#text(id) };
  }

  /** `mayBeLate`: of a kind that may lie in the past. */
  #time(low: number, mayBeLate = false): bigint {
    const timeNs = (BigInt(known(this.#high, 'clock')) << 32n) | BigInt(low);
    if (mayBeLate) return timeNs;
    if (timeNs < this.#last) throw new Error(`time goes back from ${this.#last} to ${timeNs}`);
    this.#last = timeNs;
    return timeNs;
  }

  #stack(word: (n: number) => number): string[] {
    return Array.from({ length: word(5) }, (_, i) => known(this.functions.get(word(6 + i)), `function ${word(6 + i)}`).name);
  }

  #call(kind: TracedCall['kind'], timeNs: bigint, id: number, call: number): void {
    this.callRecords++;
    const definition = known(this.functions.get(id), `function ${id}`);
    if (this.#keepCounters) this.calls.push({ kind, timeNs, function: definition, call });
  }

  #record(tag: number, view: DataView, bytes: Uint8Array, at: number): void {
    const low = view.getUint32(at, true);
    if (!isExtended(tag)) {
      this.#call((tag & 1) === 1 ? 'exit' : 'enter', this.#time(low), tag >>> 1, 0);
      return;
    }
    const kind = kindOf(tag);
    if (kind === RecordKind.EPOCH) {
      this.#high = low;
      return;
    }
    const timeNs = this.#time(low, MAY_LIE_IN_THE_PAST.has(kind));
    const word = (n: number): number => view.getUint32(at + 8 + 4 * n, true);
    const float = (offset: number): number => view.getFloat64(at + 8 + offset, true);
    const json = (offset: number, length: number): unknown =>
      length === 0 ? undefined : JSON.parse(decoder.decode(bytes.slice(at + 8 + offset, at + 8 + offset + length)));
    const object = (): { object: number; name: string; className: string } => ({ object: word(0), ...known(this.#objects.get(word(0)), `object ${word(0)}`) });
    const run = RUN_KINDS.get(kind);
    if (run) {
      this.#call(run, timeNs, word(0), word(1));
      return;
    }
    switch (kind) {
      case RecordKind.CALL_ARGUMENTS:
        known(this.calls.at(-1), 'the call of arguments').args = json(8, word(0));
        return;
      case RecordKind.CALL_RESULT:
        known(this.calls.at(-1), 'the call of a result').result = json(8, word(0));
        return;
      case RecordKind.COUNTER: {
        this.counters++;
        const { name, series } = known(this.#counters.get(word(0)), `counter ${word(0)}`);
        if (word(1) !== series.length) throw new Error(`${name} has ${series.length} series and a record of ${word(1)}`);
        this.lastCounter = { kind: 'counter', timeNs, name, values: Object.fromEntries(series.map((key, i) => [key, float(8 + 8 * i)])) };
        if (this.#keepCounters) this.events.push(this.lastCounter);
        return;
      }
      case RecordKind.INSTANT:
        this.events.push({ kind: 'instant', timeNs, name: this.#text(word(0)), ...this.#category(word(1)), scope: word(2), args: json(16, word(3)) });
        return;
      case RecordKind.SLICE: {
        const track = word(5) === 0 ? {} : { track: this.#text(word(5)) };
        this.events.push({
          kind: 'slice',
          timeNs,
          name: this.#text(word(0)),
          ...this.#category(word(1)),
          durationNs: float(8),
          args: json(24, word(4)),
          ...track,
        });
        return;
      }
      case RecordKind.ASYNC_BEGIN: {
        const [number, scope, parent, flags] = [word(0), word(1), word(4), word(5)];
        const [name, category] = [this.#text(word(2)), this.#text(word(3))];
        this.events.push({ kind: 'async-begin', timeNs, number, scope, name, category, parent, flags, args: json(32, word(6)) });
        return;
      }
      case RecordKind.ASYNC_INSTANT:
      case RecordKind.ASYNC_END: {
        const name = word(2) === 0 ? '' : this.#text(word(2));
        const what = kind === RecordKind.ASYNC_END ? 'async-end' : 'async-instant';
        this.events.push({ kind: what, timeNs, number: word(0), scope: word(1), name, args: json(16, word(3)) });
        return;
      }
      case RecordKind.FLOW:
        this.events.push({
          kind: 'flow',
          timeNs,
          number: word(0),
          scope: word(1),
          name: this.#text(word(2)),
          category: this.#text(word(3)),
          phase: word(4),
        });
        return;
      case RecordKind.OBJECT_CREATED:
        this.events.push({ kind: 'created', timeNs, ...object() });
        return;
      case RecordKind.OBJECT_DELETED:
        this.events.push({ kind: 'deleted', timeNs, ...object() });
        return;
      case RecordKind.OBJECT_SNAPSHOT: {
        const changes: Record<string, unknown> = {};
        const state = word(1) & 1 ? {} : { ...known(this.#states.get(word(0)), `snapshot before this one of object ${word(0)}`) };
        let from = 16 + 8 * word(2);
        for (let i = 0; i < word(2); i++) {
          const [key, length] = [this.#text(word(4 + 2 * i)), word(5 + 2 * i)];
          if (length === REMOVED) {
            changes[key] = undefined;
            delete state[key];
            continue;
          }
          changes[key] = state[key] = json(from, length);
          from += length;
        }
        if (padTo8(from) !== recordBytes(tag) - 8) throw new Error('lengths of a snapshot do not add up');
        this.#states.set(word(0), state);
        const { name } = object();
        this.events.push({ kind: 'snapshot', timeNs, object: word(0), name, flags: word(1), changes, state: { ...state } });
        return;
      }
      case RecordKind.GAP:
        this.events.push({ kind: 'gap', timeNs, lost: float(0), clock: (BigInt(word(2)) << 32n) | BigInt(word(3)), reason: word(4), stack: this.#stack(word) });
        return;
      case RecordKind.STALL:
        this.events.push({ kind: 'stall', timeNs, ns: float(0) });
        return;
      default:
        throw new Error(`a record of unknown kind ${kind}`);
    }
  }
}

function known<T>(value: T | undefined, what: string): T {
  if (value === undefined) throw new Error(`${what} is used before it is defined`);
  return value;
}
const viewOf = (bytes: Uint8Array): DataView => new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
function concat(a: Uint8Array, b: Uint8Array): Uint8Array<ArrayBuffer> {
  const both = new Uint8Array(a.length + b.length);
  both.set(a);
  both.set(b, a.length);
  return both;
}
