import { closeSync, openSync, readSync } from 'node:fs';
import { BlockType, type RecordingInfo } from '../../protocol/recording-format.ts';
import { BlockReader, decodeInfo, type RecordingItem } from '../../protocol/recording-reader.ts';
import { encodeInfo } from '../../protocol/recording-writer.ts';

const CHUNK_BYTES = 1024 * 1024;

/** What a recording holds of one process, also where it is still written. Throws an Error in words. */
export function* itemsOfProcess(file: string, process: number): Generator<RecordingItem, void, undefined> {
  const streams = new Set<number>();
  for (const item of itemsOf(file)) {
    if (item.kind === 'refused') throw new Error(item.problem.message);
    if (item.kind === 'head') yield item;
    if (item.kind !== 'block') continue;
    const { header } = item;
    if (header.type === BlockType.INFO) {
      const lines = decodeInfo(item.payload).filter((line) => isOf(line, process));
      for (const line of lines) if (line.kind === 'thread') streams.add(line.stream);
      const payload = encodeInfo(lines);
      if (lines.length > 0) yield { ...item, header: { ...header, payloadBytes: payload.length, count: lines.length }, payload };
    } else if (streams.has(header.stream) && (header.type === BlockType.DEFS || header.type === BlockType.DATA)) yield item;
  }
}

const isOf = (line: RecordingInfo, process: number): boolean => (line.kind === 'process' || line.kind === 'thread') && line.process === process;

function* itemsOf(file: string): Generator<RecordingItem, void, undefined> {
  const reader = new BlockReader();
  const source = openSync(file, 'r');
  try {
    for (;;) {
      const chunk = new Uint8Array(CHUNK_BYTES);
      const length = readSync(source, chunk);
      if (length === 0) break;
      yield* reader.push(chunk.subarray(0, length));
    }
    yield* reader.end();
  } finally {
    closeSync(source);
  }
}
