import { crc32 } from '../base/crc32.ts';
import { BLOCK_HEADER_BYTES, BLOCK_MAGIC, type BlockHeader, BlockType, type IndexRow, type RecordingFooter } from '../protocol/recording-format.ts';
import { blockBytes, decodeBlockHeader, decodeIndex, findFooter } from '../protocol/recording-reader.ts';
import type { RandomAccess } from './block-store.ts';

/** The footer lies in the last bytes. */
const TAIL_BYTES = 16 * 1024;
/** A recording without a footer is looked through backwards for its newest index, in pieces, so far. */
const SEARCH_BYTES = 4 * 1024 * 1024;
const MAX_SEARCHED_BYTES = 512 * 1024 * 1024;

/** Where the blocks of a recording lie, as its indexes tell. */
export interface FoundIndex {
  /** In the order of the file, without indexes and footer. */
  readonly rows: readonly IndexRow[];
  /** Behind the last of them: what lies from there on is in no index. */
  readonly endOffset: number;
  /** Undefined: the recording was cut, or is still being written. */
  readonly footer: RecordingFooter | undefined;
}

/** Undefined: there is no index, or it is damaged; then all has to be read. */
export async function findIndex(source: RandomAccess, size: number): Promise<FoundIndex | undefined> {
  const tail = await readAll(source, Math.max(0, size - TAIL_BYTES), Math.min(size, TAIL_BYTES));
  const footer = findFooter(tail);
  const newest = footer ? footer.lastIndex : await newestIndex(source, size);
  if (newest === undefined || newest < 0) return undefined;
  const parts: (readonly IndexRow[])[] = [];
  let endOffset = size;
  for (let at = newest, before = size; at >= 0; ) {
    // Indexes lead backwards: one that does not is damage, and could lead in a circle.
    const block = at < before ? await readBlock(source, at) : undefined;
    const index = block?.header.type === BlockType.INDEX ? decodeIndex(block.payload) : undefined;
    if (!block || !index) return undefined;
    if (at === newest && !footer) endOffset = at + blockBytes(block.header);
    parts.push(index.blocks);
    before = at;
    at = index.previous;
  }
  const rows = parts.reverse().flat();
  for (let row = 1; row < rows.length; row++) if ((rows[row] as IndexRow).offset <= (rows[row - 1] as IndexRow).offset) return undefined;
  if ((rows.at(-1)?.offset ?? -1) >= newest) return undefined;
  return { rows, endOffset, footer };
}

/** Undefined if there is no whole block at that place. */
export async function readBlock(source: RandomAccess, offset: number): Promise<{ readonly header: BlockHeader; readonly payload: Uint8Array } | undefined> {
  const start = await readAll(source, offset, BLOCK_HEADER_BYTES);
  const header = start.length === BLOCK_HEADER_BYTES ? decodeBlockHeader(start) : undefined;
  if (!header) return undefined;
  const payload = await readAll(source, offset + BLOCK_HEADER_BYTES, header.payloadBytes);
  return payload.length === header.payloadBytes && crc32(payload) === header.payloadCrc ? { header, payload } : undefined;
}

/** A source may answer a part. */
export async function readAll(source: RandomAccess, offset: number, length: number): Promise<Uint8Array> {
  const first = await source.read(offset, length);
  if (first.length >= length || first.length === 0) return first;
  const whole = new Uint8Array(length);
  whole.set(first);
  let filled = first.length;
  while (filled < length) {
    const more = await source.read(offset + filled, length - filled);
    if (more.length === 0) break;
    whole.set(more, filled);
    filled += more.length;
  }
  return whole.subarray(0, filled);
}

/** Offset of the last index in a recording without a footer. */
async function newestIndex(source: RandomAccess, size: number): Promise<number | undefined> {
  let end = size;
  while (end > 0 && size - end < MAX_SEARCHED_BYTES) {
    const from = Math.max(0, end - SEARCH_BYTES);
    // A header may lie across the border of two pieces.
    const bytes = await readAll(source, from, Math.min(size - from, end - from + BLOCK_HEADER_BYTES));
    for (let at = bytes.length - BLOCK_HEADER_BYTES; at >= 0; at--) {
      if (bytes[at] !== (BLOCK_MAGIC & 0xff) || bytes[at + 4] !== BlockType.INDEX) continue;
      const header = decodeBlockHeader(bytes, at);
      // What looks like an index inside of a payload does not begin where a block does; its own payload is checked when it is read.
      if (header?.type === BlockType.INDEX && (await readBlock(source, from + at))) return from + at;
    }
    end = from;
  }
  return undefined;
}
