/** A recording in the format that was asked for. */
import { CollapsedExport } from '../../../core/formats/collapsed-writer.ts';
import { CpuProfileExport } from '../../../core/formats/cpu-profile-writer.ts';
import { CsvExport, type CsvTable } from '../../../core/formats/csv-writer.ts';
import { PerfettoExport } from '../../../core/formats/perfetto-writer.ts';
import { SpeedscopeExport } from '../../../core/formats/speedscope-writer.ts';
import { writeTraceEvents } from '../../../core/formats/trace-event-writer.ts';
import type { TraceExport } from '../../../core/formats/trace-export.ts';
import type { ExportFormat } from '../../../core/protocol/export-formats.ts';
import { nodeCodecs } from './codecs.ts';
import { HtmlExport } from './html-export.ts';

export interface WriteOptions {
  readonly title: string;
  /** The recording is still written. */
  readonly live: boolean;
  /** Of formats that hold one thread: its name or number. */
  readonly thread?: string;
  readonly table?: CsvTable;
  /** The page that a report is made of. */
  readonly reportPage?: string;
}

const { inflate } = nodeCodecs;

/** `recording`: it is handed on as it is. */
export function writerFor(format: ExportFormat, recording: AsyncIterable<Uint8Array>, options: WriteOptions): TraceExport {
  const { thread, table } = options;
  switch (format) {
    case 'recording':
      return new Unchanged(recording);
    case 'chrome-json':
    case 'chrome-json-gz':
      return writeTraceEvents(recording, options);
    case 'viztracer-json':
      return writeTraceEvents(recording, { ...options, shape: 'viztracer', ...(inflate && { inflate }) });
    case 'perfetto':
      return new PerfettoExport(recording, options);
    case 'speedscope':
      return new SpeedscopeExport(recording, options);
    case 'collapsed':
      return new CollapsedExport(recording, options);
    case 'cpuprofile':
      return new CpuProfileExport(recording, { ...options, ...(thread !== undefined && { thread }) });
    case 'csv':
      return new CsvExport(recording, { ...options, ...(table !== undefined && { table }) });
    case 'html':
      if (options.reportPage === undefined) throw new Error('the page of reports is not known');
      return new HtmlExport(recording, { title: options.title, page: options.reportPage });
  }
}

class Unchanged implements TraceExport {
  readonly events = 0;
  readonly notes: readonly string[] = [];
  readonly #recording: AsyncIterable<Uint8Array>;

  constructor(recording: AsyncIterable<Uint8Array>) {
    this.#recording = recording;
  }

  [Symbol.asyncIterator](): AsyncIterator<Uint8Array> {
    return this.#recording[Symbol.asyncIterator]();
  }
}
