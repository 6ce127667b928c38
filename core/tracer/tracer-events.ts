import { argsText, attributesOf } from '../events/args-text.ts';
import type { EventTracer, Recorder } from '../events/recorder.ts';
import { SnapshotStream } from '../events/snapshot-stream.ts';
import { recordClass, SnapshotText } from '../events/snapshot-text.ts';
import { InstantScope } from '../protocol/records.ts';

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

interface NamedCounter {
  readonly series: readonly string[];
  readonly values: Float64Array;
  readonly definition: number;
}

/** Names that `counter` and `snapshot` remember: a script that makes up names without end must not keep them all. */
const MAX_NAMES = 10_000;

/** What a tracer records by itself, besides counters and objects that are given it. Does nothing while it is not `enabled`. */
export abstract class TracerEvents implements EventTracer {
  /**
   * Between `start` and `stop`, and not paused. To be read; `start`, `stop`, `pause` and `resume` write it. Under the studio it stays as it is
   * while the window has switched recording off.
   */
  enabled = false;
  /** Undefined where nobody records: before the first `start` of a tracer without the studio. */
  abstract readonly recorder: Recorder | undefined;
  readonly #counters = new Map<string, NamedCounter>();
  readonly #objects = new Map<string, SnapshotStream>();

  /** Something that happened at this moment. `args` is copied. Another `scope` than those of `Scope` throws a TypeError. */
  logInstant(name: string, args?: unknown, scope: Scope = 'thread'): void {
    const code = SCOPES[scope];
    if (code === undefined) throw new TypeError(`The scope of an instant is 'thread', 'process' or 'global', not ${String(scope)}`);
    const recorder = this.#recording();
    recorder?.instant(String(name), '', code, argsText(recorder, args));
  }
  /** `logInstant` under a short name. */
  instant(name: string, args?: unknown, scope?: Scope): void {
    this.logInstant(name, args, scope);
  }

  /** Begins a duration, which `end()` of what is returned ends. `args` is copied at the end. */
  logEvent(name: string, args?: unknown): EventScope {
    const recorder = this.#recording();
    const startNs = recorder?.now() ?? 0;
    let running = recorder !== undefined;
    const end = (): void => {
      if (running && this.enabled) recorder?.slice(String(name), '', startNs, argsText(recorder, args));
      running = false;
    };
    return { end, [Symbol.dispose]: end };
  }

  /** The duration of `run`, also if it throws; for a promise until it settles. Gives what `run` gives. */
  measure<T>(name: string, run: () => T): T {
    const event = this.logEvent(name);
    let result: T;
    try {
      result = run();
    } catch (error) {
      event.end();
      throw error;
    }
    if (result instanceof Promise) return result.finally(() => event.end()) as T;
    event.end();
    return result;
  }

  /** A number as a sample of the counter `name`, anything else as an instant with its copy. `cond` false: nothing. */
  logVar(name: string, value: unknown, cond = true): void {
    if (!cond) return;
    if (typeof value === 'number' || typeof value === 'boolean') this.counter(name, { value: Number(value) });
    else this.logInstant(name, { value });
  }

  /** One sample of a counter: `tracer.counter('queue', { waiting, running })`. A value that is no number throws a TypeError. */
  counter(name: string, values: Readonly<Record<string, number>>): void {
    for (const [key, value] of Object.entries(values)) {
      if (typeof value !== 'number') throw new TypeError(`Counter can only take numeric values: ${name}.${key} was given a value of type ${typeof value}`);
    }
    const recorder = this.#recording();
    if (!recorder) return;
    const named = this.#namedCounter(recorder, name, values);
    recorder.counter(named.definition, named.values, named.series.length);
  }
  /** `counter` under the name of the original. */
  addCounter(name: string, values: Readonly<Record<string, number>>): void {
    this.counter(name, values);
  }

  /**
   * One snapshot of the object `name`: `tracer.snapshot('cart', cart)`. A copy: of an object and an instance of a class each own field;
   * anything else (a list, a map, a number) stands under `value`. Its class is that of the first snapshot.
   */
  snapshot(name: string, value: unknown): void {
    const recorder = this.#recording();
    if (!recorder) return;
    let stream = this.#objects.get(name);
    if (!stream) {
      if (this.#objects.size >= MAX_NAMES) this.#objects.clear();
      stream = new SnapshotStream(name, recordClass(value) ?? 'Object');
      this.#objects.set(name, stream);
    }
    const text = new SnapshotText(recorder.limits, recorder.maskSecrets);
    stream.snapshot(recorder, attributesOf(value, text), text.cut);
  }
  /** `snapshot` under the name of the original. */
  addObject(name: string, value: unknown): void {
    this.snapshot(name, value);
  }

  // Names of the original.
  log_instant(name: string, args?: unknown, scope?: Scope): void {
    this.logInstant(name, args, scope);
  }
  /** `logInstant` whose scope is `'global'`, unless told otherwise. */
  add_instant(name: string, args?: unknown, scope: Scope = 'global'): void {
    this.logInstant(name, args, scope);
  }
  log_event(name: string, args?: unknown): EventScope {
    return this.logEvent(name, args);
  }
  log_var(name: string, value: unknown, cond = true): void {
    this.logVar(name, value, cond);
  }
  add_counter(name: string, values: Readonly<Record<string, number>>): void {
    this.counter(name, values);
  }
  add_object(name: string, value: unknown): void {
    this.snapshot(name, value);
  }

  #recording(): Recorder | undefined {
    return this.enabled && this.recorder?.recording ? this.recorder : undefined;
  }

  #namedCounter(recorder: Recorder, name: string, values: Readonly<Record<string, number>>): NamedCounter {
    const series = Object.keys(values);
    let named = this.#counters.get(name);
    if (!named || named.definition === 0 || named.series.length !== series.length || named.series.some((key, i) => key !== series[i])) {
      if (this.#counters.size >= MAX_NAMES) this.#counters.clear();
      named = { series, values: new Float64Array(series.length), definition: recorder.defineCounter(name, series) };
      this.#counters.set(name, named);
    }
    for (let i = 0; i < series.length; i++) named.values[i] = values[series[i] as string] as number;
    return named;
  }
}
