/**
 * Where things lie in the memory that a target's threads share with the drain worker.
 *
 * One SharedArrayBuffer for the process (`ProcessWord`), and one for each JS thread: 256 bytes of `RingWord` and
 * `RingFloat`, then the ring of records, then the ring of definitions. Positions count units of 8 bytes since the start of
 * the thread and wrap at 2^32, so that "how much lies between" is a 32-bit subtraction.
 */
import type { PluginState } from '../protocol/plugins.ts';
import type { ChildNotice, LeftAlone } from '../protocol/target-wire.ts';
import type { SampleFilterOptions } from './sampling/sample-filter.ts';

export const ProcessWord = {
  /** 1: events are recorded. Switched by gate.ts; giving up closes it for good. */
  GATE: 0,
  /** Grows with every switch of the gate: whoever sends differences starts anew. */
  GENERATION: 1,
  /** See `DrainState`. */
  STATE: 2,
  /** What the drain sleeps on; always 0. */
  BELL: 3,
  /** See `Request`: what an ending process asks of the drain. */
  REQUEST: 4,
  /** The request that the drain has fulfilled. */
  DONE: 5,
  /** See `Keep`: whether the drain keeps a copy of what it sends. */
  KEEP: 6,
  /** 1 once the copy has been begun: whatever is confirmed from then on is in it. */
  KEPT: 7,
  /** 1 while the drain sleeps longer than usual: the next record rings the bell. */
  DOZES: 8,
  /** The number of the next function: of the whole process, since threads may share the text that asks for it. */
  NEXT_FUNCTION: 9,
  /** Of CallCapture: files, functions, files of an earlier run; and a bit for each of CALL_HOOKS. */
  CALL_FILES: 10,
  CALL_FUNCTIONS: 11,
  CALL_CACHED: 12,
  CALL_HOOKS: 13,
  /** Rules of muted functions that the drain has: with some, new definitions are waited for until it has looked at them. */
  MUTE_RULES: 14,
  /** 1: the process ends without an exit, by a signal of its own. All is sent but the goodbye: it was killed, whoever did it. */
  ABRUPT: 15,
  /** Two words: when the gate was switched last, by process.hrtime.bigint(). See gate.ts. */
  GATE_TIME: 16,
  /** What the process exits with; valid once REQUEST is set. */
  EXIT_CODE: 18,
  /** Grows whenever all objects are asked for; threads sleep on it. */
  SNAPSHOTS: 19,
  /** A bit for each of TYPESCRIPT_WAYS. */
  TYPESCRIPT: 20,
} as const;
export const PROCESS_BYTES = 128;

export const DrainState = {
  /** The worker has not begun, or has not even been started. */
  STARTING: 0,
  /** It looks for the collector. */
  CONNECTING: 1,
  CONNECTED: 2,
  /** No collector: nothing is recorded any more. Or the process ended first: the drain keeps off. */
  GONE: 3,
} as const;

/** `FLUSH`, `SPILL`: the process ends. `SYNC`: it may go on; the drain takes the request back when it is fulfilled. */
export const Request = { NONE: 0, FLUSH: 1, SPILL: 2, SYNC: 3 } as const;

/** `CUT`: the copy has reached its limit, or the disk is full: what came later is not in it. */
export const Keep = { OFF: 0, ON: 1, CUT: 2 } as const;

/** What a thread's table says of a function. The drain writes `MUTED`, the thread the others. */
export const FunctionState = { UNKNOWN: 0, RECORDED: 1, MUTED: 2 } as const;
/** Functions of a process at most: those of later files are not recorded. */
export const MAX_FUNCTIONS = 2 ** 20;

/** Numbers for `count` functions of the process: the first of them; 0: there are not so many left. */
export function nextFunctions(processWords: Int32Array, count: number): number {
  const first = Atomics.add(processWords, ProcessWord.NEXT_FUNCTION, count) + 1;
  return first + count <= MAX_FUNCTIONS ? first : 0;
}

/** Int32 index into a thread's buffer. */
export const RingWord = {
  /** Records are whole up to here; written by the thread. */
  WRITE: 0,
  /** Confirmed up to here; written by the drain. */
  READ: 1,
  DEF_WRITE: 2,
  DEF_READ: 3,
  /** 1 once the drain knows the ring. */
  ATTACHED: 4,
  /** 1 when the thread has ended in an orderly way. */
  ENDED: 5,
  /** See `Sampling`: between the sampler and the thread that it looks at. */
  SAMPLING: 40,
} as const;

/** `RUNNING`: the sampler looks at the thread, which must not end before it has said `FINISH` and has seen `DONE`. */
export const Sampling = { NONE: 0, RUNNING: 1, FINISH: 2, DONE: 3 } as const;

/** Float64 index into a thread's buffer: totals. The first three are the thread's, the others (bytes confirmed) the drain's. */
export const RingFloat = { DROPPED: 8, STALLS: 9, STALL_NS: 10, DATA_SENT: 11, DEFINITIONS_SENT: 12 } as const;

export const RING_HEADER_BYTES = 256;
const DEFAULT_RING_BYTES = 8 * 1024 * 1024;
const MIN_RING_BYTES = 64 * 1024;
const MAX_RING_BYTES = 1024 * 1024 * 1024;
export const DEFINITION_RING_BYTES = 1024 * 1024;

/** `calls`: with a table of functions behind the rings, see FunctionState. */
export const ringBufferBytes = (ringBytes: number, calls = false): number =>
  RING_HEADER_BYTES + ringBytes + DEFINITION_RING_BYTES + (calls ? MAX_FUNCTIONS : 0);

/** The table behind the rings of a thread whose calls are recorded. */
export function functionTable({ buffer, ringBytes }: { readonly buffer: SharedArrayBuffer; readonly ringBytes: number }): Uint8Array | undefined {
  const at = ringBufferBytes(ringBytes);
  return buffer.byteLength > at ? new Uint8Array(buffer, at, MAX_FUNCTIONS) : undefined;
}

/** A power of two within bounds; 8 MiB for anything else. */
export function validRingBytes(wanted: number | undefined): number {
  if (wanted === undefined || !Number.isInteger(wanted) || wanted < MIN_RING_BYTES || wanted > MAX_RING_BYTES) return DEFAULT_RING_BYTES;
  return 2 ** Math.floor(Math.log2(wanted));
}

/** The channel on which threads of one process meet the drain worker. */
export const DRAIN_CHANNEL = 'trace-studio:drain';

/** What travels on it. */
export type DrainMessage =
  | { readonly kind: 'ring'; readonly thread: number; readonly name: string; readonly ringBytes: number; readonly buffer: SharedArrayBuffer }
  /** A worker thread is gone: by itself or terminated. */
  | { readonly kind: 'ended'; readonly thread: number }
  | { readonly kind: 'error'; readonly message: string }
  | { readonly kind: 'child'; readonly notice: ChildNotice }
  | { readonly kind: 'plugin'; readonly state: PluginState }
  | ({ readonly kind: 'left-alone' } & LeftAlone);

/** `workerData` of the drain worker. */
export interface DrainStart {
  readonly traceStudioDrain: true;
  readonly socket: string;
  /** The HELLO frame. */
  readonly hello: Uint8Array;
  readonly spillFile: string;
  /** Where the process's own events are kept when it asks for that. */
  readonly copyFile: string;
  readonly process: SharedArrayBuffer;
  /** Calls shorter than this are left out; 0: none. */
  readonly minDurationNs: number;
  /** The gate as the launch has it. */
  readonly gate: number;
  /** Of a process with plugins: see plugins/presence.ts. */
  readonly presence?: SharedArrayBuffer;
  readonly ring: Extract<DrainMessage, { kind: 'ring' }>;
  /** May say on stderr that the collector is gone, or has stalled. */
  readonly complains: boolean;
  /** Of the tracer's files. */
  readonly folder: string;
  /** Microseconds between two samples, whether sampling begins at once, and of what it tells. */
  readonly sampling: { readonly on: boolean; readonly intervalUs: number; readonly filter: SampleFilterOptions };
}
