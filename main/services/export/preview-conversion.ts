/** What an export would be, without writing it: how large, what would be missing, how it begins. */
import { Readable } from 'node:stream';
import { createGzip } from 'node:zlib';
import type { ExportPreview } from '../../../core/protocol/studio-api.ts';
import type { Conversion } from './conversion.ts';
import { prepareConversion } from './convert-recording.ts';

/** Of the source; what a larger one becomes is worked out from that part. */
const MOST_READ_BYTES = 12 * 1024 * 1024;
const MOST_MS = 1500;
const BEGIN_BYTES = 2000;
/** What a person can read. */
const TEXTS: readonly Conversion['format'][] = ['chrome-json', 'viztracer-json', 'speedscope', 'collapsed', 'cpuprofile', 'csv'];

export async function previewConversion(conversion: Omit<Conversion, 'target'>): Promise<ExportPreview> {
  const { format, compressed = format === 'chrome-json-gz' } = conversion;
  const prepared = await prepareConversion(conversion);
  const { source, written } = prepared;
  try {
    let readBytes = 0;
    source.onRead = (doneBytes) => {
      readBytes = doneBytes;
    };
    const endMs = performance.now() + MOST_MS;
    let bytes = 0;
    let isWhole = true;
    const begin: Uint8Array[] = [];
    const counted = compressed ? Readable.from(written).pipe(createGzip({ level: 6 })) : written;
    for await (const piece of counted as AsyncIterable<Uint8Array>) {
      if (bytes < BEGIN_BYTES) begin.push(piece.slice(0, BEGIN_BYTES));
      bytes += piece.length;
      if (readBytes < MOST_READ_BYTES && performance.now() < endMs) continue;
      isWhole = readBytes >= source.bytes;
      if (!isWhole) break;
    }
    const share = isWhole ? 1 : Math.max(readBytes / source.bytes, 1e-6);
    const text = TEXTS.includes(format) && !compressed ? Buffer.concat(begin).subarray(0, BEGIN_BYTES).toString('utf8') : undefined;
    return {
      bytes: Math.round(bytes / share),
      isExact: isWhole,
      ...(isWhole && { events: written.events }),
      notes: isWhole ? prepared.notes() : [],
      ...(text !== undefined && { text }),
    };
  } finally {
    await prepared.close();
  }
}
