import { type Secrecy, secrecyOf } from '../protocol/secret-keys.ts';
import type { SnapshotLimits, SnapshotMarker } from '../protocol/snapshot-value.ts';

const marker = (value: SnapshotMarker): string => JSON.stringify(value);
const MASKED = marker({ $ts: 'masked' });
const BUDGET = marker({ $ts: 'budget' });
const UNDEFINED = marker({ $ts: 'undefined' });
const SHORT_TEXT = 32;

interface Key {
  /** `"key":` */
  readonly json: string;
  readonly secrecy: Secrecy;
}

/** Keys come again and again: what is known of them is kept, up to a bound. */
const MAX_KEYS = 10_000;
const MAX_KEPT_LENGTH = 200;
const keys = new Map<string, Key>();
function keyOf(name: string): Key {
  let key = keys.get(name);
  if (key === undefined) {
    key = { json: `${JSON.stringify(name)}:`, secrecy: secrecyOf(name) };
    if (keys.size > MAX_KEYS) keys.clear();
    if (name.length <= MAX_KEPT_LENGTH) keys.set(name, key);
  }
  return key;
}

/**
 * Copies values as the JSON text of snapshot-value.ts. Runs getters of the user's; whatever they do becomes a marker.
 * One writer is one snapshot: its values share the limit of bytes (counted in characters, as the text is built).
 */
export class SnapshotText {
  readonly #limits: SnapshotLimits;
  readonly #mask: boolean;
  readonly #ancestors: object[] = [];
  #left: number;
  /** Of the last `#fields`. */
  #missing = 0;
  /** So many values were cut. */
  cuts = 0;

  constructor(limits: SnapshotLimits, mask: boolean) {
    this.#limits = limits;
    this.#mask = mask;
    this.#left = limits.maxBytes;
  }

  get cut(): boolean {
    return this.cuts > 0;
  }

  /** Begins the next snapshot with the same writer. */
  begin(): void {
    this.#left = this.#limits.maxBytes;
    this.cuts = 0;
  }

  /** The text of the attribute `key`. */
  attribute(key: string, value: unknown): string {
    if (this.#left <= 0) return this.#cutTo(BUDGET);
    return this.#mask && hides(value, keyOf(key).secrecy) ? this.#spend(MASKED) : this.#text(value, 0);
  }

  /** The text of an attribute that has not changed since it was `json`. */
  again(json: string): string {
    return this.#left <= 0 ? this.#cutTo(BUDGET) : this.#spend(json);
  }

  #spend(text: string): string {
    this.#left -= text.length;
    return text;
  }

  #cutTo(text: string): string {
    this.cuts++;
    return this.#spend(text);
  }

  #text(value: unknown, depth: number): string {
    switch (typeof value) {
      case 'string':
        return this.#string(value);
      case 'number':
        return this.#spend(numberText(value));
      case 'boolean':
        return this.#spend(value ? 'true' : 'false');
      case 'undefined':
        return this.#spend(UNDEFINED);
      case 'bigint':
        return this.#bounded(String(value), (text) => ({ $ts: 'bigint', text }));
      case 'symbol':
        return this.#bounded(String(value), (text) => ({ $ts: 'symbol', text }));
      case 'function':
        return this.#bounded(functionName(value), (name) => ({ $ts: 'function', name }));
      default:
        return value === null ? this.#spend('null') : this.#guarded(value as object, depth);
    }
  }

  #string(value: string): string {
    const { maxStringLength } = this.#limits;
    if (value.length > maxStringLength) return this.#cutTo(marker({ $ts: 'string', text: whole(value, maxStringLength), length: value.length }));
    return this.#spend(quoted(value));
  }

  /** A marker with a text of any length in it. */
  #bounded(text: string, make: (text: string) => SnapshotMarker): string {
    const { maxStringLength } = this.#limits;
    if (text.length <= maxStringLength) return this.#spend(marker(make(text)));
    return this.#cutTo(marker(make(`${whole(text, maxStringLength)}…`)));
  }

  #guarded(value: object, depth: number): string {
    const at = this.#ancestors.lastIndexOf(value);
    if (at >= 0) return this.#spend(marker({ $ts: 'cycle', up: this.#ancestors.length - at }));
    if (this.#left <= 0) return this.#cutTo(BUDGET);
    this.#ancestors.push(value);
    try {
      return this.#object(value, depth);
    } catch (error) {
      return this.#spend(threw(error));
    } finally {
      this.#ancestors.pop();
    }
  }

  #object(value: object, depth: number): string {
    if (Array.isArray(value)) return depth >= this.#limits.maxDepth ? this.#deep('Array', value.length) : this.#array(value, depth);
    if (isPlain(value)) return this.#record(value, depth, undefined);
    const kind = kindOf(value);
    return this.#special(value, kind, depth) ?? this.#platform(value, kind, depth) ?? this.#instance(value, depth);
  }

  #deep(type: string, size: number): string {
    return this.#cutTo(marker({ $ts: 'deep', type, size }));
  }

  /** What the engine makes, in whatever realm, each in its readable form. */
  #special(value: object, kind: string, depth: number): string | undefined {
    if (isDate(value, kind)) return this.#spend(marker({ $ts: 'date', text: Number.isNaN(value.getTime()) ? 'Invalid Date' : value.toISOString() }));
    if (value instanceof RegExp || kind === 'RegExp') return this.#bounded(String(value), (text) => ({ $ts: 'regexp', text }));
    if (value instanceof Error || kind === 'Error') return this.#error(value as Error, depth);
    if (isMap(value, kind))
      return depth >= this.#limits.maxDepth ? this.#deep('Map', value.size) : this.#map(value, value.size, otherName(value, 'Map'), depth);
    if (isSet(value, kind)) return depth >= this.#limits.maxDepth ? this.#deep('Set', value.size) : this.#set(value, depth);
    if (ArrayBuffer.isView(value)) return this.#typedArray(value);
    if (isBuffer(value, kind)) {
      return this.#bytes(className(value), value.byteLength, new Uint8Array(value, 0, Math.min(value.byteLength, this.#limits.maxEntries)));
    }
    if (value instanceof Promise || kind === 'Promise') return this.#spend(marker({ $ts: 'promise' }));
    if (WEAK.has(kind)) return this.#spend(marker({ $ts: 'weak' }));
    if (value instanceof Number || value instanceof String || value instanceof Boolean) return this.#text(value.valueOf(), depth);
    return undefined;
  }

  /** What the platform makes, and keeps where no own field shows it. */
  #platform(value: object, kind: string, depth: number): string | undefined {
    if (LISTS.has(kind) && Symbol.iterator in value) {
      const entries = [...(value as Iterable<readonly [unknown, unknown]>)];
      return depth >= this.#limits.maxDepth ? this.#deep(kind, entries.length) : this.#map(entries, entries.length, className(value), depth);
    }
    const { resolvedOptions } = value as { readonly resolvedOptions?: unknown };
    if (kind.startsWith('Intl.') && typeof resolvedOptions === 'function') {
      return this.#record(Reflect.apply(resolvedOptions, value, []) as object, depth, kind);
    }
    const hidden = HIDDEN_FIELDS.get(kind)?.filter((field) => field in value);
    return hidden && this.#record(value, depth, className(value), [...new Set([...hidden, ...Object.keys(value)])]);
  }

  /** An instance of a class: what it says of itself, else its own fields, else its text. */
  #instance(value: object, depth: number): string {
    const name = className(value);
    const { toJSON, toString: toText } = value as { readonly toJSON?: unknown; readonly toString?: unknown };
    if (typeof toJSON === 'function') {
      const said: unknown = Reflect.apply(toJSON, value, ['']);
      if (Array.isArray(said)) return this.#guarded(said, depth);
      if (typeof said !== 'object' || said === null) return this.#named(name, String(said));
      if (said !== value) return this.#record(said, depth, name);
    }
    const names = Object.keys(value);
    if (names.length === 0 && typeof toText === 'function' && toText !== Object.prototype.toString) {
      const text = String(Reflect.apply(toText, value, []));
      if (!text.startsWith('[object ')) return this.#named(name, text);
    }
    return this.#record(value, depth, name, names);
  }

  #named(name: string, text: string): string {
    return this.#bounded(text, (bounded) => ({ $ts: 'text', class: name, text: bounded }));
  }

  #error(value: Error, depth: number): string {
    const { maxStringLength } = this.#limits;
    const [name, message] = [String(value.name), String(value.message)];
    const bounded = message.length > maxStringLength ? `${whole(message, maxStringLength)}…` : message;
    if (bounded !== message) this.cuts++;
    const fields = new Set([...['code', 'cause', 'errors'].filter((field) => Object.hasOwn(value, field)), ...Object.keys(value)]);
    for (const field of ['name', 'message', 'stack']) fields.delete(field);
    const head = marker({ $ts: 'error', name, message: bounded });
    if (fields.size === 0) return this.#spend(head);
    if (depth >= this.#limits.maxDepth) return this.#cutTo(head);
    const text = this.#fields(value, [...fields], depth);
    return this.#wrapped(`${head.slice(0, -1)},"value":{`, text, this.#missing > 0 ? `},"cut":${this.#missing}}` : '}}');
  }

  #array(value: readonly unknown[], depth: number): string {
    const { length } = value;
    const most = Math.min(length, this.#limits.maxEntries);
    let text = '';
    let taken = 0;
    for (; taken < most && this.#left > 0; taken++) text += taken === 0 ? this.#text(value[0], depth + 1) : `,${this.#text(value[taken], depth + 1)}`;
    this.#left -= taken + 2;
    if (taken === length) return `[${text}]`;
    return this.#cutTo(`{"$ts":"array","value":[${text}],"length":${length},"cut":${length - taken}}`);
  }

  #record(value: object, depth: number, name: string | undefined, names: readonly string[] = Object.keys(value)): string {
    if (depth >= this.#limits.maxDepth) return this.#deep(name ?? 'Object', names.length);
    const text = this.#fields(value, names, depth);
    const cut = this.#missing;
    const end = cut > 0 ? `},"cut":${cut}}` : '}}';
    if (name !== undefined) return this.#wrapped(`{"$ts":"instance","class":${JSON.stringify(name)},"value":{`, text, end);
    return cut > 0 || Object.hasOwn(value, '$ts') ? this.#wrapped('{"$ts":"object","value":{', text, end) : `{${text}}`;
  }

  /** What stands between the braces; `#missing` is the number of those that were left out. */
  #fields(value: object, names: readonly string[], depth: number): string {
    let text = '';
    let taken = 0;
    for (const field of names) {
      if (taken >= this.#limits.maxEntries || this.#left <= 0) break;
      const key = keyOf(field);
      this.#left -= key.json.length;
      text += (taken++ === 0 ? key.json : `,${key.json}`) + this.#field(value as Record<string, unknown>, field, key, depth);
    }
    this.#left -= taken + 2;
    this.#missing = names.length - taken;
    if (this.#missing > 0) this.cuts++;
    return text;
  }

  #wrapped(before: string, text: string, after: string): string {
    this.#left -= before.length + after.length;
    return before + text + after;
  }

  #field(value: Record<string, unknown>, name: string, key: Key, depth: number): string {
    let field: unknown;
    try {
      field = value[name];
    } catch (error) {
      return this.#spend(threw(error));
    }
    return this.#mask && hides(field, key.secrecy) ? this.#spend(MASKED) : this.#text(field, depth + 1);
  }

  /** `name`: of what is no plain `Map`. */
  #map(value: Iterable<readonly [unknown, unknown]>, size: number, name: string | undefined, depth: number): string {
    const taken: string[] = [];
    for (const [key, entry] of value) {
      if (taken.length >= this.#limits.maxEntries || this.#left <= 0) break;
      const masked = this.#mask && typeof key === 'string' && hides(entry, keyOf(key).secrecy);
      taken.push(`[${this.#text(key, depth + 1)},${masked ? this.#spend(MASKED) : this.#text(entry, depth + 1)}]`);
    }
    return this.#collection('map', 'entries', size, taken, name);
  }

  #set(value: Set<unknown>, depth: number): string {
    const taken: string[] = [];
    for (const entry of value) {
      if (taken.length >= this.#limits.maxEntries || this.#left <= 0) break;
      taken.push(this.#text(entry, depth + 1));
    }
    return this.#collection('set', 'values', value.size, taken);
  }

  #collection(type: string, field: string, size: number, taken: readonly string[], name?: string): string {
    const cut = size - taken.length;
    if (cut > 0) this.cuts++;
    this.#left -= taken.length + 40;
    return `{"$ts":"${type}",${name === undefined ? '' : `"class":${JSON.stringify(name)},`}"size":${size},"${field}":[${taken.join()}]${cut > 0 ? `,"cut":${cut}` : ''}}`;
  }

  #typedArray(view: ArrayBufferView): string {
    const values = view instanceof DataView ? new Uint8Array(view.buffer, view.byteOffset, view.byteLength) : (view as Uint8Array | BigInt64Array);
    return this.#bytes(className(view), values.length, values);
  }

  #bytes(type: string, length: number, values: ArrayLike<number | bigint>): string {
    const taken: (number | string)[] = [];
    for (let i = 0; i < Math.min(length, this.#limits.maxEntries, values.length); i++) {
      const value = values[i] as number | bigint;
      taken.push(typeof value === 'bigint' || !Number.isFinite(value) ? String(value) : value);
    }
    const cut = length - taken.length;
    if (cut > 0) this.cuts++;
    return this.#spend(marker({ $ts: 'bytes', type, length, values: taken, ...(cut > 0 ? { cut } : {}) }));
  }
}

function numberText(value: number): string {
  if (value - value === 0) return Object.is(value, -0) ? marker({ $ts: 'number', text: '-0' }) : String(value);
  return marker({ $ts: 'number', text: String(value) as 'NaN' | 'Infinity' | '-Infinity' });
}

/** What there is to hide behind a key that looks secret: whether there is a password is no secret, the password is. */
function hides(value: unknown, secrecy: Secrecy): boolean {
  if (secrecy === undefined || value === null || value === undefined || typeof value === 'boolean') return false;
  return secrecy === 'any' || (typeof value !== 'number' && typeof value !== 'bigint');
}

/** JSON of a text. Most are short, and hold nothing to escape: looking is cheaper than the call into the engine. */
function quoted(value: string): string {
  if (value.length > SHORT_TEXT) return JSON.stringify(value);
  for (let i = 0; i < value.length; i++) {
    const code = value.charCodeAt(i);
    if (code < 0x20 || code > 0x7e || code === 0x22 || code === 0x5c) return JSON.stringify(value);
  }
  return `"${value}"`;
}

/** The first `length` code units, not ending in half a character. */
function whole(text: string, length: number): string {
  const last = text.charCodeAt(length - 1);
  return text.slice(0, last >= 0xd800 && last < 0xdc00 ? length - 1 : length);
}

function threw(error: unknown): string {
  let message = 'unknown';
  try {
    message = whole(String(error instanceof Error ? error.message : error), 200);
  } catch {
    // An error whose text throws: it threw, and that is all there is to say.
  }
  return marker({ $ts: 'threw', message });
}

/** An object literal, of whatever realm, and one without a prototype. */
function isPlain(value: object): boolean {
  const prototype: object | null = Object.getPrototypeOf(value);
  return prototype === Object.prototype || prototype === null || (Object.getPrototypeOf(prototype) === null && Object.hasOwn(prototype, 'isPrototypeOf'));
}

/**
 * The class of a value whose own fields say what there is to say of it, `Object` for an object literal. Undefined for what is shown in
 * another form: a list, a map, a date, what has a `toJSON`, what has no fields.
 */
export function recordClass(value: unknown): string | undefined {
  if (typeof value !== 'object' || value === null) return undefined;
  try {
    if (Array.isArray(value)) return undefined;
    if (isPlain(value)) return 'Object';
    const kind = kindOf(value);
    const hasForm = kind !== 'Object' || ENGINE.some((maker) => value instanceof maker) || typeof (value as { toJSON?: unknown }).toJSON === 'function';
    return hasForm || Object.keys(value).length === 0 ? undefined : className(value);
  } catch {
    return undefined; // A proxy that refuses.
  }
}
/** What a class with a tag of its own may extend. */
const ENGINE = [Map, Set, Date, RegExp, Error, Promise];

/** What the engine calls it: of its own kinds the same in each realm. A class may say so, too. */
function kindOf(value: object): string {
  try {
    return Object.prototype.toString.call(value).slice('[object '.length, -1);
  } catch {
    return '';
  }
}

/** Lists of names with values. */
const LISTS: ReadonlySet<string> = new Set(['Headers', 'URLSearchParams', 'FormData']);
const WEAK: ReadonlySet<string> = new Set(['WeakMap', 'WeakSet', 'WeakRef']);
/** What getters of the class give, and is no own field. */
const HIDDEN_FIELDS: ReadonlyMap<string, readonly string[]> = new Map([
  ['Event', ['type']],
  ['CustomEvent', ['type', 'detail']],
  ['MessageEvent', ['type', 'data']],
  ['Blob', ['size', 'type']],
  ['File', ['name', 'size', 'type', 'lastModified']],
  ['Request', ['method', 'url', 'headers']],
  ['Response', ['status', 'statusText', 'url', 'headers']],
  ['AbortSignal', ['aborted', 'reason']],
]);

/** Whether it is what its kind says: what only says so makes the engine's own getter or method throw. */
function isReally(read: unknown, value: object): boolean {
  try {
    Reflect.apply(read as () => unknown, value, []);
    return true;
  } catch {
    return false;
  }
}
const getterOf = (of: object, key: string): unknown => Object.getOwnPropertyDescriptor(of, key)?.get;
const [mapSize, setSize, byteLength] = [getterOf(Map.prototype, 'size'), getterOf(Set.prototype, 'size'), getterOf(ArrayBuffer.prototype, 'byteLength')];
const sharedByteLength = typeof SharedArrayBuffer === 'function' ? getterOf(SharedArrayBuffer.prototype, 'byteLength') : undefined;

const isDate = (value: object, kind: string): value is Date => value instanceof Date || (kind === 'Date' && isReally(Date.prototype.getTime, value));
const isMap = (value: object, kind: string): value is Map<unknown, unknown> => value instanceof Map || (kind === 'Map' && isReally(mapSize, value));
const isSet = (value: object, kind: string): value is Set<unknown> => value instanceof Set || (kind === 'Set' && isReally(setSize, value));
const isBuffer = (value: object, kind: string): value is ArrayBuffer =>
  (kind === 'ArrayBuffer' && isReally(byteLength, value)) || (kind === 'SharedArrayBuffer' && isReally(sharedByteLength, value));

function otherName(value: object, usual: string): string | undefined {
  const name = className(value);
  return name === usual ? undefined : name;
}

function className(value: object): string {
  const maker: unknown = (value as { constructor?: unknown }).constructor;
  return typeof maker === 'function' && typeof maker.name === 'string' && maker.name !== '' ? maker.name : 'Object';
}

const functionName = (value: { readonly name?: unknown }): string => (typeof value.name === 'string' ? value.name : '');
