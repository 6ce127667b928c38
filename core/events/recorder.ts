/**
 * What custom events need of whoever records: the tracer's ring in a target, an array in a test.
 * Ids are those of definitions (0: it could not be defined, the event is lost and counted).
 */
import type { SnapshotLimits } from '../protocol/snapshot-value.ts';

export interface Recorder {
  /** False: every call below does nothing. */
  readonly recording: boolean;
  /** Grows when records were lost or recording paused: whoever sends differences sends all next. */
  readonly gaps: number;
  readonly maskSecrets: boolean;
  readonly limits: SnapshotLimits;

  defineCounter(name: string, series: readonly string[]): number;
  defineObject(name: string, className: string): number;
  /** A text that records refer to by id. */
  text(text: string): number;

  /** The first `count` of `values`, in the order of the definition. */
  counter(definition: number, values: Float64Array, count: number): void;
  /** `args` is JSON of an object, or empty. */
  instant(name: string, category: string, scope: number, args: string): void;
  /** Nanoseconds on a clock of its own, for `slice`. */
  now(): number;
  /** From `startNs` of `now()` to this moment. */
  slice(name: string, category: string, startNs: number, args: string): void;
  objectCreated(definition: number): boolean;
  /**
   * `values[i]` is JSON, undefined where the attribute `keys[i]` is gone. Only the first `count` of both are meant: the arrays are the
   * caller's, and used again. False: lost.
   */
  objectSnapshot(definition: number, flags: number, keys: readonly string[], values: readonly (string | undefined)[], count: number): boolean;
  objectDeleted(definition: number): void;
  /** `listener` runs at a turn of this thread whenever somebody asks for all objects. Keeps nothing alive. Absent where nobody can ask. */
  onSnapshotsAsked?(listener: () => void): void;
  /** A failure of the studio's own, for the window. */
  report(message: string): void;
}

/** What events are given as their tracer: `VizTracer`, or nothing. */
export interface EventTracer {
  /** Between `start` and `stop`, and not paused. */
  readonly enabled: boolean;
  /** Undefined where nobody records: a script started by plain `node`. */
  readonly recorder: Recorder | undefined;
}
