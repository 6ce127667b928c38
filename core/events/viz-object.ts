import type { SnapshotLimits } from '../protocol/snapshot-value.ts';
import type { AnyAttributes } from './any-attributes.ts';
import { AttributeLog } from './attribute-log.ts';
import { DISPOSE, EventBase, MAKE_LOG } from './event-base.ts';
import { type EventConfig, type ObjectOptions, readOptions } from './event-options.ts';
import type { EventTracer } from './recorder.ts';
import { SnapshotStream } from './snapshot-stream.ts';
import { SnapshotText } from './snapshot-text.ts';

/** Holds the streams only: an object that is recorded can be forgotten. */
const forgotten = new FinalizationRegistry<SnapshotStream>((stream) => stream.end());

class ObjectLog extends AttributeLog {
  readonly #stream: SnapshotStream;
  readonly #ownLimits: Partial<SnapshotLimits>;
  #limits: SnapshotLimits | undefined;

  constructor(tracer: EventTracer, name: string, className: string, config: EventConfig, limits: Partial<SnapshotLimits>) {
    super(tracer, name, className, config);
    this.#ownLimits = limits;
    this.#stream = new SnapshotStream(name, className);
    if (tracer.enabled && tracer.recorder?.recording) this.#stream.create(tracer.recorder);
  }

  override attach(target: object): object {
    const proxy = super.attach(target);
    forgotten.register(proxy, this.#stream, this.#stream);
    return proxy;
  }

  override log(): void {
    const { recorder, enabled } = this.tracer;
    if (!enabled || !recorder?.recording || this.#stream.over) return;
    this.#limits ??= { ...recorder.limits, ...this.#ownLimits };
    const text = new SnapshotText(this.#limits, recorder.maskSecrets);
    const content = new Map<string, string>();
    for (const key of this.contentKeys()) {
      const value = this.#read(key);
      if (typeof value !== 'function') content.set(key, text.attribute(key, value));
    }
    this.#stream.snapshot(recorder, content, text.cut);
  }

  override dispose(): void {
    forgotten.unregister(this.#stream);
    this.#stream.end();
  }

  protected override check(): void {}
  protected override changed(): void {}

  /** A getter that throws is left out, as a function is. */
  #read(key: string): unknown {
    try {
      return this.proxy[key];
    } catch {
      return skipped;
    }
  }
}

const skipped = (): void => {};

const ObjectClass = class VizObject extends EventBase {
  static override [MAKE_LOG](tracer: EventTracer, name: string, className: string, options: object | undefined): AttributeLog {
    const limits: Partial<Record<keyof SnapshotLimits, number>> = {};
    return new ObjectLog(tracer, name, className, readOptions(options, className, limits), limits);
  }

  /** Says that the object is gone. Later writes are no events. */
  dispose(): void {
    this[DISPOSE]();
  }
  [Symbol.dispose](): void {
    this[DISPOSE]();
  }
};

type ObjectEvents = EventBase & Disposable & { dispose(): void };

type ObjectConstructor = Omit<typeof EventBase, 'prototype'> & {
  readonly prototype: ObjectEvents;
  /** Any attribute may be written. */
  new (tracer: EventTracer | null | undefined, name?: string | null, options?: ObjectOptions): ObjectEvents & AnyAttributes;
  /** Only the attributes of `T`. */
  new <T extends object>(tracer: EventTracer | null | undefined, name?: string | null, options?: ObjectOptions): ObjectEvents & T;
};

/**
 * A value through time. Every write to a public attribute records a copy of all of them as one snapshot:
 *
 *     const cart = new VizObject(getTracer(), 'cart');
 *     cart.items = ['lamp'];
 *
 * Copies are bounded; what JSON cannot hold has a readable form. `dispose()` says that the object is gone.
 */
export const VizObject = ObjectClass as unknown as ObjectConstructor;
export type VizObject<T = AnyAttributes> = ObjectEvents & T;
