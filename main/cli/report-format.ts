/** What kind of report a name means, and sizes for people. */
import { type ExportFormat, formatOfName } from '../../core/protocol/export-formats.ts';

/** By the name's end; the command line has refused all others. */
export function reportFormat(output: string): ExportFormat {
  return formatOfName(output)?.format ?? 'chrome-json';
}

export function sizeInWords(bytes: number): string {
  if (bytes < 1000) return `${bytes} bytes`;
  const [amount, unit] = bytes < 1e6 ? [bytes / 1e3, 'kB'] : bytes < 1e9 ? [bytes / 1e6, 'MB'] : [bytes / 1e9, 'GB'];
  return `${amount < 10 ? amount.toFixed(1) : Math.round(amount)} ${unit}`;
}
