import { EXTENDED_BIT, RecordKind, recordBytes } from '../../protocol/records.ts';

/** Arguments as they lie in a block: bytes of JSON. */
export interface ArgsBytes {
  readonly json: Uint8Array;
}

const wordsOf = (payload: Uint8Array): DataView => new DataView(payload.buffer, payload.byteOffset, payload.byteLength);

/** Kind of the record at byte `at`: 0 for a call. Undefined: there is no whole record. */
export function kindAt(payload: Uint8Array, at: number): number | undefined {
  if (at < 0 || at + 8 > payload.length) return undefined;
  const tag = wordsOf(payload).getUint32(at + 4, true);
  if (at + recordBytes(tag) > payload.length) return undefined;
  return tag < EXTENDED_BIT ? 0 : tag & 0xff;
}

/** Where the fields of a kind of record tell the length of its arguments, and where these begin, in bytes from its payload. */
const ARGS: ReadonlyMap<number, readonly [lengthAt: number, from: number]> = new Map([
  [RecordKind.INSTANT, [12, 16]],
  [RecordKind.SLICE, [16, 24]],
  [RecordKind.CALL_ARGUMENTS, [0, 8]],
  [RecordKind.CALL_RESULT, [0, 8]],
  [RecordKind.ASYNC_BEGIN, [24, 32]],
  [RecordKind.ASYNC_END, [12, 16]],
]);

/** Arguments of the record at byte `at`, or of a call: those of the record behind it. Undefined: it has none. */
export function argsAt(payload: Uint8Array, at: number): Uint8Array | undefined {
  const kind = kindAt(payload, at);
  if (kind === undefined) return undefined;
  const isCall = kind === 0 || kind === RecordKind.CALL_BEGIN;
  const words = wordsOf(payload);
  const record = isCall ? at + recordBytes(words.getUint32(at + 4, true)) : at;
  const argsKind = isCall ? kindAt(payload, record) : kind;
  if (argsKind === undefined || (isCall && argsKind !== RecordKind.CALL_ARGUMENTS)) return undefined;
  const layout = ARGS.get(argsKind);
  const size = recordBytes(words.getUint32(record + 4, true)) - 8;
  if (!layout || size < layout[1]) return undefined;
  const length = words.getUint32(record + 8 + layout[0], true);
  if (length === 0 || length > size - layout[1]) return undefined;
  const from = record + 8 + layout[1];
  return payload.subarray(from, from + length);
}
