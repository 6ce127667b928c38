/** `trace-studio export`: one recording or trace into another format. */

import { existsSync } from 'node:fs';
import { stat } from 'node:fs/promises';
import path from 'node:path';
import { counted } from '../../core/base/counted.ts';
import { problemInWords } from '../../core/base/result.ts';
import { recoverParts } from '../collector/flight-parts.ts';
import type { Converted } from '../services/export/conversion.ts';
import { convertRecording } from '../services/export/convert-recording.ts';
import { asRunReport } from '../services/export/run-report.ts';
import type { Command } from './command-line.ts';
import { realTarget } from './real-target.ts';
import { sizeInWords } from './report-format.ts';
import { writeReport } from './write-report.ts';

/** For `run` with plugins. */
export const writeProcessedReport = async (source: string, output: string): Promise<Converted> =>
  asRunReport(await writeReport(source, output, convertRecording));

const tell = (line: string): void => void process.stderr.write(`trace-studio: ${line}\n`);

export async function exportRecording({ input, output, overwrite, raw, quiet }: Extract<Command, { kind: 'export' }>): Promise<number> {
  const [source, target] = [path.resolve(input), path.resolve(output)];
  const refusal = await whyNot(source, target, overwrite);
  if (refusal !== undefined) {
    tell(refusal);
    return 1;
  }
  try {
    // What a run left that kept only the newest, when all of it was killed.
    await recoverParts(source);
    const { events, notes } = await writeReport(source, target, (conversion) =>
      convertRecording({ ...conversion, view: raw ? 'raw' : 'processed', reportPage: path.join(__dirname, '../report/report.html') }),
    );
    if (quiet) return 0;
    const howMany = events > 0 ? `${counted('# {event|events}', events)}, ` : '';
    tell(`wrote ${path.relative('', target) || target} (${howMany}${sizeInWords((await stat(target)).size)}).`);
    for (const note of notes) tell(note);
    return 0;
  } catch (error) {
    tell(problemInWords(error as Error));
    return 1;
  }
}

async function whyNot(source: string, target: string, overwrite: boolean): Promise<string | undefined> {
  if (!existsSync(source)) return `There is no file ${source}. Check the path.`;
  if ((await realTarget(source)) === (await realTarget(target))) return `${target} is the recording itself. Choose another name with -o.`;
  if (existsSync(target) && !overwrite) return `There is already a file ${target}. Choose another name with -o, or replace it with --force.`;
  return undefined;
}
