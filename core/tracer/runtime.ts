import type { EventTracer, Recorder } from '../events/recorder.ts';

/** What the preload leaves for the API: `globalThis[RUNTIME]`. One for each JS thread. */
export interface Runtime {
  readonly recorder: Recorder;
  /** File of the API that belongs to this tracer. */
  readonly apiFile: string;
  /** Its exports: whatever copy of the package a script has, this one is used. */
  readonly loadApi: () => unknown;
  /** The tracer that `getTracer` gives. */
  tracer: EventTracer | undefined;
}

export const RUNTIME = Symbol.for('trace-studio.runtime');

export const currentRuntime = (): Runtime | undefined => (globalThis as { [RUNTIME]?: Runtime })[RUNTIME];
