import { looksSecret, type SnapshotLimits, type SnapshotMarker } from '../protocol/snapshot-value.ts';

// Taken at load: a script may replace them, and nothing of its own is to be run.
const { apply, getOwnPropertyDescriptor, getPrototypeOf, ownKeys } = Reflect;
const { isArray } = Array;
const { stringify } = JSON;
const { isView } = ArrayBuffer;
const { toISOString, getTime } = Date.prototype;
const regExpText = RegExp.prototype.toString;
const [mapEntries, setValues] = [Map.prototype.entries, Set.prototype.values];
const mapNext = getPrototypeOf(new Map().entries()) as { next: () => IteratorResult<readonly [unknown, unknown]> };
const setNext = getPrototypeOf(new Set().values()) as { next: () => IteratorResult<unknown> };
const [nextOfMap, nextOfSet] = [mapNext.next, setNext.next];
const sizeGetter = (prototype: object): (() => number) => getOwnPropertyDescriptor(prototype, 'size')?.get as () => number;
const [mapSize, setSize] = [sizeGetter(Map.prototype), sizeGetter(Set.prototype)];
const { min: least } = Math;
const [slice, toText] = [String.prototype.slice, String];
const enumerable = Object.prototype.propertyIsEnumerable;

const marker = (value: SnapshotMarker): string => stringify(value);

/** What tells kinds of objects apart without asking them. */
export interface ObjectKinds {
  readonly isProxy: (value: unknown) => boolean;
  readonly isDate: (value: unknown) => boolean;
  readonly isRegExp: (value: unknown) => boolean;
  readonly isMap: (value: unknown) => boolean;
  readonly isSet: (value: unknown) => boolean;
  readonly isPromise: (value: unknown) => boolean;
  readonly isNativeError: (value: unknown) => boolean;
}

/**
 * Copies a value as the JSON text of snapshot-value.ts, as `SnapshotText` does, but runs nothing of the user's: no getter (which is
 * shown as a function), no Proxy, no `toString`. For arguments and results of calls, which nobody meant to be looked at.
 */
export class UntouchedCopy {
  readonly #limits: SnapshotLimits;
  readonly #mask: boolean;
  readonly #kinds: ObjectKinds;
  readonly #ancestors: object[] = [];
  #left = 0;

  constructor(limits: SnapshotLimits, mask: boolean, kinds: ObjectKinds) {
    this.#limits = limits;
    this.#mask = mask;
    this.#kinds = kinds;
  }

  /** JSON of `value`. */
  of(value: unknown): string {
    this.#left = this.#limits.maxBytes;
    this.#ancestors.length = 0;
    return this.#text(value, 0);
  }

  #spend(text: string): string {
    this.#left -= text.length;
    return text;
  }

  #cut(text: string): string {
    const { maxStringLength } = this.#limits;
    return text.length > maxStringLength ? `${apply(slice, text, [0, maxStringLength])}…` : text;
  }

  #text(value: unknown, depth: number): string {
    if (this.#left <= 0) return marker({ $ts: 'budget' });
    switch (typeof value) {
      case 'string': {
        const { maxStringLength } = this.#limits;
        if (value.length <= maxStringLength) return this.#spend(stringify(value));
        return this.#spend(marker({ $ts: 'string', text: apply(slice, value, [0, maxStringLength]), length: value.length }));
      }
      case 'number':
        if (value - value !== 0) return this.#spend(marker({ $ts: 'number', text: toText(value) as 'NaN' }));
        return this.#spend(value === 0 && 1 / value < 0 ? marker({ $ts: 'number', text: '-0' }) : toText(value));
      case 'boolean':
        return this.#spend(value ? 'true' : 'false');
      case 'undefined':
        return this.#spend(marker({ $ts: 'undefined' }));
      case 'bigint':
        return this.#spend(marker({ $ts: 'bigint', text: this.#cut(toText(value)) }));
      case 'symbol':
        return this.#spend(marker({ $ts: 'symbol', text: this.#cut(toText(value)) }));
      case 'function':
        return this.#spend(marker({ $ts: 'function', name: this.#kinds.isProxy(value) ? '' : this.#cut(ownText(value, 'name')) }));
      default:
        return value === null ? this.#spend('null') : this.#object(value as object, depth);
    }
  }

  #object(value: object, depth: number): string {
    const kinds = this.#kinds;
    if (kinds.isProxy(value)) return this.#spend(marker({ $ts: 'proxy' }));
    for (let up = 1; up <= this.#ancestors.length; up++) {
      if (this.#ancestors[this.#ancestors.length - up] === value) return this.#spend(marker({ $ts: 'cycle', up }));
    }
    if (kinds.isDate(value)) {
      const timeMs = apply(getTime, value, []) as number;
      return this.#spend(marker({ $ts: 'date', text: timeMs - timeMs === 0 ? (apply(toISOString, value, []) as string) : 'Invalid Date' }));
    }
    if (kinds.isRegExp(value)) return this.#spend(marker({ $ts: 'regexp', text: this.#regExp(value) }));
    if (kinds.isNativeError(value)) {
      return this.#spend(marker({ $ts: 'error', name: className(value, kinds), message: this.#cut(ownText(value, 'message')) }));
    }
    if (kinds.isPromise(value)) return this.#spend(marker({ $ts: 'promise' }));
    if (isView(value)) return this.#spend(marker({ $ts: 'bytes', type: className(value, kinds), length: value.byteLength, values: [], cut: value.byteLength }));
    this.#ancestors[this.#ancestors.length] = value;
    try {
      if (isArray(value)) return this.#array(value, depth);
      if (kinds.isMap(value)) return this.#map(value as Map<unknown, unknown>, depth);
      if (kinds.isSet(value)) return this.#set(value as Set<unknown>, depth);
      return this.#record(value, depth);
    } finally {
      this.#ancestors.length--;
    }
  }

  /** `source` and `flags` are getters of the prototype, which a script may have changed: the text is the engine's only if they are not. */
  #regExp(value: object): string {
    const isPlain = getPrototypeOf(value) === RegExp.prototype && getOwnPropertyDescriptor(value, 'flags') === undefined;
    return isPlain && getOwnPropertyDescriptor(RegExp.prototype, 'source')?.get === regExpSource ? this.#cut(apply(regExpText, value, [])) : '';
  }

  #deep(type: string, size: number): string {
    return this.#spend(marker({ $ts: 'deep', type, size }));
  }

  #array(value: readonly unknown[], depth: number): string {
    const { length } = value;
    if (depth >= this.#limits.maxDepth) return this.#deep('Array', length);
    const most = least(length, this.#limits.maxEntries);
    let text = '';
    let taken = 0;
    for (; taken < most && this.#left > 0; taken++) {
      text += (taken === 0 ? '' : ',') + this.#property(getOwnPropertyDescriptor(value, taken), toText(taken), depth);
    }
    this.#left -= taken + 2;
    return taken === length ? `[${text}]` : `{"$ts":"array","value":[${text}],"length":${length},"cut":${length - taken}}`;
  }

  #record(value: object, depth: number): string {
    const name = className(value, this.#kinds);
    const keys = ownKeys(value);
    if (depth >= this.#limits.maxDepth) return this.#deep(name === '' ? 'Object' : name, keys.length);
    let [text, taken, left] = ['', 0, 0];
    let wrap = false;
    for (let i = 0; i < keys.length; i++) {
      const key = keys[i] as string | symbol;
      if (typeof key !== 'string' || !apply(enumerable, value, [key])) continue;
      if (taken >= this.#limits.maxEntries || this.#left <= 0) {
        left++;
        continue;
      }
      wrap ||= key === '$ts';
      const descriptor = getOwnPropertyDescriptor(value, key);
      const masked = this.#mask && looksSecret(key) && hides(descriptor?.value);
      text += `${taken === 0 ? '' : ','}${this.#spend(stringify(key))}:${masked ? marker({ $ts: 'masked' }) : this.#property(descriptor, key, depth)}`;
      taken++;
    }
    this.#left -= taken + 2;
    const end = left > 0 ? `},"cut":${left}}` : '}}';
    if (name !== 'Object' && name !== '') return `{"$ts":"instance","class":${stringify(name)},"value":{${text}${end}`;
    return wrap || left > 0 ? `{"$ts":"object","value":{${text}${end}` : `{${text}}`;
  }

  #property(descriptor: PropertyDescriptor | undefined, key: string, depth: number): string {
    if (!descriptor) return this.#text(undefined, depth + 1);
    if (descriptor.get || descriptor.set) return this.#spend(marker({ $ts: 'function', name: this.#cut(`get ${key}`) }));
    return this.#text(descriptor.value, depth + 1);
  }

  #map(value: Map<unknown, unknown>, depth: number): string {
    const size = apply(mapSize, value, []) as number;
    if (depth >= this.#limits.maxDepth) return this.#deep('Map', size);
    const entries = apply(mapEntries, value, []) as object;
    let [text, taken] = ['', 0];
    while (taken < this.#limits.maxEntries && this.#left > 0) {
      const next = apply(nextOfMap, entries, []) as IteratorResult<readonly [unknown, unknown]>;
      if (next.done) break;
      const [key, entry] = [next.value[0], next.value[1]];
      const masked = this.#mask && typeof key === 'string' && looksSecret(key) && hides(entry);
      text += `${taken === 0 ? '' : ','}[${this.#text(key, depth + 1)},${masked ? marker({ $ts: 'masked' }) : this.#text(entry, depth + 1)}]`;
      taken++;
    }
    return this.#collection('map', 'entries', size, taken, text);
  }

  #set(value: Set<unknown>, depth: number): string {
    const size = apply(setSize, value, []) as number;
    if (depth >= this.#limits.maxDepth) return this.#deep('Set', size);
    const values = apply(setValues, value, []) as object;
    let [text, taken] = ['', 0];
    while (taken < this.#limits.maxEntries && this.#left > 0) {
      const next = apply(nextOfSet, values, []) as IteratorResult<unknown>;
      if (next.done) break;
      text += (taken === 0 ? '' : ',') + this.#text(next.value, depth + 1);
      taken++;
    }
    return this.#collection('set', 'values', size, taken, text);
  }

  #collection(type: string, field: string, size: number, taken: number, text: string): string {
    this.#left -= taken + 40;
    return `{"$ts":"${type}","size":${size},"${field}":[${text}]${size > taken ? `,"cut":${size - taken}` : ''}}`;
  }
}

const regExpSource = getOwnPropertyDescriptor(RegExp.prototype, 'source')?.get;

/** What there is to hide behind a key that looks secret. */
const hides = (value: unknown): boolean => value !== null && value !== undefined && typeof value !== 'boolean';

/** An own field that is a text; no getter is run. */
export function ownText(value: object, key: string): string {
  const found: unknown = getOwnPropertyDescriptor(value, key)?.value;
  return typeof found === 'string' ? found : '';
}

/** The name of what made it, as far as that can be told without running anything. Empty for none. */
export function className(value: object, { isProxy }: Pick<ObjectKinds, 'isProxy'>): string {
  for (let of: object | null = getPrototypeOf(value); of !== null && !isProxy(of); of = getPrototypeOf(of)) {
    const maker: unknown = getOwnPropertyDescriptor(of, 'constructor')?.value;
    if (typeof maker === 'function') return isProxy(maker) ? '' : ownText(maker, 'name');
  }
  return '';
}
