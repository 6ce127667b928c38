import { SnapshotFlag } from '../protocol/records.ts';
import type { SnapshotLimits } from '../protocol/snapshot-value.ts';
import { AttributeLog } from './attribute-log.ts';
import { DISPOSE, EventBase, MAKE_LOG } from './event-base.ts';
import { type EventConfig, type ObjectOptions, readOptions } from './event-options.ts';
import type { EventTracer, Recorder } from './recorder.ts';
import { SnapshotText } from './snapshot-text.ts';

/** Every so many snapshots all attributes are sent, so that a reader need not go back further. */
const KEYFRAME_EVERY = 64;

/** What is left to do when the object is gone. Knows nothing of the object, so that it can go. */
class ObjectLife {
  definition = 0;
  recorder: Recorder | undefined;
  over = false;

  end(): void {
    if (!this.over && this.definition !== 0) this.recorder?.objectDeleted(this.definition);
    this.over = true;
  }
}

const forgotten = new FinalizationRegistry<ObjectLife>((life) => life.end());

class ObjectLog extends AttributeLog {
  readonly #life = new ObjectLife();
  readonly #limits: Partial<SnapshotLimits>;
  /** JSON of each attribute in the previous snapshot. */
  #previous = new Map<string, string>();
  #sinceKeyframe = 0;
  #gaps = -1;

  constructor(tracer: EventTracer, name: string, className: string, config: EventConfig, limits: Partial<SnapshotLimits>) {
    super(tracer, name, className, config);
    this.#limits = limits;
    if (tracer.enabled && tracer.recorder?.recording) this.#create(tracer.recorder);
  }

  override log(): void {
    const { recorder, enabled } = this.tracer;
    if (!enabled || !recorder?.recording || this.#life.over) return;
    if (this.#life.definition === 0) this.#create(recorder);
    const text = new SnapshotText({ ...recorder.limits, ...this.#limits }, recorder.maskSecrets);
    const content = new Map<string, string>();
    for (const key of this.contentKeys()) {
      const value = this.#read(key, text);
      if (value !== undefined) content.set(key, value);
    }
    this.#send(recorder, content, text.cut);
  }

  override attach(target: object): object {
    const proxy = super.attach(target);
    forgotten.register(proxy, this.#life, this.#life);
    return proxy;
  }

  override dispose(): void {
    forgotten.unregister(this.#life);
    this.#life.end();
  }

  protected override check(): void {}
  protected override changed(): void {}

  #create(recorder: Recorder): void {
    const definition = recorder.defineObject(this.name, this.className);
    if (definition === 0 || !recorder.objectCreated(definition)) return;
    this.#life.recorder = recorder;
    this.#life.definition = definition;
  }

  /** The text of an attribute; undefined for what is left out: functions, and accessors that throw. */
  #read(key: string, text: SnapshotText): string | undefined {
    let value: unknown;
    try {
      value = this.proxy[key];
    } catch {
      return undefined;
    }
    return typeof value === 'function' ? undefined : text.attribute(key, () => value);
  }

  #send(recorder: Recorder, content: Map<string, string>, cut: boolean): void {
    const { definition } = this.#life;
    const gaps = recorder.gaps;
    const keyframe = gaps !== this.#gaps || this.#sinceKeyframe >= KEYFRAME_EVERY - 1;
    const keys: string[] = [];
    const values: (string | undefined)[] = [];
    for (const [key, value] of content) {
      if (!keyframe && this.#previous.get(key) === value) continue;
      keys.push(key);
      values.push(value);
    }
    if (!keyframe) {
      for (const key of this.#previous.keys()) {
        if (content.has(key)) continue;
        keys.push(key);
        values.push(undefined);
      }
    }
    const flags = (keyframe ? SnapshotFlag.KEYFRAME : 0) | (cut ? SnapshotFlag.CUT : 0);
    const taken = recorder.objectSnapshot(definition, flags, keys, values);
    this.#previous = content;
    this.#sinceKeyframe = keyframe ? 0 : this.#sinceKeyframe + 1;
    // A lost snapshot must not be the ground of the next: -1 is no count of gaps.
    this.#gaps = taken ? gaps : -1;
  }
}

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

// biome-ignore lint/suspicious/noExplicitAny: `object.items.push(1)` and subclasses with methods are to compile; `unknown` rules out both.
type AnyAttribute = any;

type ObjectConstructor = Omit<typeof EventBase, 'prototype'> & {
  readonly prototype: ObjectEvents;
  /** Any attribute may be written. */
  new (tracer: EventTracer | null | undefined, name?: string | null, options?: ObjectOptions): ObjectEvents & { [attribute: string]: AnyAttribute };
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
export type VizObject<T = { [attribute: string]: AnyAttribute }> = ObjectEvents & T;
