import { type FileHandle, open } from 'node:fs/promises';
import { encodeNoteTail, type NoteChange } from '../../core/protocol/notes.ts';
import { findFooter } from '../../core/protocol/recording-reader.ts';
import { readAt } from './recording-file.ts';

/** The footer lies in the last bytes. */
const TAIL_BYTES = 16 * 1024;

/**
 * Puts a change of a note behind a complete recording. Its size then; undefined: the file has no end of its own, being cut or no recording, and
 * is left as it is. A write that fails leaves the file as it was.
 */
export async function appendNote(path: string, change: NoteChange): Promise<number | undefined> {
  const handle = await open(path, 'r+');
  try {
    const { size } = await handle.stat();
    const from = Math.max(0, size - TAIL_BYTES);
    const footer = findFooter(await readAt(handle, size - from, from));
    if (!footer) return undefined;
    return await append(handle, size, encodeNoteTail(change, footer, size));
  } finally {
    await handle.close();
  }
}

async function append(handle: FileHandle, size: number, parts: readonly Uint8Array[]): Promise<number> {
  const tail = Buffer.concat(parts);
  try {
    for (let at = 0; at < tail.length; ) at += (await handle.write(tail, at, tail.length - at, size + at)).bytesWritten;
    await handle.sync();
  } catch (error) {
    await handle.truncate(size);
    throw error;
  }
  return size + tail.length;
}
