/** What was chosen in the export dialog, and the question to the host that it is. Pure. */
import type { ExportFormat, ExportPart, ExportTable } from '../../../core/protocol/export-formats.ts';
import type { ExportQuestion, TraceView } from '../../../core/protocol/studio-api.ts';
import type { TimeRange } from '../../state/view-store.ts';

/** A format of the host, or what the window draws itself. */
export type ExportTarget = ExportFormat | 'png';
export type RangeName = 'all' | 'view' | 'selection';

export interface Choices {
  readonly format: ExportTarget;
  readonly range: RangeName;
  readonly without: readonly ExportPart[];
  readonly table: ExportTable;
  /** Empty: the format's own choice. */
  readonly thread: string;
}

export const FIRST_CHOICES: Choices = { format: 'chrome-json', range: 'all', without: [], table: 'counters', thread: '' };

/** Undefined: the window does it. */
export function questionOf(
  recording: string,
  { format, range, without, table, thread }: Choices,
  ranges: Readonly<Partial<Record<RangeName, TimeRange>>>,
  view: TraceView | undefined,
): (ExportQuestion & { readonly format: ExportFormat }) | undefined {
  if (format === 'png') return undefined;
  const part = range === 'all' ? undefined : ranges[range];
  return {
    recording,
    format,
    ...(view !== undefined && { view }),
    ...(part && { fromNs: Math.floor(part.fromNs), toNs: Math.ceil(part.toNs) }),
    ...(without.length > 0 && { without }),
    ...(format === 'csv' && { table }),
    ...(format === 'cpuprofile' && thread !== '' && { thread }),
  };
}
