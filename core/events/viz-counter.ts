import type { AnyAttributes } from './any-attributes.ts';
import { AttributeLog, Known, type Target } from './attribute-log.ts';
import { EventBase, MAKE_LOG } from './event-base.ts';
import { type EventConfig, type EventOptions, readOptions } from './event-options.ts';
import type { EventTracer, Recorder } from './recorder.ts';

const NO_VALUES = new Float64Array(0);

class CounterLog extends AttributeLog {
  #series: string[] = [];
  #values: Float64Array = NO_VALUES;
  #definition = 0;
  /** Where `#definition` is defined. */
  #definedBy: Recorder | undefined;
  /** This recorder may be given `#values` as they are: every attribute is there, and none is an accessor. */
  #ready: Recorder | undefined;
  /** Some attributes are accessors: they are read at each log. */
  #dynamic = false;
  #busy = false;
  #trigger: boolean;

  constructor(tracer: EventTracer, name: string, className: string, config: EventConfig) {
    super(tracer, name, className, config);
    this.#trigger = config.triggerOnChange;
  }

  /** Hot: the write of a known attribute does nothing but store and record. */
  override set(target: Target, key: string | symbol, value: unknown, receiver: unknown): boolean {
    const known = this.known.get(key);
    if (known === undefined || receiver !== this.proxy || typeof value !== 'number') return super.set(target, key, value, receiver);
    target[key] = value;
    if (known >= 0) this.#values[known] = value;
    else if (known === Known.QUIET) return true;
    else this.#ready = undefined;
    if (!this.#trigger || !this.tracer.enabled) return true;
    const ready = this.#ready;
    if (ready !== undefined && ready === this.tracer.recorder) ready.counter(this.#definition, this.#values, this.#values.length);
    else this.log();
    return true;
  }

  override log(): void {
    const { recorder, enabled } = this.tracer;
    if (!enabled || !recorder?.recording || this.#busy) return;
    if (this.#ready !== recorder) this.#prepare(recorder);
    recorder.counter(this.#definition, this.#values, this.#values.length);
  }

  override configure(): void {
    this.#trigger = Boolean(this.config.triggerOnChange);
    super.configure();
  }

  protected override changed(): void {
    this.#ready = undefined;
  }

  protected override check(key: string, value: unknown): void {
    if (typeof value === 'number' || typeof value === 'function' || !this.isContent(key)) return;
    throw new TypeError(`Counter can only take numeric values: ${this.name}.${key} was given ${describe(value)}`);
  }

  #prepare(recorder: Recorder): void {
    // A getter that writes would log without end: the log that reads it is under way.
    this.#busy = true;
    try {
      this.#collect();
    } finally {
      this.#busy = false;
    }
    if (this.#definition === 0 || this.#definedBy !== recorder) {
      this.#definition = recorder.defineCounter(this.name, this.#series);
      this.#definedBy = recorder;
    }
    if (this.#definition !== 0 && !this.#dynamic) this.#ready = recorder;
  }

  #collect(): void {
    const series: string[] = [];
    const values: number[] = [];
    this.#dynamic = false;
    for (const key of this.contentKeys()) {
      if (!this.isPlain(key)) this.#dynamic = true;
      const value = read(this.proxy, key);
      if (typeof value !== 'number') continue;
      if (this.known.has(key)) this.known.set(key, series.length);
      series.push(key);
      values.push(value);
    }
    const same = series.length === this.#series.length && series.every((key, i) => key === this.#series[i]);
    if (same) this.#values.set(values);
    else {
      this.#series = series;
      this.#values = Float64Array.from(values);
      this.#definition = 0;
    }
  }
}

/** A getter that throws is skipped. */
function read(from: Target, key: string): unknown {
  try {
    return from[key];
  } catch {
    return undefined;
  }
}

const describe = (value: unknown): string =>
  value === null ? 'null' : typeof value === 'object' ? `a value of type object` : `a value of type ${typeof value}`;

const Counter = class VizCounter extends EventBase {
  static override [MAKE_LOG](tracer: EventTracer | undefined, name: string, className: string, options: object | undefined): AttributeLog | undefined {
    const config = readOptions(options, className);
    return tracer && new CounterLog(tracer, name, className, config);
  }
};

type CounterConstructor = Omit<typeof EventBase, 'prototype'> & {
  readonly prototype: EventBase;
  /** Only the attributes of `T`; without one, any attribute may be written. */
  new <T extends { [K in keyof T]: number } = AnyAttributes>(
    tracer: EventTracer | null | undefined,
    name?: string | null,
    options?: EventOptions,
  ): EventBase & T;
};

/**
 * Numbers over time. Every write to a public attribute records all of them as one sample:
 *
 *     const queue = new VizCounter(getTracer(), 'queue');
 *     queue.waiting = 3;
 *
 * Takes numbers only: anything else throws a TypeError and leaves the value that was there. NaN and infinities are gaps.
 */
export const VizCounter = Counter as unknown as CounterConstructor;
export type VizCounter<T = AnyAttributes> = EventBase & T;
