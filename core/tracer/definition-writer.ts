import { extendedTag, padTo8, RecordKind } from '../protocol/records.ts';
import { OwnMap } from './own-map.ts';
import { DEFINITION_RING_BYTES, RING_HEADER_BYTES, RingWord } from './ring-layout.ts';

/** A longer name is cut here, at the end of a character. */
const MAX_TEXT_BYTES = 64 * 1024;
/** The table of known texts is emptied here: a script that makes up names without end must not keep them all. */
const MAX_KNOWN_TEXTS = 65_536;
/** Names of functions in one record: a quarter of the ring would fit, too, and then the drain would be waited for more often. */
const MAX_FUNCTIONS_BYTES = 32 * 1024;
const MASK = DEFINITION_RING_BYTES - 1;
const CAPACITY = DEFINITION_RING_BYTES / 8;

/**
 * Definitions of one thread, in a ring of their own: nothing in it is ever dropped. Where it is full and the thread may not
 * wait, the definition is refused (id 0) and the event that wanted it is the one that is lost.
 */
export class DefinitionWriter {
  readonly #words: Int32Array;
  readonly #bytes: Uint8Array;
  readonly #wait: (position: number) => boolean;
  readonly #texts = new OwnMap<string, number>();
  readonly #counters = new OwnMap<string, number>();
  #nextId = 1;

  /** `wait` waits until the drain has read up to a position; false: it may not. */
  constructor(buffer: SharedArrayBuffer, ringBytes: number, wait: (position: number) => boolean) {
    this.#words = new Int32Array(buffer, 0, RING_HEADER_BYTES / 4);
    this.#bytes = new Uint8Array(buffer, RING_HEADER_BYTES + ringBytes, DEFINITION_RING_BYTES);
    this.#wait = wait;
  }

  text(text: string): number {
    const known = this.#texts.get(text);
    if (known !== undefined) return known;
    const bytes = encodeBounded(text);
    const payload = new Uint8Array(padTo8(8 + bytes.length));
    const id = this.#nextId;
    new Uint32Array(payload.buffer, 0, 2).set([id, bytes.length]);
    payload.set(bytes, 8);
    if (!this.#append(RecordKind.DEF_STRING, payload)) return 0;
    if (this.#texts.size >= MAX_KNOWN_TEXTS) this.#texts.clear();
    this.#texts.set(text, id);
    return id;
  }

  counter(name: string, series: readonly string[]): number {
    const nameId = this.text(name);
    const ids = series.map((key) => this.text(key));
    if (nameId === 0 || ids.includes(0)) return 0;
    // Counters of one name and shape share a definition: they are one counter to whoever looks.
    const shape = `${nameId}:${ids.join()}`;
    const known = this.#counters.get(shape);
    if (known !== undefined) return known;
    const payload = new Uint8Array(padTo8(16 + 4 * ids.length));
    const id = this.#nextId;
    new Uint32Array(payload.buffer, 0, 4 + ids.length).set([id, nameId, ids.length, 0, ...ids]);
    if (!this.#append(RecordKind.DEF_COUNTER, payload)) return 0;
    if (this.#counters.size >= MAX_KNOWN_TEXTS) this.#counters.clear();
    this.#counters.set(shape, id);
    return id;
  }

  object(name: string, className: string): number {
    const [nameId, classId] = [this.text(name), this.text(className)];
    if (nameId === 0 || classId === 0) return 0;
    const payload = new Uint8Array(16);
    const id = this.#nextId;
    new Uint32Array(payload.buffer).set([id, nameId, classId, 0]);
    return this.#append(RecordKind.DEF_OBJECT, payload) ? id : 0;
  }

  /** Functions with the numbers from `first` on, as lines of DEF_FUNCTIONS. False: they cannot be defined, and none may be used. */
  functions(first: number, file: string, lines: readonly string[]): boolean {
    const fileId = this.text(file);
    if (fileId === 0) return false;
    for (let from = 0; from < lines.length; ) {
      let bytes = 0;
      let to = from;
      while (to < lines.length && (to === from || bytes < MAX_FUNCTIONS_BYTES)) bytes += (lines[to++] as string).length + 1;
      const text = Buffer.from(`${lines.slice(from, to).join('\n')}\n`, 'utf8');
      const payload = new Uint8Array(padTo8(16 + text.length));
      new Uint32Array(payload.buffer, 0, 4).set([first + from, to - from, fileId, text.length]);
      payload.set(text, 16);
      if (!this.#append(RecordKind.DEF_FUNCTIONS, payload)) return false;
      from = to;
    }
    return true;
  }

  #append(kind: RecordKind, payload: Uint8Array): boolean {
    const record = new Uint8Array(8 + payload.length);
    new Uint32Array(record.buffer, 0, 2).set([0, extendedTag(kind, payload.length)]);
    record.set(payload, 8);
    const units = record.length / 8;
    const write = this.#words[RingWord.DEF_WRITE] as number;
    if (units > CAPACITY) return false;
    const free = CAPACITY - ((write - Atomics.load(this.#words, RingWord.DEF_READ)) | 0);
    if (free < units && !this.#wait((write + units - CAPACITY) | 0)) return false;
    const from = (write * 8) & MASK;
    const first = Math.min(record.length, DEFINITION_RING_BYTES - from);
    this.#bytes.set(record.subarray(0, first), from);
    this.#bytes.set(record.subarray(first), 0);
    Atomics.store(this.#words, RingWord.DEF_WRITE, (write + units) | 0);
    this.#nextId++;
    return true;
  }
}

/** UTF-8 of `text`, at most MAX_TEXT_BYTES and then with an ellipsis. */
function encodeBounded(text: string): Uint8Array {
  const bytes = Buffer.from(text.length > MAX_TEXT_BYTES ? text.slice(0, MAX_TEXT_BYTES) : text, 'utf8');
  if (bytes.length <= MAX_TEXT_BYTES && text.length <= MAX_TEXT_BYTES) return bytes;
  let end = MAX_TEXT_BYTES - 3;
  while (end > 0 && ((bytes[end] as number) & 0xc0) === 0x80) end--;
  return Buffer.concat([bytes.subarray(0, end), Buffer.from('…')]);
}
