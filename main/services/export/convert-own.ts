import { writeTraceEvents } from '../../../core/formats/trace-event-writer.ts';
import type { Conversion, Converted } from './conversion.ts';
import { FileSource } from './file-source.ts';
import { writeFile } from './write-file.ts';

/**
 * Writes a recording that this very process has made, and that no plugin has had a hand in, as JSON or as it is: what reads and writes other formats
 * is not even loaded.
 */
export async function convertOwnRecording(conversion: Conversion): Promise<Converted> {
  const { source: path, format, live = false } = conversion;
  const source = await FileSource.open(path);
  try {
    const recording = source.follow(0);
    const json = format === 'recording' ? undefined : writeTraceEvents(recording, { live });
    await writeFile(json ?? recording, conversion);
    return { events: json?.events ?? 0, totalBytes: source.bytes, notes: json?.notes ?? [] };
  } finally {
    await source.close();
  }
}
