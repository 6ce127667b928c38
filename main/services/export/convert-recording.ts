/** Writes a recording, or any trace that can be read, in another format. Runs where it may take its time: a worker thread, the command line. */
import { copyFile, stat } from 'node:fs/promises';
import { ProblemError } from '../../../core/base/result.ts';
import type { ExportFormat } from '../../../core/protocol/studio-api.ts';

export interface Conversion {
  readonly source: string;
  /** Written anew; the caller renames it when all is well. */
  readonly target: string;
  readonly format: ExportFormat;
  readonly onProgress: (progress: { readonly doneBytes: number; readonly totalBytes: number; readonly events: number }) => void;
}

export interface Converted {
  readonly events: number;
  readonly totalBytes: number;
  /** What the format could not hold, in words. */
  readonly notes: readonly string[];
}

/** Throws ProblemError for what the user can act on; other errors are of the disk. */
export async function convertRecording({ source, target, format }: Conversion): Promise<Converted> {
  const { size } = await stat(source);
  if (format === 'recording') {
    await copyFile(source, target);
    return { events: 0, totalBytes: size, notes: [] };
  }
  throw new ProblemError({ code: 'no-writer', message: 'There is no writer for this format yet.' });
}
