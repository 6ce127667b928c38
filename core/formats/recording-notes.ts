/** Notes that lie beside a trace, put into its recording on the way, so that every writer finds them where those of a recording are. */

import { noteLine, type RecordingNote } from '../protocol/notes.ts';
import { BlockType, FILE_HEADER_BYTES } from '../protocol/recording-format.ts';
import { encodeBlock, encodeInfo } from '../protocol/recording-writer.ts';
import { padTo8 } from '../protocol/records.ts';
import { joined } from './joined.ts';

/** Lines of one block: each note has at most some 12 KB of JSON. */
const NOTES_PER_BLOCK = 50;

/** For who reads it from its beginning to its end: offsets in its indexes do not hold any more. */
export async function* withNotes(recording: AsyncIterable<Uint8Array>, notes: readonly RecordingNote[]): AsyncGenerator<Uint8Array, void, undefined> {
  let head: Uint8Array | undefined = new Uint8Array(0);
  for await (const chunk of recording) {
    if (head === undefined) {
      yield chunk;
      continue;
    }
    head = joined(head, chunk);
    const end = headBytes(head);
    if (end === undefined || head.length < end) continue;
    yield head.subarray(0, end);
    for (let at = 0; at < notes.length; at += NOTES_PER_BLOCK) {
      const lines = notes.slice(at, at + NOTES_PER_BLOCK).map((note) => noteLine({ put: note }, 0));
      yield* encodeBlock({ type: BlockType.INFO, stream: 0, count: lines.length, firstNs: 0, lastNs: 0 }, encodeInfo(lines), 0);
    }
    yield head.subarray(end);
    head = undefined;
  }
  // Too short to be a recording: whoever reads it says so.
  if (head !== undefined) yield head;
}

function headBytes(start: Uint8Array): number | undefined {
  if (start.length < FILE_HEADER_BYTES) return undefined;
  return FILE_HEADER_BYTES + padTo8(new DataView(start.buffer, start.byteOffset).getUint32(12, true));
}
