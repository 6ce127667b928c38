/**
 * Values to bytes and back, as far as structured clone goes between Electron's processes: primitives, plain objects, arrays,
 * Map, Set, Date, RegExp, Error, ArrayBuffer and its views, and shared references. Anything else could not be cloned there either.
 */
const Tag = {
  UNDEFINED: 0,
  NULL: 1,
  TRUE: 2,
  FALSE: 3,
  NUMBER: 4,
  STRING: 5,
  BIGINT: 6,
  OBJECT: 7,
  ARRAY: 8,
  MAP: 9,
  SET: 10,
  DATE: 11,
  REGEXP: 12,
  ERROR: 13,
  BUFFER: 14,
  VIEW: 15,
  REFERENCE: 16,
} as const;

type ViewConstructor = new (buffer: ArrayBuffer, offset: number, length: number) => ArrayBufferView;
const VIEWS: readonly ViewConstructor[] = [
  Uint8Array,
  Int8Array,
  Uint8ClampedArray,
  Uint16Array,
  Int16Array,
  Uint32Array,
  Int32Array,
  Float32Array,
  Float64Array,
  BigInt64Array,
  BigUint64Array,
  DataView,
];
const NOT_CLONEABLE = 'An object could not be cloned.';
const textEncoder = new TextEncoder();
const textDecoder = new TextDecoder();

/** Throws `An object could not be cloned.` as Electron does. */
export function encodeValue(value: unknown): Uint8Array<ArrayBuffer> {
  const writer = new Writer();
  writer.value(value);
  return writer.finish();
}

export function decodeValue(bytes: Uint8Array): unknown {
  return new Reader(bytes).value();
}

class Writer {
  #bytes = new Uint8Array(256);
  #length = 0;
  readonly #seen = new Map<object, number>();

  finish(): Uint8Array<ArrayBuffer> {
    return this.#bytes.slice(0, this.#length);
  }

  value(value: unknown): void {
    switch (typeof value) {
      case 'undefined':
        this.#byte(Tag.UNDEFINED);
        return;
      case 'boolean':
        this.#byte(value ? Tag.TRUE : Tag.FALSE);
        return;
      case 'number':
        this.#byte(Tag.NUMBER);
        this.#number(value);
        return;
      case 'string':
        this.#byte(Tag.STRING);
        this.#text(value);
        return;
      case 'bigint':
        this.#byte(Tag.BIGINT);
        this.#text(String(value));
        return;
      case 'object':
        if (value === null) this.#byte(Tag.NULL);
        else this.#object(value);
        return;
      default:
        throw new Error(NOT_CLONEABLE);
    }
  }

  #object(value: object): void {
    const before = this.#seen.get(value);
    if (before !== undefined) {
      this.#byte(Tag.REFERENCE);
      this.#count(before);
      return;
    }
    this.#seen.set(value, this.#seen.size);
    if (Array.isArray(value)) {
      this.#byte(Tag.ARRAY);
      this.#count(value.length);
      for (const item of value) this.value(item);
    } else if (value instanceof Map) {
      this.#byte(Tag.MAP);
      this.#count(value.size);
      for (const [key, item] of value) {
        this.value(key);
        this.value(item);
      }
    } else if (value instanceof Set) {
      this.#byte(Tag.SET);
      this.#count(value.size);
      for (const item of value) this.value(item);
    } else if (value instanceof Date) {
      this.#byte(Tag.DATE);
      this.#number(value.getTime());
    } else if (value instanceof RegExp) {
      this.#byte(Tag.REGEXP);
      this.#text(value.source);
      this.#text(value.flags);
    } else if (value instanceof Error) {
      this.#byte(Tag.ERROR);
      this.#text(value.name);
      this.#text(value.message);
      this.#text(value.stack ?? '');
    } else if (value instanceof ArrayBuffer) {
      this.#byte(Tag.BUFFER);
      this.#raw(new Uint8Array(value));
    } else if (ArrayBuffer.isView(value)) {
      this.#byte(Tag.VIEW);
      this.#byte(Math.max(0, VIEWS.indexOf(value.constructor as ViewConstructor)));
      this.#raw(new Uint8Array(value.buffer, value.byteOffset, value.byteLength));
    } else if (isHostObject(value)) {
      throw new Error(NOT_CLONEABLE);
    } else {
      // A class instance loses its class, as with structured clone.
      const entries = Object.entries(value);
      this.#byte(Tag.OBJECT);
      this.#count(entries.length);
      for (const [key, item] of entries) {
        this.#text(key);
        this.value(item);
      }
    }
  }

  #reserve(count: number): number {
    const at = this.#length;
    if (at + count > this.#bytes.length) {
      const larger = new Uint8Array(Math.max(this.#bytes.length * 2, at + count));
      larger.set(this.#bytes);
      this.#bytes = larger;
    }
    this.#length += count;
    return at;
  }
  #byte(value: number): void {
    // First the place: making room may put other bytes in place of these.
    const at = this.#reserve(1);
    this.#bytes[at] = value;
  }
  #count(value: number): void {
    const at = this.#reserve(4);
    new DataView(this.#bytes.buffer).setUint32(at, value, true);
  }
  #number(value: number): void {
    const at = this.#reserve(8);
    new DataView(this.#bytes.buffer).setFloat64(at, value, true);
  }
  #text(value: string): void {
    this.#raw(textEncoder.encode(value));
  }
  #raw(value: Uint8Array): void {
    this.#count(value.length);
    const at = this.#reserve(value.length);
    this.#bytes.set(value, at);
  }
}

class Reader {
  readonly #bytes: Uint8Array;
  readonly #view: DataView;
  #at = 0;
  readonly #seen: object[] = [];

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes;
    this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  }

  value(): unknown {
    const tag = this.#byte();
    switch (tag) {
      case Tag.UNDEFINED:
        return undefined;
      case Tag.NULL:
        return null;
      case Tag.TRUE:
        return true;
      case Tag.FALSE:
        return false;
      case Tag.NUMBER:
        return this.#number();
      case Tag.STRING:
        return this.#text();
      case Tag.BIGINT:
        return BigInt(this.#text());
      case Tag.REFERENCE:
        return this.#seen[this.#count()];
      default:
        return this.#object(tag);
    }
  }

  #object(tag: number): object {
    switch (tag) {
      case Tag.ARRAY: {
        const list = this.#remember([] as unknown[]);
        for (let left = this.#count(); left > 0; left--) list.push(this.value());
        return list;
      }
      case Tag.MAP: {
        const map = this.#remember(new Map<unknown, unknown>());
        for (let left = this.#count(); left > 0; left--) {
          const key = this.value();
          map.set(key, this.value());
        }
        return map;
      }
      case Tag.SET: {
        const set = this.#remember(new Set<unknown>());
        for (let left = this.#count(); left > 0; left--) set.add(this.value());
        return set;
      }
      case Tag.OBJECT: {
        const object = this.#remember({} as Record<string, unknown>);
        for (let left = this.#count(); left > 0; left--) {
          // Not by assignment: `__proto__` has to arrive as an ordinary key.
          const key = this.#text();
          Object.defineProperty(object, key, { value: this.value(), writable: true, enumerable: true, configurable: true });
        }
        return object;
      }
      case Tag.DATE:
        return this.#remember(new Date(this.#number()));
      case Tag.REGEXP:
        return this.#remember(new RegExp(this.#text(), this.#text()));
      case Tag.ERROR: {
        const error = this.#remember(new Error());
        error.name = this.#text();
        error.message = this.#text();
        error.stack = this.#text();
        return error;
      }
      case Tag.BUFFER: {
        const at = this.#seen.push({}) - 1;
        const buffer = this.#raw().buffer;
        this.#seen[at] = buffer;
        return buffer;
      }
      case Tag.VIEW: {
        const View = VIEWS[this.#byte()] ?? Uint8Array;
        const bytes = this.#raw();
        const size = 'BYTES_PER_ELEMENT' in View ? Number(View.BYTES_PER_ELEMENT) : 1;
        return this.#remember(new View(bytes.buffer, 0, bytes.length / size));
      }
      default:
        throw new Error(`value codec: unknown tag ${tag}`);
    }
  }

  #remember<T extends object>(value: T): T {
    this.#seen.push(value);
    return value;
  }
  #byte(): number {
    return this.#view.getUint8(this.#at++);
  }
  #count(): number {
    this.#at += 4;
    return this.#view.getUint32(this.#at - 4, true);
  }
  #number(): number {
    this.#at += 8;
    return this.#view.getFloat64(this.#at - 8, true);
  }
  #text(): string {
    return textDecoder.decode(this.#raw());
  }
  #raw(): Uint8Array<ArrayBuffer> {
    const length = this.#count();
    this.#at += length;
    return new Uint8Array(this.#bytes.slice(this.#at - length, this.#at));
  }
}

/** Ports, DOM nodes, promises and the like: objects of the platform that are not data. */
function isHostObject(value: object): boolean {
  const kind = Object.prototype.toString.call(value);
  return kind !== '[object Object]' && kind !== '[object Arguments]';
}
