import { crc32 } from 'node:zlib';
import type { TraceData } from '../../plugin-api/trace-data.ts';
import { BlockType, MAX_BLOCK_BYTES, type RecordingInfo } from '../../protocol/recording-format.ts';
import { RecordingEncoder } from '../../protocol/recording-writer.ts';
import { type ItemOptions, PROCESS, ProcessItems } from './process-items.ts';
import type { ReportTotals } from './trace-data.ts';
import { traceDataText } from './write-trace-data.ts';

/** What plugins left of the events. */
export interface Processed {
  readonly data: TraceData;
  /** Names of the plugins that handled it. */
  readonly plugins: readonly string[];
}

/** A process's frames as a recording (`.tsr`), in pieces: what was recorded, and beside it what plugins left of that. */
export function* recordingBytes(
  frames: Iterable<Uint8Array>,
  options: ItemOptions,
  totals: ReportTotals,
  processed?: Processed,
): Generator<Uint8Array, void, undefined> {
  const items = new ProcessItems(frames, options);
  let encoder: RecordingEncoder | undefined;
  for (const item of items) {
    if (item.kind === 'head') {
      encoder = new RecordingEncoder(item.head, { crc: (bytes) => crc32(bytes) });
      yield encoder.fileHeader;
    } else if (item.kind === 'block' && encoder) yield* encoder.block(item.header, item.payload);
  }
  if (!encoder) return;
  const timeNs = items.lastNs;
  if (processed) yield* attachment(encoder, processed, timeNs);
  const end = { kind: 'exited', code: 0 } as const;
  yield* encoder.info([
    { kind: 'process-end', process: PROCESS, orderly: true, timeNs },
    { kind: 'session-end', end, timeNs },
  ]);
  totals.events = items.events;
  totals.lost = items.dropped;
  yield* encoder.closing({ events: items.events, dropped: items.dropped, durationNs: items.lastNs, end });
}

function* attachment(encoder: RecordingEncoder, { data, plugins }: Processed, timeNs: number): Generator<Uint8Array, void, undefined> {
  const bytes = Buffer.concat([...traceDataText(data)]);
  const number = 1;
  const line: RecordingInfo = { kind: 'attachment', attachment: number, name: `${process.pid}.processed.json`, bytes: bytes.length, timeNs };
  yield* encoder.info([line]);
  for (let at = 0; at < bytes.length; at += MAX_BLOCK_BYTES) {
    const fields = { type: BlockType.ATTACHMENT, stream: number, count: 0, firstNs: timeNs, lastNs: timeNs };
    yield* encoder.block(fields, bytes.subarray(at, at + MAX_BLOCK_BYTES));
  }
  yield* encoder.info([{ kind: 'processed', process: PROCESS, attachment: number, by: 'target', plugins, timeNs }]);
}
