/** Packets of a Perfetto trace, written one after the other: one sequence, with its texts interned. */
import { Entry, Interned, Packet, SequenceFlag, Trace } from './perfetto-fields.ts';
import { ProtoOutput, Wire } from './proto-bytes.ts';

const WORD = 2 ** 32;
const PIECE_BYTES = 256 * 1024;
const MAX_INTERNED = 1_000_000;
const SEQUENCE_ID = 1;

export class PerfettoPackets {
  readonly #out = new ProtoOutput();
  /** Of the packet that is being written. */
  readonly body = new ProtoOutput();
  readonly #interned = new ProtoOutput();
  readonly #texts = new Map<number, Map<string, number>>([
    [Interned.NAMES, new Map()],
    [Interned.CATEGORIES, new Map()],
    [Interned.ANNOTATION_NAMES, new Map()],
  ]);
  #isFirst = true;
  readonly #startHigh: number;
  readonly #startLow: number;
  #full: Uint8Array[] = [];

  /** Time 0 of the recording. */
  constructor(start: { readonly high: number; readonly low: number }) {
    this.#startHigh = start.high;
    this.#startLow = start.low;
  }

  /** Id of a text in the sequence; 0: there are too many, write it as it is. Between `begin` and `end` of a packet. */
  iid(kind: typeof Interned.NAMES | typeof Interned.CATEGORIES | typeof Interned.ANNOTATION_NAMES, text: string): number {
    const texts = this.#texts.get(kind) as Map<string, number>;
    let iid = texts.get(text);
    if (iid !== undefined) return iid;
    if (texts.size >= MAX_INTERNED) return 0;
    iid = texts.size + 1;
    texts.set(text, iid);
    const entry = this.#interned.begin(kind);
    this.#interned.number(Entry.IID, iid);
    this.#interned.text(Entry.TEXT, text);
    this.#interned.endMessage(entry);
    return iid;
  }

  /** Begins a packet; write its fields to `body`, then `end`. `timeNs` undefined: it has no time. */
  begin(timeNs: number | undefined): void {
    this.body.clear();
    if (timeNs === undefined) return;
    const low = this.#startLow + Math.round(timeNs);
    const carry = Math.floor(low / WORD);
    this.body.wide(Packet.TIMESTAMP, Math.max(0, this.#startHigh + carry), low - carry * WORD);
  }

  end(): void {
    const { body } = this;
    if (this.#interned.length > 0) {
      body.bytesField(Packet.INTERNED_DATA, this.#interned.bytes, 0, this.#interned.length);
      this.#interned.clear();
    }
    body.number(Packet.SEQUENCE_ID, SEQUENCE_ID);
    body.number(Packet.SEQUENCE_FLAGS, this.#isFirst ? SequenceFlag.CLEARED : SequenceFlag.NEEDS_STATE);
    this.#isFirst = false;
    this.#out.varint(Trace.PACKET * 8 + Wire.BYTES);
    this.#out.varint(body.length);
    this.#out.reserve(body.length);
    this.#out.bytes.set(body.bytes.subarray(0, body.length), this.#out.length);
    this.#out.length += body.length;
    if (this.#out.length >= PIECE_BYTES) this.#flush();
  }

  #flush(): void {
    if (this.#out.length === 0) return;
    this.#full.push(this.#out.bytes.slice(0, this.#out.length));
    this.#out.clear();
  }

  take(): Uint8Array[] {
    const full = this.#full;
    if (full.length > 0) this.#full = [];
    return full;
  }

  finish(): Uint8Array[] {
    this.#flush();
    return this.take();
  }
}
