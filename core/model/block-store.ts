import { crc32 } from '../base/crc32.ts';
import { ProblemError } from '../base/result.ts';
import { BLOCK_HEADER_BYTES, type BlockHeader, type IndexRow } from '../protocol/recording-format.ts';
import { padTo8 } from '../protocol/records.ts';
import { float64Column, uint32Column } from './column.ts';
import { DetailBudget } from './detail-budget.ts';
import { readAll } from './recording-index.ts';

/** What the model needs of a `ByteSource`: the bytes of a block that was seen before. */
export interface RandomAccess {
  /** At most `length` bytes at `offset`; fewer at the end. */
  read(offset: number, length: number): Promise<Uint8Array>;
}

/** Raw payloads kept for lists that are scrolled and objects that are stepped through. */
const PAYLOAD_CACHE_BYTES = 16 * 1024 * 1024;

/** Where the blocks with detail (DATA, CONSOLE) lie, and their payloads again when they are needed. Blocks are numbered from 0. */
export class BlockStore {
  readonly #source: RandomAccess;
  readonly #offset = float64Column();
  readonly #stream = uint32Column();
  readonly #bytes = uint32Column();
  readonly #crc = uint32Column();
  readonly #clockHigh = uint32Column();
  readonly #recordsAt = uint32Column();
  readonly #stackWords = uint32Column();
  readonly #unnamedFrames = uint32Column();
  readonly #firstNs = float64Column();
  readonly #cache = new Map<number, { readonly payload: Uint8Array; readonly detailBytes: number; dropDetail(): void }>();
  readonly #cacheBudget = new DetailBudget(PAYLOAD_CACHE_BYTES);
  readonly #reading = new Map<number, Promise<Uint8Array>>();

  constructor(source: RandomAccess) {
    this.#source = source;
  }

  get length(): number {
    return this.#offset.length;
  }

  /** `offset` is that of the block's header in the file. Returns the block's number. */
  add(header: BlockHeader, payload: Uint8Array, offset: number): number {
    const block = this.addUnread(header, offset);
    // The newest blocks are what a follower of the lists asks for next.
    this.#remember(block, payload);
    return block;
  }

  /** As `add`, of a block that is read when it is needed. */
  addUnread(header: BlockHeader, offset: number): number {
    const block = this.length;
    this.#offset.push(offset + BLOCK_HEADER_BYTES);
    this.#stream.push(header.stream);
    this.#bytes.push(header.payloadBytes);
    this.#crc.push(header.payloadCrc);
    this.#clockHigh.push(header.clockHigh);
    this.#recordsAt.push(Math.min(header.payloadBytes, padTo8(header.openStackWords * 4)));
    this.#stackWords.push(header.openStackWords);
    this.#unnamedFrames.push(header.unnamedFrames);
    this.#firstNs.push(header.firstNs);
    return block;
  }

  streamOf(block: number): number {
    return this.#stream.get(block);
  }
  clockHigh(block: number): number {
    return this.#clockHigh.get(block);
  }

  /** Word of the payload at which the records begin. */
  firstWord(block: number): number {
    return this.#recordsAt.get(block) / 4;
  }
  /** Of the open stack in front of the records. */
  openStackWords(block: number): number {
    return this.#stackWords.get(block);
  }
  /** Open calls that it does not name. */
  unnamedFrames(block: number): number {
    return this.#unnamedFrames.get(block);
  }
  firstNs(block: number): number {
    return this.#firstNs.get(block);
  }

  /** Several at once: they are on their way together. */
  payloads(blocks: readonly number[]): Promise<Uint8Array[]> {
    return Promise.all(blocks.map((block) => this.payload(block)));
  }

  /** The payload from its first record on. Rejects when the file no longer holds what it held. */
  async records(block: number): Promise<Uint8Array> {
    return (await this.payload(block)).subarray(this.#recordsAt.get(block));
  }

  recordsIn(block: number, payload: Uint8Array): Uint8Array {
    return payload.subarray(this.#recordsAt.get(block));
  }

  payload(block: number): Promise<Uint8Array> {
    const cached = this.#cache.get(block);
    if (cached) {
      this.#cacheBudget.use(cached);
      return Promise.resolve(cached.payload);
    }
    let reading = this.#reading.get(block);
    if (!reading) {
      reading = this.#read(block).finally(() => this.#reading.delete(block));
      this.#reading.set(block, reading);
    }
    return reading;
  }

  async #read(block: number): Promise<Uint8Array> {
    const payload = await this.#checked(this.#offset.get(block), this.#bytes.get(block), this.#crc.get(block));
    this.#remember(block, payload);
    return payload;
  }

  async #checked(offset: number, length: number, crc: number): Promise<Uint8Array> {
    const payload = await readAll(this.#source, offset, length);
    if (payload.length === length && crc32(payload) === crc) return payload;
    throw new ProblemError({
      code: 'recording-changed',
      message: `The recording changed on disk while it was open: the block at byte ${offset} is not what it was.`,
      remedy: 'Close it and open it again.',
    });
  }

  /** The bytes of a summary, from all blocks that it takes. They are kept by who asks. */
  async summary(rows: readonly IndexRow[]): Promise<Uint8Array> {
    const parts = await Promise.all(rows.map(({ offset, header }) => this.#checked(offset + BLOCK_HEADER_BYTES, header.payloadBytes, header.payloadCrc)));
    const [only] = parts;
    if (only && parts.length === 1) return only;
    const whole = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
    let at = 0;
    for (const part of parts) {
      whole.set(part, at);
      at += part.length;
    }
    return whole;
  }

  #remember(block: number, payload: Uint8Array): void {
    // A view into a larger buffer (a frame of the stream) would keep all of that alive.
    const own = payload.buffer.byteLength > payload.length * 1.5 ? payload.slice() : payload;
    const entry = { payload: own, detailBytes: payload.length, dropDetail: () => this.#cache.delete(block) };
    this.#cache.set(block, entry);
    this.#cacheBudget.use(entry);
  }
}
