/**
 * The parts of which a flight recorder's recording is made while it runs, in a folder beside the file that it will be: `000007.part`, blocks in
 * their order, and `000007.head`, the beginning with which they are a recording. Put together, whole or after a crash of everything, they
 * are an ordinary recording.
 */
import { existsSync } from 'node:fs';
import { type FileHandle, open, readdir, rename, rm } from 'node:fs/promises';
import path from 'node:path';
import { crc32 as zlibCrc32 } from 'node:zlib';
import { BlockWalker } from '../../core/protocol/block-walker.ts';
import { encodeClosing, type RecordingTotals } from '../../core/protocol/recording-writer.ts';
import { readAt } from './recording-file.ts';
import { removeFolder } from './remove.ts';

const COPY_BYTES = 1024 * 1024;

export const partsFolder = (recording: string): string => `${recording}.parts`;
const named = (number: number, kind: 'head' | 'part'): string => `${String(number).padStart(6, '0')}.${kind}`;
export const partFile = (recording: string, number: number): string => path.join(partsFolder(recording), named(number, 'part'));
export const headFile = (recording: string, number: number): string => path.join(partsFolder(recording), named(number, 'head'));

/** Bytes of a recording in their order, in pieces. */
export type Pieces = AsyncIterable<Uint8Array>;

/** `totals` undefined: it was interrupted, and ends without a footer. Gives the length. */
export async function writeTogether(handle: FileHandle, pieces: Pieces, totals: RecordingTotals | undefined): Promise<number> {
  const walker = new BlockWalker();
  let at = 0;
  for await (const piece of pieces) {
    walker.push(piece);
    await writeAll(handle, piece);
    at += piece.length;
  }
  if (!totals) return at;
  for (const part of encodeClosing(walker.rows, at, walker.sequence + 1, totals, zlibCrc32)) {
    await writeAll(handle, part);
    at += part.length;
  }
  return at;
}

export async function writeAll(handle: FileHandle, bytes: Uint8Array): Promise<void> {
  let at = 0;
  while (at < bytes.length) at += (await handle.write(bytes, at, Math.min(COPY_BYTES, bytes.length - at))).bytesWritten;
}

/** Replaces `recording` by what `pieces` are, whole or not at all, and removes its parts. */
export async function putTogether(recording: string, pieces: Pieces, totals: RecordingTotals | undefined): Promise<void> {
  const temporary = `${recording}.joining`;
  const handle = await open(temporary, 'w', 0o600);
  try {
    await writeTogether(handle, pieces, totals);
    await handle.close();
    await rename(temporary, recording);
  } catch (error) {
    await handle.close().catch(() => {}); // Closed already, or the failure that is thrown says more.
    await rm(temporary, { force: true });
    throw error;
  }
  removeFolder(partsFolder(recording));
}

/** Makes one file of a recording whose writer is gone. Does nothing where there are no parts of it. */
export async function recoverParts(recording: string): Promise<void> {
  const folder = partsFolder(recording);
  if (!existsSync(folder)) return;
  const names = await readdir(folder);
  const numbers = (kind: string): number[] =>
    names.flatMap((name) => (new RegExp(`^\\d{6,}\\.${kind}$`).test(name) ? [Number.parseInt(name, 10)] : [])).sort((a, b) => a - b);
  // A new head was there before the part that it stands for was gone.
  const head = numbers('head').at(-1);
  const parts = numbers('part').filter((number) => head === undefined || number >= head);
  const files = [...(head === undefined ? [] : [headFile(recording, head)]), ...parts.map((number) => partFile(recording, number))];
  if (files.length > 0) await putTogether(recording, filePieces(files), undefined);
  else removeFolder(folder);
}

async function* filePieces(files: readonly string[]): AsyncGenerator<Uint8Array, void, undefined> {
  for (const file of files) {
    const handle = await open(file, 'r');
    try {
      yield* handlePieces(handle, Number.POSITIVE_INFINITY);
    } finally {
      await handle.close();
    }
  }
}

/** The first `bytes` of a file. */
export async function* handlePieces(handle: FileHandle, bytes: number): AsyncGenerator<Uint8Array, void, undefined> {
  for (let at = 0; at < bytes; ) {
    const piece = await readAt(handle, Math.min(COPY_BYTES, bytes - at), at);
    if (piece.length === 0) return;
    yield piece;
    at += piece.length;
  }
}
