/**
 * Decodes the recording file of recording-format.ts: bytes only, no files. Whatever the bytes are, nothing here throws,
 * and what is whole is given: a cut end, damage in the middle and a file of another kind are answers, not exceptions.
 */
import { crc32 } from '../base/crc32.ts';
import type { Problem } from '../base/result.ts';
import {
  BLOCK_HEADER_BYTES,
  BLOCK_MAGIC,
  type BlockHeader,
  BlockType,
  CONSOLE_HEADER_BYTES,
  type ConsoleSource,
  FILE_HEADER_BYTES,
  FILE_MAGIC,
  INDEX_ROW_BYTES,
  type IndexRow,
  MAX_BLOCK_BYTES,
  type RecordingFooter,
  type RecordingHead,
  type RecordingIndex,
  type RecordingInfo,
} from './recording-format.ts';
import { padTo8 } from './records.ts';
import { RECORDING_VERSION } from './version.ts';

/** Bound of the JSON at the start: a larger length is damage, not something to wait for. */
const MAX_HEAD_BYTES = 16 * 1024 * 1024;
const HIGHEST_TYPE = Math.max(...Object.values(BlockType));

const decoder = new TextDecoder();

export type RecordingItem =
  | { readonly kind: 'head'; readonly head: RecordingHead; readonly bytes: number }
  /** `payload` is a copy of its own, aligned to 8, without padding. `offset` is that of the header in the file, `bytes` all that the block takes there. */
  | { readonly kind: 'block'; readonly header: BlockHeader; readonly offset: number; readonly bytes: number; readonly payload: Uint8Array<ArrayBuffer> }
  /** Bytes in the middle that are no good block; reading went on behind them. */
  | { readonly kind: 'damage'; readonly offset: number; readonly bytes: number; readonly problem: Problem }
  /** The end is missing: what lies from `offset` on (possibly nothing) is the beginning of a block. Everything before is good. */
  | { readonly kind: 'cut'; readonly offset: number; readonly bytes: number; readonly problem: Problem }
  /** Not a recording, one from a later version, or one whose head is damaged: nothing more comes. */
  | { readonly kind: 'refused'; readonly problem: Problem };

/** True for bytes that start like a recording: 8 are enough. */
export function looksLikeRecording(bytes: Uint8Array): boolean {
  return bytes.length >= FILE_MAGIC.length && [...FILE_MAGIC].every((letter, i) => bytes[i] === letter.charCodeAt(0));
}

/** The header at `at`, or undefined if it is not a good one. `bytes` holds at least 64 from there. */
export function decodeBlockHeader(bytes: Uint8Array, at = 0): BlockHeader | undefined {
  const view = new DataView(bytes.buffer, bytes.byteOffset + at, BLOCK_HEADER_BYTES);
  if (view.getUint32(0, true) !== BLOCK_MAGIC) return undefined;
  if (view.getUint32(60, true) !== crc32(bytes.subarray(at, at + 60))) return undefined;
  const payloadBytes = view.getUint32(8, true);
  const openStackWords = view.getUint32(44, true);
  if (payloadBytes > MAX_BLOCK_BYTES || openStackWords * 4 > payloadBytes) return undefined;
  return {
    type: view.getUint8(4) as BlockType,
    payloadBytes,
    payloadCrc: view.getUint32(12, true),
    stream: view.getUint32(16, true),
    count: view.getUint32(20, true),
    firstNs: view.getFloat64(24, true),
    lastNs: view.getFloat64(32, true),
    clockHigh: view.getUint32(40, true),
    openStackWords,
    unnamedFrames: view.getUint16(6, true),
    droppedBefore: view.getFloat64(48, true),
    sequence: view.getUint32(56, true),
  };
}

/** Bytes that a block takes in the file: header, payload, padding. */
export const blockBytes = (header: Pick<BlockHeader, 'payloadBytes'>): number => BLOCK_HEADER_BYTES + padTo8(header.payloadBytes);

/**
 * Reads a recording that arrives in pieces of any size. `push` gives what has become whole, `end` what can be said once
 * nothing more comes; a live recording is simply not ended. Holds at most one block and one chunk.
 */
export class BlockReader {
  #held = new Uint8Array(0);
  #from = 0;
  #to = 0;
  /** Offset in the file of `#held[#from]`. */
  #offset: number;
  #state: 'head' | 'blocks' | 'refused';
  #damageFrom = -1;
  #damageWhy = '';
  #lastSequence = -1;
  #lastType: BlockType | undefined;

  /** `offset` other than 0: the pieces start there, at a block's header. */
  constructor(options: { readonly offset?: number } = {}) {
    this.#offset = options.offset ?? 0;
    this.#state = this.#offset === 0 ? 'head' : 'blocks';
  }

  /** Where the next block would start: a later follower may begin here. */
  get offset(): number {
    return this.#offset;
  }

  push(chunk: Uint8Array): RecordingItem[] {
    const items: RecordingItem[] = [];
    if (this.#state === 'refused') return items;
    this.#hold(chunk);
    this.#advance(items, false);
    return items;
  }

  end(): RecordingItem[] {
    const items: RecordingItem[] = [];
    if (this.#state === 'refused') return items;
    this.#advance(items, true);
    if (this.#state === 'blocks') this.#endBlocks(items);
    this.#state = 'refused';
    this.#held = new Uint8Array(0);
    return items;
  }

  #hold(chunk: Uint8Array): void {
    const length = this.#to - this.#from;
    if (this.#to + chunk.length > this.#held.length) {
      const room = Math.max(length + chunk.length, Math.min(2 * this.#held.length, 4 * MAX_BLOCK_BYTES));
      const larger = length + chunk.length <= this.#held.length ? this.#held : new Uint8Array(room);
      larger.set(this.#held.subarray(this.#from, this.#to));
      this.#held = larger;
      this.#from = 0;
      this.#to = length;
    }
    this.#held.set(chunk, this.#to);
    this.#to += chunk.length;
  }

  #advance(items: RecordingItem[], ended: boolean): void {
    if (this.#state === 'head' && !this.#readHead(items, ended)) return;
    for (;;) {
      if (this.#damageFrom >= 0 && !this.#seekHeader(items, ended)) return;
      if (!this.#readBlock(items, ended)) return;
    }
  }

  #take(bytes: number): void {
    this.#from += bytes;
    this.#offset += bytes;
  }

  #refuse(items: RecordingItem[], problem: Problem): false {
    this.#state = 'refused';
    this.#held = new Uint8Array(0);
    items.push({ kind: 'refused', problem });
    return false;
  }

  #readHead(items: RecordingItem[], ended: boolean): boolean {
    const bytes = this.#held.subarray(this.#from, this.#to);
    const start = bytes.subarray(0, FILE_MAGIC.length);
    if (![...start].every((byte, i) => byte === FILE_MAGIC.charCodeAt(i)) || (ended && bytes.length < FILE_MAGIC.length)) {
      return this.#refuse(items, {
        code: 'not-a-recording',
        message: bytes.length === 0 ? 'The file is empty.' : 'The file is not a Trace Studio recording: it does not start like one.',
        remedy: 'Open a file that Trace Studio saved (.tsr), or a trace in one of the formats that it reads.',
      });
    }
    if (bytes.length < 16) return ended && this.#refuse(items, cutHead(bytes.length));
    const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
    const version = view.getUint32(8, true);
    if (version > RECORDING_VERSION) {
      return this.#refuse(items, {
        code: 'recording-from-the-future',
        message: `The recording was written by a later version of Trace Studio: its format is version ${version}, this studio reads up to ${RECORDING_VERSION}.`,
        remedy: 'Open it with the version that wrote it, or a later one.',
      });
    }
    const jsonBytes = view.getUint32(12, true);
    if (jsonBytes > MAX_HEAD_BYTES) return this.#refuse(items, damagedHead());
    const whole = FILE_HEADER_BYTES + padTo8(jsonBytes);
    if (bytes.length < whole) return ended && this.#refuse(items, cutHead(bytes.length));
    const json = bytes.subarray(FILE_HEADER_BYTES, FILE_HEADER_BYTES + jsonBytes);
    const head = crc32(json) === view.getUint32(16, true) ? parseHead(json) : undefined;
    if (!head) return this.#refuse(items, damagedHead());
    items.push({ kind: 'head', head, bytes: whole });
    this.#take(whole);
    this.#state = 'blocks';
    return true;
  }

  /** One step forward; false if more bytes are needed. */
  #readBlock(items: RecordingItem[], ended: boolean): boolean {
    const length = this.#to - this.#from;
    if (length < BLOCK_HEADER_BYTES) return false;
    const header = decodeBlockHeader(this.#held, this.#from);
    if (!header) return this.#damaged('a block header that is not whole');
    const size = blockBytes(header);
    if (length < size) return false;
    const payload = this.#held.slice(this.#from + BLOCK_HEADER_BYTES, this.#from + BLOCK_HEADER_BYTES + header.payloadBytes);
    if (crc32(payload) !== header.payloadCrc) {
      // The length can be trusted if a block starts where it says: then only this block is lost, and nothing that looks
      // like a header inside its payload (a recording printed to the console) is taken for one.
      if (length < size + BLOCK_HEADER_BYTES && !ended) return false;
      const nextIsGood = length >= size + BLOCK_HEADER_BYTES ? decodeBlockHeader(this.#held, this.#from + size) !== undefined : length === size;
      if (!nextIsGood) return this.#damaged('a block whose checksum is wrong');
      items.push(damageItem(this.#offset, size, 'a block whose checksum is wrong'));
      this.#stepOver(header, size);
      return true;
    }
    // Types that a later minor version adds are stepped over.
    if (header.type >= 1 && header.type <= HIGHEST_TYPE) items.push({ kind: 'block', header, offset: this.#offset, bytes: size, payload });
    this.#stepOver(header, size);
    return true;
  }

  #stepOver(header: BlockHeader, bytes: number): void {
    this.#lastSequence = header.sequence;
    this.#lastType = header.type;
    this.#take(bytes);
  }

  #damaged(why: string): true {
    this.#damageFrom = this.#offset;
    this.#damageWhy = why;
    this.#take(1);
    return true;
  }

  /** Steps to the next good header and reports what lay before it; false if more bytes are needed. */
  #seekHeader(items: RecordingItem[], ended: boolean): boolean {
    for (;;) {
      const found = this.#held.subarray(this.#from, this.#to).indexOf(BLOCK_MAGIC & 0xff);
      if (found < 0) {
        this.#take(this.#to - this.#from);
        return false;
      }
      this.#take(found);
      if (this.#to - this.#from < BLOCK_HEADER_BYTES) {
        if (!ended) return false;
        this.#take(this.#to - this.#from);
        return false;
      }
      const header = decodeBlockHeader(this.#held, this.#from);
      if (header && header.sequence > this.#lastSequence) {
        items.push(damageItem(this.#damageFrom, this.#offset - this.#damageFrom, this.#damageWhy));
        this.#damageFrom = -1;
        return true;
      }
      this.#take(1);
    }
  }

  #endBlocks(items: RecordingItem[]): void {
    const bytes = this.#to - this.#from;
    if (this.#damageFrom >= 0) {
      items.push(damageItem(this.#damageFrom, this.#offset + bytes - this.#damageFrom, this.#damageWhy));
    } else if (bytes > 0) {
      const message = `The recording was cut at byte ${this.#offset + bytes}: the last ${bytes} bytes are the beginning of a block and were left out.`;
      items.push({ kind: 'cut', offset: this.#offset, bytes, problem: { code: 'recording-cut', message } });
    } else if (this.#lastType !== BlockType.FOOTER) {
      const message = `The recording ends without its footer: it was interrupted at byte ${this.#offset}. Everything before is whole.`;
      items.push({ kind: 'cut', offset: this.#offset, bytes: 0, problem: { code: 'recording-cut', message } });
    }
  }
}

function damageItem(offset: number, bytes: number, why: string): RecordingItem {
  const message = `The recording is damaged from byte ${offset} (${why}): ${bytes} bytes were left out.`;
  return { kind: 'damage', offset, bytes, problem: { code: 'recording-damaged', message } };
}

const cutHead = (bytes: number): Problem => ({
  code: 'recording-cut',
  message: `The recording was cut at byte ${bytes}, before its first event: there is nothing in it to show.`,
});

const damagedHead = (): Problem => ({
  code: 'recording-head-damaged',
  message: 'The head of the recording is damaged: when it started cannot be read any more.',
});

function parseHead(json: Uint8Array): RecordingHead | undefined {
  const head = parseJson(json);
  const decimal = (value: unknown): boolean => typeof value === 'string' && /^\d{1,20}$/.test(value);
  if (!isObject(head) || !decimal(head.startMonotonicNs) || !decimal(head.startEpochNs)) return undefined;
  if (typeof head.session !== 'string' || typeof head.title !== 'string') return undefined;
  return head as unknown as RecordingHead;
}

function parseJson(bytes: Uint8Array): unknown {
  try {
    return JSON.parse(decoder.decode(bytes));
  } catch {
    // Bytes of a file are outside data: what is no JSON is answered by the caller as "undefined".
    return undefined;
  }
}

const isObject = (value: unknown): value is Record<string, unknown> => typeof value === 'object' && value !== null && !Array.isArray(value);

/** Lines of an INFO block; a line that cannot be read is left out. */
export function decodeInfo(payload: Uint8Array): RecordingInfo[] {
  const lines: RecordingInfo[] = [];
  let from = 0;
  for (let to = payload.indexOf(10); to >= 0; to = payload.indexOf(10, from)) {
    const line = parseJson(payload.subarray(from, to));
    if (isObject(line) && typeof line.kind === 'string') lines.push(line as unknown as RecordingInfo);
    from = to + 1;
  }
  return lines;
}

export interface ConsoleRecord {
  readonly timeNs: number;
  readonly source: ConsoleSource;
  /** A view into the block. */
  readonly text: Uint8Array;
}

/** Records of a CONSOLE block, up to the first that is not whole. */
export function decodeConsole(payload: Uint8Array): ConsoleRecord[] {
  const records: ConsoleRecord[] = [];
  const view = new DataView(payload.buffer, payload.byteOffset, payload.length);
  let at = 0;
  while (at + CONSOLE_HEADER_BYTES <= payload.length) {
    const bytes = view.getUint32(at + 12, true);
    const text = at + CONSOLE_HEADER_BYTES;
    if (text + bytes > payload.length) break;
    records.push({ timeNs: view.getFloat64(at, true), source: view.getUint8(at + 8) as ConsoleSource, text: payload.subarray(text, text + bytes) });
    at = text + padTo8(bytes);
  }
  return records;
}

/** Undefined if the payload is not an index. Rows are not checked against the file: read the block's header there. */
export function decodeIndex(payload: Uint8Array): RecordingIndex | undefined {
  if (payload.length < 8 || (payload.length - 8) % INDEX_ROW_BYTES !== 0) return undefined;
  const view = new DataView(payload.buffer, payload.byteOffset, payload.byteLength);
  const blocks: IndexRow[] = [];
  for (let at = 8; at < payload.length; at += INDEX_ROW_BYTES) {
    const offset = view.getFloat64(at, true);
    const header = decodeBlockHeader(payload, at + 8);
    if (!header || !Number.isSafeInteger(offset) || offset < 0) return undefined;
    blocks.push({ offset, header });
  }
  return { previous: view.getFloat64(0, true), blocks };
}

export function decodeFooter(payload: Uint8Array): RecordingFooter | undefined {
  const footer = parseJson(payload);
  if (!isObject(footer)) return undefined;
  const good = ['lastIndex', 'blocks', 'events', 'dropped', 'durationNs'].every((name) => typeof footer[name] === 'number');
  return good ? (footer as unknown as RecordingFooter) : undefined;
}

/** The footer of a recording whose last bytes are `tail` (16 KB are enough); undefined if it was cut or is still being written. */
export function findFooter(tail: Uint8Array): RecordingFooter | undefined {
  for (let at = tail.length - BLOCK_HEADER_BYTES; at >= 0; at--) {
    if (tail[at] !== (BLOCK_MAGIC & 0xff)) continue;
    const header = decodeBlockHeader(tail, at);
    if (header?.type !== BlockType.FOOTER || at + blockBytes(header) !== tail.length) continue;
    const payload = tail.subarray(at + BLOCK_HEADER_BYTES, at + BLOCK_HEADER_BYTES + header.payloadBytes);
    if (crc32(payload) === header.payloadCrc) return decodeFooter(payload);
  }
  return undefined;
}
