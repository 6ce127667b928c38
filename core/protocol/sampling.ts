/** What a target's sampler tells, and what can be asked of it while the target runs. Plain JSON. */

/** The stream of what a sampler saw of thread n has thread number SAMPLED_THREADS + n: Node's own numbers stay far below. */
export const SAMPLED_THREADS = 0x40000000;
export const SAMPLED_SUFFIX = ' (sampled)';

/** How the sampling of one thread fares: told when it begins and ends, and at most every second in between. The last one counts. */
export interface SamplingState {
  /** Of the sampled thread itself. */
  readonly thread: number;
  readonly state: 'on' | 'off' | 'failed';
  readonly intervalUs: number;
  /** Time between two looks at what was sampled: so often the window learns of something new. */
  readonly chunkMs: number;
  /** How long the thread stood still for the last change of chunks. */
  readonly pauseUs: number;
  /** That, as a part of the chunk: 0.03 is 3 %. What the samples themselves cost is not in it. */
  readonly overhead: number;
  /** Samples taken so far, and time in which none could be taken. */
  readonly samples: number;
  readonly blindMs: number;
  /** `overlap`: the next chunk begins before the last one ends. `stop-start`: there is a gap between them. */
  readonly chunks: 'overlap' | 'stop-start';
  /** Why it failed, or what is special, in words. */
  readonly message?: string;
}

export type TakeKind = 'cpu-profile' | 'heap-snapshot';

/** A file that the target is to write: the engine's own, standard format. */
export interface TakeRequest {
  /** Chosen by who asks; progress carries it. */
  readonly take: number;
  readonly what: TakeKind;
  /** Absolute. `part`, in the same folder, is written and renamed when it is whole. */
  readonly path: string;
  readonly part: string;
  readonly overwrite: boolean;
  /** Node's number of the thread; 0 is the main thread. */
  readonly thread: number;
  /** Of a profile. */
  readonly seconds: number;
  readonly intervalUs: number;
}

export interface TakeProgress {
  readonly take: number;
  readonly state: 'running' | 'done' | 'failed';
  /** 0 to 1, as far as it can be told. */
  readonly done: number;
  /** Written so far. */
  readonly bytes: number;
  /** How it went, in a sentence. */
  readonly message: string;
}

export const MAX_PROFILE_SECONDS = 600;
export const DEFAULT_PROFILE_SECONDS = 5;
export const TAKE_EXTENSIONS = { 'cpu-profile': '.cpuprofile', 'heap-snapshot': '.heapsnapshot' } as const satisfies Record<TakeKind, string>;

/** What a window or the command line asks for. */
export interface TakeOrder {
  readonly what: TakeKind;
  readonly path: string;
  readonly overwrite: boolean;
  /** Of a profile. */
  readonly seconds: number;
  /** Absent: the first process of the session that is connected, its main thread. */
  readonly pid?: number;
  readonly thread?: number;
}
