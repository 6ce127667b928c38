import type { SnapshotLimits } from '../protocol/snapshot-value.ts';
import type { AnyAttributes } from './any-attributes.ts';
import { AttributeLog, Known, type Target } from './attribute-log.ts';
import { DISPOSE, EventBase, MAKE_LOG } from './event-base.ts';
import { type EventConfig, type ObjectOptions, readOptions } from './event-options.ts';
import type { EventTracer, Recorder } from './recorder.ts';
import { type SnapshotAttribute, SnapshotStream } from './snapshot-stream.ts';
import { SnapshotText } from './snapshot-text.ts';

interface Recorded {
  readonly stream: SnapshotStream;
  readonly tracer: EventTracer;
  /** Forgets its log among the living. */
  readonly leave: () => void;
}

/** Holds no object, so that one that is recorded can be forgotten. */
const forgotten = new FinalizationRegistry<Recorded>(end);

/** While the tracer is stopped nothing is recorded, so not the end of an object either. */
function end({ stream, tracer, leave }: Recorded): void {
  leave();
  stream.end(tracer.enabled);
}

/** Logs of the objects of this thread, by whom they are recorded, for when all are asked for. They may be collected at any time. */
const living = new WeakMap<Recorder, Set<WeakRef<ObjectLog>>>();

function logsOf(recorder: Recorder): Set<WeakRef<ObjectLog>> {
  let logs = living.get(recorder);
  if (!logs) {
    logs = new Set();
    living.set(recorder, logs);
    const all = logs;
    recorder.onSnapshotsAsked?.(() => {
      for (const log of [...all]) log.deref()?.log();
    });
  }
  return logs;
}

/** What stands in for a value that has to be copied again: it is equal to no value of the user's. */
const UNKNOWN = Symbol('unknown');

interface Slot {
  readonly attribute: SnapshotAttribute;
  readonly plain: boolean;
  /** The value that `attribute.json` is of, if it is a primitive. */
  value: unknown;
}

class ObjectLog extends AttributeLog {
  readonly #stream: SnapshotStream;
  readonly #ownLimits: Partial<SnapshotLimits>;
  #slots: readonly Slot[] = [];
  #text: SnapshotText | undefined;
  /** Whose limits `#text` has. */
  #textOf: Recorder | undefined;
  /** The attributes have to be looked up again before the next log. */
  #stale = true;
  #busy = false;
  #recorded: Recorded | undefined;

  constructor(tracer: EventTracer, name: string, className: string, config: EventConfig, limits: Partial<SnapshotLimits>) {
    super(tracer, name, className, config);
    this.#ownLimits = limits;
    this.#stream = new SnapshotStream(name, className);
    const { recorder } = tracer;
    // Before the object is told of: who hears of it may ask for it at once.
    if (recorder?.onSnapshotsAsked) logsOf(recorder);
    if (tracer.enabled && recorder?.recording) this.#stream.create(recorder);
  }

  override attach(target: object): object {
    const proxy = super.attach(target);
    const { recorder } = this.tracer;
    const logs = recorder?.onSnapshotsAsked && logsOf(recorder);
    const self = new WeakRef(this);
    logs?.add(self);
    this.#recorded = { stream: this.#stream, tracer: this.tracer, leave: () => void logs?.delete(self) };
    forgotten.register(proxy, this.#recorded, this.#stream);
    return proxy;
  }

  override set(target: Target, key: string | symbol, value: unknown, receiver: unknown): boolean {
    const known = this.known.get(key);
    if (known === undefined || receiver !== this.proxy) return super.set(target, key, value, receiver);
    target[key] = value;
    if (known !== Known.QUIET && this.config.triggerOnChange && this.tracer.enabled) this.log();
    return true;
  }

  override log(): void {
    const { recorder, enabled } = this.tracer;
    // A getter that writes would log without end: the log that reads it is under way.
    if (!enabled || !recorder?.recording || this.#stream.over || this.#busy) return;
    this.#busy = true;
    try {
      this.#snapshot(recorder);
    } finally {
      this.#busy = false;
    }
  }

  override dispose(): void {
    forgotten.unregister(this.#stream);
    if (this.#recorded) end(this.#recorded);
  }

  protected override check(): void {}
  protected override changed(): void {
    this.#stale = true;
  }

  /** Hot: an attribute that is the primitive it was costs a comparison. */
  #snapshot(recorder: Recorder): void {
    if (this.#stale) this.#collect();
    const text = this.#textFor(recorder);
    const stream = this.#stream;
    text.begin();
    stream.begin(recorder);
    for (const slot of this.#slots) {
      const { attribute } = slot;
      const value = slot.plain ? this.target[attribute.key] : this.#read(attribute.key);
      if (typeof value === 'function') continue;
      const { cuts } = text;
      const json = attribute.json !== undefined && Object.is(value, slot.value) ? text.again(attribute.json) : text.attribute(attribute.key, value);
      slot.value = text.cuts > cuts || (typeof value === 'object' && value !== null) ? UNKNOWN : value;
      stream.put(attribute, json);
    }
    stream.finish(recorder, text.cut);
  }

  #collect(): void {
    this.#stale = false;
    this.#slots = this.contentKeys().map((key) => ({ attribute: this.#stream.attribute(key), plain: this.isPlain(key), value: UNKNOWN }));
  }

  #textFor(recorder: Recorder): SnapshotText {
    if (!this.#text || this.#textOf !== recorder) {
      this.#text = new SnapshotText({ ...recorder.limits, ...this.#ownLimits }, recorder.maskSecrets);
      this.#textOf = recorder;
    }
    return this.#text;
  }

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
  static override [MAKE_LOG](tracer: EventTracer | undefined, name: string, className: string, options: object | undefined): AttributeLog | undefined {
    const limits: Partial<Record<keyof SnapshotLimits, number>> = {};
    const config = readOptions(options, className, limits);
    return tracer && new ObjectLog(tracer, name, className, config, limits);
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
  /** Only the attributes of `T`; without one, any attribute may be written. */
  new <T extends object = AnyAttributes>(tracer: EventTracer | null | undefined, name?: string | null, options?: ObjectOptions): ObjectEvents & T;
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
