import { BlockType, MAX_BLOCK_BYTES, type RecordingHead, type RecordingInfo } from '../../core/protocol/recording-format.ts';
import { BlockReader, decodeFooter } from '../../core/protocol/recording-reader.ts';
import { RecordingEncoder, type RecordingTotals } from '../../core/protocol/recording-writer.ts';
import { concat } from './build-recording.ts';

export interface ProcessedSample {
  readonly process: number;
  /** Text of the attachment. */
  readonly json: string;
  readonly by?: 'target' | 'plugin-host';
  readonly note?: string;
  /** Without the line that says whose it is. */
  readonly unnamed?: boolean;
}

export interface WithProcessed {
  readonly bytes: Uint8Array;
  /** Where the first attachment's line, and the block behind its last `processed` line begin. */
  readonly from: number;
  readonly to: number;
}

/** A recording with what plugins left behind its events, as the collector puts it. `pieceBytes`: of one ATTACHMENT block. */
export function withProcessed(recording: Uint8Array, samples: readonly ProcessedSample[], pieceBytes = MAX_BLOCK_BYTES): WithProcessed {
  const reader = new BlockReader();
  const items = [...reader.push(recording), ...reader.end()];
  const head = items.find((item) => item.kind === 'head')?.head as RecordingHead;
  const encoder = new RecordingEncoder(head);
  const parts = [encoder.fileHeader];
  let totals: RecordingTotals = { events: 0, dropped: 0, durationNs: 0 };
  for (const item of items) {
    if (item.kind !== 'block' || item.header.type === BlockType.INDEX) continue;
    const footer = item.header.type === BlockType.FOOTER ? decodeFooter(item.payload) : undefined;
    if (footer) totals = { events: footer.events, dropped: footer.dropped, durationNs: footer.durationNs, ...(footer.end && { end: footer.end }) };
    else parts.push(...encoder.block(item.header, item.payload));
  }
  const from = encoder.offset;
  const timeNs = totals.durationNs;
  samples.forEach(({ process, json, by = 'target', note, unnamed }, attachment) => {
    const bytes = new TextEncoder().encode(json);
    parts.push(...encoder.info([{ kind: 'attachment', attachment, name: `processed-${process}.json`, bytes: bytes.length, timeNs }]));
    for (let at = 0; at < bytes.length; at += pieceBytes) {
      const piece = bytes.subarray(at, at + pieceBytes);
      parts.push(...encoder.block({ type: BlockType.ATTACHMENT, stream: attachment, count: 0, firstNs: timeNs, lastNs: timeNs }, piece));
    }
    const line: RecordingInfo = { kind: 'processed', process, attachment, by, plugins: ['test'], ...(note !== undefined && { note }), timeNs };
    if (!unnamed) parts.push(...encoder.info([line]));
  });
  const to = encoder.offset;
  parts.push(...encoder.closing(totals));
  return { bytes: concat(parts), from, to };
}
