import { types } from 'node:util';
import { looksSecret } from '../../protocol/snapshot-value.ts';
import { cutText } from './json-args.ts';

/** Bounds of a text: of the whole, of entries of one object, of levels. */
const MAX_LETTERS = 1000;
const MAX_ENTRIES = 20;
const MAX_DEPTH = 2;

const { getOwnPropertyDescriptor, getPrototypeOf, ownKeys } = Reflect;
const { isArray } = Array;
const { isProxy, isDate, isRegExp, isMap, isSet, isPromise, isNativeError, isTypedArray } = types;
const toISOString = Date.prototype.toISOString;
const getter = (prototype: object, name: PropertyKey): ((this: unknown) => unknown) =>
  getOwnPropertyDescriptor(prototype, name)?.get as (this: unknown) => unknown;
const sourceOf = getter(RegExp.prototype, 'source');
const mapSize = getter(Map.prototype, 'size');
const setSize = getter(Set.prototype, 'size');
const TypedArray = getPrototypeOf(Uint8Array.prototype) as object;
const typedLength = getter(TypedArray, 'length');
const typedName = getter(TypedArray, Symbol.toStringTag);

/**
 * What values are, as one bounded line, for a reader who looks for the line that the console shows. Runs no code of the script's: no
 * getter, no `toString`, no trap of a proxy. `mask`: values whose key looks secret are left out.
 */
export function plainText(values: readonly unknown[], mask: boolean): string {
  const writer = new PlainText(mask);
  let text = '';
  for (let i = 0; i < values.length && writer.left > 0; i++) {
    const value = values[i];
    text += `${i === 0 ? '' : ' '}${typeof value === 'string' ? writer.take(value) : writer.value(value, 0)}`;
  }
  return cutText(text, MAX_LETTERS);
}

/** The value of a data property, of the object's own or inherited; undefined for an accessor, whose getter would be the script's code. */
export function dataOf(object: unknown, key: PropertyKey): unknown {
  if ((typeof object !== 'object' && typeof object !== 'function') || object === null) return undefined;
  for (let at: object | null = object; at && !isProxy(at); at = getPrototypeOf(at)) {
    const found = getOwnPropertyDescriptor(at, key);
    if (found) return found.value;
  }
  return undefined;
}

/** `dataOf` where that is a text. */
export function textOf(object: unknown, key: PropertyKey): string | undefined {
  const value = dataOf(object, key);
  return typeof value === 'string' ? value : undefined;
}

class PlainText {
  readonly #mask: boolean;
  left = MAX_LETTERS;

  constructor(mask: boolean) {
    this.#mask = mask;
  }

  take(text: string): string {
    const cut = cutText(text, Math.max(1, this.left));
    this.left -= cut.length;
    return cut;
  }

  value(value: unknown, depth: number): string {
    switch (typeof value) {
      case 'string':
        return this.take(`'${cutText(value, MAX_LETTERS)}'`);
      case 'bigint':
        return this.take(`${value}n`);
      case 'function':
        return this.take(`[Function: ${textOf(value, 'name') ?? 'anonymous'}]`);
      case 'object':
        return value === null ? this.take('null') : this.#object(value, depth);
      default:
        return this.take(String(value));
    }
  }

  #object(value: object, depth: number): string {
    if (isProxy(value)) return this.take('[Proxy]');
    if (isNativeError(value)) return this.take(`${textOf(value, 'name') ?? 'Error'}: ${textOf(value, 'message') ?? ''}`);
    if (isDate(value)) return this.take(dateText(value));
    if (isRegExp(value)) return this.take(`/${String(sourceOf.call(value))}/`);
    if (isMap(value)) return this.take(`Map(${String(mapSize.call(value))})`);
    if (isSet(value)) return this.take(`Set(${String(setSize.call(value))})`);
    if (isPromise(value)) return this.take('[Promise]');
    if (isTypedArray(value)) return this.take(`${String(typedName.call(value))}(${String(typedLength.call(value))})`);
    if (depth >= MAX_DEPTH) return this.take(isArray(value) ? '[Array]' : '[Object]');
    return isArray(value) ? this.#array(value, depth) : this.#record(value, depth);
  }

  #array(value: readonly unknown[], depth: number): string {
    const { length } = value;
    const items: string[] = [];
    for (let i = 0; i < Math.min(length, MAX_ENTRIES) && this.left > 0; i++) items.push(this.#property(value, String(i), depth));
    const more = length - items.length;
    return `[${items.join(', ')}${more > 0 ? `, … ${more} more` : ''}]`;
  }

  #record(value: object, depth: number): string {
    const keys = ownKeys(value).filter((key) => typeof key === 'string' && getOwnPropertyDescriptor(value, key)?.enumerable) as string[];
    const items: string[] = [];
    for (const key of keys) {
      if (items.length >= MAX_ENTRIES || this.left <= 0) break;
      items.push(`${this.take(key)}: ${this.#mask && looksSecret(key) ? this.take('***') : this.#property(value, key, depth)}`);
    }
    const more = keys.length - items.length;
    const name = textOf(dataOf(value, 'constructor'), 'name');
    return `${name === undefined || name === 'Object' ? '' : `${this.take(name)} `}{${items.join(', ')}${more > 0 ? `, … ${more} more` : ''}}`;
  }

  #property(object: object, key: string, depth: number): string {
    const found = getOwnPropertyDescriptor(object, key);
    if (!found) return this.take('<empty>');
    return 'value' in found ? this.value(found.value, depth + 1) : this.take('[Getter]');
  }
}

function dateText(value: Date): string {
  try {
    return toISOString.call(value);
  } catch {
    return 'Invalid Date';
  }
}
