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

/**
 * Calls. An enter names its function; the exit that ends it names the same, and calls nest. Whatever the tracer does not record
 * (a muted function, one below the depth limit) has neither. An exit that does not match the innermost open call ends every call
 * down to its own; one without an enter means nothing.
 *
 * A function that can wait (async, generator) is on its thread in *runs*: CALL_BEGIN and CALL_RESUME open one, CALL_SUSPEND and CALL_END
 * close it, and all of them nest among the calls like an enter and an exit. `call` numbers the activation, per thread, from 1. What was
 * suspended and never ran again has no CALL_END; one that was ended while it was suspended (a dropped generator) has a CALL_END that closes
 * no run.
 *
 * Kinds of extended records that carry a time. Payload fields are u32 unless said otherwise.
 */
export const RecordKind = {
  /** word 0 is the high word of the clock; no payload. */
  EPOCH: 1,
  /** counter def, number of series, then one f64 a series (NaN: a gap), in the order of the definition. */
  COUNTER: 2,
  /** name def, category def, scope (see InstantScope), byte length of args; then args as JSON, padded. */
  INSTANT: 3,
  /**
   * name def, category def, f64 duration in ns, byte length of args, track def (0: the thread's own calls; else a text: what is drawn
   * beside them, garbage collections for example); then args as JSON, padded. Time = end, which may lie before records in front of it.
   */
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
  /** byte length, 0; then JSON, padded: the arguments of the call whose enter (or CALL_BEGIN) is the call record in front of it. */
  CALL_ARGUMENTS: 10,
  /** byte length, 0; then JSON, padded: what the innermost open call is about to return. */
  CALL_RESULT: 11,
  /** function id, call: an async function or a generator begins, and with it its first run. */
  CALL_BEGIN: 12,
  /** function id, call: its run ends at an `await` or `yield`. */
  CALL_SUSPEND: 13,
  /** function id, call: it runs on. */
  CALL_RESUME: 14,
  /** function id, call: it is over, and with it its run. */
  CALL_END: 15,
  /**
   * Something that takes time beside the calls: a timer, a request, a read. number, scope (see AsyncScope) of that number, name def, category def,
   * number of the async slice that it belongs to (same scope; 0: none), flags (see AsyncFlag), byte length of args, 0; then args as JSON, padded.
   */
  ASYNC_BEGIN: 16,
  /** number, scope, name def (0: that of the slice), byte length of args; then args as JSON, padded: a moment of it. */
  ASYNC_INSTANT: 17,
  /** number, scope, name def (0: that of the slice), byte length of args; then args as JSON, padded. */
  ASYNC_END: 18,
  /** number, scope, name def, category def, phase (see FlowPhase), 0: a point of an arrow; it belongs to the innermost call that is open then, or begins next. */
  FLOW: 19,
  /** string def: definitions travel in DEFS frames and blocks only, never in a region that can be dropped. id, byte length, text, padded. */
  DEF_STRING: 32,
  /** counter def: id, name def, number of series, 0, then a name def a series (padded to 8). */
  DEF_COUNTER: 33,
  /** object def: id, name def, class name def, 0. */
  DEF_OBJECT: 34,
  /**
   * Functions of one file: id of the first, number of functions, file (string def: a path or URL as a user knows it), byte length; then UTF-8
   * text, padded: a line for each, `line column flags name` (decimal, from 1; flags see FunctionFlag), in the order of their ids.
   * A name has no line end in it. Line 0: not known.
   */
  DEF_FUNCTIONS: 35,
} as const;
export type RecordKind = (typeof RecordKind)[keyof typeof RecordKind];

export const InstantScope = { THREAD: 0, PROCESS: 1, GLOBAL: 2 } as const;
/** Where the number of an async slice or an arrow means one thing: in its thread's stream, in the process, in the whole recording. */
export const AsyncScope = { STREAM: 0, PROCESS: 1, RECORDING: 2 } as const;
/** FLOW: an arrow of the same number and scope starts where this was begun. */
export const AsyncFlag = { FLOW: 1 } as const;
/** `END` points at the next call that begins, `END_ENCLOSING` at the one that is open. */
export const FlowPhase = { START: 0, STEP: 1, END: 2, END_ENCLOSING: 3 } as const;
/** NATIVE: not JavaScript (as a sampler names it). MODULE: the body of a file. */
export const FunctionFlag = { ASYNC: 1, GENERATOR: 2, CONSTRUCTOR: 4, MODULE: 8, NATIVE: 16 } as const;
export const SnapshotFlag = { KEYFRAME: 1, CUT: 2 } as const;
export const GapReason = { RING_FULL: 1, SPILL_LOST: 2, RECORD_TOO_LARGE: 3 } as const;
/** Highest id of a function. */
export const MAX_FUNCTION_ID = 0x3fffffff;
/** What counts as an event: all but epochs, gaps, stalls, definitions, and what belongs to another record. Kind 0 stands for a plain call. */
export const isEvent = (kind: number): boolean => kind === 0 || (kind > 1 && kind < 8) || (kind > 11 && kind < 20);
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
