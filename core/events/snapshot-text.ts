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
    const prototype: unknown = Object.getPrototypeOf(value);
    if (prototype === Object.prototype || prototype === null) return this.#record(value as Record<string, unknown>, depth, undefined);
    return this.#special(value, depth) ?? this.#record(value as Record<string, unknown>, depth, className(value));
  }

  #deep(type: string, size: number): string {
    return this.#cutTo(marker({ $ts: 'deep', type, size }));
  }

  /** What the engine makes, each in its readable form. */
  #special(value: object, depth: number): string | undefined {
    if (value instanceof Date) return this.#spend(marker({ $ts: 'date', text: Number.isNaN(value.getTime()) ? 'Invalid Date' : value.toISOString() }));
    if (value instanceof RegExp) return this.#bounded(String(value), (text) => ({ $ts: 'regexp', text }));
    if (value instanceof Error) return this.#bounded(String(value.message), (message) => ({ $ts: 'error', name: String(value.name), message }));
    if (value instanceof Map) return depth >= this.#limits.maxDepth ? this.#deep('Map', value.size) : this.#map(value, depth);
    if (value instanceof Set) return depth >= this.#limits.maxDepth ? this.#deep('Set', value.size) : this.#set(value, depth);
    if (ArrayBuffer.isView(value)) return this.#typedArray(value);
    if (value instanceof ArrayBuffer || (typeof SharedArrayBuffer === 'function' && value instanceof SharedArrayBuffer)) {
      return this.#bytes(className(value), value.byteLength, new Uint8Array(value, 0, Math.min(value.byteLength, this.#limits.maxEntries)));
    }
    if (value instanceof Promise) return this.#spend(marker({ $ts: 'promise' }));
    if (value instanceof WeakMap || value instanceof WeakSet || value instanceof WeakRef) return this.#spend(marker({ $ts: 'weak' }));
    if (value instanceof Number || value instanceof String || value instanceof Boolean) return this.#text(value.valueOf(), depth);
    return undefined;
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

  #record(value: Record<string, unknown>, depth: number, name: string | undefined): string {
    const names = Object.keys(value);
    if (depth >= this.#limits.maxDepth) return this.#deep(name ?? 'Object', names.length);
    let text = '';
    let taken = 0;
    let wrap = false;
    for (const field of names) {
      if (taken >= this.#limits.maxEntries || this.#left <= 0) break;
      wrap ||= field === '$ts';
      const key = keyOf(field);
      this.#left -= key.json.length;
      text += (taken++ === 0 ? key.json : `,${key.json}`) + this.#field(value, field, key, depth);
    }
    this.#left -= taken + 2;
    const cut = names.length - taken;
    if (cut > 0) this.cuts++;
    const end = cut > 0 ? `},"cut":${cut}}` : '}}';
    if (name !== undefined) return this.#wrapped(`{"$ts":"instance","class":${JSON.stringify(name)},"value":{`, text, end);
    return wrap || cut > 0 ? this.#wrapped('{"$ts":"object","value":{', text, end) : `{${text}}`;
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

  #map(value: Map<unknown, unknown>, depth: number): string {
    const taken: string[] = [];
    for (const [key, entry] of value) {
      if (taken.length >= this.#limits.maxEntries || this.#left <= 0) break;
      const masked = this.#mask && typeof key === 'string' && hides(entry, keyOf(key).secrecy);
      taken.push(`[${this.#text(key, depth + 1)},${masked ? this.#spend(MASKED) : this.#text(entry, depth + 1)}]`);
    }
    return this.#collection('map', 'entries', value.size, taken);
  }

  #set(value: Set<unknown>, depth: number): string {
    const taken: string[] = [];
    for (const entry of value) {
      if (taken.length >= this.#limits.maxEntries || this.#left <= 0) break;
      taken.push(this.#text(entry, depth + 1));
    }
    return this.#collection('set', 'values', value.size, taken);
  }

  #collection(type: string, field: string, size: number, taken: readonly string[]): string {
    const cut = size - taken.length;
    if (cut > 0) this.cuts++;
    this.#left -= taken.length + 40;
    return `{"$ts":"${type}","size":${size},"${field}":[${taken.join()}]${cut > 0 ? `,"cut":${cut}` : ''}}`;
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

function className(value: object): string {
  const maker: unknown = (value as { constructor?: unknown }).constructor;
  return typeof maker === 'function' && typeof maker.name === 'string' && maker.name !== '' ? maker.name : 'Object';
}

const functionName = (value: { readonly name?: unknown }): string => (typeof value.name === 'string' ? value.name : '');
