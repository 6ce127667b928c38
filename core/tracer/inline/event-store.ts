import { encodeGap } from '../../protocol/record-stream.ts';
import { EXTENDED_BIT, extendedTag, GapReason, isEvent, RecordKind, recordBytes } from '../../protocol/records.ts';
import { encodeFrameHeader, FrameType } from '../../protocol/target-wire.ts';
import { jsonFrame } from '../frames.ts';
import { targetHello } from '../hello.ts';
import type { DrainMessage } from '../ring-layout.ts';
import { RingReader } from '../ring-reader.ts';

/** Bytes of events that are kept at most, however few they are: snapshots may be large. */
const MAX_BYTES = 256 * 1024 * 1024;
/** Definitions are kept until the end. Behind this no new names are taken: their events are lost, and counted. */
const MAX_DEFINITION_BYTES = 64 * 1024 * 1024;

const NOTHING = { pieces: [], bytes: 0, units: 0 };

/** Records that were taken out of the ring together. */
interface Chunk {
  readonly bytes: Buffer;
  readonly events: number;
  /** High word of the clock before its first record; -1 where that says it itself. */
  readonly high: number;
}

/** What a save writes: later events do not change it. */
export interface CapturedEvents {
  /** Whole frames, HELLO first. */
  frames(): Iterable<Uint8Array>;
  /** Events at the beginning that are more than may be kept. */
  readonly skip: number;
}

/**
 * The events of one thread without a drain, in memory: what its ring holds is taken here when it fills up, and when it is
 * saved. The newest are kept, the oldest go first, and are counted.
 */
export class EventStore {
  readonly #reader: RingReader;
  readonly #hello = jsonFrame(FrameType.HELLO, 0, targetHello(''));
  readonly #maxEvents: number;
  readonly #restart: () => void;
  readonly #definitions: Buffer[] = [];
  #definitionBytes = 0;
  #chunks: Chunk[] = [];
  #bytes = 0;
  #events = 0;
  #lost = 0;
  #high = -1;

  /** `restart`: objects tell all of themselves next. Every chunk is to be understood without those before it. */
  constructor(ring: Extract<DrainMessage, { kind: 'ring' }>, maxEvents: number, restart: () => void) {
    this.#reader = new RingReader(ring);
    this.#maxEvents = maxEvents;
    this.#restart = restart;
  }

  /** Takes all that is in the rings. */
  take(): void {
    const data = this.#takeRecords();
    this.takeDefinitions();
    if (data.length > 0) this.#add(Buffer.concat(data));
  }

  /** Of the definitions alone: a record may be under way that belongs to those before it. */
  takeDefinitions(): void {
    for (let { definitions } = this.#reader.next(); definitions.units > 0; { definitions } = this.#reader.next()) {
      if (this.#definitionBytes + definitions.bytes > MAX_DEFINITION_BYTES) return;
      this.#definitionBytes += definitions.bytes;
      this.#definitions.push(Buffer.concat(definitions.pieces));
      this.#reader.confirm({ data: NOTHING, definitions });
    }
  }

  #takeRecords(): Buffer[] {
    const taken: Buffer[] = [];
    for (let { data } = this.#reader.next(); data.units > 0; { data } = this.#reader.next()) {
      taken.push(Buffer.concat(data.pieces));
      this.#reader.confirm({ data, definitions: NOTHING });
    }
    return taken;
  }

  /** Whole records: nothing takes the ring in the middle of one. */
  #add(bytes: Buffer): void {
    const high = this.#high;
    const events = this.#count(bytes);
    this.#chunks.push({ bytes, events, high });
    this.#bytes += bytes.length;
    this.#events += events;
    for (let oldest = this.#chunks[0]; oldest && this.#chunks.length > 1; oldest = this.#chunks[0]) {
      if (this.#events - oldest.events < this.#maxEvents && this.#bytes <= MAX_BYTES) break;
      this.#chunks.shift();
      this.#bytes -= oldest.bytes.length;
      this.#events -= oldest.events;
      this.#lost += oldest.events;
    }
    this.#restart();
  }

  /** Events among the records, and where the clock stands behind them. */
  #count(bytes: Buffer): number {
    let events = 0;
    for (let at = 0; at + 8 <= bytes.length; ) {
      const tag = bytes.readUInt32LE(at + 4);
      const kind = tag < EXTENDED_BIT ? 0 : tag & 0xff;
      if (kind === RecordKind.EPOCH) this.#high = bytes.readUInt32LE(at);
      else if (kind === RecordKind.GAP) this.#high = bytes.readUInt32LE(at + 16);
      else if (isEvent(kind)) events++;
      at += recordBytes(tag);
    }
    return events;
  }

  clear(): void {
    this.take();
    this.#chunks = [];
    this.#bytes = 0;
    this.#events = 0;
    this.#lost = 0;
    this.#restart();
  }

  capture(): CapturedEvents {
    this.take();
    const definitions = [...this.#definitions];
    const chunks = [...this.#chunks];
    const lost = this.#lost;
    return { frames: () => this.#frames(definitions, chunks, lost), skip: Math.max(0, this.#events - this.#maxEvents) };
  }

  *#frames(definitions: readonly Buffer[], chunks: readonly Chunk[], lost: number): Generator<Uint8Array, void, undefined> {
    yield this.#hello;
    const { thread } = this.#reader.hello;
    yield jsonFrame(FrameType.THREAD, thread, this.#reader.hello);
    for (const bytes of definitions) yield frame(FrameType.DEFS, thread, bytes);
    const [first] = chunks;
    if (first && first.high >= 0) yield frame(FrameType.DATA, thread, epoch(first.high));
    if (first && lost > 0) yield frame(FrameType.DATA, thread, gap(first, lost));
    for (const { bytes } of chunks) yield frame(FrameType.DATA, thread, bytes);
  }
}

function frame(type: FrameType, thread: number, body: Uint8Array): Uint8Array {
  return Buffer.concat([encodeFrameHeader(body.length, type, thread), body]);
}

function epoch(high: number): Uint8Array {
  const record = new Uint32Array([high, extendedTag(RecordKind.EPOCH, 0)]);
  return new Uint8Array(record.buffer);
}

/** At the time of the first record that is there. */
function gap({ bytes, high }: Chunk, lost: number): Uint8Array {
  const isEpoch = (bytes.readUInt32LE(4) & 0xff) === RecordKind.EPOCH;
  const low = bytes.readUInt32LE(isEpoch ? 8 : 0);
  return encodeGap(lost, isEpoch ? bytes.readUInt32LE(0) : high, low, GapReason.RING_FULL, new Uint32Array(0));
}
