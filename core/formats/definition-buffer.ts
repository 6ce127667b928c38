import { extendedTag, padTo8, type RecordKind } from '../protocol/records.ts';

const FIRST_BYTES = 4096;

/** Definitions of one stream that are not in a block yet. One lies behind the other in one buffer: there are many of them, each of a few words. */
export class DefinitionBuffer {
  bytes = new Uint8Array(0);
  view = new DataView(this.bytes.buffer);
  /** Bytes, and definitions, or pieces of them. */
  length = 0;
  count = 0;
  /** Payload of the one that was added last. */
  at = 0;
  lastId = 0;

  /** Room for one: its header and its number are written. Gives the number. */
  add(kind: RecordKind, payloadBytes: number): number {
    const at = this.#room(8 + payloadBytes);
    const id = ++this.lastId;
    this.view.setUint32(at + 4, extendedTag(kind, payloadBytes), true);
    this.view.setUint32(at + 8, id, true);
    this.at = at + 8;
    return id;
  }

  /** Those of another recording as they lie there. */
  append(payload: Uint8Array): void {
    const at = this.#room(payload.length);
    this.bytes.set(payload, at);
  }

  /** What it held, for a block; it is empty then. */
  take(): Uint8Array {
    const payload = this.bytes.subarray(0, this.length);
    this.#use(new Uint8Array(0));
    this.length = 0;
    this.count = 0;
    return payload;
  }

  #room(bytes: number): number {
    const at = this.length;
    const needed = at + bytes;
    if (needed > this.bytes.length) {
      const grown = new Uint8Array(padTo8(Math.max(FIRST_BYTES, this.bytes.length * 2, needed)));
      grown.set(this.bytes.subarray(0, at));
      this.#use(grown);
    }
    this.length = needed;
    this.count++;
    return at;
  }

  #use(bytes: Uint8Array<ArrayBuffer>): void {
    this.bytes = bytes;
    this.view = new DataView(bytes.buffer);
  }
}
