import { splitMonotonic } from '../../core/base/time.ts';
import { Definitions } from '../../core/model/definitions.ts';
import { decodeRecords, IgnoringVisitor, snapshotEntries } from '../../core/model/record-decoder.ts';
import { BlockType, type RecordingHead, type RecordingInfo } from '../../core/protocol/recording-format.ts';
import { BlockReader, decodeInfo } from '../../core/protocol/recording-reader.ts';
import { padTo8 } from '../../core/protocol/records.ts';

/** One event with names in place of ids, for comparing in tests. `thread` is "pid/tid", objects are numbered in their order. */
export interface DecodedEvent {
  readonly kind:
    | 'counter'
    | 'instant'
    | 'slice'
    | 'created'
    | 'snapshot'
    | 'deleted'
    | 'gap'
    | 'stall'
    | 'call'
    | 'run'
    | 'async-begin'
    | 'async-instant'
    | 'async-end'
    | 'flow';
  readonly thread: string;
  readonly timeNs: number;
  readonly name?: string;
  readonly category?: string;
  readonly durationNs?: number;
  readonly scope?: number;
  readonly args?: unknown;
  readonly values?: Readonly<Record<string, number>>;
  readonly object?: number;
  /** Of an async slice, an arrow, or the activation of an async function. */
  readonly number?: number;
  readonly parent?: number;
  /** Of an arrow: FlowPhase; of a run: RecordKind. */
  readonly phase?: number;
  readonly exit?: boolean;
  readonly track?: string;
  /** All attributes that the object has from here on. */
  readonly state?: Readonly<Record<string, unknown>>;
}

export interface DecodedRecording {
  readonly head: RecordingHead;
  readonly info: readonly RecordingInfo[];
  readonly events: readonly DecodedEvent[];
  readonly blocks: readonly { readonly type: BlockType; readonly stream: number; readonly firstNs: number; readonly lastNs: number; readonly count: number }[];
}

/** Everything that a whole recording holds, as plain objects. Throws when anything of it is damaged. */
export function decodeRecording(bytes: Uint8Array): DecodedRecording {
  const reader = new BlockReader();
  const info: RecordingInfo[] = [];
  const collector = new Collector(info);
  const blocks: DecodedRecording['blocks'][number][] = [];
  let head: RecordingHead | undefined;
  for (const item of [...reader.push(bytes), ...reader.end()]) {
    if (item.kind === 'head') {
      head = item.head;
      collector.start = splitMonotonic(BigInt(head.startMonotonicNs));
    } else if (item.kind === 'block') {
      const { type, stream, firstNs, lastNs, count } = item.header;
      blocks.push({ type, stream, firstNs, lastNs, count });
      if (type === BlockType.INFO) info.push(...decodeInfo(item.payload));
      else if (type === BlockType.DEFS) {
        if (collector.definitionsOf(stream).add(item.payload) > 0) throw new Error('damaged definitions');
      } else if (type === BlockType.DATA) collector.block(stream, item.payload.subarray(padTo8(item.header.openStackWords * 4)), item.header.clockHigh);
    } else throw new Error(item.problem.message);
  }
  if (head === undefined) throw new Error('no head');
  return { head, info, events: collector.events, blocks };
}

const decoder = new TextDecoder();

class Collector extends IgnoringVisitor {
  start = { high: 0, low: 0 };
  readonly events: DecodedEvent[] = [];
  readonly #info: readonly RecordingInfo[];
  readonly #definitions = new Map<number, Definitions>();
  readonly #states = new Map<string, { readonly number: number; readonly attributes: Map<string, unknown> }>();
  #stream = 0;
  #payload = new Uint8Array(0);
  #thread = '';

  constructor(info: readonly RecordingInfo[]) {
    super();
    this.#info = info;
  }

  definitionsOf(stream: number): Definitions {
    const known = this.#definitions.get(stream) ?? new Definitions();
    this.#definitions.set(stream, known);
    return known;
  }

  block(stream: number, payload: Uint8Array<ArrayBuffer>, clockHigh: number): void {
    this.#stream = stream;
    this.#payload = payload;
    const thread = this.#info.findLast((line) => line.kind === 'thread' && line.stream === stream);
    if (thread?.kind !== 'thread') throw new Error(`stream ${stream} was not announced`);
    const process = this.#info.findLast((line) => line.kind === 'process' && line.process === thread.process);
    this.#thread = `${process?.kind === 'process' ? process.pid : '?'}/${thread.thread}`;
    if (decodeRecords(payload, clockHigh, this.start, this) > 0) throw new Error('damaged records');
  }

  #text(id: number): string {
    return this.definitionsOf(this.#stream).text(id);
  }

  #args(at: number, bytes: number): { args?: unknown } {
    return bytes === 0 ? {} : { args: JSON.parse(decoder.decode(this.#payload.subarray(at, at + bytes))) as unknown };
  }

  #object(id: number): { readonly number: number; readonly attributes: Map<string, unknown> } {
    const key = `${this.#stream}/${id}`;
    const known = this.#states.get(key) ?? { number: this.#states.size, attributes: new Map() };
    this.#states.set(key, known);
    return known;
  }

  #named(id: number): string {
    return this.definitionsOf(this.#stream).objects.get(id)?.name ?? '?';
  }

  override counter(timeNs: number, counter: number, values: Float64Array, first: number, count: number): void {
    const definition = this.definitionsOf(this.#stream).counters.get(counter);
    if (definition === undefined) throw new Error('counter without definition');
    const named = Object.fromEntries(Array.from({ length: count }, (_, s) => [definition.series[s] as string, values[first + s] as number]));
    this.events.push({ kind: 'counter', thread: this.#thread, timeNs, name: definition.name, values: named });
  }
  override instant(timeNs: number, name: number, category: number, scope: number, at: number, bytes: number): void {
    this.events.push({
      kind: 'instant',
      thread: this.#thread,
      timeNs,
      name: this.#text(name),
      category: this.#text(category),
      scope,
      ...this.#args(at, bytes),
    });
  }
  override slice(endNs: number, durationNs: number, name: number, category: number, at: number, bytes: number, _record: number, track: number): void {
    const common = { thread: this.#thread, timeNs: endNs - durationNs, durationNs, ...(track !== 0 && { track: this.#text(track) }) };
    this.events.push({ kind: 'slice', ...common, name: this.#text(name), category: this.#text(category), ...this.#args(at, bytes) });
  }
  override objectCreated(timeNs: number, object: number): void {
    this.events.push({ kind: 'created', thread: this.#thread, timeNs, name: this.#named(object), object: this.#object(object).number });
  }
  override objectSnapshot(timeNs: number, object: number, flags: number, record: number): void {
    const { number, attributes } = this.#object(object);
    if ((flags & 1) !== 0) attributes.clear();
    for (const { key, json } of snapshotEntries(this.#payload, record)) {
      if (json === undefined) attributes.delete(this.#text(key));
      else attributes.set(this.#text(key), JSON.parse(decoder.decode(json)));
    }
    this.events.push({ kind: 'snapshot', thread: this.#thread, timeNs, name: this.#named(object), object: number, state: Object.fromEntries(attributes) });
  }
  override objectDeleted(timeNs: number, object: number): void {
    this.events.push({ kind: 'deleted', thread: this.#thread, timeNs, name: this.#named(object), object: this.#object(object).number });
  }
  override gap(timeNs: number, lost: number): void {
    this.events.push({ kind: 'gap', thread: this.#thread, timeNs, durationNs: lost });
  }
  override stall(timeNs: number, waitedNs: number): void {
    this.events.push({ kind: 'stall', thread: this.#thread, timeNs, durationNs: waitedNs });
  }
  override call(timeNs: number, functionId: number, exit: boolean): void {
    this.events.push({ kind: 'call', thread: this.#thread, timeNs, name: this.definitionsOf(this.#stream).functionName(functionId), exit });
  }
  override run(timeNs: number, functionId: number, call: number, kind: number): void {
    const name = this.definitionsOf(this.#stream).functionName(functionId);
    this.events.push({ kind: 'run', thread: this.#thread, timeNs, name, number: call, phase: kind });
  }
  override asyncBegin(
    timeNs: number,
    number: number,
    _scope: number,
    name: number,
    category: number,
    parent: number,
    _flags: number,
    at: number,
    bytes: number,
  ): void {
    const common = { thread: this.#thread, timeNs, number, parent };
    this.events.push({ kind: 'async-begin', ...common, name: this.#text(name), category: this.#text(category), ...this.#args(at, bytes) });
  }
  override asyncInstant(timeNs: number, number: number, _scope: number, name: number, at: number, bytes: number): void {
    this.events.push({ kind: 'async-instant', thread: this.#thread, timeNs, number, name: this.#text(name), ...this.#args(at, bytes) });
  }
  override asyncEnd(timeNs: number, number: number, _scope: number, name: number, at: number, bytes: number): void {
    this.events.push({ kind: 'async-end', thread: this.#thread, timeNs, number, name: this.#text(name), ...this.#args(at, bytes) });
  }
  override flow(timeNs: number, number: number, _scope: number, name: number, category: number, phase: number): void {
    this.events.push({ kind: 'flow', thread: this.#thread, timeNs, number, name: this.#text(name), category: this.#text(category), phase });
  }
}
