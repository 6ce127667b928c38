/** What is in a file, whatever its format. */

import { TRACE_FORMATS, type TraceFormat } from '../../../core/formats/recognise.ts';
import { type NameStatistics, type StatisticsChoice, statisticsOf } from '../../../core/formats/slice-statistics.ts';
import { countsOf, type TraceCounts } from '../../../core/formats/trace-info.ts';
import { openFile, recordingOf } from './open-file.ts';

export interface TraceFacts extends TraceCounts {
  readonly format: TraceFormat;
  /** As people know it. */
  readonly formatName: string;
}
export type { NameStatistics };

/** Throws a ProblemError for what cannot be read at all. */
export async function factsOf(file: string): Promise<TraceFacts> {
  const { source, opened } = await openFile(file);
  try {
    const format = opened.kind === 'recording' ? 'recording' : opened.format;
    return { format, formatName: TRACE_FORMATS[format], ...(await countsOf(recordingOf(source, opened))) };
  } finally {
    await source.close();
  }
}

export async function statisticsOfFile(file: string, choice: StatisticsChoice): Promise<readonly NameStatistics[]> {
  const { source, opened } = await openFile(file);
  try {
    return await statisticsOf(recordingOf(source, opened), choice);
  } finally {
    await source.close();
  }
}
