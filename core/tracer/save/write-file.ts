import { closeSync, fsyncSync, mkdirSync, openSync, renameSync, rmSync, writeSync } from 'node:fs';
import path from 'node:path';

/**
 * Writes `file` beside its place and renames it: whatever happens, there is the old file or the new one, whole. Makes missing
 * folders. Throws an Error in words. Gives the number of bytes.
 */
export function writeWhole(file: string, pieces: Iterable<Uint8Array>): number {
  const temporary = path.join(path.dirname(file), `.${path.basename(file)}.${process.pid}-${process.hrtime.bigint()}.tmp`);
  let bytes = 0;
  let target: number | undefined;
  try {
    mkdirSync(path.dirname(file), { recursive: true });
    target = openSync(temporary, 'wx');
    for (const piece of pieces) {
      for (let at = 0; at < piece.length; ) at += writeSync(target, piece, at);
      bytes += piece.length;
    }
    fsyncSync(target);
    closeSync(target);
    target = undefined;
    renameSync(temporary, file);
  } catch (error) {
    tidyUp(temporary, target);
    throw new Error(`The trace could not be written to ${file}: ${error instanceof Error ? error.message : String(error)}`, { cause: error });
  }
  return bytes;
}

/** Of a file that could not be written: what cannot be removed either has never been there, or is beyond us. */
function tidyUp(temporary: string, target: number | undefined): void {
  try {
    if (target !== undefined) closeSync(target);
    rmSync(temporary, { force: true });
  } catch {
    // The failure that is told is the first one.
  }
}
