/** What the engine's profiler gives: the `Profiler.Profile` of its debugging protocol, and of `.cpuprofile` files. */

export interface CallFrame {
  readonly functionName: string;
  /** `0`: not JavaScript. */
  readonly scriptId: string;
  readonly url: string;
  /** From 0; -1 where it is not known. */
  readonly lineNumber: number;
  readonly columnNumber: number;
}

export interface ProfileNode {
  readonly id: number;
  readonly callFrame: CallFrame;
  readonly children?: readonly number[];
}

/** Times are microseconds of the monotonic clock. */
export interface CpuProfile {
  readonly nodes: readonly ProfileNode[];
  readonly startTime: number;
  readonly endTime: number;
  /** Ids of nodes, the innermost of each stack; and the time since the sample before, the first since the start. */
  readonly samples?: readonly number[];
  readonly timeDeltas?: readonly number[];
}
