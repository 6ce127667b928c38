import { once } from 'node:events';
import { createWriteStream } from 'node:fs';
import { crc32 } from 'node:zlib';
import { RecordStream } from '../../../core/protocol/record-stream.ts';
import { type BlockHeader, BlockType } from '../../../core/protocol/recording-format.ts';
import { encodeInfo, RecordingEncoder } from '../../../core/protocol/recording-writer.ts';
import { extendedTag, padTo8, RecordKind } from '../../../core/protocol/records.ts';
import { SliceTable } from '../../../core/protocol/summary/slice-table.ts';
import { StreamSummaries } from '../../../core/protocol/summary/stream-summaries.ts';

export const FUNCTIONS = 400;
const encoder = new TextEncoder();

export interface WrittenRecording {
  readonly bytes: number;
  readonly records: number;
  readonly durationNs: number;
  readonly summaryBytes: number;
}

/**
 * A recording of calls as the collector writes it, streamed to a file: two threads, nesting up to 40 deep, a counter sample among 5,000 calls. The pattern of calls is one of
 * 2 M records, again and again with other times, so that writing 10 GB takes as long as the disk does.
 */
export async function writeRecording(file: string, wantedBytes: number, withSummaries = true): Promise<WrittenRecording> {
  const start = { high: 0, low: 0 };
  const out = createWriteStream(file, { highWaterMark: 16 * 1024 * 1024 });
  const recording = new RecordingEncoder(
    { studio: 'bench', session: 'bench', startMonotonicNs: '0', startEpochNs: '0', title: 'bench' },
    { crc: (bytes) => crc32(bytes) },
  );
  let summaryBytes = 0;
  let full: Promise<unknown> | undefined;
  const write = (parts: readonly Uint8Array[]) => {
    for (const part of parts) if (!out.write(part)) full ??= once(out, 'drain');
  };
  write([recording.fileHeader]);
  const line = (text: string) => JSON.parse(text);
  const info = [line('{"kind":"process","process":0,"pid":1,"ppid":0,"name":"bench.js","argv":[],"nodeVersion":"v20","timeNs":0}')];
  for (const stream of [1, 2]) info.push({ kind: 'thread', stream, process: 0, thread: stream - 1, name: `thread ${stream}`, timeNs: 0 });
  write(recording.block({ type: BlockType.INFO, stream: 0, count: info.length, firstNs: 0, lastNs: 0 }, encodeInfo(info)));
  for (const stream of [1, 2]) write(recording.block({ type: BlockType.DEFS, stream, count: 4, firstNs: 0, lastNs: 0 }, definitions()));
  const scratch = new SliceTable();
  const threads = [1, 2].map((stream) => {
    const summaries = new StreamSummaries({
      stream,
      start,
      scratch,
      emit: (fields, payload) => {
        summaryBytes += payload.length;
        write(recording.block(fields, payload));
      },
    });
    const records = new RecordStream(
      stream,
      start,
      () => start,
      (fields, payload) => {
        write(recording.block(fields, payload));
        if (withSummaries) summaries.add(fields, payload);
      },
    );
    return { records, summaries, pattern: new CallPattern(stream) };
  });
  let records = 0;
  while (recording.offset < wantedBytes) {
    for (const thread of threads) {
      const piece = thread.pattern.next();
      thread.records.push(piece);
      records += piece.length / 8;
    }
    if (full) {
      await full;
      full = undefined;
    }
  }
  const durationNs = Math.max(...threads.map(({ pattern }) => pattern.timeNs));
  for (const { records: stream, summaries } of threads) {
    stream.end();
    if (withSummaries) summaries.end();
  }
  write(recording.closing({ events: records, dropped: 0, durationNs }));
  out.end();
  await once(out, 'finish');
  return { bytes: recording.offset, records, durationNs, summaryBytes };
}

/** A record of definitions. */
export function definition(kind: RecordKind, numbers: readonly number[], text?: string): Uint8Array {
  const bytes = encoder.encode(text ?? '');
  const words = [...numbers, ...(text === undefined ? [] : [bytes.length])];
  if (words.length % 2 === 1 && text === undefined) words.push(0);
  const record = new Uint8Array(8 + words.length * 4 + padTo8(bytes.length));
  const view = new DataView(record.buffer);
  view.setUint32(4, extendedTag(kind, record.length - 8), true);
  words.forEach((word, i) => {
    view.setUint32(8 + i * 4, word, true);
  });
  record.set(bytes, 8 + words.length * 4);
  return record;
}

function definitions(): Uint8Array {
  return Buffer.concat([
    definition(RecordKind.DEF_STRING, [1], '/app/server.js'),
    definition(RecordKind.DEF_STRING, [2], 'requests'),
    definition(RecordKind.DEF_COUNTER, [1, 2, 1, 0, 2]),
    definition(RecordKind.DEF_FUNCTIONS, [1, FUNCTIONS, 1], Array.from({ length: FUNCTIONS }, (_, i) => `${i * 7 + 1} 3 0 function${i}`).join('\n')),
  ]);
}

const PATTERN_RECORDS = 2_000_000;
const PIECE_RECORDS = 32_768;
const HIGH = 2 ** 32;

/** Records of one thread, in pieces: a pattern of steps that ends with the stack that it began with. */
class CallPattern {
  timeNs = 1000;
  readonly #steps: Uint32Array;
  readonly #tags: Uint32Array;
  #at = 0;
  #high = -1;
  #sinceCounter = 0;

  constructor(seed: number) {
    const { steps, tags } = pattern(seed);
    this.#steps = steps;
    this.#tags = tags;
  }

  next(): Uint8Array {
    const words = new Uint32Array(PIECE_RECORDS * 2 + 64);
    let w = 0;
    for (let i = 0; i < PIECE_RECORDS; i++) {
      this.timeNs += this.#steps[this.#at] as number;
      const high = Math.floor(this.timeNs / HIGH);
      if (high !== this.#high) {
        this.#high = high;
        words[w++] = high;
        words[w++] = extendedTag(RecordKind.EPOCH, 0);
      }
      words[w++] = this.timeNs - high * HIGH;
      words[w++] = this.#tags[this.#at] as number;
      if (++this.#at === this.#tags.length) this.#at = 0;
      if (++this.#sinceCounter === 5000) {
        this.#sinceCounter = 0;
        words.set([this.timeNs - high * HIGH, extendedTag(RecordKind.COUNTER, 16), 1, 1], w);
        new Float64Array(words.buffer, (w + 4) * 4, 1)[0] = Math.sin(this.timeNs / 1e9) * 100;
        w += 6;
      }
    }
    return new Uint8Array(words.buffer, 0, w * 4);
  }
}

function pattern(seed: number): { readonly steps: Uint32Array; readonly tags: Uint32Array } {
  let state = seed * 7919;
  const random = () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state / HIGH;
  };
  const steps: number[] = [];
  const tags: number[] = [];
  const stack: number[] = [];
  const put = (tag: number) => {
    steps.push(40 + Math.floor(random() * 120) + (random() < 0.01 ? Math.floor(random() * 20_000) : 0));
    tags.push(tag);
  };
  while (tags.length < PATTERN_RECORDS || stack.length > 0) {
    const depth = stack.length;
    const goesDown = tags.length < PATTERN_RECORDS && (depth === 0 || (depth < 40 && random() < (depth < 10 ? 0.6 : 0.47)));
    if (goesDown) {
      // What calls what is not by chance: the names of a level are few.
      const id = 1 + ((depth * 37 + Math.floor(random() ** 3 * 24)) % FUNCTIONS);
      stack.push(id);
      put(id * 2);
    } else put((stack.pop() as number) * 2 + 1);
  }
  return { steps: Uint32Array.from(steps), tags: Uint32Array.from(tags) };
}

/** Names of the slices below. */
export const NAMES = 2500;

/** Slices of one thread in the order of their ends, as a tracer writes them that records a call when it returns: up to 25 deep. */
export function writeSlices(count: number): {
  readonly start: Float64Array;
  readonly end: Float64Array;
  readonly name: Uint32Array;
  readonly header: BlockHeader;
  readonly definitions: (names: number) => Uint8Array;
} {
  let state = 7;
  const random = () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state / HIGH;
  };
  const start = new Float64Array(count);
  const end = new Float64Array(count);
  const name = new Uint32Array(count);
  let made = 0;
  let timeNs = 0;
  const call = (depth: number): void => {
    const from = timeNs;
    timeNs += 50 + Math.floor(random() * 800);
    const children = depth >= 24 || random() < 0.45 ? 0 : 1 + Math.floor(random() * (depth < 6 ? 6 : 3));
    for (let child = 0; child < children && made < count; child++) {
      call(depth + 1);
      timeNs += Math.floor(random() * 400);
    }
    timeNs += 50 + Math.floor(random() * random() * (random() < 0.02 ? 400_000 : 3000));
    if (made === count) return;
    start[made] = from;
    end[made] = timeNs;
    name[made++] = Math.floor(NAMES * random() ** 3);
  };
  while (made < count) {
    timeNs += Math.floor(random() * 5000);
    call(0);
  }
  const header: BlockHeader = {
    type: BlockType.DATA,
    payloadBytes: 0,
    payloadCrc: 0,
    stream: 1,
    count: 0,
    firstNs: 0,
    lastNs: 0,
    clockHigh: 0,
    openStackWords: 0,
    unnamedFrames: 0,
    droppedBefore: 0,
    sequence: 0,
  };
  const texts = (names: number): Uint8Array =>
    Buffer.concat(
      Array.from({ length: names }, (_, i) => {
        const bytes = encoder.encode(`name${i}`);
        const record = new Uint8Array(16 + padTo8(bytes.length));
        const view = new DataView(record.buffer);
        view.setUint32(4, extendedTag(RecordKind.DEF_STRING, record.length - 8), true);
        view.setUint32(8, i + 1, true);
        view.setUint32(12, bytes.length, true);
        record.set(bytes, 16);
        return record;
      }),
    );
  return { start, end, name, header, definitions: texts };
}
