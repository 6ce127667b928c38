import { RecordStream } from '../../core/protocol/record-stream.ts';
import { BlockType } from '../../core/protocol/recording-format.ts';
import { type BlockFields, RecordingEncoder } from '../../core/protocol/recording-writer.ts';
import { extendedTag, padTo8, RecordKind } from '../../core/protocol/records.ts';
import type { SegmentRule } from '../../core/protocol/summary/segment-rule.ts';
import { SliceTable } from '../../core/protocol/summary/slice-table.ts';
import { StreamSummaries } from '../../core/protocol/summary/stream-summaries.ts';
import { concat } from './build-recording.ts';

/** Inside a word, so that tests cross the border of its high word. */
const START_NS = 3n * 2n ** 32n + 4_294_000_000n;
const START = { high: Number(START_NS >> 32n), low: Number(START_NS & 0xffffffffn) };
const encoder = new TextEncoder();

/** Writes the calls of threads as a target does, and cuts them into blocks as the collector does: `cut` ends one. Times are ns since the start. */
export class CallRecording {
  readonly #rule: SegmentRule | undefined;
  readonly #scratch = new SliceTable();

  /** `rule`: with summaries, of segments of that size. */
  constructor(rule?: SegmentRule) {
    this.#rule = rule;
  }

  readonly #encoder = new RecordingEncoder({ studio: 'test', session: 'test', startMonotonicNs: `${START_NS}`, startEpochNs: '0', title: 'calls' });
  readonly #parts: Uint8Array[] = [this.#encoder.fileHeader];
  readonly #threads: Thread[] = [];

  /** Returns the stream. `functions` get the ids 1, 2 …, all of one file. */
  thread(functions: readonly string[], name = 'main', file = '/app/main.js'): number {
    const stream = this.#threads.length + 1;
    if (stream === 1) {
      this.#info({ kind: 'process', process: 0, pid: 10, ppid: 1, name: 'script.js', argv: [], nodeVersion: 'v20', timeNs: 0 });
    }
    this.#info({ kind: 'thread', stream, process: 0, thread: stream - 1, name, timeNs: 0 });
    const records = new RecordStream(
      stream,
      START,
      () => START,
      (fields, payload) => {
        // The stream goes on in the same buffer.
        const own = payload.slice();
        this.#parts.push(...this.#encoder.block(fields, own));
        summaries?.add(fields, own);
      },
    );
    const rule = this.#rule;
    const emit = (fields: BlockFields, payload: Uint8Array) => this.#parts.push(...this.#encoder.block(fields, payload));
    const summaries = rule && new StreamSummaries({ stream, start: START, scratch: this.#scratch, rule, emit });
    const thread = { records, summaries, high: -1, strings: new Map<string, number>() };
    this.#threads.push(thread);
    this.#define(
      stream,
      RecordKind.DEF_FUNCTIONS,
      [1, functions.length, this.string(stream, file)],
      functions.map((text, i) => `${i + 1} 1 0 ${text}`).join('\n'),
    );
    return stream;
  }

  #info(line: Parameters<RecordingEncoder['info']>[0][number]): void {
    this.#parts.push(...this.#encoder.info([line]));
  }

  string(stream: number, text: string): number {
    const { strings } = this.#thread(stream);
    let id = strings.get(text);
    if (id === undefined) {
      id = strings.size + 1;
      strings.set(text, id);
      this.#define(stream, RecordKind.DEF_STRING, [id], text);
    }
    return id;
  }

  #define(stream: number, kind: RecordKind, numbers: readonly number[], text: string): void {
    const bytes = encoder.encode(text);
    const head = (numbers.length + 1) * 4;
    const record = new Uint8Array(8 + head + padTo8(bytes.length));
    const words = new DataView(record.buffer);
    words.setUint32(4, extendedTag(kind, record.length - 8), true);
    numbers.forEach((value, i) => {
      words.setUint32(8 + i * 4, value, true);
    });
    words.setUint32(8 + numbers.length * 4, bytes.length, true);
    record.set(bytes, 8 + head);
    this.#parts.push(...this.#encoder.block({ type: BlockType.DEFS, stream, count: 1, firstNs: 0, lastNs: 0 }, record));
  }

  #thread(stream: number): Thread {
    const thread = this.#threads[stream - 1];
    if (!thread) throw new Error(`there is no stream ${stream}`);
    return thread;
  }

  #push(stream: number, timeNs: number, tag: number, payload: readonly number[] = [], json?: string): void {
    const thread = this.#thread(stream);
    const time = START_NS + BigInt(timeNs);
    const high = Number(time >> 32n);
    if (high !== thread.high) {
      thread.high = high;
      thread.records.push(new Uint8Array(Uint32Array.of(high, extendedTag(RecordKind.EPOCH, 0)).buffer));
    }
    const text = json === undefined ? new Uint8Array(0) : encoder.encode(json);
    const words = Uint32Array.of(Number(time & 0xffffffffn), tag, ...payload);
    thread.records.push(concat([new Uint8Array(words.buffer), text, new Uint8Array(padTo8(text.length) - text.length)]));
  }

  enter(stream: number, timeNs: number, functionId: number, args?: unknown): void {
    this.#push(stream, timeNs, functionId << 1);
    if (args !== undefined) this.#json(stream, timeNs, RecordKind.CALL_ARGUMENTS, args);
  }

  exit(stream: number, timeNs: number, functionId: number, result?: unknown): void {
    if (result !== undefined) this.#json(stream, timeNs, RecordKind.CALL_RESULT, result);
    this.#push(stream, timeNs, ((functionId << 1) | 1) >>> 0);
  }

  #json(stream: number, timeNs: number, kind: RecordKind, value: unknown): void {
    const json = JSON.stringify(value);
    const bytes = encoder.encode(json).length;
    this.#push(stream, timeNs, extendedTag(kind, 8 + padTo8(bytes)), [bytes, 0], json);
  }

  /** `kind`: CALL_BEGIN, CALL_SUSPEND, CALL_RESUME or CALL_END. */
  run(stream: number, timeNs: number, kind: RecordKind, functionId: number, call: number): void {
    this.#push(stream, timeNs, extendedTag(kind, 8), [functionId, call]);
  }

  instant(stream: number, timeNs: number, name: string, category = ''): void {
    const ids = [this.string(stream, name), category === '' ? 0 : this.string(stream, category)];
    this.#push(stream, timeNs, extendedTag(RecordKind.INSTANT, 16), [...ids, 0, 0]);
  }

  slice(stream: number, startNs: number, endNs: number, name: string, track = ''): void {
    const duration = new Uint32Array(Float64Array.of(endNs - startNs).buffer);
    const ids = [this.string(stream, name), 0, duration[0] as number, duration[1] as number, 0, track === '' ? 0 : this.string(stream, track)];
    this.#push(stream, endNs, extendedTag(RecordKind.SLICE, 24), ids);
  }

  asyncBegin(
    stream: number,
    timeNs: number,
    number: number,
    name: string,
    options: { readonly scope?: number; readonly parent?: number; readonly flags?: number } = {},
  ): void {
    const { scope = 0, parent = 0, flags = 0 } = options;
    this.#push(stream, timeNs, extendedTag(RecordKind.ASYNC_BEGIN, 32), [number, scope, this.string(stream, name), 0, parent, flags, 0, 0]);
  }

  asyncEnd(stream: number, timeNs: number, number: number, scope = 0): void {
    this.#push(stream, timeNs, extendedTag(RecordKind.ASYNC_END, 16), [number, scope, 0, 0]);
  }

  flow(stream: number, timeNs: number, number: number, phase: number, scope = 0): void {
    this.#push(stream, timeNs, extendedTag(RecordKind.FLOW, 24), [number, scope, this.string(stream, 'link'), 0, phase, 0]);
  }

  /** `lost` records before this time; `open`: function ids from the outermost. */
  gap(stream: number, timeNs: number, lost: number, open: readonly number[]): void {
    const time = START_NS + BigInt(timeNs);
    const [low, high] = new Uint32Array(Float64Array.of(lost).buffer) as unknown as [number, number];
    const words = [low, high, Number(time >> 32n), Number(time & 0xffffffffn), 1, open.length, ...open];
    if (words.length % 2 === 1) words.push(0);
    this.#push(stream, timeNs, extendedTag(RecordKind.GAP, words.length * 4), words);
  }

  /** Ends the block under way. */
  cut(stream: number): void {
    this.#thread(stream).records.flush();
  }

  soFar(): Uint8Array {
    for (const { records } of this.#threads) records.flush();
    return concat(this.#parts);
  }

  /** An index of what there is, as the collector writes one from time to time. */
  index(): void {
    this.soFar();
    this.#parts.push(...this.#encoder.index());
  }

  finish(): Uint8Array {
    this.soFar();
    for (const { summaries } of this.#threads) {
      summaries?.seal();
      summaries?.end();
    }
    return concat([...this.#parts, ...this.#encoder.closing({ events: 0, dropped: 0, durationNs: 0 })]);
  }
}

interface Thread {
  readonly records: RecordStream;
  readonly summaries: StreamSummaries | undefined;
  high: number;
  readonly strings: Map<string, number>;
}
