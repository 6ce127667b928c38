/**
 * The socket between a target process (its drain worker) and the collector: a Unix socket or a named pipe.
 *
 * A frame is a header of 12 bytes, little-endian, and a body:
 *
 *     u32 body length   u8 type   u8 0   u16 0   u32 thread (Node's threadId, 0 = main; 0 where it means nothing)
 *
 * The first frame is HELLO; the collector closes a socket that starts otherwise or whose secret is wrong.
 * A DEFS body is a whole number of definition records, and is sent before the DATA that uses them.
 * The DATA bodies of one thread, put together, are one stream of records: a frame may end inside a record.
 */
import type { CaptureOptions } from './capture-options.ts';
import type { PluginLaunch, PluginLimits } from './plugins.ts';
import type { TakeRequest } from './sampling.ts';

export const FrameType = {
  /** JSON `TargetHello`. */
  HELLO: 1,
  /** JSON `ThreadHello`, before the first DEFS or DATA of its thread. */
  THREAD: 2,
  DEFS: 3,
  DATA: 4,
  /** JSON `ThreadStats`: totals so far; sent when they change, at most every 100 ms, and last at exit. */
  STATS: 5,
  /** The thread ended in an orderly way. No body. */
  THREAD_END: 6,
  /** JSON `{ message }`: a failure inside the tracer, for the window. The script goes on. */
  TRACER_ERROR: 7,
  /** JSON `TargetBye`: the process ends in an orderly way, everything has been sent. */
  BYE: 8,
  /** JSON `PluginState`: at every change, the last one counts. */
  PLUGIN: 9,
  /** JSON `CallCapture`: totals so far of a process whose calls are recorded; sent when they change. */
  CAPTURE: 10,
  /** JSON `LeftAlone`: a file or function whose calls cannot be recorded. */
  LEFT_ALONE: 11,
  /** JSON `TargetGate`: the script has opened or closed the gate. */
  GATE: 12,
  /** JSON `TargetLoad`: when it changes, at most every 250 ms. */
  LOAD: 13,
  /** JSON `ChildNotice`: it has started a process that is Node, as far as its command line tells. */
  CHILD: 16,
  /** JSON `SamplingState`, of the thread in it. */
  SAMPLING: 20,
  /** JSON `TakeProgress`. */
  TAKE: 21,
  /** Collector to target. JSON `TargetControl`. */
  CONTROL: 64,
} as const;
export type FrameType = (typeof FrameType)[keyof typeof FrameType];

/**
 * A spill file starts with these 8 bytes; then frames as on the socket: HELLO, and for each thread that had something left
 * THREAD (with `dataBefore`), DEFS, DATA, STATS; PLUGIN frames; last BYE. A file without BYE was cut, or its process was killed, if by itself. It is there before the socket closes.
 */
export const SPILL_MAGIC = 'TSSPILL1';

export const FRAME_HEADER_BYTES = 12;
export const MAX_FRAME_BYTES = 16 * 1024 * 1024;

export interface TargetHello {
  readonly wire: number;
  readonly tracer: string;
  /** Per-session secret from TRACE_STUDIO_SECRET. */
  readonly secret: string;
  readonly pid: number;
  readonly ppid: number;
  readonly nodeVersion: string;
  readonly execPath: string;
  readonly execArgv: readonly string[];
  readonly argv: readonly string[];
  /** What it is called, where that is more than the name of its script: `cluster worker 2`. */
  readonly title?: string;
  /** Started by a process of the launch: what all of them would say alike on stderr it leaves to the collector. */
  readonly isChild?: boolean;
  readonly cwd: string;
  readonly platform: string;
  readonly arch: string;
  /** Its gate was closed when it began. */
  readonly paused?: boolean;
  /** Decimal text of process.hrtime.bigint() and the epoch in ns, read together: places this process on the wall clock. */
  readonly monotonicNs: string;
  readonly epochNs: string;
}

/** A child that a target has started. One that then greets nobody is not recorded, and the window says so. */
export interface ChildNotice {
  /** 0: not known. */
  readonly pid: number;
  /** Its command line, cut. */
  readonly what: string;
  /** Why it was started without the tracer. */
  readonly why?: string;
}

export interface ThreadHello {
  readonly thread: number;
  readonly name: string;
  readonly ringBytes: number;
  /**
   * Only in a spill file: bytes of the thread's DATA and DEFS streams that lie before those in the file. The socket may have
   * delivered more than that (what the tracer had no receipt for): skip as many bytes as were taken beyond it.
   */
  readonly dataBefore?: number;
  readonly definitionsBefore?: number;
}

export interface ThreadStats {
  readonly thread: number;
  /** Records lost because the ring was full. */
  readonly dropped: number;
  /** Times and nanoseconds that the target waited for the drain. */
  readonly stalls: number;
  readonly stallNs: number;
}

export interface TargetGate {
  readonly on: boolean;
  /** Decimal text of process.hrtime.bigint(). */
  readonly time: string;
  /** `start` and `stop` frames obeyed until then: the collector sees by it whether one of its own has crossed this. */
  readonly obeyed: number;
}

export interface TargetBye {
  /** What the process exits with. */
  readonly code?: number;
}

/** How full the fullest ring was since the last one, from 0 to 1. */
export interface TargetLoad {
  readonly share: number;
}

/** How the code of a process is taken in: the recording of its calls, and what its TypeScript was made to JavaScript by. */
export interface CallCapture {
  /** Files and functions that are instrumented, counted once for each thread that runs them. */
  readonly files: number;
  readonly functions: number;
  /** Of the files: taken from an earlier run. */
  readonly cached: number;
  /** How their text was reached. */
  readonly hooks: readonly CallHook[];
  /** Functions that are muted now. */
  readonly muted: number;
  /** Every way that a file has come so far. */
  readonly typescript: readonly TypeScriptWay[];
}
/**
 * `node`: Node itself replaces types by blanks. `blanks`: the tracer does, for a Node that does not. `amaro`: printed anew by the tracer, since it has more
 * than types. `project`: by the project's own compiler. `bundled`: by the one of this package, which can do all that a compiler can. `loader`: by a loader of the user's.
 */
export const TYPESCRIPT_WAYS = ['node', 'blanks', 'amaro', 'project', 'bundled', 'loader'] as const;
export type TypeScriptWay = (typeof TYPESCRIPT_WAYS)[number];
/** `load`: Node's hooks in the thread. `hooks-thread`: those of a thread of their own. `read`: the file's reading. `compile`: at the last moment. */
export const CALL_HOOKS = ['load', 'hooks-thread', 'read', 'compile'] as const;
export type CallHook = (typeof CALL_HOOKS)[number];

export interface LeftAlone {
  readonly file: string;
  readonly reason: string;
}

/**
 * `start`, `stop`: the gate of recording. While it is closed every event of the target is a no-op.
 * `snapshot`: each thread records all of its objects, at its next turn.
 * `mute`: calls of these functions are not recorded until the same is said with `muted: false`. It holds for all threads and for what is
 * loaded later; a later rule goes before an earlier one. Calls that are open end as they would.
 */
export type TargetControl =
  | { readonly command: 'start' }
  | { readonly command: 'stop' }
  | { readonly command: 'snapshot' }
  | { readonly command: 'mute'; readonly muted: boolean; readonly functions: readonly FunctionRule[] }
  /** Sampling of every thread; without an interval that of the launch. */
  | { readonly command: 'sampling'; readonly on: boolean; readonly intervalUs?: number }
  | ({ readonly command: 'take' } & TakeRequest)
  /** Only of a process that was attached to: it sends what it has, says BYE, and goes on without a tracer. */
  | { readonly command: 'detach' };

/** Functions by where they are, as DEF_FUNCTIONS tells it: with neither name nor line all of the file. */
export interface FunctionRule {
  readonly file: string;
  readonly name?: string;
  readonly line?: number;
}

/** Environment variables by which a launch tells the preload. All are hidden from the script. */
export const TargetEnvironment = {
  /** Path of the socket or pipe. */
  SOCKET: 'TRACE_STUDIO_SOCKET',
  SECRET: 'TRACE_STUDIO_SECRET',
  /** JSON `TargetOptions`. */
  OPTIONS: 'TRACE_STUDIO_OPTIONS',
} as const;

export interface TargetOptions {
  /** Absolute path of preload.cjs with forward slashes: what --require in NODE_OPTIONS names. */
  readonly preload: string;
  /** `exact`: a full ring blocks the target (at most 5 s without progress). `live`: it drops and counts. */
  readonly whenFull: 'exact' | 'live';
  /** Bytes of a thread's ring, a power of two. Default 8 MiB. */
  readonly ringBytes?: number;
  /** Folder for the spill file of what the drain worker could not take at exit: `<folder>/<pid>.spill`. */
  readonly spillFolder: string;
  /** Mask values whose key looks secret in snapshots and args. Default true. */
  readonly maskSecrets?: boolean;
  /** The gate is closed until it is opened: by the collector, or by the script. */
  readonly paused?: boolean;
  /** Set by the tracer for the processes that a target starts: one process of a launch says it if the collector is gone. */
  readonly isChild?: boolean;
  /** What is recorded beside what the script itself tells. Absent: nothing. */
  readonly capture?: CaptureOptions;
  /** Of a process that is attached to: every call of code that is loaded from now on is recorded, whatever `capture.calls` says of the rest. */
  readonly laterCalls?: boolean;
  /** Where instrumented files are kept for later runs: a folder of the user's. Absent: nowhere. */
  readonly cacheFolder?: string;
  /**
   * Each process of the launch loads them for itself. What their handlers leave of its events is
   * `<spillFolder>/<pid>.processed.json` (trace-event JSON, renamed into place before the socket closes).
   */
  readonly plugins?: readonly PluginLaunch[];
  readonly pluginLimits?: PluginLimits;
}

export function encodeFrameHeader(bodyBytes: number, type: FrameType, thread: number): Uint8Array<ArrayBuffer> {
  const header = new Uint8Array(FRAME_HEADER_BYTES);
  const view = new DataView(header.buffer);
  view.setUint32(0, bodyBytes, true);
  view.setUint8(4, type);
  view.setUint32(8, thread, true);
  return header;
}

/** How the name of a folder begins in which a collector has its socket, and targets leave what they could not send. */
export const RUN_FOLDER = 'ts-';
/** A socket's path is at most 104 bytes on macOS and 108 on Linux, its final zero included. */
const MAX_SOCKET_PATH = 100;

/** The first of `parents` in which such a folder leaves room for the path of a socket. */
export const socketParent = (parents: readonly string[]): string =>
  parents.find((parent) => new TextEncoder().encode(`${parent}/${RUN_FOLDER}4194304-XXXXXX/s`).length <= MAX_SOCKET_PATH) ?? '/tmp';
