import type { MonotonicTime } from '../../core/base/time.ts';
import type { BlockHeader } from '../../core/protocol/recording-format.ts';
import { AsyncScope, EXTENDED_BIT, extendedTag, padTo8, REMOVED, RecordKind, SnapshotFlag } from '../../core/protocol/records.ts';

/** A record that outlives its block, with the whole clock at its time. */
export interface KeptRecord {
  readonly time: MonotonicTime;
  readonly bytes: Uint8Array;
}

/** Where the beginnings of async slices are kept: those of one number may end in another thread, or process. */
export type AsyncBeginnings = Map<string, KeptRecord & { readonly stream: number }>;

/** An object as its last snapshot has it. */
interface KeptObject {
  created: KeptRecord | undefined;
  /** Bytes of each attribute's JSON, by its key's definition. */
  readonly attributes: Map<number, Uint8Array>;
  time: MonotonicTime | undefined;
  cut: boolean;
  bytes: number;
}

/** Definitions of one stream above this are let go, the oldest first: a script that makes up names without end must not fill the disk. */
const MAX_DEFINITION_BYTES = 64 * 1024 * 1024;
/** The same for the state of its objects. */
const MAX_OBJECT_BYTES = 64 * 1024 * 1024;
const MAX_OPEN_ASYNC = 100_000;

/** What must survive of one thread's stream when its older blocks go: so that the newer ones tell all that they told beside them. */
export class KeptStream {
  readonly stream: number;
  readonly definitions: Uint8Array[] = [];
  #definitionBytes = 0;
  /** The last sample of each counter. */
  readonly #counters = new Map<number, KeptRecord>();
  /** Those that changed last are at the end. */
  readonly #objects = new Map<number, KeptObject>();
  #objectBytes = 0;
  droppedBefore = 0;
  /** Definitions or objects that were let go. */
  lost = 0;

  constructor(stream: number) {
    this.stream = stream;
  }

  define(payload: Uint8Array): void {
    this.definitions.push(payload);
    this.#definitionBytes += payload.length;
    while (this.#definitionBytes > MAX_DEFINITION_BYTES && this.definitions.length > 1) {
      this.#definitionBytes -= (this.definitions.shift() as Uint8Array).length;
      this.lost++;
    }
  }

  /** The records of a whole DATA block. `asyncKey`: a slice's number and scope as one text. */
  take(header: BlockHeader, payload: Uint8Array, beginnings: AsyncBeginnings, asyncKey: (scope: number, number: number) => string): void {
    this.droppedBefore = Math.max(this.droppedBefore, header.droppedBefore);
    // Words need a border of 4 bytes, which a piece of a file may not have.
    const bytes = payload.byteOffset % 4 === 0 ? payload : payload.slice();
    const words = new Uint32Array(bytes.buffer, bytes.byteOffset, bytes.length >>> 2);
    let high = header.clockHigh;
    // By counter, where its last sample lies: copied once for each block, not once for each sample.
    let samples = new Map<number, number>();
    const keepSamples = () => {
      for (const [definition, at] of samples) this.#counters.set(definition, keep(words, at, high));
      samples = new Map();
    };
    let at = padTo8(header.openStackWords * 4) >>> 2;
    while (at + 2 <= words.length) {
      const tag = words[at + 1] as number;
      if (tag < EXTENDED_BIT) {
        at += 2;
        continue;
      }
      const size = 2 + ((tag >>> 8) & 0x7fffff) * 2;
      if (at + size > words.length) break;
      switch (tag & 0xff) {
        case RecordKind.COUNTER:
          samples.set(words[at + 2] as number, at);
          break;
        case RecordKind.EPOCH:
          keepSamples();
          high = words[at] as number;
          break;
        case RecordKind.GAP:
          keepSamples();
          high = words[at + 4] as number;
          break;
        case RecordKind.OBJECT_CREATED:
          this.#object(words[at + 2] as number).created = keep(words, at, high);
          break;
        case RecordKind.OBJECT_SNAPSHOT:
          this.#snapshot(words, at, size, high);
          break;
        case RecordKind.OBJECT_DELETED:
          this.#forget(words[at + 2] as number);
          break;
        case RecordKind.ASYNC_BEGIN:
          beginnings.set(asyncKey(words[at + 3] as number, words[at + 2] as number), { ...keep(words, at, high), stream: this.stream });
          if (beginnings.size > MAX_OPEN_ASYNC) beginnings.delete(beginnings.keys().next().value as string);
          break;
        case RecordKind.ASYNC_END:
          beginnings.delete(asyncKey(words[at + 3] as number, words[at + 2] as number));
          break;
        default:
      }
      at += size;
    }
    keepSamples();
  }

  /** Not in order of time. */
  records(): KeptRecord[] {
    const objects = [...this.#objects].flatMap(([definition, object]) => {
      const records = object.created ? [object.created] : [];
      if (object.time) records.push({ time: object.time, bytes: keyframe(definition, object, object.time) });
      return records;
    });
    return [...this.#counters.values(), ...objects];
  }

  #object(definition: number): KeptObject {
    const known = this.#objects.get(definition);
    const object: KeptObject = known ?? { created: undefined, attributes: new Map(), time: undefined, cut: false, bytes: 0 };
    if (known) this.#objects.delete(definition);
    this.#objects.set(definition, object);
    return object;
  }

  #snapshot(words: Uint32Array, at: number, size: number, high: number): void {
    const object = this.#object(words[at + 2] as number);
    const flags = words[at + 3] as number;
    const count = words[at + 4] as number;
    const before = object.bytes;
    if ((flags & SnapshotFlag.KEYFRAME) !== 0) {
      object.attributes.clear();
      object.bytes = 0;
    }
    const record = new Uint8Array(words.buffer, words.byteOffset + at * 4, size * 4);
    let value = 24 + count * 8;
    for (let entry = 0; entry < count; entry++) {
      const key = words[at + 6 + entry * 2] as number;
      const length = words[at + 7 + entry * 2] as number;
      object.bytes -= object.attributes.get(key)?.length ?? 0;
      if (length === REMOVED) object.attributes.delete(key);
      else {
        if (value + length > record.length) break;
        object.attributes.set(key, record.slice(value, value + length));
        object.bytes += length;
        value += length;
      }
    }
    object.time = { high, low: words[at] as number };
    object.cut = (flags & SnapshotFlag.CUT) !== 0;
    this.#objectBytes += object.bytes - before;
    while (this.#objectBytes > MAX_OBJECT_BYTES && this.#objects.size > 1) {
      this.#forget(this.#objects.keys().next().value as number);
      this.lost++;
    }
  }

  #forget(definition: number): void {
    this.#objectBytes -= this.#objects.get(definition)?.bytes ?? 0;
    this.#objects.delete(definition);
  }
}

/** The record at word `at`, as a copy. */
function keep(words: Uint32Array, at: number, high: number): KeptRecord {
  const size = 2 + (((words[at + 1] as number) >>> 8) & 0x7fffff) * 2;
  return { time: { high, low: words[at] as number }, bytes: new Uint8Array(words.slice(at, at + size).buffer) };
}

/** What an object is, as one snapshot that lists all. */
function keyframe(definition: number, { attributes, cut, bytes }: KeptObject, time: MonotonicTime): Uint8Array {
  const payload = padTo8(16 + attributes.size * 8 + bytes);
  const record = new Uint8Array(8 + payload);
  const words = new Uint32Array(record.buffer);
  words.set([
    time.low,
    extendedTag(RecordKind.OBJECT_SNAPSHOT, payload),
    definition,
    SnapshotFlag.KEYFRAME | (cut ? SnapshotFlag.CUT : 0),
    attributes.size,
    bytes,
  ]);
  let word = 6;
  let at = 24 + attributes.size * 8;
  for (const [key, value] of attributes) {
    words[word++] = key;
    words[word++] = value.length;
    record.set(value, at);
    at += value.length;
  }
  return record;
}

/** Of its thread's stream, of its process, of the recording: what a number of a scope belongs to. */
export const asyncOwner = (scope: number, stream: number, process: number): string =>
  scope === AsyncScope.STREAM ? `s${stream}` : scope === AsyncScope.PROCESS ? `p${process}` : 'r';
