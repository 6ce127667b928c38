/** Texts of files in a recording: what a SOURCE block holds. */

/** Of one file. A larger text is left out, and that is said. */
export const MAX_SOURCE_BYTES = 1024 * 1024;
/** Of all files of a recording together, as they are on the disk. */
export const MAX_SOURCES_BYTES = 32 * 1024 * 1024;
/** Files that are named at all, with their text or without it. */
export const MAX_SOURCES = 10_000;

/** What stands in front of a text. */
export interface SourceHead {
  /** As the definitions of functions name it. */
  readonly file: string;
  /** Of the text, in UTF-8. */
  readonly bytes: number;
  /** CRC-32 of the text. */
  readonly sum: number;
  /** `deflate`: in zlib's format. */
  readonly encoding: 'deflate' | 'none';
  /** Why there is no text, in words that go on from the file's name. */
  readonly leftOut?: string;
}

export interface SourceBlock {
  readonly head: SourceHead;
  readonly content: Uint8Array;
}

const MAX_HEAD_BYTES = 64 * 1024;
const encoder = new TextEncoder();
const decoder = new TextDecoder();

/** Payload of a SOURCE block: u32 length of the head, the head as JSON, the text. */
export function encodeSource(head: SourceHead, content: Uint8Array): Uint8Array {
  const json = encoder.encode(JSON.stringify(head));
  const payload = new Uint8Array(4 + json.length + content.length);
  new DataView(payload.buffer).setUint32(0, json.length, true);
  payload.set(json, 4);
  payload.set(content, 4 + json.length);
  return payload;
}

/** Undefined: it is not what `encodeSource` writes. */
export function decodeSource(payload: Uint8Array): SourceBlock | undefined {
  if (payload.length < 4) return undefined;
  const length = new DataView(payload.buffer, payload.byteOffset, payload.length).getUint32(0, true);
  if (length > MAX_HEAD_BYTES || 4 + length > payload.length) return undefined;
  const head = headOf(decoder.decode(payload.subarray(4, 4 + length)));
  return head && { head, content: payload.subarray(4 + length) };
}

function headOf(json: string): SourceHead | undefined {
  let value: Partial<Record<keyof SourceHead, unknown>> | null;
  try {
    value = JSON.parse(json);
  } catch {
    return undefined;
  }
  if (typeof value !== 'object' || value === null) return undefined;
  const { file, bytes, sum, encoding, leftOut } = value;
  const isSize = Number.isSafeInteger(bytes) && (bytes as number) >= 0 && (bytes as number) <= MAX_SOURCE_BYTES;
  if (typeof file !== 'string' || file === '' || !isSize || !Number.isSafeInteger(sum) || (encoding !== 'deflate' && encoding !== 'none')) return undefined;
  return { file, bytes: bytes as number, sum: sum as number, encoding, ...(typeof leftOut === 'string' && { leftOut }) };
}

/** Undoes zlib's format; rejects where more than `limit` bytes come out. */
export type Inflate = (bytes: Uint8Array, limit: number) => Promise<Uint8Array>;

/** Bytes of the text. Throws where they are not those that were written. `check` gives the CRC-32. */
export async function sourceBytes({ head, content }: SourceBlock, inflate: Inflate, check: (bytes: Uint8Array) => number): Promise<Uint8Array> {
  const bytes = head.encoding === 'none' ? content : await inflate(content, head.bytes);
  if (bytes.length !== head.bytes || check(bytes) >>> 0 !== head.sum >>> 0) throw new Error(`The text of ${head.file} is damaged.`);
  return bytes;
}
