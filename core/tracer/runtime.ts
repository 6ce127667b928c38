import type { EventTracer, Recorder } from '../events/recorder.ts';
import type { PluginState } from '../protocol/plugins.ts';
import type { SampledThread } from './sampling/thread-side.ts';

/** What the preload leaves for the API: `globalThis[RUNTIME]`. One for each JS thread. */
export interface Runtime {
  readonly recorder: Recorder;
  /** File of the API that belongs to this tracer. */
  readonly apiFile: string;
  /** Its exports: whatever copy of the package a script has, this one is used. */
  readonly loadApi: () => unknown;
  /** The tracer that `getTracer` gives: the script's own, if it has made one. */
  tracer: EventTracer | undefined;
  /** The session's. Plugins get it whatever the script has made. */
  session?: EventTracer;
  /** Whether code of a launch's plugin runs. */
  inPlugin?: () => boolean;
  /** For so many plugins of a tracer of the script's own: what tells the collector how they fare. Absent in worker threads. */
  ownPlugins?: (count: number) => (state: PluginState) => void;
  /** Called by the watchdog while this thread is stopped in code that is to be ended: of one of these plugins, none: of any. False: it is not. */
  overdue?: (plugins: readonly number[]) => boolean;
  /** Opens or closes the gate of the process. Absent in a tracer older than this copy of the API. */
  readonly switchGate?: (on: boolean) => void;
  /** Calls back, once, at a turn of this thread when the gate is open. */
  readonly whenGateOpens?: (opened: () => void) => void;
  /** The process's own events. Absent in a tracer older than this copy of the API. */
  readonly kept?: KeptSource;
  /** For the sampler, which looks at this thread from another. */
  readonly sampled?: SampledThread | undefined;
}

/** Frames in the order of target-wire.ts, HELLO first; each item is one whole frame. */
export interface KeptSource {
  /** From now on events are kept. May be said again: every object then tells all of itself with its next snapshot. */
  keep(): void;
  /** False: what came after a limit is missing. */
  readonly whole: boolean;
  /** What has been recorded until now; undefined where nothing is kept. */
  read(): Iterable<Uint8Array> | undefined;
}

export const RUNTIME = Symbol.for('trace-studio.runtime');

export const currentRuntime = (): Runtime | undefined => (globalThis as { [RUNTIME]?: Runtime })[RUNTIME];
