import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { BlockType } from '../../../core/protocol/recording-format.ts';

/** Events are in some recording of the folder: what is only in the ring of a process that dies without a word is lost. */
export const holdsRecordedEvents = (folder: string): boolean =>
  readdirSync(folder).some((name) => name.endsWith('.tsr') && holdsEvents(readFileSync(path.join(folder, name))));

function holdsEvents(recording: Buffer): boolean {
  for (let at = recording.indexOf('TSBK'); at >= 0; at = recording.indexOf('TSBK', at + 4)) if (recording[at + 4] === BlockType.DATA) return true;
  return false;
}
