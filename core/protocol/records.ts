/**
 * Records: what a JS thread of the target writes into its ring, what crosses the socket, and what lies in the blocks of a
 * recording. One layout for all three, so that nothing is encoded twice between the script and the file.
 *
 * A record is a multiple of 8 bytes, little-endian. Its header is two words:
 *
 *     word 0   low 32 bits of the monotonic clock in ns (EPOCH: the high 32 bits)
 *     word 1   bit 31 = 0: a call.      bits 1..30 function id, bit 0 exit
 *              bit 31 = 1: an extended. bits 0..7 kind, bits 8..30 payload length in units of 8 bytes
 *
 * A stream of records needs the high word of the clock: an EPOCH record carries it at the start of a thread's stream and
 * whenever it changes (every 4.29 s); a block of a recording repeats it in its header, so that a block decodes alone.
 *
 * Text is UTF-8. Ids of definitions belong to one thread and start at 1; 0 means "none".
 */

/** Kinds of extended records that carry a time. Payload fields are u32 unless said otherwise. */
export const RecordKind = {
  /** word 0 is the high word of the clock; no payload. */
  EPOCH: 1,
  /** counter def, number of series, then one f64 a series (NaN: a gap), in the order of the definition. */
  COUNTER: 2,
  /** name def, category def, scope (see InstantScope), byte length of args; then args as JSON, padded. */
  INSTANT: 3,
  /** name def, category def, f64 duration in ns, byte length of args, 0; then args as JSON, padded. Time = end. */
  SLICE: 4,
  /** object def, 0. */
  OBJECT_CREATED: 5,
  /**
   * object def, flags (see SnapshotFlag), number of entries, byte length of the values;
   * then per entry: key def, byte length of its value (REMOVED: the attribute is gone);
   * then the values as JSON (see snapshot-value.ts), one after the other, padded at the end.
   * An attribute that is not listed is unchanged since the object's previous snapshot; a keyframe lists all.
   */
  OBJECT_SNAPSHOT: 6,
  /** object def, 0. */
  OBJECT_DELETED: 7,
  /** f64 number of records lost, high word and low word of the clock, reason (see GapReason), depth of the open stack, then function ids from the outermost. */
  GAP: 8,
  /** f64 ns that the target waited for the drain. */
  STALL: 9,
  /** string def: definitions travel in DEFS frames and blocks only, never in a region that can be dropped. id, byte length, text, padded. */
  DEF_STRING: 32,
  /** counter def: id, name def, number of series, 0, then a name def a series (padded to 8). */
  DEF_COUNTER: 33,
  /** object def: id, name def, class name def, 0. */
  DEF_OBJECT: 34,
} as const;
export type RecordKind = (typeof RecordKind)[keyof typeof RecordKind];

export const InstantScope = { THREAD: 0, PROCESS: 1, GLOBAL: 2 } as const;
export const SnapshotFlag = { KEYFRAME: 1, CUT: 2 } as const;
export const GapReason = { RING_FULL: 1, SPILL_LOST: 2, RECORD_TOO_LARGE: 3 } as const;
/** In place of a value's length: the attribute was removed. */
export const REMOVED = 0xffffffff;

export const EXTENDED_BIT = 0x80000000;
/** A payload's length is 23 bits of 8-byte units. */
export const MAX_PAYLOAD_BYTES = 0x7fffff * 8;

export const extendedTag = (kind: RecordKind, payloadBytes: number): number => (EXTENDED_BIT | ((payloadBytes >>> 3) << 8) | kind) >>> 0;
export const padTo8 = (bytes: number): number => (bytes + 7) & ~7;

/** Length in bytes of the record whose second header word is `tag`, header included. */
export function recordBytes(tag: number): number {
  return (tag & EXTENDED_BIT) === 0 ? 8 : 8 + ((tag >>> 8) & 0x7fffff) * 8;
}
export const kindOf = (tag: number): number => tag & 0xff;
export const isExtended = (tag: number): boolean => (tag & EXTENDED_BIT) !== 0;
