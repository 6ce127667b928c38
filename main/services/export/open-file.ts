/** Any file that can be read, as a recording. */
import path from 'node:path';
import { ProblemError } from '../../../core/base/result.ts';
import { type OpenedTrace, openTrace } from '../../../core/formats/open-trace.ts';
import { crc32, nodeCodecs } from './codecs.ts';
import { FileSource } from './file-source.ts';

/** Throws a ProblemError for what the user can act on. Close the source when the recording was read. */
export async function openFile(file: string): Promise<{ readonly source: FileSource; readonly opened: OpenedTrace }> {
  const source = await FileSource.open(file).catch((error: NodeJS.ErrnoException) => {
    throw notReadable(file, error);
  });
  try {
    return { source, opened: await openTrace(source, nodeCodecs, { title: path.basename(file), ...(crc32 && { crc: crc32 }) }) };
  } catch (error) {
    await source.close();
    // A folder opens; that it cannot be read comes out here.
    throw (error as NodeJS.ErrnoException).syscall === 'read' ? notReadable(file, error as NodeJS.ErrnoException) : error;
  }
}

export const recordingOf = (source: FileSource, opened: OpenedTrace): AsyncIterable<Uint8Array> =>
  opened.kind === 'recording' ? source.follow(0) : opened.recording;

function notReadable(file: string, { code, message }: NodeJS.ErrnoException): ProblemError {
  if (code === 'ENOENT' || code === 'ENOTDIR') return new ProblemError({ code: 'not-found', message: `There is no file ${file}.`, remedy: 'Check the path.' });
  if (code === 'EISDIR') return new ProblemError({ code: 'is-a-folder', message: `${file} is a folder.`, remedy: 'Name a file in it.' });
  if (code === 'EACCES' || code === 'EPERM')
    return new ProblemError({ code: 'not-allowed', message: `${file} may not be read.`, remedy: 'Check its permissions.' });
  return new ProblemError({ code: 'read-failed', message: `${file} could not be read: ${message}` });
}
