/** Texts of files in a report of VizTracer: its member `file_info` holds `files` (path: text and number of lines) and `functions` (name: path and line). */
import { crc32 } from '../base/crc32.ts';
import { MAX_BLOCK_BYTES } from '../protocol/recording-format.ts';
import { encodeSource, MAX_SOURCE_BYTES, MAX_SOURCES, MAX_SOURCES_BYTES } from '../protocol/sources.ts';

const encoder = new TextEncoder();
const decoder = new TextDecoder();
const MAX_FILE_LETTERS = 4096;

/** Payloads of SOURCE blocks. A member that is something else, or larger than all texts may be, gives none: it is kept as it is. */
export function* sourcesOf(json: Uint8Array): Generator<Uint8Array, void, undefined> {
  if (json.length > 2 * MAX_SOURCES_BYTES) return;
  let total = 0;
  let count = 0;
  for (const [file, entry] of filesIn(json)) {
    const text: unknown = Array.isArray(entry) ? entry[0] : undefined;
    if (typeof text !== 'string' || file === '' || file.length > MAX_FILE_LETTERS || ++count > MAX_SOURCES) continue;
    const content = encoder.encode(text);
    const isLarge = content.length > MAX_SOURCE_BYTES - MAX_HEAD_ROOM || total + content.length > MAX_SOURCES_BYTES;
    if (isLarge) {
      yield encodeSource({ file, bytes: 0, sum: 0, encoding: 'none', leftOut: 'is larger than what is shown' }, new Uint8Array(0));
      continue;
    }
    total += content.length;
    const payload = encodeSource({ file, bytes: content.length, sum: crc32(content), encoding: 'none' }, content);
    if (payload.length <= MAX_BLOCK_BYTES) yield payload;
  }
}

/** A text goes into one block, behind its head. */
const MAX_HEAD_ROOM = 32 * 1024;

function filesIn(json: Uint8Array): [string, unknown][] {
  try {
    const { files } = (JSON.parse(decoder.decode(json)) as { readonly files?: unknown } | null) ?? {};
    return typeof files === 'object' && files !== null ? Object.entries(files) : [];
  } catch {
    return [];
  }
}

const PLACED = /^.*? \((.+):(\d{1,9})\)$/s;

/** The place that VizTracer writes into the name of a function: `name (path:line)`. */
export function placeInName(name: string): { readonly file: string; readonly line: number } | undefined {
  const [, file, line] = PLACED.exec(name) ?? [];
  return file === undefined || line === undefined ? undefined : { file, line: Number(line) };
}
