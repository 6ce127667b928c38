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
    const converted = await convertRecording({ source, target: temporary, format: reportFormat(output) });
    await rename(temporary, output);
    return converted;
  } finally {
    await rm(temporary, { force: true });
  }
}

export function sizeInWords(bytes: number): string {
  if (bytes < 1000) return `${bytes} bytes`;
  const [amount, unit] = bytes < 1e6 ? [bytes / 1e3, 'kB'] : bytes < 1e9 ? [bytes / 1e6, 'MB'] : [bytes / 1e9, 'GB'];
  return `${amount < 10 ? amount.toFixed(1) : Math.round(amount)} ${unit}`;
}
