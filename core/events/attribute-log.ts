import type { EventConfig } from './event-options.ts';
import type { EventTracer } from './recorder.ts';

export type Target = Record<PropertyKey, unknown>;

/** What is known of an attribute's write besides that it is a plain store. A counter puts the index of the series there. */
export const Known = {
  /** It logs. */
  TRIGGERS: -1,
  /** It does not log, and no log holds the attribute. */
  QUIET: -2,
} as const;

/**
 * The proxy of one event: stores what is written, then logs. One rule for each way a write can arrive:
 *
 * - own data attribute: stored on the target itself (`Reflect.set` with the proxy as receiver costs ten times as much and
 *   comes back through `defineProperty`);
 * - accessor: its setter runs on the proxy, so that what it writes is seen and its `#private` fields are found;
 * - an object that inherits from the event: an ordinary write on that object, no log;
 * - `defineProperty`: class fields.
 */
export abstract class AttributeLog implements ProxyHandler<Target> {
  readonly tracer: EventTracer;
  readonly name: string;
  readonly className: string;
  readonly config: EventConfig;
  protected target: Target = {};
  protected proxy: Target = {};
  /** Own data attributes that were written before. Valid as long as no attribute was defined or deleted and no option changed. */
  protected readonly known = new Map<string | symbol, number>();
  /** Public accessors of the class chain, by name. */
  #accessors: readonly string[] = [];

  constructor(tracer: EventTracer, name: string, className: string, config: EventConfig) {
    this.tracer = tracer;
    this.name = name;
    this.className = className;
    this.config = config;
  }

  /** Logs the whole content now. */
  abstract log(): void;
  /** Before `value` is stored: may throw, and then nothing has changed. */
  protected abstract check(key: string, value: unknown): void;
  /** The set of attributes, or the kind of one, may have changed. */
  protected abstract changed(): void;

  attach(target: object): object {
    this.target = target as Target;
    this.#accessors = publicAccessors(target);
    // The engine looks for the trap at each write: as an own property it is found without a walk up the classes, a sixth of a write.
    Object.defineProperty(this, 'set', { value: this.set });
    this.proxy = new Proxy(this.target, this);
    return this.proxy;
  }

  /** The object is gone. */
  dispose(): void {}

  configure(): void {
    this.#forget();
  }

  #forget(): void {
    this.known.clear();
    this.changed();
  }

  /** True if a write to `key` logs, but for `triggerOnChange`. */
  #isTrigger(key: string): boolean {
    const { includeAttributes, excludeAttributes } = this.config;
    if (key.startsWith('_')) return false;
    return includeAttributes.length > 0 ? includeAttributes.includes(key) : !excludeAttributes.includes(key);
  }

  protected isContent(key: string): boolean {
    const { includeAttributes } = this.config;
    return includeAttributes.length > 0 ? includeAttributes.includes(key) : this.#isTrigger(key);
  }

  /** Names of what a log holds, in order. */
  protected contentKeys(): string[] {
    const { includeAttributes } = this.config;
    if (includeAttributes.length > 0) return includeAttributes.filter((key) => key in this.target);
    const own = Object.keys(this.target).filter((key) => this.#isTrigger(key));
    return [...own, ...this.#accessors.filter((key) => !Object.hasOwn(this.target, key) && this.#isTrigger(key))];
  }

  /** True if reading `key` runs no code of the user's. */
  protected isPlain(key: string): boolean {
    const descriptor = Object.getOwnPropertyDescriptor(this.target, key);
    return descriptor !== undefined && 'value' in descriptor;
  }

  set(target: Target, key: string | symbol, value: unknown, receiver: unknown): boolean {
    if (receiver !== this.proxy) return Reflect.set(target, key, value, receiver);
    const own = Object.getOwnPropertyDescriptor(target, key);
    const accessor = own ? !('value' in own) : isAccessor(target, key);
    if (accessor) {
      if (!Reflect.set(target, key, value, receiver)) return false;
    } else {
      const declared = value === undefined && !own;
      if (typeof key === 'string' && !declared) this.check(key, value);
      if (!Reflect.set(target, key, value)) return false;
      this.changed();
      // What esbuild makes of a field that is only declared: an assignment.
      if (declared) return true;
      this.#learn(key);
    }
    if (typeof key === 'string' && this.config.triggerOnChange && this.#isTrigger(key)) this.log();
    return true;
  }

  /** An attribute that is recorded and yet does not log (a private one in the include list) is not learnt: it would need a third kind. */
  #learn(key: string | symbol): void {
    if (typeof key === 'symbol') this.known.set(key, Known.QUIET);
    else if (this.#isTrigger(key)) this.known.set(key, Known.TRIGGERS);
    else if (!this.isContent(key)) this.known.set(key, Known.QUIET);
  }

  defineProperty(target: Target, key: string | symbol, descriptor: PropertyDescriptor): boolean {
    const written = typeof key === 'string' && 'value' in descriptor && descriptor.value !== undefined;
    if (written) this.check(key, descriptor.value);
    if (!Reflect.defineProperty(target, key, descriptor)) return false;
    this.#forget();
    if (written && this.config.triggerOnChange && this.#isTrigger(key)) this.log();
    return true;
  }

  deleteProperty(target: Target, key: string | symbol): boolean {
    const deleted = Reflect.deleteProperty(target, key);
    this.#forget();
    return deleted;
  }
}

function isAccessor(target: object, key: string | symbol): boolean {
  for (let at: object | null = Object.getPrototypeOf(target); at; at = Object.getPrototypeOf(at)) {
    const descriptor = Object.getOwnPropertyDescriptor(at, key);
    if (descriptor) return !('value' in descriptor);
  }
  return false;
}

const accessorsOf = new WeakMap<object, readonly string[]>();

function publicAccessors(target: object): readonly string[] {
  const prototype: object | null = Object.getPrototypeOf(target);
  if (!prototype) return [];
  const known = accessorsOf.get(prototype);
  if (known) return known;
  const names = new Set<string>();
  for (let at: object | null = prototype; at && at !== Object.prototype; at = Object.getPrototypeOf(at)) {
    for (const [name, descriptor] of Object.entries(Object.getOwnPropertyDescriptors(at))) {
      if (!name.startsWith('_') && descriptor.get) names.add(name);
    }
  }
  const list = [...names];
  accessorsOf.set(prototype, list);
  return list;
}
