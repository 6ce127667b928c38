import { crc32 } from '../../core/base/crc32.ts';
import type { ByteSource } from '../../core/formats/byte-source.ts';
import { RecordingBuilder } from '../../core/formats/record-writer.ts';
import { Trace, type TraceOptions } from '../../core/model/trace.ts';
import type { RecordingInfo, SessionEnd } from '../../core/protocol/recording-format.ts';
import { BlockReader } from '../../core/protocol/recording-reader.ts';
import { AsyncScope, REMOVED, RecordKind } from '../../core/protocol/records.ts';
import { encodeSource } from '../../core/protocol/sources.ts';

/** The recording's clock starts inside a word, so that tests cross the border of its high word. */
const START_NS = 5n * 2n ** 32n + 4_000_000_000n;
export const START_EPOCH_NS = 1_700_000_000_123_000_000n;

const encoder = new TextEncoder();

/** Writes a recording event by event, with times in ns since its start and names in place of ids. */
export class TestRecording {
  readonly #builder = new RecordingBuilder({ title: 'test' });
  readonly #counters = new Map<string, number>();
  readonly #objects = new Map<string, number>();
  #values = new Float64Array(64);

  constructor() {
    this.#builder.setStart({ monotonicNs: START_NS, epochNs: START_EPOCH_NS });
  }

  process(name = 'script.js', pid = 100): number {
    return this.#builder.process({ pid, name, nodeVersion: 'v20.19.0' });
  }

  thread(process = 0, name = 'main', thread = 0): number {
    return this.#builder.thread(process, thread, name);
  }

  /** One process with one thread. Returns its stream. */
  static simple(): { readonly recording: TestRecording; readonly stream: number } {
    const recording = new TestRecording();
    return { recording, stream: recording.thread(recording.process()) };
  }

  info(line: RecordingInfo): void {
    this.#builder.info(line);
  }

  /** The text of a file, or why it is left out. */
  source(file: string, text: string, leftOut?: string): void {
    const content = encoder.encode(text);
    const head = { file, bytes: content.length, sum: crc32(content), encoding: 'none', ...(leftOut !== undefined && { leftOut }) } as const;
    this.#builder.source(encodeSource(head, content));
  }

  counter(stream: number, timeNs: number, name: string, values: Readonly<Record<string, number>>): void {
    const series = Object.keys(values);
    const key = `${stream}\n${name}\n${series.join('\n')}`;
    let id = this.#counters.get(key);
    if (id === undefined) {
      id = this.#builder.counterDefinition(
        stream,
        this.#builder.string(stream, name),
        series.map((one) => this.#builder.string(stream, one)),
      );
      this.#counters.set(key, id);
    }
    if (series.length > this.#values.length) this.#values = new Float64Array(series.length);
    for (let s = 0; s < series.length; s++) this.#values[s] = values[series[s] as string] as number;
    const [high, low] = words(timeNs);
    this.#builder.counter(stream, high, low, id, this.#values, series.length);
  }

  instant(stream: number, timeNs: number, name: string, options: { readonly category?: string; readonly args?: unknown } = {}): void {
    const [high, low] = words(timeNs);
    this.#builder.instant(stream, high, low, this.#builder.string(stream, name), this.#category(stream, options.category), 0, json(options.args));
  }

  slice(
    stream: number,
    startNs: number,
    durationNs: number,
    name: string,
    options: { readonly category?: string; readonly args?: unknown; readonly track?: string } = {},
  ): void {
    const [high, low] = words(startNs + durationNs);
    const texts = [this.#builder.string(stream, name), this.#category(stream, options.category)] as const;
    const args = json(options.args);
    this.#builder.slice(stream, high, low, durationNs, ...texts, args, args?.length, this.#category(stream, options.track));
  }

  /** Id of a function in its stream. */
  function(stream: number, name: string, file = '', line = 0, column = 0, flags = 0): number {
    return this.#builder.functionDefinition(stream, name, file, line, column, flags);
  }

  enter(stream: number, timeNs: number, functionId: number, args?: unknown): void {
    this.#builder.enter(stream, ...words(timeNs), functionId);
    if (args !== undefined) this.#builder.callValue(stream, ...words(timeNs), RecordKind.CALL_ARGUMENTS, json(args) as Uint8Array);
  }

  exit(stream: number, timeNs: number, functionId: number, result?: unknown): void {
    if (result !== undefined) this.#builder.callValue(stream, ...words(timeNs), RecordKind.CALL_RESULT, json(result) as Uint8Array);
    this.#builder.exit(stream, ...words(timeNs), functionId);
  }

  /** `kind`: CALL_BEGIN, CALL_SUSPEND, CALL_RESUME or CALL_END. */
  run(stream: number, timeNs: number, kind: 12 | 13 | 14 | 15, functionId: number, call: number): void {
    this.#builder.run(stream, ...words(timeNs), kind, functionId, call);
  }

  asyncBegin(
    stream: number,
    timeNs: number,
    number: number,
    name: string,
    options: { readonly category?: string; readonly args?: unknown; readonly parent?: number; readonly flags?: number; readonly scope?: number } = {},
  ): void {
    const { category, args, parent = 0, flags = 0, scope = AsyncScope.RECORDING } = options;
    const texts = [this.#builder.string(stream, name), this.#category(stream, category)] as const;
    this.#builder.asyncBegin(stream, ...words(timeNs), number, scope, ...texts, parent, flags, json(args));
  }

  asyncInstant(stream: number, timeNs: number, number: number, name: string, args?: unknown): void {
    const at = [stream, ...words(timeNs)] as const;
    this.#builder.asyncMore(...at, RecordKind.ASYNC_INSTANT, number, AsyncScope.RECORDING, this.#builder.string(stream, name), json(args));
  }

  asyncEnd(stream: number, timeNs: number, number: number, args?: unknown, scope: number = AsyncScope.RECORDING): void {
    this.#builder.asyncMore(stream, ...words(timeNs), RecordKind.ASYNC_END, number, scope, 0, json(args));
  }

  /** `phase`: FlowPhase. */
  flow(stream: number, timeNs: number, number: number, phase: number, name = 'flow', category = 'flow'): void {
    const texts = [this.#builder.string(stream, name), this.#builder.string(stream, category)] as const;
    this.#builder.flow(stream, ...words(timeNs), number, AsyncScope.RECORDING, ...texts, phase);
  }

  object(stream: number, name: string, className = ''): number {
    const key = `${stream}\n${name}`;
    let id = this.#objects.get(key);
    if (id === undefined) {
      id = this.#builder.objectDefinition(stream, this.#builder.string(stream, name), this.#category(stream, className));
      this.#objects.set(key, id);
    }
    return id;
  }

  created(stream: number, timeNs: number, object: number): void {
    this.#builder.objectCreated(stream, ...words(timeNs), object);
  }

  deleted(stream: number, timeNs: number, object: number): void {
    this.#builder.objectDeleted(stream, ...words(timeNs), object);
  }

  /** `fields` as they are written (see snapshot-value.ts); undefined: the attribute was removed. */
  snapshot(stream: number, timeNs: number, object: number, fields: Readonly<Record<string, unknown>>, keyframe = false): void {
    const entries: number[] = [];
    const parts: Uint8Array[] = [];
    for (const [key, value] of Object.entries(fields)) {
      const bytes =
        value === undefined ? undefined : encoder.encode(typeof value === 'object' && value instanceof RawJson ? value.text : JSON.stringify(value));
      entries.push(this.#builder.string(stream, key), bytes ? bytes.length : REMOVED);
      if (bytes) parts.push(bytes);
    }
    const values = concat(parts);
    const [high, low] = words(timeNs);
    this.#builder.objectSnapshot(stream, high, low, object, keyframe ? 1 : 0, entries, entries.length / 2, values);
  }

  gap(stream: number, timeNs: number, lost: number): void {
    this.#builder.gap(stream, ...words(timeNs), lost, 1);
  }

  stall(stream: number, timeNs: number, waitedNs: number): void {
    this.#builder.stall(stream, ...words(timeNs), waitedNs);
  }

  console(timeNs: number, text: string | Uint8Array, source: 0 | 1 | 2 | 3 = 0): void {
    this.#builder.console(timeNs, text, source);
  }

  /** Ends the blocks that are being filled. */
  seal(): void {
    this.#builder.seal();
  }

  /** What was written so far, without an end. */
  soFar(): Uint8Array {
    this.#builder.seal();
    return concat(this.#builder.take());
  }

  finish(end?: SessionEnd): Uint8Array {
    return concat(this.#builder.finish(end));
  }

  #category(stream: number, text: string | undefined): number {
    return text ? this.#builder.string(stream, text) : 0;
  }
}

/** A value whose JSON text is given, for texts that JSON.stringify does not make. */
export class RawJson {
  readonly text: string;
  constructor(text: string) {
    this.text = text;
  }
}

function words(timeNs: number): [number, number] {
  const time = START_NS + BigInt(Math.round(timeNs));
  return [Number(time >> 32n), Number(time & 0xffffffffn)];
}

const json = (value: unknown): Uint8Array | undefined => (value === undefined ? undefined : encoder.encode(JSON.stringify(value)));

export function concat(parts: readonly Uint8Array[]): Uint8Array {
  const whole = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}

/** Memory as a source; counts what is read at random. */
export class MemorySource implements ByteSource {
  readonly bytes: Uint8Array;
  reads = 0;
  constructor(bytes: Uint8Array) {
    this.bytes = bytes;
  }
  async size(): Promise<number> {
    return this.bytes.length;
  }
  async read(offset: number, length: number): Promise<Uint8Array> {
    this.reads++;
    return this.bytes.slice(offset, offset + length);
  }
  async *follow(offset: number): AsyncGenerator<Uint8Array, void, undefined> {
    for (let at = offset; at < this.bytes.length; at += 65_536) yield this.bytes.subarray(at, at + 65_536);
  }
}

/** A model that is fed with the recording bit by bit: `grow` gives it the bytes up to an offset. */
export function growingTrace(
  bytes: Uint8Array,
  options: TraceOptions = {},
  source = new MemorySource(bytes),
): { readonly trace: Trace; grow(to: number): void } {
  const trace = new Trace(source, options);
  const reader = new BlockReader();
  let at = 0;
  const grow = (to: number) => {
    for (const item of reader.push(bytes.subarray(at, to))) {
      if (item.kind === 'head') trace.setHead(item.head);
      else if (item.kind === 'block') trace.addBlock(item.header, item.payload, item.offset);
      else throw new Error(item.problem.message);
    }
    at = to;
  };
  return { trace, grow };
}

/** The model of a whole recording. */
export function traceOf(bytes: Uint8Array, options: TraceOptions = {}, source = new MemorySource(bytes)): Trace {
  const { trace, grow } = growingTrace(bytes, options, source);
  grow(bytes.length);
  return trace;
}
