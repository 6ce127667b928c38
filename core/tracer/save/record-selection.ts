import { snapshotEntries } from '../../model/record-decoder.ts';
import { encodeGap } from '../../protocol/record-stream.ts';
import { EXTENDED_BIT, extendedTag, GapReason, padTo8, REMOVED, RecordKind, recordBytes, SnapshotFlag } from '../../protocol/records.ts';

/** From and to, in ns of the monotonic clock. */
export type TimeWindow = readonly [from: bigint, to: bigint];

export interface Selection {
  /** Only what was recorded in one of these. Absent: all. */
  readonly windows?: readonly TimeWindow[];
  /** Events to leave out at the beginning: the oldest, where there are more than may be kept. */
  readonly skip?: number;
}

const WORD = 2n ** 32n;

/**
 * Passes on the records of one thread that were selected. What later records need is kept: clocks, and for objects whose first
 * snapshots are left out a whole one in place of a difference.
 */
export class RecordSelection {
  readonly #windows: readonly TimeWindow[] | undefined;
  readonly #skipped: number;
  #skip: number;
  #high: number;
  #rest: Uint8Array = new Uint8Array(0);
  /** By object: the attributes that the snapshots left out would have told. */
  readonly #contents = new Map<number, Map<number, Uint8Array>>();

  /** `high`: high word of the clock where the stream does not begin with it. */
  constructor(selection: Selection, high: number) {
    this.#windows = selection.windows;
    this.#skip = selection.skip ?? 0;
    this.#skipped = this.#skip;
    this.#high = high;
  }

  push(chunk: Uint8Array): Uint8Array[] {
    const bytes = this.#rest.length === 0 ? chunk : concat(this.#rest, chunk);
    const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
    const out: Uint8Array[] = [];
    let from = 0;
    let at = 0;
    while (at + 8 <= bytes.length) {
      const tag = view.getUint32(at + 4, true);
      const end = at + recordBytes(tag);
      if (end > bytes.length) break;
      const replaced = this.#record(bytes, view, at, end, tag);
      if (replaced !== 'keep') {
        if (at > from) out.push(bytes.subarray(from, at));
        out.push(...replaced);
        from = end;
      }
      at = end;
    }
    if (at > from) out.push(bytes.subarray(from, at));
    this.#rest = bytes.slice(at);
    return out;
  }

  /** What stands in place of the record. */
  #record(bytes: Uint8Array, view: DataView, at: number, end: number, tag: number): 'keep' | Uint8Array[] {
    const low = view.getUint32(at, true);
    const kind = tag < EXTENDED_BIT ? 0 : tag & 0xff;
    if (kind === RecordKind.EPOCH) {
      this.#high = low;
      return 'keep';
    }
    if (kind === RecordKind.GAP) {
      this.#high = view.getUint32(at + 16, true);
      // What was lost outside of the windows is not missed; the clock that it tells is.
      return this.#inWindow(view.getUint32(at + 20, true)) ? 'keep' : [epoch(this.#high)];
    }
    if (!this.#inWindow(low)) return [];
    if (kind === RecordKind.STALL) return 'keep';
    if (this.#skip > 0) {
      this.#skip--;
      this.#remember(bytes, view, at, kind);
      if (this.#skip > 0) return [];
      return [encodeGap(this.#skipped, this.#high, low, GapReason.RING_FULL, new Uint32Array(0))];
    }
    return kind === RecordKind.OBJECT_SNAPSHOT ? this.#whole(bytes.subarray(at, end)) : 'keep';
  }

  #inWindow(low: number): boolean {
    if (!this.#windows) return true;
    const time = BigInt(this.#high) * WORD + BigInt(low);
    return this.#windows.some(([from, to]) => time >= from && time <= to);
  }

  #remember(bytes: Uint8Array, view: DataView, at: number, kind: number): void {
    const object = view.getUint32(at + 8, true);
    if (kind === RecordKind.OBJECT_DELETED) this.#contents.delete(object);
    if (kind !== RecordKind.OBJECT_SNAPSHOT) return;
    const keyframe = (view.getUint32(at + 12, true) & SnapshotFlag.KEYFRAME) !== 0;
    const content = keyframe ? new Map<number, Uint8Array>() : this.#contents.get(object);
    if (!content) return;
    this.#contents.set(object, content);
    apply(content, bytes, at);
  }

  /** The first snapshot of an object after those that were left out. */
  #whole(record: Uint8Array): 'keep' | Uint8Array[] {
    const view = new DataView(record.buffer, record.byteOffset, record.length);
    const object = view.getUint32(8, true);
    const content = this.#contents.get(object);
    if (!content) return 'keep';
    this.#contents.delete(object);
    const flags = view.getUint32(12, true);
    if ((flags & SnapshotFlag.KEYFRAME) !== 0) return 'keep';
    apply(content, record, 0);
    return [encodeSnapshot(view.getUint32(0, true), object, flags | SnapshotFlag.KEYFRAME, content)];
  }
}

function apply(content: Map<number, Uint8Array>, bytes: Uint8Array, record: number): void {
  for (const { key, json } of snapshotEntries(bytes, record)) {
    if (json) content.set(key, json.slice());
    else content.delete(key);
  }
}

function epoch(high: number): Uint8Array {
  return new Uint8Array(Uint32Array.of(high, extendedTag(RecordKind.EPOCH, 0)).buffer);
}

function encodeSnapshot(low: number, object: number, flags: number, content: ReadonlyMap<number, Uint8Array>): Uint8Array {
  const valueBytes = [...content.values()].reduce((sum, { length }) => sum + length, 0);
  const head = 16 + 8 * content.size;
  const payload = padTo8(head + valueBytes);
  const record = new Uint8Array(8 + payload);
  const view = new DataView(record.buffer);
  const words = [low, extendedTag(RecordKind.OBJECT_SNAPSHOT, payload), object, flags, content.size, valueBytes];
  for (const [key, json] of content) words.push(key, Math.min(json.length, REMOVED));
  for (const [i, word] of words.entries()) view.setUint32(i * 4, word, true);
  let at = 8 + head;
  for (const json of content.values()) {
    record.set(json, at);
    at += json.length;
  }
  return record;
}

function concat(a: Uint8Array, b: Uint8Array): Uint8Array {
  const both = new Uint8Array(a.length + b.length);
  both.set(a);
  both.set(b, a.length);
  return both;
}
