/** What a `handle_data` handler gets: one process's events in the trace-event format, as one object that it may change. */
import { PluginProblem } from './plugin-failure.ts';

export interface TraceEvent {
  /** Kind: `X` a slice, `i` an instant, `C` a counter, `N` `O` `D` an object, `M` metadata, `b` `n` `e` async, `s` `t` `f` a flow. */
  ph: string;
  name?: string;
  /** Microseconds. */
  ts?: number;
  /** Microseconds; of `X` only. */
  dur?: number;
  pid?: number;
  tid?: number;
  /** Categories, parted by commas. */
  cat?: string;
  id?: string | number;
  args?: Record<string, unknown>;
  [key: string]: unknown;
}

/** Keys that a plugin adds are kept. */
export interface TraceData {
  traceEvents: TraceEvent[];
  viztracer_metadata: {
    version?: string;
    /** Events are missing, since there was no room for them. */
    overflow?: boolean;
    [key: string]: unknown;
  };
  [key: string]: unknown;
}

/** What is wrong with `value` as trace data, in words; undefined if nothing is. The events themselves are not looked at. */
export function problemOfTraceData(value: unknown): string | undefined {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return `the data is ${nameOf(value)}, not an object`;
  const { traceEvents, viztracer_metadata: metadata } = value as Record<string, unknown>;
  if (!Array.isArray(traceEvents)) return `traceEvents is ${nameOf(traceEvents)}, not a list`;
  if (metadata !== undefined && (typeof metadata !== 'object' || metadata === null || Array.isArray(metadata)))
    return `viztracer_metadata is ${nameOf(metadata)}, not an object`;
  return undefined;
}

/** A value as a sentence names it: `null`, `a list`, `a number`. */
export function nameOf(value: unknown): string {
  if (value === null || value === undefined) return String(value);
  if (Array.isArray(value)) return 'a list';
  return typeof value === 'object' ? 'an object' : `a ${typeof value}`;
}

/**
 * What a handler has left: the data that it changed in place, or other data that it gave. Throws a `PluginProblem` for nonsense.
 *
 * As there are handlers like `(data) => data.traceEvents.push(…)`, a number and parts of the data itself mean nothing.
 */
export function checkHandled(data: TraceData, result: unknown): TraceData {
  const { traceEvents, viztracer_metadata: metadata } = data;
  const given = typeof result === 'number' || typeof result === 'boolean' || result === null || result === undefined;
  const left = given || result === traceEvents || result === metadata ? data : result;
  const problem = problemOfTraceData(left);
  if (problem) throw new PluginProblem(`what its handler left is no trace data: ${problem}`);
  const { traceEvents: events } = left as TraceData;
  const bad = events.findIndex((event) => typeof event !== 'object' || event === null);
  if (bad < 0) return left as TraceData;
  throw new PluginProblem(`what its handler left is no trace data: traceEvents[${bad}] is ${nameOf(events[bad])}, not an event`);
}
