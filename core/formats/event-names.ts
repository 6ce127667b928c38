import { ByteInterner } from './byte-interner.ts';
import { type ImportLosses, MAX_NAME_BYTES, MAX_NAMES } from './import-losses.ts';
import { decodeString, type EventFields, Field } from './trace-event-fields.ts';

const MAX_NAME_ARENA_BYTES = 128 * 1024 * 1024;

const encoder = new TextEncoder();
const decoder = new TextDecoder();
const MANY_NAMES = encoder.encode('(one of too many names)');

/** Names of events, categories, series and attributes by number, without making strings of them: the same text has one number. */
export class EventNames {
  readonly #losses: ImportLosses;
  readonly #texts = new ByteInterner({ maxCount: MAX_NAMES, maxBytes: MAX_NAME_ARENA_BYTES });
  /** Number of a name whose text has another one; the same number else. A table: a look-up for each event. */
  #alias = new Int32Array(1024);
  readonly #decoded = new Map<number, Uint8Array>();
  readonly #decodedIds = new Map<string, number>();
  #seenNames = 0;
  /** Number of all names beyond those that are kept apart. */
  readonly manyNames: number;

  constructor(losses: ImportLosses) {
    this.#losses = losses;
    this.manyNames = this.numberOf(MANY_NAMES, 0, MANY_NAMES.length);
  }

  /** UTF-8 of a name, escapes resolved. */
  bytesOf(name: number): Uint8Array {
    return this.#decoded.get(name) ?? this.#texts.bytesOf(name);
  }

  /** Number of the text between two quotes, the same for the same text however it is escaped. */
  numberOf(bytes: Uint8Array, start: number, end: number): number {
    return this.#known(this.#texts.intern(bytes, start, end));
  }

  #known(id: number): number {
    if (id < this.#seenNames && id >= 0) return this.#alias[id] as number;
    if (id < 0) {
      this.#losses.add('many-names');
      return this.manyNames;
    }
    this.#see(id);
    const same = this.#resolve(id);
    this.#alias[id] = same;
    return same;
  }

  #see(id: number): void {
    if (id >= this.#alias.length) {
      const grown = new Int32Array(Math.max(this.#alias.length * 2, id + 1));
      grown.set(this.#alias);
      this.#alias = grown;
    }
    // Numbers are given one after the other: those between were made on the way to this one.
    for (let seen = this.#seenNames; seen <= id; seen++) this.#alias[seen] = seen;
    this.#seenNames = Math.max(this.#seenNames, id + 1);
  }

  /** Number of a text that has no escapes to resolve. */
  plain(bytes: Uint8Array): number {
    if (!bytes.includes(0x5c)) return this.numberOf(bytes, 0, bytes.length);
    const escaped = encoder.encode(JSON.stringify(decoder.decode(bytes)).slice(1, -1));
    return this.numberOf(escaped, 0, escaped.length);
  }

  #resolve(id: number): number {
    const raw = this.#texts.bytesOf(id);
    if (!raw.includes(0x5c) && raw.length <= MAX_NAME_BYTES) return id;
    let name = decodeString(raw, 0, raw.length);
    let bytes = encoder.encode(name);
    if (bytes.length > MAX_NAME_BYTES) {
      this.#losses.add('long-name', () => name.slice(0, 100));
      name = `${decoder.decode(bytes.subarray(0, MAX_NAME_BYTES - 8)).replace(/\ufffd+$/, '')}…`;
      bytes = encoder.encode(name);
    }
    if (!bytes.includes(0x5c)) {
      const plain = this.#texts.intern(bytes, 0, bytes.length);
      if (plain >= 0) {
        this.#see(plain);
        return plain;
      }
    }
    const same = this.#decodedIds.get(name);
    if (same !== undefined) return same;
    this.#decodedIds.set(name, id);
    this.#decoded.set(id, bytes);
    return id;
  }

  ofEvent(fields: EventFields): number {
    const end = fields.end[Field.NAME] as number;
    const start = end === 0 ? 0 : (fields.start[Field.NAME] as number);
    if (fields.isString[Field.NAME] === 0 || end === 0) return this.numberOf(fields.bytes, start, end);
    return this.#known(this.#texts.internHashed(fields.bytes, fields.view, start, end, fields.nameHash));
  }
}
