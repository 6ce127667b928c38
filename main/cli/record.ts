/** What `run` needs once the script has been started: the collector, and the writers of reports. */
import os from 'node:os';
import { Collector } from '../collector/collector.ts';
import { openEmptyFile } from '../collector/recording-file.ts';

export { writeReport } from './write-report.ts';

/** For a script that has this terminal, and a recording whose empty file has been made. */
export const makeCollector = (): Collector => new Collector({ folder: os.tmpdir(), stdio: 'inherited', openFile: openEmptyFile });
