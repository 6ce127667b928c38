import type { AnyAttributes } from './any-attributes.ts';
import { AttributeLog, type Target } from './attribute-log.ts';
import { EventBase, MAKE_LOG } from './event-base.ts';
import { type EventConfig, type EventOptions, readOptions } from './event-options.ts';
import type { EventTracer } from './recorder.ts';

const NO_VALUES = new Float64Array(0);

class CounterLog extends AttributeLog {
  /** Index in `#values` of the attributes whose write needs no look at anything else. */
  readonly #index = new Map<string | symbol, number>();
  #series: string[] = [];
  #values: Float64Array = NO_VALUES;
  #definition = 0;
  /** The attributes have to be collected again before the next log. */
  #stale = true;
  /** Some attributes are accessors: they are read at each log. */
  #dynamic = false;
  #trigger: boolean;

  constructor(tracer: EventTracer, name: string, className: string, config: EventConfig) {
    super(tracer, name, className, config);
    this.#trigger = config.triggerOnChange;
  }

  /** Hot: the write of a known attribute does nothing but store and record. */
  override set(target: Target, key: string | symbol, value: unknown, receiver: unknown): boolean {
    const index = this.#index.get(key);
    if (index === undefined || receiver !== this.proxy || typeof value !== 'number') return super.set(target, key, value, receiver);
    try {
      target[key] = value;
    } catch {
      return false; // Frozen: what to say of it is up to the writer's strictness.
    }
    this.#values[index] = value;
    if (this.#trigger && this.tracer.enabled) this.tracer.recorder?.counter(this.#definition, this.#values, this.#series.length);
    return true;
  }

  override log(): void {
    const { recorder, enabled } = this.tracer;
    if (!enabled || !recorder?.recording) return;
    if (this.#stale || this.#dynamic) this.#collect();
    if (this.#definition === 0) this.#definition = recorder.defineCounter(this.name, this.#series);
    recorder.counter(this.#definition, this.#values, this.#series.length);
    if (this.#definition !== 0) this.#openFastPath();
  }

  override configure(): void {
    this.#trigger = Boolean(this.config.triggerOnChange);
    super.configure();
  }

  protected override changed(): void {
    this.#stale = true;
    this.#index.clear();
  }

  protected override check(key: string, value: unknown): void {
    if (typeof value === 'number' || typeof value === 'function' || !this.isContent(key)) return;
    throw new TypeError(`Counter can only take numeric values: ${this.name}.${key} was given ${describe(value)}`);
  }

  #collect(): void {
    const series: string[] = [];
    const values: number[] = [];
    this.#dynamic = false;
    for (const key of this.contentKeys()) {
      if (!this.isPlain(key)) this.#dynamic = true;
      const value = read(this.proxy, key);
      if (typeof value !== 'number') continue;
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
    this.#stale = false;
  }

  #openFastPath(): void {
    if (this.#dynamic || this.#index.size > 0) return;
    this.#series.forEach((key, i) => {
      if (this.isTrigger(key)) this.#index.set(key, i);
    });
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
  static override [MAKE_LOG](tracer: EventTracer, name: string, className: string, options: object | undefined): AttributeLog {
    return new CounterLog(tracer, name, className, readOptions(options, className));
  }
};

type CounterConstructor = Omit<typeof EventBase, 'prototype'> & {
  readonly prototype: EventBase;
  /** Any attribute may be written. */
  new (tracer: EventTracer | null | undefined, name?: string | null, options?: EventOptions): EventBase & AnyAttributes;
  /** Only the attributes of `T`. */
  new <T extends { [K in keyof T]: number }>(tracer: EventTracer | null | undefined, name?: string | null, options?: EventOptions): EventBase & T;
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
