/** A recording as the report that the user asked for: written beside it, put in place when whole. */
import { randomBytes } from 'node:crypto';
import { rename, rm } from 'node:fs/promises';
import type { Conversion, Converted } from '../services/export/conversion.ts';
import { realTarget } from './real-target.ts';
import { reportFormat } from './report-format.ts';

export const writeReport = (source: string, output: string, convert: (conversion: Conversion) => Promise<Converted>): Promise<Converted> =>
  putInPlace(output, (target) => convert({ source, target, format: reportFormat(output) }));

/** `write` makes a temporary file beside the output, which takes its place when it is whole. */
export async function putInPlace(output: string, write: (target: string) => Promise<Converted>): Promise<Converted> {
  const final = await realTarget(output);
  const temporary = `${final}.${randomBytes(4).toString('hex')}.tmp`;
  try {
    const converted = await write(temporary);
    await rename(temporary, final);
    return converted;
  } catch (error) {
    await rm(temporary, { force: true });
    throw error;
  }
}
