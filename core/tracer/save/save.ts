/** What an inline tracer and plugins need to look at recorded events and to write files. Built into a file of its own, loaded when it is needed. */
import { gzip } from './gzip.ts';
import { type ItemOptions, ProcessItems } from './process-items.ts';
import { type Processed, recordingBytes } from './recording-bytes.ts';
import { type ReportTotals, reportText, traceDataOf, traceDataOfRecording } from './trace-data.ts';
import { writeWhole } from './write-file.ts';
import { traceDataText, writeTraceData } from './write-trace-data.ts';

export type { Selection, TimeWindow } from './record-selection.ts';
export type { ItemOptions, Processed, ReportTotals };
export { traceDataOf, traceDataOfRecording, writeTraceData };

/**
 * Writes the report of a process to `file`; its name says the format: `.json`, `.gz` or `.tsr`. `processed` takes the place of the
 * events, and in a recording stands beside them. Temporary file and rename; throws an Error in words.
 */
export function writeReport(file: string, frames: Iterable<Uint8Array>, options: ItemOptions = {}, processed?: Processed): ReportTotals {
  const totals: ReportTotals = { events: 0, lost: 0 };
  if (file.endsWith('.tsr')) {
    writeWhole(file, recordingBytes(frames, options, totals, processed));
    return totals;
  }
  if (processed) totals.events = processed.data.traceEvents.filter((event) => event?.ph !== 'M').length;
  const text = processed ? traceDataText(processed.data) : reportText(frames, options, totals);
  writeWhole(file, file.endsWith('.gz') ? gzip(text) : text);
  return totals;
}

/** Events in `frames`, names of processes and threads not counted. */
export function countEvents(frames: Iterable<Uint8Array>, options: ItemOptions = {}): ReportTotals {
  const items = new ProcessItems(frames, options);
  for (const _ of items);
  return { events: items.events, lost: items.dropped };
}
