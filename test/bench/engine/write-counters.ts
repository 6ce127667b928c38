import { once } from 'node:events';
import { createWriteStream } from 'node:fs';
import { crc32 } from 'node:zlib';
import { RecordStream } from '../../../core/protocol/record-stream.ts';
import { BlockType } from '../../../core/protocol/recording-format.ts';
import { encodeInfo, RecordingEncoder } from '../../../core/protocol/recording-writer.ts';
import { extendedTag, RecordKind } from '../../../core/protocol/records.ts';
import { definition } from './write-recording.ts';

const HIGH = 2 ** 32;
const DEFINITIONS_BYTES = 500_000;
const PIECE_WORDS = 1 << 18;
const FIRST_NAME = 1000;

interface CountersWritten {
  readonly bytes: number;
  readonly records: number;
}

/** A recording of one thread: `counters` of `series` each, all written `samples` times in turns, each value a step from the one before. */
export async function writeCounters(file: string, counters: number, series: number, samples: number): Promise<CountersWritten> {
  const start = { high: 0, low: 0 };
  const out = createWriteStream(file, { highWaterMark: 16 * 1024 * 1024 });
  const head = { studio: 'bench', session: 'bench', startMonotonicNs: '0', startEpochNs: '0', title: 'bench' };
  const recording = new RecordingEncoder(head, { crc: (bytes) => crc32(bytes) });
  let full: Promise<unknown> | undefined;
  const write = (parts: readonly Uint8Array[]) => {
    for (const part of parts) if (!out.write(part)) full ??= once(out, 'drain');
  };
  write([recording.fileHeader]);
  const info = [
    JSON.parse('{"kind":"process","process":0,"pid":1,"ppid":0,"name":"bench.js","argv":[],"nodeVersion":"v20","timeNs":0}'),
    { kind: 'thread', stream: 1, process: 0, thread: 0, name: 'main', timeNs: 0 } as const,
  ];
  write(recording.block({ type: BlockType.INFO, stream: 0, count: info.length, firstNs: 0, lastNs: 0 }, encodeInfo(info)));
  let defined: Uint8Array[] = [];
  let definedBytes = 0;
  const flush = () => {
    if (defined.length > 0) write(recording.block({ type: BlockType.DEFS, stream: 1, count: defined.length, firstNs: 0, lastNs: 0 }, Buffer.concat(defined)));
    defined = [];
    definedBytes = 0;
  };
  const define = (record: Uint8Array) => {
    defined.push(record);
    definedBytes += record.length;
    if (definedBytes > DEFINITIONS_BYTES) flush();
  };
  const seriesIds = Array.from({ length: series }, (_, s) => s + 1);
  for (const id of seriesIds) define(definition(RecordKind.DEF_STRING, [id], `series ${id - 1}`));
  for (let c = 0; c < counters; c++) {
    define(definition(RecordKind.DEF_STRING, [FIRST_NAME + c], `group ${c}`));
    define(definition(RecordKind.DEF_COUNTER, [c + 1, FIRST_NAME + c, series, 0, ...seriesIds]));
  }
  flush();

  const stream = new RecordStream(
    1,
    start,
    () => start,
    (fields, payload) => write(recording.block(fields, payload)),
  );
  const values = new Float64Array(counters * series);
  for (let k = 0; k < values.length; k++) values[k] = 100 * Math.floor(k / series);
  const buffer = new ArrayBuffer((PIECE_WORDS + 64 + series * 2) * 4);
  const words = new Uint32Array(buffer);
  const doubles = new Float64Array(buffer);
  const tag = extendedTag(RecordKind.COUNTER, 8 + series * 8);
  let seed = 1;
  let timeNs = 1000;
  let high = -1;
  let w = 0;
  let records = 0;
  for (let sample = 0; sample < samples; sample++) {
    for (let c = 0; c < counters; c++) {
      timeNs += 2500;
      if (Math.floor(timeNs / HIGH) !== high) {
        high = Math.floor(timeNs / HIGH);
        words[w++] = high;
        words[w++] = extendedTag(RecordKind.EPOCH, 0);
      }
      words[w++] = timeNs - high * HIGH;
      words[w++] = tag;
      words[w++] = c + 1;
      words[w++] = series;
      for (let s = 0, at = c * series; s < series; s++, at++, w += 2) {
        seed = (Math.imul(seed, 1664525) + 1013904223) >>> 0;
        values[at] = (values[at] as number) + (((seed >>> 8) % 201) - 100);
        doubles[w / 2] = values[at] as number;
      }
      records++;
      if (w < PIECE_WORDS) continue;
      stream.push(new Uint8Array(buffer, 0, w * 4));
      w = 0;
      if (full) {
        await full;
        full = undefined;
      }
    }
  }
  stream.push(new Uint8Array(buffer, 0, w * 4));
  stream.end();
  write(recording.closing({ events: records, dropped: 0, durationNs: timeNs }));
  out.end();
  await once(out, 'finish');
  return { bytes: recording.offset, records };
}
