/** What is to be written, and what came of it. */
import type { CsvTable } from '../../../core/formats/csv-writer.ts';
import type { ExportFormat, ExportPart } from '../../../core/protocol/export-formats.ts';
import type { TraceView } from '../../../core/protocol/studio-api.ts';

export interface Conversion {
  readonly source: string;
  /** Must not exist yet. The caller renames it when all is well, and removes it when not. */
  readonly target: string;
  readonly format: ExportFormat;
  /** The file is compressed with gzip; `chrome-json-gz` is in any case. */
  readonly compressed?: boolean;
  /** Default `processed`. A recording is copied with both. */
  readonly view?: TraceView;
  /** It is still recorded: what is there is exported. */
  readonly live?: boolean;
  /** A part of it: nanoseconds since its start. */
  readonly fromNs?: number;
  readonly toNs?: number;
  /** Of formats that hold one thread: its name or number. */
  readonly thread?: string;
  /** Parts that are left out. */
  readonly without?: readonly ExportPart[];
  /** Of CSV. */
  readonly table?: CsvTable;
  /** dist/report/report.html: what an HTML report is made of. */
  readonly reportPage?: string;
  /** At most ten times a second. `doneBytes` of the source. */
  readonly onProgress?: (progress: { readonly doneBytes: number; readonly totalBytes: number; readonly events: number }) => void;
}

export interface Converted {
  /** 0 where they are not counted: a recording that is copied as it is. */
  readonly events: number;
  /** Of the source. */
  readonly totalBytes: number;
  /** What the format could not hold, in words. */
  readonly notes: readonly string[];
}
