/** A recording as the report that the user asked for: written beside it, put in place when whole. */
import { randomBytes } from 'node:crypto';
import { rename, rm } from 'node:fs/promises';
import type { ExportFormat } from '../../core/protocol/studio-api.ts';
import { type Converted, convertRecording } from '../services/export/convert-recording.ts';

/** By the name's end; the command line has refused all others. */
export function reportFormat(output: string): ExportFormat {
  const name = output.toLowerCase();
  if (name.endsWith('.tsr')) return 'recording';
  return name.endsWith('.gz') ? 'chrome-json-gz' : 'chrome-json';
}

export async function writeReport(source: string, output: string): Promise<Converted> {
  const temporary = `${output}.${randomBytes(4).toString('hex')}.tmp`;
  try {
    const converted = await convertRecording({ source, target: temporary, format: reportFormat(output), onProgress: () => {} });
    await rename(temporary, output);
    return converted;
  } finally {
    await rm(temporary, { force: true });
  }
}
