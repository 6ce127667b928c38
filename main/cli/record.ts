/** What `run` needs once the script has been started: the collector, and the writers of reports. */
import os from 'node:os';
import path from 'node:path';
import { Collector } from '../collector/collector.ts';
import { openEmptyFile } from '../collector/recording-file.ts';
import type { Converted } from '../services/export/conversion.ts';
import { convertOwnRecording } from '../services/export/convert-own.ts';
import { asRunReport } from '../services/export/run-report.ts';
import { reportFormat } from './report-format.ts';
import { writeReport as writeAs } from './write-report.ts';

export const writeReport = async (recording: string, output: string): Promise<Converted> => asRunReport(await writeAs(recording, output, convertOwnRecording));

/** For a script that has this terminal, and a recording whose empty file has been made. */
export const makeCollector = (): Collector => new Collector({ folder: os.tmpdir(), stdio: 'inherited', openFile: openEmptyFile });

/**
 * Makes a report of a recording that has just begun, in `folder`: so the code that does it is compiled while the script starts,
 * not while the user waits for the end.
 */
export async function rehearse(recording: string, folder: string, output: string): Promise<void> {
  const format = reportFormat(output);
  if (format === 'recording') return;
  await convertOwnRecording({ source: recording, target: path.join(folder, 'rehearsal'), format, live: true }).catch(() => {});
}
