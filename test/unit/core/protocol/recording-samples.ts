import { BlockType, ConsoleSource, type RecordingHead } from '../../../../core/protocol/recording-format.ts';
import { encodeConsoleRecord, RecordingEncoder } from '../../../../core/protocol/recording-writer.ts';

export const head: RecordingHead = {
  studio: '0.1.0',
  session: '7c5c9a62-0000-4000-8000-000000000000',
  startMonotonicNs: '123456789012345',
  startEpochNs: '1700000000000000000',
  title: 'queue.js “größer”',
};

export function concat(parts: readonly Uint8Array[]): Uint8Array {
  const bytes = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    bytes.set(part, at);
    at += part.length;
  }
  return bytes;
}

/** A recording whose DATA blocks have the given payloads; with one INFO and one CONSOLE block in front, and a footer. */
export function recordingOf(payloads: readonly Uint8Array[]): { readonly bytes: Uint8Array; readonly offsets: readonly number[] } {
  const encoder = new RecordingEncoder(head);
  const parts = [encoder.fileHeader];
  const offsets: number[] = [];
  const add = (block: Uint8Array[]) => {
    parts.push(...block);
    return block;
  };
  offsets.push(encoder.offset);
  add(encoder.info([{ kind: 'thread', stream: 1, process: 0, thread: 0, name: 'main', timeNs: 5 }]));
  offsets.push(encoder.offset);
  const printed = encodeConsoleRecord(7, ConsoleSource.STDOUT, new TextEncoder().encode('hello\n'));
  add(encoder.block({ type: BlockType.CONSOLE, stream: 0, count: 1, firstNs: 7, lastNs: 7 }, printed));
  payloads.forEach((payload, i) => {
    offsets.push(encoder.offset);
    add(encoder.block({ type: BlockType.DATA, stream: 1, count: i, firstNs: i * 10, lastNs: i * 10 + 9, clockHigh: 3, droppedBefore: i }, payload));
  });
  add(encoder.closing({ events: 1, dropped: 0, durationNs: 100, end: { kind: 'exited', code: 0 } }));
  return { bytes: concat(parts), offsets };
}
