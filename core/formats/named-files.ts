/** Files that a trace names as places of functions: what may be shown of the disk beside it is one of these, and nothing else. */

import { Definitions } from '../model/definitions.ts';
import { readRows } from '../model/indexed-opening.ts';
import { findIndex } from '../model/recording-index.ts';
import { BlockType } from '../protocol/recording-format.ts';
import { BlockReader, type RecordingItem } from '../protocol/recording-reader.ts';
import type { ByteSource } from './byte-source.ts';

/** More is no program. */
const MAX_FILES = 200_000;

export class NamedFiles {
  readonly files = new Set<string>();
  /** Folder that the program was started in, where the recording tells. */
  cwd = '';
  readonly #definitions = new Map<number, Definitions>();

  take(item: RecordingItem): void {
    if (item.kind === 'head') this.cwd = item.head.launch?.cwd ?? '';
    else if (item.kind === 'block' && item.header.type === BlockType.DEFS) this.define(item.header.stream, item.payload);
  }

  define(stream: number, payload: Uint8Array): void {
    const definitions = this.#definitions.get(stream) ?? new Definitions();
    this.#definitions.set(stream, definitions);
    definitions.add(payload);
    for (const [id, { file }] of definitions.functions) {
      if (file !== '' && this.files.size < MAX_FILES) this.files.add(file);
      definitions.functions.delete(id);
    }
  }
}

/** Of a recording, by its index where it has one; what lies behind that is read. */
export async function filesNamedIn(source: ByteSource): Promise<NamedFiles> {
  const named = new NamedFiles();
  const index = await findIndex(source, (await source.size()) ?? 0);
  if (!index) return readAll(source.follow(0), new BlockReader(), named);
  const head = new BlockReader();
  for await (const piece of source.follow(0)) {
    const [item] = head.push(piece);
    if (!item) continue;
    named.take(item);
    break;
  }
  const rows = index.rows.filter(({ header }) => header.type === BlockType.DEFS);
  for await (const { row, payload } of readRows(source, rows)) if (payload) named.define(row.header.stream, payload);
  return index.footer ? named : readAll(source.follow(index.endOffset), new BlockReader({ offset: index.endOffset }), named);
}

/** Of a trace of another format, that becomes a recording as it is read. */
export const filesNamedInStream = (recording: AsyncIterable<Uint8Array>): Promise<NamedFiles> => readAll(recording, new BlockReader(), new NamedFiles());

async function readAll(pieces: AsyncIterable<Uint8Array>, reader: BlockReader, named: NamedFiles): Promise<NamedFiles> {
  for await (const piece of pieces) for (const item of reader.push(piece)) named.take(item);
  return named;
}
