import { argsText } from '../events/args-text.ts';
import type { EventTracer, Recorder } from '../events/recorder.ts';
import { InstantScope } from '../protocol/records.ts';
import { currentRuntime } from './runtime.ts';

export type Scope = 'thread' | 'process' | 'global' | 't' | 'p' | 'g';

const SCOPES: Readonly<Record<string, number>> = {
  thread: InstantScope.THREAD,
  t: InstantScope.THREAD,
  process: InstantScope.PROCESS,
  p: InstantScope.PROCESS,
  global: InstantScope.GLOBAL,
  g: InstantScope.GLOBAL,
};

/** A duration under way. `end()` records it; so does the end of a `using` block. */
export interface EventScope extends Disposable {
  /** Ends the duration; a second call does nothing. */
  end(): void;
}

/** Records into the session of the studio. Started by plain `node` nothing records, and every method does nothing. */
export class VizTracer implements EventTracer {
  /** Between `start` and `stop`, and not paused. Read it; `start` and `stop` write it. */
  enabled = false;
  readonly recorder: Recorder | undefined;
  #started = false;

  constructor() {
    const runtime = currentRuntime();
    this.recorder = runtime?.recorder;
    if (runtime) runtime.tracer = this;
  }

  /** Begins to record. Does nothing when it has begun. */
  start(): void {
    this.#started = true;
    this.enabled = true;
  }
  stop(): void {
    this.#started = false;
    this.enabled = false;
  }
  /** Between `start` and `stop`: records nothing until `resume`. */
  pause(): void {
    this.enabled = false;
  }
  resume(): void {
    this.enabled = this.#started;
  }

  /** Something that happened at this moment. `args` is copied. */
  logInstant(name: string, args?: unknown, scope: Scope = 'thread'): void {
    const { recorder } = this;
    if (!this.enabled || !recorder?.recording) return;
    const code = SCOPES[scope];
    if (code === undefined) throw new TypeError(`The scope of an instant is 'thread', 'process' or 'global', not ${String(scope)}`);
    recorder.instant(String(name), '', code, argsText(recorder, args));
  }
  /** The same under its short name. */
  instant(name: string, args?: unknown, scope?: Scope): void {
    this.logInstant(name, args, scope);
  }

  /** Begins a duration, which `end()` of what is returned ends. */
  logEvent(name: string, args?: unknown): EventScope {
    const { recorder } = this;
    let running = this.enabled && recorder?.recording === true;
    const startNs = running ? (recorder as Recorder).now() : 0;
    const end = (): void => {
      if (running && this.enabled) recorder?.slice(String(name), '', startNs, argsText(recorder, args));
      running = false;
    };
    return { end, [Symbol.dispose]: end };
  }
}

/** The tracer that records this script; undefined when nothing does. */
export function getTracer(): VizTracer | undefined {
  const runtime = currentRuntime();
  if (!runtime) return undefined;
  if (!runtime.tracer) new VizTracer().start();
  return runtime.tracer as VizTracer;
}
