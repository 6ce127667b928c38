/**
 * The recording file (`.tsr`), version 1. Append-only, little-endian. `core/formats/README.md` tells the same in words.
 *
 *     file header   64 bytes: magic "TSRECORD", u32 version, u32 bytes of the JSON that follows, u32 CRC-32 of that JSON, zeros
 *                   then JSON `RecordingHead`, padded with zeros to 8
 *     blocks        each a header of 64 bytes and a payload of at most MAX_BLOCK_BYTES, padded with zeros to 8
 *     footer        a block of type FOOTER, the last one; a file without it is recovered by walking the block headers
 *
 * Block header:
 *
 *     0  u32 magic "TSBK"       4  u8 type, u8 0             6  u16 open calls that the open stack does not name (DATA only)
 *     8  u32 payload bytes      12 u32 CRC-32 of the payload
 *     16 u32 stream             20 u32 count                24 f64 first time, ns since the recording's start
 *     32 f64 last time          40 u32 high word of the clock in force at the first record
 *     44 u32 words of open stack at the start of the payload (see open-stack.ts; DATA only)
 *     48 f64 records lost on this stream before this block, in all   56 u32 sequence number   60 u32 CRC-32 of bytes 0..59
 *
 * A cut file is whole up to the last block whose header and payload are whole: everything before is good.
 */
import type { CaptureOptions } from './capture-options.ts';
import type { PluginState } from './plugins.ts';
import type { SamplingState } from './sampling.ts';
import type { CallCapture, FunctionRule, LeftAlone } from './target-wire.ts';

export const FILE_MAGIC = 'TSRECORD';
export const FILE_HEADER_BYTES = 64;
export const BLOCK_MAGIC = 0x4b425354; // "TSBK"
export const BLOCK_HEADER_BYTES = 64;
export const MAX_BLOCK_BYTES = 1024 * 1024;
export const RECORDING_EXTENSION = '.tsr';

export const BlockType = {
  /** JSON `RecordingInfo`: processes, threads, ends, losses, the end of the session. */
  INFO: 1,
  /** Definition records of one stream, before their first use. */
  DEFS: 2,
  /** Event records of one stream, whole records only. */
  DATA: 3,
  /** Console records: see ConsoleRecord below. */
  CONSOLE: 4,
  /** Where the blocks since the previous index lie: see `RecordingIndex`. A reader may skip it. */
  INDEX: 5,
  /** JSON `RecordingFooter`. */
  FOOTER: 6,
  /** A piece of an attachment: bytes of what the INFO line `attachment` tells. `stream` is the attachment's number, `count` 0. */
  ATTACHMENT: 7,
  /**
   * What a stretch of a stream's calls looks like: a segment (the DATA blocks of the stream since the level-0 SUMMARY before), or the nodes of the level below since
   * the last node of this level. `count` is the level, first and last time are those of the stretch; bytes of summary/codec.ts, in parts of one block each, numbered in the
   * place of the clock; in that of unnamed frames stands where the segment's other records are (see summary/side-records.ts). It says the same as the DATA blocks: who reads these may skip it.
   */
  SUMMARY: 8,
  /** By name, what the calls of the stretch of the SUMMARY in front of it took. As that, in parts. */
  STATISTICS: 9,
  /** Records of the segment of the SUMMARY in front of it that are no calls, once more: for who does not read the DATA blocks. */
  EXTRACT: 10,
  /** The text of one file that definitions of functions name, or why it is not there: see sources.ts. `stream` and `count` 0. Of several for a file the first counts. */
  SOURCE: 11,
} as const;
export type BlockType = (typeof BlockType)[keyof typeof BlockType];

/** Who started what, and when: known before the first event. */
export interface RecordingHead {
  readonly studio: string;
  /** Unique id of the session, a UUID. */
  readonly session: string;
  /** Decimal text: monotonic ns and epoch ns that are time 0 of the recording. Epoch `0`: not known (an imported trace). */
  readonly startMonotonicNs: string;
  readonly startEpochNs: string;
  readonly title: string;
  readonly launch?: LaunchRecord;
}

/** What was run, as it may be written down: values of the environment are left out unless the user chose them. */
export interface LaunchRecord {
  readonly command: readonly string[];
  readonly cwd: string;
  readonly script?: string;
  readonly nodePath?: string;
  readonly nodeVersion?: string;
  readonly environmentNames: readonly string[];
  readonly environment?: Readonly<Record<string, string>>;
  /** Specs of the plugins, in their order. */
  readonly plugins?: readonly string[];
  /** What was recorded, where it differs from what is usual. */
  readonly capture?: Partial<CaptureOptions>;
}

export const MAX_LEFT_ALONE = 1000;

/** One JSON line of an INFO block. `process` is the index of the process in the recording, `stream` that of the thread. */
export type RecordingInfo =
  | {
      readonly kind: 'process';
      readonly process: number;
      readonly pid: number;
      readonly ppid: number;
      readonly name: string;
      readonly argv: readonly string[];
      readonly nodeVersion: string;
      /** Where it is shown among the others: by this number, then in the order of the file. */
      readonly sortIndex?: number;
      readonly labels?: readonly string[];
      readonly timeNs: number;
    }
  | {
      readonly kind: 'thread';
      readonly stream: number;
      readonly process: number;
      readonly thread: number;
      readonly name: string;
      readonly sortIndex?: number;
      readonly timeNs: number;
    }
  | { readonly kind: 'thread-end'; readonly stream: number; readonly timeNs: number }
  /** `flushedNs`: when the last of what it sent was taken. Of one that did not end in an orderly way, what it recorded later is missing. `code`: what it exits with. */
  | {
      readonly kind: 'process-end';
      readonly process: number;
      readonly orderly: boolean;
      readonly code?: number;
      readonly flushedNs?: number;
      readonly timeNs: number;
    }
  /** A process that is Node, was started by `process` and is not recorded. `pid` 0: not known. `what`: its command line. */
  | {
      readonly kind: 'untraced';
      readonly process: number;
      readonly pid: number;
      readonly what: string;
      readonly why: string;
      readonly timeNs: number;
    }
  | { readonly kind: 'stats'; readonly stream: number; readonly dropped: number; readonly stalls: number; readonly stallNs: number; readonly timeNs: number }
  | { readonly kind: 'tracer-error'; readonly process: number; readonly message: string; readonly timeNs: number }
  /** Bytes of console output or blocks that could not be recorded, or what plugins could not do or left that was not taken; and why. */
  | {
      readonly kind: 'loss';
      readonly what: 'console' | 'disk' | 'imported' | 'plugins' | 'kept';
      readonly count: number;
      readonly message: string;
      /** Of an imported trace: a stable word for what is amiss, and one case of it in words. */
      readonly issue?: string;
      readonly example?: string;
      readonly timeNs: number;
    }
  /**
   * From an imported trace: what its file says of itself. `startEpochNs`: as in the head, for a file that told it only at its end;
   * it replaces the head's.
   */
  | {
      readonly kind: 'imported';
      readonly format: string;
      readonly metadata: Readonly<Record<string, unknown>>;
      readonly startEpochNs?: string;
      readonly timeNs: number;
    }
  /** From an imported trace: what it says of a process, or of one of its threads, beyond names and order. */
  | {
      readonly kind: 'metadata';
      readonly process: number;
      readonly stream?: number;
      readonly name: string;
      readonly args: unknown;
      readonly timeNs: number;
    }
  /** How a plugin fares in a process; a later line for the same process and index replaces the earlier one. */
  | { readonly kind: 'plugin'; readonly process: number; readonly state: PluginState; readonly timeNs: number }
  /** How the sampling of a thread of that process fares; a later line for the same thread replaces the earlier one. */
  | { readonly kind: 'sampling'; readonly process: number; readonly state: SamplingState; readonly timeNs: number }
  /** How the recording of calls goes in a process; a later line replaces the earlier one. */
  | ({ readonly kind: 'capture'; readonly process: number; readonly timeNs: number } & CallCapture)
  /** A file or function whose calls are not recorded, and why: at most MAX_LEFT_ALONE of a process. */
  | ({ readonly kind: 'left-alone'; readonly process: number; readonly timeNs: number } & LeftAlone)
  /** Before the ATTACHMENT blocks of that number; they lie in order. It is whole when `bytes` of it are there. */
  | { readonly kind: 'attachment'; readonly attachment: number; readonly name: string; readonly bytes: number; readonly timeNs: number }
  /**
   * What the plugins of a process left of its events: the attachment is trace-event JSON that takes the place of what the
   * recording itself holds of the process. `process` is its index here.
   */
  | {
      readonly kind: 'processed';
      readonly process: number;
      readonly attachment: number;
      readonly by: 'target' | 'plugin-host';
      readonly plugins: readonly string[];
      /** Why not in the target: for example that it was killed, or had more events than it may handle itself. */
      readonly note?: string;
      readonly timeNs: number;
    }
  /** Only the newest was kept: what lies before `fromNs` is gone, but for the last values from before it. Of several lines the last counts. */
  | { readonly kind: 'kept'; readonly fromNs: number; readonly timeNs: number }
  /** Recording was switched on or off, for all processes of the session: nothing is recorded while it is off. On from the start unless told otherwise. */
  | { readonly kind: 'recording'; readonly on: boolean; readonly by: RecordingCause; readonly timeNs: number }
  /** From here on calls of these functions were not recorded, or again. A later word goes before an earlier one. */
  | { readonly kind: 'mute'; readonly muted: boolean; readonly functions: readonly FunctionRule[]; readonly timeNs: number }
  /** A note at a moment or on a range; a later line for the same id replaces the earlier one. `removed`: there is none of this id any more. */
  | {
      readonly kind: 'note';
      readonly id: string;
      readonly fromNs?: number;
      readonly toNs?: number;
      readonly text?: string;
      readonly removed?: boolean;
      readonly timeNs: number;
    }
  | { readonly kind: 'session-end'; readonly end: SessionEnd; readonly timeNs: number };

/** Who switched recording: the launch (`startPaused`), the window, the script by `getTracer()`, or a limit of the launch that was reached. */
export type RecordingCause = 'launch' | 'window' | 'script' | 'limit';

/** How a target ended. */
export type SessionEnd =
  | { readonly kind: 'exited'; readonly code: number }
  | { readonly kind: 'signalled'; readonly signal: string }
  | { readonly kind: 'stopped'; readonly code?: number; readonly signal?: string; readonly forced: boolean }
  /** The studio had attached to a process, and left it; or `processEnded`: it ended, by itself. */
  | { readonly kind: 'detached'; readonly processEnded: boolean }
  | { readonly kind: 'failed-to-start'; readonly message: string }
  /** The recorder ended before it, and the studio ended it then. Never in a recording itself: nobody was left to write it. */
  | { readonly kind: 'recorder-lost' };

/**
 * Console record, in CONSOLE blocks (stream 0): f64 time in ns since the start, u8 source, u8 0, u16 0, u32 byte length,
 * then the bytes as they came, padded to 8. A record is a chunk of output, not a line. `count` of the block is the number of chunks.
 */
export const ConsoleSource = { STDOUT: 0, STDERR: 1, STDIN: 2, STUDIO: 3 } as const;
export type ConsoleSource = (typeof ConsoleSource)[keyof typeof ConsoleSource];
export const CONSOLE_HEADER_BYTES = 16;

/** As bytes: f64 `previous`, then for each block f64 its offset and the 64 bytes of its header. */
export interface RecordingIndex {
  /** Offset in the file of the previous INDEX block, or -1. */
  readonly previous: number;
  readonly blocks: readonly IndexRow[];
}

export interface IndexRow {
  /** Of the block's header in the file. */
  readonly offset: number;
  readonly header: BlockHeader;
}

export const INDEX_ROW_BYTES = 8 + BLOCK_HEADER_BYTES;

export interface RecordingFooter {
  readonly lastIndex: number;
  readonly blocks: number;
  readonly events: number;
  readonly dropped: number;
  readonly durationNs: number;
  readonly end?: SessionEnd;
}

/** Attachments that are members of an imported file, beside its events, have this in front of the member's name. */
export const MEMBER_ATTACHMENT = 'trace-event/';

export interface BlockHeader {
  readonly type: BlockType;
  readonly payloadBytes: number;
  readonly payloadCrc: number;
  readonly stream: number;
  /** DATA: records that are events (`isEvent`); what it counts of others, their types say. */
  readonly count: number;
  readonly firstNs: number;
  readonly lastNs: number;
  readonly clockHigh: number;
  readonly openStackWords: number;
  /** Open calls that are too deep to be named there: as many ends are theirs. */
  readonly unnamedFrames: number;
  readonly droppedBefore: number;
  readonly sequence: number;
}
